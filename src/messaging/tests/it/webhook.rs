//! Webhook bodies in the shapes Meta documents, and in shapes nobody does.

use proptest::prelude::*;
use serde_json::{Value, json};
use watchword_domain::{DeliveryState, FailureClass};
use watchword_messaging::whatsapp::webhook::{
    Event, Inbound, Kind, Pricing, State, Status, TemplateChange, TemplateNews, parse,
};

use crate::Tested;

const SENDER: &str = "106540352242922";

macro_rules! fixture {
    ($name:literal) => {
        parse(include_bytes!(concat!("../../fixtures/", $name, ".json")))
    };
}

fn statuses(events: Vec<Event>) -> Vec<Status> {
    events
        .into_iter()
        .filter_map(|event| match event {
            Event::Status(status) => Some(status),
            _ => None,
        })
        .collect()
}

fn messages(events: Vec<Event>) -> Vec<Inbound> {
    events
        .into_iter()
        .filter_map(|event| match event {
            Event::Inbound(inbound) => Some(inbound),
            _ => None,
        })
        .collect()
}

fn only<T>(list: Vec<T>) -> Result<T, &'static str> {
    let mut list = list.into_iter();
    match (list.next(), list.next()) {
        (Some(only), None) => Ok(only),
        _ => Err("not exactly one"),
    }
}

#[test]
fn a_text_is_read_with_everything_that_says_who_wrote_it() -> Tested {
    let inbound = only(messages(fixture!("inbound_text")?))?;
    assert_eq!(inbound.text(), Some("LOGIN 7F3K-Q2"));
    assert_eq!(inbound.disowned_message(), None);
    let expected = Inbound {
        phone_number_id: SENDER.to_owned(),
        provider_message_id: "wamid.FIXTURE-TEXT".to_owned(),
        from: Some("15550100123".to_owned()),
        from_user_id: Some("US.13491208655302741918".to_owned()),
        username: Some("someone.b".to_owned()),
        identity_key_hash: Some("DF2lS5v2W6x=".to_owned()),
        at: 1_749_416_383,
        context_id: None,
        group_id: None,
        kind: Kind::Text,
        body: json!({ "body": "LOGIN 7F3K-Q2" }),
    };
    assert!(inbound == expected);
    Ok(())
}

#[test]
fn a_person_without_a_number_is_known_by_user_id_and_never_by_an_empty_number() -> Tested {
    let people: Vec<_> = messages(fixture!("inbound_without_phone")?)
        .into_iter()
        .map(|inbound| (inbound.from, inbound.from_user_id, inbound.username))
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        people,
        [
            (None, some("US.1111"), some("one.u")),
            (None, some("IN.2222"), None),
            // The number stands only in the list of contacts.
            (some("919876500000"), some("IN.3333"), None),
            // The user id stands where the number belongs.
            (None, some("BR.4444"), None),
        ]
    );
    Ok(())
}

#[test]
fn every_kind_of_message_keeps_its_own_part() -> Tested {
    let inbound = messages(fixture!("inbound_kinds")?);
    let parts: Vec<_> =
        inbound.iter().map(|inbound| (inbound.kind.clone(), first_key(&inbound.body))).collect();
    assert_eq!(
        parts,
        [
            (Kind::Interactive, Some("button_reply")),
            (Kind::Interactive, Some("nfm_reply")),
            (Kind::Contacts, None),
            (Kind::Edit, Some("message")),
            (Kind::Revoke, Some("original_message_id")),
            // There is no part of this name, so the whole message is kept, with its errors.
            (Kind::Unsupported, Some("errors")),
            (Kind::Other("image".to_owned()), Some("id")),
            (Kind::Text, Some("body")),
            (Kind::System, Some("body")),
        ]
    );
    assert!(inbound.iter().all(|inbound| inbound.from.as_deref() == Some("15550100123")));
    let of_groups: Vec<_> = inbound.iter().filter_map(|inbound| inbound.group_id.as_deref()).collect();
    assert_eq!(of_groups, ["G1"]);
    let answered: Vec<_> = inbound.iter().filter_map(|inbound| inbound.context_id.as_deref()).collect();
    assert_eq!(answered, ["wamid.FIXTURE-OURS"]);
    Ok(())
}

fn first_key(value: &Value) -> Option<&str> {
    value.as_object()?.keys().map(String::as_str).min()
}

