//! What is said of something at Meta that could not be read.

use watchword_messaging::whatsapp::{MANAGEMENT, MESSAGING, Unread, errors};

use super::Examined;
use super::trouble::Trouble;

const API_URL: &str = "whatsapp.api_url";

impl Examined<'_> {
    /// What is said of something that could not be read.
    pub(super) fn unread(&self, setting: &str, id: &str, unread: &Unread) -> Trouble {
        let (api, names) = (self.api_url, self.names);
        match unread {
            Unread::NoConnection(_) | Unread::NoAnswer => {
                let mend = format!("Check {API_URL}, and that this machine may reach it.");
                Trouble::fatal(format!("WhatsApp at {api}"), format!("could not be asked: {unread}"), mend)
            }
            Unread::Strange { .. } => {
                let mend = format!(
                    "Check {API_URL}: it ends with a version, as in https://graph.facebook.com/v25.0."
                );
                Trouble::fatal(format!("WhatsApp at {api}"), format!("could not be read: {unread}"), mend)
            }
            Unread::Refused { subcode: Some(33), .. } | Unread::Refused { code: 33, .. } => {
                let mend =
                    "Use Meta's id, not the number itself, and give the token's system user this account.";
                let wrong = format!("{id} is unknown to Meta, or the access token may not see it");
                Trouble::fatal(setting, wrong, mend)
            }
            Unread::Refused { code: 0 | 190, .. } => {
                let mend = format!("Make a new token for the system user, and {}.", names.replace_token);
                Trouble::fatal(names.access_token, format!("is not accepted by Meta: {unread}"), mend)
            }
            Unread::Refused { code: 3 | 10 | 200..=299 | 131_005, .. } => {
                let mend = format!(
                    "Make the token with {MESSAGING} and {MANAGEMENT}, for a system user who was given this account."
                );
                Trouble::fatal(names.access_token, format!("may not read {setting} {id}: {unread}"), mend)
            }
            Unread::Refused { code, .. } => {
                let mend = match errors::known(*code) {
                    Some(known) => format!("Look into it at Meta: {}.", known.meaning),
                    None => format!("Look up code {code} in Meta's list of error codes."),
                };
                Trouble::fatal(setting, format!("could not be read: {unread}"), mend)
            }
        }
    }
}
