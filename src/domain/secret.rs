//! Owns [`Secret`], the wrapping of every value that must not be printed by accident.
//!
//! It knows nothing of what the secret is for. It does not compare secrets: comparing in constant time
//! belongs to the use case that holds both sides.

use serde::{Deserialize, Deserializer};
use zeroize::Zeroize;

/// A value that cannot reach a log, a template or a JSON answer unless somebody writes
/// [`expose`](Secret::expose).
///
/// There is no `Debug`, `Display`, `Serialize`, `PartialEq` or `Deref` on purpose: a struct that holds a
/// secret cannot derive them either, so that the compiler finds the place where it would leak. The memory is
/// overwritten when the secret is dropped. `Deserialize` exists because configuration is where most secrets
/// come from.
///
/// ```compile_fail,E0277
/// let token = watchword_domain::Secret::new(String::from("of a sender"));
/// println!("{token:?}");
/// ```
#[derive(Clone)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps a value; from here on only [`expose`](Self::expose) shows it.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The bare value, for the one call that needs it.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<'de, T: Zeroize + Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::rc::Rc;

    #[derive(Clone)]
    struct Witness(Rc<Cell<u8>>);

    impl Zeroize for Witness {
        fn zeroize(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    #[test]
    fn a_secret_is_overwritten_when_it_is_dropped_and_so_is_its_clone() {
        let overwritten = Rc::new(Cell::new(0));
        let secret = Secret::new(Witness(Rc::clone(&overwritten)));
        drop(secret.clone());
        assert_eq!(overwritten.get(), 1);
        drop(secret);
        assert_eq!(overwritten.get(), 2);
    }

    #[test]
    fn a_secret_is_read_from_configuration_as_the_bare_value() {
        let secret: Secret<String> = serde_json::from_str("\"open sesame\"").unwrap();
        assert_eq!(secret.expose(), "open sesame");
    }
}
