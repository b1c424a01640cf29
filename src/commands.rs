//! The command line. One file is one command; what several share lies beside them. No rule of sign-in lives here.

mod channels;
mod client;
pub mod demo;
mod doctor;
mod files;
mod flags;
pub mod installation;
mod key;
mod listen;
mod logs;
pub mod master_key;
mod metrics;
mod migrate;
mod output;
pub mod project;
pub mod running;
mod sender;
pub mod serve;
pub mod simulator;
mod stop;
#[cfg(test)]
mod tests;
mod user;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::problem::{Problem, Problems};

/// A self-hosted OpenID Connect provider whose users sign in over WhatsApp.
#[derive(Parser)]
#[command(name = "watchword", version, propagate_version = true, infer_long_args = false)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Try everything: provider, simulated WhatsApp and a sample portal, on this machine.
    Demo(demo::Arguments),
    /// Run the provider.
    Serve(serve::Arguments),
    /// Run a stand-in for WhatsApp.
    Simulator(simulator::Arguments),
    /// Bring the database's schema up to date. `serve` does it, too.
    Migrate(migrate::Arguments),
    /// Make and show projects, their limits, and why people were refused.
    #[command(subcommand)]
    Project(project::Command),
    /// Look after the applications that people sign in to.
    #[command(subcommand)]
    Client(client::Command),
    /// Look after the keys that tokens are signed with.
    #[command(subcommand)]
    Key(key::Command),
    /// Look after the WhatsApp numbers that projects have of their own.
    #[command(subcommand)]
    Sender(sender::Command),
    /// Look after end users.
    #[command(subcommand)]
    User(user::Command),
    /// Look at configuration, database, master key and, over the network, the WhatsApp sender; name every problem.
    Doctor(doctor::Arguments),
}

/// Runs a command line. Exit codes: 0 done, 1 refused or gone wrong, 2 not understood.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = match CommandLine::try_parse_from(arguments) {
        Ok(line) => line,
        Err(error) => {
            // Help and version come this way, too. A closed pipe is nobody's problem.
            let _ = error.print();
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&Problem::new("the runtime", error.to_string(), "Try again.").into()),
    };
    let outcome = runtime.block_on(line.command.run());
    // Whatever still runs was given its time.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => failed(&problems),
    }
}

fn failed(problems: &Problems) -> ExitCode {
    output::complain(&problems.to_string());
    ExitCode::FAILURE
}

impl Command {
    async fn run(self) -> Result<(), Problems> {
        match self {
            Self::Demo(arguments) => demo::run(arguments).await,
            Self::Serve(arguments) => serve::run(arguments).await,
            Self::Simulator(arguments) => simulator::run(arguments).await,
            Self::Migrate(arguments) => migrate::run(arguments).await,
            Self::Project(command) => project::run(command).await,
            Self::Client(command) => client::run(command).await,
            Self::Key(command) => key::run(command).await,
            Self::Sender(command) => sender::run(command).await,
            Self::User(command) => user::run(command).await,
            Self::Doctor(arguments) => doctor::run(arguments).await,
        }
    }
}
