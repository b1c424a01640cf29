//! The live events of a code page, read as a script would read them.

use serde_json::Value;

use super::{Answer, Browser, House, proxy};

/// An open stream of `delivery` events.
pub struct Live {
    response: reqwest::Response,
    unread: String,
}

impl Browser {
    /// Follows the message of a code page.
    pub async fn follow(&self, house: &House, page: &Answer) -> Live {
        self.follow_at(house, &house.pool.issuer, page).await
    }

    /// Follows it through the pool's doors at this address.
    pub async fn follow_at(&self, house: &House, pool: &str, page: &Answer) -> Live {
        let url = format!("{pool}/sign-in/events?sign_in={}", page.hidden("sign_in"));
        let request = house.http.get(url).header("cookie", self.cookie_line());
        let response = proxy::deliver(request, house.provider).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no", "a proxy in front passes it on at once");
        Live { response, unread: String::new() }
    }

    /// Waits until the page is told that its message has come this far, and gives what it was told.
    pub async fn told(&self, house: &House, page: &Answer, state: &str) -> Value {
        self.follow(house, page).await.until(state).await.pop().unwrap()
    }
}

impl Live {
    /// The next event; nothing when the stream is over.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            while let Some((block, rest)) = self.unread.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.unread = rest;
                // What begins with a colon only keeps the connection alive.
                if let Some(data) = block.lines().find_map(|line| line.strip_prefix("data: ")) {
                    assert!(block.contains("event: delivery"), "{block}");
                    return Some(serde_json::from_str(data).unwrap());
                }
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// All events up to the one that tells this state.
    pub async fn until(&mut self, state: &str) -> Vec<Value> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            let reached = event["state"] == state;
            events.push(event);
            if reached {
                return events;
            }
        }
        panic!("the stream ended before {state}: {events:?}");
    }
}
