//! How values that are not plain columns are written: as JSON text, the same on both databases.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Result, StoreError};

/// A value as JSON text. `what` names it in the error.
pub(crate) fn write<T: Serialize>(value: &T, what: &'static str) -> Result<String> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable(what))
}

/// A value from JSON text.
pub(crate) fn read<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable(what))
}

/// A count from its column.
pub(crate) fn count(amount: i64) -> u32 {
    u32::try_from(amount.max(0)).unwrap_or(u32::MAX)
}
