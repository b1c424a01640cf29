//! Owns the files the pages load: one style sheet, one script, one icon.
//!
//! Their addresses contain a hash of their content, so that they may be cached for ever.

use std::fmt::Write;

use openssl::sha::sha256;
use serde::Serialize;

const STYLE: &str = include_str!("../../../templates/assets/sign-in.css");
const SCRIPT: &str = include_str!("../../../templates/assets/sign-in.js");
const ICON: &str = include_str!("../../../templates/assets/icon.svg");

/// One file to serve, unchanged until the next release.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its address, e.g. `/assets/sign-in.0f1e2d3c4b5a.css`.
    pub path: String,
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The addresses of the assets, as the layout wants them.
#[derive(Serialize)]
pub(super) struct AssetPaths {
    style: String,
    script: String,
    icon: String,
}

/// Every file the pages refer to. Serve each at its path, with `Cache-Control: public, max-age=31536000, immutable`.
#[must_use]
pub fn assets() -> Vec<Asset> {
    vec![style(), script(), icon()]
}

impl AssetPaths {
    pub(super) fn new() -> Self {
        Self { style: style().path, script: script().path, icon: icon().path }
    }
}

fn style() -> Asset {
    asset("sign-in", "css", "text/css; charset=utf-8", squeezed(&tightened(STYLE)))
}

fn script() -> Asset {
    asset("sign-in", "js", "text/javascript; charset=utf-8", joined(&tightened(SCRIPT)))
}

fn icon() -> Asset {
    asset("icon", "svg", "image/svg+xml", tightened(ICON))
}

fn asset(name: &str, extension: &str, content_type: &'static str, content: String) -> Asset {
    let bytes = content.into_bytes();
    let mut hash = String::new();
    for byte in sha256(&bytes).iter().take(6) {
        // Writing to a String cannot fail.
        let _ = write!(hash, "{byte:02x}");
    }
    Asset { path: format!("/assets/{name}.{hash}.{extension}"), content_type, bytes }
}

/// A source file as it goes over the wire: without indentation, empty lines and lines that are only a comment
/// (`// …` or `/* … */`). Works for files that keep strings on one line and never end a statement without `;`.
fn tightened(source: &str) -> String {
    let mut wire = String::with_capacity(source.len());
    for line in source.lines().map(str::trim) {
        let comment = line.starts_with("//") || (line.starts_with("/*") && line.ends_with("*/"));
        if !line.is_empty() && !comment {
            wire.push_str(line);
            wire.push('\n');
        }
    }
    wire
}

/// A tightened style sheet without the spaces that only people need. Works for sheets whose strings and selectors
/// have no space after a colon, comma, semicolon or brace.
fn squeezed(sheet: &str) -> String {
    let spaces = [
        (" {", "{"),
        ("{ ", "{"),
        ("; ", ";"),
        (": ", ":"),
        (", ", ","),
        (" }", "}"),
        (";}", "}"),
        ("\n", ""),
    ];
    spaces.iter().fold(sheet.to_owned(), |sheet, (spaced, bare)| sheet.replace(spaced, bare))
}

/// A tightened script without the spaces around its operators. Works for scripts whose strings have none of these in them.
fn joined(script: &str) -> String {
    let operators = ["=", "=>", "===", "&&", "||", "+"];
    operators
        .iter()
        .fold(script.to_owned(), |script, operator| script.replace(&format!(" {operator} "), operator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_means_the_same_without_its_spaces() {
        let script = "const a = (b) => b + 1;\nif (a === b && c || d) e = `x`;\n";
        assert_eq!(joined(script), "const a=(b)=>b+1;\nif (a===b&&c||d) e=`x`;\n");
        let quoted = SCRIPT.split('"').skip(1).step_by(2).filter(|text| !text.contains('\n'));
        for text in quoted {
            assert_eq!(joined(text), text, "a string that means something else");
        }
    }

    #[test]
    fn only_what_a_browser_needs_goes_over_the_wire() {
        assert_eq!(
            tightened("// why\n\n  let a = 1; // b\n/* all */\n  /* of */ let c;\n"),
            "let a = 1; // b\n/* of */ let c;\n"
        );
    }

    #[test]
    fn a_style_sheet_means_the_same_without_its_spaces() {
        let sheet = "@media (max-width: 440px) {\na, b > i::after { content: \"\"; margin: -4px 2px; }\n}\n";
        assert_eq!(squeezed(sheet), "@media (max-width:440px){a,b > i::after{content:\"\";margin:-4px 2px}}");
    }

    #[test]
    fn the_address_of_an_asset_follows_its_content() {
        let [one, other] =
            ["a{}", "b{}"].map(|content| asset("x", "css", "text/css", content.to_owned()).path);
        assert_ne!(one, other);
        assert!(one.starts_with("/assets/x.") && one.ends_with(".css"), "{one}");
    }
}
