//! Idempotency keys: the first success again, never a second act.

use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::{Value, json};

use super::{drafted, rows};
use crate::helpers::app::{Answered, TestApp, new_document};
use crate::helpers::{meeting_story, story};

async fn post_with(app: &TestApp, path: &str, key: &str, body: &Value) -> Answered {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    app.send("POST", "drafter", path, &headers, Some(body.to_string().into_bytes())).await
}

#[actix_web::test]
async fn the_same_request_again_is_answered_again_and_done_once() {
    let app = TestApp::start().await;
    let first = post_with(&app, "/documents", "k-1", &new_document()).await;
    first.expect(201);
    assert_eq!(first.header("idempotent-replayed"), "");
    // The same JSON in another layout is the same body.
    let spaced = serde_json::to_vec_pretty(&new_document()).expect("written");
    let headers = [("content-type", "application/json"), ("idempotency-key", "k-1")];
    let again = app.send("POST", "drafter", "/documents", &headers, Some(spaced)).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (201, "true"));
    assert_eq!((&again.body, again.header("location")), (&first.body, first.header("location")));
    assert_eq!(rows(&app, "documents").await, 1);
}

#[actix_web::test]
async fn a_key_stands_for_one_body_one_path_and_one_caller() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    post_with(&app, &format!("{document}/revisions"), "k", &json!({"text": "甲"})).await.expect(201);
    let other = post_with(&app, &format!("{document}/revisions"), "k", &json!({"text": "乙"})).await;
    other.expect_problem(422, "idempotency_key_reused");
    post_with(&app, "/documents", "k", &new_document()).await.expect_problem(422, "idempotency_key_reused");
    let headers = [("content-type", "application/json"), ("idempotency-key", "k")];
    let outsider = app.send("POST", "outsider", "/documents", &headers, Some(new_document().to_string().into_bytes())).await;
    assert_eq!((outsider.status, outsider.header("idempotent-replayed")), (201, ""));
    assert_eq!(rows(&app, "revisions").await, 3);
    for bad in ["", &"k".repeat(256)] {
        post_with(&app, "/documents", bad, &new_document()).await.expect_problem(400, "bad_header");
    }
}

#[actix_web::test]
async fn a_refusal_or_a_trial_is_not_kept() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let path = format!("{document}/revisions");
    post_with(&app, &path, "k", &json!({})).await.expect_problem(422, "invalid_input");
    post_with(&app, &format!("{path}?dry_run=true"), "k", &json!({"text": "甲"})).await.expect(200);
    assert_eq!(rows(&app, "idempotency_keys").await, 0);
    let done = post_with(&app, &path, "k", &json!({"text": "乙"})).await;
    assert_eq!((done.status, done.header("idempotent-replayed")), (201, ""));
}

#[actix_web::test]
async fn a_form_is_the_same_when_all_its_parts_are() {
    let app = TestApp::start().await;
    let path = format!("{}/materials", drafted(&app).await);
    let form = |content: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nother\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n{content}\r\n--b--\r\n"
        )
        .into_bytes()
    };
    let headers = [("content-type", "multipart/form-data; boundary=b"), ("idempotency-key", "k")];
    let first = app.send("POST", "drafter", &path, &headers, Some(form("甲"))).await;
    first.expect(201);
    let again = app.send("POST", "drafter", &path, &headers, Some(form("甲"))).await;
    assert_eq!((again.header("idempotent-replayed"), &again.body), ("true", &first.body));
    app.send("POST", "drafter", &path, &headers, Some(form("乙"))).await.expect_problem(422, "idempotency_key_reused");
    assert_eq!(rows(&app, "materials").await, 1);
}

#[actix_web::test]
async fn while_the_first_request_runs_the_second_is_told_to_wait() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let id = document.rsplit('/').next().expect("an id");
    // Somebody else holds the document, so that the first request waits in the middle of its act.
    let mut holder = AsyncPgConnection::establish(&app.database.superuser_url).await.expect("connects");
    holder.batch_execute(&format!("BEGIN; SELECT 1 FROM documents WHERE id = '{id}' FOR UPDATE")).await.expect("the lock is free");
    let path = format!("{document}/revisions");
    let body = json!({"text": "甲"});
    let first = post_with(&app, &path, "k", &body);
    let second = async {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let mut watcher = AsyncPgConnection::establish(&app.database.superuser_url).await.expect("connects");
        loop {
            let waiters: i64 = diesel::dsl::sql::<diesel::sql_types::BigInt>(waiting).get_result(&mut watcher).await.expect("a count");
            if waiters > 0 {
                break;
            }
        }
        let second = post_with(&app, &path, "k", &body).await;
        holder.batch_execute("ROLLBACK").await.expect("the lock is let go");
        second
    };
    let (first, second) = tokio::join!(first, second);
    second.expect_problem(409, "idempotency_key_in_flight");
    first.expect(201);
    assert_eq!(post_with(&app, &path, "k", &body).await.header("idempotent-replayed"), "true");
    assert_eq!(rows(&app, "revisions").await, 2);
}

#[actix_web::test]
async fn a_repeated_key_says_nothing_of_a_document_that_is_no_longer_theirs() {
    let app = TestApp::start().await;
    let document = story::cleared(&app).await;
    let meeting = meeting_story::meeting(&app, meeting_story::MEETING_DAY).await;
    let path = format!("/meetings/{meeting}/agenda");
    let headers = [("content-type", "application/json"), ("idempotency-key", "k")];
    let body = json!({"document_id": document}).to_string().into_bytes();
    app.send("POST", "secretary", &path, &headers, Some(body.clone())).await.expect(201);
    app.delete("secretary", &format!("{path}/{document}")).await;
    assert_eq!(app.send("POST", "secretary", &path, &headers, Some(body.clone())).await.header("idempotent-replayed"), "true");
    story::revise(&app, &document, &story::text(7)).await;
    app.patch("drafter", &format!("/documents/{document}"), json!({"issuing_authority": "baishi"})).await.expect(200);
    app.send("POST", "secretary", &path, &headers, Some(body)).await.expect_problem(404, "not_found");
}
