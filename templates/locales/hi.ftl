### The texts of the sign-in pages, in Hindi (आप).
### The notes for translators are at the top of en.ftl.

## On every page

# Before the page's title when something was wrong, as heard by screen readers first.
problem = समस्या
language = भाषा
privacy = गोपनीयता
terms = शर्तें
# Opens an e-mail to the project's support.
help = मदद
start-again = फिर से शुरू करें
try-again = फिर से कोशिश करें
# To the application one came from.
back-to = { $client } पर वापस जाएँ
# $time is a clock such as 4:31, or one of the spans below.
try-again-in = { $time } में फिर से कोशिश करें।
# Only ever stands where $time stands, after a word such as "in".
span-seconds =
    { $count ->
        [one] { $count } सेकंड
       *[other] { $count } सेकंड
    }
span-minutes =
    { $count ->
        [one] { $count } मिनट
       *[other] { $count } मिनट
    }
span-hours =
    { $count ->
        [one] { $count } घंटे
       *[other] { $count } घंटे
    }

## The number page

# $client is the name of the application.
phone-title = { $client } में साइन इन करें
phone-lead = हम आपके WhatsApp पर एक कोड भेजेंगे। पासवर्ड याद रखने की ज़रूरत नहीं।
phone-label = आपका WhatsApp नंबर
phone-country = देश
phone-hint = देश कोड के साथ लिखा नंबर भी चलेगा।
# When only one country is served.
phone-hint-only = सिर्फ़ { $country } के नंबर।
phone-submit = WhatsApp पर कोड भेजें

phone-error-missing = अपना WhatsApp नंबर लिखें।
phone-error-not-a-number = यह फ़ोन नंबर नहीं है। सिर्फ़ अंक लिखें; देश कोड हो तो पहले + लगाएँ।
# $code is the country code, such as +44.
phone-error-not-valid = { $country } ({ $code }) में ऐसा कोई नंबर नहीं होता। अंक जाँचें, और यह भी कि देश सही है या नहीं।
# A button: the same digits are a number of another country.
phone-elsewhere = { $country } (+{ $code }) चुनें
phone-error-too-short = यह नंबर बहुत छोटा है। देखें कि कोई अंक छूटा तो नहीं।
phone-error-too-long = यह नंबर बहुत लंबा है। देखें कि कोई अंक ज़्यादा तो नहीं, या देश के कोड से पहले + लगाएँ।
# $code is the country code, such as +44.
phone-error-wrong-country = { $country } ({ $code }) के नंबर यहाँ नहीं चलते। सूची में दिए किसी देश का नंबर लिखें।
# Two countries have one code, such as Guernsey and the United Kingdom; only $served is served.
phone-error-shared-code = यह नंबर { $country } का है, जिसका { $code } कोड { $served } के साथ साझा है। { $country } के नंबर यहाँ नहीं चलते; दूसरा नंबर लिखें।
# Said while typing, when the country code is not one of those listed.
phone-error-elsewhere = इस देश कोड वाले नंबर यहाँ नहीं चलते।
phone-error-not-allowed-here = इस नंबर पर यहाँ कोड नहीं आ सकता। कोई दूसरा मोबाइल नंबर लिखें।
phone-error-wait = इस नंबर पर अभी-अभी एक कोड भेजा गया है।
phone-error-too-many-from-here = आपके नेटवर्क से बहुत ज़्यादा बार साइन इन शुरू किया गया है।
phone-error-too-many-today = इस नंबर पर बहुत ज़्यादा कोड भेजे जा चुके हैं।
phone-error-pool-busy = हम अभी कोड नहीं भेज सकते।
phone-error-stopped = इस तरह के नंबरों पर कोड भेजना अभी रुका है, क्योंकि हाल में भेजे गए लगभग किसी भी कोड का इस्तेमाल नहीं हुआ।
phone-error-blocked = बहुत बार गलत कोड डालने के कारण इस नंबर के लिए कोड बंद हैं। पहले इस्तेमाल किए गए डिवाइस पर साइन इन करें, कल फिर कोशिश करें या मदद लें।
phone-proof = एक पल रुकें: आपका डिवाइस रोबोट को रोकने वाली एक छोटी गणना कर रहा है। इसके बाद आपका कोड भेजा जाएगा।
phone-proof-unscripted = अभी इस चरण के लिए JavaScript ज़रूरी है। इसे चालू करें या इंतज़ार करें।

