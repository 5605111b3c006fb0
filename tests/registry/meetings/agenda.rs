//! The agenda: reached through the gate alone, frozen while it stands, free again when taken off.

use futures_util::future::{join, join_all};
use serde_json::json;

use crate::helpers::app::{TestApp, new_document};
use crate::helpers::meeting_story::{MEETING_DAY, cleared, decided, drafted, holds, meeting, place, reasons, step_of, text};
use crate::helpers::rows;

#[actix_web::test]
async fn a_document_under_review_cannot_be_put_on_an_agenda() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, MEETING_DAY).await;
    let agenda = format!("/meetings/{meeting}/agenda");
    let document = drafted(&app, new_document()).await;
    let problem = app.post("secretary", &agenda, json!({"document_id": document})).await.expect_problem(409, "gate_closed");
    assert_eq!(reasons(&problem), ["never_submitted", "no_opinion", "materials_missing"]);
    assert!(problem["reasons"][0]["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
    assert_eq!(rows::run(&app, &document, &rows::submit()).await, "ok");
    let problem = app.post("secretary", &agenda, json!({"document_id": document})).await.expect_problem(409, "gate_closed");
    assert_eq!(reasons(&problem), ["under_review", "no_opinion"]);
    holds(&app, "NOT EXISTS (SELECT FROM agenda_items)").await;
    let tried = app.post("secretary", &format!("{agenda}?dry_run=true"), json!({"document_id": document})).await.expect(200);
    assert_eq!((tried["allowed"].as_bool(), reasons(&tried).len()), (Some(false), 2));
}

#[actix_web::test]
async fn a_cleared_document_goes_on_an_agenda_once() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let meeting = meeting(&app, MEETING_DAY).await;
    let path = format!("/meetings/{meeting}/agenda");
    let tried = app.post("secretary", &format!("{path}?dry_run=true"), json!({"document_id": document})).await.expect(200);
    assert_eq!(tried, json!({"allowed": true, "reasons": []}));
    assert_eq!(step_of(&app, &document).await, "cleared");
    let item = place(&app, &meeting, &document).await;
    assert_eq!((text(&item["document_id"]), text(&item["state"])), (document.clone(), "live".to_owned()));
    assert_eq!(item["revision"], 1);
    assert_eq!(step_of(&app, &document).await, "on_agenda");
    let again = app.post("secretary", &path, json!({"document_id": document})).await.expect_problem(409, "gate_closed");
    assert_eq!(reasons(&again), ["already_on_agenda"]);
    let shown = app.get("secretary", &format!("/meetings/{meeting}")).await.expect(200);
    assert_eq!(shown["agenda"], json!([item]));
}

#[actix_web::test]
async fn a_text_changed_after_its_opinion_needs_another_one() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let meeting = meeting(&app, MEETING_DAY).await;
    let revised =
        app.post("drafter", &format!("/documents/{document}/revisions"), json!({"text": "青禾镇集市管理办法\n第一条　改。\n"})).await;
    revised.expect(201);
    let path = format!("/meetings/{meeting}/agenda");
    let problem = app.post("secretary", &path, json!({"document_id": document})).await.expect_problem(409, "gate_closed");
    assert_eq!(reasons(&problem), ["opinion_stale", "amendment_required"]);
}

#[actix_web::test]
async fn a_meeting_that_is_too_early_over_or_cancelled_takes_no_document() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let early = meeting(&app, "2026-03-09").await;
    let over = meeting(&app, "2026-03-02").await;
    let cancelled = meeting(&app, MEETING_DAY).await;
    app.patch("secretary", &format!("/meetings/{cancelled}"), json!({"status": "cancelled"})).await.expect(200);
    for (meeting, expected) in [
        (early, vec!["meeting_too_early"]),
        (over, vec!["meeting_before_opinion", "meeting_too_early", "meeting_already_held"]),
        (cancelled, vec!["meeting_cancelled"]),
    ] {
        let path = format!("/meetings/{meeting}/agenda");
        let problem = app.post("secretary", &path, json!({"document_id": document})).await.expect_problem(409, "gate_closed");
        assert_eq!(reasons(&problem), expected);
    }
}

