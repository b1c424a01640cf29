//! `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server` (OpenID Connect Discovery 1.0; RFC
//! 8414).

use reqwest::Method;
use serde_json::{Value, json};

use super::client::text;
use crate::on_each_database;
use crate::support::{Answer, House, claims_of, random_phone};

async fn get(house: &House, url: &str) -> Answer {
    Answer::of(house.http.get(url).send().await.unwrap()).await
}

async fn metadata(house: &House) -> Value {
    get(house, &house.url("/.well-known/openid-configuration")).await.json()
}

on_each_database! {
    /// Discovery, section 4.3: to the letter, everywhere.
    fn the_issuer_is_the_same_in_metadata_tokens_and_answers(house) {
        let metadata = metadata(&house).await;
        assert_eq!(metadata["issuer"], house.pool.issuer);
        let tokens = house.tokens_of(&random_phone()).await;
        for name in ["id_token", "access_token"] {
            assert_eq!(claims_of(&text(&tokens, name))["iss"], metadata["issuer"], "{name}");
        }
        assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    }

    /// RFC 9700, section 4.13: who sends a request does not decide who we are.
    fn the_issuer_does_not_come_from_what_a_request_says(house) {
        let request =
            house.http.get(format!("http://{}/acme/.well-known/openid-configuration", house.provider));
        let request = request.header("host", "evil.example").header("x-forwarded-host", "evil.example");
        let request =
            request.header("x-forwarded-proto", "https").header("forwarded", "host=evil.example;proto=https");
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(answer.json()["issuer"], house.pool.issuer);
        assert!(!answer.text.contains("evil.example"));
    }

    /// RFC 8414, section 3: below the issuer, and below the host with the issuer's path after it.
    fn the_same_document_is_found_at_every_usual_place(house) {
        let first = get(&house, &house.url("/.well-known/openid-configuration")).await;
        let inserted = format!("http://{}/.well-known/oauth-authorization-server/acme", house.provider);
        for url in [house.url("/.well-known/oauth-authorization-server"), inserted] {
            let answer = get(&house, &url).await;
            assert_eq!((answer.status, answer.text), (200, first.text.clone()), "{url}");
        }
    }

    fn every_endpoint_it_names_answers(house) {
        let metadata = metadata(&house).await;
        let mut endpoints = 0;
        for (name, url) in metadata.as_object().unwrap() {
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                let answer = get(&house, url.as_str().unwrap()).await;
                assert!(answer.status != 404 && answer.status < 500, "{name}: {}", answer.status);
                assert!(url.as_str().unwrap().starts_with(&house.pool.issuer), "{name}");
                endpoints += 1;
            }
        }
        assert_eq!(endpoints, 7, "{metadata}");
    }

    fn it_promises_what_the_endpoints_keep(house) {
        let metadata = metadata(&house).await;
        for (name, promised) in [
            ("response_types_supported", json!(["code"])),
            ("response_modes_supported", json!(["query", "form_post"])),
            ("grant_types_supported", json!(["authorization_code", "refresh_token"])),
            ("subject_types_supported", json!(["public"])),
            ("id_token_signing_alg_values_supported", json!(["RS256"])),
            ("code_challenge_methods_supported", json!(["S256"])),
            ("scopes_supported", json!(["openid", "profile", "phone", "offline_access"])),
            (
                "token_endpoint_auth_methods_supported",
                json!(["client_secret_basic", "client_secret_post", "none"]),
            ),
            (
                "introspection_endpoint_auth_methods_supported",
                json!(["client_secret_basic", "client_secret_post"]),
            ),
            ("request_parameter_supported", json!(false)),
            ("request_uri_parameter_supported", json!(false)),
        ] {
            assert_eq!(metadata[name], promised, "{name}");
        }
    }

    fn anybody_may_read_it_and_keep_it_for_a_while(house) {
        let url = house.url("/.well-known/openid-configuration");
        let answer = get(&house, &url).await;
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        let head = house.http.request(Method::HEAD, &url).send().await.unwrap();
        let head = Answer::of(head).await;
        assert_eq!((head.status, head.text.as_str(), head.header("etag")), (200, "", answer.header("etag")));
        let again = house.http.get(&url).header("if-none-match", answer.header("etag")).send().await.unwrap();
        assert_eq!(again.status(), 304);
        let preflight = house.http.request(Method::OPTIONS, &url).header("origin", "https://shop.example");
        assert_eq!(preflight.send().await.unwrap().status(), 204);
    }

    fn a_pool_that_does_not_exist_has_none(house) {
        let answer =
            get(&house, &format!("http://{}/nobody/.well-known/openid-configuration", house.provider)).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, "application/problem+json"));
    }
}
