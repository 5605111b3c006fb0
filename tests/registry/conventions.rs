//! What holds for every call, whatever it is about: problems, headers, methods, bodies, queries, and the order of refusal.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::helpers::app::{Answered, TestApp, new_document};

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

/// Every path of the published document with its methods in upper case, `HEAD` with `GET`.
fn operations() -> Vec<(String, Vec<String>)> {
    let document = lawgate::web::openapi::published();
    let paths = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .map(|(path, item)| {
            let mut methods: Vec<String> = item.as_object().expect("an item").keys().map(|method| method.to_uppercase()).collect();
            if methods.iter().any(|method| method == "GET") {
                methods.push("HEAD".to_owned());
            }
            methods.sort();
            (path.clone(), methods)
        })
        .collect()
}

/// A path with every parameter filled by something of its kind.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| match part {
            "{n}" => "1",
            "{file}" => "start.js",
            part if part.starts_with('{') => "01900000-0000-7000-8000-000000000000",
            part => part,
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Checks the form of a refusal, whoever made it.
#[track_caller]
fn check_problem(answered: &Answered, what: &str) -> Value {
    assert!(answered.header("content-type").starts_with("application/problem+json"), "{what}: {:?}", answered.headers);
    let body = answered.json();
    for (name, kind) in
        [("type", "string"), ("title", "string"), ("status", "number"), ("detail", "string"), ("instance", "string"), ("code", "string")]
    {
        let found = match &body[name] {
            Value::String(text) if !text.is_empty() => "string",
            Value::Number(_) => "number",
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => "nothing",
        };
        assert_eq!(found, kind, "{what}: {name} in {body}");
    }
    assert_eq!(body["status"], answered.status, "{what}");
    assert_eq!(body["instance"], answered.header("x-request-id"), "{what}");
    assert_eq!(body["type"], format!("/api/docs/problems#{}", body["code"].as_str().expect("a code")), "{what}");
    assert_eq!(answered.header("cache-control"), "no-store", "{what}");
    body
}

#[actix_web::test]
async fn a_path_that_is_not_there_is_a_problem() {
    let app = TestApp::start().await;
    for path in [
        "/api/v1/nothing",
        "/api",
        "/api/v1/",
        "/api/v2/documents",
        "/api/v1/documents/",
        "/api/v1/%00",
        "/api/v1/documents/%ff%fe",
        "/api//v1/documents",
        "/health",
        "/health/live/",
    ] {
        for who in ["", "drafter"] {
            let answered = app.get(who, path).await;
            let body = check_problem(&answered, path);
            let expected = if answered.status == 401 { "unauthenticated" } else { "not_found" };
            assert_eq!(body["code"], expected, "{path}: {body}");
            assert!(answered.status == 404 || who.is_empty(), "{path} as {who}: {}", answered.status);
        }
    }
}

#[actix_web::test]
async fn every_path_names_the_methods_that_it_takes() {
    let app = TestApp::start().await;
    let operations = operations();
    assert!(operations.len() > 10);
    for (path, taken) in operations {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] {
            if taken.iter().any(|each| each == method) {
                continue;
            }
            let answered = app.send(method, "", &filled(&path), &[], None).await;
            assert_eq!(answered.status, 405, "{method} {path}");
            let mut allow: Vec<&str> = answered.header("allow").split(", ").collect();
            allow.sort_unstable();
            assert_eq!(allow, taken, "{method} {path}");
            if method != "HEAD" {
                assert_eq!(check_problem(&answered, &path)["code"], "method_not_allowed");
            }
        }
    }
}

#[actix_web::test]
async fn head_answers_like_get_without_a_body() {
    let app = TestApp::start().await;
    let created = app.post("drafter", "/documents", new_document()).await;
    created.expect(201);
    let document = created.header("location").to_owned();
    for (who, path) in [
        ("", "/health/live"),
        ("", "/api/docs"),
        ("", "/api/v1/openapi.json"),
        ("drafter", document.as_str()),
        ("outsider", &document),
        ("", &document),
    ] {
        let get = app.get(who, path).await;
        let head = app.send("HEAD", who, path, &[], None).await;
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path} as {who}");
        for name in ["content-type", "etag", "cache-control", "content-length", "www-authenticate"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path} as {who}");
        }
    }
}

