//! What the error codes of SMS providers mean.
//!
//! Owns one table per provider from its numbers to our words. The same codes answer a send and arrive later in reports.
//! Only numbers are looked at: the texts beside them are reworded without notice.
//!
//! Sources: Twilio's "Error and Warning Dictionary" (<https://www.twilio.com/docs/api/errors>) and its list of codes by
//! cause in "Messaging Insights"; Vonage's "API Errors: Messages API"
//! (<https://developer.vonage.com/en/api-errors/messages>). Twilio's 20005, 20404, 21659 to 21661, 21705 and 30034
//! were not in the copies at hand: what they mean is not verified. Twilio says itself that it splits
//! codes as it learns: one that is not here is judged by the answer it came with.

use reqwest::StatusCode;
use watchword_domain::FailureClass::{
    self, Blocked, HeldBack, NotReachable, Rejected, SenderUnavailable, TooFast, TryLater,
};

use super::Provider;

/// One code that a provider documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownError {
    /// The code.
    pub code: i64,
    /// What it means to us and to the person who waits.
    pub class: FailureClass,
    /// What the provider means by it, for the operator.
    pub meaning: &'static str,
    /// Whether every other message of this sender would fare the same.
    pub stops_sender: bool,
}

/// What is known about a code, if the provider documents it. A gateway has no codes of its own: its HTTP statuses are
/// judged alike.
#[must_use]
pub fn known(provider: Provider, code: i64) -> Option<&'static KnownError> {
    let table = match provider {
        Provider::Twilio => TWILIO,
        Provider::Vonage => VONAGE,
        Provider::Gateway => STATUSES,
    };
    table.iter().chain(STATUSES).find(|known| known.code == code)
}

/// Whether a code means that every other message of this sender would be refused, too.
#[must_use]
pub fn stops_sender(provider: Provider, code: i64) -> bool {
    known(provider, code).is_some_and(|known| known.stops_sender)
}

/// What a code in a report means to us. An undocumented one says nothing about the number and nothing about us.
#[must_use]
pub fn class_of(provider: Provider, code: i64) -> FailureClass {
    known(provider, code).map_or(HeldBack, |known| known.class)
}

/// What a code that answered a send means, by the table or else by the status it came with.
pub(super) fn class_of_answer(provider: Provider, code: i64, status: StatusCode) -> FailureClass {
    let by_status =
        || known(Provider::Gateway, i64::from(status.as_u16())).map_or(Rejected, |known| known.class);
    known(provider, code).map_or_else(by_status, |known| known.class)
}

/// Twilio's codes for sends and status callbacks of SMS. Those of WhatsApp and other channels (63…) cannot come: an SMS
/// never falls over to them.
pub const TWILIO: &[KnownError] = &[
    // The account.
    one(20_003, SenderUnavailable, "the account SID or auth token is wrong").for_everybody(),
    one(20_005, SenderUnavailable, "the account is not active").for_everybody(),
    one(20_404, SenderUnavailable, "the account is unknown").for_everybody(),
    one(30_002, SenderUnavailable, "the account is suspended").for_everybody(),
    one(20_429, TryLater, "too many requests at once"),
    one(21_611, TryLater, "too many messages wait to leave from the sender"),
    one(30_001, TryLater, "too many messages waited to leave from the sender"),
    // The sender.
    one(21_212, SenderUnavailable, "the sender is not valid").for_everybody(),
    one(21_603, SenderUnavailable, "the sender is missing").for_everybody(),
    one(21_606, SenderUnavailable, "the sender may not write to this number"),
    one(21_608, SenderUnavailable, "a trial account, and the number is not verified with it"),
    one(21_609, SenderUnavailable, "the address of reports is not one Twilio can reach: see sms.report_url")
        .for_everybody(),
    one(21_659, SenderUnavailable, "the sender is not a number of Twilio's").for_everybody(),
    one(21_660, SenderUnavailable, "the sender belongs to another account").for_everybody(),
    one(21_661, SenderUnavailable, "the sender cannot send SMS").for_everybody(),
    one(21_701, SenderUnavailable, "the messaging service does not exist").for_everybody(),
    one(21_703, SenderUnavailable, "the messaging service has no sender for this number"),
    one(21_704, SenderUnavailable, "the messaging service has no senders").for_everybody(),
    one(21_705, SenderUnavailable, "the messaging service's id is not valid").for_everybody(),
    one(
        30_034,
        SenderUnavailable,
        "the sender is not registered for this country's business traffic (10DLC)",
    ),
    one(30_042, SenderUnavailable, "the sender's name is too general or has signs no name may have"),
    // The recipient.
    one(21_211, NotReachable, "the number is not valid"),
    one(21_401, NotReachable, "the number is not valid"),
    one(
        21_408,
        Blocked,
        "the account may not send to the number's country: see geo permissions in the console",
    ),
    one(21_610, Blocked, "the person told the sender to stop"),
    one(21_612, NotReachable, "no way from this sender to this number"),
    one(21_614, NotReachable, "the number is not a mobile one"),
    one(21_635, NotReachable, "the number is a landline"),
    one(30_003, NotReachable, "the phone is off or out of reach"),
    one(30_004, Blocked, "the network or the person blocks the message"),
    one(30_005, NotReachable, "the network does not know the number"),
    one(30_006, NotReachable, "a landline, or a network that cannot be reached"),
    one(30_007, HeldBack, "filtered as unwanted by Twilio or the network"),
    one(30_008, HeldBack, "the network gave no reason"),
    one(30_010, HeldBack, "dearer than the highest price that was set"),
    one(30_017, TryLater, "the network is congested"),
    one(30_036, TryLater, "it waited longer than its code works"),
    one(30_410, TryLater, "the network did not answer in time"),
    one(30_450, HeldBack, "held back because the number's prefix looks like fraud (SMS pumping)"),
    one(30_453, HeldBack, "held back because the number looks like fraud"),
    // The request.
    one(20_422, Rejected, "a parameter is not valid"),
    one(21_602, Rejected, "the text is missing"),
    one(21_617, Rejected, "the text is longer than 1600 characters"),
    one(21_619, Rejected, "the text is missing"),
    one(21_624, Rejected, "the validity period is not valid"),
];

