//! The listener: connections with limits, and an orderly end.

use std::net::SocketAddr;
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
use tokio::sync::watch;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use crate::doors::{Doors, router};
use crate::places::{Place, Places};

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
    // There before the first is refused: a count that begins with it has not risen.
    metrics::counter!("watchword_connections_refused_total").increment(0);
    let closing = doors.closing.clone();
    let limits = doors.settings.connections;
    let places = Places::new(MOST_CONNECTIONS, limits.per_address, doors.settings.trusted_proxies.clone());
    let routes = router(doors);
    let connections = GracefulShutdown::new();
    while !*stop.borrow() {
        let arrived = tokio::select! {
            arrived = arrive(&listener, &places) => arrived,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Some((stream, peer, place)) = arrived else { continue };
        let answering = connections.watch(answer(routes.clone(), stream, peer, limits.silence));
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

type Arrival = (TcpStream, SocketAddr, Place);

async fn arrive(listener: &TcpListener, places: &Places) -> Option<Arrival> {
    let place = places.any().await?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            let Some(share) = places.share_of(peer.ip()) else {
                metrics::counter!("watchword_connections_refused_total").increment(1);
                return None;
            };
            // Small answers go out at once; a connection that refuses this is slower, not wrong.
            let _ = stream.set_nodelay(true);
            Some((stream, peer, (place, share)))
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
    silence: Duration,
) -> impl hyper_util::server::graceful::GracefulConnection {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        routes.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    // hyper counts from the moment it waits for a request: after accepting, and again after each answer.
    http.timer(TokioTimer::new()).header_read_timeout(silence).max_buf_size(HEAD_SIZE);
    // Whoever asks and does not read would keep a place, and the answer, for as long as they like.
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(silence));
    http.serve_connection(TokioIo::new(Box::pin(stream)), service)
}