#[test]
fn a_code_nobody_asked_for_is_disowned_by_the_message_it_came_in() -> Tested {
    let inbound = only(messages(fixture!("did_not_request_code")?))?;
    assert_eq!(inbound.kind, Kind::Button);
    assert_eq!(inbound.disowned_message(), Some("wamid.FIXTURE-OURS"));
    assert_eq!(inbound.text(), None);
    Ok(())
}

#[test]
fn a_batch_is_read_whole_and_in_its_own_order_whatever_that_is() -> Tested {
    let events = fixture!("status_batch")?;
    assert_eq!(events.len(), 6);
    let told: Vec<_> = statuses(events)
        .iter()
        .map(|status| (status.phone_number_id.clone(), status.state.delivery(), status.at))
        .collect();
    let sender = |id: &str| id.to_owned();
    assert_eq!(
        told,
        [
            (sender(SENDER), Some(DeliveryState::Read), 1_750_030_075),
            (sender(SENDER), Some(DeliveryState::Sent), 1_750_030_073),
            (sender(SENDER), Some(DeliveryState::Delivered), 1_750_030_074),
            (sender(SENDER), Some(DeliveryState::Sent), 1_750_030_073),
            (sender("106540352242924"), Some(DeliveryState::Delivered), 1_750_030_077),
        ]
    );
    Ok(())
}

#[test]
fn a_delivery_tells_the_user_id_behind_the_number() -> Tested {
    for status in statuses(fixture!("status_batch")?).into_iter().take(4) {
        assert_eq!(status.recipient_id.as_deref(), Some("15550100123"));
        assert_eq!(status.recipient_user_id.as_deref(), Some("US.1349"));
        assert_eq!(status.correlation.as_deref(), Some("message-a"));
    }
    Ok(())
}

#[test]
fn the_same_news_has_one_key_and_different_news_have_two() -> Tested {
    let mut keys: Vec<_> = fixture!("status_batch")?.iter().map(Event::dedupe_key).collect();
    assert!(keys.iter().all(|key| key.len() == 64));
    assert_eq!(keys.get(1), keys.get(3), "the same report twice in one batch");
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 5);
    let again: Vec<_> = fixture!("status_batch")?.iter().map(Event::dedupe_key).collect();
    assert!(again.iter().all(|key| keys.contains(key)));
    Ok(())
}

#[test]
fn account_news_that_repeat_later_are_news_again() -> Tested {
    let body = include_str!("../../fixtures/template_status_update.json");
    let first = only(parse(body.as_bytes())?)?.dedupe_key();
    let later = only(parse(body.replace("1750030070", "1750040070").as_bytes())?)?.dedupe_key();
    assert_eq!(first, only(parse(body.as_bytes())?)?.dedupe_key());
    assert_ne!(first, later);
    Ok(())
}

#[test]
fn a_failure_is_read_without_contacts_and_keeps_its_reason() -> Tested {
    let status = only(statuses(fixture!("status_failed_without_contacts")?))?;
    assert_eq!(status.state, State::Failed);
    assert_eq!(status.failure(), Some((FailureClass::NotReachable, 131_026)));
    assert_eq!(status.correlation.as_deref(), Some("message-f"));
    assert_eq!(status.recipient_user_id, None);
    let error = only(status.errors)?;
    assert_eq!(error.code, 131_026);
    assert_eq!(error.title.as_deref(), Some("Message undeliverable"));
    assert_eq!(error.details.as_deref(), Some("Message Undeliverable to +15550100123."));
    Ok(())
}

#[test]
fn a_failure_without_a_reason_is_one_of_an_unknown_kind() -> Tested {
    for errors in [json!([]), json!(null), json!([{ "title": "no code" }])] {
        let body = envelope(&json!({ "statuses": [
            { "id": "wamid.X", "status": "failed", "timestamp": "1", "errors": errors }
        ] }));
        assert_eq!(only(statuses(parse(&body)?))?.failure(), Some((FailureClass::TryLater, 131_000)));
    }
    Ok(())
}

#[test]
fn a_changed_account_behind_a_number_is_told_as_such() -> Tested {
    let status = only(statuses(fixture!("status_identity_changed")?))?;
    assert_eq!(status.failure(), Some((FailureClass::IdentityChanged, 137_000)));
    assert_eq!(status.identity_key_hash.as_deref(), Some("Q1JvcKq8v3c="));
    Ok(())
}

