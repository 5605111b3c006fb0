//! The gate as it is read, with and without a meeting.

use serde_json::json;

use super::{decided, on_agenda, resubmitted};
use crate::helpers::app::{Answered, TestApp, new_document};
use crate::helpers::meeting_story::{self, MEETING_DAY};
use crate::helpers::story;

async fn gate_for(app: &TestApp, id: &str, meeting: &str) -> Vec<String> {
    story::codes(&read(app, id, meeting).await.expect(200)["reasons"])
}

async fn read(app: &TestApp, id: &str, meeting: &str) -> Answered {
    app.get("secretary", &format!("/documents/{id}/gate?meeting_id={meeting}")).await
}

#[actix_web::test]
async fn each_step_on_the_way_has_its_reasons() {
    let app = TestApp::start().await;
    let id = story::draft(&app).await;
    assert_eq!(story::gate(&app, &id).await, ["never_submitted", "no_opinion", "materials_missing"]);
    story::add_materials(&app, &id).await;
    assert_eq!(story::gate(&app, &id).await, ["never_submitted", "no_opinion"]);
    story::submit(&app, &id).await.expect(200);
    assert_eq!(story::gate(&app, &id).await, ["awaiting_intake", "no_opinion"]);
    story::intake(&app, &id, json!({"result": "supplement_requested", "reason": "材料"})).await.expect(200);
    assert_eq!(story::gate(&app, &id).await, ["no_opinion", "supplement_requested"]);
    story::submit(&app, &id).await.expect(200);
    story::intake(&app, &id, json!({"result": "out_of_scope", "reason": "内部"})).await.expect(200);
    assert_eq!(story::gate(&app, &id).await, ["no_opinion", "out_of_scope"]);
    story::submit_with(&app, &id, json!({"note": "涉及权利义务"})).await.expect(200);
    story::accept(&app, &id).await.expect(200);
    assert_eq!(story::gate(&app, &id).await, ["under_review", "no_opinion"]);
    story::opine(&app, &id, "unlawful").await.expect(200);
    assert_eq!(story::gate(&app, &id).await, ["unlawful", "comments_unanswered"]);
    resubmitted(&app, &id, 2).await;
    assert_eq!(story::gate(&app, &id).await, ["awaiting_intake", "opinion_stale", "unlawful"]);
    story::accept(&app, &id).await.expect(200);
    assert_eq!(story::gate(&app, &id).await, ["under_review", "opinion_stale", "unlawful"]);
    story::opine(&app, &id, "lawful").await.expect(200);
    assert!(story::gate(&app, &id).await.is_empty());
    story::revise(&app, &id, &story::text(3)).await;
    assert_eq!(story::gate(&app, &id).await, ["opinion_stale", "amendment_required"]);
}

#[actix_web::test]
async fn a_meeting_s_decision_closes_the_gate_except_where_it_only_defers() {
    for (outcome, reasons) in [
        ("approved", vec!["already_decided"]),
        ("approved_in_principle", vec!["already_decided"]),
        ("rejected", vec!["already_decided"]),
        ("amend_then_resubmit", vec!["amendment_required"]),
        ("deferred", vec![]),
    ] {
        let app = TestApp::start().await;
        let id = decided(&app, outcome).await;
        assert_eq!(story::gate(&app, &id).await, reasons, "{outcome}");
    }
    let app = TestApp::start().await;
    let id = on_agenda(&app).await;
    assert_eq!(story::gate(&app, &id).await, ["already_on_agenda"]);
}

#[actix_web::test]
async fn a_negative_conclusion_closes_the_gate_of_a_lawful_text() {
    let app = TestApp::start().await;
    let mut body = new_document();
    body["concerns_market_entities"] = true.into();
    let id = story::draft_of(&app, body).await;
    story::add_conclusion(&app, &id, "not_compliant").await;
    story::clear(&app, &id).await;
    assert_eq!(story::step(&app, &id).await, "cleared");
    assert_eq!(story::gate(&app, &id).await, ["fair_competition_negative"]);
}

#[actix_web::test]
async fn a_material_added_later_counts_from_the_next_submission() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    let asked = json!({"result": "supplement_requested", "missing": ["fair_competition_conclusion"], "concerns_market_entities": true});
    story::intake(&app, &id, asked).await.expect(200);
    story::add_conclusion(&app, &id, "compliant").await;
    assert!(story::gate(&app, &id).await.contains(&"fair_competition_missing".to_owned()));
    story::submit(&app, &id).await.expect(200);
    assert!(!story::gate(&app, &id).await.contains(&"fair_competition_missing".to_owned()));
}

#[actix_web::test]
async fn a_meeting_adds_its_own_reasons() {
    let app = TestApp::start().await;
    let id = story::cleared(&app).await;
    let good = meeting_story::meeting(&app, MEETING_DAY).await;
    assert!(gate_for(&app, &id, &good).await.is_empty());
    let early = meeting_story::meeting(&app, "2026-03-09").await;
    assert_eq!(gate_for(&app, &id, &early).await, ["meeting_too_early"]);
    let cancelled = meeting_story::meeting(&app, "2026-03-12").await;
    app.patch("secretary", &format!("/meetings/{cancelled}"), json!({"status": "cancelled"})).await.expect(200);
    assert_eq!(gate_for(&app, &id, &cancelled).await, ["meeting_cancelled"]);
    app.on_day("2026-03-11").await;
    assert_eq!(gate_for(&app, &id, &good).await, ["meeting_already_held"]);
    story::opine_with(&app, &id, "lawful", json!({"reason": "补充"})).await.expect(200);
    assert_eq!(gate_for(&app, &id, &good).await, ["meeting_before_opinion", "meeting_already_held"]);
}