## The code page

code-title = WhatsApp पर आया कोड लिखें
code-title-sms = SMS पर आया कोड लिखें
code-title-email = ईमेल में आया कोड लिखें
code-title-failed = आपका कोड नहीं भेजा जा सका
# Before the masked number.
code-number = आपका नंबर
code-change = बदलें
code-label =
    { $count ->
        [one] { $count } अंक का कोड
       *[other] { $count } अंकों का कोड
    }
code-submit = आगे बढ़ें
code-tries-left =
    { $count ->
        [one] { $count } कोशिश बाकी
       *[other] { $count } कोशिशें बाकी
    }
code-expires-in = { $time } में समाप्त होगा
code-resend = नया कोड भेजें
code-resend-in = नया कोड { $time } में
# Where no clock runs.
code-resend-after = { $time } के बाद नया कोड भेजा जा सकता है।
code-resend-no-more = फ़िलहाल और कोड नहीं मिलेंगे। { $time } में फिर से कोशिश करें।
code-look-again = देखें कि कोई नई जानकारी है या नहीं
code-other-sms = SMS से भेजें
code-other-sms-in = SMS से { $time } में
code-other-email = ईमेल से भेजें
code-other-email-in = ईमेल से { $time } में
code-other-whatsapp = WhatsApp से भेजें
code-other-whatsapp-in = WhatsApp से { $time } में
code-change-number = दूसरा नंबर इस्तेमाल करें
# After a new code was asked for.
code-renewed = हमने नया कोड भेजा है। पिछला कोड अब नहीं चलेगा।

code-error-missing = कोड लिखें।
code-error-not-a-code = कोड में सिर्फ़ अंक होते हैं। देखें कि आपने क्या लिखा है।
code-error-wrong-length =
    { $count ->
        [one] कोड { $count } अंक का होता है।
       *[other] कोड { $count } अंकों का होता है।
    }
code-error-wrong =
    { $count ->
        [one] यह कोड सही नहीं है। आपके पास { $count } कोशिश बाकी है।
       *[other] यह कोड सही नहीं है। आपके पास { $count } कोशिशें बाकी हैं।
    }

code-ended-expired-title = इस कोड का समय समाप्त हो गया है
code-ended-expired = कोड सिर्फ़ कुछ मिनट तक चलता है। आगे बढ़ने के लिए नया कोड भेजें।
code-ended-tries-title = बहुत बार गलत कोड डाला गया
code-ended-tries = यह कोड अब नहीं चलेगा। आगे बढ़ने के लिए नया कोड भेजें।

## The code page: where the message is

