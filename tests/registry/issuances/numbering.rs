//! Signing and its numbers: never skipped, never given twice, in the year of the signature.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::helpers::app::TestApp;
use crate::helpers::meeting_story::{MEETING_DAY, cleared, decide, decided, errors, holds, issue, meeting, place, signed, step_of, text};
use crate::helpers::rows;

fn signature(signed_on: &str) -> Value {
    json!({"signed_by": "王建国", "signed_on": signed_on})
}

async fn approved(app: &TestApp, count: usize) -> Vec<String> {
    let id = meeting(app, MEETING_DAY).await;
    let mut documents = Vec::new();
    for _ in 0..count {
        let document = cleared(app).await;
        place(app, &id, &document).await;
        documents.push(document);
    }
    app.on_day(MEETING_DAY).await;
    for document in &documents {
        decide(app, &id, document, "approved").await;
    }
    documents
}

#[actix_web::test]
async fn an_approved_document_is_signed_with_both_numbers() {
    let app = TestApp::start().await;
    let (_, document) = decided(&app, "approved").await;
    let path = format!("/documents/{document}/issuance");
    let tried = app.post("secretary", &format!("{path}?dry_run=true"), signature(MEETING_DAY)).await.expect(200);
    assert_eq!(tried["allowed"], true);
    let body = issue(&app, &document).await;
    assert_eq!(body["step"], "signed");
    assert_eq!(body["official_doc_no"], "青府规〔2026〕1号");
    assert_eq!(body["register_no"], "青府规登〔2026〕1号");
    assert_eq!(body["signed_on"], MEETING_DAY);
    app.post("secretary", &path, signature(MEETING_DAY)).await.expect_problem(409, "wrong_step");
}

#[actix_web::test]
async fn only_what_is_approved_is_signed_and_only_by_the_issuers_secretary() {
    let app = TestApp::start().await;
    for outcome in ["approved_in_principle", "deferred", "amend_then_resubmit", "rejected"] {
        let (_, document) = decided(&app, outcome).await;
        let answer = app.post("secretary", &format!("/documents/{document}/issuance"), signature(MEETING_DAY)).await;
        answer.expect_problem(409, "wrong_step");
        app.set_clock("2026-03-03T01:00:00Z").await;
    }
    let (_, document) = decided(&app, "approved").await;
    for act in ["issuance", "issuance/void", "publication"] {
        let path = format!("/documents/{document}/{act}");
        app.post("drafter", &path, json!({})).await.expect_problem(403, "forbidden");
        app.post("reviewer", &path, json!({})).await.expect_problem(403, "forbidden");
        app.post("outsider", &path, json!({})).await.expect_problem(404, "not_found");
        app.post("county_auditor", &path, json!({})).await.expect_problem(404, "not_found");
        app.post("", &path, json!({})).await.expect_problem(401, "unauthenticated");
        app.post("secretary", &path, json!({})).await.expect_problem(422, "invalid_input");
    }
    holds(&app, "NOT EXISTS (SELECT FROM number_register) AND NOT EXISTS (SELECT FROM number_counters)").await;
}

#[actix_web::test]
async fn a_signature_lies_between_the_approval_and_today() {
    let app = TestApp::start().await;
    let (_, document) = decided(&app, "approved").await;
    let path = format!("/documents/{document}/issuance");
    app.post("secretary", &path, signature("2026-03-11")).await.expect_problem(422, "date_in_future");
    let problem = app.post("secretary", &path, signature("2026-03-09")).await.expect_problem(422, "date_before_act");
    assert_eq!(errors(&problem), [("/signed_on".to_owned(), "date_before_act".to_owned())]);
    app.on_day("2026-03-20").await;
    assert_eq!(app.post("secretary", &path, signature("2026-03-12")).await.expect(200)["signed_on"], "2026-03-12");
}

#[actix_web::test]
async fn a_confirmed_text_is_not_signed_before_its_confirmation() {
    let app = TestApp::start().await;
    let (id, document) = decided(&app, "approved_in_principle").await;
    app.on_day("2026-03-16").await;
    app.post("drafter", &format!("/documents/{document}/revisions"), json!({"text": "修改后的文本"})).await.expect(201);
    rows::opine(&app, &document, "lawful").await;
    let confirmation = json!({"revision": 2, "note": "已修改"});
    app.post("secretary", &format!("/meetings/{id}/agenda/{document}/confirmation"), confirmation).await.expect(200);
    let path = format!("/documents/{document}/issuance");
    app.post("secretary", &path, signature(MEETING_DAY)).await.expect_problem(422, "date_before_act");
    assert_eq!(app.post("secretary", &path, signature("2026-03-16")).await.expect(200)["step"], "signed");
}

#[actix_web::test]
async fn the_year_of_a_number_is_that_of_the_signature() {
    let app = TestApp::start().await;
    let documents = approved(&app, 3).await;
    app.on_day("2027-01-04").await;
    let sign = async |document: &str, day: &str| {
        text(&app.post("secretary", &format!("/documents/{document}/issuance"), signature(day)).await.expect(200)["official_doc_no"])
    };
    assert_eq!(sign(&documents[0], "2026-12-31").await, "青府规〔2026〕1号");
    assert_eq!(sign(&documents[1], "2027-01-04").await, "青府规〔2027〕1号");
    assert_eq!(sign(&documents[2], "2026-12-31").await, "青府规〔2026〕2号");
}

