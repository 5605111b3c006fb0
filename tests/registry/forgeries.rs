//! What cannot be forged by SQL as the run-time role: an approval against the last opinion, a day or an entry of another act, parts
//! added to what was opined on, numbers that belong to nothing, effects that no act ended.

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use serde_json::json;

use super::helpers::app::{ENTRY, TestApp, new_document};
use super::helpers::meeting_story::{MEETING_DAY, cleared, decided, drafted, meeting};
use super::helpers::published::{SPRING, filed, published};
use super::helpers::rows::{agenda_item, decision, insert, opinion, run, step, submit};

const REVIEW: &str = "legality_review";
const STANDING: &str = "(SELECT id FROM decisions WHERE document_id = d.id ORDER BY decision_no DESC LIMIT 1)";
const LAWFUL: &str = "(SELECT id FROM opinions WHERE document_id = d.id AND outcome = 'lawful' ORDER BY opinion_no LIMIT 1)";

#[track_caller]
fn refused(answer: &str, by: &str) {
    assert_eq!(answer, by);
}

fn confirmation() -> String {
    insert(
        "confirmations",
        &[
            ("id", "x"),
            ("document_id", "d.id"),
            ("decision_id", STANDING),
            ("decision_outcome", "'approved_in_principle'"),
            ("held_on", "m.held_on"),
            ("revision_no", "d.revision_no"),
            ("revision_sha256", "d.revision_sha256"),
            ("opinion_id", LAWFUL),
            ("opinion_outcome", "'lawful'"),
            ("note", "'注'"),
            ("confirmed_by", "secretary"),
            ("confirmed_at", "moment"),
            ("entry_id", "e"),
        ],
        &[],
    )
}

/// Another text, by hand, while the document is with its drafter.
fn revision() -> String {
    "INSERT INTO revisions (document_id, revision_no, revision_sha256, title, document_class, issuing_authority_id, concerns_market_entities, text, authored_by, created_at, entry_id)
        SELECT d.id, revision_no + 1, repeat('a', 64), '题', 'government_document', town, false, '文本', drafter, moment, e FROM documents WHERE id = d.id;"
        .to_owned()
}

#[actix_web::test]
async fn no_confirmation_carries_past_an_opinion_that_came_after_it() {
    let app = TestApp::start().await;
    let (_, document) = decided(&app, "approved_in_principle").await;
    let confirmed = step("confirm", REVIEW, "approved", &[("confirmation_id", "x")]);
    let overtaken = format!("{}{}{confirmed}", confirmation(), opinion("unlawful"));
    refused(&run(&app, &document, &overtaken).await, "step_changes_only_under_a_lawful_opinion");
    let rewritten = format!("{}{}{confirmed}", confirmation(), revision());
    refused(&run(&app, &document, &rewritten).await, "step_changes_rest_on_the_confirmed_text");
    assert_eq!(run(&app, &document, &format!("{}{confirmed}", confirmation())).await, "ok");
}

#[actix_web::test]
async fn no_correction_carries_past_an_opinion_or_a_text_that_came_after_it() {
    let app = TestApp::start().await;
    let (_, document) = decided(&app, "deferred").await;
    let correction = decision("approved", &[("decision_no", "2"), ("corrects", STANDING), ("reason", "'误'")]);
    let approved = step("correct_decision", REVIEW, "approved", &[("decision_id", "x")]);
    let overtaken = format!("{correction}{}{approved}", opinion("unlawful"));
    refused(&run(&app, &document, &overtaken).await, "step_changes_only_under_a_lawful_opinion");
    let rewritten = format!("{correction}{}{approved}", revision());
    refused(&run(&app, &document, &rewritten).await, "step_changes_rest_on_the_standing_decision");
    assert_eq!(run(&app, &document, &format!("{correction}{approved}")).await, "ok");
}

#[actix_web::test]
async fn an_opinion_is_of_a_reviewer_of_the_review_body_on_its_own_day() {
    let app = TestApp::start().await;
    let document = drafted(&app, new_document()).await;
    assert_eq!(run(&app, &document, &submit()).await, "ok");
    let by = |reviewer: &str, body: &str| opinion("lawful").replace("'[]', reviewer, office,", &format!("'[]', {reviewer}, {body},"));
    refused(&run(&app, &document, &by("secretary", "office")).await, "opinions_by_the_review_body");
    refused(&run(&app, &document, &by("reviewer", "town")).await, "opinions_by_the_review_body");
    let backdated = opinion("lawful").replace("moment, day, p, e", "moment, day - 400, p, e");
    refused(&run(&app, &document, &backdated).await, "opinions_given_on_its_day");
    let moved = opinion("lawful").replace("moment, day, p, e", "moment - interval '400 days', day - 400, p, e");
    refused(&run(&app, &document, &moved).await, "opinions_logged");
    let elsewhere = drafted(&app, new_document()).await;
    let entry = format!("(SELECT id FROM log_entries WHERE document_id = '{elsewhere}' ORDER BY id LIMIT 1)");
    let borrowed = opinion("lawful").replace("moment, day, p, e", &format!("moment, day, p, {entry}"));
    refused(&run(&app, &document, &borrowed).await, "opinions_logged");
}

