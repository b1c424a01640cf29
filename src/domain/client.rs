//! A client: an application of a pool, and what it may ask for.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::{Host, Url};

use crate::ids::{ClientId, PoolId};
use crate::public_url::is_of_this_machine;

/// Longest redirect URI accepted.
const LONGEST_URI: usize = 1024;

/// What sort of application a client is; decides how it authenticates and where it may be redirected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// A server that keeps a secret.
    Web,
    /// A page in the browser: no secret (RFC 6749, section 2.1).
    Spa,
    /// An application on a device: no secret (RFC 8252).
    Native,
    /// A server with no person in front of it.
    Machine,
}

impl ClientKind {
    /// The kind's name in configuration, on the command line and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Spa => "spa",
            Self::Native => "native",
            Self::Machine => "machine",
        }
    }
}

impl std::str::FromStr for ClientKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        [Self::Web, Self::Spa, Self::Native, Self::Machine]
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or(UnknownKind)
    }
}

/// A text that names no kind of client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a client's kind is web, spa, native or machine")]
pub struct UnknownKind;

/// An OAuth 2.0 client of a pool (RFC 6749, section 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The pool that owns it.
    pub pool_id: PoolId,
    /// Its public id.
    pub id: ClientId,
    /// Its name, shown to people.
    pub name: String,
    /// What sort of application it is.
    pub kind: ClientKind,
    /// Where authorization responses may go.
    pub redirect_uris: Vec<String>,
    /// Where a browser may go after sign-out (RP-Initiated Logout 1.0, section 3.1).
    pub post_logout_redirect_uris: Vec<String>,
}

impl Client {
    /// Whether an authorization response may go to `uri`: an exact match, but for the port of a native application's
    /// loopback address (RFC 9700, section 2.1; RFC 8252, section 7.3).
    pub fn allows_redirect(&self, uri: &str) -> bool {
        let registered = &self.redirect_uris;
        registered.iter().any(|allowed| allowed == uri)
            || self.kind == ClientKind::Native
                && without_loopback_port(uri).is_some_and(|asked| {
                    registered.iter().any(|allowed| without_loopback_port(allowed).as_ref() == Some(&asked))
                })
    }

    /// Whether what arrives at `uri` arrives at this client and no other: behind a secret, or at an address that the operating
    /// system and the certificate authorities vouch for. Any program on a device can listen on its loopback address or take
    /// a scheme (RFC 8252, sections 7.1, 8.6 and 8.12).
    pub fn is_assured_at(&self, uri: &str) -> bool {
        self.is_confidential() || uri.starts_with("https://")
    }

    /// Whether a browser may go to `uri` after sign-out.
    pub fn allows_post_logout_redirect(&self, uri: &str) -> bool {
        self.post_logout_redirect_uris.iter().any(|allowed| allowed == uri)
    }

    /// Whether it authenticates with a secret; the others are public clients (RFC 6749, section 2.1).
    pub fn is_confidential(&self) -> bool {
        matches!(self.kind, ClientKind::Web | ClientKind::Machine)
    }

    /// Whether a refresh answers with a new refresh token: public clients' do (RFC 9700, section 2.2.2). A
    /// confidential client's are bound to its secret already.
    pub fn rotates_refresh_tokens(&self) -> bool {
        !self.is_confidential()
    }

    /// Whether it may read what became of the messages to a number: a server with no person in front of it. An
    /// application's secret lies where its visitors' requests are answered, and is no key to other people's messages.
    pub fn reads_messages(&self) -> bool {
        self.kind == ClientKind::Machine
    }

    /// Whether people sign in to it.
    pub fn signs_people_in(&self) -> bool {
        self.kind != ClientKind::Machine
    }
}

/// `uri` with its port taken out, when it is an `http` address of this very machine.
fn without_loopback_port(uri: &str) -> Option<Url> {
    let mut url = Url::parse(uri).ok().filter(|url| url.scheme() == "http")?;
    let literal = matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
    (literal && is_of_this_machine(&url) && url.username().is_empty()).then(|| url.set_port(None).ok())??;
    Some(url)
}

