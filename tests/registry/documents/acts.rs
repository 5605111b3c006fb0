//! What a caller could do next: the same answer as the calls themselves give.

use serde_json::{Value, json};

use crate::helpers::app::TestApp;
use crate::helpers::{meeting_story, story};

/// Each act that is not allowed, with the codes of its reasons.
async fn refused(app: &TestApp, who: &str, id: &str) -> Vec<(String, Vec<String>)> {
    let list = app.get(who, &format!("/documents/{id}/actions")).await.expect(200);
    list["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|item| {
            assert_eq!(item["allowed"] == true, item["reasons"] == json!([]), "{item}");
            item["allowed"] == false
        })
        .map(|item| (item["action"].as_str().expect("a name").to_owned(), story::codes(&item["reasons"])))
        .collect()
}

async fn allowed(app: &TestApp, who: &str, id: &str) -> Vec<String> {
    let list = app.get(who, &format!("/documents/{id}/actions")).await.expect(200);
    let items: &Vec<Value> = list["items"].as_array().expect("items");
    assert_eq!(items.len(), 16, "every act is listed");
    items.iter().filter(|item| item["allowed"] == true).map(|item| item["action"].as_str().expect("a name").to_owned()).collect()
}

async fn reasons(app: &TestApp, who: &str, id: &str, action: &str) -> Vec<String> {
    refused(app, who, id).await.into_iter().find(|(name, _)| name == action).map(|(_, codes)| codes).unwrap_or_default()
}

#[actix_web::test]
async fn what_is_possible_follows_the_step_and_the_role() {
    let app = TestApp::start().await;
    let id = story::draft(&app).await;
    assert_eq!(allowed(&app, "drafter", &id).await, ["patch", "revisions", "materials", "withdrawal"]);
    assert!(allowed(&app, "secretary", &id).await.is_empty());
    story::add_materials(&app, &id).await;
    assert_eq!(allowed(&app, "drafter", &id).await, ["patch", "revisions", "materials", "submissions", "withdrawal"]);
    story::submit(&app, &id).await.expect(200);
    assert_eq!(allowed(&app, "drafter", &id).await, ["revisions", "withdrawal"]);
    assert_eq!(allowed(&app, "reviewer", &id).await, ["intake"]);
    story::accept(&app, &id).await.expect(200);
    assert_eq!(allowed(&app, "reviewer", &id).await, ["intake", "counsel_opinions", "opinions"]);
    assert!(allowed(&app, "secretary", &id).await.is_empty());
    story::opine(&app, &id, "lawful").await.expect(200);
    assert_eq!(allowed(&app, "secretary", &id).await, ["agenda"]);
    let meeting = meeting_story::meeting(&app, meeting_story::MEETING_DAY).await;
    meeting_story::place(&app, &meeting, &id).await;
    assert_eq!(allowed(&app, "secretary", &id).await, ["agenda_removal"]);
    assert_eq!(reasons(&app, "secretary", &id, "decision").await, ["date_in_future"]);
    app.on_day(meeting_story::MEETING_DAY).await;
    assert_eq!(allowed(&app, "secretary", &id).await, ["agenda_removal", "decision"]);
    assert!(allowed(&app, "drafter", &id).await.is_empty());
    meeting_story::decide(&app, &meeting, &id, "approved").await;
    assert_eq!(allowed(&app, "secretary", &id).await, ["decision", "issuance"]);
    meeting_story::issue(&app, &id).await;
    assert_eq!(allowed(&app, "secretary", &id).await, ["issuance_void", "publication"]);
    meeting_story::publish(&app, &id).await;
    assert!(allowed(&app, "secretary", &id).await.is_empty());
    assert_eq!(allowed(&app, "drafter", &id).await, ["filing"]);
    assert!(allowed(&app, "county_auditor", &id).await.is_empty());
    app.post("drafter", &format!("/documents/{id}/filing"), json!({"target": "linjiang"})).await.expect(200);
    assert_eq!(allowed(&app, "drafter", &id).await, ["filing"]);
    app.post("drafter", &format!("/documents/{id}/filing"), json!({})).await.expect(200);
    assert_eq!(reasons(&app, "drafter", &id, "filing").await, ["already_filed"]);
}

