//! The days of the demo's history: whichever day it begins on, all of it lies before, after the bodies came into the registry,
//! on working days, and in the order in which it is written.

use chrono::NaiveDate;
use lawgate::base::workdays::{Calendar, parse_day};
use lawgate::documents::wire::DeadlineKind;

use super::super::helpers::cluster::Database;
use super::super::helpers::loaded_demo;
use super::{every_place, lines, loaded_at, places};

/// What a demo that begins on a day must hold.
async fn holds(clock: &str) {
    holds_in(&loaded_at(clock).await, clock).await;
}

async fn holds_in(database: &Database, clock: &str) {
    assert_eq!(places(database).await, every_place(), "{clock}: a document at every step");
    let entries = lines(
        database,
        "SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS line FROM log_entries
              WHERE type NOT LIKE 'registry.%' AND type <> 'signing_key.introduced' ORDER BY id",
    )
    .await;
    assert!(entries.len() > 500, "{clock}: {} entries", entries.len());
    assert!(entries.is_sorted(), "{clock}: the log runs in the order of time");
    let last = entries.last().expect("there are some");
    assert!(last.as_str() < clock, "{clock}: nothing lies ahead, but {last} does");
    let first_days = lines(database, "SELECT DISTINCT registry_first_day::text AS line FROM bodies").await;
    let [first_day] = first_days.as_slice() else { panic!("one day for all bodies: {first_days:?}") };
    let calendar = Calendar::built_in();
    for day in
        days(database, "SELECT DISTINCT (at AT TIME ZONE 'Asia/Shanghai')::date::text AS line FROM log_entries WHERE user_id IS NOT NULL")
            .await
    {
        assert!(calendar.is_workday(day), "{clock}: nobody works on {day}");
        assert!(day >= parse_day(first_day).expect("a day"), "{clock}: {day} is before the registry");
    }
    let today = clock.get(..10).expect("a day");
    for (table, column) in [("issuances", "signed_on"), ("publications", "publication_date"), ("filings", "filed_on")] {
        let ahead = lines(database, &format!("SELECT {column}::text AS line FROM {table} WHERE {column} > '{today}'")).await;
        assert!(ahead.is_empty(), "{clock}: {table} {ahead:?}");
    }
    let idle = lines(
        database,
        "SELECT id::text AS line FROM meetings m WHERE held_on < (SELECT max(at) FROM log_entries)::date
        AND status = 'scheduled' AND NOT EXISTS (SELECT 1 FROM agenda_items a WHERE a.meeting_id = m.id)",
    )
    .await;
    assert!(idle.is_empty(), "{clock}: a meeting that met about nothing: {idle:?}");
}

async fn days(database: &Database, sql: &str) -> Vec<NaiveDate> {
    lines(database, sql).await.iter().map(|day| parse_day(day).expect("a day")).collect()
}

#[actix_web::test]
async fn the_demo_loads_within_the_newest_rules() {
    holds_in(&loaded_demo::like().0, loaded_demo::BEGIN).await;
}

#[actix_web::test]
async fn the_demo_loads_under_older_rules_and_across_their_change() {
    // Before the fair-competition review was asked for; a few months after, its history on both sides.
    holds("2024-06-03T01:00:00Z").await;
    holds("2024-11-04T01:00:00Z").await;
}

#[actix_web::test]
async fn the_demo_loads_on_days_that_are_not_plain() {
    // The middle of Spring Festival; a make-up Saturday; a leap day.
    holds("2026-02-18T01:00:00Z").await;
    holds("2026-02-28T01:00:00Z").await;
    holds("2024-02-29T01:00:00Z").await;
}

#[actix_web::test]
async fn the_demo_loads_at_the_beginning_of_a_year_and_beyond_the_calendar() {
    holds("2026-01-05T01:00:00Z").await;
    holds("2029-07-15T01:00:00Z").await;
}

#[actix_web::test]
async fn the_demo_loads_in_the_first_year_that_a_clock_may_begin_in() {
    holds("2020-01-01T00:00:00Z").await;
}

#[actix_web::test]
async fn every_kind_of_deadline_runs_and_some_are_over() {
    let database = loaded_demo::like().0;
    let running = lines(&database, "SELECT DISTINCT kind AS line FROM deadlines ORDER BY 1").await;
    let mut all: Vec<&str> = DeadlineKind::ALL.iter().map(|kind| kind.as_str()).collect();
    all.sort_unstable();
    assert_eq!(running, all);
    let over = lines(&database, "SELECT DISTINCT kind AS line FROM deadlines WHERE due_on < '2026-12-01' ORDER BY 1").await;
    for kind in ["intake", "legality_review", "filing", "filing_intake", "rectification", "amendment"] {
        assert!(over.iter().any(|each| each == kind), "{kind} is not overdue: {over:?}");
    }
    let in_time = lines(&database, "SELECT DISTINCT kind AS line FROM deadlines WHERE due_on >= '2026-12-01' ORDER BY 1").await;
    for kind in ["legality_review", "supplement", "publication", "filing_review", "expiry"] {
        assert!(in_time.iter().any(|each| each == kind), "{kind} does not run in time: {in_time:?}");
    }
}

#[actix_web::test]
async fn what_is_due_beyond_the_calendar_is_provisional_and_the_rest_is_firm() {
    // The last day of the calendar, and of a year.
    let database = loaded_at("2026-12-31T01:00:00Z").await;
    holds_in(&database, "2026-12-31T01:00:00Z").await;
    let provisional = lines(&database, "SELECT DISTINCT kind AS line FROM deadlines WHERE provisional ORDER BY 1").await;
    for kind in ["filing_review", "publication"] {
        assert!(provisional.iter().any(|each| each == kind), "{kind}: {provisional:?}");
    }
    let wrong = lines(&database, "SELECT kind AS line FROM deadlines WHERE provisional AND due_on <= '2026-12-31'").await;
    assert!(wrong.is_empty(), "{wrong:?}");
    let firm = lines(&database, "SELECT DISTINCT kind AS line FROM deadlines WHERE NOT provisional").await;
    assert!(firm.len() > 3, "{firm:?}");
}
