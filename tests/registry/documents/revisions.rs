//! Revisions: immutable, one after the other, from text or file, with the original bytes.

use std::io::{Cursor, Write};

use serde_json::json;

use super::{drafted, rows};
use crate::helpers::app::TestApp;

/// A docx whose body is these paragraphs.
pub fn docx(paragraphs: &[&str]) -> Vec<u8> {
    const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let body: String = paragraphs.iter().map(|text| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")).collect();
    let parts = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#
                .to_owned(),
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#
                .to_owned(),
        ),
        ("word/document.xml", format!("<w:document xmlns:w=\"{W}\"><w:body>{body}</w:body></w:document>")),
    ];
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("part names are unique");
        writer.write_all(content.as_bytes()).expect("memory takes everything");
    }
    writer.finish().expect("memory takes everything").into_inner()
}

#[actix_web::test]
async fn only_the_drafter_of_the_document_revises_it() {
    let app = TestApp::start().await;
    let path = format!("{}/revisions", drafted(&app).await);
    app.post("", &path, json!({"text": "新文本"})).await.expect_problem(401, "unauthenticated");
    app.post("secretary", &path, json!({"text": "新文本"})).await.expect_problem(403, "forbidden");
    for who in ["outsider", "reviewer", "auditor", "county_auditor", "admin"] {
        app.post(who, &path, json!({"text": "新文本"})).await.expect_problem(404, "not_found");
        app.get(who, &path).await.expect_problem(404, "not_found");
        app.get(who, &format!("{path}/1")).await.expect_problem(404, "not_found");
    }
    assert_eq!(rows(&app, "revisions").await, 1);
}

#[actix_web::test]
async fn a_revision_comes_from_text_or_file_and_never_from_both_or_neither() {
    let app = TestApp::start().await;
    let path = format!("{}/revisions", drafted(&app).await);
    let code = |answer: serde_json::Value| answer["errors"][0]["code"].clone();
    assert_eq!(code(app.post("drafter", &path, json!({})).await.expect_problem(422, "invalid_input")), "text_or_file");
    let both = app.post_form("drafter", &path, &[("text", "甲")], Some(("a.txt", "乙".as_bytes()))).await;
    assert_eq!(code(both.expect_problem(422, "invalid_input")), "text_or_file");
    app.post("drafter", &path, json!({"text": " 　\n"})).await.expect_problem(422, "invalid_input");
    app.post("drafter", &path, json!({"text": "甲", "note": ""})).await.expect_problem(422, "invalid_input");
    app.post("drafter", &path, json!({"text": "甲\u{0}"})).await.expect_problem(422, "invalid_input");
    app.post("drafter", &path, json!({"text": null})).await.expect_problem(422, "invalid_input");
    app.post("drafter", &path, json!({"text": "甲", "title": "乙"})).await.expect_problem(422, "invalid_input");
    assert_eq!(rows(&app, "revisions").await, 1);
}

#[actix_web::test]
async fn a_new_revision_keeps_everything_but_the_text_and_the_old_one_stays() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let path = format!("{document}/revisions");
    let before = app.get("drafter", &format!("{path}/1")).await.expect(200);
    let made = app.post("drafter", &path, json!({"text": "第一条　新。\r\n第二条　旧。", "note": "按意见修改"})).await;
    let body = made.expect(201);
    assert_eq!(made.header("location"), format!("{path}/2"));
    assert_eq!((&body["revision"], &body["text"]), (&2.into(), &"第一条　新。\n第二条　旧。".into()));
    assert_eq!((&body["note"], &body["authored_by"]), (&"按意见修改".into(), &"chen.drafter".into()));
    assert_ne!(body["revision_sha256"], before["revision_sha256"]);
    for kept in ["title", "document_class", "issuing_authority", "joint_authorities", "replaces", "concerns_market_entities"] {
        assert_eq!(body[kept], before[kept], "{kept}");
    }
    assert_eq!(app.get("secretary", &format!("{path}/2")).await.expect(200), body);
    assert_eq!(app.get("drafter", &format!("{path}/1")).await.expect(200), before);
    let shown = app.get("drafter", &document).await.expect(200);
    assert_eq!((&shown["revision"], &shown["revision_sha256"]), (&2.into(), &body["revision_sha256"]));
    assert_eq!((&shown["stage"], &shown["step"]), (&"drafted".into(), &"drafting".into()));
}

