//! `/v{N}/{waba}/subscribed_apps`: whether webhooks leave at all, and where to. Forgetting this call is the most common
//! reason for silence with the real service, so it has its effect here too.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::HeaderMap,
};
use serde_json::{Value, json};
use std::sync::Arc;

use super::{Answer, GraphError, enter_account, fields::Fields, json_body};
use crate::{sender::is_web_address, senders::Subscription, webhook::handshake, world::World};

/// The app that every token belongs to.
pub(super) const APP_ID: &str = "1000000000000001";
pub(super) const APP_NAME: &str = "Simulated app";

type Place = Path<(String, String)>;

/// The subscribed app, if there is one.
pub(super) async fn get(State(world): State<Arc<World>>, Path(path): Place, headers: HeaderMap) -> Answer {
    let account = enter_account(&world, &path, &headers, "get")?;
    let subscription = subscription(&world, &account);
    let mut apps = Vec::new();
    if subscription.another {
        apps.push(app("1000000000000002", "Another app"));
    }
    if subscription.subscribed {
        let mut own = app(APP_ID, APP_NAME);
        if let (Some(fields), Some(callback)) = (own.as_object_mut(), subscription.callback) {
            fields.insert("override_callback_uri".into(), callback.into());
        }
        apps.push(own);
    }
    Ok(Json(json!({ "data": apps })))
}

fn app(id: &str, name: &str) -> Value {
    let link = format!("https://www.facebook.com/games/?app_id={id}");
    json!({ "whatsapp_business_api_data": { "link": link, "name": name, "id": id } })
}

fn subscription(world: &World, account: &str) -> Subscription {
    world.senders().account(account).map(|account| account.subscription.clone()).unwrap_or_default()
}

/// Changes what concerns our app; another stays.
fn subscribe(world: &World, account: &str, subscription: Subscription) {
    if let Some(account) = world.senders().account_mut(account) {
        let another = account.subscription.another;
        account.subscription = Subscription { another, ..subscription };
    }
}

/// Subscribes the app. With `override_callback_uri` the address must pass the handshake first.
pub(super) async fn post(
    State(world): State<Arc<World>>,
    Path(path): Place,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let account = enter_account(&world, &path, &headers, "post")?;
    let request =
        if body.is_empty() { Value::Object(serde_json::Map::new()) } else { json_body(&headers, &body)? };
    let fields = Fields::of(&request, "")?;
    fields.only(&["override_callback_uri", "verify_token"])?;
    let callback = match fields.optional_text("override_callback_uri")? {
        None => None,
        Some(address) => {
            let token = fields.text("verify_token")?;
            if !is_web_address(address) {
                return Err(GraphError::parameter("Param override_callback_uri must be a web address."));
            }
            let outcome = handshake::verify(&world.client, address, token).await;
            if !outcome.verified {
                let sentence = format!("The callback URL could not be verified: {}", outcome.detail);
                return Err(GraphError::new(2200, sentence));
            }
            Some(address.to_owned())
        }
    };
    subscribe(&world, &account, Subscription { subscribed: true, callback, ..Subscription::default() });
    Ok(Json(json!({ "success": true })))
}

/// Ends the subscription: from now on no webhook leaves.
pub(super) async fn delete(State(world): State<Arc<World>>, Path(path): Place, headers: HeaderMap) -> Answer {
    let account = enter_account(&world, &path, &headers, "delete")?;
    subscribe(&world, &account, Subscription::default());
    Ok(Json(json!({ "success": true })))
}
