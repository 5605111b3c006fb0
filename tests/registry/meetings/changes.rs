//! Creating, listing, changing and cancelling meetings.

use serde_json::json;

use crate::helpers::app::TestApp;
use crate::helpers::meeting_story::{MEETING_DAY, cleared, decide, errors, holds, meeting, place, reasons, step_of, text};

#[actix_web::test]
async fn a_secretary_creates_meetings_of_their_own_body_only() {
    let app = TestApp::start().await;
    let new = json!({"body": "qinghe", "kind": "plenary_meeting", "held_on": "2026-03-10", "title": "全体会议"});
    for who in ["drafter", "reviewer", "auditor", "county_auditor", "admin", "outsider"] {
        app.post(who, "/meetings", new.clone()).await.expect_problem(403, "forbidden");
        app.get(who, "/meetings").await.expect_problem(403, "forbidden");
    }
    app.post("", "/meetings", new.clone()).await.expect_problem(401, "unauthenticated");
    let with = |field: &str, value: serde_json::Value| {
        let mut body = new.clone();
        body[field] = value;
        body
    };
    app.post("secretary", "/meetings", with("body", "baishi".into())).await.expect_problem(403, "forbidden");
    app.post("secretary", "/meetings", with("body", "nowhere".into())).await.expect_problem(422, "unknown_body");
    app.post("secretary", "/meetings", with("held_on", "1900-01-01".into())).await.expect_problem(422, "date_out_of_range");
    for (field, value) in
        [("kind", "tea"), ("held_on", "2026-02-30"), ("title", " "), ("status", "cancelled"), ("title", &"长".repeat(301))]
    {
        let problem = app.post("secretary", "/meetings", with(field, value.into())).await.expect_problem(422, "invalid_input");
        assert_eq!(errors(&problem).first().map(|(pointer, _)| pointer.clone()), Some(format!("/{field}")));
    }
    let created = app.post("secretary", "/meetings", new).await;
    let body = created.expect(201);
    assert_eq!(body["body"], json!({"code": "qinghe", "name": "青禾镇人民政府"}));
    assert_eq!((text(&body["status"]), body["agenda"].clone()), ("scheduled".to_owned(), json!([])));
    let read = app.get("secretary", created.header("location")).await;
    assert_eq!(read.expect(200), body);
    assert_eq!(read.header("etag"), created.header("etag"));
    let unchanged = app.send("GET", "secretary", created.header("location"), &[("if-none-match", read.header("etag"))], None).await;
    assert_eq!(unchanged.status, 304);
}

#[actix_web::test]
async fn pages_of_meetings_join_without_a_gap() {
    let app = TestApp::start().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(meeting(&app, MEETING_DAY).await);
    }
    let (mut found, mut path) = (Vec::new(), "/meetings?limit=2".to_owned());
    loop {
        let page = app.get("secretary", &path).await;
        let body = page.expect(200);
        found.extend(body["items"].as_array().expect("items").iter().map(|item| text(&item["id"])));
        let Some(cursor) = body["next_cursor"].as_str() else { break };
        assert!(page.header("link").contains(cursor));
        meeting(&app, MEETING_DAY).await;
        path = format!("/meetings?limit=2&cursor={cursor}");
    }
    made.reverse();
    assert_eq!(found, made);
    app.get("secretary", "/meetings?limit=0").await.expect_problem(400, "bad_query_parameter");
    app.get("secretary", "/meetings?colour=red").await.expect_problem(400, "unknown_query_parameter");
    app.get("secretary", "/meetings?cursor=abc").await.expect_problem(400, "bad_cursor");
    assert_eq!(app.get("secretary", "/meetings?status=cancelled").await.expect(200)["items"], json!([]));
}

#[actix_web::test]
async fn a_change_needs_the_latest_reading_and_never_touches_body_or_kind() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let id = meeting(&app, MEETING_DAY).await;
    let path = format!("/meetings/{id}");
    let json_type = ("content-type", "application/json");
    let body = |value: serde_json::Value| Some(value.to_string().into_bytes());
    app.send("PATCH", "secretary", &path, &[json_type], body(json!({"title": "新"}))).await.expect_problem(428, "precondition_required");
    app.send("PATCH", "drafter", &path, &[json_type], body(json!({"title": "新"}))).await.expect_problem(403, "forbidden");
    app.send("PATCH", "outsider", &path, &[json_type], body(json!({"title": "新"}))).await.expect_problem(404, "not_found");
    let before = app.get("secretary", &path).await.header("etag").to_owned();
    place(&app, &id, &document).await;
    assert_ne!(app.get("secretary", &path).await.header("etag"), before);
    let stale = app.send("PATCH", "secretary", &path, &[json_type, ("if-match", &before)], body(json!({"title": "新"}))).await;
    stale.expect_problem(412, "precondition_failed");
    for field in ["body", "kind", "colour"] {
        let problem = app.patch("secretary", &path, json!({field: "qinghe"})).await.expect_problem(422, "invalid_input");
        assert_eq!(errors(&problem), [(format!("/{field}"), "unknown_field".to_owned())]);
    }
    app.patch("secretary", &path, json!({"status": "scheduled"})).await.expect_problem(422, "invalid_input");
    app.patch("secretary", &path, json!({"title": null})).await.expect_problem(422, "invalid_input");
    let changed = app.patch("secretary", &path, json!({"title": "改名"})).await;
    assert_eq!(changed.expect(200)["title"], "改名");
    assert_eq!(app.get("secretary", &path).await.header("etag"), changed.header("etag"));
    app.patch("secretary", &path, json!({})).await.expect(200);
}

