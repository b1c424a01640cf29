//! Refresh tokens: when one may be used, and what it means when one comes back.

use crate::lifetimes::Lifetimes;
use crate::time::Timestamp;

/// What the rows say of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshFacts {
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When its family began.
    pub family_since: Timestamp,
    /// When its family was revoked.
    pub family_revoked_at: Option<Timestamp>,
    /// When it was exchanged for its successor.
    pub superseded_at: Option<Timestamp>,
    /// Whether its successor was presented.
    pub successor_used: bool,
}

/// What may be done with a refresh token that was presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshStanding {
    /// It is the newest: use it.
    Current,
    /// It was exchanged a moment ago and the answer seems lost: give the same successor once more.
    Retried,
    /// It was exchanged and its successor is in use, or long ago: somebody else has it. The family dies (RFC 9700,
    /// section 4.14.2).
    Reused,
    /// Its life is over, or its family's.
    Ended,
}

impl RefreshFacts {
    /// Where the token stands at `now`.
    pub fn standing(&self, lifetimes: &Lifetimes, now: Timestamp) -> RefreshStanding {
        let absolute = self.family_since + lifetimes.refresh_token();
        let idle = self.issued_at + lifetimes.refresh_token_idle();
        if self.family_revoked_at.is_some() || now >= absolute || now >= idle {
            return RefreshStanding::Ended;
        }
        match self.superseded_at {
            None => RefreshStanding::Current,
            Some(at) if !self.successor_used && now < at + lifetimes.refresh_grace() => {
                RefreshStanding::Retried
            }
            Some(_) => RefreshStanding::Reused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    const DAY: i64 = 86_400;

    fn facts() -> RefreshFacts {
        RefreshFacts {
            issued_at: at(0),
            family_since: at(0),
            family_revoked_at: None,
            superseded_at: None,
            successor_used: false,
        }
    }

    #[test]
    fn a_token_ends_idle_or_with_its_family() {
        let standing = |facts: RefreshFacts, now| facts.standing(&Lifetimes::default(), at(now));
        assert_eq!(standing(facts(), 14 * DAY - 1), RefreshStanding::Current);
        assert_eq!(standing(facts(), 14 * DAY), RefreshStanding::Ended);
        let young = RefreshFacts { issued_at: at(29 * DAY), ..facts() };
        assert_eq!(standing(young, 30 * DAY - 1), RefreshStanding::Current);
        assert_eq!(standing(young, 30 * DAY), RefreshStanding::Ended);
        let revoked = RefreshFacts { family_revoked_at: Some(at(1)), ..facts() };
        assert_eq!(standing(revoked, 2), RefreshStanding::Ended);
    }

    #[test]
    fn an_exchanged_token_may_be_retried_until_its_successor_is_used() {
        let standing = |facts: RefreshFacts, now| facts.standing(&Lifetimes::default(), at(now));
        let exchanged = RefreshFacts { superseded_at: Some(at(100)), ..facts() };
        assert_eq!(standing(exchanged, 159), RefreshStanding::Retried);
        assert_eq!(standing(exchanged, 160), RefreshStanding::Reused);
        let used = RefreshFacts { successor_used: true, ..exchanged };
        assert_eq!(standing(used, 101), RefreshStanding::Reused);
    }
}
