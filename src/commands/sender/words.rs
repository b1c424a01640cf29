//! What commands about senders say.

use serde_json::{Value, json};
use watchword_domain::pool::Pool;
use watchword_domain::sender::Sender;
use watchword_domain::template::is_sendable;
use watchword_domain::{Secret, Timestamp};
use watchword_flow::senders::manage::{CreatedSender, SenderRefusal};
use watchword_messaging::whatsapp::{SettingsRefusal, Template};

use crate::commands::output;
use crate::config::problem::Problem;

pub(super) fn made_in_json(made: &CreatedSender, webhook: &str) -> String {
    json!({
        "sender_id": made.sender.id.as_str(),
        "webhook_url": webhook,
        "verify_token": made.verify_token.expose(),
    })
    .to_string()
}

pub(super) fn made(pool: &Pool, made: &CreatedSender, webhook: &str) -> String {
    let rows = output::aligned(&[
        ("Sender", made.sender.id.as_str()),
        ("Callback URL", webhook),
        ("Verify token", made.verify_token.expose()),
    ]);
    let domain = &pool.domain;
    format!(
        "The sender {} is made. Nothing leaves from it yet.\n\n{rows}\n\
         1. In Meta's App Dashboard, under WhatsApp > Configuration, enter this callback URL and verify token\n   \
            (it is not shown again), and subscribe to the field messages.\n\
         2. watchword sender subscribe --domain {domain}\n\
         3. watchword sender save-template --domain {domain}\n\
         4. watchword sender go-live --domain {domain}",
        made.sender.name
    )
}

pub(super) fn listed_in_json(senders: &[(Sender, Option<Timestamp>)]) -> String {
    let sender = |(sender, seen): &(Sender, Option<Timestamp>)| {
        json!({
            "sender_id": sender.id.as_str(),
            "name": sender.name,
            "phone_number_id": sender.phone_number_id,
            "waba_id": sender.waba_id,
            "template": sender.template,
            "standby_template": sender.standby_template,
            "is_live": sender.is_live,
            "webhook_seen_at": seen.map(Timestamp::to_rfc3339),
        })
    };
    Value::from_iter(senders.iter().map(sender)).to_string()
}

pub(super) fn listed(pool: &Pool, senders: &[(Sender, Option<Timestamp>)]) -> String {
    if senders.is_empty() {
        return format!("{} has no sender of its own: its codes leave from the shared one.", pool.domain);
    }
    let head = ["sender", "name", "phone number id", "live", "webhooks last heard"].map(str::to_owned);
    let row = |(sender, seen): &(Sender, Option<Timestamp>)| {
        let is_live = if sender.is_live { "yes" } else { "no" };
        let seen = seen.map_or_else(|| "never".to_owned(), Timestamp::to_rfc3339);
        [
            sender.id.as_str().to_owned(),
            sender.name.clone(),
            sender.phone_number_id.clone(),
            is_live.to_owned(),
            seen,
        ]
    };
    let rows: Vec<_> = std::iter::once(head).chain(senders.iter().map(row)).collect();
    format!("Senders of {}:\n\n{}", pool.domain, output::table(&rows))
}

pub(super) fn changed(sender: &Sender) -> String {
    let standby = sender.standby_template.as_deref().unwrap_or("none");
    let rows = output::aligned(&[
        ("Name", sender.name.as_str()),
        ("Template", &sender.template),
        ("Standby", standby),
    ]);
    let then = if sender.is_live {
        "It stays live."
    } else {
        "`watchword sender save-template` makes its templates."
    };
    format!("Changed. The sender is now:\n\n{rows}\n{then}")
}

pub(super) fn renewed(token: &Secret<String>, webhook: &str) -> String {
    let rows = output::aligned(&[("Callback URL", webhook), ("Verify token", token.expose())]);
    format!(
        "The verify token is new, and the one before counts no more.\n\n{rows}\n\
         Enter it in Meta's App Dashboard, under WhatsApp > Configuration: it is not shown again."
    )
}

pub(super) fn templates(made: &[(String, Template)]) -> String {
    let head = ["template", "language", "state"].map(str::to_owned);
    let row = |(name, template): &(String, Template)| {
        [name.clone(), template.language.clone(), template.status.clone()]
    };
    let rows: Vec<_> = std::iter::once(head).chain(made.iter().map(row)).collect();
    let waits = made.iter().any(|(_, template)| !is_sendable(&template.status));
    let then =
        if waits { "\nMeta reviews them; `watchword sender check` says when they are approved." } else { "" };
    format!("Made, or brought up to date:\n\n{}{then}", output::table(&rows))
}

pub(super) fn refused(refusal: &SenderRefusal) -> Problem {
    let (what, mend) = match refusal {
        SenderRefusal::Name => ("--name", "Correct it; nothing was stored."),
        SenderRefusal::Settings(SettingsRefusal::PhoneNumberId) => {
            ("--phone-number-id", "Correct it; nothing was stored.")
        }
        SenderRefusal::Settings(SettingsRefusal::WabaId) => ("--waba-id", "Correct it; nothing was stored."),
        SenderRefusal::Settings(SettingsRefusal::AccessToken) => {
            ("the file of --access-token-file", "Put the token into it and nothing else.")
        }
        SenderRefusal::Settings(SettingsRefusal::Template) => {
            ("--template or --standby-template", "Correct it; nothing was stored.")
        }
        SenderRefusal::Settings(_) => ("whatsapp.api_url", "Correct it."),
        SenderRefusal::AppSecret => {
            ("the file of --app-secret-file", "Put the secret into it and nothing else.")
        }
        SenderRefusal::Unproven(_) => (
            "the sender",
            "Check the ids, and that the token's system user was given this account with whatsapp_business_messaging \
             and whatsapp_business_management. Nothing was changed here.",
        ),
        SenderRefusal::NotOfAccount => {
            ("--waba-id", "Name the account the number belongs to; nothing was stored.")
        }
        SenderRefusal::NumberTaken => {
            ("--phone-number-id", "A number belongs to one sender; take it out there first.")
        }
        SenderRefusal::Unknown => ("--sender", "See `watchword sender list`."),
        SenderRefusal::NoneShared => {
            ("[whatsapp]", "Set it up as docs/going-live.md shows, or name a project with --domain.")
        }
        SenderRefusal::NotReady(_) => ("the sender", "See `watchword sender check`."),
    };
    Problem::new(what, format!("was refused: {refusal}"), mend)
}