#[actix_web::test]
async fn a_voided_number_stays_in_the_register_and_is_never_given_again() {
    let app = TestApp::start().await;
    let document = signed(&app).await;
    let path = format!("/documents/{document}/issuance/void");
    app.post("secretary", &path, json!({"reason": " "})).await.expect_problem(422, "invalid_input");
    let voided = app.post("secretary", &path, json!({"reason": "签发人有误"})).await.expect(200);
    assert_eq!(voided["step"], "approved");
    assert_eq!((&voided["official_doc_no"], &voided["register_no"], &voided["signed_on"]), (&Value::Null, &Value::Null, &Value::Null));
    app.post("secretary", &path, json!({"reason": "再次"})).await.expect_problem(409, "wrong_step");
    assert_eq!(issue(&app, &document).await["official_doc_no"], "青府规〔2026〕2号");
    let register = app.get("secretary", "/numbers?kind=official_doc_no&year=2026").await.expect(200);
    let items = register["items"].as_array().expect("items");
    assert_eq!(items.iter().map(|item| text(&item["number"])).collect::<Vec<_>>(), ["青府规〔2026〕1号", "青府规〔2026〕2号"]);
    assert_eq!(items[0]["void"]["reason"], "签发人有误");
    assert_eq!(items[1]["void"], Value::Null);
    assert_eq!(app.get("auditor", "/numbers?body=qinghe").await.expect(200)["items"].as_array().map(Vec::len), Some(4));
    assert_eq!(app.get("county_auditor", "/numbers?body=qinghe&limit=1").await.expect(200)["items"].as_array().map(Vec::len), Some(1));
    app.get("county_auditor", "/numbers?body=qinghe-jjb").await.expect_problem(404, "not_found");
    app.get("secretary", "/numbers?body=baishi").await.expect_problem(404, "not_found");
    for who in ["drafter", "reviewer", "admin", "outsider"] {
        app.get(who, "/numbers?body=qinghe").await.expect_problem(403, "forbidden");
    }
}

#[actix_web::test]
async fn a_published_issuance_is_not_voided() {
    let app = TestApp::start().await;
    let document = crate::helpers::meeting_story::published(&app).await;
    let answer = app.post("secretary", &format!("/documents/{document}/issuance/void"), json!({"reason": "太迟"})).await;
    assert_eq!(answer.expect_problem(409, "wrong_step")["step"], "published");
}

#[actix_web::test]
async fn sixteen_at_once_with_failures_and_voids_leave_no_gap_and_no_double() {
    let app = TestApp::start().await;
    let documents = approved(&app, 16).await;
    // Half of them are tried first in ways that take a number and then roll back, or that are refused before.
    let calls = documents.iter().enumerate().map(|(turn, document)| {
        let app = &app;
        async move {
            let path = format!("/documents/{document}/issuance");
            if turn % 2 == 0 {
                assert_eq!(app.post("secretary", &format!("{path}?dry_run=true"), signature(MEETING_DAY)).await.status, 200);
                app.post("secretary", &path, signature("2026-03-11")).await.expect_problem(422, "date_in_future");
            }
            let body = app.post("secretary", &path, signature(MEETING_DAY)).await.expect(200);
            if turn % 4 == 1 {
                app.post("secretary", &format!("{path}/void"), json!({"reason": "重签"})).await.expect(200);
                return text(&app.post("secretary", &path, signature(MEETING_DAY)).await.expect(200)["official_doc_no"]);
            }
            text(&body["official_doc_no"])
        }
    });
    let mut given = join_all(calls).await;
    given.sort();
    given.dedup();
    assert_eq!(given.len(), 16);
    for kind in ["official_doc_no", "register_no"] {
        holds(&app, &format!("(SELECT array_agg(serial ORDER BY serial) FROM number_register WHERE kind = '{kind}') = (SELECT array_agg(n) FROM generate_series(1, 20) n)")).await;
    }
    holds(&app, "(SELECT count(*) FROM number_voids) = 8 AND (SELECT count(*) FROM issuances WHERE state = 'valid') = 16").await;
    holds(&app, "(SELECT bool_and(last_serial = 20) FROM number_counters)").await;
}

#[actix_web::test]
async fn a_number_that_was_written_before_closes_the_run() {
    let app = TestApp::start().await;
    let first = signed(&app).await;
    // The neighbouring town once had the prefix that this one has now.
    let taken = rows::insert(
        "number_register",
        &[
            ("id", "n1"),
            ("body_id", "(SELECT id FROM bodies WHERE code = 'baishi')"),
            ("kind", "'official_doc_no'"),
            ("year", "2026"),
            ("serial", "1"),
            ("number", "'青府规〔2026〕2号'"),
            ("document_id", "d.id"),
            ("given_at", "moment"),
            ("entry_id", "e"),
        ],
        &[],
    );
    // No act leads there any more, so the row is written past the triggers.
    let past_the_triggers = format!("SET session_replication_role = replica; {}", rows::script(&first, &taken));
    assert_eq!(app.sql_as_superuser(&past_the_triggers).await, "ok");
    app.set_clock("2026-03-03T01:00:00Z").await;
    let (_, second) = decided(&app, "approved").await;
    let answer = app.post("secretary", &format!("/documents/{second}/issuance"), signature(MEETING_DAY)).await;
    answer.expect_problem(409, "numbering_closed");
    assert_eq!(step_of(&app, &second).await, "approved");
    holds(&app, "(SELECT max(serial) FROM number_register WHERE kind = 'register_no') = 1").await;
}
