//! The way of a message from the call to the phone: which faults strike it, when it is sent and delivered, and the
//! answers that are none. Shared by WhatsApp and SMS; knows nothing of either's wire format.

use axum::{
    body::{Body, Bytes},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use std::time::Duration;

use crate::{
    clock,
    faults::Fault,
    number::Number,
    phone::{Channel, Quirks, Status},
    queue::Task,
    world::World,
};

/// Webhooks and arrivals are due on this grid, so that under load many leave in one request.
const GRID_MS: u64 = 20;

/// How the call is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Usual,
    /// Refused with a code of Meta's table.
    Error {
        code: u32,
        http_status: Option<u16>,
    },
    /// A bare HTTP error.
    Http(u16),
    Garbage,
    /// For so many milliseconds, or until the client gives up.
    Hang(Option<u64>),
    Drop,
}

/// What all faults that struck one message add up to.
pub(crate) struct Orders {
    pub(crate) answer: Answer,
    accept: bool,
    pub(crate) slow_ms: u64,
    fails_with: Option<u32>,
    delay_ms: u64,
    disorder: bool,
    pub(crate) quirks: Quirks,
}

impl Orders {
    /// The message is taken, whatever the caller is told.
    pub(crate) const fn accepts(&self) -> bool {
        self.accept
    }

    /// The message is taken, and then fails with this code, unless a fault has it fail with another.
    pub(crate) fn fail(&mut self, code: u32) {
        self.fails_with.get_or_insert(code);
    }

    fn follow(&mut self, fault: Fault) {
        match fault {
            Fault::Error { code, http_status } => self.refuse(Answer::Error { code, http_status }, false),
            Fault::HttpError { http_status, accept } => self.refuse(Answer::Http(http_status), accept),
            Fault::Garbage { accept } => self.refuse(Answer::Garbage, accept),
            Fault::Hang { accept, delay_ms } => self.refuse(Answer::Hang(delay_ms), accept),
            Fault::Drop { accept } => self.refuse(Answer::Drop, accept),
            Fault::SlowAnswer { delay_ms } => self.slow_ms = delay_ms,
            Fault::StatusFailed { code } => self.fails_with = Some(code),
            Fault::Delay { delay_ms } => self.delay_ms = delay_ms,
            Fault::WebhookDelay { delay_ms } => self.quirks.late_ms = delay_ms,
            Fault::Duplicate => self.quirks.twice = true,
            Fault::Disorder => self.disorder = true,
            Fault::Silence => self.quirks.silent = true,
        }
    }

    const fn refuse(&mut self, answer: Answer, accept: bool) {
        self.answer = answer;
        self.accept = accept;
    }
}

/// Uses up the faults that wait for this message. Only a message that none waits for can be struck by chance.
pub(crate) fn orders(world: &World, to: &Number, channel: Channel) -> Orders {
    let mut orders = Orders {
        answer: Answer::Usual,
        accept: true,
        slow_ms: 0,
        fails_with: None,
        delay_ms: 0,
        disorder: false,
        quirks: Quirks::default(),
    };
    let struck = world.faults().strike(to, channel);
    if !struck.is_empty() {
        world.changed();
    }
    let by_chance = if struck.is_empty() { world.chaos().strike(channel) } else { None };
    for fault in struck.into_iter().chain(by_chance) {
        orders.follow(fault);
    }
    orders
}

/// Lets a stored message travel: queues its arrival and the reports about it.
pub(crate) fn travel(world: &World, n: u64, orders: &Orders) {
    let now = clock::now_ms();
    let pace = world.delivery;
    let due = |after: u64| match after + orders.delay_ms {
        0 => now,
        wait => (now + wait).next_multiple_of(GRID_MS),
    };
    let (first, second) = (due(pace.sent_ms), due(pace.delivered_ms.max(pace.sent_ms)));
    let step = |at, becomes, report| world.queue.push(at, Task::Status { message: n, becomes, report });
    if let Some(code) = orders.fails_with {
        if let Some(message) = world.phones().message_mut(n) {
            message.failure = Some(code);
        }
        step(first, Status::Failed, Status::Failed);
    } else if orders.disorder {
        step(first, Status::Sent, Status::Delivered);
        step(second, Status::Delivered, Status::Sent);
    } else {
        step(first, Status::Sent, Status::Sent);
        step(second, Status::Delivered, Status::Delivered);
    }
    world.changed();
}

/// Waits, but not beyond the end of the simulator.
pub(crate) async fn linger(world: &World, ms: u64) {
    if ms > 0 {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(ms)) => {}
            () = world.closed() => {}
        }
    }
}

/// Answers that no client can make sense of.
pub(crate) async fn misbehave(world: &World, answer: Answer) -> Response {
    match answer {
        Answer::Http(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            (status, [(CONTENT_TYPE, "text/html")], "<html><body>Upstream is having a bad day.</body></html>")
                .into_response()
        }
        Answer::Garbage => ([(CONTENT_TYPE, "application/json")], "{\"messages\":[{\"id\":").into_response(),
        Answer::Hang(limit) => {
            match limit {
                Some(ms) => linger(world, ms).await,
                None => world.closed().await,
            }
            broken()
        }
        Answer::Drop | Answer::Error { .. } | Answer::Usual => broken(),
    }
}

/// A body that fails before its first byte makes the server close the connection instead of answering.
fn broken() -> Response {
    let cut = std::io::Error::new(std::io::ErrorKind::ConnectionAborted, "ordered by a fault");
    Response::new(Body::from_stream(futures_util::stream::once(async { Err::<Bytes, _>(cut) })))
}
