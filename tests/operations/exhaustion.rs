//! Connections to the database run out: refusals within a bounded wait, health answers on, and it recovers by itself.

use std::thread;
use std::time::{Duration, Instant};

use lawgate::cluster::Role;
use nix::sys::signal::Signal;

use super::registry::{Registry, Server, Sql};

/// The wait for a connection, and what a busy machine adds.
const BOUND: Duration = Duration::from_secs(12);

#[test]
fn a_server_whose_connections_others_use_up_is_waited_for_in_bounds() {
    let server = Server::with_connections(12);
    let url = server.url(Role::App);
    let registry = Registry::on_server(&server, &url, &[("LAWGATE_CONNECTIONS", "4")]);
    let watcher = registry.superuser();
    // As after a restart: the service has none of its own, and others take every place that is not the superuser's. The service
    // takes one whenever it has something to do by itself, so it is told to go until they have all.
    let places = watcher.number(
        "SELECT current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint
            - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename <> 'lawgate_app')",
    );
    assert!(places >= 3, "{places}");
    let (mut others, began) = (Vec::new(), Instant::now());
    while others.len() < usize::try_from(places).expect("a count") {
        assert!(began.elapsed() < Duration::from_secs(60), "{} of {places}", others.len());
        watcher.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'lawgate%'");
        others.extend(Sql::try_connect(&url).ok());
    }
    for answer in [registry.get("drafter", "/api/v1/documents"), registry.create("没有连接", Some("k-full"))] {
        answer.expect_503("unavailable");
        assert!(answer.took < BOUND, "{:?}", answer.took);
    }
    registry.get("", "/health/ready").expect_503("unavailable");
    registry.get("", "/health/live").expect(200);
    assert!(registry.figure("lawgate_database_refused_total{reason=\"not_connected\"}") >= 2.0);
    drop(others);
    registry.is_ready_within(Duration::from_secs(10));
    registry.create("没有连接", Some("k-full")).expect(201);
    assert_eq!(registry.titled("没有连接"), 1);
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn slow_statements_that_hold_every_connection_end_and_others_are_refused_in_bounds() {
    let server = Server::start();
    let url = server.url(Role::App);
    let registry = Registry::on_server(&server, &url, &[("LAWGATE_CONNECTIONS", "2"), ("LAWGATE_DATABASE_SECONDS", "10")]);
    let (blocker, watcher) = (registry.superuser(), registry.superuser());
    blocker.run("BEGIN; LOCK TABLE tokens IN ACCESS EXCLUSIVE MODE");
    thread::scope(|scope| {
        let slow: Vec<_> = (0..2).map(|_| scope.spawn(|| registry.get("drafter", "/api/v1/documents"))).collect();
        let waiting = "SELECT (count(*) = 2)::int::bigint FROM pg_locks WHERE NOT granted AND relation = 'tokens'::regclass";
        watcher.until(waiting);
        let turned_away = registry.get("drafter", "/api/v1/documents");
        turned_away.expect_503("unavailable");
        assert!((Duration::from_secs(4)..BOUND).contains(&turned_away.took), "{:?}", turned_away.took);
        registry.get("", "/health/live").expect(200);
        assert_eq!(registry.figure("lawgate_database_connections_in_use"), 2.0);
        assert!(registry.figure("lawgate_database_refused_total{reason=\"pool_exhausted\"}") >= 1.0);
        for slow in slow {
            let answer = slow.join().expect("no panic");
            answer.expect_503("unavailable");
            println!("a statement that waited for a lock was refused after {:?}", answer.took);
            assert!(answer.took < Duration::from_secs(10) + BOUND, "{:?}", answer.took);
        }
    });
    blocker.run("ROLLBACK");
    registry.get("drafter", "/api/v1/documents").expect(200);
    assert_eq!(registry.figure("lawgate_database_connections_in_use"), 0.0);
    registry.running.stop(Signal::SIGTERM);
}
