//! Under which names it answers.

use crate::support::{ANA, Stage};

#[tokio::test]
async fn a_name_that_leads_here_from_elsewhere_reads_no_code() {
    let stage = Stage::alone().await;
    stage.send_code(ANA, "482913").await;
    for path in
        ["/".to_owned(), format!("/chats/{ANA}"), "/events".to_owned(), "/simulator/messages".to_owned()]
    {
        let asked = |host: &'static str| stage.http.get(format!("{}{path}", stage.base)).header("host", host);
        for host in ["rebound.example", "rebound.example:8081", "localhost.rebound.example"] {
            let answer = asked(host).send().await.unwrap();
            assert_eq!(answer.status(), 421, "{path} as {host}");
            assert!(!answer.text().await.unwrap().contains("482913"));
        }
        for host in ["localhost:8081", "127.0.0.1", "[::1]:8081"] {
            assert_eq!(asked(host).send().await.unwrap().status(), 200, "{path} as {host}");
        }
    }
}
