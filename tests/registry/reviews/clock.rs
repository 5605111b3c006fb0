//! The clock of the review: it runs from the day on which the complete materials arrived, and stands still while they are supplemented.

use serde_json::{Value, json};

use crate::helpers::app::TestApp;
use crate::helpers::story;

async fn review_deadlines(app: &TestApp, id: &str) -> Vec<Value> {
    let document = story::document(app, id).await;
    let all = document["deadlines"].as_array().expect("deadlines").clone();
    all.into_iter().filter(|deadline| deadline["kind"] == "legality_review").collect()
}

async fn ask_for_supplements(app: &TestApp, id: &str) {
    story::intake(app, id, json!({"result": "supplement_requested", "missing": ["legal_basis"]})).await.expect(200);
}

#[actix_web::test]
async fn the_clock_runs_from_the_submission_and_not_from_the_intake() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    app.on_day("2026-03-06").await;
    let taken = story::accept(&app, &id).await.expect(200);
    assert_eq!(taken["due_on"], "2026-03-24");
    assert_eq!(review_deadlines(&app, &id).await[0]["due_on"], "2026-03-24");
}

#[actix_web::test]
async fn what_was_incomplete_starts_no_clock() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    ask_for_supplements(&app, &id).await;
    assert!(review_deadlines(&app, &id).await.is_empty());
    app.on_day("2026-03-09").await;
    story::submit(&app, &id).await.expect(200);
    app.on_day("2026-03-11").await;
    // Fifteen working days after Monday 2026-03-09.
    assert_eq!(story::accept(&app, &id).await.expect(200)["due_on"], "2026-03-30");
}

#[actix_web::test]
async fn supplements_under_review_suspend_the_clock() {
    let app = TestApp::start().await;
    let id = story::under_review(&app).await;
    app.on_day("2026-03-06").await;
    ask_for_supplements(&app, &id).await;
    assert!(review_deadlines(&app, &id).await.is_empty(), "a suspended clock has no day");
    app.on_day("2026-03-10").await;
    story::submit(&app, &id).await.expect(200);
    app.on_day("2026-03-12").await;
    let taken = story::accept(&app, &id).await.expect(200);
    // Two of fifteen days were used, on 03-04 and 03-05; thirteen are left after 03-10.
    assert_eq!(taken["due_on"], "2026-03-27");
    assert_eq!(review_deadlines(&app, &id).await[0]["due_on"], "2026-03-27");
}

#[actix_web::test]
async fn an_amended_text_has_a_clock_of_its_own_and_an_opinion_ends_it() {
    let app = TestApp::start().await;
    let id = story::set_back(&app, "needs_amendment").await;
    assert!(review_deadlines(&app, &id).await.is_empty());
    app.on_day("2026-03-16").await;
    super::resubmitted(&app, &id, 2).await;
    assert_eq!(story::accept(&app, &id).await.expect(200)["due_on"], "2026-04-07");
    story::opine(&app, &id, "lawful").await.expect(200);
    assert!(review_deadlines(&app, &id).await.is_empty());
}

#[actix_web::test]
async fn a_day_beyond_the_calendar_is_provisional() {
    let app = TestApp::start_at("2026-12-18T01:00:00Z").await;
    let id = story::submitted(&app).await;
    let taken = story::accept(&app, &id).await.expect(200);
    assert_eq!(taken["provisional"], true);
    assert!(taken["due_on"].as_str().is_some_and(|day| day > "2026-12-31"), "{}", taken["due_on"]);
}
