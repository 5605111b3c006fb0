//! From a cleared document to a published one, over HTTP, as the secretary of the town goes.
//! The clock of a test begins on 2026-03-03; its meetings are on [`MEETING_DAY`].

use serde_json::{Value, json};

use super::app::{TestApp, new_document};
use super::rows;

/// The first day on which a document that was submitted on 2026-03-03 may be deliberated: five working days later.
pub const MEETING_DAY: &str = "2026-03-10";

/// A document that was drafted, submitted and found lawful today.
pub async fn cleared(app: &TestApp) -> String {
    cleared_as(app, new_document()).await
}

/// The same with a text of one's own.
pub async fn cleared_as(app: &TestApp, document: Value) -> String {
    let id = drafted(app, document).await;
    rows::clear(app, &id).await;
    id
}

pub async fn drafted(app: &TestApp, document: Value) -> String {
    text(&app.post("drafter", "/documents", document).await.expect(201)["id"])
}

/// A meeting of the town on a day.
pub async fn meeting(app: &TestApp, held_on: &str) -> String {
    let new = json!({"body": "qinghe", "kind": "executive_meeting", "held_on": held_on, "title": "第5次镇政府常务会议"});
    text(&app.post("secretary", "/meetings", new).await.expect(201)["id"])
}

pub async fn place(app: &TestApp, meeting: &str, document: &str) -> Value {
    app.post("secretary", &format!("/meetings/{meeting}/agenda"), json!({"document_id": document})).await.expect(201)
}

/// The minutes of a decision, as a body for the call.
pub fn minutes(outcome: &str) -> Value {
    json!({"outcome": outcome, "minutes_no": "〔2026〕5号", "attendees": ["王建国", "李素芬"], "presider": "王建国"})
}

pub fn decision_path(meeting: &str, document: &str) -> String {
    format!("/meetings/{meeting}/agenda/{document}/decision")
}

pub async fn decide(app: &TestApp, meeting: &str, document: &str, outcome: &str) -> Value {
    app.post("secretary", &decision_path(meeting, document), minutes(outcome)).await.expect(201)
}

/// A document with its decision entered on the meeting's day, where the clock then stands. Gives meeting and document.
pub async fn decided(app: &TestApp, outcome: &str) -> (String, String) {
    let document = cleared(app).await;
    let meeting = meeting(app, MEETING_DAY).await;
    place(app, &meeting, &document).await;
    app.on_day(MEETING_DAY).await;
    decide(app, &meeting, &document, outcome).await;
    (meeting, document)
}

/// Takes a cleared document through a meeting of its own to `approved`.
pub async fn approve(app: &TestApp, document: &str) {
    let meeting = meeting(app, MEETING_DAY).await;
    place(app, &meeting, document).await;
    app.on_day(MEETING_DAY).await;
    decide(app, &meeting, document, "approved").await;
}

pub async fn issue(app: &TestApp, document: &str) -> Value {
    let signed = json!({"signed_by": "王建国", "signed_on": MEETING_DAY});
    app.post("secretary", &format!("/documents/{document}/issuance"), signed).await.expect(200)
}

/// A document signed on the meeting's day.
pub async fn signed(app: &TestApp) -> String {
    let (_, document) = decided(app, "approved").await;
    issue(app, &document).await;
    document
}

/// Publishes a signed document on the meeting's day, with effect from 2026-05-01.
pub async fn publish(app: &TestApp, document: &str) -> Value {
    app.post("secretary", &format!("/documents/{document}/publication"), dates(MEETING_DAY, "2026-05-01")).await.expect(200)
}

/// A published document.
pub async fn published(app: &TestApp) -> String {
    let document = signed(app).await;
    publish(app, &document).await;
    document
}

pub fn dates(publication_date: &str, effective_date: &str) -> Value {
    json!({"publication_date": publication_date, "effective_date": effective_date, "channel": "镇人民政府门户网站"})
}

/// Where a document stands.
pub async fn step_of(app: &TestApp, document: &str) -> String {
    text(&app.get("secretary", &format!("/documents/{document}")).await.expect(200)["step"])
}

/// The codes of a refusal's reasons.
pub fn reasons(problem: &Value) -> Vec<String> {
    problem["reasons"].as_array().expect("reasons").iter().map(|reason| text(&reason["code"])).collect()
}

/// The codes of a refusal's field errors, each with its pointer.
pub fn errors(problem: &Value) -> Vec<(String, String)> {
    problem["errors"].as_array().expect("errors").iter().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// How many rows a query counts, read by the superuser, who may look.
pub async fn holds(app: &TestApp, condition: &str) {
    let check = format!("DO $$ BEGIN IF NOT ({condition}) THEN RAISE EXCEPTION 'does not hold'; END IF; END $$");
    assert_eq!(app.sql_as_superuser(&check).await, "ok", "{condition}");
}
