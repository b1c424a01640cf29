//! The one table of settings. Reading, refusing what is unknown, the flags with their help, and
//! `docs/configuration.md` follow from it; nothing about a setting is written anywhere else.

use crate::config::setting::Default::{Absent, Follows, Is};
use crate::config::setting::{Default, Kind, Setting};

/// The setting of this name.
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

const fn setting(name: &'static str, kind: Kind, default: Default, purpose: &'static str) -> Setting {
    Setting { name, kind, default, purpose }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Every setting, in the order of the reference.
pub static SETTINGS: &[Setting] = &[
    setting(
        "listen",
        Kind::Address,
        Is("127.0.0.1:8080"),
        "Where the provider listens. Port 0 takes a free one and prints it.",
    ),
    setting(
        "public_url",
        Kind::PublicUrl,
        Is("http://localhost:8080"),
        "The origin at which people and relying parties reach the provider. With `{domain}` as its first label, every pool has a host of its own; without, all pools share one origin, which is for a single project. It is part of every issuer: decide before the first project.",
    ),
    setting(
        "data_dir",
        Kind::Path,
        Is("watchword-data"),
        "Where the SQLite database and its master key lie.",
    ),
    setting(
        "database_url",
        Kind::DatabaseUrl,
        Follows("`watchword.db` in `data_dir`"),
        "The database. A URL with a password belongs into the environment or the file: other programs see flags.",
    ),
    setting(
        "database_connections",
        Kind::Number(1, 1000),
        Is("8"),
        "Connections at most; on SQLite those that read, beside the one that writes.",
    ),
    setting(
        "database_patience_seconds",
        Kind::Number(1, 60),
        Is("5"),
        "How long a request waits for a connection before it is told that the database is away.",
    ),
    setting(
        "master_key",
        Kind::Secret,
        Absent,
        "The key that everything secret in the database rests on: 32 bytes in base64, as `openssl rand -base64 32` prints them. Keep a copy elsewhere: what is sealed under a lost key is lost. Keys it takes the place of may follow, apart by spaces, lines or commas: they still open (`watchword key reseal`).",
    ),
    setting(
        "master_key_file",
        Kind::Path,
        Follows("`master.key` beside the SQLite database, made at the first start"),
        "A file that holds the master key, instead of `master_key`.",
    ),
    setting(
        "region",
        Kind::Text,
        Is("local"),
        "The first part of pool ids made from now on: lower-case letters, digits and hyphens.",
    ),
    setting(
        "trusted_proxies",
        Kind::Networks,
        Absent,
        "The proxies whose `X-Forwarded-For` is believed. Nobody's, when empty.",
    ),
    setting(
        "metrics_listen",
        Kind::AddressOrOff,
        Is("127.0.0.1:9464"),
        "Where `/metrics` is served to Prometheus.",
    ),
    setting(
        "log",
        Kind::Text,
        Follows("`info`, and `warn` for what the database's crates say; `demo`: `warn`"),
        "What is logged: a level, or directives such as `info,watchword_flow=debug`.",
    ),
    setting(
        "log_format",
        Kind::Choice(&["text", "json"]),
        Is("text"),
        "How it is logged, to the error stream.",
    ),
    setting(
        "whatsapp.api_url",
        Kind::Url,
        Is("https://graph.facebook.com/v25.0"),
        "Where the Graph API answers, with its version.",
    ),
    setting(
        "whatsapp.phone_number_id",
        Kind::Text,
        Absent,
        "Meta's id of the number messages leave from: digits, and not the number itself.",
    ),
    setting(
        "whatsapp.waba_id",
        Kind::Text,
        Absent,
        "Meta's id of the WhatsApp Business Account the number belongs to.",
    ),
    setting(
        "whatsapp.access_token",
        Kind::Secret,
        Absent,
        "A system user's token with the permissions `whatsapp_business_messaging` and `whatsapp_business_management`.",
    ),
    setting("whatsapp.app_secret", Kind::Secret, Absent, "The app's secret, which webhooks are signed with."),
    setting(
        "whatsapp.app_secret_previous",
        Kind::Secret,
        Absent,
        "The app's secret before this one: its signatures count, too, while a rotation is under way.",
    ),
    setting(
        "whatsapp.verify_token",
        Kind::Secret,
        Absent,
        "A word of your own choice that Meta repeats when the webhook is registered.",
    ),
    setting(
        "whatsapp.template",
        Kind::Text,
        Is("watchword_code"),
        "The authentication template's name. It must be approved in every language that is sent.",
    ),
    setting(
        "whatsapp.standby_template",
        Kind::Text,
        Absent,
        "A second authentication template, which steps in while Meta pauses or disables the first.",
    ),
    setting(
        "whatsapp.messages_per_second",
        Kind::Number(1, 1000),
        Is("80"),
        "Messages a second that a number takes, the shared one's and those of projects: 80 at Meta until it raises a number to 1,000, 20 for one shared with the Business app. More wait their turn.",
    ),
    setting(
        "whatsapp.timeout_seconds",
        Kind::Number(2, 45),
        Is("10"),
        "How long the Graph API may take to answer. After it nobody knows whether the message left, and it is not sent again.",
    ),
    setting(
        "sms.provider",
        Kind::Choice(&["twilio", "vonage", "gateway"]),
        Absent,
        "Who carries SMS. Without it none are sent.",
    ),
    setting(
        "sms.api_url",
        Kind::Url,
        Follows("Twilio's `https://api.twilio.com`, Vonage's `https://api.nexmo.com`; a gateway has none"),
        "Where it answers; of a gateway, the address messages are posted to.",
    ),
    setting("sms.account", Kind::Text, Absent, "Twilio's account SID (`AC…`) or Vonage's API key."),
    setting(
        "sms.secret",
        Kind::Secret,
        Absent,
        "Twilio's auth token, Vonage's API secret, or the whole `Authorization` header of a gateway, such as `Bearer …`.",
    ),
    setting(
        "sms.from",
        Kind::Text,
        Absent,
        "Who messages come from: a number, a name of up to 11 letters and digits where the country allows one, or Twilio's messaging service (`MG…`). A gateway's stands in `gateway_body`.",
    ),
    setting(
        "sms.report_secret",
        Kind::Secret,
        Follows("Twilio: `secret`"),
        "What delivery reports are signed with: Vonage's signature secret, or the one shared with a gateway, whose reports are refused without. For Twilio only when `secret` is another token than the one it signs with.",
    ),
    setting(
        "sms.report_url",
        Kind::Url,
        Follows("`/webhooks/sms/` and the provider at `public_url`, without `{domain}.`"),
        "Where delivery reports go. Twilio signs this very text, so it must be the address as Twilio reaches it.",
    ),
    setting(
        "sms.timeout_seconds",
        Kind::Number(2, 45),
        Is("10"),
        "How long the provider may take to answer. After it nobody knows whether the message left, and it is not sent again.",
    ),
    setting(
        "sms.gateway_body",
        Kind::Text,
        Is("{\"to\": {to}, \"text\": {text}, \"reference\": {reference}}"),
        "The body a gateway is sent: JSON, in which `{to}`, `{text}`, `{code}` and `{reference}` stand in the places of strings.",
    ),
    setting(
        "sms.gateway_id",
        Kind::Text,
        Is("/id"),
        "Where a gateway's answer has the message's id: a JSON pointer (RFC 6901).",
    ),
    setting(
        "sms.gateway_report_header",
        Kind::Text,
        Is("x-signature"),
        "The header in which a gateway's report has its signature: HMAC-SHA-256 of the body under `report_secret`, in hexadecimal.",
    ),
    setting("sms.gateway_report_id", Kind::Text, Is("/id"), "Where a gateway's report has the message's id."),
    setting(
        "sms.gateway_report_reference",
        Kind::Text,
        Is("/reference"),
        "Where a gateway's report has our reference, if it comes back.",
    ),
    setting(
        "sms.gateway_report_status",
        Kind::Text,
        Is("/status"),
        "Where a gateway's report has the status.",
    ),
    setting(
        "sms.gateway_report_states",
        Kind::Text,
        Is(
            "sent=sent,delivered=delivered,read=read,failed=failed,undelivered=failed,rejected=failed,expired=failed",
        ),
        "What a gateway's words mean: `word=state` with commas between; a state is sent, delivered, read or failed. Other words change nothing.",
    ),
    setting(
        "smtp.url",
        Kind::Secret,
        Absent,
        "The mail server: `smtps://user:password@host` for TLS from the start (port 465), `smtp://…` for STARTTLS (587), which is refused by no server that codes should be trusted to; only on this machine may it be missing. User and password are percent-encoded.",
    ),
    setting(
        "smtp.from",
        Kind::Text,
        Absent,
        "Who mails are from: `no-reply@example.com`, or with a name, `Acme <no-reply@example.com>`. Without a name it is the project's.",
    ),
    setting(
        "smtp.timeout_seconds",
        Kind::Number(2, 45),
        Is("20"),
        "How long the mail server may take in all.",
    ),
    setting("limits.code_digits", Kind::Number(6, 8), Is("6"), "Digits of a code."),
    setting("limits.tries_per_code", Kind::Number(1, 10), Is("5"), "Guesses at one code."),
    setting(
        "limits.failures_per_account",
        Kind::Number(1, 50),
        Is("20"),
        "Consecutive wrong codes of one number over all its codes; then codes are off for it, until somebody signs in with it or `watchword user unlock`. Browsers it signed in with before are counted apart: as many for all of them, half as many for each.",
    ),
    setting(
        "limits.failure_pause_seconds",
        Kind::Number(MINUTE, 7 * DAY),
        Is("86400"),
        "How long codes are off for browsers a number never signed in with, before they may guess again; after four such rounds they stay off.",
    ),
    setting(
        "limits.resend_waits_seconds",
        Kind::Numbers(1, 3600),
        Is("30,60,120,300,600"),
        "How long a number waits before its second, third, … code. The last one holds for all that follow.",
    ),
    setting(
        "limits.sends_per_number_hour",
        Kind::Number(1, 1000),
        Is("5"),
        "Messages to one number within an hour, over all pools.",
    ),
    setting(
        "limits.sends_per_number_day",
        Kind::Number(1, 1000),
        Is("10"),
        "Messages to one number within a day, over all pools.",
    ),
    setting(
        "limits.sms_per_number_day",
        Kind::Number(1, 1000),
        Is("5"),
        "SMS to one number within a day, over all pools; each is one of its messages, too.",
    ),
    setting(
        "limits.starts_per_address",
        Kind::Number(1, 100_000_000),
        Is("60"),
        "Sign-ins started from one IPv4 address or IPv6 /64 within ten minutes. Whole cities share an address.",
    ),
    setting(
        "limits.starts_before_proof",
        Kind::Number(1, 100_000_000),
        Is("10"),
        "How many of these are free. Each further one takes a proof of work, a second of the device's time; from twice and from four times as many on it doubles.",
    ),
    setting(
        "limits.proof_bits",
        Kind::Number(8, 22),
        Is("15"),
        "How much work a proof is, over its sixteen answers: each bit more doubles it. docs/limits.md says how long it takes.",
    ),
    setting(
        "limits.messages_per_pool_hour",
        Kind::Number(1, 1_000_000_000),
        Is("300"),
        "Messages of one pool within a UTC hour, where its project has no other budget.",
    ),
    setting(
        "limits.messages_per_pool_day",
        Kind::Number(1, 1_000_000_000),
        Is("1000"),
        "Messages of one pool within a UTC day, where its project has no other budget.",
    ),
    setting(
        "limits.sms_per_pool_day",
        Kind::Number(1, 1_000_000_000),
        Is("200"),
        "SMS of one pool within a UTC day, where its project has no other budget; each is one of its messages, too.",
    ),
    setting(
        "limits.prices_file",
        Kind::Path,
        Absent,
        "What messages cost, for budgets of money: a file of lines `country,channel,price`, read at the start. None comes with Watchword; docs/limits.md says where prices are found and how they are written.",
    ),
    setting(
        "limits.money_per_pool_hour",
        Kind::Amount,
        Absent,
        "What one pool's messages may cost within a UTC hour, in the currency of `prices_file`, where its project has no other budget.",
    ),
    setting(
        "limits.money_per_pool_day",
        Kind::Amount,
        Absent,
        "What one pool's messages may cost within a UTC day, in the currency of `prices_file`, where its project has no other budget.",
    ),
    setting(
        "limits.probation_days",
        Kind::Number(0, 365),
        Is("7"),
        "Days for which a project counts as new and has a smaller budget, unless `watchword project release` ends it; 0 for never.",
    ),
    setting(
        "limits.probation_messages_day",
        Kind::Number(1, 1_000_000_000),
        Is("100"),
        "Messages of a new project's pool within a UTC day.",
    ),
    setting(
        "limits.probation_money_percent",
        Kind::Number(1, 100),
        Is("10"),
        "What these may cost, in percent of `money_per_pool_day`, or of the project's own budget of money where that is not set.",
    ),
    setting(
        "limits.monitor",
        Kind::Choice(&["off", "observe", "protect"]),
        Is("observe"),
        "Ranges of numbers to which far more is sent than usual, or whose codes do not come back: `protect` asks for a proof of work there and stops sending when hardly any code comes back, `observe` only tells, where a project has no other mode.",
    ),
    setting("lifetimes.code_seconds", Kind::Number(MINUTE, 10 * MINUTE), Is("300"), "A code."),
    setting(
        "lifetimes.authorization_code_seconds",
        Kind::Number(5, 10 * MINUTE),
        Is("60"),
        "An authorization code.",
    ),
    setting("lifetimes.access_token_seconds", Kind::Number(5 * MINUTE, DAY), Is("3600"), "An access token."),
    setting("lifetimes.id_token_seconds", Kind::Number(5 * MINUTE, DAY), Is("3600"), "An ID token."),
    setting(
        "lifetimes.refresh_token_seconds",
        Kind::Number(HOUR, 366 * DAY),
        Is("2592000"),
        "Refresh tokens, counted from the sign-in.",
    ),
    setting(
        "lifetimes.refresh_token_idle_seconds",
        Kind::Number(HOUR, 366 * DAY),
        Is("1209600"),
        "A refresh token that nobody uses.",
    ),
    setting(
        "lifetimes.refresh_grace_seconds",
        Kind::Number(0, MINUTE),
        Is("60"),
        "How long a rotated refresh token may be presented again while its successor was not used.",
    ),
    setting(
        "lifetimes.sign_in_seconds",
        Kind::Number(3 * MINUTE, HOUR),
        Is("900"),
        "One attempt to sign in.",
    ),
    setting(
        "lifetimes.session_seconds",
        Kind::Number(5 * MINUTE, 366 * DAY),
        Is("604800"),
        "A browser's session, counted from the sign-in.",
    ),
    setting(
        "lifetimes.session_idle_seconds",
        Kind::Number(5 * MINUTE, 366 * DAY),
        Is("86400"),
        "A browser's session that nobody uses.",
    ),
    setting(
        "lifetimes.signing_key_days",
        Kind::Number(1, 365),
        Is("90"),
        "How many days a key signs a project's tokens. Its successor is shown in the key set a day before it takes over.",
    ),
    setting("simulator.listen", Kind::Address, Is("127.0.0.1:8081"), "Where the simulator listens."),
    setting(
        "simulator.smtp_listen",
        Kind::AddressOrOff,
        Is("off"),
        "Where the simulator's mail server listens, which takes mails for anybody and shows them. Port 0 takes a free one and prints it.",
    ),
    setting(
        "simulator.host",
        Kind::Text,
        Absent,
        "The name the simulator's pages and control interface are reached by, besides `localhost` and IP addresses.",
    ),
    setting(
        "simulator.webhook_url",
        Kind::Url,
        Follows("`/webhooks/whatsapp` at `public_url`"),
        "Where the simulator posts its webhooks.",
    ),
    setting(
        "simulator.display_phone_number",
        Kind::Text,
        Is("+1 555 010 0199"),
        "The business number the simulated phones show.",
    ),
    setting(
        "simulator.verified_name",
        Kind::Text,
        Is("Watchword"),
        "The business name the simulated phones show.",
    ),
    setting(
        "simulator.sent_ms",
        Kind::Number(0, 600_000),
        Is("300"),
        "Milliseconds until a message counts as sent.",
    ),
    setting(
        "simulator.delivered_ms",
        Kind::Number(0, 600_000),
        Is("900"),
        "Milliseconds until it counts as delivered, from the same moment on.",
    ),
    setting(
        "simulator.retry_ms",
        Kind::Number(1, 600_000),
        Is("1000"),
        "Milliseconds before a webhook that was refused is repeated; doubled each time.",
    ),
];

/// What a section of `watchword.toml` is about, in the order of the reference.
pub const SECTIONS: [(&str, &str); 6] = [
    (
        "whatsapp",
        "The WhatsApp sender that all projects share. Without one the provider starts, but only projects with a sender of their own can send codes. The simulator plays the sender described here.",
    ),
    (
        "sms",
        "SMS, by a provider that all projects share. Delivery reports come to `/webhooks/sms/` and the provider's name.",
    ),
    ("smtp", "E-mail, by a server that all projects share."),
    ("limits", "How often, for the whole installation; a project may narrow some of it."),
    ("lifetimes", "How long: in seconds, but for keys, which live for days."),
    ("simulator", "What only `watchword simulator` reads; the flags are that command's."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_variables_are_unique_and_sections_are_described() {
        let names: BTreeSet<_> = SETTINGS.iter().map(|setting| setting.name).collect();
        let variables: BTreeSet<_> = SETTINGS.iter().map(Setting::variable).collect();
        assert_eq!((names.len(), variables.len()), (SETTINGS.len(), SETTINGS.len()));
        for section in SETTINGS.iter().filter_map(Setting::section) {
            assert!(SECTIONS.iter().any(|(name, _)| *name == section), "{section}");
        }
    }

    #[test]
    fn no_secret_is_a_flag() {
        assert!(find("master_key").unwrap().flag().is_none());
        assert!(SETTINGS.iter().filter(|s| matches!(s.kind, Kind::Secret)).all(|s| s.flag().is_none()));
        assert_eq!(find("public_url").unwrap().flag().unwrap(), "public-url");
    }

    #[test]
    fn others_rely_on_these_variables() {
        let variables: BTreeSet<_> = SETTINGS.iter().map(Setting::variable).collect();
        for relied_on in [
            "LISTEN",
            "PUBLIC_URL",
            "DATABASE_URL",
            "DATA_DIR",
            "MASTER_KEY",
            "LOG",
            "METRICS_LISTEN",
            "WHATSAPP_API_URL",
            "WHATSAPP_PHONE_NUMBER_ID",
            "WHATSAPP_WABA_ID",
            "WHATSAPP_ACCESS_TOKEN",
            "WHATSAPP_APP_SECRET",
            "WHATSAPP_VERIFY_TOKEN",
            "WHATSAPP_TEMPLATE",
            "SMS_PROVIDER",
            "SMTP_URL",
        ] {
            assert!(variables.contains(&format!("WATCHWORD_{relied_on}")), "{relied_on}");
        }
    }
}
