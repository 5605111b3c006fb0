//! Who sees which documents: a list holds exactly what can be read one by one, for every role.

use serde_json::{Value, json};

use super::lists::titles;
use super::with;
use crate::helpers::app::TestApp;
use crate::helpers::{meeting_story, rows, story};

const EVERYBODY: &[&str] = &["drafter", "reviewer", "secretary", "auditor", "county_auditor", "admin", "outsider"];

async fn draft(app: &TestApp, who: &str, title: &str, issuer: &str) -> String {
    let body = with(&[("title", json!(title)), ("issuing_authority", json!(issuer))]);
    app.post(who, "/documents", body).await.expect(201)["id"].as_str().expect("an id").to_owned()
}

/// Documents of two townships and the county, at steps that matter to somebody's sight: id and title.
async fn documents(app: &TestApp) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (who, title, issuer, submitted) in [
        ("drafter", "本镇草稿", "qinghe", false),
        ("drafter", "本镇在审", "qinghe", true),
        ("drafter", "代县起草", "linjiang", false),
        ("drafter", "代县送审", "linjiang", true),
        ("drafter", "代邻镇送审", "baishi", true),
        ("outsider", "邻镇草稿", "baishi", false),
        ("outsider", "邻镇代起草", "qinghe", false),
        ("outsider", "邻镇代送审", "qinghe", true),
    ] {
        let id = draft(app, who, title, issuer).await;
        if submitted {
            assert_eq!(rows::run(app, &id, &rows::submit()).await, "ok");
        }
        all.push((id, title.to_owned()));
    }
    let published = draft(app, "drafter", "本镇已公布", "qinghe").await;
    rows::clear(app, &published).await;
    meeting_story::approve(app, &published).await;
    meeting_story::issue(app, &published).await;
    meeting_story::publish(app, &published).await;
    all.push((published, "本镇已公布".to_owned()));
    all
}

/// Compares the list with single readings and gives the titles that somebody sees.
async fn seen(app: &TestApp, who: &str, all: &[(String, String)]) -> Vec<String> {
    let mut readable = Vec::new();
    for (id, title) in all {
        let read = app.get(who, &format!("/documents/{id}")).await;
        match read.status {
            200 => readable.push(title.clone()),
            _ => drop(read.expect_problem(404, "not_found")),
        }
    }
    let listed = app.get(who, "/documents?sort=created_at").await.expect(200);
    assert_eq!(titles(&listed), readable, "{who}");
    // Page by page and through a filter that all pass, it is the same.
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page: Value = app.get(who, &format!("/documents?sort=created_at&limit=1&overdue=false&q=集市{cursor}")).await.expect(200);
        paged.extend(titles(&page));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(paged, readable, "{who}, page by page");
    readable
}

#[actix_web::test]
async fn a_list_holds_exactly_what_its_reader_may_read() {
    let app = TestApp::start().await;
    let all = documents(&app).await;
    let expected: &[(&str, &[&str])] = &[
        ("drafter", &["本镇草稿", "本镇在审", "代县起草", "代县送审", "代邻镇送审", "本镇已公布"]),
        ("reviewer", &["本镇在审", "邻镇代送审", "本镇已公布"]),
        ("secretary", &["本镇草稿", "本镇在审", "邻镇代起草", "邻镇代送审", "本镇已公布"]),
        ("auditor", &["本镇已公布"]),
        ("county_auditor", &["本镇已公布"]),
        ("admin", &[]),
        ("outsider", &["邻镇草稿", "邻镇代起草", "邻镇代送审"]),
    ];
    for (who, titles) in expected {
        assert_eq!(seen(&app, who, &all).await, *titles, "{who}");
    }
}

#[actix_web::test]
async fn roles_add_up_and_only_in_the_body_for_which_one_acts() {
    let app = TestApp::start().await;
    let all = documents(&app).await;
    let grant = async |login: &str, body: &str, role: &str| {
        let sql = format!(
            "INSERT INTO user_roles (user_id, body_id, role) SELECT u.id, b.id, '{role}' FROM users u, bodies b WHERE u.login = '{login}' AND b.code = '{body}'"
        );
        assert_eq!(app.change(&sql).await, "ok");
    };
    // The county's auditor keeps the county's meetings too; the admin's other hat is worn elsewhere.
    grant("sun.auditor", "linjiang", "secretary").await;
    assert_eq!(seen(&app, "county_auditor", &all).await, ["代县起草", "代县送审", "本镇已公布"]);
    grant("zhou.admin", "qinghe-jjb", "drafter").await;
    assert!(seen(&app, "admin", &all).await.is_empty());
    grant("zhou.admin", "qinghe", "secretary").await;
    assert_eq!(seen(&app, "admin", &all).await.len(), 5);
    // Every role at once, in a body that only receives filings.
    for role in ["drafter", "reviewer", "secretary", "admin"] {
        grant("zhao.auditor", "qinghe-yfzlb", role).await;
        assert_eq!(seen(&app, "auditor", &all).await, ["本镇已公布"], "{role}");
    }
    for who in EVERYBODY {
        seen(&app, who, &all).await;
    }
}

