//! Publication: its dates in order, the approved text and no other, and the end of what it replaces.

use serde_json::{Value, json};

use crate::helpers::app::{TestApp, new_document};
use crate::helpers::meeting_story::{
    MEETING_DAY, approve, cleared_as, dates, decided, errors, issue, publish, published, signed, step_of, text,
};

const TEXT: &str = "青禾镇集市管理办法\n第一条　为了规范集市秩序，结合本镇实际，制定本办法。\n第二条　本办法适用于本镇行政区域内的集市。\n第三条　本办法自2026年6月1日起施行。\n";

fn with(mut body: Value, field: &str, value: &str) -> Value {
    body[field] = value.into();
    body
}

#[actix_web::test]
async fn only_what_is_signed_is_published() {
    let app = TestApp::start().await;
    let (_, document) = decided(&app, "approved").await;
    let path = format!("/documents/{document}/publication");
    let problem = app.post("secretary", &path, dates(MEETING_DAY, "2026-05-01")).await.expect_problem(409, "wrong_step");
    assert_eq!(problem["step"], "approved");
    issue(&app, &document).await;
    publish(&app, &document).await;
    app.post("secretary", &path, dates(MEETING_DAY, "2026-05-01")).await.expect_problem(409, "wrong_step");
}

#[actix_web::test]
async fn a_publication_has_the_longest_validity_unless_it_names_a_day() {
    let app = TestApp::start().await;
    let document = signed(&app).await;
    let body = publish(&app, &document).await;
    assert_eq!((text(&body["step"]), text(&body["effect"])), ("published".to_owned(), "not_yet_effective".to_owned()));
    assert_eq!(body["expiry_date"], "2031-04-30");
    app.on_day("2026-05-01").await;
    let path = format!("/documents/{document}");
    assert_eq!(app.get("secretary", &path).await.expect(200)["effect"], "in_force");
    app.on_day("2031-04-30").await;
    assert_eq!(app.get("secretary", &path).await.expect(200)["effect"], "in_force");
    app.on_day("2031-05-01").await;
    assert_eq!(app.get("secretary", &path).await.expect(200)["effect"], "lapsed");
}

#[actix_web::test]
async fn an_interim_document_is_valid_two_years() {
    let app = TestApp::start().await;
    let document = cleared_as(&app, with(new_document(), "title", "青禾镇集市管理暂行办法")).await;
    approve(&app, &document).await;
    issue(&app, &document).await;
    let path = format!("/documents/{document}/publication");
    let long = with(dates(MEETING_DAY, "2026-05-01"), "expiry_date", "2028-05-01");
    app.post("secretary", &path, long).await.expect_problem(422, "validity_too_long");
    assert_eq!(publish(&app, &document).await["expiry_date"], "2028-04-30");
}

