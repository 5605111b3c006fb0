//! The legality review: from submission to the open gate, and everything that is refused on the way.

mod clock;
mod gate;
mod intake;
mod opinions;
mod reading;
mod submissions;
mod withdrawal;

use serde_json::{Value, json};

use super::helpers::app::TestApp;
use super::helpers::meeting_story::{self, MEETING_DAY};
use super::helpers::story;

/// Makes the reviewer's body and the drafter's one, so that the drafter could review what they wrote.
async fn let_the_drafter_review(app: &TestApp) {
    let sql = "INSERT INTO user_roles (user_id, body_id, role)
            SELECT u.id, b.id, 'reviewer' FROM users u, bodies b WHERE u.login = 'chen.drafter' AND b.code = 'qinghe-jjb';
        UPDATE bodies SET review_body_id = (SELECT id FROM bodies WHERE code = 'qinghe-jjb') WHERE code = 'qinghe'";
    assert_eq!(app.change_as_superuser(sql).await, "ok");
}

/// Every fault of a refusal with its place.
fn faults(problem: &Value) -> Vec<(String, String)> {
    meeting_story::errors(problem)
}

fn fault(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

/// A document on which a meeting has decided, on the meeting's day.
async fn decided(app: &TestApp, outcome: &str) -> String {
    let id = story::cleared(app).await;
    let meeting = meeting_story::meeting(app, MEETING_DAY).await;
    meeting_story::place(app, &meeting, &id).await;
    app.on_day(MEETING_DAY).await;
    meeting_story::decide(app, &meeting, &id, outcome).await;
    id
}

/// A document on an agenda.
async fn on_agenda(app: &TestApp) -> String {
    let id = story::cleared(app).await;
    let meeting = meeting_story::meeting(app, MEETING_DAY).await;
    meeting_story::place(app, &meeting, &id).await;
    id
}

/// Makes a document `awaiting_intake` again with another text, its comments adopted.
async fn resubmitted(app: &TestApp, id: &str, no: u32) {
    story::revise(app, id, &story::text(no)).await;
    story::submit(app, id).await.expect(200);
}

/// Answers to every open comment.
async fn answers(app: &TestApp, id: &str, answer: Value) -> Value {
    let comments = story::open_comments(app, id).await;
    let responses: Vec<Value> = comments
        .iter()
        .map(|comment| {
            let mut response = answer.clone();
            response["comment_id"] = comment.clone().into();
            response
        })
        .collect();
    json!({"responses": responses})
}

#[actix_web::test]
async fn a_document_is_submitted_taken_in_and_cleared() {
    let app = TestApp::start().await;
    let id = story::with_materials(&app).await;
    let submitted = story::submit(&app, &id).await;
    let body = submitted.expect(200);
    assert_eq!((&body["stage"], &body["step"]), (&"legality_review".into(), &"awaiting_intake".into()));
    assert_eq!(app.get("drafter", &format!("/documents/{id}")).await.header("etag"), submitted.header("etag"));
    let taken = story::accept(&app, &id).await.expect(200);
    assert_eq!((&taken["step"], &taken["provisional"]), (&"under_review".into(), &false.into()));
    // Fifteen working days after Tuesday 2026-03-03.
    assert_eq!(taken["due_on"], "2026-03-24");
    assert_eq!(story::gate(&app, &id).await, ["under_review", "no_opinion"]);
    let opined = story::opine(&app, &id, "lawful").await.expect(200);
    assert_eq!(opined["step"], "cleared");
    let gate = app.get("secretary", &format!("/documents/{id}/gate")).await.expect(200);
    assert_eq!((&gate["open"], &gate["reasons"]), (&true.into(), &json!([])));
    assert_eq!((&gate["revision"], &gate["revision_sha256"]), (&1.into(), &opined["revision_sha256"]));
}

#[actix_web::test]
async fn every_act_is_on_the_record_with_who_and_on_which_text() {
    let app = TestApp::start().await;
    let id = story::cleared(&app).await;
    app.post("drafter", &format!("/documents/{id}/withdrawal"), json!({"reason": "另行起草"})).await.expect(200);
    for (entry, role) in
        [("document.submitted", "drafter"), ("intake.taken", "reviewer"), ("opinion.given", "reviewer"), ("document.withdrawn", "drafter")]
    {
        let recorded = format!(
            "(SELECT count(*) FROM log_entries l JOIN documents d ON d.id = l.document_id WHERE d.id = '{id}' AND l.type = '{entry}'
              AND l.role = '{role}' AND l.revision_no = 1 AND l.revision_sha256 = d.revision_sha256) = 1"
        );
        meeting_story::holds(&app, &recorded).await;
    }
    meeting_story::holds(
        &app,
        &format!("(SELECT count(*) FROM log_entries WHERE document_id = '{id}' AND type = 'document.stage_changed') = 1"),
    )
    .await;
}
