//! A new master key: what lies sealed under a former one is sealed anew, so that the former one can be taken out.
//!
//! What lives for minutes is left alone: codes on their way, sealed pages, successors of refresh tokens.

use watchword_domain::client::Client;
use watchword_domain::ids::PoolId;
use watchword_store::{PoolTx, SenderRow};

use crate::error::Fault;
use crate::keys;
use crate::senders;
use crate::{KEY_CHECK, Watchword, directory};

impl Watchword {
    /// Seals everything that lasts under the current master key. Gives how much that was; nothing when it was done before.
    ///
    /// # Errors
    /// When something does not open under any of the keys given; what was sealed anew until then stays so.
    pub async fn reseal(&self) -> Result<u64, Fault> {
        let mut resealed = 0;
        for pool in self.list_pools().await? {
            let tx = self.store.begin(&pool.id).await?;
            for client in tx.list_clients().await? {
                resealed += self.reseal_client(&tx, &pool.id, &client).await?;
            }
            resealed += self.reseal_keys(&tx, &pool.id).await?;
            for sender in tx.list_senders().await? {
                resealed += self.reseal_sender(&tx, &sender).await?;
            }
            tx.commit().await?;
        }
        // Last: until it is done, the former key is asked for at the start.
        Ok(resealed + self.reseal_check().await?)
    }

    fn anew(&self, purpose: &str, sealed: &str) -> Result<Option<String>, Fault> {
        self.master.reseal(&*self.random, purpose, sealed)
    }

    async fn reseal_client(&self, tx: &PoolTx, pool: &PoolId, client: &Client) -> Result<u64, Fault> {
        let mut resealed = 0;
        for secret in tx.list_client_secrets(&client.id).await? {
            let purpose = directory::secret_purpose(pool, &client.id, secret.id.as_str());
            if let Some(anew) = self.anew(&purpose, &secret.sealed)? {
                resealed += u64::from(tx.save_client_secret_sealed(&secret.id, &secret.sealed, anew).await?);
            }
        }
        Ok(resealed)
    }

    async fn reseal_keys(&self, tx: &PoolTx, pool: &PoolId) -> Result<u64, Fault> {
        let mut resealed = 0;
        for key in tx.list_signing_keys().await? {
            if let Some(anew) = self.anew(&keys::purpose(pool, &key.id), &key.private_sealed)? {
                resealed += u64::from(tx.save_signing_key_sealed(&key.id, &key.private_sealed, anew).await?);
            }
        }
        Ok(resealed)
    }

    async fn reseal_sender(&self, tx: &PoolTx, row: &SenderRow) -> Result<u64, Fault> {
        let sender = &row.sender;
        let token = std::iter::once((senders::ACCESS_TOKEN, &row.access_token_sealed));
        let secrets = row.app_secrets_sealed.iter().map(|sealed| (senders::APP_SECRET, sealed));
        let mut resealed = 0;
        for (what, sealed) in token.chain(secrets) {
            if let Some(anew) = self.anew(&senders::purpose(what, &sender.pool_id, &sender.id), sealed)? {
                resealed += u64::from(tx.save_sender_sealed(&sender.id, sealed, anew).await?);
            }
        }
        Ok(resealed)
    }

    async fn reseal_check(&self) -> Result<u64, Fault> {
        let stored = self.store.read_system().find_key_check().await?.ok_or(Fault::Missing("key check"))?;
        let Some(anew) = self.anew(KEY_CHECK, &stored)? else { return Ok(0) };
        let tx = self.store.begin_system().await?;
        let saved = tx.save_key_check(&stored, anew).await?;
        tx.commit().await?;
        Ok(u64::from(saved))
    }
}
