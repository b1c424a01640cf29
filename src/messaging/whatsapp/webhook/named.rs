//! Who a webhook speaks of, read before anybody knows whose word it is: nothing but ids, and few of them.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::parse::Malformed;
use crate::whatsapp::graph::is_id;

/// Entries, and changes in each, that are looked at: Meta's batches hold some hundreds of events at most.
const MOST: usize = 1_000;

/// The ids in a webhook that could be Meta's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Numbers.
    pub phone_number_ids: BTreeSet<String>,
    /// Accounts.
    pub waba_ids: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    entry: Few<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    id: Option<&'a str>,
    #[serde(borrow, default)]
    changes: Few<Change<'a>>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow)]
    value: Option<Value<'a>>,
}

#[derive(Deserialize)]
struct Value<'a> {
    #[serde(borrow)]
    metadata: Option<Metadata<'a>>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    phone_number_id: Option<&'a str>,
}

/// A list that is refused when it is long.
struct Few<T>(Vec<T>);

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reading<T> {
            type Value = Few<T>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "a list of at most {MOST}")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Few<T>, A::Error> {
                let mut few = Vec::new();
                while let Some(item) = items.next_element()? {
                    if few.len() == MOST {
                        return Err(serde::de::Error::custom("too long a list"));
                    }
                    few.push(item);
                }
                Ok(Few(few))
            }
        }
        deserializer.deserialize_seq(Reading(PhantomData))
    }
}

/// Reads who a webhook speaks of. Costs little whatever the body says: it may be anybody's.
///
/// # Errors
/// [`Malformed`] when it is no webhook, or one longer than Meta's are.
pub fn named(raw: &[u8]) -> Result<Named, Malformed> {
    let envelope: Envelope<'_> = serde_json::from_slice(raw).map_err(|_| Malformed::NOT_A_WEBHOOK)?;
    let mut named = Named::default();
    for entry in envelope.entry.0 {
        named.waba_ids.extend(entry.id.filter(|id| is_id(id)).map(str::to_owned));
        for change in entry.changes.0 {
            let id = change.value.and_then(|value| value.metadata).and_then(|data| data.phone_number_id);
            named.phone_number_ids.extend(id.filter(|id| is_id(id)).map(str::to_owned));
        }
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_and_what_cannot_be_one_is_not() {
        let body = br#"{"object":"whatsapp_business_account","entry":[
            {"id":"1","time":5,"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"22"},"statuses":[{}]}},
                                 {"field":"x","value":{"a":1}}]},
            {"id":"no id","changes":[]},{"id":"3"}]}"#;
        let named = named(body).unwrap();
        assert_eq!(named.waba_ids, ["1", "3"].map(str::to_owned).into());
        assert_eq!(named.phone_number_ids, ["22"].map(str::to_owned).into());
    }

    #[test]
    fn what_is_no_webhook_or_too_long_a_one_is_refused() {
        let many = format!(r#"{{"entry":[{{"id":"1","changes":[{}]}}]}}"#, vec!["{}"; MOST + 1].join(","));
        for body in ["", "[]", "{}", r#"{"entry":1}"#, r#"{"entry":[{"changes":[1]}]}"#, &many] {
            assert!(named(body.as_bytes()).is_err(), "{}", &body[..body.len().min(40)]);
        }
    }
}
