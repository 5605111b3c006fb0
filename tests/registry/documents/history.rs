//! The comparison of revisions and the timeline.

use serde_json::json;

use super::drafted;
use crate::helpers::app::TestApp;

#[actix_web::test]
async fn two_revisions_are_compared_by_article_in_three_forms() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let text = "青禾镇集市管理办法\n第一条　为了规范集市秩序，结合本镇实际，制定本办法。\n第二条　本办法适用于本镇的集市。\n";
    app.post("drafter", &format!("{document}/revisions"), json!({"text": text})).await.expect(201);
    let found = app.get("secretary", &format!("{document}/diff?from=1&to=2")).await.expect(200);
    assert_eq!((&found["identical"], &found["from"]["revision"], &found["to"]["revision"]), (&false.into(), &1.into(), &2.into()));
    assert_eq!((&found["summary"]["changed"], &found["summary"]["removed"]), (&1.into(), &1.into()));
    assert_eq!(app.get("drafter", &format!("{document}/diff?from=1&to=2&format=json")).await.expect(200), found);
    let page = app.get("drafter", &format!("{document}/diff?from=1&to=2&format=html")).await;
    assert!(page.header("content-type").starts_with("text/html") && String::from_utf8_lossy(&page.body).contains("<del>"));
    assert!(page.header("content-security-policy").contains("sandbox"));
    let file = app.get("drafter", &format!("{document}/diff?from=2&to=1&format=docx")).await;
    assert!(file.body.starts_with(b"PK") && file.header("content-disposition").contains("2-1.docx"));
    let same = app.get("drafter", &format!("{document}/diff?from=2&to=2")).await.expect(200);
    assert_eq!(same["identical"], true);
}

#[actix_web::test]
async fn a_change_without_a_change_of_text_shows_in_the_comparison() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    app.patch("drafter", &document, json!({"title": "青禾镇集市管理规定", "concerns_market_entities": true})).await.expect(200);
    let found = app.get("drafter", &format!("{document}/diff?from=1&to=2")).await.expect(200);
    assert_eq!(found["identical"], true);
    assert_eq!(found["particulars_changed"], json!(["title", "concerns_market_entities"]));
    assert_ne!(found["from"]["revision_sha256"], found["to"]["revision_sha256"]);
}

#[actix_web::test]
async fn a_comparison_that_cannot_be_made_is_refused_by_what_is_wrong() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    for (query, status, code) in [
        ("", 400, "bad_query_parameter"),
        ("?from=1", 400, "bad_query_parameter"),
        ("?from=1&to=x", 400, "bad_query_parameter"),
        ("?from=1&to=1&format=pdf", 400, "bad_query_parameter"),
        ("?from=1&to=1&colour=red", 400, "unknown_query_parameter"),
        ("?from=1&to=2", 404, "not_found"),
        ("?from=0&to=1", 404, "not_found"),
        ("?from=-1&to=1", 404, "not_found"),
    ] {
        app.get("drafter", &format!("{document}/diff{query}")).await.expect_problem(status, code);
        app.get("outsider", &format!("{document}/diff{query}")).await.expect_problem(404, "not_found");
    }
    let problem = app.get("drafter", &format!("{document}/diff?from=1&to=x")).await.json();
    assert_eq!(problem["parameter"], "to");
}

#[actix_web::test]
async fn everything_that_happened_stands_on_the_timeline_with_who_and_when() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    app.post("drafter", &format!("{document}/revisions"), json!({"text": "新"})).await.expect(201);
    app.patch("drafter", &document, json!({"title": "新名"})).await.expect(200);
    app.post_form("drafter", &format!("{document}/materials"), &[("kind", "other")], Some(("a", b"x"))).await.expect(201);
    app.post("drafter", &format!("{document}/revisions?dry_run=true"), json!({"text": "只试"})).await.expect(200);
    let shown = app.get("secretary", &format!("{document}/timeline")).await.expect(200);
    let items = shown["items"].as_array().expect("items");
    let acts: Vec<(&str, i64)> =
        items.iter().map(|item| (item["type"].as_str().expect("a type"), item["revision"].as_i64().expect("a number"))).collect();
    assert_eq!(acts, [("document.created", 1), ("document.revised", 2), ("document.changed", 3), ("material.added", 3)]);
    for item in items {
        assert_eq!((&item["actor"]["login"], &item["actor"]["role"]), (&"chen.drafter".into(), &"drafter".into()));
        assert_eq!(item["actor"]["body"]["code"], "qinghe-jjb");
        assert!(item["at"].as_str().expect("a moment").starts_with("2026-03-03T01:") && item["at"].as_str().expect("one").ends_with('Z'));
        assert!(!item["data"].to_string().contains("第一条"), "no text of a document stands in the log");
    }
    let first = app.get("drafter", &format!("{document}/timeline?limit=3")).await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let rest = app.get("drafter", &format!("{document}/timeline?limit=3&cursor={cursor}")).await.expect(200);
    assert_eq!(rest["items"], json!([items[3]]));
    app.get("outsider", &format!("{document}/timeline")).await.expect_problem(404, "not_found");
    app.get("drafter", &format!("{document}/timeline?after=0")).await.expect_problem(400, "unknown_query_parameter");
}
