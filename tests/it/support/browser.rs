//! A browser as far as the protocol sees one: cookies kept, forms found and sent, redirects looked at.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::Value;
use watchword_flow::projects::Project;

use super::{House, proxy, query_of, request, with_query};

/// A response, read.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn location(&self) -> String {
        assert_eq!(self.status, 303, "{}", self.text);
        self.header(LOCATION.as_str()).to_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The value of a hidden field on the page.
    pub fn hidden(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let rest =
            self.text.split_once(&marker).unwrap_or_else(|| panic!("no field {name} in {}", self.text)).1;
        rest.split_once('"').unwrap().0.to_owned()
    }

    /// The text of the element with this id.
    pub fn element(&self, id: &str) -> String {
        let marker = format!("id=\"{id}\"");
        let rest = self.text.split_once(&marker).unwrap_or_else(|| panic!("no {id} in {}", self.text)).1;
        let text = rest.split_once('>').unwrap().1.split_once("</").unwrap().0;
        unescaped(text)
    }

    /// What stands in the text field with this id.
    pub fn value(&self, id: &str) -> String {
        let field = self.tag(&format!("<input id=\"{id}\""));
        unescaped(field.split_once(" value=\"").unwrap().1.split_once('"').unwrap().0)
    }

    /// The tag of a choice, by its value.
    pub fn option(&self, value: &str) -> &str {
        self.tag(&format!("<option value=\"{value}\""))
    }

    fn tag(&self, start: &str) -> &str {
        let rest = self.text.split_once(start).unwrap_or_else(|| panic!("no {start} in {}", self.text)).1;
        rest.split_once('>').unwrap().0
    }

    /// The page's heading.
    pub fn heading(&self) -> String {
        let rest = self.text.split_once("<h1>").unwrap_or_else(|| panic!("no heading in {}", self.text)).1;
        unescaped(rest.split_once("</h1>").unwrap().0)
    }

    /// Where this very page is found in a language.
    pub fn in_language(&self, tag: &str) -> String {
        let marker = format!("\" lang=\"{tag}\" hreflang");
        let before = self.text.split_once(&marker).unwrap_or_else(|| panic!("no {tag} in {}", self.text)).0;
        unescaped(before.rsplit_once("href=\"").unwrap().1)
    }

    /// Where the link that begins with these words leads.
    pub fn link(&self, words: &str) -> String {
        let before =
            self.text.split_once(&format!(">{words}")).unwrap_or_else(|| panic!("no link {words}")).0;
        let (_, address) = before.rsplit_once(" href=\"").unwrap();
        unescaped(address.trim_end_matches('"'))
    }

    /// Where the page's one link in the shape of a button leads.
    pub fn button(&self) -> String {
        let marker = "<a class=\"button\" href=\"";
        let rest = self.text.split_once(marker).unwrap_or_else(|| panic!("no button in {}", self.text)).1;
        unescaped(rest.split_once('"').unwrap().0)
    }
}

fn unescaped(html: &str) -> String {
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x3D;", "="), ("&amp;", "&")];
    entities.iter().fold(html.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}

/// A browser. Clones share their cookies, as tabs do.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    provider: SocketAddr,
    cookies: Arc<Mutex<HashMap<String, String>>>,
}

impl Browser {
    pub fn new(http: reqwest::Client, provider: SocketAddr) -> Self {
        Self { http, provider, cookies: Arc::default() }
    }

    /// The cookie whose name contains this word.
    pub fn cookie(&self, word: &str) -> Option<String> {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().find(|(name, _)| name.contains(word)).map(|(_, value)| value.clone())
    }