#[actix_web::test]
async fn the_day_of_placing_and_of_recording_is_that_of_the_entry() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    meeting(&app, "2026-03-05").await;
    app.on_day("2026-03-06").await;
    refused(&run(&app, &document, &agenda_item(&[("placed_on", "m.held_on")])).await, "agenda_items_placed_on_its_day");
    let earlier = [("placed_on", "m.held_on"), ("placed_at", "m.held_on::timestamp AT TIME ZONE 'Asia/Shanghai'")];
    let placed = format!("{}{}", agenda_item(&earlier), step("place_on_agenda", REVIEW, "on_agenda", &[("agenda_item_id", "a")]));
    refused(&run(&app, &document, &placed).await, "agenda_items_logged");
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let id = meeting(&app, MEETING_DAY).await;
    super::helpers::meeting_story::place(&app, &id, &document).await;
    let early = [("recorded_on", "m.held_on")];
    refused(&run(&app, &document, &decision("approved", &early)).await, "decisions_recorded_on_its_day");
}

#[actix_web::test]
async fn an_entry_of_a_real_registry_is_of_the_moment_in_which_it_is_written() {
    let app = TestApp::start().await;
    let real = "SET session_replication_role = replica; UPDATE registry_state SET is_demo = false, clock_offset_us = 0";
    assert_eq!(app.sql_as_superuser(real).await, "ok");
    let entry = |at: &str| {
        format!(
            "INSERT INTO log_entries (id, at, type, role, subject_kind, data)
                VALUES (gen_random_uuid(), {at}, 'registry.set_up', 'system', 'registry', '{{}}')"
        )
    };
    for at in ["now() - interval '2 hours'", "now() + interval '2 hours'", "'2020-01-01T00:00:00Z'"] {
        refused(&app.sql(&entry(at)).await, "log_entries_are_of_now");
    }
    assert_eq!(app.sql(&entry("now()")).await, "ok");
}

#[actix_web::test]
async fn nothing_is_added_to_what_was_opined_on() {
    let app = TestApp::start().await;
    let other = published(&app, &SPRING).await;
    let document = cleared(&app).await;
    let replaces =
        format!("INSERT INTO revision_replaces (document_id, revision_no, replaced_id, effect) VALUES (d.id, 1, '{other}', 'repealed');");
    refused(&run(&app, &document, &replaces).await, "revision_replaces_come_with_their_revision");
    let joint = "INSERT INTO revision_joint_authorities (document_id, revision_no, ordinal, body_id)
        SELECT d.id, 1, 0, id FROM bodies WHERE code = 'baishi';";
    refused(&run(&app, &document, joint).await, "revision_joint_authorities_come_with_their_revision");
    let comment = format!(
        "INSERT INTO opinion_comments (id, opinion_id, document_id, ordinal, article, problem, suggestion, basis)
            VALUES (x, {LAWFUL}, d.id, 1, '第一条', '问题', '建议', '依据');"
    );
    refused(&run(&app, &document, &comment).await, "opinion_comments_come_with_their_opinion");
    let material = "INSERT INTO materials (id, document_id, kind, conclusion, file_sha256, file_name, added_by, added_at, entry_id)
            SELECT x, d.id, 'fair_competition_conclusion', 'compliant', sha256, 'x.txt', drafter, moment, e FROM files LIMIT 1;
        INSERT INTO submission_materials (submission_id, material_id, document_id)
            VALUES ((SELECT id FROM submissions WHERE document_id = d.id), x, d.id);";
    refused(&run(&app, &document, material).await, "submission_materials_come_with_their_submission");
}

