//! Text and interactive messages: what Meta allows inside the 24-hour window, with its limits on length and number.

use super::{Fields, GraphError, Said};
use crate::{
    phone::{Button, Category, Content},
    sender::is_web_address,
};

/// `text`: a body and whether links are previewed.
pub(super) fn text(text: &Fields<'_>) -> Result<Said, GraphError> {
    text.only(&["body", "preview_url"])?;
    if text.value("preview_url").is_some_and(|preview| !preview.is_boolean()) {
        return Err(GraphError::parameter("Param text.preview_url must be true or false."));
    }
    Ok(said(Content::text(text.bounded("body", 4_096)?)))
}

/// `interactive`: reply buttons, a list, or a link button.
pub(super) fn interactive(interactive: &Fields<'_>) -> Result<Said, GraphError> {
    interactive.only(&["type", "header", "body", "footer", "action"])?;
    let kind = interactive.exactly("type", &["button", "list", "cta_url"])?;
    let body = interactive.object("body")?;
    body.only(&["text"])?;
    let action = interactive.object("action")?;
    let buttons = match kind {
        "button" => reply_buttons(&action)?,
        "list" => list_rows(&action)?,
        _ => link_button(&action)?,
    };
    Ok(said(Content {
        header: header(interactive)?,
        body: body.bounded("text", 1_024)?.to_owned(),
        footer: footer(interactive)?,
        buttons,
    }))
}

fn said(content: Content) -> Said {
    Said { content, category: Category::Service, code: None, template: None }
}

fn header(interactive: &Fields<'_>) -> Result<Option<String>, GraphError> {
    let Some(header) = interactive.optional_object("header")? else { return Ok(None) };
    header.only(&["type", "text"])?;
    header.exactly("type", &["text"])?;
    header.bounded("text", 60).map(|text| Some(text.to_owned()))
}

fn footer(interactive: &Fields<'_>) -> Result<Option<String>, GraphError> {
    let Some(footer) = interactive.optional_object("footer")? else { return Ok(None) };
    footer.only(&["text"])?;
    footer.bounded("text", 60).map(|text| Some(text.to_owned()))
}

fn reply_buttons(action: &Fields<'_>) -> Result<Vec<Button>, GraphError> {
    action.only(&["buttons"])?;
    let mut buttons = Vec::new();
    for button in action.objects("buttons", 1..=3)? {
        button.only(&["type", "reply"])?;
        button.exactly("type", &["reply"])?;
        let reply = button.object("reply")?;
        reply.only(&["id", "title"])?;
        let (id, title) = (reply.bounded("id", 256)?.to_owned(), reply.bounded("title", 20)?.to_owned());
        let twin = buttons.iter().any(
            |other| matches!(other, Button::Reply { id: known, title: shown } if *known == id || *shown == title),
        );
        if twin {
            return Err(reply.invalid("id", "and title must differ from those of the other buttons"));
        }
        buttons.push(Button::Reply { id, title });
    }
    Ok(buttons)
}

fn list_rows(action: &Fields<'_>) -> Result<Vec<Button>, GraphError> {
    action.only(&["button", "sections"])?;
    action.bounded("button", 20)?;
    let sections = action.objects("sections", 1..=10)?;
    let mut rows = Vec::new();
    for section in &sections {
        section.only(&["title", "rows"])?;
        section.optional_bounded("title", 24)?;
        if sections.len() > 1 {
            section.bounded("title", 24)?;
        }
        for row in section.objects("rows", 1..=10)? {
            row.only(&["id", "title", "description"])?;
            rows.push(Button::Row {
                id: row.bounded("id", 200)?.to_owned(),
                title: row.bounded("title", 24)?.to_owned(),
                description: row.optional_bounded("description", 72)?.map(str::to_owned),
            });
        }
    }
    if rows.len() > 10 {
        return Err(action.invalid("sections", "may have 10 rows altogether"));
    }
    Ok(rows)
}

fn link_button(action: &Fields<'_>) -> Result<Vec<Button>, GraphError> {
    action.only(&["name", "parameters"])?;
    action.exactly("name", &["cta_url"])?;
    let parameters = action.object("parameters")?;
    parameters.only(&["display_text", "url"])?;
    let url = parameters.bounded("url", 2_000)?;
    if !is_web_address(url) {
        return Err(parameters.invalid("url", "must be a web address"));
    }
    Ok(vec![Button::Url { title: parameters.bounded("display_text", 20)?.to_owned(), url: url.to_owned() }])
}
