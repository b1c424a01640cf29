//! What an operator set up at Meta, as Meta shows it: the number, the template, who hears of reports; and the few calls
//! that set it up.
//!
//! Owns the calls of the Graph API about an account. They send no message, and are for an operator who asks: nothing here
//! is on the way of a sign-in. Must not know what would be right; it says what is.

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, RequestBuilder, Url};
use serde_json::{Value, json};
use watchword_domain::Secret;

use super::graph::{Graph, SettingsRefusal, bearer, is_id};
use crate::http::{self, NoAnswer};
use crate::json;

/// A page of templates with their texts.
const LONGEST_ANSWER: usize = 1024 * 1024;
/// Pages at most: a name has as many templates as languages, and Meta has some seventy.
const MOST_PAGES: usize = 4;
const PAGE: &str = "50";
/// What is read of a template. Not all of it is told unless it is asked for.
const TEMPLATE_FIELDS: &str =
    "name,language,status,category,components,message_send_ttl_seconds,rejected_reason,quality_score";

/// The account messages leave from.
pub struct Account {
    pub(super) client: Client,
    authorization: HeaderValue,
    pub(super) token: Secret<String>,
    pub(super) debug_token: Url,
    number: Url,
    settings: Url,
    numbers: Url,
    templates: Url,
    upsert: Url,
    subscribed_apps: Url,
}

/// The business number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// As people see it.
    pub display: Option<String>,
    /// The name above its chats.
    pub verified_name: Option<String>,
    /// `CONNECTED` when messages can leave from it.
    pub status: Option<String>,
}

/// How well the number stands, as far as Meta tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// `GREEN`, `YELLOW` or `RED`: how people take its messages.
    pub quality: Option<String>,
    /// How many people may be written to within 24 hours, such as `TIER_250`; shared by all numbers of a portfolio.
    pub messaging_limit: Option<String>,
    /// `STANDARD`, 80 messages a second, or `HIGH`, 1,000.
    pub throughput: Option<String>,
}

/// A template to be made, or made anew, in several languages at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewTemplate<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its languages, as Meta spells them.
    pub languages: &'a [&'a str],
    /// After how many minutes it says that the code expires, 1 to 90.
    pub expires_minutes: u64,
    /// How long Meta may try to deliver it, in seconds, 30 to 900.
    pub ttl_seconds: u64,
}

/// A message template in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its language, spelled as sends spell it: `pt_BR`.
    pub language: String,
    /// `APPROVED` when it can be sent.
    pub status: String,
    /// What it is for: `AUTHENTICATION`.
    pub category: String,
    /// After how many minutes it says that the code expires; none when it does not say.
    pub expires_minutes: Option<i64>,
    /// How long Meta tries to deliver it, in seconds; -1 is 30 days.
    pub ttl_seconds: Option<i64>,
    /// Why Meta rejected it, such as `INVALID_FORMAT`, where it did.
    pub rejected_reason: Option<String>,
    /// How people take it: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`, where Meta tells.
    pub quality: Option<String>,
}

/// An app that hears of an account's reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Meta's id of it, where it is told.
    pub id: Option<String>,
    /// Its name; its id where it has none.
    pub name: String,
}

/// Why something could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// No connection was made.
    #[error("no connection could be made: {0}")]
    NoConnection(String),
    /// A connection was made, and no whole answer came in time.
    #[error("no answer came in time")]
    NoAnswer,
    /// The Graph API says no.
    #[error("refused with code {code} (HTTP {status})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Meta's code; see [`errors`](super::errors).
        code: i64,
        /// The finer, older code: 33 to code 100 is an object that does not exist or may not be seen.
        subcode: Option<i64>,
    },
    /// Whoever answered does not speak as the Graph API does.
    #[error("the answer is not one of the Graph API (HTTP {status})")]
    Strange {
        /// The HTTP status.
        status: u16,
    },
}

