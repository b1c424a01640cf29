//! What the simulated phones hold: the newest messages, the chats they form, and who waits for the next one.
//! Plain state behind one lock; knows nothing of HTTP, webhooks or time.

mod chat;
mod message;

use std::collections::{BTreeMap, HashMap};
use tokio::sync::oneshot;

pub(crate) use chat::Chat;
pub(crate) use message::{Button, Category, Channel, Content, Draft, Message, Quirks, Status};

use crate::{ids::Way, number::Number};

/// How many messages are remembered, all chats together. The oldest make room for new ones.
const REMEMBERED: usize = 20_000;

/// All simulated phones of one simulator.
#[derive(Default)]
pub(crate) struct Phones {
    last: u64,
    messages: BTreeMap<u64, Message>,
    chats: HashMap<Number, Chat>,
    by_id: HashMap<String, u64>,
    waiting: HashMap<Option<Number>, Vec<oneshot::Sender<()>>>,
}

impl Phones {
    /// Stores a message as the newest and wakes whoever waits for one. Returns its place in the order of all messages.
    pub(crate) fn add(&mut self, draft: Draft, now: u64) -> u64 {
        self.last += 1;
        let n = self.last;
        let chat = self.chats.entry(draft.phone.clone()).or_default();
        chat.add(n);
        if draft.way == Way::FromPhone {
            chat.heard(now);
        }
        let phone = draft.phone.clone();
        self.by_id.insert(draft.id.clone(), n);
        self.messages.insert(n, Message::new(n, draft, now));
        if self.messages.len() > REMEMBERED {
            self.forget_oldest();
        }
        for sender in [Some(phone), None].iter().filter_map(|who| self.waiting.remove(who)).flatten() {
            // Whoever gave up meanwhile is no longer listening, which is fine.
            let _ = sender.send(());
        }
        n
    }

    fn forget_oldest(&mut self) {
        let Some((n, message)) = self.messages.pop_first() else { return };
        self.by_id.remove(&message.id);
        if self.chats.get_mut(&message.phone).is_some_and(|chat| chat.forget(n)) {
            self.chats.remove(&message.phone);
        }
    }

    /// A message by its place.
    pub(crate) fn message(&self, n: u64) -> Option<&Message> {
        self.messages.get(&n)
    }

    /// A message by its place, to be changed.
    pub(crate) fn message_mut(&mut self, n: u64) -> Option<&mut Message> {
        self.messages.get_mut(&n)
    }

    /// A message by its wamid or SMS id.
    pub(crate) fn find(&self, id: &str) -> Option<&Message> {
        self.by_id.get(id).and_then(|n| self.messages.get(n))
    }

    /// What is known about a phone; `None` when nothing was ever exchanged with it.
    pub(crate) fn chat(&self, phone: &Number) -> Option<&Chat> {
        self.chats.get(phone)
    }

    /// The chat with a phone, made when there is none.
    pub(crate) fn chat_mut(&mut self, phone: &Number) -> &mut Chat {
        self.chats.entry(phone.clone()).or_default()
    }

    /// The phone whose business-scoped user id this is, among those that have a chat.
    pub(crate) fn phone_of_user(&self, user_id: &str, id_of: impl Fn(&Number) -> String) -> Option<Number> {
        self.chats.keys().find(|phone| id_of(phone) == user_id).cloned()
    }

    /// Messages of one phone, or of all, newest first.
    pub(crate) fn newest_first<'a>(
        &'a self,
        phone: Option<&Number>,
    ) -> Box<dyn Iterator<Item = &'a Message> + 'a> {
        match phone {
            None => Box::new(self.messages.values().rev()),
            Some(phone) => Box::new(
                self.chats
                    .get(phone)
                    .into_iter()
                    .flat_map(Chat::newest_first)
                    .filter_map(|n| self.messages.get(&n)),
            ),
        }
    }

    /// The newest message of each chat, most recent chat first, at most `limit`.
    pub(crate) fn recent_chats(&self, limit: usize) -> Vec<&Message> {
        self.messages
            .values()
            .rev()
            .filter(|message| self.chats.get(&message.phone).and_then(Chat::newest) == Some(message.n))
            .take(limit)
            .collect()
    }

    /// How many chats there are.
    pub(crate) fn chat_count(&self) -> usize {
        self.chats.len()
    }

    /// Resolves when the next message with this phone (or with any) is stored. Asked for under the same lock under
    /// which one looked and found nothing, so that no message can slip through between.
    pub(crate) fn wait(&mut self, phone: Option<&Number>) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let others = self.waiting.entry(phone.cloned()).or_default();
        others.retain(|other| !other.is_closed());
        others.push(sender);
        receiver
    }

    /// Forgets those who no longer wait for this phone.
    pub(crate) fn stop_waiting(&mut self, phone: Option<&Number>) {
        let key = phone.cloned();
        if let Some(others) = self.waiting.get_mut(&key) {
            others.retain(|other| !other.is_closed());
            if others.is_empty() {
                self.waiting.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(phone: &Number, id: String) -> Draft {
        Draft::new(phone.clone(), Way::ToPhone, Channel::Sms, id, Content::text("hello"))
    }

    #[test]
    fn only_the_newest_messages_are_remembered() {
        let mut phones = Phones::default();
        let (first, second) =
            (Number::strict("+16505551234").unwrap(), Number::strict("+919876543210").unwrap());
        phones.add(text(&first, "first".into()), 1);
        for n in 0..REMEMBERED {
            phones.add(text(&second, format!("id{n}")), 2);
        }
        assert!(phones.find("first").is_none());
        assert!(phones.chat(&first).is_none());
        assert_eq!(phones.newest_first(None).count(), REMEMBERED);
        assert_eq!(phones.newest_first(Some(&second)).next().unwrap().id, format!("id{}", REMEMBERED - 1));
        assert_eq!(phones.recent_chats(10).len(), 1);
    }

    #[test]
    fn whoever_waits_for_a_phone_hears_of_its_next_message_only() {
        let mut phones = Phones::default();
        let (first, second) =
            (Number::strict("+16505551234").unwrap(), Number::strict("+919876543210").unwrap());
        let mut waits = phones.wait(Some(&first));
        phones.add(text(&second, "a".into()), 1);
        assert!(waits.try_recv().is_err());
        phones.add(text(&first, "b".into()), 1);
        assert!(waits.try_recv().is_ok());
    }
}
