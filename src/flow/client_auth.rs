//! Who a client is: its id, and for the kinds that keep a secret, the proof that it holds one (RFC 6749, section 2.3).
//!
//! The doors read how the credentials travelled; here is only whether they are right. Every endpoint that answers a
//! client itself begins here.

use std::sync::Arc;

use watchword_domain::Secret;
use watchword_domain::ids::{ClientId, PoolId};

use crate::crypto::{equal, token_hash};
use crate::error::{Error, Outcome};
use crate::{ClientEntry, Watchword};

/// What a client says of itself in one request. Two methods at once never become one of these.
pub struct Credentials {
    /// Who it says it is.
    pub client_id: ClientId,
    /// What it shows for that.
    pub proof: ClientProof,
}

/// What a client shows to prove who it is, by the name its method has in metadata.
pub enum ClientProof {
    /// `none`: nothing but its id.
    None,
    /// `client_secret_basic`: its secret in the `Authorization` header.
    Basic(Secret<String>),
    /// `client_secret_post`: its secret in the body.
    Post(Secret<String>),
}

/// The client is unknown, or did not prove itself as its kind must. Which of these is told to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the client is unknown, or did not prove itself as its kind must")]
pub struct ClientRefusal;

/// What a secret is compared with when no client has the id: the comparison takes its time all the same.
const DECOY: &str = "no client has this secret";

impl ClientProof {
    fn secret(&self) -> Option<&Secret<String>> {
        match self {
            Self::None => None,
            Self::Basic(secret) | Self::Post(secret) => Some(secret),
        }
    }

    /// Whether this proves a client that keeps these secrets, or none at all when it is a public one.
    fn proves(&self, confidential: bool, secrets: &[Secret<String>]) -> bool {
        match self.secret() {
            None => !confidential,
            Some(presented) => matches_any(presented, secrets) && confidential,
        }
    }
}

/// Whether one of `secrets` was presented. All are looked at, by their hashes: neither the place nor the length of a
/// difference shows in the time it takes.
fn matches_any(presented: &Secret<String>, secrets: &[Secret<String>]) -> bool {
    let presented = token_hash(presented.expose());
    let same = |secret: &Secret<String>| equal(&token_hash(secret.expose()), &presented);
    secrets.iter().fold(false, |found, secret| found | same(secret))
}

impl Watchword {
    /// The client of a pool that these credentials prove.
    ///
    /// # Errors
    /// When there is no such client in this pool, a confidential client shows no live secret of its own, or a public
    /// client shows any; when the database fails.
    pub async fn authenticate_client(
        &self,
        pool: &PoolId,
        credentials: &Credentials,
    ) -> Outcome<Arc<ClientEntry>, ClientRefusal> {
        let Some(entry) = self.client(pool, &credentials.client_id).await? else {
            let _ = credentials.proof.proves(true, &[Secret::new(DECOY.to_owned())]);
            return Err(Error::Refused(ClientRefusal));
        };
        if credentials.proof.proves(entry.client.is_confidential(), &entry.secrets) {
            return Ok(entry);
        }
        // The id comes from the row: what the caller sent may be anything, even a secret in the wrong field.
        tracing::info!(%pool, client = %entry.client.id, "a client did not prove itself");
        Err(Error::Refused(ClientRefusal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[test]
    fn every_live_secret_of_a_confidential_client_proves_it() {
        let live = [secret("new"), secret("old")];
        for right in ["new", "old"] {
            assert!(ClientProof::Basic(secret(right)).proves(true, &live));
            assert!(ClientProof::Post(secret(right)).proves(true, &live));
        }
        for wrong in ["", "ne", "newer", "NEW", DECOY] {
            assert!(!ClientProof::Basic(secret(wrong)).proves(true, &live), "{wrong}");
        }
    }

    #[test]
    fn a_confidential_client_always_shows_a_secret() {
        assert!(!ClientProof::None.proves(true, &[secret("s")]));
        assert!(!ClientProof::None.proves(true, &[]));
        assert!(!ClientProof::Post(secret("")).proves(true, &[]));
    }

    #[test]
    fn a_public_client_shows_its_id_alone() {
        assert!(ClientProof::None.proves(false, &[]));
        assert!(!ClientProof::Post(secret("")).proves(false, &[]));
        assert!(!ClientProof::Basic(secret("s")).proves(false, &[secret("s")]));
    }
}
