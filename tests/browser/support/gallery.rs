//! The samples of every page, on show as they are: nothing on them leads anywhere.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use watchword_domain::Language;
use watchword_http::view::{assets, samples};

/// What is on show, by its path: its type and its content.
type Shown = Arc<HashMap<String, (&'static str, Vec<u8>)>>;

/// A server of samples. It ends with the test.
pub struct Gallery {
    /// Each sample's name and where it is.
    pub samples: Vec<(String, String)>,
}

impl Gallery {
    /// Shows every sample in a language.
    pub async fn open(language: Language) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let mut shown = HashMap::new();
        let mut names = Vec::new();
        for (name, page) in samples::in_language(language) {
            names.push((format!("{name}-{}", language.tag()), format!("{origin}/{name}")));
            shown.insert(format!("/{name}"), ("text/html; charset=utf-8", page.into_bytes()));
        }
        shown.extend(assets().into_iter().map(|asset| (asset.path, (asset.content_type, asset.bytes))));
        let router = Router::new().fallback(show).with_state(Arc::new(shown));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { samples: names }
    }
}

/// The sample at this address. A page that asks for news hears that the server is busy, and stays as it is; one that sends
/// itself away is not let go.
async fn show(State(shown): State<Shown>, address: Uri) -> Response {
    match shown.get(address.path()) {
        Some((kind, content)) => {
            let headers = [("content-type", *kind), ("content-security-policy", "form-action 'none'")];
            (headers, content.clone()).into_response()
        }
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
