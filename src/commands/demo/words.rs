//! What a running demo says of itself.

use std::path::Path;

use serde_json::json;

use super::Addresses;
use crate::commands::output;

impl Addresses {
    /// The line that programs read.
    pub(super) fn in_json(&self) -> String {
        let Self { provider, simulator, portal } = self;
        json!({ "event": "ready", "provider": provider, "simulator": simulator, "portal": portal })
            .to_string()
    }

    /// Three addresses, and four lines of what to do.
    pub(super) fn in_words(&self, directory: &Path) -> String {
        let places = output::aligned(&[
            ("Portal", &format!("{}   a shop whose customers sign in over WhatsApp", self.portal)),
            ("Phone", &format!("{}   the simulated WhatsApp", self.simulator)),
            ("Provider", &format!("{}   Watchword, which signs them in", self.provider)),
        ]);
        let kept = directory.display();
        format!(
            "\n{places}\n\
             \x20 1. Open the portal and choose \"Sign in with WhatsApp\".\n\
             \x20 2. Type any mobile number, such as +91 98765 43210. No real message is sent.\n\
             \x20 3. Open the phone: the code has arrived there.\n\
             \x20 4. Type the code. You are signed in.\n\n\
             Kept in {kept}; remove it to begin anew. Ctrl-C ends the demo.\n"
        )
    }
}
