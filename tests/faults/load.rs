//! `kill -9` again and again under a small load: whatever was acknowledged holds afterwards.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::support::{Browser, Place, on_both, until};

/// Times the provider dies.
const DEATHS: usize = 10;

/// People who sign in at the same time.
const PEOPLE: usize = 6;

/// A sign-in that was acknowledged: who, and the authorization code.
type Acknowledged = (Browser, String);

/// Signs in one new person after the other, whatever happens to the provider; tells of those it was acknowledged to.
async fn people(
    place: Arc<Place>,
    mut provider: watch::Receiver<Option<std::net::SocketAddr>>,
    done: mpsc::Sender<Acknowledged>,
) {
    loop {
        // Ends with the test, who holds the other end.
        let Ok(address) = provider.wait_for(Option::is_some).await.map(|address| address.unwrap()) else {
            return;
        };
        let mut person = Browser::new(&place);
        let signing_in = async {
            let page = person.ask_code(address).await.ok()?;
            let code = code_unless_gone(&place, &person.phone, &mut provider).await?;
            let answer = person.type_code(address, &page, &code).await.ok()?;
            assert_eq!(answer.status, 303, "{}", answer.text);
            Some(answer.param("code").expect("a code for the client"))
        };
        if let Some(code) = signing_in.await
            && done.send((person, code)).await.is_err()
        {
            return;
        }
    }
}

/// The code, unless the provider dies before it is sent.
async fn code_unless_gone(
    place: &Place,
    phone: &str,
    provider: &mut watch::Receiver<Option<std::net::SocketAddr>>,
) -> Option<String> {
    tokio::select! {
        code = place.meta.code_to(phone) => Some(code),
        _ = provider.changed() => None,
    }
}

on_both! {
    fn nothing_acknowledged_is_lost_and_nothing_is_done_twice(place) {
        let place = Arc::new(place);
        place.meta.arrive().await;
        let (address, listening) = watch::channel(None);
        let (done, mut acknowledged) = mpsc::channel(100);
        let mut crowd = JoinSet::new();
        for _ in 0..PEOPLE {
            crowd.spawn(people(place.clone(), listening.clone(), done.clone()));
        }
        let (mut waiting, mut spent): (Vec<Acknowledged>, Vec<Acknowledged>) = (Vec::new(), Vec::new());
        for death in 0..DEATHS {
            let provider = place.start().await;
            for (person, code) in waiting.drain(..) {
                let redeemed = person.redeem(provider.address, &code).await.unwrap();
                assert_eq!(redeemed.status, 200, "{} after death {death}: {}", person.phone, redeemed.text);
                spent.push((person, code));
            }
            address.send_replace(Some(provider.address));
            // Another moment each time: after one sign-in, two, three and so on, and a few steps.
            for _ in 0..=death % 4 {
                waiting.push(acknowledged.recv().await.unwrap());
            }
            for _ in 0..death * 7 {
                tokio::task::yield_now().await;
            }
            provider.kill();
            address.send_replace(None);
            while let Ok(more) = acknowledged.try_recv() {
                waiting.push(more);
            }
        }
        crowd.shutdown().await;
        drop(done);
        while let Some(more) = acknowledged.recv().await {
            waiting.push(more);
        }
        let provider = place.start().await;
        for (person, code) in &waiting {
            let redeemed = person.redeem(provider.address, code).await.unwrap();
            assert_eq!(redeemed.status, 200, "{}: {}", person.phone, redeemed.text);
        }
        for (person, code) in spent.iter().chain(&waiting) {
            let again = person.redeem(provider.address, code).await.unwrap();
            assert_eq!(again.status, 400, "{}: {}", person.phone, again.text);
        }
        expect_nothing_twice(&place).await;
    }
}

/// One user for a number, one message for a debt; and what is left in the outbox goes out.
async fn expect_nothing_twice(place: &Place) {
    let users = place.count("COUNT(*) FROM users").await;
    assert_eq!(place.count("COUNT(*) FROM authenticators").await, users);
    assert_eq!(place.count("COUNT(DISTINCT value) FROM authenticators").await, users);
    assert_eq!(place.count("COUNT(*) FROM sign_ins WHERE finished_at IS NOT NULL").await, users);
    assert_eq!(place.count("COUNT(*) FROM authorization_codes").await, users);
    until("an empty outbox", async || {
        (place.count("COUNT(*) FROM messages WHERE state = 'queued'").await == 0).then_some(())
    })
    .await;
    let messages = place.meta.messages().await;
    let debts: BTreeSet<&str> =
        messages.iter().map(|message| message["correlation"].as_str().unwrap()).collect();
    assert_eq!(debts.len(), messages.len(), "some were sent twice");
}
