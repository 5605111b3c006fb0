//! `kill -9` of the server, of the program, of both, and in the middle of the first start.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use lawgate::cluster::{Cluster, DataDirLock, Role};
use nix::sys::signal::Signal;

use crate::child::Holder;
use crate::stage::{Stage, is_alive, is_root, processes_in, query, signal, text, wait_until};

#[test]
fn a_killed_server_is_started_again_with_what_was_committed() {
    let stage = Stage::with_cluster();
    let cluster = stage.start();
    let url = cluster.url(Role::Owner, "lawgate");
    query(&url, "CREATE TABLE kept AS SELECT 'yes'::text AS answer").expect("made");
    for _ in 0..2 {
        let server = cluster.server_pid().expect("it runs");
        signal(server, Signal::SIGKILL);
        wait_until("another server runs", || cluster.server_pid().is_some_and(|pid| pid != server));
        assert_eq!(text(&cluster, "SELECT answer FROM kept"), "yes");
    }
}

#[test]
fn a_server_killed_under_a_long_statement_is_started_again() {
    let stage = Stage::with_cluster();
    let cluster = stage.start();
    let server = cluster.server_pid().expect("it runs");
    let url = cluster.url(Role::Superuser, "lawgate");
    // Busy, not waiting: such a backend does not notice that its postmaster is gone.
    let busy = "SELECT count(*) FROM generate_series(1, 100000000000) AS busy";
    let talk = std::thread::spawn(move || query(&url, busy));
    wait_until("the statement runs", || {
        let running = "SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE '%AS busy' AND state = 'active'
            AND pid <> pg_backend_pid()";
        text(&cluster, running) == "1"
    });
    signal(server, Signal::SIGKILL);
    wait_until("another server runs", || cluster.server_pid().is_some_and(|pid| pid != server));
    assert_eq!(text(&cluster, "SELECT 'reached'"), "reached");
    assert!(talk.join().expect("no panic").is_err());
}

#[test]
fn a_stopped_program_stops_a_server_that_keeps_dying() {
    let stage = Stage::with_cluster();
    let cluster = stage.start();
    let server = cluster.server_pid().expect("it runs");
    fs::rename(stage.pgdata().join("global"), stage.data_dir().join("global")).expect("ours");
    signal(server, Signal::SIGKILL);
    wait_until("the death is noticed", || cluster.server_pid().is_none());
    cluster.stop();
    // The children of the one that was killed notice it by themselves, each in its time.
    wait_until("no server is at work on the cluster", || processes_in(&stage.pgdata()).is_empty());
    drop(DataDirLock::hold(&stage.data_dir(), "serve").expect("the stopped program holds it no more"));
    fs::rename(stage.data_dir().join("global"), stage.pgdata().join("global")).expect("ours");
    assert_eq!(text(&stage.start(), "SELECT 'reached'"), "reached");
}

#[test]
fn a_killed_program_takes_its_server_along_and_the_next_one_starts() {
    let stage = Stage::new();
    let mut holder = Holder::serve(&stage.data_dir());
    let server = holder.server_pid();
    holder.kill();
    if Path::new("/usr/bin/setpriv").exists() {
        wait_until("the server notices its program's death", || !is_alive(server));
    }
    let cluster = stage.start();
    assert_ne!(cluster.server_pid(), Some(server));
    assert_eq!(text(&cluster, "SELECT 'reached'"), "reached");
}

#[test]
fn the_next_program_need_not_wait_for_the_killed_ones_server() {
    let stage = Stage::with_cluster();
    let mut holder = Holder::serve(&stage.data_dir());
    let server = holder.server_pid();
    holder.kill();
    let cluster = stage.start();
    assert!(!is_alive(server));
    assert_eq!(text(&cluster, "SELECT 'reached'"), "reached");
}

#[test]
fn program_and_server_killed_together_recover() {
    let stage = Stage::with_cluster();
    let mut holder = Holder::serve(&stage.data_dir());
    let server = holder.server_pid();
    signal(server, Signal::SIGSTOP);
    holder.kill();
    signal(server, Signal::SIGKILL);
    assert_eq!(text(&stage.start(), "SELECT 'reached'"), "reached");
}

