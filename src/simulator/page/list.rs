//! The first screen: the phones by number, the most recent first, and a way to open any other number.

use super::{html::Html, icons, tint};
use crate::{
    clock,
    ids::Way,
    phone::{Channel, Message, Phones, Status},
    world::World,
};

/// Chats shown; older ones are reached by their number.
const SHOWN: usize = 50;
/// Messages of a chat that are looked at to count the unread ones.
const COUNTED: usize = 100;

/// The list of chats. `wrong` is what somebody typed as a number and is none.
pub(super) fn screen(world: &World, wrong: Option<&str>) -> Html {
    let phones = world.phones();
    let recent = phones.recent_chats(SHOWN);
    Html::of("<header class=\"bar\"><h1>Phones</h1><a class=\"round only-small\" href=\"/misbehave\">")
        .raw(icons::FAULT)
        .raw("<span class=\"unseen\">Simulate a failure</span></a></header><main class=\"scroll\">")
        .and(&open_form(wrong))
        .raw("<div id=\"chats\" data-live>")
        .and(&if recent.is_empty() { empty(world) } else { chats(&phones, &recent) })
        .raw("</div></main>")
}

fn open_form(wrong: Option<&str>) -> Html {
    let form = Html::of(
        "<form class=\"open\" action=\"/\"><label class=\"unseen\" for=\"to\">Open the phone with this number</label>\
         <input id=\"to\" name=\"to\" type=\"tel\" inputmode=\"tel\" autocomplete=\"off\" required \
         placeholder=\"+91 98765 43210\"",
    );
    let form = match wrong {
        None => form.raw(">"),
        Some(typed) => form.attr("value", typed).raw(" aria-invalid=\"true\" aria-describedby=\"wrong\">"),
    };
    form.raw("<button class=\"small\">Open</button></form>").raw(match wrong {
        None => "",
        Some(_) => {
            "<p id=\"wrong\" class=\"error pad\">That is no international number. Write it with its country code, \
             such as +91&nbsp;98765&nbsp;43210.</p>"
        }
    })
}

fn empty(world: &World) -> Html {
    Html::of("<div class=\"empty\" id=\"empty\">")
        .raw(icons::CHAT)
        .raw(
            "<h2>No messages yet</h2><p>Ask for a code on a sign-in page, and it arrives here. Or send one to</p>\
             <p><code>POST /v25.0/",
        )
        .text(&world.settings.phone_number_id)
        .raw("/messages</code></p></div>")
}

fn chats(phones: &Phones, recent: &[&Message]) -> Html {
    let more = phones.chat_count().saturating_sub(recent.len());
    let list = Html::of("<ul class=\"chats\" id=\"list\"")
        .raw(">")
        .each(recent, |message| chat(phones, message))
        .raw("</ul>");
    if more == 0 {
        return list;
    }
    list.raw("<p class=\"hint pad\" id=\"more\">")
        .text(&more.to_string())
        .raw(" more phones. Open one by its number.</p>")
}

fn chat(phones: &Phones, last: &Message) -> Html {
    let unread = phones
        .newest_first(Some(&last.phone))
        .take(COUNTED)
        .filter(|message| message.way == Way::ToPhone && message.status == Status::Delivered)
        .count();
    let name = phones.chat(&last.phone).and_then(|chat| chat.name.as_deref());
    let html = Html::of("<li><a class=\"chat\"")
        .attr("href", &format!("/chats/{}", last.phone.as_str()))
        .raw("><span class=\"face\"")
        .attr("data-tint", tint(&last.phone))
        .raw(" aria-hidden=\"true\">")
        .text(last.phone.digits().get(last.phone.digits().len().saturating_sub(2)..).unwrap_or_default())
        .raw("</span><span class=\"who\"><b><bdi>")
        .text(&last.phone.grouped())
        .raw("</bdi></b>")
        .maybe(name, |name| Html::of(" <bdi class=\"soft\">").text(name).raw("</bdi>"))
        .raw("</span>")
        .and(&time(last.at))
        .raw("<span class=\"last\">")
        .and(&preview(last))
        .raw("</span>");
    let html = match unread {
        0 => html,
        count => html
            .raw("<span class=\"badge\"><span aria-hidden=\"true\">")
            .text(&count.to_string())
            .raw("</span><span class=\"unseen\">")
            .text(&count.to_string())
            .raw(" unread</span></span>"),
    };
    html.raw("</a></li>")
}

fn preview(message: &Message) -> Html {
    if message.way == Way::FromPhone {
        return Html::of("<span class=\"soft\">You:</span> <bdi>").text(&message.content.body).raw("</bdi>");
    }
    let tag = Html::of(if message.channel == Channel::Sms { "<span class=\"sms\">SMS</span> " } else { "" });
    match message.status {
        Status::Failed => tag.raw("<span class=\"bad\">Did not arrive</span>"),
        Status::Accepted | Status::Sent => tag.raw("<span class=\"soft\">On its way…</span>"),
        Status::Delivered | Status::Read => tag.raw("<bdi>").text(&message.content.body).raw("</bdi>"),
    }
}

/// The time of day; a script writes it in the reader's time zone.
pub(super) fn time(at: u64) -> Html {
    Html::of("<time")
        .attr("datetime", &clock::iso_minute(at))
        .raw(" title=\"UTC\">")
        .text(&clock::clock_face(at))
        .raw("</time>")
}
