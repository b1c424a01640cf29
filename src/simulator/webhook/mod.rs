//! Webhooks: what is due is settled on the phones first, then reported in signed POSTs that several events may share, and
//! repeated with growing pauses while the receiver does not answer 200. One task and a few requests at a time do it all.

mod backlog;
mod envelope;
pub(crate) mod handshake;
mod report;

use axum::body::Bytes;
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::task::JoinSet;

use crate::{
    clock,
    queue::{Addressee, Post, Receiver, Task, Way},
    signature, sms,
    world::World,
};
use backlog::Backlog;

/// Requests that may be under way at once.
const HANDS: usize = 4;
/// Most events in one POST. Meta documents up to a thousand; receivers must not mind the number.
const BATCH: usize = 100;
/// How often one POST is tried before it is given up.
const TRIES: u32 = 8;

/// Works until it is dropped: settles what is due and posts the reports.
pub(crate) async fn dispatch(world: Arc<World>) {
    let mut reports = Backlog::default();
    let mut posts: VecDeque<Post> = VecDeque::new();
    let mut hands: JoinSet<()> = JoinSet::new();
    loop {
        let mut lost = 0_usize;
        tokio::select! {
            tasks = world.queue.due() => {
                for task in tasks {
                    match task {
                        Task::Again(post) => posts.push_back(post),
                        other => {
                            let report = report::settle(&world, other);
                            lost += report.map_or(0, |report| usize::from(!reports.add(report)));
                        }
                    }
                }
                world.changed();
            }
            Some(_) = hands.join_next() => {}
        }
        if lost > 0 {
            tracing::warn!(lost, "the webhook receiver is too slow; reports were dropped");
        }
        while hands.len() < HANDS {
            let Some(post) = posts.pop_front().or_else(|| next_post(&mut reports)) else { break };
            hands.spawn(deliver(Arc::clone(&world), post));
        }
    }
}

fn next_post(reports: &mut Backlog) -> Option<Post> {
    let (to, events) = reports.next(BATCH)?;
    let body = envelope::seal(&to.account, events);
    Some(Post { to: Receiver::Webhook(to), body, tries: 0 })
}

/// The address, and what signs. Nothing without a subscribed app, or without the account.
fn way_to(world: &World, to: &Addressee) -> Option<(String, String)> {
    let senders = world.senders();
    let account = senders.account(&to.account)?;
    let target = match to.way {
        Way::Subscription => account.webhook_target(),
        Way::App => account.app.webhook_url.as_deref().filter(|_| account.subscription.subscribed),
    };
    Some((target?.to_owned(), account.app.secret.clone()))
}

/// One attempt. Without a subscribed app the report is dropped, as Meta drops it.
async fn deliver(world: Arc<World>, post: Post) {
    let taken = match &post.to {
        Receiver::Sms(carried) => sms::report::post(&world, carried, &post.body).await,
        Receiver::Webhook(to) => post_webhook(&world, to, &post.body).await,
    };
    if !taken {
        retry(&world, post);
    }
}

/// Whether it was taken, or goes nowhere.
async fn post_webhook(world: &World, to: &Addressee, body: &Bytes) -> bool {
    let Some((target, secret)) = way_to(world, to) else { return true };
    let Ok(mark) = signature::header(secret.as_bytes(), body) else {
        tracing::error!("a webhook could not be signed");
        return true;
    };
    let answer = world
        .client
        .post(target)
        .header("content-type", "application/json")
        .header("user-agent", "facebookexternalua")
        .header("x-hub-signature-256", mark)
        .body(body.clone())
        .send()
        .await;
    match answer {
        Ok(answer) => {
            let accepted = answer.status() == reqwest::StatusCode::OK;
            // Read to the end, so that the connection can be used again.
            let _ = answer.bytes().await;
            accepted
        }
        Err(_) => false,
    }
}

fn retry(world: &World, post: Post) {
    let tries = post.tries + 1;
    if tries >= TRIES {
        tracing::warn!(tries, "a webhook was given up: the receiver never answered 200");
        return;
    }
    let pause = Duration::from_millis(world.delivery.retry_ms).saturating_mul(1 << post.tries);
    let pause = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
    world.queue.push(clock::now_ms().saturating_add(pause), Task::Again(Post { tries, ..post }));
}