    /// Its cookies, as it sends them.
    pub fn cookie_line(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub async fn get(&self, url: &str) -> Answer {
        self.send(self.http.get(url).header("accept", "text/html")).await
    }

    pub async fn post(&self, url: &str, form: &[(&str, &str)]) -> Answer {
        self.send(self.http.post(url).header("accept", "text/html").form(form)).await
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request.header(COOKIE, self.cookie_line());
        let answer = Answer::of(proxy::deliver(request, self.provider).await).await;
        let mut cookies = self.cookies.lock().unwrap();
        for line in answer.headers.get_all(SET_COOKIE) {
            let (pair, attributes) = line.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Opens the number page of an ordinary request.
    pub async fn open(&self, house: &House) -> Answer {
        self.authorize(house, &house.request()).await
    }

    /// Opens the number page of another project.
    pub async fn open_at(&self, project: &Project) -> Answer {
        let authorize = format!("{}/authorize", project.pool.issuer);
        self.get(&with_query(&authorize, &request(project.client.id.as_str()))).await
    }

    /// Sends an authorization request.
    pub async fn authorize(&self, house: &House, request: &[(String, String)]) -> Answer {
        self.get(&with_query(&house.url("/authorize"), request)).await
    }

    /// Types a number on the page that was opened.
    pub async fn type_phone(&self, house: &House, page: &Answer, phone: &str) -> Answer {
        self.type_phone_at(&house.pool.issuer, page, phone).await
    }

    /// Types a number on a page of the pool with this issuer.
    pub async fn type_phone_at(&self, issuer: &str, page: &Answer, phone: &str) -> Answer {
        let (csrf, sealed) = (page.hidden("csrf"), page.hidden("sealed"));
        let form = [("csrf", csrf.as_str()), ("sealed", &sealed), ("country", "US"), ("phone", phone)];
        self.post(&format!("{issuer}/sign-in/phone"), &form).await
    }

    /// Types a number on a page that asks for a proof of work, with this answer to its challenge.
    pub async fn type_phone_with(&self, house: &House, page: &Answer, phone: &str, nonce: &str) -> Answer {
        let [csrf, sealed, challenge] = ["csrf", "sealed", "challenge"].map(|name| page.hidden(name));
        let form = [
            ("csrf", csrf.as_str()),
            ("sealed", &sealed),
            ("country", "US"),
            ("phone", phone),
            ("challenge", &challenge),
            ("nonce", nonce),
        ];
        self.post(&house.url("/sign-in/phone"), &form).await
    }

    /// The number page of a sign-in under way.
    pub async fn change_page(&self, house: &House, page: &Answer) -> Answer {
        self.get(&house.url(&format!("/sign-in/phone?sign_in={}", page.hidden("sign_in")))).await
    }

    /// Types another number within the sign-in of a code page.
    pub async fn change_phone(&self, house: &House, page: &Answer, phone: &str) -> Answer {
        let (csrf, sign_in) = (page.hidden("csrf"), page.hidden("sign_in"));
        let form = [("csrf", csrf.as_str()), ("sign_in", &sign_in), ("country", "US"), ("phone", phone)];
        self.post(&house.url("/sign-in/phone"), &form).await
    }

    /// A page of the provider, by its path on the host of the pool's issuer.
    pub async fn page(&self, house: &House, path: &str) -> Answer {
        let page = url::Url::parse(&house.pool.issuer).unwrap().join(path).unwrap();
        self.get(page.as_str()).await
    }

    /// The code page of a sign-in, looked at again.
    pub async fn look_again(&self, house: &House, page: &Answer) -> Answer {
        self.get(&house.url(&format!("/sign-in/code?sign_in={}", page.hidden("sign_in")))).await
    }

    /// Types a number and follows to the code page.
    pub async fn ask_code(&self, house: &House, phone: &str) -> Answer {
        let page = self.open(house).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let location = self.type_phone(house, &page, phone).await.location();
        self.page(house, &location).await
    }

    /// Asks for a code although somebody is signed in.
    pub async fn ask_code_again(&self, house: &House, phone: &str) -> Answer {
        let page = self.authorize(house, &house.prompted()).await;
        let location = self.type_phone(house, &page, phone).await.location();
        self.page(house, &location).await
    }

    /// Types a code on the code page.
    pub async fn type_code(&self, house: &House, page: &Answer, code: &str) -> Answer {
        let (csrf, sign_in) = (page.hidden("csrf"), page.hidden("sign_in"));
        let form = [("csrf", csrf.as_str()), ("sign_in", &sign_in), ("code", code)];
        self.post(&house.url("/sign-in/code"), &form).await
    }

    /// Types a wrong code on the code page, and follows to the page that says so.
    pub async fn type_wrong_code(&self, house: &House, page: &Answer, code: &str) -> Answer {
        let location = self.type_code(house, page, code).await.location();
        assert!(location.ends_with("&wrong"), "{location}");
        self.page(house, &location).await
    }

    /// Asks for a new code on the code page.
    pub async fn ask_new_code(&self, house: &House, page: &Answer) -> Answer {
        let (csrf, sign_in) = (page.hidden("csrf"), page.hidden("sign_in"));
        self.post(&house.url("/sign-in/new-code"), &[("csrf", csrf.as_str()), ("sign_in", &sign_in)]).await
    }

    /// Signs in from the start, and gives the authorization code.
    pub async fn sign_in(&self, house: &House, phone: &str) -> String {
        let seen = house.messages_to(phone).await.len();
        let page = self.ask_code(house, phone).await;
        let code = house.code_to(phone, seen).await;
        let location = self.type_code(house, &page, &code).await.location();
        query_of(&location)["code"].clone()
    }
}
