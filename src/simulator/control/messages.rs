//! `GET /simulator/messages`: what reached a phone, newest first, with a long-poll for those who wait for a code.

use axum::{
    Json,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};
use tokio::sync::oneshot;

use super::refuse;
use crate::{
    ids::Way,
    number::Number,
    phone::{Button, Category, Channel, Message, Phones, Status},
    world::World,
};

/// Messages answered when no limit is given, and at most.
const USUAL: usize = 50;
const MOST: usize = 1_000;
/// Longest a long-poll waits.
const PATIENCE_MS: u64 = 60_000;

/// What is asked for.
#[derive(Deserialize)]
pub(super) struct Question {
    to: Option<String>,
    /// Only with this business number.
    phone_number_id: Option<String>,
    limit: Option<usize>,
    /// `to` (what phones received, the default), `from` (what people wrote) or `both`.
    direction: Option<String>,
    /// Wait this long for a message when there is none yet.
    wait_ms: Option<u64>,
    /// Only messages after this one, named by `n` or by id.
    after: Option<String>,
}

/// A message as the control interface shows it.
#[derive(Serialize)]
struct View<'a> {
    n: u64,
    direction: &'static str,
    channel: Channel,
    phone_number_id: &'a str,
    to: &'a str,
    body: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    footer: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Button]>::is_empty")]
    buttons: &'a [Button],
    code: Option<&'a str>,
    wamid: &'a str,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_with: Option<u32>,
    category: Category,
    template: Option<&'a str>,
    language: Option<&'a str>,
    correlation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a str>,
    at: u64,
}

impl<'a> View<'a> {
    fn of(message: &'a Message) -> Self {
        Self {
            n: message.n,
            direction: if message.way == Way::ToPhone { "to" } else { "from" },
            channel: message.channel,
            phone_number_id: &message.line.phone_number_id,
            to: message.phone.as_str(),
            body: &message.content.body,
            header: message.content.header.as_deref(),
            footer: message.content.footer.as_deref(),
            buttons: &message.content.buttons,
            code: message.code.as_deref(),
            wamid: &message.id,
            status: message.status,
            failed_with: message.failure.filter(|_| message.status == Status::Failed),
            category: message.category,
            template: message.template.as_deref(),
            language: message.language.as_deref(),
            correlation: message.correlation.as_deref(),
            context: message.context.as_deref(),
            at: message.at,
        }
    }
}

struct Search {
    phone: Option<Number>,
    business: Option<String>,
    way: Option<Way>,
    limit: usize,
    after: u64,
}

/// Answers at once, or when the first message comes that fits.
pub(super) async fn get(State(world): State<Arc<World>>, Query(question): Query<Question>) -> Response {
    let search = match question.search(&world.phones()) {
        Ok(search) => search,
        Err(why) => return refuse(why),
    };
    let wait_ms = question.wait_ms.unwrap_or(0).min(PATIENCE_MS);
    let mut patient = wait_ms > 0;
    let patience = tokio::time::sleep(Duration::from_millis(wait_ms));
    tokio::pin!(patience);
    loop {
        let next = match search.look(&mut world.phones(), patient) {
            Ok(found) => return found,
            Err(next) => next,
        };
        tokio::select! {
            _ = next => {}
            () = &mut patience => patient = false,
            () = world.closed() => patient = false,
        }
        if !patient {
            world.phones().stop_waiting(search.phone.as_ref());
        }
    }
}

impl Question {
    fn search(&self, phones: &Phones) -> Result<Search, &'static str> {
        let phone = match self.to.as_deref().filter(|to| !to.is_empty()) {
            None => None,
            Some(to) => Some(Number::lenient(to).ok_or("to must be +E.164")?),
        };
        let way = match self.direction.as_deref() {
            None | Some("to") => Some(Way::ToPhone),
            Some("from") => Some(Way::FromPhone),
            Some("both") => None,
            Some(_) => return Err("direction must be to, from or both"),
        };
        let after = match self.after.as_deref().filter(|after| !after.is_empty()) {
            None => 0,
            Some(after) => match after.parse() {
                Ok(n) => n,
                Err(_) => phones.find(after).ok_or("after is neither a number nor the id of a message")?.n,
            },
        };
        let business = self.phone_number_id.clone().filter(|id| !id.is_empty());
        Ok(Search { phone, business, way, limit: self.limit.unwrap_or(USUAL).clamp(1, MOST), after })
    }
}

impl Search {
    /// The answer, or, when there is nothing and one may wait, the signal of the next message.
    fn look(&self, phones: &mut Phones, may_wait: bool) -> Result<Response, oneshot::Receiver<()>> {
        if may_wait && self.find(phones).next().is_none() {
            return Err(phones.wait(self.phone.as_ref()));
        }
        Ok(self.answer(phones))
    }

    fn find<'a>(&'a self, phones: &'a Phones) -> impl Iterator<Item = &'a Message> {
        phones
            .newest_first(self.phone.as_ref(), self.business.as_deref())
            .take_while(|message| message.n > self.after)
            .filter(|message| self.way.is_none_or(|way| message.way == way))
    }

    fn answer(&self, phones: &Phones) -> Response {
        Json(self.find(phones).take(self.limit).map(View::of).collect::<Vec<_>>()).into_response()
    }
}
