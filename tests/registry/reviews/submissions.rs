//! Submissions: who, when, with which materials, answers and texts.

use serde_json::{Value, json};

use super::{answers, decided, fault, faults, on_agenda, resubmitted};
use crate::helpers::app::{TestApp, new_document};
use crate::helpers::meeting_story;
use crate::helpers::story;

async fn submissions(app: &TestApp, id: &str) -> Vec<Value> {
    let list = app.get("drafter", &format!("/documents/{id}/submissions")).await.expect(200);
    list["items"].as_array().expect("items").clone()
}

#[actix_web::test]
async fn only_the_drafter_submits() {
    let app = TestApp::start().await;
    let id = story::with_materials(&app).await;
    let path = format!("/documents/{id}/submissions");
    let body = json!({"revision": 1});
    app.post("", &path, body.clone()).await.expect_problem(401, "unauthenticated");
    app.post("secretary", &path, body.clone()).await.expect_problem(403, "forbidden");
    for who in ["reviewer", "auditor", "county_auditor", "admin", "outsider"] {
        app.post(who, &path, body.clone()).await.expect_problem(404, "not_found");
    }
    story::submit(&app, &id).await.expect(200);
    app.post("reviewer", &path, body).await.expect_problem(403, "forbidden");
}

#[actix_web::test]
async fn every_missing_material_is_named() {
    let app = TestApp::start().await;
    let id = story::draft(&app).await;
    story::add_material(&app, &id, "legal_basis").await;
    let problem = story::submit(&app, &id).await.expect_problem(422, "materials_missing");
    assert_eq!(problem["missing"], json!(["drafting_explanation", "comment_summary", "unit_legality_opinion"]));
    assert_eq!(faults(&problem), vec![fault("", "materials_missing"); 3]);
    assert_eq!(story::step(&app, &id).await, "drafting");
    story::add_materials(&app, &id).await;
    story::submit(&app, &id).await.expect(200);
}

#[actix_web::test]
async fn a_fair_competition_conclusion_is_needed_where_market_entities_are_concerned() {
    let app = TestApp::start().await;
    let mut body = new_document();
    body["concerns_market_entities"] = true.into();
    let id = story::draft_of(&app, body).await;
    story::add_materials(&app, &id).await;
    let problem = story::submit(&app, &id).await.expect_problem(422, "materials_missing");
    assert_eq!(problem["missing"], json!(["fair_competition_conclusion"]));
    story::add_conclusion(&app, &id, "not_compliant").await;
    story::submit(&app, &id).await.expect(200);
}

#[actix_web::test]
async fn the_last_intake_that_says_so_decides_whether_market_entities_are_concerned() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    let asked = json!({"result": "supplement_requested", "missing": ["fair_competition_conclusion"], "concerns_market_entities": true});
    let taken = story::intake(&app, &id, asked).await.expect(200);
    assert_eq!((&taken["concerns_market_entities"], &taken["due_on"]), (&true.into(), &Value::Null));
    let problem = story::submit(&app, &id).await.expect_problem(422, "materials_missing");
    assert_eq!(problem["missing"], json!(["fair_competition_conclusion"]));
    // A later revision does not bring the drafter's own statement back.
    story::revise(&app, &id, &story::text(2)).await;
    story::submit(&app, &id).await.expect_problem(422, "materials_missing");
    story::add_conclusion(&app, &id, "compliant").await;
    story::submit(&app, &id).await.expect(200);
    let overruled = story::intake(&app, &id, json!({"result": "accepted", "concerns_market_entities": false})).await.expect(200);
    assert_eq!(overruled["concerns_market_entities"], false);
}

#[actix_web::test]
async fn the_materials_are_frozen_with_the_submission() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    story::intake(&app, &id, json!({"result": "supplement_requested", "reason": "征求意见情况不完整"})).await.expect(200);
    story::add_material(&app, &id, "comment_summary").await;
    let first = submissions(&app, &id).await;
    assert_eq!(first[0]["materials"].as_array().map(Vec::len), Some(4));
    story::submit(&app, &id).await.expect(200);
    let both = submissions(&app, &id).await;
    assert_eq!(both[0]["materials"], first[0]["materials"]);
    assert_eq!(both[1]["materials"].as_array().map(Vec::len), Some(5));
    assert_eq!((&both[0]["kind"], &both[1]["kind"]), (&"first".into(), &"supplement".into()));
    assert_eq!(both[0]["intakes"][0]["reason"], "征求意见情况不完整");
}

