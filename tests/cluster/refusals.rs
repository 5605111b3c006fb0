//! What is refused, and that the refusal names what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use lawgate::cluster::{AccountError, BinariesError, Cluster, ClusterError, DataDirLock, InitdbError, LayoutError, LockError};

use crate::child::Holder;
use crate::stage::{Stage, needs_root, settings};

#[test]
fn a_second_holder_is_refused_by_name_and_process() {
    let stage = Stage::with_cluster();
    let mut first = Holder::serve(&stage.data_dir());
    first.server_pid();
    match DataDirLock::hold(&stage.data_dir(), "demo") {
        Err(error @ LockError::AlreadyHeld { .. }) => {
            let said = error.to_string();
            let expected = format!("`lawgate serve` (process {})", first.pid());
            assert!(said.contains(&expected), "{said}");
            let chinese = ClusterError::from(error).in_chinese();
            assert!(chinese.contains("正由 `lawgate serve`"), "{chinese}");
        }
        other => panic!("{other:?}"),
    }
    assert!(Holder::serve(&stage.data_dir()).says().contains("is in use by"));
    first.end();
}

#[test]
fn the_same_process_cannot_hold_a_directory_twice() {
    let stage = Stage::new();
    let _held = DataDirLock::hold(&stage.data_dir(), "serve").expect("free");
    let second = DataDirLock::hold(&stage.data_dir(), "serve");
    assert!(matches!(second, Err(LockError::AlreadyHeld { .. })));
}

#[test]
fn a_hold_that_is_waited_for_comes_when_the_holder_goes_and_not_before() {
    let stage = Stage::new();
    let held = DataDirLock::hold(&stage.data_dir(), "user create").expect("free");
    let patience = Duration::from_millis(50);
    let began = Instant::now();
    assert!(DataDirLock::hold_within(&stage.data_dir(), "serve", patience).is_err());
    assert!(began.elapsed() >= patience);
    let data_dir = stage.data_dir();
    let waiting = std::thread::spawn(move || DataDirLock::hold_within(&data_dir, "serve", Duration::from_secs(30)));
    drop(held);
    waiting.join().expect("no panic").expect("free by now");
}

#[test]
fn a_closed_directory_above_is_named_and_not_opened() {
    needs_root!();
    let stage = Stage::new();
    let closed = stage.path().join("closed");
    fs::create_dir_all(closed.join("open")).expect("ours");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).expect("ours");
    let lock = DataDirLock::hold(&closed.join("open/data"), "serve").expect("free");
    match Cluster::start(lock, &settings()) {
        Err(error @ ClusterError::Layout(LayoutError::Closed { .. })) => {
            assert!(error.to_string().contains(&format!("`{}`", closed.display())), "{error}");
            assert_eq!(error.code(), "cluster_directory_closed");
        }
        other => panic!("{other:?}"),
    }
    let mode = fs::metadata(&closed).expect("ours").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn a_cluster_of_a_version_that_is_not_installed_names_the_package() {
    let stage = Stage::with_cluster();
    stage.start().stop();
    fs::write(stage.pgdata().join("PG_VERSION"), "99\n").expect("ours");
    let lock = DataDirLock::hold(&stage.data_dir(), "serve").expect("free");
    match Cluster::start(lock, &settings()) {
        Err(error @ ClusterError::Binaries(BinariesError::VersionMissing { .. })) => {
            assert!(error.to_string().contains("postgresql-99"), "{error}");
            assert!(error.in_chinese().contains("postgresql-99"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_setting_without_a_server_is_refused_for_a_new_cluster() {
    let stage = Stage::new();
    let lock = DataDirLock::hold(&stage.data_dir(), "serve").expect("free");
    let mut settings = settings();
    settings.pg_bin = Some(stage.path().to_path_buf());
    let outcome = Cluster::start(lock, &settings);
    assert!(matches!(outcome, Err(ClusterError::Binaries(BinariesError::SettingUnusable { .. }))), "{outcome:?}");
}

#[test]
fn a_directory_that_holds_something_else_is_left_alone() {
    let stage = Stage::new();
    let lock = DataDirLock::hold(&stage.data_dir(), "serve").expect("free");
    fs::create_dir(stage.pgdata()).expect("ours");
    fs::write(stage.pgdata().join("thesis.txt"), "years of work").expect("ours");
    if crate::stage::is_root() {
        let postgres = nix::unistd::User::from_name("postgres").ok().flatten().expect("exists");
        std::os::unix::fs::lchown(stage.pgdata(), Some(postgres.uid.as_raw()), None).expect("ours");
    }
    let outcome = Cluster::start(lock, &settings());
    assert!(matches!(outcome, Err(ClusterError::Initdb(InitdbError::Layout(LayoutError::NotACluster { .. })))), "{outcome:?}");
    assert!(stage.pgdata().join("thesis.txt").exists());
}

#[test]
fn a_cluster_of_another_owner_is_not_started() {
    needs_root!();
    let stage = Stage::with_cluster();
    stage.start().stop();
    std::os::unix::fs::lchown(stage.pgdata(), Some(65_534), None).expect("ours");
    let lock = DataDirLock::hold(&stage.data_dir(), "serve").expect("free");
    let outcome = Cluster::start(lock, &settings());
    assert!(matches!(&outcome, Err(ClusterError::Account(AccountError::WrongOwner { owner, .. })) if owner == "nobody"), "{outcome:?}");
}

#[test]
fn a_cluster_of_root_is_not_to_be_started_by_root() {
    needs_root!();
    let stage = Stage::with_cluster();
    std::os::unix::fs::lchown(stage.pgdata(), Some(0), None).expect("ours");
    let lock = DataDirLock::hold(&stage.data_dir(), "serve").expect("free");
    match Cluster::start(lock, &settings()) {
        Err(error @ ClusterError::Account(AccountError::WrongOwner { .. })) => {
            let said = error.to_string();
            assert!(said.contains("chown -R") && !said.contains("start the program as"), "{said}");
            assert!(!error.in_chinese().contains("身份启动"), "{}", error.in_chinese());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_start_that_nobody_wants_any_more_is_given_up() {
    let stage = Stage::with_cluster();
    let lock = DataDirLock::hold(&stage.data_dir(), "serve").expect("free");
    let outcome = Cluster::start_unless(lock, &settings(), &|| true);
    assert!(matches!(outcome, Err(ClusterError::Start(lawgate::cluster::StartError::Stopped))), "{outcome:?}");
    assert!(!stage.pgdata().join("postmaster.pid").exists());
    stage.start();
}

#[test]
fn a_failed_start_lets_go_of_the_directory() {
    let stage = Stage::new();
    let lock = DataDirLock::hold(&stage.data_dir(), "serve").expect("free");
    let mut settings = settings();
    settings.max_connections = 1;
    match Cluster::start(lock, &settings) {
        Err(error @ ClusterError::Start(_)) => {
            assert!(error.to_string().contains("must be less than"), "the log is shown: {error}");
        }
        other => panic!("{other:?}"),
    }
    stage.start();
}
