//! The second screen: one chat, its bubbles, and the box in which one answers as the person who holds the phone.

use super::{html::Html, icons, list, senders_panel, tint};
use crate::{
    clock,
    graph::title,
    ids::Way,
    line::Line,
    number::Number,
    phone::{Button, Category, Channel, Message, Status},
    texts::AuthenticationText,
    world::World,
};

/// Messages shown; older ones are in `GET /simulator/messages`.
pub(super) const SHOWN: usize = 100;
/// What people often answer.
const CHIPS: [&str; 4] = ["Hi", "Yes", "No", "Stop"];

/// How a chat is looked at.
#[derive(Clone, Copy)]
pub(super) struct Look {
    /// Stops the refreshing that pages without scripts do.
    pub(super) hold: bool,
    /// What was wrong with what the person did.
    pub(super) wrong: Option<&'static str>,
}

/// One chat.
pub(super) fn screen(world: &World, (phone, line): (&Number, &Line), look: Look) -> Html {
    let phones = world.phones();
    let mut messages: Vec<&Message> =
        phones.newest_first(Some(phone), Some(&line.phone_number_id)).take(SHOWN).collect();
    messages.reverse();
    let chat = phones.chat(phone, &line.phone_number_id);
    let window = chat.and_then(|chat| chat.window_left(clock::now_ms()));
    let bubbles = if messages.is_empty() {
        Html::of(
            "<li class=\"note\" id=\"none\">No messages with this number yet. Write one, or ask for a code.</li>",
        )
    } else {
        Html::default().each(messages, bubble)
    };
    drop(phones);
    head(phone, line)
        .and(&senders_panel::switch(world, Some(line), Some(phone)))
        .raw(
            "<main class=\"scroll talk\" tabindex=\"0\" aria-label=\"Chat\"><div role=\"log\" aria-label=\"Messages\">\
             <ol id=\"thread\" class=\"thread\" data-live>",
        )
        .and(&bubbles)
        .raw("</ol></div></main>")
        .and(&composer(world, (phone, line), window, look))
}

/// Whom the person writes with: the business, as on any phone; and whose phone this is, which a real one does not say.
fn head(phone: &Number, line: &Line) -> Html {
    let business = &line.name;
    Html::of("<header class=\"bar\"><a class=\"round\" href=\"/\">")
        .raw(icons::BACK)
        .raw("<span class=\"unseen\">All phones</span></a><span class=\"face\"")
        .attr("data-tint", tint(phone))
        .raw(" aria-hidden=\"true\">")
        .maybe(business.chars().next(), |first| Html::default().text(first.encode_utf8(&mut [0; 4])))
        .raw("</span><div class=\"title\"><h1><bdi>")
        .text(business)
        .raw("</bdi></h1><p class=\"hint\">on the phone of <bdi>")
        .text(&phone.grouped())
        .raw("</bdi></p></div><a class=\"round only-small\"")
        .attr("href", &format!("/misbehave?phone={}", phone.digits()))
        .raw(">")
        .raw(icons::FAULT)
        .raw("<span class=\"unseen\">Simulate a failure</span></a></header>")
}

fn window_words(left: Option<u64>) -> Html {
    match left {
        None => Html::of("can send templates only, until this person writes."),
        Some(ms) => {
            Html::of("can answer freely for ").text(&ms.div_ceil(3_600_000).to_string()).raw(" h more.")
        }
    }
}

