//! A mail server's address, as one URL.

use percent_encoding::percent_decode_str;
use reqwest::Url;
use watchword_domain::Secret;

/// Submission over TLS (RFC 8314, section 7.3) and with STARTTLS (RFC 6409).
const TLS_PORT: u16 = 465;
const STARTTLS_PORT: u16 = 587;

/// Where a mail server is, and who we are there.
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    /// TLS from the first byte; STARTTLS otherwise.
    pub(super) is_tls: bool,
    pub(super) credentials: Option<(String, Secret<String>)>,
}

impl Server {
    /// Reads `smtps://user:password@host:port`. User and password come together or not at all.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_tls = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => return None,
        };
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let host = url.host_str().filter(|host| !host.is_empty() && is_bare)?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(String::from);
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            ("", Some(_)) | (_, None | Some("")) => return None,
            (user, Some(password)) => Some((decoded(user)?, Secret::new(decoded(password)?))),
        };
        Some(Self {
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: url.port().unwrap_or(if is_tls { TLS_PORT } else { STARTTLS_PORT }),
            is_tls,
            credentials,
        })
    }

    /// Whether what goes there never leaves this machine.
    pub(super) fn stays_here(&self) -> bool {
        let is_loopback = |address: std::net::IpAddr| address.is_loopback();
        self.host == "localhost" || self.host.parse().is_ok_and(is_loopback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_where_how_and_as_whom() {
        let server = Server::parse("smtps://post%40acme:p%3Ass@mail.example.com").unwrap();
        let (user, password) = server.credentials.as_ref().unwrap();
        assert_eq!((server.host.as_str(), server.port, server.is_tls), ("mail.example.com", 465, true));
        assert_eq!((user.as_str(), password.expose().as_str()), ("post@acme", "p:ss"));
        assert!(!server.stays_here());
        let here = Server::parse("smtp://[::1]:2525/").unwrap();
        assert_eq!((here.host.as_str(), here.port, here.is_tls), ("::1", 2525, false));
        assert!(here.stays_here() && here.credentials.is_none());
        assert_eq!(Server::parse("smtp://mail.example.com").unwrap().port, 587);
    }

    #[test]
    fn what_is_no_mail_server_is_refused() {
        for wrong in [
            "",
            "mail.example.com:465",
            "https://mail.example.com",
            "smtps://",
            "smtps://user@mail.example.com",
            "smtps://:password@mail.example.com",
            "smtps://mail.example.com/path",
            "smtps://mail.example.com?tls=none",
        ] {
            assert!(Server::parse(wrong).is_none(), "{wrong}");
        }
    }
}
