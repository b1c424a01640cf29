//! What the simulated phones hold: the newest messages, the chats they form, and who waits for the next one.
//! Plain state behind one lock; knows nothing of HTTP, webhooks or time.

mod chat;
mod message;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};
use tokio::sync::oneshot;

pub(crate) use chat::Chat;
pub(crate) use message::{
    Button, Carried, Carrier, Category, Channel, Content, Draft, Message, Quirks, Status,
};

use crate::{ids::Way, line::Line, number::Number};

/// How many messages are remembered, all chats together. The oldest make room for new ones.
const REMEMBERED: usize = 20_000;

/// All simulated phones of one simulator.
#[derive(Default)]
pub(crate) struct Phones {
    last: u64,
    messages: BTreeMap<u64, Message>,
    phones: HashMap<Number, Phone>,
    by_id: HashMap<String, u64>,
    waiting: HashMap<Option<Number>, Vec<oneshot::Sender<()>>>,
}

/// One phone.
#[derive(Default)]
struct Phone {
    /// What the person calls themselves, once they wrote.
    name: Option<String>,
    /// All of its messages, the oldest first.
    messages: VecDeque<u64>,
    /// By the id of the business number.
    chats: HashMap<String, Chat>,
}

impl Phones {
    /// Stores a message as the newest and wakes whoever waits for one. Returns its place in the order of all messages.
    pub(crate) fn add(&mut self, draft: Draft, now: u64) -> u64 {
        self.last += 1;
        let n = self.last;
        let phone = draft.phone.clone();
        self.phones.entry(phone.clone()).or_default().messages.push_back(n);
        let chat = self.chat_mut(&phone, &draft.line);
        chat.add(n);
        if draft.way == Way::FromPhone {
            chat.heard(now);
        }
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
        let Some(phone) = self.phones.get_mut(&message.phone) else { return };
        if phone.messages.front() == Some(&n) {
            phone.messages.pop_front();
        }
        let business = &message.line.phone_number_id;
        if phone.chats.get_mut(business).is_some_and(|chat| chat.forget(n)) {
            phone.chats.remove(business);
        }
        if phone.messages.is_empty() {
            self.phones.remove(&message.phone);
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

    /// What is known about a chat; `None` when nothing was ever exchanged in it.
    pub(crate) fn chat(&self, phone: &Number, business: &str) -> Option<&Chat> {
        self.phones.get(phone)?.chats.get(business)
    }

    /// The chat of a phone with a business number, made when there is none.
    pub(crate) fn chat_mut(&mut self, phone: &Number, line: &Line) -> &mut Chat {
        let phone = self.phones.entry(phone.clone()).or_default();
        phone.chats.entry(line.phone_number_id.clone()).or_default()
    }

    /// What the person with this phone calls themselves, once they said so.
    pub(crate) fn name(&self, phone: &Number) -> Option<&str> {
        self.phones.get(phone)?.name.as_deref()
    }

    /// From now on the person is called so.
    pub(crate) fn call(&mut self, phone: &Number, name: &str) {
        let name = name.chars().take(64).collect();
        self.phones.entry(phone.clone()).or_default().name = Some(name);
    }

    /// Somebody else has the number now: without a name, and has never written.
    pub(crate) fn forget_person(&mut self, phone: &Number) {
        if let Some(phone) = self.phones.get_mut(phone) {
            phone.name = None;
            phone.chats.values_mut().for_each(Chat::forget_person);
        }
    }

    /// The business number a phone heard of last.
    pub(crate) fn latest_line(&self, phone: &Number) -> Option<Arc<Line>> {
        let newest = self.phones.get(phone)?.messages.back()?;
        Some(Arc::clone(&self.messages.get(newest)?.line))
    }

    /// The phone whose business-scoped user id this is, among those that have a chat.
    pub(crate) fn phone_of_user(&self, user_id: &str, id_of: impl Fn(&Number) -> String) -> Option<Number> {
        self.phones.keys().find(|phone| id_of(phone) == user_id).cloned()
    }

    /// Messages of one phone or of all, with one business number or with all, newest first.
    pub(crate) fn newest_first<'a>(
        &'a self,
        phone: Option<&Number>,
        business: Option<&'a str>,
    ) -> Box<dyn Iterator<Item = &'a Message> + 'a> {
        let Some(phone) = phone else {
            let all = self.messages.values().rev();
            return Box::new(all.filter(move |message| {
                business.is_none_or(|business| message.line.phone_number_id == business)
            }));
        };
        let phone = self.phones.get(phone);
        let places: Box<dyn Iterator<Item = u64> + 'a> = match business {
            None => Box::new(phone.into_iter().flat_map(|phone| phone.messages.iter().rev().copied())),
            Some(business) => Box::new(
                phone.and_then(|phone| phone.chats.get(business)).into_iter().flat_map(Chat::newest_first),
            ),
        };
        Box::new(places.filter_map(|n| self.messages.get(&n)))
    }

    /// The newest message of each chat, most recent chat first, at most `limit`; only of one business number if one is
    /// named.
    pub(crate) fn recent_chats(&self, limit: usize, business: Option<&str>) -> Vec<&Message> {
        self.messages
            .values()
            .rev()
            .filter(|message| {
                let line = message.line.phone_number_id.as_str();
                business.is_none_or(|business| line == business)
                    && self.chat(&message.phone, line).and_then(Chat::newest) == Some(message.n)
            })
            .take(limit)
            .collect()
    }

    /// How many chats there are, in all or of one business number.
    pub(crate) fn chat_count(&self, business: Option<&str>) -> usize {
        self.phones
            .values()
            .map(|phone| match business {
                None => phone.chats.len(),
                Some(business) => usize::from(phone.chats.contains_key(business)),
            })
            .sum()
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

    fn line() -> Arc<Line> {
        Arc::new(Line {
            phone_number_id: "1".into(),
            waba_id: "2".into(),
            display: "+1 555 078 3881".into(),
            digits: "15550783881".into(),
            name: "Acme Market".into(),
        })
    }

    fn text(phone: &Number, id: String) -> Draft {
        Draft::new((line(), phone.clone()), Way::ToPhone, Channel::Sms, id, Content::text("hello"))
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
        assert!(phones.chat(&first, "1").is_none());
        assert_eq!(phones.newest_first(None, None).count(), REMEMBERED);
        let newest = |business| phones.newest_first(Some(&second), business).next().map(|it| it.id.clone());
        assert_eq!(newest(None), Some(format!("id{}", REMEMBERED - 1)));
        assert_eq!((newest(Some("1")), newest(Some("2"))), (newest(None), None));
        assert_eq!((phones.recent_chats(10, None).len(), phones.chat_count(Some("1"))), (1, 1));
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
