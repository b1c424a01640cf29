### The texts of the sign-in pages, in Modern Standard Arabic (six plural forms).
### The notes for translators are at the top of en.ftl.

## On every page

# Before the page's title when something was wrong, as heard by screen readers first.
problem = مشكلة
language = اللغة
privacy = الخصوصية
terms = الشروط
# Opens an e-mail to the project's support.
help = المساعدة
start-again = ابدأ من جديد
try-again = حاول مجددًا
# To the application one came from.
back-to = العودة إلى { $client }
# $time is a clock such as 4:31, or one of the spans below.
try-again-in = حاول مرة أخرى بعد { $time }.
# Only ever stands where $time stands, after a word such as "in".
span-seconds =
    { $count ->
        [zero] { $count } ثانية
        [one] ثانية واحدة
        [two] ثانيتين
        [few] { $count } ثوانٍ
        [many] { $count } ثانية
       *[other] { $count } ثانية
    }
span-minutes =
    { $count ->
        [zero] { $count } دقيقة
        [one] دقيقة واحدة
        [two] دقيقتين
        [few] { $count } دقائق
        [many] { $count } دقيقة
       *[other] { $count } دقيقة
    }
span-hours =
    { $count ->
        [zero] { $count } ساعة
        [one] ساعة واحدة
        [two] ساعتين
        [few] { $count } ساعات
        [many] { $count } ساعة
       *[other] { $count } ساعة
    }

## The number page

# $client is the name of the application.
phone-title = تسجيل الدخول إلى { $client }
phone-lead = سنرسل رمزًا إلى واتساب لديك. لا حاجة إلى كلمة مرور.
phone-label = رقمك على واتساب
phone-country = البلد
phone-hint = يمكنك أيضًا كتابة الرقم مع رمز البلد.
# When only one country is served.
phone-hint-only = الأرقام المقبولة من { $country } فقط.
phone-submit = أرسل الرمز عبر واتساب

phone-error-missing = أدخل رقمك على واتساب.
phone-error-not-a-number = هذا ليس رقم هاتف. أدخل أرقامه، وضع + قبلها إذا كتبت رمز البلد.
# $code is the country code, such as +44.
phone-error-not-valid = هذا الرقم غير صالح في { $country } ({ $code }). تحقق من أرقامه ومن صحة البلد.
# A button: the same digits are a number of another country.
phone-elsewhere = استخدم { $country } (⁦+{ $code }⁩)
phone-error-too-short = هذا الرقم قصير جدًا. تأكد من أنه كامل.
phone-error-too-long = هذا الرقم طويل جدًا. تأكد من عدم وجود أرقام زائدة، أو ضع + قبل رمز البلد.
# $code is the country code, such as +44.
phone-error-wrong-country = لا يمكن استخدام أرقام { $country } ({ $code }) هنا. أدخل رقمًا من أحد البلدان المدرجة.
# Two countries have one code, such as Guernsey and the United Kingdom; only $served is served.
phone-error-shared-code = هذا الرقم من { $country } التي تشترك في { $code } مع { $served }. لا يمكن استخدام أرقام { $country } هنا؛ أدخل رقمًا آخر.
# Said while typing, when the country code is not one of those listed.
phone-error-elsewhere = لا يمكن استخدام أرقام برمز البلد هذا هنا.
phone-error-not-allowed-here = لا يمكن لهذا الرقم استلام الرموز هنا. أدخل رقم هاتف محمول آخر.
phone-error-wait = أُرسل رمز إلى هذا الرقم قبل لحظات.
phone-error-too-many-from-here = بدأت من شبكتك محاولات كثيرة جدًا لتسجيل الدخول.
phone-error-too-many-today = أُرسلت إلى هذا الرقم رموز كثيرة جدًا.
phone-error-pool-busy = لا يمكننا إرسال الرموز الآن.
phone-error-stopped = أُوقف إرسال الرموز مؤقتًا إلى الأرقام المشابهة لهذا الرقم، لأن معظمها لم يُستخدم في الآونة الأخيرة.
phone-error-blocked = أُوقفت الرموز لهذا الرقم بعد محاولات خاطئة كثيرة. سجّل الدخول من جهاز استخدمته من قبل، أو حاول مجددًا غدًا، أو اطلب المساعدة.
phone-proof = لحظة من فضلك: يُجري جهازك عملية حسابية قصيرة تُبعد الروبوتات، ثم يُرسل رمزك.
phone-proof-unscripted = تحتاج هذه الخطوة الآن إلى JavaScript. فعّله أو انتظر.

