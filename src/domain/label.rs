//! A pool's domain: the DNS label that names it in every URL.

use thiserror::Error;

/// First path segments of an installation that can never be a pool's domain, nor can anything below them.
const RESERVED: [&str; 8] =
    ["dashboard", "webhooks", "healthz", "readyz", "metrics", "assets", "openapi", "simulator"];

/// Why a text cannot be a pool's domain.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LabelRefusal {
    /// Not a DNS label.
    #[error("a domain has 1 to 63 lower-case letters, digits and inner hyphens")]
    NotALabel,
    /// The installation uses this word itself.
    #[error("`{0}` is used by the installation itself and cannot be a domain")]
    Reserved(String),
}

/// Checks a pool's domain: `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?` (RFC 1123, section 2.1), not one of our own paths.
///
/// # Errors
/// When it is no such label or reserved.
pub fn check_label(label: &str) -> Result<(), LabelRefusal> {
    let fitting = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let inner = label.bytes().all(|byte| fitting(byte) || byte == b'-');
    let ends = label.bytes().next().is_some_and(fitting) && label.bytes().last().is_some_and(fitting);
    if !(inner && ends && label.len() <= 63) {
        return Err(LabelRefusal::NotALabel);
    }
    if RESERVED.contains(&label) {
        return Err(LabelRefusal::Reserved(label.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_dns_label() {
        for good in ["acme", "a", "a-b", "0", &"a".repeat(63)] {
            assert_eq!(check_label(good), Ok(()), "{good}");
        }
        for bad in ["", "-a", "a-", "Acme", "a.b", "ä", "a b", "favicon.ico", &"a".repeat(64)] {
            assert_eq!(check_label(bad), Err(LabelRefusal::NotALabel), "{bad}");
        }
    }

    #[test]
    fn our_own_paths_are_no_domains() {
        for word in RESERVED {
            assert_eq!(check_label(word), Err(LabelRefusal::Reserved(word.to_owned())));
        }
    }
}
