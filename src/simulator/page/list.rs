//! The first screen: the phones by number, the most recent first, and a way to open any other number.

use super::{html::Html, icons, senders_panel, tint};
use crate::{
    clock,
    ids::Way,
    line::Line,
    phone::{Channel, Message, Phones, Status},
    world::World,
};

/// Chats shown; older ones are reached by their number.
const SHOWN: usize = 50;
/// Messages of a chat that are looked at to count the unread ones.
const COUNTED: usize = 100;

/// The list of chats, with one sender or with all. `wrong` is what somebody typed as a number and is none.
pub(super) fn screen(world: &World, line: Option<&Line>, wrong: Option<&str>) -> Html {
    let several = senders_panel::several(world);
    let phones = world.phones();
    let business = line.map(|line| line.phone_number_id.as_str());
    let recent = phones.recent_chats(SHOWN, business);
    let list = if recent.is_empty() {
        empty(world, line)
    } else {
        let more = phones.chat_count(business).saturating_sub(recent.len());
        chats(&phones, &recent, (more, several))
    };
    drop(phones);
    Html::of("<header class=\"bar\"><h1>Phones</h1><a class=\"round only-small\" href=\"/misbehave\">")
        .raw(icons::FAULT)
        .raw("<span class=\"unseen\">Simulate a failure</span></a></header><main class=\"scroll\">")
        .and(&senders_panel::switch(world, line, None))
        .and(&open_form(wrong))
        .raw("<div id=\"chats\" data-live>")
        .and(&list)
        .raw("</div></main>")
}

fn open_form(wrong: Option<&str>) -> Html {
    let form = Html::of(
        "<form class=\"open\"><label class=\"unseen\" for=\"to\">Open the phone with this number</label>\
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

fn empty(world: &World, line: Option<&Line>) -> Html {
    let first = world.senders().line(None).ok();
    let business = line.or(first.as_deref()).map(|line| line.phone_number_id.as_str());
    Html::of("<div class=\"empty\" id=\"empty\">")
        .raw(icons::CHAT)
        .raw(
            "<h2>No messages yet</h2><p>Ask for a code on a sign-in page, and it arrives here. Or send one to</p>\
             <p><code>POST /v25.0/",
        )
        .text(business.unwrap_or_default())
        .raw("/messages</code></p></div>")
}

fn chats(phones: &Phones, recent: &[&Message], (more, several): (usize, bool)) -> Html {
    let list = Html::of("<ul class=\"chats\" id=\"list\"")
        .raw(">")
        .each(recent, |message| chat(phones, message, several))
        .raw("</ul>");
    if more == 0 {
        return list;
    }
    list.raw("<p class=\"hint pad\" id=\"more\">")
        .text(&more.to_string())
        .raw(" more phones. Open one by its number.</p>")
}

fn chat(phones: &Phones, last: &Message, several: bool) -> Html {
    let unread = phones
        .newest_first(Some(&last.phone), Some(&last.line.phone_number_id))
        .take(COUNTED)
        .filter(|message| message.way == Way::ToPhone && message.status == Status::Delivered)
        .count();
    // Among several senders it matters more whom the chat is with than what the person is called.
    let name = if several { Some(last.line.name.as_str()) } else { phones.name(&last.phone) };
    let address = if several {
        format!("/chats/{}/{}", last.phone.as_str(), last.line.phone_number_id)
    } else {
        format!("/chats/{}", last.phone.as_str())
    };
    let html = Html::of("<li><a class=\"chat\"")
        .attr("href", &address)
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