# Heard by screen readers before the three steps.
delivery-label = आपका मैसेज कहाँ है
# The three steps, under three dots in a row: one word each.
delivery-step-sent = भेजा गया
delivery-step-delivered = पहुँच गया
delivery-step-read = पढ़ा गया
delivery-sending = आपका कोड भेजा जा रहा है…
delivery-accepted = आपका कोड WhatsApp के पास है और आपके फ़ोन पर भेजा जा रहा है।
delivery-sent = आपका कोड आ रहा है।
delivery-delivered = कोड आपके फ़ोन पर पहुँच गया है। देखने के लिए WhatsApp खोलें।
delivery-read = आपने मैसेज खोल लिया है। कोड नीचे लिखें।
delivery-unknown = WhatsApp ने अभी आपके मैसेज की पुष्टि नहीं की है। मैसेज अब भी आ सकता है।
delivery-expired = मैसेज समय पर आपके फ़ोन तक नहीं पहुँचा। नया कोड भेजें।
# While our own server cannot be reached.
delivery-lost = कनेक्शन टूट गया। फिर से कोशिश हो रही है…
delivery-failed-not-reachable = लगता है यह नंबर WhatsApp पर नहीं है। इसे जाँचें या दूसरा नंबर इस्तेमाल करें।
delivery-failed-held-back = WhatsApp ने यह मैसेज नहीं पहुँचाया। बाद में फिर से कोशिश करें या दूसरा नंबर इस्तेमाल करें।
delivery-failed-too-fast = इस नंबर पर कम समय में बहुत ज़्यादा मैसेज आए हैं। थोड़ा रुककर नया कोड भेजें।
delivery-failed-sender-unavailable = हम अभी WhatsApp मैसेज नहीं भेज सकते। गलती हमारी है, आपके नंबर की नहीं। बाद में फिर से कोशिश करें।
delivery-failed-try-later = WhatsApp अभी व्यस्त है। थोड़ी देर में नया कोड भेजें।
delivery-failed-rejected = WhatsApp ने हमारा मैसेज नहीं लिया। गलती हमारी है, आपके नंबर की नहीं। बाद में फिर से कोशिश करें।
delivery-failed-blocked = WhatsApp हमें इस नंबर पर मैसेज नहीं भेजने देता। अगर आपने हमें ब्लॉक किया है, तो WhatsApp में अनब्लॉक करें या दूसरा नंबर इस्तेमाल करें।
delivery-failed-identity-changed = इस नंबर का WhatsApp खाता हाल ही में बदला है। आपकी सुरक्षा के लिए कोड नहीं भेजा गया। दूसरा नंबर इस्तेमाल करें या मदद लें।
delivery-failed-not-reachable-sms = यह नंबर WhatsApp पर नहीं लगता। कोड SMS से भेजें?
delivery-failed-not-reachable-email = यह नंबर WhatsApp पर नहीं लगता। कोड ईमेल से भेजें?
delivery-failed-sms = WhatsApp ने आपका कोड नहीं पहुँचाया। SMS से भेजें?
delivery-failed-email = WhatsApp ने आपका कोड नहीं पहुँचाया। ईमेल से भेजें?
delivery-sms-accepted = आपका SMS रास्ते में है।
delivery-sms-instead = WhatsApp ने आपका कोड नहीं पहुँचाया, इसलिए हमने इसे SMS से भेजा है।
delivery-sms-delivered = यह आपके फ़ोन पर है। अपने टेक्स्ट मैसेज देखें।
delivery-sms-unknown = आपके SMS की पुष्टि नहीं हुई है। यह अब भी पहुँच सकता है।
delivery-sms-failed-not-reachable = इस नंबर पर SMS नहीं आ सकते। इसे जाँचें या दूसरा नंबर इस्तेमाल करें।
delivery-sms-failed = आपका SMS नहीं भेजा जा सका। बाद में फिर कोशिश करें या दूसरा नंबर इस्तेमाल करें।
delivery-email-accepted = हमने इसे आपके ईमेल पर भेजा है। स्पैम फ़ोल्डर भी देखें।
delivery-email-instead = आपका कोड नहीं पहुँचा, इसलिए हमने इसे आपके ईमेल पर भेजा है।
delivery-email-unknown = आपके ईमेल की पुष्टि नहीं हुई है। यह अब भी पहुँच सकता है।
delivery-email-failed = आपका ईमेल नहीं भेजा जा सका। बाद में फिर कोशिश करें।

## The code page: "It did not arrive"

code-help = कोड नहीं आया
code-help-chats = अपने फ़ोन पर WhatsApp खोलें और सभी चैट देखें, म्यूट और आर्काइव की हुई भी।
code-help-linked = कोड सिर्फ़ आपके फ़ोन पर दिखता है, WhatsApp Web या दूसरे लिंक किए गए डिवाइस पर नहीं।
code-help-number = नंबर जाँचें: { $number }।
code-help-resend = अब भी नहीं आया? नया कोड भेजें। फिर पुराना कोड नहीं चलेगा।

## When a sign-in has ended

