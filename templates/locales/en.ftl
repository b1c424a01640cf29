### The texts of the sign-in pages, in English. This file is the reference for all other languages.
###
### For translators:
### - Keep the part before "=" and every { $variable } as they are; move variables where your language wants them.
### - Short, polite, the verb first, no exclamation marks. Use the same word for the same thing everywhere:
###   "code", "number", "sign in", "send". Write WhatsApp as WhatsApp itself does in your language.
### - Errors say what happened and then what to do.
### - A text with several [forms] is chosen by the number in it; use the plural forms of your language
###   (zero, one, two, few, many, other). The form marked with * is the one for everything else.
### - Digits stay as they are (1, 2, 3).

## On every page

# Before the page's title when something was wrong, as heard by screen readers first.
problem = Problem
language = Language
privacy = Privacy
terms = Terms
# Opens an e-mail to the project's support.
help = Help
start-again = Start again
try-again = Try again
# To the application one came from.
back-to = Back to { $client }
# $time is a clock such as 4:31, or one of the spans below.
try-again-in = Try again in { $time }.
# Only ever stands where $time stands, after a word such as "in".
span-seconds =
    { $count ->
        [one] { $count } second
       *[other] { $count } seconds
    }
span-minutes =
    { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
span-hours =
    { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }

## The number page

# $client is the name of the application.
phone-title = Sign in to { $client }
phone-lead = We’ll send a code to your WhatsApp. No password to remember.
phone-label = Your WhatsApp number
phone-country = Country
phone-hint = A number with its country code works too.
# When only one country is served.
phone-hint-only = Numbers from { $country } only.
phone-submit = Send code on WhatsApp

phone-error-missing = Enter your WhatsApp number.
phone-error-not-a-number = This is not a phone number. Enter its digits, with a + first if the country code is included.
# $code is the country code, such as +44.
phone-error-not-valid = This is not a valid number in { $country } ({ $code }). Check its digits, and whether the country is right.
# A button: the same digits are a number of another country.
phone-elsewhere = Use { $country } (+{ $code })
phone-error-too-short = This number is too short. Check that no digit is missing.
phone-error-too-long = This number is too long. Check for extra digits, or put a + before its country code.
# $code is the country code, such as +44.
phone-error-wrong-country = Numbers from { $country } ({ $code }) can’t be used here. Enter a number from one of the countries listed.
# Two countries have one code, such as Guernsey and the United Kingdom; only $served is served.
phone-error-shared-code = This number belongs to { $country }, which shares { $code } with { $served }. Numbers from { $country } can’t be used here; enter another one.
# Said while typing, when the country code is not one of those listed.
phone-error-elsewhere = Numbers with this country code can’t be used here.
phone-error-not-allowed-here = This number can’t receive codes here. Enter another mobile number.
phone-error-wait = A code was sent to this number a moment ago.
phone-error-too-many-from-here = Too many sign-ins were started from your network.
phone-error-too-many-today = Too many codes were sent to this number.
phone-error-pool-busy = We can’t send codes right now.
# "Numbers like this one": of the same country and the same first digits.
phone-error-stopped = Codes to numbers like this one are paused, because hardly any of them were used lately.
phone-error-blocked = Codes for this number are switched off after too many wrong tries. Sign in on a device you used before, try again tomorrow, or ask for help.
# While the page works on it by itself, for a second or two.
phone-proof = One moment: your device solves a short calculation that keeps robots away. Then your code is sent.
# Without JavaScript; followed by "Try again in …".
phone-proof-unscripted = At the moment this step needs JavaScript. Switch it on, or wait.

## The code page

code-title = Enter the code from WhatsApp
code-title-sms = Enter the code from the SMS
code-title-email = Enter the code from the e-mail
code-title-failed = Your code could not be sent
# Before the masked number.
code-number = Your number
code-change = Change
code-label =
    { $count ->
        [one] { $count }-digit code
       *[other] { $count }-digit code
    }
code-submit = Continue
code-tries-left =
    { $count ->
        [one] { $count } try left
       *[other] { $count } tries left
    }
code-expires-in = Expires in { $time }
code-resend = Send a new code
code-resend-in = New code in { $time }
# Where no clock runs.
code-resend-after = A new code can be sent after { $time }.
code-resend-no-more = No more codes for now. Try again in { $time }.
# A link, where the page does not look by itself.
code-look-again = See whether there is news
# A button: the same code by another channel.
code-other-sms = Send by SMS instead
code-other-sms-in = By SMS in { $time }
code-other-email = Send by e-mail instead
code-other-email-in = By e-mail in { $time }
code-other-whatsapp = Send on WhatsApp instead
code-other-whatsapp-in = On WhatsApp in { $time }
code-change-number = Use another number
# After a new code was asked for.
code-renewed = We sent a new code. The one before no longer works.

code-error-missing = Enter the code.
code-error-not-a-code = The code has digits only. Check what you typed.
code-error-wrong-length =
    { $count ->
        [one] The code has { $count } digit.
       *[other] The code has { $count } digits.
    }
code-error-wrong =
    { $count ->
        [one] That is not the code. You have { $count } try left.
       *[other] That is not the code. You have { $count } tries left.
    }

code-ended-expired-title = This code has expired
code-ended-expired = A code works for a few minutes only. Send a new one to continue.
code-ended-tries-title = Too many wrong tries
code-ended-tries = This code no longer works. Send a new one to continue.

## The code page: where the message is

# Heard by screen readers before the three steps.
delivery-label = Where your message is
# The three steps, under three dots in a row: one word each.
delivery-step-sent = Sent
delivery-step-delivered = Delivered
delivery-step-read = Read
delivery-sending = Sending your code…
delivery-accepted = WhatsApp has your code and is delivering it.
delivery-sent = Your code is on its way.
delivery-delivered = It is on your phone. Open WhatsApp to see it.
delivery-read = You have opened it. Enter the code below.
delivery-unknown = WhatsApp has not confirmed your message. It may still arrive.
delivery-expired = The message did not reach your phone in time. Send a new code.
# While our own server cannot be reached.
delivery-lost = Connection lost. Trying again…
delivery-failed-not-reachable = This number does not seem to be on WhatsApp. Check it, or use another number.
delivery-failed-held-back = WhatsApp did not deliver this message. Try again later, or use another number.
delivery-failed-too-fast = This number got too many messages in a short time. Wait a little, then send a new code.
delivery-failed-sender-unavailable = We can’t send WhatsApp messages at the moment. The fault is ours, not your number’s. Try again later.
delivery-failed-try-later = WhatsApp is busy. Send a new code in a moment.
delivery-failed-rejected = WhatsApp did not accept our message. The fault is ours, not your number’s. Try again later.
delivery-failed-blocked = WhatsApp does not let us write to this number. If you blocked us, unblock us in WhatsApp, or use another number.
delivery-failed-identity-changed = The WhatsApp account of this number changed recently. To protect you, no code was sent. Use another number or ask for help.
# Where a button for that follows.
delivery-failed-not-reachable-sms = This number does not seem to be on WhatsApp. Send the code by SMS?
delivery-failed-not-reachable-email = This number does not seem to be on WhatsApp. Send the code by e-mail?
delivery-failed-sms = WhatsApp did not deliver your code. Send it by SMS?
delivery-failed-email = WhatsApp did not deliver your code. Send it by e-mail?
# When the code goes by SMS.
delivery-sms-accepted = Your SMS is on its way.
delivery-sms-instead = WhatsApp did not deliver your code, so we sent it by SMS.
delivery-sms-delivered = It is on your phone. Look at your text messages.
delivery-sms-unknown = Nobody has confirmed your SMS. It may still arrive.
delivery-sms-failed-not-reachable = This number can’t receive SMS. Check it, or use another number.
delivery-sms-failed = Your SMS could not be sent. Try again later, or use another number.
delivery-email-accepted = We sent it to your mailbox. Look in the spam folder, too.
delivery-email-instead = Your code did not arrive, so we sent it to your mailbox.
delivery-email-unknown = Nobody has confirmed your e-mail. It may still arrive.
delivery-email-failed = Your e-mail could not be sent. Try again later.

## The code page: "It did not arrive"

code-help = It did not arrive
code-help-chats = Open WhatsApp on your phone and look through all chats, also muted and archived ones.
code-help-linked = Codes show on your phone only, not on WhatsApp Web or other linked devices.
code-help-number = Check the number: { $number }.
code-help-resend = Still nothing? Send a new code. The old one then stops working.

## When a sign-in has ended

ended-expired-title = This sign-in took too long
ended-expired = For your safety it has ended. Start again; it takes a minute.
ended-too-many-tries-title = Too many wrong codes
ended-too-many-tries = For your safety this sign-in has ended. Start again with a new code.
ended-undeliverable-title = Your code can’t be delivered
ended-undeliverable = WhatsApp does not deliver to this number. Start again with another number.
ended-blocked-title = Codes are switched off
ended-blocked = There were too many wrong codes for this number. Sign in on a device you used before, try again tomorrow, or ask for help.
ended-disowned-title = This sign-in was stopped on the phone
ended-disowned = Whoever has this number told us that they did not ask for the code. If it was you, start again and leave that button alone.
ended-unconfirmed-title = Use the code from WhatsApp
ended-unconfirmed = This code came by SMS or email as well, and only WhatsApp can tell that this number is still yours. Start again and use the code on WhatsApp. If that does not work, ask for help.
ended-already-used-title = This sign-in is finished
ended-already-used = It can’t be used twice.
# When only the application can start again.
ended-go-back = Go back to the app and start again.

## The answer on its way back to the app

form-post-title = Taking you back to { $client }
form-post-lead = One moment. If nothing happens, use the button.
form-post-submit = Continue

## Signing out

sign-out-title = Sign out of { $client }?
sign-out-lead = You’ll need a new code to sign in again.
sign-out-submit = Sign out
sign-out-cancel = Stay signed in
signed-out-title = You are signed out of { $client }
signed-out-lead = You can close this page.
signed-out-again = Sign in again

## When something went wrong

error-unknown-pool-title = No sign-in page here
error-unknown-pool = Check the address, or go back to the app and start again.
error-request-title = This app can’t sign you in
error-unknown-client = The app is not known here. Tell the people who run it.
error-redirect-uri = The app asked to send you to an address it has not registered. Tell the people who run it.
error-invalid-request = The app’s request has a mistake in it. Tell the people who run it.
error-stale-form-title = This page is out of date
error-stale-form = It was opened too long ago, in another browser, or cookies are off. Go back to the app and start again.
error-not-found-title = Page not found
error-not-found = Check the address, or go back to the app and start again.
error-form-title = That did not work
error-form = This address does not take what your browser sent. Go back and try again.
error-too-large = Your browser sent more than this page takes. Go back and try again.
error-too-many-requests-title = Too many requests
error-too-many-requests = Wait a minute, then try again.
error-unavailable-title = Not available right now
error-unavailable = Signing in is not possible for the moment. Try again in a minute.
error-internal-title = Something went wrong
error-internal = The fault is ours. Try again; if it happens again, ask for help.
# Before a sentence in English that is meant for programmers.
error-technical = For the app’s developers
# Before an identifier to quote when asking for help.
error-reference = Reference

## The address of the installation itself

landing-title = This is a sign‑in service
landing-lead = Apps send their users here to sign in with WhatsApp. If you were signing in, go back to the app and start again.
landing-docs = Read the documentation
