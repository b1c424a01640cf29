//! Metrics: one recorder for the process, and a listener of its own for Prometheus, apart from the doors that face people.

use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How often histograms put away what was recorded: unread, they would grow.
const UPKEEP: Duration = Duration::from_secs(5);

/// The bounds of histograms of seconds, from a cached answer to a provider's time-out.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// The recorder of this process, set on first use.
pub(super) fn recorder() -> PrometheusHandle {
    let recorder = || {
        let bounded =
            PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS);
        // It fails for a list without bounds only.
        let recorder = bounded.unwrap_or_default().build_recorder();
        let handle = recorder.handle();
        // A test may have set one of its own.
        let _ = metrics::set_global_recorder(recorder);
        handle
    };
    RECORDER.get_or_init(recorder).clone()
}

/// Puts away what was recorded until told to stop.
pub(super) async fn keep_up(recorder: PrometheusHandle, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        recorder.run_upkeep();
        tokio::select! {
            () = tokio::time::sleep(UPKEEP) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Serves `GET /metrics` (Prometheus text format 0.0.4) until told to stop.
pub(super) async fn serve(
    listener: TcpListener,
    recorder: PrometheusHandle,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let text = move || async move { ([(CONTENT_TYPE, "text/plain; version=0.0.4")], recorder.render()) };
    let router = Router::new().route("/metrics", get(text));
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    axum::serve(listener, router).with_graceful_shutdown(stopped).await
}
