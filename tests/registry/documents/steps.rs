//! At which steps a document may be revised, changed and given materials, and what that does to its step.

use serde_json::{Value, json};

use super::{rows, with};
use crate::helpers::app::{Answered, TestApp};
use crate::helpers::{meeting_story, story};

async fn revise(app: &TestApp, id: &str) -> Answered {
    app.post("drafter", &format!("/documents/{id}/revisions"), json!({"text": "第一条　改后的文本。"})).await
}

async fn add(app: &TestApp, id: &str) -> Answered {
    app.post_form("drafter", &format!("/documents/{id}/materials"), &[("kind", "other")], Some(("a", b"x"))).await
}

async fn retitle(app: &TestApp, id: &str) -> Answered {
    app.patch("drafter", &format!("/documents/{id}"), json!({"title": "青禾镇集市管理规定"})).await
}

async fn on_agenda(app: &TestApp) -> String {
    let id = story::cleared(app).await;
    let meeting = meeting_story::meeting(app, meeting_story::MEETING_DAY).await;
    meeting_story::place(app, &meeting, &id).await;
    id
}

async fn withdrawn(app: &TestApp) -> String {
    let id = story::draft(app).await;
    app.post("drafter", &format!("/documents/{id}/withdrawal"), json!({"reason": "不再需要"})).await.expect(200);
    id
}

#[track_caller]
fn check_wrong_step(answer: &Answered, step: &str) {
    let problem = answer.expect_problem(409, "wrong_step");
    assert_eq!(problem["step"], step);
    assert!(problem["stage"].is_string() && problem["allowed"].is_array(), "{problem}");
}

#[actix_web::test]
async fn a_new_text_of_what_is_with_the_reviewer_goes_back_to_the_drafter() {
    let app = TestApp::start().await;
    for id in [story::submitted(&app).await, story::under_review(&app).await, story::cleared(&app).await] {
        revise(&app, &id).await.expect(201);
        let shown = story::document(&app, &id).await;
        assert_eq!(
            (&shown["stage"], &shown["step"], &shown["revision"]),
            (&"legality_review".into(), &"amendment_required".into(), &2.into())
        );
        assert!(story::gate(&app, &id).await.contains(&"amendment_required".to_owned()));
    }
    let (_, deferred) = meeting_story::decided(&app, "deferred").await;
    revise(&app, &deferred).await.expect(201);
    assert_eq!(story::step(&app, &deferred).await, "amendment_required");
    assert!(story::gate(&app, &deferred).await.contains(&"opinion_stale".to_owned()));
}

#[actix_web::test]
async fn a_new_text_of_what_is_with_the_drafter_moves_nothing() {
    let app = TestApp::start().await;
    let supplement = story::submitted(&app).await;
    let missing = json!({"result": "supplement_requested", "reason": "缺材料", "missing": ["legal_basis"]});
    story::intake(&app, &supplement, missing).await.expect(200);
    let outside = story::submitted(&app).await;
    let no_norm = json!({"result": "out_of_scope", "recognition": "not_normative", "reason": "内部管理"});
    story::intake(&app, &outside, no_norm).await.expect(200);
    let drafts = [
        (story::draft(&app).await, "drafting"),
        (supplement, "supplement_requested"),
        (outside, "out_of_scope"),
        (story::set_back(&app, "needs_amendment").await, "amendment_required"),
        (story::set_back(&app, "unlawful").await, "unlawful"),
        (meeting_story::decided(&app, "rejected").await.1, "rejected"),
    ];
    for (id, step) in drafts {
        revise(&app, &id).await.expect(201);
        add(&app, &id).await.expect(201);
        retitle(&app, &id).await.expect(200);
        let shown = story::document(&app, &id).await;
        assert_eq!((&shown["step"], &shown["revision"]), (&step.into(), &3.into()), "{shown}");
    }
}

#[actix_web::test]
async fn on_the_agenda_and_from_the_approval_on_the_text_is_closed() {
    let app = TestApp::start().await;
    let closed = [
        (withdrawn(&app).await, "withdrawn"),
        (on_agenda(&app).await, "on_agenda"),
        (meeting_story::decided(&app, "approved").await.1, "approved"),
    ];
    for (id, step) in closed {
        let before = rows(&app, "revisions").await;
        check_wrong_step(&revise(&app, &id).await, step);
        check_wrong_step(&add(&app, &id).await, step);
        check_wrong_step(&retitle(&app, &id).await, step);
        assert_eq!(rows(&app, "revisions").await, before);
        assert_eq!(story::step(&app, &id).await, step);
    }
}

