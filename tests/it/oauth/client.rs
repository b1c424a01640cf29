//! What the tests of these endpoints have in common: requests with a parameter more or less, people who answer them, and
//! further clients of the house's pool.

use reqwest::header::AUTHORIZATION;
use watchword_domain::client::{Client, ClientKind};
use watchword_domain::ids::ClientId;
use watchword_flow::seams::SystemRandom;

use crate::support::{
    Answer, Browser, CALLBACK, House, SIGNED_OUT, VERIFIER, query_of, random_phone, request,
};

/// The parameters of an authorization request.
pub type Request = Vec<(String, String)>;

/// The request with this parameter, whatever it was before.
pub fn with(request: &Request, name: &str, value: &str) -> Request {
    let mut changed = without(request, name);
    changed.push((name.to_owned(), value.to_owned()));
    changed
}

/// The request without this parameter.
pub fn without(request: &Request, name: &str) -> Request {
    request.iter().filter(|(known, _)| known != name).cloned().collect()
}

/// Asks for a code with `request` and answers as the person with this number: what the browser is told in the end.
pub async fn sign_in(house: &House, browser: &Browser, request: &Request, phone: &str) -> Answer {
    let page = browser.authorize(house, request).await;
    prove(house, browser, &page, phone).await
}

/// Goes on from a number page as the person with this number.
pub async fn prove(house: &House, browser: &Browser, page: &Answer, phone: &str) -> Answer {
    assert_eq!(page.status, 200, "{}", page.text);
    let seen = house.messages_to(phone).await.len();
    let location = browser.type_phone(house, page, phone).await.location();
    let page = browser.page(house, &location).await;
    let code = house.code_to(phone, seen).await;
    browser.type_code(house, &page, &code).await
}

/// The code of an answer that brings one.
pub fn code_of(answer: &Answer) -> String {
    let query = query_of(&answer.location());
    query.get("code").unwrap_or_else(|| panic!("no code in {query:?}")).clone()
}

/// The error of an answer to the client, which like every answer names the issuer (RFC 9207, section 2).
pub fn error_of(house: &House, answer: &Answer) -> String {
    let location = answer.location();
    assert!(location.starts_with(CALLBACK), "{location}");
    let query = query_of(&location);
    assert_eq!(query["iss"], house.pool.issuer);
    assert!(!query.contains_key("code"), "{location}");
    query["error"].clone()
}

/// Whether an answer is a page to sign in on.
pub fn asks_who(answer: &Answer) -> bool {
    answer.status == 200 && answer.text.contains("name=\"phone\"")
}

/// A page that tells the person what is wrong and sends the browser nowhere.
pub fn is_page_of_its_own(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("location"), "");
    assert!(answer.header("content-type").starts_with("text/html"), "{}", answer.header("content-type"));
}

/// A refusal by an endpoint that answers clients: its status and error code, never to be stored (RFC 6749, section 5.2).
pub fn refused(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.header("cache-control"), "no-store", "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json");
    (answer.status, answer.json()["error"].as_str().unwrap_or_default().to_owned())
}

/// What [`refused`] gives for an error of the usual kind.
pub fn bad(error: &str) -> (u16, String) {
    (400, error.to_owned())
}

/// A form to one of the pool's endpoints, authenticated as the house's client.
pub async fn post_as_client(house: &House, path: &str, form: &[(&str, &str)]) -> Answer {
    let request = house.http.post(house.url(path)).basic_auth(&house.client_id, Some(&house.client_secret));
    Answer::of(request.form(form).send().await.unwrap()).await
}

/// A form to one of the pool's endpoints, as it is.
pub async fn post(house: &House, path: &str, form: &[(&str, &str)]) -> Answer {
    Answer::of(house.http.post(house.url(path)).form(form).send().await.unwrap()).await
}

/// `/userinfo` with this access token.
pub async fn userinfo(house: &House, token: &str) -> Answer {
    let request = house.http.get(house.url("/userinfo")).header(AUTHORIZATION, format!("Bearer {token}"));
    Answer::of(request.send().await.unwrap()).await
}

/// What `/introspect` says of a token to the house's client.
pub async fn introspect(house: &House, token: &str) -> serde_json::Value {
    let answer = post_as_client(house, "/introspect", &[("token", token)]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

/// New tokens for a refresh token of the house's client.
pub async fn refresh(house: &House, token: &str) -> Answer {
    house.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
}

/// A client of the house's pool that keeps no secret.
pub struct Public {
    pub id: String,
}

impl Public {
    /// A page in the browser, with the same callback as the house's client.
    pub async fn spa(house: &House) -> Self {
        Self::of(house, ClientKind::Spa, CALLBACK).await
    }

    /// A client of this kind that people come back to at this address.
    pub async fn of(house: &House, kind: ClientKind, redirect_uri: &str) -> Self {
        let client = Client {
            pool_id: house.pool.id.clone(),
            id: ClientId::random(&SystemRandom),
            name: "Acme Stall".into(),
            kind,
            redirect_uris: vec![redirect_uri.into()],
            post_logout_redirect_uris: vec![SIGNED_OUT.into()],
        };
        let tx = house.store.begin(&house.pool.id).await.unwrap();
        tx.insert_client(&client, house.flow.now()).await.unwrap();
        tx.commit().await.unwrap();
        Self { id: client.id.as_str().to_owned() }
    }

    /// The parameters of an ordinary authorization request of this client.
    pub fn request(&self) -> Request {
        request(&self.id)
    }

    /// A call to the token endpoint that names the client and proves nothing.
    pub async fn token(&self, house: &House, form: &[(&str, &str)]) -> Answer {
        let mut form = form.to_vec();
        form.push(("client_id", &self.id));
        post(house, "/token", &form).await
    }

    /// Redeems a code of an ordinary request.
    pub async fn redeem(&self, house: &House, code: &str) -> Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.token(house, &form).await
    }

    /// Presents a refresh token.
    pub async fn refresh(&self, house: &House, token: &str) -> Answer {
        self.token(house, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// The tokens of somebody who signs in to this client.
    pub async fn tokens(&self, house: &House) -> serde_json::Value {
        let answer = sign_in(house, &house.browser(), &self.request(), &random_phone()).await;
        let answer = self.redeem(house, &code_of(&answer)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }
}

/// A text of a JSON answer.
pub fn text(answer: &serde_json::Value, name: &str) -> String {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}")).to_owned()
}
