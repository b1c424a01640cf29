//! Owns the words templates may use beyond Handlebars' own:
//!
//! - `{{t "key" name=value}}` or `{{t text}}` says a text in the page's language;
//! - `{{json value}}` writes a value as JSON, for a `data-` attribute;
//! - `{{timer "key" seconds}}` says a text whose `$time` is a clock that runs down where scripts run;
//! - `{{wait "key" seconds}}` says a text whose `$time` is a length of time in words.

use std::fmt::Write;
use std::sync::Arc;

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderErrorReason,
};
use serde_json::{Map, Value};

use super::locale::Locale;

/// Stands for the clock while a sentence is put together; from Unicode's private use area, so that no text has it.
const CLOCK: &str = "\u{E000}";

/// From this many seconds on a clock would be silly and the wait is said in hours.
const HOUR: u64 = 3600;

/// Makes the tags known to the templates of one language.
pub(super) fn register(templates: &mut Handlebars<'static>, locale: &Arc<Locale>) {
    templates.register_helper("t", Box::new(Say(Arc::clone(locale))));
    templates.register_helper("json", Box::new(json));
    templates.register_helper("timer", Box::new(Time(Arc::clone(locale), timer)));
    templates.register_helper("wait", Box::new(Time(Arc::clone(locale), wait)));
}

/// Escapes text for HTML, in elements and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The keys a template names literally.
pub(super) fn texts_said(source: &str) -> impl Iterator<Item = &str> {
    source.split("{{").filter_map(|tag| {
        let rest = tag
            .strip_prefix("t \"")
            .or_else(|| tag.strip_prefix("timer \""))
            .or_else(|| tag.strip_prefix("wait \""))?;
        rest.split_once('"').map(|(key, _)| key)
    })
}

struct Say(Arc<Locale>);

impl HelperDef for Say {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let what = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("t", 0))?.value();
        let said = match what {
            Value::String(key) => {
                let args =
                    helper.hash().iter().map(|(name, value)| ((*name).to_owned(), value.value().clone()));
                say(&self.0, key, &args.collect())?
            }
            text => {
                let key = text.get("key").and_then(Value::as_str);
                let args = text.get("args").and_then(Value::as_object);
                let (Some(key), Some(args)) = (key, args) else {
                    return Err(RenderErrorReason::Other("t wants a key or a text".to_owned()).into());
                };
                say(&self.0, key, args)?
            }
        };
        out.write(&escape(&said))?;
        Ok(())
    }
}

fn json(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let value = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("json", 0))?.value();
    out.write(&escape(&value.to_string()))?;
    Ok(())
}

/// How a sentence with a time in it is said, as HTML.
type Saying = fn(&Locale, &str, u64) -> Result<String, RenderErrorReason>;

struct Time(Arc<Locale>, Saying);

impl HelperDef for Time {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let (Some(key), Some(seconds)) = (
            helper.param(0).and_then(|key| key.value().as_str()),
            helper.param(1).and_then(|seconds| seconds.value().as_u64()),
        ) else {
            return Err(RenderErrorReason::Other("a time wants a key and seconds".to_owned()).into());
        };
        out.write(&(self.1)(&self.0, key, seconds)?)?;
        Ok(())
    }
}

/// From this many seconds on a wait is said in minutes.
const MINUTES: u64 = 120;

/// The sentence `key` with the time in words.
fn wait(locale: &Locale, key: &str, seconds: u64) -> Result<String, RenderErrorReason> {
    let (span, count) = match seconds {
        0..MINUTES => ("span-seconds", seconds),
        MINUTES..HOUR => ("span-minutes", seconds.div_ceil(60)),
        _ => ("span-hours", seconds.div_ceil(HOUR)),
    };
    let time = say(locale, span, &Map::from_iter([("count".to_owned(), count.into())]))?;
    Ok(escape(&say(locale, key, &Map::from_iter([("time".to_owned(), time.into())]))?))
}

/// The sentence `key` as HTML, with the time left in it.
fn timer(locale: &Locale, key: &str, seconds: u64) -> Result<String, RenderErrorReason> {
    if seconds >= HOUR {
        return wait(locale, key, seconds);
    }
    let with_time = |time: String| say(locale, key, &Map::from_iter([("time".to_owned(), time.into())]));
    let mut clock = String::new();
    // Writing to a String cannot fail. A timer role keeps screen readers from reading every second aloud.
    let _ = write!(
        clock,
        r#"<span role="timer" data-left="{seconds}">{}:{:02}</span>"#,
        seconds / 60,
        seconds % 60
    );
    Ok(escape(&with_time(CLOCK.to_owned())?).replace(CLOCK, &clock))
}

fn say(locale: &Locale, key: &str, args: &Map<String, Value>) -> Result<String, RenderErrorReason> {
    locale.say(key, args).ok_or_else(|| {
        RenderErrorReason::Other(format!("the text {key:?} cannot be said in {}", locale.language().tag()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_can_become_markup() {
        assert_eq!(escape(r#"<a href="x" id='y'>&"#), "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;");
    }

    #[test]
    fn the_texts_of_a_template_are_found() {
        let found: Vec<_> = texts_said(r#"{{t "a" b=c}} {{#if d}}{{timer "e" 5}}{{/if}} {{t f}}"#).collect();
        assert_eq!(found, ["a", "e"]);
    }
}
