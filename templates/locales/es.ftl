### The texts of the sign-in pages, in Spanish (tú; neutral for Spain and Latin America).
### The notes for translators are at the top of en.ftl.

## On every page

# Before the page's title when something was wrong, as heard by screen readers first.
problem = Problema
language = Idioma
privacy = Privacidad
terms = Términos
# Opens an e-mail to the project's support.
help = Ayuda
start-again = Empezar de nuevo
try-again = Intentar de nuevo
# To the application one came from.
back-to = Volver a { $client }
# $time is a clock such as 4:31, or one of the spans below.
try-again-in = Inténtalo de nuevo en { $time }.
# Only ever stands where $time stands, after a word such as "in".
span-seconds =
    { $count ->
        [one] { $count } segundo
       *[other] { $count } segundos
    }
span-minutes =
    { $count ->
        [one] { $count } minuto
       *[other] { $count } minutos
    }
span-hours =
    { $count ->
        [one] { $count } hora
       *[other] { $count } horas
    }

## The number page

# $client is the name of the application.
phone-title = Inicia sesión en { $client }
phone-lead = Te enviaremos un código por WhatsApp. Sin contraseñas que recordar.
phone-label = Tu número de WhatsApp
phone-country = País
phone-hint = También puedes escribirlo con el código de país.
# When only one country is served.
phone-hint-only = Solo números de { $country }.
phone-submit = Enviar código por WhatsApp

phone-error-missing = Escribe tu número de WhatsApp.
phone-error-not-a-number = Esto no es un número de teléfono. Escribe sus cifras, con un + delante si incluye el código de país.
# $code is the country code, such as +44.
phone-error-not-valid = Este número no es válido en { $country } ({ $code }). Revisa sus cifras y si el país es correcto.
# A button: the same digits are a number of another country.
phone-elsewhere = Usar { $country } (+{ $code })
phone-error-too-short = Este número es demasiado corto. Comprueba que no falte ninguna cifra.
phone-error-too-long = Este número es demasiado largo. Comprueba que no sobre ninguna cifra o pon un + delante del prefijo del país.
# $code is the country code, such as +44.
phone-error-wrong-country = Aquí no se pueden usar números de { $country } ({ $code }). Escribe un número de uno de los países de la lista.
# Two countries have one code, such as Guernsey and the United Kingdom; only $served is served.
phone-error-shared-code = Este número es de { $country }, que comparte el { $code } con { $served }. Aquí no se pueden usar números de { $country }; escribe otro.
# Said while typing, when the country code is not one of those listed.
phone-error-elsewhere = Aquí no se pueden usar números con este código de país.
phone-error-not-allowed-here = Este número no puede recibir códigos aquí. Escribe otro número de móvil.
phone-error-wait = Acabamos de enviar un código a este número.
phone-error-too-many-from-here = Se han iniciado demasiadas sesiones desde tu red.
phone-error-too-many-today = Se han enviado demasiados códigos a este número.
phone-error-pool-busy = Ahora mismo no podemos enviar códigos.
phone-error-stopped = Los códigos a números como este están en pausa, porque casi ninguno se ha usado últimamente.
phone-error-blocked = Los códigos para este número están desactivados tras demasiados intentos fallidos. Inicia sesión en un dispositivo que ya usaste, vuelve a intentarlo mañana o pide ayuda.
phone-proof = Un momento: tu dispositivo resuelve un pequeño cálculo que frena a los robots. Después enviaremos tu código.
phone-proof-unscripted = En este momento, este paso necesita JavaScript. Actívalo o espera.

## The code page

code-title = Escribe el código de WhatsApp
code-title-sms = Escribe el código del SMS
code-title-email = Escribe el código del correo
code-title-failed = No se pudo enviar tu código
# Before the masked number.
code-number = Tu número
code-change = Cambiar
code-label =
    { $count ->
        [one] Código de { $count } cifra
       *[other] Código de { $count } cifras
    }
code-submit = Continuar
code-tries-left =
    { $count ->
        [one] Queda { $count } intento
       *[other] Quedan { $count } intentos
    }
code-expires-in = Caduca en { $time }
code-resend = Enviar un código nuevo
code-resend-in = Código nuevo en { $time }
# Where no clock runs.
code-resend-after = Se puede enviar un código nuevo dentro de { $time }.
code-resend-no-more = Por ahora no hay más códigos. Inténtalo de nuevo en { $time }.
code-look-again = Ver si hay novedades
code-other-sms = Enviar por SMS
code-other-sms-in = Por SMS en { $time }
code-other-email = Enviar por correo
code-other-email-in = Por correo en { $time }
code-other-whatsapp = Enviar por WhatsApp
code-other-whatsapp-in = Por WhatsApp en { $time }
code-change-number = Usar otro número
# After a new code was asked for.
code-renewed = Hemos enviado un código nuevo. El anterior ya no sirve.

