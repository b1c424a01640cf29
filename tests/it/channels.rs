//! SMS and mail as they really leave: to the simulator, over the wire each provider has, and back as a signed report.

use std::time::Duration;

use serde_json::{Value, json};
use watchword_domain::Channel::Sms;
use watchword_domain::channel::Fallback;
use watchword_domain::conversion::TRAFFIC_WINDOW;
use watchword_domain::{EmailAddress, Language, Secret};
use watchword_messaging::email::{self, Email};
use watchword_messaging::{Channel, Outcome, OutgoingCode, Recipient};

use crate::on_each_database;
use crate::pages::conversion::counted;
use crate::pages::other_channel::{BOTH, ask_by, by, decide, failed, sms_to};
use crate::support::{CALLBACK, House, random_phone};

/// WhatsApp does not bring a code. It is asked for by SMS, is on the phone as people should read it, reported delivered by
/// the provider, and signs in.
async fn a_code_by_sms_signs_in(house: &House) {
    decide(house, &BOTH, Fallback::OnRequest).await;
    let (browser, phone, page, _) = failed(house, 131026).await;
    assert_eq!(ask_by(house, &browser, &page, "sms").await.status, 303);
    let sms = sms_to(house, &phone).await;
    let (code, host) = (sms["code"].as_str().unwrap(), house.pool.host().unwrap());
    let text = format!(
        "Acme Market: {code} is your sign-in code. Valid for 5 min. Never share it.\n@{host} #{code}"
    );
    assert_eq!(sms["body"], text);
    let told = browser.told(house, &page, "delivered").await;
    assert_eq!(told["channel"], "sms", "{told}");
    let done = browser.type_code(house, &page, code).await;
    assert!(done.location().starts_with(CALLBACK));
    assert_eq!(by(house, &phone, "sms").await.len(), 1);
}

/// The provider takes an SMS and reports later that it failed with its code: the page says so, and the reason is kept.
async fn a_failed_sms_keeps_its_reason(house: &House, code: u32, class: &str) {
    decide(house, &BOTH, Fallback::OnRequest).await;
    let (browser, phone, page, _) = failed(house, 131026).await;
    house.fault(json!({ "kind": "status_failed", "code": code, "to": phone, "channel": "sms" })).await;
    ask_by(house, &browser, &page, "sms").await;
    sms_to(house, &phone).await;
    let failed = "channel = 'sms' AND state = 'failed'";
    house.eventually(&format!("SELECT id FROM messages WHERE {failed}")).await;
    assert_eq!(browser.told(house, &page, "failed").await["channel"], "sms");
    let classes = house.values(&format!("SELECT failure_class FROM messages WHERE {failed}")).await;
    assert_eq!(classes, [class]);
}

/// The mail by which a code goes to somebody.
fn mail_to(mailbox: &str, language: Language) -> OutgoingCode {
    OutgoingCode {
        to: Recipient::Email(EmailAddress::parse(mailbox).unwrap()),
        code: Secret::new("482913".to_owned()),
        language,
        correlation: "0197a1".to_owned(),
        project: "Acme Market".to_owned(),
        host: "acme.id.example.com".to_owned(),
        lives: Duration::from_secs(300),
        identity: None,
    }
}

on_each_database! {
    fn a_code_by_twilio_arrives_is_reported_and_signs_in(house by Twilio) {
        a_code_by_sms_signs_in(&house).await;
    }

    fn a_code_by_vonage_arrives_is_reported_and_signs_in(house by Vonage) {
        a_code_by_sms_signs_in(&house).await;
    }

    fn a_code_by_a_gateway_arrives_is_reported_and_signs_in(house by Gateway) {
        a_code_by_sms_signs_in(&house).await;
    }

    fn a_failure_at_twilio_is_told_with_its_reason(house by Twilio) {
        a_failed_sms_keeps_its_reason(&house, 30_005, "not_reachable").await;
    }

    fn what_a_carrier_took_counts_whatever_it_reports_later(house by Twilio) {
        house.clock.turn_to_next(TRAFFIC_WINDOW);
        decide(&house, &[Sms], Fallback::OnRequest).await;
        for (code, in_all) in [(30_017, "1 0"), (30_001, "2 0"), (21_610, "3 0")] {
            let phone = random_phone();
            house.fault(json!({ "kind": "status_failed", "code": code, "to": phone, "channel": "sms" })).await;
            house.browser().ask_code(&house, &phone).await;
            house.eventually(&format!("SELECT id FROM messages WHERE failure_code = {code}")).await;
            assert_eq!(counted(&house).await, [in_all], "{code} was taken, and is billed");
        }
    }

    fn a_failure_at_vonage_is_told_with_its_reason(house by Vonage) {
        a_failed_sms_keeps_its_reason(&house, 1240, "blocked").await;
    }

    fn a_failure_at_a_gateway_is_told_with_its_reason(house by Gateway) {
        a_failed_sms_keeps_its_reason(&house, 7, "held_back").await;
    }

    fn a_mail_in_every_language_arrives_as_it_was_written(house) {
        let settings = email::Settings {
            url: Secret::new(format!("smtp://{}", house.mail_server().await)),
            from: "no-reply@id.example.com".to_owned(),
            timeout: Duration::from_secs(30),
        };
        let channel = Email::new(&settings).unwrap();
        assert_eq!(channel.look().await, Ok(()));
        for language in Language::ALL {
            let mailbox = format!("{}@example.com", language.tag());
            let outcome = channel.send_code(&mail_to(&mailbox, language)).await;
            assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
            let mails = format!("http://{}/simulator/mails?to={mailbox}", house.simulator);
            let mails: Value = house.http.get(mails).send().await.unwrap().json().await.unwrap();
            let mail = &mails[0];
            assert_eq!(mail["code"], "482913");
            assert_eq!(mail["from"], "Acme Market <no-reply@id.example.com>");
            assert_eq!(mail["message_id"], "0197a1@id.example.com");
            assert!(mail["subject"].as_str().unwrap().contains("Acme Market"));
            let direction = if language.is_rtl() { "rtl" } else { "ltr" };
            let html = mail["html"].as_str().unwrap();
            assert!(html.contains(&format!("<html lang=\"{}\" dir=\"{direction}\">", language.tag())), "{html}");
            assert!(mail["text"].as_str().unwrap().starts_with("482913\n"));
        }
    }
}
