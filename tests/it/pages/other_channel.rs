//! The same code by another channel: offered when WhatsApp does not bring it, asked for by the person or stepping in by
//! itself, and never twice.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use watchword_domain::channel::{DeliveryPolicy, Fallback};
use watchword_domain::limits::Limits;
use watchword_domain::{Channel, Phone};

use crate::on_each_database;
use crate::support::{Answer, Browser, CALLBACK, House, claims_of, query_of, random_phone};

pub(crate) const BOTH: [Channel; 2] = [Channel::Whatsapp, Channel::Sms];

/// The house's project decides how codes go.
pub(crate) async fn decide(house: &House, channels: &[Channel], fallback: Fallback) {
    let policy = DeliveryPolicy { channels: channels.to_vec(), fallback, ..DeliveryPolicy::default() };
    house.flow.change_settings(&house.pool, |own| own.delivery = policy).await.unwrap();
}

/// Asks for the code by this channel, by the button of the page.
pub(crate) async fn ask_by(house: &House, browser: &Browser, page: &Answer, channel: &str) -> Answer {
    let form = [("csrf", &*page.hidden("csrf")), ("sign_in", &page.hidden("sign_in")), ("channel", channel)];
    browser.post(&house.url("/sign-in/channel"), &form).await
}

/// The messages to a number on this channel, newest first.
pub(crate) async fn by(house: &House, phone: &str, channel: &str) -> Vec<Value> {
    let messages = house.messages_to(phone).await;
    messages.into_iter().filter(|message| message["channel"] == channel).collect()
}