#[actix_web::test]
async fn without_a_good_token_the_answer_says_how_to_sign_in() {
    let app = TestApp::start().await;
    let good = app.token("drafter").to_owned();
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer lg_",
        "Bearer lg_wrong",
        "Basic dXNlcjpwYXNz",
        &good,
        &format!("Bearer {good}x"),
        &format!("Bearer x{good}"),
    ] {
        let headers = [("authorization", value)];
        let headers: &[(&str, &str)] = if value.is_empty() { &[] } else { &headers };
        let answered = app.send("GET", "", "/documents/01900000-0000-7000-8000-000000000000", headers, None).await;
        assert_eq!(check_problem(&answered, value)["code"], "unauthenticated", "{value}");
        assert!(answered.header("www-authenticate").starts_with("Bearer "), "{value}");
    }
    let answered =
        app.send("GET", "", "/documents/01900000-0000-7000-8000-000000000000", &[("authorization", &format!("bearer {good}"))], None).await;
    answered.expect_problem(404, "not_found");
}

#[actix_web::test]
async fn a_request_id_is_taken_over_when_well_formed_and_replaced_otherwise() {
    let app = TestApp::start().await;
    for good in ["a", "7f3c-11.x_y:z+/=", &"x".repeat(128)] {
        let answered = app.send("GET", "", "/health/live", &[("x-request-id", good)], None).await;
        assert_eq!(answered.header("x-request-id"), good);
    }
    for bad in ["", " ", "a b", "a\"b", "<script>", "请求", &"x".repeat(129)] {
        let answered = app.send("GET", "", "/documents", &[("x-request-id", bad)], None).await;
        let id = answered.header("x-request-id");
        assert!(id != bad && id.len() == 36, "{bad}: {id}");
        assert_eq!(answered.json()["instance"], id);
    }
}

#[actix_web::test]
async fn sentences_are_chinese_unless_english_is_preferred() {
    let app = TestApp::start().await;
    for (wanted, is_english) in
        [("", false), ("zh-CN", false), ("en", true), ("en-US,en;q=0.9,zh;q=0.8", true), ("zh,en;q=0.9", false), ("de", false)]
    {
        let headers = [("accept-language", wanted)];
        for (method, path) in [("GET", "/nothing"), ("GET", "/documents/x"), ("PUT", "/documents")] {
            let answered = app.send(method, "drafter", path, if wanted.is_empty() { &[] } else { &headers }, None).await;
            let body = check_problem(&answered, path);
            for part in ["title", "detail"] {
                let text = body[part].as_str().expect("a sentence");
                assert_eq!(text.is_ascii(), is_english, "{wanted}: {text}");
            }
            assert!(answered.header("vary").contains("Accept-Language"));
        }
    }
}

#[actix_web::test]
async fn every_answer_forbids_what_a_browser_would_guess() {
    let app = TestApp::start().await;
    for (who, path) in [("", "/health/live"), ("", "/documents"), ("", "/nothing"), ("drafter", "/documents/x"), ("", "/api/docs")] {
        let answered = app.get(who, path).await;
        assert_eq!(answered.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answered.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!answered.header("cache-control").is_empty(), "{path}");
        assert!(answered.header("server").is_empty() && answered.header("x-powered-by").is_empty(), "{path}");
        assert!(answered.header("access-control-allow-origin").is_empty(), "{path}");
    }
}

