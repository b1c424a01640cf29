//! The senders this simulator plays: business numbers, the accounts they belong to, and whose token may see what.
//! Plain state behind one lock; knows nothing of HTTP, phones or time.

mod account;
mod business_number;
mod change;

use std::sync::Arc;

pub(crate) use account::{Account, Subscription};
pub(crate) use business_number::{BusinessNumber, CONNECTED, MANAGEMENT, MESSAGING};
pub(crate) use change::Change;

use crate::{line::Line, sender::Sender, templates::Review};

/// All senders. There is always one at least; the first is meant where none is named.
pub(crate) struct Senders {
    accounts: Vec<Account>,
    numbers: Vec<BusinessNumber>,
    /// What happens to the templates of an account that is yet to come.
    review: Review,
}

/// Why a token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    Unknown,
    Expired,
}

/// What the id in a path names, of all that a token may see.
#[derive(Clone)]
pub(crate) enum Object {
    Number(Arc<Line>),
    /// By its id.
    Account(String),
    /// By the id of its account, and its own.
    Template(String, String),
}

impl Senders {
    /// The most that can be played.
    const ROOM: usize = 1_000;

    pub(crate) fn new(first: &Sender) -> Self {
        let review = Review::default();
        Self {
            accounts: vec![Account::of(first, review.clone())],
            numbers: vec![BusinessNumber::of(first)],
            review,
        }
    }

