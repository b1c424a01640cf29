//! Template messages: the template must exist and be approved in that very language, and the parameters must be exactly
//! those it asks for. An authentication template wants its code twice, in the body and in the button.

use super::{Fields, GraphError, Said, Templates};
use crate::{
    phone::{Button, Content},
    templates::{Shape, Slot, State, Stored, code_content},
};

/// Longest code an authentication template takes.
const LONGEST_CODE: usize = 15;

/// `template`: name, language and components.
pub(super) fn read(template: &Fields<'_>, templates: &Templates) -> Result<Said, GraphError> {
    template.only(&["name", "language", "components"])?;
    let name = template.bounded("name", 512)?;
    let language = template.object("language")?;
    language.only(&["code", "policy"])?;
    if language.value("policy").is_some() {
        language.exactly("policy", &["deterministic"])?;
    }
    let code = language.bounded("code", 16)?;
    let stored = sendable(templates.find(name, code))?;
    let components = match template.value("components") {
        None => Vec::new(),
        Some(_) => template.objects("components", 0..=12)?,
    };
    let given = Given::read(&components)?;
    let (content, code) = match &stored.shape {
        Shape::Code { security, expires, label, .. } => {
            let code = one_code(&given)?;
            (
                code_content(&stored.language, code, (*security, *expires, label.as_deref())),
                Some(code.to_owned()),
            )
        }
        Shape::Words { header, body, footer, buttons } => {
            let content = Content {
                header: header.clone(),
                body: fill(body, &given)?,
                footer: footer.clone(),
                buttons: fill_buttons(buttons, &given)?,
            };
            (content, None)
        }
    };
    Ok(said(stored, content, code))
}

/// Only what is approved can be sent. Meta says of a paused or disabled template that it is, and of any other that it does
/// not exist.
fn sendable(stored: Option<&Stored>) -> Result<&Stored, GraphError> {
    match stored.map(|stored| (stored, &stored.state)) {
        Some((stored, State::Approved)) => Ok(stored),
        Some((_, State::Paused)) => {
            Err(GraphError::new(132_015, "The template is paused for its low quality"))
        }
        Some((_, State::Disabled)) => {
            Err(GraphError::new(132_016, "The template was paused too often and is disabled"))
        }
        _ => Err(GraphError::new(
            132_001,
            "The template does not exist in this language, or is not approved yet",
        )),
    }
}

fn said(stored: &Stored, content: Content, code: Option<String>) -> Said {
    Said {
        content,
        category: stored.category,
        code,
        template: Some((stored.name.clone(), stored.language.clone())),
    }
}

/// The parameters of a request, sorted by where they go.
struct Given<'a> {
    body: Vec<&'a str>,
    buttons: Vec<GivenButton<'a>>,
}

struct GivenButton<'a> {
    index: &'a str,
    sub_type: &'a str,
    values: Vec<&'a str>,
}

impl<'a> Given<'a> {
    fn read(components: &[Fields<'a>]) -> Result<Self, GraphError> {
        let mut body = None;
        let mut buttons: Vec<GivenButton<'a>> = Vec::new();
        for component in components {
            match component.exactly("type", &["body", "button", "header"])? {
                "body" => {
                    component.only(&["type", "parameters"])?;
                    if body.replace(parameters(component)?).is_some() {
                        return Err(component.invalid("type", "may be body only once"));
                    }
                }
                "button" => {
                    let button = GivenButton::read(component)?;
                    if buttons.iter().any(|other| other.index == button.index) {
                        return Err(component.invalid("index", "may stand only once"));
                    }
                    buttons.push(button);
                }
                _ => return Err(count("header", 1, 0)),
            }
        }
        Ok(Self { body: body.unwrap_or_default(), buttons })
    }
}

impl<'a> GivenButton<'a> {
    fn read(component: &Fields<'a>) -> Result<Self, GraphError> {
        component.only(&["type", "sub_type", "index", "parameters"])?;
        let sub_type = component.exactly("sub_type", &["url", "quick_reply"])?;
        let index = component.text("index")?;
        if index.len() != 1 || !index.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(component.invalid("index", "must be a string from \"0\" to \"9\""));
        }
        Ok(Self { index, sub_type, values: parameters(component)? })
    }
}