#[actix_web::test]
async fn every_bad_date_is_named() {
    let app = TestApp::start().await;
    let document = signed(&app).await;
    let path = format!("/documents/{document}/publication");
    app.on_day("2026-03-20").await;
    let fine = dates("2026-03-15", "2026-04-14");
    for (body, code) in [
        (dates("2026-03-21", "2026-06-01"), "date_in_future"),
        (dates("2026-03-09", "2026-06-01"), "date_before_act"),
        (dates("2026-03-15", "2026-03-14"), "retroactive"),
        (dates("2026-03-15", "2026-04-13"), "lead_too_short"),
        (dates("2026-03-15", "9999-12-31"), "date_out_of_range"),
        (with(fine.clone(), "expiry_date", "2026-04-13"), "expiry_before_effect"),
        (with(fine.clone(), "expiry_date", "2031-04-14"), "validity_too_long"),
    ] {
        let tried = app.post("secretary", &format!("{path}?dry_run=true"), body.clone()).await.expect(200);
        assert_eq!((tried["allowed"].clone(), text(&tried["reasons"][0]["code"])), (json!(false), code.to_owned()));
        app.post("secretary", &path, body).await.expect_problem(422, code);
    }
    let all = with(dates("2026-03-25", "2026-03-24"), "expiry_date", "2026-03-01");
    let problem = app.post("secretary", &path, all).await.expect_problem(422, "date_in_future");
    let named: Vec<(String, String)> = errors(&problem);
    let expected = [("/publication_date", "date_in_future"), ("/effective_date", "retroactive"), ("/expiry_date", "expiry_before_effect")];
    assert_eq!(named, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    for field in ["channel", "publication_date", "effective_date"] {
        app.post("secretary", &path, with(fine.clone(), field, " ")).await.expect_problem(422, "invalid_input");
    }
    assert_eq!(step_of(&app, &document).await, "signed");
    app.post("secretary", &path, fine).await.expect(200);
}

#[actix_web::test]
async fn a_short_lead_needs_its_reason() {
    let app = TestApp::start().await;
    let document = signed(&app).await;
    let path = format!("/documents/{document}/publication");
    let at_once = dates(MEETING_DAY, MEETING_DAY);
    app.post("secretary", &path, at_once.clone()).await.expect_problem(422, "lead_too_short");
    app.post("secretary", &path, with(at_once.clone(), "short_lead_reason", " ")).await.expect_problem(422, "invalid_input");
    let body = app.post("secretary", &path, with(at_once, "short_lead_reason", "防汛需要")).await.expect(200);
    assert_eq!(body["effect"], "in_force");
}

#[actix_web::test]
async fn the_published_text_is_the_approved_one() {
    let app = TestApp::start().await;
    let document = signed(&app).await;
    let path = format!("/documents/{document}/publication");
    let fields = [("publication_date", MEETING_DAY), ("effective_date", "2026-05-01"), ("channel", "政府公报")];
    let other = TEXT.replace("集市秩序", "市场秩序");
    let answer = app.post_form("secretary", &path, &fields, Some(("公布稿.txt", other.as_bytes()))).await;
    let problem = answer.expect_problem(422, "published_text_differs");
    assert_eq!((problem["differences_total"].as_i64(), problem["differences"][0]["at_article"].as_str()), (Some(1), Some("第一条")));
    assert_eq!(problem["differences"][0]["published_line"], 2);
    // A wrong text and a wrong date are named together.
    let both = [("publication_date", MEETING_DAY), ("effective_date", "2026-03-01"), ("channel", "政府公报")];
    let answer = app.post_form("secretary", &path, &both, Some(("公布稿.txt", other.as_bytes()))).await;
    let codes: Vec<String> = errors(&answer.expect_problem(422, "retroactive")).into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, ["retroactive", "published_text_differs"]);
    // Another's document number is a difference; the own number, signature and date are none.
    let issued = |number: &str| format!("青禾镇人民政府文件\n{number}\n{TEXT}青禾镇人民政府\n2026年3月10日\n");
    let wrong = app.post_form("secretary", &path, &fields, Some(("公布稿.txt", issued("青府规〔2026〕2号").as_bytes()))).await;
    wrong.expect_problem(422, "published_text_differs");
    let unreadable = app.post_form("secretary", &path, &fields, Some(("公布稿.docx", b"\x89PNG\r\n\x1a\n"))).await;
    assert_eq!(unreadable.status, 415);
    assert_eq!(step_of(&app, &document).await, "signed");
    let right = app.post_form("secretary", &path, &fields, Some(("公布稿.txt", issued("青府规〔2026〕1号").as_bytes()))).await;
    assert_eq!(right.expect(200)["step"], "published");
}

#[actix_web::test]
async fn what_is_replaced_ends_on_the_day_the_new_text_takes_effect() {
    let app = TestApp::start().await;
    let old = published(&app).await;
    app.set_clock("2026-03-03T02:00:00Z").await;
    let mut new = new_document();
    new["replaces"] = json!([{"document_id": old, "effect": "repealed"}]);
    let new = cleared_as(&app, new).await;
    approve(&app, &new).await;
    issue(&app, &new).await;
    let path = format!("/documents/{old}");
    let before = app.get("secretary", &path).await;
    let entries = crate::helpers::meeting_story::holds;
    publish(&app, &new).await;
    entries(&app, &format!("(SELECT count(*) FROM log_entries WHERE document_id = '{old}' AND type = 'effect.ended') = 1")).await;
    assert_ne!(app.get("secretary", &path).await.header("etag"), before.header("etag"));
    app.on_day("2026-04-30").await;
    assert_eq!(app.get("secretary", &path).await.expect(200)["effect"], "not_yet_effective");
    app.on_day("2026-05-01").await;
    assert_eq!(app.get("secretary", &path).await.expect(200)["effect"], "repealed");
    assert_eq!(app.get("secretary", &format!("/documents/{new}")).await.expect(200)["effect"], "in_force");
}
