//! Headless Chromium, driven as a person would: every step waits for what should be there.

use std::fs;
use std::path::Path;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};
use url::{ParseError, Url};

use super::{PATIENCE, PAUSE};

/// Flags that keep Chromium quiet and to itself on any machine, also as root and without a network, and its pages still,
/// so that what is looked at does not move.
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
    "--hide-scrollbars",
];

/// The window's size in pixels.
pub const WINDOW: (u64, u64) = (1280, 720);

/// How narrow a page must be readable (WCAG 2.2, success criterion 1.4.10).
pub const NARROW: u64 = 320;

/// What kind of person sits there.
#[derive(Clone, Copy)]
pub struct Wishes {
    /// The languages the browser asks for.
    pub languages: &'static str,
    /// Whether pages may run scripts.
    pub scripts: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { languages: "en-US,en", scripts: true }
    }
}

/// A browser with a fresh profile.
pub struct Browser {
    client: Client,
    _profile: TempDir,
}

impl Browser {
    pub async fn open(wishes: Wishes) -> Self {
        let driver = environment("WATCHWORD_TEST_CHROMEDRIVER_URL", "a running chromedriver");
        let profile = tempfile::tempdir().unwrap();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities(wishes, profile.path()));
        let client = builder.connect(&driver).await.expect("chromedriver opens Chromium");
        Self { client, _profile: profile }
    }

    pub async fn close(self) {
        self.client.close().await.unwrap();
    }

    pub async fn goto(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    /// Forgets the cookies of the host shown, as its person may at any time.
    pub async fn forget_cookies(&self) {
        self.client.delete_all_cookies().await.unwrap();
    }

    pub async fn address(&self) -> Url {
        self.client.current_url().await.unwrap()
    }

    /// The element, as soon as the page shows it.
    pub async fn see(&self, css: &str) -> Element {
        let shown = async {
            loop {
                if let Some(element) = self.glimpse(css).await {
                    return element;
                }
                sleep(PAUSE).await;
            }
        };
        match timeout(PATIENCE, shown).await {
            Ok(element) => element,
            Err(_) => panic!("{css} was never shown"),
        }
    }

    /// Waits until the element's text has `words` in it; returns all of it.
    pub async fn read(&self, css: &str, words: &str) -> String {
        let mut last = String::new();
        let read = async {
            loop {
                if let Some(element) = self.glimpse(css).await {
                    // The page may be replaced while it is looked at.
                    last = element.text().await.unwrap_or_default();
                    if last.contains(words) {
                        return;
                    }
                }
                sleep(PAUSE).await;
            }
        };
        if timeout(PATIENCE, read).await.is_err() {
            panic!("{css} never said {words:?}, but {last:?}");
        }
        last
    }

    /// Whether the page shows this now.
    pub async fn shows(&self, css: &str) -> bool {
        self.glimpse(css).await.is_some()
    }

    async fn glimpse(&self, css: &str) -> Option<Element> {
        for element in self.client.find_all(Locator::Css(css)).await.ok()? {
            if element.is_displayed().await.unwrap_or(false) {
                return Some(element);
            }
        }
        None
    }

    pub async fn click(&self, css: &str) {
        self.see(css).await.click().await.unwrap();
    }

    /// Types into a field, after what is there is gone.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.see(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Types into whatever has the focus.
    pub async fn type_keys(&self, text: &str) {
        self.client.active_element().await.unwrap().send_keys(text).await.unwrap();
    }

    /// Presses a key.
    pub async fn press(&self, key: Key) {
        self.type_keys(&String::from(char::from(key))).await;
    }

    /// Presses Tab until the element has the focus, as somebody without a mouse does.
    pub async fn tab_to(&self, css: &str) {
        self.press_until_focus("\u{E004}", css).await;
    }

    /// The same backwards, with Shift.
    pub async fn tab_back_to(&self, css: &str) {
        self.press_until_focus("\u{E008}\u{E004}", css).await;
    }

    async fn press_until_focus(&self, keys: &str, css: &str) {
        for _ in 0..40 {
            if self.has_focus(css).await {
                return;
            }
            self.type_keys(keys).await;
        }
        panic!("{css} cannot be reached by Tab");
    }

    pub async fn has_focus(&self, css: &str) -> bool {
        self.run("return document.activeElement.matches(arguments[0])", vec![json!(css)]).await == json!(true)
    }

    /// Waits until the element has the focus.
    pub async fn expect_focus(&self, css: &str) {
        let focused = async {
            while !self.has_focus(css).await {
                sleep(PAUSE).await;
            }
        };
        timeout(PATIENCE, focused).await.unwrap_or_else(|_| panic!("{css} never had the focus"));
    }

    /// Whether one can see that the element with the focus has it: it, or what is around it, looks otherwise without.
    pub async fn focus_is_drawn(&self) -> bool {
        const DRAWN: &str = "
            const focused = document.activeElement;
            const looks = () => {
              const all = [];
              for (let element = focused; element !== document.body; element = element.parentElement) {
                const { outline, boxShadow, borderColor } = getComputedStyle(element);
                all.push(outline, boxShadow, borderColor);
              }
              return all.join();
            };
            const before = looks();
            focused.blur();
            return before !== looks();";
        self.run(DRAWN, vec![]).await == json!(true)
    }

    /// Runs a script of the test in the page.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap()
    }

    /// Runs one that calls its last argument when it is done.
    pub async fn run_until_done(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute_async(script, arguments).await.unwrap()
    }

    /// Opens another tab, does something in it, and comes back.
    pub async fn in_another_tab(&self, act: impl AsyncFnOnce(&Self)) {
        let here = self.client.window().await.unwrap();
        let there = self.client.new_window(true).await.unwrap().handle;
        self.client.switch_to_window(there).await.unwrap();
        act(self).await;
        self.client.close_window().await.unwrap();
        self.client.switch_to_window(here).await.unwrap();
    }

    /// Asks for `light` or `dark` pages.
    pub async fn prefer(&self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// A picture of the whole page in a window of this width, for people to look at. Returns how wide its content is.
    pub async fn picture(&self, name: &str, width: u64) -> u64 {
        self.resize(width, WINDOW.1).await;
        let size = self.devtools("Page.getLayoutMetrics", json!({})).await["cssContentSize"].clone();
        self.resize(width, size["height"].as_u64().unwrap()).await;
        let picture = self.devtools("Page.captureScreenshot", json!({})).await;
        self.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await;
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        fs::create_dir_all(target.join("screenshots")).unwrap();
        let bytes = from_base64(picture["data"].as_str().unwrap());
        fs::write(target.join("screenshots").join(format!("{name}.png")), bytes).unwrap();
        size["width"].as_u64().unwrap()
    }

    /// As narrow as any phone from now on, until the next picture.
    pub async fn narrow(&self) {
        self.resize(NARROW, WINDOW.1).await;
    }

    /// How wide the page's content is.
    pub async fn width(&self) -> u64 {
        let size = self.devtools("Page.getLayoutMetrics", json!({})).await["cssContentSize"].clone();
        size["width"].as_u64().unwrap()
    }

    async fn resize(&self, width: u64, height: u64) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.client.issue_cmd(DevTools { body: json!({"cmd": command, "params": parameters}) }).await.unwrap()
    }
}

/// A variable of the environment that the tests cannot do without.
pub fn environment(name: &str, what: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "where ./scripts/test says what it started")]
    let value = std::env::var(name);
    value.unwrap_or_else(|_| panic!("{name} must name {what}; ./scripts/test provides it"))
}

fn capabilities(wishes: Wishes, profile: &Path) -> Capabilities {
    let flags = FLAGS.iter().map(ToString::to_string);
    let window = format!("--window-size={},{}", WINDOW.0, WINDOW.1);
    let profile = format!("--user-data-dir={}", profile.display());
    let flags: Vec<String> = flags.chain([window, profile]).collect();
    // 1 lets pages run scripts, 2 forbids it.
    let scripts = if wishes.scripts { 1 } else { 2 };
    let preferences = json!({
        "intl.accept_languages": wishes.languages,
        "profile.managed_default_content_settings.javascript": scripts,
    });
    let Value::Object(capabilities) = json!({"goog:chromeOptions": {"args": flags, "prefs": preferences}})
    else {
        return Capabilities::new();
    };
    capabilities
}

fn from_base64(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

/// A command of the Chrome DevTools Protocol, by way of chromedriver.
#[derive(Debug)]
struct DevTools {
    body: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
