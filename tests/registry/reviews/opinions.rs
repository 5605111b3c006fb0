//! Legality opinions and what counsel says: who gives them, on which text, what they must say, and where they lead.

use serde_json::{Value, json};

use super::{decided, fault, faults, let_the_drafter_review, on_agenda, resubmitted};
use crate::helpers::app::TestApp;
use crate::helpers::meeting_story;
use crate::helpers::story;

async fn opinions(app: &TestApp, id: &str) -> Vec<Value> {
    let list = app.get("reviewer", &format!("/documents/{id}/opinions")).await.expect(200);
    list["items"].as_array().expect("items").clone()
}

fn counsel() -> Value {
    json!({"counsel": "张律师", "kind": "legal_counsel", "opinion": "无不同意见", "conflict_of_interest": false})
}

#[actix_web::test]
async fn only_the_reviewer_gives_an_opinion() {
    let app = TestApp::start().await;
    let id = story::under_review(&app).await;
    for (path, body) in [
        (format!("/documents/{id}/opinions"), json!({"revision": 1, "outcome": "lawful", "summary": "合法"})),
        (format!("/documents/{id}/counsel-opinions"), counsel()),
    ] {
        app.post("", &path, body.clone()).await.expect_problem(401, "unauthenticated");
        for who in ["drafter", "secretary"] {
            app.post(who, &path, body.clone()).await.expect_problem(403, "forbidden");
        }
        for who in ["auditor", "county_auditor", "admin", "outsider"] {
            app.post(who, &path, body.clone()).await.expect_problem(404, "not_found");
        }
    }
    assert_eq!(story::step(&app, &id).await, "under_review");
}

#[actix_web::test]
async fn an_author_of_any_revision_gives_no_opinion_and_hears_no_counsel() {
    let app = TestApp::start().await;
    let id = story::under_review(&app).await;
    let_the_drafter_review(&app).await;
    let path = format!("/documents/{id}/opinions");
    let body = json!({"revision": 1, "outcome": "lawful", "summary": "合法"});
    app.post("drafter", &path, body).await.expect_problem(403, "author_cannot_review");
    app.post("drafter", &path, json!({"nonsense": 1})).await.expect_problem(403, "author_cannot_review");
    app.post("drafter", &format!("/documents/{id}/counsel-opinions"), counsel()).await.expect_problem(403, "author_cannot_review");
    assert_eq!(story::gate(&app, &id).await, ["under_review", "no_opinion"]);
}

#[actix_web::test]
async fn each_outcome_leads_to_its_step() {
    for (outcome, step) in [("lawful", "cleared"), ("needs_amendment", "amendment_required"), ("unlawful", "unlawful")] {
        let app = TestApp::start().await;
        let id = story::under_review(&app).await;
        assert_eq!(story::opine(&app, &id, outcome).await.expect(200)["step"], step);
        let all = opinions(&app, &id).await;
        assert_eq!((&all[0]["outcome"], &all[0]["opinion_no"], &all[0]["submission_no"]), (&outcome.into(), &1.into(), &1.into()));
        assert_eq!((&all[0]["revision"], &all[0]["corrects"]), (&1.into(), &Value::Null));
    }
}

#[actix_web::test]
async fn an_opinion_names_the_current_revision() {
    let app = TestApp::start().await;
    let id = story::under_review(&app).await;
    for revision in [2, 7] {
        story::opine_with(&app, &id, "lawful", json!({"revision": revision})).await.expect_problem(409, "revision_not_current");
    }
    resubmitted(&app, &id, 2).await;
    story::accept(&app, &id).await.expect(200);
    story::opine_with(&app, &id, "lawful", json!({"revision": 1})).await.expect_problem(409, "revision_not_current");
}

#[actix_web::test]
async fn what_is_not_lawful_has_comments() {
    let app = TestApp::start().await;
    let id = story::under_review(&app).await;
    for outcome in ["needs_amendment", "unlawful"] {
        let problem = story::opine_with(&app, &id, outcome, json!({"comments": []})).await.expect_problem(422, "comments_required");
        assert_eq!(faults(&problem), [fault("/comments", "comments_required")]);
    }
    let partial = json!({"comments": [{"article": "第二条", "problem": "越权", "suggestion": "删去"}]});
    story::opine_with(&app, &id, "unlawful", partial).await.expect_problem(422, "invalid_input");
    for broken in [json!({"summary": " "}), json!({"outcome": "approved"}), json!({"items": [""]}), json!({"reviewer": "li.reviewer"})] {
        story::opine_with(&app, &id, "lawful", broken).await.expect_problem(422, "invalid_input");
    }
    assert!(opinions(&app, &id).await.is_empty());
}

