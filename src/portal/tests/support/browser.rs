//! A browser that holds one cookie and follows nothing by itself.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt;
use url::{Url, form_urlencoded};

use super::Provider;

pub struct Browser {
    router: Router,
    pub cookie: Option<String>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).expect("a redirect").to_str().unwrap()
    }

    pub fn has(&self, text: &str) -> bool {
        self.body.contains(text)
    }
}

impl Browser {
    pub fn new(router: Router) -> Self {
        Self { router, cookie: None }
    }

    /// Another browser in front of the same portal.
    pub fn another(&self) -> Self {
        Self::new(self.router.clone())
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    /// Presses a button of the page at `/`: its form carries the token the page holds.
    pub async fn press(&mut self, path: &str) -> Answer {
        let page = self.get("/").await;
        let token =
            page.body.split("name=\"csrf\" value=\"").nth(1).expect("a form").split('"').next().unwrap();
        self.post(path, &format!("csrf={token}")).await
    }

    pub async fn post(&mut self, path: &str, form: &str) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(form.to_owned())).await
    }

    /// Presses "Sign in" and lets the provider answer with a code; returns the address the browser is sent
    /// back to.
    pub async fn reach_callback(&mut self, provider: &Provider) -> String {
        let answer = self.get("/sign-in").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        provider.approve(&Url::parse(answer.location()).unwrap())
    }

    pub async fn sign_in(&mut self, provider: &Provider) -> Answer {
        let callback = self.reach_callback(provider).await;
        self.get(&callback).await
    }

    /// Asks for a page by another name.
    pub async fn get_as(&mut self, host: &str, path: &str) -> Answer {
        self.send(Request::get(path).header(header::HOST, host), Body::empty()).await
    }

    /// Looks at an address without asking for it.
    pub async fn head(&mut self, path: &str) -> Answer {
        self.send(Request::head(path), Body::empty()).await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        let request = match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, format!("theme=dark; {cookie}")),
            None => request,
        };
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        if let Some(cookie) = parts.headers.get(header::SET_COOKIE) {
            self.cookie = cookie.to_str().unwrap().split(';').next().map(String::from);
        }
        let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

/// An address with one query parameter changed, or taken away.
pub fn with_parameter(address: &str, name: &str, value: Option<&str>) -> String {
    let (path, query) = address.split_once('?').unwrap();
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key != name);
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .extend_pairs(value.map(|value| (name, value)))
        .finish();
    format!("{path}?{query}")
}