code-error-missing = Escribe el código.
code-error-not-a-code = El código solo tiene cifras. Revisa lo que has escrito.
code-error-wrong-length =
    { $count ->
        [one] El código tiene { $count } cifra.
       *[other] El código tiene { $count } cifras.
    }
code-error-wrong =
    { $count ->
        [one] Ese no es el código. Te queda { $count } intento.
       *[other] Ese no es el código. Te quedan { $count } intentos.
    }

code-ended-expired-title = Este código ha caducado
code-ended-expired = Un código solo sirve durante unos minutos. Envía uno nuevo para continuar.
code-ended-tries-title = Demasiados intentos fallidos
code-ended-tries = Este código ya no sirve. Envía uno nuevo para continuar.

## The code page: where the message is

# Heard by screen readers before the three steps.
delivery-label = Dónde está tu mensaje
# The three steps, under three dots in a row: one word each.
delivery-step-sent = Enviado
delivery-step-delivered = Entregado
delivery-step-read = Leído
delivery-sending = Enviando tu código…
delivery-accepted = WhatsApp tiene tu código y lo está llevando a tu teléfono.
delivery-sent = Tu código está en camino.
delivery-delivered = Ya está en tu teléfono. Abre WhatsApp para verlo.
delivery-read = Lo has abierto. Escribe el código aquí abajo.
delivery-unknown = WhatsApp no ha confirmado tu mensaje. Aún puede llegar.
delivery-expired = El mensaje no llegó a tiempo a tu teléfono. Envía un código nuevo.
# While our own server cannot be reached.
delivery-lost = Sin conexión. Intentándolo de nuevo…
delivery-failed-not-reachable = Este número no parece estar en WhatsApp. Revísalo o usa otro número.
delivery-failed-held-back = WhatsApp no ha entregado este mensaje. Inténtalo más tarde o usa otro número.
delivery-failed-too-fast = Este número ha recibido demasiados mensajes en poco tiempo. Espera un poco y envía un código nuevo.
delivery-failed-sender-unavailable = En este momento no podemos enviar mensajes de WhatsApp. El fallo es nuestro, no de tu número. Inténtalo más tarde.
delivery-failed-try-later = WhatsApp está ocupado. Envía un código nuevo en un momento.
delivery-failed-rejected = WhatsApp no ha aceptado nuestro mensaje. El fallo es nuestro, no de tu número. Inténtalo más tarde.
delivery-failed-blocked = WhatsApp no nos permite escribir a este número. Si nos has bloqueado, desbloquéanos en WhatsApp o usa otro número.
delivery-failed-identity-changed = La cuenta de WhatsApp de este número ha cambiado hace poco. Para protegerte, no se ha enviado ningún código. Usa otro número o pide ayuda.
delivery-failed-not-reachable-sms = Este número no parece estar en WhatsApp. ¿Enviar el código por SMS?
delivery-failed-not-reachable-email = Este número no parece estar en WhatsApp. ¿Enviar el código por correo?
delivery-failed-sms = WhatsApp no entregó tu código. ¿Enviarlo por SMS?
delivery-failed-email = WhatsApp no entregó tu código. ¿Enviarlo por correo?
delivery-sms-accepted = Tu SMS está en camino.
delivery-sms-instead = WhatsApp no entregó tu código, así que lo enviamos por SMS.
delivery-sms-delivered = Ya está en tu teléfono. Mira tus mensajes de texto.
delivery-sms-unknown = Nadie ha confirmado tu SMS. Todavía puede llegar.
delivery-sms-failed-not-reachable = Este número no puede recibir SMS. Revísalo o usa otro número.
delivery-sms-failed = No se pudo enviar tu SMS. Inténtalo más tarde o usa otro número.
delivery-email-accepted = Lo enviamos a tu correo. Mira también en el spam.
delivery-email-instead = Tu código no llegó, así que lo enviamos a tu correo.
delivery-email-unknown = Nadie ha confirmado tu correo. Todavía puede llegar.
delivery-email-failed = No se pudo enviar tu correo. Inténtalo más tarde.

## The code page: "It did not arrive"

