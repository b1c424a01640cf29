//! Who is sitting in front of which browser: sessions in memory, found by a random cookie.
//!
//! Owns their number, their age and every change of them. A browser holds nothing but the id; tokens stay
//! here. Knows the time only as it is told, and nothing of the protocol beyond the values it keeps. No lock
//! is held while waiting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openidconnect::CsrfToken;

use crate::client::Pending;
use crate::tokens::{Object, Tokens};

/// How long a sign-in may take, in seconds.
const SIGN_IN_AGE: i64 = 30 * 60;
/// How long a person stays signed in, in seconds.
pub const SIGNED_IN_AGE: i64 = 12 * 60 * 60;
/// Sign-ins one browser may have open at once (tabs); the oldest makes room.
const OPEN_SIGN_INS: usize = 5;
/// Sessions kept at once; beyond it the ones that are not signed in go first, the oldest before the newer.
const LARGEST_COUNT: usize = 10_000;

/// What the browser's cookie holds: 256 random bits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SessionId(CsrfToken);

impl SessionId {
    fn random() -> Self {
        Self(CsrfToken::new_random_len(32))
    }

    /// The id a cookie claims; whether it is one of ours shows when it is looked up.
    pub fn from_cookie(value: &str) -> Self {
        Self(CsrfToken::new(value.into()))
    }

    /// For the cookie, and nowhere else.
    pub fn as_cookie(&self) -> &str {
        self.0.secret()
    }
}

/// What was done last, shown on the account page.
#[derive(Clone)]
pub enum Latest {
    /// Tokens were refreshed; these are the ones before.
    Refreshed(Arc<Tokens>),
    /// `/userinfo` answered.
    UserInfo(Object),
}

/// A signed-in person.
#[derive(Clone)]
pub struct SignedIn {
    /// What every form of this session must carry.
    pub csrf: CsrfToken,
    /// The tokens now in force.
    pub tokens: Arc<Tokens>,
    /// What the person is called: a name, or the end of a number.
    pub who: String,
    /// What was done last.
    pub latest: Option<Latest>,
}

enum Stage {
    SigningIn(Vec<Pending>),
    SignedIn(SignedIn),
    SigningOut(CsrfToken),
}

struct Session {
    began: i64,
    stage: Stage,
}

impl Session {
    fn is_over(&self, now: i64) -> bool {
        let age = if self.is_signed_in() { SIGNED_IN_AGE } else { SIGN_IN_AGE };
        now >= self.began.saturating_add(age)
    }

    fn is_signed_in(&self) -> bool {
        matches!(self.stage, Stage::SignedIn(_))
    }
}

/// All sessions of the portal.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<SessionId, Session>>);

impl Sessions {
    /// Remembers a sign-in that has begun, in the browser's session if it has one open.
    pub fn begin(&self, browser: Option<SessionId>, pending: Pending, now: i64) -> SessionId {
        let mut sessions = self.lock();
        if let Some(id) = browser
            && let Some(session) = sessions.get_mut(&id).filter(|session| !session.is_over(now))
            && let Stage::SigningIn(open) = &mut session.stage
        {
            if open.len() >= OPEN_SIGN_INS {
                open.remove(0);
            }
            open.push(pending);
            session.began = now;
            return id;
        }
        insert(&mut sessions, Stage::SigningIn(vec![pending]), now)
    }

    /// Takes the sign-in that this browser began with this `state`. It can be taken once.
    pub fn claim(&self, id: &SessionId, state: &CsrfToken, now: i64) -> Option<Pending> {
        let mut sessions = self.lock();
        let session = sessions.get_mut(id).filter(|session| !session.is_over(now))?;
        let Stage::SigningIn(open) = &mut session.stage else { return None };
        let position = open.iter().position(|pending| pending.state == *state)?;
        Some(open.swap_remove(position))
    }

    /// The person is who the provider says: a new session under a new id, so that an id somebody may have
    /// planted before the sign-in is worth nothing after it.
    pub fn sign_in(&self, before: &SessionId, tokens: Tokens, who: String, now: i64) -> SessionId {
        let csrf = CsrfToken::new_random_len(32);
        let signed_in = SignedIn { csrf, tokens: Arc::new(tokens), who, latest: None };
        let mut sessions = self.lock();
        sessions.remove(before);
        insert(&mut sessions, Stage::SignedIn(signed_in), now)
    }

    /// The signed-in person of a browser.
    pub fn find(&self, id: &SessionId, now: i64) -> Option<SignedIn> {
        match &self.lock().get(id).filter(|session| !session.is_over(now))?.stage {
            Stage::SignedIn(signed_in) => Some(signed_in.clone()),
            _ => None,
        }
    }

    /// Whether a session of any kind is behind this id.
    pub fn is_open(&self, id: &SessionId, now: i64) -> bool {
        self.lock().get(id).is_some_and(|session| !session.is_over(now))
    }

    /// Keeps refreshed tokens, unless the person signed out meanwhile or another refresh was quicker.
    pub fn save_refreshed(&self, id: &SessionId, before: &Arc<Tokens>, after: Tokens) {
        self.change(id, |session| {
            if Arc::ptr_eq(&session.tokens, before) {
                session.latest = Some(Latest::Refreshed(Arc::clone(before)));
                session.tokens = Arc::new(after);
            }
        });
    }

