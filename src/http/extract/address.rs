//! Where a request comes from: the peer, or what a proxy we trust says of it (RFC 9700, section 4.13).

use std::net::IpAddr;

use http::HeaderMap;
use ipnet::IpNet;

/// The address to count: the last one in `X-Forwarded-For` that no trusted proxy wrote for itself. A header from
/// anybody else, or one that does not parse, changes nothing.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut address = peer.to_canonical();
    let lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        if !is_among(address, trusted) {
            break;
        }
        match hop.parse::<IpAddr>() {
            Ok(before) => address = before.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

/// Whether an address belongs to one of these networks.
pub fn is_among(address: IpAddr, networks: &[IpNet]) -> bool {
    networks.iter().any(|network| network.contains(&address.to_canonical()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_but_trusted_proxies() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
    }

    #[test]
    fn what_the_client_wrote_before_the_proxy_is_not_believed() {
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "198.51.100.1, 10.0.0.2"], &["10.0.0.0/8"]), "198.51.100.1");
    }

    #[test]
    fn a_header_that_does_not_parse_stops_the_search() {
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, unknown"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[""], &["10.0.0.0/8"]), "10.0.0.1");
    }
}