/// Waits for a number's first SMS.
pub(crate) async fn sms_to(house: &House, phone: &str) -> Value {
    for _ in 0..200 {
        if let Some(sms) = by(house, phone, "sms").await.pop() {
            return sms;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no SMS arrived");
}

/// A code asked for, whose message on WhatsApp fails for this reason.
pub(crate) async fn failed(house: &House, code: u32) -> (Browser, String, Answer, Value) {
    let (browser, phone) = (house.browser(), random_phone());
    house.fault(json!({ "kind": "status_failed", "code": code, "to": phone, "channel": "whatsapp" })).await;
    let page = browser.ask_code(house, &phone).await;
    let told = browser.told(house, &page, "failed").await;
    (browser, phone, page, told)
}

/// A code asked for, of whose message nothing is heard.
pub(super) async fn unheard(house: &House) -> (Browser, String, Answer) {
    let (browser, phone) = (house.browser(), random_phone());
    house.fault(json!({ "kind": "silence", "to": phone, "channel": "whatsapp" })).await;
    let page = browser.ask_code(house, &phone).await;
    browser.told(house, &page, "accepted").await;
    (browser, phone, page)
}

fn once_an_hour(limits: Limits) -> Limits {
    Limits { sends_per_number_hour: 1, ..limits }
}

fn plenty(limits: Limits) -> Limits {
    let resend_waits_seconds = vec![30];
    Limits {
        sends_per_number_hour: 100,
        sends_per_number_day: 100,
        sms_per_number_day: 100,
        resend_waits_seconds,
        ..limits
    }
}

async fn channels_of(house: &House, phone: &str) -> Vec<String> {
    let number = Phone::from_e164(phone).unwrap();
    let messages = house.flow.messages_to(&house.pool, &number).await.unwrap();
    messages.into_iter().map(|message| message.channel).collect()
}

on_each_database! {
    fn a_code_that_whatsapp_does_not_bring_is_offered_by_sms_and_works(house) {
        decide(&house, &BOTH, Fallback::OnRequest).await;
        let (browser, phone, page, told) = failed(&house, 131026).await;
        assert_eq!((&told["offer"], &told["other"], &told["other_channel"]), (&json!("other"), &json!("now"), &json!("sms")));
        assert!(told["text"].as_str().unwrap().contains("Send the code by SMS?"), "{told}");
        assert_eq!(ask_by(&house, &browser, &page, "sms").await.status, 303);
        let sms = sms_to(&house, &phone).await;
        let code = by(&house, &phone, "whatsapp").await[0]["code"].clone();
        assert_eq!(sms["code"], code, "one code, whichever message brings it");
        let host = house.pool.host().unwrap();
        assert!(sms["body"].as_str().unwrap().ends_with(&format!("@{host} #{}", code.as_str().unwrap())), "{sms}");
        let page = browser.look_again(&house, &page).await;
        assert_eq!(page.heading(), "Enter the code from the SMS");
        browser.told(&house, &page, "delivered").await;
        let done = browser.type_code(&house, &page, code.as_str().unwrap()).await;
        assert!(done.location().starts_with(CALLBACK));
        assert_eq!(channels_of(&house, &phone).await, ["sms", "whatsapp"]);
        let tokens = house.redeem(&query_of(&done.location())["code"]).await.json();
        let claims = claims_of(tokens["id_token"].as_str().unwrap());
        assert_eq!(claims["amr"], json!(["otp", "sms"]), "no token says that an SMS was WhatsApp");
    }

    fn nothing_goes_by_sms_before_its_time_or_where_the_project_has_none(house) {
        let (browser, phone, page) = unheard(&house).await;
        house.clock.turn(Duration::from_secs(20));
        ask_by(&house, &browser, &page, "sms").await;
        decide(&house, &BOTH, Fallback::OnRequest).await;
        let (early, early_phone, early_page) = unheard(&house).await;
        for channel in ["sms", "pigeon", "whatsapp", ""] {
            let answer = ask_by(&house, &early, &early_page, channel).await;
            assert_eq!(answer.status, 303, "{channel}");
        }
        house.clock.turn(Duration::from_secs(20));
        ask_by(&house, &early, &early_page, "sms").await;
        sms_to(&house, &early_phone).await;
        assert_eq!(by(&house, &early_phone, "sms").await.len(), 1);
        assert_eq!(by(&house, &phone, "sms").await.len(), 0);
    }

    fn nobody_elses_code_goes_by_sms(house) {
        decide(&house, &BOTH, Fallback::OnRequest).await;
        let (_, phone, page, _) = failed(&house, 131026).await;
        let stranger = house.browser();
        let own = stranger.open(&house).await;
        let form = [("csrf", &*own.hidden("csrf")), ("sign_in", &page.hidden("sign_in")), ("channel", "sms")];
        let answer = stranger.post(&house.url("/sign-in/channel"), &form).await;
        assert_ne!(answer.status, 303);
        assert!(by(&house, &phone, "sms").await.is_empty());
    }

    fn however_often_it_is_asked_for_one_sms_goes(house) {
        decide(&house, &BOTH, Fallback::Automatic).await;
        let (browser, phone, page) = unheard(&house).await;
        // From here on an SMS steps in by itself too: its state is no longer the WhatsApp message's.
        house.clock.turn(Duration::from_secs(20));
        join_all((0..10).map(|_| ask_by(&house, &browser, &page, "sms"))).await;
        sms_to(&house, &phone).await;
        house.wait_for_outbox().await;
        assert_eq!(by(&house, &phone, "sms").await.len(), 1);
        assert_eq!(channels_of(&house, &phone).await, ["sms", "whatsapp"]);
    }

    fn sms_steps_in_by_itself_at_once_after_a_failure_and_the_page_says_so(house) {
        decide(&house, &BOTH, Fallback::Automatic).await;
        let (browser, phone) = (house.browser(), random_phone());
        house.fault(json!({ "kind": "error", "code": 131026, "to": phone, "channel": "whatsapp" })).await;
        house.fault(json!({ "kind": "silence", "to": phone, "channel": "sms" })).await;
        let page = browser.ask_code(&house, &phone).await;
        let sms = sms_to(&house, &phone).await;
        house.wait_for_outbox().await;
        let page = browser.look_again(&house, &page).await;
        assert!(page.text.contains("WhatsApp did not deliver your code, so we sent it by SMS."), "{}", page.text);
        let done = browser.type_code(&house, &page, sms["code"].as_str().unwrap()).await;
        assert!(done.location().starts_with(CALLBACK));
    }

    fn a_number_out_of_reach_gets_its_next_code_by_sms_at_once_for_a_while(house with plenty) {
        decide(&house, &BOTH, Fallback::Automatic).await;
        let phone = random_phone();
        house.fault(json!({ "kind": "error", "code": 131026, "to": phone, "channel": "whatsapp", "times": 0 })).await;
        house.browser().ask_code(&house, &phone).await;
        sms_to(&house, &phone).await;
        house.wait_for_outbox().await;
        house.clock.turn(Duration::from_secs(130));
        let browser = house.browser();
        let page = browser.ask_code(&house, &phone).await;
        assert_eq!(browser.told(&house, &page, "delivered").await["channel"], "sms");
        house.wait_for_outbox().await;
        assert_eq!(channels_of(&house, &phone).await, ["sms", "sms", "whatsapp"]);
        // Nobody stays out of reach for ever; and whoever may only ask for SMS is asked.
        house.clock.turn(Duration::from_secs(10 * 60));
        house.browser().ask_code(&house, &phone).await;
        let taken = "SELECT COUNT(*) FROM messages WHERE channel = 'sms' AND accepted_at IS NOT NULL";
        house.eventually(&format!("SELECT 'done' WHERE ({taken}) = 3")).await;
        let by_whatsapp = |channels: Vec<String>| channels.iter().filter(|channel| *channel == "whatsapp").count();
        assert_eq!(by_whatsapp(channels_of(&house, &phone).await), 2);
        decide(&house, &BOTH, Fallback::OnRequest).await;
        house.clock.turn(Duration::from_secs(310));
        house.browser().ask_code(&house, &phone).await;
        house.wait_for_outbox().await;
        assert_eq!(by_whatsapp(channels_of(&house, &phone).await), 3);
    }

    fn sms_steps_in_by_itself_when_nothing_is_heard_and_not_when_the_code_arrived(house) {
        decide(&house, &BOTH, Fallback::Automatic).await;
        let (arrived, arrived_phone) = (house.browser(), random_phone());
        let page = arrived.ask_code(&house, &arrived_phone).await;
        arrived.told(&house, &page, "delivered").await;
        let (_, phone, _) = unheard(&house).await;
        house.clock.turn(Duration::from_secs(20));
        sms_to(&house, &phone).await;
        assert!(by(&house, &arrived_phone, "sms").await.is_empty());
    }

    fn a_channel_the_person_chose_stays_theirs(house) {
        decide(&house, &BOTH, Fallback::Automatic).await;
        let (browser, phone, page) = unheard(&house).await;
        house.clock.turn(Duration::from_secs(20));
        ask_by(&house, &browser, &page, "sms").await;
        sms_to(&house, &phone).await;
        house.fault(json!({ "kind": "status_failed", "code": 7, "to": phone, "channel": "sms" })).await;
        house.clock.turn(Duration::from_secs(120));
        browser.ask_new_code(&house, &page).await;
        let page = browser.look_again(&house, &page).await;
        let told = browser.told(&house, &page, "failed").await;
        assert_eq!(told["channel"], "sms", "the new code took the channel of the one before");
        house.wait_for_outbox().await;
        assert_eq!(by(&house, &phone, "whatsapp").await.len(), 1, "and nothing stepped in for it");
        assert_eq!(told["other_channel"], "whatsapp", "WhatsApp is offered instead");
    }

    fn an_account_that_changed_hands_gets_no_code_on_any_channel(house) {
        decide(&house, &BOTH, Fallback::Automatic).await;
        let (browser, phone, page, told) = failed(&house, 137000).await;
        assert_eq!(told["other"], "");
        ask_by(&house, &browser, &page, "sms").await;
        house.clock.turn(Duration::from_secs(60));
        house.wait_for_outbox().await;
        assert!(by(&house, &phone, "sms").await.is_empty());
    }

    fn a_country_may_have_sms_first(house) {
        let policy = DeliveryPolicy {
            channels: BOTH.to_vec(),
            by_country: [("BR".parse().unwrap(), vec![Channel::Sms].into())].into(),
            ..DeliveryPolicy::default()
        };
        house.flow.change_settings(&house.pool, |own| own.delivery = policy).await.unwrap();
        let (browser, phone) = (house.browser(), "+5511987654321");
        let page = browser.ask_code(&house, phone).await;
        assert_eq!(page.heading(), "Enter the code from the SMS");
        let code = sms_to(&house, phone).await["code"].clone();
        let done = browser.type_code(&house, &page, code.as_str().unwrap()).await;
        assert!(done.location().starts_with(CALLBACK));
        assert!(by(&house, phone, "whatsapp").await.is_empty());
    }

    fn a_number_that_got_all_it_may_get_gets_no_sms_either(house with once_an_hour) {
        decide(&house, &BOTH, Fallback::Automatic).await;
        let (browser, phone, page, _) = failed(&house, 131026).await;
        ask_by(&house, &browser, &page, "sms").await;
        house.eventually("SELECT id FROM messages WHERE state = 'failed' AND fallback_at IS NULL").await;
        assert!(by(&house, &phone, "sms").await.is_empty());
        assert_eq!(house.count("messages").await, 1);
    }
}
