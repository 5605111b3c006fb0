//! A body that arrives slowly, or not at all, keeps nobody else from the registry.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use super::helpers::app::{BEGIN, TestApp, new_document};

/// A call whose head and first bytes are sent, and not the rest.
struct Hanging {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl Hanging {
    fn begin(app: &TestApp, path: &str, body: &serde_json::Value) -> Self {
        let body = body.to_string().into_bytes();
        let address = app.base().strip_prefix("http://").expect("an address");
        let mut stream = TcpStream::connect(address).expect("connects");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
        let head = format!(
            "POST /api/v1{path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n",
            app.token("drafter"),
            body.len()
        );
        let (now, rest) = body.split_at(1);
        stream.write_all(head.as_bytes()).expect("sent");
        stream.write_all(now).expect("sent");
        Self { stream, rest: rest.to_vec() }
    }

    /// Sends the rest and gives the status of the answer.
    fn finish(mut self) -> String {
        self.stream.write_all(&self.rest).expect("sent");
        let mut answer = Vec::new();
        self.stream.read_to_end(&mut answer).expect("an answer");
        let answer = String::from_utf8_lossy(&answer);
        answer.lines().next().unwrap_or_default().to_owned()
    }
}

/// Waits until the registry has asked who calls and whether they may, and waits for the body: its one connection rests after the
/// end of its look.
async fn looked(app: &TestApp) {
    let begun = Instant::now();
    let resting = "DO $$ BEGIN ASSERT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
        AND usename = 'lawgate_app' AND state = 'idle' AND query = 'ROLLBACK'), 'not yet'; END $$";
    loop {
        match app.sql_as_superuser(resting).await.as_str() {
            "ok" => return,
            said => assert!(begun.elapsed() < Duration::from_secs(60), "{said}"),
        }
    }
}

#[actix_web::test]
async fn an_upload_that_hangs_keeps_no_connection_from_others() {
    let app = TestApp::start_with(BEGIN, 1).await;
    let id = app.post("drafter", "/documents", new_document()).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let text = json!({"text": "青禾镇集市管理办法\n第一条　本办法自2026年6月1日起施行。\n"});
    let uploads: Vec<Hanging> = (0..3).map(|_| Hanging::begin(&app, &format!("/documents/{id}/revisions"), &text)).collect();
    looked(&app).await;
    let read = app.get("drafter", &format!("/documents/{id}")).await.expect(200);
    assert_eq!(read["revision"], 1);
    app.post("drafter", "/documents", new_document()).await.expect(201);
    // On another thread, since this one drives the registry's connection.
    let finish = move || uploads.into_iter().map(Hanging::finish).collect();
    let answers: Vec<String> = actix_web::web::block(finish).await.expect("they are finished");
    assert!(answers.iter().all(|line| line.contains(" 201 ")), "{answers:?}");
    assert_eq!(app.get("drafter", &format!("/documents/{id}")).await.expect(200)["revision"], 4);
}
