//! What can be changed about a sender while it runs. A change is taken as a whole or not at all.

use serde::Deserialize;

use super::business_number::{CONNECTED, PERMISSIONS};
use super::{Senders, Subscription};
use crate::sender::is_web_address;

/// The changes; what is absent stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    access_token: Option<String>,
    /// Of the token as it is after this change.
    token_expired: Option<bool>,
    app_secret: Option<String>,
    verify_token: Option<String>,
    webhook_url: Option<String>,
    pair_rate: Option<bool>,
    /// 0 is without end.
    messages_per_second: Option<u32>,
    /// One of [`RESTRICTIONS`]; 0 lifts it.
    restriction: Option<u32>,
    messaging_limit: Option<String>,
    quality_rating: Option<String>,
    status: Option<String>,
    /// Of [`PERMISSIONS`].
    permissions: Option<Vec<String>>,
    /// One of [`SUBSCRIPTIONS`].
    subscription: Option<String>,
}

/// Locked, unpaid, against the policy.
const RESTRICTIONS: [u32; 3] = [131_031, 131_042, 368];
const LIMITS: [&str; 6] = ["TIER_50", "TIER_250", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED"];
const QUALITIES: [&str; 4] = ["GREEN", "YELLOW", "RED", "UNKNOWN"];
const STATUSES: [&str; 6] = [CONNECTED, "PENDING", "DISCONNECTED", "FLAGGED", "RESTRICTED", "BANNED"];
/// Whose app hears of the account's reports.
const SUBSCRIPTIONS: [&str; 4] = ["own", "another", "both", "none"];

impl Change {
    fn check(&self) -> Result<(), &'static str> {
        let empty = |text: &Option<String>| text.as_deref().is_some_and(str::is_empty);
        if [&self.access_token, &self.app_secret, &self.verify_token].into_iter().any(empty) {
            return Err("a token or a secret must not be empty");
        }
        if self.webhook_url.as_deref().is_some_and(|url| !is_web_address(url)) {
            return Err("webhook_url must be an http or https URL");
        }
        if self.restriction.is_some_and(|code| code != 0 && !RESTRICTIONS.contains(&code)) {
            return Err("restriction must be 131031 (locked), 131042 (unpaid), 368 (policy) or 0 (none)");
        }
        if self.messages_per_second.is_some_and(|messages| messages > 10_000) {
            return Err("messages_per_second must be at most 10000; 0 is without end");
        }
        if self.messaging_limit.as_deref().is_some_and(|limit| !LIMITS.contains(&limit)) {
            return Err(
                "messaging_limit must be TIER_50, TIER_250, TIER_2K, TIER_10K, TIER_100K or TIER_UNLIMITED",
            );
        }
        if self.quality_rating.as_deref().is_some_and(|quality| !QUALITIES.contains(&quality)) {
            return Err("quality_rating must be GREEN, YELLOW, RED or UNKNOWN");
        }
        self.check_more()
    }
}

impl Change {
    fn check_more(&self) -> Result<(), &'static str> {
        if self.status.as_deref().is_some_and(|status| !STATUSES.contains(&status)) {
            return Err("status must be CONNECTED, PENDING, DISCONNECTED, FLAGGED, RESTRICTED or BANNED");
        }
        if self.permissions.iter().flatten().any(|it| !PERMISSIONS.contains(&it.as_str())) {
            return Err("permissions can be whatsapp_business_messaging and whatsapp_business_management");
        }
        if self.subscription.as_deref().is_some_and(|word| !SUBSCRIPTIONS.contains(&word)) {
            return Err("subscription must be own, another, both or none");
        }
        Ok(())
    }

    fn subscription(&self, known: &Subscription) -> Subscription {
        let Some(word) = self.subscription.as_deref() else { return known.clone() };
        Subscription {
            subscribed: matches!(word, "own" | "both"),
            another: matches!(word, "another" | "both"),
            ..known.clone()
        }
    }
}

impl Senders {
    /// Changes one sender. What belongs to its token changes for all that use the token, what belongs to its account for
    /// all numbers of the account, and what belongs to its app for all accounts of the app.
    ///
    /// # Errors
    /// A sentence about the value that cannot be.
    pub(crate) fn change(&mut self, phone_number_id: &str, change: &Change) -> Result<(), &'static str> {
        change.check()?;
        let Some(number) = self.numbers.iter_mut().find(|it| it.line.phone_number_id == phone_number_id)
        else {
            return Err("there is no such sender");
        };
        if let Some(token) = &change.access_token {
            number.token.clone_from(token);
            number.token_expired = false;
        }
        number.pair_rate = change.pair_rate.unwrap_or(number.pair_rate);
        number.messages_per_second = change.messages_per_second.unwrap_or(number.messages_per_second);
        if let Some(status) = &change.status {
            number.status.clone_from(status);
        }
        if let Some(quality) = &change.quality_rating {
            number.quality.clone_from(quality);
        }
        let (token, account) = (number.token.clone(), number.line.waba_id.clone());
        for number in self.numbers.iter_mut().filter(|it| it.token == token) {
            number.token_expired = change.token_expired.unwrap_or(number.token_expired);
            if let Some(permissions) = &change.permissions {
                number.permissions.clone_from(permissions);
            }
        }
        if let Some(account) = self.account_mut(&account) {
            if let Some(code) = change.restriction {
                account.restriction = (code != 0).then_some(code);
            }
            account.subscription = change.subscription(&account.subscription);
            if let Some(limit) = &change.messaging_limit {
                account.messaging_limit.clone_from(limit);
            }
        }
        let secret = self.account(&account).map(|it| it.app.secret.clone()).unwrap_or_default();
        for account in self.accounts.iter_mut().filter(|it| it.app.secret == secret) {
            let app = &mut account.app;
            app.secret = change.app_secret.clone().unwrap_or_else(|| secret.clone());
            app.verify_token = change.verify_token.clone().unwrap_or_else(|| app.verify_token.clone());
            app.webhook_url = change.webhook_url.clone().or_else(|| app.webhook_url.clone());
        }
        Ok(())
    }
}