#[actix_web::test]
async fn a_lawful_opinion_may_have_comments_that_need_no_answer() {
    let app = TestApp::start().await;
    let id = story::under_review(&app).await;
    let members = json!({"comments": [story::comment()], "items": ["authority_scope", "procedure"]});
    story::opine_with(&app, &id, "lawful", members).await.expect(200);
    assert!(story::gate(&app, &id).await.is_empty());
    let all = opinions(&app, &id).await;
    assert_eq!((&all[0]["items"], &all[0]["comments"][0]["answer"]), (&json!(["authority_scope", "procedure"]), &Value::Null));
}

#[actix_web::test]
async fn no_opinion_before_the_intake_nor_on_the_agenda_nor_after_the_decision() {
    let app = TestApp::start().await;
    let awaiting = story::submitted(&app).await;
    let asked = story::submitted(&app).await;
    story::intake(&app, &asked, json!({"result": "supplement_requested", "reason": "材料"})).await.expect(200);
    let placed = on_agenda(&app).await;
    for id in [awaiting, asked, placed] {
        for outcome in ["lawful", "unlawful"] {
            story::opine_with(&app, &id, outcome, json!({"reason": "更正"})).await.expect_problem(409, "wrong_step");
        }
    }
    for outcome in ["approved", "rejected"] {
        let app = TestApp::start().await;
        let id = decided(&app, outcome).await;
        story::opine_with(&app, &id, "unlawful", json!({"reason": "更正"})).await.expect_problem(409, "wrong_step");
    }
}

#[actix_web::test]
async fn a_second_opinion_in_cleared_needs_a_reason_and_counts_instead() {
    let app = TestApp::start().await;
    let id = story::cleared(&app).await;
    for outcome in ["lawful", "needs_amendment", "unlawful"] {
        let problem = story::opine(&app, &id, outcome).await.expect_problem(422, "reason_required");
        assert_eq!(faults(&problem), [fault("/reason", "reason_required")]);
    }
    let confirmed = story::opine_with(&app, &id, "lawful", json!({"reason": "补充意见"})).await.expect(200);
    assert_eq!(confirmed["step"], "cleared");
    assert!(story::gate(&app, &id).await.is_empty());
    let overturned = story::opine_with(&app, &id, "unlawful", json!({"reason": "发现违反上位法"})).await.expect(200);
    assert_eq!(overturned["step"], "unlawful");
    assert_eq!(story::gate(&app, &id).await, ["unlawful", "comments_unanswered"]);
    let all = opinions(&app, &id).await;
    assert_eq!(all.len(), 3, "every opinion is kept");
    assert_eq!((&all[1]["corrects"], &all[2]["corrects"]), (&all[0]["id"], &all[1]["id"]));
    assert_eq!(all[2]["reason"], "发现违反上位法");
}

#[actix_web::test]
async fn a_second_opinion_overturns_a_setback_on_the_unchanged_text() {
    for outcome in ["needs_amendment", "unlawful"] {
        let app = TestApp::start().await;
        let id = story::set_back(&app, outcome).await;
        story::opine(&app, &id, "lawful").await.expect_problem(422, "reason_required");
        // The same again changes nothing but what counts.
        let again = story::opine_with(&app, &id, outcome, json!({"reason": "补充"})).await.expect(200);
        assert_eq!(again["revision"], 1);
        let cleared = story::opine_with(&app, &id, "lawful", json!({"reason": "原意见有误"})).await.expect(200);
        assert_eq!(cleared["step"], "cleared");
        assert!(story::gate(&app, &id).await.is_empty(), "a lawful opinion ends the reasons of earlier ones");
        assert!(story::open_comments(&app, &id).await.is_empty());
    }
}

#[actix_web::test]
async fn once_the_drafter_has_revised_there_is_no_second_opinion_before_a_submission() {
    for outcome in ["needs_amendment", "unlawful"] {
        let app = TestApp::start().await;
        let id = story::set_back(&app, outcome).await;
        story::revise(&app, &id, &story::text(2)).await;
        let refused = story::opine_with(&app, &id, "lawful", json!({"reason": "更正"})).await.expect_problem(409, "wrong_step");
        assert!(!refused["allowed"].as_array().expect("allowed").contains(&"opinions".into()), "{refused}");
    }
}

