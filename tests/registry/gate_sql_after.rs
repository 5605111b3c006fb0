//! The promises of the database behind the gate: no issuance without an approval of that text, no publication without an
//! issuance, and no change of what was recorded.

use super::helpers::app::TestApp;
use super::helpers::meeting_story::{cleared, decided, published, signed};
use super::helpers::rows::{insert, run, step};

/// Both numbers, the next of their runs.
fn numbers() -> String {
    [("n1", "register_no"), ("n2", "official_doc_no")]
        .map(|(id, kind)| {
            let (quoted, number) = (format!("'{kind}'"), format!("'{kind}' || gen_random_uuid()"));
            let serial = format!("(SELECT coalesce(max(serial), 0) + 1 FROM number_register WHERE body_id = town AND kind = '{kind}')");
            let columns = [
                ("id", id),
                ("body_id", "town"),
                ("kind", quoted.as_str()),
                ("year", "2026"),
                ("serial", serial.as_str()),
                ("number", number.as_str()),
                ("document_id", "d.id"),
                ("given_at", "moment"),
                ("entry_id", "e"),
            ];
            insert("number_register", &columns, &[])
        })
        .concat()
}

/// An issuance of the current text on the document's last decision, with its numbers.
fn issuance(forged: &[(&str, &str)]) -> String {
    let last = "(SELECT id FROM decisions WHERE document_id = d.id ORDER BY decision_no DESC LIMIT 1)";
    let columns = [
        ("id", "x"),
        ("document_id", "d.id"),
        ("revision_no", "d.revision_no"),
        ("revision_sha256", "d.revision_sha256"),
        ("decision_id", last),
        ("decision_outcome", "(SELECT outcome FROM decisions WHERE document_id = d.id ORDER BY decision_no DESC LIMIT 1)"),
        ("held_on", "m.held_on"),
        ("signed_by", "'甲'"),
        ("signed_on", "day"),
        ("register_number_id", "n1"),
        ("official_number_id", "n2"),
        ("recorded_by", "secretary"),
        ("recorded_at", "moment"),
        ("recorded_on", "day"),
        ("profile_id", "p"),
        ("entry_id", "e"),
    ];
    format!("{}{}", numbers(), insert("issuances", &columns, forged))
}

fn publication(forged: &[(&str, &str)]) -> String {
    let columns = [
        ("id", "x"),
        ("document_id", "d.id"),
        ("issuance_id", "(SELECT id FROM issuances WHERE document_id = d.id ORDER BY recorded_at DESC LIMIT 1)"),
        ("revision_no", "d.revision_no"),
        ("revision_sha256", "d.revision_sha256"),
        ("signed_on", "d.signed_on"),
        ("publication_date", "day"),
        ("effective_date", "day + 30"),
        ("expiry_date", "day + 300"),
        ("channel", "'网站'"),
        ("recorded_by", "secretary"),
        ("recorded_at", "moment"),
        ("recorded_on", "day"),
        ("profile_id", "p"),
        ("entry_id", "e"),
    ];
    insert("publications", &columns, forged)
}

#[actix_web::test]
async fn no_issuance_without_a_standing_approval_of_that_text() {
    let app = TestApp::start().await;
    let undecided = cleared(&app).await;
    let forged = [("decision_id", "gen_random_uuid()"), ("decision_outcome", "'approved'"), ("held_on", "day")];
    assert_eq!(run(&app, &undecided, &issuance(&forged)).await, "issuances_decision_exists");
    for outcome in ["rejected", "deferred", "amend_then_resubmit", "approved_in_principle"] {
        let (_, document) = decided(&app, outcome).await;
        assert_eq!(run(&app, &document, &issuance(&[])).await, "issuances_rest_on_an_approval", "{outcome}");
        let claimed = [("decision_outcome", "'approved'")];
        assert_eq!(run(&app, &document, &issuance(&claimed)).await, "issuances_decision_exists", "{outcome}");
        app.set_clock("2026-03-03T01:00:00Z").await;
    }
    let (_, document) = decided(&app, "approved").await;
    let other_text = [("revision_sha256", "repeat('a', 64)")];
    assert_eq!(run(&app, &document, &issuance(&other_text)).await, "issuances_of_the_decided_text");
    assert_eq!(run(&app, &document, &issuance(&[("signed_on", "day - 1")])).await, "issuances_signed_after_the_meeting");
    assert_eq!(run(&app, &document, &issuance(&[("signed_on", "day + 1")])).await, "issuances_signed_before_recorded");
    assert_eq!(run(&app, &document, &issuance(&[("register_number_id", "n2")])).await, "issuances_register_no_given");
    let signed = step("issue", "legality_review", "signed", &[("issuance_id", "x")]);
    assert_eq!(run(&app, &document, &step("issue", "legality_review", "signed", &[])).await, "step_changes_issue_rests_on_an_issuance");
    assert_eq!(run(&app, &document, &signed).await, "step_changes_issuance_exists");
    assert_eq!(run(&app, &document, &format!("{}{signed}", issuance(&[]))).await, "ok");
    assert_eq!(run(&app, &document, &issuance(&[])).await, "issuances_one_valid");
}

#[actix_web::test]
async fn no_issuance_on_a_corrected_decision() {
    let app = TestApp::start().await;
    let (meeting, document) = decided(&app, "approved").await;
    let shown = app.get("secretary", &format!("/meetings/{meeting}")).await.expect(200);
    let mut body = super::helpers::meeting_story::minutes("approved");
    body["corrects"] = shown["agenda"][0]["decisions"][0]["id"].clone();
    body["reason"] = "纪要编号有误".into();
    app.post("secretary", &super::helpers::meeting_story::decision_path(&meeting, &document), body).await.expect(201);
    let first = [("decision_id", "(SELECT id FROM decisions WHERE document_id = d.id AND decision_no = 1)")];
    assert_eq!(run(&app, &document, &issuance(&first)).await, "issuances_on_the_standing_decision");
}

