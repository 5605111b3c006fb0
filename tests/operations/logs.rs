//! The log: one JSON object a line, each answer under its request id, and nothing of what callers wrote or who they are.

use std::collections::HashSet;
use std::fs;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::http::{self, request, send};
use super::registry::{Registry, new_document};

/// Words that only callers write; none may be found in a log.
const WORDS: [&str; 2] = ["MARKERWORD", "绝密标记"];

/// The Chinese word as a query carries it, which a log would hold too.
const ENCODED: &str = "%E7%BB%9D%E5%AF%86%E6%A0%87%E8%AE%B0";

#[test]
fn no_log_holds_what_callers_write_and_every_answer_is_found_by_its_id() {
    let registry = Registry::on_private_cluster(&[("LAWGATE_LOG_FORMAT", "json"), ("LAWGATE_LOG", "lawgate=debug,info")]);
    let word = |place: &str| format!("MARKERWORD{place}绝密标记");
    let mut ids = HashSet::new();
    let mut ask = |who: &str, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>| {
        let answer = send(&registry.address, &request(method, path, registry.token(who), headers, body.as_ref())).expect("an answer");
        assert!(ids.insert(answer.header("x-request-id").expect("an id")));
        answer
    };
    // What is taken.
    let mut document = new_document(&word("title"));
    document["drafting_unit"] = json!(word("unit"));
    let key = [("Idempotency-Key", "MARKERWORDkey"), ("User-Agent", "MARKERWORDagent"), ("Referer", "http://MARKERWORD/")];
    let id =
        ask("drafter", "POST", "/api/v1/documents", &key, Some(document.clone())).expect(201)["id"].as_str().expect("an id").to_owned();
    ask("drafter", "POST", "/api/v1/documents", &key, Some(document.clone())).expect(201);
    let at = format!("/api/v1/documents/{id}");
    let text = json!({"text": format!("{}\n第一条　{}。\n", word("title"), word("text"))});
    ask("drafter", "POST", &format!("{at}/revisions"), &[], Some(text)).expect(201);
    ask("drafter", "GET", &format!("/api/v1/documents?q=MARKERWORD{ENCODED}"), &[], None).expect(200);
    ask("secretary", "POST", &format!("{at}/withdrawal"), &[], Some(json!({"reason": word("reason")})));
    // What is refused: by its form, its values, its state, and for who asks.
    document["title"] = json!(word("long").repeat(200));
    document[word("field")] = json!(1);
    document["document_class"] = json!(word("class"));
    ask("drafter", "POST", "/api/v1/documents", &key, Some(document)).expect(422);
    ask("drafter", "POST", &format!("{at}/submissions"), &[], Some(json!({"revision": word("number")}))).expect(422);
    ask("drafter", "GET", &format!("/api/v1/documents?MARKERWORD={ENCODED}"), &[], None).expect(400);
    ask("drafter", "GET", "/api/v1/documents?cursor=MARKERWORD", &[], None).expect(400);
    ask("drafter", "GET", "/api/v1/documents/MARKERWORD", &[], None).expect(404);
    ask("drafter", "GET", &format!("/MARKERWORD/{ENCODED}"), &[], None).expect(404);
    ask("drafter", "GET", &at, &[("X-Request-Id", "MARKERWORD <no id>")], None).expect(200);
    ask("drafter", "PATCH", &at, &[("If-Match", "\"MARKERWORD\"")], Some(json!({"title": word("title")}))).expect(412);
    ask("", "GET", &at, &[("Authorization", "Bearer lg_MARKERWORD")], None).expect(401);
    ask("", "GET", &at, &[("Authorization", "MARKERWORD"), ("Cookie", "MARKERWORD")], None).expect(401);
    ask("outsider", "GET", &at, &[], None).expect(404);
    // What fails inside: the log says why, and still no more.
    registry.superuser().run("ALTER TABLE documents ADD CONSTRAINT documents_fail CHECK (title NOT LIKE '%inside%') NOT VALID");
    ask("drafter", "POST", "/api/v1/documents", &[], Some(new_document(&word("inside")))).expect(500);
    registry.superuser().run("REVOKE SELECT ON documents FROM lawgate_app");
    ask("drafter", "GET", &at, &[], None).expect(500);
    // Not HTTP at all.
    let _ = http::send(&registry.address, b"MARKERWORD / MARKERWORD\r\n\r\n");
    let own = [("X-Request-Id", "trace-0001")];
    assert_eq!(ask("", "GET", "/health/live", &own, None).header("x-request-id").as_deref(), Some("trace-0001"));

    let (logins, tokens) = registry.logins();
    let log = registry.running.errors();
    let server_log = fs::read_to_string(registry.data_dir.join("postgres.log")).expect("a log");
    for (name, text) in [("lawgate", &log), ("PostgreSQL", &server_log)] {
        for secret in WORDS.iter().copied().chain([ENCODED]).chain(tokens.iter().map(String::as_str)) {
            let line = text.lines().find(|line| line.contains(secret));
            assert!(line.is_none(), "the log of {name} holds {secret}: {line:?}");
        }
    }
    let mut answered = HashSet::new();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        for member in ["timestamp", "level", "target"] {
            assert!(line[member].is_string(), "{line}");
        }
        let fields = &line["fields"];
        assert!(logins.iter().all(|login| !fields.to_string().contains(&format!("\"{login}\""))), "a login: {line}");
        if fields["message"] == "answered" {
            answered.insert(fields["request_id"].as_str().expect("an id").to_owned());
            let members: HashSet<&str> = fields.as_object().expect("an object").keys().map(String::as_str).collect();
            assert_eq!(members, HashSet::from(["message", "request_id", "method", "route", "status", "duration_ms"]));
        }
    }
    assert!(ids.is_subset(&answered), "{:?}", ids.difference(&answered).collect::<Vec<_>>());
    assert!(log.contains("documents_fail") && log.contains("permission denied for table documents"), "the log says why: {log}");
    registry.running.stop(Signal::SIGTERM);
}
