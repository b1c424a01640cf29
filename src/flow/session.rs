//! The session of a browser: whether the cookie it shows stands for anybody.

use watchword_domain::pool::Pool;
use watchword_domain::session::Session;
use watchword_store::PoolRows;

use crate::Watchword;
use crate::crypto::token_hash;
use crate::error::Fault;

impl Watchword {
    /// The live session that a cookie's value stands for, if any: not ended, not too old, its user not disabled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, pool: &Pool, cookie: Option<&str>) -> Result<Option<Session>, Fault> {
        self.session_in(&self.store.read(&pool.id), pool, cookie).await
    }

    /// As [`session`](Self::session), within a transaction.
    pub(crate) async fn session_in(
        &self,
        rows: &PoolRows,
        pool: &Pool,
        cookie: Option<&str>,
    ) -> Result<Option<Session>, Fault> {
        let Some(cookie) = cookie else { return Ok(None) };
        let Some(found) = rows.find_session_by_token(&token_hash(cookie)).await? else { return Ok(None) };
        let lifetimes = pool.lifetimes(&self.settings.lifetimes);
        if found.ended_at.is_some() || !found.session.is_alive(&lifetimes, self.clock.now()) {
            return Ok(None);
        }
        let user = rows.find_user(&found.session.user_id).await?;
        Ok(user.filter(|user| user.disabled_at.is_none()).map(|_| found.session))
    }
}
