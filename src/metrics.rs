//! Figures for Prometheus: how many answers each route gave, with which status and how fast. No personal data.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Upper bounds of the histogram, in seconds. With bounds the figures of several instances can be added up, which the
/// quantiles of a summary cannot.
const BOUNDS_S: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// How often single measurements are folded into the histogram.
const FOLD_EVERY: Duration = Duration::from_secs(5);

fn recorder() -> Option<&'static PrometheusHandle> {
    let install = || PrometheusBuilder::new().set_buckets(&BOUNDS_S).ok()?.install_recorder().ok();
    RECORDER.get_or_init(install).as_ref()
}

/// Folds measurements into the histogram from time to time, for as long as it is polled. Without it every single one would be
/// kept until somebody asks for the figures, and nobody may ever ask.
pub async fn keep_up() {
    let mut ticks = tokio::time::interval(FOLD_EVERY);
    loop {
        ticks.tick().await;
        if let Some(recorder) = recorder() {
            recorder.run_upkeep();
        }
    }
}

/// The methods that are counted by name. A caller can invent any number of others, and each would be a series for ever.
fn counted(method: &str) -> &'static str {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].into_iter().find(|known| *known == method).unwrap_or("other")
}

/// Counts one answer.
pub fn observe(method: &str, route: &str, status: u16, elapsed: Duration) {
    if recorder().is_some() {
        let method = counted(method);
        let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
        metrics::counter!("lawgate_http_requests_total", &labels).increment(1);
        metrics::histogram!("lawgate_http_request_duration_seconds", "method" => method, "route" => route.to_owned())
            .record(elapsed.as_secs_f64());
    }
}

/// The figures in Prometheus' text form.
#[must_use]
pub fn text() -> String {
    recorder().map(PrometheusHandle::render).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Duration, observe, text};

    #[test]
    fn invented_methods_share_one_series_and_durations_have_buckets() {
        for method in ["GET", "FROB1", "FROB2", "get"] {
            observe(method, "/a", 405, Duration::from_millis(7));
        }
        let text = text();
        assert!(!text.contains("FROB") && !text.contains("\"get\""), "{text}");
        assert!(text.contains("lawgate_http_requests_total{method=\"other\",route=\"/a\",status=\"405\"} 3"), "{text}");
        let bucket = "lawgate_http_request_duration_seconds_bucket{method=\"GET\",route=\"/a\",le=\"0.01\"} 1";
        assert!(text.contains(bucket), "{text}");
    }
}
