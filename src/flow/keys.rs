//! A pool's signing keys: made with the pool, parsed once, each for one algorithm and one kind of token.

use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use josekit::jws::{self, ES256, JwsHeader, JwsSigner, JwsVerifier, RS256};
use serde_json::{Map, Value, json};
use watchword_domain::Timestamp;
use watchword_domain::ids::{PoolId, Random, SecretId};
use watchword_store::SigningKeyRow;

use crate::crypto::MasterKey;
use crate::error::Fault;

/// RSA keys have this many bits: what OpenID Connect Core 1.0, section 15.1 asks every relying party to read, at a
/// cost per signature that a small machine can bear. ES256 signs everything that only resource servers read.
const RSA_BITS: u32 = 2048;

/// The kinds of token, told apart by `typ`, so that none can stand in for another (RFC 8725, section 3.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// An ID token (OpenID Connect Core 1.0, section 2).
    Id,
    /// An access token (RFC 9068, section 2.1).
    Access,
}

impl TokenKind {
    const fn typ(self) -> &'static str {
        match self {
            Self::Id => "JWT",
            Self::Access => "at+jwt",
        }
    }

    const fn algorithm(self) -> &'static str {
        match self {
            Self::Id => "RS256",
            Self::Access => "ES256",
        }
    }
}

/// One key pair, parsed.
struct SigningKey {
    id: String,
    algorithm: String,
    signer: Box<dyn JwsSigner>,
    verifier: Box<dyn JwsVerifier>,
}

/// A pool's keys and its key set (RFC 7517, section 5).
pub struct PoolKeys {
    keys: Vec<SigningKey>,
    jwks: String,
}

impl PoolKeys {
    /// Opens and parses a pool's keys.
    ///
    /// # Errors
    /// When one cannot be opened under the master key, or is none.
    pub(crate) fn open(master: &MasterKey, pool: &PoolId, rows: &[SigningKeyRow]) -> Result<Self, Fault> {
        let keys = rows.iter().map(|row| parse(master, pool, row)).collect::<Result<Vec<_>, _>>()?;
        let public = rows.iter().map(|row| serde_json::from_str(&row.public_jwk));
        let public: Vec<Value> = public.collect::<Result<_, _>>().map_err(|_| Fault::Crypto("public key"))?;
        Ok(Self { keys, jwks: json!({ "keys": public }).to_string() })
    }

    /// The key set as served: public parts only.
    pub fn jwks(&self) -> &str {
        &self.jwks
    }

    /// Whether these are the keys of `rows`.
    pub(crate) fn are(&self, rows: &[SigningKeyRow]) -> bool {
        self.keys.iter().map(|key| &key.id).eq(rows.iter().map(|row| &row.id))
    }

    /// Signs claims as a token of this kind, with the pool's newest key for it.
    ///
    /// # Errors
    /// When there is no such key, or OpenSSL fails.
    pub(crate) fn sign(&self, kind: TokenKind, claims: &Value) -> Result<String, Fault> {
        let key = self.keys.iter().find(|key| key.algorithm == kind.algorithm());
        let key = key.ok_or(Fault::Missing("signing key"))?;
        let mut header = JwsHeader::new();
        header.set_token_type(kind.typ());
        header.set_key_id(&key.id);
        let payload = claims.to_string();
        jws::serialize_compact(payload.as_bytes(), &header, &*key.signer)
            .map_err(|_| Fault::Crypto("signing"))
    }

    /// The claims of a token that one of these keys signed as a token of this kind; nothing for any other text. Time and
    /// audience are the caller's to check. `alg` must be the key's own (RFC 8725, sections 3.1 and 3.2).
    pub(crate) fn verify(&self, kind: TokenKind, token: &str) -> Option<Map<String, Value>> {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if token.len() > 8192 || !token.bytes().all(legal) || token.matches('.').count() != 2 {
            return None;
        }
        let select = |header: &JwsHeader| {
            let fitting = header.token_type() == Some(kind.typ());
            let named = |key: &&SigningKey| {
                fitting && header.key_id() == Some(&key.id) && header.algorithm() == Some(&key.algorithm)
            };
            Ok(self.keys.iter().find(named).map(|key| &*key.verifier as &dyn JwsVerifier))
        };
        let (payload, _) = jws::deserialize_compact_with_selector(token, select).ok()?;
        serde_json::from_slice(&payload).ok()
    }
}

fn purpose(pool: &PoolId, key: &str) -> String {
    format!("signing key {key} of {pool}")
}

fn parse(master: &MasterKey, pool: &PoolId, row: &SigningKeyRow) -> Result<SigningKey, Fault> {
    let unusable = |_| Fault::Crypto("signing key");
    let private = master.open(&purpose(pool, &row.id), &row.private_sealed)?;
    let private = Jwk::from_bytes(private.expose()).map_err(unusable)?;
    let public = Jwk::from_bytes(&row.public_jwk).map_err(unusable)?;
    let (signer, verifier): (Box<dyn JwsSigner>, Box<dyn JwsVerifier>) = match row.algorithm.as_str() {
        "RS256" => (
            Box::new(RS256.signer_from_jwk(&private).map_err(unusable)?),
            Box::new(RS256.verifier_from_jwk(&public).map_err(unusable)?),
        ),
        "ES256" => (
            Box::new(ES256.signer_from_jwk(&private).map_err(unusable)?),
            Box::new(ES256.verifier_from_jwk(&public).map_err(unusable)?),
        ),
        _ => return Err(Fault::Crypto("signing algorithm")),
    };
    Ok(SigningKey { id: row.id.clone(), algorithm: row.algorithm.clone(), signer, verifier })
}

