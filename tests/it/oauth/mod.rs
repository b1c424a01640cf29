//! The endpoints of OAuth 2.0 and OpenID Connect, as clients and browsers meet them.

mod authorize;
pub mod client;
mod client_auth;
mod disabled;
mod discovery;
mod end_session;
mod forged;
mod introspect;
mod jwks;
mod key_rotation;
mod onward;
mod prompt;
mod refresh;
mod revoke;
mod subject;
mod token;
mod userinfo;