#[actix_web::test]
async fn a_number_belongs_to_one_act_and_the_counter_to_the_register() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let number = "INSERT INTO number_register (id, body_id, kind, year, serial, number, document_id, given_at, entry_id)
        VALUES (n1, town, 'official_doc_no', 1999, 1, '青府规〔1999〕999号', d.id, moment, e);";
    refused(&run(&app, &document, number).await, "number_register_belongs_to_an_act");
    let counter = "INSERT INTO number_counters (body_id, kind, year, last_serial) VALUES (town, 'register_no', 1999, 50);";
    refused(&run(&app, &document, counter).await, "number_counters_follow_the_register");
    let signed = super::helpers::meeting_story::signed(&app).await;
    refused(&app.sql("UPDATE number_counters SET last_serial = last_serial + 50").await, "number_counters_follow_the_register");
    // Voided numbers are not used again.
    app.post("secretary", &format!("/documents/{signed}/issuance/void"), json!({"reason": "误录"})).await.expect(200);
    let again = "INSERT INTO issuances (id, document_id, revision_no, revision_sha256, decision_id, decision_outcome, held_on, signed_by, signed_on,
            register_number_id, official_number_id, recorded_by, recorded_at, recorded_on, profile_id, entry_id)
        SELECT x, document_id, revision_no, revision_sha256, decision_id, decision_outcome, held_on, signed_by, signed_on,
            register_number_id, official_number_id, secretary, moment, day, p, e FROM issuances WHERE document_id = d.id;";
    refused(&run(&app, &signed, again).await, "issuances_register_no_once");
}

#[actix_web::test]
async fn a_filing_goes_to_a_target_in_its_role_and_its_status_follows_the_result() {
    let app = TestApp::start().await;
    let document = published(&app, &SPRING).await;
    let filing = |target: &str, role: &str| {
        format!(
            "INSERT INTO filings (id, document_id, publication_id, publication_date, body_id, target_id, role, filed_by, filed_at, filed_on, due_on,
                due_provisional, late, profile_id, entry_id)
            SELECT x, d.id, id, publication_date, town, (SELECT id FROM bodies WHERE code = '{target}'), '{role}', drafter, moment, day, day, false, false, p, e
              FROM publications WHERE document_id = d.id;"
        )
    };
    refused(&run(&app, &document, &filing("qinghe-yfzlb", "supervising_government")).await, "filings_to_a_target");
    refused(&run(&app, &document, &filing("baishi", "supervising_government")).await, "filings_to_a_target");
    let id = filed(&app, &document, "linjiang").await;
    let refusal = format!(
        "INSERT INTO filing_intakes (id, filing_id, result, reason, auditor_id, taken_at, taken_on, profile_id, entry_id)
            VALUES (x, '{id}', 'refused', '理由', secretary, moment, day, p, e);
        INSERT INTO filing_changes (filing_id, seq, from_status, action, status, at, day, entry_id, intake_id)
            VALUES ('{id}', 2, 'awaiting_registration', 'intake', 'under_filing_review', moment, day, e, x);"
    );
    refused(&run(&app, &document, &refusal).await, "filing_changes_intake_result");
}

#[actix_web::test]
async fn an_effect_ends_by_an_act_on_the_document() {
    let app = TestApp::start().await;
    let document = published(&app, &SPRING).await;
    for (effect, cause) in
        [("revoked", "filing_review"), ("superseded", "replacement"), ("repealed", "cleanup"), ("lapsed", "missed_amendment")]
    {
        let end = format!(
            "INSERT INTO effect_ends (id, document_id, effect, from_on, cause, cause_id, recorded_at, entry_id)
                VALUES (x, d.id, '{effect}', day, '{cause}', gen_random_uuid(), moment, e);"
        );
        refused(&run(&app, &document, &end).await, "effect_ends_rest_on_an_act");
    }
}

#[actix_web::test]
async fn a_document_begins_with_a_revision_and_a_step() {
    let app = TestApp::start().await;
    let headless = "INSERT INTO documents (id, drafting_body_id, drafting_unit, created_by, created_at, updated_at)
        SELECT gen_random_uuid(), b.id, '单位', u.id, now(), now() FROM bodies b, users u WHERE b.code = 'qinghe' AND u.login = 'chen.drafter'";
    refused(&app.sql(headless).await, "documents_begin_whole");
}

#[actix_web::test]
async fn the_run_time_role_cannot_borrow_the_functions_that_write_heads() {
    let app = TestApp::start().await;
    let temporary = "CREATE TEMPORARY TABLE f (document_id uuid, seq integer, stage text, step text)";
    assert!(app.sql(temporary).await.contains("permission denied"), "no table of its own");
    // Even on a server where it has one.
    let mut owner = AsyncPgConnection::establish(&app.database.owner_url).await.expect("the owner connects");
    let granted = "CREATE TABLE f (document_id uuid, seq integer, stage text, step text); GRANT ALL ON f TO lawgate_app";
    owner.batch_execute(granted).await.expect("made");
    let borrowed = "CREATE TRIGGER b AFTER INSERT ON f FOR EACH ROW EXECUTE FUNCTION step_changes_move_head()";
    let answer = app.sql(borrowed).await;
    assert_eq!(answer, "permission denied for function step_changes_move_head");
}