/// Makes the keys of a new pool: RS256 for ID tokens, ES256 for access tokens.
///
/// # Errors
/// When OpenSSL fails.
pub(crate) fn make(
    master: &MasterKey,
    pool: &PoolId,
    random: &dyn Random,
    now: Timestamp,
) -> Result<Vec<SigningKeyRow>, Fault> {
    let failed = |_| Fault::Crypto("making a key");
    let pairs = [
        ("RS256", Jwk::generate_rsa_key(RSA_BITS).map_err(failed)?),
        ("ES256", Jwk::generate_ec_key(EcCurve::P256).map_err(failed)?),
    ];
    pairs
        .into_iter()
        .map(|(algorithm, mut jwk)| {
            let id = String::from(SecretId::random(random));
            jwk.set_key_id(&id);
            jwk.set_algorithm(algorithm);
            jwk.set_key_use("sig");
            let private_sealed = master.seal(random, &purpose(pool, &id), &jwk.to_string())?;
            let mut public = jwk.to_public_key().map_err(failed)?;
            // Of what is not key material only `use` was taken over; relying parties choose the key by these.
            public.set_key_id(&id);
            public.set_algorithm(algorithm);
            let public_jwk = public.to_string();
            Ok(SigningKeyRow {
                id,
                algorithm: algorithm.to_owned(),
                public_jwk,
                private_sealed,
                created_at: now,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seams::SystemRandom;

    fn keys() -> PoolKeys {
        let master = MasterKey::parse(MasterKey::generate(&SystemRandom).expose()).unwrap();
        let pool = PoolId::from("local_000000000");
        let rows = make(&master, &pool, &SystemRandom, Timestamp::from_seconds(0)).unwrap();
        PoolKeys::open(&master, &pool, &rows).unwrap()
    }

    #[test]
    fn a_token_of_one_kind_is_no_token_of_another() {
        let keys = keys();
        let claims = json!({ "sub": "u" });
        let id = keys.sign(TokenKind::Id, &claims).unwrap();
        let access = keys.sign(TokenKind::Access, &claims).unwrap();
        assert!(keys.verify(TokenKind::Id, &id).is_some());
        assert!(keys.verify(TokenKind::Access, &access).is_some());
        assert!(keys.verify(TokenKind::Access, &id).is_none());
        assert!(keys.verify(TokenKind::Id, &access).is_none());
    }

    /// OpenID Connect Core 1.0, section 10.1.1.
    #[test]
    fn the_newest_key_signs_while_tokens_of_the_one_before_still_hold() {
        let master = MasterKey::parse(MasterKey::generate(&SystemRandom).expose()).unwrap();
        let pool = PoolId::from("local_000000000");
        let made = |at| make(&master, &pool, &SystemRandom, Timestamp::from_seconds(at)).unwrap();
        let (before, newest) = (made(0), made(90));
        let open = |rows: &[SigningKeyRow]| PoolKeys::open(&master, &pool, rows).unwrap();
        let (old, both) = (open(&before), open(&[newest, before].concat()));
        for kind in [TokenKind::Id, TokenKind::Access] {
            let claims = json!({ "sub": "u" });
            let signed = |keys: &PoolKeys| keys.sign(kind, &claims).unwrap();
            assert!(
                both.verify(kind, &signed(&old)).is_some() && both.verify(kind, &signed(&both)).is_some()
            );
            assert!(old.verify(kind, &signed(&both)).is_none(), "it was signed with the newest");
        }
        assert_eq!(both.jwks().matches("\"kid\"").count(), 4);
    }

    #[test]
    fn the_key_set_shows_public_parts_only() {
        let set: Value = serde_json::from_str(keys().jwks()).unwrap();
        for key in set["keys"].as_array().unwrap() {
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(key.get(private).is_none(), "{private}");
            }
            assert_eq!(key["use"], "sig");
            assert!(key["kid"].is_string() && key["alg"].is_string());
        }
    }

    #[test]
    fn a_header_cannot_choose_how_it_is_checked() {
        let keys = keys();
        let token = keys.sign(TokenKind::Id, &json!({ "sub": "u" })).unwrap();
        let (header, rest) = token.split_once('.').unwrap();
        let (payload, signature) = rest.split_once('.').unwrap();
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
        let header: Value = serde_json::from_slice(&B64.decode(header).unwrap()).unwrap();
        for (name, value) in
            [("alg", "none"), ("alg", "noNE"), ("alg", "HS256"), ("alg", "rs256"), ("kid", "x")]
        {
            let mut forged = header.clone();
            forged[name] = value.into();
            let forged = B64.encode(forged.to_string());
            assert!(
                keys.verify(TokenKind::Id, &format!("{forged}.{payload}.{signature}")).is_none(),
                "{value}"
            );
            assert!(keys.verify(TokenKind::Id, &format!("{forged}.{payload}.")).is_none(), "{value}");
        }
        let changed = B64.encode(r#"{"sub":"v"}"#);
        let header = B64.encode(header.to_string());
        assert!(keys.verify(TokenKind::Id, &format!("{header}.{changed}.{signature}")).is_none());
    }
}
