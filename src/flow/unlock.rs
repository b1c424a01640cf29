//! Giving a number its method back after too many wrong codes: an operator's decision.

use watchword_domain::Phone;
use watchword_domain::failures::Guessers;
use watchword_domain::pool::Pool;
use watchword_domain::session::Method;

use crate::Watchword;
use crate::error::Fault;

impl Watchword {
    /// Forgets the failures of a number's codes. Gives whether there were any. A browser that used up its own tries stays
    /// a stranger until it proves the number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unlock(&self, pool: &Pool, phone: &Phone) -> Result<bool, Fault> {
        let tx = self.store.begin(&pool.id).await?;
        let mut had_failures = false;
        for guessers in [Guessers::Known, Guessers::Strangers] {
            had_failures |= tx.find_failures(Method::WhatsappCode, phone, guessers).await?.is_some();
            tx.reset_failures(Method::WhatsappCode, phone, guessers).await?;
        }
        tx.commit().await?;
        Ok(had_failures)
    }
}
