### The texts of the sign-in pages, in Portuguese (Brazil; você).
### The notes for translators are at the top of en.ftl.

## On every page

# Before the page's title when something was wrong, as heard by screen readers first.
problem = Problema
language = Idioma
privacy = Privacidade
terms = Termos
# Opens an e-mail to the project's support.
help = Ajuda
start-again = Começar de novo
try-again = Tentar de novo
# To the application one came from.
back-to = Voltar para { $client }
# $time is a clock such as 4:31, or one of the spans below.
try-again-in = Tente novamente em { $time }.
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
phone-title = Entrar em { $client }
phone-lead = Enviaremos um código para o seu WhatsApp. Sem senha para lembrar.
phone-label = Seu número do WhatsApp
phone-country = País
phone-hint = O número com o código do país também funciona.
# When only one country is served.
phone-hint-only = Somente números deste país: { $country }.
phone-submit = Enviar código pelo WhatsApp

phone-error-missing = Digite seu número do WhatsApp.
phone-error-not-a-number = Isto não é um número de telefone. Digite os algarismos, com um + antes se incluir o código do país.
# $code is the country code, such as +44.
phone-error-not-valid = Este número não é válido neste país: { $country } ({ $code }). Confira os algarismos e se o país está certo.
# A button: the same digits are a number of another country.
phone-elsewhere = Usar { $country } (+{ $code })
phone-error-too-short = Este número é curto demais. Verifique se não falta nenhum algarismo.
phone-error-too-long = Este número é longo demais. Verifique se não há algarismos a mais ou coloque um + antes do código do país.
# $code is the country code, such as +44.
phone-error-wrong-country = Números deste país não podem ser usados aqui: { $country } ({ $code }). Digite um número de um dos países da lista.
# Two countries have one code, such as Guernsey and the United Kingdom; only $served is served.
phone-error-shared-code = Este número é deste país: { $country }, que compartilha o { $code } com { $served }. Números dele não podem ser usados aqui; digite outro.
# Said while typing, when the country code is not one of those listed.
phone-error-elsewhere = Números com este código de país não podem ser usados aqui.
phone-error-not-allowed-here = Este número não pode receber códigos aqui. Digite outro número de celular.
phone-error-wait = Acabamos de enviar um código para este número.
phone-error-too-many-from-here = Houve tentativas demais de entrar a partir da sua rede.
phone-error-too-many-today = Códigos demais foram enviados para este número.
phone-error-pool-busy = Não podemos enviar códigos agora.
phone-error-stopped = Os códigos para números como este estão pausados, porque quase nenhum foi usado ultimamente.
phone-error-blocked = Os códigos para este número estão desativados após muitas tentativas erradas. Entre em um dispositivo que você já usou, tente de novo amanhã ou peça ajuda.
phone-proof = Um momento: seu dispositivo faz um pequeno cálculo que afasta robôs. Depois seu código será enviado.
phone-proof-unscripted = No momento, esta etapa precisa de JavaScript. Ative-o ou aguarde.

## The code page

code-title = Digite o código do WhatsApp
code-title-sms = Digite o código do SMS
code-title-email = Digite o código do e-mail
code-title-failed = Não foi possível enviar seu código
# Before the masked number.
code-number = Seu número
code-change = Alterar
code-label =
    { $count ->
        [one] Código de { $count } algarismo
       *[other] Código de { $count } algarismos
    }
code-submit = Continuar
code-tries-left =
    { $count ->
        [one] Resta { $count } tentativa
       *[other] Restam { $count } tentativas
    }
code-expires-in = Expira em { $time }
code-resend = Enviar um novo código
code-resend-in = Novo código em { $time }
# Where no clock runs.
code-resend-after = Um novo código pode ser enviado em { $time }.
code-resend-no-more = Não há mais códigos por enquanto. Tente novamente em { $time }.
code-look-again = Ver se há novidades
code-other-sms = Enviar por SMS
code-other-sms-in = Por SMS em { $time }
code-other-email = Enviar por e-mail
code-other-email-in = Por e-mail em { $time }
code-other-whatsapp = Enviar pelo WhatsApp
code-other-whatsapp-in = Pelo WhatsApp em { $time }
code-change-number = Usar outro número
# After a new code was asked for.
code-renewed = Enviamos um novo código. O anterior não funciona mais.

