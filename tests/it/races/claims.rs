//! Every claim of the store, fired by twenty transactions at once: one of them wins.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use watchword_domain::client::{Client, ClientKind};
use watchword_domain::failures::Guessers;
use watchword_domain::ids::{ChallengeId, ClientId, GrantId, MessageId, SenderId, SessionId};
use watchword_domain::key_rotation::KeyTimes;
use watchword_domain::limits::Limits;
use watchword_domain::session::Method;
use watchword_domain::{Channel, Phone, Timestamp};
use watchword_flow::crypto::token_hash;
use watchword_flow::seams::SystemRandom;
use watchword_store::{AlertRow, CodeRow, NewMessage, SigningKeyRow};

use super::ground::{Ground, Ready, at_once, code_of, on_both};
use crate::support::{random_phone, store_sources};

/// Times each claim is fired at, always at something fresh.
const TIMES: usize = 10;

/// Twenty transactions at once: each claims, says whether it won, and commits. Gives how many won.
macro_rules! winners {
    ($ground:ident, $spent:ident, $begin:ident($($pool:expr)?), |$tx:ident| $claim:expr) => {{
        let racers = (0..20).map(|_| {
            let ($ground, $spent) = ($ground.clone(), $spent.clone());
            async move {
                let $tx = $ground.store.$begin($($pool)?).await.unwrap();
                let won: bool = $claim;
                $tx.commit().await.unwrap();
                won
            }
        });
        at_once(racers).await.into_iter().filter(|won| *won).count()
    }};
}

async fn ready(ground: &Arc<Ground>) -> Ready {
    ground.ready(&[random_phone()]).await.remove(0)
}

async fn challenge(ground: &Arc<Ground>) -> ChallengeId {
    let waiting = ready(ground).await.waiting;
    let rows = ground.store.read(&ground.pool.id);
    rows.find_sign_in(&waiting.sign_in).await.unwrap().unwrap().challenge.unwrap()
}

/// The hash of an authorization code that was just issued, and its row.
async fn issued(ground: &Arc<Ground>) -> (String, CodeRow) {
    let ready = ready(ground).await;
    let finished = ground.answer(&ready.waiting, &ready.code).await;
    let hash = token_hash(&code_of(&finished.unwrap_or_else(|_| panic!("signed in"))));
    let row = ground.store.read(&ground.pool.id).find_authorization_code(&hash).await.unwrap();
    (hash, row.unwrap())
}

/// A grant and the hash of its refresh token.
async fn granted(ground: &Arc<Ground>) -> (GrantId, String) {
    let ready = ready(ground).await;
    let code =
        code_of(&ground.answer(&ready.waiting, &ready.code).await.unwrap_or_else(|_| panic!("signed in")));
    let tokens = ground.redeem(&code).await.unwrap_or_else(|_| panic!("redeemed"));
    let hash = token_hash(tokens.refresh_token.unwrap().expose());
    let row = ground.store.read(&ground.pool.id).find_refresh_token(&hash).await.unwrap().unwrap();
    (row.grant_id, hash)
}

