//! What somebody finds who asks, years later, who let which text pass and why; and what stays closed to whom the document was never
//! filed.

use serde_json::{Value, json};

use super::helpers::app::{TestApp, new_document};
use super::helpers::meeting_story::{self, MEETING_DAY};
use super::helpers::published::{SPRING, filed, filing_at, published_of};
use super::helpers::story;

async fn timeline(app: &TestApp, who: &str, id: &str) -> Vec<Value> {
    let page = app.get(who, &format!("/documents/{id}/timeline?limit=200")).await.expect(200);
    page["items"].as_array().expect("items").clone()
}

async fn text_of(app: &TestApp, id: &str, no: u32) -> String {
    let revision = app.get("drafter", &format!("/documents/{id}/revisions/{no}")).await.expect(200);
    revision["text"].as_str().expect("a text").to_owned()
}

/// The last entry of a type.
fn entry(entries: &[Value], entry_type: &str) -> Value {
    entries.iter().rev().find(|entry| entry["type"] == entry_type).unwrap_or_else(|| panic!("{entry_type}")).clone()
}

#[actix_web::test]
async fn the_timeline_says_who_signed_where_it_was_published_and_why() {
    let app = TestApp::start().await;
    let id = meeting_story::cleared(&app).await;
    let meeting = meeting_story::meeting(&app, MEETING_DAY).await;
    meeting_story::place(&app, &meeting, &id).await;
    app.on_day(MEETING_DAY).await;
    let mut minutes = meeting_story::minutes("approved_in_principle");
    minutes["dissents"] = json!(["李素芬：收费标准须先公示"]);
    app.post("secretary", &meeting_story::decision_path(&meeting, &id), minutes).await;
    let confirm = json!({"revision": 1, "note": "会议意见已在口头说明中落实，文本无须修改"});
    app.post("secretary", &format!("/meetings/{meeting}/agenda/{id}/confirmation"), confirm).await;
    meeting_story::issue(&app, &id).await;
    app.post("secretary", &format!("/documents/{id}/issuance/void"), json!({"reason": "成文日期误录"})).await.expect(200);
    meeting_story::issue(&app, &id).await;
    meeting_story::publish(&app, &id).await;

    let told = timeline(&app, "secretary", &id).await;
    let decided = entry(&told, "decision.recorded");
    assert_eq!(decided["data"]["dissents"], json!(["李素芬：收费标准须先公示"]));
    assert_eq!((&decided["data"]["presider"], &decided["data"]["attendees"]), (&json!("王建国"), &json!(["王建国", "李素芬"])));
    let place = |step: &str| json!({"stage": "legality_review", "step": step});
    assert_eq!((&decided["from"], &decided["to"]), (&place("on_agenda"), &place("finalising")));
    let confirmed = entry(&told, "confirmation.given");
    assert_eq!(confirmed["data"]["note"], "会议意见已在口头说明中落实，文本无须修改");
    let voided = entry(&told, "issuance.voided");
    assert_eq!((&voided["data"]["reason"], &voided["data"]["official_doc_no"]), (&json!("成文日期误录"), &json!("青府规〔2026〕1号")));
    let issued = entry(&told, "issuance.made");
    assert_eq!((&issued["data"]["signed_by"], &issued["data"]["official_doc_no"]), (&json!("王建国"), &json!("青府规〔2026〕2号")));
    let published = entry(&told, "document.published");
    assert!(!published["data"]["channel"].as_str().expect("a channel").is_empty());
    assert_eq!((&published["from"], &published["to"]), (&place("signed"), &place("published")));
    let created = entry(&told, "document.created");
    assert_eq!((&created["from"], &created["to"]), (&Value::Null, &json!({"stage": "drafted", "step": "drafting"})));

    let issuance = app.get("drafter", &format!("/documents/{id}/issuance")).await.expect(200);
    assert_eq!((&issuance["signed_by"], &issuance["official_doc_no"]), (&json!("王建国"), &json!("青府规〔2026〕2号")));
    let publication = app.get("drafter", &format!("/documents/{id}/publication")).await.expect(200);
    assert_eq!(publication["channel"], published["data"]["channel"]);
    app.get("drafter", &format!("/documents/{id}/publication/file")).await.expect_problem(404, "not_found");
}

