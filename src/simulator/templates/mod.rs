//! An account's message templates: what exists, in which languages, how far each got, and what happens to it.
//! Knows nothing of requests; the calls are `graph::template_calls` and its neighbours.

mod life;
mod shape;

use serde_json::{Map, Value, json};

pub(crate) use life::{Event, Quality, Review, State, reason};
pub(crate) use shape::{Otp, Shape, Slot, code_content};

use crate::{ids, phone::Category, sender};

/// Minutes after which the codes of templates named in the settings are said to expire.
const USUAL_EXPIRY: u64 = 5;
/// Seconds after which a message with such a template that did not arrive is dropped.
const USUAL_TTL: i64 = 300;

/// The webhook field of what happens to a template.
pub(crate) const STATUS_FIELD: &str = "message_template_status_update";
/// The webhook field of what people think of it.
pub(crate) const QUALITY_FIELD: &str = "message_template_quality_update";

/// One template in one language.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) category: Category,
    pub(crate) state: State,
    /// And since when, in Unix seconds.
    pub(crate) quality: (Quality, u64),
    pub(crate) shape: Shape,
    pub(crate) ttl_seconds: Option<i64>,
    /// How often it was paused.
    pauses: u32,
}

impl Stored {
    /// One that waits for its review.
    pub(crate) fn new(
        name: &str,
        language: &str,
        category: Category,
        shape: Shape,
        ttl: Option<i64>,
    ) -> Self {
        Self {
            id: ids::template(),
            name: name.to_owned(),
            language: language.to_owned(),
            category,
            state: State::Pending,
            quality: (Quality::Unknown, 0),
            shape,
            ttl_seconds: ttl,
            pauses: 0,
        }
    }

    fn usual(name: &str, language: &str) -> Self {
        let shape =
            Shape::Code { security: true, expires: Some(USUAL_EXPIRY), label: None, otp: Otp::CopyCode };
        let template = Self::new(name, language, Category::Authentication, shape, Some(USUAL_TTL));
        Self { state: State::Approved, ..template }
    }

    /// As the list of templates shows it.
    pub(crate) fn view(&self) -> Value {
        let (quality, since) = self.quality;
        let mut score = json!({ "score": quality.word() });
        let mut view = json!({
            "id": self.id,
            "name": self.name,
            "language": self.language,
            "status": self.state.word(),
            "category": self.category,
            "components": self.shape.components(&self.language),
            "parameter_format": "POSITIONAL",
            "rejected_reason": self.state.reason(),
        });
        if let (true, Some(fields)) = (since > 0, score.as_object_mut()) {
            fields.insert("date".into(), since.into());
        }
        if let Some(fields) = view.as_object_mut() {
            fields.insert("quality_score".into(), score);
            if let Some(ttl) = self.ttl_seconds {
                fields.insert("message_send_ttl_seconds".into(), ttl.into());
            }
        }
        view
    }

    /// Whether another template says the same for as long.
    fn says_the_same(&self, other: &Self) -> bool {
        self.category == other.category && self.shape == other.shape && self.ttl_seconds == other.ttl_seconds
    }

    /// Which template a webhook is about. The language has a hyphen here, unlike everywhere else, and the id is a
    /// number.
    fn named(&self, fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
        let named = [
            ("message_template_id", json!(self.id.parse::<u64>().unwrap_or_default())),
            ("message_template_name", json!(self.name)),
            ("message_template_language", json!(self.language.replace('_', "-"))),
        ];
        let fields = named.into_iter().chain(fields);
        Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
    }

    /// Lets something happen to it, and says what a webhook tells of that.
    pub(crate) fn happen(&mut self, event: &Event, now_s: u64) -> Value {
        let before = std::mem::replace(&mut self.state, State::Pending);
        self.state = event.leads_to(&before);
        if *event == Event::Paused {
            self.pauses += 1;
        }
        let category = ("message_template_category", json!(self.category));
        self.named(event.told(&before, self.pauses, now_s).into_iter().chain([category]))
    }

    /// Lets people think otherwise of it, and says what a webhook tells of that; nothing when they thought so before.
    pub(crate) fn rate(&mut self, quality: Quality, now_s: u64) -> Option<Value> {
        let (before, _) = std::mem::replace(&mut self.quality, (quality, now_s));
        (before != quality).then(|| {
            self.named([
                ("previous_quality_score", json!(before.word())),
                ("new_quality_score", json!(quality.word())),
            ])
        })
    }
}

/// All templates of the account.
#[derive(Default)]
pub(crate) struct Templates(Vec<Stored>);

impl Templates {
    /// The authentication templates of a sender, approved.
    pub(crate) fn approved(templates: &[sender::Template]) -> Self {
        let mut all = Self::default();
        all.add_approved(templates);
        all
    }

    /// Adds approved templates where there are none of that name and language.
    pub(crate) fn add_approved(&mut self, templates: &[sender::Template]) {
        for template in templates {
            for language in &template.languages {
                if self.find(&template.name, language).is_none() {
                    self.0.push(Stored::usual(&template.name, language));
                }
            }
        }
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

    pub(crate) fn by_id_mut(&mut self, id: &str) -> Option<&mut Stored> {
        self.0.iter_mut().find(|template| template.id == id)
    }

    /// Adds a template, or replaces the one of the same name and language, which keeps its id, and is left as it is when
    /// nothing about it changed. Returns the id, its state, and whether it needs a review.
    pub(crate) fn put(&mut self, mut template: Stored) -> (String, &'static str, bool) {
        let old = self.0.iter_mut().find(|it| it.name == template.name && it.language == template.language);
        let Some(old) = old else {
            let id = template.id.clone();
            let state = template.state.word();
            self.0.push(template);
            return (id, state, true);
        };
        if old.says_the_same(&template) && !matches!(old.state, State::Rejected(_)) {
            return (old.id.clone(), old.state.word(), false);
        }
        template.id.clone_from(&old.id);
        template.pauses = old.pauses;
        *old = template;
        (old.id.clone(), old.state.word(), true)
    }

    /// Decides about a template that still waits for its review; `None` when it does not.
    pub(crate) fn decide(&mut self, id: &str, event: &Event, now_s: u64) -> Option<Value> {
        let template = self.by_id_mut(id).filter(|template| template.state == State::Pending)?;
        Some(template.happen(event, now_s))
    }

    /// The templates of this name, in this language if one is named.
    pub(crate) fn named_mut(
        &mut self,
        name: &str,
        language: Option<&str>,
    ) -> impl Iterator<Item = &mut Stored> {
        self.0.iter_mut().filter(move |template| {
            template.name == name && language.is_none_or(|language| template.language == language)
        })
    }

    /// Removes those of a name that `goes` says.
    pub(crate) fn remove(&mut self, name: &str, goes: impl Fn(&Stored) -> bool) -> usize {
        let before = self.0.len();
        self.0.retain(|template| template.name != name || !goes(template));
        before - self.0.len()
    }
}
