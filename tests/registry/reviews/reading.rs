//! Who reads what the review said, and how its lists page.

use serde_json::{Value, json};

use super::resubmitted;
use crate::helpers::app::TestApp;
use crate::helpers::{meeting_story, published, story};

const LISTS: &[&str] = &["submissions", "opinions", "counsel-opinions"];

#[actix_web::test]
async fn what_the_review_said_is_read_by_drafter_reviewer_and_secretary_alone() {
    let app = TestApp::start().await;
    let id = story::set_back(&app, "unlawful").await;
    for list in LISTS {
        let path = format!("/documents/{id}/{list}");
        app.get("", &path).await.expect_problem(401, "unauthenticated");
        for who in ["drafter", "reviewer", "secretary"] {
            app.get(who, &path).await.expect(200);
        }
        for who in ["auditor", "county_auditor", "admin", "outsider"] {
            app.get(who, &path).await.expect_problem(404, "not_found");
        }
    }
    for who in ["drafter", "reviewer", "secretary"] {
        app.get(who, &format!("/documents/{id}/gate")).await.expect(200);
    }
    app.get("outsider", &format!("/documents/{id}/gate")).await.expect_problem(404, "not_found");
}

#[actix_web::test]
async fn a_draft_is_no_business_of_the_reviewer() {
    let app = TestApp::start().await;
    let id = story::with_materials(&app).await;
    for path in ["submissions", "opinions", "counsel-opinions", "gate"] {
        app.get("reviewer", &format!("/documents/{id}/{path}")).await.expect_problem(404, "not_found");
    }
}

#[actix_web::test]
async fn an_auditor_of_a_published_document_reads_the_opinions_once_it_is_filed() {
    let app = TestApp::start().await;
    let id = meeting_story::signed(&app).await;
    let read = async |who: &str, list: &str| app.get(who, &format!("/documents/{id}/{list}")).await;
    for (who, list) in ["auditor", "county_auditor"].into_iter().flat_map(|who| LISTS.iter().map(move |list| (who, list))) {
        read(who, list).await.expect_problem(404, "not_found");
    }
    meeting_story::publish(&app, &id).await;
    for who in ["auditor", "county_auditor"] {
        app.get(who, &format!("/documents/{id}")).await.expect(200);
        for list in LISTS {
            read(who, list).await.expect_problem(403, "forbidden");
        }
    }
    published::filed(&app, &id, "qinghe-yfzlb").await;
    for list in LISTS {
        read("auditor", list).await.expect(200);
        read("county_auditor", list).await.expect_problem(403, "forbidden");
    }
    assert_eq!(read("auditor", "opinions").await.json()["items"][0]["outcome"], "lawful");
    published::filed(&app, &id, "linjiang").await;
    assert_eq!(read("county_auditor", "opinions").await.expect(200), read("auditor", "opinions").await.json());
}

#[actix_web::test]
async fn every_round_is_listed_in_order_and_pages_join() {
    let app = TestApp::start().await;
    let id = story::set_back(&app, "unlawful").await;
    for (no, outcome) in [(2, "needs_amendment"), (3, "lawful")] {
        resubmitted(&app, &id, no).await;
        story::accept(&app, &id).await.expect(200);
        story::opine(&app, &id, outcome).await.expect(200);
    }
    for (list, number) in [("opinions", "opinion_no"), ("submissions", "submission_no")] {
        let whole = app.get("drafter", &format!("/documents/{id}/{list}")).await.expect(200);
        let numbers: Vec<&Value> = whole["items"].as_array().expect("items").iter().map(|item| &item[number]).collect();
        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!(whole["next_cursor"], Value::Null);
        let mut joined = Vec::new();
        let mut path = format!("/documents/{id}/{list}?limit=1");
        loop {
            let page = app.get("drafter", &path).await.expect(200);
            joined.extend(page["items"].as_array().expect("items").clone());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/documents/{id}/{list}?limit=1&cursor={cursor}");
        }
        assert_eq!(json!(joined), whole["items"]);
        app.get("drafter", &format!("/documents/{id}/{list}?cursor=x")).await.expect_problem(400, "bad_cursor");
        app.get("drafter", &format!("/documents/{id}/{list}?sort=x")).await.expect_problem(400, "unknown_query_parameter");
    }
}

#[actix_web::test]
async fn a_submission_sent_twice_with_one_key_is_one_submission() {
    let app = TestApp::start().await;
    let id = story::with_materials(&app).await;
    let headers = [("content-type", "application/json"), ("idempotency-key", "送审-1")];
    let key = [("content-type", "application/json"), ("idempotency-key", "submit-1")];
    let path = format!("/documents/{id}/submissions");
    let body = || Some(json!({"revision": 1}).to_string().into_bytes());
    app.send("POST", "drafter", &path, &headers, body()).await.expect_problem(400, "bad_header");
    let first = app.send("POST", "drafter", &path, &key, body()).await;
    let again = app.send("POST", "drafter", &path, &key, body()).await;
    assert_eq!(first.expect(200), again.expect(200));
    assert_eq!(again.header("idempotent-replayed"), "true");
    meeting_story::holds(&app, "(SELECT count(*) FROM submissions) = 1").await;
}
