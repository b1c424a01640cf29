//! Everything that can be used once, asked for by many at the same moment: spent at most once, in every round, on both
//! databases. The use cases are called as the doors call them; what a round needs beforehand is made without HTTP.

mod budgets;
mod claims;
mod codes;
mod commits;
pub mod ground;
mod keys;
mod opening;
mod outbox;
mod people;
mod proofs;
mod tokens;
mod webhooks;

/// Rounds of the races for what a person or a client must never get twice.
const ROUNDS: usize = 1000;

/// Rounds of the others.
const FEW_ROUNDS: usize = 200;

/// Rounds that run beside one another, so that they also disturb one another.
const ABREAST: usize = 8;