#[actix_web::test]
async fn a_title_changed_and_changed_back_is_the_text_that_the_opinion_is_on() {
    let app = TestApp::start().await;
    let (meeting, document) = decided(&app, "approved_in_principle").await;
    let path = format!("/documents/{document}");
    let title = app.get("drafter", &path).await.expect(200)["title"].clone();
    for to in [json!("另一题目"), title] {
        let read = app.get("drafter", &path).await;
        let patch = json!({"title": to}).to_string();
        let headers = [("if-match", read.header("etag")), ("content-type", "application/json")];
        assert_eq!(app.send("PATCH", "drafter", &path, &headers, Some(patch.into_bytes())).await.status, 200);
    }
    let confirm = json!({"revision": 3, "note": "已按会议要求完善"});
    let confirmed = app.post("secretary", &format!("/meetings/{meeting}/agenda/{document}/confirmation"), confirm).await;
    assert!([200, 201].contains(&confirmed.status), "{}", confirmed.status);
}

#[actix_web::test]
async fn no_rule_of_a_day_gone_by_is_changed_by_whoever_owns_the_tables() {
    let app = TestApp::start().await;
    let newest = "WHERE jurisdiction = 'sichuan' AND last_day IS NULL";
    let ending = |day: &str| {
        format!(
            "UPDATE rule_profiles SET last_day = {day}, rules = rules || jsonb_build_object('last_day',
                jsonb_build_object('value', to_char({day}, 'YYYY-MM-DD'), 'source', '某文件', 'mark', 'inference')) {newest}"
        )
    };
    let today = "(SELECT ((now() + clock_offset_us * interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date FROM registry_state)";
    for (sql, refused) in [
        ("DELETE FROM rule_profiles".to_owned(), "rule_profiles_keep_their_past"),
        (
            format!("UPDATE rule_profiles SET rules = jsonb_set(rules, '{{intake_workdays,value}}', '9') {newest}"),
            "rule_profiles_keep_their_past",
        ),
        (format!("UPDATE rule_profiles SET imported_at = now() {newest}"), "rule_profiles_keep_their_past"),
        ("UPDATE rule_profiles SET last_day = last_day + 1 WHERE last_day IS NOT NULL".to_owned(), "rule_profiles_keep_their_past"),
        (ending(&format!("({today} - 1)")), "rule_profiles_keep_their_past"),
        (format!("UPDATE rule_profiles SET last_day = {today} + 9 {newest}"), "rule_profiles_columns_tell_the_rules"),
    ] {
        assert_eq!(app.sql_as_superuser(&sql).await, refused, "{sql}");
    }
    assert_eq!(app.change_as_superuser(&ending(&format!("({today} + 30)"))).await, "ok");
}

#[actix_web::test]
async fn nothing_is_written_without_an_entry_in_its_transaction() {
    let app = TestApp::demo().await;
    for sql in [
        "UPDATE users SET name = 'x' WHERE login = 'chen.drafter'",
        "UPDATE users SET disabled_at = now() WHERE login = 'chen.drafter'",
        "UPDATE bodies SET name = 'x' WHERE code = 'qinghe'",
        "UPDATE meetings SET title = 'x'",
        "UPDATE documents SET drafting_unit = 'x'",
        "DELETE FROM deadlines",
        "DELETE FROM user_roles",
        "INSERT INTO users (id, login, name, created_at) VALUES (gen_random_uuid(), 'x', 'x', now())",
    ] {
        refused(&app.sql(sql).await, "unsealed_rows_are_of_a_logged_act");
        // Nor with an entry that was there before.
        refused(&app.sql(&format!("BEGIN; {ENTRY}; COMMIT; BEGIN; {sql}; COMMIT")).await, "unsealed_rows_are_of_a_logged_act");
        let with_entry = app.sql(&format!("BEGIN; {ENTRY}; {sql}; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK")).await;
        assert_ne!(with_entry, "unsealed_rows_are_of_a_logged_act", "{sql}: it is the entry that is missing");
    }
}

#[actix_web::test]
async fn where_the_entry_cannot_be_written_nothing_is_done() {
    let app = TestApp::start().await;
    assert_eq!(app.sql_as_superuser("REVOKE INSERT ON log_entries FROM lawgate_app").await, "ok");
    app.post("drafter", "/documents", new_document()).await.expect_problem(500, "internal");
    let nothing = "DO $$ BEGIN IF EXISTS (SELECT FROM documents) OR EXISTS (SELECT FROM revisions) THEN RAISE EXCEPTION 'something is there'; END IF; END $$";
    assert_eq!(app.sql_as_superuser(nothing).await, "ok");
    assert_eq!(app.sql_as_superuser("GRANT INSERT ON log_entries TO lawgate_app").await, "ok");
    app.post("drafter", "/documents", new_document()).await.expect(201);
    assert_eq!(app.sql_as_superuser(nothing).await, "something is there");
}
