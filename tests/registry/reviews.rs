//! The legality review: from submission to the open gate, and everything that is refused on the way.

use super::helpers::app::TestApp;
use super::helpers::story;

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
    assert_eq!((&gate["open"], &gate["reasons"]), (&true.into(), &serde_json::json!([])));
    assert_eq!((&gate["revision"], &gate["revision_sha256"]), (&1.into(), &opined["revision_sha256"]));
}