fn bubble(message: &Message) -> Html {
    let id = format!("m{}", message.n);
    let item = Html::of("<li").attr("id", &id).attr("data-mark", message.status.word());
    if message.way == Way::FromPhone {
        let item =
            item.raw(" class=\"mine\"><div class=\"bubble\"><span class=\"unseen\">You wrote: </span>");
        return item.and(&words(message)).and(&foot(message)).raw("</div></li>");
    }
    match message.status {
        Status::Accepted | Status::Sent => item
            .raw(" class=\"theirs\"><div class=\"bubble coming\"><p>A message is on its way…</p>")
            .and(&foot(message))
            .raw("</div>")
            .and(&state(message))
            .raw("</li>"),
        Status::Failed => {
            let code = message.failure.unwrap_or(131_000);
            item.raw(" class=\"note bad\"><p>A message did not arrive: ")
                .text(title(code))
                .raw(" (")
                .text(&code.to_string())
                .raw(")</p></li>")
        }
        Status::Delivered | Status::Read => item
            .raw(if message.channel == Channel::Sms {
                " class=\"theirs by-sms\">"
            } else {
                " class=\"theirs\">"
            })
            .raw("<div class=\"bubble\">")
            .and(&words(message))
            .and(&foot(message))
            .raw("</div>")
            .and(&buttons(message))
            .and(&state(message))
            .raw("</li>"),
    }
}

/// Header, body and footer, in the language and direction of the message.
fn words(message: &Message) -> Html {
    let language = message.language.as_deref().unwrap_or_default().replace('_', "-");
    let html = Html::of("<div class=\"words\" dir=\"auto\"");
    let html = if language.is_empty() { html } else { html.attr("lang", &language) };
    let content = &message.content;
    html.raw(">")
        .maybe(content.header.as_deref(), |header| Html::of("<p class=\"top\">").text(header).raw("</p>"))
        .raw("<p class=\"body\">")
        .and(&with_code(&content.body, message.code.as_deref()))
        .raw("</p>")
        .maybe(content.footer.as_deref(), |footer| Html::of("<p class=\"below\">").text(footer).raw("</p>"))
        .raw("</div>")
}

/// The code stands out, and one touch selects all of it.
fn with_code(body: &str, code: Option<&str>) -> Html {
    match code.and_then(|code| body.split_once(code).map(|(before, after)| (before, code, after))) {
        Some((before, code, after)) => Html::default()
            .text(before)
            .raw("<b class=\"code\" dir=\"ltr\">")
            .text(code)
            .raw("</b>")
            .text(after),
        None => Html::default().text(body),
    }
}

fn foot(message: &Message) -> Html {
    let html = Html::of("<p class=\"foot\">");
    let html = html.raw(if message.channel == Channel::Sms { "<span class=\"sms\">SMS</span>" } else { "" });
    html.and(&list::time(message.at)).raw("</p>")
}

/// What the sender is told of a message. It stands outside the bubble: the phone it arrives on shows no ticks.
fn state(message: &Message) -> Html {
    if message.channel != Channel::Whatsapp {
        return Html::default();
    }
    Html::of("<p class=\"state\"><span>The sender sees</span> ").and(&ticks(message.status)).raw("</p>")
}

/// The way of a message as its sender sees it.
fn ticks(status: Status) -> Html {
    let (class, drawing) = match status {
        Status::Accepted => ("<span class=\"ticks\">", icons::CLOCK),
        Status::Sent => ("<span class=\"ticks\">", icons::ONE_TICK),
        Status::Delivered | Status::Failed => ("<span class=\"ticks\">", icons::TWO_TICKS),
        Status::Read => ("<span class=\"ticks read\">", icons::TWO_TICKS),
    };
    Html::of(class).raw(drawing).raw("<span>").text(status.word()).raw("</span></span>")
}

fn buttons(message: &Message) -> Html {
    let mut html = Html::of("<div class=\"buttons\" dir=\"auto\">");
    for button in &message.content.buttons {
        html = html.and(&match button {
            Button::CopyCode { title, code } => Html::of("<button type=\"button\" class=\"tap scripted\"")
                .attr("data-copy", code)
                .raw(">")
                .raw(icons::COPY)
                .raw("<span>")
                .text(title)
                .raw("</span><span class=\"copied\" hidden>Copied ✓</span></button>"),
            Button::Url { title, url } => {
                Html::of("<a class=\"tap\" target=\"_blank\" rel=\"noopener noreferrer\"")
                    .attr("href", url)
                    .raw(">")
                    .raw(icons::LINK)
                    .raw("<span>")
                    .text(title)
                    .raw("</span></a>")
            }
            Button::QuickReply { title, payload } => tap(message, title, payload, None),
            Button::Reply { title, id } => tap(message, title, id, None),
            Button::Row { title, id, description } => tap(message, title, id, description.as_deref()),
        });
    }
    if message.category == Category::Authentication {
        let text = AuthenticationText::in_language(message.language.as_deref().unwrap_or_default());
        html = html.and(&answer(
            message,
            (text.not_me, "DID_NOT_REQUEST_CODE"),
            "<button class=\"tap less\">",
            None,
        ));
    }
    html.raw("</div>")
}