ended-expired-title = इस साइन इन में बहुत समय लग गया
ended-expired = आपकी सुरक्षा के लिए इसे समाप्त कर दिया गया है। फिर से शुरू करें; बस एक मिनट लगेगा।
ended-too-many-tries-title = बहुत ज़्यादा गलत कोड
ended-too-many-tries = आपकी सुरक्षा के लिए यह साइन इन समाप्त कर दिया गया है। नए कोड के साथ फिर से शुरू करें।
ended-undeliverable-title = आपका कोड नहीं पहुँच सकता
ended-undeliverable = WhatsApp इस नंबर पर मैसेज नहीं पहुँचाता। दूसरे नंबर के साथ फिर से शुरू करें।
ended-blocked-title = कोड बंद हैं
ended-blocked = इस नंबर के लिए बहुत ज़्यादा गलत कोड डाले गए। पहले इस्तेमाल किए गए डिवाइस पर साइन इन करें, कल फिर कोशिश करें या मदद लें।
ended-disowned-title = यह साइन-इन फ़ोन से रोक दिया गया
ended-disowned = इस नंबर वाले व्यक्ति ने हमें बताया कि उन्होंने कोड नहीं माँगा था। अगर वह आप ही थे, तो फिर से शुरू करें और उस बटन को न दबाएँ।
ended-unconfirmed-title = WhatsApp वाला कोड डालें
ended-unconfirmed = यह कोड SMS या ईमेल से भी भेजा गया था, और यह नंबर अब भी आपका है, यह सिर्फ़ WhatsApp बता सकता है। फिर से शुरू करें और WhatsApp वाला कोड डालें। अगर वह काम न करे, तो मदद लें।
ended-already-used-title = यह साइन इन पूरा हो चुका है
ended-already-used = इसे दो बार इस्तेमाल नहीं किया जा सकता।
# When only the application can start again.
ended-go-back = ऐप पर वापस जाएँ और फिर से शुरू करें।

## The answer on its way back to the app

form-post-title = { $client } पर वापस ले जा रहे हैं
form-post-lead = एक पल रुकें। कुछ न हो तो बटन दबाएँ।
form-post-submit = जारी रखें

## Signing out

sign-out-title = { $client } से साइन आउट करें?
sign-out-lead = दोबारा साइन इन करने के लिए आपको नए कोड की ज़रूरत होगी।
sign-out-submit = साइन आउट करें
sign-out-cancel = साइन इन रहें
signed-out-title = आप { $client } से साइन आउट हो गए हैं
signed-out-lead = आप यह पेज बंद कर सकते हैं।
signed-out-again = फिर से साइन इन करें

## When something went wrong

error-unknown-pool-title = यहाँ कोई साइन इन पेज नहीं है
error-unknown-pool = पता जाँचें, या ऐप पर वापस जाएँ और फिर से शुरू करें।
error-request-title = यह ऐप आपको साइन इन नहीं करा सकता
error-unknown-client = इस ऐप को यहाँ कोई नहीं जानता। इसे चलाने वालों को बताएँ।
error-redirect-uri = ऐप ने आपको ऐसे पते पर भेजने को कहा जो उसने दर्ज नहीं कराया है। इसे चलाने वालों को बताएँ।
error-invalid-request = ऐप के अनुरोध में गलती है। इसे चलाने वालों को बताएँ।
error-stale-form-title = यह पेज पुराना हो चुका है
error-stale-form = यह बहुत पहले या किसी दूसरे ब्राउज़र में खोला गया था, या कुकीज़ बंद हैं। ऐप पर वापस जाएँ और फिर से शुरू करें।
error-not-found-title = पेज नहीं मिला
error-not-found = पता जाँचें, या ऐप पर वापस जाएँ और फिर से शुरू करें।
error-form-title = यह नहीं हो सका
error-form = आपके ब्राउज़र ने जो भेजा, वह यह पता नहीं लेता। वापस जाएँ और फिर से कोशिश करें।
error-too-large = आपके ब्राउज़र ने इस पेज की सीमा से ज़्यादा भेजा। वापस जाएँ और फिर से कोशिश करें।
error-too-many-requests-title = बहुत ज़्यादा अनुरोध
error-too-many-requests = एक मिनट रुकें, फिर कोशिश करें।
error-unavailable-title = अभी उपलब्ध नहीं है
error-unavailable = फ़िलहाल साइन इन नहीं हो सकता। एक मिनट में फिर से कोशिश करें।
error-internal-title = कुछ गड़बड़ हो गई
error-internal = गलती हमारी है। फिर से कोशिश करें; दोबारा हो तो मदद लें।
# Before a sentence in English that is meant for programmers.
error-technical = ऐप बनाने वालों के लिए
# Before an identifier to quote when asking for help.
error-reference = संदर्भ

## The address of the installation itself

landing-title = यह साइन इन सेवा है
landing-lead = ऐप अपने उपयोगकर्ताओं को WhatsApp से साइन इन करने के लिए यहाँ भेजते हैं। अगर आप साइन इन कर रहे थे, तो ऐप पर वापस जाएँ और फिर से शुरू करें।
landing-docs = दस्तावेज़ पढ़ें
