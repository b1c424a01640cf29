//! Codes by mail: where a project wants them, the user has a mailbox, and the browser knows them.

use std::net::SocketAddr;

use serde_json::{Value, json};
use watchword_domain::channel::{DeliveryPolicy, Fallback};
use watchword_domain::{Channel, EmailAddress, Phone};

use crate::on_each_database;
use crate::support::{Answer, Browser, CALLBACK, House, claims_of, query_of, random_phone};

const MAILBOX: &str = "ana@shop.example";

async fn decide(house: &House, channels: &[Channel], fallback: Fallback) {
    let policy = DeliveryPolicy { channels: channels.to_vec(), fallback, ..DeliveryPolicy::default() };
    house.flow.change_settings(&house.pool, |own| own.delivery = policy).await.unwrap();
}

/// Somebody with a mailbox, and the browser they signed in with before.
async fn known(house: &House) -> (Browser, String) {
    let (browser, phone) = (house.browser(), random_phone());
    browser.sign_in(house, &phone).await;
    let mailbox = EmailAddress::parse(MAILBOX).unwrap();
    house.flow.set_mailbox(&house.pool, &Phone::from_e164(&phone).unwrap(), Some(&mailbox)).await.unwrap();
    (browser, phone)
}

/// Asks for a code although somebody is signed in.
async fn ask(house: &House, browser: &Browser, phone: &str) -> Answer {
    let page = browser.authorize(house, &house.prompted()).await;
    let location = browser.type_phone(house, &page, phone).await.location();
    browser.page(house, &location).await
}

/// The newest mail.
async fn mail(house: &House, office: SocketAddr) -> Value {
    let url = format!("http://{office}/simulator/mails?to={MAILBOX}");
    loop {
        let mails: Vec<Value> = house.http.get(&url).send().await.unwrap().json().await.unwrap();
        if let Some(mail) = mails.first() {
            return mail.clone();
        }
    }
}

async fn ask_by_mail(house: &House, browser: &Browser, page: &Answer) -> Answer {
    let form = [("csrf", &*page.hidden("csrf")), ("sign_in", &page.hidden("sign_in")), ("channel", "email")];
    browser.post(&house.url("/sign-in/channel"), &form).await
}

const BOTH: [Channel; 2] = [Channel::Whatsapp, Channel::Email];

on_each_database! {
    fn a_code_that_whatsapp_does_not_bring_goes_by_mail_when_asked_for(house) {
        let office = house.open_post_office().await;
        decide(&house, &BOTH, Fallback::OnRequest).await;
        let (browser, phone) = known(&house).await;
        house.fault(json!({ "kind": "status_failed", "code": 131026, "to": phone, "channel": "whatsapp" })).await;
        let page = ask(&house, &browser, &phone).await;
        let told = browser.told(&house, &page, "failed").await;
        assert_eq!((&told["offer"], &told["other_channel"]), (&json!("other"), &json!("email")));
        assert!(told["text"].as_str().unwrap().contains("Send the code by e-mail?"), "{told}");
        assert!(browser.look_again(&house, &page).await.text.contains("Send by e-mail instead"));
        assert_eq!(ask_by_mail(&house, &browser, &page).await.status, 303);
        let mail = mail(&house, office).await;
        assert_eq!(mail["code"], house.messages_to(&phone).await[0]["code"], "one code, whichever message brings it");
        browser.told(&house, &page, "accepted").await;
        let page = browser.look_again(&house, &page).await;
        assert_eq!(page.heading(), "Enter the code from the e-mail");
        let done = browser.type_code(&house, &page, mail["code"].as_str().unwrap()).await;
        let tokens = house.redeem(&query_of(&done.location())["code"]).await.json();
        let claims = claims_of(tokens["id_token"].as_str().unwrap());
        assert_eq!(claims["amr"], json!(["otp", "email"]), "no token says that a mail was WhatsApp");
        assert!(!page.text.contains(MAILBOX));
    }

    fn it_steps_in_by_itself_where_a_project_wants_that(house) {
        let office = house.open_post_office().await;
        decide(&house, &BOTH, Fallback::Automatic).await;
        let (browser, phone) = known(&house).await;
        house.fault(json!({ "kind": "error", "code": 131026, "to": phone, "channel": "whatsapp" })).await;
        let page = ask(&house, &browser, &phone).await;
        let code = mail(&house, office).await["code"].as_str().unwrap().to_owned();
        house.wait_for_outbox().await;
        let page = browser.look_again(&house, &page).await;
        assert!(page.text.contains("Your code did not arrive, so we sent it to your mailbox."), "{}", page.text);
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
    }

    fn to_a_browser_that_does_not_know_them_everybody_looks_alike(house) {
        decide(&house, &[Channel::Email, Channel::Whatsapp], Fallback::Automatic).await;
        let (_, theirs) = known(&house).await;
        let nobodys = random_phone();
        for phone in [&theirs, &nobodys] {
            let stranger = house.browser();
            house.fault(json!({ "kind": "status_failed", "code": 131026, "to": phone, "channel": "whatsapp" })).await;
            let page = stranger.ask_code(&house, phone).await;
            let told = stranger.told(&house, &page, "failed").await;
            assert_eq!((&told["offer"], &told["other"]), (&json!("change"), &json!("")), "{told}");
            ask_by_mail(&house, &stranger, &page).await;
        }
        house.wait_for_outbox().await;
        assert!(house.values("SELECT id FROM messages WHERE channel = 'email'").await.is_empty());
    }

    fn it_may_come_first_and_nothing_goes_to_a_mailbox_that_was_taken_back(house) {
        let office = house.open_post_office().await;
        decide(&house, &[Channel::Email, Channel::Whatsapp], Fallback::OnRequest).await;
        let (browser, phone) = known(&house).await;
        let page = ask(&house, &browser, &phone).await;
        assert_eq!(page.heading(), "Enter the code from the e-mail");
        let code = mail(&house, office).await["code"].as_str().unwrap().to_owned();
        assert!(browser.type_code(&house, &page, &code).await.location().starts_with(CALLBACK));
        house.flow.set_mailbox(&house.pool, &Phone::from_e164(&phone).unwrap(), None).await.unwrap();
        let page = ask(&house, &browser, &phone).await;
        assert_eq!(page.heading(), "Enter the code from WhatsApp");
    }

    fn a_mailbox_belongs_to_a_number_that_somebody_has(house) {
        let nobodys = Phone::from_e164(&random_phone()).unwrap();
        let mailbox = EmailAddress::parse(MAILBOX).unwrap();
        assert!(house.flow.set_mailbox(&house.pool, &nobodys, Some(&mailbox)).await.is_err());
        assert_eq!(house.count("users").await, 0);
    }
}