#[actix_web::test]
async fn the_revision_named_is_the_current_one() {
    let app = TestApp::start().await;
    let id = story::with_materials(&app).await;
    story::revise(&app, &id, &story::text(2)).await;
    let path = format!("/documents/{id}/submissions");
    for other in [1, 3] {
        let problem = app.post("drafter", &path, json!({"revision": other})).await.expect_problem(409, "revision_not_current");
        assert_eq!(problem["revision"], 2);
    }
    app.post("drafter", &path, json!({"revision": 0})).await.expect_problem(422, "invalid_input");
    app.post("drafter", &path, json!({"revision": 2})).await.expect(200);
}

#[actix_web::test]
async fn a_document_that_is_not_with_its_drafter_is_not_submitted() {
    let app = TestApp::start().await;
    let refused = |id: String| {
        let app = &app;
        async move {
            let problem = story::submit(app, &id).await.expect_problem(409, "wrong_step");
            assert!(!problem["allowed"].as_array().expect("allowed").contains(&"submissions".into()), "{problem}");
        }
    };
    refused(story::submitted(&app).await).await;
    refused(story::under_review(&app).await).await;
    refused(story::cleared(&app).await).await;
    refused(on_agenda(&app).await).await;
}

#[actix_web::test]
async fn what_a_meeting_approved_or_deferred_is_not_submitted() {
    for outcome in ["approved", "approved_in_principle", "deferred"] {
        let app = TestApp::start().await;
        let id = decided(&app, outcome).await;
        story::submit(&app, &id).await.expect_problem(409, "wrong_step");
    }
}

#[actix_web::test]
async fn the_state_is_asked_before_the_values_and_the_shape_before_the_state() {
    let app = TestApp::start().await;
    let id = story::cleared(&app).await;
    let path = format!("/documents/{id}/submissions");
    app.post("drafter", &path, json!({"revision": 9, "responses": [{"comment_id": "x"}]})).await.expect_problem(422, "invalid_input");
    app.post("drafter", &path, json!({"revision": 9})).await.expect_problem(409, "wrong_step");
}

#[actix_web::test]
async fn out_of_scope_is_answered_with_a_note() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    story::intake(&app, &id, json!({"result": "out_of_scope", "recognition": "not_normative", "reason": "内部管理制度"})).await.expect(200);
    let problem = story::submit(&app, &id).await.expect_problem(422, "note_required");
    assert_eq!(faults(&problem), [fault("/note", "note_required")]);
    story::submit_with(&app, &id, json!({"note": "  "})).await.expect_problem(422, "invalid_input");
    story::submit_with(&app, &id, json!({"note": "涉及公民权利义务"})).await.expect(200);
    let all = submissions(&app, &id).await;
    assert_eq!((&all[1]["kind"], &all[1]["note"]), (&"scope_answer".into(), &"涉及公民权利义务".into()));
}

#[actix_web::test]
async fn every_open_comment_is_answered_once_and_no_other() {
    let app = TestApp::start().await;
    let id = story::under_review(&app).await;
    let comments = json!({"comments": [story::comment(), story::comment()]});
    story::opine_with(&app, &id, "needs_amendment", comments).await.expect(200);
    story::revise(&app, &id, &story::text(2)).await;
    let open = story::open_comments(&app, &id).await;
    let yes = |id: &str| json!({"comment_id": id, "adopted": "yes"});
    let stranger = "01900000-0000-7000-8000-000000000000";

    let problem = story::submit_with(&app, &id, json!({})).await.expect_problem(422, "comments_unanswered");
    assert_eq!(faults(&problem), vec![fault("/responses", "comments_unanswered"); 2]);
    let one = json!({"responses": [yes(&open[0])]});
    let problem = story::submit_with(&app, &id, one).await.expect_problem(422, "comments_unanswered");
    assert_eq!(faults(&problem).len(), 1);
    let twice = json!({"responses": [yes(&open[0]), yes(&open[1]), yes(&open[0])]});
    let problem = story::submit_with(&app, &id, twice).await.expect_problem(422, "duplicate");
    assert_eq!(faults(&problem), [fault("/responses/2/comment_id", "duplicate")]);
    let unknown = json!({"responses": [yes(&open[0]), yes(&open[1]), yes(stranger)]});
    let problem = story::submit_with(&app, &id, unknown).await.expect_problem(422, "unknown_comment");
    assert_eq!(faults(&problem), [fault("/responses/2/comment_id", "unknown_comment")]);
    let unreasoned = json!({"responses": [yes(&open[0]), {"comment_id": open[1], "adopted": "partly", "basis": "宪法"}]});
    let problem = story::submit_with(&app, &id, unreasoned).await.expect_problem(422, "reason_required");
    assert_eq!(faults(&problem), [fault("/responses/1/reason", "reason_required")]);

    let whole = json!({"responses": [yes(&open[0]), {"comment_id": open[1], "adopted": "no", "reason": "已有依据"}]});
    story::submit_with(&app, &id, whole).await.expect(200);
    let list = app.get("reviewer", &format!("/documents/{id}/opinions")).await.expect(200);
    let answers = &list["items"][0]["comments"];
    assert_eq!(answers[0]["answer"], json!({"submission_no": 2, "adopted": "yes", "reason": null, "basis": null}));
    assert_eq!(answers[1]["answer"]["reason"], "已有依据");
    let all = submissions(&app, &id).await;
    assert_eq!((&all[1]["kind"], all[1]["responses"].as_array().map(Vec::len)), (&"amended".into(), Some(2)));
}

