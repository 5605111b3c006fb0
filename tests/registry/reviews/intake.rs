//! Intake: who takes a submission in, what may be said of it, and when.

use serde_json::json;

use super::{decided, fault, faults, let_the_drafter_review, on_agenda};
use crate::helpers::app::TestApp;
use crate::helpers::story;

#[actix_web::test]
async fn only_the_reviewer_takes_in_and_only_what_was_submitted() {
    let app = TestApp::start().await;
    let draft = story::with_materials(&app).await;
    let body = json!({"result": "accepted"});
    story::intake(&app, &draft, body.clone()).await.expect_problem(404, "not_found");
    story::submit(&app, &draft).await.expect(200);
    let path = format!("/documents/{draft}/intake");
    app.post("", &path, body.clone()).await.expect_problem(401, "unauthenticated");
    for who in ["drafter", "secretary"] {
        app.post(who, &path, body.clone()).await.expect_problem(403, "forbidden");
    }
    for who in ["auditor", "county_auditor", "admin", "outsider"] {
        app.post(who, &path, body.clone()).await.expect_problem(404, "not_found");
    }
    story::accept(&app, &draft).await.expect(200);
}

#[actix_web::test]
async fn an_author_takes_nothing_in() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    let_the_drafter_review(&app).await;
    let path = format!("/documents/{id}/intake");
    // 403 comes before the body is looked at.
    app.post("drafter", &path, json!({"nonsense": 1})).await.expect_problem(403, "author_cannot_review");
    assert_eq!(story::step(&app, &id).await, "awaiting_intake");
}

#[actix_web::test]
async fn each_result_leads_to_its_step() {
    for (body, step) in [
        (json!({"result": "accepted"}), "under_review"),
        (json!({"result": "accepted", "recognition": "normative"}), "under_review"),
        (json!({"result": "supplement_requested", "missing": ["comment_summary"]}), "supplement_requested"),
        (json!({"result": "supplement_requested", "reason": "材料不全"}), "supplement_requested"),
        (json!({"result": "out_of_scope", "reason": "内部制度"}), "out_of_scope"),
        (json!({"result": "out_of_scope", "recognition": "not_normative", "reason": "内部制度"}), "out_of_scope"),
        (json!({"result": "out_of_scope", "recognition": "party_document", "reason": "党内文件"}), "out_of_scope"),
    ] {
        let app = TestApp::start().await;
        let id = story::submitted(&app).await;
        assert_eq!(story::intake(&app, &id, body.clone()).await.expect(200)["step"], step, "{body}");
    }
}

#[actix_web::test]
async fn result_recognition_and_reason_fit_together() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    for (body, expected) in [
        (json!({"result": "accepted", "recognition": "not_normative"}), vec![fault("/recognition", "recognition_mismatch")]),
        (json!({"result": "accepted", "recognition": "party_document"}), vec![fault("/recognition", "recognition_mismatch")]),
        (json!({"result": "out_of_scope", "recognition": "not_normative"}), vec![fault("/reason", "reason_required")]),
        (json!({"result": "supplement_requested"}), vec![fault("/reason", "reason_required")]),
        (json!({"result": "supplement_requested", "missing": []}), vec![fault("/reason", "reason_required")]),
        (
            json!({"result": "supplement_requested", "recognition": "party_document"}),
            vec![fault("/recognition", "recognition_mismatch"), fault("/reason", "reason_required")],
        ),
    ] {
        let problem = story::intake(&app, &id, body.clone()).await.expect_problem(422, &expected[0].1);
        assert_eq!(faults(&problem), expected, "{body}");
    }
    for body in [
        json!({}),
        json!({"result": "refused"}),
        json!({"result": "accepted", "missing": [" "]}),
        json!({"result": "accepted", "due_on": "2026-03-24"}),
    ] {
        story::intake(&app, &id, body).await.expect_problem(422, "invalid_input");
    }
    assert_eq!(story::step(&app, &id).await, "awaiting_intake");
}

#[actix_web::test]
async fn under_review_only_supplements_can_be_asked_for() {
    let app = TestApp::start().await;
    let id = story::under_review(&app).await;
    for body in [json!({"result": "accepted"}), json!({"result": "out_of_scope", "reason": "内部制度"})] {
        let problem = story::intake(&app, &id, body).await.expect_problem(409, "wrong_step");
        assert_eq!(problem["step"], "under_review");
    }
    let asked = json!({"result": "supplement_requested", "reason": "补充依据"});
    assert_eq!(story::intake(&app, &id, asked).await.expect(200)["step"], "supplement_requested");
}

#[actix_web::test]
async fn at_every_other_step_there_is_nothing_to_take_in() {
    let app = TestApp::start().await;
    let mut ids = vec![story::cleared(&app).await, on_agenda(&app).await];
    for outcome in ["needs_amendment", "unlawful"] {
        ids.push(story::set_back(&app, outcome).await);
    }
    let asked = story::submitted(&app).await;
    story::intake(&app, &asked, json!({"result": "supplement_requested", "reason": "材料"})).await.expect(200);
    ids.push(asked);
    ids.push(decided(&app, "approved_in_principle").await);
    for id in ids {
        story::accept(&app, &id).await.expect_problem(409, "wrong_step");
    }
}

#[actix_web::test]
async fn an_intake_overrules_the_drafter_without_a_new_revision() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    let before = story::document(&app, &id).await;
    let body = json!({"result": "accepted", "concerns_market_entities": true});
    let taken = story::intake(&app, &id, body).await.expect(200);
    assert_eq!((&taken["concerns_market_entities"], &taken["revision"]), (&true.into(), &1.into()));
    assert_eq!(taken["revision_sha256"], before["revision_sha256"]);
    story::opine(&app, &id, "lawful").await.expect(200);
    assert_eq!(story::gate(&app, &id).await, ["fair_competition_missing"]);
}
