//! First and later starts, and what they leave on disk.

use std::fs;
use std::time::Instant;

use lawgate::cluster::{Cluster, DataDirLock, Role, Settings};

use crate::stage::{Stage, is_alive, query, text};

#[test]
fn what_was_committed_is_there_at_the_second_start() {
    let stage = Stage::new();
    let began = Instant::now();
    let cluster = stage.start();
    println!("first start: {:?}", began.elapsed());
    let url = cluster.url(Role::Owner, "lawgate");
    query(&url, "CREATE TABLE kept AS SELECT 'yes'::text AS answer").expect("the owner makes tables");
    let began = Instant::now();
    cluster.stop();
    println!("stop: {:?}", began.elapsed());

    let began = Instant::now();
    let cluster = stage.start();
    println!("second start: {:?}", began.elapsed());
    assert_eq!(text(&cluster, "SELECT answer FROM kept"), "yes");
}

#[test]
fn a_stopped_cluster_leaves_no_process_and_frees_the_directory() {
    let stage = Stage::with_cluster();
    let cluster = stage.start();
    let server = cluster.server_pid().expect("it runs");
    assert!(is_alive(server));
    cluster.stop();
    assert!(!is_alive(server));
    assert!(!stage.pgdata().join("postmaster.pid").exists());
    DataDirLock::hold(&stage.data_dir(), "serve").expect("free again");
}

#[test]
fn a_new_cluster_is_utf8_sorted_by_code_point_and_checksummed() {
    let stage = Stage::new();
    let cluster = stage.start();
    assert_eq!(text(&cluster, "SHOW server_encoding"), "UTF8");
    assert_eq!(text(&cluster, "SHOW data_checksums"), "on");
    let collation = "SELECT datcollate FROM pg_database WHERE datname = 'lawgate'";
    assert!(["C.UTF-8", "C"].contains(&text(&cluster, collation).as_str()));
    assert_eq!(text(&cluster, "SHOW listen_addresses"), "");
    assert_eq!(text(&cluster, "SHOW max_connections"), "20");
    assert_eq!(text(&cluster, "SHOW fsync"), "off");
    let version = text(&cluster, "SHOW server_version");
    assert!(version.starts_with(&cluster.version().to_string()), "{version}");
}

#[test]
fn the_service_gets_full_durability_unless_it_is_a_test() {
    let stage = Stage::new();
    let lock = DataDirLock::hold(&stage.data_dir(), "serve").expect("free");
    let began = Instant::now();
    let cluster = Cluster::start(lock, &Settings::default()).expect("starts");
    println!("first start, full durability: {:?}", began.elapsed());
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        assert_eq!(text(&cluster, &format!("SHOW {setting}")), "on", "{setting}");
    }
    cluster.stop();
    let lock = DataDirLock::hold(&stage.data_dir(), "serve").expect("free");
    let began = Instant::now();
    let cluster = Cluster::start(lock, &Settings::default()).expect("starts");
    println!("second start, full durability: {:?}", began.elapsed());
    let began = Instant::now();
    cluster.stop();
    println!("stop, full durability: {:?}", began.elapsed());
}

#[test]
fn settings_in_the_clusters_own_files_cannot_open_it_or_switch_durability_off() {
    let stage = Stage::with_cluster();
    stage.start().stop();
    let config = stage.pgdata().join("postgresql.auto.conf");
    fs::write(config, "listen_addresses = '*'\nport = 15432\nfsync = off\n").expect("ours");
    let lock = DataDirLock::hold(&stage.data_dir(), "serve").expect("free");
    let cluster = Cluster::start(lock, &Settings::default()).expect("starts");
    assert_eq!(text(&cluster, "SHOW listen_addresses"), "");
    assert_eq!(text(&cluster, "SHOW fsync"), "on");
}

#[test]
fn a_path_too_long_for_a_socket_moves_the_socket_elsewhere_and_back_into_nothing() {
    let stage = Stage::new();
    let data_dir = stage.path().join("法制审核".repeat(8));
    let lock = DataDirLock::hold(&data_dir, "serve").expect("free");
    let cluster = Cluster::start(lock, &crate::stage::settings()).expect("starts");
    let socket_dir = cluster.socket_dir().to_path_buf();
    assert!(!socket_dir.starts_with(&data_dir));
    assert_eq!(text(&cluster, "SELECT 'reached'"), "reached");
    let session = lawgate::cluster::Session::join_or_start(&data_dir, "test", &crate::stage::settings()).expect("joins");
    assert!(session.joined());
    drop(session);
    cluster.stop();
    assert!(!socket_dir.exists(), "nothing is left outside");
}

#[test]
fn a_directory_with_spaces_quotes_and_commas_works() {
    let stage = Stage::new();
    let data_dir = stage.path().join("a, \"b\" 'c' $d");
    let lock = DataDirLock::hold(&data_dir, "serve").expect("free");
    let cluster = Cluster::start(lock, &crate::stage::settings()).expect("starts");
    assert!(cluster.socket_dir().starts_with(&data_dir));
    assert_eq!(text(&cluster, "SELECT 'reached'"), "reached");
}

#[test]
fn databases_come_from_a_template_and_go() {
    let stage = Stage::with_cluster();
    let cluster = stage.start();
    query(&cluster.url(Role::Owner, "lawgate"), "CREATE TABLE copied (id int)").expect("made");
    let endpoint = cluster.endpoint();
    let began = Instant::now();
    for number in 0..10 {
        let name = format!("t_{number}");
        endpoint.create_database_from_template(&name, "lawgate").expect("made");
    }
    println!("database from a template: {:?} each", began.elapsed() / 10);
    let app = cluster.url(Role::App, "t_3");
    query(&app, "SELECT to_regclass('copied')").expect("the service may connect");
    let owner = cluster.url(Role::Owner, "t_3");
    query(&owner, "CREATE TABLE more (id int)").expect("the owner owns the copy");
    endpoint.drop_database("t_3").expect("dropped");
    endpoint.drop_database("t_3").expect("dropping what is not there is no error");
    assert!(query(&app, "SELECT 1").is_err());
    assert!(endpoint.create_database_from_template("t_4", "lawgate").is_err(), "the name is taken");
}
