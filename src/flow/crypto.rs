//! The master key and what is done with it: sealing what must be read again, hashing what must only be recognised.
//!
//! All primitives are OpenSSL's. Each purpose has a key of its own, derived by HKDF (RFC 5869) from the master key.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openssl::hash::MessageDigest;
use openssl::md::Md;
use openssl::memcmp;
use openssl::pkey::{Id, PKey};
use openssl::pkey_ctx::{HkdfMode, PkeyCtx};
use openssl::sha::sha256;
use openssl::sign::Signer;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};
use watchword_domain::Secret;
use watchword_domain::ids::Random;

use crate::error::Fault;

const KEY: usize = 32;
const SALT: usize = 32;
const NONCE: usize = 12;
const TAG: usize = 16;

/// The key that everything secret in the database rests on, and those it takes the place of.
#[derive(Clone)]
pub struct MasterKey {
    current: Keys,
    /// They still open and recognise; nothing new rests on them.
    former: Vec<Keys>,
}

/// What is derived from one master key.
#[derive(Clone)]
struct Keys {
    sealing: Secret<Vec<u8>>,
    hashing: Secret<Vec<u8>>,
    id: String,
}

/// Why a text cannot be the master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the master key must be 32 bytes in base64, as `openssl rand -base64 32` prints them")]
pub struct MasterKeyRefusal;

/// What may stand between a key and those it takes the place of.
fn between_keys(character: char) -> bool {
    character.is_whitespace() || character == ','
}

impl MasterKey {
    /// Reads a key of 32 bytes in base64, padded or not, in either alphabet; after it, apart by spaces, lines or commas,
    /// keys that it takes the place of and that still open what was sealed under them.
    ///
    /// # Errors
    /// When one of them is anything else, or there is none.
    pub fn parse(text: &str) -> Result<Self, MasterKeyRefusal> {
        let mut keys = text.split(between_keys).filter(|part| !part.is_empty()).map(Keys::parse);
        let current = keys.next().ok_or(MasterKeyRefusal)??;
        Ok(Self { current, former: keys.collect::<Result<_, _>>()? })
    }

    /// A new key, as text for a file or a secret store.
    pub fn generate(random: &dyn Random) -> Secret<String> {
        let mut bytes = [0_u8; KEY];
        random.fill(&mut bytes);
        Secret::new(STANDARD.encode(bytes))
    }

    /// Seals a text for one `purpose` and place; it opens nowhere else. AES-256-GCM under a key derived for this value
    /// alone from 256 random bits, so that no number of values wears the master key out.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn seal(&self, random: &dyn Random, purpose: &str, text: &str) -> Result<String, Fault> {
        let mut salt = [0_u8; SALT];
        random.fill(&mut salt);
        let (key, nonce) = self.current.value_key(&salt)?;
        let mut tag = [0_u8; TAG];
        let aad = purpose.as_bytes();
        let sealed = encrypt_aead(Cipher::aes_256_gcm(), &key, Some(&nonce), aad, text.as_bytes(), &mut tag)
            .map_err(|_| Fault::Crypto("sealing"))?;
        let bytes = URL_SAFE_NO_PAD.encode([&salt[..], &tag[..], &sealed[..]].concat());
        Ok(format!("{}{bytes}", self.current.prefix()))
    }

    /// Whether a value was sealed under the current key.
    pub fn is_current(&self, sealed: &str) -> bool {
        sealed.starts_with(&self.current.prefix())
    }

    /// Seals under the current key what was sealed under a former one; nothing when it is current already.
    ///
    /// # Errors
    /// When it does not open, or OpenSSL fails.
    pub fn reseal(&self, random: &dyn Random, purpose: &str, sealed: &str) -> Result<Option<String>, Fault> {
        if self.is_current(sealed) {
            return Ok(None);
        }
        let text = self.open(purpose, sealed)?;
        self.seal(random, purpose, text.expose()).map(Some)
    }

    /// Opens what was sealed for the same purpose and place.
    ///
    /// # Errors
    /// When it was not, or not under this key or a former one.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<Secret<String>, Fault> {
        let fault = || Fault::Crypto("a sealed value does not open");
        let (keys, body) = self
            .all()
            .find_map(|keys| Some((keys, sealed.strip_prefix(&keys.prefix())?)))
            .ok_or_else(fault)?;
        let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| fault())?;
        let (salt, rest) = bytes.split_at_checked(SALT).ok_or_else(fault)?;
        let (tag, text) = rest.split_at_checked(TAG).ok_or_else(fault)?;
        let (key, nonce) = keys.value_key(salt)?;
        let opened = decrypt_aead(Cipher::aes_256_gcm(), &key, Some(&nonce), purpose.as_bytes(), text, tag);
        String::from_utf8(opened.map_err(|_| fault())?).map(Secret::new).map_err(|_| fault())
    }

    /// A keyed hash (HMAC-SHA-256) of `parts` for one purpose, in base64url. Parts are length-prefixed: no two lists of
    /// parts hash alike.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn keyed_hash(&self, purpose: &str, parts: &[&str]) -> Result<String, Fault> {
        self.current.hash(purpose, parts)
    }

    /// Whether this is the keyed hash of `parts` for the purpose, under this key or a former one; in a time that tells
    /// nothing of the hash.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn recognises(&self, purpose: &str, parts: &[&str], hash: &str) -> Result<bool, Fault> {
        for keys in self.all() {
            if equal(&keys.hash(purpose, parts)?, hash) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn all(&self) -> impl Iterator<Item = &Keys> {
        std::iter::once(&self.current).chain(&self.former)
    }
}

