//! Reading providers' JSON leniently.
//!
//! Owns the habits every reader here shares: numbers may come as strings and the other way round, an empty
//! string is nothing, unknown fields do not matter, and U+0000 is taken out because PostgreSQL can hold it
//! neither in `text` nor in `jsonb`. Knows no message shape.

use serde_json::Value;

/// Parses a document and takes U+0000 out of every string and key in it.
pub(crate) fn parse(raw: &[u8]) -> Result<Value, serde_json::Error> {
    let mut value = serde_json::from_slice(raw)?;
    strip_nul(&mut value);
    Ok(value)
}

/// The text at a JSON pointer; integers read as their digits. Blank text is nothing: a missing `wa_id` read
/// as `""` would make one person of everybody without one.
pub(crate) fn text(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

/// The whole number at a JSON pointer; strings of digits count.
pub(crate) fn integer(value: &Value, pointer: &str) -> Option<i64> {
    let found = value.pointer(pointer)?;
    found.as_i64().or_else(|| found.as_str()?.trim().parse().ok())
}

/// Moves a list out of an object; an absent list is an empty one.
pub(crate) fn take_list(value: &mut Value, key: &str) -> Vec<Value> {
    match value.get_mut(key).map(Value::take) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

// The parser refuses deep nesting, which also bounds this recursion.
fn strip_nul(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|character| character != '\0'),
        Value::Array(list) => list.iter_mut().for_each(strip_nul),
        Value::Object(map) => {
            if map.keys().any(|key| key.contains('\0')) {
                let fields = std::mem::take(map);
                *map = fields.into_iter().map(|(key, value)| (key.replace('\0', ""), value)).collect();
            }
            map.values_mut().for_each(strip_nul);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
