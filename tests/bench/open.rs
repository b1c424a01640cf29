//! An open loop: people and providers come when they come, and not when the one before was served.
//!
//! A closed loop asks the next question when the last was answered; so while the service stalls it asks nothing, and the
//! stall counts once instead of for everybody who would have come meanwhile ("coordinated omission"). Here each arrival has
//! its moment on a timetable made beforehand, and its time runs from that moment, whenever it could be begun.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::Outcome;
use crate::measure::now;
use crate::wire::{Answer, Connection};

/// How much later than planned the last one may be done.
const PATIENCE: Duration = Duration::from_secs(60);

/// Connections at once: the provider allows five hundred to one address. Whoever finds none waits, on the clock.
const MOST: usize = 400;

/// So many arrivals a second, evenly, from `begin` on.
pub struct Timetable {
    pub begin: Instant,
    pub per_second: u32,
    pub count: usize,
}

impl Timetable {
    /// The moment of an arrival.
    fn moment(&self, arrival: usize) -> Outcome<Instant> {
        Ok(self.begin + Duration::from_secs(1) / self.per_second * u32::try_from(arrival)?)
    }

    /// Lets everybody arrive in their moment. `arrive` is given the number of the arrival and its moment, and called
    /// `early` before it. Gives what came of each, in the order in which they were done.
    pub async fn run<T, F>(&self, early: Duration, arrive: impl Fn(usize, Instant) -> F) -> Outcome<Vec<T>>
    where
        T: 'static,
        F: Future<Output = Outcome<T>> + 'static,
    {
        let (mut under_way, mut done) = (JoinSet::new(), Vec::with_capacity(self.count));
        for arrival in 0..self.count {
            let due = self.moment(arrival)?;
            until(due.checked_sub(early).unwrap_or(due)).await;
            under_way.spawn_local(arrive(arrival, due));
            while let Some(finished) = under_way.try_join_next() {
                done.push(finished??);
            }
        }
        let last = now() + early + PATIENCE;
        while let Some(finished) = tokio::time::timeout_at(last.into(), under_way.join_next()).await? {
            done.push(finished??);
        }
        Ok(done)
    }
}

/// Until a moment; not at all when it is over.
pub async fn until(moment: Instant) {
    tokio::time::sleep_until(moment.into()).await;
}

/// Connections to one server, opened when none is free.
pub struct Connections {
    address: SocketAddr,
    free: RefCell<Vec<Connection>>,
    places: Semaphore,
}

impl Connections {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, free: RefCell::default(), places: Semaphore::new(MOST) }
    }

    /// Asks on a free one, and reads the answer.
    pub async fn ask<T>(&self, request: &[u8], read: impl FnOnce(Answer<'_>) -> Outcome<T>) -> Outcome<T> {
        let _place = self.places.acquire().await?;
        let free = self.free.borrow_mut().pop();
        let mut connection = match free {
            Some(connection) => connection,
            None => Connection::open(self.address).await?,
        };
        let read = read(connection.ask(request).await?)?;
        self.free.borrow_mut().push(connection);
        Ok(read)
    }
}
