//! What a setting is: its name in the file, its variable and its flag, the sort of value it takes.

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its name in `watchword.toml`: `listen`, or `section.name`.
    pub name: &'static str,
    /// What sort of value it takes.
    pub kind: Kind,
    /// What holds when it is not given.
    pub default: Default,
    /// What it is for.
    pub purpose: &'static str,
}

/// What holds when a setting is not given.
#[derive(Debug, Clone, Copy)]
pub enum Default {
    /// This value, written as a variable or flag would give it.
    Is(&'static str),
    /// Something that depends on other settings, in words.
    Follows(&'static str),
    /// Nothing.
    Absent,
}

/// What sort of value a setting takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// An IP address and a port.
    Address,
    /// An IP address and a port, or `off`.
    AddressOrOff,
    /// An http or https origin, perhaps with `{domain}`.
    PublicUrl,
    /// An http or https URL.
    Url,
    /// A database's URL, which may carry a password and is never printed.
    DatabaseUrl,
    /// A path of this machine.
    Path,
    /// Plain text.
    Text,
    /// Text that is never printed and is no flag, because other programs see those.
    Secret,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number within these bounds.
    Number(u64, u64),
    /// Several whole numbers within these bounds.
    Numbers(u64, u64),
    /// An amount of money.
    Amount,
    /// Several networks.
    Networks,
}

impl Kind {
    /// What a value must be, to go on after "is not" or "Give it".
    pub fn wanted(self) -> String {
        match self {
            Self::Address => "an IP address with a port, such as 127.0.0.1:8080".into(),
            Self::AddressOrOff => "an IP address with a port, such as 127.0.0.1:9464, or off".into(),
            Self::PublicUrl => {
                "an origin, such as https://id.example.com or https://{domain}.id.example.com".into()
            }
            Self::Url => "an http or https URL without user, query or fragment".into(),
            Self::DatabaseUrl => "sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME".into(),
            Self::Path => "a path".into(),
            Self::Text | Self::Secret => "text".into(),
            Self::Choice(words) => words.join(" or "),
            Self::Number(least, most) => format!("a whole number from {least} to {most}"),
            Self::Numbers(least, most) => {
                format!("whole numbers from {least} to {most}, separated by commas")
            }
            Self::Amount => "an amount, such as 12.50, in quotes where it stands in the file".into(),
            Self::Networks => "addresses or networks, such as 10.0.0.0/8, separated by commas".into(),
        }
    }

    /// Whether its values are secret.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::DatabaseUrl)
    }
}

impl Setting {
    /// The environment variable that gives it.
    pub fn variable(&self) -> String {
        format!("WATCHWORD_{}", self.name.replace('.', "_").to_ascii_uppercase())
    }

    /// Its section in `watchword.toml`; none at the top.
    pub fn section(&self) -> Option<&'static str> {
        self.name.split_once('.').map(|(section, _)| section)
    }

    /// Its name within its section.
    pub fn key(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(_, key)| key)
    }

    /// The flag that gives it, without its hyphens in front: for what stands at the top and for the simulator's own.
    pub fn flag(&self) -> Option<String> {
        let flagged =
            matches!(self.section(), None | Some("simulator")) && !matches!(self.kind, Kind::Secret);
        flagged.then(|| self.key().replace('_', "-"))
    }
}
