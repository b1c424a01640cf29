//! The binary: hands the command line over, and takes the exit code back.

use std::process::ExitCode;

fn main() -> ExitCode {
    watchword::commands::run(std::env::args_os())
}
