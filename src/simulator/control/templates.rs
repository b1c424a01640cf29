//! `/simulator/templates`: how templates are reviewed, and what happens to one by hand.

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

use super::refuse;
use crate::{
    clock,
    queue::Task,
    senders::Account,
    templates::{self, Event, QUALITY_FIELD, Quality, Review, STATUS_FIELD, Stored},
    world::World,
};

/// Whose templates are shown.
#[derive(Deserialize)]
pub(super) struct Whose {
    waba_id: Option<String>,
}

/// What is ordered: a way of reviewing, or something that happens to a template.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Order {
    /// Only this account's.
    pub(crate) waba_id: Option<String>,
    pub(crate) review: Option<String>,
    pub(crate) delay_ms: Option<u64>,
    /// Of a rejection.
    pub(crate) reason: Option<String>,
    pub(crate) name: Option<String>,
    /// All languages when absent.
    pub(crate) language: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) quality: Option<String>,
}

/// Every account with its way of reviewing and its templates.
pub(super) async fn get(State(world): State<Arc<World>>, Query(whose): Query<Whose>) -> Response {
    let senders = world.senders();
    let wanted = |account: &&Account| whose.waba_id.as_deref().is_none_or(|id| account.id == id);
    let views: Vec<Value> = senders.accounts().iter().filter(wanted).map(view).collect();
    Json(views).into_response()
}

/// Does what is ordered. Answers with the templates it happened to, or with nothing but `{}`.
pub(super) async fn post(State(world): State<Arc<World>>, body: Bytes) -> Response {
    let order: Order = match serde_json::from_slice(&body) {
        Ok(order) => order,
        Err(error) => return refuse(&format!("the body must be JSON with review, or with name: {error}")),
    };
    let done = match (&order.review, &order.name) {
        (Some(_), None) => review(&world, &order).map(|()| json!({})),
        (None, Some(_)) => happen(&world, &order).map(|templates| json!({ "templates": templates })),
        _ => Err("exactly one of review and name is needed".into()),
    };
    match done {
        Ok(answer) => Json(answer).into_response(),
        Err(why) => refuse(&why),
    }
}

/// Sets how templates are reviewed from now on.
///
/// # Errors
/// A sentence about what is wrong with the order.
pub(crate) fn review(world: &World, order: &Order) -> Result<(), String> {
    let word = order.review.as_deref().unwrap_or_default();
    if (order.delay_ms.is_some() && word != "approve_after_ms")
        || (order.reason.is_some() && word != "reject")
    {
        return Err("delay_ms belongs to approve_after_ms, and reason to reject".into());
    }
    if order.language.is_some() || order.event.is_some() || order.quality.is_some() {
        return Err("language, event and quality belong to a name".into());
    }
    let review = match word {
        "approve_at_once" => Review::Approve,
        "approve_after_ms" => {
            let delay = order.delay_ms.filter(|ms| *ms <= 86_400_000);
            Review::ApproveAfter(delay.ok_or("approve_after_ms needs a delay_ms up to a day")?)
        }
        "reject" => Review::Reject(templates::reason(order.reason.as_deref())?),
        "hold" => Review::Hold,
        _ => return Err("review must be approve_at_once, approve_after_ms, reject or hold".into()),
    };
    let known = world.senders().review(order.waba_id.as_deref(), &review);
    world.changed();
    known.then_some(()).ok_or_else(|| "there is no account with this waba_id".into())
}

/// Lets something happen to the templates that are named, and tells the webhooks. Returns them as they are then.
///
/// # Errors
/// A sentence about what is wrong with the order.
pub(crate) fn happen(world: &World, order: &Order) -> Result<Vec<Value>, String> {
    if order.delay_ms.is_some() || (order.reason.is_some() && order.event.as_deref() != Some("REJECTED")) {
        return Err("delay_ms belongs to a review, and reason to the event REJECTED".into());
    }
    let event = order.event.as_deref().map(|word| Event::parse(word, order.reason.as_deref())).transpose()?;
    let quality = match order.quality.as_deref() {
        None => None,
        Some(word) => Some(Quality::parse(word).ok_or("quality must be GREEN, YELLOW, RED or UNKNOWN")?),
    };
    if event.is_none() && quality.is_none() {
        return Err("an event or a quality is needed".into());
    }
    let mut senders = world.senders();
    let (mut touched, mut told) = (Vec::new(), Vec::new());
    let wanted: Vec<String> = senders
        .accounts()
        .iter()
        .map(|account| account.id.clone())
        .filter(|id| order.waba_id.as_deref().is_none_or(|wanted| id == wanted))
        .collect();
    for id in &wanted {
        let Some(account) = senders.account_mut(id) else { continue };
        strike(account, order, (event.as_ref(), quality), (&mut touched, &mut told));
    }
    drop(senders);
    if touched.is_empty() {
        return Err("there is no such template".into());
    }
    for task in told {
        world.queue.push(clock::now_ms(), task);
    }
    world.changed();
    Ok(touched)
}

fn strike(
    account: &mut Account,
    order: &Order,
    (event, quality): (Option<&Event>, Option<Quality>),
    (touched, told): (&mut Vec<Value>, &mut Vec<Task>),
) {
    let now_s = clock::now_ms() / 1_000;
    let id = account.id.clone();
    let (name, language) = (order.name.as_deref().unwrap_or_default(), order.language.as_deref());
    let mut tell = |field, value| told.push(Task::Tell { account: id.clone(), field, value });
    for template in account.templates.named_mut(name, language) {
        if let Some(value) = quality.and_then(|quality| template.rate(quality, now_s)) {
            tell(QUALITY_FIELD, value);
        }
        if let Some(event) = event {
            tell(STATUS_FIELD, template.happen(event, now_s));
        }
        touched.push(summary(template));
    }
    if event == Some(&Event::Deleted) {
        let goes = |template: &Stored| language.is_none_or(|language| template.language == language);
        account.templates.remove(name, goes);
    }
}

fn view(account: &Account) -> Value {
    let (review, delay_ms, reason) = match &account.review {
        Review::Approve => ("approve_at_once", None, None),
        Review::ApproveAfter(ms) => ("approve_after_ms", Some(*ms), None),
        Review::Reject(reason) => ("reject", None, Some(reason.as_str())),
        Review::Hold => ("hold", None, None),
    };
    let mut view = json!({
        "waba_id": account.id,
        "review": review,
        "templates": account.templates.all().iter().map(summary).collect::<Vec<_>>(),
    });
    if let Some(fields) = view.as_object_mut() {
        fields.extend(delay_ms.map(|ms| ("delay_ms".to_owned(), ms.into())));
        fields.extend(reason.map(|reason| ("reason".to_owned(), reason.into())));
    }
    view
}

/// A template without its words.
fn summary(template: &Stored) -> Value {
    let mut view = template.view();
    if let Some(fields) = view.as_object_mut() {
        fields.retain(|name, _| name != "components" && name != "parameter_format");
    }
    view
}
