//! Whether a user may sign in, and is signed in, as an operator decides (ASVS 5.0, 7.4.2 and 7.4.5).

use watchword_domain::Phone;
use watchword_domain::pool::Pool;

use crate::Watchword;
use crate::error::{Error, Outcome};
use crate::mailbox::UnknownUser;

/// What ended with a user's being signed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Browsers they were signed in with.
    pub sessions: u64,
    /// Grants of clients, each with its tokens.
    pub grants: u64,
}

impl Watchword {
    /// Keeps the user of a number out, and ends all that they and their applications have: from then on no door opens.
    ///
    /// # Errors
    /// When nobody has the number; when the database fails.
    pub async fn disable_user(&self, pool: &Pool, phone: &Phone) -> Outcome<Ended, UnknownUser> {
        self.end_all(pool, phone, true).await
    }

    /// Ends every session of the user of a number and every grant that was made of one. They may sign in again.
    ///
    /// # Errors
    /// When nobody has the number; when the database fails.
    pub async fn sign_user_out(&self, pool: &Pool, phone: &Phone) -> Outcome<Ended, UnknownUser> {
        self.end_all(pool, phone, false).await
    }

    /// Lets a user who was kept out sign in again. What was ended stays so.
    ///
    /// # Errors
    /// When nobody has the number; when the database fails.
    pub async fn enable_user(&self, pool: &Pool, phone: &Phone) -> Outcome<(), UnknownUser> {
        let tx = self.store.begin(&pool.id).await?;
        let bound = tx.find_phone(phone).await?.ok_or(Error::Refused(UnknownUser))?;
        tx.save_user_disabled(&bound.user_id, None, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    async fn end_all(&self, pool: &Pool, phone: &Phone, disables: bool) -> Outcome<Ended, UnknownUser> {
        let now = self.clock.now();
        let tx = self.store.begin(&pool.id).await?;
        let bound = tx.find_phone(phone).await?.ok_or(Error::Refused(UnknownUser))?;
        if disables {
            tx.save_user_disabled(&bound.user_id, Some(now), now).await?;
        }
        let sessions = tx.save_sessions_ended(&bound.user_id, now).await?;
        let grants = tx.save_grants_revoked(&bound.user_id, now).await?;
        tx.commit().await?;
        Ok(Ended { sessions, grants })
    }
}
