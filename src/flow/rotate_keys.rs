//! Signing keys follow one another: in turn, with overlap both ways, or at once when one is known to others.

use watchword_domain::Timestamp;
use watchword_domain::ids::PoolId;
use watchword_domain::key_rotation::{KeyRotation, KeyState, KeyTimes, LEAD, may_be_replaced};
use watchword_store::SigningKeyRow;

use crate::Watchword;
use crate::error::Fault;
use crate::keys::{TokenKind, make};

/// A key as an operator sees it: all but the key itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStanding {
    /// Its `kid`.
    pub id: String,
    /// What it signs with.
    pub algorithm: String,
    /// Where it is in its life.
    pub state: KeyState,
    /// Since when.
    pub since: Timestamp,
    /// Until when; of the newest key, until its successor will sign if nobody asks for it sooner.
    pub until: Option<Timestamp>,
}

/// The newest of a pool's keys for this kind of token.
fn newest(rows: &[SigningKeyRow], kind: TokenKind) -> Option<&SigningKeyRow> {
    rows.iter().find(|row| row.algorithm == kind.algorithm() && row.times.replaced_at.is_none())
}

impl Watchword {
    /// A pool's keys: the ones that sign first, then those that will, then those that did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_keys(&self, pool: &PoolId) -> Result<Vec<KeyStanding>, Fault> {
        let (now, rotation) = (self.clock.now(), KeyRotation::of(&self.settings.lifetimes));
        let rows = self.store.read(pool).list_signing_keys().await?;
        let standing = |row: SigningKeyRow| KeyStanding {
            state: rotation.state(row.times, now),
            since: rotation.since(row.times, row.created_at, now),
            until: rotation.until(row.times, now),
            id: row.id,
            algorithm: row.algorithm,
        };
        let mut keys: Vec<KeyStanding> = rows.into_iter().map(standing).collect();
        keys.sort_by_key(|key| key.state);
        Ok(keys)
    }

    /// Gives a pool's keys successors before their time: shown now, signing after the lead. Keys whose successor waits
    /// already get no other. Gives how many were made.
    ///
    /// # Errors
    /// When the database or OpenSSL fails.
    pub async fn rotate_keys(&self, pool: &PoolId) -> Result<usize, Fault> {
        self.add_successors(pool, may_be_replaced).await
    }

    /// Gives those of a pool's keys successors that are due for one. Gives how many were made.
    pub(crate) async fn rotate_due_keys(&self, pool: &PoolId) -> Result<usize, Fault> {
        let rotation = KeyRotation::of(&self.settings.lifetimes);
        self.add_successors(pool, |newest, now| rotation.is_due(newest, now)).await
    }

    /// Replaces all keys of a pool at once: the new ones sign from now on, and no token signed before holds any more.
    /// For keys that others may know.
    ///
    /// # Errors
    /// When the database or OpenSSL fails.
    pub async fn replace_keys(&self, pool: &PoolId) -> Result<usize, Fault> {
        let made = self.make_keys(pool, TokenKind::ALL).await?;
        let tx = self.store.begin(pool).await?;
        tx.lock_signing_keys().await?;
        let removed = tx.delete_signing_keys().await?;
        for key in &made {
            tx.insert_signing_key(key).await?;
        }
        tx.commit().await?;
        self.directory.forget_keys(pool);
        tracing::warn!(%pool, removed, made = made.len(), "all signing keys were replaced at once");
        Ok(made.len())
    }

    /// Adds a successor to each newest key that wants one. Many nodes may do this at once; one succeeds.
    async fn add_successors(
        &self,
        pool: &PoolId,
        wants_one: impl Fn(KeyTimes, Timestamp) -> bool,
    ) -> Result<usize, Fault> {
        let wanted = |rows: &[SigningKeyRow], kind: &TokenKind| {
            newest(rows, *kind).is_none_or(|newest| wants_one(newest.times, self.clock.now()))
        };
        let rows = self.store.read(pool).list_signing_keys().await?;
        let kinds = TokenKind::ALL.into_iter().filter(|kind| wanted(&rows, kind));
        let made = self.make_keys(pool, kinds).await?;
        if made.is_empty() {
            return Ok(0);
        }
        let tx = self.store.begin(pool).await?;
        // Making them took a while; another node may have been quicker.
        let rows = tx.lock_signing_keys().await?;
        let mut added = 0;
        for mut key in made {
            let kind = TokenKind::ALL.into_iter().find(|kind| kind.algorithm() == key.algorithm);
            if !kind.is_some_and(|kind| wanted(&rows, &kind)) {
                continue;
            }
            if let Some(newest) = kind.and_then(|kind| newest(&rows, kind)) {
                key.times.signs_from = self.clock.now() + LEAD;
                if !tx.claim_signing_key_end(&newest.id, key.times.signs_from).await? {
                    continue;
                }
            }
            tx.insert_signing_key(&key).await?;
            tracing::info!(%pool, kid = key.id, algorithm = key.algorithm, "a signing key was made");
            added += 1;
        }
        if added > 0 {
            tx.commit().await?;
            self.directory.forget_keys(pool);
        }
        Ok(added)
    }

    /// Makes a key for tokens of each of these kinds, where it keeps no request waiting.
    pub(crate) async fn make_keys(
        &self,
        pool: &PoolId,
        kinds: impl IntoIterator<Item = TokenKind>,
    ) -> Result<Vec<SigningKeyRow>, Fault> {
        let kinds: Vec<TokenKind> = kinds.into_iter().collect();
        let (master, random, pool) = (self.master.clone(), self.random.clone(), pool.clone());
        let now = self.clock.now();
        let making = tokio::task::spawn_blocking(move || {
            kinds.into_iter().map(|kind| make(&master, &pool, kind, &*random, now)).collect()
        });
        making.await.unwrap_or(Err(Fault::Crypto("making a key")))
    }
}
