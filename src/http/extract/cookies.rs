//! The cookies of a pool: how they are named, read and written (ASVS 5.0, 3.3).
//!
//! Over TLS they carry the `__Host-` prefix, `Secure` and no domain. Plain HTTP is for loopback only; browsers refuse the
//! prefix there, so the names differ.

use http::HeaderMap;
use http::header::COOKIE;
use watchword_domain::pool::Pool;
use watchword_flow::browser::MARK_DAYS;

/// What a cookie is for, and how long it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieKind {
    /// Ties forms and sign-ins to a browser.
    Browser,
    /// Stands for a session.
    Session,
    /// Marks the numbers that signed in with a browser.
    Known,
    /// Names the sign-in a browser began last.
    Pending,
    /// The language the person chose.
    Language,
}

const DAY: u64 = 24 * 60 * 60;

impl CookieKind {
    const fn word(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Session => "session",
            Self::Known => "known",
            Self::Pending => "pending",
            Self::Language => "language",
        }
    }

    /// Seconds it stays; none for as long as the browser runs.
    const fn seconds(self) -> Option<u64> {
        match self {
            Self::Browser | Self::Language => Some(365 * DAY),
            Self::Known => Some(MARK_DAYS as u64 * DAY),
            Self::Session | Self::Pending => None,
        }
    }
}

/// The cookie's name in this pool.
pub fn name(pool: &Pool, kind: CookieKind) -> String {
    let prefix = if is_secure(pool) { "__Host-" } else { "" };
    format!("{prefix}watchword-{}-{}", kind.word(), pool.id)
}

fn is_secure(pool: &Pool) -> bool {
    pool.issuer.starts_with("https://")
}

/// The value of a cookie. One that is sent twice is somebody's attempt to plant one: it counts as none.
pub fn read(headers: &HeaderMap, pool: &Pool, kind: CookieKind) -> Option<String> {
    let name = name(pool, kind);
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
    let value = values.next()?;
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (values.next().is_none() && plain && !value.is_empty() && value.len() <= 256).then(|| value.to_owned())
}

/// A `Set-Cookie` line.
pub fn write(pool: &Pool, kind: CookieKind, value: &str) -> String {
    let age = kind.seconds().map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    line(pool, kind, value, &age)
}

/// A `Set-Cookie` line that takes the cookie back.
pub fn remove(pool: &Pool, kind: CookieKind) -> String {
    line(pool, kind, "", "; Max-Age=0")
}

fn line(pool: &Pool, kind: CookieKind, value: &str, age: &str) -> String {
    let secure = if is_secure(pool) { "; Secure" } else { "" };
    format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}", name(pool, kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use watchword_domain::pool::PoolSettings;

    fn pool(issuer: &str) -> Pool {
        Pool {
            id: "local_Ab3dE9xYz".into(),
            name: "Acme".into(),
            domain: "acme".into(),
            issuer: issuer.into(),
            settings: PoolSettings::default(),
            created_at: watchword_domain::Timestamp::from_seconds(0),
        }
    }

    fn headers(line: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, line.parse().unwrap());
        headers
    }

    #[test]
    fn over_tls_a_cookie_is_bound_to_its_host() {
        let line = write(&pool("https://acme.id.example.com"), CookieKind::Session, "v");
        assert_eq!(
            line,
            "__Host-watchword-session-local_Ab3dE9xYz=v; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        let line = write(&pool("http://localhost:8080/acme"), CookieKind::Session, "v");
        assert_eq!(line, "watchword-session-local_Ab3dE9xYz=v; Path=/; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn a_cookie_that_comes_twice_or_malformed_is_none() {
        let pool = pool("http://localhost:8080/acme");
        let name = name(&pool, CookieKind::Session);
        let read = |line: &str| read(&headers(line), &pool, CookieKind::Session);
        assert_eq!(read(&format!("a=b; {name}=v; c=d")).as_deref(), Some("v"));
        assert_eq!(read(&format!("{name}=v; {name}=w")), None);
        assert_eq!(read(&format!("{name}=v w")), None);
        assert_eq!(read(&format!("{name}=")), None);
        assert_eq!(read(&name), None);
        assert_eq!(read(";;;=;"), None);
    }
}
