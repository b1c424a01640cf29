//! The panel by which a person has the simulator fail on purpose: a small form, and the list of what is ordered.

use super::html::Html;
use crate::{
    faults::{Armed, Fault},
    world::World,
};

/// What can be ordered here, in the words of the panel; codes and times come from the fields beside it.
const KINDS: [(&str, &str); 12] = [
    ("status_failed", "Accepted, then fails"),
    ("error", "Refused at once"),
    ("delay", "Arrives late"),
    ("webhook_delay", "Arrives, but webhooks are late"),
    ("silence", "Arrives, but no webhook says so"),
    ("duplicate", "Every webhook twice"),
    ("disorder", "Webhooks out of order"),
    ("slow_answer", "Slow answer"),
    ("http_error", "Answer 503"),
    ("garbage", "Unreadable answer"),
    ("hang", "No answer"),
    ("drop", "Connection dropped"),
];

/// Error codes one meets, offered beside the field.
const CODES: [(&str, &str); 13] = [
    ("131026", "not on WhatsApp"),
    ("131056", "too many to this number"),
    ("130429", "too fast"),
    ("131049", "held back"),
    ("130472", "part of an experiment"),
    ("132001", "template missing"),
    ("132015", "template paused"),
    ("132016", "template disabled"),
    ("131042", "payment problem"),
    ("131031", "account locked"),
    ("137000", "owner changed"),
    ("131000", "something went wrong"),
    ("190", "token expired"),
];

/// Form and list. `back` is where the browser goes afterwards; `place` keeps ids apart on pages that show it twice.
pub(super) fn panel(world: &World, back: &'static str, place: &'static str) -> Html {
    let field = |name: &'static str| format!("{place}-{name}");
    let row = |name: &'static str, label: &'static str| {
        Html::of("<p class=\"field\" data-for=\"")
            .raw(name)
            .raw("\"><label")
            .attr("for", &field(name))
            .raw(">")
            .raw(label)
            .raw("</label>")
    };
    Html::of("<form method=\"post\" action=\"/misbehave\" class=\"faults send\"><input type=\"hidden\" name=\"back\"")
        .attr("value", back)
        .raw(">")
        .and(&row("kind", "What happens to the next message"))
        .raw("<select name=\"kind\"")
        .attr("id", &field("kind"))
        .raw(">")
        .each(KINDS, |(kind, words)| Html::of("<option").attr("value", kind).raw(">").raw(words).raw("</option>"))
        .raw("</select></p>")
        .and(&row("code", "Error code"))
        .raw("<input name=\"code\" inputmode=\"numeric\" pattern=\"[0-9]{1,6}\" value=\"131026\" autocomplete=\"off\"")
        .attr("id", &field("code"))
        .attr("list", &field("codes"))
        .raw("></p><datalist")
        .attr("id", &field("codes"))
        .raw(">")
        .each(CODES, |(code, words)| Html::of("<option").attr("value", code).raw(">").raw(words).raw("</option>"))
        .raw("</datalist>")
        .and(&row("delay_ms", "Milliseconds"))
        .raw("<input name=\"delay_ms\" inputmode=\"numeric\" pattern=\"[0-9]{1,7}\" value=\"5000\" autocomplete=\"off\"")
        .attr("id", &field("delay_ms"))
        .raw("></p>")
        .and(&row("to", "For number"))
        .raw("<input name=\"to\" type=\"tel\" placeholder=\"any\" autocomplete=\"off\"")
        .attr("id", &field("to"))
        .raw("></p>")
        .and(&row("times", "How often"))
        .raw("<select name=\"times\"")
        .attr("id", &field("times"))
        .raw("><option value=\"1\">once</option><option value=\"3\">3 times</option><option value=\"0\">until removed</option></select></p>")
        .raw("<button class=\"small\">Apply</button></form><div data-live")
        .attr("id", &field("armed"))
        .raw(">")
        .and(&armed(world, back))
        .raw("</div>")
}

fn armed(world: &World, back: &'static str) -> Html {
    let faults = world.faults();
    if faults.all().is_empty() {
        return Html::of("<p class=\"hint\">No failure is simulated.</p>");
    }
    Html::of("<ul class=\"armed\">")
        .each(faults.all().iter().take(20), |fault| Html::of("<li>").and(&words(fault)).raw("</li>"))
        .raw("</ul><form method=\"post\" action=\"/misbehave/clear\" class=\"send\"><input type=\"hidden\" name=\"back\"")
        .attr("value", back)
        .raw("><button class=\"small quiet\">Remove all</button></form>")
}

fn words(armed: &Armed) -> Html {
    let (kind, number) = match armed.fault {
        Fault::Error { code, .. } => ("error", Some(code.to_string())),
        Fault::StatusFailed { code } => ("status_failed", Some(code.to_string())),
        Fault::Delay { delay_ms } => ("delay", Some(format!("{delay_ms} ms"))),
        Fault::SlowAnswer { delay_ms } => ("slow_answer", Some(format!("{delay_ms} ms"))),
        Fault::WebhookDelay { delay_ms } => ("webhook_delay", Some(format!("{delay_ms} ms"))),
        Fault::Duplicate => ("duplicate", None),
        Fault::Disorder => ("disorder", None),
        Fault::Silence => ("silence", None),
        Fault::HttpError { http_status, .. } => ("http_error", Some(http_status.to_string())),
        Fault::Garbage { .. } => ("garbage", None),
        Fault::Hang { delay_ms, .. } => ("hang", delay_ms.map(|ms| format!("{ms} ms"))),
        Fault::Drop { .. } => ("drop", None),
    };
    let label = KINDS.iter().find(|(name, _)| *name == kind).map_or("", |(_, label)| label);
    let times = match armed.times {
        0 => "until removed".to_owned(),
        1 => "once".to_owned(),
        more => format!("{more} times"),
    };
    Html::of("<b>")
        .raw(label)
        .raw("</b>")
        .maybe(number, |number| Html::of(" <span>").text(&number).raw("</span>"))
        .raw(" <span class=\"soft\">")
        .maybe(armed.to.as_deref(), |to| Html::of("<bdi>").text(to).raw("</bdi>, "))
        .text(&times)
        .raw("</span>")
}
