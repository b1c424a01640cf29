//! What ties a page to the browser it was shown to: its secret, its forms' tokens, and who signed in with it before.

use watchword_domain::failures::Device;
use watchword_domain::ids::{PoolId, opaque_token};
use watchword_domain::{Phone, Secret};

use crate::Watchword;
use crate::crypto::{equal, token_hash};
use crate::error::Fault;

/// A browser in a pool: its own secret, the value of its cookie, and the marks of the numbers that signed in with it.
pub struct Browser {
    secret: Secret<String>,
    /// Unchecked, as another cookie brought them.
    marks: Vec<String>,
}

/// Numbers a browser is known for at most; one more takes the place of the one that signed in longest ago.
const MARKS: usize = 4;

impl Browser {
    /// The browser whose cookies have these values.
    pub fn of_cookies(secret: &str, marks: Option<&str>) -> Self {
        let marks = marks.into_iter().flat_map(|marks| marks.split('.')).take(MARKS);
        Self { secret: Secret::new(secret.to_owned()), marks: marks.map(str::to_owned).collect() }
    }

    /// The value of the cookie that is its secret.
    pub fn cookie(&self) -> &str {
        self.secret.expose()
    }

    /// What rows keep of it.
    pub(crate) fn hash(&self) -> String {
        token_hash(self.secret.expose())
    }
}

const CSRF: &str = "form token";
const KNOWN: &str = "known device";

impl Watchword {
    /// A secret for a browser that has none yet.
    pub fn new_browser(&self) -> Browser {
        Browser { secret: Secret::new(opaque_token(&*self.random)), marks: Vec::new() }
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

    /// What a number is to this browser.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub(crate) fn device(&self, pool: &PoolId, browser: &Browser, phone: &Phone) -> Result<Device, Fault> {
        if browser.marks.is_empty() {
            return Ok(Device::Unknown);
        }
        let mark = self.mark(pool, browser, phone)?;
        let known = browser.marks.iter().any(|shown| equal(shown, &mark));
        Ok(if known { Device::Known } else { Device::Unknown })
    }

    /// The browser's marks once this number signed in with it: the value of their cookie.
    pub(crate) fn marks_with(
        &self,
        pool: &PoolId,
        browser: &Browser,
        phone: &Phone,
    ) -> Result<String, Fault> {
        let newest = self.mark(pool, browser, phone)?;
        let others = browser.marks.iter().filter(|mark| **mark != newest).take(MARKS - 1);
        Ok(others.fold(newest.clone(), |marks, mark| format!("{marks}.{mark}")))
    }

    /// Bound to the browser and the number: it says nothing of the number, and is worth nothing in another browser.
    fn mark(&self, pool: &PoolId, browser: &Browser, phone: &Phone) -> Result<String, Fault> {
        self.master.keyed_hash(KNOWN, &[pool.as_str(), browser.cookie(), phone.as_e164()])
    }
}
