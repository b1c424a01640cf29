//! The database is away: every endpoint that needs it says so in its own form and says when to come again, the others go
//! on, and nothing of the inside is told.

use std::time::Duration;

use reqwest::RequestBuilder;

use crate::on_each_database;
use crate::support::{Answer, Browser, House, VERIFY_TOKEN, random_phone, with_query};

/// Somebody who is signed in and has begun another sign-in, with all that there is to ask by.
struct Somebody {
    browser: Browser,
    first: Answer,
    waiting: Answer,
    access: String,
    refresh: String,
}

/// Lets somebody in, then loses the database for longer than pools and clients are kept in memory.
async fn somebody_without_a_database(house: &House) -> Somebody {
    let browser = house.browser();
    let code = browser.sign_in(house, &random_phone()).await;
    let tokens = house.redeem(&code).await.json();
    let token = |name: &str| tokens[name].as_str().unwrap().to_owned();
    let waiting = browser.ask_code_again(house, &random_phone()).await;
    let first = browser.authorize(house, &house.prompted()).await;
    house.lose_database().await;
    house.clock.turn(Duration::from_secs(3));
    Somebody { browser, first, waiting, access: token("access_token"), refresh: token("refresh_token") }
}

fn comes_again(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.header("retry-after")), (503, "5"), "{what}: {}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
    let told = answer.text.to_lowercase();
    for inside in ["sql", "postgres", "relation", "watchword_", "panicked"] {
        assert!(!told.contains(inside), "{what} tells of {inside}: {told}");
    }
}

/// A page for a person.
fn is_page(answer: &Answer, what: &str) {
    comes_again(answer, what);
    assert!(answer.header("content-type").starts_with("text/html"), "{what}");
    assert_eq!(answer.heading(), "Not available right now", "{what}");
    assert_eq!(answer.text.contains("href=\"\">Try again"), !what.ends_with(BY_FORM), "{what}");
}

/// What was sent by a form is not sent again by a link.
const BY_FORM: &str = "by form";

/// An error of OAuth, which pages of other origins may read, too.
fn is_oauth(answer: &Answer, what: &str) {
    comes_again(answer, what);
    assert_eq!(answer.header("content-type"), "application/json", "{what}");
    assert_eq!(answer.header("access-control-allow-origin"), "*", "{what}");
    assert_eq!(answer.json()["error"], "temporarily_unavailable", "{what}");
}

async fn send(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.unwrap()).await
}

on_each_database! {
    fn every_page_says_when_to_come_again(house) {
        let Somebody { browser, first, waiting, .. } = somebody_without_a_database(&house).await;
        is_page(&browser.open(&house).await, "/authorize of somebody who is signed in");
        is_page(&house.browser().open(&house).await, "/authorize of a stranger");
        let by_form = house.http.post(house.url("/authorize")).header("accept", "text/html");
        is_page(&browser.send(by_form.form(&house.request())).await, "/authorize by form");
        is_page(&browser.type_phone(&house, &first, &random_phone()).await, "/sign-in/phone by form");
        is_page(&browser.change_page(&house, &waiting).await, "the number page again");
        is_page(&browser.change_phone(&house, &waiting, &random_phone()).await, "another number by form");
        is_page(&browser.look_again(&house, &waiting).await, "the code page");
        is_page(&browser.type_code(&house, &waiting, "123456").await, "/sign-in/code by form");
        is_page(&browser.ask_new_code(&house, &waiting).await, "/sign-in/new-code by form");
        let [csrf, sign_in] = ["csrf", "sign_in"].map(|name| waiting.hidden(name));
        let by_sms = [("csrf", csrf.as_str()), ("sign_in", &sign_in), ("channel", "sms")];
        is_page(&browser.post(&house.url("/sign-in/channel"), &by_sms).await, "/sign-in/channel by form");
        is_page(&browser.get(&house.url("/end-session")).await, "/end-session");
        is_page(&browser.post(&house.url("/end-session"), &[]).await, "/end-session by form");
    }

    fn every_endpoint_of_clients_says_so_in_the_words_of_oauth(house) {
        let Somebody { access, refresh, .. } = somebody_without_a_database(&house).await;
        let refreshing = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
        is_oauth(&house.token(&refreshing).await, "/token");
        for path in ["/introspect", "/revoke", "/messages"] {
            for token in [&access, &refresh] {
                let request = house.http.post(house.url(path));
                let request = request.basic_auth(&house.client_id, Some(&house.client_secret));
                is_oauth(&send(request.form(&[("token", token.as_str()), ("phone", "+14155550100")])).await, path);
            }
        }
        let userinfo = house.url("/userinfo");
        is_oauth(&send(house.http.get(&userinfo).bearer_auth(&access)).await, "/userinfo");
        is_oauth(&send(house.http.post(&userinfo).form(&[("access_token", &access)])).await, "/userinfo");
        for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks"] {
            is_oauth(&send(house.http.get(house.url(path))).await, path);
        }
    }

    fn whoever_follows_a_message_is_told_to_come_again(house) {
        let Somebody { browser, waiting, .. } = somebody_without_a_database(&house).await;
        let url = house.url(&format!("/sign-in/events?sign_in={}", waiting.hidden("sign_in")));
        let request = house.http.get(url).header("accept", "text/event-stream");
        let answer = browser.send(request).await;
        comes_again(&answer, "/sign-in/events");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }

    fn webhooks_are_to_be_sent_again(house) {
        somebody_without_a_database(&house).await;
        assert_eq!(house.webhook("{}").await, 503);
        let url = format!("http://{}/webhooks/whatsapp", house.provider);
        let asked = |token| [("hub.mode", "subscribe"), ("hub.challenge", "42"), ("hub.verify_token", token)];
        let handshake = send(house.http.get(with_query(&url, &asked("a-project's-own")))).await;
        assert_eq!((handshake.status, handshake.header("retry-after")), (503, "5"));
        let shared = send(house.http.get(with_query(&url, &asked(VERIFY_TOKEN)))).await;
        assert_eq!((shared.status, shared.text.as_str()), (200, "42"), "this one needs no database");
    }

    fn what_needs_no_database_goes_on_and_readiness_does_not(house) {
        let browser = house.browser();
        let ready = browser.page(&house, "/readyz").await;
        assert_eq!((ready.status, ready.text.as_str()), (200, "ready\n"));
        let page = browser.open(&house).await;
        house.lose_database().await;
        house.clock.turn(Duration::from_secs(3));
        comes_again(&browser.page(&house, "/readyz").await, "/readyz");
        let style = page.text.split_once("rel=\"stylesheet\" href=\"").unwrap().1.split_once('"').unwrap().0;
        for path in ["/healthz", "/", style] {
            assert_eq!(browser.page(&house, path).await.status, 200, "{path}");
        }
    }
}
