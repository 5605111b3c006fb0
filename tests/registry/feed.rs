//! The log as a feed and as a tree: every committed entry at its position, each caller their own, and the proofs of all.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;
use lawgate::evidence::head::TreeHead;
use lawgate::evidence::tree::{TreeHash, is_consistent, is_included, leaf_hash};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};

use super::helpers::app::{TestApp, new_document};
use super::helpers::story;

fn hash(text: &Value) -> TreeHash {
    TreeHash(hex::decode(text.as_str().expect("a hash")).expect("hexadecimal").try_into().expect("32 bytes"))
}

fn path(answer: &Value) -> Vec<TreeHash> {
    answer["path"].as_array().expect("a path").iter().map(hash).collect()
}

/// Everything that the caller may read, page by page, once a new document of the drafter is among it.
async fn all_events(app: &TestApp, who: &str) -> Vec<Value> {
    let id = app.post("drafter", "/documents", new_document()).await.expect(201)["id"].clone();
    // A position comes within a second of the commit.
    for _ in 0..40 {
        let admin = read_all(app, "admin").await;
        if admin.iter().any(|event| event["subject"] == id) {
            return read_all(app, who).await;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no position within a second");
}

async fn read_all(app: &TestApp, who: &str) -> Vec<Value> {
    let (mut after, mut events) = (String::new(), Vec::new());
    loop {
        let page = app.get(who, &format!("/events?limit=3{after}")).await.expect(200);
        events.extend(page["items"].as_array().expect("items").clone());
        // Nothing has its position yet.
        let next = if page["next"].is_null() { String::new() } else { format!("&after={}", page["next"]) };
        if next == after {
            return events;
        }
        after = next;
    }
}

#[actix_web::test]
async fn positions_begin_at_0_without_a_gap_and_next_passes_what_is_not_ones_own() {
    let app = TestApp::start().await;
    story::submitted(&app).await;
    let all = all_events(&app, "admin").await;
    let positions: Vec<i64> = all.iter().filter_map(|event| event["position"].as_i64()).collect();
    assert_eq!(positions, (0..i64::try_from(all.len()).expect("few")).collect::<Vec<_>>());
    let own = read_all(&app, "drafter").await;
    assert!(own.iter().any(|event| event["type"] == "document.created"));
    assert!(own.iter().all(|event| all.contains(event)) && own.len() < all.len());
    // Who has nothing to do with any of it sees none of it, and is led past it all the same.
    let outsider = app.get("outsider", "/events").await.expect(200);
    assert_eq!(outsider["items"], serde_json::json!([]));
    assert_eq!(outsider["next"].as_i64(), positions.last().copied());
    for (query, code) in [("?limit=0", "bad_query_parameter"), ("?after=-1", "bad_query_parameter"), ("?from=1", "unknown_query_parameter")]
    {
        app.get("drafter", &format!("/events{query}")).await.expect_problem(400, code);
    }
}

#[actix_web::test]
async fn the_head_is_signed_and_every_leaf_is_proven_to_be_in_it() {
    let app = TestApp::start().await;
    story::submitted(&app).await;
    all_events(&app, "admin").await;
    let head: TreeHead = serde_json::from_value(app.get("admin", "/audit/tree-head").await.expect(200)).expect("a head");
    let keys = app.get("auditor", "/audit/key").await.expect(200);
    let key = keys["items"].as_array().expect("keys").iter().find(|key| key["key_id"] == head.key_id.as_str()).expect("the key").clone();
    let public = STANDARD.decode(key["public_key"].as_str().expect("base64")).expect("base64");
    let public = VerifyingKey::from_bytes(&public.try_into().expect("32 bytes")).expect("a key");
    assert!(head.is_signed_by(&public));
    let root = hash(&Value::from(head.root_hash.clone()));
    let entries = app.get("admin", "/audit/entries?limit=200").await.expect(200);
    let entries = entries["items"].as_array().expect("entries").clone();
    let size = usize::try_from(head.tree_size).expect("small");
    assert!(entries.len() >= size && size > 5);
    for (position, entry) in entries.iter().take(size).enumerate() {
        let leaf = STANDARD.decode(entry["leaf"].as_str().expect("an administrator reads all")).expect("base64");
        assert_eq!(hash(&entry["leaf_hash"]), leaf_hash(&leaf));
        let content: Value = serde_json::from_slice(&leaf).expect("JSON");
        assert_eq!(
            (content["position"].as_u64(), &content["format"]),
            (u64::try_from(position).ok(), &Value::from("lawgate-log-entry/v1"))
        );
        let proof = app.get("admin", &format!("/audit/proofs/inclusion?position={position}&tree_size={size}")).await.expect(200);
        assert!(is_included(leaf_hash(&leaf), position as u64, head.tree_size, &path(&proof), root), "{position}");
    }
    for first in 1..=size {
        let proof = app.get("auditor", &format!("/audit/proofs/consistency?first={first}&second={size}")).await.expect(200);
        if first == size {
            assert!(is_consistent((head.tree_size, root), (head.tree_size, root), &path(&proof)));
        }
    }
    let beyond = size + 10_000;
    for query in [
        format!("inclusion?position={size}&tree_size={size}"),
        format!("inclusion?position=0&tree_size={beyond}"),
        format!("consistency?first=0&second={size}"),
        "consistency?first=2&second=1".to_owned(),
        format!("consistency?first=1&second={beyond}"),
    ] {
        app.get("admin", &format!("/audit/proofs/{query}")).await.expect_problem(400, "bad_query_parameter");
    }
}

#[actix_web::test]
async fn the_proofs_are_for_auditors_and_administrators() {
    let app = TestApp::start().await;
    for path in ["tree-head", "key", "entries", "proofs/inclusion?position=0&tree_size=1", "proofs/consistency?first=1&second=1"] {
        for who in ["drafter", "reviewer", "secretary", "outsider"] {
            app.get(who, &format!("/audit/{path}")).await.expect_problem(403, "forbidden");
        }
        app.get("", &format!("/audit/{path}")).await.expect_problem(401, "unauthenticated");
    }
    // An auditor proves that an entry is there without reading what is not theirs.
    all_events(&app, "admin").await;
    let entries = app.get("auditor", "/audit/entries").await.expect(200);
    let drafts = entries["items"].as_array().expect("entries").iter().filter(|entry| entry["leaf"].is_null()).count();
    assert!(drafts > 0);
}

/// Runs the verifier in another language against the service; what it says, or why it ended.
async fn run_verifier(app: &TestApp, kept: Option<&std::path::Path>) -> Result<String, String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verifier/verify_log.py");
    let mut command = std::process::Command::new("python3");
    command.arg(script).arg(app.base()).arg(app.token("admin")).args(kept);
    let output = actix_web::web::block(move || command.output()).await.expect("it is waited for").expect("python3 is there");
    let said = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    if output.status.success() { Ok(said(output.stdout)) } else { Err(said(output.stderr)) }
}

#[actix_web::test]
async fn a_verifier_in_another_language_needs_nothing_but_the_contract() {
    let app = TestApp::start().await;
    story::cleared(&app).await;
    all_events(&app, "admin").await;
    let directory = tempfile::tempdir().expect("a directory");
    let kept = directory.path().join("head.json");
    let head = app.get("admin", "/audit/tree-head").await.expect(200);
    std::fs::write(&kept, head.to_string()).expect("it is written");
    story::submitted(&app).await;
    all_events(&app, "admin").await;
    let said = run_verifier(&app, Some(&kept)).await.expect("everything holds");
    assert!(said.contains("all proofs and the signature hold"), "{said}");
    // Another history, told with the same key: whoever kept a head knows.
    let mut rewritten = head.clone();
    rewritten["root_hash"] = Value::from("00".repeat(32));
    std::fs::write(&kept, rewritten.to_string()).expect("it is written");
    assert!(run_verifier(&app, Some(&kept)).await.expect_err("it is noticed").contains("signature"));
    // What a superuser changes in the log afterwards is noticed without any other head.
    let deed = "SET session_replication_role = replica; ALTER TABLE log_seals DROP CONSTRAINT log_seals_hash_is_of_the_leaf;
        UPDATE log_seals SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'document.created', 'document.revised'), 'UTF8')
         WHERE convert_from(leaf, 'UTF8') LIKE '%document.created%'";
    assert_eq!(app.sql_as_superuser(deed).await, "ok");
    assert!(run_verifier(&app, None).await.expect_err("it is noticed").contains("is not what was hashed"));
}