#[actix_web::test]
async fn what_was_filed_to_a_body_stays_known_to_it() {
    let app = TestApp::start().await;
    let all = documents(&app).await;
    let (published, _) = all.last().expect("the published one");
    app.post("drafter", &format!("/documents/{published}/filing"), json!({"target": "linjiang"})).await.expect(200);
    // From now on the township files to nobody: only the superior to whom it did file still knows of the document.
    assert_eq!(app.change("DELETE FROM filing_targets").await, "ok");
    assert_eq!(seen(&app, "county_auditor", &all).await, ["本镇已公布"]);
    assert!(seen(&app, "auditor", &all).await.is_empty());
}

#[actix_web::test]
async fn a_submission_opens_a_document_to_its_reviewer_and_everything_of_it() {
    let app = TestApp::start().await;
    let id = story::with_materials(&app).await;
    let parts = ["", "/revisions", "/revisions/1", "/materials", "/timeline", "/diff?from=1&to=1", "/actions"];
    for part in parts {
        app.get("reviewer", &format!("/documents/{id}{part}")).await.expect_problem(404, "not_found");
    }
    story::submit(&app, &id).await.expect(200);
    for part in parts {
        app.get("reviewer", &format!("/documents/{id}{part}")).await.expect(200);
        for who in ["auditor", "county_auditor", "admin", "outsider"] {
            app.get(who, &format!("/documents/{id}{part}")).await.expect_problem(404, "not_found");
        }
    }
    let materials = app.get("reviewer", &format!("/documents/{id}/materials")).await.expect(200);
    assert!(materials["items"].as_array().expect("items").iter().all(|material| material["submissions"] == json!([1])));
}

#[actix_web::test]
async fn published_documents_are_found_by_their_dates_effect_and_number() {
    let app = TestApp::start().await;
    let draft = draft(&app, "drafter", "本镇草稿", "qinghe").await;
    let id = meeting_story::published(&app).await;
    let number =
        app.get("drafter", &format!("/documents/{id}")).await.expect(200)["official_doc_no"].as_str().expect("a number").to_owned();
    let plain = number.replace('〔', "[").replace('〕', "]");
    let count = async |query: &str| {
        let page = app.get("secretary", &format!("/documents?{query}")).await.expect(200);
        page["items"].as_array().map(Vec::len)
    };
    for (query, found) in [
        ("effect=not_yet_effective".to_owned(), 1),
        ("effect=in_force".to_owned(), 0),
        ("in_force_on=2026-04-30".to_owned(), 0),
        ("in_force_on=2026-05-01".to_owned(), 1),
        ("published_from=2026-03-10&published_to=2026-03-10".to_owned(), 1),
        ("published_from=2026-03-11".to_owned(), 0),
        ("published_to=2026-03-09".to_owned(), 0),
        (format!("q={number}"), 1),
        (format!("q={plain}"), 1),
        (format!("q={}", number.replace('〔', "（").replace('〕', "）")), 1),
        ("stage=legality_review&step=published".to_owned(), 1),
    ] {
        assert_eq!(count(&query).await, Some(found), "{query}");
    }
    // What is not published comes last in either direction.
    for sort in ["publication_date", "-publication_date"] {
        let page = app.get("secretary", &format!("/documents?sort={sort}&limit=1")).await.expect(200);
        assert_eq!(page["items"][0]["id"], id.as_str());
        let cursor = page["next_cursor"].as_str().expect("a cursor");
        let rest = app.get("secretary", &format!("/documents?sort={sort}&limit=1&cursor={cursor}")).await.expect(200);
        assert_eq!((&rest["items"][0]["id"], &rest["next_cursor"]), (&draft.as_str().into(), &Value::Null));
    }
    app.on_day("2026-05-01").await;
    assert_eq!(count("effect=in_force").await, Some(1));
}

#[actix_web::test]
async fn overdue_is_what_has_a_deadline_that_is_over() {
    let app = TestApp::start().await;
    let draft = draft(&app, "drafter", "本镇草稿", "qinghe").await;
    let id = story::under_review(&app).await;
    let due_on = story::document(&app, &id).await["deadlines"][0]["due_on"].as_str().expect("a day").to_owned();
    let ids = async |query: &str| -> Vec<String> {
        let page = app.get("secretary", &format!("/documents?{query}")).await.expect(200);
        page["items"].as_array().expect("items").iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
    };
    app.on_day(&due_on).await;
    assert!(ids("overdue=true").await.is_empty());
    let after: chrono::NaiveDate = due_on.parse().expect("a day");
    app.on_day(&after.succ_opt().expect("a next day").to_string()).await;
    assert_eq!(ids("overdue=true").await, [id.as_str()]);
    assert_eq!(ids("overdue=false").await, [draft.as_str()]);
    let shown = story::document(&app, &id).await;
    assert_eq!(shown["deadlines"][0]["overdue"], true);
}
