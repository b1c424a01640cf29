//! A request between the page that was shown for it and the number that is typed there. Looking at a page writes no row:
//! the request travels sealed in the page's own form, and only this browser can bring it back.

use serde::{Deserialize, Serialize};
use watchword_domain::pool::Pool;
use watchword_domain::request::AuthorizationRequest;
use watchword_domain::{Language, Timestamp};

use crate::Watchword;
use crate::browser::Browser;
use crate::error::Fault;

/// What the number page brings back.
#[derive(Serialize, Deserialize)]
pub struct Carried {
    /// What the client asked for.
    pub request: AuthorizationRequest,
    /// The language the page was shown in, which the client may have wished for.
    pub language: Language,
    until: Timestamp,
}

fn purpose(pool: &Pool, browser: &Browser) -> String {
    format!("request of {} in {}", browser.hash(), pool.id)
}

impl Watchword {
    /// Seals a request for the page shown to this browser in this language.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn seal_request(
        &self,
        pool: &Pool,
        browser: &Browser,
        request: &AuthorizationRequest,
        language: Language,
    ) -> Result<String, Fault> {
        let until = self.clock.now() + self.settings.lifetimes.sign_in();
        let carried = Carried { request: request.clone(), language, until };
        let text = serde_json::to_string(&carried).map_err(|_| Fault::Crypto("sealing a request"))?;
        self.master.seal(&*self.random, &purpose(pool, browser), &text)
    }

    /// The request that a page brought back, unless its time is over, it was another browser's, or its client was taken out
    /// meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_request(
        &self,
        pool: &Pool,
        browser: &Browser,
        sealed: &str,
    ) -> Result<Option<Carried>, Fault> {
        let Ok(text) = self.master.open(&purpose(pool, browser), sealed) else { return Ok(None) };
        let Ok(carried) = serde_json::from_str::<Carried>(text.expose()) else { return Ok(None) };
        let is_open = self.clock.now() < carried.until
            && self.client(&pool.id, &carried.request.client_id).await?.is_some();
        Ok(is_open.then_some(carried))
    }
}
