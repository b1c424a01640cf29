//! `GET /webhooks/whatsapp`: Meta asks whether the address is ours.

use crate::on_each_database;
use crate::support::{Answer, House, VERIFY_TOKEN, with_query};

async fn shake(house: &House, query: &[(&str, &str)]) -> Answer {
    let url = format!("http://{}/webhooks/whatsapp", house.provider);
    Answer::of(house.http.get(with_query(&url, query)).send().await.unwrap()).await
}

on_each_database! {
    fn whoever_shows_the_verify_token_gets_the_challenge_back(house) {
        let query =
            [("hub.mode", "subscribe"), ("hub.verify_token", VERIFY_TOKEN), ("hub.challenge", "1158201444")];
        let answer = shake(&house, &query).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "1158201444"));
        assert!(answer.header("content-type").starts_with("text/plain"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }

    fn nobody_else_does(house) {
        let right =
            [("hub.mode", "subscribe"), ("hub.verify_token", VERIFY_TOKEN), ("hub.challenge", "1158201444")];
        let wrong_token = [right[0], ("hub.verify_token", "another"), right[2]];
        let empty_token = [right[0], ("hub.verify_token", ""), right[2]];
        let wrong_mode = [("hub.mode", "unsubscribe"), right[1], right[2]];
        let twice = [right[0], right[1], right[2], ("hub.verify_token", "another")];
        let queries: [&[(&str, &str)]; 7] =
            [&wrong_token, &empty_token, &wrong_mode, &twice, &right[..2], &right[1..], &[]];
        for query in queries {
            let answer = shake(&house, query).await;
            assert_eq!(answer.status, 403, "{query:?}");
            assert!(!answer.text.contains("1158201444"));
        }
    }
}
