//! The chain of steps, asked of the database itself: an act moves its document once, to the step that its own words lead to, and
//! only while it still holds. What an earlier round left behind carries no later move, whoever writes it by hand.

use serde_json::json;

use super::helpers::app::{TestApp, new_document};
use super::helpers::meeting_story::{MEETING_DAY, cleared, decided, drafted, meeting, place};
use super::helpers::rows::{self, insert, opinion, run, step, submit};

const REVIEW: &str = "legality_review";

#[track_caller]
fn refused(answer: &str, by: &str) {
    assert_eq!(answer, by);
}

#[actix_web::test]
async fn the_opinion_of_an_earlier_round_clears_no_later_text() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    app.post("drafter", &format!("/documents/{document}/revisions"), json!({"text": "另一文本"})).await.expect(201);
    assert_eq!(run(&app, &document, &submit()).await, "ok");
    let earlier = "(SELECT id FROM opinions WHERE document_id = d.id AND opinion_no = 1)";
    let clears = |opinion| step("opine", REVIEW, "cleared", &[("opinion_id", opinion)]);
    refused(&run(&app, &document, &clears(earlier)).await, "step_changes_rest_on_the_last_opinion");
    assert_eq!(run(&app, &document, &format!("{}{}", opinion("lawful"), clears("o"))).await, "ok");
}

#[actix_web::test]
async fn a_lawful_opinion_that_a_later_one_overtook_does_not_clear() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let second = format!("{}{}", opinion("unlawful"), step("opine", REVIEW, "unlawful", &[("opinion_id", "o")]));
    assert_eq!(run(&app, &document, &second).await, "ok");
    let first = "(SELECT id FROM opinions WHERE document_id = d.id AND opinion_no = 1)";
    let clears = step("opine", REVIEW, "cleared", &[("opinion_id", first)]);
    refused(&run(&app, &document, &clears).await, "step_changes_rest_on_the_last_opinion");
}

#[actix_web::test]
async fn an_opinion_leads_to_the_step_of_its_outcome_and_only_once() {
    let app = TestApp::start().await;
    for (outcome, step_of_another) in
        [("lawful", "amendment_required"), ("needs_amendment", "unlawful"), ("unlawful", "amendment_required")]
    {
        let document = drafted(&app, new_document()).await;
        let moved = step("opine", REVIEW, step_of_another, &[("opinion_id", "o")]);
        let body = format!("{}{}{moved}", submit(), opinion(outcome));
        refused(&run(&app, &document, &body).await, "step_changes_opined_outcome");
    }
    let document = cleared(&app).await;
    let again = step("opine", REVIEW, "amendment_required", &[("opinion_id", "o")]);
    let asks = format!("{}{again}", opinion("needs_amendment"));
    assert_eq!(run(&app, &document, &asks).await, "ok");
    // Back to `cleared` by another opinion, then to `amendment_required` by the one that has moved it there already.
    rows_cleared_again(&app, &document).await;
    let used = "(SELECT id FROM opinions WHERE document_id = d.id AND outcome = 'needs_amendment')";
    let replayed = step("opine", REVIEW, "amendment_required", &[("opinion_id", used)]);
    refused(&run(&app, &document, &replayed).await, "step_changes_rest_on_the_last_opinion");
}

async fn rows_cleared_again(app: &TestApp, document: &str) {
    let cleared = step("opine", REVIEW, "cleared", &[("opinion_id", "o")]);
    assert_eq!(run(app, document, &format!("{}{cleared}", opinion("lawful"))).await, "ok");
}

#[actix_web::test]
async fn an_intake_leads_to_the_step_of_its_result() {
    let app = TestApp::start().await;
    for (result, other) in [("accepted", "out_of_scope"), ("supplement_requested", "under_review"), ("out_of_scope", "under_review")] {
        let document = drafted(&app, new_document()).await;
        let taken = step("intake", REVIEW, "under_review", &[("intake_id", "x")]);
        let moved = step("intake", REVIEW, other, &[("intake_id", "x")]);
        let dated = format!("'{result}', 'normative', day, day + 15, false");
        let undated = format!("'{result}', 'normative', NULL, NULL, NULL");
        let forged = submit()
            .replace("'accepted', 'normative', day, day + 15, false", if result == "accepted" { &dated } else { &undated })
            .replace(&taken, &moved);
        refused(&run(&app, &document, &forged).await, "step_changes_intake_result");
    }
}