#[actix_web::test]
async fn only_the_issuers_secretary_keeps_the_agenda() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let meeting = meeting(&app, MEETING_DAY).await;
    let (agenda, entry) = (format!("/meetings/{meeting}/agenda"), format!("/meetings/{meeting}/agenda/{document}"));
    // A secretary of the neighbouring town, and their document.
    assert_eq!(
        app.change("INSERT INTO user_roles SELECT u.id, b.id, 'secretary' FROM users u, bodies b WHERE u.login = 'wu.drafter' AND b.code = 'baishi'")
            .await,
        "ok"
    );
    for (who, status, code) in [
        ("drafter", 403, "forbidden"),
        ("reviewer", 403, "forbidden"),
        ("auditor", 403, "forbidden"),
        ("admin", 403, "forbidden"),
        ("county_auditor", 404, "not_found"),
        ("outsider", 404, "not_found"),
        ("", 401, "unauthenticated"),
    ] {
        app.get(who, &format!("/meetings/{meeting}")).await.expect_problem(status, code);
        app.post(who, &agenda, json!({"document_id": document})).await.expect_problem(status, code);
        app.delete(who, &entry).await.expect_problem(status, code);
        app.post(who, &format!("{entry}/decision"), json!({})).await.expect_problem(status, code);
        app.post(who, &format!("{entry}/confirmation"), json!({})).await.expect_problem(status, code);
    }
    let mut theirs = new_document();
    theirs["issuing_authority"] = "baishi".into();
    let theirs = text(&app.post("outsider", "/documents", theirs).await.expect(201)["id"]);
    app.post("secretary", &agenda, json!({"document_id": theirs})).await.expect_problem(404, "not_found");
    app.post("secretary", "/meetings/none/agenda", json!({})).await.expect_problem(404, "not_found");
    holds(&app, "NOT EXISTS (SELECT FROM agenda_items)").await;
}

#[actix_web::test]
async fn a_bad_body_is_named_before_the_state_is_looked_at() {
    let app = TestApp::start().await;
    let agenda = format!("/meetings/{}/agenda", meeting(&app, MEETING_DAY).await);
    for body in [json!({}), json!({"document_id": "7"}), json!({"document_id": 7}), json!({"document_id": uuid(), "colour": "red"})] {
        app.post("secretary", &agenda, body).await.expect_problem(422, "invalid_input");
    }
    app.post("secretary", &agenda, json!({"document_id": uuid()})).await.expect_problem(404, "not_found");
}

fn uuid() -> String {
    uuid::Uuid::now_v7().to_string()
}

#[actix_web::test]
async fn what_stands_on_an_agenda_is_frozen() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let meeting = meeting(&app, MEETING_DAY).await;
    place(&app, &meeting, &document).await;
    let revised = app.post("drafter", &format!("/documents/{document}/revisions"), json!({"text": "别的文本"})).await;
    let problem = revised.expect_problem(409, "wrong_step");
    assert_eq!((problem["stage"].as_str(), problem["step"].as_str()), (Some("legality_review"), Some("on_agenda")));
    assert_eq!(problem["allowed"], json!(["agenda_removal", "decision"]));
}

#[actix_web::test]
async fn what_is_taken_off_is_cleared_again_and_can_be_placed_again() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let meeting = meeting(&app, MEETING_DAY).await;
    let entry = format!("/meetings/{meeting}/agenda/{document}");
    app.delete("secretary", &entry).await.expect_problem(404, "not_found");
    place(&app, &meeting, &document).await;
    assert_eq!(app.delete("secretary", &entry).await.status, 204);
    assert_eq!(step_of(&app, &document).await, "cleared");
    app.delete("secretary", &entry).await.expect_problem(404, "not_found");
    place(&app, &meeting, &document).await;
    let shown = app.get("secretary", &format!("/meetings/{meeting}")).await.expect(200);
    let states: Vec<_> = shown["agenda"].as_array().expect("an agenda").iter().map(|item| text(&item["state"])).collect();
    assert_eq!(states, ["taken_off", "live"]);
    assert_eq!(shown["agenda"][0]["removal"], "taken_off");
}

