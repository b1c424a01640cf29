//! The request that sends a code: an authentication template message.
//!
//! Owns its JSON and the last checks before it leaves. The shape is the same for copy-code, one-tap and
//! zero-tap buttons; only the template differs. Knows no transport.

use serde::Serialize;

use crate::{OutgoingCode, Recipient};

const LONGEST_CODE: usize = 15;
const LONGEST_CORRELATION: usize = 512;

/// The template a code is sent in, as the Cloud API knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenTemplate {
    /// Its name. It must be an approved authentication template with a copy-code button.
    pub name: String,
    /// Its language, as Meta spells it: `pt_BR`.
    pub language: String,
}

/// The body of `POST /{phone-number-id}/messages`.
#[derive(Serialize)]
pub(super) struct TemplateMessage<'a> {
    messaging_product: &'static str,
    recipient_type: &'static str,
    to: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    template: Template<'a>,
    biz_opaque_callback_data: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_identity_key_hash: Option<&'a str>,
}

#[derive(Serialize)]
struct Template<'a> {
    name: &'a str,
    language: Language<'a>,
    components: [Component<'a>; 2],
}

#[derive(Serialize)]
struct Language<'a> {
    code: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Component<'a> {
    Body { parameters: [Parameter<'a>; 1] },
    // Meta stores the template's OTP button as a URL button, and wants the index as a string.
    Button { sub_type: &'static str, index: &'static str, parameters: [Parameter<'a>; 1] },
}

#[derive(Serialize)]
struct Parameter<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    text: &'a str,
}

impl<'a> TemplateMessage<'a> {
    /// Puts a message into Meta's form, or says why it must not leave.
    pub(super) fn new(message: &'a OutgoingCode, template: &'a ChosenTemplate) -> Result<Self, &'static str> {
        let Recipient::Phone(to) = &message.to else { return Err("WhatsApp goes to phones only") };
        let to = to.as_e164();
        let code = message.code.expose().as_str();
        if !is_e164(to) {
            return Err("the number is not +E.164");
        }
        if code.is_empty() || code.len() > LONGEST_CODE || !code.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("the code is not 1 to 15 printable characters");
        }
        if template.language.is_empty() {
            return Err("the template language is missing");
        }
        if message.correlation.is_empty() || message.correlation.chars().count() > LONGEST_CORRELATION {
            return Err("the correlation is not 1 to 512 characters");
        }
        // The code goes in twice: into the text, and into the button that copies it.
        let parameters = || [Parameter { kind: "text", text: code }];
        Ok(Self {
            messaging_product: "whatsapp",
            recipient_type: "individual",
            to,
            kind: "template",
            template: Template {
                name: &template.name,
                language: Language { code: &template.language },
                components: [
                    Component::Body { parameters: parameters() },
                    Component::Button { sub_type: "url", index: "0", parameters: parameters() },
                ],
            },
            biz_opaque_callback_data: &message.correlation,
            recipient_identity_key_hash: message.identity.as_deref(),
        })
    }
}

/// Whether this is `+` and 7 to 15 digits. Checked again here although a [`watchword_domain::Phone`] promises
/// it: without the `+` Meta may put the sender's own country code in front, and the code reaches somebody
/// else.
fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::is_e164;

    #[test]
    fn only_plus_and_the_whole_international_number_may_leave() {
        assert!(is_e164("+5511987654321"));
        for refused in [
            "",
            "+",
            "5511987654321",
            "005511987654321",
            "+0511987654321",
            "+55 11 98765-4321",
            "+123456",
            "+1234567890123456",
            "+5511٩٨٧٦٥٤٣٢",
            "BR.13491208655302741918",
        ] {
            assert!(!is_e164(refused), "{refused}");
        }
    }
}
