//! The roles have exactly the rights said, at every start.

use lawgate::cluster::Role;

use crate::stage::{Stage, query, text};

/// Every attribute of a role in one line.
const ATTRIBUTES: &str = "SELECT string_agg(concat_ws(' ', rolname,
        CASE WHEN rolcanlogin THEN 'login' END, CASE WHEN rolsuper THEN 'super' END,
        CASE WHEN rolcreatedb THEN 'createdb' END, CASE WHEN rolcreaterole THEN 'createrole' END,
        CASE WHEN rolreplication THEN 'replication' END, CASE WHEN rolbypassrls THEN 'bypassrls' END,
        CASE WHEN rolinherit THEN 'inherit' END), '; ' ORDER BY rolname COLLATE \"C\")
    FROM pg_roles WHERE rolname LIKE 'lawgate%'";

const EXPECTED: &str = "lawgate_app login inherit; lawgate_owner login inherit; \
    lawgate_superuser login super createdb createrole replication bypassrls inherit";

const MEMBERSHIPS: &str = "SELECT coalesce(string_agg(roleid::regrole || ' ' || member::regrole, '; '), 'none')
    FROM pg_auth_members WHERE 'lawgate_app'::regrole IN (roleid, member)
        OR 'lawgate_owner'::regrole IN (roleid, member)";

#[test]
fn the_roles_have_exactly_their_attributes_and_no_memberships() {
    let stage = Stage::new();
    let cluster = stage.start();
    assert_eq!(text(&cluster, ATTRIBUTES), EXPECTED);
    assert_eq!(text(&cluster, MEMBERSHIPS), "none");
}

#[test]
fn rights_added_by_hand_are_gone_at_the_next_start() {
    let stage = Stage::with_cluster();
    let cluster = stage.start();
    let superuser = cluster.url(Role::Superuser, "lawgate");
    for statement in [
        "ALTER ROLE lawgate_app CREATEDB CREATEROLE NOINHERIT VALID UNTIL '2000-01-01'",
        "GRANT lawgate_owner TO lawgate_app",
        "GRANT pg_read_all_data TO lawgate_app",
        "GRANT ALL ON DATABASE lawgate TO PUBLIC, lawgate_app",
        "GRANT CREATE ON SCHEMA public TO PUBLIC, lawgate_app",
        "ALTER DATABASE lawgate OWNER TO lawgate_superuser",
    ] {
        query(&superuser, statement).unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
    cluster.stop();
    let cluster = stage.start();
    assert_eq!(text(&cluster, ATTRIBUTES), EXPECTED);
    assert_eq!(text(&cluster, MEMBERSHIPS), "none");
    app_is_refused(&cluster.url(Role::App, "lawgate"));
    let owner = "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'lawgate'";
    assert_eq!(text(&cluster, owner), "lawgate_owner");
}

#[test]
fn a_start_that_finds_everything_in_order_writes_nothing() {
    let stage = Stage::with_cluster();
    // Row versions change with every write, even one that changes nothing.
    let versions = "SELECT (SELECT string_agg(xmin::text, ' ' ORDER BY oid) FROM pg_authid WHERE rolname LIKE 'lawgate%')
        || (SELECT string_agg(xmin::text, ' ' ORDER BY oid) FROM pg_database)
        || (SELECT xmin::text FROM pg_namespace WHERE nspname = 'public')";
    let cluster = stage.start();
    let before = text(&cluster, versions);
    cluster.stop();
    assert_eq!(text(&stage.start(), versions), before);
}

#[test]
fn the_owner_makes_tables_and_nothing_beyond_its_database() {
    let stage = Stage::with_cluster();
    let cluster = stage.start();
    let owner = cluster.url(Role::Owner, "lawgate");
    query(&owner, "CREATE TABLE documents (id int)").expect("the owner migrates");
    query(&owner, "CREATE SCHEMA archive").expect("the owner owns the database");
    for statement in
        ["CREATE ROLE another", "CREATE DATABASE another", "ALTER ROLE lawgate_app SUPERUSER", "COPY documents TO PROGRAM 'cat'"]
    {
        assert!(query(&owner, statement).is_err(), "{statement}");
    }
}

#[test]
fn the_service_can_only_do_what_it_is_granted() {
    let stage = Stage::with_cluster();
    let cluster = stage.start();
    query(&cluster.url(Role::Owner, "lawgate"), "CREATE TABLE documents (id int)").expect("made");
    let app = cluster.url(Role::App, "lawgate");
    app_is_refused(&app);
    assert!(query(&app, "SELECT * FROM documents").is_err(), "not granted yet");
    query(&cluster.url(Role::Owner, "lawgate"), "GRANT SELECT ON documents TO lawgate_app").expect("granted");
    query(&app, "SELECT * FROM documents").expect("granted");
    for statement in ["TRUNCATE documents", "DELETE FROM documents", "DROP TABLE documents"] {
        assert!(query(&app, statement).is_err(), "{statement}");
    }
    for database in ["postgres", "template1"] {
        let url = cluster.url(Role::App, database);
        assert!(query(&url, "SELECT 1").is_err(), "{database}");
    }
}

fn app_is_refused(app: &str) {
    query(app, "SELECT 1").expect("the service connects");
    for statement in [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "SET ROLE lawgate_owner",
        "SET ROLE lawgate_superuser",
        "SET session_replication_role = replica",
    ] {
        assert!(query(app, statement).is_err(), "{statement}");
    }
}