/// Somebody who follows the stream over a socket of their own.
struct Follower {
    lines: tokio::io::Lines<tokio::io::BufReader<tokio::net::TcpStream>>,
}

impl Follower {
    async fn new(app: &TestApp, who: &str, query: &str, last: Option<i64>) -> Self {
        let address = app.base().trim_start_matches("http://").to_owned();
        let mut socket = tokio::net::TcpStream::connect(&address).await.expect("it listens");
        let last = last.map(|last| format!("Last-Event-ID: {last}\r\n")).unwrap_or_default();
        let login = format!("Authorization: Bearer {}\r\n", app.token(who));
        let request = format!("GET /api/v1/events/stream{query} HTTP/1.1\r\nHost: {address}\r\n{login}{last}\r\n");
        socket.write_all(request.as_bytes()).await.expect("sent");
        Self { lines: tokio::io::BufReader::new(socket).lines() }
    }

    /// The next event; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Value> {
        let read = tokio::time::timeout(Duration::from_secs(30), async {
            while let Ok(Some(line)) = self.lines.next_line().await {
                if let Some(data) = line.strip_prefix("data: ") {
                    return Some(serde_json::from_str(data).expect("JSON"));
                }
                // The last chunk of the answer.
                if line == "0" {
                    return None;
                }
            }
            None
        });
        read.await.expect("something comes within half a minute")
    }
}

