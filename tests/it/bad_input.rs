//! What nobody should send, and what is said to those who do: a page to people, a problem document to programs,
//! and nothing stored.

use watchword_flow::crypto::MasterKey;
use watchword_flow::error::Fault;
use watchword_flow::seams::SystemRandom;

use crate::on_each_database;
use crate::support::{Answer, Browser, House, random_phone, with_query};

/// A person's browser asks.
async fn page(house: &House, request: reqwest::RequestBuilder) -> Answer {
    house.browser().send(request.header("accept", "text/html,application/xhtml+xml")).await
}

/// A program asks.
async fn problem(request: reqwest::RequestBuilder) -> Answer {
    Answer::of(request.header("accept", "application/json").send().await.unwrap()).await
}

fn is_page(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert!(answer.text.contains("<h1>") && answer.header("content-type").starts_with("text/html"));
}

/// A problem document of RFC 9457.
fn is_problem(answer: &Answer, status: u16) {
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (status, "application/problem+json"),
        "{}",
        answer.text
    );
    let body = answer.json();
    assert_eq!((&body["type"], &body["status"]), (&"about:blank".into(), &status.into()));
    assert!(!body["title"].as_str().unwrap().is_empty() && !body["detail"].as_str().unwrap().is_empty());
}

const FORM: &str = "application/x-www-form-urlencoded";

/// What is no form, whatever is in it.
const OTHER_KINDS: [&str; 3] = ["application/json", "multipart/form-data; boundary=x", "text/plain"];

/// Every form of ours.
const FORMS: [&str; 4] = ["/sign-in/phone", "/sign-in/code", "/sign-in/new-code", "/sign-in/channel"];

/// Where clients post with their credentials.
const CLIENTS: [&str; 4] = ["/token", "/introspect", "/revoke", "/messages"];

/// No form is longer.
const LIMIT: usize = 64 * 1024;

/// All that is stored, and all that was sent.
async fn everything(house: &House) -> (Vec<(String, String)>, Vec<String>) {
    (house.contents().await, house.sent().await)
}

/// A body of this length that begins like this.
fn of_length(start: &str, length: usize) -> String {
    let start = format!("{start}&more=");
    format!("{start}{}", "x".repeat(length - start.len()))
}

/// A client's error (RFC 6749, section 5.2).
fn is_oauth(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.json()["error"], "invalid_request");
}

/// Somebody who is signed in, of whose message there is nothing more to hear.
struct SignedIn {
    browser: Browser,
    access: String,
    refresh: String,
}

impl SignedIn {
    async fn to(house: &House) -> Self {
        let browser = house.browser();
        let tokens = house.redeem(&browser.sign_in(house, &random_phone()).await).await.json();
        house.eventually("SELECT id FROM messages WHERE state = 'delivered'").await;
        let token = |name: &str| tokens[name].as_str().unwrap().to_owned();
        Self { browser, access: token("access_token"), refresh: token("refresh_token") }
    }

    /// What `path` takes of this client: well formed, and enough to spend the refresh token or to revoke it.
    fn body(&self, house: &House) -> String {
        format!(
            "client_id={}&client_secret={}&grant_type=refresh_token&refresh_token={}&token={}",
            house.client_id, house.client_secret, self.refresh, self.refresh
        )
    }

    /// Nothing was taken from them: session and tokens hold.
    async fn is_still(&self, house: &House) {
        assert_eq!(self.browser.open(house).await.status, 303, "the session is over");
        let userinfo = house.http.get(house.url("/userinfo")).bearer_auth(&self.access);
        assert_eq!(userinfo.send().await.unwrap().status(), 200, "the access token is dead");
        let refreshed =
            house.token(&[("grant_type", "refresh_token"), ("refresh_token", &self.refresh)]).await;
        assert_eq!(refreshed.status, 200, "the refresh token is dead: {}", refreshed.text);
    }
}

