//! What is looked at and set up at Meta, for the shared sender as for a project's own.

use std::sync::Arc;

use watchword_domain::Language;
use watchword_domain::ids::{PoolId, SenderId};
use watchword_domain::sender::Sender;
use watchword_messaging::whatsapp::{NewTemplate, Template, Unread};
use watchword_store::SenderRow;

use super::health::{Examined, Finding, Names, OWN, SHARED, Trouble, heard_of};
use super::templates::in_all_languages;
use super::{Wire, manage::SenderRefusal};
use crate::Watchword;
use crate::error::{Error, Fault, Outcome};

/// Live senders that are looked at in one go.
const MOST: u64 = 100;

/// A project's own sender that was looked at.
pub struct Looked {
    /// The domain of its project.
    pub domain: String,
    /// The sender.
    pub sender: Sender,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Watchword {
    /// How a sender is, asked of Meta. What Meta says of its templates counts from then on, as news of them do that may
    /// never have been heard.
    ///
    /// # Errors
    /// When there is no such sender; when the database fails.
    pub async fn check_sender(&self, pool: &PoolId, id: &SenderId) -> Outcome<Vec<Finding>, SenderRefusal> {
        let (_, wire) = self.known_wire(pool, id).await?;
        Ok(self.check(&wire, OWN).await?)
    }

    /// As [`check_sender`](Self::check_sender), of the shared sender.
    ///
    /// # Errors
    /// When none is set up; when the database fails.
    pub async fn check_shared_sender(&self) -> Outcome<Vec<Finding>, SenderRefusal> {
        let wire = self.shared_wire()?;
        Ok(self.check(&wire, SHARED).await?)
    }

    /// How projects' own live senders are, a hundred at most. Nothing is learned of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look_at_live_senders(&self) -> Result<Vec<Looked>, Fault> {
        let mut looked = Vec::new();
        for row in self.store.read_system().list_live_senders(None, MOST).await? {
            let wire = self.wire_of(&row)?;
            let (findings, _) = self.examined(&wire, OWN).await?.findings().await;
            let domain = self.pool_by_id(&row.sender.pool_id).await?.domain.clone();
            looked.push(Looked { domain, sender: row.sender, findings });
        }
        Ok(looked)
    }

    /// Makes a sender's template and its standby at Meta, in every language we speak, or brings them up to date: for codes
    /// of this installation's life, and not to be delivered after it. Gives what became of each.
    ///
    /// # Errors
    /// When Meta refuses; when there is no such sender; when the database fails.
    pub async fn save_sender_templates(
        &self,
        pool: &PoolId,
        id: &SenderId,
    ) -> Outcome<Vec<(String, Template)>, SenderRefusal> {
        let (_, wire) = self.known_wire(pool, id).await?;
        self.save_templates(&wire).await
    }

    /// As [`save_sender_templates`](Self::save_sender_templates), of the shared sender.
    ///
    /// # Errors
    /// When Meta refuses; when none is set up; when the database fails.
    pub async fn save_shared_templates(&self) -> Outcome<Vec<(String, Template)>, SenderRefusal> {
        let wire = self.shared_wire()?;
        self.save_templates(&wire).await
    }

    /// Has a sender's app hear of its account's reports.
    ///
    /// # Errors
    /// When Meta refuses; when there is no such sender; when the database fails.
    pub async fn subscribe_sender(&self, pool: &PoolId, id: &SenderId) -> Outcome<(), SenderRefusal> {
        let (_, wire) = self.known_wire(pool, id).await?;
        wire.account.subscribe().await.map_err(unproven)
    }

    /// As [`subscribe_sender`](Self::subscribe_sender), of the shared sender.
    ///
    /// # Errors
    /// When Meta refuses; when none is set up.
    pub async fn subscribe_shared_sender(&self) -> Outcome<(), SenderRefusal> {
        self.shared_wire()?.account.subscribe().await.map_err(unproven)
    }

    async fn check(&self, wire: &Wire, names: Names) -> Result<Vec<Finding>, Fault> {
        let asked_at = self.clock.now();
        let (findings, read) = self.examined(wire, names).await?.findings().await;
        self.learn_states(wire, &read, asked_at).await?;
        Ok(findings)
    }

    /// What is wrong with the templates that a sender is to have.
    pub(super) async fn check_templates(&self, row: &SenderRow) -> Result<Vec<Trouble>, Fault> {
        let (wire, asked_at) = (self.open_wire(row)?, self.clock.now());
        let examined = self.examined(&wire, OWN).await?;
        let (mut troubles, mut read) = (Vec::new(), Vec::new());
        for (position, name) in wire.templates.iter().enumerate() {
            let (finding, templates) = examined.template(name, position > 0).await;
            troubles.extend(finding.troubles);
            read.extend(templates.into_iter().flat_map(|templates| in_all_languages(name, templates)));
        }
        self.learn_states(&wire, &read, asked_at).await?;
        Ok(troubles)
    }

    async fn examined<'a>(&'a self, wire: &'a Wire, names: Names) -> Result<Examined<'a>, Fault> {
        Ok(Examined {
            wire,
            names,
            api_url: self.settings.graph.address(),
            lifetimes: &self.settings.lifetimes,
            heard: heard_of(&self.store, wire, self.clock.now()).await?,
        })
    }

    async fn save_templates(&self, wire: &Wire) -> Outcome<Vec<(String, Template)>, SenderRefusal> {
        let (mut made, asked_at) = (Vec::new(), self.clock.now());
        for name in &wire.templates {
            let seconds = self.settings.lifetimes.code_seconds;
            let new = NewTemplate {
                name,
                languages: &Language::ALL.map(Language::meta_code),
                expires_minutes: (seconds / 60).clamp(1, 90),
                ttl_seconds: seconds.clamp(30, 900),
            };
            let templates = wire.account.save_template(new).await.map_err(unproven)?;
            made.extend(templates.into_iter().map(|template| (name.clone(), template)));
        }
        self.learn_states(wire, &made, asked_at).await?;
        Ok(made)
    }

    fn shared_wire(&self) -> Outcome<Arc<Wire>, SenderRefusal> {
        let shared = self.settings.whatsapp.as_ref().map(|shared| shared.wire.clone());
        shared.ok_or(Error::Refused(SenderRefusal::NoneShared))
    }

    pub(super) async fn known_wire(
        &self,
        pool: &PoolId,
        id: &SenderId,
    ) -> Outcome<(Sender, Arc<Wire>), SenderRefusal> {
        let row = self.known_sender(pool, id).await?;
        let wire = self.wire_of(&row)?;
        Ok((row.sender, wire))
    }
}

fn unproven(unread: Unread) -> Error<SenderRefusal> {
    Error::Refused(SenderRefusal::Unproven(unread))
}
