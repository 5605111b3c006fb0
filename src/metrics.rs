//! Figures for Prometheus: how many answers each route gave, with which status and how fast. No personal data.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

fn recorder() -> Option<&'static PrometheusHandle> {
    RECORDER.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).as_ref()
}

/// Counts one answer.
pub fn observe(method: &str, route: &str, status: u16, elapsed: Duration) {
    if recorder().is_some() {
        let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
        metrics::counter!("lawgate_http_requests_total", &labels).increment(1);
        metrics::histogram!("lawgate_http_request_duration_seconds", "method" => method.to_owned(), "route" => route.to_owned())
            .record(elapsed.as_secs_f64());
    }
}

/// The figures in Prometheus' text form.
#[must_use]
pub fn text() -> String {
    recorder().map(PrometheusHandle::render).unwrap_or_default()
}
