//! Who is behind a number, as far as WhatsApp tells: learned with each proof, asked for with each code where a project wants
//! that, and forgotten when an operator trusts a new one.

use watchword_domain::channel::Attempt;
use watchword_domain::identity::{IdentityCheck, may_have_come_elsewhere};
use watchword_domain::ids::AuthenticatorId;
use watchword_domain::limits::window_start;
use watchword_domain::pool::Pool;
use watchword_domain::sign_in::Challenge;
use watchword_domain::{Phone, Timestamp};
use watchword_messaging::whatsapp::Unread;
use watchword_store::{AlertRow, PoolTx};

use crate::Watchword;
use crate::alerts::HOUR;
use crate::error::{Error, Fault, Outcome};
use crate::mailbox::UnknownUser;

/// The kind of the alert that other accounts of WhatsApp are behind numbers than before.
pub const IDENTITY_CHANGED: &str = "identity_changed";

/// Why a project cannot have identities checked.
#[derive(Debug, thiserror::Error)]
pub enum IdentityRefusal {
    /// There is no WhatsApp number to ask.
    #[error("no WhatsApp number is set up for this project")]
    NoSender,
    /// Meta did not turn it on.
    #[error("Meta does not tell the identity behind numbers: {0}")]
    Unread(Unread),
    /// Meta took the order, and does not do it.
    #[error("Meta took the order and does not tell the identity behind numbers all the same")]
    NotDone,
}

impl Watchword {
    /// Decides what is done when another account of WhatsApp is behind a number than before, and has Meta tell it. What others
    /// may still need to be told is not turned off at Meta.
    ///
    /// # Errors
    /// When Meta cannot be made to tell; when the database fails.
    pub async fn check_identities(
        &self,
        pool: &Pool,
        check: IdentityCheck,
    ) -> Outcome<Pool, IdentityRefusal> {
        if check != IdentityCheck::Off {
            let sender = self.sender_of(&pool.id).await?;
            let wire = self.wire(&pool.id, &sender).await?;
            let wire = wire.ok_or(Error::Refused(IdentityRefusal::NoSender))?;
            match wire.account.check_identities(true).await {
                Ok(true) => {}
                Ok(false) => return Err(Error::Refused(IdentityRefusal::NotDone)),
                Err(unread) => return Err(Error::Refused(IdentityRefusal::Unread(unread))),
            }
        }
        Ok(self.change_settings(pool, |own| own.identity_check = check).await?)
    }

    /// Lets whoever is behind a number now get its next code: an operator knows that it is still theirs.
    ///
    /// # Errors
    /// When nobody has the number; when the database fails.
    pub async fn trust_number(&self, pool: &Pool, phone: &Phone) -> Outcome<(), UnknownUser> {
        let tx = self.store.begin(&pool.id).await?;
        let bound = tx.find_phone(phone).await?.ok_or(Error::Refused(UnknownUser))?;
        tx.save_identity(&bound.id, None).await?;
        Ok(tx.commit().await?)
    }

    /// The identity that must still be behind a number for its code to be delivered and taken, where its project wants that.
    pub(crate) async fn expected_identity(
        &self,
        pool: &Pool,
        phone: &Phone,
    ) -> Result<Option<String>, Fault> {
        if pool.settings.identity_check != IdentityCheck::SecondFactor {
            return Ok(None);
        }
        Ok(self.store.read(&pool.id).find_phone(phone).await?.and_then(|bound| bound.identity_key_hash))
    }

    /// Whether a right code is no proof, since it may have come by a channel that does not tell who is there.
    pub(crate) async fn doubts_code(
        &self,
        (tx, pool): (&PoolTx, &Pool),
        phone: &Phone,
        attempts: &[Attempt],
    ) -> Result<bool, Fault> {
        if pool.settings.identity_check != IdentityCheck::SecondFactor {
            return Ok(false);
        }
        let known = tx.find_phone(phone).await?.and_then(|bound| bound.identity_key_hash);
        Ok(pool.settings.identity_check.doubts(known.as_deref(), attempts))
    }

    /// Notes who got a code that was answered rightly. Gives what to tell the project when it is somebody else than before.
    pub(crate) async fn learn_identity(
        &self,
        (tx, pool): (&PoolTx, &Pool),
        (challenge, attempts): (&Challenge, &[Attempt]),
        authenticator: &AuthenticatorId,
        now: Timestamp,
    ) -> Result<Option<AlertRow>, Fault> {
        let check = pool.settings.identity_check;
        if check == IdentityCheck::Off {
            return Ok(None);
        }
        let Some(seen) = tx.find_message_identity(&challenge.id).await? else { return Ok(None) };
        let bound = tx.find_phone(&challenge.phone).await?;
        let before = bound.and_then(|bound| bound.identity_key_hash);
        // Whoever answered may have the code from somebody else's SMS: that a change was seen is told, and no more.
        if before.as_ref() != Some(&seen) && !may_have_come_elsewhere(attempts) {
            tx.save_identity(authenticator, Some(&seen)).await?;
        }
        let is_change = check.sees_change(before.as_deref(), Some(&seen));
        Ok(is_change.then(|| alert(&challenge.phone, now)))
    }
}

/// What a project is told once an hour for each range of numbers.
pub(crate) fn alert(phone: &Phone, now: Timestamp) -> AlertRow {
    AlertRow {
        kind: IDENTITY_CHANGED.to_owned(),
        subject: phone.range(),
        window: window_start(HOUR, now),
        percent: 0,
        amount: 1,
        most: 1,
        raised_at: now,
    }
}
