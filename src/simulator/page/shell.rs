//! What every page has around its screen: the document, the frame of the phone, and the column beside it.

use axum::response::{Html as HtmlResponse, IntoResponse, Response};

use super::{faults_panel, html::Html, icons, phone_panel, senders_panel, templates_panel};
use crate::{line::Line, number::Number, world::World};

/// How a page behaves.
pub(super) struct Page<'a> {
    pub(super) title: &'a str,
    /// Whether it refreshes by itself without scripts; not where one writes.
    pub(super) refresh: bool,
    /// What the phone shows.
    pub(super) screen: Html,
}

/// The whole document. Beside the phone stands what concerns the sender and the phone that are looked at.
pub(super) fn render(
    world: &World,
    page: &Page<'_>,
    (line, phone): (Option<&Line>, Option<&Number>),
) -> Response {
    let html = head(page)
        .raw("<body><div class=\"stage\"><div class=\"phone\">")
        .and(&page.screen)
        .raw("</div>")
        .and(&beside(world, line, phone))
        .raw("</div><p id=\"say\" class=\"unseen\" role=\"status\"></p></body></html>");
    HtmlResponse(html.finish()).into_response()
}

/// A page that is a single column of words instead of a phone.
pub(super) fn plain(page: &Page<'_>) -> String {
    head(page)
        .raw("<body><div class=\"sheet\">")
        .and(&page.screen)
        .raw("</div><p id=\"say\" class=\"unseen\" role=\"status\"></p></body></html>")
        .finish()
}

fn head(page: &Page<'_>) -> Html {
    Html::of(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1,interactive-widget=resizes-content\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>",
    )
    .text(page.title)
    .raw(
        "</title><link rel=\"stylesheet\" href=\"/assets/phone.css\">\
         <link rel=\"icon\" href=\"/assets/icon.svg\"><script src=\"/assets/phone.js\" defer></script>",
    )
    .raw(if page.refresh { "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>" } else { "" })
    .raw("</head>")
}

fn beside(world: &World, line: Option<&Line>, phone: Option<&Number>) -> Html {
    let first = world.senders().line(None).ok();
    let name = match line {
        Some(line) => Some(line.name.as_str()),
        None if senders_panel::several(world) => None,
        None => first.as_deref().map(|line| line.name.as_str()),
    };
    Html::of(
        "<aside class=\"beside\" aria-label=\"Simulator\"><h2 class=\"name\">Simulator</h2><p>Messages that ",
    )
    .raw("<b>")
    .text(name.unwrap_or("any sender"))
    .raw(
        "</b> sends to any number arrive on this phone. Nothing leaves this machine but webhooks.</p>\
             <section class=\"card\" aria-labelledby=\"misbehave\"><h3 id=\"misbehave\">",
    )
    .raw(icons::FAULT)
    .raw("Simulate a failure</h3>")
    .and(&faults_panel::panel(world, "/", "aside"))
    .raw("</section>")
    .maybe(phone, |phone| phone_panel::card(world, phone, ("/", "aside")))
    .and(&templates_panel::card(world, "/", "aside"))
    .and(&senders_panel::card(world))
    .raw(
        "<p class=\"hint\"><a href=\"/mails\">Mails</a> that were sent here. The same as JSON: \
             <a href=\"/simulator/messages\">messages</a> · <a href=\"/simulator/mails\">mails</a> · \
             <a href=\"/simulator/faults\">faults</a> · <a href=\"/simulator/templates\">templates</a> · \
             <a href=\"/simulator/senders\">senders</a></p></aside>",
    )
}
