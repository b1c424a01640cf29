//! A relay on loopback: hands connections on, and does to them what a network may do.

use std::net::SocketAddr;

use tokio::io::{copy, copy_bidirectional, sink};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::until;

/// What becomes of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// They are handed on.
    Open,
    /// New ones are handed on, but what is answered on them stays here.
    NoAnswers,
    /// They break off, and new ones are refused.
    Cut,
}

pub struct Relay {
    /// Where it is called. It keeps the port, also while the way is cut.
    pub address: SocketAddr,
    /// Where it leads to; nowhere, as long as nobody is there.
    to: watch::Sender<Option<SocketAddr>>,
    way: watch::Sender<Way>,
}

impl Relay {
    pub fn new(way: Way) -> Self {
        let socket = bound(SocketAddr::from(([127, 0, 0, 1], 0)));
        let address = socket.local_addr().unwrap();
        let (to, way) = (watch::Sender::new(None), watch::Sender::new(way));
        tokio::spawn(run(socket, to.subscribe(), way.subscribe()));
        Self { address, to, way }
    }

    /// Leads connections to this address from now on.
    pub fn lead_to(&self, there: SocketAddr) {
        self.to.send_replace(Some(there));
    }

    /// Changes what becomes of connections.
    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// Cuts the way, and waits until nothing gets through any more.
    pub async fn cut(&self) {
        self.set(Way::Cut);
        until("a cut way", async || TcpStream::connect(self.address).await.is_err().then_some(())).await;
    }
}

/// An address that is ours although nobody listens there; bound anew before the last hold on it is given up, or somebody
/// else is given the port meanwhile.
fn bound(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.set_reuseport(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

async fn run(mut socket: TcpSocket, to: watch::Receiver<Option<SocketAddr>>, mut way: watch::Receiver<Way>) {
    let address = socket.local_addr().unwrap();
    // Ends with the test, who holds the other end.
    while way.wait_for(|way| *way != Way::Cut).await.is_ok() {
        let listener = socket.listen(1024).unwrap();
        let (mut connections, present) = (JoinSet::new(), way.clone());
        tokio::select! {
            () = hand_on(&listener, &mut connections, &to, &present) => {}
            _ = way.wait_for(|way| *way == Way::Cut) => {}
        }
        connections.shutdown().await;
        socket = bound(address);
        drop(listener);
    }
}

async fn hand_on(
    listener: &TcpListener,
    connections: &mut JoinSet<()>,
    to: &watch::Receiver<Option<SocketAddr>>,
    way: &watch::Receiver<Way>,
) {
    while let Ok((here, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let (there, with_answers) = (*to.borrow(), *way.borrow() == Way::Open);
        let Some(there) = there else { continue };
        connections.spawn(async move {
            // Whoever is dead there or dies meanwhile ends the connection, as it would without us.
            let Ok(there) = TcpStream::connect(there).await else { return };
            connect(here, there, with_answers).await;
        });
    }
}

async fn connect(mut here: TcpStream, mut there: TcpStream, with_answers: bool) {
    if with_answers {
        let _ = copy_bidirectional(&mut here, &mut there).await;
        return;
    }
    let (mut asked, _unanswered) = here.split();
    let (mut answered, mut asking) = there.split();
    let mut nobody = sink();
    tokio::select! {
        _ = copy(&mut asked, &mut asking) => {}
        _ = copy(&mut answered, &mut nobody) => {}
    }
}
