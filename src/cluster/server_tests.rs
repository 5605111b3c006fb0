//! Starting a server where the outside of the module cannot reach: without util-linux, with too little time.

use super::*;
use crate::cluster::binaries::Search;
use crate::cluster::initdb;
use crate::cluster::layout::Layout;
use crate::cluster::supervisor::Supervisor;

struct Bare {
    _dir: tempfile::TempDir,
    plan: ServerPlan,
}

/// A new cluster, not started, and the plan to start it.
fn bare() -> Bare {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let layout = Layout::create(dir.path()).expect("ours");
    let account = Account::choose(&layout.pgdata()).expect("an account").without_setpriv();
    layout.open_to(&account).expect("ours");
    let binaries = Search::system(None).for_new_cluster(&account).expect("PostgreSQL is installed");
    initdb::create_cluster(&layout, &account, &binaries, Durability::TestOnly).expect("made");
    let plan = ServerPlan {
        socket_dir: socket::choose(&layout, &account).expect("made"),
        account,
        binaries,
        pgdata: layout.pgdata(),
        log: ServerLog::at(layout.server_log()),
        durability: Durability::TestOnly,
        max_connections: 20,
        ready_within: Duration::from_secs(60),
    };
    Bare { _dir: dir, plan }
}

#[test]
fn without_setpriv_the_server_runs_under_the_account_and_its_orphan_is_replaced() {
    let bare = bare();
    // An orphan: launched, and let go without being stopped.
    let mut orphan = bare.plan.launch(&|| false).expect("starts");
    let owner = fs::metadata(format!("/proc/{}", orphan.id())).expect("lives");
    assert_eq!(std::os::unix::fs::MetadataExt::uid(&owner), bare.plan.account.uid());

    let reaper = thread::spawn(move || orphan.wait().expect("a child of ours"));
    let supervisor = Supervisor::start(bare.plan.clone(), &|| false).expect("starts");
    assert!(reaper.join().expect("no panic").success(), "a fast shutdown is a clean one");
    let server = supervisor.server().expect("runs");
    let running = processes::working_in(&bare.plan.pgdata).expect("listed");
    assert!(running.contains(&server));
    drop(supervisor);
    assert_eq!(processes::working_in(&bare.plan.pgdata).expect("listed"), []);
}

#[test]
fn a_server_that_is_not_ready_in_time_is_stopped_and_its_log_shown() {
    let mut bare = bare();
    bare.plan.ready_within = Duration::ZERO;
    let outcome = bare.plan.launch(&|| false);
    assert!(matches!(outcome, Err(StartError::TimedOut { .. })), "{outcome:?}");
    assert_eq!(processes::working_in(&bare.plan.pgdata).expect("listed"), []);
}

#[test]
fn a_server_told_to_stop_while_it_starts_does_not_stay() {
    let bare = bare();
    let outcome = bare.plan.launch(&|| true);
    assert!(matches!(outcome, Err(StartError::Stopped)), "{outcome:?}");
    assert_eq!(processes::working_in(&bare.plan.pgdata).expect("listed"), []);
}

#[test]
fn a_server_that_ends_at_once_says_why() {
    let mut bare = bare();
    bare.plan.max_connections = 1;
    match bare.plan.launch(&|| false) {
        Err(StartError::Ended { log_tail, .. }) => {
            assert!(log_tail.contains("must be less than"), "{log_tail}");
        }
        other => panic!("{other:?}"),
    }
}