impl Account {
    /// Prepares the calls; nothing is asked yet.
    ///
    /// # Errors
    /// What is wrong with the settings, in words for the operator; never the token.
    pub fn new(
        graph: &Graph,
        (phone_number_id, waba_id): (&str, &str),
        access_token: &Secret<String>,
    ) -> Result<Self, SettingsRefusal> {
        if !is_id(phone_number_id) {
            return Err(SettingsRefusal::PhoneNumberId);
        }
        if !is_id(waba_id) {
            return Err(SettingsRefusal::WabaId);
        }
        Ok(Self {
            client: graph.client.clone(),
            authorization: bearer(access_token)?,
            token: access_token.clone(),
            debug_token: graph.below(&["debug_token"]),
            number: graph.below(&[phone_number_id]),
            settings: graph.below(&[phone_number_id, "settings"]),
            numbers: graph.below(&[waba_id, "phone_numbers"]),
            templates: graph.below(&[waba_id, "message_templates"]),
            upsert: graph.below(&[waba_id, "upsert_message_templates"]),
            subscribed_apps: graph.below(&[waba_id, "subscribed_apps"]),
        })
    }

    /// The number messages leave from.
    ///
    /// # Errors
    /// When it cannot be read, and why.
    pub async fn number(&self) -> Result<Number, Unread> {
        let fields = [("fields", "id,display_phone_number,verified_name,status")];
        let number = self.read(&self.number, &fields).await?;
        Ok(Number {
            display: json::text(&number, "/display_phone_number"),
            verified_name: json::text(&number, "/verified_name"),
            status: json::text(&number, "/status"),
        })
    }

    /// How well the number stands.
    ///
    /// # Errors
    /// When it cannot be read, and why.
    pub async fn standing(&self) -> Result<Standing, Unread> {
        let fields = [("fields", "id,quality_rating,throughput,whatsapp_business_manager_messaging_limit")];
        let number = self.read(&self.number, &fields).await?;
        Ok(Standing {
            quality: json::text(&number, "/quality_rating"),
            messaging_limit: json::text(&number, "/whatsapp_business_manager_messaging_limit"),
            throughput: json::text(&number, "/throughput/level"),
        })
    }

    /// The ids of the account's numbers.
    ///
    /// # Errors
    /// When they cannot be read, and why.
    pub async fn number_ids(&self) -> Result<Vec<String>, Unread> {
        let mut answer = self.read(&self.numbers, &[("fields", "id"), ("limit", PAGE)]).await?;
        let numbers = json::take_list(&mut answer, "data");
        Ok(numbers.iter().filter_map(|number| json::text(number, "/id")).collect())
    }

