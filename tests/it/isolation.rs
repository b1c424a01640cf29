//! Every function by which the store gives or changes what a pool owns, called from the wrong pool: it finds
//! nothing and changes nothing. From the right pool the same call does; one that can do nothing proves nothing.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use watchword_domain::client::{Client, ClientKind};
use watchword_domain::conversion::{Look, Subject, subjects};
use watchword_domain::failures::{Device, FailureRule, Guessers};
use watchword_domain::ids::{ChallengeId, MessageId, SenderId, SessionId};
use watchword_domain::key_rotation::KeyTimes;
use watchword_domain::pool::{Pool, PoolSettings};
use watchword_domain::request::AuthorizationRequest;
use watchword_domain::sender::Sender;
use watchword_domain::session::{Method, Session};
use watchword_domain::sign_in::{Challenge, SignIn};
use watchword_domain::{Channel, Clock, EmailAddress, Phone, Timestamp};
use watchword_store::{
    AlertRow, ClientSecretRow, CodeRow, GrantRow, NewMessage, PoolTx, RefusalRow, Result, SenderRow,
    SigningKeyRow, UserPhone, UserRow,
};

use crate::on_each_database;
use crate::support::{House, another, random_phone, store_sources};

/// What limits a number or an address over all pools together, by design: counts and times.
const OVER_ALL_POOLS: [&str; 7] = [
    "count",
    "count_all",
    "find_amount",
    "find_count",
    "find_send_history",
    "lock_send_history",
    "save_send_history",
];

/// What one pool owns.
struct Owned {
    now: Timestamp,
    pool: Pool,
    client: Client,
    secret: ClientSecretRow,
    key: SigningKeyRow,
    sender: SenderRow,
    message: MessageId,
    user: UserRow,
    phone: UserPhone,
    session: Session,
    session_hash: String,
    sign_in: SignIn,
    challenge: Challenge,
    grant: GrantRow,
    code: CodeRow,
    code_hash: String,
    refresh_hash: String,
}

/// A call, and whether it found or changed anything.
type Call = for<'a> fn(&'a PoolTx, &'a Owned) -> Pin<Box<dyn Future<Output = Result<bool>> + 'a>>;

macro_rules! calls {
    ($($name:ident |$tx:ident, $own:ident| $call:expr;)*) => {
        vec![$((stringify!($name), (|$tx, $own| Box::pin(async move { Ok($call) })) as Call)),*]
    };
}

/// Calls that look.
fn finds() -> Vec<(&'static str, Call)> {
    calls! {
        find_client |tx, own| tx.find_client(&own.client.id).await?.is_some();
        lock_client |tx, own| tx.lock_client(&own.client.id).await?.is_some();
        list_clients |tx, own| tx.list_clients().await?.contains(&own.client);
        list_client_secrets |tx, own| !tx.list_client_secrets(&own.client.id).await?.is_empty();
        list_signing_keys |tx, own| tx.list_signing_keys().await?.contains(&own.key);
        lock_signing_keys |tx, own| tx.lock_signing_keys().await?.contains(&own.key);
        find_user |tx, own| tx.find_user(&own.user.id).await?.is_some();
        find_phone |tx, own| tx.find_phone(&own.phone.phone).await?.is_some();
        find_phone_of |tx, own| tx.find_phone_of(&own.user.id).await?.is_some();
        lock_pool_settings |tx, own| {
            tx.lock_pool_settings().await?.is_some_and(|settings| settings.support_email == own.pool.settings.support_email)
        };
        find_session |tx, own| tx.find_session(&own.session.id).await?.is_some();
        find_session_by_token |tx, own| tx.find_session_by_token(&own.session_hash).await?.is_some();
        find_sign_in |tx, own| tx.find_sign_in(&own.sign_in.id).await?.is_some();
        find_challenge |tx, own| tx.find_challenge(&own.challenge.id).await?.is_some();
        is_out_of_reach |tx, own| {
            let phone = &own.phone.phone;
            tx.is_out_of_reach(phone, Channel::Whatsapp, own.now - std::time::Duration::from_secs(3600)).await?
        };
        list_attempts |tx, own| !tx.list_attempts(&own.challenge.id).await?.is_empty();
        list_timelines |tx, own| !tx.list_timelines(&own.challenge.phone, 9).await?.is_empty();
        find_message_identity |tx, own| tx.find_message_identity(&own.challenge.id).await?.is_some();
        find_failures |tx, own| {
            tx.find_failures(Method::WhatsappCode, &own.challenge.phone, Guessers::Strangers).await?.is_some()
        };
        find_traffic |tx, own| {
            let seen = tx.find_traffic(&own.subjects(), Look::at(own.now)).await?;
            seen.iter().any(|seen| !seen.traffic.is_empty())
        };
        list_subjects |tx, own| !tx.list_subjects(own.long_ago(), 9).await?.is_empty();
        list_alerts |tx, own| !tx.list_alerts(own.long_ago(), 9).await?.is_empty();
        list_refusals |tx, own| !tx.list_refusals(own.long_ago()).await?.is_empty();
        find_grant |tx, own| tx.find_grant(&own.grant.id).await?.is_some();
        find_authorization_code |tx, own| tx.find_authorization_code(&own.code_hash).await?.is_some();
        find_pool |tx, own| tx.find_pool().await?.is_some_and(|pool| pool == own.pool);
        find_sender |tx, own| tx.find_sender(&own.sender.sender.id).await?.is_some();
        find_live_sender |tx, own| tx.find_live_sender().await?.is_some_and(|live| live.sender.id == own.sender.sender.id);
        list_senders |tx, own| tx.list_senders().await?.iter().any(|row| row.sender.id == own.sender.sender.id);
        find_refresh_token |tx, own| tx.find_refresh_token(&own.refresh_hash).await?.is_some();
    }
}