#[actix_web::test]
async fn a_comment_that_was_answered_is_not_answered_again() {
    let app = TestApp::start().await;
    let id = story::set_back(&app, "needs_amendment").await;
    let body = answers(&app, &id, json!({"adopted": "yes"})).await;
    resubmitted(&app, &id, 2).await;
    story::intake(&app, &id, json!({"result": "supplement_requested", "reason": "材料"})).await.expect(200);
    story::submit_with(&app, &id, body).await.expect_problem(422, "unknown_comment");
    story::submit_with(&app, &id, json!({})).await.expect(200);
}

#[actix_web::test]
async fn insisting_gives_reason_and_basis_for_every_comment() {
    let app = TestApp::start().await;
    let id = story::set_back(&app, "needs_amendment").await;
    let adopted = answers(&app, &id, json!({"adopted": "yes"})).await;
    let problem = story::submit_with(&app, &id, adopted).await.expect_problem(422, "adopted_but_text_unchanged");
    assert_eq!(faults(&problem), [fault("/responses/0/adopted", "adopted_but_text_unchanged")]);
    let unfounded = answers(&app, &id, json!({"adopted": "no", "reason": "必要"})).await;
    let problem = story::submit_with(&app, &id, unfounded).await.expect_problem(422, "reason_required");
    assert_eq!(faults(&problem), [fault("/responses/0/basis", "reason_required")]);
    story::submit_with(&app, &id, json!({})).await.expect_problem(422, "comments_unanswered");
    let founded = answers(&app, &id, json!({"adopted": "no", "reason": "必要", "basis": "地方组织法第七十六条"})).await;
    let again = story::submit_with(&app, &id, founded).await.expect(200);
    assert_eq!((&again["step"], &again["revision"]), (&"awaiting_intake".into(), &1.into()));
    assert_eq!(submissions(&app, &id).await[1]["kind"], "insisting");
    story::accept(&app, &id).await.expect(200);
    // It is reviewed anew: a first opinion of this round, which needs no reason.
    let cleared = story::opine(&app, &id, "lawful").await.expect(200);
    assert_eq!(cleared["step"], "cleared");
}

#[actix_web::test]
async fn what_was_said_to_be_adopted_is_not_taken_back_by_the_old_text() {
    let app = TestApp::start().await;
    let id = story::draft(&app).await;
    story::revise(&app, &id, &story::text(1)).await;
    story::add_materials(&app, &id).await;
    story::submit(&app, &id).await.expect(200);
    story::accept(&app, &id).await.expect(200);
    story::opine(&app, &id, "needs_amendment").await.expect(200);
    resubmitted(&app, &id, 2).await;
    story::revise(&app, &id, &story::text(1)).await;
    story::submit(&app, &id).await.expect_problem(422, "adopted_but_text_unchanged");
    story::revise(&app, &id, &story::text(3)).await;
    story::submit(&app, &id).await.expect(200);
}

#[actix_web::test]
async fn a_text_found_unlawful_does_not_come_again_in_any_later_revision() {
    let app = TestApp::start().await;
    let id = story::draft(&app).await;
    story::revise(&app, &id, &story::text(1)).await;
    story::add_materials(&app, &id).await;
    story::submit(&app, &id).await.expect(200);
    story::accept(&app, &id).await.expect(200);
    story::opine(&app, &id, "unlawful").await.expect(200);
    let open = answers(&app, &id, json!({"adopted": "no", "reason": "必要", "basis": "依据"})).await;
    let problem = story::submit_with(&app, &id, open.clone()).await.expect_problem(422, "same_text");
    assert_eq!(faults(&problem)[0], fault("/revision", "same_text"));
    story::submit_with(&app, &id, json!({})).await.expect_problem(422, "same_text");
    // The same text under another number is the same text.
    story::revise(&app, &id, &story::text(1)).await;
    story::submit_with(&app, &id, open).await.expect_problem(422, "same_text");
    // Nor does it come back from the steps of a later round.
    resubmitted(&app, &id, 2).await;
    story::revise(&app, &id, &story::text(1)).await;
    assert_eq!(story::step(&app, &id).await, "amendment_required");
    story::submit(&app, &id).await.expect_problem(422, "same_text");
    resubmitted(&app, &id, 3).await;
    story::intake(&app, &id, json!({"result": "supplement_requested", "reason": "材料"})).await.expect(200);
    story::revise(&app, &id, &story::text(1)).await;
    story::submit(&app, &id).await.expect_problem(422, "same_text");
    resubmitted(&app, &id, 4).await;
    story::intake(&app, &id, json!({"result": "out_of_scope", "reason": "无需审核"})).await.expect(200);
    story::revise(&app, &id, &story::text(1)).await;
    story::submit_with(&app, &id, json!({"note": "属于"})).await.expect_problem(422, "same_text");
}

