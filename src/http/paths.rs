//! Every path, once: routes, redirects, discovery and tests take it from here.

use watchword_domain::pool::Pool;

/// Below the issuer.
pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
pub const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
pub const JWKS: &str = "/jwks";
pub const JWKS_ALIAS: &str = "/.well-known/jwks.json";
pub const AUTHORIZE: &str = "/authorize";
pub const TOKEN: &str = "/token";
pub const USERINFO: &str = "/userinfo";
pub const INTROSPECT: &str = "/introspect";
pub const REVOKE: &str = "/revoke";
pub const END_SESSION: &str = "/end-session";
pub const MESSAGES: &str = "/messages";
pub const PHONE: &str = "/sign-in/phone";
pub const CODE: &str = "/sign-in/code";
pub const NEW_CODE: &str = "/sign-in/new-code";
pub const OTHER_CHANNEL: &str = "/sign-in/channel";
pub const EVENTS: &str = "/sign-in/events";

/// Outside any pool.
pub const LANDING: &str = "/";
pub const HEALTHZ: &str = "/healthz";
pub const READYZ: &str = "/readyz";
pub const ASSETS: &str = "/assets/{file}";
/// Where Meta posts its reports, below the installation's origin.
pub const WHATSAPP_WEBHOOK: &str = "/webhooks/whatsapp";
/// Where SMS providers post theirs.
pub const SMS_WEBHOOK: &str = "/webhooks/sms/{provider}";

/// The first segments that are the installation's own, also where every pool has a host.
pub const OWN_SEGMENTS: [&str; 4] = ["assets", "healthz", "readyz", "webhooks"];

/// RFC 8414, section 3: the metadata of an issuer with a path lies below the host's own well-known path.
pub const AUTHORIZATION_SERVER_INSERTED: &str = "/.well-known/oauth-authorization-server/{domain}";

/// A path below a pool's issuer, as a browser on that issuer's host asks for it.
pub fn within(pool: &Pool, path: &str) -> String {
    let after_scheme = pool.issuer.split_once("://").map_or("", |(_, rest)| rest);
    let base = after_scheme.split_once('/').map_or("", |(_, base)| base);
    if base.is_empty() { path.to_owned() } else { format!("/{base}{path}") }
}

/// A path of a sign-in's own page.
pub fn of_sign_in(pool: &Pool, path: &str, sign_in: &str) -> String {
    format!("{}?sign_in={sign_in}", within(pool, path))
}