#[actix_web::test]
async fn every_reason_given_in_the_review_stands_in_the_timeline() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    let ask = json!({"result": "supplement_requested", "missing": ["legal_basis"], "reason": "依据不全"});
    story::intake(&app, &id, ask).await.expect(200);
    story::submit_with(&app, &id, json!({"note": "已补充", "urgent": {"reason": "汛期", "basis": "防洪法"}})).await.expect(200);
    story::accept(&app, &id).await.expect(200);
    story::opine(&app, &id, "lawful").await.expect(200);
    story::opine_with(&app, &id, "needs_amendment", json!({"reason": "发现新的上位法", "comments": [story::comment()]})).await.expect(200);
    let patched = app.patch("drafter", &format!("/documents/{id}"), json!({"title": "青禾镇集市管理暂行办法"})).await.expect(200);
    assert_eq!(patched["revision"], 2);
    app.post("drafter", &format!("/documents/{id}/withdrawal"), json!({"reason": "改由县里统一制定"})).await.expect(200);

    let told = timeline(&app, "drafter", &id).await;
    let asked = told.iter().find(|entry| entry["type"] == "intake.taken").expect("an intake");
    assert_eq!((&asked["data"]["reason"], &asked["data"]["missing"]), (&json!("依据不全"), &json!(["legal_basis"])));
    let again = entry(&told, "document.submitted");
    assert_eq!((&again["data"]["note"], &again["data"]["urgent_reason"]), (&json!("已补充"), &json!("汛期")));
    assert_eq!(entry(&told, "opinion.given")["data"]["reason"], "发现新的上位法");
    let changed = entry(&told, "document.changed");
    assert_eq!(changed["data"]["to"], json!({"title": "青禾镇集市管理暂行办法"}));
    assert_eq!(changed["data"]["from"]["title"], new_document()["title"]);
    let withdrawn = entry(&told, "document.withdrawn");
    assert_eq!(withdrawn["data"]["reason"], "改由县里统一制定");
    assert_eq!(withdrawn["to"]["step"], "withdrawn");
}

#[actix_web::test]
async fn what_came_before_the_publication_is_closed_until_it_is_filed() {
    let app = TestApp::start().await;
    let id = published_of(&app, &SPRING, new_document()).await;
    let path = |rest: &str| format!("/documents/{id}{rest}");
    app.get("county_auditor", &path("")).await.expect(200);
    app.get("county_auditor", &path("/publication")).await.expect(200);
    let shown = app.get("county_auditor", &path("/revisions/1")).await.expect(200);
    assert_eq!(shown["note"], Value::Null);
    let material = app.get("drafter", &path("/materials")).await.expect(200)["items"][0]["id"].as_str().expect("an id").to_owned();
    let inside = [
        "/revisions".to_owned(),
        "/diff?from=1&to=1".to_owned(),
        "/materials".to_owned(),
        format!("/materials/{material}"),
        format!("/materials/{material}/file"),
        "/submissions".to_owned(),
        "/opinions".to_owned(),
        "/counsel-opinions".to_owned(),
        "/timeline".to_owned(),
        "/gate".to_owned(),
    ];
    for rest in &inside {
        assert_eq!(app.get("county_auditor", &path(rest)).await.status, 403, "{rest} before the filing");
        assert_eq!(app.get("outsider", &path(rest)).await.status, 404, "{rest} for a stranger");
    }
    filed(&app, &id, "linjiang").await;
    for rest in &inside {
        assert_eq!(app.get("county_auditor", &path(rest)).await.status, 200, "{rest} after the filing");
    }
}

#[actix_web::test]
async fn a_draft_that_was_never_published_is_closed_to_whom_the_published_text_is_open() {
    let app = TestApp::start().await;
    let id = story::draft(&app).await;
    story::revise(&app, &id, &story::text(2)).await;
    super::helpers::published::publish(&app, &id, &SPRING).await;
    app.get("county_auditor", &format!("/documents/{id}/revisions/2")).await.expect(200);
    app.get("county_auditor", &format!("/documents/{id}/revisions/1")).await.expect_problem(403, "forbidden");
    app.get("county_auditor", &format!("/documents/{id}/revisions/9")).await.expect_problem(403, "forbidden");
}

