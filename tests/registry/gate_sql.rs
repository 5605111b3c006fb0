//! The promises of the gate, asked of the database itself: what the run-time role cannot write by hand, whatever the service
//! would do. Each forgery is one piece of the allowed way, changed; the whole way is shown to be allowed first.

use serde_json::json;

use super::helpers::app::{TestApp, new_document};
use super::helpers::meeting_story::{MEETING_DAY, cleared, decided, drafted, meeting, place};
use super::helpers::rows::{self, agenda, agenda_item, decision, insert, opinion, run, step, submit};

const AGREE: &str = "agenda_items_and_step_agree";

/// Expects that a piece is refused by the constraint of this name.
#[track_caller]
fn refused(answer: &str, by: &str) {
    assert_eq!(answer, by);
}

#[actix_web::test]
async fn the_whole_way_by_hand_is_allowed() {
    let app = TestApp::start().await;
    let document = drafted(&app, new_document()).await;
    rows::clear(&app, &document).await;
    meeting(&app, MEETING_DAY).await;
    assert_eq!(run(&app, &document, &agenda()).await, "ok");
    app.on_day(MEETING_DAY).await;
    let approved = step("decide", "legality_review", "approved", &[("decision_id", "x")]);
    assert_eq!(run(&app, &document, &format!("{}{approved}", decision("approved", &[]))).await, "ok");
}

#[actix_web::test]
async fn no_agenda_without_a_lawful_opinion_on_that_very_text() {
    let app = TestApp::start().await;
    meeting(&app, MEETING_DAY).await;
    // No opinion at all.
    let document = drafted(&app, new_document()).await;
    refused(
        &run(&app, &document, &agenda_item(&[("opinion_id", "gen_random_uuid()"), ("opinion_given_on", "day")])).await,
        "agenda_items_gate",
    );
    // One that does not find it lawful.
    for outcome in ["needs_amendment", "unlawful"] {
        let document = drafted(&app, new_document()).await;
        let to = if outcome == "unlawful" { "unlawful" } else { "amendment_required" };
        let reviewed = format!("{}{}{}", submit(), opinion(outcome), step("opine", "legality_review", to, &[("opinion_id", "o")]));
        assert_eq!(run(&app, &document, &reviewed).await, "ok");
        let honest = format!("'{outcome}'");
        refused(&run(&app, &document, &agenda_item(&[("opinion_outcome", &honest)])).await, "agenda_items_only_lawful");
        refused(&run(&app, &document, &agenda_item(&[])).await, "agenda_items_gate");
    }
}

#[actix_web::test]
async fn no_agenda_for_a_text_changed_after_its_opinion() {
    let app = TestApp::start().await;
    meeting(&app, MEETING_DAY).await;
    let document = cleared(&app).await;
    app.post("drafter", &format!("/documents/{document}/revisions"), json!({"text": "另一文本"})).await.expect(201);
    // The new text with the old opinion, and the old text that the opinion names.
    refused(&run(&app, &document, &agenda_item(&[])).await, "agenda_items_gate");
    let old = "(SELECT revision_sha256 FROM revisions WHERE document_id = d.id AND revision_no = 1)";
    let outdated = [("revision_no", "1"), ("revision_sha256", old)];
    refused(&run(&app, &document, &agenda_item(&outdated)).await, "agenda_items_gate_is_current");
}

#[actix_web::test]
async fn no_agenda_on_a_lawful_opinion_that_a_later_one_has_overtaken() {
    let app = TestApp::start().await;
    meeting(&app, MEETING_DAY).await;
    let document = cleared(&app).await;
    let second = format!("{}{}", opinion("unlawful"), step("opine", "legality_review", "unlawful", &[("opinion_id", "o")]));
    assert_eq!(run(&app, &document, &second).await, "ok");
    let first = "(SELECT id FROM opinions WHERE document_id = d.id AND opinion_no = 1)";
    refused(&run(&app, &document, &agenda_item(&[("opinion_id", first), ("opinion_no", "1")])).await, "agenda_items_gate_is_current");
    refused(&run(&app, &document, &agenda_item(&[("opinion_id", first), ("opinion_no", "2")])).await, "agenda_items_gate");
}

