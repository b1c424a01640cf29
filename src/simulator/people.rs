//! What the phones are like that differ from the usual: those without WhatsApp, those that changed hands or were set up
//! anew. Knows nothing of messages.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::collections::HashMap;

use crate::{number::Number, signature};

/// What a phone is like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nature {
    /// Whether its number has a WhatsApp account.
    pub(crate) whatsapp: bool,
    /// How often the number went to another person.
    pub(crate) owner: u32,
    /// How often WhatsApp was set up anew by the same person.
    pub(crate) device: u32,
}

impl Default for Nature {
    fn default() -> Self {
        Self { whatsapp: true, owner: 0, device: 0 }
    }
}

/// All phones that are out of the ordinary.
#[derive(Default)]
pub(crate) struct People(HashMap<Number, Nature>);

impl People {
    /// The most that are remembered.
    const ROOM: usize = 20_000;

    /// What this phone is like.
    pub(crate) fn nature(&self, phone: &Number) -> Nature {
        self.0.get(phone).copied().unwrap_or_default()
    }

    /// Changes what a phone is like; false when there is no room for another.
    pub(crate) fn change(&mut self, phone: &Number, change: impl FnOnce(&mut Nature)) -> bool {
        let mut nature = self.nature(phone);
        change(&mut nature);
        if nature == Nature::default() {
            self.0.remove(phone);
            return true;
        }
        if self.0.len() >= Self::ROOM && !self.0.contains_key(phone) {
            return false;
        }
        self.0.insert(phone.clone(), nature);
        true
    }

    /// All of them, by number.
    pub(crate) fn all(&self) -> Vec<(Number, Nature)> {
        let mut all: Vec<_> = self.0.iter().map(|(phone, nature)| (phone.clone(), *nature)).collect();
        all.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        all
    }

    /// What Meta calls the identity key hash: another one after the phone changed hands or was set up anew.
    pub(crate) fn identity(&self, phone: &Number) -> String {
        let Nature { owner, device, .. } = self.nature(phone);
        let key = format!("{}:{owner}:{device}", phone.as_str());
        let mark = signature::hmac(key.as_bytes(), b"identity key").unwrap_or_default();
        STANDARD.encode(mark.get(..8).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_owner_and_another_device_have_another_identity() {
        let (mut people, phone) = (People::default(), Number::strict("+16505551234").unwrap());
        let first = people.identity(&phone);
        assert_eq!(first.len(), 12);
        people.change(&phone, |nature| nature.device += 1);
        let second = people.identity(&phone);
        people.change(&phone, |nature| nature.owner += 1);
        let third = people.identity(&phone);
        assert!(first != second && second != third && first != third);
        people.change(&phone, |nature| nature.whatsapp = false);
        assert_eq!(people.identity(&phone), third);
    }
}
