//! Who runs the server, and who else can reach what it keeps.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Uid, User};

use crate::child::Holder;
use crate::stage::{Stage, needs_root, text};

fn mode(path: &Path) -> u32 {
    path.symlink_metadata().expect("there").mode() & 0o7777
}

/// Whether the account can list the directory or read the file.
fn can_read(user: &str, path: &Path) -> bool {
    let user = User::from_name(user).ok().flatten().expect("exists");
    let program = if path.is_dir() { "/bin/ls" } else { "/bin/cat" };
    Command::new(program)
        .arg(path)
        .uid(user.uid.as_raw())
        .gid(user.gid.as_raw())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("runs")
        .success()
}

#[test]
fn root_hands_the_server_to_an_unprivileged_account_that_is_not_nobody() {
    needs_root!();
    let stage = Stage::new();
    let cluster = stage.start();
    let server = cluster.server_pid().expect("it runs");
    let owner = User::from_uid(Uid::from_raw(fs::metadata(format!("/proc/{server}")).expect("lives").uid()));
    let name = owner.ok().flatten().expect("named").name;
    assert!(["lawgate", "postgres"].contains(&name.as_str()), "{name}");
    let status = fs::read_to_string(format!("/proc/{server}/status")).expect("readable");
    let groups = status.lines().find(|line| line.starts_with("Groups:")).expect("there");
    assert!(!groups.split_whitespace().any(|group| group == "0"), "{groups}");
}

#[test]
fn nobody_else_can_open_the_socket_the_cluster_or_the_files() {
    needs_root!();
    let stage = Stage::with_cluster();
    let cluster = stage.start();
    assert_eq!(mode(cluster.socket_dir()), 0o700);
    assert_eq!(mode(&stage.pgdata()), 0o700);
    assert_eq!(mode(&stage.data_dir()), 0o711);
    for path in [
        cluster.socket_dir().to_path_buf(),
        stage.pgdata(),
        stage.data_dir(),
        stage.data_dir().join("postgres.log"),
        stage.data_dir().join("lawgate.lock"),
    ] {
        assert!(!can_read("nobody", &path), "{}", path.display());
    }
    assert!(can_read("postgres", cluster.socket_dir()), "the probe itself works");
}

#[test]
fn files_that_only_the_directory_protected_are_closed_before_it_is_opened() {
    needs_root!();
    let stage = Stage::new();
    fs::create_dir(stage.data_dir()).expect("ours");
    fs::set_permissions(stage.data_dir(), fs::Permissions::from_mode(0o700)).expect("ours");
    let secret = stage.data_dir().join("demo-credentials.json");
    fs::write(&secret, "{}").expect("ours");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).expect("ours");
    let _cluster = stage.start();
    assert_eq!(mode(&secret), 0o600);
    assert!(!can_read("nobody", &secret));
}

#[test]
fn files_put_into_an_opened_directory_are_closed_at_the_next_start() {
    needs_root!();
    let stage = Stage::with_cluster();
    stage.start().stop();
    assert_eq!(mode(&stage.data_dir()), 0o711);
    let secret = stage.data_dir().join("lawgate.toml");
    fs::write(&secret, "").expect("ours");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).expect("ours");
    let cluster = stage.start();
    assert_eq!(mode(&secret), 0o600);
    assert_eq!(mode(&stage.data_dir()), 0o711);
    assert_eq!(text(&cluster, "SELECT 'reached'"), "reached");
}

#[test]
fn an_empty_directory_of_root_becomes_the_clusters() {
    needs_root!();
    let stage = Stage::new();
    fs::create_dir_all(stage.pgdata()).expect("ours");
    let cluster = stage.start();
    assert_eq!(text(&cluster, "SELECT 'reached'"), "reached");
    assert_ne!(fs::metadata(stage.pgdata()).expect("there").uid(), 0);
}

#[test]
fn a_data_directory_that_is_passable_keeps_its_mode() {
    needs_root!();
    let stage = Stage::new();
    fs::create_dir(stage.data_dir()).expect("ours");
    fs::set_permissions(stage.data_dir(), fs::Permissions::from_mode(0o755)).expect("ours");
    let _cluster = stage.start();
    assert_eq!(mode(&stage.data_dir()), 0o755);
}

