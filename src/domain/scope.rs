//! Scopes: what a client asks for and what a token may be used for (RFC 6749, section 3.3).

use serde::{Deserialize, Serialize};

/// A scope this provider knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// An OpenID Connect sign-in (OpenID Connect Core 1.0, section 3.1.2.1).
    Openid,
    /// `name`, `locale`, `updated_at` (Core, section 5.4).
    Profile,
    /// `phone_number`, `phone_number_verified` (Core, section 5.4).
    Phone,
    /// A refresh token (Core, section 11).
    OfflineAccess,
}

impl Scope {
    /// All of them, as metadata lists them.
    pub const ALL: [Self; 4] = [Self::Openid, Self::Profile, Self::Phone, Self::OfflineAccess];

    /// The scope's name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Openid => "openid",
            Self::Profile => "profile",
            Self::Phone => "phone",
            Self::OfflineAccess => "offline_access",
        }
    }
}

/// A set of scopes, in their fixed order, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Reads a space-separated list. What we do not know is left out, as OpenID Connect Core 1.0, section 3.1.2.1 asks.
    pub fn parse(text: &str) -> Self {
        let asked: Vec<&str> = text.split(' ').collect();
        Self(Scope::ALL.into_iter().filter(|scope| asked.contains(&scope.name())).collect())
    }

    /// Whether the set has this scope.
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether every scope of this set is also in `other`: a refresh may narrow, never widen (RFC 6749, section 6).
    pub fn within(&self, other: &Self) -> bool {
        self.0.iter().all(|scope| other.has(*scope))
    }

    /// The set without one scope.
    #[must_use]
    pub fn without(&self, scope: Scope) -> Self {
        Self(self.0.iter().copied().filter(|kept| *kept != scope).collect())
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|scope| scope.name()).collect();
        out.write_str(&names.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_scopes_are_left_out_and_order_is_fixed() {
        assert_eq!(Scopes::parse("phone  email openid phone").to_string(), "openid phone");
        assert!(Scopes::parse("").is_empty());
    }

    #[test]
    fn a_set_is_within_another_when_it_asks_for_no_more() {
        let granted = Scopes::parse("openid phone");
        assert!(Scopes::parse("openid").within(&granted));
        assert!(!Scopes::parse("openid profile").within(&granted));
    }
}
