//! A published document and its filings, told over HTTP, for tests of what comes after publication.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::app::{TestApp, new_document};
use super::{meeting_story, story};

/// The days of a publication.
pub struct Days {
    pub published: &'static str,
    pub effective: &'static str,
    pub expires: &'static str,
}

/// Published on 2026-03-02, in force from 2026-04-01 for five years; to be filed by 2026-03-17.
pub const SPRING: Days = Days { published: "2026-03-02", effective: "2026-04-01", expires: "2031-03-31" };

/// A document of the township, published as given, and its id.
pub async fn published(app: &TestApp, days: &Days) -> String {
    published_titled(app, days, "青禾镇集市管理办法").await
}

pub async fn published_titled(app: &TestApp, days: &Days, title: &str) -> String {
    let mut new = new_document();
    new["title"] = title.into();
    published_of(app, days, new).await
}

/// A document with what a body says, published as given.
pub async fn published_of(app: &TestApp, days: &Days, new: Value) -> String {
    let id = app.post("drafter", "/documents", new).await.expect(201)["id"].as_str().expect("an id").to_owned();
    publish(app, &id, days).await;
    id
}

/// Takes a draft to its publication, every step over HTTP: submitted three weeks before, decided, signed and published on the day.
/// The clock is then where it was.
pub async fn publish(app: &TestApp, id: &str, days: &Days) {
    let clock = clock_offset_us(app).await;
    let published: NaiveDate = days.published.parse().expect("a day");
    app.on_day(&(published - chrono::Days::new(21)).to_string()).await;
    story::add_materials(app, id).await;
    story::submit(app, id).await.expect(200);
    story::accept(app, id).await.expect(200);
    story::opine(app, id, "lawful").await.expect(200);
    let meeting = meeting_story::meeting(app, days.published).await;
    meeting_story::place(app, &meeting, id).await;
    app.on_day(days.published).await;
    meeting_story::decide(app, &meeting, id, "approved").await;
    let signed = json!({"signed_by": "王建国", "signed_on": days.published});
    app.post("secretary", &format!("/documents/{id}/issuance"), signed).await.expect(200);
    let mut publication = meeting_story::dates(days.published, days.effective);
    publication["expiry_date"] = days.expires.into();
    app.post("secretary", &format!("/documents/{id}/publication"), publication).await.expect(200);
    let back = format!("UPDATE registry_state SET clock_offset_us = {clock}");
    assert_eq!(app.change_as_superuser(&back).await, "ok");
}

async fn clock_offset_us(app: &TestApp) -> i64 {
    let asked = "DO $$ BEGIN RAISE EXCEPTION '%', (SELECT clock_offset_us FROM registry_state); END $$";
    app.sql_as_superuser(asked).await.parse().expect("an offset")
}

/// Files to one body and gives the filing's id.
pub async fn filed(app: &TestApp, document: &str, target: &str) -> String {
    let body = app.post("drafter", &format!("/documents/{document}/filing"), json!({"target": target})).await.expect(200);
    filing_in(&body, target)["id"].as_str().expect("an id").to_owned()
}

/// The filing to a body, as a document lists it; the newest where there are several.
pub fn filing_in(document: &Value, target: &str) -> Value {
    let all = document["filings"].as_array().expect("filings");
    all.iter().rev().find(|filing| filing["target"]["code"] == target).expect("a filing there").clone()
}

/// Brings a fresh filing to a status and gives its id.
pub async fn filing_at(app: &TestApp, document: &str, target: &str, auditor: &str, status: &str) -> String {
    let id = filed(app, document, target).await;
    let intake = |result: &str| json!({"result": result, "reason": "材料不全"});
    let steps: &[(&str, &str, Value)] = &match status {
        "awaiting_registration" => vec![],
        "registration_suspended" => vec![(auditor, "intake", intake("suspended"))],
        "filing_refused" => vec![(auditor, "intake", intake("refused"))],
        "under_filing_review" => vec![(auditor, "intake", intake("registered"))],
        "rectifying" => vec![(auditor, "intake", intake("registered")), (auditor, "review", json!({"result": "self_correction"}))],
        "rectification_reported" => vec![
            (auditor, "intake", intake("registered")),
            (auditor, "review", json!({"result": "self_correction"})),
            ("drafter", "rectification", json!({"action": "amended", "report": "已修改"})),
        ],
        "filing_reviewed" => vec![(auditor, "intake", intake("registered")), (auditor, "review", json!({"result": "passed"}))],
        other => panic!("no filing status {other}"),
    };
    for (who, act, body) in steps {
        app.post(who, &format!("/filings/{id}/{act}"), body.clone()).await.expect(200);
    }
    let read = app.get(auditor, &format!("/filings/{id}")).await.expect(200);
    assert_eq!(read["status"], status);
    id
}