## The code page

code-title = أدخل الرمز المرسل عبر واتساب
code-title-sms = أدخل الرمز المرسل برسالة قصيرة
code-title-email = أدخل الرمز المرسل بالبريد الإلكتروني
code-title-failed = تعذّر إرسال الرمز
# Before the masked number.
code-number = رقمك
code-change = تغيير
code-label =
    { $count ->
        [zero] رمز من { $count } رقم
        [one] رمز من رقم واحد
        [two] رمز من رقمين
        [few] رمز من { $count } أرقام
        [many] رمز من { $count } رقمًا
       *[other] رمز من { $count } رقم
    }
code-submit = متابعة
code-tries-left =
    { $count ->
        [zero] لم تبقَ أي محاولة
        [one] بقيت محاولة واحدة
        [two] بقيت محاولتان
        [few] بقيت { $count } محاولات
        [many] بقيت { $count } محاولة
       *[other] بقيت { $count } محاولة
    }
code-expires-in = تنتهي صلاحيته بعد { $time }
code-resend = أرسل رمزًا جديدًا
code-resend-in = رمز جديد بعد { $time }
# Where no clock runs.
code-resend-after = يمكن إرسال رمز جديد بعد { $time }.
code-resend-no-more = لا رموز أخرى الآن. حاول مرة أخرى بعد { $time }.
code-look-again = اعرف هل من جديد
code-other-sms = أرسله برسالة قصيرة SMS
code-other-sms-in = برسالة قصيرة خلال { $time }
code-other-email = أرسله بالبريد الإلكتروني
code-other-email-in = بالبريد الإلكتروني خلال { $time }
code-other-whatsapp = أرسله عبر واتساب
code-other-whatsapp-in = عبر واتساب خلال { $time }
code-change-number = استخدم رقمًا آخر
# After a new code was asked for.
code-renewed = أرسلنا رمزًا جديدًا. لم يعد الرمز السابق صالحًا.

code-error-missing = أدخل الرمز.
code-error-not-a-code = يتكوّن الرمز من أرقام فقط. راجع ما كتبته.
code-error-wrong-length =
    { $count ->
        [zero] يتكوّن الرمز من { $count } رقم.
        [one] يتكوّن الرمز من رقم واحد.
        [two] يتكوّن الرمز من رقمين.
        [few] يتكوّن الرمز من { $count } أرقام.
        [many] يتكوّن الرمز من { $count } رقمًا.
       *[other] يتكوّن الرمز من { $count } رقم.
    }
code-error-wrong =
    { $count ->
        [zero] هذا ليس الرمز الصحيح. لم تبقَ أي محاولة.
        [one] هذا ليس الرمز الصحيح. بقيت محاولة واحدة.
        [two] هذا ليس الرمز الصحيح. بقيت محاولتان.
        [few] هذا ليس الرمز الصحيح. بقيت { $count } محاولات.
        [many] هذا ليس الرمز الصحيح. بقيت { $count } محاولة.
       *[other] هذا ليس الرمز الصحيح. بقيت { $count } محاولة.
    }

code-ended-expired-title = انتهت صلاحية هذا الرمز
code-ended-expired = الرمز صالح لبضع دقائق فقط. أرسل رمزًا جديدًا للمتابعة.
code-ended-tries-title = محاولات خاطئة كثيرة
code-ended-tries = لم يعد هذا الرمز صالحًا. أرسل رمزًا جديدًا للمتابعة.

## The code page: where the message is