#[test]
fn an_orphaned_server_is_stopped_and_replaced() {
    let stage = Stage::with_cluster();
    let cluster = stage.start();
    let owner = server_uid(&cluster);
    let program = fs::read_link(format!("/proc/{}/exe", cluster.server_pid().expect("it runs"))).expect("readable");
    cluster.stop();
    let mut orphan = as_uid(Command::new(program), owner)
        .arg("-D")
        .arg(stage.pgdata())
        .args(["-c", "listen_addresses=", "-c"])
        .arg(format!("unix_socket_directories=\"{}\"", stage.data_dir().join("postgres-socket").display()))
        .current_dir(stage.pgdata())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let pid_file = stage.pgdata().join("postmaster.pid");
    wait_until("the orphan is ready", || fs::read_to_string(&pid_file).is_ok_and(|text| text.contains("ready")));
    let reaper = std::thread::spawn(move || orphan.wait().expect("a child of ours"));
    assert_eq!(text(&stage.start(), "SELECT 'reached'"), "reached");
    assert!(reaper.join().expect("no panic").success(), "it was shut down, not killed");
}

#[test]
fn a_stale_pid_file_whose_number_another_process_bears_is_no_obstacle() {
    let stage = Stage::with_cluster();
    let cluster = stage.start();
    let owner = server_uid(&cluster);
    let pid_file = stage.pgdata().join("postmaster.pid");
    let text_before = fs::read_to_string(&pid_file).expect("readable");
    let server = cluster.server_pid().expect("it runs").to_string();
    cluster.stop();
    let mut other = as_uid(Command::new("/bin/sleep"), owner).arg("600").spawn().expect("starts");
    let stale = text_before.replacen(&server, &other.id().to_string(), 1);
    fs::write(&pid_file, &stale).expect("ours");
    let socket_lock = stage.data_dir().join("postgres-socket/.s.PGSQL.5432.lock");
    fs::write(&socket_lock, &stale).expect("ours");
    for path in [&pid_file, &socket_lock] {
        lchown(path, Some(owner), None).expect("ours");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("ours");
    }
    let outcome = std::panic::catch_unwind(|| text(&stage.start(), "SELECT 'reached'"));
    let unharmed = is_alive(other.id());
    other.kill().expect("a child of ours");
    other.wait().expect("a child of ours");
    assert_eq!(outcome.expect("starts"), "reached");
    assert!(unharmed, "a process that only bears the number was ended");
}

#[test]
fn a_first_start_killed_in_the_middle_leaves_nothing_in_the_way() {
    let mut in_the_middle = 0;
    // Killed as soon as the new cluster's directory has one, some and most of its files.
    for sign in ["PG_VERSION", "global/pg_control", "base/5"] {
        let stage = Stage::new();
        let holder = Holder::serve(&stage.data_dir());
        wait_until("initdb is at work", || unfinished(&stage).is_some_and(|path| path.join(sign).exists()) || stage.pgdata().exists());
        holder.kill();
        in_the_middle += usize::from(unfinished(&stage).is_some());
        assert_eq!(text(&stage.start(), "SELECT 'reached'"), "reached");
        assert_eq!(unfinished(&stage), None);
    }
    assert!(in_the_middle > 0, "initdb was over each time before it could be killed");
}

#[test]
fn an_empty_directory_in_the_clusters_place_is_used() {
    let stage = Stage::new();
    let closed = |path: &Path| fs::DirBuilder::new().mode(0o700).create(path).expect("ours");
    closed(&stage.data_dir());
    closed(&stage.pgdata());
    if is_root() {
        let postgres = nix::unistd::User::from_name("postgres").ok().flatten().expect("exists");
        lchown(stage.pgdata(), Some(postgres.uid.as_raw()), None).expect("ours");
    }
    assert_eq!(text(&stage.start(), "SELECT 'reached'"), "reached");
}

fn unfinished(stage: &Stage) -> Option<std::path::PathBuf> {
    fs::read_dir(stage.data_dir())
        .ok()?
        .flatten()
        .find(|entry| entry.file_name().to_string_lossy().starts_with("postgres.new-"))
        .map(|entry| entry.path())
}

fn server_uid(cluster: &Cluster) -> u32 {
    let server = cluster.server_pid().expect("it runs");
    let meta = fs::metadata(format!("/proc/{server}")).expect("lives");
    std::os::unix::fs::MetadataExt::uid(&meta)
}

fn as_uid(mut command: Command, uid: u32) -> Command {
    if is_root() {
        command.uid(uid);
    }
    command
}
