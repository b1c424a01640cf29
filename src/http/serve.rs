//! The listener: connections with limits, and an orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::doors::{Doors, router};

/// How long a client may take to send a request's headers, or stay silent between two requests.
const HEADERS: Duration = Duration::from_secs(30);

/// Bytes of a request line and its headers at most.
const HEAD_SIZE: usize = 64 * 1024;

/// Connections at once; whoever comes later waits in the listener's queue.
const MOST_CONNECTIONS: usize = 10_000;

/// How long requests in hand may take once the doors close.
const FAREWELL: Duration = Duration::from_secs(8);

/// Answers requests until told to stop; then takes no more and finishes those in hand, for eight seconds at most.
///
/// # Errors
/// When the listener's address cannot be told.
pub async fn serve(
    listener: TcpListener,
    doors: Doors,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let closing = doors.closing.clone();
    let routes = router(doors);
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    while !*stop.borrow() {
        let arrived = tokio::select! {
            arrived = arrive(&listener, &places) => arrived,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Some((stream, peer, place)) = arrived else { continue };
        let answering = connections.watch(answer(routes.clone(), stream, peer));
        tokio::spawn(async move {
            // A connection that breaks is the client's business; requests report their own troubles.
            let _ = answering.await;
            drop(place);
        });
    }
    drop(listener);
    closing.send_replace(true);
    tokio::select! {
        () = connections.shutdown() => {}
        () = tokio::time::sleep(FAREWELL) => tracing::warn!("some requests were not finished in time"),
    }
    Ok(())
}

type Arrival = (TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

async fn arrive(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<Arrival> {
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Small answers go out at once; a connection that refuses this is slower, not wrong.
            let _ = stream.set_nodelay(true);
            Some((stream, peer, place))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection was not accepted");
            // Out of file handles, most likely: let some requests end first.
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

fn answer(
    routes: Router,
    stream: TcpStream,
    peer: SocketAddr,
) -> impl hyper_util::server::graceful::GracefulConnection {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        routes.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(HEAD_SIZE);
    http.serve_connection(TokioIo::new(stream), service)
}
