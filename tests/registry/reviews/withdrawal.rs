//! Withdrawal: by the drafter, for good, while the text is not on an agenda nor approved.

use serde_json::json;

use super::{decided, on_agenda};
use crate::helpers::app::{Answered, TestApp};
use crate::helpers::story;

async fn withdraw(app: &TestApp, id: &str) -> Answered {
    app.post("drafter", &format!("/documents/{id}/withdrawal"), json!({"reason": "不再制定"})).await
}

#[actix_web::test]
async fn a_document_is_withdrawn_from_every_step_before_the_agenda_and_its_stage_stays() {
    let app = TestApp::start().await;
    let draft = story::draft(&app).await;
    assert_eq!(withdraw(&app, &draft).await.expect(200)["stage"], "drafted");
    let mut ids = vec![story::submitted(&app).await, story::under_review(&app).await, story::cleared(&app).await];
    for outcome in ["needs_amendment", "unlawful"] {
        ids.push(story::set_back(&app, outcome).await);
    }
    for asked in [json!({"result": "supplement_requested", "reason": "材料"}), json!({"result": "out_of_scope", "reason": "内部"})] {
        let id = story::submitted(&app).await;
        story::intake(&app, &id, asked).await.expect(200);
        ids.push(id);
    }
    for id in ids {
        let withdrawn = withdraw(&app, &id).await.expect(200);
        assert_eq!((&withdrawn["stage"], &withdrawn["step"]), (&"legality_review".into(), &"withdrawn".into()));
        assert_eq!(withdrawn["deadlines"], json!([]));
        assert!(story::gate(&app, &id).await.contains(&"withdrawn".to_owned()));
    }
}

#[actix_web::test]
async fn a_document_is_withdrawn_after_a_meeting_only_where_the_drafter_has_it_again() {
    for outcome in ["amend_then_resubmit", "rejected", "deferred", "approved_in_principle"] {
        let app = TestApp::start().await;
        let id = decided(&app, outcome).await;
        assert_eq!(withdraw(&app, &id).await.expect(200)["step"], "withdrawn");
    }
    let app = TestApp::start().await;
    let placed = on_agenda(&app).await;
    withdraw(&app, &placed).await.expect_problem(409, "wrong_step");
    let approved = decided(&app, "approved").await;
    withdraw(&app, &approved).await.expect_problem(409, "wrong_step");
}

#[actix_web::test]
async fn a_withdrawal_is_final() {
    let app = TestApp::start().await;
    let id = story::cleared(&app).await;
    withdraw(&app, &id).await.expect(200);
    let problem = withdraw(&app, &id).await.expect_problem(409, "wrong_step");
    assert_eq!(problem["allowed"], json!([]));
    story::submit(&app, &id).await.expect_problem(409, "wrong_step");
    story::accept(&app, &id).await.expect_problem(409, "wrong_step");
    story::opine_with(&app, &id, "lawful", json!({"reason": "更正"})).await.expect_problem(409, "wrong_step");
    assert_eq!(story::gate(&app, &id).await, ["withdrawn"]);
}

#[actix_web::test]
async fn only_the_drafter_withdraws_and_says_why() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    let path = format!("/documents/{id}/withdrawal");
    let body = json!({"reason": "不再制定"});
    app.post("", &path, body.clone()).await.expect_problem(401, "unauthenticated");
    for who in ["reviewer", "secretary"] {
        app.post(who, &path, body.clone()).await.expect_problem(403, "forbidden");
    }
    for who in ["auditor", "county_auditor", "admin", "outsider"] {
        app.post(who, &path, body.clone()).await.expect_problem(404, "not_found");
    }
    for broken in [json!({}), json!({"reason": "　"}), json!({"reason": null})] {
        app.post("drafter", &path, broken).await.expect_problem(422, "invalid_input");
    }
    assert_eq!(story::step(&app, &id).await, "awaiting_intake");
}
