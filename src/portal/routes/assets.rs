//! `/assets/…`: the style sheet, the script and two drawings, all part of the binary.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::failure::Failure;

pub async fn get(Path(name): Path<String>) -> Result<Response, Failure> {
    let (kind, body) = match name.as_str() {
        "portal.css" => ("text/css; charset=utf-8", include_str!("../assets/portal.css")),
        "portal.js" => ("text/javascript; charset=utf-8", include_str!("../assets/portal.js")),
        "mark.svg" => ("image/svg+xml", include_str!("../assets/mark.svg")),
        "awning.svg" => ("image/svg+xml", include_str!("../assets/awning.svg")),
        _ => return Err(Failure::NotFound),
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=600")], body).into_response())
}