async fn create(app: &TestApp, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answered {
    app.send("POST", "drafter", "/documents", headers, Some(body.into())).await
}

#[actix_web::test]
async fn a_body_that_cannot_be_parsed_is_400_and_one_of_another_type_415() {
    let app = TestApp::start().await;
    let whole = new_document().to_string();
    let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
    for broken in ["{", "{\"title\": }", "nonsense", "", "\u{feff}{}", "{\"title\": \"\\ud800\"}", "{} {}", "{\"title\": 1e999}", &deep] {
        let answered = create(&app, JSON, broken).await;
        assert_eq!(answered.status, 400, "{broken}: {}", String::from_utf8_lossy(&answered.body));
        assert_eq!(check_problem(&answered, broken)["code"], "malformed_body");
    }
    let answered = create(&app, JSON, b"{\"title\": \"\xff\xfe\"}".to_vec()).await;
    assert_eq!(check_problem(&answered, "bytes that are no UTF-8")["code"], "malformed_body");
    for content_type in [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "application/merge-patch+json",
        "application/jsonx",
        "*/*",
        "json",
    ] {
        let answered = create(&app, &[("content-type", content_type)], whole.clone()).await;
        assert_eq!(answered.status, 415, "{content_type}");
        assert_eq!(check_problem(&answered, content_type)["code"], "unsupported_media_type");
    }
    create(&app, &[], whole.clone()).await.expect_problem(415, "unsupported_media_type");
    for content_type in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
        create(&app, &[("content-type", content_type)], whole.clone()).await.expect(201);
    }
    for form in ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x"] {
        let answered = create(&app, &[("content-type", form)], "no form").await;
        assert_eq!(answered.status, 400, "{form}: {}", String::from_utf8_lossy(&answered.body));
        assert_eq!(check_problem(&answered, form)["code"], "malformed_body");
    }
}

#[actix_web::test]
async fn a_body_of_the_wrong_shape_is_422_with_every_fault() {
    let app = TestApp::start().await;
    for wrong in ["[]", "7", "null", "\"text\"", "true"] {
        create(&app, JSON, wrong).await.expect_problem(422, "invalid_input");
    }
    let empty = create(&app, JSON, "{}").await.expect_problem(422, "invalid_input");
    let missing: Vec<&str> = empty["errors"].as_array().expect("errors").iter().filter_map(|error| error["pointer"].as_str()).collect();
    assert_eq!(missing, ["/concerns_market_entities", "/document_class", "/drafting_unit", "/issuing_authority", "/title", "/text"]);
    for (pointer, value, code) in [
        ("/title", json!("a\u{0}b"), "bad_character"),
        ("/title", json!(" \n\t　"), "blank"),
        ("/title", json!(""), "too_short"),
        ("/title", json!("办".repeat(301)), "too_long"),
        ("/title", json!(null), "wrong_type"),
        ("/title", json!({"a": 1}), "wrong_type"),
        ("/concerns_market_entities", json!("true"), "wrong_type"),
        ("/document_class", json!("Government_document"), "not_an_option"),
        ("/joint_authorities", json!(vec!["a"; 21]), "too_many"),
        ("/joint_authorities/0", json!([7]), "wrong_type"),
        ("/replaces/0/document_id", json!([{"document_id": "x", "effect": "repealed"}]), "bad_format"),
        ("/replaces/0/effect", json!([{"document_id": "01900000-0000-7000-8000-000000000000"}]), "missing"),
        (
            "/replaces/0/why",
            json!([{"document_id": "01900000-0000-7000-8000-000000000000", "effect": "repealed", "why": 1}]),
            "unknown_field",
        ),
        ("/stage", json!("filed"), "unknown_field"),
        ("/id", json!("01900000-0000-7000-8000-000000000000"), "unknown_field"),
        ("/a~1b~0c", json!(1), "unknown_field"),
    ] {
        let mut body = new_document();
        let member = match pointer {
            "/a~1b~0c" => "a/b~c",
            pointer => pointer.split('/').nth(1).expect("a member"),
        };
        body[member] = value;
        let problem = app.post("drafter", "/documents", body).await.expect_problem(422, "invalid_input");
        let errors = problem["errors"].as_array().expect("errors");
        assert!(errors.iter().any(|error| error["pointer"] == pointer && error["code"] == code), "{pointer} {code}: {problem}");
        assert!(errors.iter().all(|error| error["detail"].as_str().is_some_and(|detail| !detail.is_empty())), "{problem}");
    }
    let nested = format!("{{\"a\": {}{}}}", "[".repeat(60), "]".repeat(60));
    create(&app, JSON, nested).await.expect_problem(422, "invalid_input");
}

