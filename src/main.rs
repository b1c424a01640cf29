//! The binary: hands the command line over, and takes the exit code back.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A sign-in allocates some thousands of times, much of it for other threads to free. With this allocator a page costs a
/// third less processor time than with the C library's; see `docs/benchmarks.md`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    watchword::commands::run(std::env::args_os())
}
