//! Owns everything a person sees of the hosted pages: the typed data of each page (its view), the six languages,
//! the templates and assets of `templates/`, and the engine that turns a view into HTML.
//!
//! It must not know requests, cookies, the database or any rule of signing in: a view holds plain values, and the
//! endpoint that shows it has decided them. Nothing is read from disk at run time; everything is in the binary.

mod assets;
mod chrome;
mod code;
mod colour;
mod delivery;
mod ended;
mod error;
mod fault;
mod form;
mod form_post;
mod landing;
mod locale;
mod pages;
mod phone;
mod sign_out;
mod tags;
mod text;

#[cfg(any(test, feature = "samples"))]
pub mod samples;
#[cfg(test)]
mod tests;

pub use assets::{Asset, assets};
pub use chrome::{Brand, Chrome, LanguageLink};
pub use code::{CodeError, CodeProof, CodeView, Further};
pub use colour::{ColourRefusal, Colours, Palette, Rgb, Scheme, contrast};
pub use delivery::{DeliveryEvent, DeliveryPart, OtherPart, ResendPart};
pub use ended::{EndedReason, EndedView};
pub use error::{ErrorKind, ErrorView};
pub use fault::{PagesFault, RenderError};
pub use form::{Carried, Csrf};
pub use form_post::FormPostView;
pub use landing::LandingView;
pub use pages::{Pages, View};
pub use phone::{PhoneError, PhoneView, ProofPart};
pub use sign_out::{SignOutView, SignedOutView};
