//! Taking a port, or saying why it cannot be had and what else to do.

use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::config::problem::Problem;

/// Listens on an address. `instead` tells how another one is chosen.
pub(super) async fn bind(address: SocketAddr, instead: &str) -> Result<TcpListener, Problem> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            let what = format!("port {} of {}", address.port(), address.ip());
            Problem::new(what, "is taken by another program", instead)
        }
        _ => Problem::new(address.to_string(), format!("cannot be listened on: {error}"), instead),
    })
}

/// The address that was taken in the end.
pub(super) fn address_of(listener: &TcpListener) -> Result<SocketAddr, Problem> {
    listener
        .local_addr()
        .map_err(|error| Problem::new("a listener", format!("has no address: {error}"), "Try again."))
}
