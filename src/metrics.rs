//! Figures for Prometheus: what was answered, how the database, the private cluster and the jobs fare, what the process uses.
//! No personal data; every label has a small and fixed set of values.

pub mod catalogue;
mod process;

use std::sync::OnceLock;
use std::time::Duration;

use chrono::{DateTime, Utc};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::app::App;
use crate::base::clock;

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Upper bounds of the histogram, in seconds. With bounds the figures of several instances can be added up, which the
/// quantiles of a summary cannot.
const BOUNDS_S: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// How often single measurements are folded into the histogram.
const FOLD_EVERY: Duration = Duration::from_secs(5);

fn recorder() -> Option<&'static PrometheusHandle> {
    RECORDER.get_or_init(install).as_ref()
}

/// What never happened is given as 0: a rate over a series that appears with its first event misses that event.
fn install() -> Option<PrometheusHandle> {
    let recorder = PrometheusBuilder::new().set_buckets(&BOUNDS_S).ok()?.install_recorder().ok()?;
    catalogue::describe();
    metrics::gauge!(catalogue::BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    metrics::gauge!(catalogue::START_TIME).set(seconds(clock::machine_now()));
    metrics::gauge!(catalogue::HTTP_IN_FLIGHT).set(0.0);
    metrics::counter!(catalogue::LOG_LINES_LOST).increment(0);
    drop(metrics::histogram!(catalogue::DB_WAIT));
    for reason in ["pool_exhausted", "acts_exhausted", "not_connected", "no_answer"] {
        metrics::counter!(catalogue::DB_REFUSED, "reason" => reason).increment(0);
    }
    Some(recorder)
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
        metrics::counter!(catalogue::HTTP_REQUESTS, &labels).increment(1);
        metrics::histogram!(catalogue::HTTP_DURATION, "method" => method, "route" => route.to_owned()).record(elapsed.as_secs_f64());
    }
}

/// Counts a request for as long as it is kept.
#[derive(Debug)]
pub struct InFlight(());

impl InFlight {
    /// Begins to count.
    #[must_use]
    pub fn begin() -> Self {
        if recorder().is_some() {
            metrics::gauge!(catalogue::HTTP_IN_FLIGHT).increment(1.0);
        }
        Self(())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        metrics::gauge!(catalogue::HTTP_IN_FLIGHT).decrement(1.0);
    }
}

/// A call waited so long for a connection, whether it got one or not.
pub fn database_waited(elapsed: Duration) {
    if recorder().is_some() {
        metrics::histogram!(catalogue::DB_WAIT).record(elapsed.as_secs_f64());
    }
}

/// A call could not be served by the database.
pub fn database_refused(reason: &'static str) {
    if recorder().is_some() {
        metrics::counter!(catalogue::DB_REFUSED, "reason" => reason).increment(1);
    }
}

/// Where a list or a text was read that the standby may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandbyRead {
    /// On the standby.
    Standby,
    /// On the primary, because the standby was behind.
    Behind,
    /// On the primary, because the standby had too many readings, or could not do this one.
    Busy,
    /// On the primary, because the standby could not be read.
    Away,
}

impl StandbyRead {
    const ALL: [Self; 4] = [Self::Standby, Self::Behind, Self::Busy, Self::Away];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Standby => "standby",
            Self::Behind => "behind",
            Self::Busy => "busy",
            Self::Away => "away",
        }
    }
}

/// A standby is there; its series begin at 0.
pub fn standby_exists() {
    if recorder().is_some() {
        for outcome in StandbyRead::ALL {
            metrics::counter!(catalogue::STANDBY_READS, "outcome" => outcome.as_str()).increment(0);
        }
        metrics::gauge!(catalogue::STANDBY_CURRENT).set(0.0);
    }
}

/// A list or a text was read.
pub fn standby_read(outcome: StandbyRead) {
    if recorder().is_some() {
        metrics::counter!(catalogue::STANDBY_READS, "outcome" => outcome.as_str()).increment(1);
    }
}

/// Whether the standby is read.
pub fn standby_is_read(is_read: bool) {
    if recorder().is_some() {
        metrics::gauge!(catalogue::STANDBY_CURRENT).set(if is_read { 1.0 } else { 0.0 });
    }
}

