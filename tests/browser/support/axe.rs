//! axe-core: an independent judge of whether a page can be used by everybody.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::browser::{Browser, NARROW, WINDOW};

const RUN: &str = "
    const [options, done] = arguments;
    axe.run(document, { resultTypes: ['violations'], ...options })
       .then((result) => done(result.violations), (error) => done(String(error)));";

impl Browser {
    /// What every page owes: no barriers in light and in dark, nothing cut off at 320 pixels. Leaves pictures.
    pub async fn inspect(&self, place: &str) {
        self.run(script(), vec![]).await;
        self.expect_no_barriers(place, json!({})).await;
        self.picture(&format!("{place}-light"), WINDOW.0).await;
        // In the dark only the colours differ.
        self.prefer("dark").await;
        self.expect_no_barriers(&format!("{place}, dark"), json!({"runOnly": ["color-contrast"]})).await;
        self.picture(&format!("{place}-dark"), WINDOW.0).await;
        self.prefer("light").await;
        let width = self.picture(&format!("{place}-320"), NARROW).await;
        assert_eq!(width, NARROW, "{place} scrolls sideways at 320 pixels");
    }

    /// What is wrong with a page on the narrowest phone: barriers in light and in dark, and what is cut off. The window
    /// must have been made [`narrow`](Self::narrow).
    pub async fn complaints(&self, place: &str) -> Vec<String> {
        self.run(script(), vec![]).await;
        let mut told = self.barriers(json!({})).await;
        self.prefer("dark").await;
        told.extend(self.barriers(json!({"runOnly": ["color-contrast"]})).await);
        self.prefer("light").await;
        let width = self.width().await;
        told.extend((width != NARROW).then(|| format!("it is {width} pixels wide where there are {NARROW}")));
        told.into_iter().map(|wrong| format!("{place}: {wrong}")).collect()
    }

    /// Fails with every barrier that axe-core finds on the page.
    async fn expect_no_barriers(&self, place: &str, options: Value) {
        let told = self.barriers(options).await;
        assert!(told.is_empty(), "{place} at {}:\n{}", self.address().await, told.join("\n"));
    }

    async fn barriers(&self, options: Value) -> Vec<String> {
        let found = self.run_until_done(RUN, vec![options]).await;
        let violations = found.as_array().unwrap_or_else(|| panic!("axe-core failed: {found}"));
        violations.iter().map(tell).collect()
    }
}

/// The program, read once from the file that the environment names.
fn script() -> &'static str {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    SCRIPT.get_or_init(|| {
        let path = super::browser::environment("WATCHWORD_TEST_AXE", "the file axe.min.js");
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    })
}

fn tell(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    let nodes: Vec<String> =
        nodes.map(|node| format!("  {}\n  {}", node["html"], node["failureSummary"])).collect();
    format!("{} ({}): {}\n{}", violation["id"], violation["impact"], violation["help"], nodes.join("\n"))
}
