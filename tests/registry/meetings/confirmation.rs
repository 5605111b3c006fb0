//! After an approval in principle: confirmed is only the current text, and only under a lawful opinion on it.

use serde_json::json;

use crate::helpers::app::TestApp;
use crate::helpers::meeting_story::{MEETING_DAY, decided, meeting, reasons, step_of, text};
use crate::helpers::rows;

async fn revise(app: &TestApp, document: &str, words: &str) {
    app.post("drafter", &format!("/documents/{document}/revisions"), json!({"text": words})).await.expect(201);
}

fn confirmation(revision: i32) -> serde_json::Value {
    json!({"revision": revision, "note": "已按会议意见修改第三条"})
}

#[actix_web::test]
async fn a_finished_text_is_confirmed_under_its_own_lawful_opinion_only() {
    let app = TestApp::start().await;
    let (meeting, document) = decided(&app, "approved_in_principle").await;
    let path = format!("/meetings/{meeting}/agenda/{document}/confirmation");
    revise(&app, &document, "修改后的文本").await;
    let stale = app.post("secretary", &path, confirmation(2)).await.expect_problem(409, "gate_closed");
    assert_eq!(reasons(&stale), ["opinion_stale"]);
    rows::opine(&app, &document, "needs_amendment").await;
    let open = app.post("secretary", &path, confirmation(2)).await.expect_problem(409, "gate_closed");
    assert_eq!(reasons(&open), ["comments_unanswered", "amendment_required"]);
    rows::opine(&app, &document, "unlawful").await;
    let unlawful = app.post("secretary", &path, confirmation(2)).await.expect_problem(409, "gate_closed");
    assert_eq!(reasons(&unlawful), ["unlawful", "comments_unanswered"]);
    assert_eq!(step_of(&app, &document).await, "finalising");
    rows::opine(&app, &document, "lawful").await;
    app.post("secretary", &path, confirmation(1)).await.expect_problem(409, "revision_not_current");
    let confirmed = app.post("secretary", &path, confirmation(2)).await.expect(200);
    assert_eq!((text(&confirmed["step"]), confirmed["revision"].as_i64()), ("approved".to_owned(), Some(2)));
    app.post("secretary", &path, confirmation(2)).await.expect_problem(409, "wrong_step");
    let closed = app.post("drafter", &format!("/documents/{document}/revisions"), json!({"text": "再改"})).await;
    closed.expect_problem(409, "wrong_step");
}

#[actix_web::test]
async fn only_the_meeting_that_approved_in_principle_confirms() {
    let app = TestApp::start().await;
    let (first, document) = decided(&app, "approved_in_principle").await;
    let other = meeting(&app, MEETING_DAY).await;
    let elsewhere = app.post("secretary", &format!("/meetings/{other}/agenda/{document}/confirmation"), confirmation(1)).await;
    elsewhere.expect_problem(409, "wrong_step");
    let bad =
        app.post("secretary", &format!("/meetings/{first}/agenda/{document}/confirmation"), json!({"revision": 0, "note": " "})).await;
    bad.expect_problem(422, "invalid_input");
}

#[actix_web::test]
async fn only_what_is_being_finished_is_confirmed() {
    let app = TestApp::start().await;
    for outcome in ["approved", "deferred", "rejected"] {
        let (meeting, document) = decided(&app, outcome).await;
        let path = format!("/meetings/{meeting}/agenda/{document}/confirmation");
        let problem = app.post("secretary", &path, confirmation(1)).await.expect_problem(409, "wrong_step");
        assert_eq!(problem["step"], outcome);
        app.set_clock("2026-03-03T01:00:00Z").await;
    }
}