/// Calls that change what is there; those that take it away come last.
fn changes() -> Vec<(&'static str, Call)> {
    [changes_of_secrets(), changes_of_the_rest()].concat()
}

/// Calls that change what is sealed, and what a sender is.
fn changes_of_secrets() -> Vec<(&'static str, Call)> {
    calls! {
        save_client_secret_sealed |tx, own| {
            tx.save_client_secret_sealed(&own.secret.id, &own.secret.sealed, "sealed anew".into()).await?
        };
        save_signing_key_sealed |tx, own| {
            tx.save_signing_key_sealed(&own.key.id, &own.key.private_sealed, "sealed anew".into()).await?
        };
        save_sender_sealed |tx, own| {
            let before = tx.find_sender(&own.sender.sender.id).await?.map(|row| row.access_token_sealed);
            let before = before.unwrap_or_else(|| own.sender.access_token_sealed.clone());
            tx.save_sender_sealed(&own.sender.sender.id, &before, "sealed anew".into()).await?
        };
        save_sender_token |tx, own| {
            tx.save_sender_token(&own.sender.sender.id, "another".into(), own.now).await?
        };
        save_sender_secret |tx, own| {
            tx.save_sender_secret(&own.sender.sender.id, "another".into(), true, own.now).await?
        };
        save_sender_details |tx, own| {
            let changed = Sender { name: "Another".into(), ..own.sender.sender.clone() };
            tx.save_sender_details(&changed, own.now).await?
        };
        save_sender_verify_token |tx, own| {
            tx.save_sender_verify_token(&own.sender.sender.id, "hash of another".into(), own.now).await?
        };
        save_live_sender |tx, own| {
            let later = own.now + std::time::Duration::from_secs(1);
            tx.save_live_sender(Some(&own.sender.sender.id), later).await?
        };
    }
}

