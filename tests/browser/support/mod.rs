//! The stage of a test: a demo, a browser on its portal, and a phone.

mod axe;
mod browser;
mod demo;
mod gallery;
mod phone;
#[cfg(feature = "test-postgres")]
mod postgres;

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use futures_util::FutureExt;

pub use browser::{Browser, Wishes};
pub use demo::Demo;
pub use gallery::Gallery;
pub use phone::{Phone, another_than};

/// Long enough for any machine; only a test that would otherwise hang ever waits it out.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks at something that is awaited.
const PAUSE: Duration = Duration::from_millis(50);

/// The wait before a further code that most tests want: as short as configuration lets it be.
pub const SHORT_WAITS: [(&str, &str); 1] = [("WATCHWORD_LIMITS_RESEND_WAITS_SECONDS", "1")];

/// What a test plays on.
pub struct Stage {
    pub demo: Demo,
    pub browser: Browser,
    /// Whose number signs in.
    pub phone: Phone,
}

/// Plays a test on a stage of its own, and takes the stage down however the test ends. `settings` are environment
/// variables for the demo.
pub async fn on_stage(wishes: Wishes, settings: &[(&str, &str)], play: impl AsyncFnOnce(&Stage)) {
    play_on(Demo::start(settings).await, wishes, play).await;
}

/// Plays a test on an installation with PostgreSQL.
#[cfg(feature = "test-postgres")]
pub async fn on_postgres(play: impl AsyncFnOnce(&Stage)) {
    play_on(Demo::with_postgres().await, Wishes::default(), play).await;
}

async fn play_on(demo: Demo, wishes: Wishes, play: impl AsyncFnOnce(&Stage)) {
    let browser = Browser::open(wishes).await;
    let phone = Phone::new(&demo.simulator, "+919876543210");
    let stage = Stage { demo, browser, phone };
    let played = AssertUnwindSafe(play(&stage)).catch_unwind().await;
    if played.is_err() {
        stage.report().await;
    }
    stage.browser.close().await;
    if let Err(panic) = played {
        resume_unwind(panic);
    }
}

impl Stage {
    /// From the portal's home to the number page.
    pub async fn open_sign_in(&self) {
        self.browser.goto(&self.demo.portal).await;
        self.browser.click("#sign-in").await;
        self.browser.see("#number").await;
    }

    /// From the portal's home to the code page.
    pub async fn ask_for_code(&self) {
        self.open_sign_in().await;
        self.browser.fill("#phone", self.phone.number()).await;
        self.browser.click("#number button").await;
        self.browser.see("#code").await;
    }

    /// From the portal's home to the account page.
    pub async fn sign_in(&self) {
        self.ask_for_code().await;
        let code = self.phone.next_code().await;
        self.browser.fill("#code", &code).await;
        self.browser.see("#who").await;
    }

    /// What a person would want to know when a test has failed.
    async fn report(&self) {
        let name = std::thread::current().name().unwrap_or("test").replace("::", "-");
        self.browser.picture(&format!("failed-{name}"), browser::WINDOW.0).await;
        eprintln!("at {}\n{}", self.browser.address().await, self.demo.errors());
    }
}