/// The standby was looked at: how many bytes it had still to apply.
pub fn standby_looked_at(behind_bytes: i64) {
    if recorder().is_some() {
        // To the nearest kilobyte above.
        metrics::gauge!(catalogue::STANDBY_BEHIND).set(f64::from(u32::try_from((behind_bytes + 1023) / 1024).unwrap_or(u32::MAX)) * 1024.0);
    }
}

/// A log line was not written.
pub fn log_line_lost() {
    if recorder().is_some() {
        metrics::counter!(catalogue::LOG_LINES_LOST).increment(1);
    }
}

/// A job is there; its series begin at 0.
pub fn job_exists(job: &'static str) {
    if recorder().is_some() {
        for outcome in ["ok", "failed"] {
            metrics::counter!(catalogue::JOB_RUNS, "job" => job, "outcome" => outcome).increment(0);
        }
        drop(metrics::histogram!(catalogue::JOB_DURATION, "job" => job));
        metrics::gauge!(catalogue::JOB_LAST_SUCCESS, "job" => job).set(0.0);
        metrics::counter!(catalogue::JOB_ROWS_REMOVED, "job" => job).increment(0);
    }
}

/// A run of a job has ended, having removed so many rows, or failed.
pub fn job_ran(job: &'static str, elapsed: Duration, removed: Option<u64>) {
    if recorder().is_some() {
        let outcome = if removed.is_some() { "ok" } else { "failed" };
        metrics::counter!(catalogue::JOB_RUNS, "job" => job, "outcome" => outcome).increment(1);
        metrics::histogram!(catalogue::JOB_DURATION, "job" => job).record(elapsed.as_secs_f64());
        if let Some(removed) = removed {
            metrics::counter!(catalogue::JOB_ROWS_REMOVED, "job" => job).increment(removed);
            metrics::gauge!(catalogue::JOB_LAST_SUCCESS, "job" => job).set(seconds(clock::machine_now()));
        }
    }
}

/// The figures in Prometheus' text form, as they are now.
#[must_use]
pub fn text(app: &App) -> String {
    let Some(recorder) = recorder() else { return String::new() };
    let pool = app.db.status();
    for (name, value) in [
        (catalogue::DB_MAX, pool.max_size),
        (catalogue::DB_OPEN, pool.size),
        (catalogue::DB_IN_USE, pool.size.saturating_sub(pool.available)),
        (catalogue::DB_IDLE, pool.available),
        (catalogue::DB_WAITING, pool.waiting),
    ] {
        metrics::gauge!(name).set(f64::from(u32::try_from(value).unwrap_or(u32::MAX)));
    }
    if let Some(cluster) = &app.cluster {
        let since = cluster.up_since();
        metrics::gauge!(catalogue::CLUSTER_UP).set(if since.is_some() { 1.0 } else { 0.0 });
        metrics::gauge!(catalogue::CLUSTER_UP_SINCE).set(since.map_or(0.0, seconds));
        if let Some(free) = cluster.space().free_bytes() {
            // To the nearest kilobyte, in which every disk there is can be told exactly.
            metrics::gauge!(catalogue::SPACE_FREE).set(f64::from(u32::try_from(free / 1024).unwrap_or(u32::MAX)) * 1024.0);
        }
        metrics::counter!(catalogue::CLUSTER_RESTARTS).absolute(cluster.restarts());
    }
    process::measure();
    recorder.render()
}

/// A moment as Prometheus counts it: whole seconds since 1970.
fn seconds(moment: DateTime<Utc>) -> f64 {
    f64::from(u32::try_from(moment.timestamp()).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Duration, observe, recorder};

    #[test]
    fn invented_methods_share_one_series_and_durations_have_buckets() {
        for method in ["GET", "FROB1", "FROB2", "get"] {
            observe(method, "/a", 405, Duration::from_millis(7));
        }
        let text = recorder().expect("figures are kept").render();
        assert!(!text.contains("FROB") && !text.contains("\"get\""), "{text}");
        assert!(text.contains("lawgate_http_requests_total{method=\"other\",route=\"/a\",status=\"405\"} 3"), "{text}");
        let bucket = "lawgate_http_request_duration_seconds_bucket{method=\"GET\",route=\"/a\",le=\"0.01\"} 1";
        assert!(text.contains(bucket), "{text}");
    }
}
