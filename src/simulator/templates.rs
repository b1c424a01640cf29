//! The account's message templates: what exists, in which languages, and what a phone shows of one once it is filled in.
//! Knows nothing of requests; the calls are `template_calls`, the checks of a new one `template_rules`.

use serde_json::{Value, json};

use crate::{
    ids,
    phone::{Button, Category, Content},
    settings,
    texts::AuthenticationText,
};

/// Minutes after which the codes of templates named in the settings are said to expire.
const USUAL_EXPIRY: u64 = 5;

/// What a template consists of.
#[derive(Clone)]
pub(crate) enum Shape {
    /// Meta's fixed wording around a code.
    Code { security: bool, expires: Option<u64>, label: Option<String> },
    /// The business's own wording, with `{{1}}`, `{{2}}`, … in the body.
    Words { header: Option<String>, body: String, footer: Option<String>, buttons: Vec<Slot> },
}

/// A button of a worded template; what is missing is filled in when it is sent.
#[derive(Clone)]
pub(crate) enum Slot {
    QuickReply { title: String },
    Url { title: String, url: String },
}

/// One template in one language.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) category: Category,
    pub(crate) approved: bool,
    pub(crate) shape: Shape,
    /// As they were given, for those who list templates.
    pub(crate) components: Value,
    pub(crate) ttl_seconds: Option<i64>,
}

impl Stored {
    /// `APPROVED` or `PENDING`.
    pub(crate) const fn status(&self) -> &'static str {
        if self.approved { "APPROVED" } else { "PENDING" }
    }

    /// As the list of templates shows it.
    pub(crate) fn view(&self) -> Value {
        let mut view = json!({
            "id": self.id,
            "name": self.name,
            "language": self.language,
            "status": self.status(),
            "category": self.category,
            "components": self.components,
            "quality_score": {"score": "UNKNOWN"},
            "rejected_reason": "NONE",
        });
        if let (Some(fields), Some(ttl)) = (view.as_object_mut(), self.ttl_seconds) {
            fields.insert("message_send_ttl_seconds".into(), ttl.into());
        }
        view
    }
}

/// What a phone shows of an authentication template in one language.
pub(crate) fn code_content(language: &str, code: &str, shape: (bool, Option<u64>, Option<&str>)) -> Content {
    let (security, expires, label) = shape;
    let text = AuthenticationText::in_language(language);
    Content {
        header: None,
        body: text.body(code, security),
        footer: expires.map(|minutes| text.expiry(minutes)),
        buttons: vec![Button::CopyCode {
            title: label.unwrap_or(text.copy).to_owned(),
            code: code.to_owned(),
        }],
    }
}

/// All templates of the account.
#[derive(Default)]
pub(crate) struct Templates(Vec<Stored>);

impl Templates {
    /// The authentication templates of the settings, approved.
    pub(crate) fn approved(templates: &[settings::Template]) -> Self {
        let stored = templates.iter().flat_map(|template| {
            template.languages.iter().map(|language| Stored {
                id: ids::template(),
                name: template.name.clone(),
                language: language.clone(),
                category: Category::Authentication,
                approved: true,
                shape: Shape::Code { security: true, expires: Some(USUAL_EXPIRY), label: None },
                components: usual_components(language),
                ttl_seconds: Some(300),
            })
        });
        Self(stored.collect())
    }

    pub(crate) fn all(&self) -> &[Stored] {
        &self.0
    }

    pub(crate) fn find(&self, name: &str, language: &str) -> Option<&Stored> {
        self.0.iter().find(|template| template.name == name && template.language == language)
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Stored> {
        self.0.iter().find(|template| template.id == id)
    }

    /// Adds a template, or replaces the one of the same name and language, which keeps its id, and its approval if
    /// nothing about it changed. Returns the id, and whether it still needs a review.
    pub(crate) fn put(&mut self, mut template: Stored) -> (String, bool) {
        let twin = |old: &Stored| old.name == template.name && old.language == template.language;
        let at = self.0.iter().position(twin).unwrap_or(self.0.len());
        if let Some(old) = self.0.get(at) {
            template.id.clone_from(&old.id);
            template.approved = old.approved && old.components == template.components;
            self.0.remove(at);
        }
        let outcome = (template.id.clone(), !template.approved);
        self.0.insert(at, template);
        outcome
    }

    /// Marks a template as approved and returns it, unless it is gone.
    pub(crate) fn approve(&mut self, id: &str) -> Option<&Stored> {
        let template = self.0.iter_mut().find(|template| template.id == id)?;
        template.approved = true;
        Some(template)
    }

    /// Removes all languages of a name, or the one with this id. Returns how many went.
    pub(crate) fn remove(&mut self, name: &str, id: Option<&str>) -> usize {
        let before = self.0.len();
        self.0.retain(|template| template.name != name || id.is_some_and(|id| template.id != id));
        before - self.0.len()
    }
}

fn usual_components(language: &str) -> Value {
    json!([
        {"type": "BODY", "text": AuthenticationText::in_language(language).body("{{1}}", true),
         "add_security_recommendation": true},
        {"type": "FOOTER", "code_expiration_minutes": USUAL_EXPIRY,
         "text": AuthenticationText::in_language(language).expiry(USUAL_EXPIRY)},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": AuthenticationText::in_language(language).copy}]},
    ])
}
