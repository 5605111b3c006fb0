//! What the service does by itself: keys of repeats that have outlived their day are removed, and no others.

use lawgate::evidence::keys;
use lawgate::server::{self, Options};
use lawgate::upkeep;

use super::helpers::app::{TestApp, new_document};

/// A second instance's view of the same registry.
async fn instance(app: &TestApp) -> lawgate::app::App {
    let options =
        Options { connections: 2, replica_url: None, workers: 1, shutdown_seconds: 1, database_seconds: 30, callers_per_worker: 1000 };
    server::state(&app.database.app_url, None, keys::generate().expect("a key"), &options).await.expect("the state")
}

async fn keep_old(app: &TestApp, count: u32) {
    let insert = format!(
        "INSERT INTO idempotency_keys (token_id, key, fingerprint, status, body, created_at)
         SELECT (SELECT id FROM tokens ORDER BY id LIMIT 1), 'old-' || n, 'f', 201, '{{}}', now() - interval '25 hours'
         FROM generate_series(1, {count}) AS n"
    );
    assert_eq!(app.sql_as_superuser(&insert).await, "ok");
}

async fn holds(app: &TestApp, sql: &str) {
    let asserted = format!("DO $$ BEGIN ASSERT {sql}, 'not so'; END $$");
    assert_eq!(app.sql_as_superuser(&asserted).await, "ok", "{sql}");
}

#[actix_web::test]
async fn expired_keys_are_removed_by_two_instances_at_once_and_each_by_one() {
    let app = TestApp::start().await;
    let fresh = [("idempotency-key", "fresh"), ("content-type", "application/json")];
    let body = Some(new_document().to_string().into_bytes());
    app.send("POST", "drafter", "/documents", &fresh, body.clone()).await.expect(201);
    keep_old(&app, 2500).await;
    let (one, other) = (instance(&app).await, instance(&app).await);
    let (first, second) = futures_util::future::join(upkeep::remove_expired_keys(&one), upkeep::remove_expired_keys(&other)).await;
    assert_eq!(first.expect("done") + second.expect("done"), 2500);
    holds(&app, "(SELECT count(*) = 1 AND min(key) = 'fresh' FROM idempotency_keys)").await;
    let again = app.send("POST", "drafter", "/documents", &fresh, body).await;
    again.expect(201);
    assert_eq!(again.header("idempotent-replayed"), "true");
}

#[actix_web::test]
async fn a_key_that_somebody_else_is_removing_is_not_waited_for() {
    use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
    let app = TestApp::start().await;
    keep_old(&app, 3).await;
    let mut other = AsyncPgConnection::establish(&app.database.app_url).await.expect("connects");
    other.batch_execute("BEGIN; DELETE FROM idempotency_keys WHERE key = 'old-2'").await.expect("deleted");
    assert_eq!(upkeep::remove_expired_keys(&instance(&app).await).await.expect("done"), 2);
    other.batch_execute("ROLLBACK").await.expect("taken back");
    assert_eq!(upkeep::remove_expired_keys(&instance(&app).await).await.expect("done"), 1);
}