#[actix_web::test]
async fn no_agenda_on_another_documents_opinion() {
    let app = TestApp::start().await;
    meeting(&app, MEETING_DAY).await;
    let other = cleared(&app).await;
    let document = drafted(&app, new_document()).await;
    let theirs = format!("(SELECT id FROM opinions WHERE document_id = '{other}')");
    let forged = [("opinion_id", theirs.as_str()), ("opinion_no", "1"), ("opinion_given_on", "day")];
    refused(&run(&app, &document, &agenda_item(&forged)).await, "agenda_items_gate");
}

#[actix_web::test]
async fn no_agenda_of_a_meeting_that_cannot_take_it() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    // Another body's meeting, under its own name and under the issuer's.
    let theirs = "INSERT INTO meetings (id, body_id, kind, held_on, title, created_by, created_at, updated_at)
        SELECT x, id, 'office_meeting', '2026-03-10', '会', secretary, moment, moment FROM bodies WHERE code = 'baishi';
        SELECT * INTO m FROM meetings WHERE id = x;";
    refused(&run(&app, &document, &format!("{theirs}{}", agenda_item(&[]))).await, "agenda_items_meeting_of_the_issuer");
    refused(&run(&app, &document, &format!("{theirs}{}", agenda_item(&[("body_id", "town")]))).await, "agenda_items_meeting_exists");
    // One before the opinion, and the same with another day claimed for either.
    meeting(&app, "2026-03-02").await;
    refused(&run(&app, &document, &agenda_item(&[("placed_on", "m.held_on")])).await, "agenda_items_meeting_after_opinion");
    refused(&run(&app, &document, &agenda_item(&[("held_on", "day")])).await, "agenda_items_meeting_exists");
    let morning = "m.held_on::timestamp AT TIME ZONE 'Asia/Shanghai'";
    let earlier = [("placed_at", morning), ("placed_on", "m.held_on"), ("opinion_given_on", "m.held_on")];
    refused(&run(&app, &document, &agenda_item(&earlier)).await, "agenda_items_gate");
    // One whose day is over.
    meeting(&app, "2026-03-05").await;
    app.on_day("2026-03-06").await;
    refused(&run(&app, &document, &agenda_item(&[])).await, "agenda_items_meeting_not_held_yet");
    // A cancelled one.
    let cancelled = meeting(&app, MEETING_DAY).await;
    app.patch("secretary", &format!("/meetings/{cancelled}"), json!({"status": "cancelled"})).await.expect(200);
    refused(&run(&app, &document, &agenda_item(&[])).await, "agenda_items_meeting_not_cancelled");
    refused(&run(&app, &document, &agenda_item(&[("meeting_status", "'scheduled'")])).await, "agenda_items_meeting_exists");
}