impl Keys {
    fn parse(text: &str) -> Result<Self, MasterKeyRefusal> {
        let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| MasterKeyRefusal)?;
        if bytes.len() != KEY || bytes.iter().all(|byte| *byte == 0) {
            return Err(MasterKeyRefusal);
        }
        Self::derive(&bytes).map_err(|_| MasterKeyRefusal)
    }

    fn derive(master: &[u8]) -> Result<Self, Fault> {
        let id = hkdf(master, b"", b"watchword key id", 6)?;
        Ok(Self {
            sealing: Secret::new(hkdf(master, b"", b"watchword sealing", KEY)?),
            hashing: Secret::new(hkdf(master, b"", b"watchword hashing", KEY)?),
            id: URL_SAFE_NO_PAD.encode(id),
        })
    }

    /// How a value sealed under this key begins.
    fn prefix(&self) -> String {
        format!("1.{}.", self.id)
    }

    fn hash(&self, purpose: &str, parts: &[&str]) -> Result<String, Fault> {
        let mut message = Vec::new();
        for part in std::iter::once(&purpose).chain(parts) {
            message.extend((part.len() as u64).to_be_bytes());
            message.extend(part.as_bytes());
        }
        Ok(URL_SAFE_NO_PAD.encode(hmac_sha256(self.hashing.expose(), &message)?))
    }

    fn value_key(&self, salt: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Fault> {
        let mut key = hkdf(self.sealing.expose(), salt, b"watchword value", KEY + NONCE)?;
        let nonce = key.split_off(KEY);
        Ok((key, nonce))
    }
}

/// RFC 2104, with SHA-256.
fn hmac_sha256(key: &[u8], message: &[u8]) -> Result<Vec<u8>, Fault> {
    let sign = || Signer::new(MessageDigest::sha256(), &*PKey::hmac(key)?)?.sign_oneshot_to_vec(message);
    sign().map_err(|_| Fault::Crypto("hashing"))
}

fn hkdf(key: &[u8], salt: &[u8], purpose: &[u8], length: usize) -> Result<Vec<u8>, Fault> {
    let derive = || -> Result<Vec<u8>, openssl::error::ErrorStack> {
        let mut context = PkeyCtx::new_id(Id::HKDF)?;
        context.derive_init()?;
        context.set_hkdf_md(Md::sha256())?;
        context.set_hkdf_mode(HkdfMode::EXTRACT_THEN_EXPAND)?;
        context.set_hkdf_key(key)?;
        if !salt.is_empty() {
            context.set_hkdf_salt(salt)?;
        }
        context.add_hkdf_info(purpose)?;
        let mut derived = vec![0_u8; length];
        context.derive(Some(&mut derived))?;
        Ok(derived)
    };
    derive().map_err(|_| Fault::Crypto("deriving a key"))
}

/// The SHA-256 of a bearer value of at least 128 random bits, in base64url: how tokens, codes and cookies are stored.
pub fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(token.as_bytes()))
}

/// The PKCE challenge of a verifier: `BASE64URL(SHA256(verifier))` (RFC 7636, section 4.2).
pub fn pkce_challenge(verifier: &str) -> String {
    token_hash(verifier)
}

/// The left half of an ID token's hash of an access token, `at_hash` (OpenID Connect Core 1.0, section 3.1.3.6), for the
/// algorithms that hash with SHA-256.
pub fn left_half_hash(token: &str) -> String {
    let hash = sha256(token.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.first_chunk::<16>().map_or(&hash[..], |half| &half[..]))
}