#[actix_web::test]
async fn no_publication_without_a_valid_issuance_of_that_text() {
    let app = TestApp::start().await;
    let (_, approved) = decided(&app, "approved").await;
    let forged = [("issuance_id", "gen_random_uuid()"), ("signed_on", "day")];
    let at = step("publish", "legality_review", "published", &[("publication_id", "x")]);
    assert_eq!(run(&app, &approved, &publication(&forged)).await, "publications_of_the_issued_text");
    assert_eq!(run(&app, &approved, &at).await, "step_changes_allowed");
    app.set_clock("2026-03-03T01:00:00Z").await;
    let document = signed(&app).await;
    assert_eq!(run(&app, &document, &publication(&forged)).await, "publications_of_the_issued_text");
    for (forged, by) in [
        ([("revision_sha256", "repeat('a', 64)")], "publications_of_the_issued_text"),
        ([("issuance_state", "'void'")], "publications_issuance_is_valid"),
        ([("publication_date", "day - 1")], "publications_after_signing"),
        ([("publication_date", "day + 1")], "publications_not_in_the_future"),
        ([("effective_date", "day - 1")], "publications_not_retroactive"),
        ([("expiry_date", "day + 29")], "publications_expire_after_effect"),
        ([("published_text", "'文本'")], "publications_file_complete"),
    ] {
        assert_eq!(run(&app, &document, &publication(&forged)).await, by, "{forged:?}");
    }
    let without = step("publish", "legality_review", "published", &[]);
    assert_eq!(run(&app, &document, &without).await, "step_changes_publish_rests_on_a_publication");
    assert_eq!(run(&app, &document, &format!("{}{at}", publication(&[]))).await, "ok");
}

#[actix_web::test]
async fn a_number_is_never_skipped_or_given_twice() {
    let app = TestApp::start().await;
    let document = signed(&app).await;
    let number = |serial: &str, number: &str| {
        let (serial, number) = (serial.to_owned(), format!("'{number}'"));
        let columns = [
            ("id", "n1"),
            ("body_id", "town"),
            ("kind", "'register_no'"),
            ("year", "2026"),
            ("serial", serial.as_str()),
            ("number", number.as_str()),
            ("document_id", "d.id"),
            ("given_at", "moment"),
            ("entry_id", "e"),
        ];
        insert("number_register", &columns, &[])
    };
    assert_eq!(run(&app, &document, &number("3", "丙")).await, "number_register_without_gap");
    assert_eq!(run(&app, &document, &number("1", "甲")).await, "number_register_serial_unique");
    assert_eq!(run(&app, &document, &number("0", "零")).await, "number_register_serial_positive");
    assert_eq!(run(&app, &document, &number("2", "青府规登〔2026〕1号")).await, "number_register_number_unique");
}

#[actix_web::test]
async fn what_was_recorded_is_neither_changed_nor_deleted() {
    let app = TestApp::start().await;
    published(&app).await;
    for (table, column) in [
        ("opinions", "outcome"),
        ("revisions", "text"),
        ("step_changes", "step"),
        ("stage_changes", "stage"),
        ("agenda_items", "revision_sha256"),
        ("agenda_removals", "cause"),
        ("decisions", "outcome"),
        ("confirmations", "note"),
        ("number_register", "number"),
        ("number_voids", "reason"),
        ("issuances", "signed_on"),
        ("issuance_voids", "reason"),
        ("publications", "effective_date"),
        ("effect_ends", "from_on"),
        ("log_entries", "data"),
    ] {
        let denied = format!("permission denied for table {table}");
        assert_eq!(app.sql(&format!("UPDATE {table} SET {column} = {column}")).await, denied);
        assert_eq!(app.sql(&format!("DELETE FROM {table}")).await, denied);
        assert_eq!(app.sql(&format!("TRUNCATE {table}")).await, denied);
        let owner = app.sql(&format!("ALTER TABLE {table} DISABLE TRIGGER ALL")).await;
        assert_eq!(owner, format!("must be owner of table {table}"));
    }
    assert_eq!(app.sql("DELETE FROM number_counters").await, "permission denied for table number_counters");
}

#[actix_web::test]
async fn heads_are_not_forged() {
    let app = TestApp::start().await;
    cleared(&app).await;
    for head in [
        "step = 'approved'",
        "opinion_outcome = 'lawful'",
        "opinion_no = 7",
        "revision_sha256 = repeat('a', 64)",
        "register_no = '1'",
        "publication_date = '2026-03-03'",
    ] {
        assert_eq!(app.sql(&format!("UPDATE documents SET {head}")).await, "permission denied for table documents", "{head}");
    }
    let born = "INSERT INTO documents (id, drafting_body_id, drafting_unit, created_by, created_at, updated_at, step)
        SELECT gen_random_uuid(), drafting_body_id, drafting_unit, created_by, now(), now(), 'approved' FROM documents";
    assert_eq!(app.sql(born).await, "permission denied for table documents");
    for (table, column) in [("agenda_items", "state"), ("issuances", "state")] {
        let answer = app.sql(&format!("UPDATE {table} SET {column} = 'void'")).await;
        assert_eq!(answer, format!("permission denied for table {table}"));
    }
    assert_eq!(app.sql("SET session_replication_role = replica").await, "permission denied to set parameter \"session_replication_role\"");
}
