//! Tokens that somebody else made, at every door that reads one (RFC 8725, sections 3.1, 3.2, 3.10 and 3.11).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use josekit::jws::{self, ES256, HS256, JwsHeader, RS256};
use serde_json::{Value, json};

use super::client::{error_of, introspect, text, userinfo, with};
use crate::on_each_database;
use crate::support::{Browser, House, claims_of, random_phone, with_query};

/// The public key of the pool with which a token of this algorithm is checked.
async fn public_key(house: &House, algorithm: &str) -> Value {
    let set: Value = house.http.get(house.url("/jwks")).send().await.unwrap().json().await.unwrap();
    set["keys"].as_array().unwrap().iter().find(|key| key["alg"] == algorithm).unwrap().clone()
}

/// The claims of a token under another header, signed by a key that is not the pool's, or by nothing at all.
fn forgeries(token: &str, public: &Value) -> Vec<String> {
    let (claims, typ) =
        (claims_of(token).to_string(), if public["alg"] == "ES256" { "at+jwt" } else { "JWT" });
    let mut own = match public["alg"].as_str() {
        Some("ES256") => Jwk::generate_ec_key(EcCurve::P256).unwrap(),
        _ => Jwk::generate_rsa_key(2048).unwrap(),
    };
    own.set_key_id(public["kid"].as_str().unwrap());
    let signed = |own_key_inside: bool, kid: &str, elsewhere: Option<&str>| {
        let mut header = JwsHeader::new();
        header.set_token_type(typ);
        header.set_key_id(kid);
        if own_key_inside {
            header.set_jwk(own.to_public_key().unwrap());
        }
        if let Some(url) = elsewhere {
            header.set_jwk_set_url(url);
            header.set_x509_url(url);
        }
        let own: Box<dyn jws::JwsSigner> = if public["alg"] == "ES256" {
            Box::new(ES256.signer_from_jwk(&own).unwrap())
        } else {
            Box::new(RS256.signer_from_jwk(&own).unwrap())
        };
        jws::serialize_compact(claims.as_bytes(), &header, &*own).unwrap()
    };
    let kid = public["kid"].as_str().unwrap();
    let mut forged = vec![
        signed(false, kid, None),
        signed(true, kid, None),
        signed(true, "", None),
        signed(false, kid, Some("http://127.0.0.1:1/jwks")),
        signed(false, "' OR '1'='1", None),
        signed(false, "../../etc/passwd", None),
    ];
    // A public key taken for a shared secret.
    let mut header = JwsHeader::new();
    header.set_token_type(typ);
    header.set_key_id(kid);
    let confused = HS256.signer_from_bytes(public.to_string()).unwrap();
    forged.push(jws::serialize_compact(claims.as_bytes(), &header, &confused).unwrap());
    let parts: Vec<&str> = token.split('.').collect();
    for algorithm in ["none", "None", "nOnE", "noNE", ""] {
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": algorithm, "typ": typ, "kid": kid }).to_string());
        forged.push(format!("{header}.{}.", parts[1]));
        forged.push(format!("{header}.{}.{}", parts[1], parts[2]));
    }
    // The JSON serialisation, nested and twisted forms of what was compact.
    forged.push(json!({ "protected": parts[0], "payload": parts[1], "signature": parts[2] }).to_string());
    forged.extend([
        format!("{token}.{token}"),
        format!(" {token}"),
        token.replace('.', ".."),
        token.to_uppercase(),
    ]);
    forged
}

/// Whoever is signed in here, the ID token and the access token of that.
async fn signed_in(house: &House) -> (Browser, String, String) {
    let browser = house.browser();
    let tokens = house.redeem(&browser.sign_in(house, &random_phone()).await).await.json();
    (browser, text(&tokens, "id_token"), text(&tokens, "access_token"))
}

on_each_database! {
    fn no_forged_id_token_is_a_hint(house) {
        let (browser, id_token, _) = signed_in(&house).await;
        for forged in forgeries(&id_token, &public_key(&house, "RS256").await) {
            let answer = browser.authorize(&house, &with(&house.request(), "id_token_hint", &forged)).await;
            assert_eq!(error_of(&house, &answer), "invalid_request", "{forged}");
            let url = with_query(&house.url("/end-session"), &[("id_token_hint", &forged)]);
            let asked = browser.get(&url).await;
            assert!(asked.status == 200 && asked.text.contains("name=\"csrf\""), "{forged}");
        }
        assert_eq!(browser.open(&house).await.status, 303, "still signed in");
    }

    fn no_forged_access_token_opens_anything(house) {
        let (_, _, access) = signed_in(&house).await;
        for forged in forgeries(&access, &public_key(&house, "ES256").await) {
            assert_eq!(introspect(&house, &forged).await, json!({ "active": false }), "{forged}");
            // A header trims what stands around its value.
            if !forged.starts_with(' ') {
                assert_eq!(userinfo(&house, &forged).await.status, 401, "{forged}");
            }
        }
        assert_eq!(userinfo(&house, &access).await.status, 200);
    }

    /// One token never stands in for another.
    fn a_token_is_of_use_for_its_own_purpose_only(house) {
        let (browser, id_token, access) = signed_in(&house).await;
        assert_eq!(userinfo(&house, &id_token).await.status, 401);
        assert_eq!(introspect(&house, &id_token).await, json!({ "active": false }));
        let answer = browser.authorize(&house, &with(&house.request(), "id_token_hint", &access)).await;
        assert_eq!(error_of(&house, &answer), "invalid_request");
        let session = browser.cookie("session").unwrap();
        assert_eq!(userinfo(&house, &session).await.status, 401);
        let url = with_query(&house.url("/authorize"), &house.request());
        for secret in [&id_token, &access] {
            let cookie = format!("watchword-session-{}={secret}", house.pool.id);
            assert_eq!(house.http.get(&url).header("cookie", cookie).send().await.unwrap().status(), 200);
        }
    }
}