/// Whether two texts are equal, in a time that tells nothing of where they differ.
pub fn equal(one: &str, other: &str) -> bool {
    one.len() == other.len() && memcmp::eq(one.as_bytes(), other.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seams::SystemRandom;

    fn key() -> MasterKey {
        MasterKey::parse(MasterKey::generate(&SystemRandom).expose()).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_only() {
        let key = key();
        let sealed = key.seal(&SystemRandom, "secret of client a", "s3cret").unwrap();
        assert_eq!(key.open("secret of client a", &sealed).unwrap().expose(), "s3cret");
        assert!(key.open("secret of client b", &sealed).is_err());
        assert!(!sealed.contains("s3cret"));
        assert_ne!(sealed, key.seal(&SystemRandom, "secret of client a", "s3cret").unwrap());
    }

    #[test]
    fn another_key_or_a_changed_byte_opens_nothing() {
        let one = key();
        let sealed = one.seal(&SystemRandom, "p", "text").unwrap();
        assert!(key().open("p", &sealed).is_err());
        for position in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last character carries padding bits: a change there may decode to the same bytes.
            if position + 1 < sealed.len() {
                assert!(one.open("p", &changed).is_err(), "byte {position}");
            }
        }
        assert!(one.open("p", "").is_err() && one.open("p", "1.x.y").is_err());
    }

    #[test]
    fn a_new_key_opens_and_recognises_what_rests_on_the_one_before() {
        let [old, new] = [(); 2].map(|()| MasterKey::generate(&SystemRandom));
        let before = MasterKey::parse(old.expose()).unwrap();
        let sealed = before.seal(&SystemRandom, "p", "text").unwrap();
        let hash = before.keyed_hash("p", &["part"]).unwrap();
        let both = MasterKey::parse(&format!("{}\n{}\n", new.expose(), old.expose())).unwrap();
        assert_eq!(both.open("p", &sealed).unwrap().expose(), "text");
        assert!(both.recognises("p", &["part"], &hash).unwrap());
        assert!(!both.recognises("p", &["other"], &hash).unwrap());
        let resealed = both.reseal(&SystemRandom, "p", &sealed).unwrap().unwrap();
        assert_eq!(both.reseal(&SystemRandom, "p", &resealed).unwrap(), None, "once is enough");
        let after = MasterKey::parse(new.expose()).unwrap();
        assert_eq!(after.open("p", &resealed).unwrap().expose(), "text");
        assert!(after.open("p", &sealed).is_err() && !after.recognises("p", &["part"], &hash).unwrap());
        assert!(before.open("p", &resealed).is_err(), "nothing new rests on the old one");
    }

    #[test]
    fn hashes_depend_on_key_purpose_and_where_parts_end() {
        let key1 = key();
        let hash = key1.keyed_hash("code", &["ab", "c"]).unwrap();
        assert_eq!(hash, key1.keyed_hash("code", &["ab", "c"]).unwrap());
        assert_ne!(hash, key1.keyed_hash("code", &["a", "bc"]).unwrap());
        assert_ne!(hash, key1.keyed_hash("csrf", &["ab", "c"]).unwrap());
        assert_ne!(hash, key().keyed_hash("code", &["ab", "c"]).unwrap());
    }

    #[test]
    fn a_master_key_has_32_bytes() {
        assert!(MasterKey::parse("").is_err() && MasterKey::parse(" , ").is_err());
        assert!(MasterKey::parse("c2hvcnQ=").is_err());
        assert!(MasterKey::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").is_err());
        assert!(MasterKey::parse(" q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=\n").is_ok());
    }

    /// RFC 7636, appendix B.
    #[test]
    fn the_pkce_example_of_the_rfc_holds() {
        assert_eq!(
            pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    /// OpenID Connect Core 1.0, appendix A.3 and A.6: `at_hash` and `c_hash` are made alike.
    #[test]
    fn the_hash_examples_of_openid_connect_hold() {
        for (value, hash) in [
            ("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "77QmUPtjPfzWtF2AnpK9RQ"),
            ("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk", "LDktKdoQak3Pk0cnXxCltA"),
        ] {
            assert_eq!(left_half_hash(value), hash, "{value}");
        }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// RFC 4231, sections 4.2 to 4.5, 4.7 and 4.8; in 4.6 the result is cut, which none of ours is.
    #[test]
    fn the_hmac_vectors_of_the_rfc_hold() {
        let counted: Vec<u8> = (0x01..=0x19).collect();
        let cases: [(&[u8], &[u8], &str); 6] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (&counted, &[0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &[0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than block-size data. The key \
                  needs to be hashed before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ];
        for (key, message, mac) in cases {
            assert_eq!(hex(&hmac_sha256(key, message).unwrap()), mac);
        }
    }

    /// What lies in a database was hashed like this. Made with Python's hmac, after HKDF.
    #[test]
    fn a_keyed_hash_is_the_hmac_of_its_parts_each_after_its_length() {
        let key = MasterKey::parse("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA").unwrap();
        assert_eq!(
            key.keyed_hash("code", &["ab", "c"]).unwrap(),
            "0eJD9yfoK1yihHspC9NaUL2FWCI93TJKO4NC1zrJc50"
        );
    }

    /// RFC 5869, appendix A.1 and A.3.
    #[test]
    fn the_hkdf_vectors_of_the_rfc_hold() {
        let salt: Vec<u8> = (0x00..=0x0c).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        assert_eq!(
            hex(&hkdf(&[0x0b; 22], &salt, &info, 42).unwrap()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        );
        assert_eq!(
            hex(&hkdf(&[0x0b; 22], b"", b"", 42).unwrap()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        );
    }
}
