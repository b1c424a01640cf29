//! A small server in Graph's place: answers what it is told to and keeps what it was asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use tokio::net::TcpListener;
use watchword_domain::{Phone, Secret};
use watchword_messaging::whatsapp::{CloudApi, Settings};
use watchword_messaging::{Channel, Outcome, OutgoingCode};

pub(crate) const NUMBER: &str = "+5511987654321";
pub(crate) const CODE: &str = "482913";
pub(crate) const TOKEN: &str = "EAAtoken";

/// One request as it arrived.
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What to answer: a status, headers and a body, or nothing at all.
#[derive(Clone)]
pub(crate) enum Answer {
    With { status: u16, headers: Vec<(&'static str, String)>, body: String },
    Never,
}

struct Desk {
    answer: Answer,
    asked: Mutex<Vec<Asked>>,
}

pub(crate) struct Graph {
    address: SocketAddr,
    desk: Arc<Desk>,
}

impl Graph {
    pub(crate) async fn answering(status: u16, body: impl Into<String>) -> std::io::Result<Self> {
        Self::open(Answer::With { status, headers: Vec::new(), body: body.into() }).await
    }

    pub(crate) async fn open(answer: Answer) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk { answer, asked: Mutex::default() });
        let router = Router::new().fallback(answer_request).with_state(Arc::clone(&desk));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, desk })
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v25.0", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.desk.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sends one code here and says what became of it.
    pub(crate) async fn send(&self) -> Result<Outcome, Box<dyn std::error::Error>> {
        send_to(settings(&self.base_url())).await
    }
}

async fn answer_request(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
    let asked = Asked { method: head.method, path: head.uri.to_string(), headers: head.headers, body };
    desk.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    match &desk.answer {
        Answer::Never => std::future::pending().await,
        Answer::With { status, headers, body } => headers
            .iter()
            .fold(Response::builder().status(*status), |response, (name, value)| {
                response.header(*name, value)
            })
            .body(Body::from(body.clone()))
            .unwrap_or_default(),
    }
}

pub(crate) fn settings(base_url: &str) -> Settings {
    Settings {
        base_url: base_url.to_owned(),
        phone_number_id: "106540352242922".to_owned(),
        access_token: Secret::new(TOKEN.to_owned()),
        template: "watchword_code".to_owned(),
        connect_timeout: Duration::from_secs(20),
        timeout: Duration::from_secs(60),
    }
}

pub(crate) fn message() -> Result<OutgoingCode, Box<dyn std::error::Error>> {
    Ok(OutgoingCode {
        to: Phone::from_e164(NUMBER)?,
        code: Secret::new(CODE.to_owned()),
        language: "pt_BR".to_owned(),
        correlation: "0197a1".to_owned(),
    })
}

pub(crate) async fn send_to(settings: Settings) -> Result<Outcome, Box<dyn std::error::Error>> {
    let api = CloudApi::new(settings)?;
    let channel: &dyn Channel = &api;
    Ok(channel.send_code(&message()?).await)
}
