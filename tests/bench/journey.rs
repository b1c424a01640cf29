//! A person who signs in: the number page, the code page, the code from the simulator, and what the client does then.
//! Every time with a new number and in a browser that was never here.

use std::cell::Cell;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Outcome;
use crate::house::{CALLBACK, House, Project};
use crate::load::Worker;
use crate::measure::{Times, now};
use crate::wire::{Answer, Connection, between, get, post};

/// The parts of a sign-in, as the table names them.
pub const PARTS: [&str; 7] = [
    "GET /authorize (number page)",
    "POST /sign-in/phone",
    "GET /sign-in/code",
    "the message arrives",
    "POST /sign-in/code",
    "POST /token (code)",
    "GET /userinfo",
];

/// The example of RFC 7636, appendix B: what it costs the client to make one is not the question here.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Numbers nobody had before: +1 415 200 0000 and on.
#[derive(Clone, Default)]
pub struct Numbers(Rc<Cell<u32>>);

impl Numbers {
    pub fn next(&self) -> u32 {
        let next = self.0.get();
        self.0.set(next + 1);
        2_000_000 + next % 8_000_000
    }
}

/// What a client's requests look like, written once.
pub struct Client {
    pub base: String,
    pub authorize: Vec<u8>,
    authorize_target: String,
    authorization: String,
    identity: String,
}

impl Client {
    pub fn new(project: &Project) -> Self {
        let Project { base, client_id, client_secret, .. } = project;
        let callback: String = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect();
        let authorize_target = format!(
            "{base}/authorize?response_type=code&client_id={client_id}&redirect_uri={callback}\
             &scope=openid+profile+phone+offline_access&state=a-state&nonce=a-nonce\
             &code_challenge={CHALLENGE}&code_challenge_method=S256"
        );
        let (authorization, identity) = if client_secret.is_empty() {
            (String::new(), format!("&client_id={client_id}"))
        } else {
            let pair = STANDARD.encode(format!("{client_id}:{client_secret}"));
            (format!("authorization: Basic {pair}\r\n"), String::new())
        };
        let authorize = get(&authorize_target, "accept: text/html\r\n");
        Self { base: base.clone(), authorize, authorize_target, authorization, identity }
    }

    /// The authorization request of a browser with these cookies.
    pub fn authorize_with(&self, cookies: &str) -> Vec<u8> {
        get(&self.authorize_target, &format!("accept: text/html\r\ncookie: {cookies}\r\n"))
    }

    /// What is typed into the number page, and the cookies of the browser that got it.
    pub fn type_number(&self, page: &Answer<'_>, number: u32) -> Outcome<(String, Vec<u8>)> {
        let cookies = page.cookies().collect::<Vec<_>>().join("; ");
        let (csrf, sealed) = (page.hidden("csrf")?, page.hidden("sealed")?);
        let form = format!("csrf={csrf}&sealed={sealed}&country=US&phone=%2B1415{number}");
        let typed = post(&format!("{}/sign-in/phone", self.base), &format!("cookie: {cookies}\r\n"), &form);
        Ok((cookies, typed))
    }

    /// The redemption of a code.
    pub fn redeem(&self, code: &str) -> Vec<u8> {
        let callback: String = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect();
        let form = format!(
            "grant_type=authorization_code&code={code}&redirect_uri={callback}&code_verifier={VERIFIER}{}",
            self.identity
        );
        post(&format!("{}/token", self.base), &self.authorization, &form)
    }

    /// A refresh.
    pub fn refresh(&self, token: &str) -> Vec<u8> {
        let form = format!("grant_type=refresh_token&refresh_token={token}{}", self.identity);
        post(&format!("{}/token", self.base), &self.authorization, &form)
    }

    /// The question who a token is about.
    pub fn userinfo(&self, access_token: &str) -> Vec<u8> {
        get(&format!("{}/userinfo", self.base), &format!("authorization: Bearer {access_token}\r\n"))
    }
}

/// What a sign-in left behind.
#[derive(Clone, Default)]
pub struct SignedIn {
    pub cookies: String,
    pub access_token: String,
    pub refresh_token: String,
}