/// The front page of the site that a registered redirect URI is at: the way back for a person whose sign-in cannot go
/// on. None for an application on a device, which has no page. Only ever for a URI that was found registered.
pub fn front_page_of(redirect_uri: &str) -> Option<String> {
    let url = Url::parse(redirect_uri).ok()?;
    let origin = url.origin();
    (matches!(url.scheme(), "https" | "http") && origin.is_tuple())
        .then(|| format!("{}/", origin.ascii_serialization()))
}

/// Why a URI cannot be registered for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UriRefusal {
    /// Not an absolute URI.
    #[error("it is not an absolute URI")]
    NotAbsolute,
    /// Longer than 1,024 characters.
    #[error("it is longer than 1,024 characters")]
    TooLong,
    /// With a fragment (RFC 6749, section 3.1.2).
    #[error("it has a fragment (the part after #), which a redirect URI cannot have")]
    Fragment,
    /// With a user name or password in it.
    #[error("it has a user name or password in it")]
    Credentials,
    /// A scheme this kind of client cannot use.
    #[error(
        "use https; other schemes are for native clients, and http for their localhost, 127.0.0.1 and [::1]"
    )]
    Scheme,
    /// A scheme that anybody might take (RFC 8252, section 7.1).
    #[error("a scheme of your own is your domain name turned around, such as com.example.app")]
    SchemeOfNobody,
}

