//! What ties a page to the browser it was shown to: its secret, its forms' tokens, and whether it signed in before.

use watchword_domain::Secret;
use watchword_domain::ids::{PoolId, opaque_token};

use crate::Watchword;
use crate::crypto::{equal, token_hash};
use crate::error::Fault;

/// A browser's own secret in a pool: the value of its cookie.
pub struct Browser(Secret<String>);

impl Browser {
    /// The browser whose cookie has this value.
    pub fn of_cookie(value: &str) -> Self {
        Self(Secret::new(value.to_owned()))
    }

    /// The cookie's value.
    pub fn cookie(&self) -> &str {
        self.0.expose()
    }

    /// What rows keep of it.
    pub(crate) fn hash(&self) -> String {
        token_hash(self.0.expose())
    }
}

const CSRF: &str = "form token";
const KNOWN: &str = "known device";

impl Watchword {
    /// A secret for a browser that has none yet.
    pub fn new_browser(&self) -> Browser {
        Browser(Secret::new(opaque_token(&*self.random)))
    }

    /// The token every form shown to this browser carries.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn form_token(&self, pool: &PoolId, browser: &Browser) -> Result<String, Fault> {
        self.master.keyed_hash(CSRF, &[pool.as_str(), browser.cookie()])
    }

    /// Whether a form was shown to this browser by us.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn is_form_token(&self, pool: &PoolId, browser: &Browser, token: &str) -> Result<bool, Fault> {
        Ok(equal(&self.form_token(pool, browser)?, token))
    }

    /// The mark of a browser in which somebody signed in: its starts are not counted against its address.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn known_mark(&self, pool: &PoolId, browser: &Browser) -> Result<String, Fault> {
        self.master.keyed_hash(KNOWN, &[pool.as_str(), browser.cookie()])
    }

    /// Whether this mark was given to this browser.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn is_known(&self, pool: &PoolId, browser: &Browser, mark: &str) -> Result<bool, Fault> {
        Ok(equal(&self.known_mark(pool, browser)?, mark))
    }
}
