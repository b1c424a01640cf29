//! A request on its way to where it was posted, once more and by query.
//!
//! A form that another site posts comes without our cookies; the browser is asked to come again by query, which brings
//! them. What the form held may be a number or a token, and neither may stand in an address: the parameters travel
//! sealed. Nothing is stored for them, and no cookie binds them: there was none.

use serde::{Deserialize, Serialize};
use watchword_domain::Timestamp;
use watchword_domain::ids::PoolId;

use crate::Watchword;
use crate::authorize::Params;
use crate::error::Fault;

/// Where a request is going; sealed for one of them, it is of no use to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onward {
    /// An authorization request.
    Authorize,
    /// A sign-out request.
    EndSession,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    pairs: Vec<(String, String)>,
    until: Timestamp,
}

impl Onward {
    fn purpose(self, pool: &PoolId) -> String {
        let name = match self {
            Self::Authorize => "authorize",
            Self::EndSession => "end session",
        };
        format!("onward to {name} in {pool}")
    }
}

impl Watchword {
    /// Seals a request for its way, which may take as long as a sign-in.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn seal_params(&self, pool: &PoolId, onward: Onward, params: &Params) -> Result<String, Fault> {
        let until = self.clock.now() + self.settings.lifetimes.sign_in();
        let sealed = Sealed { pairs: params.pairs().to_vec(), until };
        let text = serde_json::to_string(&sealed).map_err(|_| Fault::Crypto("sealing parameters"))?;
        self.master.seal(&*self.random, &onward.purpose(pool), &text)
    }

    /// The request that was sealed, unless its time is over or it was going elsewhere.
    pub fn open_params(&self, pool: &PoolId, onward: Onward, sealed: &str) -> Option<Params> {
        let text = self.master.open(&onward.purpose(pool), sealed).ok()?;
        let sealed: Sealed = serde_json::from_str(text.expose()).ok()?;
        (self.clock.now() < sealed.until).then(|| Params::new(sealed.pairs))
    }
}
