//! The faces an answer can have. Whatever goes wrong becomes bytes here and nowhere else.

pub mod bearer;
pub mod code_page;
pub mod cors;
pub mod delivery;
pub mod document;
pub mod ended;
pub mod fault;
pub mod html;
pub mod number_page;
pub mod oauth;
pub mod outside;
pub mod page;
pub mod problem;
pub mod proof;
pub mod redirect;
pub mod restart;
