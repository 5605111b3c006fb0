//! One Word file through all four stages, with the program killed twice on the way.

use std::io::{Cursor, Write};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::client::Client;
use super::program::Program;

/// How many calls are acknowledged before the program is killed under those that follow.
const ACKNOWLEDGED_BEFORE_THE_KILL: usize = 9;

/// A real office file where the corpus is there, else one made here.
fn word_file() -> (String, Vec<u8>) {
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/files/03-auto-numbered.docx");
    match std::fs::read(&shared) {
        Ok(bytes) => ("03-auto-numbered.docx".to_owned(), bytes),
        Err(_) => {
            println!("../shared/corpus/files is absent: skipping the real file, a generated one takes its place");
            ("generated.docx".to_owned(), generated())
        }
    }
}

fn generated() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let paragraphs: String = ["某镇试验办法", "第一条　为了试验，制定本办法。", "第二条　本办法自公布之日起三十日后施行。"]
        .iter()
        .map(|line| format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>"))
        .collect();
    let parts = [
        ("[Content_Types].xml", r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#.to_owned()),
        ("_rels/.rels", r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#.to_owned()),
        ("word/document.xml", format!(r#"<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{paragraphs}</w:body></w:document>"#)),
    ];
    for (name, content) in parts {
        zip.start_file(name, options).expect("a part");
        zip.write_all(content.as_bytes()).expect("written");
    }
    zip.finish().expect("a zip file").into_inner()
}

async fn stage_of(client: &Client, who: &str, path: &str) -> (String, String) {
    let document = client.get(who, path).await.expect(&[200]);
    (document["stage"].as_str().expect("a stage").to_owned(), document["step"].as_str().expect("a step").to_owned())
}

fn place(stage: &str, step: &str) -> (String, String) {
    (stage.to_owned(), step.to_owned())
}

async fn clock(client: &Client, day: &str) {
    client.post("admin", "/demo/clock", json!({"now": format!("{day}T09:00:00+08:00")})).await.expect(&[200]);
}

#[actix_web::test]
async fn a_word_file_goes_through_all_four_stages_and_survives_being_killed() {
    let directory = tempfile::tempdir().expect("a directory");
    // The private cluster runs under another account, which has to be let through.
    std::fs::set_permissions(directory.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711)).expect("opened");
    let data_dir = directory.path().join("data");

    // Drafted and submitted -----------------------------------------------------------------------------------------
    let program = Program::demo(&data_dir, Some("2026-03-02T09:00:00+08:00"));
    let client = Client::new(&program.credentials);
    let town = client.body_of("secretary");
    let (file_name, bytes) = word_file();
    let fields = [
        ("title", "青禾镇试验管理办法"),
        ("document_class", "government_document"),
        ("issuing_authority", town.as_str()),
        ("drafting_unit", "经济发展办公室"),
        ("concerns_market_entities", "false"),
    ];
    let document = client.post_form("drafter", "/documents", &fields, (&file_name, &bytes)).await.expect(&[201]);
    let id = document["id"].as_str().expect("an id").to_owned();
    let path = format!("/documents/{id}");
    assert_eq!(client.get("drafter", &format!("{path}/revisions/1/file")).await.body, bytes, "the original bytes come back identical");
    let revision = client.get("drafter", &format!("{path}/revisions/1")).await.expect(&[200]);
    assert!(revision["text"].as_str().expect("a text").contains("第一条"), "automatic numbering is part of the text");
    for kind in ["drafting_explanation", "legal_basis", "comment_summary", "unit_legality_opinion"] {
        client
            .post_form("drafter", &format!("{path}/materials"), &[("kind", kind)], ("材料.txt", "材料内容".as_bytes()))
            .await
            .expect(&[201]);
    }
    client.post("drafter", &format!("{path}/submissions"), json!({"revision": 1})).await.expect(&[200, 201]);

    // Killed while calls are on their way -----------------------------------------------------------------------------
    let (acks, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let lanes = (0..4).map(|lane| {
        let (client, town, acks) = (&client, town.as_str(), acks.clone());
        async move {
            let mut acknowledged = Vec::new();
            loop {
                let number = acknowledged.len();
                let body = json!({"title": format!("青禾镇试验通知（{lane}之{number}）"), "document_class": "government_document",
                    "issuing_authority": town, "drafting_unit": "经济发展办公室", "concerns_market_entities": false,
                    "text": format!("第一条　第{lane}之{number}号。")});
                // Until the program is killed every call is acknowledged; the one that is not ends its lane.
                let Ok(answer) = client.try_post("drafter", "/documents", body).await else { return acknowledged };
                acknowledged.push(answer.expect(&[201]));
                acks.send(()).expect("the killer listens to the end");
            }
        }
    });
    let killer = async {
        for _ in 0..ACKNOWLEDGED_BEFORE_THE_KILL {
            heard.recv().await.expect("the lanes go on until the kill");
        }
        program.kill_hard();
    };
    let (acknowledged, ()) = futures_util::future::join(futures_util::future::join_all(lanes), killer).await;
    let acknowledged: Vec<Value> = acknowledged.into_iter().flatten().collect();
    assert!(acknowledged.len() >= ACKNOWLEDGED_BEFORE_THE_KILL);

    let program = Program::demo(&data_dir, None);
    let client = Client::new(&program.credentials);
    for document in &acknowledged {
        let again = client.get("drafter", &format!("/documents/{}", document["id"].as_str().expect("an id"))).await.expect(&[200]);
        assert_eq!(again["revision_sha256"], document["revision_sha256"], "what was acknowledged is there");
    }
    assert_eq!(stage_of(&client, "drafter", &path).await, place("legality_review", "awaiting_intake"));

    // Reviewed ------------------------------------------------------------------------------------------------------
    let meeting = json!({"body": town, "kind": "office_meeting", "held_on": "2026-03-10", "title": "镇长办公会议"});
    let meeting = client.post("secretary", "/meetings", meeting).await.expect(&[201]);
    let meeting_path = format!("/meetings/{}", meeting["id"].as_str().expect("an id"));
    let refused = client.post("secretary", &format!("{meeting_path}/agenda"), json!({"document_id": id})).await.expect(&[409]);
    assert_eq!(refused["code"], "gate_closed", "not before the review has passed");
    client.post("reviewer", &format!("{path}/intake"), json!({"result": "accepted"})).await.expect(&[200, 201]);
    client
        .post("reviewer", &format!("{path}/opinions"), json!({"revision": 1, "outcome": "lawful", "summary": "经审核，内容合法。"}))
        .await
        .expect(&[200, 201]);
    assert_eq!(stage_of(&client, "drafter", &path).await, place("legality_review", "cleared"));

    // Decided, signed, published ------------------------------------------------------------------------------------
    client.post("secretary", &format!("{meeting_path}/agenda"), json!({"document_id": id})).await.expect(&[201]);
    clock(&client, "2026-03-10").await;
    let decision = json!({"outcome": "approved", "minutes_no": "〔2026〕3号", "attendees": ["甲", "乙", "丙"], "presider": "甲"});
    client.post("secretary", &format!("{meeting_path}/agenda/{id}/decision"), decision).await.expect(&[200, 201]);
    client.post("secretary", &format!("{path}/issuance"), json!({"signed_by": "甲", "signed_on": "2026-03-10"})).await.expect(&[200, 201]);
    let publication = json!({"publication_date": "2026-03-10", "effective_date": "2026-05-01", "channel": "镇人民政府公告栏"});
    client.post("secretary", &format!("{path}/publication"), publication).await.expect(&[200, 201]);
    let published = client.get("drafter", &path).await.expect(&[200]);
    assert_eq!((published["step"].as_str(), published["effect"].as_str()), (Some("published"), Some("not_yet_effective")));
    assert!(published["official_doc_no"].as_str().is_some_and(|number| number.contains("〔2026〕")), "{published}");

    // Filed and reviewed there --------------------------------------------------------------------------------------
    client.post("drafter", &format!("{path}/filing"), json!({})).await.expect(&[200, 201]);
    let filed = client.get("drafter", &path).await.expect(&[200]);
    assert_eq!((filed["stage"].as_str(), filed["step"].as_str()), (Some("filed"), Some("awaiting_registration")));
    for filing in filed["filings"].as_array().expect("filings") {
        let target = filing["target"]["code"].as_str().expect("a code");
        let who = if target == client.body_of("auditor") { "auditor" } else { "county_auditor" };
        let filing_path = format!("/filings/{}", filing["id"].as_str().expect("an id"));
        client.post(who, &format!("{filing_path}/intake"), json!({"result": "registered"})).await.expect(&[200, 201]);
        client.post(who, &format!("{filing_path}/review"), json!({"result": "passed"})).await.expect(&[200, 201]);
    }
    assert_eq!(stage_of(&client, "auditor", &path).await, place("filed", "filing_reviewed"));

    // Killed once more, then cleaned up -----------------------------------------------------------------------------
    program.kill_hard();
    let program = Program::demo(&data_dir, None);
    let client = Client::new(&program.credentials);
    clock(&client, "2026-06-01").await;
    let round = json!({"title": "2026年规范性文件清理", "body": town, "trigger": "periodic", "cutoff_date": "2026-05-31"});
    let round = client.post("auditor", "/cleanups", round).await.expect(&[201]);
    let round_path = format!("/cleanups/{}", round["id"].as_str().expect("an id"));
    let result = json!({"document_id": id, "result": "continued", "reason": "仍需执行"});
    client.post("auditor", &format!("{round_path}/results"), result).await.expect(&[200, 201]);
    let publication = json!({"minutes_no": "〔2026〕9号", "published_on": "2026-06-01"});
    client.post("secretary", &format!("{round_path}/publication"), publication).await.expect(&[200, 201]);
    assert_eq!(stage_of(&client, "drafter", &path).await, place("cleaned_up", "continued"));

    // The timeline tells all of it, in order ------------------------------------------------------------------------
    let timeline = client.get("drafter", &format!("{path}/timeline?limit=200")).await.expect(&[200]);
    let told: Vec<&str> = timeline["items"].as_array().expect("items").iter().filter_map(|entry| entry["type"].as_str()).collect();
    let stages: Vec<&str> = timeline["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|entry| entry["type"] == "document.stage_changed")
        .filter_map(|entry| entry["data"]["stage"].as_str())
        .collect();
    assert_eq!(stages, ["legality_review", "filed", "cleaned_up"]);
    for act in
        ["document.created", "document.submitted", "intake.taken", "opinion.given", "agenda.placed", "decision.recorded", "issuance.made"]
    {
        assert!(told.contains(&act), "{act} is missing from {told:?}");
    }
    assert!(program.terminate().success(), "SIGTERM ends it with exit status 0");
}
