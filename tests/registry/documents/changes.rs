//! PATCH: what binds besides the text makes a new revision, the drafting unit does not, and nobody overwrites unseen.

use serde_json::{Value, json};

use super::{drafted, rows};
use crate::helpers::app::{Answered, TestApp};

async fn patch_with(app: &TestApp, who: &str, path: &str, etag: Option<&str>, body: &Value) -> Answered {
    let mut headers = vec![("content-type", "application/merge-patch+json")];
    headers.extend(etag.map(|etag| ("if-match", etag)));
    app.send("PATCH", who, path, &headers, Some(body.to_string().into_bytes())).await
}

#[actix_web::test]
async fn only_the_drafter_of_the_document_changes_it() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let new = json!({"title": "新名"});
    patch_with(&app, "", &document, Some("*"), &new).await.expect_problem(401, "unauthenticated");
    patch_with(&app, "secretary", &document, Some("*"), &new).await.expect_problem(403, "forbidden");
    for who in ["outsider", "reviewer", "auditor", "county_auditor", "admin"] {
        patch_with(&app, who, &document, Some("*"), &new).await.expect_problem(404, "not_found");
    }
    assert_eq!(rows(&app, "revisions").await, 1);
}

#[actix_web::test]
async fn a_change_rests_on_the_latest_reading() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let new = json!({"title": "新名"});
    patch_with(&app, "drafter", &document, None, &new).await.expect_problem(428, "precondition_required");
    patch_with(&app, "drafter", &document, Some("\"0123\""), &new).await.expect_problem(412, "precondition_failed");
    let etag = app.get("drafter", &document).await.header("etag").to_owned();
    patch_with(&app, "drafter", &document, Some(&format!("W/{etag}")), &new).await.expect_problem(412, "precondition_failed");
    let changed = patch_with(&app, "drafter", &document, Some(&etag), &new).await;
    changed.expect(200);
    patch_with(&app, "drafter", &document, Some(&etag), &json!({"title": "再改"})).await.expect_problem(412, "precondition_failed");
    // The answer's own tag is good for the next change.
    let next = changed.header("etag").to_owned();
    patch_with(&app, "drafter", &document, Some(&next), &json!({"title": "再改"})).await.expect(200);
}

#[actix_web::test]
async fn of_two_changes_at_once_one_is_told_to_read_again() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let etag = app.get("drafter", &document).await.header("etag").to_owned();
    let (one, other) = (json!({"title": "甲办法"}), json!({"drafting_unit": "乙办公室"}));
    let (one, other) = tokio::join!(
        patch_with(&app, "drafter", &document, Some(&etag), &one),
        patch_with(&app, "drafter", &document, Some(&etag), &other)
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
}

#[actix_web::test]
async fn each_change_of_what_binds_is_a_new_revision_with_the_same_text_and_file() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let file = super::revisions::docx(&["第一条　甲。"]);
    app.post_form("drafter", &format!("{document}/revisions"), &[], Some(("a.docx", &file))).await.expect(201);
    let before = app.get("drafter", &format!("{document}/revisions/2")).await.expect(200);
    let changes = [
        ("title", json!("青禾镇集市管理规定")),
        ("document_class", json!("department_document")),
        ("joint_authorities", json!(["baishi"])),
        ("concerns_market_entities", json!(true)),
        ("issuing_authority", json!("linjiang")),
    ];
    let mut hashes = vec![before["revision_sha256"].clone()];
    for (number, (member, value)) in (3..).zip(changes) {
        let changed = app.patch("drafter", &document, json!({member: value})).await.expect(200);
        assert_eq!(changed["revision"], number, "{member}");
        let revision = app.get("drafter", &format!("{document}/revisions/{number}")).await.expect(200);
        assert_eq!((&revision["text"], &revision["file"]), (&before["text"], &before["file"]));
        assert!(!hashes.contains(&revision["revision_sha256"]), "{member}");
        assert_eq!(revision["revision_sha256"], changed["revision_sha256"]);
        hashes.push(revision["revision_sha256"].clone());
    }
    assert_eq!(app.get("drafter", &format!("{document}/revisions/7/file")).await.body, file);
    // Several at once are one revision; the secretary of the old issuer sees nothing of it any more.
    app.get("secretary", &document).await.expect_problem(404, "not_found");
    let back = json!({"title": "青禾镇集市管理办法", "issuing_authority": "qinghe", "drafting_unit": "社会事务办公室"});
    let changed = app.patch("drafter", &document, back).await.expect(200);
    assert_eq!((&changed["revision"], &changed["drafting_unit"]), (&8.into(), &"社会事务办公室".into()));
    app.get("secretary", &document).await.expect(200);
}

#[actix_web::test]
async fn the_drafting_unit_alone_makes_no_revision_and_no_change_makes_nothing() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let before = app.get("drafter", &document).await.expect(200);
    let entries = rows(&app, "log_entries").await;
    let same = json!({"title": before["title"], "drafting_unit": before["drafting_unit"], "issuing_authority": "qinghe",
        "joint_authorities": [], "replaces": [], "document_class": before["document_class"], "concerns_market_entities": false});
    for nothing in [json!({}), same] {
        let answer = app.patch("drafter", &document, nothing).await;
        assert_eq!(answer.expect(200), before);
        assert_eq!(answer.header("etag"), app.get("drafter", &document).await.header("etag"));
    }
    assert_eq!((rows(&app, "revisions").await, rows(&app, "log_entries").await), (1, entries));
    let changed = app.patch("drafter", &document, json!({"drafting_unit": "社会事务办公室"})).await.expect(200);
    assert_eq!((&changed["revision"], &changed["revision_sha256"]), (&1.into(), &before["revision_sha256"]));
    assert_ne!(changed["updated_at"], before["updated_at"]);
    assert_eq!((rows(&app, "revisions").await, rows(&app, "log_entries").await), (1, entries + 1));
}

#[actix_web::test]
async fn nothing_that_binds_can_be_removed_and_text_is_not_patched() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let members =
        ["title", "document_class", "issuing_authority", "drafting_unit", "concerns_market_entities", "joint_authorities", "replaces"];
    for member in members {
        let problem = app.patch("drafter", &document, json!({member: null})).await.expect_problem(422, "invalid_input");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{member}"), "{problem}");
    }
    for (member, value) in [("text", json!("新")), ("stage", json!("filed")), ("effect", json!("in_force")), ("title", json!(" "))] {
        app.patch("drafter", &document, json!({member: value})).await.expect_problem(422, "invalid_input");
    }
    app.patch("drafter", &document, json!([])).await.expect_problem(422, "invalid_input");
    app.patch("drafter", &document, json!({"issuing_authority": "qinghe-hewan"})).await.expect_problem(422, "not_an_issuer");
    let replaced = json!({"replaces": [{"document_id": "019a0000-0000-7000-8000-000000000000", "effect": "repealed"}]});
    app.patch("drafter", &document, replaced).await.expect_problem(422, "not_the_issuer");
    let etag = app.get("drafter", &document).await.header("etag").to_owned();
    for (media_type, content, status, code) in
        [("application/json", "{", 400, "malformed_body"), ("text/plain", "{}", 415, "unsupported_media_type")]
    {
        let headers = [("content-type", media_type), ("if-match", &etag)];
        app.send("PATCH", "drafter", &document, &headers, Some(content.into())).await.expect_problem(status, code);
    }
    assert_eq!(rows(&app, "revisions").await, 1);
}
