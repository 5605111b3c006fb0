//! What a refusal says: in the reader's language, of the thing at hand, with what to do next.

use serde_json::{Value, json};

use crate::helpers::app::{TestApp, new_document};
use crate::helpers::meeting_story::{self, MEETING_DAY};
use crate::helpers::story;

fn detail(problem: &Value) -> String {
    problem["detail"].as_str().expect("a sentence").to_owned()
}

fn error_at<'p>(problem: &'p Value, pointer: &str) -> &'p Value {
    let errors = problem["errors"].as_array().expect("errors");
    errors.iter().find(|error| error["pointer"] == pointer).unwrap_or_else(|| panic!("nothing at {pointer}: {problem}"))
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[actix_web::test]
async fn a_caller_in_another_role_reads_as_whom_they_act_and_who_does_it() {
    let app = TestApp::start().await;
    let problem = app.post("secretary", "/documents", new_document()).await.expect_problem(403, "forbidden");
    let sentence = detail(&problem);
    assert!(sentence.contains("会议秘书") && sentence.contains("起草人") && !sentence.contains("drafter"), "{sentence}");
    let sentence = detail(&app.get("drafter", "/meetings").await.expect_problem(403, "forbidden"));
    assert!(sentence.contains("会议秘书") && !sentence.contains("文件"), "{sentence}");
    let english = app.send("GET", "drafter", "/meetings", &[("accept-language", "en")], None).await;
    assert!(detail(&english.expect_problem(403, "forbidden")).contains("secretary"));
}

#[actix_web::test]
async fn the_gate_names_what_is_missing_and_what_waits_for_an_answer() {
    let app = TestApp::start().await;
    let id = story::draft(&app).await;
    let path = format!("/documents/{id}/gate");
    let reason = |gate: &Value, code: &str| {
        let reasons = gate["reasons"].as_array().expect("reasons");
        let found = reasons.iter().find(|reason| reason["code"] == code).unwrap_or_else(|| panic!("no {code}: {gate}"));
        detail(found)
    };
    let sentence = reason(&app.get("drafter", &path).await.expect(200), "materials_missing");
    assert!(sentence.contains("起草说明") && sentence.contains("制定依据"), "{sentence}");
    let refused = app.post("drafter", &format!("/documents/{id}/submissions"), json!({"revision": 1})).await;
    let sentence = detail(&refused.expect_problem(422, "materials_missing"));
    assert!(sentence.contains("起草说明") && sentence.contains("制定依据"), "{sentence}");

    let id = story::set_back(&app, "needs_amendment").await;
    let comment = story::open_comments(&app, &id).await.first().expect("a comment").clone();
    let meeting = meeting_story::meeting(&app, MEETING_DAY).await;
    let closed = app.post("secretary", &format!("/meetings/{meeting}/agenda"), json!({"document_id": id})).await;
    let sentence = reason(&closed.expect_problem(409, "gate_closed"), "comments_unanswered");
    assert!(sentence.contains(&comment) && sentence.contains("条的审核意见"), "{sentence}");
    let revision = story::revision(&app, &id).await;
    let refused = app.post("drafter", &format!("/documents/{id}/submissions"), json!({"revision": revision})).await;
    let sentence = error_at(&refused.expect_problem(422, "comments_unanswered"), "/responses")["detail"].to_string();
    assert!(sentence.contains(&comment) && sentence.contains("条的审核意见"), "{sentence}");
}

#[actix_web::test]
async fn a_withdrawn_draft_is_not_told_to_be_submitted() {
    let app = TestApp::start().await;
    let id = story::draft(&app).await;
    app.post("drafter", &format!("/documents/{id}/withdrawal"), json!({"reason": "不再需要"})).await.expect(200);
    let gate = app.get("drafter", &format!("/documents/{id}/gate")).await.expect(200);
    assert!(story::codes(&gate["reasons"]).contains(&"withdrawn".to_owned()), "{gate}");
    assert!(!gate["reasons"].to_string().contains("请先送审"), "{gate}");
    let again = app.post("drafter", &format!("/documents/{id}/withdrawal"), json!({"reason": "x"})).await;
    assert!(detail(&again.expect_problem(409, "wrong_step")).contains("终结"));
}

#[actix_web::test]
async fn a_meeting_too_early_reads_the_first_day_that_is_not() {
    let app = TestApp::start().await;
    let id = story::cleared(&app).await;
    let meeting = meeting_story::meeting(&app, "2026-03-03").await;
    let closed = app.post("secretary", &format!("/meetings/{meeting}/agenda"), json!({"document_id": id})).await;
    let problem = closed.expect_problem(409, "gate_closed");
    let sentence = problem["reasons"][0]["detail"].as_str().expect("a sentence");
    let day = sentence.split("最早可定于 ").nth(1).expect("a day").trim_end_matches('。').to_owned();
    let meeting = meeting_story::meeting(&app, &day).await;
    meeting_story::place(&app, &meeting, &id).await;
}