    /// Adds a sender that was checked. A known account gets another number, and its templates are added to.
    ///
    /// # Errors
    /// A sentence about what clashes with the senders there are.
    pub(crate) fn add(&mut self, sender: &Sender) -> Result<(), &'static str> {
        if self.numbers.len() >= Self::ROOM {
            return Err("a thousand senders are played already");
        }
        let mut number = BusinessNumber::of(sender);
        if self.is_taken(&sender.phone_number_id) {
            return Err("phone_number_id is taken already");
        }
        if self.numbers.iter().any(|other| other.line.phone_number_id == sender.waba_id) {
            return Err("waba_id is taken already");
        }
        if self.numbers.iter().any(|other| other.line.digits == number.line.digits) {
            return Err("display_phone_number is taken already");
        }
        match self.account_mut(&sender.waba_id) {
            None => self.accounts.push(Account::of(sender, self.review.clone())),
            Some(account) => {
                let app = &account.app;
                let same = app.secret == sender.app_secret && app.verify_token == sender.verify_token;
                let elsewhere = sender.webhook_url.is_some() && sender.webhook_url != app.webhook_url;
                if !same || elsewhere {
                    return Err(
                        "this waba_id is known with another app: app_secret, verify_token and webhook_url must be its own",
                    );
                }
                account.templates.add_approved(&sender.templates);
            }
        }
        number.token_expired =
            self.numbers.iter().any(|other| other.token == number.token && other.token_expired);
        self.numbers.push(number);
        Ok(())
    }

    fn is_taken(&self, id: &str) -> bool {
        self.accounts.iter().any(|account| account.id == id)
            || self.numbers.iter().any(|number| number.line.phone_number_id == id)
    }

    /// Removes a sender, and its account with its last number.
    ///
    /// # Errors
    /// A sentence when there is no such sender, or it is the last.
    pub(crate) fn remove(&mut self, phone_number_id: &str) -> Result<(), &'static str> {
        let at = self.numbers.iter().position(|number| number.line.phone_number_id == phone_number_id);
        let at = at.ok_or("there is no such sender")?;
        if self.numbers.len() == 1 {
            return Err("the last sender cannot be removed");
        }
        self.numbers.remove(at);
        let numbers = &self.numbers;
        self.accounts.retain(|account| numbers.iter().any(|number| number.line.waba_id == account.id));
        Ok(())
    }

    /// The number that is named, or the first.
    ///
    /// # Errors
    /// A sentence when there is no such sender.
    pub(crate) fn line(&self, phone_number_id: Option<&str>) -> Result<Arc<Line>, &'static str> {
        let named = phone_number_id.filter(|id| !id.is_empty());
        let number = match named {
            None => self.numbers.first(),
            Some(id) => self.number(id),
        };
        number.map(|number| Arc::clone(&number.line)).ok_or("there is no sender with this phone_number_id")
    }

    pub(crate) fn numbers(&self) -> &[BusinessNumber] {
        &self.numbers
    }

    pub(crate) fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    pub(crate) fn number(&self, phone_number_id: &str) -> Option<&BusinessNumber> {
        self.numbers.iter().find(|number| number.line.phone_number_id == phone_number_id)
    }

    pub(crate) fn number_mut(&mut self, phone_number_id: &str) -> Option<&mut BusinessNumber> {
        self.numbers.iter_mut().find(|number| number.line.phone_number_id == phone_number_id)
    }

    pub(crate) fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub(crate) fn account_mut(&mut self, id: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }

    /// How the templates of one account are reviewed from now on, or of all and those to come. False when there is no
    /// such account.
    pub(crate) fn review(&mut self, account: Option<&str>, review: &Review) -> bool {
        if let Some(id) = account {
            return self.account_mut(id).map(|account| account.review = review.clone()).is_some();
        }
        self.review = review.clone();
        for account in &mut self.accounts {
            account.review = review.clone();
        }
        true
    }

    /// The first number that a token speaks for.
    pub(crate) fn bearer(&self, token: &str) -> Result<Arc<Line>, Denied> {
        let mut found = self.numbers.iter().filter(|number| number.has_token(token)).peekable();
        let line = found.peek().map(|number| Arc::clone(&number.line)).ok_or(Denied::Unknown)?;
        if found.any(|number| number.token_expired) { Err(Denied::Expired) } else { Ok(line) }
    }

    /// What a token may do.
    ///
    /// # Errors
    /// When it opens nothing.
    pub(crate) fn permissions(&self, token: &str) -> Result<&[String], Denied> {
        self.bearer(token)?;
        let number = self.numbers.iter().find(|number| number.has_token(token));
        Ok(number.map(|number| number.permissions.as_slice()).unwrap_or_default())
    }

    /// What the id names, if the token may see it: the accounts of its numbers, and all that is theirs.
    pub(crate) fn object(&self, token: &str, id: &str) -> Result<Option<Object>, Denied> {
        self.bearer(token)?;
        let sees = |account: &str| {
            self.numbers.iter().any(|number| number.line.waba_id == account && number.has_token(token))
        };
        if let Some(number) = self.number(id) {
            return Ok(sees(&number.line.waba_id).then(|| Object::Number(Arc::clone(&number.line))));
        }
        if self.account(id).is_some() {
            return Ok(sees(id).then(|| Object::Account(id.to_owned())));
        }
        let owner = self.accounts.iter().find(|account| account.templates.by_id(id).is_some());
        Ok(owner
            .filter(|account| sees(&account.id))
            .map(|account| Object::Template(account.id.clone(), id.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(phone: &str, account: &str, token: &str) -> Sender {
        Sender {
            phone_number_id: phone.into(),
            waba_id: account.into(),
            display_phone_number: format!("+1555000{phone:0>4}"),
            verified_name: "Acme Market".into(),
            access_token: token.into(),
            app_secret: format!("secret of {account}"),
            verify_token: "word".into(),
            webhook_url: None,
            templates: Vec::new(),
        }
    }

    fn three() -> Senders {
        let mut senders = Senders::new(&sender("1", "90", "one"));
        senders.add(&sender("2", "90", "two")).unwrap();
        senders.add(&sender("3", "91", "three")).unwrap();
        senders
    }

    #[test]
    fn a_token_sees_the_accounts_of_its_numbers_and_no_other() {
        let senders = three();
        let sees = |token, id| senders.object(token, id).unwrap().is_some();
        assert!(sees("one", "1") && sees("one", "2") && sees("one", "90") && sees("three", "91"));
        assert!(!sees("one", "3") && !sees("one", "91") && !sees("three", "1") && !sees("three", "90"));
        assert_eq!(senders.object("four", "1").err(), Some(Denied::Unknown));
    }

    #[test]
    fn ids_do_not_clash_and_an_account_keeps_its_app() {
        let mut senders = three();
        for clash in [sender("1", "92", "t"), sender("90", "92", "t"), sender("4", "1", "t")] {
            assert!(senders.add(&clash).is_err());
        }
        let other_app = Sender { app_secret: "another".into(), ..sender("4", "90", "t") };
        assert!(senders.add(&other_app).is_err());
        let same_number = Sender { display_phone_number: "+1 555 000 0001".into(), ..sender("4", "92", "t") };
        assert!(senders.add(&same_number).is_err());
    }

    #[test]
    fn an_account_goes_with_its_last_number_and_one_sender_stays() {
        let mut senders = three();
        senders.remove("1").unwrap();
        assert!(senders.account("90").is_some());
        senders.remove("2").unwrap();
        assert!(senders.account("90").is_none());
        assert_eq!(senders.line(None).unwrap().phone_number_id, "3");
        assert!(senders.remove("3").is_err());
    }

    #[test]
    fn what_expires_is_the_token_and_what_rotates_is_the_app() {
        let mut senders = three();
        senders.add(&Sender { app_secret: "secret of 90".into(), ..sender("4", "92", "one") }).unwrap();
        let change = |json| serde_json::from_str::<Change>(json).unwrap();
        senders.change("1", &change(r#"{"token_expired":true,"app_secret":"new"}"#)).unwrap();
        assert_eq!(senders.bearer("one").err(), Some(Denied::Expired));
        assert!(senders.bearer("two").is_ok());
        let secret = |id| senders.account(id).unwrap().app.secret.clone();
        assert_eq!(
            (secret("90"), secret("92"), secret("91")),
            ("new".into(), "new".into(), "secret of 91".into())
        );
        senders.change("4", &change(r#"{"access_token":"four"}"#)).unwrap();
        assert!(senders.bearer("four").is_ok());
        assert_eq!(senders.bearer("one").err(), Some(Denied::Expired));
        assert!(senders.change("1", &change(r#"{"restriction":5}"#)).is_err());
    }
}