fn changes_of_the_rest() -> Vec<(&'static str, Call)> {
    calls! {
        save_proof |tx, own| { tx.save_proof(&own.phone.id, own.now).await?; false };
        save_session_use |tx, own| { tx.save_session_use(&own.session.id, own.now).await?; false };
        save_refresh_token_use |tx, own| { tx.save_refresh_token_use(&own.refresh_hash, own.now).await?; false };
        save_sign_in_challenge |tx, own| {
            tx.save_sign_in_challenge(&own.sign_in.id, &own.phone.phone, &ChallengeId::from("another")).await?
        };
        reset_failures |tx, own| { tx.reset_failures(Method::WhatsappCode, &own.challenge.phone, Guessers::Strangers).await?; false };
        // From another pool it begins a count of that pool's own; in the right one the rule admits none.
        claim_failure |tx, own| {
            let none = FailureRule { per_pause: 1, most: 1, rested: own.now };
            !tx.claim_failure(Method::WhatsappCode, &own.challenge.phone, Guessers::Strangers, none, own.now).await?
        };
        save_sign_in_request |tx, own| {
            let request = AuthorizationRequest { state: Some("another".into()), ..own.sign_in.request.clone() };
            tx.save_sign_in_request(&own.sign_in.id, &request).await?
        };
        save_message_verified |tx, own| { tx.save_message_verified(&own.challenge.id, own.now).await?; false };
        // These begin something of the other pool's own there.
        count_sent |tx, own| { tx.count_sent(&own.subjects(), own.now).await?; false };
        count_verified |tx, own| { tx.count_verified(&own.subjects(), own.now).await?; false };
        claim_alert |tx, own| { tx.claim_alert(&AlertRow { percent: 80, ..alert(own.now) }).await?; false };
        claim_alert_anew |tx, own| {
            tx.claim_alert_anew(&AlertRow { percent: 90, ..alert(own.now) }, own.long_ago()).await?;
            false
        };
        claim_proof |tx, own| { tx.claim_proof("a proof", own.now).await?; false };
        count_refusals |tx, own| { tx.count_refusals(&refusal(own.now)).await?; false };
        save_pool_settings |tx, _own| {
            tx.save_pool_settings(&PoolSettings { released: true, ..PoolSettings::default() }).await?;
            false
        };
        save_identity |tx, own| tx.save_identity(&own.phone.id, Some("another")).await?;
        save_user_disabled |tx, own| tx.save_user_disabled(&own.user.id, None, own.now).await?;
        save_user_email |tx, own| {
            let mailbox = EmailAddress::parse("ana@shop.example").unwrap();
            tx.save_user_email(&own.user.id, Some(&mailbox), own.now).await?
        };
        save_pool_name |tx, _own| { tx.save_pool_name("another").await?; false };
        withdraw_messages |tx, own| tx.withdraw_messages(&own.challenge.id).await?;
        claim_fallback |tx, own| tx.claim_fallback(&own.message).await?;
        claim_guess |tx, own| tx.claim_guess(&own.challenge.id, own.now).await?.is_some();
        claim_challenge |tx, own| tx.claim_challenge(&own.challenge.id, own.now).await?;
        claim_sign_in |tx, own| tx.claim_sign_in(&own.sign_in.id, own.now).await?;
        claim_session |tx, own| tx.claim_session(&own.session.id, own.now).await?;
        save_sessions_ended |tx, own| tx.save_sessions_ended(&own.user.id, own.now).await? > 0;
        save_grants_revoked |tx, own| tx.save_grants_revoked(&own.user.id, own.now).await? > 0;
        claim_grant |tx, own| tx.claim_grant(&own.grant.id, own.now).await?;
        claim_signing_key_end |tx, own| tx.claim_signing_key_end(&own.key.id, own.now).await?;
        delete_signing_keys |tx, _own| { tx.delete_signing_keys().await?; false };
        claim_authorization_code |tx, own| {
            tx.claim_authorization_code(&own.code_hash, &own.client.id, own.now).await?.is_some()
        };
        claim_refresh_token |tx, own| {
            tx.claim_refresh_token(&own.refresh_hash, "next".into(), "sealed".into(), own.now).await?
        };
        sweep_exchanged_tokens |tx, own| tx.sweep_exchanged_tokens(&own.grant.id, "another").await? > 0;
        claim_client_secret |tx, own| tx.claim_client_secret(&own.secret.id, own.now).await?;
        claim_sender |tx, own| tx.claim_sender(&own.sender.sender.id).await?;
        claim_client |tx, own| tx.claim_client(&own.client.id, own.now).await?;
    }
}

