//! The settings of the database and the master key.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;
use watchword_domain::Secret;
use watchword_flow::crypto::MasterKey;

use super::reader::Reader;

/// The database, and the key to what is sealed in it.
#[derive(Clone)]
pub struct Storage {
    /// The database.
    pub database: Database,
    /// The key.
    pub master_key: KeySource,
}

/// How the database is reached.
#[derive(Clone)]
pub struct Database {
    url: Secret<String>,
    /// Connections at most.
    pub connections: u32,
    /// How long to wait for one.
    pub patience: Duration,
    /// SQLite's file; none when it is PostgreSQL.
    pub file: Option<PathBuf>,
}

/// Where the master key comes from.
#[derive(Clone)]
pub enum KeySource {
    /// From the configuration itself.
    Given(MasterKey),
    /// From this file, which must be there.
    File(PathBuf),
    /// From this file beside a SQLite database; made with a new database.
    Beside(PathBuf),
    /// From nowhere: a PostgreSQL database with nothing said about its key.
    Nowhere,
}

const MEND_URL: &str = "Write sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME.";

const MEND_WAY: &str = "Add ?sslmode=verify-full (with sslrootcert=FILE for an authority of your own); or sslmode=disable, where nobody else is on that network.";

pub(super) fn read(reader: &mut Reader) -> Option<Storage> {
    let data_dir = reader.text("data_dir").map(PathBuf::from);
    let location = location(reader, data_dir);
    let connections = reader.number("database_connections").and_then(|number| u32::try_from(number).ok());
    let patience = reader.number("database_patience_seconds").map(Duration::from_secs);
    let file = location.as_ref().and_then(|(_, file)| file.as_deref());
    let master_key = master_key(reader, file);
    let (url, file) = location?;
    let database = Database { url: Secret::new(url), connections: connections?, patience: patience?, file };
    Some(Storage { database, master_key: master_key? })
}

impl Database {
    /// A SQLite database in this file. Nothing when its path cannot be part of a URL: the database's library decodes `%`
    /// and takes what follows `?` for options.
    pub fn sqlite(file: PathBuf) -> Option<Self> {
        let url = Secret::new(sqlite_url(&file)?);
        Some(Self { url, connections: 8, patience: Duration::from_secs(5), file: Some(file) })
    }

    /// What the store asks for.
    pub fn settings(&self) -> watchword_store::Settings {
        watchword_store::Settings {
            url: self.url.expose().clone(),
            connections: self.connections,
            patience: self.patience,
        }
    }

    /// The database in words, without user and password.
    pub fn described(&self) -> String {
        match (&self.file, Url::parse(self.url.expose())) {
            (Some(file), _) => format!("the SQLite database {}", file.display()),
            (None, Ok(url)) => {
                format!(
                    "the PostgreSQL database at {}{}",
                    url.host_str().unwrap_or("this machine"),
                    url.path()
                )
            }
            (None, Err(_)) => "the PostgreSQL database".to_owned(),
        }
    }

    /// A text about it in which the URL does not occur.
    pub fn without_url(&self, text: &str) -> String {
        text.replace(self.url.expose().as_str(), "the database's URL")
    }
}

fn sqlite_url(file: &Path) -> Option<String> {
    let path = file.to_str()?;
    (!path.contains(['%', '?'])).then(|| format!("sqlite:{path}"))
}

/// The URL, and the file when it is SQLite's.
fn location(reader: &mut Reader, data_dir: Option<PathBuf>) -> Option<(String, Option<PathBuf>)> {
    let Some(url) = reader.text("database_url") else {
        let file = data_dir?.join("watchword.db");
        if let Some(url) = sqlite_url(&file) {
            return Some((url, Some(file)));
        }
        reader.refuse("data_dir", "has a % or ? in it", "Choose another directory.");
        return None;
    };
    if let Some(rest) = url.strip_prefix("sqlite:") {
        let path = rest.trim_start_matches("//").split('?').next().unwrap_or_default();
        if path.is_empty() || path == ":memory:" || rest.contains("mode=memory") {
            reader.refuse(
                "database_url",
                "names no file",
                "Write sqlite:PATH; there is no database in memory.",
            );
            return None;
        }
        if path.contains('%') {
            reader.refuse("database_url", "names a file with a % in it", "Choose another name or directory.");
            return None;
        }
        let file = PathBuf::from(path);
        return Some((url, Some(file)));
    }
    let is_postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
    let Some(address) = Url::parse(&url).ok().filter(|_| is_postgres) else {
        reader.refuse("database_url", "is no address of a SQLite or PostgreSQL database", MEND_URL);
        return None;
    };
    if is_unsaid(&address) {
        reader.refuse("database_url", "leaves open whether the way to the database is safe", MEND_WAY);
        return None;
    }
    Some((url, None))
}

/// Whether a database on another machine would be reached in a way that nobody chose: unless asked, its library goes on
/// without TLS where the server, or whoever answers in its place, offers none.
fn is_unsaid(address: &Url) -> bool {
    let given = |name: &str| address.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value);
    let is_socket = |host: &str| host.starts_with('/') || host.to_ascii_lowercase().starts_with("%2f");
    let is_here = match (given("host"), address.host_str()) {
        (Some(host), _) => is_socket(&host),
        (None, Some(host)) if !host.is_empty() => is_socket(host) || is_this_machine(host),
        (None, _) => true,
    };
    let chosen = given("sslmode").or_else(|| given("ssl-mode"));
    !is_here && !chosen.is_some_and(|mode| ["disable", "verify-ca", "verify-full"].contains(&&*mode))
}

/// A host of a scheme that the URL standard does not know is no more than text to it.
fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn master_key(reader: &mut Reader, file: Option<&Path>) -> Option<KeySource> {
    let named = reader.text("master_key_file").map(PathBuf::from);
    let given = reader.text("master_key").map(Secret::new);
    match (given, named) {
        (Some(_), Some(_)) => {
            reader.refuse("master_key", "and master_key_file are both given", "Take one of them out.");
            None
        }
        (Some(text), None) => match MasterKey::parse(text.expose()) {
            Ok(key) => Some(KeySource::Given(key)),
            Err(refusal) => {
                let mend = format!("Check that it was copied whole: {refusal}.");
                reader.refuse("master_key", "cannot be the master key", mend);
                None
            }
        },
        (None, Some(path)) => Some(KeySource::File(path)),
        (None, None) => Some(match file {
            Some(file) => KeySource::Beside(file.with_file_name("master.key")),
            None => KeySource::Nowhere,
        }),
    }
}
