//! The templates of all accounts: how far each got, and what a person lets happen to one.

use super::html::Html;
use crate::{
    senders::Account,
    templates::{Quality, Review, State, Stored},
    world::World,
};

/// What can happen, in the words of the panel. Those in lower case are what people think of it.
const HAPPENINGS: [(&str, &str); 11] = [
    ("APPROVED", "Approved"),
    ("REJECTED", "Rejected"),
    ("PAUSED", "Paused"),
    ("DISABLED", "Disabled"),
    ("FLAGGED", "Flagged"),
    ("REINSTATED", "Reinstated"),
    ("PENDING", "In review again"),
    ("DELETED", "Deleted"),
    ("green", "Quality: green"),
    ("yellow", "Quality: yellow"),
    ("red", "Quality: red"),
];

const REVIEWS: [(&str, &str); 3] =
    [("approve_at_once", "approved at once"), ("hold", "left in review"), ("reject", "rejected")];

/// Form and list. `back` is where the browser goes afterwards; `place` keeps ids apart on pages that show it twice.
pub(super) fn card(world: &World, back: &'static str, place: &'static str) -> Html {
    let field = |name: &'static str| format!("{place}-{name}");
    let label = |name: &'static str, words: &'static str| {
        Html::of("<p class=\"field\"><label")
            .attr("for", &field(name))
            .raw(">")
            .raw(words)
            .raw("</label><select")
            .attr("id", &field(name))
    };
    let (choices, rows, summary) = templates(world);
    Html::of("<details class=\"card\"")
        .attr("id", &field("templates"))
        .raw("><summary>")
        .and(&Html::heading(place, "Templates"))
        .raw("<span class=\"hint\" data-live")
        .attr("id", &field("summary"))
        .raw(">")
        .text(&summary)
        .raw("</span></summary><ul class=\"rows\" data-live")
        .attr("id", &field("rows"))
        .raw(">")
        .and(&rows)
        .raw("</ul><form method=\"post\" action=\"/misbehave/template\" class=\"stack send\"><input type=\"hidden\" name=\"back\"")
        .attr("value", back)
        .raw(">")
        .and(&label("template", "Template"))
        .raw(" name=\"template\" required data-live>")
        .and(&choices)
        .raw("</select></p>")
        .and(&label("happens", "Is from now on"))
        .raw(" name=\"happens\">")
        .each(HAPPENINGS, option)
        .raw("</select></p><button class=\"small\">Apply</button></form>\
              <form method=\"post\" action=\"/misbehave/review\" class=\"stack send\"><input type=\"hidden\" name=\"back\"")
        .attr("value", back)
        .raw(">")
        .and(&label("review", "New templates are"))
        .raw(" name=\"review\">")
        .and(&reviews(world))
        .raw("</select></p><button class=\"small quiet\">Set</button></form></details>")
}

fn option((value, words): (&'static str, &'static str)) -> Html {
    Html::of("<option").attr("value", value).raw(">").raw(words).raw("</option>")
}

/// The way in which the first account is reviewed is the chosen one.
fn reviews(world: &World) -> Html {
    let senders = world.senders();
    let current = match senders.accounts().first().map(|account| &account.review) {
        Some(Review::Hold) => "hold",
        Some(Review::Reject(_)) => "reject",
        _ => "approve_at_once",
    };
    drop(senders);
    Html::default().each(REVIEWS, |(value, words)| {
        Html::of("<option")
            .attr("value", value)
            .raw(if value == current { " selected>" } else { ">" })
            .raw(words)
            .raw("</option>")
    })
}

/// The choices of the form, the rows of the list, and all in a few words.
fn templates(world: &World) -> (Html, Html, String) {
    let senders = world.senders();
    let several = senders.accounts().len() > 1;
    let (mut choices, mut rows) = (Html::default(), Html::default());
    let (mut all, mut usable) = (0_usize, 0_usize);
    for account in senders.accounts() {
        all += account.templates.all().len();
        usable += account.templates.all().iter().filter(|template| template.state == State::Approved).count();
        for name in names(account) {
            let named: Vec<&Stored> =
                account.templates.all().iter().filter(|template| template.name == name).collect();
            choices = choices.and(&choice(account, name, &named, several));
            rows = rows.and(&row(account, name, &named, several));
        }
    }
    let summary = match all - usable {
        0 => "all approved".to_owned(),
        others => format!("{others} of {all} not approved"),
    };
    (choices, rows, summary)
}

/// Each name once, in the order in which they came.
fn names(account: &Account) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for template in account.templates.all() {
        if !names.contains(&template.name.as_str()) {
            names.push(&template.name);
        }
    }
    names
}

fn choice(account: &Account, name: &str, named: &[&Stored], several: bool) -> Html {
    let title = if several { format!("{name} · {}", account.name) } else { name.to_owned() };
    let one = |value: String, words: &str| {
        Html::of("<option").attr("value", &value).raw(">").text(words).raw("</option>")
    };
    Html::of("<optgroup")
        .attr("label", &title)
        .raw(">")
        .and(&one(format!("{} {name}", account.id), &format!("{name}, all languages")))
        .each(named, |template| {
            let language = &template.language;
            one(format!("{} {name} {language}", account.id), &format!("{name}, {language}"))
        })
        .raw("</optgroup>")
}

/// One name with its languages, those in the same state together.
fn row(account: &Account, name: &str, named: &[&Stored], several: bool) -> Html {
    let mut groups: Vec<(&'static str, Quality, Vec<&str>)> = Vec::new();
    for template in named {
        let (word, quality) = (template.state.word(), template.quality.0);
        match groups.iter_mut().find(|group| (group.0, group.1) == (word, quality)) {
            Some(group) => group.2.push(&template.language),
            None => groups.push((word, quality, vec![&template.language])),
        }
    }
    Html::of("<li><code>")
        .text(name)
        .raw("</code>")
        .maybe(several.then_some(&account.name), |name| {
            Html::of(" <span class=\"soft\">").text(name).raw("</span>")
        })
        .each(&groups, |(word, quality, languages)| {
            Html::of("<p>")
                .raw(match *word {
                    "APPROVED" => "<span class=\"pill good\">",
                    "PENDING" => "<span class=\"pill\">",
                    _ => "<span class=\"pill bad\">",
                })
                .text(&word.to_ascii_lowercase())
                .raw("</span>")
                .raw(match quality {
                    Quality::Unknown => "",
                    Quality::Green => " <span class=\"pill good\">quality green</span>",
                    Quality::Yellow => " <span class=\"pill warn\">quality yellow</span>",
                    Quality::Red => " <span class=\"pill bad\">quality red</span>",
                })
                .raw(" <span class=\"soft\">")
                .text(&languages.join(", "))
                .raw("</span></p>")
        })
        .raw("</li>")
}