#[actix_web::test]
async fn an_entry_and_the_step_go_together() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    meeting(&app, MEETING_DAY).await;
    let on_agenda = |evidence: &[(&str, &str)]| step("place_on_agenda", "legality_review", "on_agenda", evidence);
    refused(&run(&app, &document, &agenda_item(&[])).await, AGREE);
    refused(&run(&app, &document, &on_agenda(&[])).await, "step_changes_agenda_rests_on_an_entry");
    refused(&run(&app, &document, &on_agenda(&[("agenda_item_id", "a")])).await, "step_changes_agenda_item_exists");
    assert_eq!(run(&app, &document, &agenda()).await, "ok");
    refused(&run(&app, &document, &agenda_item(&[])).await, "agenda_items_one_live");
    // The entry once used to reach the agenda does not carry a second time.
    let removal = insert(
        "agenda_removals",
        &[
            ("id", "x"),
            ("agenda_item_id", "(SELECT id FROM agenda_items WHERE document_id = d.id AND state = 'live')"),
            ("document_id", "d.id"),
            ("cause", "'taken_off'"),
            ("removed_by", "secretary"),
            ("removed_at", "moment"),
            ("entry_id", "e"),
        ],
        &[],
    );
    refused(&run(&app, &document, &removal).await, AGREE);
    let back = |evidence: &[(&str, &str)]| step("take_off_agenda", "legality_review", "cleared", evidence);
    refused(
        &run(&app, &document, &format!("{removal}{}", back(&[("agenda_removal_id", "x")]))).await,
        "step_changes_cleared_names_the_opinion",
    );
    let last = "(SELECT id FROM opinions WHERE document_id = d.id)";
    let evidence = [("agenda_removal_id", "x"), ("opinion_id", last)];
    assert_eq!(run(&app, &document, &format!("{removal}{}", back(&evidence))).await, "ok");
    let used = [("agenda_item_id", "(SELECT id FROM agenda_items WHERE document_id = d.id)")];
    refused(&run(&app, &document, &on_agenda(&used)).await, "step_changes_agenda_item_once");
}

#[actix_web::test]
async fn nothing_overtakes_what_stands_on_an_agenda() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let meeting = meeting(&app, MEETING_DAY).await;
    place(&app, &meeting, &document).await;
    refused(&run(&app, &document, &opinion("unlawful")).await, "agenda_items_gate_is_current");
    let revision = insert(
        "revisions (document_id, revision_no, revision_sha256, title, document_class, issuing_authority_id, concerns_market_entities, text, authored_by, created_at, entry_id)
        SELECT d.id, 2, repeat('a', 64), '题', 'government_document', town, false, '文本', drafter, moment, e; --",
        &[],
        &[],
    );
    refused(&run(&app, &document, &format!("{revision}\n")).await, "agenda_items_gate_is_current");
    // The meeting's day can move, but not before the opinion, and its entries move with it.
    refused(&app.sql("UPDATE meetings SET held_on = '2026-03-02'").await, "agenda_items_meeting_after_opinion");
    refused(&app.sql("UPDATE meetings SET status = 'cancelled'").await, "agenda_items_meeting_not_cancelled");
    for (table, column) in [("meetings", "body_id"), ("agenda_items", "opinion_id"), ("agenda_items", "state"), ("agenda_items", "held_on")]
    {
        let answer = app.sql(&format!("UPDATE {table} SET {column} = {column}")).await;
        assert_eq!(answer, format!("permission denied for table {table}"));
    }
}

#[actix_web::test]
async fn no_decision_without_an_entry_that_stands() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let id = meeting(&app, MEETING_DAY).await;
    app.on_day(MEETING_DAY).await;
    let approved = step("decide", "legality_review", "approved", &[("decision_id", "x")]);
    refused(&run(&app, &document, &decision("approved", &[("agenda_item_id", "gen_random_uuid()")])).await, "decisions_on_the_agenda");
    refused(&run(&app, &document, &approved).await, "step_changes_allowed");
    place(&app, &id, &document).await;
    // Another meeting, another text, another document's entry.
    let day = [("held_on", "day - 1")];
    refused(&run(&app, &document, &decision("approved", &day)).await, "decisions_on_the_agenda");
    refused(&run(&app, &document, &decision("approved", &[("revision_sha256", "repeat('a', 64)")])).await, "decisions_on_the_agenda");
    refused(&run(&app, &document, &decision("approved", &[("meeting_id", "gen_random_uuid()")])).await, "decisions_on_the_agenda");
    // A decision without its step, a step without its decision, and a step of another outcome.
    refused(&run(&app, &document, &decision("approved", &[])).await, AGREE);
    let without = step("decide", "legality_review", "approved", &[]);
    refused(&run(&app, &document, &without).await, "step_changes_decide_rests_on_a_decision");
    refused(&run(&app, &document, &format!("{}{approved}", decision("rejected", &[]))).await, "step_changes_decided_outcome");
    app.delete("secretary", &format!("/meetings/{id}/agenda/{document}")).await;
    refused(&run(&app, &document, &decision("approved", &[])).await, "decisions_only_on_a_standing_entry");
}

