//! The list of documents: filters, order, pages; who sees what is compared with reading one by one.

use serde_json::{Value, json};

use super::{drafted, with};
use crate::helpers::app::TestApp;

pub fn titles(page: &Value) -> Vec<String> {
    page["items"].as_array().expect("items").iter().map(|item| item["title"].as_str().expect("a title").to_owned()).collect()
}

async fn titled(app: &TestApp, title: &str) {
    app.post("drafter", "/documents", with(&[("title", json!(title))])).await.expect(201);
}

/// Every page of a list, one after the other.
async fn all_pages(app: &TestApp, who: &str, query: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app.get(who, &format!("/documents?limit=2&{query}{cursor}")).await.expect(200);
        found.extend(titles(&page));
        let Some(next) = page["next_cursor"].as_str() else { return found };
        cursor = format!("&cursor={next}");
    }
}

#[actix_web::test]
async fn a_list_shows_what_a_reading_shows() {
    let app = TestApp::start().await;
    let joint = with(&[("joint_authorities", json!(["baishi", "linjiang"]))]);
    app.post("drafter", "/documents", joint).await.expect(201);
    let document = drafted(&app).await;
    app.patch("drafter", &document, json!({"joint_authorities": ["bazhou"]})).await.expect(200);
    let listed = app.get("drafter", "/documents").await.expect(200);
    let items = listed["items"].as_array().expect("items");
    assert_eq!(items.len(), 2);
    for item in items {
        let path = format!("/documents/{}", item["id"].as_str().expect("an id"));
        assert_eq!(&app.get("drafter", &path).await.expect(200), item);
    }
}

