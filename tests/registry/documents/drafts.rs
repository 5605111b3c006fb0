//! What may be drafted: only by a drafter, for a body that issues, jointly with others that do.

use serde_json::json;

use super::{drafted, rows, with};
use crate::helpers::app::{TestApp, new_document};

#[actix_web::test]
async fn nobody_but_a_drafter_creates_a_document() {
    let app = TestApp::start().await;
    app.post("", "/documents", new_document()).await.expect_problem(401, "unauthenticated");
    for who in ["reviewer", "secretary", "auditor", "county_auditor", "admin"] {
        app.post(who, "/documents", new_document()).await.expect_problem(403, "forbidden");
    }
    // Who may not do it is told so before their body is looked at.
    app.post("reviewer", "/documents", json!({"colour": "red"})).await.expect_problem(403, "forbidden");
    assert_eq!(rows(&app, "documents").await, 0);
}

#[actix_web::test]
async fn a_village_or_a_section_drafts_but_never_issues() {
    let app = TestApp::start().await;
    for code in ["qinghe-hewan", "qinghe-jjb", "linjiang-sfj"] {
        let body = with(&[("issuing_authority", json!(code))]);
        let problem = app.post("drafter", "/documents", body).await.expect_problem(422, "not_an_issuer");
        assert_eq!(problem["errors"][0]["pointer"], "/issuing_authority");
    }
    let joint = with(&[("joint_authorities", json!(["baishi", "qinghe-hewan", "nowhere", "qinghe", "baishi"]))]);
    let problem = app.post("drafter", "/documents", joint).await.expect_problem(422, "not_an_issuer");
    let named: Vec<(&str, &str)> = problem["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| (error["pointer"].as_str().expect("a pointer"), error["code"].as_str().expect("a code")))
        .collect();
    assert_eq!(
        named,
        [
            ("/joint_authorities/1", "not_an_issuer"),
            ("/joint_authorities/2", "unknown_body"),
            ("/joint_authorities/3", "duplicate"),
            ("/joint_authorities/4", "duplicate")
        ]
    );
    app.post("drafter", "/documents", with(&[("issuing_authority", json!("nowhere"))])).await.expect_problem(422, "unknown_body");
    assert_eq!(rows(&app, "documents").await, 0);
}

#[actix_web::test]
async fn a_document_issued_jointly_names_the_others_in_their_order() {
    let app = TestApp::start().await;
    let joint = with(&[("joint_authorities", json!(["linjiang", "baishi"]))]);
    let made = app.post("drafter", "/documents", joint).await.expect(201);
    let names: Vec<&str> = made["joint_authorities"].as_array().expect("a list").iter().filter_map(|body| body["name"].as_str()).collect();
    assert_eq!(names, ["临江县人民政府", "白石镇人民政府"]);
    let swapped = with(&[("joint_authorities", json!(["baishi", "linjiang"]))]);
    let other = app.post("drafter", "/documents", swapped).await.expect(201);
    assert_ne!(made["revision_sha256"], other["revision_sha256"], "the order of issuers is bound");
}

#[actix_web::test]
async fn only_published_documents_can_be_replaced_and_a_draft_looks_like_nothing() {
    let app = TestApp::start().await;
    let draft = app.get("drafter", &drafted(&app).await).await.expect(200)["id"].clone();
    let nothing = json!("019a0000-0000-7000-8000-000000000000");
    for id in [draft, nothing] {
        let replaces = with(&[("replaces", json!([{"document_id": id, "effect": "repealed"}]))]);
        let problem = app.post("drafter", "/documents", replaces).await.expect_problem(422, "not_the_issuer");
        assert_eq!(problem["errors"][0]["pointer"], "/replaces/0/document_id");
        assert_eq!(problem["errors"].as_array().map(Vec::len), Some(1));
    }
    let wrong = with(&[("replaces", json!([{"document_id": "7", "effect": "gone"}]))]);
    app.post("drafter", "/documents", wrong).await.expect_problem(422, "invalid_input");
    assert_eq!(rows(&app, "documents").await, 1);
}

#[actix_web::test]
async fn a_document_comes_from_a_form_with_a_file_as_well() {
    let app = TestApp::start().await;
    let fields = [
        ("title", "青禾镇集市管理办法"),
        ("document_class", "government_document"),
        ("issuing_authority", "qinghe"),
        ("drafting_unit", "经济发展办公室"),
        ("concerns_market_entities", "true"),
        ("joint_authorities", "baishi"),
    ];
    let file = super::revisions::docx(&["第一条　甲。"]);
    app.post_form("drafter", "/documents", &fields, None).await.expect_problem(422, "invalid_input");
    app.post_form("drafter", "/documents", &fields, Some(("a.docx", b"MZ\x90\x00"))).await.expect_problem(415, "unsupported_file");
    let mut wrong = fields;
    wrong[4].1 = "perhaps";
    app.post_form("drafter", "/documents", &wrong, Some(("a.docx", &file))).await.expect_problem(422, "invalid_input");
    assert_eq!(rows(&app, "documents").await, 0);
    let made = app.post_form("drafter", "/documents", &fields, Some(("a.docx", &file))).await;
    let body = made.expect(201);
    assert_eq!((&body["concerns_market_entities"], &body["joint_authorities"][0]["code"]), (&true.into(), &"baishi".into()));
    assert_eq!(app.get("drafter", &format!("{}/revisions/1/file", made.header("location"))).await.body, file);
}

#[actix_web::test]
async fn a_reader_who_has_it_already_is_told_so() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let etag = app.get("drafter", &document).await.header("etag").to_owned();
    let again = app.send("GET", "drafter", &document, &[("if-none-match", &etag)], None).await;
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, etag.as_str()));
    let other = app.send("GET", "drafter", &document, &[("if-none-match", "\"x\"")], None).await;
    assert_eq!(other.status, 200);
    app.post("drafter", &format!("{document}/revisions"), json!({"text": "新"})).await.expect(201);
    assert_eq!(app.send("GET", "drafter", &document, &[("if-none-match", &etag)], None).await.status, 200);
    // Nobody learns from a tag that there is something.
    app.send("GET", "outsider", &document, &[("if-none-match", &etag)], None).await.expect_problem(404, "not_found");
    app.get("drafter", &format!("{document}?colour=red")).await.expect_problem(400, "unknown_query_parameter");
}
