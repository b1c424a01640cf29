//! What may be sent: reads the body of `POST …/messages` as strictly as Meta's documents describe it and turns it into a
//! message for a phone. Pure but for the templates and open windows it is shown; nothing is stored or delivered here.

mod free_form;
mod template;

use serde_json::Value;

use super::{error::GraphError, fields::Fields};
use crate::{
    number::Number,
    phone::{Category, Content},
    templates::Templates,
};

/// Fields every message may carry beside its own kind.
const COMMON: [&str; 8] = [
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "biz_opaque_callback_data",
    "recipient_identity_key_hash",
];

/// Meta's message types that a sign-in never needs. Refused honestly instead of being swallowed.
const NOT_PLAYED: [&str; 9] =
    ["audio", "contacts", "document", "image", "location", "reaction", "sticker", "video", "address_message"];

/// Whom a message is for.
pub(super) enum Recipient<'a> {
    /// `to`: a number.
    Phone { number: Number, input: &'a str },
    /// `recipient`: a business-scoped user id.
    User(&'a str),
}

/// What a message says, whatever its type.
pub(super) struct Said {
    pub(super) content: Content,
    pub(super) category: Category,
    pub(super) code: Option<String>,
    /// Name and language, for a template.
    pub(super) template: Option<(String, String)>,
}

/// A request that is well-formed.
pub(super) struct Request<'a> {
    pub(super) recipient: Recipient<'a>,
    pub(super) said: Said,
    pub(super) correlation: Option<&'a str>,
    pub(super) context: Option<&'a str>,
    /// The identity the person must still have.
    pub(super) identity: Option<&'a str>,
}

/// Reads a message, in the order in which Meta looks at it: product, recipient, common fields, then the type's own.
pub(super) fn read<'a>(fields: &Fields<'a>, templates: &Templates) -> Result<Request<'a>, GraphError> {
    fields.exactly("messaging_product", &["whatsapp"])?;
    if fields.value("recipient_type").is_some() {
        fields.exactly("recipient_type", &["individual"])?;
    }
    let recipient = recipient(fields)?;
    let correlation = fields.optional_bounded("biz_opaque_callback_data", 512)?;
    let identity = fields.optional_bounded("recipient_identity_key_hash", 128)?;
    let context = match fields.optional_object("context")? {
        Some(context) => {
            context.only(&["message_id"])?;
            Some(context.bounded("message_id", 512)?)
        }
        None => None,
    };
    let kind = fields.optional_text("type")?.unwrap_or("text");
    let known = ["template", "text", "interactive"].contains(&kind);
    if NOT_PLAYED.contains(&kind) {
        return Err(GraphError::new(
            131_051,
            "This simulator plays template, text and interactive messages only",
        ));
    }
    if !known {
        return Err(GraphError::parameter("Param type must be one of {template, text, interactive}."));
    }
    fields.only(&[COMMON.as_slice(), &[kind]].concat())?;
    let said = match kind {
        "template" => template::read(&fields.object("template")?, templates)?,
        "interactive" => free_form::interactive(&fields.object("interactive")?)?,
        _ => free_form::text(&fields.object("text")?)?,
    };
    if matches!(recipient, Recipient::User(_)) && said.category == Category::Authentication {
        return Err(GraphError::new(131_062, "An authentication template needs the phone number in `to`"));
    }
    Ok(Request { recipient, said, correlation, context, identity })
}

/// `to` wins over `recipient`, as with Meta. A number without `+` is refused: Meta would prepend the business's own
/// country code and deliver to somebody else.
fn recipient<'a>(fields: &Fields<'a>) -> Result<Recipient<'a>, GraphError> {
    if let Some(input) = fields.optional_text("to")? {
        let number = Number::strict(input).ok_or_else(|| {
            GraphError::parameter(
                "Param to must be an E.164 number: a plus sign, the country code and the number, without spaces. \
                 Meta may guess here and reach another person; this simulator does not.",
            )
        })?;
        return Ok(Recipient::Phone { number, input });
    }
    match fields.optional_bounded("recipient", 140)? {
        Some(user_id) => Ok(Recipient::User(user_id)),
        None => Err(GraphError::parameter("The parameter to is required.")),
    }
}

/// A read receipt, or `None` when the request is a message.
///
/// # Errors
/// When the receipt is not as it must be.
pub(super) fn receipt<'a>(fields: &Fields<'a>) -> Result<Option<&'a str>, GraphError> {
    let Some(status) = fields.value("status").and_then(Value::as_str) else { return Ok(None) };
    if status != "read" {
        return Err(GraphError::parameter("Param status must be one of {read}."));
    }
    fields.exactly("messaging_product", &["whatsapp"])?;
    fields.only(&["messaging_product", "status", "message_id", "typing_indicator"])?;
    if let Some(typing) = fields.optional_object("typing_indicator")? {
        typing.only(&["type"])?;
        typing.exactly("type", &["text"])?;
    }
    fields.bounded("message_id", 512).map(Some)
}
