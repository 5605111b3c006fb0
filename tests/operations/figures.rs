//! The figures: what `docs/OPERATIONS.md` names is what the service prints, and nothing else.

use std::collections::BTreeMap;

use lawgate::metrics::catalogue;
use nix::sys::signal::Signal;

use super::registry::Registry;

const OPERATIONS: &str = include_str!("../../docs/OPERATIONS.md");

/// Rows of the table: name, kind, labels.
fn documented() -> BTreeMap<String, (String, String)> {
    let rows = OPERATIONS.lines().filter(|line| line.starts_with("| `lawgate_") || line.starts_with("| `process_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [name, kind, labels, meaning] = cells.as_slice() else { panic!("four cells: {row}") };
        assert!(meaning.len() > 10, "{row}");
        (name.trim_matches('`').to_owned(), ((*kind).to_owned(), labels.replace('`', "")))
    })
    .collect()
}

#[test]
fn every_figure_is_documented_and_every_documented_figure_is_given() {
    let in_catalogue: BTreeMap<String, (String, String)> =
        catalogue::ALL.iter().map(|figure| (figure.name.to_owned(), (figure.kind.as_str().to_owned(), figure.labels.join(", ")))).collect();
    assert_eq!(documented(), in_catalogue);
    let registry = Registry::on_private_cluster(&[]);
    registry.get("drafter", "/api/v1/documents").expect(200);
    let text = registry.get("", "/metrics").text();
    let printed: BTreeMap<String, String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .filter_map(|line| line.split_once(' '))
        .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
        .collect();
    // There is no standby; what it has is looked at where there is one.
    let given = || catalogue::ALL.iter().filter(|figure| !figure.name.starts_with("lawgate_standby_"));
    let expected: BTreeMap<String, String> = given().map(|figure| (figure.name.to_owned(), figure.kind.as_str().to_owned())).collect();
    assert_eq!(printed, expected, "{text}");
    for figure in given() {
        assert!(text.contains(&format!("# HELP {} {}", figure.name, figure.help)), "{}", figure.name);
        for label in figure.labels {
            let series = text
                .lines()
                .find(|line| line.starts_with(&format!("{}{{", figure.name)) || line.starts_with(&format!("{}_bucket{{", figure.name)));
            assert!(series.is_some_and(|series| series.contains(&format!("{label}=\""))), "{} {label}", figure.name);
        }
    }
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn the_figures_of_the_process_the_pool_and_the_jobs_are_plausible() {
    let registry = Registry::on_private_cluster(&[("LAWGATE_CONNECTIONS", "3")]);
    registry.get("drafter", "/api/v1/documents").expect(200);
    let figure = |series: &str| registry.figure(series);
    assert_eq!(figure("lawgate_database_connections_max"), 3.0);
    assert_eq!(figure("lawgate_database_connections"), figure("lawgate_database_connections_idle"));
    assert!(figure("process_resident_memory_bytes") > 5e6 && figure("process_resident_memory_bytes") < 2e9);
    assert!(figure("process_open_fds") > 5.0 && figure("process_open_fds") < figure("process_max_fds"));
    assert!(figure("process_threads") >= 2.0);
    assert_eq!(figure("lawgate_cluster_up"), 1.0);
    assert!(figure("lawgate_cluster_up_since_timestamp_seconds") <= figure("process_start_time_seconds") + 1.0);
    assert_eq!(figure("lawgate_job_runs_total{job=\"expired_idempotency_keys\",outcome=\"failed\"}"), 0.0);
    assert_eq!(figure("lawgate_http_requests_in_flight"), 1.0, "the one that asks");
    assert!(figure("lawgate_database_wait_seconds_count") >= 1.0);
    registry.running.stop(Signal::SIGTERM);
}