#[actix_web::test]
async fn a_word_file_is_read_and_comes_back_byte_by_byte() {
    let app = TestApp::start().await;
    let path = format!("{}/revisions", drafted(&app).await);
    let file = docx(&["青禾镇集市管理办法", "第一条　为了规范集市秩序，制定本办法。"]);
    let made = app.post_form("drafter", &path, &[("note", "改用附件")], Some(("办法.docx", &file))).await.expect(201);
    assert_eq!(made["text"].as_str().map(str::trim_end), Some("青禾镇集市管理办法\n第一条　为了规范集市秩序，制定本办法。"));
    assert_eq!(made["file"]["name"], "办法.docx");
    let given = app.get("secretary", &format!("{path}/2/file")).await;
    assert_eq!((given.status, &given.body), (200, &file));
    assert!(given.header("content-type").starts_with("application/vnd.openxmlformats"), "{:?}", given.headers);
    app.get("outsider", &format!("{path}/2/file")).await.expect_problem(404, "not_found");
    // A text that follows has no file any more, and neither had the first.
    app.post("drafter", &path, json!({"text": "第一条　甲。"})).await.expect(201);
    app.get("drafter", &format!("{path}/3/file")).await.expect_problem(404, "not_found");
    app.get("drafter", &format!("{path}/1/file")).await.expect_problem(404, "not_found");
}

#[actix_web::test]
async fn a_file_comes_back_as_what_was_read_of_it() {
    let app = TestApp::start().await;
    let path = format!("{}/revisions", drafted(&app).await);
    let markdown = "# 青禾镇集市管理办法\n\n- **第一条** 为了规范集市秩序，制定本办法。\n- 第二条 本办法自公布之日起施行。\n";
    for (no, (content, media_type)) in (2..).zip([(markdown, "text/markdown"), ("第一条　甲。\n", "text/plain")]) {
        // What the sender calls it does not count.
        app.post_form("drafter", &path, &[], Some(("办法.pdf", content.as_bytes()))).await.expect(201);
        let given = app.get("drafter", &format!("{path}/{no}/file")).await;
        assert_eq!((given.status, given.body.as_slice()), (200, content.as_bytes()));
        assert!(given.header("content-type").starts_with(media_type), "{media_type}: {:?}", given.headers);
    }
}

#[actix_web::test]
async fn the_same_words_from_a_file_and_as_text_are_two_revisions() {
    let app = TestApp::start().await;
    let path = format!("{}/revisions", drafted(&app).await);
    let text = app.post("drafter", &path, json!({"text": "第一条　甲。"})).await.expect(201);
    let file = app.post_form("drafter", &path, &[], Some(("a.txt", "第一条　甲。".as_bytes()))).await.expect(201);
    assert_eq!(text["text"], file["text"]);
    assert_ne!(text["revision_sha256"], file["revision_sha256"], "the original file is bound too");
}

#[actix_web::test]
async fn a_file_that_is_no_text_is_refused_in_words() {
    let app = TestApp::start().await;
    let path = format!("{}/revisions", drafted(&app).await);
    let hostile: [(&str, &[u8], u16, &str); 5] = [
        ("办法.docx", b"%PDF-1.7\n", 422, "unreadable_file"),
        ("办法.txt", b"\x7fELF\x02\x01\x01\x00\x00", 415, "unsupported_file"),
        ("办法.docx", b"PK\x03\x04 broken", 422, "unreadable_file"),
        ("空.txt", b"", 422, "unreadable_file"),
        ("空白.txt", " \r\n　".as_bytes(), 422, "unreadable_file"),
    ];
    for (name, content, status, code) in hostile {
        let problem = app.post_form("drafter", &path, &[], Some((name, content))).await.expect_problem(status, code);
        assert!(!problem["detail"].as_str().expect("words").is_empty());
    }
    assert_eq!(rows(&app, "revisions").await, 1);
    assert_eq!(rows(&app, "files").await, 0);
}