/// Vonage's codes for sends and status webhooks of the Messages API.
pub const VONAGE: &[KnownError] = &[
    one(1000, TryLater, "too many requests at once"),
    one(1010, Rejected, "a parameter is missing"),
    one(1020, Rejected, "a parameter is not valid"),
    one(1030, TryLater, "an error within the service"),
    one(1040, NotReachable, "the number's prefix is unknown"),
    one(1050, Blocked, "the number is barred"),
    one(1060, SenderUnavailable, "the account is barred").for_everybody(),
    one(1070, SenderUnavailable, "the account has no credit").for_everybody(),
    one(1080, SenderUnavailable, "the account may not use this interface").for_everybody(),
    one(1090, Rejected, "the text is too long"),
    one(1100, TryLater, "the network could not be reached"),
    one(1110, SenderUnavailable, "the signature is not valid").for_everybody(),
    one(1120, SenderUnavailable, "the sender is not allowed in the number's country"),
    one(1130, Rejected, "the time to live is not valid"),
    one(1140, SenderUnavailable, "the account lacks something the request needs"),
    one(1160, SenderUnavailable, "a trial account, and the number is not on its list"),
    one(1170, Rejected, "the number is missing or not valid"),
    one(1180, NotReachable, "the phone is off or out of reach"),
    one(1190, NotReachable, "the number is no longer in use"),
    one(1200, NotReachable, "the number moved between networks and is not found"),
    one(1210, HeldBack, "filtered as unwanted by the network"),
    one(1220, TryLater, "the phone was busy"),
    one(1230, TryLater, "the network failed"),
    one(1240, Blocked, "the person told the sender to stop"),
    one(1241, TooFast, "too many messages to the number"),
    one(1250, NotReachable, "no way to the number"),
    one(1260, NotReachable, "the number cannot be reached"),
    one(1270, Blocked, "barred by the network for the person's age"),
    one(1280, Blocked, "the network blocks the number"),
    one(1290, NotReachable, "the person's account has no credit to receive it"),
    one(1300, NotReachable, "the number is not the network's"),
    one(1310, NotReachable, "the device cannot receive it"),
    one(1320, Rejected, "the message was sent before"),
    one(1330, HeldBack, "the network gave no reason"),
    one(1360, TryLater, "it was too late when the network took it"),
];

/// HTTP statuses that refuse, where there is no finer code.
pub const STATUSES: &[KnownError] = &[
    one(401, SenderUnavailable, "the account or the secret is wrong").for_everybody(),
    one(402, SenderUnavailable, "the account has no credit").for_everybody(),
    one(403, Rejected, "the account may not do this, or not to this number"),
    one(404, Rejected, "nothing is at the address, or the number is not known there"),
    one(405, Rejected, "nothing takes messages at the address"),
    one(429, TryLater, "too many requests at once"),
];

const fn one(code: i64, class: FailureClass, meaning: &'static str) -> KnownError {
    KnownError { code, class, meaning, stops_sender: false }
}

impl KnownError {
    const fn for_everybody(self) -> Self {
        Self { stops_sender: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_and_what_stops_a_sender_is_its_own_fault() {
        for table in [TWILIO, VONAGE, STATUSES] {
            for (at, known) in table.iter().enumerate() {
                assert!(table[at + 1..].iter().all(|other| other.code != known.code), "{}", known.code);
                assert!(!known.stops_sender || known.class == SenderUnavailable, "{}", known.code);
            }
        }
    }

    #[test]
    fn an_unknown_code_is_judged_by_its_answer_or_says_nothing() {
        let unknown = |status| class_of_answer(Provider::Twilio, 99_999, status);
        assert_eq!(unknown(StatusCode::TOO_MANY_REQUESTS), TryLater);
        assert_eq!(unknown(StatusCode::UNAUTHORIZED), SenderUnavailable);
        // Some say so of a number they may not reach: that stops nobody else's.
        assert_eq!(unknown(StatusCode::FORBIDDEN), Rejected);
        assert!(!stops_sender(Provider::Gateway, 403) && stops_sender(Provider::Gateway, 401));
        assert_eq!(unknown(StatusCode::BAD_REQUEST), Rejected);
        assert_eq!(class_of(Provider::Vonage, 99_999), HeldBack);
        assert_eq!((class_of(Provider::Vonage, 1240), class_of(Provider::Twilio, 1240)), (Blocked, HeldBack));
    }
}
