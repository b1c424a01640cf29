//! The database goes away and comes back while the provider runs: it says so meanwhile, and needs no restart.

use crate::support::{Browser, on_both, until};

/// Shorter than anybody's patience with these tests.
const IMPATIENT: [(&str, &str); 1] = [("WATCHWORD_DATABASE_PATIENCE_SECONDS", "1")];

on_both! {
    fn a_database_that_comes_back_is_used_again(place) {
        place.meta.arrive().await;
        let provider = place.start_with(&IMPATIENT).await;
        let mut earlier = Browser::new(&place);
        assert_eq!(earlier.sign_in(&place, provider.address).await.status, 200);
        let mut person = Browser::new(&place);
        let page = person.authorize(provider.address, None).await.unwrap();

        let taken = place.take_database().await;
        let refused = person.type_phone(provider.address, &page).await.unwrap();
        assert_eq!((refused.status, refused.retry_after.as_str()), (503, "5"), "{}", refused.text);
        assert!(refused.text.contains("Not available right now"), "{}", refused.text);
        let ready = person.page(provider.address, "/readyz").await;
        assert_eq!(ready.status, if taken.is_readable() { 200 } else { 503 }, "{}", ready.text);
        assert_eq!(person.page(provider.address, "/healthz").await.status, 200);
        assert!(place.meta.messages_to(&person.phone).await.is_empty(), "what was refused was sent");

        taken.give_back().await;
        until("readiness", async || (person.page(provider.address, "/readyz").await.status == 200).then_some(())).await;
        let redeemed = person.sign_in(&place, provider.address).await;
        assert_eq!(redeemed.status, 200, "{}", redeemed.text);
        assert_eq!(place.count("COUNT(*) FROM users").await, 2);
        assert_eq!(place.meta.messages_to(&person.phone).await.len(), 1);
    }

    /// Somebody waits for a code: neither it nor their page is lost.
    fn what_was_begun_before_the_database_went_away_is_gone_on_with(place) {
        place.meta.arrive().await;
        let provider = place.start_with(&IMPATIENT).await;
        let mut person = Browser::new(&place);
        let page = person.ask_code(provider.address).await.unwrap();
        let code = place.meta.code_to(&person.phone).await;

        let taken = place.take_database().await;
        let refused = person.type_code(provider.address, &page, &code).await.unwrap();
        assert_eq!((refused.status, refused.retry_after.as_str()), (503, "5"), "{}", refused.text);

        taken.give_back().await;
        let answer = until("an answer", async || {
            let answer = person.type_code(provider.address, &page, &code).await.unwrap();
            (answer.status != 503).then_some(answer)
        })
        .await;
        let redeemed = person.redeem(provider.address, &answer.param("code").expect(&answer.text)).await.unwrap();
        assert_eq!(redeemed.status, 200, "{}", redeemed.text);
    }

    fn a_database_that_is_away_does_not_keep_the_provider(place) {
        place.meta.arrive().await;
        let provider = place.start_with(&IMPATIENT).await;
        let mut person = Browser::new(&place);
        let page = person.authorize(provider.address, None).await.unwrap();
        let taken = place.take_database().await;
        assert_eq!(person.type_phone(provider.address, &page).await.unwrap().status, 503);
        provider.ask_to_end();
        assert_eq!(provider.ended().await.code(), Some(0));
        taken.give_back().await;
    }
}
