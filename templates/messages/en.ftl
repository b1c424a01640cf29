### What is written to people by SMS and by e-mail.
###
### For translators:
### - $project is the name of the project, $code the digits to type, $minutes a whole number from 1 on.
### - An SMS is paid by the part. One of 160 characters is one part while it holds nothing but the letters of GSM 03.38; a
###   single other letter (á, í, ó, ú, ã, ç, …) makes it two. A language of the Latin script finds words without them here.
###   A line for the phone (`@host #code`) is added below; it is not translated.
### - No links, and nothing that looks like one: people should not learn to tap on what comes with a code.

sms = { $project }: { $code } is your sign-in code. Valid for { $minutes } min. Never share it.

# The code is not in the subject: see docs/decisions/0011-no-code-in-the-subject.md.
mail-subject = Your sign-in code for { $project }
# Below the code, which stands by itself.
mail-use = Type this code on the page where you asked for it, to sign in to { $project }.
mail-life =
    { $minutes ->
        [one] It works once, for { $minutes } minute.
       *[other] It works once, for { $minutes } minutes.
    }
mail-ignore = Did you not ask for it? Then ignore this mail. Give the code to nobody, not even to somebody who says they are from { $project }.