#[actix_web::test]
async fn a_signed_or_published_text_never_changes() {
    let app = TestApp::start().await;
    let id = meeting_story::signed(&app).await;
    check_wrong_step(&revise(&app, &id).await, "signed");
    check_wrong_step(&retitle(&app, &id).await, "signed");
    meeting_story::publish(&app, &id).await;
    check_wrong_step(&revise(&app, &id).await, "published");
    check_wrong_step(&add(&app, &id).await, "published");
    check_wrong_step(&retitle(&app, &id).await, "published");
    assert_eq!(rows(&app, "revisions").await, 1);
}

#[actix_web::test]
async fn what_is_with_the_reviewer_is_neither_patched_nor_given_materials() {
    let app = TestApp::start().await;
    for (id, step) in [
        (story::submitted(&app).await, "awaiting_intake"),
        (story::under_review(&app).await, "under_review"),
        (story::cleared(&app).await, "cleared"),
    ] {
        check_wrong_step(&retitle(&app, &id).await, step);
        check_wrong_step(&add(&app, &id).await, step);
        // Not even what makes no revision.
        check_wrong_step(&app.patch("drafter", &format!("/documents/{id}"), json!({"drafting_unit": "社会事务办公室"})).await, step);
        check_wrong_step(&app.patch("drafter", &format!("/documents/{id}"), json!({})).await, step);
    }
    // The reviewer sees it now, and still changes nothing.
    let id = story::submitted(&app).await;
    app.patch("reviewer", &format!("/documents/{id}"), json!({"title": "审"})).await.expect_problem(403, "forbidden");
    app.post("reviewer", &format!("/documents/{id}/revisions"), json!({"text": "审"})).await.expect_problem(403, "forbidden");
}

#[actix_web::test]
async fn a_deferred_document_goes_back_with_a_change_that_binds_and_stays_with_one_that_does_not() {
    let app = TestApp::start().await;
    let (_, id) = meeting_story::decided(&app, "deferred").await;
    let unit = app.patch("drafter", &format!("/documents/{id}"), json!({"drafting_unit": "社会事务办公室"})).await.expect(200);
    assert_eq!((&unit["step"], &unit["revision"]), (&"deferred".into(), &1.into()));
    add(&app, &id).await.expect(201);
    assert_eq!(story::step(&app, &id).await, "deferred");
    let title = retitle(&app, &id).await.expect(200);
    assert_eq!((&title["step"], &title["revision"]), (&"amendment_required".into(), &2.into()));
}

#[actix_web::test]
async fn after_an_approval_in_principle_only_text_and_title_may_still_change() {
    let app = TestApp::start().await;
    let replaced = meeting_story::published(&app).await;
    app.set_clock(crate::helpers::app::BEGIN).await;
    let (_, id) = meeting_story::decided(&app, "approved_in_principle").await;
    let path = format!("/documents/{id}");
    let fixed: [(&str, Value); 4] = [
        ("document_class", json!("department_document")),
        ("issuing_authority", json!("baishi")),
        ("joint_authorities", json!(["baishi"])),
        ("replaces", json!([{"document_id": replaced, "effect": "repealed"}])),
    ];
    for (member, value) in fixed {
        let problem = app.patch("drafter", &path, json!({member: value, "title": "改"})).await.expect_problem(409, "text_fixed");
        assert_eq!(problem["fixed"], json!([member]));
    }
    // To say again what is so changes nothing, and title and text are open.
    let open =
        json!({"title": "青禾镇集市管理规定", "issuing_authority": "qinghe", "joint_authorities": [], "concerns_market_entities": true});
    let changed = app.patch("drafter", &path, open).await.expect(200);
    assert_eq!((&changed["step"], &changed["revision"]), (&"finalising".into(), &2.into()));
    revise(&app, &id).await.expect(201);
    assert_eq!(story::step(&app, &id).await, "finalising");
}

#[actix_web::test]
async fn a_published_document_of_the_same_issuer_can_be_replaced() {
    let app = TestApp::start().await;
    let old = meeting_story::published(&app).await;
    let replaces = json!([{"document_id": old, "effect": "superseded"}]);
    let of_another = with(&[("replaces", replaces.clone()), ("issuing_authority", json!("baishi"))]);
    app.post("drafter", "/documents", of_another).await.expect_problem(422, "not_the_issuer");
    let twice = json!([{"document_id": old, "effect": "superseded"}, {"document_id": old, "effect": "repealed"}]);
    app.post("drafter", "/documents", with(&[("replaces", twice)])).await.expect_problem(422, "duplicate");
    let made = app.post("drafter", "/documents", with(&[("replaces", replaces.clone())])).await;
    assert_eq!(made.expect(201)["replaces"], replaces);
    // The new issuer would not be the old one's.
    let moved = app.patch("drafter", made.header("location"), json!({"issuing_authority": "baishi"})).await;
    moved.expect_problem(422, "not_the_issuer");
    let both = json!({"issuing_authority": "baishi", "replaces": []});
    assert_eq!(app.patch("drafter", made.header("location"), both).await.expect(200)["revision"], 2);
}
