//! Setting a database up: whole or not at all, also when two do it at once.

use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use lawgate::base::workdays::Calendar;
use lawgate::cluster::Role;
use lawgate::demo::load::{self, Loaded};
use lawgate::lifecycle::profile;
use lawgate::setup::{self, SetupError};

use super::servers::Server;

/// The key of all who set a database up here.
fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn migrate(url: &str) -> Result<(), SetupError> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime").block_on(setup::migrate(
        url,
        Role::App.name(),
        &key(),
    ))
}

fn assert_whole(server: &Server, database: &str) {
    assert_eq!(
        server.number(database, "SELECT count(*) FROM calendar_days"),
        i64::try_from(Calendar::built_in().rows().count()).expect("few")
    );
    assert_eq!(server.number(database, "SELECT count(*) FROM rule_profiles"), i64::try_from(profile::built_in().len()).expect("few"));
    assert_eq!(server.number(database, "SELECT count(*) FROM registry_state"), 1);
    let granted = "SELECT count(*) FROM pg_class WHERE relname = 'tokens' AND has_table_privilege('lawgate_app', oid, 'INSERT')";
    assert_eq!(server.number(database, granted), 1);
}

#[test]
fn two_that_set_one_database_up_at_once_give_one_whole_result() {
    let server = Server::start();
    let url = server.url(Role::Owner, "other");
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(|| migrate(&url))).collect();
        for one in all {
            one.join().expect("no panic").expect("it migrates");
        }
    });
    assert_whole(&server, "other");
}

#[test]
fn rules_and_rights_that_are_refused_half_way_leave_nothing() {
    let server = Server::start();
    let url = server.url(Role::Owner, "other");
    migrate(&url).expect("it migrates");
    // As a start finds it that was killed right after the migrations: no rules and no rights. Then one row is refused.
    server.sql(
        "other",
        "TRUNCATE calendar_days; ALTER TABLE rule_profiles DISABLE TRIGGER USER; DELETE FROM rule_profiles;
         ALTER TABLE rule_profiles ENABLE TRIGGER USER; REVOKE ALL ON ALL TABLES IN SCHEMA public FROM lawgate_app;
         ALTER TABLE rule_profiles ADD CONSTRAINT full_disk CHECK (first_day < '2023-01-01')",
    );
    assert!(migrate(&url).is_err());
    assert_eq!(server.number("other", "SELECT count(*) FROM calendar_days"), 0, "no calendar without its profiles");
    let granted = "SELECT count(*) FROM pg_class WHERE relname = 'tokens' AND has_table_privilege('lawgate_app', oid, 'SELECT')";
    assert_eq!(server.number("other", granted), 0);
    server.sql("other", "ALTER TABLE rule_profiles DROP CONSTRAINT full_disk");
    migrate(&url).expect("it migrates");
    assert_whole(&server, "other");
}

#[test]
fn a_demo_loads_at_either_end_of_its_clock() {
    let server = Server::start();
    migrate(&server.url(Role::Owner, "other")).expect("it migrates");
    for (database, clock) in [("first", "2020-01-01T00:00:00Z"), ("last", "2199-12-31T23:59:59Z")] {
        server.cluster.endpoint().create_database_from_template(database, "other").expect("a database");
        let clock: DateTime<Utc> = clock.parse().expect("a moment");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let loaded = runtime.block_on(load::load(&server.url(Role::Owner, database), &key(), Some(clock), |_| Ok(())));
        assert!(matches!(loaded.expect("it loads"), Loaded::Now), "{clock}");
        assert_eq!(server.number(database, "SELECT count(*) FROM documents"), 44, "{clock}");
    }
}
