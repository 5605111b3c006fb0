//! Decisions: from the meeting's day on, once, and corrected only where the document still stands where they put it.

use serde_json::{Value, json};

use crate::helpers::app::TestApp;
use crate::helpers::meeting_story::{
    MEETING_DAY, cleared, decide, decided, decision_path, errors, holds, issue, meeting, minutes, place, reasons, step_of, text,
};
use crate::helpers::rows;

fn correction(outcome: &str, corrects: &Value) -> Value {
    let mut body = minutes(outcome);
    body["corrects"] = corrects.clone();
    body["reason"] = "登记时误选".into();
    body
}

async fn standing(app: &TestApp, meeting: &str) -> Value {
    let shown = app.get("secretary", &format!("/meetings/{meeting}")).await.expect(200);
    let decisions = shown["agenda"][0]["decisions"].as_array().expect("decisions").clone();
    decisions.last().expect("a decision").clone()
}

#[actix_web::test]
async fn each_outcome_leads_to_its_step() {
    let app = TestApp::start().await;
    for (outcome, step) in [
        ("approved", "approved"),
        ("approved_in_principle", "finalising"),
        ("amend_then_resubmit", "amendment_required"),
        ("deferred", "deferred"),
        ("rejected", "rejected"),
    ] {
        let (meeting, document) = decided(&app, outcome).await;
        assert_eq!(step_of(&app, &document).await, step);
        let decision = standing(&app, &meeting).await;
        assert_eq!((text(&decision["outcome"]), text(&decision["held_on"])), (outcome.to_owned(), MEETING_DAY.to_owned()));
        app.set_clock("2026-03-03T01:00:00Z").await;
    }
}

#[actix_web::test]
async fn a_decision_is_entered_from_the_day_of_the_meeting_on() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let id = meeting(&app, MEETING_DAY).await;
    place(&app, &id, &document).await;
    app.set_clock("2026-03-09T15:59:00Z").await;
    let early = app.post("secretary", &decision_path(&id, &document), minutes("approved")).await;
    early.expect_problem(422, "date_in_future");
    app.set_clock("2026-03-09T16:00:00Z").await;
    decide(&app, &id, &document, "approved").await;
    let late = cleared(&app).await;
    let next = meeting(&app, "2026-03-20").await;
    place(&app, &next, &late).await;
    app.on_day("2026-04-01").await;
    let decision = decide(&app, &next, &late, "approved").await;
    assert_eq!((text(&decision["held_on"]), text(&decision["recorded_on"])), ("2026-03-20".to_owned(), "2026-04-01".to_owned()));
}

#[actix_web::test]
async fn what_is_not_on_the_agenda_is_not_decided() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let (id, other) = (meeting(&app, MEETING_DAY).await, meeting(&app, MEETING_DAY).await);
    app.on_day(MEETING_DAY).await;
    let problem = app.post("secretary", &decision_path(&id, &document), minutes("approved")).await.expect_problem(409, "wrong_step");
    assert_eq!((text(&problem["stage"]), text(&problem["step"])), ("legality_review".to_owned(), "cleared".to_owned()));
    assert!(problem["allowed"].as_array().is_some_and(|allowed| allowed.contains(&json!("agenda"))));
    place(&app, &id, &document).await;
    let elsewhere = app.post("secretary", &decision_path(&other, &document), minutes("approved")).await.expect_problem(409, "wrong_step");
    assert!(text(&elsewhere["detail"]).contains("不在本次会议的议程上"), "{elsewhere}");
    app.delete("secretary", &format!("/meetings/{id}/agenda/{document}")).await;
    app.post("secretary", &decision_path(&id, &document), minutes("approved")).await.expect_problem(409, "wrong_step");
    holds(&app, "NOT EXISTS (SELECT FROM decisions)").await;
}

#[actix_web::test]
async fn minutes_without_attendees_or_presider_are_refused_with_every_fault() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let id = meeting(&app, MEETING_DAY).await;
    place(&app, &id, &document).await;
    app.on_day(MEETING_DAY).await;
    let path = decision_path(&id, &document);
    let bad = json!({"outcome": "maybe", "minutes_no": " ", "attendees": ["甲", "  "], "dissents": [7], "colour": 1});
    let problem = app.post("secretary", &path, bad).await.expect_problem(422, "invalid_input");
    let named = errors(&problem);
    for (pointer, code) in [
        ("/attendees/1", "blank"),
        ("/colour", "unknown_field"),
        ("/dissents/0", "wrong_type"),
        ("/minutes_no", "blank"),
        ("/outcome", "not_an_option"),
        ("/presider", "missing"),
    ] {
        assert!(named.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code}: {named:?}");
    }
    let mut nobody = minutes("approved");
    nobody["attendees"] = json!([]);
    app.post("secretary", &path, nobody).await.expect_problem(422, "invalid_input");
    let mut full = minutes("approved");
    full["dissents"] = json!(["李素芬：第三条应再征求意见"]);
    assert_eq!(app.post("secretary", &path, full).await.expect(201)["dissents"], json!(["李素芬：第三条应再征求意见"]));
}

