//! What ties a page to the browser it was shown to: its secret, its forms' tokens, and who signed in with it before.

use watchword_domain::failures::{Device, Guessers};
use watchword_domain::ids::{PoolId, opaque_token};
use watchword_domain::{Phone, Secret};
use watchword_store::PoolRows;

use crate::Watchword;
use crate::crypto::token_hash;
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

/// Days a browser stays known for a number that does not sign in with it again.
pub const MARK_DAYS: u32 = 180;

const MILLIS_PER_DAY: i64 = 24 * 60 * 60 * 1000;
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
        self.master.recognises(CSRF, &[pool.as_str(), browser.cookie()], token)
    }

    /// What a number is to this browser. One that guessed wrongly too often is a stranger until it proves the number.
    ///
    /// # Errors
    /// When the database or OpenSSL fails.
    pub(crate) async fn device(
        &self,
        rows: &PoolRows,
        browser: &Browser,
        phone: &Phone,
    ) -> Result<Device, Fault> {
        let is_known = self.is_marked(rows.pool(), browser, phone)?
            && self.may_guess(rows, phone, Guessers::Browser(&browser.hash())).await?
            && self.may_guess(rows, phone, Guessers::Known).await?;
        Ok(if is_known { Device::Known } else { Device::Unknown })
    }

    fn is_marked(&self, pool: &PoolId, browser: &Browser, phone: &Phone) -> Result<bool, Fault> {
        let today = self.today();
        for mark in &browser.marks {
            let lives = day_of(mark).is_some_and(|day| day <= today && today - day <= MARK_DAYS);
            if lives && self.is_mark_of(pool, browser, phone, mark)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The browser's marks once this number signed in with it: the value of their cookie.
    pub(crate) fn marks_with(
        &self,
        pool: &PoolId,
        browser: &Browser,
        phone: &Phone,
    ) -> Result<String, Fault> {
        let mut marks = vec![self.mark(pool, browser, phone, self.today())?];
        for mark in &browser.marks {
            if marks.len() < MARKS && !self.is_mark_of(pool, browser, phone, mark)? {
                marks.push(mark.clone());
            }
        }
        Ok(marks.join("."))
    }

    fn is_mark_of(&self, pool: &PoolId, browser: &Browser, phone: &Phone, mark: &str) -> Result<bool, Fault> {
        let Some((day, hash)) = mark.split_once('-') else { return Ok(false) };
        self.master.recognises(KNOWN, &marked(pool, browser, phone, day), hash)
    }

    /// Bound to the browser, the number and the day it signed in: it says nothing of the number, is worth nothing in
    /// another browser, and ends by itself.
    fn mark(&self, pool: &PoolId, browser: &Browser, phone: &Phone, day: u32) -> Result<String, Fault> {
        let hash = self.master.keyed_hash(KNOWN, &marked(pool, browser, phone, &day.to_string()))?;
        Ok(format!("{day}-{hash}"))
    }

    /// Days since 1970.
    fn today(&self) -> u32 {
        u32::try_from(self.clock.now().millis() / MILLIS_PER_DAY).unwrap_or_default()
    }
}

/// What a mark is bound to.
fn marked<'a>(pool: &'a PoolId, browser: &'a Browser, phone: &'a Phone, day: &'a str) -> [&'a str; 4] {
    [pool.as_str(), browser.cookie(), phone.as_e164(), day]
}

/// The day a mark says it was made on.
fn day_of(mark: &str) -> Option<u32> {
    mark.split_once('-')?.0.parse().ok()
}
