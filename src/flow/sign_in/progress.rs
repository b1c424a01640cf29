//! Where a sign-in stands, for the one who waits: how the message fares, what is left, what may be asked for.

use tokio::sync::watch;
use watchword_domain::channel::{Attempt, Other, telling};
use watchword_domain::ids::ChallengeId;
use watchword_domain::pool::Pool;
use watchword_domain::sign_in::{Challenge, SignIn};
use watchword_domain::{Channel, Phone, Timestamp};

use crate::Watchword;
use crate::browser::Browser;
use crate::error::Fault;

/// Where a sign-in that waits for its code stands.
pub struct Progress {
    /// The number the code went to.
    pub phone: Phone,
    /// The newest code: guesses left, and until when.
    pub challenge: Challenge,
    /// Digits of a code.
    pub code_digits: u8,
    /// How its message fares; where it went out by several channels, the one that arrived, else the newest.
    pub message: Option<Attempt>,
    /// Whether that message stepped in by itself for one on another channel.
    pub steps_in: bool,
    /// Another channel that may carry it, and from when on.
    pub other: Option<Other>,
    /// Whether a new code may be asked for.
    pub new_code: NewCode,
}

/// Whether a new code may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewCode {
    /// Now.
    Now,
    /// After a wait.
    At(Timestamp),
    /// The number had all it may get; again after this moment.
    UsedUp(Timestamp),
}

impl Watchword {
    /// Where a sign-in stands that waits for the code of this challenge.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn progress(
        &self,
        pool: &Pool,
        browser: &Browser,
        sign_in: &SignIn,
        challenge: &ChallengeId,
    ) -> Result<Progress, Fault> {
        let rows = self.store.read(&pool.id);
        let limits = pool.limits(&self.settings.limits);
        let challenge =
            rows.find_challenge(challenge).await?.ok_or(Fault::Missing("challenge of a sign-in"))?;
        let phone = sign_in.phone.clone().ok_or(Fault::Missing("number of a sign-in"))?;
        let attempts = rows.list_attempts(&challenge.id).await?;
        let other = self.other_channel(pool, &challenge, &attempts).await?;
        let ways: Vec<Attempt> = attempts.iter().map(|row| row.attempt).collect();
        let message = telling(&ways).copied();
        let told = attempts.iter().find(|row| Some(row.attempt) == message);
        let steps_in = attempts.len() > 1
            && told.is_some_and(|row| !row.chosen && row.attempt.channel != Channel::Whatsapp);
        let history = rows.find_send_history(&phone).await?;
        let device = self.device(&rows, browser, &phone).await?;
        let now = self.clock.now();
        // What the number's allowance does not bear while the code lives is not offered.
        let other = other.and_then(|other| {
            let allowed = history.allows_other_channel(&limits, (device, other.channel), now);
            let from = allowed.map_or_else(|refusal| other.from.max(refusal.until), |()| other.from);
            (from < challenge.expires_at).then_some(Other { from, ..other })
        });
        // A new code takes the channel of the one before.
        let channel = ways.first().map_or(Channel::Whatsapp, |newest| newest.channel);
        let new_code = match history.allows(&limits, (device, channel), now) {
            Ok(()) => NewCode::Now,
            Err(refusal) => match refusal.reason {
                watchword_domain::sends::SendLimit::ResendWait => NewCode::At(refusal.until),
                watchword_domain::sends::SendLimit::Allowance => NewCode::UsedUp(refusal.until),
            },
        };
        Ok(Progress { phone, challenge, code_digits: limits.code_digits, message, steps_in, other, new_code })
    }

    /// Hints that a challenge may have news; the rows say what. Nothing when enough pages follow it already.
    pub fn follow(&self, challenge: &ChallengeId) -> Option<watch::Receiver<()>> {
        self.delivery.follow(challenge)
    }
}
