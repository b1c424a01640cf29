//! A mail server for one's own machine and the inbox behind it: it takes mails for anybody, delivers none, and shows them.

mod inbox;
mod smtp;

pub(crate) use inbox::{Inbox, Mail};
pub(crate) use smtp::serve;