/// Checks a redirect or post-logout URI before it is registered (RFC 6749, section 3.1.2; RFC 9700, section 2.6; RFC
/// 8252, sections 7.1 and 7.3). Clients of all kinds may be on this very machine where the provider `is_local`, too.
///
/// # Errors
/// What is wrong with it.
pub fn check_redirect_uri(kind: ClientKind, uri: &str, is_local: bool) -> Result<(), UriRefusal> {
    if uri.len() > LONGEST_URI {
        return Err(UriRefusal::TooLong);
    }
    let url = Url::parse(uri).map_err(|_| UriRefusal::NotAbsolute)?;
    if url.fragment().is_some() {
        return Err(UriRefusal::Fragment);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UriRefusal::Credentials);
    }
    match url.scheme() {
        "https" if url.has_host() => Ok(()),
        "http" if is_of_this_machine(&url) && (is_local || kind == ClientKind::Native) => Ok(()),
        "http" | "https" | "javascript" | "data" | "file" | "blob" | "vbscript" | "about" => {
            Err(UriRefusal::Scheme)
        }
        scheme if kind == ClientKind::Native => {
            scheme.contains('.').then_some(()).ok_or(UriRefusal::SchemeOfNobody)
        }
        _ => Err(UriRefusal::Scheme),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(kind: ClientKind, uris: &[&str]) -> Client {
        Client {
            pool_id: PoolId::from("local_000000000"),
            id: ClientId::from("c"),
            name: "Shop".into(),
            kind,
            redirect_uris: uris.iter().map(|uri| (*uri).to_owned()).collect(),
            post_logout_redirect_uris: vec![],
        }
    }

    #[test]
    fn only_a_server_with_no_person_in_front_of_it_reads_messages() {
        let reads = |kind| client(kind, &[]).reads_messages();
        assert!(reads(ClientKind::Machine));
        assert!(![ClientKind::Web, ClientKind::Spa, ClientKind::Native].into_iter().any(reads));
    }

    #[test]
    fn redirect_uris_match_to_the_letter() {
        let web = client(ClientKind::Web, &["https://shop.example/cb", "http://127.0.0.1:8082/cb"]);
        assert!(web.allows_redirect("https://shop.example/cb"));
        for near in [
            "https://shop.example/cb/",
            "https://shop.example/cb?x=1",
            "https://SHOP.example/cb",
            "https://shop.example:443/cb",
            "https://shop.example/cb#x",
            "https://shop.example/a/../cb",
            "https://shop.example@evil.example/cb",
            "http://127.0.0.1:9999/cb",
        ] {
            assert!(!web.allows_redirect(near), "{near}");
        }
    }

    #[test]
    fn only_a_native_loopback_port_may_vary() {
        let native = client(
            ClientKind::Native,
            &["http://127.0.0.1/cb", "http://localhost/cb", "com.example.app:/cb"],
        );
        assert!(native.allows_redirect("http://127.0.0.1:51004/cb"));
        assert!(native.allows_redirect("com.example.app:/cb"));
        assert!(!native.allows_redirect("http://localhost:51004/cb"));
        assert!(!native.allows_redirect("http://127.0.0.1:51004/cb/x"));
        assert!(!native.allows_redirect("http://127.0.0.2:51004/cb"));
        assert!(!native.allows_redirect("https://127.0.0.1:51004/cb"));
    }

    #[test]
    fn what_any_program_on_the_device_may_take_is_not_assured() {
        for kind in [ClientKind::Native, ClientKind::Spa] {
            let public = client(kind, &[]);
            assert!(public.is_assured_at("https://shop.example/cb"));
            for taken in ["http://127.0.0.1:51004/cb", "http://localhost/cb", "com.example.app:/cb"] {
                assert!(!public.is_assured_at(taken), "{taken}");
            }
        }
        assert!(client(ClientKind::Web, &[]).is_assured_at("http://localhost:8082/cb"));
    }

    #[test]
    fn the_way_back_is_the_front_page_of_a_registered_site() {
        assert_eq!(front_page_of("https://shop.example/a/cb?x=1").as_deref(), Some("https://shop.example/"));
        assert_eq!(front_page_of("http://localhost:8082/cb").as_deref(), Some("http://localhost:8082/"));
        assert_eq!(front_page_of("com.example.app:/cb"), None);
        assert_eq!(front_page_of("/cb"), None);
    }

    #[test]
    fn what_cannot_be_registered_is_said() {
        use UriRefusal::{Credentials, Fragment, NotAbsolute, Scheme, SchemeOfNobody, TooLong};
        let web = |uri: &str| check_redirect_uri(ClientKind::Web, uri, true);
        assert_eq!(web("https://shop.example/cb"), Ok(()));
        for here in ["http://localhost:8082/cb", "http://[::1]:8082/cb", "http://127.0.0.1/cb"] {
            assert_eq!(web(here), Ok(()));
            for kind in [ClientKind::Web, ClientKind::Spa, ClientKind::Machine] {
                assert_eq!(check_redirect_uri(kind, here, false), Err(Scheme), "{kind:?} {here}");
            }
            assert_eq!(check_redirect_uri(ClientKind::Native, here, false), Ok(()));
        }
        assert_eq!(web("http://shop.example/cb"), Err(Scheme));
        assert_eq!(web("http://localhost.evil.example/cb"), Err(Scheme));
        assert_eq!(web("com.example.app:/cb"), Err(Scheme));
        assert_eq!(web("/cb"), Err(NotAbsolute));
        assert_eq!(web("https://shop.example/cb#x"), Err(Fragment));
        assert_eq!(web("https://me:pw@shop.example/cb"), Err(Credentials));
        assert_eq!(web(&format!("https://shop.example/{}", "a".repeat(1024))), Err(TooLong));
        let native = |uri: &str| check_redirect_uri(ClientKind::Native, uri, false);
        assert_eq!(native("com.example.app:/cb"), Ok(()));
        assert_eq!(native("javascript:alert(1)"), Err(Scheme));
        assert_eq!(native("http://shop.example/cb"), Err(Scheme));
        for scheme in ["shop:/cb", "intent://cb", "mailto:me@example.com"] {
            assert_eq!(native(scheme), Err(SchemeOfNobody), "{scheme}");
        }
    }
}
