//! Where the installation is reached, and how a pool's issuer is made of it.

use thiserror::Error;
use url::Url;

const PLACEHOLDER: &str = "{domain}";

/// The installation's address as people and relying parties see it. With `{domain}` in it every pool has a host of its
/// own; without, the pool's domain is the first path segment.
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
        let url = Url::parse(&text.replace(PLACEHOLDER, "domain")).map_err(|_| PublicUrlRefusal)?;
        let origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let plain = url.username().is_empty() && url.password().is_none();
        let web = matches!(url.scheme(), "http" | "https") && url.has_host();
        let rest = text.split("://").nth(1).ok_or(PublicUrlRefusal)?;
        let host_suffix = rest.strip_prefix(PLACEHOLDER).map(str::to_owned);
        let placed = text.matches(PLACEHOLDER).count() == usize::from(host_suffix.is_some());
        let dotted = host_suffix.as_ref().is_none_or(|suffix| suffix.starts_with('.'));
        if !(origin && plain && web && placed && dotted) {
            return Err(PublicUrlRefusal);
        }
        Ok(Self { text: text.to_owned(), host_suffix })
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

    /// The pool's domain in a `Host` header, when pools have hosts of their own and this is one.
    pub fn domain_in_host<'a>(&self, host: &'a str) -> Option<&'a str> {
        let suffix = self.host_suffix.as_deref()?;
        let label = host.strip_suffix(suffix)?;
        (!label.is_empty() && !label.contains('.')).then_some(label)
    }

    /// Whether every pool has a host of its own.
    pub fn has_pool_hosts(&self) -> bool {
        self.host_suffix.is_some()
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
