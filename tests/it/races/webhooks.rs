//! The same reports, several times and in several orders, at the same moment.

use std::pin::Pin;

use serde_json::{Value, json};
use watchword_domain::client::ClientKind;
use watchword_domain::limits::Limits;
use watchword_flow::error::Error;

use super::FEW_ROUNDS;
use super::ground::{Ground, at_once, on_both, run};
use crate::support::{PHONE_NUMBER_ID, random_phone, sign};

fn status(message: &str, state: &str) -> Value {
    json!({
        "id": format!("wamid.{message}"),
        "status": state,
        "timestamp": "1750030073",
        "recipient_id": "14155550123",
        "biz_opaque_callback_data": message,
    })
}

/// A webhook with these reports, in this order.
fn webhook(statuses: &[&Value]) -> String {
    let metadata = json!({ "display_phone_number": "15550783881", "phone_number_id": PHONE_NUMBER_ID });
    let value = json!({ "messaging_product": "whatsapp", "metadata": metadata, "statuses": statuses });
    let changes = json!([{ "field": "messages", "value": value }]);
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": changes }] }).to_string()
}

/// Whoever got this message, by Meta's id, taps that they did not ask for its code.
fn disowning(message: &str) -> String {
    let metadata = json!({ "display_phone_number": "15550783881", "phone_number_id": PHONE_NUMBER_ID });
    let tapped = json!({
        "from": "14155550123",
        "id": format!("tap of {message}"),
        "timestamp": "1750030073",
        "type": "button",
        "context": { "id": message },
        "button": { "payload": "DID_NOT_REQUEST_CODE", "text": "I didn't request a code" },
    });
    let value = json!({ "messaging_product": "whatsapp", "metadata": metadata, "messages": [tapped] });
    let changes = json!([{ "field": "messages", "value": value }]);
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": changes }] }).to_string()
}

on_both! {
    fn reports_that_come_many_times_at_once_count_once(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        let phones: Vec<String> = (0..FEW_ROUNDS).map(|_| random_phone()).collect();
        ground.ready(&phones).await;
        let messages = ground.texts("id FROM messages").await;
        let pairs: Vec<(String, String)> =
            messages.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
        run(pairs, |(one, other)| {
            let ground = ground.clone();
            async move {
                let [sent, delivered] = ["sent", "delivered"].map(|state| (status(&one, state), status(&other, state)));
                let bodies = [
                    webhook(&[&sent.0, &sent.1, &delivered.0, &delivered.1]),
                    webhook(&[&sent.1, &sent.0, &delivered.1, &delivered.0]),
                    webhook(&[&delivered.0, &delivered.1]),
                    webhook(&[&delivered.1, &sent.0]),
                ];
                let taken = at_once(bodies.map(|body| {
                    let ground = ground.clone();
                    async move { ground.flow.receive_webhook(body.as_bytes(), Some(&sign(&body))).await.is_ok() }
                }))
                .await;
                assert_eq!(taken, [true; 4]);
            }
        })
        .await;
        assert_eq!(ground.count("COUNT(*) FROM webhook_events").await, 2 * FEW_ROUNDS as i64);
        assert_eq!(ground.count("COUNT(*) FROM messages WHERE state = 'delivered'").await, FEW_ROUNDS as i64);
    }
    fn a_right_code_and_the_word_that_nobody_asked_for_it_never_both_count(database) {
        let ground = Ground::new(database, ClientKind::Web, Limits::default()).await;
        run(ground.rounds(FEW_ROUNDS).await, |ready| {
            let ground = ground.clone();
            async move {
                let message = ground.accepted(&ready.waiting.phone).await;
                let answering = ground.clone();
                let went_well = at_once::<bool>([
                    Box::pin(async move {
                        let answer = answering.answer(&ready.waiting, &ready.code).await;
                        !matches!(answer, Err(Error::Fault(_)))
                    }),
                    Box::pin(async move {
                        let body = disowning(&message);
                        ground.flow.receive_webhook(body.as_bytes(), Some(&sign(&body))).await.is_ok()
                    }) as Pin<Box<dyn Future<Output = bool> + Send>>,
                ])
                .await;
                assert_eq!(went_well, [true; 2]);
            }
        })
        .await;
        let ended = "COUNT(*) FROM sign_ins WHERE (finished_at IS NULL) <> (disowned_at IS NULL)";
        assert_eq!(ground.count(ended).await, FEW_ROUNDS as i64);
        let finished = "COUNT(*) FROM sign_ins WHERE finished_at IS NOT NULL";
        assert_eq!(ground.count(finished).await, ground.count("COUNT(*) FROM users").await);
        ground.forgot_no_transaction().await;
    }
}