code-error-missing = Digite o código.
code-error-not-a-code = O código tem apenas algarismos. Verifique o que você digitou.
code-error-wrong-length =
    { $count ->
        [one] O código tem { $count } algarismo.
       *[other] O código tem { $count } algarismos.
    }
code-error-wrong =
    { $count ->
        [one] Este não é o código. Resta { $count } tentativa.
       *[other] Este não é o código. Restam { $count } tentativas.
    }

code-ended-expired-title = Este código expirou
code-ended-expired = Um código funciona por apenas alguns minutos. Envie um novo para continuar.
code-ended-tries-title = Tentativas erradas demais
code-ended-tries = Este código não funciona mais. Envie um novo para continuar.

## The code page: where the message is

# Heard by screen readers before the three steps.
delivery-label = Onde está sua mensagem
# The three steps, under three dots in a row: one word each.
delivery-step-sent = Enviada
delivery-step-delivered = Entregue
delivery-step-read = Lida
delivery-sending = Enviando seu código…
delivery-accepted = O WhatsApp está com seu código e vai levá-lo ao seu celular.
delivery-sent = Seu código está a caminho.
delivery-delivered = Já está no seu celular. Abra o WhatsApp para ver.
delivery-read = Você abriu a mensagem. Digite o código abaixo.
delivery-unknown = O WhatsApp não confirmou sua mensagem. Ela ainda pode chegar.
delivery-expired = A mensagem não chegou a tempo ao seu celular. Envie um novo código.
# While our own server cannot be reached.
delivery-lost = Sem conexão. Tentando novamente…
delivery-failed-not-reachable = Este número não parece estar no WhatsApp. Verifique-o ou use outro número.
delivery-failed-held-back = O WhatsApp não entregou esta mensagem. Tente novamente mais tarde ou use outro número.
delivery-failed-too-fast = Este número recebeu mensagens demais em pouco tempo. Espere um pouco e envie um novo código.
delivery-failed-sender-unavailable = No momento não podemos enviar mensagens pelo WhatsApp. A falha é nossa, não do seu número. Tente novamente mais tarde.
delivery-failed-try-later = O WhatsApp está ocupado. Envie um novo código em instantes.
delivery-failed-rejected = O WhatsApp não aceitou nossa mensagem. A falha é nossa, não do seu número. Tente novamente mais tarde.
delivery-failed-blocked = O WhatsApp não nos deixa escrever para este número. Se você nos bloqueou, desbloqueie no WhatsApp ou use outro número.
delivery-failed-identity-changed = A conta do WhatsApp deste número mudou há pouco tempo. Para proteger você, nenhum código foi enviado. Use outro número ou peça ajuda.
delivery-failed-not-reachable-sms = Este número não parece estar no WhatsApp. Enviar o código por SMS?
delivery-failed-not-reachable-email = Este número não parece estar no WhatsApp. Enviar o código por e-mail?
delivery-failed-sms = O WhatsApp não entregou seu código. Enviar por SMS?
delivery-failed-email = O WhatsApp não entregou seu código. Enviar por e-mail?
delivery-sms-accepted = Seu SMS está a caminho.
delivery-sms-instead = O WhatsApp não entregou seu código, então o enviamos por SMS.
delivery-sms-delivered = Já está no seu celular. Veja suas mensagens de texto.
delivery-sms-unknown = Ninguém confirmou seu SMS. Ele ainda pode chegar.
delivery-sms-failed-not-reachable = Este número não pode receber SMS. Confira-o ou use outro número.
delivery-sms-failed = Não foi possível enviar seu SMS. Tente mais tarde ou use outro número.
delivery-email-accepted = Enviamos para o seu e-mail. Veja também no spam.
delivery-email-instead = Seu código não chegou, então o enviamos para o seu e-mail.
delivery-email-unknown = Ninguém confirmou seu e-mail. Ele ainda pode chegar.
delivery-email-failed = Não foi possível enviar seu e-mail. Tente mais tarde.

