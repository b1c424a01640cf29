//! `/sign-in/events`: how the message fares, live (server-sent events).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{Stream, unfold};
use http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, watch};
use watchword_domain::Language;
use watchword_domain::ids::ChallengeId;
use watchword_domain::sign_in::{SignIn, Step};
use watchword_flow::error::Error;

use crate::Doors;
use crate::extract::of_sign_in::OfSignIn;
use crate::extract::visitor::Visitor;
use crate::respond::delivery::delivery_of;
use crate::respond::problem;

/// How often the rows are looked at when nobody in this process tells of news: another node may have heard it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Longest time one connection follows; the page comes again if it still waits.
const LOOKS: u32 = 450;

struct Follower {
    doors: Doors,
    visitor: Visitor,
    sign_in: SignIn,
    challenge: ChallengeId,
    language: Language,
    news: watch::Receiver<()>,
    closing: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
    last: Option<String>,
    looks: u32,
}

/// The stream of a sign-in that waits for its code.
pub async fn get(State(doors): State<Doors>, visitor: Visitor, OfSignIn(id): OfSignIn) -> Response {
    let current = match doors.flow.sign_in(&visitor.pool, &visitor.browser, &id).await {
        Ok(current) => current,
        Err(Error::Refused(_)) => return StatusCode::NOT_FOUND.into_response(),
        Err(Error::Fault(fault)) => return problem::fault(&fault),
    };
    // 204 tells an EventSource not to come again.
    let Ok(Step::EnterCode(challenge)) = current.step else { return StatusCode::NO_CONTENT.into_response() };
    // Where there is no place left the page asks every few seconds instead.
    let places = (doors.streams.clone().try_acquire_owned(), doors.flow.follow(&challenge));
    let (Ok(place), Some(news)) = places else { return StatusCode::NO_CONTENT.into_response() };
    let mut follower = Follower {
        language: visitor.chosen.unwrap_or(current.sign_in.language),
        news,
        _place: place,
        closing: doors.closing.subscribe(),
        sign_in: current.sign_in,
        challenge,
        doors,
        visitor,
        last: None,
        looks: 0,
    };
    let Some(first) = follower.next().await else { return StatusCode::NO_CONTENT.into_response() };
    let events = Sse::new(stream(first, follower)).keep_alive(KeepAlive::default());
    // nginx, as it comes, would keep what is told until it has a buffer full of it.
    ([("x-accel-buffering", "no")], events).into_response()
}

fn stream(first: String, follower: Follower) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold((Some(first), follower), |(first, mut follower)| async move {
        let data = match first {
            Some(data) => data,
            None => follower.next().await?,
        };
        Some((Ok(Event::default().event("delivery").data(data)), (None, follower)))
    })
}

impl Follower {
    /// The next thing worth telling; nothing when the stream is over.
    async fn next(&mut self) -> Option<String> {
        while self.looks < LOOKS {
            if self.looks > 0 {
                tokio::select! {
                    _ = self.news.changed() => {}
                    () = tokio::time::sleep(PATIENCE) => {}
                    _ = self.closing.wait_for(|closing| *closing) => return None,
                }
            }
            self.looks += 1;
            let (state, data) = self.look().await?;
            if self.last.as_ref() != Some(&state) {
                self.last = Some(state);
                return Some(data);
            }
        }
        None
    }

    /// What there is to tell, and what of it makes it news: seconds that merely passed do not.
    async fn look(&self) -> Option<(String, String)> {
        let (flow, pool, browser) = (&self.doors.flow, &self.visitor.pool, &self.visitor.browser);
        let progress = flow.progress(pool, browser, &self.sign_in, &self.challenge).await.ok()?;
        progress.challenge.open(self.doors.flow.now()).ok()?;
        let part = delivery_of(&progress, self.doors.flow.now());
        let event = self.doors.pages.delivery_event(&part, self.language).ok()?;
        Some((
            format!("{:?} {:?} {:?}", part.channel, part.state, part.failure),
            serde_json::to_string(&event).ok()?,
        ))
    }
}
