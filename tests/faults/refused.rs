//! What keeps it from starting is said, and is all that happens.

use tokio::net::TcpListener;
use watchword_flow::crypto::MasterKey;
use watchword_flow::seams::SystemRandom;

use crate::support::{Browser, on_both};

on_both! {
    fn a_wrong_master_key_refuses_to_start_and_harms_nothing(place) {
        place.meta.arrive().await;
        let wrong = MasterKey::generate(&SystemRandom).expose().clone();
        let refused = place.command(&["serve"]).env("WATCHWORD_MASTER_KEY", wrong).output().unwrap();
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(said.contains("is not the key"), "{said}");

        let provider = place.start().await;
        let mut person = Browser::new(&place);
        person.ask_code(provider.address).await.unwrap();
        place.meta.code_to(&person.phone).await;
    }

    fn a_taken_port_is_named(place) {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        let refused = place.command(&["serve"]).env("WATCHWORD_LISTEN", address.to_string()).output().unwrap();
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(said.contains(&format!("port {} of 127.0.0.1 is taken", address.port())), "{said}");
    }
}
