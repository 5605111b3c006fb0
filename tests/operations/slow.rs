//! Slow and idle callers: heads that trickle in, answers that nobody reads, connections that say nothing, and too few files.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;

use super::http;
use super::program::{Running, command, run_by, stage};
use super::registry::Registry;

fn connect(registry: &Registry) -> TcpStream {
    let stream = TcpStream::connect(&registry.address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(90))).expect("set");
    stream
}

#[test]
fn a_head_that_trickles_in_is_given_up() {
    let registry = Registry::on_private_cluster(&[]);
    let mut stream = connect(&registry);
    let began = Instant::now();
    stream.set_read_timeout(Some(Duration::from_millis(500))).expect("set");
    stream.write_all(b"GET /health/live HTTP/1.1\r\n").expect("sent");
    let mut answer = Vec::new();
    loop {
        match stream.read(&mut [0_u8; 1]) {
            Ok(0) => break,
            Ok(_) => answer.push(1),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
        assert!(began.elapsed() < Duration::from_secs(60), "it waits for ever");
        if stream.write_all(b"X-Slow: 1\r\n").is_err() {
            break;
        }
    }
    println!("given up after {:?}", began.elapsed());
    assert!(began.elapsed() > Duration::from_secs(5));
    registry.get("", "/health/live").expect(200);
    registry.running.stop(Signal::SIGTERM);
}

/// A document whose file is 20 MB.
fn large_file(registry: &Registry) -> String {
    let id = registry.create("大文件", None).expect(201)["id"].as_str().expect("an id").to_owned();
    let boundary = "x-boundary-x";
    let mut body = Vec::new();
    body.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nother\r\n").as_bytes());
    body.extend_from_slice(
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"large.txt\"\r\n\r\n").as_bytes(),
    );
    body.resize(body.len() + 19 * 1024 * 1024, b'a');
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    let head = format!(
        "POST /api/v1/documents/{id}/materials HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: multipart/form-data; boundary={boundary}\r\nContent-Length: {}\r\n\r\n",
        registry.token("drafter"),
        body.len()
    );
    let answer = http::send(&registry.address, &[head.as_bytes(), &body].concat()).expect("an answer");
    let material = answer.expect(201)["id"].as_str().expect("an id").to_owned();
    format!("/api/v1/documents/{id}/materials/{material}/file")
}

#[test]
fn an_answer_that_nobody_reads_costs_bounded_memory_and_no_connection() {
    let registry = Registry::on_private_cluster(&[]);
    let path = large_file(&registry);
    let before = registry.figure("process_resident_memory_bytes");
    let request = http::request("GET", &path, registry.token("drafter"), &[], None);
    let began = Instant::now();
    // Each asks for 19 MB and reads none of it: together 760 MB.
    let unread: Vec<TcpStream> = (0..40)
        .map(|_| {
            let mut stream = connect(&registry);
            stream.write_all(&request).expect("sent");
            stream
        })
        .collect();
    let asked = "lawgate_http_requests_total{method=\"GET\",route=\"/api/v1/documents/{id}/materials/{material_id}/file\",status=\"200\"}";
    while registry.figure("lawgate_http_requests_in_flight") > 1.0 || registry.figure(asked) < 10.0 {
        assert!(began.elapsed() < Duration::from_secs(60), "they are not answered");
        thread::sleep(Duration::from_millis(50));
    }
    let grown = (registry.figure("process_resident_memory_bytes") - before) / 1048576.0;
    println!("{} answers lie unread; memory grew by {grown:.0} MiB", registry.figure(asked));
    // 256 MiB of answers, and what 16 connections were reading at once.
    assert!(grown < 1300.0, "{grown} MiB");
    assert_eq!(registry.figure("lawgate_database_connections_in_use"), 0.0);
    let turned_away = registry.get("drafter", &path);
    turned_away.expect_503("unavailable");
    registry.get("drafter", "/api/v1/documents").expect(200);
    registry.create("其间", None).expect(201);
    // Whoever reads nothing for half a minute is given up, and the memory is free for others.
    loop {
        let answer = registry.get("drafter", &path);
        if answer.status == 200 {
            assert_eq!(answer.body.len(), 19 * 1024 * 1024);
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(100), "unread answers are kept for ever");
        thread::sleep(Duration::from_millis(500));
    }
    println!("given up after {:?}", began.elapsed());
    drop(unread);
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn thousands_of_idle_connections_cost_little_and_are_closed() {
    const IDLE: usize = 2000;
    let (_, hard) = nix::sys::resource::getrlimit(Resource::RLIMIT_NOFILE).expect("a limit");
    if hard < IDLE as u64 + 500 {
        println!("skipped: this test may open {hard} files only");
        return;
    }
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).expect("raised");
    let registry = Registry::on_private_cluster(&[]);
    let before = registry.figure("process_resident_memory_bytes");
    let idle: Vec<TcpStream> = (0..IDLE).map(|_| TcpStream::connect(&registry.address).expect("accepted")).collect();
    let answer = registry.get("drafter", "/api/v1/documents");
    answer.expect(200);
    assert!(registry.figure("process_open_fds") > 1900.0);
    let each = (registry.figure("process_resident_memory_bytes") - before) / 1024.0 / 2000.0;
    println!("{IDLE} idle connections: {each:.1} KiB each; a list took {:?} meanwhile", answer.took);
    assert!(each < 64.0, "{each} KiB each");
    let began = Instant::now();
    while registry.figure("process_open_fds") > 200.0 {
        assert!(began.elapsed() < Duration::from_secs(60), "idle connections are kept");
        thread::sleep(Duration::from_millis(200));
    }
    println!("closed after {:?}", began.elapsed());
    drop(idle);
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn with_too_few_files_callers_wait_and_nothing_spins_or_dies() {
    let stage = stage();
    let data_dir = stage.path().join("data");
    let mut limited = std::process::Command::new("prlimit");
    limited.args(["--nofile=128:128", "--"]);
    let mut demo = command(&["demo", "--listen", "127.0.0.1:0", "--data-dir"]);
    demo.arg(&data_dir).env("LAWGATE_WORKERS", "2");
    let mut limited = run_by(limited, &demo);
    limited.process_group(0);
    let registry = Registry::of(Running::spawn(limited, stage.path()), &data_dir);
    assert_eq!(registry.figure("process_max_fds"), 128.0);
    let spent = registry.figure("process_cpu_seconds_total");
    let began = Instant::now();
    let idle: Vec<TcpStream> = (0..90).map(|_| TcpStream::connect(&registry.address).expect("queued")).collect();
    // All places are taken; the next caller waits until idle ones are closed, and is answered.
    let answer = registry.get("drafter", "/api/v1/documents");
    answer.expect(200);
    println!("answered after {:?} behind 90 idle connections", answer.took);
    assert!(began.elapsed() < Duration::from_secs(60));
    drop(idle);
    registry.create("之后", None).expect(201);
    assert!(registry.figure("process_open_fds") < 128.0);
    let spent = registry.figure("process_cpu_seconds_total") - spent;
    assert!(spent < 10.0, "{spent} s of processor time while it waited");
    assert!(!registry.running.errors().contains("panicked"), "{}", registry.running.errors());
    registry.running.stop(Signal::SIGTERM);
}
