//! `/token`: codes, and what comes for them. Client authentication and refreshes have files of their own.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use watchword_domain::client::ClientKind;
use watchword_flow::projects::Project;

use super::client::{
    Public, bad, code_of, introspect, post, refresh, refused, sign_in, text, userinfo, with, without,
};
use crate::on_each_database;
use crate::support::{
    Answer, CALLBACK, House, VERIFIER, challenge_of, claims_of, random_phone, request, with_query,
};

/// A code of somebody who just signed in with an ordinary request.
async fn code(house: &House) -> String {
    house.browser().sign_in(house, &random_phone()).await
}

/// A redemption by the house's client, with these parameters beside the grant type.
async fn redeem(house: &House, form: &[(&str, &str)]) -> Answer {
    let mut all = vec![("grant_type", "authorization_code")];
    all.extend(form.iter().filter(|(_, value)| !value.is_empty()));
    house.token(&all).await
}

/// The tokens of somebody who signs in to another pool, whose client has no secret.
async fn tokens_elsewhere(house: &House, project: &Project, phone: &str) -> Value {
    let (browser, client) = (house.browser(), project.client.id.as_str());
    let at = |path: &str| format!("{}{path}", project.pool.issuer);
    let number = browser.get(&with_query(&at("/authorize"), &request(client))).await;
    let (csrf, sealed) = (number.hidden("csrf"), number.hidden("sealed"));
    let seen = house.messages_to(phone).await.len();
    let typed = [("csrf", csrf.as_str()), ("sealed", &sealed), ("phone", phone)];
    let location = browser.post(&at("/sign-in/phone"), &typed).await.location();
    let page = browser.page(house, &location).await;
    let (csrf, sign_in, code) =
        (page.hidden("csrf"), page.hidden("sign_in"), house.code_to(phone, seen).await);
    let typed = [("csrf", csrf.as_str()), ("sign_in", &sign_in), ("code", &code)];
    let code = code_of(&browser.post(&at("/sign-in/code"), &typed).await);
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    Answer::of(house.http.post(at("/token")).form(&form).send().await.unwrap()).await.json()
}

/// A JWT's header.
fn header_of(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}

