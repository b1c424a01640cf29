//! Identifiers in the forms Meta gives them. Unique, not secret: nothing in the simulator is protected by an id.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use crate::number::Number;

/// Which way a message went; Meta's ids differ in one byte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    ToPhone,
    FromPhone,
}

/// `wamid.` and base64 of a small frame that holds, as Meta's do, the phone's number in clear.
pub(crate) fn wamid(phone: &Number, way: Way) -> String {
    let digits = phone.digits();
    let mut frame = vec![0x1c, 0x18, u8::try_from(digits.len()).unwrap_or(u8::MAX)];
    frame.extend_from_slice(digits.as_bytes());
    frame.extend_from_slice(&[0x15, 0x02, 0x00, if way == Way::ToPhone { 0x11 } else { 0x12 }, 0x18, 0x14]);
    frame.extend_from_slice(format!("{:04X}{:016X}", draw() & 0xffff, draw()).as_bytes());
    frame.push(0);
    format!("wamid.{}", STANDARD.encode(frame))
}

/// The id of an SMS.
pub(crate) fn sms() -> String {
    format!("SM{:016x}{:016x}", draw(), draw())
}

/// The trace id of a Graph error.
pub(crate) fn trace() -> String {
    format!("A{}", STANDARD.encode(draw().to_be_bytes()).replace(['+', '/', '='], "x"))
}

/// A template's id: sixteen digits.
pub(crate) fn template() -> String {
    (1_000_000_000_000_000 + draw() % 9_000_000_000_000_000).to_string()
}

/// What a webhook receiver must repeat in the handshake: digits, as Meta's are.
pub(crate) fn challenge() -> String {
    (draw() % 10_000_000_000).to_string()
}

/// A hasher with fresh keys each time is all the randomness an id needs, and it cannot fail.
fn draw() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wamid_is_unique_and_holds_the_number() {
        let phone = Number::strict("+16505551234").unwrap();
        let (one, two) = (wamid(&phone, Way::ToPhone), wamid(&phone, Way::ToPhone));
        assert_ne!(one, two);
        let frame = STANDARD.decode(one.strip_prefix("wamid.").unwrap()).unwrap();
        assert!(frame.windows(11).any(|window| window == b"16505551234"));
    }
}
