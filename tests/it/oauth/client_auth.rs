//! How a client proves itself (RFC 6749, section 2.3), as `/token` asks it to.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::AUTHORIZATION;

use super::client::{Public, bad, post, refused};
use crate::on_each_database;
use crate::support::{Answer, CALLBACK, House, VERIFIER, random_phone, with_query};

/// A code of somebody who just signed in with an ordinary request.
async fn code(house: &House) -> String {
    house.browser().sign_in(house, &random_phone()).await
}

/// What `/token` answers to a request with this `Authorization` header.
async fn with_header(house: &House, header: &str) -> Answer {
    let form = [("grant_type", "refresh_token"), ("refresh_token", "unknown")];
    let request = house.http.post(house.url("/token")).header(AUTHORIZATION, header).form(&form);
    Answer::of(request.send().await.unwrap()).await
}

/// Every character as a percent escape.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

on_each_database! {
    /// RFC 6749, section 5.2.
    fn a_client_that_does_not_prove_itself_is_refused_with_401(house) {
        let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let invalid = (401, "invalid_client".to_owned());
        for header in [
            basic(&house.client_id, "wrong"),
            basic(&house.client_id, ""),
            basic("nobody", &house.client_secret),
            "Basic !!!".to_owned(),
            "Bearer x".to_owned(),
        ] {
            let answer = with_header(&house, &header).await;
            assert_eq!(refused(&answer), invalid, "{header}");
            assert!(answer.header("www-authenticate").starts_with("Basic realm="), "{header}");
        }
        let grant = [("grant_type", "refresh_token"), ("refresh_token", "unknown")];
        for named in [
            vec![],
            vec![("client_id", house.client_id.as_str())],
            vec![("client_id", house.client_id.as_str()), ("client_secret", "wrong")],
            vec![("client_id", "nobody"), ("client_secret", "wrong")],
        ] {
            let answer = post(&house, "/token", &[grant.to_vec(), named].concat()).await;
            assert_eq!(refused(&answer), invalid);
            assert_eq!(answer.header("www-authenticate"), "");
        }
    }

    fn an_unknown_client_and_a_wrong_secret_look_the_same(house) {
        let basic = |id: &str| format!("Basic {}", STANDARD.encode(format!("{id}:wrong")));
        let wrong = with_header(&house, &basic(&house.client_id)).await;
        let unknown = with_header(&house, &basic("nobody")).await;
        assert_eq!((wrong.status, wrong.text), (unknown.status, unknown.text));
    }

    /// RFC 6749, section 2.3.
    fn two_ways_of_authentication_at_once_are_refused(house) {
        let form = [
            ("client_secret", house.client_secret.as_str()),
            ("grant_type", "refresh_token"),
            ("refresh_token", "x"),
        ];
        assert_eq!(refused(&house.token(&form).await), bad("invalid_request"));
        let form = [("client_id", "another"), ("grant_type", "refresh_token"), ("refresh_token", "x")];
        assert_eq!(refused(&house.token(&form).await), bad("invalid_request"));
    }

    fn a_client_may_send_its_secret_in_the_body(house) {
        let code = code(&house).await;
        let form = [
            ("client_id", house.client_id.as_str()),
            ("client_secret", &house.client_secret),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let answer = post(&house, "/token", &form).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    /// RFC 6749, section 2.3.1.
    fn basic_credentials_are_form_urlencoded_before_base64(house) {
        let pair = format!("{}:{}", escaped(&house.client_id), escaped(&house.client_secret));
        let answer = with_header(&house, &format!("Basic {}", STANDARD.encode(pair))).await;
        assert_eq!(refused(&answer), bad("invalid_grant"), "the client is proven, its token is unknown");
        let broken = format!("{}:%zz", house.client_id);
        let answer = with_header(&house, &format!("Basic {}", STANDARD.encode(broken))).await;
        assert_eq!(refused(&answer), (401, "invalid_client".to_owned()));
    }

    fn a_public_client_that_shows_a_secret_is_refused(house) {
        let spa = Public::spa(&house).await;
        for secret in ["x", house.client_secret.as_str()] {
            let form = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_secret", secret)];
            let answer = spa.token(&house, &form).await;
            assert_eq!(refused(&answer), (401, "invalid_client".to_owned()));
        }
    }

    fn secrets_in_the_address_are_refused(house) {
        let code = code(&house).await;
        for query in
            [("code", code.as_str()), ("client_secret", &house.client_secret), ("refresh_token", "x")]
        {
            let url = with_query(&house.url("/token"), &[query]);
            let form = [
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ];
            let request =
                house.http.post(url).basic_auth(&house.client_id, Some(&house.client_secret)).form(&form);
            assert_eq!(refused(&Answer::of(request.send().await.unwrap()).await), bad("invalid_request"));
        }
        assert_eq!(house.redeem(&code).await.status, 200);
    }
}
