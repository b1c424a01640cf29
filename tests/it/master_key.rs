//! A master key takes the place of another, and nothing is lost.

use std::sync::Arc;

use watchword_domain::Secret;
use watchword_flow::crypto::MasterKey;
use watchword_flow::seams::SystemRandom;
use watchword_http::ConnectionLimits;

use crate::on_each_database;
use crate::senders::own;
use crate::support::{Answer, CALLBACK, House, random_phone};

/// A service under these keys.
async fn under(house: &House, keys: &str) -> Arc<watchword_flow::Watchword> {
    Arc::new(house.open_with(MasterKey::parse(keys).unwrap()).await.unwrap())
}

/// Refreshes tokens at another node of the house: the client's secret is opened, and new tokens are signed.
async fn refresh_at(house: &House, node: &Arc<watchword_flow::Watchword>, refresh_token: &str) -> Answer {
    let address = house.serve(node, ConnectionLimits::default()).await;
    let url = format!("http://{address}/{}/token", house.pool.domain);
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    let request = house.http.post(url).basic_auth(&house.client_id, Some(&house.client_secret));
    Answer::of(request.form(&form).send().await.unwrap()).await
}

/// Every text in the database that was sealed under this node's current key or another.
async fn sealed(house: &House) -> Vec<String> {
    let mut all = Vec::new();
    for query in [
        "SELECT sealed FROM client_secrets",
        "SELECT private_sealed FROM signing_keys",
        "SELECT access_token_sealed FROM senders",
        "SELECT app_secret_sealed FROM senders",
        "SELECT app_secret_previous_sealed FROM senders",
        "SELECT key_check FROM installation",
    ] {
        all.extend(house.values(query).await);
    }
    all
}

on_each_database! {
    fn a_new_master_key_takes_over_everything_that_lasts(house) {
        let sender = own::live(&house).await;
        let next = (Secret::new("the-next-secret".to_owned()), false);
        house.flow.rotate_sender_secret(&house.pool.id, &sender, next).await.unwrap();
        let tokens = house.tokens_of(&random_phone()).await;
        let refresh_token = tokens["refresh_token"].as_str().unwrap();
        let new = MasterKey::generate(&SystemRandom);
        let both = under(&house, &format!("{}\n{}", new.expose(), house.master_text.expose())).await;

        assert!(house.open_with(MasterKey::parse(new.expose()).unwrap()).await.is_err(), "not yet without the old one");
        assert_eq!(refresh_at(&house, &both, refresh_token).await.status, 200);
        let before = sealed(&house).await;
        assert_eq!(both.reseal().await.unwrap(), before.len() as u64);
        let after = sealed(&house).await;
        assert_eq!(after.len(), before.len());
        assert!(after.iter().all(|text| !before.contains(text)), "something was left");
        assert_eq!(both.reseal().await.unwrap(), 0, "once is enough");

        assert!(house.open_with(house.master.clone()).await.is_err(), "the old one alone is the wrong one now");
        let alone = under(&house, new.expose()).await;
        assert_eq!(refresh_at(&house, &alone, refresh_token).await.status, 200);
        assert!(alone.check_sender(&house.pool.id, &sender).await.is_ok(), "its token opens");
    }

    fn a_code_sent_before_the_change_works_after_it(house) {
        let (browser, phone) = (house.browser(), random_phone());
        let page = browser.ask_code(&house, &phone).await;
        let code = house.code_to(&phone, 0).await;
        let new = MasterKey::generate(&SystemRandom);
        let both = under(&house, &format!("{}, {}", new.expose(), house.master_text.expose())).await;
        both.reseal().await.unwrap();
        let address = house.serve(&both, ConnectionLimits::default()).await;
        let url = format!("http://{address}/{}/sign-in/code", house.pool.domain);
        let form = [("csrf", &*page.hidden("csrf")), ("sign_in", &page.hidden("sign_in")), ("code", &code)];
        let done = browser.post(&url, &form).await;
        assert!(done.location().starts_with(CALLBACK), "{}", done.text);
    }
}
