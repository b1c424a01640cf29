//! The use cases of Watchword.
//!
//! One file is one thing the service does. Rules come from `domain`, rows from `store`, wires from `messaging`; no URL, no
//! header and no page is known here. Every transaction begins and ends in one file, and no call over the network is
//! made inside one.

mod alerts;
pub mod authorize;
pub mod browser;
pub mod client_auth;
pub mod clients;
pub mod crypto;
mod delivery;
mod directory;
pub mod error;
pub mod identity;
pub mod introspect;
pub mod keys;
pub mod limits;
pub mod logout;
pub mod mailbox;
pub mod onward;
pub mod projects;
pub mod proof_of_work;
mod refusals;
mod reseal;
pub mod revoke;
pub mod rotate_keys;
pub mod seams;
pub mod senders;
pub mod session;
pub mod sign_in;
pub mod sms_report;
pub mod standing;
pub mod timeline;
pub mod token;
pub mod unlock;
pub mod upkeep;
pub mod userinfo;
pub mod webhook;

use std::sync::Arc;

use watchword_domain::Clock;
use watchword_domain::ids::{Random, SenderId};
use watchword_domain::lifetimes::Lifetimes;
use watchword_domain::limits::Limits;
use watchword_domain::public_url::PublicUrl;
use watchword_messaging::Channel;
use watchword_messaging::sms::{Provider, reports::Reports};
use watchword_messaging::whatsapp::Graph;
use watchword_store::Store;

use crate::alerts::Told;
use crate::crypto::MasterKey;
use crate::delivery::Delivery;
use crate::directory::Directory;
use crate::error::Fault;
use crate::refusals::Refusals;
use crate::senders::{SenderStates, SharedSender};

pub use directory::ClientEntry;

/// What the use cases need to know of the installation.
pub struct Settings {
    /// Where it is reached.
    pub public_url: PublicUrl,
    /// The region in pool ids.
    pub region: String,
    /// How often.
    pub limits: Limits,
    /// How long.
    pub lifetimes: Lifetimes,
    /// The Graph API that all senders are reached by.
    pub graph: Graph,
    /// Messages a second that a WhatsApp number takes.
    pub messages_per_second: u32,
    /// The shared WhatsApp sender, when one is set up.
    pub whatsapp: Option<SharedSender>,
    /// The shared way to send SMS, when one is set up.
    pub sms: Option<SmsSender>,
    /// The shared way to send mails, when one is set up.
    pub email: Option<EmailSender>,
}

/// A way to send SMS, and what its reports are checked with.
#[derive(Clone)]
pub struct SmsSender {
    /// Who carries them.
    pub provider: Provider,
    /// The wire.
    pub channel: Arc<dyn Channel>,
    /// How its reports are proven and read; none when they are not taken.
    pub reports: Option<Arc<Reports>>,
}

impl SmsSender {
    /// The channel's name, in rows and metrics.
    pub const CHANNEL: &'static str = "sms";

    /// The sender its messages leave from: all projects share it.
    pub fn sender() -> SenderId {
        Self::CHANNEL.into()
    }
}

/// A way to send mails. They have no reports.
#[derive(Clone)]
pub struct EmailSender {
    /// The wire.
    pub channel: Arc<dyn Channel>,
}

impl EmailSender {
    /// The channel's name, in rows and metrics.
    pub const CHANNEL: &'static str = "email";

    /// The sender its messages leave from: all projects share it.
    pub fn sender() -> SenderId {
        Self::CHANNEL.into()
    }
}

/// The service: everything the doors call.
pub struct Watchword {
    pub(crate) store: Store,
    pub(crate) master: MasterKey,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) settings: Settings,
    pub(crate) directory: Directory,
    pub(crate) delivery: Delivery,
    pub(crate) senders: SenderStates,
    pub(crate) told: Told,
    pub(crate) refusals: Refusals,
}

impl Watchword {
    /// The service on this database.
    ///
    /// # Errors
    /// When the master key does not open the database, or the database fails.
    pub async fn open(
        store: Store,
        master: MasterKey,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        settings: Settings,
    ) -> Result<Self, Fault> {
        check_key(&store, &master, &*clock, &*random).await?;
        let senders = SenderStates::new(settings.messages_per_second);
        let (directory, delivery) = (Directory::new(), Delivery::new());
        let (told, refusals) = (Told::default(), Refusals::default());
        Ok(Self { store, master, clock, random, settings, directory, delivery, senders, told, refusals })
    }

    /// The present moment, as this service counts it.
    pub fn now(&self) -> watchword_domain::Timestamp {
        self.clock.now()
    }

    /// What the service was told of the installation.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the database answers and its schema is current.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn is_ready(&self) -> Result<bool, Fault> {
        Ok(self.store.is_current().await?)
    }
}

const KEY_CHECK: &str = "installation key check";

/// Whether this key opens this database; for an operator who looks. One in which nothing was sealed yet is marked with it.
///
/// # Errors
/// As [`Watchword::open`].
pub async fn check_master_key(store: &Store, master: &MasterKey) -> Result<(), Fault> {
    check_key(store, master, &seams::SystemClock, &seams::SystemRandom).await
}

/// Refuses to go on when the database was written under another master key: everything sealed in it would be lost
/// without anybody noticing until somebody needs it.
async fn check_key(
    store: &Store,
    master: &MasterKey,
    clock: &dyn Clock,
    random: &dyn Random,
) -> Result<(), Fault> {
    if store.read_system().find_key_check().await?.is_none() {
        let tx = store.begin_system().await?;
        tx.insert_key_check(master.seal(random, KEY_CHECK, "watchword")?, clock.now()).await?;
        tx.commit().await?;
    }
    let stored = store.read_system().find_key_check().await?.ok_or(Fault::Missing("key check"))?;
    match master.open(KEY_CHECK, &stored) {
        Ok(_) => Ok(()),
        Err(_) => Err(Fault::Crypto("the master key is not the one this database was written under")),
    }
}