on_both! {
    fn a_challenge_is_ended_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for _ in 0..TIMES {
            let id = challenge(&ground).await;
            let won = winners!(ground, id, begin(&ground.pool.id), |tx| {
                tx.claim_challenge(&id, ground.now()).await.unwrap()
            });
            assert_eq!(won, 1);
        }
    }

    fn a_failure_is_charged_as_often_as_an_account_bears(database) {
        let limits = Limits { failures_per_account: 3, ..Limits::default() };
        let ground = Ground::new(database, ClientKind::Web, limits.clone()).await;
        for (guessers, most) in [(Guessers::Strangers, 3), (Guessers::Known, 3), (Guessers::Browser("a hash"), 2)] {
            for _ in 0..TIMES {
                let spent = Arc::new((Phone::from_e164(&random_phone()).unwrap(), limits.clone()));
                let won = winners!(ground, spent, begin(&ground.pool.id), |tx| {
                    let (phone, limits) = &*spent;
                    let rule = limits.failure_rule(guessers, ground.now());
                    tx.claim_failure(Method::WhatsappCode, phone, guessers, rule, ground.now()).await.unwrap()
                });
                assert_eq!(won, most);
            }
        }
    }

    fn a_guess_is_taken_as_often_as_there_are_tries(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits { tries_per_code: 1, ..Limits::default() }).await;
        for _ in 0..TIMES {
            let id = challenge(&ground).await;
            let won = winners!(ground, id, begin(&ground.pool.id), |tx| {
                tx.claim_guess(&id, ground.now()).await.unwrap().is_some()
            });
            assert_eq!(won, 1);
        }
    }

    fn a_sign_in_is_completed_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for _ in 0..TIMES {
            let id = ready(&ground).await.waiting.sign_in;
            let won = winners!(ground, id, begin(&ground.pool.id), |tx| {
                tx.claim_sign_in(&id, ground.now()).await.unwrap()
            });
            assert_eq!(won, 1);
        }
    }

    fn an_authorization_code_is_spent_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for _ in 0..TIMES {
            let hash = issued(&ground).await.0;
            let won = winners!(ground, hash, begin(&ground.pool.id), |tx| {
                let spent = tx.claim_authorization_code(&hash, &ground.client.id, ground.now());
                spent.await.unwrap().is_some()
            });
            assert_eq!(won, 1);
        }
    }

    fn a_session_is_ended_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for _ in 0..TIMES {
            let id: SessionId = issued(&ground).await.1.session_id;
            let won = winners!(ground, id, begin(&ground.pool.id), |tx| {
                tx.claim_session(&id, ground.now()).await.unwrap()
            });
            assert_eq!(won, 1);
        }
    }

    fn a_grant_is_taken_back_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for _ in 0..TIMES {
            let id = granted(&ground).await.0;
            let won = winners!(ground, id, begin(&ground.pool.id), |tx| {
                tx.claim_grant(&id, ground.now()).await.unwrap()
            });
            assert_eq!(won, 1);
        }
    }

    fn a_refresh_token_is_exchanged_once(database) {
        let ground = Ground::new(database, ClientKind::Spa, Limits::default()).await;
        for _ in 0..TIMES {
            let hash = granted(&ground).await.1;
            let won = winners!(ground, hash, begin(&ground.pool.id), |tx| {
                let exchanged = tx.claim_refresh_token(&hash, "successor".into(), "sealed".into(), ground.now());
                exchanged.await.unwrap()
            });
            assert_eq!(won, 1);
        }
    }

    fn a_signing_key_gets_one_successor(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for number in 0..TIMES {
            let key = Arc::new(ground.store.read(&ground.pool.id).list_signing_keys().await.unwrap().remove(0));
            let won = winners!(ground, key, begin(&ground.pool.id), |tx| {
                let ended = tx.claim_signing_key_end(&key.id, ground.now()).await.unwrap();
                if ended {
                    let times = KeyTimes::starting(ground.now());
                    let next = SigningKeyRow { id: number.to_string(), times, ..(*key).clone() };
                    tx.insert_signing_key(&next).await.unwrap();
                }
                ended
            });
            assert_eq!(won, 1);
        }
        let newest = "COUNT(*) FROM signing_keys WHERE replaced_at IS NULL";
        assert_eq!(ground.count(newest).await, 2, "one for each algorithm");
    }

    fn a_client_is_taken_out_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for _ in 0..TIMES {
            let id = ClientId::random(&SystemRandom);
            let tx = ground.store.begin(&ground.pool.id).await.unwrap();
            let client = Client { id: id.clone(), ..ground.client.clone() };
            tx.insert_client(&client, ground.now()).await.unwrap();
            tx.commit().await.unwrap();
            let won = winners!(ground, id, begin(&ground.pool.id), |tx| {
                tx.claim_client(&id, ground.now()).await.unwrap()
            });
            assert_eq!(won, 1);
        }
    }

    fn a_client_secret_is_revoked_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for _ in 0..TIMES {
            let client = &ground.client.id;
            ground.flow.rotate_client_secret(&ground.pool.id, client, true).await.unwrap_or_else(|_| panic!("rotated"));
            let id = ground.store.read(&ground.pool.id).list_client_secrets(client).await.unwrap().remove(0).id;
            let won = winners!(ground, id, begin(&ground.pool.id), |tx| {
                tx.claim_client_secret(&id, ground.now()).await.unwrap()
            });
            assert_eq!(won, 1);
        }
    }

    fn another_channel_carries_a_code_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for number in 0..TIMES {
            let challenge = ChallengeId::from(format!("challenge {number}"));
            let won = winners!(ground, challenge, begin(&ground.pool.id), |tx| {
                let message = message(&challenge, &"sms".into(), ground.now());
                tx.claim_message(&message).await.unwrap()
            });
            assert_eq!(won, 1);
        }
    }

    fn another_channel_steps_in_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for _ in 0..TIMES {
            let phone = ready(&ground).await.waiting.phone;
            let id = MessageId::from(ground.falling_back(&phone).await);
            let won = winners!(ground, id, begin(&ground.pool.id), |tx| { tx.claim_fallback(&id).await.unwrap() });
            assert_eq!(won, 1);
        }
    }

    fn a_sender_is_taken_out_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for number in 0..TIMES {
            let id = ground.sender(number).await;
            let won = winners!(ground, id, begin(&ground.pool.id), |tx| { tx.claim_sender(&id).await.unwrap() });
            assert_eq!(won, 1);
        }
    }

    fn an_alert_is_raised_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for number in 0..TIMES {
            let (kind, subject) = ("messages_day".to_owned(), number.to_string());
            let now = ground.now();
            let alert = AlertRow { kind, subject, window: now, percent: 50, amount: 1, most: 2, raised_at: now };
            let alert = Arc::new(alert);
            let won = winners!(ground, alert, begin(&ground.pool.id), |tx| {
                tx.claim_alert(&alert).await.unwrap()
            });
            assert_eq!(won, 1);
        }
    }

    fn what_is_wrong_with_a_sender_is_told_once_within_a_time(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for number in 0..TIMES {
            // The second half was told of before, long ago.
            let (kind, subject) = ("sender_out_of_order".to_owned(), (number % (TIMES / 2)).to_string());
            let (window, now) = (Timestamp::from_millis(0), ground.now());
            ground.clock.turn(Duration::from_secs(60));
            let alert = AlertRow { kind, subject, window, percent: 0, amount: 190, most: 0, raised_at: ground.now() };
            let told = Arc::new((alert, now));
            let won = winners!(ground, told, begin(&ground.pool.id), |tx| {
                tx.claim_alert_anew(&told.0, told.1).await.unwrap()
            });
            assert_eq!(won, 1);
            let won = winners!(ground, told, begin_system(), |tx| {
                tx.claim_installation_alert(&told.0, told.1).await.unwrap()
            });
            assert_eq!(won, 1);
        }
    }

    fn a_proof_of_work_is_spent_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for number in 0..TIMES {
            let proof = format!("proof {number}");
            let won = winners!(ground, proof, begin(&ground.pool.id), |tx| {
                tx.claim_proof(&proof, ground.now()).await.unwrap()
            });
            assert_eq!(won, 1);
        }
    }

    fn a_webhook_event_is_taken_in_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for number in 0..TIMES {
            let key = format!("event {number}");
            let won = winners!(ground, key, begin_system(), |tx| {
                tx.claim_webhook_event(&key, "test", String::new(), ground.now()).await.unwrap()
            });
            assert_eq!(won, 1);
        }
    }

    fn a_message_is_taken_by_one_worker(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for _ in 0..TIMES {
            ground.start(&random_phone()).await.unwrap_or_else(|_| panic!("started"));
            let lease = Arc::new(ground.now() + Duration::from_secs(60));
            let won = winners!(ground, lease, begin_system(), |tx| {
                !tx.claim_due_messages(ground.now(), *lease, 10, None).await.unwrap().is_empty()
            });
            assert_eq!(won, 1);
        }
    }

    fn one_senders_messages_are_taken_apart_from_the_others(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        let [one, two, three] = ["one", "two", "three"].map(SenderId::from);
        let tx = ground.store.begin(&ground.pool.id).await.unwrap();
        for (number, sender) in [&two, &one, &three, &two, &one].into_iter().enumerate() {
            let challenge = ChallengeId::from(format!("challenge {number}"));
            tx.insert_message(&message(&challenge, sender, ground.now())).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(waiting(&ground).await, [one.clone(), three.clone(), two.clone()]);
        assert_eq!(taken(&ground, 1, Some(&one)).await, std::slice::from_ref(&one));
        assert_eq!(taken(&ground, 9, Some(&two)).await, [two.clone(), two]);
        assert_eq!(waiting(&ground).await, [one.clone(), three.clone()]);
        assert_eq!(taken(&ground, 9, None).await, [one, three]);
        assert!(waiting(&ground).await.is_empty());
    }

    fn a_code_is_disowned_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        for _ in 0..TIMES {
            let phone = ready(&ground).await.waiting.phone;
            let provider_id = ground.accepted(&phone).await;
            let won = winners!(ground, provider_id, begin_system(), |tx| {
                tx.claim_disowned(&SenderId::shared(), &provider_id, ground.now()).await.unwrap().is_some()
            });
            assert_eq!(won, 1);
        }
    }
}

