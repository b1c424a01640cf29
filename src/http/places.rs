//! Places for whoever holds something of ours: so many in all, and a share of them for each address, so that nobody can
//! take them all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use watchword_domain::limits::household_of;

use crate::extract::address::is_among;

/// What whoever connects is granted.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// Connections at once from one address (IPv4 /32, IPv6 /56). Trusted proxies bring everybody, and have no such limit.
    pub per_address: usize,
    /// How long a connection may stay silent: before its first request, between two, until one's headers are whole, and while
    /// an answer waits to be read.
    pub silence: Duration,
}

impl Default for ConnectionLimits {
    /// A browser opens six connections at most, and many people may share an address.
    fn default() -> Self {
        Self { per_address: 500, silence: Duration::from_secs(30) }
    }
}

/// Who holds how many places.
pub struct Places {
    all: Arc<Semaphore>,
    taken: Arc<Taken>,
    per_address: usize,
    trusted: Vec<IpNet>,
}

/// Places taken, by network; a network that holds none is not in it.
type Taken = Mutex<HashMap<IpAddr, usize>>;

fn counts(taken: &Taken) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    // A count is changed in one step: whoever panicked elsewhere left none half done.
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One of an address's places, given back when it is dropped. Nothing to give back for a trusted proxy.
pub struct Share(Option<(Arc<Taken>, IpAddr)>);

/// One of all places, as part of its address's share.
pub type Place = (OwnedSemaphorePermit, Share);

impl Places {
    /// So many empty places; `per_address` of them for one address (IPv4 /32, IPv6 /56), unless it is trusted.
    pub fn new(most: usize, per_address: usize, trusted: Vec<IpNet>) -> Self {
        Self { all: Arc::new(Semaphore::new(most)), taken: Arc::default(), per_address, trusted }
    }

    /// Waits for one of all places.
    pub async fn any(&self) -> Option<OwnedSemaphorePermit> {
        self.all.clone().acquire_owned().await.ok()
    }

    /// A place at once for whoever calls from here, if there is one.
    pub fn one(&self, peer: IpAddr) -> Option<Place> {
        Some((self.all.clone().try_acquire_owned().ok()?, self.share_of(peer)?))
    }

    /// One more place for whoever calls from here; none when its share is used up.
    pub fn share_of(&self, peer: IpAddr) -> Option<Share> {
        if is_among(peer, &self.trusted) {
            return Some(Share(None));
        }
        let network = household_of(peer);
        let mut counts = counts(&self.taken);
        let count = counts.entry(network).or_default();
        if *count >= self.per_address {
            return None;
        }
        *count += 1;
        Some(Share(Some((self.taken.clone(), network))))
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let Some((taken, network)) = &self.0 else { return };
        let mut counts = counts(taken);
        if let Some(count) = counts.get_mut(network) {
            *count -= 1;
            if *count == 0 {
                counts.remove(network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        Places::new(100, 2, vec!["10.0.0.0/8".parse().unwrap()])
    }

    fn take(places: &Places, address: &str) -> Option<Share> {
        places.share_of(address.parse().unwrap())
    }

    #[test]
    fn an_address_has_its_share_and_takes_no_other_ones() {
        let places = places();
        let (first, second) = (take(&places, "203.0.113.9"), take(&places, "::ffff:203.0.113.9"));
        assert!(first.is_some() && second.is_some() && take(&places, "203.0.113.9").is_none());
        assert!(take(&places, "203.0.113.10").is_some());
        drop(first);
        assert!(take(&places, "203.0.113.9").is_some());
    }

    #[test]
    fn a_household_of_ipv6_is_one_address() {
        let places = places();
        let held = [take(&places, "2001:db8:0:1::1"), take(&places, "2001:db8:0:2:ffff::2")];
        assert!(held.iter().all(Option::is_some) && take(&places, "2001:db8:0:ff::3").is_none());
        assert!(take(&places, "2001:db8:0:100::1").is_some());
    }

    #[test]
    fn a_trusted_proxy_brings_everybody() {
        let places = places();
        let held: Vec<_> = (0..5).map(|_| take(&places, "10.0.0.1")).collect();
        assert!(held.iter().all(Option::is_some));
    }

    #[test]
    fn nobody_is_remembered_who_holds_nothing() {
        let places = places();
        drop([take(&places, "203.0.113.9"), take(&places, "203.0.113.9"), take(&places, "203.0.113.9")]);
        assert!(counts(&places.taken).is_empty());
    }
}
