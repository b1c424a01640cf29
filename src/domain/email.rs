//! Owns [`EmailAddress`]: reading what people type as an e-mail address, and showing it without showing it.
//!
//! It knows nothing of mail servers: whether a mailbox exists is proven by the code that was sent there.

use std::fmt;
use url::Host;

/// What may stand before the `@` (RFC 5321, section 4.5.3.1.1).
const LONGEST_LOCAL_PART: usize = 64;

/// What fits between the angle brackets of a path (RFC 5321, section 4.5.3.1.3: 256 with them).
const LONGEST: usize = 254;

/// Characters that are always dots, so that the length of the hidden part is not told.
const DOTS: &str = "•••";

/// An e-mail address: a dot-string, an `@`, a domain name in lower case (RFC 5321, section 4.1.2).
///
/// Left out of the standard are what no provider of mailboxes gives out: quoted local parts, address literals and
/// local parts beyond ASCII, which a mail server on the way would have to support, too (RFC 6531). A domain beyond ASCII
/// is taken in its ASCII form.
///
/// There is no `Display` and no `Serialize`: whoever needs the address says [`as_str`](Self::as_str), whoever shows it
/// to the person who typed it says [`masked`](Self::masked). `Debug` shows nothing of it, so that it cannot reach a log
/// by accident: the domain alone can name a person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

/// Why a text is not taken as an e-mail address. Facts about the text; the words for people are the pages'.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailRefusal {
    /// Nothing was typed, or only spaces.
    #[error("the address is empty")]
    Empty,
    /// There is no `@`, or nothing on one of its sides.
    #[error("the address has not the form name@domain")]
    NoAddress,
    /// More text than any address has.
    #[error("the address is too long")]
    TooLong,
    /// What stands before the `@` has characters or dots where none may be.
    #[error("what stands before the @ is not the name of a mailbox")]
    LocalPart,
    /// What stands after the `@` is no domain name with a dot in it.
    #[error("what stands after the @ is not a domain name")]
    Domain,
}

impl EmailAddress {
    /// Reads an address as people type it: white space around it is dropped, the domain becomes lower-case ASCII. What
    /// stands before the `@` is kept as it is, because only the receiving server may say that its case does not matter
    /// (RFC 5321, section 2.4).
    ///
    /// # Errors
    ///
    /// An [`EmailRefusal`] that says what is wrong with the text. Nothing in it is secret.
    pub fn parse(input: &str) -> Result<Self, EmailRefusal> {
        let input = input.trim();
        if input.is_empty() {
            return Err(EmailRefusal::Empty);
        }
        let (local_part, domain) = input.rsplit_once('@').ok_or(EmailRefusal::NoAddress)?;
        if local_part.is_empty() || domain.is_empty() {
            return Err(EmailRefusal::NoAddress);
        }
        if local_part.len() > LONGEST_LOCAL_PART || domain.len() > LONGEST {
            return Err(EmailRefusal::TooLong);
        }
        if !is_dot_string(local_part) {
            return Err(EmailRefusal::LocalPart);
        }
        let address = format!("{local_part}@{}", ascii_domain(domain)?);
        if address.len() > LONGEST {
            return Err(EmailRefusal::TooLong);
        }
        Ok(Self(address))
    }

    /// The whole address: what is stored and handed to the mail server.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address for the eyes of the person who typed it: `a•••@example.com`. To be set from left to right, also
    /// within right-to-left text.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local_part, domain) = self.0.split_once('@').unwrap_or_default();
        let first: String = local_part.chars().take(1).collect();
        format!("{first}{DOTS}@{domain}")
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{DOTS}@{DOTS}")
    }
}

/// Atoms with single dots between them (RFC 5322, section 3.2.3).
fn is_dot_string(text: &str) -> bool {
    text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_byte))
}

fn is_atom_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// The domain as mail servers are found by it. A name without a dot is a machine of somebody's own network.
fn ascii_domain(text: &str) -> Result<String, EmailRefusal> {
    let Ok(Host::Domain(domain)) = Host::parse(text) else { return Err(EmailRefusal::Domain) };
    let labels: Vec<&str> = domain.split('.').collect();
    let is_label = |label: &&str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_name = labels.len() > 1 && labels.iter().all(is_label);
    if is_name { Ok(domain) } else { Err(EmailRefusal::Domain) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_is_read_as_people_type_it() {
        for (typed, address) in [
            ("ana@example.com", "ana@example.com"),
            ("  Ana.Lima+shop@Example.COM\n", "Ana.Lima+shop@example.com"),
            ("o'brien@mail.example.co.uk", "o'brien@mail.example.co.uk"),
            ("ana@bücher.example", "ana@xn--bcher-kva.example"),
            ("1@1.example", "1@1.example"),
        ] {
            assert_eq!(EmailAddress::parse(typed).unwrap().as_str(), address, "{typed:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_and_why() {
        for (typed, refusal) in [
            ("", EmailRefusal::Empty),
            (" \t", EmailRefusal::Empty),
            ("ana", EmailRefusal::NoAddress),
            ("@example.com", EmailRefusal::NoAddress),
            ("ana@", EmailRefusal::NoAddress),
            (".ana@example.com", EmailRefusal::LocalPart),
            ("ana..lima@example.com", EmailRefusal::LocalPart),
            ("ana lima@example.com", EmailRefusal::LocalPart),
            ("\"ana\"@example.com", EmailRefusal::LocalPart),
            ("ana@lima@example.com", EmailRefusal::LocalPart),
            ("ána@example.com", EmailRefusal::LocalPart),
            ("ana\r\nBcc: x@example.com", EmailRefusal::LocalPart),
            ("ana@localhost", EmailRefusal::Domain),
            ("ana@127.0.0.1", EmailRefusal::Domain),
            ("ana@[127.0.0.1]", EmailRefusal::Domain),
            ("ana@exa mple.com", EmailRefusal::Domain),
            ("ana@-example.com", EmailRefusal::Domain),
            ("ana@example..com", EmailRefusal::Domain),
            ("ana@example.com.", EmailRefusal::Domain),
        ] {
            assert_eq!(EmailAddress::parse(typed), Err(refusal), "{typed:?}");
        }
    }

    #[test]
    fn lengths_end_where_the_standard_ends_them() {
        let of = |local: usize, labels: usize| {
            EmailAddress::parse(&format!("{}@{}example.com", "a".repeat(local), "b.".repeat(labels)))
        };
        assert!(of(64, 0).is_ok());
        assert_eq!(of(65, 0), Err(EmailRefusal::TooLong));
        assert_eq!(of(64, 89).unwrap().as_str().len(), 254);
        assert_eq!(of(64, 90), Err(EmailRefusal::TooLong));
        assert_eq!(EmailAddress::parse(&format!("a@{}", "b".repeat(100_000))), Err(EmailRefusal::TooLong));
    }

    #[test]
    fn an_address_is_shown_to_nobody_by_accident() {
        let address = EmailAddress::parse("ana.lima@example.com").unwrap();
        assert_eq!(address.masked(), "a•••@example.com");
        assert_eq!(format!("{address:?}"), "•••@•••");
    }

    proptest! {
        #[test]
        fn what_is_taken_stays_as_it_is_when_it_is_read_again(typed in "[ -~]{0,20}@[ -~]{0,20}|.*") {
            if let Ok(address) = EmailAddress::parse(&typed) {
                prop_assert!(address.as_str().is_ascii() && address.as_str().len() <= LONGEST);
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address));
            }
        }
    }
}
