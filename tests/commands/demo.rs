//! `demo` on a private cluster.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::Signal;
use serde_json::Value;

use super::program::{Running, command, get, run, stage};

fn on(data_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    command.args(["--listen", "127.0.0.1:0", "--data-dir"]).arg(data_dir);
    command
}

#[test]
fn a_demo_keeps_its_logins_and_its_clock_and_is_no_registry() {
    let stage = stage();
    let data_dir = stage.path().join("data");
    let logins = data_dir.join("demo-credentials.json");
    let (running, address) = Running::serving(on(&data_dir, &["demo", "--clock", "2026-12-01T09:00:00+08:00"]), stage.path());
    assert_eq!(fs::metadata(&logins).expect("there").mode() & 0o777, 0o600);
    let credentials: Value = serde_json::from_slice(&fs::read(&logins).expect("readable")).expect("JSON");
    assert_eq!(credentials["base_url"], format!("http://{address}"));
    let token = credentials["users"]["drafter"]["token"].as_str().expect("a token").to_owned();
    assert!(get(&address, "/api/v1/documents", Some(&token)).starts_with("HTTP/1.1 200"));
    running.stop(Signal::SIGTERM);

    run(on(&data_dir, &["demo", "--clock", "2026-12-02T09:00:00+08:00"])).expect(1, "leave --clock out");
    run(on(&data_dir, &["serve"])).expect(1, "this database holds a demo");

    let (running, address) = Running::serving(on(&data_dir, &["demo"]), stage.path());
    assert!(get(&address, "/api/v1/documents", Some(&token)).starts_with("HTTP/1.1 200"), "the same token again");
    running.stop(Signal::SIGINT);

    fs::write(&logins, "{\"users\": ").expect("ours");
    run(on(&data_dir, &["demo"])).expect(1, "start a new demo with another --data-dir");
    fs::remove_file(&logins).expect("ours");
    run(on(&data_dir, &["demo"])).expect(1, "demo-credentials.json");
}