## The code page: "It did not arrive"

code-help = Não chegou
code-help-chats = Abra o WhatsApp no seu celular e procure em todas as conversas, também nas silenciadas e arquivadas.
code-help-linked = Os códigos aparecem só no seu celular, não no WhatsApp Web nem em outros aparelhos conectados.
code-help-number = Confira o número: { $number }.
code-help-resend = Ainda nada? Envie um novo código. O anterior deixa de funcionar.

## When a sign-in has ended

ended-expired-title = Este acesso demorou demais
ended-expired = Foi encerrado para sua segurança. Comece de novo; leva só um minuto.
ended-too-many-tries-title = Códigos errados demais
ended-too-many-tries = Este acesso foi encerrado para sua segurança. Comece de novo com outro código.
ended-undeliverable-title = Não é possível entregar seu código
ended-undeliverable = O WhatsApp não entrega mensagens a este número. Comece de novo com outro número.
ended-blocked-title = Os códigos estão desativados
ended-blocked = Houve códigos errados demais para este número. Entre em um dispositivo que você já usou, tente de novo amanhã ou peça ajuda.
ended-disowned-title = Este acesso foi interrompido pelo telefone
ended-disowned = Quem tem este número nos disse que não pediu o código. Se foi você, comece de novo e não toque nesse botão.
ended-unconfirmed-title = Use o código do WhatsApp
ended-unconfirmed = Este código também veio por SMS ou e-mail, e só o WhatsApp confirma que este número ainda é seu. Comece de novo e use o código do WhatsApp. Se não funcionar, peça ajuda.
ended-already-used-title = Este acesso já foi concluído
ended-already-used = Não pode ser usado duas vezes.
# When only the application can start again.
ended-go-back = Volte ao aplicativo e comece de novo.

## The answer on its way back to the app

form-post-title = Voltando para { $client }
form-post-lead = Um momento. Se nada acontecer, use o botão.
form-post-submit = Continuar

## Signing out

sign-out-title = Sair de { $client }?
sign-out-lead = Você precisará de um novo código para entrar de novo.
sign-out-submit = Sair
sign-out-cancel = Continuar conectado
signed-out-title = Você saiu de { $client }
signed-out-lead = Você já pode fechar esta página.
signed-out-again = Entrar de novo

## When something went wrong

error-unknown-pool-title = Não há página de acesso aqui
error-unknown-pool = Verifique o endereço, ou volte ao aplicativo e comece de novo.
error-request-title = Este aplicativo não consegue conectar você
error-unknown-client = O aplicativo não é conhecido aqui. Avise os responsáveis por ele.
error-redirect-uri = O aplicativo pediu para enviar você a um endereço que não registrou. Avise os responsáveis por ele.
error-invalid-request = Há um erro no pedido do aplicativo. Avise os responsáveis por ele.
error-stale-form-title = Esta página não vale mais
error-stale-form = Ela foi aberta há muito tempo ou em outro navegador, ou os cookies estão desativados. Volte ao aplicativo e comece de novo.
error-not-found-title = Página não encontrada
error-not-found = Verifique o endereço, ou volte ao aplicativo e comece de novo.
error-form-title = Não funcionou
error-form = Este endereço não aceita o que seu navegador enviou. Volte e tente novamente.
error-too-large = Seu navegador enviou mais do que esta página aceita. Volte e tente novamente.
error-too-many-requests-title = Pedidos demais
error-too-many-requests = Espere um minuto e tente novamente.
error-unavailable-title = Indisponível no momento
error-unavailable = No momento não é possível entrar. Tente novamente em um minuto.
error-internal-title = Algo deu errado
error-internal = A falha é nossa. Tente novamente; se acontecer de novo, peça ajuda.
# Before a sentence in English that is meant for programmers.
error-technical = Para quem desenvolve o aplicativo
# Before an identifier to quote when asking for help.
error-reference = Referência

## The address of the installation itself

landing-title = Este é um serviço de acesso
landing-lead = Os aplicativos enviam seus usuários para cá para entrar com o WhatsApp. Se você estava entrando, volte ao aplicativo e comece de novo.
landing-docs = Ler a documentação