#[actix_web::test]
async fn what_a_revision_or_a_meeting_put_back_has_no_second_opinion() {
    let app = TestApp::start().await;
    let revised = story::cleared(&app).await;
    story::revise(&app, &revised, &story::text(2)).await;
    assert_eq!(story::step(&app, &revised).await, "amendment_required");
    story::opine_with(&app, &revised, "lawful", json!({"reason": "更正"})).await.expect_problem(409, "wrong_step");
    let sent_back = decided(&app, "amend_then_resubmit").await;
    story::opine_with(&app, &sent_back, "lawful", json!({"reason": "更正"})).await.expect_problem(409, "wrong_step");
}

#[actix_web::test]
async fn a_second_opinion_in_deferred_moves_the_document_by_its_outcome() {
    for (outcome, step) in [("lawful", "cleared"), ("needs_amendment", "amendment_required"), ("unlawful", "unlawful")] {
        let app = TestApp::start().await;
        let id = decided(&app, "deferred").await;
        assert!(story::gate(&app, &id).await.is_empty());
        story::opine(&app, &id, outcome).await.expect_problem(422, "reason_required");
        let moved = story::opine_with(&app, &id, outcome, json!({"reason": "情况变化"})).await.expect(200);
        assert_eq!(moved["step"], step);
    }
}

#[actix_web::test]
async fn in_finalising_an_opinion_is_on_the_finished_text_and_the_step_stays() {
    let app = TestApp::start().await;
    let id = decided(&app, "approved_in_principle").await;
    story::revise(&app, &id, &story::text(2)).await;
    assert_eq!(story::gate(&app, &id).await, ["opinion_stale", "already_decided"]);
    story::opine_with(&app, &id, "lawful", json!({"revision": 1})).await.expect_problem(409, "revision_not_current");
    let asked = story::opine(&app, &id, "needs_amendment").await.expect(200);
    assert_eq!(asked["step"], "finalising");
    assert_eq!(story::gate(&app, &id).await, ["comments_unanswered", "amendment_required", "already_decided"]);
    story::revise(&app, &id, &story::text(3)).await;
    let finished = story::opine(&app, &id, "lawful").await.expect(200);
    assert_eq!((&finished["step"], &finished["revision"]), (&"finalising".into(), &3.into()));
    assert_eq!(story::gate(&app, &id).await, ["already_decided"]);
}

#[actix_web::test]
async fn counsel_is_heard_under_review_in_cleared_and_in_finalising_and_nowhere_else() {
    let app = TestApp::start().await;
    let drafted = story::draft(&app).await;
    app.post("reviewer", &format!("/documents/{drafted}/counsel-opinions"), counsel()).await.expect_problem(404, "not_found");
    for id in [story::submitted(&app).await, story::set_back(&app, "unlawful").await, on_agenda(&app).await] {
        app.post("reviewer", &format!("/documents/{id}/counsel-opinions"), counsel()).await.expect_problem(409, "wrong_step");
    }
    for id in [story::under_review(&app).await, story::cleared(&app).await, decided(&app, "approved_in_principle").await] {
        let path = format!("/documents/{id}/counsel-opinions");
        let recorded = app.post("reviewer", &path, counsel()).await;
        let body = recorded.expect(201);
        assert_eq!((&body["counsel"], &body["recorded_by"], &body["revision"]), (&"张律师".into(), &"li.reviewer".into(), &1.into()));
        assert_eq!(app.get("reviewer", recorded.header("location")).await.expect(200), body);
        assert_eq!(app.get("drafter", &path).await.expect(200)["items"], json!([body]));
    }
}

#[actix_web::test]
async fn what_counsel_said_is_whole() {
    let app = TestApp::start().await;
    let id = story::under_review(&app).await;
    let path = format!("/documents/{id}/counsel-opinions");
    for (name, value) in
        [("counsel", json!(" ")), ("kind", json!("friend")), ("opinion", Value::Null), ("conflict_of_interest", json!("no"))]
    {
        let mut body = counsel();
        body[name] = value;
        app.post("reviewer", &path, body).await.expect_problem(422, "invalid_input");
    }
    app.get("reviewer", &format!("{path}/01900000-0000-7000-8000-000000000000")).await.expect_problem(404, "not_found");
}

#[actix_web::test]
async fn opinions_and_their_comments_are_never_changed() {
    let app = TestApp::start().await;
    let id = story::set_back(&app, "unlawful").await;
    for sql in [
        "UPDATE opinions SET outcome = 'lawful'",
        "DELETE FROM opinions",
        "UPDATE opinion_comments SET problem = ''",
        "UPDATE submissions SET note = 'x'",
        "DELETE FROM intakes",
    ] {
        assert_ne!(app.sql(sql).await, "ok", "{sql}");
    }
    meeting_story::holds(&app, &format!("(SELECT opinion_outcome FROM documents WHERE id = '{id}') = 'unlawful'")).await;
}
