//! Making and changing a project's own senders. Whoever registers a number shows by its token that it is theirs.

use watchword_domain::Secret;
use watchword_domain::Timestamp;
use watchword_domain::ids::{PoolId, SenderId, opaque_token};
use watchword_domain::pool::Pool;
use watchword_domain::sender::Sender;
use watchword_messaging::whatsapp::{Account, SettingsRefusal, is_template_name};
use watchword_store::{PoolTx, SenderRow, StoreError};

use super::health::Trouble;
use super::{ACCESS_TOKEN, APP_SECRET, purpose};
use crate::Watchword;
use crate::clients::is_name;
use crate::crypto::token_hash;
use crate::error::{Error, Fault, Outcome};

pub use super::new::{CreatedSender, NewSender, SenderChange, SenderRefusal};

impl Watchword {
    /// Makes a sender of a pool. Nothing leaves from it until it [goes live](Self::take_sender_live).
    ///
    /// # Errors
    /// When something about it cannot be used, Meta does not confirm it, or its number is taken; when the database fails.
    pub async fn create_sender(&self, pool: &Pool, new: NewSender) -> Outcome<CreatedSender, SenderRefusal> {
        if !is_name(&new.name) {
            return Err(Error::Refused(SenderRefusal::Name));
        }
        check_secret(&new.app_secret).map_err(Error::Refused)?;
        let templates = std::iter::once(&new.template).chain(&new.standby_template);
        if templates.into_iter().any(|name| !is_template_name(name)) {
            return Err(Error::Refused(SettingsRefusal::Template.into()));
        }
        let shared = self.settings.whatsapp.as_ref();
        if shared.is_some_and(|shared| shared.wire.phone_number_id == new.phone_number_id) {
            return Err(Error::Refused(SenderRefusal::NumberTaken));
        }
        let ids = (new.phone_number_id.as_str(), new.waba_id.as_str());
        self.check_ownership(ids, &new.access_token).await?;
        let now = self.clock.now();
        let id = SenderId::random(&*self.random);
        let verify_token = Secret::new(opaque_token(&*self.random));
        let row = SenderRow {
            access_token_sealed: self.seal(ACCESS_TOKEN, (&pool.id, &id), &new.access_token)?,
            app_secrets_sealed: vec![self.seal(APP_SECRET, (&pool.id, &id), &new.app_secret)?],
            sender: Sender {
                id,
                pool_id: pool.id.clone(),
                name: new.name.trim().to_owned(),
                phone_number_id: new.phone_number_id,
                waba_id: new.waba_id,
                template: new.template,
                standby_template: new.standby_template,
                is_live: false,
                created_at: now,
                changed_at: now,
            },
        };
        let tx = self.store.begin(&pool.id).await?;
        tx.insert_sender(&row, token_hash(verify_token.expose())).await.map_err(|error| match error {
            StoreError::Taken(_) => Error::Refused(SenderRefusal::NumberTaken),
            error => error.into(),
        })?;
        tx.commit().await?;
        Ok(CreatedSender { sender: row.sender, verify_token })
    }

