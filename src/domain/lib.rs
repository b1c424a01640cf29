//! The rules of Watchword: pure types, limits and state machines.
//!
//! Everything here takes plain values and the time, and gives back what follows from them. It knows no database, no
//! network, no page and no protocol bytes; whoever wants to know what Watchword does reads this crate first.

pub mod breaker;
pub mod budgets;
pub mod channel;
pub mod client;
pub mod conversion;
pub mod country;
pub mod delivery;
pub mod digits;
pub mod email;
pub mod failures;
pub mod identity;
pub mod ids;
pub mod key_rotation;
pub mod label;
pub mod language;
pub mod lifetimes;
pub mod limits;
pub mod money;
pub mod monitor;
pub mod pace;
pub mod phone;
pub mod pool;
pub mod prices;
pub mod proof;
pub mod public_url;
pub mod refresh;
pub mod request;
pub mod scope;
pub mod secret;
pub mod sender;
pub mod sends;
pub mod session;
pub mod sign_in;
pub mod silence;
pub mod template;
pub mod time;
pub mod timeline;

pub use channel::Channel;
pub use country::Country;
pub use delivery::{DeliveryState, FailureClass};
pub use email::{EmailAddress, EmailRefusal};
pub use language::Language;
pub use phone::{Phone, PhoneKind, PhoneRefusal};
pub use secret::Secret;
pub use time::{Clock, Timestamp};
