//! Identifiers: newtypes, so that a user's id can never be passed where a client's is wanted, and how each is made.

use serde::{Deserialize, Serialize};

/// Where randomness comes from: the operating system's generator in production, a counted one in tests of pure rules.
pub trait Random: Send + Sync {
    /// Fills `bytes` from a cryptographically secure generator.
    fn fill(&self, bytes: &mut [u8]);
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LOWER36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// `length` characters drawn evenly from `alphabet` (rejection sampling: no character is likelier than another).
fn draw(random: &dyn Random, alphabet: &[u8], length: usize) -> String {
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while text.len() < length {
        random.fill(&mut bytes);
        let fitting = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        let drawn = fitting.filter_map(|byte| alphabet.get(byte % alphabet.len()));
        text.extend(drawn.take(length - text.len()).map(|byte| char::from(*byte)));
    }
    text
}

/// A bearer value of at least 128 bits for cookies, codes, tokens and API sessions: 32 base62 characters, 190 bits
/// (RFC 6749, section 10.10; ASVS 5.0, 7.2.3).
pub fn opaque_token(random: &dyn Random) -> String {
    draw(random, BASE62, 32)
}

/// A one-time code of `digits` decimal digits, each equally likely (NIST SP 800-63B-4, section 3.1.3.2).
pub fn numeric_code(random: &dyn Random, digits: u8) -> String {
    draw(random, b"0123456789", usize::from(digits))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The identifier as it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}

macro_rules! random_id {
    ($($name:ident)*) => {
        $(impl $name {
            /// A new identifier: 22 base62 characters, over 128 bits.
            pub fn random(random: &dyn Random) -> Self {
                Self(draw(random, BASE62, 22))
            }
        })*
    };
}

id! {
    /// A user pool's id: `{region}_{9 alphanumerics}`, e.g. `local_Ab3dE9xYz`.
    PoolId
}
id! {
    /// A client's id: 26 lower-case letters and digits.
    ClientId
}
id! {
    /// A user's id and `sub`: opaque, never a number (OpenID Connect Core 1.0, sections 2 and 5.7).
    UserId
}
id! {
    /// One attempt of a person to sign in.
    SignInId
}
id! {
    /// One code sent or asked for inside a sign-in.
    ChallengeId
}
id! {
    /// One outbound message. Also its correlation value at the provider.
    MessageId
}
id! {
    /// Something a user proves: a phone, later an authenticator app, a recovery code, a passkey.
    AuthenticatorId
}
id! {
    /// The public name of a signed-in session; the `sid` claim. The cookie carries another, secret value.
    SessionId
}
id! {
    /// What a user allowed a client, and the family of tokens that follows from it.
    GrantId
}
id! {
    /// A sender's id. The one that all projects of an installation share is called `shared`.
    SenderId
}
id! {
    /// A client secret's id: what the dashboard names it by.
    SecretId
}

random_id!(SignInId ChallengeId MessageId AuthenticatorId SessionId GrantId SecretId SenderId UserId);

impl PoolId {
    /// A new pool id in `region`.
    pub fn random(region: &str, random: &dyn Random) -> Self {
        Self(format!("{region}_{}", draw(random, BASE62, 9)))
    }
}

impl SenderId {
    /// The sender that all projects without one of their own share; it is set up by configuration.
    pub fn shared() -> Self {
        Self("shared".to_owned())
    }
}

impl ClientId {
    /// A new client id. Its 26 characters cannot collide with a user's `sub`, which has 22 (RFC 9700, section 4.15).
    pub fn random(random: &dyn Random) -> Self {
        Self(draw(random, LOWER36, 26))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    struct Counted(AtomicU8);
    impl Random for Counted {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn every_character_is_equally_likely() {
        // One full turn of all byte values must give each character the same number of times.
        let text = draw(&Counted(AtomicU8::new(0)), BASE62, 248);
        for letter in BASE62 {
            assert_eq!(text.bytes().filter(|byte| byte == letter).count(), 4);
        }
    }

    #[test]
    fn ids_have_the_shapes_others_rely_on() {
        let random = Counted(AtomicU8::new(7));
        let pool = PoolId::random("local", &random);
        assert!(pool.as_str().starts_with("local_") && pool.as_str().len() == 15);
        let client = ClientId::random(&random);
        assert_eq!(client.as_str().len(), 26);
        assert!(client.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        assert_eq!(numeric_code(&random, 6).len(), 6);
    }
}
