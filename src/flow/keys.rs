//! A pool's signing keys: made with the pool, parsed once, each for one algorithm and one kind of token.

use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use josekit::jws::{self, ES256, JwsHeader, JwsSigner, JwsVerifier, RS256};
use serde_json::{Map, Value, json};
use watchword_domain::Timestamp;
use watchword_domain::ids::{PoolId, Random, SecretId};
use watchword_domain::key_rotation::{self, KeyRotation, KeyTimes};
use watchword_store::SigningKeyRow;

use crate::crypto::MasterKey;
use crate::error::Fault;

#[cfg(test)]
mod rfc7515;

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

    /// The algorithm it is signed with. Every pool has keys for each kind.
    pub(crate) const fn algorithm(self) -> &'static str {
        match self {
            Self::Id => "RS256",
            Self::Access => "ES256",
        }
    }

    /// Both kinds.
    pub(crate) const ALL: [Self; 2] = [Self::Id, Self::Access];
}

/// One key pair, parsed.
struct SigningKey {
    id: String,
    algorithm: String,
    times: KeyTimes,
    signer: Box<dyn JwsSigner>,
    verifier: Box<dyn JwsVerifier>,
}

/// A pool's keys and its key set (RFC 7517, section 5).
pub struct PoolKeys {
    keys: Vec<SigningKey>,
    /// The keys that are shown at the moment these were opened, in the order of the set.
    published: Vec<String>,
    jwks: String,
}

/// Those of these keys that are shown: the one that signs first, for whoever takes the first that fits.
fn published(rows: &[SigningKeyRow], rotation: KeyRotation, now: Timestamp) -> Vec<&SigningKeyRow> {
    let state = |row: &&SigningKeyRow| rotation.state(row.times, now);
    let mut shown: Vec<_> = rows.iter().filter(|row| state(row).is_published()).collect();
    shown.sort_by_key(state);
    shown
}

impl PoolKeys {
    /// Opens and parses a pool's keys, and writes the key set as it is now.
    ///
    /// # Errors
    /// When one cannot be opened under the master key, or is none.
    pub(crate) fn open(
        master: &MasterKey,
        pool: &PoolId,
        rows: &[SigningKeyRow],
        rotation: KeyRotation,
        now: Timestamp,
    ) -> Result<Self, Fault> {
        let keys = rows.iter().map(|row| parse(master, pool, row)).collect::<Result<Vec<_>, _>>()?;
        let shown = published(rows, rotation, now);
        let public = shown.iter().map(|row| serde_json::from_str(&row.public_jwk));
        let public: Vec<Value> = public.collect::<Result<_, _>>().map_err(|_| Fault::Crypto("public key"))?;
        let published = shown.iter().map(|row| row.id.clone()).collect();
        Ok(Self { keys, published, jwks: json!({ "keys": public }).to_string() })
    }

    /// The key set as served: public parts only.
    pub fn jwks(&self) -> &str {
        &self.jwks
    }

    /// Whether these are the keys of `rows`, and the key set is still as it should be.
    pub(crate) fn are(&self, rows: &[SigningKeyRow], rotation: KeyRotation, now: Timestamp) -> bool {
        let known = self.keys.iter().map(|key| (&key.id, key.times));
        let shown = published(rows, rotation, now);
        known.eq(rows.iter().map(|row| (&row.id, row.times)))
            && self.published.iter().eq(shown.iter().map(|row| &row.id))
    }

    /// Signs claims as a token of this kind, with the key whose time it is.
    ///
    /// # Errors
    /// When there is no key for it, or OpenSSL fails.
    pub(crate) fn sign(&self, kind: TokenKind, claims: &Value, now: Timestamp) -> Result<String, Fault> {
        let fitting = self.keys.iter().filter(|key| key.algorithm == kind.algorithm());
        let key = key_rotation::signing(fitting, |key| key.times, now);
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
        let choose = |header: &JwsHeader| {
            let fitting = header.token_type() == Some(kind.typ());
            let named = |key: &&SigningKey| {
                fitting && header.key_id() == Some(&key.id) && header.algorithm() == Some(&key.algorithm)
            };
            self.keys.iter().find(named).map(|key| &*key.verifier as &dyn JwsVerifier)
        };
        serde_json::from_slice(&payload(token, choose)?).ok()
    }
}

/// The payload of a compact JWS (RFC 7515, section 5.2) whose signature holds under the key that is chosen for its header.
fn payload<'a>(token: &str, choose: impl Fn(&JwsHeader) -> Option<&'a dyn JwsVerifier>) -> Option<Vec<u8>> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if token.len() > 8192 || !token.bytes().all(legal) || token.matches('.').count() != 2 {
        return None;
    }
    let (payload, _) = jws::deserialize_compact_with_selector(token, |header| Ok(choose(header))).ok()?;
    Some(payload)
}

pub(crate) fn purpose(pool: &PoolId, key: &str) -> String {
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
    let (id, algorithm) = (row.id.clone(), row.algorithm.clone());
    Ok(SigningKey { id, algorithm, times: row.times, signer, verifier })
}

