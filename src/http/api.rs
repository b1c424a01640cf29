//! What a project's own servers ask, one endpoint a file.

pub mod messages;
