//! The examples of RFC 7515, appendix A, read and written by keys that were opened as a pool's are.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::seams::SystemRandom;

/// `{"iss":"joe", …}`, the payload of both.
const PAYLOAD: &str =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

/// Appendix A.2.1. The key is published there; it protects nothing.
const RS256_HEADER: &str = "eyJhbGciOiJSUzI1NiJ9";
const RS256_PUBLIC: &str = r#""kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB""#;
const RS256_PRIVATE: &str = r#""d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ","p":"4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc","q":"uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc","dp":"BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0","dq":"h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU","qi":"IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U""#;
const RS256_SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

/// Appendix A.3.1.
const ES256_HEADER: &str = "eyJhbGciOiJFUzI1NiJ9";
const ES256_PUBLIC: &str = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;
const ES256_PRIVATE: &str = r#""d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI""#;
const ES256_SIGNATURE: &str =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

/// The key of an example, opened as a row of the database is.
fn key(algorithm: &str, public: &str, private: &str) -> SigningKey {
    let master = MasterKey::parse(MasterKey::generate(&SystemRandom).expose()).unwrap();
    let (pool, id, now) = (PoolId::from("local_000000000"), "example", Timestamp::from_seconds(0));
    let sealed = master.seal(&SystemRandom, &purpose(&pool, id), &format!("{{{public},{private}}}"));
    let row = SigningKeyRow {
        id: id.to_owned(),
        algorithm: algorithm.to_owned(),
        public_jwk: format!("{{{public}}}"),
        private_sealed: sealed.unwrap(),
        created_at: now,
        times: KeyTimes::starting(now),
    };
    parse(&master, &pool, &row).unwrap()
}

fn rs256() -> SigningKey {
    key("RS256", RS256_PUBLIC, RS256_PRIVATE)
}

fn es256() -> SigningKey {
    key("ES256", ES256_PUBLIC, ES256_PRIVATE)
}

/// What the token says, when this key signed it. The examples name no key and no type, as every token of ours does.
fn read(key: &SigningKey, token: &str) -> Option<Vec<u8>> {
    let fits = |header: &JwsHeader| header.algorithm() == Some(&key.algorithm);
    payload(token, |header| fits(header).then_some(&*key.verifier))
}

#[test]
fn the_jws_examples_of_the_rfc_are_verified() {
    let said = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
    for (key, other, header, signature) in
        [(rs256(), es256(), RS256_HEADER, RS256_SIGNATURE), (es256(), rs256(), ES256_HEADER, ES256_SIGNATURE)]
    {
        let token = format!("{header}.{PAYLOAD}.{signature}");
        assert_eq!(read(&key, &token).as_deref(), Some(said.as_bytes()), "{}", key.algorithm);
        assert_eq!(read(&other, &token), None, "{} under the other key", key.algorithm);
        let changed = signature.replacen(&signature[..1], "0", 1);
        assert_eq!(read(&key, &format!("{header}.{PAYLOAD}.{changed}")), None, "{}", key.algorithm);
        let moved = PAYLOAD.replacen("eyJpc3MiOiJqb2Ui", "eyJpc3MiOiJqb2Uj", 1);
        assert_eq!(read(&key, &format!("{header}.{moved}.{signature}")), None, "{}", key.algorithm);
    }
}

/// RS256 signs alike every time; ES256 does not, and is read back.
#[test]
fn the_jws_examples_of_the_rfc_are_written() {
    let input = format!("{RS256_HEADER}.{PAYLOAD}");
    let signature = rs256().signer.sign(input.as_bytes()).unwrap();
    assert_eq!(URL_SAFE_NO_PAD.encode(signature), RS256_SIGNATURE);
    let (key, input) = (es256(), format!("{ES256_HEADER}.{PAYLOAD}"));
    let signature = URL_SAFE_NO_PAD.encode(key.signer.sign(input.as_bytes()).unwrap());
    assert_ne!(signature, ES256_SIGNATURE);
    assert!(read(&key, &format!("{input}.{signature}")).is_some());
}