# Heard by screen readers before the three steps.
delivery-label = أين رسالتك
# The three steps, under three dots in a row: one word each.
delivery-step-sent = أُرسلت
delivery-step-delivered = وصلت
delivery-step-read = قُرئت
delivery-sending = جارٍ إرسال الرمز…
delivery-accepted = الرمز لدى واتساب وهو في طريقه إلى هاتفك.
delivery-sent = الرمز في الطريق إليك.
delivery-delivered = وصل الرمز إلى هاتفك. افتح واتساب لتراه.
delivery-read = لقد فتحت الرسالة. أدخل الرمز أدناه.
delivery-unknown = لم يؤكد واتساب رسالتك. قد تصل مع ذلك.
delivery-expired = لم تصل الرسالة إلى هاتفك في الوقت المناسب. أرسل رمزًا جديدًا.
# While our own server cannot be reached.
delivery-lost = انقطع الاتصال. جارٍ المحاولة مرة أخرى…
delivery-failed-not-reachable = يبدو أن هذا الرقم ليس على واتساب. تحقق منه أو استخدم رقمًا آخر.
delivery-failed-held-back = لم يوصل واتساب هذه الرسالة. حاول مرة أخرى لاحقًا أو استخدم رقمًا آخر.
delivery-failed-too-fast = تلقّى هذا الرقم رسائل كثيرة جدًا في وقت قصير. انتظر قليلًا ثم أرسل رمزًا جديدًا.
delivery-failed-sender-unavailable = لا يمكننا إرسال رسائل واتساب الآن. الخطأ منا وليس من رقمك. حاول مرة أخرى لاحقًا.
delivery-failed-try-later = واتساب مشغول الآن. أرسل رمزًا جديدًا بعد قليل.
delivery-failed-rejected = لم يقبل واتساب رسالتنا. الخطأ منا وليس من رقمك. حاول مرة أخرى لاحقًا.
delivery-failed-blocked = لا يسمح لنا واتساب بمراسلة هذا الرقم. إذا كنت قد حظرتنا فألغِ الحظر في واتساب، أو استخدم رقمًا آخر.
delivery-failed-identity-changed = تغيّر حساب واتساب لهذا الرقم مؤخرًا. لحمايتك لم يُرسل أي رمز. استخدم رقمًا آخر أو اطلب المساعدة.
delivery-failed-not-reachable-sms = يبدو أن هذا الرقم ليس على واتساب. هل نرسل الرمز برسالة قصيرة SMS؟
delivery-failed-not-reachable-email = يبدو أن هذا الرقم ليس على واتساب. هل نرسل الرمز بالبريد الإلكتروني؟
delivery-failed-sms = لم يوصل واتساب رمزك. هل نرسله برسالة قصيرة SMS؟
delivery-failed-email = لم يوصل واتساب رمزك. هل نرسله بالبريد الإلكتروني؟
delivery-sms-accepted = رسالتك القصيرة في الطريق.
delivery-sms-instead = لم يوصل واتساب رمزك، فأرسلناه برسالة قصيرة SMS.
delivery-sms-delivered = وصلت إلى هاتفك. انظر في رسائلك القصيرة.
delivery-sms-unknown = لم يؤكد أحد وصول رسالتك القصيرة. قد تصل لاحقًا.
delivery-sms-failed-not-reachable = لا يمكن لهذا الرقم استقبال الرسائل القصيرة. تحقق منه أو استخدم رقمًا آخر.
delivery-sms-failed = تعذر إرسال رسالتك القصيرة. حاول لاحقًا أو استخدم رقمًا آخر.
delivery-email-accepted = أرسلناه إلى بريدك الإلكتروني. انظر في الرسائل غير المرغوب فيها أيضًا.
delivery-email-instead = لم يصل رمزك، فأرسلناه إلى بريدك الإلكتروني.
delivery-email-unknown = لم يؤكد أحد وصول رسالتك الإلكترونية. قد تصل لاحقًا.
delivery-email-failed = تعذر إرسال رسالتك الإلكترونية. حاول لاحقًا.

## The code page: "It did not arrive"

code-help = لم يصل الرمز
code-help-chats = افتح واتساب على هاتفك وابحث في كل المحادثات، بما فيها المكتومة والمؤرشفة.
code-help-linked = تظهر الرموز على هاتفك فقط، لا على واتساب ويب ولا على الأجهزة المرتبطة الأخرى.
code-help-number = تحقق من الرقم: { $number }.
code-help-resend = لم يصل بعد؟ أرسل رمزًا جديدًا. عندها لن يعود الرمز السابق صالحًا.

## When a sign-in has ended

