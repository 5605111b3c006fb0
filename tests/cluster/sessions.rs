//! Commands that join the running cluster or start it for their duration.

use std::time::Duration;

use lawgate::cluster::{ClusterError, DataDirLock, LockError, Role, Session};

use crate::child::Holder;
use crate::stage::{Stage, is_alive, query, settings, text};

fn server_of(stage: &Stage) -> u32 {
    let pid_file = stage.pgdata().join("postmaster.pid");
    let content = std::fs::read_to_string(pid_file).expect("readable");
    content.lines().next().expect("a line").parse().expect("a number")
}

#[test]
fn a_command_joins_the_running_cluster_and_leaves_it_running() {
    let stage = Stage::with_cluster();
    let cluster = stage.start();
    let session = Session::join_or_start(&stage.data_dir(), "test", &settings()).expect("joins");
    assert!(session.joined());
    assert_eq!(session.endpoint(), cluster.endpoint());
    query(&session.url(Role::Owner, "lawgate"), "SELECT 1").expect("reached");
    drop(session);
    assert_eq!(text(&cluster, "SELECT 'still here'"), "still here");
}

#[test]
fn a_command_alone_starts_the_cluster_for_its_duration() {
    let stage = Stage::new();
    let session = Session::join_or_start(&stage.data_dir(), "test", &settings()).expect("starts");
    assert!(!session.joined());
    let server = server_of(&stage);
    query(&session.url(Role::App, "lawgate"), "SELECT 1").expect("reached");
    drop(session);
    assert!(!is_alive(server));
    DataDirLock::hold(&stage.data_dir(), "serve").expect("free again");
}

#[test]
fn a_command_waits_for_a_cluster_that_is_being_made() {
    let stage = Stage::new();
    let mut serve = Holder::serve(&stage.data_dir());
    // Not waited for: the first start is still at work when the command comes, or has not begun.
    let mut command = Holder::command(&stage.data_dir());
    let said = command.says();
    if said == "joined" {
        serve.server_pid();
    } else {
        assert_eq!(said, "started", "the command came first");
        assert!(serve.says().contains("is in use by"));
    }
    command.end();
    serve.end();
}

#[test]
fn programs_that_make_the_same_data_directory_at_once_do_not_disturb_each_other() {
    for _ in 0..50 {
        let stage = Stage::new();
        let start = std::sync::Barrier::new(4);
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        DataDirLock::hold(&stage.data_dir().join("deep/er"), "test")
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        for outcome in outcomes {
            assert!(matches!(outcome, Ok(_) | Err(LockError::AlreadyHeld { .. })), "{outcome:?}");
        }
    }
}

#[test]
fn a_command_that_started_the_cluster_lets_its_guests_finish() {
    let stage = Stage::with_cluster();
    let starter = Session::join_or_start(&stage.data_dir(), "first", &settings()).expect("starts");
    let server = server_of(&stage);
    let mut guest = Holder::command(&stage.data_dir());
    assert_eq!(guest.says(), "joined");
    let url = starter.url(Role::App, "lawgate");
    let ending = std::thread::spawn(move || drop(starter));
    // The starter has all the time it needs to do wrong; if it does, the query fails.
    std::thread::sleep(Duration::from_millis(200));
    query(&url, "SELECT 1").expect("still reached");
    assert!(!ending.is_finished());
    guest.end();
    ending.join().expect("no panic");
    assert!(!is_alive(server));
}

#[test]
fn commands_that_come_and_go_at_once_all_get_the_cluster() {
    let stage = Stage::with_cluster();
    let holders: Vec<Holder> = (0..4).map(|_| Holder::command(&stage.data_dir())).collect();
    let endings: Vec<_> = holders
        .into_iter()
        .map(|mut holder| {
            std::thread::spawn(move || {
                let said = holder.says();
                holder.end();
                said
            })
        })
        .collect();
    for ending in endings {
        let said = ending.join().expect("no panic");
        assert!(["joined", "started"].contains(&said.as_str()), "{said}");
    }
}

#[test]
fn a_held_directory_without_a_database_is_an_error_in_words() {
    let stage = Stage::new();
    let _held = DataDirLock::hold(&stage.data_dir(), "serve").expect("free");
    let mut settings = settings();
    settings.ready_within = Duration::from_millis(100);
    match Session::join_or_start(&stage.data_dir(), "test", &settings) {
        Err(error @ ClusterError::Join(_)) => {
            let said = error.to_string();
            assert!(said.contains("is in use by `lawgate serve`"), "{said}");
            assert!(said.contains("--database-url"), "{said}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_cluster_can_be_used_inside_an_async_runtime() {
    let stage = Stage::with_cluster();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("an event loop");
    runtime.block_on(async {
        let cluster = stage.start();
        cluster.endpoint().create_database_from_template("t_1", "lawgate").expect("made");
    });
}