/// Calls that add to what is there. The values name the right pool and its rows; the transaction decides.
fn inserts() -> Vec<(&'static str, Call)> {
    calls! {
        insert_client |tx, own| {
            let client = Client { id: "another".into(), ..own.client.clone() };
            tx.insert_client(&client, own.now).await.map(|()| true)?
        };
        insert_client_secret |tx, own| {
            let secret = ClientSecretRow { id: "another".into(), sealed: "x".into() };
            tx.insert_client_secret(&own.client.id, &secret, own.now).await.map(|()| true)?
        };
        insert_signing_key |tx, own| tx.insert_signing_key(&signing_key(own)).await.map(|()| true)?;
        insert_user |tx, own| {
            let user = UserRow { id: "another".into(), ..own.user.clone() };
            tx.insert_user(&user).await.map(|()| true)?
        };
        insert_phone |tx, own| {
            let phone = Phone::from_e164("+14155550199").unwrap();
            let phone = UserPhone { id: "another".into(), phone, ..own.phone.clone() };
            tx.insert_phone(&phone).await.map(|()| true)?
        };
        insert_session |tx, own| {
            let session = Session { id: SessionId::from("another"), ..own.session.clone() };
            tx.insert_session(&session, "another".into()).await.map(|()| true)?
        };
        insert_sign_in |tx, own| {
            let sign_in = SignIn { id: "another".into(), ..own.sign_in.clone() };
            tx.insert_sign_in(&sign_in).await.map(|()| true)?
        };
        insert_challenge |tx, own| {
            let challenge = Challenge { id: "another".into(), ..own.challenge.clone() };
            tx.insert_challenge(&challenge, "hash".into()).await.map(|()| true)?
        };
        claim_message |tx, own| {
            let mut another = message(own, tx.pool().as_str());
            another.id = format!("a third of {}", tx.pool().as_str()).as_str().into();
            another.challenge_id = "another".into();
            tx.claim_message(&another).await?
        };
        insert_message |tx, own| tx.insert_message(&message(own, tx.pool().as_str())).await.map(|()| true)?;
        insert_sender |tx, own| {
            let pool = tx.pool().as_str();
            let mut another = own.sender.clone();
            another.sender.id = format!("another of {pool}").as_str().into();
            another.sender.phone_number_id = format!("1{}", pool.len());
            another.sender.phone_number_id.push_str(if *tx.pool() == own.pool.id { "1" } else { "2" });
            tx.insert_sender(&another, format!("hash of {pool}")).await.map(|()| true)?
        };
        insert_grant |tx, own| {
            let grant = GrantRow { id: "another".into(), ..own.grant.clone() };
            tx.insert_grant(&grant).await.map(|()| true)?
        };
        insert_authorization_code |tx, own| {
            tx.insert_authorization_code(&own.code, "another".into()).await.map(|()| true)?
        };
        insert_refresh_token |tx, own| {
            tx.insert_refresh_token("another".into(), &own.grant.id, own.now).await.map(|()| true)?
        };
    }
}

/// A pool makes itself: another's id, domain and issuer are taken for good.
fn takeovers() -> Vec<(&'static str, Call)> {
    calls! {
        insert_pool |tx, own| tx.insert_pool(&own.pool).await.map(|()| true)?;
    }
}

impl Owned {
    /// What its code is counted for.
    fn subjects(&self) -> Vec<Subject> {
        subjects(&self.challenge.phone, self.challenge.network.as_deref())
    }

    /// Before anything happened.
    fn long_ago(&self) -> Timestamp {
        self.now - std::time::Duration::from_secs(3600)
    }
}

fn alert(now: Timestamp) -> AlertRow {
    let (kind, subject) = ("messages_day".into(), String::new());
    AlertRow { kind, subject, window: now, percent: 50, amount: 1, most: 2, raised_at: now }
}

fn refusal(now: Timestamp) -> RefusalRow {
    RefusalRow { reason: "starts".into(), country: "US".into(), hour: now, amount: 2 }
}

fn signing_key(own: &Owned) -> SigningKeyRow {
    SigningKeyRow {
        id: "another".into(),
        algorithm: "ES256".into(),
        public_jwk: "{}".into(),
        private_sealed: "x".into(),
        created_at: own.now,
        times: KeyTimes { signs_from: own.now, replaced_at: Some(own.now) },
    }
}

/// A message that is not due for long, so that no worker takes it up.
fn message(own: &Owned, pool: &str) -> NewMessage {
    NewMessage {
        id: format!("another of {pool}").as_str().into(),
        challenge_id: own.challenge.id.clone(),
        channel: Channel::Sms,
        device: Device::Unknown,
        chosen: false,
        fallback_at: None,
        sender_id: SenderId::shared(),
        recipient: own.challenge.phone.clone(),
        language: "en_US".into(),
        code_sealed: "x".into(),
        created_at: own.now + std::time::Duration::from_secs(3600),
        expires_at: own.now + std::time::Duration::from_secs(7200),
    }
}

