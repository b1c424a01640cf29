//! Public documents of a pool, written once and served as bytes: metadata and keys, asked for by everybody and changed
//! by hardly anybody.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use openssl::sha::sha256;
use watchword_domain::ids::PoolId;

use crate::respond::cors::ANY_ORIGIN;

/// How long others may keep a document. A new key is published before it signs, so five minutes late is early enough.
const FRESH: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// How many documents of a kind are kept at most.
const MOST: usize = 1_000;

/// A JSON document as it goes out.
#[derive(Debug, Clone)]
pub struct Document {
    body: Bytes,
    etag: Option<HeaderValue>,
}

impl Document {
    fn new(json: String) -> Self {
        let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(sha256(json.as_bytes())));
        Self { body: json.into(), etag: HeaderValue::try_from(tag).ok() }
    }

    /// The document, or that it has not changed since the caller got it (RFC 9110, section 13.1.2).
    pub fn respond(&self, asked: &HeaderMap) -> Response {
        let mut response = if self.is_known(asked) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
            (json, self.body.clone()).into_response()
        };
        let headers = response.headers_mut();
        headers.extend([ANY_ORIGIN, (CACHE_CONTROL, FRESH)]);
        headers.extend(self.etag.clone().map(|etag| (ETAG, etag)));
        response
    }

    fn is_known(&self, asked: &HeaderMap) -> bool {
        let Some(etag) = self.etag.as_ref().and_then(|etag| etag.to_str().ok()) else { return false };
        let stated = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        stated
            .flat_map(|list| list.split(','))
            .map(str::trim)
            .any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
    }
}

/// Documents by pool, each with what it was written from.
pub struct Shelf<T>(RwLock<HashMap<PoolId, (Arc<T>, Document)>>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T> Shelf<T> {
    /// The pool's document: as it was written, as long as `source` is the same value in memory, otherwise written anew.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn document<E>(
        &self,
        pool: &PoolId,
        source: &Arc<T>,
        write: impl FnOnce(&T) -> Result<String, E>,
    ) -> Result<Document, E> {
        let shelf = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, document)) = shelf.get(pool).filter(|(known, _)| Arc::ptr_eq(known, source)) {
            return Ok(document.clone());
        }
        drop(shelf);
        let document = Document::new(write(source)?);
        let mut shelf = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if shelf.len() >= MOST {
            shelf.clear();
        }
        shelf.insert(pool.clone(), (source.clone(), document.clone()));
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn written(shelf: &Shelf<String>, source: &Arc<String>) -> Document {
        shelf.document(&"local_000000000".into(), source, |text| Ok::<_, Infallible>(text.clone())).unwrap()
    }

    fn asked(tag: &str) -> HeaderMap {
        HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_str(tag).unwrap())])
    }

    #[test]
    fn a_document_is_written_once_for_a_source() {
        let shelf = Shelf::default();
        let source = Arc::new("{}".to_owned());
        let first = written(&shelf, &source);
        let never = |_: &String| -> Result<String, ()> { Err(()) };
        assert_eq!(shelf.document(&"local_000000000".into(), &source, never).unwrap().body, first.body);
        let changed = written(&shelf, &Arc::new("{\"a\":1}".to_owned()));
        assert_ne!(changed.body, first.body);
        assert_ne!(changed.etag, first.etag);
    }

    #[test]
    fn whoever_has_a_document_is_not_sent_it_again() {
        let document = Document::new("{}".to_owned());
        let fresh = document.respond(&HeaderMap::new());
        assert_eq!(fresh.status(), StatusCode::OK);
        assert_eq!(fresh.headers()[CONTENT_TYPE], "application/json");
        let tag = fresh.headers()[ETAG].to_str().unwrap().to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let again = document.respond(&asked(&known));
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(again.headers()[ETAG].to_str().unwrap(), tag);
        }
        assert_eq!(document.respond(&asked("\"x\"")).status(), StatusCode::OK);
    }
}