/// Makes a key for tokens of this kind, which signs from now on. An RSA key takes the processor a while.
///
/// # Errors
/// When OpenSSL fails.
pub(crate) fn make(
    master: &MasterKey,
    pool: &PoolId,
    kind: TokenKind,
    random: &dyn Random,
    now: Timestamp,
) -> Result<SigningKeyRow, Fault> {
    let failed = |_| Fault::Crypto("making a key");
    let algorithm = kind.algorithm();
    let jwk = match kind {
        TokenKind::Id => Jwk::generate_rsa_key(RSA_BITS),
        TokenKind::Access => Jwk::generate_ec_key(EcCurve::P256),
    };
    let mut jwk = jwk.map_err(failed)?;
    let id = String::from(SecretId::random(random));
    jwk.set_key_id(&id);
    jwk.set_algorithm(algorithm);
    jwk.set_key_use("sig");
    let private_sealed = master.seal(random, &purpose(pool, &id), &jwk.to_string())?;
    let mut public = jwk.to_public_key().map_err(failed)?;
    // Of what is not key material only `use` was taken over; relying parties choose the key by these.
    public.set_key_id(&id);
    public.set_algorithm(algorithm);
    Ok(SigningKeyRow {
        id,
        algorithm: algorithm.to_owned(),
        public_jwk: public.to_string(),
        private_sealed,
        created_at: now,
        times: KeyTimes::starting(now),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::seams::SystemRandom;
    use watchword_domain::lifetimes::Lifetimes;

    const NOW: Timestamp = Timestamp::from_seconds(0);

    fn master() -> MasterKey {
        MasterKey::parse(MasterKey::generate(&SystemRandom).expose()).unwrap()
    }

    fn pool() -> PoolId {
        PoolId::from("local_000000000")
    }

    fn rotation() -> KeyRotation {
        KeyRotation::of(&Lifetimes::default())
    }

    /// Keys of a new pool.
    pub(crate) fn keys() -> PoolKeys {
        let master = master();
        let rows = TokenKind::ALL.map(|kind| make(&master, &pool(), kind, &SystemRandom, NOW).unwrap());
        PoolKeys::open(&master, &pool(), &rows, rotation(), NOW).unwrap()
    }

    #[test]
    fn a_token_of_one_kind_is_no_token_of_another() {
        let keys = keys();
        let claims = json!({ "sub": "u" });
        let id = keys.sign(TokenKind::Id, &claims, NOW).unwrap();
        let access = keys.sign(TokenKind::Access, &claims, NOW).unwrap();
        assert!(keys.verify(TokenKind::Id, &id).is_some());
        assert!(keys.verify(TokenKind::Access, &access).is_some());
        assert!(keys.verify(TokenKind::Access, &id).is_none());
        assert!(keys.verify(TokenKind::Id, &access).is_none());
    }

    /// A key that signs from 0 to 100,000 s, and its successor, for tokens of this kind.
    fn successive(master: &MasterKey, kind: TokenKind) -> [SigningKeyRow; 2] {
        let made = || make(master, &pool(), kind, &SystemRandom, NOW).unwrap();
        let (mut old, mut new) = (made(), made());
        let change = Timestamp::from_seconds(100_000);
        (old.times.replaced_at, new.times.signs_from) = (Some(change), change);
        [new, old]
    }

    /// OpenID Connect Core 1.0, section 10.1.1.
    #[test]
    fn a_key_signs_in_its_time_and_tokens_of_the_one_before_still_hold() {
        let master = master();
        for kind in TokenKind::ALL {
            let rows = successive(&master, kind);
            let open =
                |rows: &[SigningKeyRow]| PoolKeys::open(&master, &pool(), rows, rotation(), NOW).unwrap();
            let (both, [new, old]) = (open(&rows), [0, 1].map(|which| open(&rows[which..=which])));
            for (seconds, signer, other) in [(99_999, &old, &new), (100_000, &new, &old)] {
                let now = Timestamp::from_seconds(seconds);
                let token = both.sign(kind, &json!({ "sub": "u" }), now).unwrap();
                assert!(signer.verify(kind, &token).is_some() && both.verify(kind, &token).is_some());
                assert!(other.verify(kind, &token).is_none(), "signed by the other at {seconds}");
            }
        }
    }

    #[test]
    fn the_key_set_changes_with_the_time_alone() {
        let master = master();
        let rows = successive(&master, TokenKind::Id);
        let [new, old] = [&rows[0].id, &rows[1].id];
        let opened_at = |seconds| {
            let now = Timestamp::from_seconds(seconds);
            PoolKeys::open(&master, &pool(), &rows, rotation(), now).unwrap()
        };
        let shown = |keys: &PoolKeys| {
            let set: Value = serde_json::from_str(keys.jwks()).unwrap();
            set["keys"].as_array().unwrap().iter().map(|key| key["kid"].to_string()).collect::<Vec<_>>()
        };
        let quoted = |ids: &[&String]| ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>();
        let stages = [(0, vec![old, new]), (100_000, vec![new, old]), (100_000 + 86_400 + 300, vec![new])];
        for (began, ids) in &stages {
            let keys = opened_at(*began);
            assert_eq!(shown(&keys), quoted(ids), "the one that signs comes first");
            for (later, others) in &stages {
                let are = keys.are(&rows, rotation(), Timestamp::from_seconds(*later));
                assert_eq!(are, ids == others, "{began} {later}");
            }
        }
        let hint = opened_at(0).sign(TokenKind::Id, &json!({ "sub": "u" }), NOW).unwrap();
        assert!(opened_at(300_000).verify(TokenKind::Id, &hint).is_some(), "a hint outlives the key set");
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
        let token = keys.sign(TokenKind::Id, &json!({ "sub": "u" }), NOW).unwrap();
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
