//! One WhatsApp Business Account: its app, who is subscribed, its templates, and what Meta thinks of it.

use crate::{
    number::Number,
    sender::Sender,
    signature,
    templates::{Review, Templates},
};

/// What stands between the account and the provider: whose secret signs, and where webhooks go.
pub(crate) struct App {
    pub(crate) secret: String,
    pub(crate) verify_token: String,
    pub(crate) webhook_url: Option<String>,
}

/// Whether the account has a subscribed app, and where its webhooks go.
#[derive(Clone, Default)]
pub(crate) struct Subscription {
    pub(crate) subscribed: bool,
    /// Whether somebody else's app is, too.
    pub(crate) another: bool,
    /// From `override_callback_uri`; wins over the address of the app.
    pub(crate) callback: Option<String>,
}

/// The account.
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) app: App,
    pub(crate) subscription: Subscription,
    pub(crate) templates: Templates,
    pub(crate) review: Review,
    /// Meta's code with which every send is refused.
    pub(crate) restriction: Option<u32>,
    /// `TIER_250` and so on.
    pub(crate) messaging_limit: String,
    /// Key of the user ids, which outlive a rotation of the app's secret.
    seal: String,
}

impl Account {
    pub(super) fn of(sender: &Sender, review: Review) -> Self {
        Self {
            id: sender.waba_id.clone(),
            name: sender.verified_name.clone(),
            app: App {
                secret: sender.app_secret.clone(),
                verify_token: sender.verify_token.clone(),
                webhook_url: sender.webhook_url.clone(),
            },
            subscription: Subscription {
                subscribed: sender.webhook_url.is_some(),
                ..Subscription::default()
            },
            templates: Templates::approved(&sender.templates),
            review,
            restriction: None,
            messaging_limit: "TIER_2K".into(),
            seal: sender.app_secret.clone(),
        }
    }

    /// Where webhooks go now; `None` while no app is subscribed, exactly as with Meta.
    pub(crate) fn webhook_target(&self) -> Option<&str> {
        if !self.subscription.subscribed {
            return None;
        }
        self.subscription.callback.as_deref().or(self.app.webhook_url.as_deref())
    }

    /// The business-scoped user id of whoever has this number now: the same for as long as the account is, and telling
    /// nothing.
    pub(crate) fn user_id(&self, phone: &Number, owner: u32) -> String {
        let mut scope = format!("{}:{}", self.id, phone.as_str());
        if owner > 0 {
            scope.push_str(&format!(":{owner}"));
        }
        let mark = signature::hmac(scope.as_bytes(), self.seal.as_bytes()).unwrap_or_default();
        let digits = mark.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        format!("{}.{digits:020}", phone.country())
    }
}
