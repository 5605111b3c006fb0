//! Health tells the truth, also while the service stops; and the service manager is told.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use lawgate::cluster::Role;
use nix::sys::signal::Signal;

use super::http;
use super::program::stage;
use super::registry::{Registry, Server, demo};

#[test]
fn readiness_ends_with_the_signal_and_what_is_in_flight_is_finished() {
    let mut registry = Registry::on_private_cluster(&[("LAWGATE_DRAIN_SECONDS", "2")]);
    registry.get("", "/health/ready").expect(200);
    registry.running.signal(Signal::SIGTERM);
    registry.running.until("it stops", |running| running.errors().contains("what is in flight is finished"));
    let told = Instant::now();
    registry.is_not_ready();
    let problem = registry.get("", "/health/ready").expect_503("unavailable");
    assert!(problem["detail"].as_str().is_some_and(|said| said.contains("stopping")), "{problem}");
    registry.get("", "/health/live").expect(200);
    registry.create("停止前", None).expect(201);
    assert_eq!(registry.running.ends().code(), Some(0), "{}", registry.running.errors());
    assert!(told.elapsed() < Duration::from_secs(20), "{:?}", told.elapsed());
    assert!(http::send(&registry.address, &http::request("GET", "/health/live", "", &[], None)).is_err(), "nobody listens");
}

#[test]
fn a_connection_that_is_kept_open_does_not_keep_the_service() {
    let mut registry = Registry::on_private_cluster(&[("LAWGATE_SHUTDOWN_SECONDS", "600"), ("LAWGATE_DRAIN_SECONDS", "1")]);
    let mut stream = TcpStream::connect(&registry.address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("set");
    let idle = TcpStream::connect(&registry.address).expect("it listens");
    let mut ask = || {
        stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: test\r\n\r\n").expect("sent");
        let mut buffer = [0_u8; 4096];
        let count = stream.read(&mut buffer).expect("an answer");
        String::from_utf8_lossy(&buffer[..count]).to_ascii_lowercase()
    };
    assert!(!ask().contains("connection: close"));
    registry.running.signal(Signal::SIGTERM);
    registry.is_not_ready();
    assert!(ask().contains("connection: close"), "whoever keeps a connection is told to open another, elsewhere");
    let began = Instant::now();
    assert_eq!(registry.running.ends().code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    drop(idle);
}

#[test]
fn a_database_of_another_version_is_not_ready_and_the_service_lives_on() {
    let server = Server::start();
    let url = server.url(Role::App);
    let registry = Registry::on_server(&server, &url, &[]);
    let superuser = registry.superuser();
    registry.get("", "/health/ready").expect(200);
    superuser.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000001')");
    registry.get("", "/health/ready").expect_503("unavailable");
    registry.get("", "/health/live").expect(200);
    superuser.run("DELETE FROM __diesel_schema_migrations WHERE version = '29990101000001'");
    registry.get("", "/health/ready").expect(200);
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn the_service_manager_is_told_when_it_serves_and_when_it_stops() {
    let stage = stage();
    let manager = UnixDatagram::bind(stage.path().join("notify")).expect("bound");
    manager.set_read_timeout(Some(Duration::from_secs(120))).expect("set");
    let told = || {
        let mut buffer = [0_u8; 64];
        let count = manager.recv(&mut buffer).expect("told");
        String::from_utf8_lossy(&buffer[..count]).into_owned()
    };
    let data_dir = stage.path().join("data");
    let mut command = demo(&data_dir, &[]);
    command.env("NOTIFY_SOCKET", stage.path().join("notify"));
    let registry = Registry::start(command, &data_dir, stage.path());
    assert_eq!(told(), "READY=1", "by lawgate and not by its database server");
    registry.get("", "/health/ready").expect(200);
    registry.running.stop(Signal::SIGTERM);
    assert_eq!(told(), "STOPPING=1");
    manager.set_nonblocking(true).expect("set");
    assert!(manager.recv(&mut [0_u8; 64]).is_err(), "nothing else is told");
}
