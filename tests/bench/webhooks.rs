//! Reports of messages: a thousand signed webhooks a second, each the first to say so of its message, and how soon each is
//! acknowledged. That is after it is stored and applied.

use std::rc::Rc;
use std::time::{Duration, Instant};

use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use serde_json::{Value, json};
use watchword_domain::ids::MessageId;

use crate::Outcome;
use crate::graph::Graph;
use crate::house::{APP_SECRET, House, PHONE_NUMBER_ID, WABA_ID};
use crate::measure::{Times, now, processor_seconds};
use crate::open::{Connections, Timetable};
use crate::options::Options;
use crate::stored::{self, Writer, seconds_now, wamid};
use crate::wire::post_json;

/// Its name in the table.
pub const NAME: &str = "webhooks";

/// Webhooks in a second.
pub const PER_SECOND: u32 = 1000;

/// What is reported of each message, one after the other and a second apart.
const STATES: [&str; 3] = ["sent", "delivered", "read"];

/// How many messages take turns: a second's worth.
const TURN: usize = PER_SECOND as usize;

/// The steps that were reported of messages; those of yesterday's were long before.
const APPLIED: &str = "SELECT COUNT(sent_at) + COUNT(delivered_at) + COUNT(read_at) FROM messages \
     WHERE expires_at > 1000 * unixepoch()";

/// What it came to.
pub struct Webhooks {
    /// From the moment a webhook is to be sent until it is acknowledged.
    pub to_answer: Times,
    /// How late the generator was itself, which is part of it.
    pub late: Times,
    /// How many were sent, those before the measured ones included.
    pub sent: usize,
    /// How many of these changed what is known of their message.
    pub applied: usize,
    /// Processor cores the provider kept busy.
    pub cores: f64,
}

/// Measures it in a house of its own.
pub async fn measure(options: &Options) -> Outcome<Webhooks> {
    let graph = Graph::listen().await?;
    let mut house = House::beside(&options.program, graph.address)?;
    let project = house.create_project("acme", "web")?;
    let (warm_up, measured) = (count(options.warm_up())?, count(options.whole_span())?);
    let sent = warm_up + measured;
    let writer = Writer::open(&house, &project.pool_id).await?;
    writer.history(options.backlog).await?;
    let messages = writer.accepted(sent.div_ceil(TURN * STATES.len()) * TURN).await?;
    writer.close().await?;
    let mut webhooks = webhooks(&messages, sent)?;
    let rest = webhooks.split_off(warm_up);

    house.start_provider().await?;
    let connections = Rc::new(Connections::new(house.provider));
    arrivals(&connections, webhooks).await?;
    let process = house.provider_process()?;
    let (before, began) = (processor_seconds(process)?, now());
    let all = arrivals(&connections, rest).await?;
    let cores = (processor_seconds(process)? - before) / began.elapsed().as_secs_f64();
    house.end_provider()?;
    let applied = stored::count(&house, APPLIED).await?;
    let (mut to_answer, mut late) = (Times::default(), Times::default());
    for (due, begun, answered) in all {
        to_answer.add(answered.duration_since(due));
        late.add(begun.duration_since(due));
    }
    Ok(Webhooks { to_answer, late, sent, applied, cores })
}

fn count(span: Duration) -> Outcome<usize> {
    Ok(usize::try_from(span.as_millis() * u128::from(PER_SECOND) / 1000)?)
}

/// Sends them by timetable. Gives when each was to be sent, was sent and was acknowledged.
async fn arrivals(
    connections: &Rc<Connections>,
    webhooks: Vec<Vec<u8>>,
) -> Outcome<Vec<(Instant, Instant, Instant)>> {
    let timetable = Timetable { begin: now(), per_second: PER_SECOND, count: webhooks.len() };
    let webhooks = Rc::new(webhooks);
    timetable
        .run(Duration::ZERO, |arrival, due| {
            let (connections, webhooks) = (connections.clone(), webhooks.clone());
            async move {
                let begun = now();
                let webhook = webhooks.get(arrival).ok_or("no webhook")?;
                connections.ask(webhook, |answer| answer.expect(200, "a webhook").map(drop)).await?;
                Ok((due, begun, now()))
            }
        })
        .await
}

/// The requests, made and signed before anything is measured: what that costs is Meta's affair.
fn webhooks(messages: &[MessageId], count: usize) -> Outcome<Vec<Vec<u8>>> {
    let (key, at) = (PKey::hmac(APP_SECRET.as_bytes())?, seconds_now());
    let each = (0..count).map(|webhook| {
        let (turn, place) = (webhook / (TURN * STATES.len()), webhook % (TURN * STATES.len()));
        let message = messages.get(turn * TURN + place % TURN).ok_or("no message")?;
        let state = STATES.get(place / TURN).ok_or("no state")?;
        signed(&key, &report(message, turn * TURN + place % TURN, state, at).to_string())
    });
    each.collect()
}

fn signed(key: &PKey<Private>, body: &str) -> Outcome<Vec<u8>> {
    let mac = Signer::new(MessageDigest::sha256(), key)?.sign_oneshot_to_vec(body.as_bytes())?;
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(post_json("/webhooks/whatsapp", &format!("x-hub-signature-256: sha256={hex}\r\n"), body))
}

/// A report as Meta words it: one message, with its receiver and, but for the last step, its price.
fn report(message: &MessageId, number: usize, state: &str, at: i64) -> Value {
    let digits = format!("1415{}", 2_000_000 + number);
    let user = format!("US.{digits}");
    let mut status = json!({
        "id": wamid(message),
        "status": state,
        "timestamp": at.to_string(),
        "recipient_id": digits,
        "recipient_user_id": user,
        "biz_opaque_callback_data": message.as_str(),
    });
    if let Some(fields) = status.as_object_mut().filter(|_| state != "read") {
        let pricing = json!({
            "billable": true, "pricing_model": "PMP", "type": "regular", "category": "authentication",
        });
        fields.insert("pricing".to_owned(), pricing);
    }
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "15550783881", "phone_number_id": PHONE_NUMBER_ID },
        "contacts": [{ "profile": { "name": "Somebody" }, "wa_id": digits, "user_id": user }],
        "statuses": [status],
    });
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": WABA_ID, "time": at, "changes": [{ "field": "messages", "value": value }] }],
    })
}
