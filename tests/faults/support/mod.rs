//! What every test here stands on: a database and a configuration that outlive the provider's processes, the provider as
//! a process, Meta as the simulator, and a browser.

mod browser;
mod meta;
mod place;
mod process;
mod provider;
mod relay;

use std::time::Duration;

pub use browser::Browser;
pub use place::Place;
pub use process::Process;
pub use provider::Provider;
pub use relay::{Relay, Way};

/// Waits until there is something, thirty seconds at most.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..1500 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what}: not within thirty seconds");
}

/// The one HTTP client here: no redirects, so that each can be looked at.
#[expect(clippy::disallowed_methods, reason = "a test's own client")]
pub fn http_client() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.no_proxy().timeout(Duration::from_secs(30)).build().unwrap()
}

/// Runs a test on SQLite, and on PostgreSQL where the suite was given one.
macro_rules! on_both {
    ($($(#[$doc:meta])* fn $name:ident($place:ident) $body:block)*) => {$(
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn run($place: $crate::support::Place) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                run($crate::support::Place::with_sqlite().await).await;
            }

            #[cfg(feature = "test-postgres")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                run($crate::support::Place::with_postgres().await).await;
            }
        }
    )*};
}

pub(crate) use on_both;
