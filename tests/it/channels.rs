//! SMS and mail as they really leave: to the simulator, over the wire each provider has, and back as a report.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use watchword_domain::{EmailAddress, Language, Phone, Secret};
use watchword_messaging::email::{self, Email};
use watchword_messaging::sms::gateway::{self, Gateway};
use watchword_messaging::sms::twilio::Twilio;
use watchword_messaging::sms::vonage::Vonage;
use watchword_messaging::sms::{AccountSettings, Provider, Times};
use watchword_messaging::{Channel, Outcome, OutgoingCode, Recipient};
use watchword_simulator::{DeliveryPace, Sender, Settings, Simulator, SmsAccount};

use crate::on_each_database;
use crate::support::{House, random_phone, sms};

const SECRET: &str = "secret-of-the-account";
const TIMES: Times = Times { connect: Duration::from_secs(10), whole: Duration::from_secs(30) };

/// A simulator beside the house's, which plays the SMS providers and a mail server.
struct Played {
    web: SocketAddr,
    mail: SocketAddr,
}

async fn played(report_url: Option<String>) -> Played {
    let sender = Sender {
        phone_number_id: "106540352242922".into(),
        waba_id: "102290129340398".into(),
        display_phone_number: "+1 555 078 3881".into(),
        verified_name: "Acme Market".into(),
        access_token: "token".into(),
        app_secret: "secret".into(),
        verify_token: "word".into(),
        webhook_url: None,
        templates: Vec::new(),
    };
    let delivery = DeliveryPace { sent_ms: 0, delivered_ms: 0, retry_ms: 50 };
    let settings = Settings { sender, host: None, delivery };
    let account = SmsAccount {
        account: sms::ACCOUNT.into(),
        secret: SECRET.into(),
        report_secret: sms::KEY.into(),
        report_url,
    };
    let simulator = Arc::new(Simulator::with_sms(settings, account).unwrap());
    let (web, mail) =
        (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let played = Played { web: web.local_addr().unwrap(), mail: mail.local_addr().unwrap() };
    let inbox = simulator.clone();
    tokio::spawn(async move { simulator.run(web, std::future::pending()).await });
    tokio::spawn(async move { inbox.run_mail(mail, std::future::pending()).await });
    played
}

fn channel(provider: Provider, at: SocketAddr, report_url: String) -> Box<dyn Channel> {
    let secret = Secret::new(SECRET.to_owned());
    let settings = |base_url| AccountSettings {
        base_url,
        account: sms::ACCOUNT.to_owned(),
        secret: secret.clone(),
        from: "Acme".to_owned(),
        report_url,
        times: TIMES,
    };
    match provider {
        Provider::Twilio => Box::new(Twilio::new(&settings(format!("http://{at}/sms/twilio"))).unwrap()),
        Provider::Vonage => Box::new(Vonage::new(&settings(format!("http://{at}/sms/vonage"))).unwrap()),
        Provider::Gateway => Box::new(
            Gateway::new(&gateway::Settings {
                url: format!("http://{at}/sms"),
                authorization: secret,
                body: r#"{"to": {to}, "text": {text}, "reference": {reference}}"#.to_owned(),
                id: "/id".to_owned(),
                times: TIMES,
            })
            .unwrap(),
        ),
    }
}

fn code(to: Recipient, correlation: &str) -> OutgoingCode {
    OutgoingCode {
        to,
        code: Secret::new("482913".to_owned()),
        language: Language::En,
        correlation: correlation.to_owned(),
        project: "Acme Market".to_owned(),
        host: "acme.id.example.com".to_owned(),
        lives: Duration::from_secs(300),
        identity: None,
    }
}

/// A message of the house that is the SMS sender's, and of which WhatsApp says no more.
async fn message(house: &House) -> (String, String) {
    let (browser, phone) = (house.browser(), random_phone());
    house.fault(json!({ "kind": "silence", "to": phone })).await;
    let page = browser.ask_code(house, &phone).await;
    browser.told(house, &page, "accepted").await;
    let id = house.message_to(&phone, 0).await["correlation"].as_str().unwrap().to_owned();
    house.execute(&format!("UPDATE messages SET channel = 'sms', sender_id = 'sms' WHERE id = '{id}'")).await;
    (id, phone)
}

async fn asked(house: &House, at: SocketAddr, path: &str) -> Value {
    house.http.get(format!("http://{at}{path}")).send().await.unwrap().json().await.unwrap()
}

on_each_database! {
    fn an_sms_by_each_provider_arrives_and_its_report_comes_home(house) {
        for provider in Provider::ALL {
            let doors = sms::doors_of(&house, provider).await;
            let report_url = sms::reports_of(doors, provider);
            let played = played(Some(report_url.clone())).await;
            let (id, phone) = message(&house).await;
            let to = Recipient::Phone(Phone::from_e164(&phone).unwrap());
            let outcome = channel(provider, played.web, report_url).send_code(&code(to, &id)).await;
            assert!(matches!(outcome, Outcome::Accepted { .. }), "{provider:?}: {outcome:?}");
            let arrived = asked(&house, played.web, &format!("/simulator/messages?to={phone}")).await;
            let text = "Acme Market: 482913 is your sign-in code. Valid for 5 min. Never share it.\n\
                        @acme.id.example.com #482913";
            assert_eq!((&arrived[0]["body"], &arrived[0]["code"]), (&json!(text), &json!("482913")));
            house.eventually(&format!("SELECT id FROM messages WHERE id = '{id}' AND state = 'delivered'")).await;
        }
    }

    fn a_failure_of_each_provider_is_reported_with_its_reason(house) {
        for (provider, code_of_failure, class) in [
            (Provider::Twilio, 30_005, "not_reachable"),
            (Provider::Vonage, 1240, "blocked"),
            (Provider::Gateway, 7, "held_back"),
        ] {
            let doors = sms::doors_of(&house, provider).await;
            let report_url = sms::reports_of(doors, provider);
            let played = played(Some(report_url.clone())).await;
            let fault = json!([{ "kind": "status_failed", "code": code_of_failure, "channel": "sms" }]);
            let faults = format!("http://{}/simulator/faults", played.web);
            assert!(house.http.post(faults).json(&fault).send().await.unwrap().status().is_success());
            let (id, phone) = message(&house).await;
            let to = Recipient::Phone(Phone::from_e164(&phone).unwrap());
            channel(provider, played.web, report_url).send_code(&code(to, &id)).await;
            let query = format!("SELECT id FROM messages WHERE id = '{id}' AND state = 'failed' AND failure_class = '{class}'");
            house.eventually(&query).await;
        }
    }

    fn a_mail_in_every_language_arrives_as_it_was_written(house) {
        let played = played(None).await;
        let settings = email::Settings {
            url: Secret::new(format!("smtp://{}", played.mail)),
            from: "no-reply@id.example.com".to_owned(),
            timeout: Duration::from_secs(30),
        };
        let channel = Email::new(&settings).unwrap();
        assert_eq!(channel.look().await, Ok(()));
        for language in Language::ALL {
            let mailbox = format!("{}@example.com", language.tag());
            let to = Recipient::Email(EmailAddress::parse(&mailbox).unwrap());
            let outcome = channel.send_code(&OutgoingCode { language, ..code(to, "0197a1") }).await;
            assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
            let mails = asked(&house, played.web, &format!("/simulator/mails?to={mailbox}")).await;
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
