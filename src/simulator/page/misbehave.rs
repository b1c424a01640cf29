//! The handlers of what is done to the simulator itself: faults ordered and taken back, templates decided about.

use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{Html as HtmlResponse, IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use std::sync::Arc;

use super::{
    faults_panel,
    html::Html,
    icons, phone_panel,
    shell::{self, Page},
    templates_panel,
};
use crate::{
    control::{self, TemplateOrder},
    faults::Order,
    number::Number,
    world::World,
};

#[derive(Deserialize)]
pub(super) struct Whose {
    phone: Option<String>,
}

/// `/misbehave`: the panels as a page of their own, for small screens; with `?phone=` also that of a phone.
pub(super) async fn get(State(world): State<Arc<World>>, Query(whose): Query<Whose>) -> Response {
    let phone = whose.phone.as_deref().and_then(Number::lenient);
    page(&world, StatusCode::OK, (None, phone.as_ref()))
}

fn page(world: &World, status: StatusCode, (wrong, phone): (Option<&str>, Option<&Number>)) -> Response {
    let screen = Html::of("<header class=\"bar\"><a class=\"round\"")
        .attr("href", &phone.map_or_else(|| "/".to_owned(), |phone| format!("/chats/{}", phone.as_str())))
        .raw(">")
        .raw(icons::BACK)
        .raw("<span class=\"unseen\">Back</span></a><h1>Simulate a failure</h1></header><main><div class=\"card\">")
        .maybe(wrong, |wrong| Html::of("<p class=\"error\" role=\"alert\">").text(wrong).raw("</p>"))
        .and(&faults_panel::panel(world, "/misbehave", "page"))
        .raw("</div>")
        .maybe(phone, |phone| phone_panel::card(world, phone, ("/misbehave", "page")))
        .and(&templates_panel::card(world, "/misbehave", "page"))
        .raw("</main>");
    let page = Page { title: "Simulate a failure · Simulator", refresh: false, screen };
    (status, HtmlResponse(shell::plain(&page))).into_response()
}

#[derive(Deserialize)]
pub(super) struct FaultForm {
    kind: String,
    code: String,
    delay_ms: String,
    to: String,
    times: String,
    back: String,
}

/// Orders the fault of the form. The form always carries a code and a time; the kind decides which counts.
pub(super) async fn order(State(world): State<Arc<World>>, Form(form): Form<FaultForm>) -> Response {
    let kind = form.kind.as_str();
    let order = Order {
        to: Some(form.to),
        times: form.times.parse().ok(),
        code: form.code.parse().ok().filter(|_| matches!(kind, "error" | "status_failed")),
        delay_ms: form
            .delay_ms
            .parse()
            .ok()
            .filter(|_| matches!(kind, "delay" | "slow_answer" | "webhook_delay")),
        kind: form.kind,
        ..Order::default()
    };
    let fits = order.arm().and_then(|armed| {
        let fits = world.faults().arm(vec![armed]);
        fits.then_some(()).ok_or_else(|| "A thousand faults are waiting already.".to_owned())
    });
    world.changed();
    answer(&world, fits, &form.back)
}

#[derive(Deserialize)]
pub(super) struct BackForm {
    back: String,
}

/// Takes all faults back.
pub(super) async fn clear(State(world): State<Arc<World>>, Form(form): Form<BackForm>) -> Response {
    world.faults().disarm(None);
    world.changed();
    back_to(&form.back, None)
}

#[derive(Deserialize)]
pub(super) struct TemplateForm {
    /// Account, name and language, apart by spaces, which none of them has; without a language all are meant.
    template: String,
    /// An event, or a quality in lower case.
    happens: String,
    back: String,
}

/// Something happens to a template.
pub(super) async fn template(State(world): State<Arc<World>>, Form(form): Form<TemplateForm>) -> Response {
    let mut parts = form.template.split(' ').map(str::to_owned);
    let (waba_id, name, language) = (parts.next(), parts.next(), parts.next());
    let happens = form.happens.as_str();
    let is_quality = happens.starts_with(|first: char| first.is_ascii_lowercase());
    let order = TemplateOrder {
        waba_id,
        name,
        language,
        event: (!is_quality).then(|| happens.to_owned()),
        quality: is_quality.then(|| happens.to_ascii_uppercase()),
        ..TemplateOrder::default()
    };
    let happened = control::happen_to_templates(&world, &order).map(|_| ());
    answer(&world, happened, &form.back)
}

#[derive(Deserialize)]
pub(super) struct ReviewForm {
    review: String,
    back: String,
}

/// New templates are reviewed so from now on.
pub(super) async fn review(State(world): State<Arc<World>>, Form(form): Form<ReviewForm>) -> Response {
    let order = TemplateOrder { review: Some(form.review), ..TemplateOrder::default() };
    let ordered = control::review_templates(&world, &order);
    answer(&world, ordered, &form.back)
}

fn answer(world: &World, outcome: Result<(), String>, back: &str) -> Response {
    match outcome {
        Ok(()) => back_to(back, None),
        Err(why) => page(world, StatusCode::BAD_REQUEST, (Some(&why), None)),
    }
}

/// Only to a page of this simulator, never where a form says.
pub(super) fn back_to(place: &str, phone: Option<&Number>) -> Response {
    let address = match (place, phone) {
        ("/misbehave", Some(phone)) => format!("/misbehave?phone={}", phone.digits()),
        ("/misbehave", None) => "/misbehave".to_owned(),
        _ => "/".to_owned(),
    };
    Redirect::to(&address).into_response()
}