#[test]
fn read_may_come_without_delivered_and_without_a_number() -> Tested {
    let status = only(statuses(fixture!("status_read_only")?))?;
    assert_eq!(status.state.delivery(), Some(DeliveryState::Read));
    assert_eq!(status.failure(), None);
    assert_eq!(status.recipient_id, None);
    assert_eq!(status.recipient_user_id.as_deref(), Some("US.1349"));
    Ok(())
}

#[test]
fn prices_come_in_many_spellings_or_not_at_all() -> Tested {
    let prices: Vec<_> =
        statuses(fixture!("status_pricing")?).into_iter().map(|status| status.pricing).collect();
    let price = |billable, model: &str, kind: Option<&str>, category: &str| {
        Some(Pricing {
            billable: Some(billable),
            model: Some(model.to_owned()),
            kind: kind.map(str::to_owned),
            category: Some(category.to_owned()),
        })
    };
    assert_eq!(
        prices,
        [
            price(true, "PMP", Some("regular"), "authentication-international"),
            price(true, "CBP", None, "authentication-international"),
            price(false, "PMP", Some("free_customer_service"), "marketing_lite"),
            None,
            Some(Pricing { billable: None, model: None, kind: None, category: None }),
        ]
    );
    Ok(())
}

#[test]
fn unknown_fields_do_not_matter_and_unreadable_items_are_kept_whole() -> Tested {
    let events = fixture!("unknown_fields")?;
    let others: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Other { field, raw, .. } => Some((field.as_str(), raw.clone())),
            _ => None,
        })
        .collect();
    let fields: Vec<_> = others.iter().map(|(field, _)| *field).collect();
    assert_eq!(
        fields,
        [
            "messages", // a status without a time
            "messages", // one without an id
            "messages", // one that is no object
            "messages", // a change with neither statuses nor messages
            "messages", // a change that does not say which sender it is about
            "user_id_update",
            "nothing_to_say",
            "entry", // an entry without changes
        ]
    );
    let echoes = others.get(3).and_then(|(_, raw)| raw.pointer("/message_echoes/0/id"));
    assert_eq!(echoes, Some(&json!("wamid.FIXTURE-U4")));
    let read = statuses(events);
    let states: Vec<_> = read.iter().map(|status| status.state.clone()).collect();
    assert_eq!(states, [State::Delivered, State::Other("pondered".to_owned())]);
    assert!(read.iter().all(|status| status.phone_number_id == SENDER));
    Ok(())
}

#[test]
fn u_0000_is_taken_out_of_every_text() -> Tested {
    let events = fixture!("nul")?;
    let field = events.iter().find_map(|event| match event {
        Event::Other { field, raw, .. } => Some((field.clone(), raw.clone())),
        _ => None,
    });
    assert_eq!(field, Some(("account_alerts".to_owned(), json!({ "alert": "ab" }))));
    let inbound = only(messages(events))?;
    assert_eq!(inbound.text(), Some("LOGIN 7F3K-Q2"));
    assert_eq!(inbound.provider_message_id, "wamid.FIXTURE-NUL");
    assert_eq!(inbound.username.as_deref(), Some("someone"));
    assert_eq!(inbound.body.get("note"), Some(&json!([""])));
    Ok(())
}

#[test]
fn news_about_a_template_comes_as_it_is() -> Tested {
    let Event::Other { account_id, at, field, raw } = only(fixture!("template_status_update")?)? else {
        return Err("not other news".into());
    };
    assert_eq!(account_id.as_deref(), Some("102290129340398"));
    assert_eq!(at, Some(1_750_030_070));
    assert_eq!(field, "message_template_status_update");
    assert_eq!(raw.get("event"), Some(&json!("PAUSED")));
    assert_eq!(raw.get("message_template_language"), Some(&json!("pt-BR")));
    Ok(())
}

#[test]
fn news_about_a_template_are_understood_and_its_language_spelled_as_sends_spell_it() -> Tested {
    let news = only(fixture!("template_status_update")?)?.template_news().ok_or("no news")?;
    assert_eq!(
        news,
        TemplateNews {
            waba_id: "102290129340398".to_owned(),
            name: "watchword_code".to_owned(),
            language: "pt_BR".to_owned(),
            at: Some(1_750_030_070),
            change: TemplateChange::Status("PAUSED".to_owned(), None),
        }
    );
    let body = include_str!("../../fixtures/template_status_update.json");
    let rejected = body.replace("PAUSED", "REJECTED").replace("NONE", "ABUSIVE_CONTENT");
    let news = only(parse(rejected.as_bytes())?)?.template_news().ok_or("no news")?;
    assert_eq!(
        news.change,
        TemplateChange::Status("REJECTED".to_owned(), Some("ABUSIVE_CONTENT".to_owned()))
    );
    let quality = body
        .replace("message_template_status_update", "message_template_quality_update")
        .replace("\"event\": \"PAUSED\"", "\"new_quality_score\": \"red\"");
    let news = only(parse(quality.as_bytes())?)?.template_news().ok_or("no news")?;
    assert_eq!(news.change, TemplateChange::Quality("RED".to_owned()));
    let other = body.replace("message_template_status_update", "account_update");
    assert_eq!(only(parse(other.as_bytes())?)?.template_news(), None);
    Ok(())
}