/// One person after another, on one connection.
pub struct People {
    pub client: Rc<Client>,
    numbers: Numbers,
    provider: Connection,
    simulator: Connection,
    pub last: SignedIn,
}

impl People {
    pub async fn new(house: &House, client: &Rc<Client>, numbers: &Numbers) -> Outcome<Self> {
        Ok(Self {
            client: client.clone(),
            numbers: numbers.clone(),
            provider: Connection::open(house.provider).await?,
            simulator: Connection::open(house.simulator).await?,
            last: SignedIn::default(),
        })
    }

    /// The number page and what is typed there. Gives the browser's cookies and where the code page is.
    async fn type_number(&mut self, number: u32, clock: &mut Parts<'_>) -> Outcome<(String, String)> {
        let client = self.client.clone();
        let page = self.provider.ask(&client.authorize).await?.expect(200, "the authorization request")?;
        let (cookies, typed) = client.type_number(&page, number)?;
        clock.next();
        let answer = self.provider.ask(&typed).await?.expect(303, "the number")?;
        let code_page = answer.header("location")?.to_owned();
        clock.next();
        Ok((cookies, code_page))
    }

    /// The code from the phone, as soon as it is there.
    async fn read_message(&mut self, number: u32) -> Outcome<String> {
        let asked = get(&format!("/simulator/messages?to=%2B1415{number}&wait_ms=20000&limit=1"), "");
        Ok(self.simulator.ask(&asked).await?.expect(200, "the phone")?.text("code")?.to_owned())
    }

    /// The code page and what is typed there. Gives the authorization code; adds the session to the cookies.
    async fn type_code(
        &mut self,
        number: u32,
        cookies: &mut String,
        code_page: &str,
        clock: &mut Parts<'_>,
    ) -> Outcome<String> {
        let client = self.client.clone();
        let asked = get(code_page, &format!("accept: text/html\r\ncookie: {cookies}\r\n"));
        let page = self.provider.ask(&asked).await?.expect(200, "the code page")?;
        let fields = format!("csrf={}&sign_in={}", page.hidden("csrf")?, page.hidden("sign_in")?);
        clock.next();
        let code = self.read_message(number).await?;
        let headers = format!("cookie: {cookies}\r\n");
        let typed =
            post(&format!("{}/sign-in/code", client.base), &headers, &format!("{fields}&code={code}"));
        clock.next();
        let answer = self.provider.ask(&typed).await?.expect(303, "the code")?;
        for cookie in answer.cookies() {
            cookies.push_str("; ");
            cookies.push_str(cookie);
        }
        let code = between(answer.header("location")?, "code=", '&')?.to_owned();
        clock.next();
        Ok(code)
    }
}

/// Times the parts of something, one after the other.
struct Parts<'a> {
    parts: std::slice::IterMut<'a, Times>,
    since: std::time::Instant,
}

impl<'a> Parts<'a> {
    fn new(parts: &'a mut [Times]) -> Self {
        Self { parts: parts.iter_mut(), since: now() }
    }

    /// A part is done, the next one begins.
    fn next(&mut self) {
        if let Some(part) = self.parts.next() {
            part.record(self.since);
        }
        self.since = now();
    }
}

impl Worker for People {
    async fn once(&mut self, parts: &mut [Times]) -> Outcome<()> {
        let (number, client) = (self.numbers.next(), self.client.clone());
        let mut clock = Parts::new(parts);
        let (mut cookies, code_page) = self.type_number(number, &mut clock).await?;
        let code = self.type_code(number, &mut cookies, &code_page, &mut clock).await?;
        let tokens = self.provider.ask(&client.redeem(&code)).await?.expect(200, "the code at /token")?;
        let access_token = tokens.text("access_token")?.to_owned();
        let refresh_token = tokens.text("refresh_token")?.to_owned();
        clock.next();
        let asked = client.userinfo(&access_token);
        self.provider.ask(&asked).await?.expect(200, "/userinfo")?.text("phone_number")?;
        clock.next();
        self.last = SignedIn { cookies, access_token, refresh_token };
        Ok(())
    }
}