#[test]
fn a_planted_socket_directory_is_not_used() {
    needs_root!();
    let stage = Stage::with_cluster();
    stage.start().stop();
    let inner = stage.data_dir().join("postgres-socket");
    let elsewhere = stage.path().join("planted");
    fs::create_dir(&elsewhere).expect("ours");
    fs::remove_dir_all(&inner).expect("ours");
    symlink(&elsewhere, &inner).expect("ours");
    let cluster = stage.start();
    assert_eq!(fs::read_dir(&elsewhere).expect("ours").count(), 0);
    assert!(!inner.is_symlink());
    assert_eq!(mode(cluster.socket_dir()), 0o700);
}

#[test]
fn a_recorded_socket_directory_of_somebody_else_is_not_used() {
    needs_root!();
    let stage = Stage::new();
    let data_dir = stage.path().join("d".repeat(90));
    fs::create_dir(&data_dir).expect("ours");
    let planted = stage.path().join("planted");
    fs::create_dir(&planted).expect("ours");
    fs::set_permissions(&planted, fs::Permissions::from_mode(0o700)).expect("ours");
    lchown(&planted, Some(65_534), None).expect("ours");
    let record = data_dir.join("postgres-socket.path");
    fs::write(record, planted.as_os_str().as_encoded_bytes()).expect("ours");
    let lock = lawgate::cluster::DataDirLock::hold(&data_dir, "serve").expect("free");
    let cluster = lawgate::cluster::Cluster::start(lock, &crate::stage::settings()).expect("starts");
    assert_ne!(cluster.socket_dir(), planted);
    assert_eq!(fs::read_dir(&planted).expect("ours").count(), 0);
}

#[test]
fn directories_made_above_the_data_directory_are_passable() {
    needs_root!();
    let stage = Stage::new();
    let data_dir = stage.path().join("a/b/data");
    let lock = lawgate::cluster::DataDirLock::hold(&data_dir, "serve").expect("free");
    let cluster = lawgate::cluster::Cluster::start(lock, &crate::stage::settings()).expect("starts");
    assert_eq!(text(&cluster, "SELECT 'reached'"), "reached");
}

#[test]
fn an_ordinary_user_runs_the_server_as_itself() {
    needs_root!();
    let stage = Stage::new();
    let user = User::from_name("nobody").ok().flatten().expect("exists");
    // The user need not be able to reach the place where tests are built.
    let program = stage.path().join("program");
    fs::copy(std::env::current_exe().expect("known"), &program).expect("ours");
    let home = stage.path().join("home");
    fs::create_dir(&home).expect("ours");
    lchown(&home, Some(user.uid.as_raw()), Some(user.gid.as_raw())).expect("ours");
    let as_user = || {
        let mut command = Command::new(&program);
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw()).current_dir("/");
        command
    };
    let data_dir = home.join("data");
    for _ in 0..2 {
        let mut holder = Holder::spawn(as_user(), &data_dir, "serve");
        let server = holder.server_pid();
        let owner = fs::metadata(format!("/proc/{server}")).expect("lives").uid();
        assert_eq!(owner, user.uid.as_raw());
        assert_eq!(mode(&data_dir), 0o700, "nothing is opened without need");
        holder.end();
    }
    let mut holder = Holder::spawn(as_user(), &data_dir, "serve");
    holder.server_pid();
    let mut guest = Holder::spawn(as_user(), &data_dir, "command");
    assert_eq!(guest.says(), "joined");
    guest.end();
    holder.kill();
    let mut holder = Holder::spawn(as_user(), &data_dir, "serve");
    holder.server_pid();
    holder.end();
}

#[test]
fn a_command_of_another_user_is_told_to_run_as_the_services_user() {
    needs_root!();
    let stage = Stage::with_cluster();
    let _cluster = stage.start();
    let program = stage.path().join("program");
    fs::copy(std::env::current_exe().expect("known"), &program).expect("ours");
    let mut command = Command::new(&program);
    command.uid(65_534).gid(65_534).current_dir("/");
    let said = Holder::spawn(command, &stage.data_dir(), "command").says();
    assert!(said.contains("run the command as the user that runs the service"), "{said}");
}