fn tap(message: &Message, title: &str, payload: &str, description: Option<&str>) -> Html {
    answer(message, (title, payload), "<button class=\"tap\">", description)
}

/// A form that sends one button's payload back, quoting the message.
fn answer(
    message: &Message,
    (title, payload): (&str, &str),
    button: &'static str,
    description: Option<&str>,
) -> Html {
    Html::of("<form method=\"post\" class=\"send\"")
        .attr("action", &format!("/chats/{}/reply", message.phone.as_str()))
        .raw("><input type=\"hidden\" name=\"business\"")
        .attr("value", &message.line.phone_number_id)
        .raw("><input type=\"hidden\" name=\"payload\"")
        .attr("value", payload)
        .raw("><input type=\"hidden\" name=\"label\"")
        .attr("value", title)
        .raw("><input type=\"hidden\" name=\"context\"")
        .attr("value", &message.id)
        .raw(">")
        .raw(button)
        .raw(icons::REPLY)
        .raw("<span>")
        .text(title)
        .maybe(description, |description| Html::of("<small>").text(description).raw("</small>"))
        .raw("</span></button></form>")
}

/// What the person can write. Without WhatsApp nothing.
fn composer(world: &World, (phone, line): (&Number, &Line), window: Option<u64>, look: Look) -> Html {
    if !world.people().nature(phone).whatsapp {
        return Html::of(
            "<footer class=\"compose\"><p class=\"hint\"><b class=\"bad\">This phone has no WhatsApp.</b> Messages to it fail \
             after they were accepted (131026).</p></footer>",
        );
    }
    let action = format!("/chats/{}/reply", phone.as_str());
    let business =
        Html::of("<input type=\"hidden\" name=\"business\"").attr("value", &line.phone_number_id).raw(">");
    Html::of("<footer class=\"compose\"><p class=\"hint\">")
        .text(&line.name)
        .raw(" <span id=\"window\" data-live><span>")
        .and(&window_words(window))
        .raw("</span></span></p>")
        .raw(if look.hold {
            "<noscript><p class=\"hint\">Held still. <a href=\"?\">Refresh again</a></p></noscript>"
        } else {
            "<noscript><p class=\"hint\">Refreshes every 5 seconds. <a href=\"?hold=1\">Hold it to write</a></p></noscript>"
        })
        .maybe(look.wrong, |wrong| Html::of("<p class=\"error\" role=\"alert\">").raw(wrong).raw("</p>"))
        .raw("<form method=\"post\" class=\"chips send\" aria-label=\"Quick replies\"")
        .attr("action", &action)
        .raw(">")
        .and(&business)
        .each(CHIPS, |chip| Html::of("<button name=\"text\"").attr("value", chip).raw(">").text(chip).raw("</button>"))
        .raw("</form><form method=\"post\" class=\"write send\"")
        .attr("action", &action)
        .raw(">")
        .and(&business)
        .raw(
            "<label class=\"unseen\" for=\"text\">Write as the person with this phone</label>\
             <input id=\"text\" name=\"text\" dir=\"auto\" autocomplete=\"off\" maxlength=\"4096\" required \
             placeholder=\"Message\"><button class=\"round go\">",
        )
        .raw(icons::SEND)
        .raw("<span class=\"unseen\">Send</span></button></form></footer>")
}
