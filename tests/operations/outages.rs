//! The database goes away and comes back: refusals that say so meanwhile, nothing half done, and no restart needed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use lawgate::cluster::Role;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::http;
use super::proxy::{Mode, Proxy};
use super::registry::{Registry, Server};

/// Calls that wait for a lock in the middle of their transaction.
const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'lawgate_app' AND wait_event_type = 'Lock'";

#[test]
fn a_killed_private_server_comes_back_and_every_act_is_done_once() {
    let registry = Registry::on_private_cluster(&[]);
    registry.create("停机前", None).expect(201);
    let restarts = registry.figure("lawgate_cluster_restarts_total");
    let done = AtomicBool::new(false);
    let (mut refused, mut recovered) = (0, Duration::ZERO);
    thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (registry, done) = (&registry, &done);
                // Each goes on with one act until it is done, as a careful client would: with the same key.
                scope.spawn(move || {
                    let (mut acts, mut refused) = (0, 0);
                    while acts < 3 || !done.load(Ordering::Relaxed) {
                        let title = format!("停机中-{writer}-{acts}");
                        let request = registry.creation(&title, Some(&format!("k-{writer}-{acts}")));
                        loop {
                            let answer = http::send(&registry.address, &request).expect("an answer");
                            if answer.status == 201 {
                                break;
                            }
                            assert_eq!(answer.status, 503, "{}", answer.text());
                            assert!(answer.header("retry-after").is_some());
                            refused += 1;
                            thread::sleep(Duration::from_millis(20));
                        }
                        acts += 1;
                    }
                    (acts, refused)
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(300));
        let pid = registry.server_pid().expect("a server");
        kill(Pid::from_raw(pid), Signal::SIGKILL).expect("killed");
        let killed = Instant::now();
        assert_eq!(registry.get("", "/health/live").status, 200, "live stays true");
        while registry.figure("lawgate_cluster_restarts_total") <= restarts {
            assert!(killed.elapsed() < Duration::from_secs(60), "{}", registry.running.errors());
            thread::sleep(Duration::from_millis(10));
        }
        registry.is_ready_within(Duration::from_secs(30));
        recovered = killed.elapsed();
        done.store(true, Ordering::Relaxed);
        for (writer, handle) in writers.into_iter().enumerate() {
            let (acts, turned_away) = handle.join().expect("no panic");
            refused += turned_away;
            for act in 0..acts {
                assert_eq!(registry.titled(&format!("停机中-{writer}-{act}")), 1, "writer {writer}, act {act}");
            }
        }
    });
    println!("recovered {recovered:?} after kill -9; {refused} refusals meanwhile");
    assert!(recovered < Duration::from_secs(45), "{recovered:?}");
    assert!(registry.figure("lawgate_cluster_up_since_timestamp_seconds") > 0.0);
    assert_eq!(registry.titled("停机前"), 1);
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn a_server_that_is_stopped_and_started_needs_no_restart_of_the_service() {
    let mut server = Server::start();
    let url = server.url(Role::App);
    let registry = Registry::on_server(&server, &url, &[]);
    // Several connections in the pool, each of which will be dead.
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| registry.get("drafter", "/api/v1/documents").expect(200));
        }
    });
    server.down();
    registry.get("", "/health/ready").expect_503("unavailable");
    let problem = registry.create("停机中", Some("k-stopped")).expect_503("unavailable");
    assert!(problem["detail"].as_str().is_some_and(|said| said.contains("nothing was done")), "{problem}");
    registry.get("", "/health/live").expect(200);
    server.up();
    let took = registry.is_ready_within(Duration::from_secs(10));
    println!("ready {took:?} after the server was");
    // Not one of the dead connections is handed to anybody.
    for _ in 0..20 {
        registry.get("drafter", "/api/v1/documents").expect(200);
    }
    registry.create("停机中", Some("k-stopped")).expect(201);
    assert_eq!(registry.titled("停机中"), 1);
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn a_connection_cut_in_the_middle_of_an_act_leaves_nothing_half_done() {
    let server = Server::start();
    let url = server.url(Role::App);
    let registry = Registry::on_server(&server, &url, &[]);
    let (blocker, watcher) = (registry.superuser(), registry.superuser());
    let entries = watcher.number("SELECT count(*) FROM log_entries");
    blocker.run("BEGIN; LOCK TABLE documents IN EXCLUSIVE MODE");
    thread::scope(|scope| {
        let waiting = scope.spawn(|| registry.create("被切断", Some("k-cut")));
        watcher.until(WAITING);
        watcher.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'lawgate_app'");
        waiting.join().expect("no panic").expect_503("unavailable");
    });
    blocker.run("ROLLBACK");
    assert_eq!((registry.titled("被切断"), watcher.number("SELECT count(*) FROM log_entries")), (0, entries));
    registry.create("被切断", Some("k-cut")).expect(201);
    assert_eq!(registry.titled("被切断"), 1);
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn a_network_that_swallows_everything_bounds_how_long_a_call_hangs() {
    let server = Server::start();
    let proxy = Proxy::to(server.socket_dir());
    let registry = Registry::on_server(&server, &proxy.url("lawgate_app"), &[("LAWGATE_DATABASE_SECONDS", "2")]);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| registry.get("drafter", "/api/v1/documents").expect(200));
        }
    });
    proxy.set(Mode::Hole);
    thread::scope(|scope| {
        let asked = [
            scope.spawn(|| registry.get("drafter", "/api/v1/documents")),
            scope.spawn(|| registry.create("黑洞中", Some("k-hole"))),
            scope.spawn(|| registry.get("", "/health/ready")),
        ];
        thread::sleep(Duration::from_millis(100));
        assert_eq!(registry.get("", "/health/live").status, 200);
        for answer in asked.map(|asked| asked.join().expect("no panic")) {
            answer.expect_503("unavailable");
            println!("refused after {:?}", answer.took);
            // 5 seconds for a connection, 2 for the database, 2 until the caller's own bound; and a busy machine.
            assert!(answer.took < Duration::from_secs(15), "{:?}", answer.took);
        }
    });
    assert!(registry.figure("lawgate_database_refused_total{reason=\"no_answer\"}") >= 1.0);
    proxy.set(Mode::Forward);
    let took = registry.is_ready_within(Duration::from_secs(15));
    println!("ready {took:?} after the network was");
    // The connections that were caught are not used again, although their ends never heard of each other.
    for _ in 0..10 {
        registry.get("drafter", "/api/v1/documents").expect(200);
    }
    assert_eq!(registry.titled("黑洞中"), 0);
    registry.create("黑洞中", Some("k-hole")).expect(201);
    let again = registry.create("黑洞中", Some("k-hole"));
    again.expect(201);
    assert_eq!(again.header("idempotent-replayed").as_deref(), Some("true"));
    assert_eq!(registry.titled("黑洞中"), 1);
    assert!(proxy.connections() > 1);
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn a_network_that_breaks_at_the_commit_is_told_from_nothing_was_done() {
    let server = Server::start();
    let proxy = Proxy::to(server.socket_dir());
    let registry = Registry::on_server(&server, &proxy.url("lawgate_app"), &[]);
    let watcher = registry.superuser();
    for (mode, title, key, done) in
        [(Mode::BreakBeforeCommit, "提交前断开", "k-before", 0), (Mode::BreakAfterCommit, "提交后断开", "k-after", 1)]
    {
        // The sealer has nothing left to commit, so that the next commit is the act's.
        watcher.until("SELECT (NOT EXISTS (SELECT FROM unsealed_acts))::int::bigint");
        proxy.set(mode);
        let problem = registry.create(title, Some(key)).expect_503("outcome_unknown");
        assert!(!problem["detail"].as_str().is_some_and(|said| said.contains("nothing was done")), "{problem}");
        proxy.set(Mode::Forward);
        assert_eq!(registry.titled(title), done);
        let again = registry.create(title, Some(key));
        again.expect(201);
        assert_eq!(again.header("idempotent-replayed").is_some(), done == 1, "{title}");
        assert_eq!(registry.titled(title), 1, "{title}");
    }
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn a_caller_who_goes_away_leaves_no_lock_behind() {
    use std::io::Write;
    let server = Server::start();
    let url = server.url(Role::App);
    let registry = Registry::on_server(&server, &url, &[]);
    let (blocker, watcher) = (registry.superuser(), registry.superuser());
    blocker.run("BEGIN; LOCK TABLE documents IN EXCLUSIVE MODE");
    let mut stream = std::net::TcpStream::connect(&registry.address).expect("it listens");
    stream.write_all(&registry.creation("无人等待", None)).expect("sent");
    watcher.until(WAITING);
    drop(stream);
    blocker.run("ROLLBACK");
    // Whether the act was still done or given up, its transaction has ended.
    watcher
        .until("SELECT (NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'lawgate_app' AND xact_start IS NOT NULL))::int::bigint");
    registry.create("之后", None).expect(201);
    registry.running.stop(Signal::SIGTERM);
}
