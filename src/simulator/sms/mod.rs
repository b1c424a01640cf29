//! SMS: a plain gateway of the kind every country has, and the interfaces of Twilio and Vonage, each as strict as its
//! original. They share the phones, the faults of channel `sms`, and the way reports are posted.

mod account;
mod gateway;
pub(crate) mod report;
mod twilio;
mod vonage;

use axum::{
    Router,
    routing::{get, post},
};
use std::sync::Arc;

use crate::{
    clock,
    delivery::{self, Orders},
    ids::{self, Way},
    line::Line,
    number::Number,
    phone::{Carried, Channel, Content, Draft},
    world::World,
};

/// Every path of the SMS interfaces.
pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/sms", post(gateway::post))
        .route("/sms/twilio/2010-04-01/Accounts/{account}/Messages.json", post(twilio::send))
        .route("/sms/twilio/2010-04-01/Accounts/{account}", get(twilio::account))
        .route("/sms/vonage/v1/messages", post(vonage::send))
        .route("/sms/vonage/account/get-balance", get(vonage::balance))
}

/// A text on its way to a phone.
struct Sms {
    /// The sender whose token it came with; without one, the first.
    line: Option<Arc<Line>>,
    to: Number,
    text: String,
    reference: Option<String>,
    carried: Carried,
}

/// Takes an SMS; gives its id. It stands in the chat of its sender.
fn take(world: &World, sms: Sms, orders: &Orders) -> String {
    let id = ids::sms();
    // There is always a sender: the last one cannot be taken out.
    let Ok(line) = sms.line.map_or_else(|| world.senders().line(None), Ok) else { return id };
    let draft = Draft {
        code: code_in(&sms.text),
        correlation: sms.reference,
        quirks: orders.quirks,
        carried: Some(Arc::new(sms.carried)),
        ..Draft::new((line, sms.to), Way::ToPhone, Channel::Sms, id.clone(), Content::text(sms.text))
    };
    let n = world.phones().add(draft, clock::now_ms());
    delivery::travel(world, n, orders);
    id
}

/// The code a phone would offer to fill in: the first run of 4 to 8 digits that stands alone.
pub(crate) fn code_in(text: &str) -> Option<String> {
    text.split(|sign: char| !sign.is_alphanumeric())
        .find(|word| (4..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::code_in;

    #[test]
    fn the_code_is_the_first_number_that_stands_alone() {
        assert_eq!(code_in("Acme: 482913 is your code, valid 5 min.").as_deref(), Some("482913"));
        assert_eq!(code_in("\u{202b}رمزك 482913\u{202c}").as_deref(), Some("482913"));
        assert_eq!(code_in("Call +12025550123 or A1234"), None);
    }
}
