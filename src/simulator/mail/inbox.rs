//! The mails that came, newest last, read as a mail program would read them.

use mail_parser::{MessageParser, MimeHeaders as _};
use serde::Serialize;
use std::collections::VecDeque;

use crate::sms::code_in;

/// How many mails are remembered. The oldest make room for new ones.
const REMEMBERED: usize = 1_000;

/// A mail as its reader sees it.
#[derive(Clone, Serialize)]
pub(crate) struct Mail {
    /// Its place in the order of all mails of this simulator, from 1.
    pub(crate) n: u64,
    /// Unix milliseconds at which it was taken.
    pub(crate) at: u64,
    /// Whom it was delivered to; one mail for each.
    pub(crate) to: String,
    /// As the header says: name and address.
    pub(crate) from: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: Option<String>,
    /// The first number that stands alone in the text.
    pub(crate) code: Option<String>,
    pub(crate) message_id: Option<String>,
}

/// Everybody's mailboxes.
#[derive(Default)]
pub(crate) struct Inbox {
    last: u64,
    mails: VecDeque<Mail>,
}

impl Inbox {
    /// Takes a mail for each of its recipients; false when it cannot be read.
    pub(crate) fn add(&mut self, recipients: &[String], raw: &[u8], at: u64) -> bool {
        let Some(mail) = read(raw, at) else { return false };
        for to in recipients {
            self.last += 1;
            self.mails.push_back(Mail { n: self.last, to: to.clone(), ..mail.clone() });
            if self.mails.len() > REMEMBERED {
                self.mails.pop_front();
            }
        }
        true
    }

    /// Mails to one mailbox, or to all, newest first. Names of mailboxes are told apart by their letters only.
    pub(crate) fn newest_first<'a>(&'a self, to: Option<&'a str>) -> impl Iterator<Item = &'a Mail> {
        let is_theirs = move |mail: &&Mail| to.is_none_or(|to| mail.to.eq_ignore_ascii_case(to));
        self.mails.iter().rev().filter(is_theirs)
    }
}

fn read(raw: &[u8], at: u64) -> Option<Mail> {
    let mail = MessageParser::default().parse(raw)?;
    let from = mail.from().and_then(|from| from.first())?;
    let address = from.address().unwrap_or_default();
    let text = mail.body_text(0).unwrap_or_default().replace("\r\n", "\n");
    let has_html = mail.html_bodies().any(|part| {
        part.content_type()
            .and_then(|kind| kind.subtype())
            .is_some_and(|kind| kind.eq_ignore_ascii_case("html"))
    });
    Some(Mail {
        n: 0,
        at,
        to: String::new(),
        from: from.name().map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>")),
        subject: mail.subject().unwrap_or_default().to_owned(),
        code: code_in(&text),
        text,
        html: has_html.then(|| mail.body_html(0).unwrap_or_default().into_owned()),
        message_id: mail.message_id().map(str::to_owned),
    })
}