/// Sends raw bytes and reads until the status line is there.
async fn raw(app: &TestApp, head: &str, body: &[u8]) -> String {
    let address = app.base().strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).await.expect("it connects");
    let head = head.replace("TOKEN", app.token("drafter"));
    stream.write_all(head.as_bytes()).await.expect("the head is sent");
    // The server may stop reading before all is sent; what it answered is read all the same.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let mut buffer = [0_u8; 4096];
    let read = async {
        while !String::from_utf8_lossy(&answer).contains("\r\n\r\n{") {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(count) => answer.extend_from_slice(&buffer[..count]),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("an answer within 20 seconds");
    String::from_utf8_lossy(&answer).into_owned()
}

#[actix_web::test]
async fn a_body_over_the_limit_is_refused_before_it_is_read() {
    let app = TestApp::start().await;
    let head = "POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\n";
    // Declared, and not one byte of it sent.
    let answer = raw(&app, &format!("{head}Content-Length: 8388609\r\n\r\n"), b"").await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("application/problem+json") && answer.contains("payload_too_large"), "{answer}");
    // Not declared: as soon as the limit is passed.
    let chunk = format!("100000\r\n{}\r\n", " ".repeat(0x10_0000));
    let body = chunk.repeat(9);
    let answer = raw(&app, &format!("{head}Transfer-Encoding: chunked\r\n\r\n"), body.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let form = head.replace("application/json", "multipart/form-data; boundary=x");
    let answer = raw(&app, &format!("{form}Content-Length: 22020097\r\n\r\n"), b"").await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    // Who is not signed in is told so, whatever they send.
    let stranger = head.replace("Authorization: Bearer TOKEN\r\n", "");
    let answer = raw(&app, &format!("{stranger}Content-Length: 99999999\r\n\r\n"), b"").await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    app.get("", "/health/live").await.expect(200);
}

#[actix_web::test]
async fn a_file_over_the_limit_is_refused() {
    let app = TestApp::start().await;
    let large = vec![b'a'; 20 * 1024 * 1024 + 1];
    let answered = app.post_form("drafter", "/documents", &[("title", "x")], Some(("a.txt", &large))).await;
    answered.expect_problem(413, "payload_too_large");
}

#[actix_web::test]
async fn unknown_query_parameters_are_refused_by_name() {
    let app = TestApp::start().await;
    let created = app.post("drafter", "/documents", new_document()).await;
    created.expect(201);
    let document = created.header("location").to_owned();
    let readable =
        [("drafter", document.as_str()), ("secretary", "/meetings"), ("", "/health/live"), ("", "/metrics"), ("", "/api/v1/openapi.json")];
    for (who, path) in readable {
        for query in ["colour=red", "Limit=1", "dry_run=true&colour=red", "limit[]=1"] {
            let answered = app.get(who, &format!("{path}?{query}")).await;
            let body = check_problem(&answered, path);
            assert_eq!((answered.status, &body["code"]), (400, &"unknown_query_parameter".into()), "{path}?{query}");
            let named = body["parameter"].as_str().expect("a name");
            assert!(query.contains(named) && body["detail"].as_str().expect("a sentence").contains(named), "{body}");
        }
    }
    let answered = app.post("drafter", "/documents?colour=red", new_document()).await;
    answered.expect_problem(400, "unknown_query_parameter");
    for value in ["dry_run=yes", "dry_run=", "dry_run=true&dry_run=false", "dry_run=%00"] {
        let answered = app.post("drafter", &format!("/documents?{value}"), new_document()).await;
        assert_eq!(answered.expect_problem(400, "bad_query_parameter")["parameter"], "dry_run", "{value}");
    }
}

#[actix_web::test]
async fn a_page_is_at_most_two_hundred_and_never_less_than_one() {
    let app = TestApp::start().await;
    for good in ["1", "50", "200", "201", "4294967295", "99999999999"] {
        app.get("secretary", &format!("/meetings?limit={good}")).await.expect(200);
    }
    for bad in ["0", "-1", "x", "", "1.5", "%2B5", "%00"] {
        let answered = app.get("secretary", &format!("/meetings?limit={bad}")).await;
        assert_eq!(answered.expect_problem(400, "bad_query_parameter")["parameter"], "limit", "{bad}");
    }
}

/// Five meetings of the township, for a list of several pages.
async fn five_meetings(app: &TestApp) {
    for day in 1..=5 {
        let body = json!({"body": "qinghe", "kind": "executive_meeting", "held_on": format!("2026-04-0{day}"), "title": format!("第{day}次常务会议")});
        app.post("secretary", "/meetings", body).await.expect(201);
    }
}

#[actix_web::test]
async fn a_cursor_works_for_its_own_list_only() {
    let app = TestApp::start().await;
    five_meetings(&app).await;
    let first = app.get("secretary", "/meetings?limit=2").await;
    let page = first.expect(200);
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
    let cursor = page["next_cursor"].as_str().expect("a cursor");
    assert!(cursor.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter)), "{cursor} is safe in a URL");
    let link = first.header("link");
    assert!(link.ends_with("; rel=\"next\"") && link.contains(cursor), "{link}");
    let next = link.trim_start_matches('<').split('>').next().expect("an address");
    let second = app.get("secretary", next.strip_prefix(app.base()).unwrap_or(next)).await;
    assert_eq!(second.expect(200)["items"].as_array().map(Vec::len), Some(2));
    let mut flipped = cursor.to_owned();
    let last = if flipped.ends_with('A') { "B" } else { "A" };
    flipped.replace_range(flipped.len() - 1.., last);
    let mut begun = cursor.to_owned();
    begun.replace_range(..1, if begun.starts_with('A') { "B" } else { "A" });
    for bad in [
        "x",
        "",
        "....",
        &flipped,
        &begun,
        &cursor[1..],
        &cursor[..cursor.len() - 4],
        &format!("{cursor}AAAA"),
        "%00",
        "%ff",
        &"A".repeat(3000),
    ] {
        let answered = app.get("secretary", &format!("/meetings?limit=2&cursor={bad}")).await;
        assert_eq!(answered.status, 400, "{bad}: {}", String::from_utf8_lossy(&answered.body));
        check_problem(&answered, bad);
    }
    let created = app.post("drafter", "/documents", new_document()).await;
    created.expect(201);
    let other = format!("{}/revisions?cursor={cursor}", created.header("location"));
    app.get("drafter", &other).await.expect_problem(400, "bad_cursor");
}

