//! The demo township: whole or not at all, at every stage, and on whatever day its clock starts.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use lawgate::demo::load::{self, Loaded};

use super::helpers::cluster::Database;

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Standing {
    #[diesel(sql_type = Text)]
    place: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

async fn places(database: &Database) -> Vec<String> {
    let mut conn = AsyncPgConnection::establish(&database.superuser_url).await.expect("connects");
    let rows: Vec<Standing> =
        diesel::sql_query("SELECT stage || '/' || step AS place, count(*) AS count FROM documents GROUP BY 1 ORDER BY 1")
            .load(&mut conn)
            .await
            .expect("read");
    rows.into_iter().map(|row| format!("{} {}", row.place, row.count)).collect()
}

async fn loaded_at(clock: &str) -> Database {
    let database = Database::new();
    let clock: DateTime<Utc> = clock.parse().expect("a moment");
    let loaded = load::load(&database.owner_url, Some(clock), |logins| {
        assert_eq!(logins.len(), 7);
        Ok(())
    })
    .await
    .expect("the demo loads");
    assert!(matches!(loaded, Loaded::Now));
    database
}

#[actix_web::test]
async fn there_is_a_document_in_each_of_the_four_stages() {
    let database = loaded_at("2026-12-01T01:00:00Z").await;
    assert_eq!(
        places(&database).await,
        [
            "cleaned_up/continued 1",
            "drafted/drafting 1",
            "filed/under_filing_review 1",
            "legality_review/cleared 1",
            "legality_review/under_review 1"
        ]
    );
}

#[actix_web::test]
async fn the_demo_loads_on_any_day() {
    // A plain day under an older profile; the middle of Spring Festival; a make-up Saturday; a day beyond the calendar.
    for clock in ["2024-06-03T01:00:00Z", "2026-02-18T01:00:00Z", "2026-02-28T01:00:00Z", "2029-07-15T01:00:00Z"] {
        let database = loaded_at(clock).await;
        assert_eq!(places(&database).await.len(), 5, "{clock}");
    }
}

#[actix_web::test]
async fn what_was_published_takes_effect_when_its_text_says() {
    let database = loaded_at("2026-12-01T01:00:00Z").await;
    let mut conn = AsyncPgConnection::establish(&database.superuser_url).await.expect("connects");
    let rows: Vec<Standing> = diesel::sql_query(
        "SELECT effective_date - publication_date || ' days' AS place, count(*) AS count FROM publications JOIN revisions
            USING (document_id, revision_no) WHERE text LIKE '%自公布之日起三十日后施行%' GROUP BY 1",
    )
    .load(&mut conn)
    .await
    .expect("read");
    assert_eq!(rows, [Standing { place: "30 days".to_owned(), count: 2 }]);
}

#[actix_web::test]
async fn a_demo_is_loaded_once_and_a_refused_one_leaves_nothing() {
    let database = Database::new();
    let refused = load::load(&database.owner_url, None, |_| Err("the disk is full".into())).await;
    assert!(refused.is_err());
    assert!(places(&database).await.is_empty());
    let first = load::load(&database.owner_url, None, |_| Ok(())).await.expect("loads");
    assert!(matches!(first, Loaded::Now));
    let before = places(&database).await;
    let second = load::load(&database.owner_url, None, |_| Err("not asked again".into())).await.expect("is there");
    assert!(matches!(second, Loaded::Before));
    assert_eq!(places(&database).await, before);
}
