//! `serve` and `migrate` on a private cluster.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use lawgate::cluster::{self, Role, Session};
use nix::sys::signal::Signal;

use super::program::{Running, command, get, run, stage};

fn on(data_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    command.arg("--data-dir").arg(data_dir);
    command
}

fn serve(data_dir: &Path) -> Command {
    on(data_dir, &["serve", "--listen", "127.0.0.1:0"])
}

#[test]
fn a_second_program_is_refused_in_words_and_a_migration_joins() {
    let stage = stage();
    let data_dir = stage.path().join("data");
    let (running, address) = Running::serving(serve(&data_dir), stage.path());
    assert!(get(&address, "/health/ready", None).starts_with("HTTP/1.1 200"));
    for second in [serve(&data_dir), on(&data_dir, &["demo", "--listen", "127.0.0.1:0"])] {
        run(second).expect(1, "is in use by `lawgate serve`");
    }
    let busy = run(on(&data_dir, &["serve", "--listen", &address]));
    busy.expect(1, &format!("cannot listen on {address}"));
    for arguments in [&["migrate", "--check"][..], &["migrate"]] {
        let answer = run(on(&data_dir, arguments));
        assert_eq!((answer.status, answer.out.as_str()), (Some(0), "The database is at this version.\n"), "{answer:?}");
    }
    assert!(get(&address, "/health/ready", None).starts_with("HTTP/1.1 200"), "the service goes on");
    running.stop(Signal::SIGINT);
    let answer = run(on(&data_dir, &["migrate", "--check"]));
    assert_eq!(answer.status, Some(0), "a cluster that does not run is started meanwhile: {answer:?}");
}

#[test]
fn a_stop_while_it_starts_ends_it_in_order() {
    let stage = stage();
    let data_dir = stage.path().join("data");
    let mut running = Running::spawn(serve(&data_dir), stage.path());
    running.until("the directory is held", |_| data_dir.join("lawgate.lock").exists());
    running.signal(Signal::SIGTERM);
    assert_eq!(running.ends().code(), Some(0), "{}", running.errors());
    assert_eq!(running.output(), "", "it never served");
    assert!(!data_dir.join("postgres").join("postmaster.pid").exists(), "no server is left behind");
}

/// Starts a registry with the figures apart, and keeps one request waiting for a lock that the test holds.
struct Waiting {
    running: Running,
    request: TcpStream,
    blocker: tokio_postgres::Client,
    runtime: tokio::runtime::Runtime,
    _session: Session,
    _stage: tempfile::TempDir,
}

fn waiting_request(shutdown_seconds: &str) -> Waiting {
    let stage = stage();
    let data_dir = stage.path().join("data");
    let mut command = serve(&data_dir);
    command.env("LAWGATE_SHUTDOWN_SECONDS", shutdown_seconds);
    let (mut running, address) = Running::serving(command, stage.path());
    let session = Session::join_or_start(&data_dir, "test", &cluster::Settings::default()).expect("joins");
    assert!(session.joined());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let blocker = runtime.block_on(async {
        let url = session.url(Role::Superuser, cluster::DATABASE);
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("connects");
        tokio::spawn(connection);
        client.batch_execute("BEGIN; LOCK TABLE tokens IN ACCESS EXCLUSIVE MODE").await.expect("locked");
        client
    });
    let mut request = TcpStream::connect(&address).expect("it listens");
    write!(request, "GET /api/v1/documents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer lg_nobody\r\nConnection: close\r\n\r\n")
        .expect("sent");
    running.until("the request waits for the lock", |_| {
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'tokens'::regclass";
        runtime.block_on(blocker.query_one(waiting, &[])).expect("answered").get::<_, i64>(0) > 0
    });
    Waiting { running, request, blocker, runtime, _session: session, _stage: stage }
}

#[test]
fn a_request_in_flight_is_finished_after_sigterm() {
    let mut waiting = waiting_request("60");
    waiting.running.signal(Signal::SIGTERM);
    waiting.running.until("it stops", |running| running.errors().contains("what is in flight is finished"));
    waiting.runtime.block_on(waiting.blocker.batch_execute("ROLLBACK")).expect("unlocked");
    let mut answer = String::new();
    waiting.request.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 401"), "an answer of the service, not a broken connection: {answer}");
    drop(waiting.blocker);
    assert_eq!(waiting.running.ends().code(), Some(0), "{}", waiting.running.errors());
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut waiting = waiting_request("3600");
    waiting.running.signal(Signal::SIGINT);
    waiting.running.until("it stops", |running| running.errors().contains("what is in flight is finished"));
    waiting.running.signal(Signal::SIGINT);
    assert_eq!(waiting.running.ends().code(), Some(130), "{}", waiting.running.errors());
}

#[test]
fn the_figures_can_have_an_address_of_their_own() {
    let stage = stage();
    // Freed again before the program takes it; a port that the system gives is not given again at once.
    let figures = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").to_string();
    let mut command = serve(&stage.path().join("data"));
    command.env("LAWGATE_METRICS_LISTEN", &figures);
    let (running, address) = Running::serving(command, stage.path());
    assert!(get(&address, "/metrics", None).starts_with("HTTP/1.1 404"));
    let answer = get(&figures, "/metrics", None);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("lawgate_http_requests_total"), "{answer}");
    for path in ["/health/live", "/api/v1/documents"] {
        assert!(get(&figures, path, None).starts_with("HTTP/1.1 404"), "{path}");
        assert!(!get(&address, path, None).starts_with("HTTP/1.1 404"), "{path}");
    }
    running.stop(Signal::SIGTERM);
}