async fn waiting(ground: &Ground) -> Vec<SenderId> {
    ground.store.read_system().list_waiting_senders().await.unwrap()
}

/// The senders of the messages that a worker takes, by name.
async fn taken(ground: &Ground, most: u64, only: Option<&SenderId>) -> Vec<SenderId> {
    let tx = ground.store.begin_system().await.unwrap();
    let lease = ground.now() + Duration::from_secs(60);
    let taken = tx.claim_due_messages(ground.now(), lease, most, only).await.unwrap();
    tx.commit().await.unwrap();
    let mut senders: Vec<SenderId> = taken.into_iter().map(|message| message.sender_id).collect();
    senders.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    senders
}

fn message(challenge: &ChallengeId, sender: &SenderId, now: Timestamp) -> NewMessage {
    NewMessage {
        id: MessageId::random(&SystemRandom),
        challenge_id: challenge.clone(),
        channel: Channel::Sms,
        device: watchword_domain::failures::Device::Unknown,
        chosen: true,
        fallback_at: None,
        sender_id: sender.clone(),
        recipient: Phone::from_e164("+14155550100").unwrap(),
        language: "en_US".into(),
        code_sealed: "x".into(),
        created_at: now,
        expires_at: now + Duration::from_secs(600),
    }
}

#[test]
fn no_claim_of_the_store_is_left_out() {
    let sources = store_sources();
    let claims = sources.iter().flat_map(|text| text.split("pub async fn claim_").skip(1));
    let claims: BTreeSet<String> =
        claims.filter_map(|rest| rest.split('(').next()).map(|name| format!(".claim_{name}(")).collect();
    assert!(claims.contains(".claim_challenge("), "{claims:?}");
    let here = include_str!("claims.rs");
    let left_out: Vec<&String> = claims.iter().filter(|claim| !here.contains(claim.as_str())).collect();
    assert!(left_out.is_empty(), "{left_out:?}");
}
