//! The mailbox of a user, to which codes may go where a project wants that.

use watchword_domain::pool::Pool;
use watchword_domain::{EmailAddress, Phone};
use watchword_store::PoolRows;

use crate::Watchword;
use crate::error::{Error, Fault, Outcome};

/// Nobody in this pool has that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nobody of this project has this number")]
pub struct UnknownUser;

impl Watchword {
    /// Gives the user of a number another mailbox, or none. Nothing proves that it is theirs: that is for whoever calls this
    /// to know.
    ///
    /// # Errors
    /// When nobody has the number; when the database fails.
    pub async fn set_mailbox(
        &self,
        pool: &Pool,
        phone: &Phone,
        email: Option<&EmailAddress>,
    ) -> Outcome<(), UnknownUser> {
        let tx = self.store.begin(&pool.id).await?;
        let bound = tx.find_phone(phone).await?.ok_or(Error::Refused(UnknownUser))?;
        if !tx.save_user_email(&bound.user_id, email, self.clock.now()).await? {
            return Err(Error::Refused(UnknownUser));
        }
        Ok(tx.commit().await?)
    }

    /// The mailbox of whoever has a number, unless an administrator disabled them.
    pub(crate) async fn mailbox_of(
        &self,
        rows: &PoolRows,
        phone: &Phone,
    ) -> Result<Option<EmailAddress>, Fault> {
        let Some(bound) = rows.find_phone(phone).await? else { return Ok(None) };
        let user = rows.find_user(&bound.user_id).await?;
        Ok(user.filter(|user| user.disabled_at.is_none()).and_then(|user| user.email))
    }
}