#[actix_web::test]
async fn the_file_of_a_supplement_is_there_for_who_judges_it() {
    let app = TestApp::start().await;
    let id = published_of(&app, &SPRING, new_document()).await;
    let filing = filing_at(&app, &id, "linjiang", "county_auditor", "registration_suspended").await;
    let path = format!("/filings/{filing}/supplement");
    app.post_form("drafter", &path, &[("note", "补交起草说明")], Some(("说明.txt", "说明".as_bytes()))).await.expect(200);
    let detail = app.get("county_auditor", &format!("/filings/{filing}")).await.expect(200);
    let supplement = detail["supplements"][0]["id"].as_str().expect("an id").to_owned();
    let file = app.get("county_auditor", &format!("/filings/{filing}/supplements/{supplement}/file")).await;
    assert_eq!((file.status, file.body.as_slice()), (200, "说明".as_bytes()));
    assert_eq!(app.get("auditor", &format!("/filings/{filing}/supplements/{supplement}/file")).await.status, 403);
    assert_eq!(app.get("outsider", &format!("/filings/{filing}/supplements/{supplement}/file")).await.status, 404);
    app.get("county_auditor", &format!("/filings/{filing}/supplements/{filing}/file")).await.expect_problem(404, "not_found");
}

#[actix_web::test]
async fn whoever_comes_back_to_the_text_found_lawful_asks_the_reviewer() {
    let app = TestApp::start().await;
    let id = story::cleared(&app).await;
    let lawful = text_of(&app, &id, 1).await;
    story::revise(&app, &id, &story::text(7)).await;
    // With another text, no opinion: it was not submitted.
    story::opine_with(&app, &id, "lawful", json!({"reason": "恢复原文"})).await.expect_problem(409, "wrong_step");
    story::revise(&app, &id, &lawful).await;
    assert_eq!(story::step(&app, &id).await, "amendment_required");
    let refused = story::submit(&app, &id).await.expect(422);
    assert_eq!(refused["errors"][0]["code"], "same_text");
    story::opine_with(&app, &id, "lawful", json!({})).await.expect(422);
    story::opine_with(&app, &id, "lawful", json!({"reason": "文本恢复原文，原意见不变"})).await.expect(200);
    assert_eq!(story::step(&app, &id).await, "cleared");
    assert_eq!(story::gate(&app, &id).await, [""; 0]);
    let meeting = meeting_story::meeting(&app, MEETING_DAY).await;
    meeting_story::place(&app, &meeting, &id).await;
}

#[actix_web::test]
async fn what_a_meeting_sent_back_is_not_cleared_by_coming_back_to_it() {
    let app = TestApp::start().await;
    let (_, id) = meeting_story::decided(&app, "amend_then_resubmit").await;
    let sent_back = text_of(&app, &id, 1).await;
    story::revise(&app, &id, &story::text(7)).await;
    story::revise(&app, &id, &sent_back).await;
    story::opine_with(&app, &id, "lawful", json!({"reason": "恢复原文"})).await.expect_problem(409, "wrong_step");
}

#[actix_web::test]
async fn a_day_of_a_query_is_a_day_as_it_is_written() {
    let app = TestApp::start().await;
    for name in ["published_from", "published_to", "in_force_on"] {
        for bad in ["-262143-01-01", "%2B99999-01-01", "2026-1-2", "20260102", "2026-02-30", ""] {
            let answered = app.get("secretary", &format!("/documents?{name}={bad}")).await;
            assert_eq!(answered.expect_problem(400, "bad_query_parameter")["parameter"], name, "{bad}");
        }
        app.get("secretary", &format!("/documents?{name}=2026-02-28")).await.expect(200);
    }
    app.get("secretary", "/documents?limit=99999999999").await.expect(200);
}