#[actix_web::test]
async fn drafts_are_listed_for_their_body_and_their_issuer_and_nobody_else() {
    let app = TestApp::start().await;
    drafted(&app).await;
    for (who, count) in
        [("drafter", 1), ("secretary", 1), ("reviewer", 0), ("auditor", 0), ("county_auditor", 0), ("admin", 0), ("outsider", 0)]
    {
        for query in ["", "?q=集市", "?stage=drafted", "?overdue=false", "?limit=1", "?body=qinghe"] {
            let listed = app.get(who, &format!("/documents{query}")).await.expect(200);
            assert_eq!(listed["items"].as_array().map(Vec::len), Some(count), "{who} {query}");
            assert!(listed["next_cursor"].is_null());
        }
    }
    app.get("", "/documents").await.expect_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn a_filter_that_is_not_understood_is_refused_by_name() {
    let app = TestApp::start().await;
    for (query, parameter) in [
        ("colour=red", "colour"),
        ("limit=5&stage=draft", "stage"),
        ("step=x&limit=5", "step"),
        ("limit=5&effect=none", "effect"),
        ("overdue=maybe", "overdue"),
        ("published_from=2026-02-30", "published_from"),
        ("published_to=today", "published_to"),
        ("in_force_on=20260301", "in_force_on"),
        ("sort=colour", "sort"),
        ("stage=filed&stage=drafted", "stage"),
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
    ] {
        let answer = app.get("drafter", &format!("/documents?{query}")).await;
        assert_eq!((answer.status, &answer.json()["parameter"]), (400, &parameter.into()), "{query}");
    }
    let words = "甲%20".repeat(11);
    app.get("drafter", &format!("/documents?q={words}")).await.expect_problem(400, "bad_query_parameter");
}

#[actix_web::test]
async fn a_cursor_belongs_to_its_filter() {
    let app = TestApp::start().await;
    for title in ["甲", "乙"] {
        titled(&app, title).await;
    }
    let first = app.get("drafter", "/documents?limit=1&stage=drafted").await;
    let cursor = first.expect(200)["next_cursor"].as_str().expect("a cursor").to_owned();
    assert!(first.header("link").contains(&cursor) && first.header("link").contains("stage=drafted"));
    app.get("drafter", &format!("/documents?stage=drafted&cursor={cursor}&limit=7")).await.expect(200);
    for other in ["", "stage=filed&", "stage=drafted&sort=title&", "stage=drafted&q=甲&"] {
        app.get("drafter", &format!("/documents?{other}cursor={cursor}")).await.expect_problem(400, "bad_cursor");
    }
    app.get("drafter", "/documents?cursor=abc").await.expect_problem(400, "bad_cursor");
    app.get("drafter", &format!("/documents?stage=drafted&cursor={}x", &cursor[1..])).await.expect_problem(400, "bad_cursor");
}

#[actix_web::test]
async fn every_order_pages_through_everything_once() {
    let app = TestApp::start().await;
    for title in ["丙办法", "甲办法", "乙办法", "甲办法", "丁办法"] {
        titled(&app, title).await;
    }
    let newest_first = ["丁办法", "甲办法", "乙办法", "甲办法", "丙办法"];
    let oldest_first = ["丙办法", "甲办法", "乙办法", "甲办法", "丁办法"];
    let by_title = ["丁办法", "丙办法", "乙办法", "甲办法", "甲办法"];
    let by_title_back = ["甲办法", "甲办法", "乙办法", "丙办法", "丁办法"];
    for (query, expected) in [
        ("", newest_first),
        ("sort=-created_at", newest_first),
        ("sort=created_at", oldest_first),
        ("sort=updated_at", oldest_first),
        ("sort=-updated_at", newest_first),
        ("sort=title", by_title),
        ("sort=-title", by_title_back),
        ("sort=publication_date", oldest_first),
        ("sort=-publication_date", newest_first),
    ] {
        assert_eq!(all_pages(&app, "drafter", query).await, expected, "{query}");
    }
}

#[actix_web::test]
async fn pages_hold_what_was_there_at_the_start_once_while_more_is_added() {
    let app = TestApp::start().await;
    for number in 0..5 {
        titled(&app, &format!("旧{number}")).await;
    }
    for sort in ["-created_at", "created_at", "title", "-title", "publication_date", "-publication_date"] {
        let mut found: Vec<String> = Vec::new();
        let mut cursor = String::new();
        for round in 0.. {
            let page = app.get("secretary", &format!("/documents?limit=2&sort={sort}{cursor}")).await.expect(200);
            found.extend(titles(&page).into_iter().filter(|title| title.starts_with('旧')));
            if round < 4 {
                titled(&app, "新").await;
                titled(&app, "〇新").await;
            }
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        found.sort();
        assert_eq!(found, ["旧0", "旧1", "旧2", "旧3", "旧4"], "{sort}");
    }
}

#[actix_web::test]
async fn words_are_looked_for_literally_in_title_and_current_text() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    app.post("drafter", "/documents", with(&[("title", json!("白石[甲]办法")), ("text", json!("摊位费100%_全免"))])).await.expect(201);
    let found = async |query: &str| titles(&app.get("drafter", &format!("/documents?q={query}")).await.expect(200)).len();
    for (query, count) in [
        ("集市", 1),
        ("市集", 0),
        ("集市%20秩序", 1),
        ("集市　摊位", 0),
        ("%25", 1),
        ("0%25_全", 1),
        ("100_", 0),
        ("%27%20OR%20true", 0),
        ("〔甲〕", 1),
        ("（甲）", 1),
        ("甲办", 0),
        ("", 2),
        ("%20", 2),
    ] {
        assert_eq!(found(query).await, count, "{query}");
    }
    // The text that counts is the current one.
    app.post("drafter", &format!("{document}/revisions"), json!({"text": "第一条　公园。"})).await.expect(201);
    assert_eq!((found("秩序").await, found("公园").await), (0, 1));
}

#[actix_web::test]
async fn filters_hold_together() {
    let app = TestApp::start().await;
    drafted(&app).await;
    app.post("drafter", "/documents", with(&[("issuing_authority", json!("baishi"))])).await.expect(201);
    for (query, count) in [
        ("stage=drafted", 2),
        ("stage=filed", 0),
        ("step=drafting", 2),
        ("step=withdrawn", 0),
        ("effect=not_issued", 2),
        ("effect=in_force", 0),
        ("body=qinghe", 1),
        ("body=baishi", 1),
        ("body=qinghe&stage=drafted&step=drafting&effect=not_issued&q=集市&overdue=false", 1),
        ("overdue=true", 0),
        ("published_from=2020-01-01", 0),
        ("published_to=2030-01-01", 0),
        ("in_force_on=2026-06-01", 0),
    ] {
        let page = app.get("drafter", &format!("/documents?{query}")).await.expect(200);
        assert_eq!(page["items"].as_array().map(Vec::len), Some(count), "{query}");
    }
}
