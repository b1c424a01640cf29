//! The pages: one typed view per template, rendered with every value escaped.
//!
//! Owns the templates and the layout around them. Knows nothing of requests; it is handed what to show.

use handlebars::Handlebars;
use openidconnect::CsrfToken;
use serde::Serialize;

use crate::claims::{Row, claim_rows, header_rows, scope_meaning, text};
use crate::failure::{Failure, Words};
use crate::moment::{Moment, span};
use crate::session::{Latest, SignedIn};
use crate::tokens::{Object, Tokens};

/// What every page shows around its content.
#[derive(Serialize)]
pub struct Site {
    /// The shop's name.
    pub name: String,
    /// Whether the shop proves itself to the provider with a secret.
    pub confidential: bool,
    /// Where the simulated phone is, in a demo.
    pub simulator_url: Option<String>,
}

/// The home page of a visitor.
#[derive(Serialize)]
pub struct HomeView {
    /// Whether a session of this browser has just been found to be over.
    pub session_over: bool,
}

/// The page after signing out.
#[derive(Serialize)]
pub struct SignedOutView {
    /// Whether the provider has ended its session too.
    pub everywhere: bool,
}

/// A failure page.
#[derive(Serialize)]
pub struct FailureView {
    #[serde(flatten)]
    words: &'static Words,
    reason: String,
}

/// The home page of a signed-in person.
#[derive(Serialize)]
pub struct AccountView {
    csrf: String,
    who: String,
    since: Option<Moment>,
    claims: Vec<Row>,
    header: Vec<Row>,
    ends: Vec<End>,
    scopes: Vec<Scope>,
    can_refresh: bool,
    changes: Option<Vec<Change>>,
    userinfo: Option<String>,
}

/// When a token ends.
#[derive(Serialize)]
struct End {
    token: &'static str,
    moment: Option<Moment>,
    /// Seconds from its arrival to its end, and from now to its end: how full the bar is.
    lifetime: i64,
    left: i64,
    /// The whole lifetime in words: `60 min`.
    whole: String,
    note: &'static str,
}

#[derive(Serialize)]
struct Scope {
    name: String,
    meaning: String,
}

/// What a refresh did to one thing.
#[derive(Debug, PartialEq, Serialize)]
struct Change {
    what: String,
    before: String,
    after: String,
}

impl AccountView {
    /// What a session looks like now.
    pub fn new(session: &SignedIn, now: i64) -> Self {
        let tokens = &session.tokens;
        let (changes, userinfo) = match &session.latest {
            Some(Latest::Refreshed(before)) => (Some(changes(before, tokens, now)), None),
            Some(Latest::UserInfo(answer)) => (None, serde_json::to_string_pretty(answer).ok()),
            None => (None, None),
        };
        Self {
            csrf: secret(&session.csrf),
            who: session.who.clone(),
            since: tokens.claims.get("auth_time").and_then(|at| Moment::at(at.as_i64()?, now)),
            claims: claim_rows(&tokens.claims, now),
            header: header_rows(&tokens.header, now),
            ends: ends(tokens, now),
            scopes: tokens.scopes.iter().map(|name| Scope::new(name)).collect(),
            can_refresh: tokens.refresh_token.is_some(),
            changes,
            userinfo,
        }
    }
}

impl Scope {
    fn new(name: &str) -> Self {
        Self { name: name.into(), meaning: scope_meaning(name).into() }
    }
}

fn secret(token: &CsrfToken) -> String {
    token.secret().clone()
}

fn ends(tokens: &Tokens, now: i64) -> Vec<End> {
    let end = |token, at: Option<i64>, note| End {
        token,
        moment: at.and_then(|at| Moment::at(at, now)),
        lifetime: at.map_or(0, |at| at.saturating_sub(tokens.received)),
        left: at.map_or(0, |at| at.saturating_sub(now).max(0)),
        whole: at.map_or_else(String::new, |at| span(at.saturating_sub(tokens.received))),
        note,
    };
    let refresh = match tokens.refresh_token {
        Some(_) => "Gets new tokens. The provider decides when it ends.",
        None => "None was given: these tokens simply end.",
    };
    vec![
        end("ID token", tokens.id_token_ends(), "Proof of this sign-in."),
        end("Access token", tokens.access_ends, "Opens /userinfo. Kept on our server."),
        end("Refresh token", None, refresh),
    ]
}

