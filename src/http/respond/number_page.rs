//! The number page as several rooms answer with it: first shown, shown again with what was wrong, or for another number.

mod said;

use axum::response::Response;
use watchword_domain::request::AuthorizationRequest;
use watchword_domain::sign_in::SignIn;
use watchword_domain::{Country, Language, Phone};
use watchword_flow::error::Fault;
use watchword_flow::sign_in::SendRefusal;

use crate::extract::posted::Posted;
use crate::extract::visitor::Visitor;
use crate::respond::ended::ended;
use crate::respond::page::{Shown, failed, page};
use crate::respond::restart::restart_url;
use crate::view::{Carried, Csrf, PhoneView};
use crate::{Doors, paths};

use said::{Said, said_of};

/// What the page shows besides its frame.
struct Question<'a> {
    language: Language,
    here: Option<&'a str>,
    request: &'a AuthorizationRequest,
    carried: Carried,
    phone: String,
    country: Option<Country>,
    elsewhere: Option<Country>,
}

/// The first page of a sign-in: nothing is stored yet.
pub async fn first_page(
    doors: &Doors,
    visitor: &Visitor,
    language: Language,
    here: Option<&str>,
    request: &AuthorizationRequest,
) -> Response {
    let sealed = match doors.flow.seal_request(&visitor.pool, &visitor.browser, request, language) {
        Ok(sealed) => sealed,
        Err(fault) => return failed(doors, visitor, language, &fault),
    };
    let hint = request.login_hint.as_deref().and_then(|hint| Phone::parse(hint, None).ok());
    let question = Question {
        language,
        here,
        request,
        carried: Carried::Sealed(sealed),
        phone: hint.as_ref().map(|phone| phone.as_e164().to_owned()).unwrap_or_default(),
        country: hint.and_then(|phone| phone.country()).or_else(|| likely_country(visitor)),
        elsewhere: None,
    };
    show(doors, visitor, question, Said::Nothing).await
}

/// The page of a sign-in under way: another number may be tried.
pub async fn another_number(
    doors: &Doors,
    visitor: &Visitor,
    language: Language,
    sign_in: &SignIn,
) -> Response {
    let here = paths::of_sign_in(&visitor.pool, paths::PHONE, sign_in.id.as_str());
    let question = Question {
        language,
        here: Some(&here),
        request: &sign_in.request,
        carried: Carried::SignIn(sign_in.id.clone().into()),
        phone: String::new(),
        country: sign_in.phone.as_ref().and_then(Phone::country),
        elsewhere: None,
    };
    show(doors, visitor, question, Said::Nothing).await
}

/// The page of what was posted, with what was wrong.
pub async fn refused(
    doors: &Doors,
    posted: &Posted,
    refusal: SendRefusal,
    carried: Carried,
    request: &AuthorizationRequest,
    language: Language,
) -> Response {
    let visitor = &posted.visitor;
    let (typed, beside) = (posted.field("phone"), posted.field("country").parse().ok());
    let misread = matches!(refusal, SendRefusal::Phone(_));
    let said = match said_of(doors, visitor, refusal) {
        Ok(Ok(said)) => said,
        Ok(Err(reason)) => return ended(doors, visitor, language, reason, request),
        Err(fault) => return failed(doors, visitor, language, &fault),
    };
    // Another language is another look at the page this one came from.
    let here = match &carried {
        Carried::Sealed(_) => restart_url(&visitor.pool, request),
        Carried::SignIn(id) => Some(paths::of_sign_in(&visitor.pool, paths::PHONE, id)),
    };
    let question = Question {
        language,
        here: here.as_deref(),
        request,
        carried,
        phone: typed.chars().take(64).collect(),
        country: beside,
        elsewhere: misread.then(|| Phone::home_among(typed, others(visitor, beside))).flatten(),
    };
    show(doors, visitor, question, said).await
}

/// The countries the pool serves besides the one that was chosen.
fn others(visitor: &Visitor, chosen: Option<Country>) -> impl Iterator<Item = Country> {
    let served = visitor.pool.settings.countries.iter().copied();
    served.filter(move |country| Some(*country) != chosen)
}

async fn show(doors: &Doors, visitor: &Visitor, question: Question<'_>, said: Said) -> Response {
    let language = question.language;
    let facts = async {
        let client = doors.flow.client(&visitor.pool.id, &question.request.client_id).await?;
        let csrf = doors.flow.form_token(&visitor.pool.id, &visitor.browser)?;
        Ok::<_, Fault>((client, csrf))
    };
    let (client, csrf) = match facts.await {
        Ok(facts) => facts,
        Err(fault) => return failed(doors, visitor, language, &fault),
    };
    let client_name = client.map_or_else(|| visitor.pool.name.clone(), |entry| entry.client.name.clone());
    let shown = Shown::new(language).status(said.status()).retry_after(said.wait());
    let shown = Shown { here: question.here, ..shown };
    let shown = shown.leading_to(&question.request.redirect_uri, &client_name);
    let view = PhoneView {
        csrf: Csrf::new(csrf),
        action: paths::within(&visitor.pool, paths::PHONE),
        carried: question.carried,
        countries: visitor.pool.settings.countries.clone(),
        selected: question.country,
        phone: question.phone,
        error: said.error(),
        elsewhere: question.elsewhere,
        client_name: client_name.clone(),
        proof: said.proof(),
    };
    page(doors, visitor, &shown, &view)
}

/// The country to show first: one the browser's languages name and the pool serves.
fn likely_country(visitor: &Visitor) -> Option<Country> {
    regions_of(visitor.accept_language.as_deref()?)
        .find(|country| visitor.pool.settings.countries.contains(country))
}

/// The regions in an `Accept-Language` header: what follows the language in a tag. `ar` is a language, not Argentina.
fn regions_of(accepted: &str) -> impl Iterator<Item = Country> {
    let tags = accepted.split(',').filter_map(|item| item.split(';').next()).map(str::trim).take(10);
    tags.flat_map(|tag| tag.split('-').skip(1)).filter_map(|part| part.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_alone_names_no_country() {
        let regions = |accepted| regions_of(accepted).map(|country| country.to_string()).collect::<Vec<_>>();
        assert_eq!(regions("ar,es;q=0.9,pt"), Vec::<String>::new());
        assert_eq!(regions("pt-BR,zh-Hant-TW;q=0.9, en-US;q=0.8"), ["BR", "TW", "US"]);
    }
}