fn parameters<'a>(component: &Fields<'a>) -> Result<Vec<&'a str>, GraphError> {
    let parameters = component.objects("parameters", 0..=32)?;
    parameters
        .iter()
        .map(|parameter| match parameter.exactly("type", &["text", "payload"])? {
            "payload" => {
                parameter.only(&["type", "payload"])?;
                parameter.bounded("payload", 256)
            }
            _ => {
                parameter.only(&["type", "text"])?;
                parameter.bounded("text", 1_024)
            }
        })
        .collect()
}

fn count(place: &str, given: usize, expected: usize) -> GraphError {
    GraphError::new(132_000, format!("{place}: number of parameters is {given}, expected {expected}"))
}

/// The one code of an authentication template, the same in body and button.
fn one_code<'a>(given: &Given<'a>) -> Result<&'a str, GraphError> {
    let [code] = given.body[..] else { return Err(count("body", given.body.len(), 1)) };
    let button = match &given.buttons[..] {
        [] => {
            return Err(GraphError::new(
                131_008,
                "The button at index 0 of type url needs the code as its parameter",
            ));
        }
        [button] => button,
        more => return Err(count("buttons", more.len(), 1)),
    };
    if button.sub_type != "url" || button.index != "0" {
        return Err(GraphError::new(132_018, "The button of a code has sub_type url and index \"0\""));
    }
    let [in_button] = button.values[..] else { return Err(count("button", button.values.len(), 1)) };
    if code.chars().count() > LONGEST_CODE || in_button.chars().count() > LONGEST_CODE {
        return Err(GraphError::new(132_005, format!("A code has at most {LONGEST_CODE} characters")));
    }
    if !code.chars().all(|sign| sign.is_ascii_graphic()) {
        return Err(GraphError::new(
            132_018,
            "A code is printable characters without spaces, emoji or links",
        ));
    }
    if code != in_button {
        return Err(GraphError::new(132_018, "The code in the body and the code in the button differ"));
    }
    Ok(code)
}

/// Puts the body's parameters where `{{1}}`, `{{2}}`, … stand.
fn fill(body: &str, given: &Given<'_>) -> Result<String, GraphError> {
    let expected = (1..).take_while(|n| body.contains(&placeholder(*n))).count();
    if given.body.len() != expected {
        return Err(count("body", given.body.len(), expected));
    }
    // Cut at the placeholders instead of replacing them one after the other, so that a value which looks like a
    // placeholder stays a value.
    let mut filled = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((number, beyond)) = after.split_once("}}") else {
            filled.push_str("{{");
            rest = after;
            continue;
        };
        let value = number.parse::<usize>().ok().and_then(|n| given.body.get(n.checked_sub(1)?));
        filled.push_str(value.copied().unwrap_or_default());
        rest = beyond;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn placeholder(n: usize) -> String {
    format!("{{{{{n}}}}}")
}

/// A quick reply returns the payload it was sent with, or its own title when none was.
fn fill_buttons(slots: &[Slot], given: &Given<'_>) -> Result<Vec<Button>, GraphError> {
    if let Some(stray) = given.buttons.iter().find(|button| {
        !button
            .index
            .parse()
            .is_ok_and(|index: usize| matches!(slots.get(index), Some(Slot::QuickReply { .. })))
            || button.sub_type != "quick_reply"
    }) {
        let sentence = format!("The template has no quick-reply button at index {}", stray.index);
        return Err(GraphError::new(132_018, sentence));
    }
    slots
        .iter()
        .enumerate()
        .map(|(at, slot)| match slot {
            Slot::Url { title, url } => Ok(Button::Url { title: title.clone(), url: url.clone() }),
            Slot::QuickReply { title } => {
                let button = given.buttons.iter().find(|button| button.index == at.to_string());
                let payload = match button.map(|button| &button.values[..]) {
                    None => title,
                    Some([payload]) => *payload,
                    Some(other) => return Err(count("button", other.len(), 1)),
                };
                Ok(Button::QuickReply { title: title.clone(), payload: payload.to_owned() })
            }
        })
        .collect()
}
