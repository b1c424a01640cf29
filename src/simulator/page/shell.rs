//! What every page has around its screen: the document, the frame of the phone, and the column beside it.

use axum::response::{Html as HtmlResponse, IntoResponse, Response};

use super::{faults_panel, html::Html, icons};
use crate::world::World;

/// How a page behaves.
pub(super) struct Page<'a> {
    pub(super) title: &'a str,
    /// Whether it refreshes by itself without scripts; not where one writes.
    pub(super) refresh: bool,
    /// What the phone shows.
    pub(super) screen: Html,
}

/// The whole document.
pub(super) fn render(world: &World, page: &Page<'_>) -> Response {
    let html = head(page)
        .raw("<body><div class=\"stage\"><div class=\"phone\">")
        .and(&page.screen)
        .raw("</div>")
        .and(&beside(world))
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

fn beside(world: &World) -> Html {
    Html::of(
        "<aside class=\"beside\" aria-label=\"Simulator\"><h2 class=\"name\">Simulator</h2><p>Messages that ",
    )
    .raw("<b>")
    .text(&world.settings.verified_name)
    .raw(
        "</b> sends to any number arrive on this phone. Nothing leaves this machine but webhooks.</p>\
             <section class=\"card\" aria-labelledby=\"misbehave\"><h3 id=\"misbehave\">",
    )
    .raw(icons::FAULT)
    .raw("Simulate a failure</h3>")
    .and(&faults_panel::panel(world, "/", "aside"))
    .raw(
        "</section><p class=\"hint\">The same as JSON: <a href=\"/simulator/messages\">messages</a> · \
             <a href=\"/simulator/faults\">faults</a></p></aside>",
    )
}
