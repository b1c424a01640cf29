//! Pools, clients and keys in memory: at most two seconds old, and dropped at once on the node that changes them.
//! Grants, sessions and counters are never here.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use watchword_domain::client::Client;
use watchword_domain::ids::{ClientId, PoolId, SenderId};
use watchword_domain::key_rotation::{KeyRotation, KeyState};
use watchword_domain::label::check_label;
use watchword_domain::pool::Pool;
use watchword_domain::template::TemplateState;
use watchword_domain::{Secret, Timestamp};

use crate::Watchword;
use crate::error::Fault;
use crate::keys::PoolKeys;
use crate::senders::Wire;

/// How old an entry may be.
const STALENESS: Duration = Duration::from_secs(2);

/// How many entries of each kind are kept at most.
const MOST: usize = 10_000;

/// A client and its live secrets, opened.
pub struct ClientEntry {
    /// The client.
    pub client: Client,
    /// Its secrets, newest first.
    pub secrets: Vec<Secret<String>>,
}

pub(crate) struct Shelf<K, V>(RwLock<HashMap<K, (Timestamp, Arc<V>)>>);

impl<K: Eq + Hash, V> Shelf<K, V> {
    fn new() -> Self {
        Self(RwLock::new(HashMap::new()))
    }

    /// The entry and whether it is fresh.
    pub(crate) fn find(&self, key: &K, now: Timestamp) -> Option<(Arc<V>, bool)> {
        let shelf = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (since, value) = shelf.get(key)?;
        Some((value.clone(), now < *since + STALENESS && *since <= now))
    }

    pub(crate) fn put(&self, key: K, value: Arc<V>, now: Timestamp) -> Arc<V> {
        let mut shelf = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if shelf.len() >= MOST {
            shelf.retain(|_, (since, _)| now < *since + STALENESS);
            if shelf.len() >= MOST {
                shelf.clear();
            }
        }
        shelf.insert(key, (now, value.clone()));
        value
    }

    pub(crate) fn remove(&self, key: &K) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// What is kept in memory.
pub(crate) struct Directory {
    pools: Shelf<String, Pool>,
    clients: Shelf<(PoolId, ClientId), ClientEntry>,
    keys: Shelf<PoolId, PoolKeys>,
    by_id: Shelf<PoolId, Pool>,
    /// The sender each pool's messages leave from.
    pub(crate) live_senders: Shelf<PoolId, SenderId>,
    /// What senders are reached by.
    pub(crate) wires: Shelf<SenderId, Wire>,
    /// What is known of the templates of each account at Meta.
    pub(crate) templates: Shelf<String, Vec<TemplateState>>,
}

impl Directory {
    pub(crate) fn new() -> Self {
        Self {
            pools: Shelf::new(),
            clients: Shelf::new(),
            keys: Shelf::new(),
            by_id: Shelf::new(),
            live_senders: Shelf::new(),
            wires: Shelf::new(),
            templates: Shelf::new(),
        }
    }

    /// A pool was changed on this node.
    pub(crate) fn forget_pool(&self, pool: &Pool) {
        self.pools.remove(&pool.domain);
        self.by_id.remove(&pool.id);
    }

    /// A client was changed or taken out on this node.
    pub(crate) fn forget_client(&self, pool: &PoolId, id: &ClientId) {
        self.clients.remove(&(pool.clone(), id.clone()));
    }

    /// A sender of a pool was changed or taken out on this node.
    pub(crate) fn forget_sender(&self, pool: &PoolId, id: &SenderId) {
        self.live_senders.remove(pool);
        self.wires.remove(id);
    }

    /// A pool's keys were changed on this node.
    pub(crate) fn forget_keys(&self, pool: &PoolId) {
        self.keys.remove(pool);
    }
}

/// What a client secret is sealed for.
pub(crate) fn secret_purpose(pool: &PoolId, client: &ClientId, secret: &str) -> String {
    format!("secret {secret} of client {client} of {pool}")
}

impl Watchword {
    /// The pool of a domain.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pool(&self, domain: &str) -> Result<Option<Arc<Pool>>, Fault> {
        // Whoever calls may ask for any text at all; the database is asked for none but what could be a domain.
        if check_label(domain).is_err() {
            return Ok(None);
        }
        let now = self.clock.now();
        if let Some((pool, true)) = self.directory.pools.find(&domain.to_owned(), now) {
            return Ok(Some(pool));
        }
        let found = self.store.read_system().find_pool_by_domain(domain).await?;
        Ok(found.map(|pool| self.directory.pools.put(domain.to_owned(), Arc::new(pool), now)))
    }

    /// The pool of this id.
    ///
    /// # Errors
    /// When the database fails, or there is none.
    pub(crate) async fn pool_by_id(&self, id: &PoolId) -> Result<Arc<Pool>, Fault> {
        let now = self.clock.now();
        if let Some((pool, true)) = self.directory.by_id.find(id, now) {
            return Ok(pool);
        }
        let found = self.store.read(id).find_pool().await?.ok_or(Fault::Missing("pool"))?;
        Ok(self.directory.by_id.put(id.clone(), Arc::new(found), now))
    }

    /// A client of a pool.
    ///
    /// # Errors
    /// When the database fails, or a secret does not open.
    pub async fn client(&self, pool: &PoolId, id: &ClientId) -> Result<Option<Arc<ClientEntry>>, Fault> {
        let now = self.clock.now();
        let key = (pool.clone(), id.clone());
        if let Some((entry, true)) = self.directory.clients.find(&key, now) {
            return Ok(Some(entry));
        }
        let rows = self.store.read(pool);
        let Some(client) = rows.find_client(id).await? else { return Ok(None) };
        let secrets = rows.list_client_secrets(id).await?;
        let open = |row: &watchword_store::ClientSecretRow| {
            self.master.open(&secret_purpose(pool, id, row.id.as_str()), &row.sealed)
        };
        let secrets = secrets.iter().map(open).collect::<Result<_, _>>()?;
        Ok(Some(self.directory.clients.put(key, Arc::new(ClientEntry { client, secrets }), now)))
    }

    /// A pool's keys.
    ///
    /// # Errors
    /// When the database fails, or a key does not open.
    pub async fn keys(&self, pool: &PoolId) -> Result<Arc<PoolKeys>, Fault> {
        let now = self.clock.now();
        let known = self.directory.keys.find(pool, now);
        if let Some((keys, true)) = known {
            return Ok(keys);
        }
        let rotation = KeyRotation::of(&self.settings.lifetimes);
        let mut rows = self.store.read(pool).list_signing_keys().await?;
        rows.retain(|row| rotation.state(row.times, now) != KeyState::Over);
        // Parsing costs far more than looking: keys that have not changed are kept.
        let keys = match known {
            Some((keys, _)) if keys.are(&rows, rotation, now) => keys,
            _ => Arc::new(PoolKeys::open(&self.master, pool, &rows, rotation, now)?),
        };
        Ok(self.directory.keys.put(pool.clone(), keys, now))
    }
}