code-help = No ha llegado
code-help-chats = Abre WhatsApp en tu teléfono y mira todos los chats, también los silenciados y los archivados.
code-help-linked = Los códigos solo se ven en tu teléfono, no en WhatsApp Web ni en otros dispositivos vinculados.
code-help-number = Comprueba el número: { $number }.
code-help-resend = ¿Sigue sin llegar? Envía un código nuevo. El anterior dejará de servir.

## When a sign-in has ended

ended-expired-title = Este inicio de sesión ha tardado demasiado
ended-expired = Ha terminado por tu seguridad. Empieza de nuevo; solo lleva un minuto.
ended-too-many-tries-title = Demasiados códigos incorrectos
ended-too-many-tries = Este inicio de sesión ha terminado por tu seguridad. Empieza de nuevo con otro código.
ended-undeliverable-title = No se puede entregar tu código
ended-undeliverable = WhatsApp no entrega mensajes a este número. Empieza de nuevo con otro número.
ended-blocked-title = Los códigos están desactivados
ended-blocked = Hubo demasiados códigos incorrectos para este número. Inicia sesión en un dispositivo que ya usaste, vuelve a intentarlo mañana o pide ayuda.
ended-disowned-title = Este inicio de sesión se detuvo desde el teléfono
ended-disowned = Quien tiene este número nos dijo que no había pedido el código. Si fuiste tú, empieza de nuevo y no toques ese botón.
ended-unconfirmed-title = Usa el código de WhatsApp
ended-unconfirmed = Este código también llegó por SMS o correo, y solo WhatsApp confirma que este número sigue siendo tuyo. Empieza de nuevo y usa el código de WhatsApp. Si no funciona, pide ayuda.
ended-already-used-title = Este inicio de sesión ya ha terminado
ended-already-used = No se puede usar dos veces.
# When only the application can start again.
ended-go-back = Vuelve a la aplicación y empieza de nuevo.

## The answer on its way back to the app

form-post-title = Volviendo a { $client }
form-post-lead = Un momento. Si no pasa nada, usa el botón.
form-post-submit = Continuar

## Signing out

sign-out-title = ¿Cerrar sesión en { $client }?
sign-out-lead = Necesitarás un código nuevo para volver a iniciar sesión.
sign-out-submit = Cerrar sesión
sign-out-cancel = Mantener la sesión
signed-out-title = Has cerrado sesión en { $client }
signed-out-lead = Puedes cerrar esta página.
signed-out-again = Iniciar sesión de nuevo

## When something went wrong

error-unknown-pool-title = Aquí no hay ninguna página de inicio de sesión
error-unknown-pool = Revisa la dirección, o vuelve a la aplicación y empieza de nuevo.
error-request-title = Esta aplicación no puede iniciar tu sesión
error-unknown-client = Aquí no se conoce esta aplicación. Avisa a quienes la gestionan.
error-redirect-uri = La aplicación pidió enviarte a una dirección que no tiene registrada. Avisa a quienes la gestionan.
error-invalid-request = La solicitud de la aplicación contiene un error. Avisa a quienes la gestionan.
error-stale-form-title = Esta página ya no está vigente
error-stale-form = Se abrió hace demasiado tiempo o en otro navegador, o las cookies están desactivadas. Vuelve a la aplicación y empieza de nuevo.
error-not-found-title = Página no encontrada
error-not-found = Revisa la dirección, o vuelve a la aplicación y empieza de nuevo.
error-form-title = No ha funcionado
error-form = Esta dirección no admite lo que envió tu navegador. Vuelve atrás e inténtalo de nuevo.
error-too-large = Tu navegador envió más de lo que admite esta página. Vuelve atrás e inténtalo de nuevo.
error-too-many-requests-title = Demasiadas solicitudes
error-too-many-requests = Espera un minuto e inténtalo de nuevo.
error-unavailable-title = No disponible en este momento
error-unavailable = Por el momento no se puede iniciar sesión. Inténtalo de nuevo en un minuto.
error-internal-title = Algo ha fallado
error-internal = El fallo es nuestro. Inténtalo de nuevo; si vuelve a ocurrir, pide ayuda.
# Before a sentence in English that is meant for programmers.
error-technical = Para quienes desarrollan la aplicación
# Before an identifier to quote when asking for help.
error-reference = Referencia

## The address of the installation itself

landing-title = Este es un servicio de inicio de sesión
landing-lead = Las aplicaciones envían aquí a sus usuarios para que inicien sesión con WhatsApp. Si estabas iniciando sesión, vuelve a la aplicación y empieza de nuevo.
landing-docs = Leer la documentación
