//! A stand-in for Meta's Graph API and a WhatsApp phone in the browser, and providers of SMS beside it.
//!
//! It owns the other side of the wire: it refuses what Meta would refuse, delivers to simulated phones, posts signed
//! webhooks, and misbehaves on order. It knows no other layer of Watchword; whoever talks to it does not know that it
//! is not Meta. See `docs/simulator.md`.

mod chaos;
mod clock;
mod control;
mod delivery;
mod faults;
mod graph;
mod host;
mod ids;
mod line;
mod mail;
mod number;
mod page;
mod people;
mod phone;
mod queue;
mod rate;
mod sender;
mod senders;
mod settings;
mod signature;
mod sms;
mod templates;
mod texts;
mod webhook;
mod world;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    response::Response,
    serve::ListenerExt as _,
};
use std::{future::Future, io, sync::Arc};
use tokio::net::TcpListener;

pub use sender::{Error, Sender, Template};
pub use settings::{DeliveryPace, Settings, SmsAccount};

use world::World;

/// Largest request taken; far above any message.
const LARGEST_BODY: usize = 256 * 1_024;

/// Simulated senders and their phones. All state is in memory and ends with it.
pub struct Simulator {
    world: Arc<World>,
}

impl Simulator {
    /// Makes a simulator.
    ///
    /// # Errors
    /// When a setting can never work, or the webhook client cannot be built.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        Self::with_sms(settings, SmsAccount::default())
    }

    /// Makes a simulator whose SMS providers know this account.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_sms(settings: Settings, sms: SmsAccount) -> Result<Self, Error> {
        Ok(Self { world: Arc::new(World::new(settings, sms)?) })
    }

    /// All endpoints and pages. Messages travel and webhooks leave only while [`run`](Self::run) is under way.
    pub fn router(&self) -> Router {
        let open = Router::new().merge(graph::router()).merge(sms::router());
        let own = Router::new()
            .merge(control::router())
            .merge(page::router())
            .layer(axum::middleware::from_fn(page::same_site_only))
            .layer(axum::middleware::from_fn_with_state(Arc::clone(&self.world), host::own_names_only));
        open.merge(own)
            .fallback(unknown)
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .with_state(Arc::clone(&self.world))
    }

    /// Serves on `listener` until `shutdown` resolves; requests under way are finished, endless ones are ended.
    ///
    /// # Errors
    /// Whatever the listener fails with.
    pub async fn run(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let world = Arc::clone(&self.world);
        let served = axum::serve(
            listener.tap_io(|stream| {
                // Small answers must not wait for more to come. A socket that cannot do it still works.
                let _ = stream.set_nodelay(true);
            }),
            self.router(),
        )
        .with_graceful_shutdown(async move {
            shutdown.await;
            world.close();
        });
        tokio::select! {
            outcome = served.into_future() => outcome,
            () = webhook::dispatch(Arc::clone(&self.world)) => Ok(()),
        }
    }

    /// Takes mails on `listener`, for `/mails` and `GET /simulator/mails`, until `shutdown` resolves.
    ///
    /// # Errors
    /// Whatever the listener fails with.
    pub async fn run_mail(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) -> io::Result<()> {
        tokio::select! {
            outcome = mail::serve(Arc::clone(&self.world), listener) => outcome,
            () = shutdown => Ok(()),
        }
    }
}

async fn unknown(request: Request) -> Response {
    if request.uri().path().starts_with("/v") { graph::unknown_path() } else { page::not_found() }
}
