//! Misbehaviour on order: what shall happen to the next messages, of one phone or of all.
//! Knows which faults are armed and for whom; how they are acted out is `delivery`'s.

mod order;

use serde::Serialize;

pub(crate) use order::{KINDS, Order, channel};

use crate::{number::Number, phone::Channel};

/// One thing that goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Fault {
    /// The call is refused with this Graph error code; the HTTP status is Meta's for it unless named.
    Error {
        code: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        http_status: Option<u16>,
    },
    /// The call is accepted, and later a `failed` webhook with this code follows.
    StatusFailed { code: u32 },
    /// The message reaches the phone, and its webhooks leave, this much later.
    Delay { delay_ms: u64 },
    /// The answer to the call takes this much longer.
    SlowAnswer { delay_ms: u64 },
    /// The message reaches the phone in time, and each webhook about it leaves this much later.
    WebhookDelay { delay_ms: u64 },
    /// Every webhook about the message is posted twice.
    Duplicate,
    /// `delivered` is posted when `sent` is due, and `sent` when `delivered` is.
    Disorder,
    /// The message arrives, and no webhook ever says so.
    Silence,
    /// A plain 5xx without a Graph body.
    HttpError { http_status: u16, accept: bool },
    /// 200 with a body that is not JSON.
    Garbage { accept: bool },
    /// No answer until the client gives up, or until this much time has passed and the connection is closed.
    Hang {
        accept: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        delay_ms: Option<u64>,
    },
    /// The connection is closed without a byte of answer.
    Drop { accept: bool },
}

/// What a fault touches; one message suffers at most one fault of each.
#[derive(PartialEq, Eq)]
enum Aspect {
    Answer,
    AnswerTime,
    Outcome,
    Time,
    Copies,
    Order,
    Webhooks,
    WebhookTime,
}

impl Fault {
    /// The message is taken in spite of it.
    const fn accepts(self) -> bool {
        match self {
            Self::Error { .. } => false,
            Self::HttpError { accept, .. }
            | Self::Garbage { accept }
            | Self::Hang { accept, .. }
            | Self::Drop { accept } => accept,
            _ => true,
        }
    }

    const fn aspect(self) -> Aspect {
        match self {
            Self::Error { .. }
            | Self::HttpError { .. }
            | Self::Garbage { .. }
            | Self::Hang { .. }
            | Self::Drop { .. } => Aspect::Answer,
            Self::SlowAnswer { .. } => Aspect::AnswerTime,
            Self::StatusFailed { .. } => Aspect::Outcome,
            Self::Delay { .. } => Aspect::Time,
            Self::Duplicate => Aspect::Copies,
            Self::Disorder => Aspect::Order,
            Self::Silence => Aspect::Webhooks,
            Self::WebhookDelay { .. } => Aspect::WebhookTime,
        }
    }
}

/// A fault and whom it waits for.
#[derive(Clone, Serialize)]
pub(crate) struct Armed {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Channel>,
    /// How many messages it still waits for; 0 means until it is taken back.
    pub(crate) times: u32,
    #[serde(flatten)]
    pub(crate) fault: Fault,
}

impl Armed {
    fn fits(&self, to: &Number, channel: Channel) -> bool {
        self.to.as_deref().is_none_or(|wanted| wanted == to.as_str())
            && self.channel.is_none_or(|wanted| wanted == channel)
    }
}

/// All faults that wait for a message, in the order they were ordered.
#[derive(Default)]
pub(crate) struct Faults(Vec<Armed>);

impl Faults {
    /// The most that can wait at once; an order beyond it is refused.
    pub(crate) const ROOM: usize = 1_000;

    /// Adds orders; false when there is no room for all of them.
    pub(crate) fn arm(&mut self, faults: Vec<Armed>) -> bool {
        let fits = self.0.len() + faults.len() <= Self::ROOM;
        if fits {
            self.0.extend(faults);
        }
        fits
    }

    pub(crate) fn all(&self) -> &[Armed] {
        &self.0
    }

    /// Takes back all faults, or those that name this phone.
    pub(crate) fn disarm(&mut self, to: Option<&Number>) {
        self.0.retain(|armed| to.is_some_and(|to| armed.to.as_deref() != Some(to.as_str())));
    }

    /// What shall happen to this message. Faults that touch different things add up; of several that touch the same
    /// thing (two error codes, say) the first is used and the others wait for the messages after it. A fault that keeps
    /// the message from being taken leaves those about its delivery for one that is.
    pub(crate) fn strike(&mut self, to: &Number, channel: Channel) -> Vec<Fault> {
        let mut struck: Vec<Fault> = Vec::new();
        let first_answer =
            self.0.iter().find(|armed| armed.fits(to, channel) && armed.fault.aspect() == Aspect::Answer);
        let refused = first_answer.is_some_and(|armed| !armed.fault.accepts());
        self.0.retain_mut(|armed| {
            let of_the_call = matches!(armed.fault.aspect(), Aspect::Answer | Aspect::AnswerTime);
            let fits = armed.fits(to, channel)
                && (of_the_call || !refused)
                && struck.iter().all(|earlier| earlier.aspect() != armed.fault.aspect());
            if !fits {
                return true;
            }
            struck.push(armed.fault);
            match armed.times {
                0 => true,
                1 => false,
                more => {
                    armed.times = more - 1;
                    true
                }
            }
        });
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn armed(json: &str) -> Armed {
        serde_json::from_str::<Order>(json).unwrap().arm().unwrap()
    }

    #[test]
    fn faults_of_different_aspects_add_up_and_of_the_same_take_turns() {
        let mut faults = Faults::default();
        let phone = Number::strict("+16505551234").unwrap();
        faults.arm(vec![
            armed(r#"{"kind":"duplicate"}"#),
            armed(r#"{"kind":"error","code":131056}"#),
            armed(r#"{"kind":"hang","accept":true}"#),
            armed(r#"{"kind":"disorder","times":0}"#),
            armed(r#"{"kind":"silence","to":"+919876543210"}"#),
        ]);
        assert!(matches!(faults.strike(&phone, Channel::Sms)[..], [Fault::Error { .. }]));
        assert!(matches!(
            faults.strike(&phone, Channel::Sms)[..],
            [Fault::Duplicate, Fault::Hang { .. }, Fault::Disorder]
        ));
        assert!(matches!(faults.strike(&phone, Channel::Sms)[..], [Fault::Disorder]));
        assert_eq!(faults.all().len(), 2);
    }

    #[test]
    fn an_order_with_a_field_its_kind_does_not_have_is_refused() {
        for wrong in [
            r#"{"kind":"duplicate","code":5}"#,
            r#"{"kind":"error"}"#,
            r#"{"kind":"explode"}"#,
            r#"{"kind":"hang","to":"somebody"}"#,
            r#"{"kind":"http_error","http_status":200}"#,
            r#"{"kind":"silence","channel":"pigeon"}"#,
            r#"{"kind":"webhook_delay"}"#,
            r#"{"kind":"drop","delay_ms":5}"#,
        ] {
            assert!(serde_json::from_str::<Order>(wrong).unwrap().arm().is_err(), "{wrong}");
        }
    }
}
