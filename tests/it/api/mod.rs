//! What a project's own servers ask.

mod messages;
