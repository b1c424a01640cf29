//! What the generator is told: which binary, for how long, how often, by how many.

use std::path::PathBuf;
use std::time::Duration;

use crate::Outcome;

/// What to do.
pub struct Options {
    /// The release binary.
    pub program: PathBuf,
    /// How long each load is measured.
    pub span: Duration,
    /// How often; medians are told.
    pub rounds: usize,
    /// How many people or connections at once.
    pub people: usize,
    /// How many messages wait in the backlog; as many lie behind what else is measured of messages.
    pub backlog: usize,
    /// Only loads with this in their name.
    pub only: String,
}

impl Options {
    /// Reads the arguments; nothing when none name a binary, as when `cargo` runs every target there is.
    pub fn read(arguments: impl Iterator<Item = String>) -> Outcome<Option<Self>> {
        let (mut program, mut only) = (None, String::new());
        let (mut seconds, mut rounds, mut people) = (10, 3, 64);
        let mut backlog = 100_000;
        // `cargo bench` adds a word of its own.
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--program" => program = Some(PathBuf::from(value)),
                "--seconds" => seconds = value.parse()?,
                "--rounds" => rounds = value.parse()?,
                "--people" => people = value.parse()?,
                "--backlog" => backlog = value.parse()?,
                "--only" => only = value,
                _ => return Err(format!("{name} is not an option").into()),
            }
        }
        let span = Duration::from_secs(seconds);
        Ok(program.map(|program| Self { program, span, rounds, people, backlog, only }))
    }
}

impl Options {
    /// Whether this is to be measured.
    pub fn wants(&self, name: &str) -> bool {
        name.contains(self.only.as_str())
    }

    /// How long something is measured that is measured once: as long as a load in all its rounds.
    pub fn whole_span(&self) -> Duration {
        self.span * u32::try_from(self.rounds).unwrap_or(u32::MAX)
    }

    /// How much of the same comes before, and is not counted.
    pub fn warm_up(&self) -> Duration {
        self.whole_span() / 10
    }
}
