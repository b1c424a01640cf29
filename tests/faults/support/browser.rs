//! A browser that survives the provider: it keeps its cookies, and a connection that breaks off is an answer, too.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{COOKIE, LOCATION, RETRY_AFTER, SET_COOKIE};

use super::{Place, http_client};

/// The test client's callback. Nobody listens there.
pub const PERSON_COMES_BACK_TO: &str = "https://shop.example/callback";

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// An answer, read to its end.
pub struct Answer {
    pub status: u16,
    pub location: String,
    /// After how many seconds to come again, if it says so.
    pub retry_after: String,
    pub text: String,
}

impl Answer {
    async fn of(response: reqwest::Response) -> Reached<Self> {
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (location, retry_after) = (header(LOCATION), header(RETRY_AFTER));
        let (location, retry_after) = (location.unwrap_or_default(), retry_after.unwrap_or_default());
        let status = response.status().as_u16();
        Ok(Self { status, location, retry_after, text: response.text().await.map_err(|_| BrokenOff)? })
    }

    /// A parameter of the address it leads to.
    pub fn param(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(&self.location).ok()?;
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    fn hidden(&self, name: &str) -> String {
        let rest = self.text.split_once(&format!("name=\"{name}\" value=\"")).map(|(_, rest)| rest);
        let value = rest.and_then(|rest| rest.split_once('"')).map(|(value, _)| value.to_owned());
        value.unwrap_or_else(|| panic!("no field {name} in {}", self.text))
    }
}

/// The provider went away in the middle.
#[derive(Debug)]
pub struct BrokenOff;

type Reached<T> = Result<T, BrokenOff>;

/// A person with a number and a browser.
pub struct Browser {
    pub phone: String,
    http: reqwest::Client,
    cookies: HashMap<String, String>,
    client: (String, String),
}

/// The code page, to be gone on with whichever process then answers.
pub struct CodePage {
    path: String,
    csrf: String,
    sign_in: String,
}

impl Browser {
    /// Somebody who was never here before, with a number that nobody else has.
    pub fn new(place: &Place) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let phone = format!("+1415{:07}", 2_000_000 + NEXT.fetch_add(1, Ordering::Relaxed));
        let client = (place.client_id.clone(), place.client_secret.clone());
        Self { phone, http: http_client(), cookies: HashMap::new(), client }
    }

    fn cookie_line(&self) -> String {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        cookies.collect::<Vec<_>>().join("; ")
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Reached<Answer> {
        let request = request.header("accept", "text/html").header(COOKIE, self.cookie_line());
        let response = request.send().await.map_err(|_| BrokenOff)?;
        for line in response.headers().get_all(SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Answer::of(response).await
    }

    async fn get(&mut self, provider: SocketAddr, path: &str) -> Reached<Answer> {
        let request = self.http.get(format!("http://{provider}{path}"));
        self.send(request).await
    }

    async fn post(&mut self, provider: SocketAddr, path: &str, form: &[(&str, &str)]) -> Reached<Answer> {
        let request = self.http.post(format!("http://{provider}{path}")).form(form);
        self.send(request).await
    }

    /// Sends an authorization request, with or without the wish that no page be shown.
    pub async fn authorize(&mut self, provider: SocketAddr, prompt: Option<&str>) -> Reached<Answer> {
        let path = authorization_path(&self.client.0, prompt);
        self.get(provider, &path).await
    }

    /// Types the number. When this succeeds, the code is the provider's debt.
    pub async fn ask_code(&mut self, provider: SocketAddr) -> Reached<CodePage> {
        let page = self.authorize(provider, None).await?;
        let answer = self.type_phone(provider, &page).await?;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let sign_in = answer.location.split_once("sign_in=").unwrap().1.to_owned();
        Ok(CodePage { path: answer.location, csrf: page.hidden("csrf"), sign_in })
    }

    /// Types the number on the page that was opened, whatever comes of it.
    pub async fn type_phone(&mut self, provider: SocketAddr, page: &Answer) -> Reached<Answer> {
        let (csrf, sealed, phone) = (page.hidden("csrf"), page.hidden("sealed"), self.phone.clone());
        let form = [("csrf", csrf.as_str()), ("sealed", &sealed), ("country", "US"), ("phone", &phone)];
        self.post(provider, "/acme/sign-in/phone", &form).await
    }

    /// Signs in and redeems the authorization code.
    pub async fn sign_in(&mut self, place: &Place, provider: SocketAddr) -> Answer {
        let seen = place.meta.messages_to(&self.phone).await.len();
        let page = self.ask_code(provider).await.unwrap();
        let code = place.meta.next_code_to(&self.phone, seen).await;
        let answer = self.type_code(provider, &page, &code).await.unwrap();
        self.redeem(provider, &answer.param("code").expect("a code for the client")).await.unwrap()
    }

    /// Follows the message of a code page live.
    pub async fn follow(&self, provider: SocketAddr, page: &CodePage) -> reqwest::Response {
        let url = format!("http://{provider}/acme/sign-in/events?sign_in={}", page.sign_in);
        let response = self.http.get(url).header(COOKIE, self.cookie_line()).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response
    }

    /// A page of the provider's, by its path.
    pub async fn page(&mut self, provider: SocketAddr, path: &str) -> Answer {
        self.get(provider, path).await.unwrap()
    }

    /// Looks at the code page.
    pub async fn look(&mut self, provider: SocketAddr, page: &CodePage) -> Reached<Answer> {
        self.get(provider, &page.path).await
    }

    /// Types a code.
    pub async fn type_code(&mut self, provider: SocketAddr, page: &CodePage, code: &str) -> Reached<Answer> {
        let form = [("csrf", page.csrf.as_str()), ("sign_in", &page.sign_in), ("code", code)];
        self.post(provider, "/acme/sign-in/code", &form).await
    }

    /// Redeems an authorization code, as the client does.
    pub async fn redeem(&self, provider: SocketAddr, code: &str) -> Reached<Answer> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", PERSON_COMES_BACK_TO),
            ("code_verifier", VERIFIER),
        ];
        let request = self.http.post(format!("http://{provider}/acme/token"));
        let request = request.basic_auth(&self.client.0, Some(&self.client.1)).form(&form);
        Answer::of(request.send().await.map_err(|_| BrokenOff)?).await
    }
}

fn authorization_path(client_id: &str, prompt: Option<&str>) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(VERIFIER.as_bytes()));
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs([
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", PERSON_COMES_BACK_TO),
        ("scope", "openid phone"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    query.extend_pairs(prompt.map(|prompt| ("prompt", prompt)));
    format!("/acme/authorize?{}", query.finish())
}
