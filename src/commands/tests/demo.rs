//! A demo that starts, goes on with what it kept, and says which port is taken.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tokio::net::TcpListener;

use super::free_port;
use super::serve::get;
use crate::commands::demo::{self, Addresses, Arguments};
use crate::config::Config;
use crate::config::sources::Sources;

fn arguments(directory: &Path) -> Arguments {
    Arguments {
        dir: directory.to_owned(),
        provider_port: Some(0),
        simulator_port: Some(0),
        portal_port: Some(0),
        json_ready: true,
    }
}

/// As for a first start whose ports will still be free for the second.
fn on_lasting_ports(directory: &Path) -> Arguments {
    Arguments {
        provider_port: Some(free_port()),
        simulator_port: Some(free_port()),
        portal_port: Some(free_port()),
        ..arguments(directory)
    }
}

async fn start(arguments: Arguments) -> Result<demo::Demo, String> {
    let config = Config::read(Sources::default()).unwrap();
    demo::start(arguments, config).await.map_err(|problems| problems.to_string())
}

fn port(origin: &str) -> u16 {
    origin.rsplit_once(':').unwrap().1.parse().unwrap()
}

#[tokio::test]
async fn started_again_it_goes_on_with_the_same_ports_project_and_secrets() {
    let directory = tempfile::tempdir().unwrap();
    let kept = || std::fs::read_to_string(directory.path().join("demo.json")).unwrap();
    let first = start(on_lasting_ports(directory.path())).await.unwrap();
    let (addresses, remembered) = (first.addresses.clone(), kept());
    let Addresses { provider, simulator, portal } = &addresses;
    let issuer = format!("{provider}/acme");
    let discovery =
        get(&format!("127.0.0.1:{}", port(provider)), "/acme/.well-known/openid-configuration").await;
    assert!(discovery.contains(&issuer), "{discovery}");
    let home = get(&format!("127.0.0.1:{}", port(portal)), "/").await;
    assert!(home.contains("Acme Market") && home.contains(simulator.as_str()), "{home}");
    first.running.stop().await.unwrap();

    let mode = std::fs::metadata(directory.path().join("demo.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for flags in [Some(0), None] {
        let asked = Arguments {
            provider_port: flags,
            simulator_port: flags,
            portal_port: flags,
            ..arguments(directory.path())
        };
        let second = start(asked).await.unwrap();
        assert_eq!((&second.addresses, kept()), (&addresses, remembered.clone()));
        second.running.stop().await.unwrap();
    }
}

#[tokio::test]
async fn the_simulator_may_move_and_the_issuer_may_not() {
    let directory = tempfile::tempdir().unwrap();
    let first = start(on_lasting_ports(directory.path())).await.unwrap();
    let addresses = first.addresses.clone();
    first.running.stop().await.unwrap();

    let free = free_port();
    let moved = Arguments { simulator_port: Some(free), ..arguments(directory.path()) };
    let second = start(moved).await.unwrap();
    assert_eq!(port(&second.addresses.simulator), free);
    assert_eq!(second.addresses.provider, addresses.provider);
    second.running.stop().await.unwrap();

    let other = port(&addresses.provider).wrapping_add(1).max(1024);
    let refusal =
        start(Arguments { provider_port: Some(other), ..arguments(directory.path()) }).await.err().unwrap();
    assert!(
        refusal.starts_with(&format!("--provider-port {other} is not {}", port(&addresses.provider))),
        "{refusal}"
    );
    assert!(refusal.contains("--dir"), "{refusal}");
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_flag_that_chooses_another() {
    let directory = tempfile::tempdir().unwrap();
    let dir = directory.path().join("demo");
    let (one, two) =
        (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let [one, two] = [one, two].map(|listener| (listener.local_addr().unwrap().port(), listener));
    let asked = Arguments { simulator_port: Some(one.0), portal_port: Some(two.0), ..arguments(&dir) };
    let refusal = start(asked).await.err().unwrap();
    for (port, flag) in [(one.0, "--simulator-port"), (two.0, "--portal-port")] {
        assert!(refusal.contains(&format!("port {port} of 127.0.0.1 is taken")), "{refusal}");
        assert!(refusal.contains(flag), "{refusal}");
    }
    assert!(!dir.exists(), "nothing is made before the ports are had");
}

#[tokio::test]
async fn a_demo_that_runs_already_is_thought_of_at_each_port() {
    let directory = tempfile::tempdir().unwrap();
    let first = start(on_lasting_ports(directory.path())).await.unwrap();
    let refusal = start(arguments(directory.path())).await.err().unwrap();
    assert_eq!(refusal.matches("is taken by another program").count(), 3, "{refusal}");
    assert_eq!(refusal.matches("Perhaps this demo runs already.").count(), 3, "{refusal}");
    first.running.stop().await.unwrap();
}

#[tokio::test]
async fn a_directory_that_is_no_whole_demo_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("watchword.db"), "").unwrap();
    let refusal = start(arguments(directory.path())).await.err().unwrap();
    assert!(refusal.contains("Remove the directory"), "{refusal}");
    std::fs::write(directory.path().join("demo.json"), "{\"ports\": \"secret-of-the-test\"}").unwrap();
    let refusal = start(arguments(directory.path())).await.err().unwrap();
    assert!(refusal.contains("demo.json") && !refusal.contains("secret-of-the-test"), "{refusal}");
}
