//! The table of settings as `docs/configuration.md` and as the last part of `--help`.

use std::fmt::Write;

use super::setting::{Default, Kind, Setting};
use super::table::{SECTIONS, SETTINGS};

const INTRODUCTION: &str = "\
# Configuration

Made from `src/config/table.rs`: change that, and run `WATCHWORD_TEST_WRITE=1 cargo test -p watchword reference`.

A setting is taken from `watchword.toml` in the directory the command runs in (or the file named with `--config`), over it from the environment, over it
from a flag. The variable of a setting is its name in capitals after `WATCHWORD_`, with `_` for the dot. Lists are written with commas in variables and flags,
and as arrays in the file. What is not listed here is refused, in the file as in the environment (`WATCHWORD_TEST_…` is left to tests). An empty value is
refused, too: it is more often an accident than a wish.

`watchword doctor` checks everything and says all that is wrong at once. `watchword demo` has a database, a key, a sender and addresses of its own; it takes
the logs, `[limits]`, `[lifetimes]` and the pace of `[simulator]` from here.

```toml
listen = \"127.0.0.1:8080\"
public_url = \"https://id.example.com\"

[whatsapp]
phone_number_id = \"106540352242922\"
waba_id = \"102290129340398\"
template = \"watchword_code\"
# access_token, app_secret and verify_token come from the environment
```
";

/// The text of `docs/configuration.md`.
pub fn markdown() -> String {
    let mut text = INTRODUCTION.to_owned();
    rows(&mut text, "The installation", "", None);
    for (section, about) in SECTIONS {
        rows(&mut text, &format!("`[{section}]`"), about, Some(section));
    }
    text
}

fn rows(text: &mut String, title: &str, about: &str, section: Option<&str>) {
    let about = if about.is_empty() { String::new() } else { format!("{about}\n\n") };
    text.push_str(&format!("\n## {title}\n\n{about}| setting | variable, flag | value | default | what for |\n|---|---|---|---|---|\n"));
    for setting in SETTINGS.iter().filter(|setting| setting.section() == section) {
        let flag = setting.flag().map(|flag| format!("<br>`--{flag}`")).unwrap_or_default();
        let default = match setting.default {
            Default::Is(value) => format!("`{value}`"),
            Default::Follows(words) => words.to_owned(),
            Default::Absent => String::new(),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| `{}` | `{}`{flag} | {} | {default} | {} |",
            setting.key(),
            setting.variable(),
            value(setting.kind),
            setting.purpose,
        );
    }
}

fn value(kind: Kind) -> String {
    let secret = if kind.is_secret() { "; secret" } else { "" };
    format!("{}{secret}", kind.wanted())
}

/// The settings that have no flag, for the end of `serve --help`.
pub fn without_flags() -> String {
    let mut text = "Settings without a flag (in watchword.toml, or as variables):\n".to_owned();
    for setting in SETTINGS.iter().filter(|setting| setting.flag().is_none()) {
        let _ = writeln!(text, "  {}\n          {}", setting.variable(), plain(setting));
    }
    text
}

/// A setting in a line of plain text: what for, and the default.
pub fn plain(setting: &Setting) -> String {
    let default = match setting.default {
        Default::Is(value) => format!(" [default: {value}]"),
        Default::Follows(words) => format!(" [default: {}]", words.replace('`', "")),
        Default::Absent => String::new(),
    };
    format!("{}{default}", setting.purpose.replace('`', ""))
}

#[cfg(test)]
mod tests {
    use super::markdown;
    use std::path::Path;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the one switch of this test: check, or write")]
    fn the_reference_is_the_table() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
        if std::env::var_os("WATCHWORD_TEST_WRITE").is_some() {
            std::fs::write(&path, markdown()).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == markdown(),
            "docs/configuration.md is not what the table says: WATCHWORD_TEST_WRITE=1 cargo test -p watchword reference"
        );
    }
}
