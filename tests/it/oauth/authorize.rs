//! `/authorize`: which requests are answered, and where the answers go.

use watchword_domain::client::ClientKind;

use super::client::{
    Public, Request, asks_who, bad, code_of, error_of, is_page_of_its_own, prove, refused, sign_in, with,
    without,
};
use crate::on_each_database;
use crate::support::{
    Answer, Browser, CALLBACK, House, claims_of, query_of, random_phone, request, with_query,
};

/// How a request of nobody who is signed in is refused.
async fn refusal(house: &House, request: &Request) -> String {
    error_of(house, &house.browser().authorize(house, request).await)
}

on_each_database! {
    fn a_person_signs_in_and_the_client_gets_a_code(house) {
        let browser = house.browser();
        let page = browser.ask_code(&house, "(415) 555-2671").await;
        assert_eq!(page.status, 200, "{}", page.text);
        let code = house.code_to("+14155552671", 0).await;
        let location = browser.type_code(&house, &page, &code).await.location();
        assert!(location.starts_with(CALLBACK), "{location}");
        let query = query_of(&location);
        assert_eq!(query["state"], "st&te=1");
        assert_eq!(query["iss"], house.pool.issuer);
        let tokens = house.redeem(&query["code"]).await;
        assert_eq!(tokens.status, 200, "{}", tokens.text);
        assert!(tokens.json()["id_token"].is_string());
    }

    fn a_second_request_is_answered_from_the_session(house) {
        let browser = house.browser();
        browser.sign_in(&house, &random_phone()).await;
        let location = browser.open(&house).await.location();
        assert!(query_of(&location).contains_key("code"), "{location}");
    }

    fn a_second_client_of_the_pool_finds_the_person_signed_in(house) {
        let browser = house.browser();
        let first = house.redeem(&browser.sign_in(&house, &random_phone()).await).await.json();
        let stall = Public::spa(&house).await;
        let code = code_of(&browser.authorize(&house, &stall.request()).await);
        let second = stall.redeem(&house, &code).await.json();
        let subject =
            |tokens: &serde_json::Value| claims_of(tokens["id_token"].as_str().unwrap())["sub"].clone();
        assert_eq!(subject(&first), subject(&second));
    }

    fn a_second_pool_shares_nothing_with_the_first(house) {
        let browser = house.browser();
        let code = browser.sign_in(&house, &random_phone()).await;
        let other = house.project("other", ClientKind::Web).await;
        let there = |path: &str| format!("{}{path}", other.pool.issuer);
        let asked = request(other.client.id.as_str());
        let page = browser.get(&with_query(&there("/authorize"), &asked)).await;
        assert!(asks_who(&page), "{}", page.text);
        let own = with_query(&there("/authorize"), &house.request());
        is_page_of_its_own(&browser.get(&own).await, 400);
        let form =
            [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
        let secret = other.client_secret.as_ref().unwrap().expose();
        let redeeming = house.http.post(there("/token")).basic_auth(other.client.id.as_str(), Some(secret));
        let answer = Answer::of(redeeming.form(&form).send().await.unwrap()).await;
        assert_eq!(refused(&answer), bad("invalid_grant"));
    }

    /// RFC 6749, section 4.1.2.1.
    fn an_unknown_client_is_shown_a_page_and_never_redirected(house) {
        for asked in [with(&house.request(), "client_id", "nobody"), without(&house.request(), "client_id")] {
            is_page_of_its_own(&house.browser().authorize(&house, &asked).await, 400);
        }
    }

    /// RFC 9700, section 4.1.3.
    fn a_redirect_uri_is_the_registered_one_to_the_letter_or_a_page_is_shown(house) {
        is_page_of_its_own(
            &house.browser().authorize(&house, &without(&house.request(), "redirect_uri")).await,
            400,
        );
        for near in [
            "https://shop.example/callback/",
            "https://shop.example/callback?x=1",
            "https://shop.example/callback#x",
            "https://SHOP.example/callback",
            "https://shop.example:443/callback",
            "https://shop.example/a/../callback",
            "https://shop.example/%63allback",
            "http://shop.example/callback",
            "https://shop.example@evil.example/callback",
            "https://shop.example.evil.example/callback",
            "https://evil.example/",
            "//shop.example/callback",
            "javascript:alert(1)",
            " https://shop.example/callback",
        ] {
            let answer =
                house.browser().authorize(&house, &with(&house.request(), "redirect_uri", near)).await;
            is_page_of_its_own(&answer, 400);
            assert!(!answer.text.contains("evil.example"), "{near}");
        }
    }

    /// RFC 8252, section 7.3.
    fn a_native_application_may_vary_the_port_of_its_loopback_address(house) {
        let native = Public::of(&house, ClientKind::Native, "http://127.0.0.1/back").await;
        let at = |uri: &str| with(&native.request(), "redirect_uri", uri);
        let answer =
            sign_in(&house, &house.browser(), &at("http://127.0.0.1:51004/back"), &random_phone()).await;
        assert!(answer.location().starts_with("http://127.0.0.1:51004/back?code="), "{}", answer.location());
        for other in
            ["http://127.0.0.1:51004/other", "http://localhost:51004/back", "https://127.0.0.1:51004/back"]
        {
            is_page_of_its_own(&house.browser().authorize(&house, &at(other)).await, 400);
        }
    }

    /// RFC 6749, section 3.1.2; RFC 8252, section 7.1.
    fn an_answer_keeps_the_query_and_the_scheme_a_redirect_uri_was_registered_with(house) {
        for registered in ["https://shop.example/back?tenant=a%20b", "com.example.app:/back"] {
            let native = Public::of(&house, ClientKind::Native, registered).await;
            let asked = with(&native.request(), "redirect_uri", registered);
            let location = sign_in(&house, &house.browser(), &asked, &random_phone()).await.location();
            let separator = if registered.contains('?') { '&' } else { '?' };
            assert!(location.starts_with(&format!("{registered}{separator}code=")), "{location}");
        }
    }

    /// RFC 6749, section 3.1.
    fn a_repeated_parameter_is_refused_and_an_unknown_one_ignored(house) {
        for name in ["client_id", "redirect_uri"] {
            let mut twice = house.request();
            let known = twice.iter().find(|(known, _)| known == name).unwrap().clone();
            twice.push(known);
            is_page_of_its_own(&house.browser().authorize(&house, &twice).await, 400);
        }
        for name in [
            "response_type",
            "response_mode",
            "scope",
            "state",
            "nonce",
            "code_challenge",
            "code_challenge_method",
            "prompt",
            "max_age",
            "login_hint",
            "id_token_hint",
            "claims",
            "display",
            "ui_locales",
            "claims_locales",
            "acr_values",
            "request",
            "request_uri",
            "registration",
        ] {
            let mut twice = house.request();
            let twin = twice.iter().find(|(known, _)| known == name).cloned();
            let twin = twin.unwrap_or((name.to_owned(), "x".to_owned()));
            twice.retain(|(known, _)| known != name);
            twice.extend([twin.clone(), twin]);
            assert_eq!(refusal(&house, &twice).await, "invalid_request", "{name}");
        }
        let mut strange = house.request();
        strange.extend([("unknown".to_owned(), "1".to_owned()), ("unknown".to_owned(), "2".to_owned())]);
        assert!(asks_who(&house.browser().authorize(&house, &strange).await));
    }

    fn a_parameter_of_no_sensible_length_is_refused(house) {
        let long = "n".repeat(4097);
        assert_eq!(refusal(&house, &with(&house.request(), "nonce", &long)).await, "invalid_request");
    }

    /// RFC 9700, section 2.1.1.
    fn a_public_client_cannot_ask_without_pkce(house) {
        let bare = |request: &Request| without(&without(request, "code_challenge"), "code_challenge_method");
        let spa = Public::spa(&house).await;
        assert_eq!(refusal(&house, &bare(&spa.request())).await, "invalid_request");
        assert!(asks_who(&house.browser().authorize(&house, &spa.request()).await));
        assert!(asks_who(&house.browser().authorize(&house, &bare(&house.request())).await));
    }

    /// RFC 7636, sections 4.2 and 4.4.1.
    fn pkce_is_s256_and_nothing_else(house) {
        let request = house.request();
        for method in ["plain", "s256", "S512", "none"] {
            let asked = with(&request, "code_challenge_method", method);
            assert_eq!(refusal(&house, &asked).await, "invalid_request", "{method}");
        }
        // Without a method, plain would be meant.
        assert_eq!(refusal(&house, &without(&request, "code_challenge_method")).await, "invalid_request");
        assert_eq!(refusal(&house, &without(&request, "code_challenge")).await, "invalid_request");
        for challenge in
            ["short", &"a".repeat(44), &"a".repeat(129), &format!("{}=", "a".repeat(42)), &"é".repeat(43)]
        {
            let asked = with(&request, "code_challenge", challenge);
            assert_eq!(refusal(&house, &asked).await, "invalid_request", "{challenge}");
        }
    }

    /// RFC 9700, section 2.1.2.
    fn only_the_code_response_type_exists(house) {
        for kind in
            ["token", "id_token", "code id_token", "code token", "code id_token token", "none", "CODE"]
        {
            let asked = with(&house.request(), "response_type", kind);
            assert_eq!(refusal(&house, &asked).await, "unsupported_response_type", "{kind}");
        }
        assert_eq!(refusal(&house, &without(&house.request(), "response_type")).await, "invalid_request");
        for mode in ["fragment", "web_message", "jwt"] {
            let asked = with(&house.request(), "response_mode", mode);
            assert_eq!(refusal(&house, &asked).await, "invalid_request", "{mode}");
        }
    }

    /// RFC 6749, section 4.1.2; RFC 9207, section 2.
    fn state_comes_back_byte_for_byte_with_success_and_with_errors(house) {
        let browser = house.browser();
        for state in
            ["a b+c%20%26&d=e#f", "\"'><script>", "ü€🙂", "%", "?iss=https://evil.example&code=x", " "]
        {
            let asked = with(&house.request(), "state", state);
            let fine = sign_in_once(&house, &browser, &asked).await;
            let wrong = browser.authorize(&house, &with(&asked, "scope", "phone")).await;
            let silent = house.browser().authorize(&house, &with(&asked, "prompt", "none")).await;
            for answer in [fine, wrong, silent] {
                let url = url::Url::parse(&answer.location()).unwrap();
                let values = |name: &str| -> Vec<String> {
                    url.query_pairs()
                        .filter(|(key, _)| key == name)
                        .map(|(_, value)| value.into_owned())
                        .collect()
                };
                assert_eq!(values("state"), [state]);
                assert_eq!(values("iss"), std::slice::from_ref(&house.pool.issuer));
                assert_eq!(url.fragment(), None);
            }
        }
        let stateless = browser.authorize(&house, &without(&house.request(), "state")).await;
        assert!(!query_of(&stateless.location()).contains_key("state"));
    }

    /// OpenID Connect Core 1.0, section 3.1.2.6.
    fn requests_inside_requests_are_refused_by_their_names(house) {
        for (name, error) in [
            ("request", "request_not_supported"),
            ("request_uri", "request_uri_not_supported"),
            ("registration", "registration_not_supported"),
        ] {
            let asked = with(&house.request(), name, "https://shop.example/request");
            assert_eq!(refusal(&house, &asked).await, error);
        }
    }

    /// OpenID Connect Core 1.0, sections 3.1.2.1 and 15.1.
    fn wishes_that_change_nothing_are_accepted(house) {
        let mut asked = house.request();
        for (name, value) in [
            ("display", "popup"),
            ("ui_locales", "fr-CA es en"),
            ("claims_locales", "es"),
            ("login_hint", "asha@example.com"),
            ("acr_values", "urn:watchword:acr:2 LoA2"),
            (
                "claims",
                r#"{"id_token":{"auth_time":{"essential":true},"acr":null},"userinfo":{"name":null}}"#,
            ),
        ] {
            asked = with(&asked, name, value);
        }
        assert!(asks_who(&house.browser().authorize(&house, &asked).await));
    }

    fn a_request_without_openid_is_refused_and_unknown_scopes_are_dropped(house) {
        for scope in ["phone", "email", "OPENID", "openid,phone"] {
            assert_eq!(
                refusal(&house, &with(&house.request(), "scope", scope)).await,
                "invalid_scope",
                "{scope}"
            );
        }
        assert_eq!(refusal(&house, &without(&house.request(), "scope")).await, "invalid_scope");
        let asked = with(&house.request(), "scope", "address openid email phone admin");
        let answer = sign_in(&house, &house.browser(), &asked, &random_phone()).await;
        let tokens = house.redeem(&code_of(&answer)).await.json();
        assert_eq!(tokens["scope"], "openid phone");
        assert!(tokens.get("refresh_token").is_none(), "{tokens}");
    }

    fn a_machine_client_signs_nobody_in(house) {
        let machine = Public::of(&house, ClientKind::Machine, CALLBACK).await;
        assert_eq!(refusal(&house, &machine.request()).await, "unauthorized_client");
    }

    /// OpenID Connect Core 1.0, section 3.1.2.1: GET and POST.
    fn a_request_may_come_as_a_form(house) {
        let browser = house.browser();
        let request = house.request();
        let form: Vec<(&str, &str)> =
            request.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = browser.post(&house.url("/authorize"), &form).await;
        let page = browser.page(&house, &answer.location()).await;
        let answer = prove(&house, &browser, &page, &random_phone()).await;
        assert_eq!(query_of(&answer.location())["state"], "st&te=1");
        assert_eq!(house.redeem(&code_of(&answer)).await.status, 200);
    }

    fn a_form_that_is_none_is_refused_on_a_page(house) {
        let url = house.url("/authorize");
        let sent = |kind: &'static str, body: String| {
            house.http.post(&url).header("accept", "text/html").header("content-type", kind).body(body)
        };
        let form = "application/x-www-form-urlencoded";
        for (request, status) in [
            (sent("application/json", "{}".to_owned()), 415),
            (sent(form, "client_id=%".to_owned()), 400),
            (sent(form, format!("client_id={}", "a".repeat(70_000))), 413),
        ] {
            is_page_of_its_own(&Answer::of(request.send().await.unwrap()).await, status);
        }
    }

    /// OAuth 2.0 Form Post Response Mode, sections 2 and 4.
    fn a_form_post_response_is_an_escaped_page_that_nobody_stores(house) {
        let browser = house.browser();
        let state = "\"><script>alert(1)</script>";
        let asked = with(&with(&house.request(), "response_mode", "form_post"), "state", state);
        let page = sign_in(&house, &browser, &asked, &random_phone()).await;
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
        assert!(page.text.contains(&format!("action=\"{CALLBACK}\"")), "{}", page.text);
        assert!(!page.text.contains("<script>alert"), "{}", page.text);
        assert!(page.header("content-security-policy").contains("form-action 'self' https://shop.example"));
        assert_eq!(page.hidden("iss"), house.pool.issuer);
        assert_eq!(page.hidden("state"), "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
        assert_eq!(house.redeem(&page.hidden("code")).await.status, 200);
        let wrong = browser.authorize(&house, &with(&asked, "scope", "phone")).await;
        assert_eq!((wrong.status, wrong.hidden("error").as_str()), (200, "invalid_scope"));
        assert_eq!(wrong.hidden("iss"), house.pool.issuer);
    }

    /// RFC 9700, section 4.12.
    fn a_form_that_was_answered_leads_on_with_303(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let number = browser.open(&house).await;
        let typed = browser.type_phone(&house, &number, &phone).await;
        assert_eq!(typed.status, 303);
        let page = browser.page(&house, &typed.location()).await;
        let code = house.code_to(&phone, 0).await;
        assert_eq!(browser.type_code(&house, &page, &code).await.status, 303);
    }

    /// RFC 9700, section 2.6.
    fn no_other_page_may_read_the_authorization_endpoint(house) {
        let url = with_query(&house.url("/authorize"), &house.request());
        let asked = house.http.get(&url).header("origin", "https://shop.example").send().await.unwrap();
        assert!(!asked.headers().contains_key("access-control-allow-origin"));
        let preflight = house.http.request(reqwest::Method::OPTIONS, &url);
        let preflight = preflight.header("origin", "https://shop.example");
        let preflight = preflight.header("access-control-request-method", "POST").send().await.unwrap();
        assert_eq!(preflight.status(), 405);
        assert!(!preflight.headers().contains_key("access-control-allow-origin"));
    }
}

/// A code for `request`: from the session, or after signing in where there is none yet.
async fn sign_in_once(house: &House, browser: &Browser, request: &Request) -> Answer {
    let answer = browser.authorize(house, request).await;
    if answer.status == 303 { answer } else { prove(house, browser, &answer, &random_phone()).await }
}