#[actix_web::test]
async fn what_is_decided_is_not_taken_off() {
    let app = TestApp::start().await;
    for outcome in ["approved", "deferred"] {
        let (meeting, document) = decided(&app, outcome).await;
        let problem = app.delete("secretary", &format!("/meetings/{meeting}/agenda/{document}")).await.expect_problem(409, "wrong_step");
        assert_eq!(problem["step"], outcome);
        app.set_clock("2026-03-03T01:00:00Z").await;
    }
}

#[actix_web::test]
async fn a_deferred_document_goes_on_the_next_agenda() {
    let app = TestApp::start().await;
    let (first, document) = decided(&app, "deferred").await;
    let path = format!("/meetings/{first}/agenda");
    place(&app, &first, &document).await;
    app.delete("secretary", &format!("{path}/{document}")).await;
    assert_eq!(step_of(&app, &document).await, "cleared");
    let next = meeting(&app, "2026-03-17").await;
    place(&app, &next, &document).await;
    assert_eq!(step_of(&app, &document).await, "on_agenda");
}

#[actix_web::test]
async fn eight_at_once_place_it_once() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let meetings = [meeting(&app, MEETING_DAY).await, meeting(&app, "2026-03-11").await];
    let calls = (0..8).map(|turn| {
        let (app, document, meeting) = (&app, &document, meetings[turn % 2].clone());
        async move { app.post("secretary", &format!("/meetings/{meeting}/agenda"), json!({"document_id": document})).await }
    });
    let answers = join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(reasons(&refused.expect_problem(409, "gate_closed")), ["already_on_agenda"]);
    }
}

#[actix_web::test]
async fn a_revision_and_an_agenda_at_once_never_leave_a_stale_text_on_it() {
    let app = TestApp::start().await;
    let meeting = meeting(&app, MEETING_DAY).await;
    for turn in 0..6 {
        let document = cleared(&app).await;
        let revise =
            async { app.post("drafter", &format!("/documents/{document}/revisions"), json!({"text": format!("文本{turn}")})).await };
        let put = async { app.post("secretary", &format!("/meetings/{meeting}/agenda"), json!({"document_id": document})).await };
        let (revised, placed) = if turn % 2 == 0 {
            join(revise, put).await
        } else {
            let (put, revised) = join(put, revise).await;
            (revised, put)
        };
        match (revised.status, placed.status) {
            (201, 409) => assert_eq!(step_of(&app, &document).await, "amendment_required"),
            (409, 201) => assert_eq!(step_of(&app, &document).await, "on_agenda"),
            other => panic!("{other:?}"),
        }
    }
    holds(&app, "NOT EXISTS (SELECT FROM agenda_items i JOIN documents d ON d.id = i.document_id WHERE i.state = 'live' AND i.revision_sha256 <> d.revision_sha256)").await;
}

#[actix_web::test]
async fn a_repeated_placing_with_its_key_is_answered_again_and_done_once() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let path = format!("/meetings/{}/agenda", meeting(&app, MEETING_DAY).await);
    let headers = [("content-type", "application/json"), ("idempotency-key", "k1")];
    let body = json!({"document_id": document}).to_string().into_bytes();
    let first = app.send("POST", "secretary", &path, &headers, Some(body.clone())).await;
    first.expect(201);
    let second = app.send("POST", "secretary", &path, &headers, Some(body)).await;
    assert_eq!(second.expect(201), first.json());
    assert_eq!(second.header("idempotent-replayed"), "true");
}
