//! `kill -9` at the moments where something could be lost or done twice.

use serde_json::json;

use crate::support::{Browser, Relay, Way, on_both, until};

const NOT_CONFIRMED: &str = "WhatsApp has not confirmed your message.";
const ON_YOUR_PHONE: &str = "It is on your phone.";
const FINISHED: &str = "This sign-in is finished";

on_both! {
    /// Meta cannot be reached, so the message waits; the provider dies; both come back.
    fn a_code_that_was_stored_but_not_sent_is_sent_once(place) {
        let provider = place.start().await;
        let mut person = Browser::new(&place);
        let page = person.ask_code(provider.address).await.unwrap();
        until("an attempt", async || {
            (place.count("COUNT(*) FROM messages WHERE state = 'queued' AND attempts > 0").await == 1).then_some(())
        })
        .await;
        provider.kill();
        place.meta.arrive().await;
        let provider = place.start().await;
        let code = place.meta.code_to(&person.phone).await;
        until("the report", async || {
            let page = person.look(provider.address, &page).await.unwrap();
            page.text.contains(ON_YOUR_PHONE).then_some(())
        })
        .await;
        assert_eq!(place.meta.messages().await.len(), 1);
        let answer = person.type_code(provider.address, &page, &code).await.unwrap();
        assert_eq!(answer.status, 303, "{}", answer.text);
    }

    /// Meta took the message and its answer is lost with the provider.
    fn a_code_that_was_sent_but_not_recorded_is_never_sent_again(place) {
        place.meta.arrive().await;
        place.meta.close_the_way();
        place.meta.fault(json!({ "kind": "hang", "accept": true })).await;
        let provider = place.start().await;
        let mut person = Browser::new(&place);
        let page = person.ask_code(provider.address).await.unwrap();
        let code = place.meta.code_to(&person.phone).await;
        provider.kill();
        assert_eq!(place.texts("state FROM messages").await, ["sending"]);
        // Nobody can know that its worker is dead before the lease has ended: here it ended long ago.
        place.execute("UPDATE messages SET lease_until = 1").await;

        let provider = place.start().await;
        until("the admission", async || {
            let page = person.look(provider.address, &page).await.unwrap();
            page.text.contains(NOT_CONFIRMED).then_some(())
        })
        .await;
        place.meta.open_the_way();
        until("the report", async || {
            let page = person.look(provider.address, &page).await.unwrap();
            page.text.contains(ON_YOUR_PHONE).then_some(())
        })
        .await;
        let answer = person.type_code(provider.address, &page, &code).await.unwrap();
        assert_eq!(answer.status, 303, "{}", answer.text);
        assert_eq!(place.meta.messages().await.len(), 1);
        assert_eq!(place.texts("CAST(attempts AS TEXT) FROM messages").await, ["1"]);
    }

    /// The person is told that the sign-in is done; at once the provider dies.
    fn a_sign_in_that_was_acknowledged_outlives_the_provider(place) {
        place.meta.arrive().await;
        let provider = place.start().await;
        let mut person = Browser::new(&place);
        let page = person.ask_code(provider.address).await.unwrap();
        let code = place.meta.code_to(&person.phone).await;
        let answer = person.type_code(provider.address, &page, &code).await.unwrap();
        provider.kill();
        let authorization_code = answer.param("code").expect("a code for the client");

        let provider = place.start().await;
        let redeemed = person.redeem(provider.address, &authorization_code).await.unwrap();
        assert_eq!(redeemed.status, 200, "{}", redeemed.text);
        let session = person.authorize(provider.address, Some("none")).await.unwrap();
        assert!(session.param("code").is_some(), "{}", session.location);
        provider.kill();

        let provider = place.start().await;
        let again = person.redeem(provider.address, &authorization_code).await.unwrap();
        assert_eq!(again.status, 400, "{}", again.text);
        let used = person.type_code(provider.address, &page, &code).await.unwrap();
        assert_eq!(used.status, 409, "a spent code works again: {}", used.text);
    }

    /// The code is spent and somebody signed in, and nobody but the database knows: the provider dies before its answer
    /// is there.
    fn a_sign_in_whose_answer_was_lost_is_finished_and_can_be_begun_anew(place) {
        place.meta.arrive().await;
        let provider = place.start().await;
        let deaf = Relay::new(Way::NoAnswers);
        deaf.lead_to(provider.address);
        let mut person = Browser::new(&place);
        let page = person.ask_code(provider.address).await.unwrap();
        let code = place.meta.code_to(&person.phone).await;
        let dies = async {
            until("the end of the sign-in", async || {
                (place.count("COUNT(*) FROM sign_ins WHERE finished_at IS NOT NULL").await == 1).then_some(())
            })
            .await;
            provider.kill();
        };
        let (answer, ()) = tokio::join!(person.type_code(deaf.address, &page, &code), dies);
        assert!(answer.is_err(), "the answer was not lost");

        let provider = place.start().await;
        let seen = person.look(provider.address, &page).await.unwrap();
        assert!(seen.status == 409 && seen.text.contains(FINISHED), "{}: {}", seen.status, seen.text);
        let again = person.type_code(provider.address, &page, &code).await.unwrap();
        assert!(again.status == 409 && again.text.contains(FINISHED), "{}: {}", again.status, again.text);
        assert_eq!(place.count("COUNT(*) FROM users").await, 1);
        assert_eq!(place.count("COUNT(*) FROM sessions").await, 1);
        assert_eq!(place.count("COUNT(*) FROM authorization_codes").await, 1);

        let page = person.ask_code(provider.address).await.unwrap();
        let code = place.meta.next_code_to(&person.phone, 1).await;
        let answer = person.type_code(provider.address, &page, &code).await.unwrap();
        let redeemed = person.redeem(provider.address, &answer.param("code").unwrap()).await.unwrap();
        assert_eq!(redeemed.status, 200, "{}", redeemed.text);
        assert_eq!(place.count("COUNT(*) FROM users").await, 1, "whoever came back is a stranger");
    }
}
