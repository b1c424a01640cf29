### What is written to people by SMS and by e-mail, in Indonesian (Anda).
### The notes for translators are at the top of en.ftl.

sms = { $project }: { $code } adalah kode masuk Anda. Berlaku { $minutes } menit. Jangan bagikan kepada siapa pun.

mail-subject = Kode masuk Anda untuk { $project }
mail-use = Ketik kode ini di halaman tempat Anda memintanya untuk masuk ke { $project }.
mail-life = Kode ini berlaku satu kali, selama { $minutes } menit.
mail-ignore = Anda tidak memintanya? Abaikan saja email ini. Jangan berikan kode ini kepada siapa pun, termasuk orang yang mengaku dari { $project }.