#[actix_web::test]
async fn everything_that_stands_in_the_way_is_named_at_once() {
    let app = TestApp::start().await;
    let id = story::draft(&app).await;
    assert_eq!(reasons(&app, "secretary", &id, "submissions").await[0], "forbidden");
    assert_eq!(reasons(&app, "secretary", &id, "issuance").await, ["wrong_step"]);
    assert_eq!(reasons(&app, "drafter", &id, "issuance").await, ["forbidden", "wrong_step"]);
    assert_eq!(reasons(&app, "drafter", &id, "submissions").await, ["materials_missing"; 4]);
    // The agenda names the gate's reasons, however far the document is from a meeting.
    let gate = story::gate(&app, &id).await;
    assert_eq!(reasons(&app, "secretary", &id, "agenda").await, gate);
    assert!(gate.contains(&"never_submitted".to_owned()) && gate.contains(&"no_opinion".to_owned()));
    app.get("outsider", &format!("/documents/{id}/actions")).await.expect_problem(404, "not_found");
    app.get("drafter", &format!("/documents/{id}/actions?meeting_id=1")).await.expect_problem(400, "unknown_query_parameter");
}

#[actix_web::test]
async fn a_text_that_may_not_come_again_is_said_before_it_is_tried() {
    let app = TestApp::start().await;
    let id = story::set_back(&app, "unlawful").await;
    assert_eq!(reasons(&app, "drafter", &id, "submissions").await, ["same_text"]);
    assert_eq!(allowed(&app, "reviewer", &id).await, ["opinions"]);
    story::revise(&app, &id, "第一条　改。").await;
    assert!(reasons(&app, "drafter", &id, "submissions").await.is_empty());
    // The opinion was on another text, so a second one is no more possible.
    assert_eq!(reasons(&app, "reviewer", &id, "opinions").await, ["wrong_step"]);
    // To insist is possible where the text is only to be amended.
    let id = story::set_back(&app, "needs_amendment").await;
    assert!(reasons(&app, "drafter", &id, "submissions").await.is_empty());
}

#[actix_web::test]
async fn an_author_is_told_that_they_do_not_review() {
    let app = TestApp::start().await;
    let grant = "INSERT INTO user_roles (user_id, body_id, role) SELECT u.id, b.id, 'drafter' FROM users u, bodies b WHERE u.login = 'li.reviewer' AND b.code = 'qinghe-fzb'";
    assert_eq!(app.change(grant).await, "ok");
    let made = app.post("reviewer", "/documents", crate::helpers::app::new_document()).await.expect(201);
    let id = made["id"].as_str().expect("an id");
    for kind in story::MATERIALS {
        let path = format!("/documents/{id}/materials");
        app.post_form("reviewer", &path, &[("kind", kind)], Some(("a", b"x"))).await.expect(201);
    }
    app.post("reviewer", &format!("/documents/{id}/submissions"), json!({"revision": 1})).await.expect(200);
    assert_eq!(reasons(&app, "reviewer", id, "intake").await, ["author_cannot_review"]);
    assert_eq!(reasons(&app, "reviewer", id, "opinions").await, ["author_cannot_review", "wrong_step"]);
}

#[actix_web::test]
async fn a_refusal_offers_no_act_that_is_over() {
    let app = TestApp::start().await;
    let id = story::under_review(&app).await;
    story::opine(&app, &id, "needs_amendment").await.expect(200);
    let signed = json!({"signed_by": "王建国", "signed_on": "2026-03-03"});
    let problem = app.post("secretary", &format!("/documents/{id}/issuance"), signed).await.expect_problem(409, "wrong_step");
    let allowed = problem["allowed"].as_array().expect("a list");
    assert!(allowed.contains(&json!("submissions")), "{problem}");
    assert!(!allowed.contains(&json!("decision")), "no meeting has decided: {problem}");
}
