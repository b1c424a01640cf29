//! Which senders there are, where there are several: to be looked at, and to choose one of.

use std::sync::Arc;

use super::html::Html;
use crate::{line::Line, number::Number, world::World};

/// The business numbers, the first first.
fn lines(world: &World) -> Vec<Arc<Line>> {
    world.senders().numbers().iter().map(|number| Arc::clone(&number.line)).collect()
}

/// True when it matters which sender is meant.
pub(super) fn several(world: &World) -> bool {
    world.senders().numbers().len() > 1
}

/// Where the chat of a phone with a business number is. With one sender the phone says it all.
pub(super) fn chat_address(world: &World, phone: &Number, line: &Line) -> String {
    if several(world) {
        format!("/chats/{}/{}", phone.as_str(), line.phone_number_id)
    } else {
        format!("/chats/{}", phone.as_str())
    }
}

/// The way from one sender to another, above a list or a chat. Nothing where there is one sender only.
pub(super) fn switch(world: &World, chosen: Option<&Line>, phone: Option<&Number>) -> Html {
    let lines = lines(world);
    if lines.len() < 2 {
        return Html::default();
    }
    let chip = |address: &str, name: &str, is_chosen: bool| {
        Html::of("<a")
            .attr("href", address)
            .raw(if is_chosen { " aria-current=\"page\">" } else { ">" })
            .text(name)
            .raw("</a>")
    };
    let all = match phone {
        None => chip("/", "All", chosen.is_none()),
        Some(_) => Html::default(),
    };
    Html::of("<nav class=\"chips switch\" aria-label=\"Senders\">")
        .and(&all)
        .each(&lines, |line| {
            let is_chosen = chosen.is_some_and(|chosen| chosen.phone_number_id == line.phone_number_id);
            let address = match phone {
                None => format!("/senders/{}", line.phone_number_id),
                Some(phone) => format!("/chats/{}/{}", phone.as_str(), line.phone_number_id),
            };
            chip(&address, &line.name, is_chosen)
        })
        .raw("</nav>")
}

/// All senders and what is wrong with each. Nothing where there is one sender that is in order.
pub(super) fn card(world: &World) -> Html {
    let senders = world.senders();
    let rows: Vec<(Arc<Line>, Vec<&str>)> = senders
        .numbers()
        .iter()
        .map(|number| {
            let account = senders.account(&number.line.waba_id);
            let troubles = [
                (number.token_expired, "token expired"),
                (account.is_some_and(|it| it.restriction.is_some()), "account restricted"),
                (account.is_some_and(|it| it.webhook_target().is_none()), "no webhooks"),
            ];
            let troubles = troubles.into_iter().filter(|(there, _)| *there).map(|(_, words)| words);
            (Arc::clone(&number.line), troubles.collect())
        })
        .collect();
    drop(senders);
    if rows.len() < 2 {
        return Html::default();
    }
    Html::of("<section class=\"card\" aria-labelledby=\"senders\"><h3 id=\"senders\">Senders</h3><ul class=\"rows\" id=\"sender-rows\" data-live>")
        .each(&rows, |(line, troubles)| {
            Html::of("<li><a")
                .attr("href", &format!("/senders/{}", line.phone_number_id))
                .raw("><b>")
                .text(&line.name)
                .raw("</b> <bdi class=\"soft\">")
                .text(&line.display)
                .raw("</bdi></a>")
                .each(troubles, |trouble| Html::of(" <span class=\"pill bad\">").text(trouble).raw("</span>"))
                .raw("</li>")
        })
        .raw("</ul></section>")
}