/// What differs between two generations of tokens. Tokens themselves are never shown, only whether they are
/// new.
fn changes(before: &Tokens, after: &Tokens, now: i64) -> Vec<Change> {
    let replaced = |what: &str, same: bool| Change {
        what: what.into(),
        before: "in use".into(),
        after: if same { "the same" } else { "a new one" }.into(),
    };
    let secret_of = |tokens: &Tokens| tokens.refresh_token.as_ref().map(|token| token.secret().clone());
    let mut changes = vec![
        replaced("Access token", before.access_token == after.access_token),
        replaced("Refresh token", secret_of(before) == secret_of(after)),
        replaced("ID token", before.id_token == after.id_token),
    ];
    if before.scopes != after.scopes {
        changes.push(Change {
            what: "scope".into(),
            before: before.scopes.join(" "),
            after: after.scopes.join(" "),
        });
    }
    changes.extend(changed_claims(&before.claims, &after.claims, now));
    changes
}

fn changed_claims(before: &Object, after: &Object, now: i64) -> Vec<Change> {
    let shown = |claims: &Object, name: &str| match claims.get(name) {
        Some(value) => match value.as_i64().filter(|_| matches!(name, "iat" | "exp")) {
            Some(at) => Moment::at(at, now).map_or_else(|| text(value), |moment| moment.exact),
            None => text(value),
        },
        None => "absent".into(),
    };
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| Change { what: name.clone(), before: shown(before, name), after: shown(after, name) })
        .collect()
}

#[derive(Serialize)]
struct Page<'a, V> {
    site: &'a Site,
    #[serde(flatten)]
    view: &'a V,
}

/// The templates, read once.
pub struct Pages {
    templates: Handlebars<'static>,
    site: Site,
}

impl Pages {
    /// Parses every template, so that a broken one stops the start and not a visitor.
    pub fn new(site: Site) -> Result<Self, Box<handlebars::TemplateError>> {
        let mut templates = Handlebars::new();
        templates.set_strict_mode(true);
        for (name, source) in [
            ("layout", include_str!("templates/layout.hbs")),
            ("moment", include_str!("templates/moment.hbs")),
            ("rows", include_str!("templates/rows.hbs")),
            ("home", include_str!("templates/home.hbs")),
            ("account", include_str!("templates/account.hbs")),
            ("signed-out", include_str!("templates/signed-out.hbs")),
            ("failure", include_str!("templates/failure.hbs")),
        ] {
            templates.register_template_string(name, source.trim_end()).map_err(Box::new)?;
        }
        Ok(Self { templates, site })
    }

    /// The home page of a visitor.
    pub fn home(&self, view: &HomeView) -> String {
        self.render("home", view)
    }

    /// The home page of a signed-in person.
    pub fn account(&self, view: &AccountView) -> String {
        self.render("account", view)
    }

    /// The page after signing out.
    pub fn signed_out(&self, view: &SignedOutView) -> String {
        self.render("signed-out", view)
    }

    /// A failure, in words.
    pub fn failure(&self, failure: Failure) -> String {
        self.render("failure", &FailureView { words: failure.words(), reason: failure.reason() })
    }

    /// Templates and views are fixed at build time and rendered by the tests, so a failure here is ours; the
    /// visitor gets an empty page rather than a stack trace.
    fn render(&self, template: &str, view: &impl Serialize) -> String {
        self.templates.render(template, &Page { site: &self.site, view }).unwrap_or_else(|error| {
            tracing::error!(template, %error, "a template could not be rendered");
            String::new()
        })
    }
}
