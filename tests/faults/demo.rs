//! `watchword demo` as people run it: what it says first, and Ctrl-C.

use std::io::{BufRead, BufReader};
use std::process::{ChildStdout, Command, Stdio};

use crate::support::{Process, http_client};

/// The last of its first words.
const LAST: &str = "Ctrl-C ends the demo.";

const WHAT_TO_DO: [&str; 4] = [
    "1. Open the portal and choose \"Sign in with WhatsApp\".",
    "2. Type any mobile number, such as +91 98765 43210. No real message is sent.",
    "3. Open the phone: the code has arrived there.",
    "4. Type the code. You are signed in.",
];

/// Reads as far as a text goes on before a demo only runs.
fn first_words(said: ChildStdout) -> String {
    let mut words = String::new();
    for line in BufReader::new(said).lines() {
        words.push_str(&line.unwrap());
        words.push('\n');
        if words.contains(LAST) {
            return words;
        }
    }
    panic!("it ended after: {words}");
}

/// The address in the line of this part.
fn address_of(part: &str, words: &str) -> String {
    let line = words.lines().find(|line| line.trim_start().starts_with(part));
    let line = line.unwrap_or_else(|| panic!("no {part} in {words}"));
    line.split_whitespace().nth(1).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_where_its_parts_are_and_what_to_do_and_ends_with_ctrl_c() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchword"));
    command.args(["demo", "--provider-port", "0", "--simulator-port", "0", "--portal-port", "0"]);
    command.env_clear().current_dir(dir.path()).stdin(Stdio::null()).stdout(Stdio::piped());
    let (demo, said) = Process::start(&mut command);
    let words = tokio::task::spawn_blocking(move || first_words(said.unwrap())).await.unwrap();
    for what in WHAT_TO_DO {
        assert!(words.contains(what), "{what} is not in {words}");
    }
    assert!(words.contains("Kept in watchword-demo;"), "{words}");
    for (part, path) in [("Portal", "/"), ("Phone", "/"), ("Provider", "/acme/jwks")] {
        let url = format!("{}{path}", address_of(part, &words));
        let status = http_client().get(&url).send().await.unwrap().status();
        assert_eq!(status, 200, "{url} in {words}");
    }
    demo.signal("INT");
    assert_eq!(demo.ended().await.code(), Some(0));
}