    /// Keeps an answer of `/userinfo` to show it.
    pub fn save_userinfo(&self, id: &SessionId, answer: Object) {
        self.change(id, |session| session.latest = Some(Latest::UserInfo(answer)));
    }

    /// Ends the session here. The new one only remembers the `state` with which the provider sends the
    /// browser back.
    pub fn sign_out(&self, id: &SessionId, state: CsrfToken, now: i64) -> SessionId {
        let mut sessions = self.lock();
        sessions.remove(id);
        insert(&mut sessions, Stage::SigningOut(state), now)
    }

    /// Ends a session that the provider ended.
    pub fn forget(&self, id: &SessionId) {
        self.lock().remove(id);
    }

    /// Whether the browser returns from the sign-out this portal sent it to. True once.
    pub fn claim_sign_out(&self, id: &SessionId, state: &CsrfToken) -> bool {
        let mut sessions = self.lock();
        let ours = sessions.get(id).is_some_and(
            |session| matches!(&session.stage, Stage::SigningOut(expected) if expected == state),
        );
        ours && sessions.remove(id).is_some()
    }

    fn change(&self, id: &SessionId, change: impl FnOnce(&mut SignedIn)) {
        if let Some(Session { stage: Stage::SignedIn(signed_in), .. }) = self.lock().get_mut(id) {
            change(signed_in);
        }
    }

    /// A panic elsewhere while the map was locked cannot leave it half changed: every change is one call.
    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn insert(sessions: &mut HashMap<SessionId, Session>, stage: Stage, now: i64) -> SessionId {
    if sessions.len() >= LARGEST_COUNT {
        make_room(sessions, now);
    }
    let id = SessionId::random();
    sessions.insert(id.clone(), Session { began: now, stage });
    id
}

fn make_room(sessions: &mut HashMap<SessionId, Session>, now: i64) {
    sessions.retain(|_, session| !session.is_over(now));
    if sessions.len() >= LARGEST_COUNT {
        let least = sessions.iter().min_by_key(|(_, session)| (session.is_signed_in(), session.began));
        if let Some(id) = least.map(|(id, _)| id.clone()) {
            sessions.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use openidconnect::{Nonce, PkceCodeVerifier};

    use super::{CsrfToken, LARGEST_COUNT, OPEN_SIGN_INS, Pending, SIGN_IN_AGE, Sessions};

    fn pending(state: &str) -> Pending {
        Pending {
            state: CsrfToken::new(state.into()),
            nonce: Nonce::new("nonce".into()),
            pkce: PkceCodeVerifier::new("verifier".into()),
        }
    }

    fn state(text: &str) -> CsrfToken {
        CsrfToken::new(text.into())
    }

    #[test]
    fn an_open_sign_in_is_taken_once() {
        let sessions = Sessions::default();
        let id = sessions.begin(None, pending("one"), 0);
        assert!(sessions.claim(&id, &state("one"), 1).is_some());
        assert!(sessions.claim(&id, &state("one"), 1).is_none());
    }

    #[test]
    fn another_browser_cannot_take_it() {
        let sessions = Sessions::default();
        let ours = sessions.begin(None, pending("one"), 0);
        let theirs = sessions.begin(None, pending("two"), 0);
        assert!(sessions.claim(&theirs, &state("one"), 1).is_none());
        assert!(sessions.claim(&ours, &state("one"), 1).is_some());
    }

    #[test]
    fn two_tabs_of_one_browser_do_not_disturb_each_other() {
        let sessions = Sessions::default();
        let id = sessions.begin(None, pending("one"), 0);
        let same = sessions.begin(Some(id.clone()), pending("two"), 1);
        assert!(id == same);
        assert!(sessions.claim(&id, &state("one"), 2).is_some());
        assert!(sessions.claim(&id, &state("two"), 2).is_some());
    }

    #[test]
    fn a_browser_has_a_bounded_number_of_open_sign_ins() {
        let sessions = Sessions::default();
        let id = sessions.begin(None, pending("first"), 0);
        for _ in 0..OPEN_SIGN_INS {
            sessions.begin(Some(id.clone()), pending("later"), 0);
        }
        assert!(sessions.claim(&id, &state("first"), 0).is_none());
        assert!(sessions.claim(&id, &state("later"), 0).is_some());
    }

    #[test]
    fn a_sign_in_that_took_too_long_is_over() {
        let sessions = Sessions::default();
        let id = sessions.begin(None, pending("one"), 0);
        assert!(sessions.claim(&id, &state("one"), SIGN_IN_AGE).is_none());
    }

    #[test]
    fn a_sign_out_is_recognised_once_and_only_with_its_state() {
        let sessions = Sessions::default();
        let id = sessions.begin(None, pending("one"), 0);
        let id = sessions.sign_out(&id, state("bye"), 1);
        assert!(!sessions.claim_sign_out(&id, &state("other")));
        assert!(sessions.claim_sign_out(&id, &state("bye")));
        assert!(!sessions.claim_sign_out(&id, &state("bye")));
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let sessions = Sessions::default();
        let oldest = sessions.begin(None, pending("old"), 0);
        for _ in 0..LARGEST_COUNT {
            sessions.begin(None, pending("new"), 1);
        }
        assert_eq!(sessions.lock().len(), LARGEST_COUNT);
        assert!(sessions.claim(&oldest, &state("old"), 1).is_none());
    }
}