/// A sender that is live. No message of these tests leaves from it.
async fn sender(house: &House) -> SenderRow {
    let now = house.clock.now();
    let row = SenderRow {
        access_token_sealed: "x".into(),
        app_secrets_sealed: vec!["y".into()],
        sender: Sender {
            id: "sender".into(),
            pool_id: house.pool.id.clone(),
            name: "Ours".into(),
            phone_number_id: "77".into(),
            waba_id: "78".into(),
            template: "code".into(),
            standby_template: None,
            is_live: true,
            created_at: now,
            changed_at: now,
        },
    };
    let tx = house.store.begin(&house.pool.id).await.unwrap();
    tx.insert_sender(&row, "hash".into()).await.unwrap();
    tx.save_live_sender(Some(&row.sender.id), now).await.unwrap();
    tx.commit().await.unwrap();
    row
}

/// One of everything: a user with a session, tokens, a code not yet redeemed, a sign-in under way with a guess.
async fn owned(house: &House) -> Owned {
    house.tokens_of(&random_phone()).await;
    house.execute("UPDATE sessions SET ended_at = 1").await;
    let phone = random_phone();
    house.browser().sign_in(house, &phone).await;
    let (waiting, waiting_phone) = (house.browser(), random_phone());
    let page = waiting.ask_code(house, &waiting_phone).await;
    waiting.told(house, &page, "delivered").await;
    let code = house.code_to(&waiting_phone, 0).await;
    waiting.type_code(house, &page, &another(&code)).await;
    house.execute("UPDATE messages SET identity_key_hash = 'identity'").await;
    let never_arrived = "UPDATE messages SET failure_class = 'not_reachable' WHERE recipient";
    house.execute(&format!("{never_arrived} = '{phone}'")).await;
    let tx = house.store.begin(&house.pool.id).await.unwrap();
    assert!(tx.claim_alert(&alert(house.clock.now())).await.unwrap());
    tx.count_refusals(&refusal(house.clock.now())).await.unwrap();
    let settings =
        PoolSettings { support_email: Some("own@acme.example".into()), ..house.pool.settings.clone() };
    tx.save_pool_settings(&settings).await.unwrap();
    tx.commit().await.unwrap();
    let one = async |query: &str| house.values(query).await.pop().unwrap();
    let session_hash = one("SELECT token_hash FROM sessions WHERE ended_at IS NULL").await;
    let code_hash = one("SELECT code_hash FROM authorization_codes WHERE claimed_at IS NULL").await;
    let grant = one("SELECT id FROM grants").await;
    let refresh_hash = one("SELECT token_hash FROM refresh_tokens").await;
    let sender = sender(house).await;
    let rows = house.store.read(&house.pool.id);
    // Of each, one that is left when the other is taken away.
    let grant = rows.find_grant(&grant.into()).await.unwrap().unwrap();
    let session = rows.find_session_by_token(&session_hash).await.unwrap().unwrap().session;
    let tx = house.store.begin(&house.pool.id).await.unwrap();
    tx.insert_session(&Session { id: "second".into(), ..session.clone() }, "second".into()).await.unwrap();
    let user_id = session.user_id.clone();
    tx.insert_grant(&GrantRow { id: "second".into(), user_id, ..grant.clone() }).await.unwrap();
    tx.commit().await.unwrap();
    let sign_in = rows.find_sign_in(&page.hidden("sign_in").into()).await.unwrap().unwrap();
    let phone = rows.find_phone(&Phone::from_e164(&phone).unwrap()).await.unwrap().unwrap();
    Owned {
        now: house.clock.now(),
        pool: Pool { settings, ..house.pool.clone() },
        client: rows.find_client(&house.client_id.as_str().into()).await.unwrap().unwrap(),
        secret: rows.list_client_secrets(&house.client_id.as_str().into()).await.unwrap().remove(0),
        key: rows.list_signing_keys().await.unwrap().remove(0),
        sender,
        message: rows.list_attempts(sign_in.challenge.as_ref().unwrap()).await.unwrap().remove(0).id,
        user: rows.find_user(&phone.user_id).await.unwrap().unwrap(),
        session,
        challenge: rows.find_challenge(sign_in.challenge.as_ref().unwrap()).await.unwrap().unwrap(),
        grant,
        code: rows.find_authorization_code(&code_hash).await.unwrap().unwrap(),
        phone,
        session_hash,
        sign_in,
        code_hash,
        refresh_hash,
    }
}

