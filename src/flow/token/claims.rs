//! What a client learns of a person, by scope (OpenID Connect Core 1.0, sections 5.1 and 5.4), and of whom anything may
//! be said at all. Only `/userinfo` tells it: an ID token comes back in an address, as the `id_token_hint` of a sign-out,
//! and no address may hold a number.

use serde_json::{Map, Value};
use watchword_domain::ids::UserId;
use watchword_domain::scope::{Scope, Scopes};
use watchword_store::{PoolRows, UserPhone, UserRow};

use crate::error::Fault;

/// A user who may be spoken about, and the number if it is among what may be said.
pub(crate) struct Person {
    pub(crate) user: UserRow,
    pub(crate) phone: Option<UserPhone>,
}

/// The user with this id; nobody when they are gone or disabled.
pub(crate) async fn live_user(rows: &PoolRows, id: &UserId) -> Result<Option<UserRow>, Fault> {
    Ok(rows.find_user(id).await?.filter(|user| user.disabled_at.is_none()))
}

impl Person {
    /// The person behind a user id; nobody when the user is gone or disabled. The number is only read for `phone`.
    pub(crate) async fn find(rows: &PoolRows, id: &UserId, scopes: &Scopes) -> Result<Option<Self>, Fault> {
        let Some(user) = live_user(rows, id).await? else { return Ok(None) };
        let phone = if scopes.has(Scope::Phone) { rows.find_phone_of(id).await? } else { None };
        Ok(Some(Self { user, phone }))
    }

    /// The claims that these scopes open. A number is only ever bound by proving it, so it is always a verified one.
    pub(crate) fn claims(&self, scopes: &Scopes) -> Map<String, Value> {
        let mut claims = Map::new();
        let mut say = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        if scopes.has(Scope::Profile) {
            if let Some(name) = &self.user.name {
                say("name", name.as_str().into());
            }
            say("locale", self.user.language.tag().into());
            say("updated_at", self.user.updated_at.seconds().into());
        }
        if let Some(bound) = self.phone.as_ref().filter(|_| scopes.has(Scope::Phone)) {
            say("phone_number", bound.phone.as_e164().into());
            say("phone_number_verified", true.into());
        }
        claims
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use watchword_domain::{Language, Phone, Timestamp};

    /// A person with a number, and a name or none.
    fn person(name: Option<&str>) -> Person {
        let at = Timestamp::from_seconds(1_700_000_000);
        let user = UserRow {
            id: "5TvT2rG1yE9xZ0aBcDeFgH".into(),
            name: name.map(str::to_owned),
            language: Language::Pt,
            created_at: at,
            updated_at: at,
            disabled_at: None,
            email: None,
        };
        let phone = Phone::from_e164("+14155550123").unwrap();
        let (id, user_id) = ("a".into(), user.id.clone());
        let bound = UserPhone { id, user_id, phone, proved_at: at, identity_key_hash: None };
        Person { user, phone: Some(bound) }
    }

    fn claims(name: Option<&str>, scopes: &str) -> Value {
        person(name).claims(&Scopes::parse(scopes)).into()
    }

    #[test]
    fn a_client_learns_what_its_scopes_open_and_no_more() {
        assert_eq!(claims(Some("Asha"), "openid offline_access"), json!({}));
        let number = json!({ "phone_number": "+14155550123", "phone_number_verified": true });
        assert_eq!(claims(Some("Asha"), "openid phone"), number);
        let profile = json!({ "name": "Asha", "locale": "pt", "updated_at": 1_700_000_000 });
        assert_eq!(claims(Some("Asha"), "openid profile"), profile);
    }

    #[test]
    fn a_claim_without_a_value_is_left_out() {
        assert_eq!(claims(None, "openid profile"), json!({ "locale": "pt", "updated_at": 1_700_000_000 }));
    }
}
