//! Submission materials: added only by the drafter, of any file type, given back as they were.

use super::{drafted, rows};
use crate::helpers::app::TestApp;

const PDF: &[u8] = b"%PDF-1.7\n\x00\xff binary";

#[actix_web::test]
async fn only_the_drafter_of_the_document_adds_a_material() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let path = format!("{document}/materials");
    let fields = [("kind", "legal_basis")];
    app.post_form("", &path, &fields, Some(("a.pdf", PDF))).await.expect_problem(401, "unauthenticated");
    app.post_form("secretary", &path, &fields, Some(("a.pdf", PDF))).await.expect_problem(403, "forbidden");
    for who in ["outsider", "reviewer", "auditor", "county_auditor", "admin"] {
        app.post_form(who, &path, &fields, Some(("a.pdf", PDF))).await.expect_problem(404, "not_found");
        app.get(who, &path).await.expect_problem(404, "not_found");
    }
    app.post_form("drafter", "/documents/7/materials", &fields, Some(("a.pdf", PDF))).await.expect_problem(404, "not_found");
    assert_eq!(rows(&app, "materials").await, 0);
}

#[actix_web::test]
async fn a_conclusion_goes_with_the_fair_competition_conclusion_and_nothing_else() {
    let app = TestApp::start().await;
    let path = format!("{}/materials", drafted(&app).await);
    let file = Some(("a.pdf", PDF));
    let without = [("kind", "fair_competition_conclusion")];
    app.post_form("drafter", &path, &without, file).await.expect_problem(422, "conclusion_mismatch");
    let beside = [("kind", "legal_basis"), ("conclusion", "compliant")];
    app.post_form("drafter", &path, &beside, file).await.expect_problem(422, "conclusion_mismatch");
    let unknown = [("kind", "fair_competition_conclusion"), ("conclusion", "fine")];
    app.post_form("drafter", &path, &unknown, file).await.expect_problem(422, "invalid_input");
    assert_eq!(rows(&app, "materials").await, 0);
    let both = [("kind", "fair_competition_conclusion"), ("conclusion", "exception")];
    let added = app.post_form("drafter", &path, &both, file).await.expect(201);
    assert_eq!(added["conclusion"], "exception");
}

#[actix_web::test]
async fn a_material_needs_its_kind_and_a_file_with_something_in_it() {
    let app = TestApp::start().await;
    let path = format!("{}/materials", drafted(&app).await);
    let pointer = |answer: &serde_json::Value| answer["errors"][0]["pointer"].as_str().map(str::to_owned);
    let missing = app.post_form("drafter", &path, &[("kind", "other")], None).await.expect_problem(422, "invalid_input");
    assert_eq!(pointer(&missing).as_deref(), Some("/file"));
    app.post_form("drafter", &path, &[("kind", "other")], Some(("a.txt", b""))).await.expect_problem(422, "invalid_input");
    let kindless = app.post_form("drafter", &path, &[], Some(("a.pdf", PDF))).await.expect_problem(422, "invalid_input");
    assert_eq!(pointer(&kindless).as_deref(), Some("/kind"));
    let more = [("kind", "other"), ("colour", "red")];
    app.post_form("drafter", &path, &more, Some(("a.pdf", PDF))).await.expect_problem(422, "invalid_input");
    app.post("drafter", &path, serde_json::json!({"kind": "other"})).await.expect_problem(422, "invalid_input");
    assert_eq!(rows(&app, "materials").await, 0);
}

#[actix_web::test]
async fn any_file_may_be_a_material_and_comes_back_byte_by_byte() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let path = format!("{document}/materials");
    let files: [(&str, &[u8], &str); 3] = [
        ("起草说明.pdf", PDF, "application/pdf"),
        ("../../说明\".txt", "第一条　甲。\r\n".as_bytes(), "text/plain"),
        ("x.docx", b"\x7fELF\x02\x01\x01", "application/octet-stream"),
    ];
    for (name, content, media_type) in files {
        let added = app.post_form("drafter", &path, &[("kind", "other")], Some((name, content))).await;
        let body = added.expect(201);
        assert_eq!((&body["file"]["media_type"], &body["file"]["size_bytes"]), (&media_type.into(), &content.len().into()));
        assert!(!body["file"]["name"].as_str().expect("a name").contains('/'));
        assert_eq!(app.get("drafter", added.header("location")).await.expect(200), body);
        let given = app.get("secretary", &format!("{}/file", added.header("location"))).await;
        assert_eq!((given.status, given.body.as_slice(), given.header("content-type")), (200, content, media_type));
        assert!(given.header("content-disposition").starts_with("attachment"), "{:?}", given.headers);
        for who in ["outsider", "reviewer", "admin"] {
            app.get(who, &format!("{}/file", added.header("location"))).await.expect_problem(404, "not_found");
        }
    }
    app.get("drafter", &format!("{path}/019a0000-0000-7000-8000-000000000000/file")).await.expect_problem(404, "not_found");
}

#[actix_web::test]
async fn a_material_of_one_document_is_not_found_under_another() {
    let app = TestApp::start().await;
    let (one, other) = (drafted(&app).await, drafted(&app).await);
    let added = app.post_form("drafter", &format!("{one}/materials"), &[("kind", "other")], Some(("a.pdf", PDF))).await.expect(201);
    let id = added["id"].as_str().expect("an id");
    app.get("drafter", &format!("{other}/materials/{id}")).await.expect_problem(404, "not_found");
    app.get("drafter", &format!("{other}/materials/{id}/file")).await.expect_problem(404, "not_found");
}

#[actix_web::test]
async fn the_list_of_materials_pages_in_the_order_of_adding() {
    let app = TestApp::start().await;
    let path = format!("{}/materials", drafted(&app).await);
    for kind in ["drafting_explanation", "legal_basis", "comment_summary"] {
        app.post_form("drafter", &path, &[("kind", kind)], Some(("a.pdf", PDF))).await.expect(201);
    }
    let first = app.get("drafter", &format!("{path}?limit=2")).await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let second = app.get("drafter", &format!("{path}?limit=2&cursor={cursor}")).await.expect(200);
    let kinds: Vec<&str> = [&first, &second]
        .into_iter()
        .flat_map(|page| page["items"].as_array().expect("items"))
        .map(|item| item["kind"].as_str().expect("a kind"))
        .collect();
    assert_eq!(kinds, ["drafting_explanation", "legal_basis", "comment_summary"]);
    assert!(second["next_cursor"].is_null());
    app.get("drafter", &format!("{path}?kind=other")).await.expect_problem(400, "unknown_query_parameter");
    app.get("drafter", &format!("{path}?cursor=x")).await.expect_problem(400, "bad_cursor");
    app.get("outsider", &format!("{path}?kind=other")).await.expect_problem(404, "not_found");
}
