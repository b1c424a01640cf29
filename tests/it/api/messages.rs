//! `/messages`: what became of the messages to a number, told to a server of the project and to nobody else.

use serde_json::{Value, json};
use watchword_domain::client::ClientKind;
use watchword_flow::clients::NewClient;

use crate::oauth::client::{Public, bad, post, refused};
use crate::on_each_database;
use crate::support::{Answer, CALLBACK, House, random_phone};

/// A server of the project: its client id and secret.
struct Machine {
    id: String,
    secret: String,
}

impl Machine {
    async fn of(house: &House) -> Self {
        let new = NewClient {
            name: "Acme's desk".into(),
            kind: ClientKind::Machine,
            redirect_uris: vec![],
            post_logout_redirect_uris: vec![],
        };
        let made = house.flow.create_client(&house.pool.id, new).await.unwrap();
        Self { id: made.client.id.as_str().to_owned(), secret: made.secret.unwrap().expose().clone() }
    }

    /// What it is answered at this pool, below its issuer.
    async fn ask_at(&self, house: &House, issuer: &str, form: &[(&str, &str)]) -> Answer {
        let request = house.http.post(format!("{issuer}/messages")).basic_auth(&self.id, Some(&self.secret));
        Answer::of(request.form(form).send().await.unwrap()).await
    }

    async fn ask(&self, house: &House, form: &[(&str, &str)]) -> Answer {
        self.ask_at(house, &house.pool.issuer, form).await
    }

    /// The messages to a number.
    async fn messages(&self, house: &House, phone: &str) -> Vec<Value> {
        let answer = self.ask(house, &[("phone", phone)]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        serde_json::from_str(&answer.text).unwrap()
    }
}

/// A message that was delivered and reported on to the end.
async fn delivered(house: &House, phone: &str) -> String {
    let browser = house.browser();
    let page = browser.ask_code(house, phone).await;
    browser.told(house, &page, "delivered").await;
    let sent = "sent_at IS NOT NULL AND billable IS NOT NULL";
    house.eventually(&format!("SELECT id FROM messages WHERE recipient = '{phone}' AND {sent}")).await;
    let code = house.code_to(phone, 0).await;
    browser.type_code(house, &page, &code).await.location();
    code
}

on_each_database! {
    fn a_machine_client_is_told_every_step_and_the_price_but_neither_number_nor_code(house) {
        let (machine, phone) = (Machine::of(&house).await, random_phone());
        let code = delivered(&house, &phone).await;
        let answer = machine.ask(&house, &[("phone", &phone)]).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{}", answer.text);
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
        for secret in [&phone[1..], &format!("\"{code}\"")] {
            assert!(!answer.text.contains(secret), "{}", answer.text);
        }
        let told = answer.json();
        let [message] = told.as_array().unwrap().as_slice() else { panic!("{told}") };
        let steps: Vec<&str> =
            message["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
        assert_eq!(steps, ["queued", "sending", "accepted", "sent", "delivered", "verified"]);
        assert!(message["steps"][0]["at"].as_str().unwrap().ends_with('Z'), "{message}");
        assert_eq!(message["price"], json!({ "billable": true, "category": "authentication" }));
        let rest = ["channel", "language", "state", "attempts", "failure"].map(|name| &message[name]);
        assert_eq!(rest, [&json!("whatsapp"), &json!("en_US"), &json!("delivered"), &json!(1), &Value::Null]);
        assert_eq!(message.as_object().unwrap().len(), 9, "{message}");
    }

    fn a_failure_is_told_with_its_class_metas_code_and_plain_words(house) {
        let (machine, browser, phone) = (Machine::of(&house).await, house.browser(), random_phone());
        house.fault(json!({ "kind": "status_failed", "code": 131026, "to": phone })).await;
        let page = browser.ask_code(&house, &phone).await;
        browser.told(&house, &page, "failed").await;
        let told = machine.messages(&house, &phone).await;
        let failure = &told[0]["failure"];
        assert_eq!((&failure["class"], &failure["code"]), (&json!("not_reachable"), &json!(131026)));
        assert!(failure["meaning"].as_str().unwrap().contains("WhatsApp"), "{failure}");
    }

    fn the_newest_message_comes_first_and_a_number_that_got_none_has_none(house) {
        let (machine, phone) = (Machine::of(&house).await, random_phone());
        assert_eq!(machine.messages(&house, &phone).await, Vec::<Value>::new());
        delivered(&house, &phone).await;
        house.clock.turn(std::time::Duration::from_secs(3600));
        house.browser().ask_code(&house, &phone).await;
        house.code_to(&phone, 1).await;
        let told = machine.messages(&house, &phone).await;
        let answered = |message: &Value| message["steps"].to_string().contains("verified");
        assert_eq!(told.iter().map(answered).collect::<Vec<_>>(), [false, true]);
        let spaced = machine.messages(&house, &format!("{} {}", &phone[..5], &phone[5..])).await;
        assert_eq!(spaced.len(), 2, "a number may be written as people write it");
    }

    fn a_secret_in_the_body_will_do_too(house) {
        let machine = Machine::of(&house).await;
        let form = [("client_id", &*machine.id), ("client_secret", &machine.secret), ("phone", &random_phone())];
        let answer = post(&house, "/messages", &form).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "[]"));
    }

