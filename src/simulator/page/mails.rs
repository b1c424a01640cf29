//! The mails that came, as a mail program would list them. Their HTML is not shown: a page of ours runs nothing of others'.

use axum::{extract::State, response::Response};
use std::sync::Arc;

use super::{
    html::Html,
    icons,
    shell::{self, Page},
};
use crate::{mail::Mail, world::World};

/// Mails shown; older ones are reached by `GET /simulator/mails`.
const SHOWN: usize = 50;

/// `/mails`.
pub(super) async fn get(State(world): State<Arc<World>>) -> Response {
    let screen = screen(&world);
    shell::render(&world, &Page { title: "Mails · Simulator", refresh: true, screen }, (None, None))
}

fn screen(world: &World) -> Html {
    let inbox = world.inbox();
    let mails: Vec<&Mail> = inbox.newest_first(None).take(SHOWN).collect();
    Html::of("<header class=\"bar\"><a class=\"round\" href=\"/\">")
        .raw(icons::BACK)
        .raw("<span class=\"unseen\">All phones</span></a><h1>Mails</h1></header><main class=\"scroll\"><div id=\"mails\" data-live>")
        .and(&if mails.is_empty() { empty() } else { Html::of("").each(&mails, |mail| one(mail)) })
        .raw("</div></main>")
}

fn empty() -> Html {
    Html::of("<div class=\"empty\">")
        .raw(icons::CHAT)
        .raw("<h2>No mails yet</h2><p>What is sent to the simulated mail server arrives here, whoever it is for.</p></div>")
}

fn one(mail: &Mail) -> Html {
    Html::of("<article class=\"mail\"")
        .attr("id", &format!("mail-{}", mail.n))
        .raw("><h2><bdi>")
        .text(&mail.subject)
        .raw("</bdi></h2><p class=\"soft\"><bdi>")
        .text(&mail.from)
        .raw("</bdi> → <bdi>")
        .text(&mail.to)
        .raw("</bdi></p><pre dir=\"auto\">")
        .text(&mail.text)
        .raw("</pre></article>")
}