#[actix_web::test]
async fn a_submission_is_handed_in_once() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    app.post("drafter", &format!("/documents/{document}/revisions"), json!({"text": "另一文本"})).await.expect(201);
    let used = "(SELECT id FROM submissions WHERE document_id = d.id)";
    let again = step("submit", REVIEW, "awaiting_intake", &[("submission_id", used)]);
    refused(&run(&app, &document, &again).await, "step_changes_submission_once");
}

#[actix_web::test]
async fn an_intake_of_an_earlier_round_takes_in_no_later_submission() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    app.post("drafter", &format!("/documents/{document}/revisions"), json!({"text": "另一文本"})).await.expect(201);
    let taken = step("intake", REVIEW, "under_review", &[("intake_id", "x")]);
    let used = step("intake", REVIEW, "under_review", &[("intake_id", "(SELECT id FROM intakes WHERE document_id = d.id LIMIT 1)")]);
    let without_intake = submit().replace(&taken, &used);
    refused(&run(&app, &document, &without_intake).await, "step_changes_intake_once");
}

#[actix_web::test]
async fn a_removal_takes_off_once() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let id = meeting(&app, MEETING_DAY).await;
    place(&app, &id, &document).await;
    app.delete("secretary", &format!("/meetings/{id}/agenda/{document}")).await;
    place(&app, &id, &document).await;
    let evidence = [
        ("agenda_removal_id", "(SELECT id FROM agenda_removals WHERE document_id = d.id)"),
        ("opinion_id", "(SELECT id FROM opinions WHERE document_id = d.id)"),
    ];
    let again = step("take_off_agenda", REVIEW, "cleared", &evidence);
    refused(&run(&app, &document, &again).await, "step_changes_agenda_removal_once");
}

#[actix_web::test]
async fn a_corrected_decision_moves_nothing_any_more() {
    let app = TestApp::start().await;
    let (meeting, document) = decided(&app, "approved").await;
    let first = app.get("secretary", &format!("/meetings/{meeting}")).await.expect(200);
    let first = first["agenda"][0]["decisions"][0]["id"].as_str().expect("an id").to_owned();
    let corrected = json!({"outcome": "rejected", "minutes_no": "〔2026〕3号", "attendees": ["甲"], "presider": "甲",
        "corrects": first, "reason": "误录"});
    app.post("secretary", &format!("/meetings/{meeting}/agenda/{document}/decision"), corrected).await;
    let evidence = format!("'{first}'");
    let back = step("correct_decision", REVIEW, "approved", &[("decision_id", &evidence)]);
    refused(&run(&app, &document, &back).await, "step_changes_rest_on_the_standing_decision");
    let standing = "(SELECT id FROM decisions WHERE document_id = d.id ORDER BY decision_no DESC LIMIT 1)";
    let again = step("correct_decision", REVIEW, "approved", &[("decision_id", standing)]);
    refused(&run(&app, &document, &again).await, "step_changes_decision_once");
}

#[actix_web::test]
async fn a_withdrawal_a_confirmation_and_an_issuance_are_each_asked_for_by_their_step() {
    let app = TestApp::start().await;
    let document = drafted(&app, new_document()).await;
    rows::clear(&app, &document).await;
    let withdrawn = step("withdraw", REVIEW, "withdrawn", &[("withdrawal_id", "x")]);
    refused(&run(&app, &document, &withdrawn).await, "step_changes_withdrawal_exists");
    let withdrawal = insert(
        "withdrawals",
        &[
            ("id", "x"),
            ("document_id", "d.id"),
            ("reason", "'撤回'"),
            ("withdrawn_by", "drafter"),
            ("withdrawn_at", "moment"),
            ("entry_id", "e"),
        ],
        &[],
    );
    assert_eq!(run(&app, &document, &format!("{withdrawal}{withdrawn}")).await, "ok");
}
