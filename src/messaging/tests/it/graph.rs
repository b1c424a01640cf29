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
use watchword_domain::{Language, Phone, Secret};
use watchword_messaging::whatsapp::{ChosenTemplate, CloudApi, Graph as MetaGraph, SettingsRefusal, Times};
use watchword_messaging::{Outcome, OutgoingCode, Recipient};

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

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.desk.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sends one code here and says what became of it.
    pub(crate) async fn send(&self) -> Result<Outcome, Box<dyn std::error::Error>> {
        send_to(&self.base_url(), PATIENCE).await
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

/// Long enough that no test waits for it.
pub(crate) const PATIENCE: Times = Times { connect: Duration::from_secs(20), whole: Duration::from_secs(60) };

/// Meta's id of the number codes leave from.
pub(crate) const PHONE_NUMBER_ID: &str = "106540352242922";

pub(crate) fn message() -> Result<OutgoingCode, Box<dyn std::error::Error>> {
    Ok(OutgoingCode {
        to: Recipient::Phone(Phone::from_e164(NUMBER)?),
        code: Secret::new(CODE.to_owned()),
        language: Language::Pt,
        correlation: "0197a1".to_owned(),
        project: "Acme Market".to_owned(),
        host: "id.example.com".to_owned(),
        lives: Duration::from_secs(300),
        identity: None,
    })
}

pub(crate) fn template() -> ChosenTemplate {
    ChosenTemplate { name: "watchword_code".to_owned(), language: "pt_BR".to_owned() }
}

pub(crate) async fn send_to(base_url: &str, times: Times) -> Result<Outcome, Box<dyn std::error::Error>> {
    Ok(api(base_url, times)?.send_code(&message()?, &template()).await)
}

pub(crate) fn api(base_url: &str, times: Times) -> Result<CloudApi, SettingsRefusal> {
    CloudApi::new(&MetaGraph::new(base_url, times)?, PHONE_NUMBER_ID, &Secret::new(TOKEN.to_owned()))
}
