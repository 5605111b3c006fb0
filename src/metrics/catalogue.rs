//! Every figure that the service gives, by name, kind and labels, in the order of `docs/OPERATIONS.md`. Measures nothing.

use metrics::{describe_counter, describe_gauge, describe_histogram};

/// How a figure moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only up, from the start of the process.
    Counter,
    /// Up and down.
    Gauge,
    /// Counted in buckets of seconds.
    Histogram,
}

impl Kind {
    /// The word of Prometheus' text form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its name.
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it says.
    pub help: &'static str,
}

macro_rules! figures {
    ($($id:ident = $name:literal, $kind:ident, [$($label:literal),*], $help:literal;)+) => {
        $(#[doc = $help] pub const $id: &str = $name;)+
        /// Every figure there is.
        pub const ALL: &[Figure] = &[$(Figure { name: $name, kind: Kind::$kind, labels: &[$($label),*], help: $help }),+];
    };
}

figures! {
    BUILD_INFO = "lawgate_build_info", Gauge, ["version"], "Always 1; the label names the running version";
    HTTP_REQUESTS = "lawgate_http_requests_total", Counter, ["method", "route", "status"], "Answers by method, route and status";
    HTTP_DURATION = "lawgate_http_request_duration_seconds", Histogram, ["method", "route"], "Seconds from the head of a request to the head of its answer";
    HTTP_IN_FLIGHT = "lawgate_http_requests_in_flight", Gauge, [], "Requests that are being worked on";
    DB_MAX = "lawgate_database_connections_max", Gauge, [], "Connections that the service may open, as set by `connections`";
    DB_OPEN = "lawgate_database_connections", Gauge, [], "Connections that are open";
    DB_IN_USE = "lawgate_database_connections_in_use", Gauge, [], "Connections on which a call is at work";
    DB_IDLE = "lawgate_database_connections_idle", Gauge, [], "Connections that wait for a call";
    DB_WAITING = "lawgate_database_waiting", Gauge, [], "Calls that wait for a connection or for one to be opened";
    DB_WAIT = "lawgate_database_wait_seconds", Histogram, [], "Seconds that calls waited for a connection, those that got none included";
    DB_REFUSED = "lawgate_database_refused_total", Counter, ["reason"], "Calls that the database could not serve: pool_exhausted, acts_exhausted, not_connected, no_answer";
    STANDBY_CURRENT = "lawgate_standby_current", Gauge, [], "1 while lists and texts are read on the standby, 0 while it is passed over; absent without one";
    STANDBY_BEHIND = "lawgate_standby_behind_bytes", Gauge, [], "Bytes of the log that the standby had still to apply after a moment's wait, when last looked at; absent without one";
    STANDBY_READS = "lawgate_standby_reads_total", Counter, ["outcome"], "Readings that the standby may serve: standby, and on the primary behind, busy, away; absent without one";
    CLUSTER_UP = "lawgate_cluster_up", Gauge, [], "1 while the private database server runs, 0 while it is being started again; absent with a server of its own";
    CLUSTER_RESTARTS = "lawgate_cluster_restarts_total", Counter, [], "How often a private database server that had died was started again; absent with a server of its own";
    CLUSTER_UP_SINCE = "lawgate_cluster_up_since_timestamp_seconds", Gauge, [], "When the private database server became ready, 0 while it is down; absent with a server of its own";
    SPACE_FREE = "lawgate_cluster_disk_free_bytes", Gauge, [], "Room on the fuller disk of the private cluster; below 64 MiB nothing is written any more; absent with a server of its own";
    JOB_RUNS = "lawgate_job_runs_total", Counter, ["job", "outcome"], "Runs of the service's own jobs: ok, failed";
    JOB_DURATION = "lawgate_job_duration_seconds", Histogram, ["job"], "Seconds that a run took";
    JOB_LAST_SUCCESS = "lawgate_job_last_success_timestamp_seconds", Gauge, ["job"], "When a run last came to its end, 0 before the first";
    JOB_ROWS_REMOVED = "lawgate_job_rows_removed_total", Counter, ["job"], "Rows that the job removed";
    LOG_LINES_LOST = "lawgate_log_lines_lost_total", Counter, [], "Log lines that standard error did not take, such as on a full disk";
    RESIDENT_MEMORY = "process_resident_memory_bytes", Gauge, [], "Memory that the process has in use, without the private database server's";
    OPEN_FDS = "process_open_fds", Gauge, [], "Open files and sockets";
    MAX_FDS = "process_max_fds", Gauge, [], "How many files and sockets may be open";
    THREADS = "process_threads", Gauge, [], "Threads of the process";
    CPU_SECONDS = "process_cpu_seconds_total", Counter, [], "Whole seconds of processor time, without the private database server's";
    START_TIME = "process_start_time_seconds", Gauge, [], "When the process began to serve";
}

/// Gives every figure its description.
pub(super) fn describe() {
    for figure in ALL {
        match figure.kind {
            Kind::Counter => describe_counter!(figure.name, figure.help),
            Kind::Gauge => describe_gauge!(figure.name, figure.help),
            Kind::Histogram => describe_histogram!(figure.name, figure.help),
        }
    }
}
