//! SMS and e-mail: whether the provider knows the account, and whether the mail server takes us. Nothing is sent.

use std::time::Duration;

use watchword_messaging::email;
use watchword_messaging::sms::{Provider, Unread};

use super::Part;
use crate::commands::channels;
use crate::config::problem::Problem;
use crate::config::{Config, Sms, Smtp};

const SMS: &str = "sms";
const EMAIL: &str = "e-mail";

/// An operator waits for it.
const ANSWER: Duration = Duration::from_secs(6);

/// A line for each that is set up.
pub(super) async fn look(config: &Config, may_ask: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    if let Some(sms) = &config.sms {
        parts.push(of_sms(sms, may_ask).await.unwrap_or_else(|problem| Part::wrong(SMS, vec![problem])));
    }
    if let Some(smtp) = &config.smtp {
        parts.push(of_mail(smtp, may_ask).await.unwrap_or_else(|problem| Part::wrong(EMAIL, vec![problem])));
    }
    parts
}

async fn of_sms(sms: &Sms, may_ask: bool) -> Result<Part, Problem> {
    let sender = channels::sms(sms)?;
    let reports = match sender.reports {
        Some(_) => format!("reports come to {}", sms.report_url),
        None => "reports are not taken: sms.report_secret is not set".to_owned(),
    };
    if !may_ask {
        return Ok(Part::well(SMS, format!("settings are well; {} was not asked (--offline)", name(sms))));
    }
    if sms.is_overheard() {
        return Ok(Part::well(SMS, "not asked: the secret could be read on the way"));
    }
    let timeout = ANSWER.min(sms.timeout);
    let found = match sms.provider {
        Provider::Twilio => {
            let status = channels::twilio(sms, timeout)?.status().await.map_err(|it| unread(sms, &it))?;
            if status != "active" {
                let mend = "Look for the reason in Twilio's console.";
                return Err(Problem::new("sms.account", format!("is {status} at Twilio, not active"), mend));
            }
            "Twilio knows the account, which is active".to_owned()
        }
        Provider::Vonage => {
            let balance = channels::vonage(sms, timeout)?.balance().await.map_err(|it| unread(sms, &it))?;
            if balance <= 0.0 {
                let mend = "Top it up in Vonage's dashboard.";
                return Err(Problem::new("sms.account", "has no credit left at Vonage", mend));
            }
            format!("Vonage knows the account, which has {balance:.2} euros left")
        }
        Provider::Gateway => "a gateway can be asked nothing without sending; settings are well".to_owned(),
    };
    Ok(Part::well(SMS, format!("{found}; {reports}")))
}

fn name(sms: &Sms) -> &'static str {
    match sms.provider {
        Provider::Twilio => "Twilio",
        Provider::Vonage => "Vonage",
        Provider::Gateway => "the gateway",
    }
}

fn unread(sms: &Sms, unread: &Unread) -> Problem {
    let at = format!("{} at {}", name(sms), sms.api_url);
    match unread {
        Unread::Refused { status: 401 | 403 } => {
            let mend = "Copy both again from the provider's console, and set WATCHWORD_SMS_SECRET.";
            let wrong = format!("or sms.secret is not accepted by {}: {unread}", name(sms));
            Problem::new("sms.account", wrong, mend)
        }
        Unread::NoConnection(_) | Unread::NoAnswer => {
            let mend = "Check sms.api_url, and that this machine may reach it; --offline leaves it out.";
            Problem::new(at, format!("could not be asked: {unread}"), mend)
        }
        Unread::Refused { .. } | Unread::Strange { .. } => {
            Problem::new(at, format!("could not be read: {unread}"), "Check sms.api_url and sms.account.")
        }
    }
}

async fn of_mail(smtp: &Smtp, may_ask: bool) -> Result<Part, Problem> {
    let mail = channels::mail(smtp, ANSWER.min(smtp.timeout))?;
    if !may_ask {
        return Ok(Part::well(EMAIL, "settings are well; the mail server was not asked (--offline)"));
    }
    mail.look().await.map_err(|unread| {
        let mend = match unread {
            email::Unread::Refused(530..=538) => {
                "Check user and password in WATCHWORD_SMTP_URL; a % or @ in them is percent-encoded."
            }
            _ => "Check host, port and scheme in smtp.url (smtps:// on 465, smtp:// on 587); --offline leaves it out.",
        };
        let wrong = match unread {
            email::Unread::Refused(code) => {
                format!("refused with {code}: {}", email::meaning(i64::from(code)))
            }
            email::Unread::NoAnswer(why) => format!("could not be asked: {why}"),
        };
        Problem::new("the mail server of smtp.url", wrong, mend)
    })?;
    Ok(Part::well(EMAIL, format!("the mail server takes us; mails are from {}", smtp.from)))
}
