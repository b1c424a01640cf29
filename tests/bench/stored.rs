//! Messages that are there before anything is measured: written by the service's own store and sealed with its own key,
//! so that the provider cannot tell them from those it wrote itself. And what the rows say afterwards.

use std::path::Path;
use std::time::Duration;

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use watchword_domain::ids::{ChallengeId, MessageId, PoolId, SenderId, numeric_code};
use watchword_domain::{Channel, Clock, Language, Phone, Timestamp};
use watchword_flow::crypto::MasterKey;
use watchword_flow::seams::{SystemClock, SystemRandom};
use watchword_store::{NewMessage, Settings, Store};

use crate::Outcome;
use crate::house::House;

/// Messages in one transaction.
const BATCH: usize = 200;

/// How long their codes live: nothing is given up while it is measured.
const LIFE: Duration = Duration::from_secs(60 * 60);

/// Makes of every message there is one that was read a day ago.
const READ_YESTERDAY: &str = "UPDATE messages SET state = 'read', code_sealed = NULL, attempts = 1, \
     provider_message_id = 'wamid.' || id, created_at = created_at - 86400000, due_at = due_at - 86400000, \
     expires_at = expires_at - 86400000, sending_at = created_at - 86399000, accepted_at = created_at - 86399000, \
     sent_at = created_at - 86398000, delivered_at = created_at - 86397000, read_at = created_at - 86390000";

/// Who writes messages of one pool.
pub struct Writer {
    url: String,
    store: Store,
    master: MasterKey,
    pool: PoolId,
}

impl Writer {
    /// Opens the database of a house whose provider does not run, and which has this pool.
    pub async fn open(house: &House, pool: &str) -> Outcome<Self> {
        let url = url(house.directory());
        let settings = Settings { url: url.clone(), connections: 1, patience: Duration::from_secs(5) };
        let key = std::fs::read_to_string(house.directory().join("master.key"))?;
        let store = Store::connect(&settings).await?;
        Ok(Self { url, store, master: MasterKey::parse(&key)?, pool: pool.into() })
    }

    /// Writes so many messages that are due now. Gives their ids.
    pub async fn queue(&self, count: usize) -> Outcome<Vec<MessageId>> {
        let mut ids = Vec::with_capacity(count);
        while ids.len() < count {
            let tx = self.store.begin(&self.pool).await?;
            for _ in 0..BATCH.min(count - ids.len()) {
                let message = self.message(ids.len())?;
                tx.insert_message(&message).await?;
                ids.push(message.id);
            }
            tx.commit().await?;
        }
        Ok(ids)
    }

    /// Writes so many messages that the provider took already. Gives their ids; each is known there as [`wamid`] says.
    pub async fn accepted(&self, count: usize) -> Outcome<Vec<MessageId>> {
        let ids = self.queue(count).await?;
        let (now, language) = (SystemClock.now(), Language::En.meta_code());
        for batch in ids.chunks(BATCH) {
            let tx = self.store.begin_system().await?;
            for id in batch {
                tx.save_accepted(id, (&wamid(id), language), now).await?;
            }
            tx.commit().await?;
        }
        Ok(ids)
    }

    /// Writes so many messages of yesterday, read long ago: a service that runs for a while has these in its database.
    pub async fn history(&self, count: usize) -> Outcome<()> {
        self.queue(count).await?;
        let database = Database::connect(&self.url).await?;
        database.execute_unprepared(READ_YESTERDAY).await?;
        Ok(database.close().await?)
    }

    /// Closes the database.
    pub async fn close(self) -> Outcome<()> {
        Ok(self.store.close().await?)
    }

    fn message(&self, number: usize) -> Outcome<NewMessage> {
        let (now, id) = (SystemClock.now(), MessageId::random(&SystemRandom));
        // What the service seals codes for. Were it another text, no message would open, and none would arrive.
        let purpose = format!("code of message {id} of {}", self.pool);
        let code_sealed = self.master.seal(&SystemRandom, &purpose, &numeric_code(&SystemRandom, 6))?;
        Ok(NewMessage {
            device: watchword_domain::failures::Device::Unknown,
            id,
            challenge_id: ChallengeId::random(&SystemRandom),
            channel: Channel::Whatsapp,
            chosen: false,
            fallback_at: None,
            sender_id: SenderId::shared(),
            recipient: Phone::from_e164(&format!("+1415{}", 2_000_000 + number)).map_err(|_| "no number")?,
            language: Language::En.meta_code().to_owned(),
            code_sealed,
            created_at: now,
            expires_at: now + LIFE,
        })
    }
}

/// The provider's id of a message.
pub fn wamid(id: &MessageId) -> String {
    format!("wamid.{id}")
}

/// The present moment as Meta tells it, in Unix seconds.
pub fn seconds_now() -> i64 {
    let now: Timestamp = SystemClock.now();
    now.seconds()
}

/// What a question about the rows of a house comes to: one number.
pub async fn count(house: &House, question: &str) -> Outcome<usize> {
    let database = Database::connect(url(house.directory())).await?;
    let asked = Statement::from_string(DbBackend::Sqlite, question);
    let row = database.query_one_raw(asked).await?.ok_or("no row")?;
    let number: i64 = row.try_get_by_index(0)?;
    database.close().await?;
    Ok(usize::try_from(number)?)
}

fn url(directory: &Path) -> String {
    format!("sqlite:{}", directory.join("watchword.db").display())
}