#[actix_web::test]
async fn a_second_decision_is_a_correction_or_nothing() {
    let app = TestApp::start().await;
    let (id, document) = decided(&app, "approved").await;
    let path = decision_path(&id, &document);
    let first = standing(&app, &id).await["id"].clone();
    let again = app.post("secretary", &path, minutes("rejected")).await.expect_problem(409, "wrong_step");
    let sentence = text(&again["detail"]);
    assert!(sentence.contains("会议已对该议题作出决定") && sentence.contains("corrects"), "{sentence}");
    let mut without = correction("rejected", &first);
    without.as_object_mut().expect("an object").remove("reason");
    app.post("secretary", &path, without).await.expect_problem(422, "reason_required");
    let unknown = correction("rejected", &json!(uuid::Uuid::now_v7()));
    app.post("secretary", &path, unknown).await.expect_problem(422, "unknown_decision");
    let second = app.post("secretary", &path, correction("deferred", &first)).await.expect(201);
    assert_eq!((second["corrects"].clone(), step_of(&app, &document).await), (first.clone(), "deferred".to_owned()));
    app.post("secretary", &path, correction("approved", &first)).await.expect_problem(422, "unknown_decision");
    app.post("secretary", &path, correction("approved", &second["id"])).await.expect(201);
    assert_eq!(step_of(&app, &document).await, "approved");
    holds(&app, "(SELECT count(*) FROM decisions) = 3").await;
}

#[actix_web::test]
async fn the_first_decision_corrects_nothing() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let id = meeting(&app, MEETING_DAY).await;
    place(&app, &id, &document).await;
    app.on_day(MEETING_DAY).await;
    let answer = app.post("secretary", &decision_path(&id, &document), correction("approved", &json!(uuid::Uuid::now_v7()))).await;
    answer.expect_problem(422, "unknown_decision");
    assert_eq!(step_of(&app, &document).await, "on_agenda");
}

#[actix_web::test]
async fn a_correction_of_the_minutes_alone_moves_nothing() {
    let app = TestApp::start().await;
    let (id, document) = decided(&app, "approved").await;
    let first = standing(&app, &id).await["id"].clone();
    let mut body = correction("approved", &first);
    body["minutes_no"] = "〔2026〕6号".into();
    let second = app.post("secretary", &decision_path(&id, &document), body).await.expect(201);
    assert_eq!(standing(&app, &id).await["minutes_no"], "〔2026〕6号");
    assert_eq!(step_of(&app, &document).await, "approved");
    // What is issued now rests on the correction, and what rests on it can be corrected no more.
    issue(&app, &document).await;
    holds(&app, &format!("(SELECT decision_id FROM issuances) = '{}'", text(&second["id"]))).await;
    let late = app.post("secretary", &decision_path(&id, &document), correction("rejected", &second["id"])).await;
    assert_eq!(late.expect_problem(409, "wrong_step")["step"], "signed");
}

#[actix_web::test]
async fn a_decision_is_not_corrected_on_another_text() {
    let app = TestApp::start().await;
    let (id, document) = decided(&app, "rejected").await;
    let first = standing(&app, &id).await["id"].clone();
    app.post("drafter", &format!("/documents/{document}/revisions"), json!({"text": "另一文本"})).await.expect(201);
    let answer = app.post("secretary", &decision_path(&id, &document), correction("approved", &first)).await;
    answer.expect_problem(409, "wrong_step");
}

#[actix_web::test]
async fn a_deferral_that_another_meeting_has_overtaken_is_not_corrected() {
    let app = TestApp::start().await;
    let (first, document) = decided(&app, "deferred").await;
    let decision = standing(&app, &first).await["id"].clone();
    let second = meeting(&app, MEETING_DAY).await;
    place(&app, &second, &document).await;
    decide(&app, &second, &document, "deferred").await;
    let answer = app.post("secretary", &decision_path(&first, &document), correction("approved", &decision)).await;
    answer.expect_problem(409, "wrong_step");
    let last = standing(&app, &second).await["id"].clone();
    app.post("secretary", &decision_path(&second, &document), correction("approved", &last)).await.expect(201);
}

#[actix_web::test]
async fn no_correction_approves_a_text_against_its_last_opinion() {
    let app = TestApp::start().await;
    let (id, document) = decided(&app, "approved_in_principle").await;
    rows::opine(&app, &document, "unlawful").await;
    let first = standing(&app, &id).await["id"].clone();
    let path = decision_path(&id, &document);
    let problem = app.post("secretary", &path, correction("approved", &first)).await.expect_problem(409, "gate_closed");
    assert_eq!(reasons(&problem), ["unlawful"]);
    app.post("secretary", &path, correction("rejected", &first)).await.expect(201);
    assert_eq!(step_of(&app, &document).await, "rejected");
}