#[test]
fn errors_about_the_sender_itself_are_not_lost() -> Tested {
    let Event::Other { field, raw, .. } = only(fixture!("account_errors")?)? else {
        return Err("not other news".into());
    };
    assert_eq!(field, "messages");
    assert_eq!(raw.pointer("/error/code"), Some(&json!(130_429)));
    assert_eq!(raw.get("phone_number_id"), Some(&json!(SENDER)));
    Ok(())
}

#[test]
fn a_webhook_about_something_other_than_whatsapp_is_kept_whole() -> Tested {
    let Event::Other { field, raw, .. } = only(parse(br#"{"object":"page","entry":[{"id":"1"}]}"#)?)? else {
        return Err("not other news".into());
    };
    assert_eq!(field, "page");
    assert_eq!(raw, json!({ "object": "page", "entry": [{ "id": "1" }] }));
    Ok(())
}

#[test]
fn what_is_no_webhook_at_all_is_malformed() {
    let deep = "[".repeat(100_000);
    for body in ["", "null", "[]", "{}", "{", "\"entry\"", r#"{"entry":{}}"#, "\u{0}", deep.as_str()] {
        assert!(parse(body.as_bytes()).is_err());
    }
    assert!(parse(&[0xff, 0xfe, b'{', b'}']).is_err());
}

#[test]
fn no_number_user_id_or_message_id_is_shown_by_debug() -> Tested {
    let everything = [
        fixture!("inbound_text")?,
        fixture!("inbound_without_phone")?,
        fixture!("inbound_kinds")?,
        fixture!("did_not_request_code")?,
        fixture!("status_batch")?,
        fixture!("status_failed_without_contacts")?,
        fixture!("status_read_only")?,
        fixture!("unknown_fields")?,
    ];
    let shown = format!("{everything:?}");
    for hidden in ["wamid", "1555010", "9198765", "US.1", "IN.2", "BR.4", "LOGIN", "someone", "DF2l"] {
        assert!(!shown.contains(hidden), "{hidden}");
    }
    assert!(shown.contains("131026") && shown.contains("Delivered") && shown.contains("message-f"));
    Ok(())
}

fn envelope(value: &Value) -> Vec<u8> {
    let mut value = value.clone();
    if let Some(value) = value.as_object_mut() {
        value.insert("metadata".to_owned(), json!({ "phone_number_id": SENDER }));
    }
    json!({ "object": "whatsapp_business_account", "entry": [
        { "id": "1", "changes": [{ "field": "messages", "value": value }] }
    ] })
    .to_string()
    .into_bytes()
}

/// Any JSON, drawn towards the names and values the parser looks for.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        "id|status|timestamp|type|text|from|from_user_id|recipient_id|errors|code|pricing|context",
        "statuses|messages|contacts|metadata|phone_number_id|error_data|user_id|group_id|payload|wa_id",
        "\\PC{0,4}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "sent|failed|text|button|DID_NOT_REQUEST_CODE|1749416383|\u{0}|".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_whatever_make_the_parser_panic(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&raw);
    }

    #[test]
    fn any_item_in_a_message_webhook_becomes_one_event_with_a_key(item in any_json()) {
        for list in ["statuses", "messages"] {
            let events = parse(&envelope(&json!({ list: [item] })));
            let keys: Vec<_> = events.iter().flatten().map(Event::dedupe_key).collect();
            prop_assert_eq!(keys.len(), 1);
            prop_assert_ne!(format!("{events:?}"), "");
        }
    }

    #[test]
    fn any_value_of_a_change_is_read_or_kept(value in any_json()) {
        let body = json!({ "object": "whatsapp_business_account", "entry": [value, { "changes": [
            value, { "field": "messages", "value": value }
        ] }] });
        let events = parse(body.to_string().as_bytes());
        prop_assert!(events.is_ok_and(|events| events.len() >= 2));
    }
}
