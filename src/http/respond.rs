//! The faces an answer can have. Whatever goes wrong becomes bytes here and nowhere else.

pub mod bearer;
pub mod cors;
pub mod document;
pub mod fault;
pub mod oauth;
pub mod page;
pub mod problem;
pub mod redirect;