    /// Makes an authentication template with a copy-code button, or brings the one of this name up to date, in all these
    /// languages at once. Gives what became of each language; Meta writes the texts itself.
    ///
    /// # Errors
    /// When it is refused, or nobody knows whether it was done; doing it again does no harm.
    pub async fn save_template(&self, new: NewTemplate<'_>) -> Result<Vec<Template>, Unread> {
        let body = json!({
            "name": new.name,
            "languages": new.languages,
            "category": "AUTHENTICATION",
            "message_send_ttl_seconds": new.ttl_seconds,
            "components": [
                { "type": "BODY", "add_security_recommendation": true },
                { "type": "FOOTER", "code_expiration_minutes": new.expires_minutes },
                { "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE" }] },
            ],
        });
        let mut answer = self.call(self.client.post(self.upsert.clone()).json(&body)).await?;
        Ok(json::take_list(&mut answer, "data").iter().filter_map(template).collect())
    }

    /// Has the app that the token belongs to hear of the account's reports.
    ///
    /// # Errors
    /// When it is refused, or nobody knows whether it was done; doing it again does no harm.
    pub async fn subscribe(&self) -> Result<(), Unread> {
        self.call(self.client.post(self.subscribed_apps.clone())).await.map(drop)
    }

    /// Has Meta tell the identity behind numbers from now on, or not. Gives what it says then.
    ///
    /// # Errors
    /// When it is refused, or nobody knows whether it was done; doing it again does no harm.
    pub async fn check_identities(&self, check: bool) -> Result<bool, Unread> {
        let body = json!({ "user_identity_change": { "enable_identity_key_check": check } });
        self.call(self.client.post(self.settings.clone()).json(&body)).await?;
        // Meta's documents disagree on the field's name: what it did is read, not believed.
        let told = self.read(&self.settings, &[]).await?;
        Ok(["enable_identity_key_check", "enabled"].iter().any(|name| {
            told.pointer(&format!("/user_identity_change/{name}")).and_then(Value::as_bool) == Some(true)
        }))
    }

    /// The template of this name, in every language it exists in.
    ///
    /// # Errors
    /// When they cannot be read, and why.
    pub async fn templates(&self, name: &str) -> Result<Vec<Template>, Unread> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut query = vec![("name", name), ("fields", TEMPLATE_FIELDS), ("limit", PAGE)];
            query.extend(after.as_deref().map(|after| ("after", after)));
            let mut page = self.read(&self.templates, &query).await?;
            // The address of the next page is not followed: it holds the token, and could lead anywhere.
            after = page.pointer("/paging/next").and_then(|_| json::text(&page, "/paging/cursors/after"));
            // Whether Meta narrows by the whole name or a part of it is not relied on.
            let of_name = |template: &Value| json::text(template, "/name").as_deref() == Some(name);
            let data = json::take_list(&mut page, "data");
            found.extend(data.iter().filter(|template| of_name(template)).filter_map(template));
            if after.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// The apps that hear of the account's reports.
    ///
    /// # Errors
    /// When they cannot be read, and why.
    pub async fn subscribers(&self) -> Result<Vec<App>, Unread> {
        let mut answer = self.read(&self.subscribed_apps, &[]).await?;
        let apps = json::take_list(&mut answer, "data");
        let named = |app: &Value| {
            let of_app = |field: &str| json::text(app, &format!("/whatsapp_business_api_data/{field}"));
            let id = of_app("id");
            App { name: of_app("name").or_else(|| id.clone()).unwrap_or_else(|| "an app".to_owned()), id }
        };
        Ok(apps.iter().map(named).collect())
    }

    async fn read(&self, url: &Url, query: &[(&str, &str)]) -> Result<Value, Unread> {
        let mut url = url.clone();
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.call(self.client.get(url)).await
    }

    pub(super) async fn call(&self, request: RequestBuilder) -> Result<Value, Unread> {
        let request = request.header(AUTHORIZATION, self.authorization.clone());
        let (status, body) = http::ask(request, LONGEST_ANSWER).await?;
        let strange = Unread::Strange { status: status.as_u16() };
        let Ok(body) = json::parse(&body) else { return Err(strange) };
        match json::integer(&body, "/error/code") {
            Some(code) => Err(Unread::Refused {
                status: status.as_u16(),
                code,
                subcode: json::integer(&body, "/error/error_subcode"),
            }),
            None if status.is_success() && body.is_object() => Ok(body),
            None => Err(strange),
        }
    }
}

impl From<NoAnswer> for Unread {
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::NoConnection(why) => Self::NoConnection(why),
            NoAnswer::InTime => Self::NoAnswer,
        }
    }
}

fn template(template: &Value) -> Option<Template> {
    let components = template.pointer("/components").and_then(Value::as_array);
    let minutes = |component: &Value| json::integer(component, "/code_expiration_minutes");
    Some(Template {
        // Webhooks and some lists spell it pt-BR.
        language: json::text(template, "/language")?.replace('-', "_"),
        status: json::text(template, "/status")?.to_ascii_uppercase(),
        category: json::text(template, "/category").unwrap_or_default().to_ascii_uppercase(),
        expires_minutes: components.into_iter().flatten().find_map(minutes),
        ttl_seconds: json::integer(template, "/message_send_ttl_seconds"),
        rejected_reason: json::text(template, "/rejected_reason").filter(|reason| reason != "NONE"),
        quality: json::text(template, "/quality_score/score").map(|score| score.to_ascii_uppercase()),
    })
}
