//! Races at the gate, in both orders. Both calls are made to wait at one row lock, in a known order, and then let go:
//! PostgreSQL grants a lock in the order in which it was asked for.

use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::json;

use super::helpers::app::{Answered, TestApp, new_document};
use super::helpers::meeting_story::MEETING_DAY;
use super::helpers::published::{self, SPRING};
use super::helpers::{meeting_story, story};

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Lets `first` and then `second` wait for the row that `lock` takes, lets go, and gives both answers.
async fn in_order(
    app: &TestApp,
    lock: &str,
    first: impl Future<Output = Answered>,
    second: impl Future<Output = Answered>,
) -> (Answered, Answered) {
    let mut holder = AsyncPgConnection::establish(&app.database.superuser_url).await.expect("connects");
    holder.batch_execute(&format!("BEGIN; {lock}")).await.expect("the row is locked");
    let watch = async || {
        let mut watcher = AsyncPgConnection::establish(&app.database.superuser_url).await.expect("connects");
        watcher.batch_execute("SET statement_timeout = '30s'").await.expect("set");
        watcher
    };
    let waiting = async |watcher: &mut AsyncPgConnection, wanted: i64| {
        loop {
            let row: Waiting = diesel::sql_query(
                "SELECT count(*) AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND usename = 'lawgate_app'",
            )
            .get_result(watcher)
            .await
            .expect("counted");
            if row.count >= wanted {
                return;
            }
            // Another process has to reach the lock; the answer of the test does not depend on how long that takes.
            actix_web::rt::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    let mut one = watch().await;
    let mut two = watch().await;
    let late_second = async {
        waiting(&mut one, 1).await;
        second.await
    };
    let release = async {
        waiting(&mut two, 2).await;
        holder.batch_execute("COMMIT").await.expect("let go");
    };
    let (first, second, ()) = futures_util::future::join3(first, late_second, release).await;
    (first, second)
}

fn document_lock(id: &str) -> String {
    format!("SELECT 1 FROM documents WHERE id = '{id}' FOR UPDATE")
}

async fn step_of(app: &TestApp, id: &str) -> String {
    app.get("drafter", &format!("/documents/{id}")).await.expect(200)["step"].as_str().expect("a step").to_owned()
}

/// A cleared document and a meeting late enough for it.
async fn ready(app: &TestApp) -> (String, String) {
    let id = story::cleared(app).await;
    let meeting = meeting_story::meeting(app, "2026-03-20").await;
    (id, meeting)
}

async fn place(app: &TestApp, meeting: &str, id: &str) -> Answered {
    app.post("secretary", &format!("/meetings/{meeting}/agenda"), json!({"document_id": id})).await
}

async fn revise(app: &TestApp, id: &str) -> Answered {
    app.post("drafter", &format!("/documents/{id}/revisions"), json!({"text": "第一条　改了一个字。"})).await
}

async fn withdraw(app: &TestApp, id: &str) -> Answered {
    app.post("drafter", &format!("/documents/{id}/withdrawal"), json!({"reason": "不再需要"})).await
}

async fn second_opinion(app: &TestApp, id: &str) -> Answered {
    let body = json!({"revision": 1, "outcome": "unlawful", "summary": "复核发现超越职权", "reason": "首次意见有误",
        "comments": [{"article": "第二条", "problem": "超越职权", "suggestion": "删去", "basis": "地方组织法"}]});
    app.post("reviewer", &format!("/documents/{id}/opinions"), body).await
}

#[actix_web::test]
async fn a_revision_before_the_agenda_closes_the_gate() {
    let app = TestApp::start().await;
    let (id, meeting) = ready(&app).await;
    let (revised, placed) = in_order(&app, &document_lock(&id), revise(&app, &id), place(&app, &meeting, &id)).await;
    revised.expect(201);
    placed.expect_problem(409, "gate_closed");
    assert_eq!(step_of(&app, &id).await, "amendment_required");
}

#[actix_web::test]
async fn a_revision_after_the_agenda_is_refused() {
    let app = TestApp::start().await;
    let (id, meeting) = ready(&app).await;
    let (placed, revised) = in_order(&app, &document_lock(&id), place(&app, &meeting, &id), revise(&app, &id)).await;
    placed.expect(201);
    revised.expect_problem(409, "wrong_step");
    assert_eq!(step_of(&app, &id).await, "on_agenda");
}

#[actix_web::test]
async fn an_adverse_opinion_before_the_agenda_closes_the_gate() {
    let app = TestApp::start().await;
    let (id, meeting) = ready(&app).await;
    let (opined, placed) = in_order(&app, &document_lock(&id), second_opinion(&app, &id), place(&app, &meeting, &id)).await;
    assert!(opined.status == 200 || opined.status == 201, "{}", opined.status);
    let problem = placed.expect_problem(409, "gate_closed");
    assert!(problem["reasons"].as_array().expect("reasons").iter().any(|reason| reason["code"] == "unlawful"), "{problem}");
    assert_eq!(step_of(&app, &id).await, "unlawful");
}

#[actix_web::test]
async fn an_adverse_opinion_after_the_agenda_is_refused() {
    let app = TestApp::start().await;
    let (id, meeting) = ready(&app).await;
    let (placed, opined) = in_order(&app, &document_lock(&id), place(&app, &meeting, &id), second_opinion(&app, &id)).await;
    placed.expect(201);
    opined.expect_problem(409, "wrong_step");
    assert_eq!(step_of(&app, &id).await, "on_agenda");
}

#[actix_web::test]
async fn a_withdrawal_before_the_agenda_closes_the_gate() {
    let app = TestApp::start().await;
    let (id, meeting) = ready(&app).await;
    let (withdrawn, placed) = in_order(&app, &document_lock(&id), withdraw(&app, &id), place(&app, &meeting, &id)).await;
    withdrawn.expect(200);
    let problem = placed.expect_problem(409, "gate_closed");
    assert!(problem["reasons"].as_array().expect("reasons").iter().any(|reason| reason["code"] == "withdrawn"), "{problem}");
}

#[actix_web::test]
async fn a_withdrawal_after_the_agenda_is_refused() {
    let app = TestApp::start().await;
    let (id, meeting) = ready(&app).await;
    let (placed, withdrawn) = in_order(&app, &document_lock(&id), place(&app, &meeting, &id), withdraw(&app, &id)).await;
    placed.expect(201);
    withdrawn.expect_problem(409, "wrong_step");
}

/// PATCH is possible only with the drafter, and of those steps only `deferred` can go to an agenda.
async fn deferred(app: &TestApp) -> (String, String, String) {
    let (id, meeting) = ready(app).await;
    place(app, &meeting, &id).await.expect(201);
    app.on_day("2026-03-20").await;
    let decision = json!({"outcome": "deferred", "minutes_no": "〔2026〕1号", "attendees": ["甲", "乙"], "presider": "甲"});
    let decided = app.post("secretary", &format!("/meetings/{meeting}/agenda/{id}/decision"), decision).await;
    assert!(decided.status == 200 || decided.status == 201, "{}", String::from_utf8_lossy(&decided.body));
    let later = meeting_story::meeting(app, "2026-03-27").await;
    let etag = app.get("drafter", &format!("/documents/{id}")).await.header("etag").to_owned();
    (id, later, etag)
}

async fn patch(app: &TestApp, id: &str, etag: &str) -> Answered {
    let body = json!({"title": "青禾镇集市管理办法（修订）"}).to_string().into_bytes();
    app.send("PATCH", "drafter", &format!("/documents/{id}"), &[("content-type", "application/json"), ("if-match", etag)], Some(body)).await
}

#[actix_web::test]
async fn a_patch_before_the_agenda_closes_the_gate() {
    let app = TestApp::start().await;
    let (id, meeting, etag) = deferred(&app).await;
    let (patched, placed) = in_order(&app, &document_lock(&id), patch(&app, &id, &etag), place(&app, &meeting, &id)).await;
    patched.expect(200);
    placed.expect_problem(409, "gate_closed");
    assert_eq!(step_of(&app, &id).await, "amendment_required");
}

#[actix_web::test]
async fn a_patch_after_the_agenda_changes_nothing() {
    let app = TestApp::start().await;
    let (id, meeting, etag) = deferred(&app).await;
    let (placed, patched) = in_order(&app, &document_lock(&id), place(&app, &meeting, &id), patch(&app, &id, &etag)).await;
    placed.expect(201);
    assert!(patched.status == 409 || patched.status == 412, "{}", patched.status);
    let document = app.get("drafter", &format!("/documents/{id}")).await.expect(200);
    assert_eq!((&document["step"], &document["revision"]), (&"on_agenda".into(), &1.into()));
}

async fn cancel(app: &TestApp, meeting: &str, etag: &str) -> Answered {
    let body = json!({"status": "cancelled"}).to_string().into_bytes();
    app.send("PATCH", "secretary", &format!("/meetings/{meeting}"), &[("content-type", "application/json"), ("if-match", etag)], Some(body))
        .await
}

fn meeting_lock(meeting: &str) -> String {
    format!("SELECT 1 FROM meetings WHERE id = '{meeting}' FOR UPDATE")
}

#[actix_web::test]
async fn a_meeting_cancelled_first_takes_no_entry() {
    let app = TestApp::start().await;
    let (id, meeting) = ready(&app).await;
    let etag = app.get("secretary", &format!("/meetings/{meeting}")).await.header("etag").to_owned();
    let (cancelled, placed) = in_order(&app, &meeting_lock(&meeting), cancel(&app, &meeting, &etag), place(&app, &meeting, &id)).await;
    cancelled.expect(200);
    let problem = placed.expect_problem(409, "gate_closed");
    assert!(problem["reasons"].as_array().expect("reasons").iter().any(|reason| reason["code"] == "meeting_cancelled"), "{problem}");
    assert_eq!(step_of(&app, &id).await, "cleared");
}

#[actix_web::test]
async fn an_entry_made_first_is_not_lost_when_the_meeting_is_cancelled() {
    let app = TestApp::start().await;
    let (id, meeting) = ready(&app).await;
    let etag = app.get("secretary", &format!("/meetings/{meeting}")).await.header("etag").to_owned();
    let (placed, cancelled) = in_order(&app, &meeting_lock(&meeting), place(&app, &meeting, &id), cancel(&app, &meeting, &etag)).await;
    placed.expect(201);
    // The cancellation was decided on a reading without the entry: it is refused, or it frees the entry. Never a dead agenda.
    match cancelled.status {
        412 => assert_eq!(step_of(&app, &id).await, "on_agenda"),
        200 => assert_eq!(step_of(&app, &id).await, "cleared"),
        other => panic!("{other}: {}", String::from_utf8_lossy(&cancelled.body)),
    }
}

#[actix_web::test]
async fn two_meetings_cannot_both_take_the_document() {
    let app = TestApp::start().await;
    let (id, meeting) = ready(&app).await;
    let other = meeting_story::meeting(&app, "2026-03-23").await;
    let (first, second) = in_order(&app, &document_lock(&id), place(&app, &meeting, &id), place(&app, &other, &id)).await;
    first.expect(201);
    let problem = second.expect_problem(409, "gate_closed");
    assert!(problem["reasons"].as_array().expect("reasons").iter().any(|reason| reason["code"] == "already_on_agenda"), "{problem}");
}

#[actix_web::test]
async fn a_decision_and_a_removal_cannot_both_happen() {
    for decision_first in [true, false] {
        let app = TestApp::start().await;
        let (id, meeting) = ready(&app).await;
        place(&app, &meeting, &id).await.expect(201);
        app.on_day("2026-03-20").await;
        let decision = json!({"outcome": "approved", "minutes_no": "〔2026〕1号", "attendees": ["甲", "乙"], "presider": "甲"});
        let path = format!("/meetings/{meeting}/agenda/{id}");
        let decision_path = format!("{path}/decision");
        let decide = app.post("secretary", &decision_path, decision);
        let remove = app.delete("secretary", &path);
        if decision_first {
            let (decided, removed) = in_order(&app, &meeting_lock(&meeting), decide, remove).await;
            assert!(decided.status == 200 || decided.status == 201);
            removed.expect_problem(409, "wrong_step");
            assert_eq!(step_of(&app, &id).await, "approved");
        } else {
            let (removed, decided) = in_order(&app, &meeting_lock(&meeting), remove, decide).await;
            removed.expect(204);
            assert_eq!(decided.status, 409, "{}", String::from_utf8_lossy(&decided.body));
            assert_eq!(step_of(&app, &id).await, "cleared");
        }
    }
}

/// Two signed documents, each of which replaces the same published one from a day of its own.
async fn two_replacements(app: &TestApp) -> (String, [String; 2]) {
    let old = published::published(app, &SPRING).await;
    let meeting = meeting_story::meeting(app, MEETING_DAY).await;
    let mut both = Vec::new();
    for effect in ["superseded", "repealed"] {
        let mut new = new_document();
        new["title"] = format!("青禾镇集市管理规定（{effect}）").into();
        new["replaces"] = json!([{"document_id": old, "effect": effect}]);
        let id = meeting_story::cleared_as(app, new).await;
        meeting_story::place(app, &meeting, &id).await;
        both.push(id);
    }
    app.on_day(MEETING_DAY).await;
    for id in &both {
        meeting_story::decide(app, &meeting, id, "approved").await;
        meeting_story::issue(app, id).await;
    }
    (old, both.try_into().expect("two"))
}

#[actix_web::test]
async fn two_publications_that_replace_one_document_both_stand_and_the_earlier_day_ends_it() {
    for later_first in [false, true] {
        let app = TestApp::start().await;
        let (old, [superseding, repealing]) = two_replacements(&app).await;
        let publish = async |id: &str, effective: &str| {
            app.post("secretary", &format!("/documents/{id}/publication"), meeting_story::dates(MEETING_DAY, effective)).await
        };
        let (earlier, later) = (publish(&superseding, "2026-05-01"), publish(&repealing, "2026-06-01"));
        let (first, second) = if later_first {
            in_order(&app, &document_lock(&old), later, earlier).await
        } else {
            in_order(&app, &document_lock(&old), earlier, later).await
        };
        first.expect(200);
        second.expect(200);
        for (day, effect) in [("2026-04-30", "in_force"), ("2026-05-01", "superseded"), ("2026-06-01", "superseded")] {
            app.on_day(day).await;
            let read = app.get("drafter", &format!("/documents/{old}")).await.expect(200);
            assert_eq!(read["effect"], effect, "on {day}, the later one first: {later_first}");
        }
        for id in [&superseding, &repealing] {
            let read = app.get("drafter", &format!("/documents/{id}")).await.expect(200);
            assert_eq!((&read["step"], &read["effect"]), (&"published".into(), &"in_force".into()));
        }
    }
}
