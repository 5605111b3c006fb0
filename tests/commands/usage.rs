//! Wrong usage and commands that need no server.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::process::Stdio;

use super::program::{command, run, stage};

#[test]
fn a_wrong_flag_is_wrong_usage() {
    run(command(&["serve", "--colour", "red"])).expect(2, "--colour");
    run(command(&["serve", "--listen", "nowhere"])).expect(2, "127.0.0.1:8080");
    run(command(&["demo", "--clock", "tomorrow"])).expect(2, "2026-12-01T09:00:00+08:00");
    run(command(&["demo", "--clock", "2200-01-01T00:00:00Z"])).expect(2, "2199");
    run(command(&["serve", "--migrate-url", "postgres://db/x"])).expect(2, "--database-url");
    let mut standby_alone = command(&["serve"]);
    standby_alone.env("LAWGATE_REPLICA_URL", "postgres://db/x");
    run(standby_alone).expect(2, "the private cluster has no standby");
}

#[test]
fn an_unknown_setting_and_a_missing_file_are_wrong_usage() {
    let mut unknown = command(&["serve"]);
    unknown.env("LAWGATE_COLOUR", "red");
    run(unknown).expect(2, "there is no setting `colour`");
    run(command(&["serve", "--config", "/nowhere/lawgate.toml"])).expect(2, "is no file");
}

#[test]
fn a_variable_of_somebody_else_need_not_be_text() {
    let mut foreign = command(&["migrate", "--check", "--data-dir", "/nowhere"]);
    foreign.env("LESSOPEN", OsString::from_vec(vec![0xff]));
    run(foreign).expect(1, "there is no database");
}

#[test]
fn the_demo_listens_on_loopback_only() {
    run(command(&["demo", "--listen", "0.0.0.0:0"])).expect(2, "loopback only");
    let mut figures = command(&["demo"]);
    figures.env("LAWGATE_METRICS_LISTEN", "0.0.0.0:0");
    run(figures).expect(2, "loopback only");
}

#[test]
fn a_check_where_nothing_is_makes_nothing() {
    let stage = stage();
    let data_dir = stage.path().join("typo");
    run(command(&["migrate", "--check", "--data-dir", data_dir.to_str().expect("a path")])).expect(1, "there is no database in");
    assert!(!data_dir.exists());
}

#[test]
fn a_chinese_locale_is_answered_in_chinese() {
    let mut chinese = command(&["migrate", "--check", "--data-dir", "/nowhere"]);
    chinese.env("LC_ALL", "zh_CN.UTF-8");
    run(chinese).expect(1, "`/nowhere` 中没有数据库");
}

#[test]
fn the_openapi_document_is_printed() {
    let answer = run(command(&["openapi"]));
    assert_eq!(answer.status, Some(0), "{answer:?}");
    let document: serde_json::Value = serde_json::from_str(&answer.out).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
}

#[test]
fn nobody_reading_the_output_is_no_panic() {
    // A pipe whose reader is gone: the write is refused, the sentence says so.
    let mut child = command(&["openapi"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains("standard output") && !said.contains("panicked"), "{output:?}");
}

#[test]
fn a_broken_configuration_file_is_named_with_its_line() {
    let stage = stage();
    let file = stage.path().join("lawgate.toml");
    fs::write(&file, "log = \"info\"\nconnections = = 3\n").expect("written");
    run(command(&["serve", "--data-dir", stage.path().to_str().expect("a path")])).expect(2, "at line 2");
}
