//! Reading requests into plain values.

pub mod address;
pub mod bearer_token;
pub mod client_credentials;
pub mod cookies;
pub mod form;
pub mod of_sign_in;
pub mod onward;
pub mod outsider;
pub mod posted;
pub mod tenant;
pub mod visitor;
