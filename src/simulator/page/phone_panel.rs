//! What a phone is like, and what can become of it.

use super::html::Html;
use crate::{number::Number, world::World};

/// The card of one phone. `back` is where the browser goes afterwards; `place` keeps ids apart.
pub(super) fn card(world: &World, phone: &Number, (back, place): (&'static str, &'static str)) -> Html {
    let nature = world.people().nature(phone);
    let (change, words) = if nature.whatsapp {
        ("without_whatsapp", "Take WhatsApp away")
    } else {
        ("with_whatsapp", "Give it WhatsApp")
    };
    let times = |count: u32, what: &'static str| {
        (count > 0).then(|| {
            let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
            Html::of(", ").raw(what).raw(" ").text(&times)
        })
    };
    let button = |change: &'static str, words: &'static str| {
        Html::of("<button class=\"small quiet\" name=\"change\"")
            .attr("value", change)
            .raw(">")
            .raw(words)
            .raw("</button>")
    };
    Html::of("<details class=\"card\"")
        .attr("id", &format!("{place}-phone"))
        .raw("><summary>")
        .and(&Html::heading(place, "This phone"))
        .raw("<span class=\"hint\" data-live")
        .attr("id", &format!("{place}-nature"))
        .raw(">")
        .raw(if nature.whatsapp { "has WhatsApp" } else { "<b class=\"bad\">has no WhatsApp</b>" })
        .maybe(times(nature.owner, "changed hands"), |words| words)
        .maybe(times(nature.device, "set up anew"), |words| words)
        .raw("</span></summary><form method=\"post\" class=\"stack send\" data-live")
        .attr("id", &format!("{place}-changes"))
        .attr("action", &format!("/chats/{}/phone", phone.as_str()))
        .raw("><input type=\"hidden\" name=\"back\"")
        .attr("value", back)
        .raw(">")
        .and(&button(change, words))
        .and(&button("owner", "The number changes hands"))
        .and(&button("device", "The person gets a new device"))
        .raw("</form></details>")
}
