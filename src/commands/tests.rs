//! Commands as they are: on real files, real databases and real ports.

mod client;
mod demo;
mod doctor;
mod key;
mod limits;
mod master_key;
mod project;
mod sender;
mod serve;
mod user;

use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use clap::CommandFactory;

use crate::config::Config;
use crate::config::sources::Sources;

/// Settings of an installation in this directory, on free ports.
fn sources(directory: &Path) -> Sources {
    Sources::default()
        .with("data_dir", directory.to_str().unwrap())
        .with("listen", "127.0.0.1:0")
        .with("metrics_listen", "off")
}

fn config(directory: &Path) -> Config {
    Config::read(sources(directory)).unwrap()
}

#[test]
fn the_command_line_is_sound() {
    super::CommandLine::command().debug_assert();
}

/// A port that stays free between two starts of one test: none that the system hands out by itself.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let step = std::process::id().wrapping_mul(37).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(20_000 + step % 12_000).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A master key nobody else has.
const KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";
