//! An amendment that a clean-up ordered, and the new text that answers it: published by its day, on the day after, and taking
//! effect later than either.

use serde_json::json;

use super::helpers::app::{TestApp, new_document};
use super::helpers::published::{Days, SPRING, filed, published, published_of};

const DUE: &str = "2026-09-30";

/// A document whose amendment is ordered by [`DUE`], in a round that lets it lapse otherwise.
async fn ordered(app: &TestApp) -> String {
    let id = published(app, &SPRING).await;
    filed(app, &id, "linjiang").await;
    let round = json!({"title": "清理", "body": "qinghe", "trigger": "periodic", "cutoff_date": "2026-03-03", "lapse_if_missed": true});
    let cleanup = app.post("secretary", "/cleanups", round).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let proposal = json!({"document_id": id, "result": "amendment_ordered", "amend_due": DUE, "reason": "上位法已修改"});
    app.post("secretary", &format!("/cleanups/{cleanup}/results"), proposal).await.expect(201);
    let decided = json!({"minutes_no": "〔2026〕8号", "published_on": "2026-03-03"});
    app.post("secretary", &format!("/cleanups/{cleanup}/publication"), decided).await.expect(201);
    id
}

async fn replace(app: &TestApp, old: &str, days: &Days) {
    let mut new = new_document();
    new["replaces"] = json!([{"document_id": old, "effect": "superseded"}]);
    published_of(app, days, new).await;
}

async fn effect(app: &TestApp, id: &str, day: &str) -> String {
    app.on_day(day).await;
    app.get("secretary", &format!("/documents/{id}")).await.expect(200)["effect"].as_str().expect("a word").to_owned()
}

async fn owes_amendment(app: &TestApp, id: &str) -> bool {
    let document = app.get("secretary", &format!("/documents/{id}")).await.expect(200);
    document["deadlines"].as_array().expect("deadlines").iter().any(|deadline| deadline["kind"] == "amendment")
}

#[actix_web::test]
async fn what_is_published_by_its_day_leaves_no_gap_until_it_takes_effect() {
    let app = TestApp::start().await;
    let old = ordered(&app).await;
    assert!(owes_amendment(&app, &old).await);
    replace(&app, &old, &Days { published: DUE, effective: "2026-11-15", expires: "2031-11-14" }).await;
    assert_eq!(effect(&app, &old, DUE).await, "in_force");
    assert!(!owes_amendment(&app, &old).await, "the new text is there");
    assert_eq!(effect(&app, &old, "2026-10-01").await, "in_force");
    assert_eq!(effect(&app, &old, "2026-11-14").await, "in_force");
    assert_eq!(effect(&app, &old, "2026-11-15").await, "superseded");
}

#[actix_web::test]
async fn what_is_published_a_day_late_does_not_bring_the_lapsed_text_back() {
    let app = TestApp::start().await;
    let old = ordered(&app).await;
    app.on_day("2026-10-01").await;
    replace(&app, &old, &Days { published: "2026-10-01", effective: "2026-11-15", expires: "2031-11-14" }).await;
    for day in ["2026-10-01", "2026-11-14", "2026-11-15"] {
        assert_eq!(effect(&app, &old, day).await, "lapsed", "{day}");
    }
}
