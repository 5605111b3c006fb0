//! Creating and reading documents; the modules below hold what else is promised of a draft.

mod acts;
mod changes;
mod drafts;
mod history;
mod keys;
mod lists;
mod materials;
mod revisions;
mod sight;
mod steps;

use serde_json::Value;

use super::helpers::app::{TestApp, new_document};

/// A draft of the drafter's, by its path.
async fn drafted(app: &TestApp) -> String {
    let created = app.post("drafter", "/documents", new_document()).await;
    created.expect(201);
    created.header("location").to_owned()
}

/// A document with some members of [`new_document`] replaced.
fn with(members: &[(&str, Value)]) -> Value {
    let mut body = new_document();
    for (name, value) in members {
        body[name] = value.clone();
    }
    body
}

/// How many rows a table has; an act that is refused adds none.
async fn rows(app: &TestApp, table: &str) -> i64 {
    use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
    let mut conn = AsyncPgConnection::establish(&app.database.superuser_url).await.expect("connects");
    let count = diesel::dsl::sql::<diesel::sql_types::BigInt>(&format!("SELECT count(*) FROM {table}"));
    count.get_result(&mut conn).await.expect("a count")
}

#[actix_web::test]
async fn a_new_document_is_drafted_with_revision_one() {
    let app = TestApp::start().await;
    let created = app.post("drafter", "/documents", new_document()).await;
    let body = created.expect(201);
    assert_eq!((&body["stage"], &body["step"], &body["revision"]), (&"drafted".into(), &"drafting".into(), &1.into()));
    let read = app.get("drafter", created.header("location")).await;
    assert_eq!(read.expect(200), body);
    assert_eq!(read.header("etag"), created.header("etag"));
}

#[actix_web::test]
async fn a_document_of_another_township_does_not_exist_for_an_outsider() {
    let app = TestApp::start().await;
    let created = app.post("drafter", "/documents", new_document()).await;
    created.expect(201);
    for who in ["outsider", "reviewer", "auditor", "county_auditor", "admin"] {
        app.get(who, created.header("location")).await.expect_problem(404, "not_found");
    }
    app.get("", created.header("location")).await.expect_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn every_fault_of_a_body_is_named_at_once() {
    let app = TestApp::start().await;
    let mut body = new_document();
    body["title"] = 7.into();
    body["document_class"] = "law".into();
    body["colour"] = "red".into();
    body.as_object_mut().expect("an object").remove("drafting_unit");
    let problem = app.post("drafter", "/documents", body).await.expect_problem(422, "invalid_input");
    let named: Vec<(&str, &str)> = problem["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| (error["pointer"].as_str().expect("a pointer"), error["code"].as_str().expect("a code")))
        .collect();
    assert_eq!(
        named,
        [("/colour", "unknown_field"), ("/document_class", "not_an_option"), ("/drafting_unit", "missing"), ("/title", "wrong_type")]
    );
}
