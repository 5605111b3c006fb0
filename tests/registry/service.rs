//! The service itself: health, figures, its document and the pages that explain it. All open.

use super::helpers::app::TestApp;

#[actix_web::test]
async fn a_migrated_service_is_live_and_ready() {
    let app = TestApp::start().await;
    assert_eq!(app.get("", "/health/live").await.expect(200)["status"], "live");
    let ready = app.get("", "/health/ready").await.expect(200);
    assert_eq!(ready["status"], "ready");
    assert_eq!(ready["migration"], lawgate::service::health::embedded_version().expect("a migration"));
}

#[actix_web::test]
async fn a_database_of_another_version_is_live_and_not_ready() {
    let app = TestApp::start().await;
    for change in [
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000001')",
        "DELETE FROM __diesel_schema_migrations WHERE version > '20261101000004'",
        "TRUNCATE __diesel_schema_migrations",
        "DROP TABLE __diesel_schema_migrations",
    ] {
        assert_eq!(app.sql_as_superuser(change).await, "ok");
        let refused = app.get("", "/health/ready").await;
        refused.expect_problem(503, "unavailable");
        assert!(!refused.header("retry-after").is_empty());
        app.get("", "/health/live").await.expect(200);
    }
}

#[actix_web::test]
async fn the_figures_count_answers_by_route_and_status() {
    let app = TestApp::start().await;
    app.get("", "/documents/00000000-0000-7000-8000-000000000000").await.expect_problem(401, "unauthenticated");
    let answered = app.get("", "/metrics").await;
    assert_eq!(answered.status, 200);
    assert!(answered.header("content-type").starts_with("text/plain"), "{:?}", answered.headers);
    let text = String::from_utf8(answered.body).expect("text");
    let line = text.lines().find(|line| line.contains("/api/v1/documents/{id}") && line.contains("401"));
    assert!(line.is_some_and(|line| line.starts_with("lawgate_http_requests_total")), "{text}");
    assert!(!text.contains("00000000-0000-7000"), "a figure names a document");
}

#[actix_web::test]
async fn the_pages_need_neither_a_login_nor_another_server() {
    let app = TestApp::start().await;
    for path in ["/api/docs", "/api/docs/", "/api/docs/problems"] {
        let page = app.get("", path).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("http") && !policy.contains('*'), "{policy}");
        assert!(!policy.contains("script-src 'self' 'unsafe"), "{policy}");
        let html = String::from_utf8(page.body).expect("text");
        assert!(!html.contains("http://") && !html.contains("https://") && !html.contains("\"//"), "{path} names another server");
        for part in html.split(['"']).filter(|part| part.starts_with("/api/docs/") || part.starts_with("/api/v1/")) {
            assert_eq!(app.get("", part).await.status, 200, "{path} links to {part}");
        }
    }
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "start.js"] {
        let answered = app.get("", &format!("/api/docs/{file}")).await;
        assert_eq!(answered.status, 200, "{file}");
        let media_type = if file.ends_with("css") { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
        assert_eq!(answered.header("content-type"), media_type);
    }
    app.get("", "/api/docs/nothing.js").await.expect_problem(404, "not_found");
    app.get("", "/api/docs/..%2F..%2FCargo.toml").await.expect_problem(404, "not_found");
}

#[actix_web::test]
async fn the_type_of_a_problem_leads_to_its_explanation() {
    let app = TestApp::start().await;
    let problem = app.get("", "/documents").await.json();
    let (page, anchor) = problem["type"].as_str().expect("a type").split_once('#').expect("an anchor");
    let html = String::from_utf8(app.get("", page).await.body).expect("text");
    assert!(html.contains(&format!("id=\"{anchor}\"")), "{anchor}");
}

#[actix_web::test]
async fn the_document_is_served_with_a_tag() {
    let app = TestApp::start().await;
    let first = app.get("", "/api/v1/openapi.json").await;
    assert_eq!(first.expect(200)["openapi"], "3.1.0");
    let again = app.send("GET", "", "/api/v1/openapi.json", &[("if-none-match", first.header("etag"))], None).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
}
