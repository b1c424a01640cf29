//! Watchword, wired: the command line, the one configuration, and the only files that know every layer.
//!
//! Commands are thin over what is public here, so that tests and benchmarks run the real thing in their own process.

pub mod commands;
pub mod config;

pub use commands::{demo, serve, simulator};