#[actix_web::test]
async fn a_member_given_twice_is_refused_wherever_it_stands() {
    let app = TestApp::start().await;
    let body = new_document().to_string();
    let twice = body.replacen('{', "{\"title\": \"另一个标题\", ", 1);
    let problem = app.send("POST", "drafter", "/documents", &[JSON], Some(twice.into_bytes())).await.expect_problem(422, "duplicate");
    assert_eq!(error_at(&problem, "/title")["code"], "duplicate");
    let inner = r#"{"replaces": [{"effect": "repealed", "document_id": "x", "effect": "amended"}]}"#;
    let problem = app.send("POST", "drafter", "/documents", &[JSON], Some(inner.into())).await.expect_problem(422, "duplicate");
    assert_eq!(error_at(&problem, "/replaces/0/effect")["code"], "duplicate");
    let items = app.get("drafter", "/documents").await.expect(200);
    assert_eq!(items["items"], json!([]), "nothing was stored");
}

#[actix_web::test]
async fn an_empty_body_an_empty_file_and_a_bare_tag_are_told_so() {
    let app = TestApp::start().await;
    let nothing = app.send("POST", "drafter", "/documents", &[JSON], None).await.expect_problem(400, "malformed_body");
    assert!(detail(&nothing).contains("没有提交正文"), "{nothing}");
    let id = story::draft(&app).await;
    let empty = app.post_form("drafter", &format!("/documents/{id}/revisions"), &[], Some(("a.docx", b""))).await;
    assert!(detail(&empty.expect_problem(422, "unreadable_file")).contains("0 字节"));
    let path = format!("/documents/{id}");
    let change = Some(json!({"drafting_unit": "办公室"}).to_string().into_bytes());
    let bare = app.send("PATCH", "drafter", &path, &[JSON, ("if-match", "abc")], change.clone()).await;
    assert!(detail(&bare.expect_problem(400, "bad_header")).contains("引号"));
    let weak = app.send("PATCH", "drafter", &path, &[JSON, ("if-match", "W/\"abc\"")], change).await;
    weak.expect_problem(412, "precondition_failed");
    let text = app.patch("drafter", &path, json!({"text": "新的正文"})).await.expect_problem(422, "invalid_input");
    assert!(error_at(&text, "/text")["detail"].to_string().contains("revisions"), "{text}");
    let method = app.delete("drafter", &path).await.expect_problem(405, "method_not_allowed");
    assert!(detail(&method).contains("GET") && detail(&method).contains("PATCH"), "{method}");
}

#[actix_web::test]
async fn a_list_is_narrowed_only_to_a_body_that_there_is() {
    let app = TestApp::start().await;
    for (who, list) in [("drafter", "/documents"), ("drafter", "/filings"), ("county_auditor", "/cleanups")] {
        let problem = app.get(who, &format!("{list}?body=nix")).await.expect_problem(400, "bad_query_parameter");
        assert!(problem["parameter"] == "body" && detail(&problem).contains("nix"), "{problem}");
        app.get(who, &format!("{list}?body=baishi")).await.expect(200);
    }
}

#[actix_web::test]
async fn who_writes_a_name_is_told_the_code() {
    let app = TestApp::start().await;
    let name =
        app.get("drafter", &format!("/documents/{}", story::draft(&app).await)).await.expect(200)["issuing_authority"]["name"].clone();
    let mut document = new_document();
    document["issuing_authority"] = name;
    let problem = app.post("drafter", "/documents", document).await.expect_problem(422, "unknown_body");
    assert!(detail(&problem).contains("qinghe"), "{problem}");
}

#[actix_web::test]
async fn bad_values_are_told_what_is_taken() {
    let app = TestApp::start().await;
    let mut document = new_document();
    document["concerns_market_entities"] = json!("true");
    document["document_class"] = json!("办法");
    document["joint_authorities"] = json!("qinghe");
    let problem = app.post("drafter", "/documents", document).await.expect_problem(422, "invalid_input");
    for (pointer, told) in
        [("/concerns_market_entities", "不加引号"), ("/document_class", "government_document"), ("/joint_authorities", "列表")]
    {
        assert!(error_at(&problem, pointer)["detail"].as_str().is_some_and(|detail| detail.contains(told)), "{pointer}: {problem}");
    }
    let meeting = json!({"body": "qinghe", "kind": "executive_meeting", "held_on": "2026年3月31日", "title": "会议"});
    let problem = app.post("secretary", "/meetings", meeting).await.expect_problem(422, "invalid_input");
    assert!(error_at(&problem, "/held_on")["detail"].as_str().is_some_and(|detail| detail.contains("2026-03-31")), "{problem}");
    let problem = app.get("drafter", "/documents?stage=nix").await.expect_problem(400, "bad_query_parameter");
    assert!(detail(&problem).contains("legality_review"), "{problem}");
}
