//! A fault as somebody orders it, and what is wrong with an order that cannot be followed.

use serde::Deserialize;

use super::{Armed, Fault};
use crate::{number::Number, phone::Channel};

/// A fault as it is ordered: every field of every kind, so that a field the kind does not have can be refused by name.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Order {
    pub(crate) to: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) times: Option<u32>,
    pub(crate) kind: String,
    pub(crate) code: Option<u32>,
    pub(crate) http_status: Option<u16>,
    pub(crate) delay_ms: Option<u64>,
    pub(crate) accept: Option<bool>,
}

impl Order {
    /// The fault that was meant, or what is wrong with the order.
    pub(crate) fn arm(&self) -> Result<Armed, String> {
        let to = match self.to.as_deref() {
            None | Some("") => None,
            Some(to) => Some(Number::lenient(to).ok_or("`to` must be +E.164")?.as_str().to_owned()),
        };
        let channel = channel(self.channel.as_deref())?;
        self.only_what_the_kind_has()?;
        Ok(Armed { to, channel, times: self.times.unwrap_or(1), fault: self.fault()? })
    }

    fn fault(&self) -> Result<Fault, String> {
        let accept = self.accept.unwrap_or(false);
        let code = || self.code.filter(|code| *code < 1_000_000).ok_or("this kind needs a `code`");
        let delay_ms = || {
            self.delay_ms.filter(|ms| *ms <= 3_600_000).ok_or("this kind needs a `delay_ms` up to an hour")
        };
        let http_status = self.http_status;
        if http_status.is_some_and(|status| !(400..600).contains(&status)) {
            return Err("`http_status` must be 400 to 599".into());
        }
        Ok(match self.kind.as_str() {
            "error" => Fault::Error { code: code()?, http_status },
            "status_failed" => Fault::StatusFailed { code: code()? },
            "delay" => Fault::Delay { delay_ms: delay_ms()? },
            "slow_answer" => Fault::SlowAnswer { delay_ms: delay_ms()? },
            "webhook_delay" => Fault::WebhookDelay { delay_ms: delay_ms()? },
            "duplicate" => Fault::Duplicate,
            "disorder" => Fault::Disorder,
            "silence" => Fault::Silence,
            "http_error" => Fault::HttpError { http_status: http_status.unwrap_or(503), accept },
            "garbage" => Fault::Garbage { accept },
            "hang" if self.delay_ms.is_none() => Fault::Hang { accept, delay_ms: None },
            "hang" => Fault::Hang { accept, delay_ms: Some(delay_ms()?) },
            "drop" => Fault::Drop { accept },
            _ => return Err(format!("`kind` must be one of {}", KINDS.join(", "))),
        })
    }

    fn only_what_the_kind_has(&self) -> Result<(), String> {
        let kind = self.kind.as_str();
        let given = [
            ("code", self.code.is_some(), matches!(kind, "error" | "status_failed")),
            ("http_status", self.http_status.is_some(), matches!(kind, "error" | "http_error")),
            (
                "delay_ms",
                self.delay_ms.is_some(),
                matches!(kind, "delay" | "slow_answer" | "webhook_delay" | "hang"),
            ),
            ("accept", self.accept.is_some(), matches!(kind, "http_error" | "garbage" | "hang" | "drop")),
        ];
        match given.iter().find(|(_, present, allowed)| *present && !*allowed) {
            Some((field, ..)) => Err(format!("`{field}` has no meaning for this kind")),
            None => Ok(()),
        }
    }
}

/// The channel a fault is only for; `None` is any.
pub(crate) fn channel(named: Option<&str>) -> Result<Option<Channel>, &'static str> {
    match named {
        None | Some("") => Ok(None),
        Some("whatsapp") => Ok(Some(Channel::Whatsapp)),
        Some("sms") => Ok(Some(Channel::Sms)),
        Some(_) => Err("`channel` must be whatsapp or sms"),
    }
}

/// Every kind there is.
pub(crate) const KINDS: [&str; 12] = [
    "error",
    "status_failed",
    "delay",
    "slow_answer",
    "webhook_delay",
    "duplicate",
    "disorder",
    "silence",
    "http_error",
    "garbage",
    "hang",
    "drop",
];
