### What is written to people by SMS and by e-mail, in Arabic.
### The notes for translators are at the top of en.ftl.

# An SMS in this script has two parts of 67 characters. It begins with an Arabic word, so that phones set it from right to
# left whatever the project's name is.
sms =
    { $minutes ->
        [one] رمز الدخول إلى { $project }: { $code }. صالح لدقيقة واحدة. لا تشاركه مع أحد.
        [two] رمز الدخول إلى { $project }: { $code }. صالح لدقيقتين. لا تشاركه مع أحد.
        [few] رمز الدخول إلى { $project }: { $code }. صالح لمدة { $minutes } دقائق. لا تشاركه مع أحد.
       *[other] رمز الدخول إلى { $project }: { $code }. صالح لمدة { $minutes } دقيقة. لا تشاركه مع أحد.
    }

mail-subject = رمز الدخول إلى { $project }
mail-use = اكتب هذا الرمز في الصفحة التي طلبته منها لتسجيل الدخول إلى { $project }.
mail-life =
    { $minutes ->
        [one] يعمل مرة واحدة فقط، لمدة دقيقة واحدة.
        [two] يعمل مرة واحدة فقط، لمدة دقيقتين.
        [few] يعمل مرة واحدة فقط، لمدة { $minutes } دقائق.
       *[other] يعمل مرة واحدة فقط، لمدة { $minutes } دقيقة.
    }
mail-ignore = ألم تطلب هذا الرمز؟ تجاهل هذه الرسالة إذن. لا تعطِ الرمز لأحد، ولا حتى لمن يقول إنه من { $project }.
