//! The commands on a server that somebody else runs: two addresses, two roles.

use std::process::Command;

use lawgate::cluster::{Cluster, DataDirLock, Durability, Role, Settings};
use nix::sys::signal::Signal;
use tempfile::TempDir;

use super::program::{Running, command, run, stage};

/// A server with empty databases `lawgate` and `other`.
pub struct Server {
    pub cluster: Cluster,
    pub stage: TempDir,
}

impl Server {
    pub fn start() -> Self {
        let stage = stage();
        let lock = DataDirLock::hold(&stage.path().join("server"), "tests").expect("free");
        let settings = Settings { durability: Durability::TestOnly, ..Settings::default() };
        let cluster = Cluster::start(lock, &settings).expect("the server starts");
        cluster.endpoint().create_database_from_template("other", "template0").expect("a database");
        Self { cluster, stage }
    }

    pub fn url(&self, role: Role, database: &str) -> String {
        self.cluster.url(role, database)
    }

    /// Runs SQL as the superuser.
    pub fn sql(&self, database: &str, sql: &str) {
        let url = self.url(Role::Superuser, database);
        Self::talk(&url, async |client| client.batch_execute(sql).await).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// Changes rows as the superuser, with an entry in the log as every change has.
    pub fn change(&self, database: &str, sql: &str) {
        let entry = "INSERT INTO log_entries (id, at, type, role, subject_kind, data)
            SELECT gen_random_uuid(), clock_timestamp() + clock_offset_us * interval '1 microsecond', 'test.changed', 'system', 'registry', '{}'
              FROM registry_state";
        self.sql(database, &format!("{entry}; {sql}"));
    }

    /// One number, as the superuser.
    pub fn number(&self, database: &str, sql: &str) -> i64 {
        let url = self.url(Role::Superuser, database);
        Self::talk(&url, async |client| client.query_one(sql, &[]).await).expect("a row").get(0)
    }

    fn talk<T>(
        url: &str,
        work: impl AsyncFnOnce(&tokio_postgres::Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, tokio_postgres::Error> {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(async {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
            let driver = tokio::spawn(connection);
            let done = work(&client).await;
            drop(client);
            let _ = driver.await;
            done
        })
    }

    pub fn on(&self, arguments: &[&str], app: &str, owner: Option<&str>) -> Command {
        let mut command = command(arguments);
        command.args(["--database-url", app]).arg("--data-dir").arg(self.stage.path().join("data"));
        if let Some(owner) = owner {
            command.args(["--migrate-url", owner]);
        }
        command
    }
}

const SERVE: &[&str] = &["serve", "--listen", "127.0.0.1:0"];
const DEMO: &[&str] = &["demo", "--listen", "127.0.0.1:0"];

#[test]
fn two_addresses_of_different_databases_are_noticed() {
    let server = Server::start();
    let (app, owner) = (server.url(Role::App, "lawgate"), server.url(Role::Owner, "lawgate"));
    let other = server.url(Role::Owner, "other");
    run(server.on(&["migrate", "--check"], &app, Some(&owner))).expect(1, "migration(s) are pending");
    run(server.on(SERVE, &app, None)).expect(1, "--migrate-url");
    run(server.on(&["migrate"], &app, Some(&other))).expect(1, "name different databases");
    assert_eq!(run(server.on(&["migrate"], &app, Some(&owner))).status, Some(0));
    run(server.on(SERVE, &app, Some(&other))).expect(1, "name different databases");
    assert_eq!(run(server.on(&["migrate", "--check"], &app, None)).status, Some(0));
    run(server.on(DEMO, &app, None)).expect(2, "--migrate-url");
}

#[test]
fn a_role_that_owns_or_could_own_anything_is_not_served_with() {
    let server = Server::start();
    let (app, owner) = (server.url(Role::App, "lawgate"), server.url(Role::Owner, "lawgate"));
    assert_eq!(run(server.on(&["migrate"], &app, Some(&owner))).status, Some(0));
    run(server.on(SERVE, &owner, Some(&owner))).expect(1, "owns the tables");
    for (given, taken) in [
        // NOINHERIT: no right of the owner is in use, and yet SET ROLE makes it so.
        (
            "GRANT lawgate_owner TO lawgate_app; ALTER ROLE lawgate_app NOINHERIT",
            "REVOKE lawgate_owner FROM lawgate_app; ALTER ROLE lawgate_app INHERIT",
        ),
        ("ALTER TABLE number_counters OWNER TO lawgate_app", "ALTER TABLE number_counters OWNER TO lawgate_owner"),
    ] {
        server.sql("lawgate", given);
        run(server.on(SERVE, &app, None)).expect(1, "owns the tables");
        server.sql("lawgate", taken);
    }
    let (running, _) = Running::serving(server.on(SERVE, &app, None), server.stage.path());
    running.stop(Signal::SIGTERM);
}

#[test]
fn a_demo_and_a_registry_are_not_taken_for_each_other_and_nothing_is_changed() {
    let server = Server::start();
    let (app, owner) = (server.url(Role::App, "lawgate"), server.url(Role::Owner, "lawgate"));
    let clock = ["demo", "--listen", "127.0.0.1:0", "--clock", "2026-12-01T09:00:00+08:00"];
    let (running, _) = Running::serving(server.on(&clock, &app, Some(&owner)), server.stage.path());
    running.stop(Signal::SIGTERM);
    run(server.on(&clock, &app, Some(&owner))).expect(1, "leave --clock out");
    // A right that only a migration would give back tells whether there was one.
    server.sql("lawgate", "REVOKE SELECT ON tokens FROM lawgate_app");
    let granted = "SELECT count(*) FROM pg_class WHERE relname = 'tokens' AND has_table_privilege('lawgate_app', oid, 'SELECT')";
    run(server.on(SERVE, &app, Some(&owner))).expect(1, "this database holds a demo");
    assert_eq!(server.number("lawgate", granted), 0);
    server.change("lawgate", "UPDATE registry_state SET is_demo = false, clock_offset_us = 0");
    run(server.on(DEMO, &app, Some(&owner))).expect(1, "a registry that counts");
    assert_eq!(server.number("lawgate", granted), 0);
}

#[test]
fn a_database_of_a_later_version_is_left_alone() {
    let server = Server::start();
    let (app, owner) = (server.url(Role::App, "lawgate"), server.url(Role::Owner, "lawgate"));
    assert_eq!(run(server.on(&["migrate"], &app, Some(&owner))).status, Some(0));
    server.sql(
        "lawgate",
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000001'); REVOKE SELECT ON tokens FROM lawgate_app",
    );
    for owner in [Some(owner.as_str()), None] {
        for arguments in [SERVE, &["migrate"], &["migrate", "--check"]] {
            run(server.on(arguments, &app, owner)).expect(1, "made by a later lawgate (migration 29990101000001)");
        }
    }
    let granted = "SELECT count(*) FROM pg_class WHERE relname = 'tokens' AND has_table_privilege('lawgate_app', oid, 'SELECT')";
    assert_eq!(server.number("lawgate", granted), 0, "its rights are as they were");
}