#[actix_web::test]
async fn real_word_files_are_read_and_given_back() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/files");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: no corpus on this machine");
        return;
    };
    let app = TestApp::start().await;
    let path = format!("{}/revisions", drafted(&app).await);
    let mut read = 0;
    let mut names: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    names.sort();
    for name in names.into_iter().filter(|name| name.extension().is_some_and(|end| end == "docx")).take(4) {
        let content = std::fs::read(&name).expect("the corpus can be read");
        let made = app.post_form("drafter", &path, &[], Some(("a.docx", &content))).await.expect(201);
        assert_eq!(app.get("drafter", &format!("{path}/{}/file", made["revision"])).await.body, content, "{}", name.display());
        read += 1;
    }
    assert!(read > 0);
}

#[actix_web::test]
async fn revisions_are_listed_without_their_text_and_pages_join() {
    let app = TestApp::start().await;
    let path = format!("{}/revisions", drafted(&app).await);
    for text in ["甲", "乙", "丙"] {
        app.post("drafter", &path, json!({"text": text})).await.expect(201);
    }
    let first = app.get("drafter", &format!("{path}?limit=3")).await;
    let body = first.expect(200);
    assert!(first.header("link").contains("rel=\"next\""));
    assert!(body["items"][0].get("text").is_none());
    let cursor = body["next_cursor"].as_str().expect("a cursor");
    // What is added in between comes after what was there, once.
    app.post("drafter", &path, json!({"text": "丁"})).await.expect(201);
    let second = app.get("drafter", &format!("{path}?limit=3&cursor={cursor}")).await.expect(200);
    let numbers: Vec<i64> = [&body, &second]
        .into_iter()
        .flat_map(|page| page["items"].as_array().expect("items"))
        .map(|item| item["revision"].as_i64().expect("a number"))
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    for nothing in ["0", "9", "-1", "x", "1.0", "99999999999"] {
        app.get("drafter", &format!("{path}/{nothing}")).await.expect_problem(404, "not_found");
    }
}

#[actix_web::test]
async fn an_act_that_is_only_tried_writes_nothing() {
    let app = TestApp::start().await;
    let document = drafted(&app).await;
    let entries = rows(&app, "log_entries").await;
    let tried = app.post("drafter", &format!("{document}/revisions?dry_run=true"), json!({"text": "新"})).await.expect(200);
    assert_eq!(tried, json!({"allowed": true, "reasons": []}));
    let tried = app
        .post_form("drafter", &format!("{document}/materials?dry_run=true"), &[("kind", "fair_competition_conclusion")], Some(("a", b"x")))
        .await
        .expect(200);
    assert_eq!((&tried["allowed"], &tried["reasons"][0]["code"]), (&false.into(), &"conclusion_mismatch".into()));
    app.post("drafter", &format!("{document}/revisions?dry_run=true"), json!({})).await.expect_problem(422, "invalid_input");
    app.post("outsider", &format!("{document}/revisions?dry_run=true"), json!({"text": "新"})).await.expect_problem(404, "not_found");
    app.post("drafter", &format!("{document}/revisions?dry_run=maybe"), json!({"text": "新"}))
        .await
        .expect_problem(400, "bad_query_parameter");
    let left = (rows(&app, "revisions").await, rows(&app, "materials").await, rows(&app, "files").await, rows(&app, "log_entries").await);
    assert_eq!(left, (1, 0, 0, entries));
}