    /// A pool's senders, oldest first, and when each one's webhooks were last heard.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_senders(&self, pool: &PoolId) -> Result<Vec<(Sender, Option<Timestamp>)>, Fault> {
        let system = self.store.read_system();
        let mut senders = Vec::new();
        for row in self.store.read(pool).list_senders().await? {
            let seen = system.find_webhook_seen(&row.sender.phone_number_id).await?;
            senders.push((row.sender, seen));
        }
        Ok(senders)
    }

    /// Gives a sender a new access token, which must be able to use its number.
    ///
    /// # Errors
    /// When Meta does not confirm it; when there is no such sender; when the database fails.
    pub async fn replace_sender_token(
        &self,
        pool: &PoolId,
        id: &SenderId,
        token: Secret<String>,
    ) -> Outcome<(), SenderRefusal> {
        let sender = self.known_sender(pool, id).await?.sender;
        self.check_ownership((&sender.phone_number_id, &sender.waba_id), &token).await?;
        let sealed = self.seal(ACCESS_TOKEN, (pool, id), &token)?;
        let tx = self.store.begin(pool).await?;
        let done = tx.save_sender_token(id, sealed, self.clock.now()).await?;
        self.changed(tx, id, done).await
    }

    /// Changes what a sender is called and its templates. One that is live must be fit to send with them at once.
    ///
    /// # Errors
    /// When a name cannot be one; when no code could be sent with the templates, with what to do about it; when there is no
    /// such sender; when the database fails.
    pub async fn change_sender(
        &self,
        pool: &PoolId,
        id: &SenderId,
        change: SenderChange,
    ) -> Outcome<Sender, SenderRefusal> {
        let mut row = self.known_sender(pool, id).await?;
        let before = row.sender.templates();
        change.apply(&mut row.sender).map_err(Error::Refused)?;
        if row.sender.is_live && row.sender.templates() != before {
            let troubles = self.check_templates(&row).await?;
            let fatal: Vec<Trouble> = troubles.into_iter().filter(|trouble| trouble.is_fatal).collect();
            if !fatal.is_empty() {
                return Err(Error::Refused(SenderRefusal::NotReady(fatal)));
            }
        }
        let tx = self.store.begin(pool).await?;
        let done = tx.save_sender_details(&row.sender, self.clock.now()).await?;
        self.changed(tx, id, done).await?;
        Ok(row.sender)
    }

    /// Gives a sender a new verify token, which is shown this once; the one before counts no more.
    ///
    /// # Errors
    /// When there is no such sender; when the database fails.
    pub async fn renew_verify_token(
        &self,
        pool: &PoolId,
        id: &SenderId,
    ) -> Outcome<Secret<String>, SenderRefusal> {
        let token = Secret::new(opaque_token(&*self.random));
        let tx = self.store.begin(pool).await?;
        let done = tx.save_sender_verify_token(id, token_hash(token.expose()), self.clock.now()).await?;
        self.changed(tx, id, done).await?;
        Ok(token)
    }

    /// Gives a sender a new app secret. Webhooks signed with the one before count, too, unless it `ends`.
    ///
    /// # Errors
    /// When it cannot be one; when there is no such sender; when the database fails.
    pub async fn rotate_sender_secret(
        &self,
        pool: &PoolId,
        id: &SenderId,
        (secret, ends): (Secret<String>, bool),
    ) -> Outcome<(), SenderRefusal> {
        check_secret(&secret).map_err(Error::Refused)?;
        let sealed = self.seal(APP_SECRET, (pool, id), &secret)?;
        let tx = self.store.begin(pool).await?;
        let done = tx.save_sender_secret(id, sealed, ends, self.clock.now()).await?;
        self.changed(tx, id, done).await
    }

    /// Makes a pool's messages leave from this sender from now on; what waits in the outbox leaves from where it was to.
    ///
    /// # Errors
    /// When no code could be sent from it, or nobody would learn what became of one, with what to do about it; when there
    /// is no such sender; when the database fails.
    pub async fn take_sender_live(&self, pool: &PoolId, id: &SenderId) -> Outcome<(), SenderRefusal> {
        let findings = self.check_sender(pool, id).await?;
        let troubles = findings.into_iter().flat_map(|finding| finding.troubles);
        let fatal: Vec<Trouble> = troubles.filter(|trouble| trouble.is_fatal).collect();
        if !fatal.is_empty() {
            return Err(Error::Refused(SenderRefusal::NotReady(fatal)));
        }
        let tx = self.store.begin(pool).await?;
        let done = tx.save_live_sender(Some(id), self.clock.now()).await?;
        self.changed(tx, id, done).await
    }

    /// Makes a pool's messages leave from the shared sender again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_shared_sender(&self, pool: &PoolId) -> Result<(), Fault> {
        let tx = self.store.begin(pool).await?;
        tx.save_live_sender(None, self.clock.now()).await?;
        tx.commit().await?;
        self.directory.live_senders.remove(pool);
        Ok(())
    }

    /// Takes a sender out. A pool whose live sender it was uses the shared one from then on.
    ///
    /// # Errors
    /// When there is no such sender; when the database fails.
    pub async fn delete_sender(&self, pool: &PoolId, id: &SenderId) -> Outcome<(), SenderRefusal> {
        let tx = self.store.begin(pool).await?;
        let done = tx.claim_sender(id).await?;
        self.changed(tx, id, done).await
    }

    /// Whether the token may use the number, and the number is the account's: else anybody could register anybody's.
    async fn check_ownership(
        &self,
        (phone_number_id, waba_id): (&str, &str),
        token: &Secret<String>,
    ) -> Outcome<(), SenderRefusal> {
        let unproven = |unread| Error::Refused(SenderRefusal::Unproven(unread));
        let account = Account::new(&self.settings.graph, (phone_number_id, waba_id), token)
            .map_err(|refusal| Error::Refused(refusal.into()))?;
        account.number().await.map_err(unproven)?;
        let numbers = account.number_ids().await.map_err(unproven)?;
        match numbers.iter().any(|id| id == phone_number_id) {
            true => Ok(()),
            false => Err(Error::Refused(SenderRefusal::NotOfAccount)),
        }
    }

    fn seal(&self, what: &str, of: (&PoolId, &SenderId), secret: &Secret<String>) -> Result<String, Fault> {
        self.master.seal(&*self.random, &purpose(what, of.0, of.1), secret.expose())
    }

    pub(super) async fn known_sender(
        &self,
        pool: &PoolId,
        id: &SenderId,
    ) -> Outcome<SenderRow, SenderRefusal> {
        let found = self.store.read(pool).find_sender(id).await?;
        found.ok_or(Error::Refused(SenderRefusal::Unknown))
    }

    async fn changed(&self, tx: PoolTx, id: &SenderId, done: bool) -> Outcome<(), SenderRefusal> {
        if !done {
            return Err(Error::Refused(SenderRefusal::Unknown));
        }
        let pool = tx.pool().clone();
        tx.commit().await?;
        self.directory.forget_sender(&pool, id);
        self.senders.forget(id);
        Ok(())
    }
}

fn check_secret(secret: &Secret<String>) -> Result<(), SenderRefusal> {
    let secret = secret.expose();
    match !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(()),
        false => Err(SenderRefusal::AppSecret),
    }
}
