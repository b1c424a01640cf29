//! What a new template must look like: Meta's documented limits, for authentication templates and for those with the
//! business's own words. Pure: JSON in, a shape or a refusal out.

use serde_json::Value;

use super::{GraphError, fields::Fields};
use crate::{
    phone::Category,
    sender::is_web_address,
    templates::{Otp, Shape, Slot},
};

/// The category as the request names it, in either case.
pub(super) fn category(fields: &Fields<'_>) -> Result<Category, GraphError> {
    match fields.text("category")?.to_ascii_lowercase().as_str() {
        "authentication" => Ok(Category::Authentication),
        "utility" => Ok(Category::Utility),
        "marketing" => Ok(Category::Marketing),
        _ => {
            Err(GraphError::parameter("Param category must be one of {AUTHENTICATION, UTILITY, MARKETING}."))
        }
    }
}

/// `en`, `pt_BR`, `fil`: Meta's form of a language code, with an underscore.
pub(super) fn is_language(code: &str) -> bool {
    let (language, region) =
        code.split_once('_').map_or((code, None), |(language, region)| (language, Some(region)));
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && region.is_none_or(|region| {
            (2..=3).contains(&region.len()) && region.bytes().all(|byte| byte.is_ascii_uppercase())
        })
}

/// Seconds after which an undelivered message is dropped: 30 to 900, or -1 for thirty days.
pub(super) fn ttl(fields: &Fields<'_>) -> Result<Option<i64>, GraphError> {
    let Some(value) = fields.value("message_send_ttl_seconds") else { return Ok(None) };
    match value.as_i64() {
        Some(seconds) if seconds == -1 || (30..=900).contains(&seconds) => Ok(Some(seconds)),
        _ => Err(fields.invalid("message_send_ttl_seconds", "must be 30 to 900, or -1")),
    }
}

/// The components of a template of this category. `several` languages at once take their wording from Meta, so no
/// text of one's own is allowed then.
pub(super) fn shape(fields: &Fields<'_>, category: Category, several: bool) -> Result<Shape, GraphError> {
    let components = fields.objects("components", 1..=4)?;
    let mut parts = Parts::default();
    for component in &components {
        let kind = component.text("type")?.to_ascii_lowercase();
        let slot = match kind.as_str() {
            "header" => &mut parts.header,
            "body" => &mut parts.body,
            "footer" => &mut parts.footer,
            "buttons" => &mut parts.buttons,
            _ => return Err(component.invalid("type", "must be header, body, footer or buttons")),
        };
        if slot.replace(component).is_some() {
            return Err(component.invalid("type", "may stand only once"));
        }
    }
    if category == Category::Authentication { code_shape(&parts, several) } else { words_shape(&parts) }
}

#[derive(Default)]
struct Parts<'a, 'b> {
    header: Option<&'b Fields<'a>>,
    body: Option<&'b Fields<'a>>,
    footer: Option<&'b Fields<'a>>,
    buttons: Option<&'b Fields<'a>>,
}

fn missing(what: &str) -> GraphError {
    GraphError::new(131_008, format!("components has no {what}"))
}

fn code_shape(parts: &Parts<'_, '_>, several: bool) -> Result<Shape, GraphError> {
    if parts.header.is_some() {
        return Err(GraphError::new(132_018, "An authentication template has no header"));
    }
    let body = parts.body.ok_or_else(|| missing("body"))?;
    body.only(&["type", "add_security_recommendation"])?;
    let security = flag(body, "add_security_recommendation")?;
    let expires = parts.footer.map(expiry).transpose()?;
    let buttons = parts.buttons.ok_or_else(|| missing("buttons"))?;
    buttons.only(&["type", "buttons"])?;
    let (mut label, mut otp) = (None, Otp::CopyCode);
    for button in buttons.objects("buttons", 1..=1)? {
        let (text, kind) = otp_button(&button, several)?;
        (label, otp) = (text.map(str::to_owned), kind);
    }
    Ok(Shape::Code { security, expires, label, otp })
}

