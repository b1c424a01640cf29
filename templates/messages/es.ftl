### What is written to people by SMS and by e-mail, in Spanish (tú; neutral for Spain and Latin America).
### The notes for translators are at the top of en.ftl.

sms = { $project }: usa { $code } para entrar. Vale { $minutes } min. No lo compartas con nadie.

mail-subject = Tu código para entrar en { $project }
mail-use = Escribe este código en la página donde lo pediste para entrar en { $project }.
mail-life =
    { $minutes ->
        [one] Vale una sola vez, durante { $minutes } minuto.
       *[other] Vale una sola vez, durante { $minutes } minutos.
    }
mail-ignore = ¿No lo pediste? Entonces ignora este correo. No des el código a nadie, ni siquiera a quien diga ser de { $project }.