on_each_database! {
    fn a_pool_nobody_made_is_unknown(house) {
        let at = |path: &str| format!("http://{}{path}", house.provider);
        for path in [
            "/nowhere/authorize",
            "/Acme/authorize",
            "/acme%20/authorize",
            "/%27/sign-in/code",
            "/..%2facme/jwks",
            "/%00/jwks",
            "/a%00b/authorize",
        ] {
            let found = page(&house, house.http.get(at(path))).await;
            is_page(&found, 404);
        }
        for path in ["/nowhere/token", "/nowhere/revoke"] {
            is_problem(&problem(house.http.post(at(path)).form(&[("a", "b")])).await, 404);
        }
        is_problem(&problem(house.http.get(at("/nowhere/jwks"))).await, 404);
    }

    fn an_address_nothing_is_at_is_not_found(house) {
        for path in ["/nothing", "/sign-in", "/sign-in/code/", "/sign-in/code/1", "/a/b/c/d/e", "/.env"] {
            is_page(&page(&house, house.http.get(house.url(path))).await, 404);
            is_problem(&problem(house.http.get(house.url(path))).await, 404);
        }
    }

    fn a_method_an_address_does_not_know_is_not_allowed(house) {
        for (path, allowed) in [
            ("/authorize", "GET,HEAD,POST"),
            ("/sign-in/code", "GET,HEAD,POST"),
            ("/sign-in/new-code", "POST"),
        ] {
            let answer = page(&house, house.http.delete(house.url(path))).await;
            is_page(&answer, 405);
            assert_eq!(answer.header("allow"), allowed, "{path}");
        }
        is_problem(&problem(house.http.get(house.url("/token"))).await, 405);
        let trace = house.http.request(reqwest::Method::TRACE, house.url("/authorize"));
        is_problem(&problem(trace).await, 405);
    }

    fn a_body_that_is_no_form_is_refused(house) {
        let browser = house.browser();
        let csrf = browser.open(&house).await.hidden("csrf");
        let before = everything(&house).await;
        for path in FORMS {
            for kind in OTHER_KINDS {
                let request = house.http.post(house.url(path)).header("content-type", kind);
                let answer =
                    browser.send(request.header("accept", "text/html").body(format!("csrf={csrf}"))).await;
                is_page(&answer, 415);
            }
            let untyped = house.http.post(house.url(path)).body(format!("csrf={csrf}"));
            is_page(&browser.send(untyped).await, 415);
        }
        assert_eq!(everything(&house).await, before);
    }

    fn a_body_over_the_limit_is_refused(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let first = browser.open(&house).await;
        let (csrf, sealed) = (first.hidden("csrf"), first.hidden("sealed"));
        let start = format!("csrf={csrf}&sealed={sealed}&country=US&phone=%2B{}", &phone[1..]);
        let post = |path: &str, length: usize| {
            let request = house.http.post(house.url(path)).header("content-type", FORM);
            browser.send(request.body(of_length(&start, length)))
        };
        let before = everything(&house).await;
        for path in FORMS {
            is_page(&post(path, LIMIT + 1).await, 413);
        }
        is_page(&post("/authorize", LIMIT + 1).await, 413);
        assert_eq!(everything(&house).await, before);
        assert_eq!(post("/sign-in/phone", LIMIT).await.status, 303, "the limit itself is allowed");
    }

    fn what_a_client_posts_as_something_else_is_refused(house) {
        let person = SignedIn::to(&house).await;
        let before = everything(&house).await;
        for kind in OTHER_KINDS {
            let post = |path: &str| house.http.post(house.url(path)).header("content-type", kind);
            for path in CLIENTS {
                is_oauth(&problem(post(path).body(person.body(&house))).await, 400);
            }
            let token = format!("access_token={}", person.access);
            let userinfo = problem(post("/userinfo").body(token)).await;
            // What is no form is not read, so no token was sent (RFC 6750, section 3.1).
            assert_eq!((userinfo.status, userinfo.text.as_str()), (401, "{}"));
            let sign_out = post("/end-session").body(format!("client_id={}", house.client_id));
            is_page(&person.browser.send(sign_out).await, 415);
        }
        assert_eq!(everything(&house).await, before);
        person.is_still(&house).await;
    }

    fn what_a_client_posts_over_the_limit_is_refused(house) {
        let person = SignedIn::to(&house).await;
        let post = |path: &str, start: &str, length: usize| {
            let request = house.http.post(house.url(path)).header("content-type", FORM);
            request.body(of_length(start, length))
        };
        let before = everything(&house).await;
        for path in CLIENTS {
            is_oauth(&problem(post(path, &person.body(&house), LIMIT + 1)).await, 413);
        }
        let userinfo = problem(post("/userinfo", &format!("access_token={}", person.access), LIMIT + 1)).await;
        is_oauth(&userinfo, 413);
        assert!(userinfo.header("www-authenticate").contains("error=\"invalid_request\""));
        let sign_out = post("/end-session", &format!("client_id={}", house.client_id), LIMIT + 1);
        is_page(&person.browser.send(sign_out).await, 413);
        assert_eq!(everything(&house).await, before);
        let told = problem(post("/introspect", &person.body(&house), LIMIT)).await;
        assert_eq!(told.json()["active"], true, "the limit itself is allowed: {}", told.text);
        person.is_still(&house).await;
    }

    fn what_is_malformed_is_refused(house) {
        let browser = house.browser();
        let csrf = browser.open(&house).await.hidden("csrf");
        let before = everything(&house).await;
        for broken in ["%", "%zz", "%ff", "%c3%28", "%00", "%0d%0a"] {
            let query = format!("/authorize?client_id={}&state={broken}", house.client_id);
            is_page(&browser.get(&house.url(&query)).await, 400);
            for path in FORMS {
                let request = house.http.post(house.url(path)).header("content-type", FORM);
                is_page(&browser.send(request.body(format!("csrf={csrf}&phone={broken}"))).await, 400);
            }
            for path in ["/sign-in/code", "/sign-in/phone"] {
                let answer = browser.get(&house.url(&format!("{path}?sign_in={broken}"))).await;
                assert!(answer.status == 400 || answer.status == 403, "{}", answer.status);
                is_page(&answer, answer.status);
            }
        }
        assert_eq!(everything(&house).await, before);
    }

    fn a_sign_in_named_twice_is_none(house) {
        let browser = house.browser();
        let page = browser.ask_code(&house, &random_phone()).await;
        let id = page.hidden("sign_in");
        for path in ["/sign-in/code", "/sign-in/phone"] {
            is_page(&browser.get(&house.url(&format!("{path}?sign_in={id}&sign_in={id}"))).await, 403);
        }
        let events = browser.get(&house.url(&format!("/sign-in/events?sign_in={id}&sign_in={id}"))).await;
        assert_eq!(events.status, 404);
    }

    fn cookies_nobody_of_ours_set_count_as_none(house) {
        let name = format!("watchword-browser-{}", house.pool.id);
        let url = with_query(&house.url("/authorize"), &house.request());
        for cookies in [
            ";;;==;=".to_owned(),
            format!("{name}="),
            format!("{name}=a b"),
            format!("{name}=\"quoted\""),
            format!("{name}={}", "x".repeat(257)),
            format!("{name}=one; {name}=two"),
            format!("{name}=%00"),
        ] {
            let answer = page(&house, house.http.get(&url).header("cookie", &cookies)).await;
            is_page(&answer, 200);
            assert!(answer.header("set-cookie").starts_with(&name), "{cookies}");
        }
        let bytes = reqwest::header::HeaderValue::from_bytes(b"\xff\xfe=\x80").unwrap();
        is_page(&page(&house, house.http.get(&url).header("cookie", bytes)).await, 200);
    }

    fn headers_nobody_can_read_are_passed_over(house) {
        let url = with_query(&house.url("/authorize"), &house.request());
        let odd = reqwest::header::HeaderValue::from_bytes(b"\xff;q=\xfe").unwrap();
        let request = house.http.get(&url).header("accept-language", odd).header("forwarded", "for=\"[");
        is_page(&page(&house, request.header("x-forwarded-for", "not, an, address")).await, 200);
    }

    fn a_host_header_changes_nothing(house) {
        let url = with_query(&house.url("/authorize"), &house.request());
        let answer = page(&house, house.http.get(&url).header("host", "evil.example")).await;
        is_page(&answer, 200);
        assert!(!answer.text.contains("evil.example"));
    }

    fn another_master_key_does_not_open_the_database(house) {
        let wrong = MasterKey::parse(MasterKey::generate(&SystemRandom).expose()).unwrap();
        let refused = house.open_with(wrong).await.err().unwrap();
        assert!(matches!(refused, Fault::Crypto(_)));
        assert!(
            refused.to_string().contains("the master key is not the one this database was written under")
        );
        assert!(house.open_with(house.master.clone()).await.is_ok());
        assert_eq!(house.count("installation").await, 1);
    }
}