    fn an_application_is_told_nothing(house) {
        let phone = random_phone();
        delivered(&house, &phone).await;
        let web = Machine { id: house.client_id.clone(), secret: house.client_secret.clone() };
        let answer = web.ask(&house, &[("phone", &phone)]).await;
        assert_eq!(refused(&answer), bad("unauthorized_client"));
        assert!(answer.json()["error_description"].as_str().unwrap().contains("machine"), "{}", answer.text);
        for kind in [ClientKind::Spa, ClientKind::Native] {
            let public = Public::of(&house, kind, CALLBACK).await;
            let answer = post(&house, "/messages", &[("client_id", &public.id), ("phone", &phone)]).await;
            assert_eq!(refused(&answer), bad("unauthorized_client"));
        }
    }

    fn only_a_client_that_proves_itself_is_answered(house) {
        let (machine, phone) = (Machine::of(&house).await, random_phone());
        let invalid = (401, "invalid_client".to_owned());
        let wrong = Machine { id: machine.id.clone(), secret: "wrong".into() };
        let answer = wrong.ask(&house, &[("phone", &phone)]).await;
        assert_eq!(refused(&answer), invalid);
        assert!(answer.header("www-authenticate").starts_with("Basic "));
        for form in [vec![("phone", &*phone)], vec![("phone", &*phone), ("client_id", &machine.id)]] {
            assert_eq!(refused(&post(&house, "/messages", &form).await), invalid);
        }
    }

    fn a_machine_of_another_pool_is_told_of_its_own_messages_only(house) {
        let phone = random_phone();
        delivered(&house, &phone).await;
        let other = house.project("other", ClientKind::Machine).await;
        let machine = Machine {
            id: other.client.id.as_str().to_owned(),
            secret: other.client_secret.unwrap().expose().clone(),
        };
        let answer = machine.ask(&house, &[("phone", &phone)]).await;
        assert_eq!(refused(&answer), (401, "invalid_client".to_owned()));
        let answer = machine.ask_at(&house, &other.pool.issuer, &[("phone", &phone)]).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "[]"));
    }

    fn what_names_no_number_is_refused_and_not_repeated(house) {
        let machine = Machine::of(&house).await;
        let phone = random_phone();
        let twice = [("phone", phone.as_str()), ("phone", &phone)];
        let long = "1".repeat(4097);
        for form in [
            &[][..], &[("phone", "")], &twice, &[("phone", "98765")], &[("phone", "somebody")],
            &[("phone", phone.trim_start_matches('+'))], &[("phone", &long)],
        ] {
            let answer = machine.ask(&house, form).await;
            assert_eq!(refused(&answer), bad("invalid_request"), "{form:?}");
            assert!(!answer.text.contains("98765") && !answer.text.contains(&phone[1..]), "{}", answer.text);
        }
    }

    fn a_number_in_the_address_is_not_looked_at(house) {
        let (machine, phone) = (Machine::of(&house).await, random_phone());
        let url = format!("{}?phone=%2B{}", house.url("/messages"), &phone[1..]);
        let asked = house.http.post(&url).basic_auth(&machine.id, Some(&machine.secret)).form(&[("a", "b")]);
        assert_eq!(refused(&Answer::of(asked.send().await.unwrap()).await), bad("invalid_request"));
        assert_eq!(house.http.get(&url).send().await.unwrap().status(), 405);
    }
}