#[actix_web::test]
async fn a_stream_gives_what_the_feed_gives_and_goes_on_where_it_was() {
    let app = TestApp::start().await;
    story::submitted(&app).await;
    let all = all_events(&app, "admin").await;
    let mut follower = Follower::new(&app, "admin", "", None).await;
    for event in &all {
        assert_eq!(follower.next().await.as_ref(), Some(event));
    }
    // What comes later comes by itself, and to each their own.
    let mut drafter = Follower::new(&app, "drafter", &format!("?after={}", all.len() - 1), None).await;
    let mut outsider = Follower::new(&app, "outsider", "", None).await;
    let id = app.post("drafter", "/documents", new_document()).await.expect(201)["id"].clone();
    let foreign = app.post("outsider", "/documents", {
        let mut document = new_document();
        document["issuing_authority"] = Value::from("baishi");
        document
    });
    let foreign = foreign.await.expect(201)["id"].clone();
    let news = [follower.next().await.expect("an event"), follower.next().await.expect("an event")];
    assert_eq!(news.each_ref().map(|event| event["subject"].clone()), [id.clone(), foreign.clone()]);
    assert_eq!(drafter.next().await.expect("an event")["subject"], id);
    assert_eq!(outsider.next().await.expect("an event")["subject"], foreign, "the first thing that is theirs to read");
    let mut again = Follower::new(&app, "admin", "?after=0", Some(i64::try_from(all.len()).expect("few") - 2)).await;
    assert_eq!(again.next().await.as_ref(), all.last(), "what was read last goes before the address");
}

#[actix_web::test]
async fn a_stream_ends_when_its_token_does() {
    let app = TestApp::start().await;
    let all = all_events(&app, "drafter").await;
    let mut follower = Follower::new(&app, "drafter", "", None).await;
    for _ in &all {
        follower.next().await.expect("an event");
    }
    let revoked = "UPDATE tokens SET revoked_at = now() WHERE user_id = (SELECT id FROM users WHERE login = 'chen.drafter')";
    assert_eq!(app.change(revoked).await, "ok");
    // Looked at anew with the next event, which is none of theirs any more.
    app.post("outsider", "/documents", {
        let mut document = new_document();
        document["issuing_authority"] = Value::from("baishi");
        document
    })
    .await
    .expect(201);
    assert_eq!(follower.next().await, None);
    app.get("drafter", "/events/stream").await.expect_problem(401, "unauthenticated");
}