#[actix_web::test]
async fn a_text_that_was_found_unlawful_and_then_lawful_is_not_found_unlawful() {
    let app = TestApp::start().await;
    let id = story::set_back(&app, "unlawful").await;
    let second = story::opine_with(&app, &id, "needs_amendment", json!({"reason": "原意见有误"})).await.expect(200);
    assert_eq!(second["step"], "amendment_required");
    let founded = answers(&app, &id, json!({"adopted": "no", "reason": "必要", "basis": "依据"})).await;
    story::submit_with(&app, &id, founded).await.expect(200);
}

#[actix_web::test]
async fn a_text_that_a_meeting_sent_back_does_not_come_again_unchanged() {
    for (outcome, step) in [("amend_then_resubmit", "amendment_required"), ("rejected", "rejected")] {
        let app = TestApp::start().await;
        let id = decided(&app, outcome).await;
        assert_eq!(story::step(&app, &id).await, step);
        story::submit(&app, &id).await.expect_problem(422, "same_text");
        story::revise(&app, &id, &story::text(2)).await;
        assert_eq!(story::step(&app, &id).await, step, "a revision leaves the step as it is");
        story::submit(&app, &id).await.expect(200);
    }
}

#[actix_web::test]
async fn a_lawful_text_that_comes_back_after_another_is_the_same_text() {
    let app = TestApp::start().await;
    let id = story::draft(&app).await;
    story::revise(&app, &id, &story::text(1)).await;
    story::clear(&app, &id).await;
    story::revise(&app, &id, &story::text(2)).await;
    story::revise(&app, &id, &story::text(1)).await;
    assert_eq!(story::step(&app, &id).await, "amendment_required");
    story::submit(&app, &id).await.expect_problem(422, "same_text");
}

#[actix_web::test]
async fn urgency_has_a_reason_and_a_basis() {
    let app = TestApp::start().await;
    let id = story::with_materials(&app).await;
    for urgent in [json!({"reason": "汛情"}), json!({"basis": "防汛应急预案"}), json!({"reason": " ", "basis": " "}), json!("yes")]
    {
        story::submit_with(&app, &id, json!({"urgent": urgent})).await.expect_problem(422, "invalid_input");
    }
    let urgent = json!({"reason": "汛情", "basis": "防汛应急预案"});
    story::submit_with(&app, &id, json!({"urgent": urgent})).await.expect(200);
    assert_eq!(submissions(&app, &id).await[0]["urgent"], urgent);
}

#[actix_web::test]
async fn everything_that_is_wrong_is_named_at_once() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    let asked = json!({"result": "out_of_scope", "reason": "无需审核", "concerns_market_entities": true});
    story::intake(&app, &id, asked).await.expect(200);
    let stranger = json!({"responses": [{"comment_id": "01900000-0000-7000-8000-000000000000", "adopted": "yes"}]});
    let problem = story::submit_with(&app, &id, stranger).await.expect_problem(422, "unknown_comment");
    let expected = [fault("/responses/0/comment_id", "unknown_comment"), fault("/note", "note_required"), fault("", "materials_missing")];
    assert_eq!(faults(&problem), expected);
}

#[actix_web::test]
async fn a_refused_submission_and_one_only_tried_leave_nothing_behind() {
    let app = TestApp::start().await;
    let id = story::with_materials(&app).await;
    let path = format!("/documents/{id}/submissions?dry_run=true");
    let tried = app.post("drafter", &path, json!({"revision": 1})).await.expect(200);
    assert_eq!(tried, json!({"allowed": true, "reasons": []}));
    let missing = story::draft(&app).await;
    let tried = app.post("drafter", &format!("/documents/{missing}/submissions?dry_run=true"), json!({"revision": 1})).await.expect(200);
    assert_eq!((&tried["allowed"], tried["reasons"].as_array().map(Vec::len)), (&false.into(), Some(4)));
    story::submit(&app, &missing).await.expect_problem(422, "materials_missing");
    meeting_story::holds(&app, "NOT EXISTS (SELECT 1 FROM submissions) AND NOT EXISTS (SELECT 1 FROM submission_materials)").await;
    meeting_story::holds(&app, "NOT EXISTS (SELECT 1 FROM log_entries WHERE type = 'document.submitted')").await;
}
