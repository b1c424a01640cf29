//! What an access token is good for, as Meta tells it.

use serde_json::Value;

use super::account::{Account, Unread};
use crate::json;

/// The permission to send and to be told what became of it.
pub const MESSAGING: &str = "whatsapp_business_messaging";

/// The permission to look at the account and its templates, and to change them.
pub const MANAGEMENT: &str = "whatsapp_business_management";

/// What Meta says of a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Granted {
    /// What it may do; nothing when Meta does not say.
    pub permissions: Option<Vec<String>>,
    /// Meta's id of the app it belongs to, where it is told.
    pub app_id: Option<String>,
    /// When it ends, in Unix seconds; nothing when it does not, or nobody says so.
    pub expires_at: Option<i64>,
}

impl Granted {
    /// Those of these permissions that it certainly lacks.
    #[must_use]
    pub fn lacks<'a>(&self, needed: &[&'a str]) -> Vec<&'a str> {
        let Some(permissions) = &self.permissions else { return Vec::new() };
        needed.iter().copied().filter(|needed| !permissions.iter().any(|it| it == needed)).collect()
    }
}

impl Account {
    /// What the token may do. It asks about itself, which Meta allows.
    ///
    /// # Errors
    /// When it cannot be read, and why.
    pub async fn granted(&self) -> Result<Granted, Unread> {
        let mut url = self.debug_token.clone();
        url.query_pairs_mut().append_pair("input_token", self.token.expose());
        let answer = self.call(self.client.get(url)).await?;
        let scopes = answer.pointer("/data/scopes").and_then(Value::as_array);
        let named = |scopes: &Vec<Value>| scopes.iter().filter_map(|it| json::text(it, "")).collect();
        Ok(Granted {
            permissions: scopes.map(named),
            app_id: json::text(&answer, "/data/app_id"),
            expires_at: json::integer(&answer, "/data/expires_at").filter(|at| *at > 0),
        })
    }
}