#[actix_web::test]
async fn another_day_asks_every_gate_anew() {
    let app = TestApp::start().await;
    let document = cleared(&app).await;
    let id = meeting(&app, MEETING_DAY).await;
    let path = format!("/meetings/{id}");
    place(&app, &id, &document).await;
    for (day, expected) in [
        ("2026-03-09", vec!["meeting_too_early"]),
        ("2026-03-02", vec!["meeting_before_opinion", "meeting_too_early", "meeting_already_held"]),
    ] {
        let problem = app.patch("secretary", &path, json!({"held_on": day, "title": "改名"})).await.expect_problem(409, "gate_closed");
        assert_eq!(reasons(&problem), expected);
        assert_eq!(problem["document_ids"], json!([document]));
    }
    app.patch("secretary", &path, json!({"held_on": "3000-01-01"})).await.expect_problem(422, "date_out_of_range");
    let unchanged = app.get("secretary", &path).await.expect(200);
    assert_eq!((text(&unchanged["held_on"]), text(&unchanged["title"])), (MEETING_DAY.to_owned(), "第5次镇政府常务会议".to_owned()));
    app.patch("secretary", &path, json!({"held_on": "2026-03-12"})).await.expect(200);
    app.on_day("2026-03-12").await;
    assert_eq!(decide(&app, &id, &document, "approved").await["held_on"], "2026-03-12");
}

#[actix_web::test]
async fn an_empty_meeting_moves_to_any_day() {
    let app = TestApp::start().await;
    let path = format!("/meetings/{}", meeting(&app, MEETING_DAY).await);
    assert_eq!(app.patch("secretary", &path, json!({"held_on": "2026-01-05"})).await.expect(200)["held_on"], "2026-01-05");
}

#[actix_web::test]
async fn cancelling_frees_every_document_and_is_for_good() {
    let app = TestApp::start().await;
    let documents = [cleared(&app).await, cleared(&app).await];
    let id = meeting(&app, MEETING_DAY).await;
    let path = format!("/meetings/{id}");
    for document in &documents {
        place(&app, &id, document).await;
    }
    let cancelled = app.patch("secretary", &path, json!({"status": "cancelled"})).await.expect(200);
    assert_eq!(cancelled["status"], "cancelled");
    for (document, item) in documents.iter().zip(cancelled["agenda"].as_array().expect("an agenda")) {
        assert_eq!((text(&item["state"]), text(&item["removal"])), ("taken_off".to_owned(), "meeting_cancelled".to_owned()));
        assert_eq!(step_of(&app, document).await, "cleared");
        holds(&app, &format!("(SELECT count(*) FROM log_entries WHERE document_id = '{document}' AND type = 'agenda.taken_off') = 1"))
            .await;
    }
    app.patch("secretary", &path, json!({"held_on": "2026-03-20"})).await.expect_problem(409, "meeting_cancelled");
    app.patch("secretary", &path, json!({"status": "scheduled"})).await.expect_problem(422, "invalid_input");
    assert_eq!(app.patch("secretary", &path, json!({"status": "cancelled"})).await.expect(200)["status"], "cancelled");
    let other = meeting(&app, "2026-03-11").await;
    place(&app, &other, &documents[0]).await;
}

#[actix_web::test]
async fn day_and_status_stay_once_an_entry_is_decided() {
    let app = TestApp::start().await;
    let (decided, waiting) = (cleared(&app).await, cleared(&app).await);
    let id = meeting(&app, MEETING_DAY).await;
    let path = format!("/meetings/{id}");
    place(&app, &id, &decided).await;
    place(&app, &id, &waiting).await;
    app.on_day(MEETING_DAY).await;
    decide(&app, &id, &decided, "rejected").await;
    for change in [json!({"held_on": "2026-03-11"}), json!({"status": "cancelled"})] {
        let problem = app.patch("secretary", &path, change).await.expect_problem(409, "wrong_step");
        assert_eq!((text(&problem["step"]), text(&problem["document_id"])), ("rejected".to_owned(), decided.clone()));
    }
    assert_eq!(app.patch("secretary", &path, json!({"title": "改名", "held_on": MEETING_DAY})).await.expect(200)["title"], "改名");
    assert_eq!(step_of(&app, &waiting).await, "on_agenda");
}