/// Calls from this pool and commits, unless the database refused. Whether anything was found or changed.
async fn call_from(house: &House, pool: &Pool, call: Call, own: &Owned) -> Result<bool> {
    let tx = house.store.begin(&pool.id).await?;
    let found = call(&tx, own).await?;
    tx.commit().await?;
    Ok(found)
}

on_each_database! {
    fn nothing_of_a_pool_is_found_from_another(house) {
        let other = house.project("other", ClientKind::Web).await.pool;
        let own = owned(&house).await;
        for (name, call) in finds() {
            assert!(!call_from(&house, &other, call, &own).await.unwrap(), "{name}");
            assert!(
                call_from(&house, &house.pool, call, &own).await.unwrap(),
                "{name} can find nothing at all"
            );
        }
    }

    fn nothing_of_a_pool_is_changed_from_another(house) {
        let other = house.project("other", ClientKind::Web).await.pool;
        let own = owned(&house).await;
        // A message that waits, and longer than this test.
        house.execute("UPDATE messages SET state = 'queued', due_at = 9000000000000000, fallback_at = 9000000000000000").await;
        for (name, call) in changes() {
            let before = house.contents_of(&house.pool.id).await;
            assert!(!call_from(&house, &other, call, &own).await.unwrap(), "{name}");
            assert_eq!(house.contents_of(&house.pool.id).await, before, "{name}");
        }
        for (name, call) in changes() {
            let before = house.contents_of(&house.pool.id).await;
            call_from(&house, &house.pool, call, &own).await.unwrap();
            assert_ne!(house.contents_of(&house.pool.id).await, before, "{name} can change nothing at all");
        }
    }

    fn nothing_is_added_to_a_pool_from_another(house) {
        let other = house.project("other", ClientKind::Web).await.pool;
        let own = owned(&house).await;
        for (name, call) in inserts().into_iter().chain(takeovers()) {
            let before = house.contents_of(&house.pool.id).await;
            // The other pool may get a row of its own; one that points into this pool is refused.
            let _ = call_from(&house, &other, call, &own).await;
            assert_eq!(house.contents_of(&house.pool.id).await, before, "{name}");
        }
        house.execute("DELETE FROM clients WHERE id = 'another'").await;
        for (name, call) in inserts() {
            let before = house.contents_of(&house.pool.id).await;
            assert!(call_from(&house, &house.pool, call, &own).await.unwrap(), "{name}");
            assert_ne!(house.contents_of(&house.pool.id).await, before, "{name} can add nothing at all");
        }
    }

    fn what_points_into_another_pool_is_refused(house) {
        let other = house.project("other", ClientKind::Web).await.pool;
        let own = owned(&house).await;
        for (name, call) in inserts() {
            let stands_alone =
                ["insert_client", "insert_signing_key", "insert_user", "insert_challenge", "insert_message", "claim_message", "insert_sender"];
            let refused = call_from(&house, &other, call, &own).await.is_err();
            assert_eq!(refused, !stands_alone.contains(&name), "{name}");
        }
        for (name, call) in takeovers() {
            assert!(call_from(&house, &other, call, &own).await.is_err(), "{name}");
        }
    }
}

/// The names of the functions in `impl PoolRows` and `impl PoolTx`.
fn functions_of_pools() -> BTreeSet<String> {
    let of_pools = |source: String| -> Vec<String> {
        let parts = source
            .split("\nimpl ")
            .skip(1)
            .filter(|part| part.starts_with("PoolRows ") || part.starts_with("PoolTx "));
        let bodies = parts.flat_map(|part| part.split_once("\n}").unwrap().0.split("pub async fn ").skip(1));
        bodies.map(|function| function.split('(').next().unwrap().to_owned()).collect()
    };
    store_sources().into_iter().flat_map(of_pools).filter(|name| name != "commit").collect()
}

#[test]
fn every_function_of_a_pool_is_tried_from_another() {
    let lists = [finds(), changes(), inserts(), takeovers()];
    let tried = lists.iter().flatten().map(|(name, _)| (*name).to_owned());
    let tried: BTreeSet<String> = tried.chain(OVER_ALL_POOLS.map(str::to_owned)).collect();
    let there = functions_of_pools();
    assert!(there.len() > 40, "the source was not understood: {there:?}");
    assert_eq!(there, tried);
}
