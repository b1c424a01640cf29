//! What commands about senders are told.

use std::path::PathBuf;

use clap::Args;

use crate::commands::flags::StorageFlags;

/// The sender to make.
#[derive(Args)]
pub struct Create {
    /// The domain of the project's user pool.
    #[arg(long)]
    pub(super) domain: String,
    /// What you call it.
    #[arg(long)]
    pub(super) name: String,
    /// Meta's id of the number: digits, and not the number itself.
    #[arg(long, value_name = "ID")]
    pub(super) phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account.
    #[arg(long, value_name = "ID")]
    pub(super) waba_id: String,
    /// A file with a system user's access token.
    #[arg(long, value_name = "FILE")]
    pub(super) access_token_file: PathBuf,
    /// A file with the app's secret.
    #[arg(long, value_name = "FILE")]
    pub(super) app_secret_file: PathBuf,
    /// The authentication template's name.
    #[arg(long, value_name = "NAME", default_value = "watchword_code")]
    pub(super) template: String,
    /// A second template, which steps in while Meta pauses or disables the first.
    #[arg(long, value_name = "NAME")]
    pub(super) standby_template: Option<String>,
    /// Print the result as one JSON object.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) settings: StorageFlags,
}

/// Whose senders are shown.
#[derive(Args)]
pub struct List {
    /// The domain of the project's user pool.
    #[arg(long)]
    pub(super) domain: String,
    /// Print the result as one JSON array.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) settings: StorageFlags,
}

/// A project.
#[derive(Args)]
pub struct Domain {
    /// The domain of the project's user pool.
    #[arg(long)]
    pub(super) domain: String,
    #[command(flatten)]
    pub(super) settings: StorageFlags,
}

/// A sender.
#[derive(Args)]
pub struct Which {
    /// The domain of the project's user pool.
    #[arg(long)]
    pub(super) domain: String,
    /// The sender's id; a project that has one only need not name it.
    #[arg(long, value_name = "ID")]
    pub(super) sender: Option<String>,
    #[command(flatten)]
    pub(super) settings: StorageFlags,
}

/// A project's sender, or the one that all share.
#[derive(Args)]
pub struct Any {
    /// The domain of the project's user pool.
    #[arg(long, required_unless_present = "shared")]
    pub(super) domain: Option<String>,
    /// The sender's id; a project that has one only need not name it.
    #[arg(long, value_name = "ID", requires = "domain")]
    pub(super) sender: Option<String>,
    /// The sender of `[whatsapp]`, which all projects without a live one of their own share.
    #[arg(long, conflicts_with_all = ["domain", "sender"])]
    pub(super) shared: bool,
    #[command(flatten)]
    pub(super) settings: StorageFlags,
}

/// A sender and what it is to be from now on. Whatever is not named stays as it is.
#[derive(Args)]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
pub struct Change {
    #[command(flatten)]
    pub(super) which: Which,
    /// What you call it.
    #[arg(long, group = "change")]
    pub(super) name: Option<String>,
    /// The authentication template's name.
    #[arg(long, value_name = "NAME", group = "change")]
    pub(super) template: Option<String>,
    /// A second template, which steps in while Meta pauses or disables the first; or none.
    #[arg(long, value_name = "NAME", group = "change")]
    pub(super) standby_template: Option<String>,
}

/// A sender and its new token.
#[derive(Args)]
pub struct ReplaceToken {
    #[command(flatten)]
    pub(super) which: Which,
    /// A file with the new access token.
    #[arg(long, value_name = "FILE")]
    pub(super) access_token_file: PathBuf,
}

/// A sender and its new app secret.
#[derive(Args)]
pub struct RotateSecret {
    #[command(flatten)]
    pub(super) which: Which,
    /// A file with the app's new secret.
    #[arg(long, value_name = "FILE")]
    pub(super) app_secret_file: PathBuf,
    /// For a secret that others may know: webhooks signed with the one before count no more.
    #[arg(long)]
    pub(super) now: bool,
}
