//! What a template consists of, how Meta lists that, and what a phone shows of it. Pure.

use serde_json::{Value, json};

use crate::{
    phone::{Button, Content},
    texts::AuthenticationText,
};

/// What a template consists of.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Meta's fixed wording around a code.
    Code { security: bool, expires: Option<u64>, label: Option<String>, otp: Otp },
    /// The business's own wording, with `{{1}}`, `{{2}}`, … in the body.
    Words { header: Option<String>, body: String, footer: Option<String>, buttons: Vec<Slot> },
}

/// What the button of an authentication template does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Otp {
    CopyCode,
    OneTap,
    ZeroTap,
}

impl Otp {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::CopyCode => "COPY_CODE",
            Self::OneTap => "ONE_TAP",
            Self::ZeroTap => "ZERO_TAP",
        }
    }
}

/// A button of a worded template; what is missing is filled in when it is sent.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    QuickReply { title: String },
    Url { title: String, url: String },
}

impl Shape {
    /// As Meta lists it, which is not as it was given: the wording is filled in, and the button of a code is a URL.
    pub(super) fn components(&self, language: &str) -> Value {
        match self {
            Self::Code { security, expires, label, otp } => {
                code_components(language, (*security, *expires, label.as_deref()), *otp)
            }
            Self::Words { header, body, footer, buttons } => {
                let mut components = Vec::new();
                components.extend(
                    header.iter().map(|text| json!({"type": "HEADER", "format": "TEXT", "text": text})),
                );
                components.push(json!({"type": "BODY", "text": body}));
                components.extend(footer.iter().map(|text| json!({"type": "FOOTER", "text": text})));
                let buttons: Vec<Value> = buttons.iter().map(Slot::listed).collect();
                if !buttons.is_empty() {
                    components.push(json!({"type": "BUTTONS", "buttons": buttons}));
                }
                Value::Array(components)
            }
        }
    }
}

impl Slot {
    fn listed(&self) -> Value {
        match self {
            Self::QuickReply { title } => json!({"type": "QUICK_REPLY", "text": title}),
            Self::Url { title, url } => json!({"type": "URL", "text": title, "url": url}),
        }
    }
}

fn code_components(language: &str, shape: (bool, Option<u64>, Option<&str>), otp: Otp) -> Value {
    let (security, expires, label) = shape;
    let text = AuthenticationText::in_language(language);
    let mut body = json!({"type": "BODY", "text": text.body("*{{1}}*", security)});
    if let (true, Some(fields)) = (security, body.as_object_mut()) {
        fields.insert("add_security_recommendation".into(), true.into());
    }
    let footer = expires.map(
        |minutes| json!({"type": "FOOTER", "text": text.expiry(minutes), "code_expiration_minutes": minutes}),
    );
    let life = expires.map(|minutes| format!("&code_expiration_minutes={minutes}")).unwrap_or_default();
    let url = format!("https://www.whatsapp.com/otp/code/?otp_type={}{life}&code=otp{{{{1}}}}", otp.word());
    let button = json!({"type": "URL", "text": label.unwrap_or(text.copy), "url": url});
    let mut components = vec![body];
    components.extend(footer);
    components.push(json!({"type": "BUTTONS", "buttons": [button]}));
    Value::Array(components)
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
