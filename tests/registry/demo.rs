//! The demo township: whole or not at all, with a document at every step, on whatever day its clock starts.

mod days;
mod people;
mod stories;
mod table;

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use lawgate::demo::load::{self, Loaded};
use lawgate::lifecycle::step::STEPS;

use super::helpers::cluster::{Database, signing_key};

#[derive(Debug, QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// What a query gives, which has one column of text called `line`.
async fn lines(database: &Database, sql: &str) -> Vec<String> {
    let mut conn = AsyncPgConnection::establish(&database.superuser_url).await.expect("connects");
    let rows: Vec<Line> = diesel::sql_query(sql).load(&mut conn).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
    rows.into_iter().map(|row| row.line).collect()
}

async fn places(database: &Database) -> Vec<String> {
    lines(database, "SELECT DISTINCT stage || '/' || step AS line FROM documents ORDER BY 1").await
}

/// Every stage with each of its steps, as the procedure has them.
fn every_place() -> Vec<String> {
    let mut all: Vec<String> = STEPS.iter().flat_map(|(stage, steps)| steps.iter().map(move |step| format!("{stage}/{step}"))).collect();
    all.sort();
    all
}

async fn loaded_at(clock: &str) -> Database {
    let database = Database::new();
    let clock: DateTime<Utc> = clock.parse().expect("a moment");
    let loaded = load::load(&database.owner_url, &signing_key(), Some(clock), |logins| {
        assert_eq!(logins.len(), 7);
        Ok(())
    })
    .await
    .expect("the demo loads");
    assert!(matches!(loaded, Loaded::Now));
    database
}

#[actix_web::test]
async fn a_demo_is_loaded_once_and_a_refused_one_leaves_nothing() {
    let database = Database::new();
    let refused = load::load(&database.owner_url, &signing_key(), None, |_| Err("the disk is full".into())).await;
    assert!(refused.is_err());
    assert!(places(&database).await.is_empty());
    let first = load::load(&database.owner_url, &signing_key(), None, |_| Ok(())).await.expect("loads");
    assert!(matches!(first, Loaded::Now));
    assert_eq!(places(&database).await, every_place(), "on the machine's own clock too");
    let ahead = "SELECT at::text AS line FROM log_entries WHERE at > clock_timestamp()";
    assert!(lines(&database, ahead).await.is_empty(), "nothing lies ahead");
    let count = "SELECT count(*)::text AS line FROM log_entries";
    let before = lines(&database, count).await;
    let second = load::load(&database.owner_url, &signing_key(), None, |_| Err("not asked again".into())).await.expect("is there");
    assert!(matches!(second, Loaded::Before));
    assert_eq!(lines(&database, count).await, before);
}
