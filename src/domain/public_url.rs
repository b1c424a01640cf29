//! Where the installation is reached, and how a pool's issuer is made of it.

use thiserror::Error;
use url::{Host, Url};

const PLACEHOLDER: &str = "{domain}";

/// A label in the placeholder's place, so that the rest can be read as an address.
const LABEL: &str = "domain";

/// The installation's address as people and relying parties see it. With `{domain}` in it every pool has a host of its
/// own; without, the pool's domain is the first path segment.
///
/// Kept as browsers write it into `Host` (URL Standard, section 4.3): lower case, ASCII, without the scheme's own port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    host_suffix: Option<String>,
}

/// Why a text cannot be the public address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "public_url must be an http or https origin such as https://id.example.com or https://{{domain}}.id.example.com, with no path, query or fragment; {{domain}} may only be its first label"
)]
pub struct PublicUrlRefusal;

impl std::str::FromStr for PublicUrl {
    type Err = PublicUrlRefusal;

    fn from_str(text: &str) -> Result<Self, PublicUrlRefusal> {
        let text = text.trim_end_matches('/');
        let url = Url::parse(&text.replace(PLACEHOLDER, LABEL)).map_err(|_| PublicUrlRefusal)?;
        let origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let plain = url.username().is_empty() && url.password().is_none();
        let web = matches!(url.scheme(), "http" | "https") && url.has_host();
        let rest = text.split("://").nth(1).ok_or(PublicUrlRefusal)?;
        let after = rest.strip_prefix(PLACEHOLDER);
        let placed = text.matches(PLACEHOLDER).count() == usize::from(after.is_some());
        let dotted = after.is_none_or(|after| after.starts_with('.'));
        if !(origin && plain && web && placed && dotted) {
            return Err(PublicUrlRefusal);
        }
        let text = url.origin().ascii_serialization();
        if after.is_none() {
            return Ok(Self { text, host_suffix: None });
        }
        let (scheme, suffix) = text.split_once(&format!("://{LABEL}")).ok_or(PublicUrlRefusal)?;
        Ok(Self { text: format!("{scheme}://{PLACEHOLDER}{suffix}"), host_suffix: Some(suffix.to_owned()) })
    }
}

/// Whether what goes to this address never leaves this machine.
pub fn is_of_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl PublicUrl {
    /// The issuer of the pool with this domain (OpenID Connect Discovery 1.0, section 3): no trailing slash.
    pub fn issuer(&self, domain: &str) -> String {
        if self.host_suffix.is_some() {
            self.text.replace(PLACEHOLDER, domain)
        } else {
            format!("{}/{domain}", self.text)
        }
    }

    /// The origin of what belongs to no pool, such as webhooks: `https://id.example.com`, also when every pool has a host of
    /// its own below that.
    pub fn installation(&self) -> String {
        self.text.replace("{domain}.", "")
    }

    /// The pool's domain in a `Host` header of lower-case letters, when pools have hosts of their own and this is one. The
    /// scheme's own port may be written there or not (RFC 9110, section 4.2.3).
    pub fn domain_in_host<'a>(&self, host: &'a str) -> Option<&'a str> {
        let suffix = self.host_suffix.as_deref()?;
        let host = host.strip_suffix(if self.is_secure() { ":443" } else { ":80" }).unwrap_or(host);
        let label = host.strip_suffix(suffix)?;
        (!label.is_empty() && !label.contains('.')).then_some(label)
    }

    /// Whether every pool has a host of its own.
    pub fn has_pool_hosts(&self) -> bool {
        self.host_suffix.is_some()
    }

    /// Whether only this very machine reaches it.
    pub fn is_local(&self) -> bool {
        Url::parse(&self.issuer(LABEL)).is_ok_and(|url| is_of_this_machine(&url))
    }

    /// Whether browsers reach it over TLS: then cookies are `Secure` and carry the `__Host-` prefix.
    pub fn is_secure(&self) -> bool {
        self.text.starts_with("https://")
    }
}

impl std::fmt::Display for PublicUrl {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_no_pool_is_at_the_origin_without_one() {
        for url in ["https://{domain}.id.example.com", "https://id.example.com", "https://id.example.com/"] {
            assert_eq!(url.parse::<PublicUrl>().unwrap().installation(), "https://id.example.com");
        }
    }

    #[test]
    fn a_pool_has_a_path_or_a_host() {
        let path: PublicUrl = "http://localhost:8080".parse().unwrap();
        assert_eq!(path.issuer("acme"), "http://localhost:8080/acme");
        assert_eq!(path.domain_in_host("acme.localhost:8080"), None);
        let host: PublicUrl = "https://{domain}.id.example.com/".parse().unwrap();
        assert_eq!(host.issuer("acme"), "https://acme.id.example.com");
        assert_eq!(host.domain_in_host("acme.id.example.com"), Some("acme"));
        assert_eq!(host.domain_in_host("a.b.id.example.com"), None);
        assert_eq!(host.domain_in_host(".id.example.com"), None);
        assert_eq!(host.domain_in_host("acme.id.example.com.evil.example"), None);
    }

    #[test]
    fn only_what_this_machine_alone_reaches_is_local() {
        for here in
            ["http://localhost:8080", "http://{domain}.localhost", "http://127.0.0.1:1", "http://[::1]"]
        {
            assert!(here.parse::<PublicUrl>().unwrap().is_local(), "{here}");
        }
        for there in ["https://id.example.com", "http://{domain}.example.com", "http://192.168.1.2:8080"] {
            assert!(!there.parse::<PublicUrl>().unwrap().is_local(), "{there}");
        }
    }

    #[test]
    fn an_address_is_kept_as_browsers_write_it() {
        for (written, issuer) in [
            ("HTTPS://{domain}.ID.Example.com:443/", "https://acme.id.example.com"),
            ("http://{domain}.localhost:80", "http://acme.localhost"),
            ("https://{domain}.bücher.example:8443", "https://acme.xn--bcher-kva.example:8443"),
            ("https://ID.Example.com:443", "https://id.example.com/acme"),
        ] {
            let url: PublicUrl = written.parse().unwrap();
            assert_eq!(url.issuer("acme"), issuer, "{written}");
            let host = issuer.split_once("://").unwrap().1;
            assert_eq!(url.domain_in_host(host).is_some(), url.has_pool_hosts(), "{written}");
        }
    }

    #[test]
    fn the_schemes_own_port_may_be_written_in_a_host() {
        let host: PublicUrl = "https://{domain}.id.example.com".parse().unwrap();
        assert_eq!(host.domain_in_host("acme.id.example.com:443"), Some("acme"));
        assert_eq!(host.domain_in_host("acme.id.example.com:80"), None);
        let host: PublicUrl = "http://{domain}.localhost:8080".parse().unwrap();
        assert_eq!(host.domain_in_host("acme.localhost:8080"), Some("acme"));
        assert_eq!(host.domain_in_host("acme.localhost"), None);
    }

    #[test]
    fn only_an_origin_will_do() {
        for bad in [
            "localhost:8080",
            "ftp://id.example.com",
            "https://id.example.com/path",
            "https://id.example.com?x",
            "https://id.{domain}.example.com",
            "https://{domain}id.example.com",
            "https://{domain}.{domain}.example.com",
            "https://me@id.example.com",
        ] {
            assert_eq!(bad.parse::<PublicUrl>(), Err(PublicUrlRefusal), "{bad}");
        }
    }
}