#[actix_web::test]
async fn reasons_of_document_and_meeting_come_together() {
    let app = TestApp::start().await;
    let id = story::under_review(&app).await;
    let early = meeting_story::meeting(&app, "2026-03-04").await;
    app.on_day("2026-03-05").await;
    let gate = read(&app, &id, &early).await.expect(200);
    assert_eq!(gate["open"], false);
    assert_eq!(story::codes(&gate["reasons"]), ["under_review", "no_opinion", "meeting_too_early", "meeting_already_held"]);
}

#[actix_web::test]
async fn a_meeting_of_another_body_is_the_wrong_body() {
    let app = TestApp::start().await;
    let id = story::cleared(&app).await;
    let meeting = meeting_story::meeting(&app, MEETING_DAY).await;
    let moved = format!("UPDATE meetings SET body_id = (SELECT id FROM bodies WHERE code = 'baishi') WHERE id = '{meeting}'");
    assert_eq!(app.change_as_superuser(&moved).await, "ok");
    assert_eq!(gate_for(&app, &id, &meeting).await, ["wrong_body"]);
}

#[actix_web::test]
async fn accepted_urgency_lifts_the_minimum_and_nothing_else() {
    let app = TestApp::start().await;
    let id = story::with_materials(&app).await;
    let urgent = json!({"urgent": {"reason": "汛情", "basis": "防汛应急预案"}});
    story::submit_with(&app, &id, urgent).await.expect(200);
    let soon = meeting_story::meeting(&app, "2026-03-04").await;
    assert_eq!(gate_for(&app, &id, &soon).await, ["awaiting_intake", "no_opinion", "meeting_too_early"]);
    story::accept(&app, &id).await.expect(200);
    assert_eq!(gate_for(&app, &id, &soon).await, ["under_review", "no_opinion"]);
    story::opine(&app, &id, "lawful").await.expect(200);
    assert!(gate_for(&app, &id, &soon).await.is_empty());
}

#[actix_web::test]
async fn the_minimum_counts_from_the_supplement_that_made_the_materials_complete() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    story::intake(&app, &id, json!({"result": "supplement_requested", "reason": "材料"})).await.expect(200);
    app.on_day("2026-03-06").await;
    story::submit(&app, &id).await.expect(200);
    story::accept(&app, &id).await.expect(200);
    story::opine(&app, &id, "lawful").await.expect(200);
    for (day, reasons) in [("2026-03-12", vec!["meeting_too_early"]), ("2026-03-13", vec![])] {
        let meeting = meeting_story::meeting(&app, day).await;
        assert_eq!(gate_for(&app, &id, &meeting).await, reasons, "{day}");
    }
}

#[actix_web::test]
async fn counsel_is_missed_where_the_profile_asks_and_an_interested_counsel_does_not_count() {
    let app = TestApp::start().await;
    let id = story::cleared(&app).await;
    let asks = "ALTER TABLE rule_profiles DISABLE TRIGGER rule_profiles_keep_their_past;
        UPDATE rule_profiles SET rules = jsonb_set(rules, '{counsel_opinion_required,value}', 'true');
        UPDATE registry_state SET rules_version = rules_version + 1";
    assert_eq!(app.change_as_superuser(asks).await, "ok");
    assert_eq!(story::gate(&app, &id).await, ["counsel_opinion_missing"]);
    let path = format!("/documents/{id}/counsel-opinions");
    let mut counsel = json!({"counsel": "张律师", "kind": "government_lawyer", "opinion": "无", "conflict_of_interest": true});
    app.post("reviewer", &path, counsel.clone()).await.expect(201);
    assert_eq!(story::gate(&app, &id).await, ["counsel_opinion_missing"]);
    counsel["conflict_of_interest"] = false.into();
    app.post("reviewer", &path, counsel).await.expect(201);
    assert!(story::gate(&app, &id).await.is_empty());
}

#[actix_web::test]
async fn a_meeting_that_is_not_there_is_not_found_and_a_bad_id_is_a_bad_parameter() {
    let app = TestApp::start().await;
    let id = story::cleared(&app).await;
    read(&app, &id, "01900000-0000-7000-8000-000000000000").await.expect_problem(404, "not_found");
    read(&app, &id, "tomorrow").await.expect_problem(400, "bad_query_parameter");
    app.get("secretary", &format!("/documents/{id}/gate?meeting={id}")).await.expect_problem(400, "unknown_query_parameter");
}

#[actix_web::test]
async fn reasons_are_said_in_the_reader_s_language() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    let path = format!("/documents/{id}/gate");
    let zh = app.get("drafter", &path).await.expect(200);
    let en = app.send("GET", "drafter", &path, &[("accept-language", "en")], None).await.expect(200);
    assert_eq!(zh["reasons"][0]["code"], en["reasons"][0]["code"]);
    assert!(zh["reasons"][0]["detail"].as_str().is_some_and(|text| !text.is_ascii()));
    assert!(en["reasons"][0]["detail"].as_str().is_some_and(str::is_ascii));
}
