//! The proxy in front of a house: whatever name a request is for, it is led to the house's doors, which find the name in
//! the `Host` header; over TLS it comes no further than here.

use std::net::{Ipv4Addr, SocketAddr};

use reqwest::header::{HOST, HeaderValue};
use reqwest::{RequestBuilder, Response, Url};

use super::{Answer, House};

impl House {
    /// Sends a request to the address or the name it is for.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        Answer::of(deliver(request, self.provider).await).await
    }

    /// Looks at an address, as a program does.
    pub async fn look(&self, url: &str) -> Answer {
        self.send(self.http.get(url)).await
    }
}

/// Sends a request: straight to an address, to these doors when it is for a name.
pub(super) async fn deliver(request: RequestBuilder, doors: SocketAddr) -> Response {
    let (client, request) = request.build_split();
    let mut request = request.unwrap();
    if let Some(name) = name_of(request.url()) {
        request.headers_mut().entry(HOST).or_insert(name);
        let url = request.url_mut();
        url.set_scheme("http").unwrap();
        url.set_ip_host(Ipv4Addr::LOCALHOST.into()).unwrap();
        url.set_port(Some(doors.port())).unwrap();
    }
    client.execute(request).await.unwrap()
}

/// What a browser writes into `Host`: the name, and the port where it is not the scheme's own.
fn name_of(url: &Url) -> Option<HeaderValue> {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    url.domain().map(|name| format!("{name}{port}").parse().unwrap())
}