ended-expired-title = استغرق تسجيل الدخول وقتًا طويلًا
ended-expired = أنهيناه حرصًا على أمانك. ابدأ من جديد؛ لن يستغرق سوى دقيقة.
ended-too-many-tries-title = رموز خاطئة كثيرة
ended-too-many-tries = أنهينا تسجيل الدخول هذا حرصًا على أمانك. ابدأ من جديد برمز جديد.
ended-undeliverable-title = لا يمكن توصيل الرمز إليك
ended-undeliverable = لا يوصل واتساب الرسائل إلى هذا الرقم. ابدأ من جديد برقم آخر.
ended-blocked-title = الرموز متوقفة
ended-blocked = أُدخلت لهذا الرقم رموز خاطئة كثيرة. سجّل الدخول من جهاز استخدمته من قبل، أو حاول مجددًا غدًا، أو اطلب المساعدة.
ended-disowned-title = أُوقف تسجيل الدخول هذا من الهاتف
ended-disowned = أخبرنا صاحب هذا الرقم أنه لم يطلب الرمز. إذا كان ذلك أنت، فابدأ من جديد ولا تضغط على ذلك الزر.
ended-unconfirmed-title = استخدم الرمز من واتساب
ended-unconfirmed = وصل هذا الرمز عبر رسالة نصية أو بريد إلكتروني أيضًا، وواتساب وحده يؤكد أن هذا الرقم ما زال لك. ابدأ من جديد واستخدم الرمز الذي يصلك على واتساب. إذا لم ينجح ذلك، فاطلب المساعدة.
ended-already-used-title = اكتمل تسجيل الدخول هذا
ended-already-used = لا يمكن استخدامه مرتين.
# When only the application can start again.
ended-go-back = عُد إلى التطبيق وابدأ من جديد.

## The answer on its way back to the app

form-post-title = جارٍ العودة إلى { $client }
form-post-lead = لحظة من فضلك. إذا لم يحدث شيء، فاستخدم الزر.
form-post-submit = متابعة

## Signing out

sign-out-title = هل تريد تسجيل الخروج من { $client }؟
sign-out-lead = ستحتاج إلى رمز جديد لتسجيل الدخول مرة أخرى.
sign-out-submit = تسجيل الخروج
sign-out-cancel = البقاء مسجّل الدخول
signed-out-title = سجّلت الخروج من { $client }
signed-out-lead = يمكنك إغلاق هذه الصفحة.
signed-out-again = تسجيل الدخول مرة أخرى

## When something went wrong

error-unknown-pool-title = لا توجد صفحة تسجيل دخول هنا
error-unknown-pool = تحقق من العنوان، أو عُد إلى التطبيق وابدأ من جديد.
error-request-title = لا يستطيع هذا التطبيق تسجيل دخولك
error-unknown-client = هذا التطبيق غير معروف هنا. أخبر القائمين عليه.
error-redirect-uri = طلب التطبيق توجيهك إلى عنوان لم يسجّله. أخبر القائمين عليه.
error-invalid-request = في طلب التطبيق خطأ. أخبر القائمين عليه.
error-stale-form-title = لم تعد هذه الصفحة صالحة
error-stale-form = فُتحت منذ وقت طويل أو في متصفح آخر، أو أن ملفات تعريف الارتباط معطّلة. عُد إلى التطبيق وابدأ من جديد.
error-not-found-title = الصفحة غير موجودة
error-not-found = تحقق من العنوان، أو عُد إلى التطبيق وابدأ من جديد.
error-form-title = لم تنجح العملية
error-form = لا يقبل هذا العنوان ما أرسله متصفحك. ارجع وحاول مرة أخرى.
error-too-large = أرسل متصفحك أكثر مما تقبله هذه الصفحة. ارجع وحاول مرة أخرى.
error-too-many-requests-title = طلبات كثيرة جدًا
error-too-many-requests = انتظر دقيقة ثم حاول مرة أخرى.
error-unavailable-title = الخدمة غير متاحة الآن
error-unavailable = لا يمكن تسجيل الدخول في الوقت الحالي. حاول مرة أخرى بعد دقيقة.
error-internal-title = حدث خطأ ما
error-internal = الخطأ منا. حاول مرة أخرى؛ وإذا تكرر فاطلب المساعدة.
# Before a sentence in English that is meant for programmers.
error-technical = لمطوّري التطبيق
# Before an identifier to quote when asking for help.
error-reference = الرقم المرجعي

## The address of the installation itself

landing-title = هذه خدمة لتسجيل الدخول
landing-lead = ترسل التطبيقات مستخدميها إلى هنا لتسجيل الدخول عبر واتساب. إذا كنت تسجّل الدخول فعُد إلى التطبيق وابدأ من جديد.
landing-docs = اقرأ الوثائق