#[actix_web::test]
async fn no_decision_before_the_day_of_the_meeting() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let id = meeting(&app, MEETING_DAY).await;
    place(&app, &id, &document).await;
    refused(&run(&app, &document, &decision("approved", &[])).await, "decisions_from_the_day_of_the_meeting");
}

#[actix_web::test]
async fn no_correction_of_what_no_longer_stands() {
    let app = TestApp::start().await;
    let (_, document) = decided(&app, "rejected").await;
    let corrects = "(SELECT id FROM decisions WHERE document_id = d.id)";
    let of = |extra: &[(&'static str, &'static str)]| {
        let mut forged = vec![("decision_no", "2"), ("corrects", corrects), ("reason", "'误'")];
        forged.extend_from_slice(extra);
        forged
    };
    let approved = step("correct_decision", "legality_review", "approved", &[("decision_id", "x")]);
    refused(&run(&app, &document, &decision("approved", &of(&[("corrects", "NULL")]))).await, "decisions_later_one_corrects");
    refused(&run(&app, &document, &decision("approved", &of(&[("reason", "NULL")]))).await, "decisions_correction_has_reason");
    app.post("drafter", &format!("/documents/{document}/revisions"), json!({"text": "另一文本"})).await.expect(201);
    let old =
        [("revision_no", "1"), ("revision_sha256", "(SELECT revision_sha256 FROM revisions WHERE document_id = d.id AND revision_no = 1)")];
    refused(&run(&app, &document, &format!("{}{approved}", decision("approved", &of(&old)))).await, "decisions_only_on_a_standing_entry");
    refused(&run(&app, &document, &format!("{}{approved}", decision("approved", &of(&[])))).await, "decisions_on_the_agenda");
}

#[actix_web::test]
async fn no_correction_approves_against_the_last_opinion() {
    let app = TestApp::start().await;
    let (_, document) = decided(&app, "approved_in_principle").await;
    rows::opine(&app, &document, "unlawful").await;
    let corrects = "(SELECT id FROM decisions WHERE document_id = d.id)";
    let forged = [("decision_no", "2"), ("corrects", corrects), ("reason", "'误'")];
    let approved = step("correct_decision", "legality_review", "approved", &[("decision_id", "x")]);
    refused(&run(&app, &document, &format!("{}{approved}", decision("approved", &forged))).await, "decisions_only_on_a_standing_entry");
    let confirmed = step("confirm", "legality_review", "approved", &[]);
    refused(&run(&app, &document, &confirmed).await, "step_changes_confirm_rests_on_a_confirmation");
    let opinions = "(SELECT id FROM opinions WHERE document_id = d.id ORDER BY opinion_no DESC LIMIT 1)";
    let of_the_first = "(SELECT id FROM opinions WHERE document_id = d.id ORDER BY opinion_no LIMIT 1)";
    for (opinion, by) in [(opinions, "confirmations_gate"), (of_the_first, "confirmations_of_the_current_text")] {
        let confirmation = insert(
            "confirmations",
            &[
                ("id", "x"),
                ("document_id", "d.id"),
                ("decision_id", corrects),
                ("decision_outcome", "'approved_in_principle'"),
                ("held_on", "m.held_on"),
                ("revision_no", "d.revision_no"),
                ("revision_sha256", "d.revision_sha256"),
                ("opinion_id", opinion),
                ("opinion_outcome", "'lawful'"),
                ("note", "'注'"),
                ("confirmed_by", "secretary"),
                ("confirmed_at", "moment"),
                ("entry_id", "e"),
            ],
            &[],
        );
        refused(&run(&app, &document, &confirmation).await, by);
    }
}