#[actix_web::test]
async fn what_is_no_id_names_nothing() {
    let app = TestApp::start().await;
    let created = app.post("drafter", "/documents", new_document()).await;
    let id = created.expect(201)["id"].as_str().expect("an id").to_owned();
    let plain = id.replace('-', "");
    for wrong in [
        "x",
        "1",
        "0",
        "-1",
        &plain,
        &format!("{{{id}}}"),
        &format!("urn:uuid:{id}"),
        &format!("{id}x"),
        "00000000-0000-0000-0000-000000000000",
        "%20",
        "%E6%96%87",
        "..%2F",
        "null",
    ] {
        let answered = app.get("drafter", &format!("/documents/{}", wrong.replace('{', "%7B").replace('}', "%7D"))).await;
        assert_eq!(check_problem(&answered, wrong)["code"], "not_found", "{wrong}");
    }
    for wrong in ["0", "-1", "2", "x", "99999999999999999999", "1.0", "+1", "01"] {
        app.get("drafter", &format!("/documents/{id}/revisions/{wrong}")).await.expect_problem(404, "not_found");
    }
}

#[actix_web::test]
async fn refusals_come_in_their_order() {
    let app = TestApp::start().await;
    let created = app.post("drafter", "/documents", new_document()).await;
    created.expect(201);
    let revisions = format!("{}/revisions", created.header("location"));
    let absent = "/documents/01900000-0000-7000-8000-000000000000/revisions";
    let send =
        async |who: &str, path: &str, headers: &[(&str, &str)], body: &str| app.send("POST", who, path, headers, Some(body.into())).await;
    // Everything is wrong at once; what is said first is what comes first.
    for path in [revisions.as_str(), absent, "/documents", "/meetings"] {
        send("", &format!("{path}?colour=red"), &[("content-type", "text/plain")], "{").await.expect_problem(401, "unauthenticated");
    }
    for path in [revisions.as_str(), absent] {
        send("outsider", &format!("{path}?colour=red"), &[("content-type", "text/plain")], "{").await.expect_problem(404, "not_found");
    }
    send("drafter", &format!("{absent}?colour=red"), JSON, "{").await.expect_problem(404, "not_found");
    send("secretary", &format!("{revisions}?colour=red"), JSON, "{").await.expect_problem(403, "forbidden");
    send("secretary", &revisions, &[("content-type", "text/plain")], "{").await.expect_problem(403, "forbidden");
    send("secretary", "/documents", JSON, "{").await.expect_problem(403, "forbidden");
    send("drafter", "/meetings", JSON, "{").await.expect_problem(403, "forbidden");
    send("drafter", &format!("{revisions}?colour=red"), JSON, "{}").await.expect_problem(400, "unknown_query_parameter");
    send("drafter", &revisions, JSON, "{").await.expect_problem(400, "malformed_body");
    send("drafter", &revisions, JSON, "{\"note\": 7}").await.expect_problem(422, "invalid_input");
    // A query that cannot be read does not tell a stranger that the document is there.
    app.get("outsider", &format!("{}?colour=red", created.header("location"))).await.expect_problem(404, "not_found");
}

