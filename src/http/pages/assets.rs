//! `/assets/{file}`: style sheet, script and icon of the hosted pages, at addresses that change with their content.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::Doors;
use crate::view::assets;

/// Every asset by its file name.
pub struct AssetShelf(HashMap<String, (&'static str, Bytes)>);

impl AssetShelf {
    /// The assets in the binary.
    pub fn load() -> Self {
        let shelved = assets().into_iter().map(|asset| {
            let name = asset.path.trim_start_matches("/assets/").to_owned();
            (name, (asset.content_type, Bytes::from(asset.bytes)))
        });
        Self(shelved.collect())
    }
}

/// One asset.
pub async fn get(State(doors): State<Doors>, Path(file): Path<String>) -> Response {
    match doors.assets.0.get(&file) {
        Some((content_type, bytes)) => {
            let for_ever = "public, max-age=31536000, immutable";
            ([(CONTENT_TYPE, *content_type), (CACHE_CONTROL, for_ever)], bytes.clone()).into_response()
        }
        None => (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")], "no such file\n").into_response(),
    }
}