fn expiry(footer: &Fields<'_>) -> Result<u64, GraphError> {
    footer.only(&["type", "code_expiration_minutes"])?;
    footer
        .value("code_expiration_minutes")
        .and_then(Value::as_u64)
        .filter(|minutes| (1..=90).contains(minutes))
        .ok_or_else(|| footer.invalid("code_expiration_minutes", "must be 1 to 90"))
}

fn otp_button<'a>(button: &Fields<'a>, several: bool) -> Result<(Option<&'a str>, Otp), GraphError> {
    button.only(&[
        "type",
        "otp_type",
        "text",
        "autofill_text",
        "supported_apps",
        "zero_tap_terms_accepted",
    ])?;
    if !button.text("type")?.eq_ignore_ascii_case("otp") {
        return Err(button.invalid("type", "must be OTP in an authentication template"));
    }
    let kind = button.text("otp_type")?.to_ascii_lowercase();
    if several && (button.value("text").is_some() || button.value("autofill_text").is_some()) {
        return Err(button.invalid("text", "may not be given for several languages at once"));
    }
    let otp = match kind.as_str() {
        "copy_code" => Otp::CopyCode,
        "one_tap" => Otp::OneTap,
        "zero_tap" => Otp::ZeroTap,
        _ => return Err(button.invalid("otp_type", "must be COPY_CODE, ONE_TAP or ZERO_TAP")),
    };
    if otp != Otp::CopyCode {
        supported_apps(button, otp == Otp::ZeroTap)?;
    }
    button.optional_bounded("autofill_text", 25)?;
    Ok((button.optional_bounded("text", 25)?, otp))
}

fn supported_apps(button: &Fields<'_>, zero_tap: bool) -> Result<(), GraphError> {
    if zero_tap && !flag(button, "zero_tap_terms_accepted")? {
        return Err(button.invalid("zero_tap_terms_accepted", "must be true for a zero-tap button"));
    }
    for app in button.objects("supported_apps", 1..=5)? {
        app.only(&["package_name", "signature_hash"])?;
        app.bounded("package_name", 224)?;
        if app.bounded("signature_hash", 11)?.chars().count() != 11 {
            return Err(app.invalid("signature_hash", "must have exactly 11 characters"));
        }
    }
    Ok(())
}

fn words_shape(parts: &Parts<'_, '_>) -> Result<Shape, GraphError> {
    let body = parts.body.ok_or_else(|| missing("body"))?;
    body.only(&["type", "text", "example"])?;
    let header = parts.header.map(|header| {
        header.only(&["type", "format", "text"])?;
        header.exactly("format", &["TEXT", "text"])?;
        header.bounded("text", 60).map(str::to_owned)
    });
    let footer = parts.footer.map(|footer| {
        footer.only(&["type", "text"])?;
        footer.bounded("text", 60).map(str::to_owned)
    });
    let mut buttons = Vec::new();
    if let Some(component) = parts.buttons {
        component.only(&["type", "buttons"])?;
        for button in component.objects("buttons", 1..=10)? {
            buttons.push(slot(&button)?);
        }
    }
    Ok(Shape::Words {
        header: header.transpose()?,
        body: body.bounded("text", 1_024)?.to_owned(),
        footer: footer.transpose()?,
        buttons,
    })
}

fn slot(button: &Fields<'_>) -> Result<Slot, GraphError> {
    button.only(&["type", "text", "url"])?;
    let title = button.bounded("text", 25)?.to_owned();
    match button.text("type")?.to_ascii_lowercase().as_str() {
        "quick_reply" => Ok(Slot::QuickReply { title }),
        "url" => {
            let url = button.bounded("url", 2_000)?;
            if !url.starts_with("https://") || !is_web_address(url) || url.contains("{{") {
                return Err(button.invalid("url", "must be a plain https address"));
            }
            Ok(Slot::Url { title, url: url.to_owned() })
        }
        _ => Err(button.invalid("type", "must be QUICK_REPLY or URL in this simulator")),
    }
}

fn flag(fields: &Fields<'_>, name: &str) -> Result<bool, GraphError> {
    let Some(value) = fields.value(name) else { return Ok(false) };
    value.as_bool().ok_or_else(|| GraphError::parameter(&format!("Param {name} must be true or false.")))
}