#[actix_web::test]
async fn a_fault_inside_says_nothing_but_the_request_id() {
    let app = TestApp::start().await;
    let created = app.post("drafter", "/documents", new_document()).await;
    created.expect(201);
    assert_eq!(app.sql_as_superuser("ALTER TABLE filings RENAME TO elsewhere").await, "ok");
    let answered = app.send("GET", "drafter", created.header("location"), &[("accept-language", "en")], None).await;
    assert_eq!(answered.status, 500);
    let body = check_problem(&answered, "a missing table");
    assert_eq!(body["code"], "internal");
    let text = body.to_string();
    for leaked in ["filings", "relation", "SELECT", "diesel", "postgres", ".rs"] {
        assert!(!text.contains(leaked), "{text}");
    }
}

#[actix_web::test]
async fn while_the_database_is_away_the_caller_is_told_to_come_again() {
    let app = TestApp::start().await;
    let name = app.database.app_url.rsplit('/').next().expect("a name").split('?').next().expect("a name").to_owned();
    app.get("drafter", "/documents/01900000-0000-7000-8000-000000000000").await.expect_problem(404, "not_found");
    assert_eq!(app.sql_as_superuser(&format!("ALTER ROLE lawgate_app IN DATABASE \"{name}\" SET search_path = public")).await, "ok");
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    assert_eq!(app.sql_as_superuser(&format!("ALTER DATABASE \"{name}\" WITH CONNECTION LIMIT 0; {cut}")).await, "ok");
    for path in ["/documents/01900000-0000-7000-8000-000000000000", "/meetings", "/health/ready"] {
        let answered = app.get("drafter", path).await;
        assert_eq!(answered.status, 503, "{path}: {}", String::from_utf8_lossy(&answered.body));
        check_problem(&answered, path);
        assert!(answered.header("retry-after").parse::<u32>().is_ok(), "{path}");
    }
    app.get("", "/health/live").await.expect(200);
    assert_eq!(app.sql_as_superuser(&format!("ALTER DATABASE \"{name}\" WITH CONNECTION LIMIT -1")).await, "ok");
    app.get("", "/health/ready").await.expect(200);
}
