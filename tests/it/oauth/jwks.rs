//! `/jwks` (RFC 7517).

use josekit::jwk::Jwk;
use josekit::jws::{self, ES256, RS256};
use serde_json::Value;
use watchword_domain::client::ClientKind;

use super::client::text;
use crate::on_each_database;
use crate::support::{Answer, House, random_phone};

async fn keys(house: &House) -> Vec<Value> {
    let answer = house.http.get(house.url("/jwks")).send().await.unwrap();
    answer.json::<Value>().await.unwrap()["keys"].as_array().unwrap().clone()
}

fn key<'a>(keys: &'a [Value], algorithm: &str) -> &'a Value {
    keys.iter().find(|key| key["alg"] == algorithm).unwrap()
}

on_each_database! {
    fn it_shows_public_parts_only_each_for_one_algorithm(house) {
        let keys = keys(&house).await;
        assert_eq!(keys.len(), 2);
        for key in &keys {
            for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                assert_eq!(key.get(private), None, "{private}");
            }
            assert_eq!(key["use"], "sig");
            assert!(!key["kid"].as_str().unwrap().is_empty());
        }
        assert_eq!(
            (key(&keys, "RS256")["kty"].as_str(), key(&keys, "ES256")["crv"].as_str()),
            (Some("RSA"), Some("P-256"))
        );
        assert_ne!(keys[0]["kid"], keys[1]["kid"]);
    }

    /// RFC 8725, sections 3.1 and 3.11.
    fn tokens_verify_with_the_key_of_their_algorithm(house) {
        let keys = keys(&house).await;
        let jwk = |algorithm: &str| Jwk::from_bytes(key(&keys, algorithm).to_string()).unwrap();
        let tokens = house.tokens_of(&random_phone()).await;
        let rs256 = RS256.verifier_from_jwk(&jwk("RS256")).unwrap();
        let (_, header) = jws::deserialize_compact(text(&tokens, "id_token"), &rs256).unwrap();
        assert_eq!(header.key_id(), key(&keys, "RS256")["kid"].as_str());
        let es256 = ES256.verifier_from_jwk(&jwk("ES256")).unwrap();
        let (_, header) = jws::deserialize_compact(text(&tokens, "access_token"), &es256).unwrap();
        assert_eq!(header.key_id(), key(&keys, "ES256")["kid"].as_str());
    }

    fn every_pool_has_keys_of_its_own(house) {
        let other = house.project("other", ClientKind::Web).await;
        let theirs = house.http.get(format!("{}/jwks", other.pool.issuer)).send().await.unwrap();
        let theirs: Value = theirs.json().await.unwrap();
        for key in keys(&house).await {
            assert!(!theirs.to_string().contains(key["kid"].as_str().unwrap()));
        }
    }

    fn anybody_may_read_it_and_keep_it_for_a_while(house) {
        let answer = Answer::of(house.http.get(house.url("/jwks")).send().await.unwrap()).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        let alias =
            Answer::of(house.http.get(house.url("/.well-known/jwks.json")).send().await.unwrap()).await;
        assert_eq!(alias.text, answer.text);
        let head = house.http.head(house.url("/jwks")).send().await.unwrap();
        let head = Answer::of(head).await;
        assert_eq!((head.status, head.text.as_str(), head.header("etag")), (200, "", answer.header("etag")));
        let again = house.http.get(house.url("/jwks")).header("if-none-match", answer.header("etag"));
        assert_eq!(again.send().await.unwrap().status(), 304);
        let changed = house.http.get(house.url("/jwks")).header("if-none-match", "\"another\"");
        assert_eq!(changed.send().await.unwrap().status(), 200);
    }
}