on_each_database! {
    /// RFC 6749, section 5.1.
    fn a_code_brings_tokens_that_nobody_stores(house) {
        let answer = house.redeem(&code(&house).await).await;
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let tokens = answer.json();
        assert_eq!(tokens["token_type"], "Bearer");
        assert_eq!(tokens["expires_in"], 3600);
        assert_eq!(tokens["scope"], "openid profile phone offline_access");
        for name in ["access_token", "id_token", "refresh_token"] {
            assert!(!text(&tokens, name).is_empty(), "{name}");
        }
    }

    /// OpenID Connect Core 1.0, sections 2 and 5.7. It comes back in an address, as the `id_token_hint` of a sign-out.
    fn an_id_token_says_who_signed_in_to_what_and_nothing_a_url_may_not_hold(house) {
        let phone = random_phone();
        let id_token = text(&house.tokens_of(&phone).await, "id_token");
        let (header, claims) = (header_of(&id_token), claims_of(&id_token));
        assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
        assert_eq!(claims["iss"], house.pool.issuer);
        assert_eq!(claims["aud"], house.client_id);
        assert_eq!(claims["nonce"], "n-0S6_WzA2Mj");
        assert_eq!(claims["acr"], "urn:watchword:acr:1");
        assert_eq!(claims["amr"], json!(["otp", "whatsapp"]));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
        let now = house.flow.now().seconds();
        assert!((now - 60..=now).contains(&claims["auth_time"].as_i64().unwrap()), "{claims}");
        let subject = claims["sub"].as_str().unwrap();
        assert!(subject.is_ascii() && (16..=255).contains(&subject.len()), "{subject}");
        assert!(!claims.to_string().contains(phone.trim_start_matches("+1")), "{claims}");
        for personal in ["phone_number", "phone_number_verified", "name", "locale", "updated_at"] {
            assert_eq!(claims.get(personal), None, "{personal}");
        }
    }

    /// OpenID Connect Core 1.0, section 5.7: a number is not who somebody is.
    fn the_same_number_is_the_same_subject_in_a_pool_and_another_one_elsewhere(house) {
        let phone = random_phone();
        let subject = |tokens: &Value| claims_of(&text(tokens, "id_token"))["sub"].clone();
        let first = subject(&house.tokens_of(&phone).await);
        house.clock.turn(Duration::from_secs(3600));
        assert_eq!(first, subject(&house.tokens_of(&phone).await));
        house.clock.turn(Duration::from_secs(3600));
        let other = house.project("other", ClientKind::Spa).await;
        assert_ne!(first, subject(&tokens_elsewhere(&house, &other, &phone).await));
    }

    /// RFC 9068, section 2.
    fn an_access_token_is_for_the_issuers_own_resources(house) {
        let phone = random_phone();
        let tokens = house.tokens_of(&phone).await;
        let access = text(&tokens, "access_token");
        let (header, claims) = (header_of(&access), claims_of(&access));
        assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("at+jwt")));
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(house.pool.issuer), &json!(house.pool.issuer)));
        assert_eq!(claims["client_id"], house.client_id);
        assert_eq!(claims["sub"], claims_of(&text(&tokens, "id_token"))["sub"]);
        assert_eq!(claims["scope"], tokens["scope"]);
        assert!(!claims.to_string().contains(phone.trim_start_matches("+1")), "{claims}");
    }

    /// RFC 7636, appendix B, from end to end.
    fn the_pkce_example_of_the_rfc_holds(house) {
        assert_eq!(challenge_of(VERIFIER), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(house.redeem(&code(&house).await).await.status, 200);
    }

    /// RFC 7636, sections 4.1 and 4.6. Whatever is wrong with a redemption, it spends the code.
    fn a_challenge_wants_its_verifier_and_a_wrong_one_spends_the_code(house) {
        let (short, long) = (&VERIFIER[..42], "a".repeat(129));
        let challenge = challenge_of(VERIFIER);
        for wrong in ["", &challenge, short, &long, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK"] {
            let code = code(&house).await;
            let answer =
                redeem(&house, &[("code", &code), ("redirect_uri", CALLBACK), ("code_verifier", wrong)])
                    .await;
            assert_eq!(refused(&answer), bad("invalid_grant"), "{wrong}");
            assert_eq!(refused(&house.redeem(&code).await), bad("invalid_grant"), "{wrong}");
        }
    }

    /// RFC 9700, section 4.8.2: somebody may have taken the challenge away.
    fn a_verifier_without_a_challenge_is_refused(house) {
        let bare = without(&without(&house.request(), "code_challenge"), "code_challenge_method");
        let code = code_of(&sign_in(&house, &house.browser(), &bare, &random_phone()).await);
        assert_eq!(refused(&house.redeem(&code).await), bad("invalid_grant"));
        let code = code_of(&sign_in(&house, &house.browser(), &bare, &random_phone()).await);
        let answer = redeem(&house, &[("code", &code), ("redirect_uri", CALLBACK)]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    /// RFC 6749, section 4.1.3.
    fn the_redirect_uri_of_a_redemption_is_that_of_the_request_to_the_letter(house) {
        for other in
            ["", "https://shop.example/callback/", "https://SHOP.example/callback", "https://evil.example/"]
        {
            let code = code(&house).await;
            let form = [("code", code.as_str()), ("redirect_uri", other), ("code_verifier", VERIFIER)];
            assert_eq!(refused(&redeem(&house, &form).await), bad("invalid_grant"), "{other}");
        }
    }

    fn a_code_is_of_no_use_to_another_client_and_not_spent_by_it(house) {
        let spa = Public::spa(&house).await;
        let code = code(&house).await;
        assert_eq!(refused(&spa.redeem(&house, &code).await), bad("invalid_grant"));
        assert_eq!(house.redeem(&code).await.status, 200);
        let theirs = code_of(&sign_in(&house, &house.browser(), &spa.request(), &random_phone()).await);
        assert_eq!(refused(&house.redeem(&theirs).await), bad("invalid_grant"));
        assert_eq!(spa.redeem(&house, &theirs).await.status, 200);
    }

    /// RFC 6749, section 4.1.2.
    fn a_code_works_once_and_a_second_use_ends_what_the_first_began(house) {
        let code = code(&house).await;
        let tokens = house.redeem(&code).await.json();
        let (access, kept) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
        assert_eq!(userinfo(&house, &access).await.status, 200);
        assert_eq!(refused(&house.redeem(&code).await), bad("invalid_grant"));
        assert_eq!(refused(&refresh(&house, &kept).await), bad("invalid_grant"));
        assert_eq!(userinfo(&house, &access).await.status, 401);
        assert_eq!(introspect(&house, &access).await, json!({ "active": false }));
    }

    fn another_clients_attempt_at_a_spent_code_ends_nothing(house) {
        let code = code(&house).await;
        let tokens = house.redeem(&code).await.json();
        let spa = Public::spa(&house).await;
        assert_eq!(refused(&spa.redeem(&house, &code).await), bad("invalid_grant"));
        assert_eq!(userinfo(&house, &text(&tokens, "access_token")).await.status, 200);
    }

    /// RFC 6749, section 4.1.2: ten minutes at most; a minute here.
    fn a_code_lives_a_minute(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let code = browser.sign_in(&house, &phone).await;
        house.clock.turn(Duration::from_secs(50));
        assert_eq!(house.redeem(&code).await.status, 200);
        let code = code_of(&browser.open(&house).await);
        house.clock.turn(Duration::from_secs(60));
        assert_eq!(refused(&house.redeem(&code).await), bad("invalid_grant"));
    }

    fn what_is_no_code_is_refused_like_a_wrong_one(house) {
        let tokens = house.tokens_of(&random_phone()).await;
        for text in ["x", "%00", &text(&tokens, "refresh_token"), &text(&tokens, "access_token")] {
            assert_eq!(refused(&house.redeem(text).await), bad("invalid_grant"), "{text}");
        }
        assert_eq!(refresh(&house, &text(&tokens, "refresh_token")).await.status, 200);
    }

    fn without_offline_access_there_is_no_refresh_token(house) {
        let asked = with(&house.request(), "scope", "openid");
        let code = code_of(&sign_in(&house, &house.browser(), &asked, &random_phone()).await);
        let tokens = house.redeem(&code).await.json();
        assert_eq!(tokens["scope"], "openid");
        assert_eq!(tokens.get("refresh_token"), None);
    }

    /// RFC 9700, sections 2.1.2 and 2.4.
    fn no_other_grant_exists(house) {
        for grant in
            ["password", "implicit", "client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer", "x"]
        {
            let form = [("grant_type", grant), ("username", "asha"), ("password", "secret")];
            assert_eq!(refused(&house.token(&form).await), bad("unsupported_grant_type"), "{grant}");
        }
    }

    fn a_machine_client_has_no_use_for_a_persons_grants(house) {
        let machines = house.project("machines", ClientKind::Machine).await;
        let url = format!("{}/token", machines.pool.issuer);
        let secret = machines.client_secret.as_ref().unwrap().expose();
        for form in [
            [("grant_type", "authorization_code"), ("code", "x")],
            [("grant_type", "refresh_token"), ("refresh_token", "x")],
        ] {
            let request =
                house.http.post(&url).basic_auth(machines.client.id.as_str(), Some(secret)).form(&form);
            let answer = Answer::of(request.send().await.unwrap()).await;
            assert_eq!(refused(&answer), bad("unauthorized_client"));
        }
    }

    /// RFC 6749, section 3.2.
    fn a_repeated_parameter_is_refused_and_an_unknown_one_ignored(house) {
        let code = code(&house).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        for twice in form {
            let mut form = form.to_vec();
            form.push(twice);
            assert_eq!(refused(&house.token(&form).await), bad("invalid_request"), "{}", twice.0);
        }
        let mut form = form.to_vec();
        form.extend([("audience", "a"), ("audience", "b")]);
        assert_eq!(house.token(&form).await.status, 200);
    }

    fn a_missing_parameter_is_named(house) {
        for (form, missing) in [
            (vec![], "grant_type"),
            (vec![("grant_type", "authorization_code")], "code"),
            (vec![("grant_type", "authorization_code"), ("code", "")], "code"),
            (vec![("grant_type", "refresh_token")], "refresh_token"),
        ] {
            let answer = house.token(&form).await;
            assert_eq!(refused(&answer), bad("invalid_request"));
            assert!(
                answer.json()["error_description"].as_str().unwrap().contains(missing),
                "{}",
                answer.text
            );
        }
    }

    fn only_a_form_by_post_is_read(house) {
        let url = house.url("/token");
        let json = house.http.post(&url).basic_auth(&house.client_id, Some(&house.client_secret));
        let json = json.json(&json!({ "grant_type": "refresh_token" })).send().await.unwrap();
        assert_eq!(refused(&Answer::of(json).await), bad("invalid_request"));
        let long = post(&house, "/token", &[("code", &"a".repeat(70_000))]).await;
        assert_eq!(refused(&long), (413, "invalid_request".to_owned()));
        assert_eq!(house.http.get(&url).send().await.unwrap().status(), 405);
    }

    /// RFC 9700, section 2.6.
    fn a_page_of_any_origin_may_call_it(house) {
        let preflight = house.http.request(reqwest::Method::OPTIONS, house.url("/token"));
        let preflight = preflight.header("origin", "https://shop.example");
        let answer =
            Answer::of(preflight.header("access-control-request-method", "POST").send().await.unwrap()).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, "*"));
        assert_eq!(answer.header("access-control-allow-methods"), "POST");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        let refusal = post(&house, "/token", &[]).await;
        assert_eq!(refusal.header("access-control-allow-origin"), "*");
        assert_eq!(refusal.header("access-control-expose-headers"), "WWW-Authenticate, Retry-After");
    }
}
