### What is written to people by SMS and by e-mail, in Portuguese (você; Brazil).
### The notes for translators are at the top of en.ftl.

sms = { $project }: use { $code } para entrar. Vale por { $minutes } min. Nunca compartilhe.

mail-subject = Seu código para entrar em { $project }
mail-use = Digite este código na página em que você o pediu para entrar em { $project }.
mail-life =
    { $minutes ->
        [one] Ele funciona uma única vez, por { $minutes } minuto.
       *[other] Ele funciona uma única vez, por { $minutes } minutos.
    }
mail-ignore = Você não pediu este código? Então ignore este e-mail. Não passe o código a ninguém, nem a quem disser que é de { $project }.
