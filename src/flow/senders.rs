//! The WhatsApp senders: the one that all projects share, set up by configuration, and projects' own.
//!
//! This file finds the sender of a message and what it is reached by; `manage` makes and changes senders, `setup` does at
//! Meta what each needs there, `health` looks at one, `states` knows which are handed messages now, `templates` which
//! template a message goes out in; `look` asks from time to time whether they still can, `alerts` tells of it.

mod alerts;
pub mod health;
mod look;
pub mod manage;
mod new;
pub mod setup;
mod states;
mod templates;

use std::sync::Arc;

use watchword_domain::ids::{PoolId, SenderId};
use watchword_domain::{Secret, Timestamp};
use watchword_messaging::whatsapp::{Account, CloudApi, Graph, SettingsRefusal};
use watchword_store::SenderRow;

use crate::Watchword;
use crate::error::Fault;

pub(crate) use states::{Openings, Refusal, SenderStates};

/// What a sender's messages leave by, and what its webhooks are checked with.
pub struct Wire {
    /// The sender.
    pub(crate) id: SenderId,
    /// Meta's id of its number.
    pub(crate) phone_number_id: String,
    /// Meta's id of its account.
    pub(crate) waba_id: String,
    /// Its templates, in the order in which they are tried.
    pub(crate) templates: Vec<String>,
    pub(crate) api: CloudApi,
    pub(crate) account: Account,
    /// The keys its webhooks may be signed with; two during a rotation. Never empty.
    pub(crate) app_secrets: Vec<Secret<String>>,
    changed_at: Timestamp,
}

/// The sender that all projects without one of their own share.
#[derive(Clone)]
pub struct SharedSender {
    /// What it is reached by.
    pub(crate) wire: Arc<Wire>,
    /// What Meta repeats when it registers the webhook.
    pub(crate) verify_token: Secret<String>,
}

/// What a sender is told to be.
pub struct SenderSettings {
    /// Meta's id of its number.
    pub phone_number_id: String,
    /// Meta's id of its account.
    pub waba_id: String,
    /// What the API is called with.
    pub access_token: Secret<String>,
    /// What webhooks are signed with; the one before, too, while it is replaced.
    pub app_secrets: Vec<Secret<String>>,
    /// Its templates, in the order in which they are tried.
    pub templates: Vec<String>,
}

impl SharedSender {
    /// Prepares the shared sender.
    ///
    /// # Errors
    /// What is wrong with the settings, in words for the operator.
    pub fn new(
        graph: &Graph,
        settings: SenderSettings,
        verify_token: Secret<String>,
    ) -> Result<Self, SettingsRefusal> {
        let wire = Wire::new(graph, SenderId::shared(), settings, Timestamp::from_millis(0))?;
        Ok(Self { wire: Arc::new(wire), verify_token })
    }
}

impl Wire {
    pub(crate) fn is_shared(&self) -> bool {
        self.id == SenderId::shared()
    }

    fn new(
        graph: &Graph,
        id: SenderId,
        settings: SenderSettings,
        changed_at: Timestamp,
    ) -> Result<Self, SettingsRefusal> {
        let SenderSettings { phone_number_id, waba_id, access_token, app_secrets, templates } = settings;
        Ok(Self {
            id,
            api: CloudApi::new(graph, &phone_number_id, &access_token)?,
            account: Account::new(graph, (&phone_number_id, &waba_id), &access_token)?,
            phone_number_id,
            waba_id,
            templates,
            app_secrets,
            changed_at,
        })
    }
}

/// What a secret of a sender is sealed for.
pub(crate) fn purpose(what: &str, pool: &PoolId, sender: &SenderId) -> String {
    format!("{what} of sender {sender} of {pool}")
}

pub(crate) const ACCESS_TOKEN: &str = "access token";
pub(crate) const APP_SECRET: &str = "app secret";

impl Watchword {
    /// The sender a pool's messages leave from now.
    pub(crate) async fn sender_of(&self, pool: &PoolId) -> Result<SenderId, Fault> {
        let now = self.clock.now();
        if let Some((id, true)) = self.directory.live_senders.find(pool, now) {
            return Ok(SenderId::clone(&id));
        }
        let live = self.store.read(pool).find_live_sender().await?;
        let id = live.map_or_else(SenderId::shared, |row| row.sender.id);
        self.directory.live_senders.put(pool.clone(), Arc::new(id.clone()), now);
        Ok(id)
    }

    /// What messages of a sender leave by; nothing when the sender is gone, or none is shared.
    pub(crate) async fn wire(&self, pool: &PoolId, sender: &SenderId) -> Result<Option<Arc<Wire>>, Fault> {
        if *sender == SenderId::shared() {
            return Ok(self.settings.whatsapp.as_ref().map(|shared| shared.wire.clone()));
        }
        if let Some((wire, true)) = self.directory.wires.find(sender, self.clock.now()) {
            return Ok(Some(wire));
        }
        match self.store.read(pool).find_sender(sender).await? {
            Some(row) => self.wire_of(&row).map(Some),
            None => Ok(None),
        }
    }

    /// What the sender of this row is reached by. A client holds connections: it is kept as long as nothing changed.
    pub(crate) fn wire_of(&self, row: &SenderRow) -> Result<Arc<Wire>, Fault> {
        let now = self.clock.now();
        let id = &row.sender.id;
        let wire = match self.directory.wires.find(id, now) {
            Some((wire, _)) if wire.changed_at == row.sender.changed_at => wire,
            known => {
                if known.is_some() {
                    self.senders.forget(id);
                }
                Arc::new(self.open_wire(row)?)
            }
        };
        Ok(self.directory.wires.put(id.clone(), wire, now))
    }

    fn open_wire(&self, row: &SenderRow) -> Result<Wire, Fault> {
        let sender = &row.sender;
        let open =
            |what, sealed: &String| self.master.open(&purpose(what, &sender.pool_id, &sender.id), sealed);
        let app_secrets = row.app_secrets_sealed.iter().map(|sealed| open(APP_SECRET, sealed));
        let settings = SenderSettings {
            phone_number_id: sender.phone_number_id.clone(),
            waba_id: sender.waba_id.clone(),
            access_token: open(ACCESS_TOKEN, &row.access_token_sealed)?,
            app_secrets: app_secrets.collect::<Result<_, _>>()?,
            templates: sender.templates(),
        };
        // It could be used when it was made.
        Wire::new(&self.settings.graph, sender.id.clone(), settings, sender.changed_at)
            .map_err(|_| Fault::Missing("usable settings of a sender"))
    }
}
