//! A started registry on a database of its own, listening on a real socket, with a township in it.

use std::collections::HashMap;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use lawgate::demo::township::{self, Login};
use lawgate::evidence::{sealer, waiting};
use lawgate::server::{self, Options};
use lawgate::setup::SetupError;
use serde_json::{Value, json};

use super::cluster::{Database, signing_key};
use super::{loaded_demo, promised};

/// A registry that runs.
pub struct TestApp {
    pub database: Database,
    base: String,
    tokens: HashMap<&'static str, String>,
    client: awc::Client,
}

/// What a call was answered.
#[derive(Debug)]
pub struct Answered {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Answered {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// Expects a status and gives the body.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// Expects a problem with this status and code.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        assert!(self.header("content-type").starts_with("application/problem+json"), "{:?}", self.headers);
        let body = self.json();
        assert_eq!(body["code"], code, "{body}");
        body
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// The moment at which every test begins: Tuesday 2026-03-03, 09:00 in China, long before the calendar's end.
pub const BEGIN: &str = "2026-03-03T01:00:00Z";

impl TestApp {
    /// Starts a registry whose clock stands at [`BEGIN`] and runs on from there.
    pub async fn start() -> Self {
        Self::start_at(BEGIN).await
    }

    /// Starts a registry with its clock at a moment.
    pub async fn start_at(begin: &str) -> Self {
        Self::start_with(begin, 8).await
    }

    /// Starts a registry with so many connections to its database.
    pub async fn start_with(begin: &str, connections: usize) -> Self {
        let database = Database::new();
        let begin: DateTime<Utc> = begin.parse().expect("a moment");
        let mut owner = AsyncPgConnection::establish(&database.owner_url).await.expect("the owner connects");
        let first_day = NaiveDate::from_ymd_opt(2020, 1, 1).expect("a day");
        set_clock(&mut owner, begin).await;
        let logins = owner.transaction(async |conn| {
            let logins = township::create(conn, first_day, begin).await?;
            waiting::endorse(conn, &signing_key(), begin).await?;
            Ok::<_, SetupError>(logins)
        });
        let logins = logins.await.expect("a township");
        Self::serving(database, logins, connections).await
    }

    /// Starts the whole demo, which began at [`loaded_demo::BEGIN`].
    pub async fn demo() -> Self {
        let (database, logins) = loaded_demo::like();
        Self::serving(database, logins, 4).await
    }

    async fn serving(database: Database, logins: Vec<Login>, connections: usize) -> Self {
        let options =
            Options { connections, replica_url: None, workers: 1, shutdown_seconds: 1, database_seconds: 30, callers_per_worker: 1000 };
        let state = server::state(&database.app_url, None, signing_key(), &options).await.expect("the state");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Data::new(state);
        actix_web::rt::spawn(sealer::run(state.clone()));
        let running = server::listen(state, listener, &options).expect("it listens");
        actix_web::rt::spawn(running);
        let client = awc::Client::builder().timeout(Duration::from_secs(60)).disable_redirects().finish();
        Self {
            database,
            base: format!("http://{address}"),
            tokens: logins.into_iter().map(|login| (login.key, login.token)).collect(),
            client,
        }
    }

    /// Moves the clock to a moment, forward or back, behind the service's back.
    pub async fn set_clock(&self, moment: &str) {
        let mut owner = AsyncPgConnection::establish(&self.database.owner_url).await.expect("the owner connects");
        set_clock(&mut owner, moment.parse().expect("a moment")).await;
    }

    /// Moves the clock to 09:00 in China on a day.
    pub async fn on_day(&self, day: &str) {
        self.set_clock(&format!("{day}T01:00:00Z")).await;
    }

    pub fn token(&self, who: &str) -> &str {
        self.tokens.get(who).unwrap_or_else(|| panic!("no user {who}"))
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    pub async fn get(&self, who: &str, path: &str) -> Answered {
        self.send("GET", who, path, &[], None).await
    }

    pub async fn post(&self, who: &str, path: &str, body: Value) -> Answered {
        self.send("POST", who, path, &[("content-type", "application/json")], Some(body.to_string().into_bytes())).await
    }

    pub async fn delete(&self, who: &str, path: &str) -> Answered {
        self.send("DELETE", who, path, &[], None).await
    }

    /// PATCH with the ETag of a fresh reading.
    pub async fn patch(&self, who: &str, path: &str, body: Value) -> Answered {
        let etag = self.get(who, path).await.header("etag").to_owned();
        self.send(
            "PATCH",
            who,
            path,
            &[("content-type", "application/merge-patch+json"), ("if-match", &etag)],
            Some(body.to_string().into_bytes()),
        )
        .await
    }

    /// POST of a multipart form: text parts and one file.
    pub async fn post_form(&self, who: &str, path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answered {
        let boundary = "lawgate-test-boundary";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend_from_slice(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
            );
        }
        if let Some((name, content)) = file {
            body.extend_from_slice(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                    .as_bytes(),
            );
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let content_type = format!("multipart/form-data; boundary={boundary}");
        self.send("POST", who, path, &[("content-type", &content_type)], Some(body)).await
    }

    /// Any request. `who` is a key of the demo's credentials, or empty for a stranger. Paths without `/api` or `/health` get the base path.
    pub async fn send(&self, method: &str, who: &str, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Answered {
        let path = if path.starts_with("/api") || path.starts_with("/health") || path.starts_with("/metrics") {
            path.to_owned()
        } else {
            format!("/api/v1{path}")
        };
        // Chinese may be written into a path as it is; it is sent as the URL standard asks.
        let path: String =
            path.bytes().map(|byte| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect();
        let mut request = self.client.request(method.parse().expect("a method"), format!("{}{path}", self.base));
        if !who.is_empty() {
            request = request.insert_header(("authorization", format!("Bearer {}", self.token(who))));
        }
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let mut response = match body {
            Some(body) => request.send_body(body).await,
            None => request.send().await,
        }
        .expect("an answer");
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned()))
            .collect();
        let body = response.body().limit(64 * 1024 * 1024).await.expect("a body").to_vec();
        let answered = Answered { status: response.status().as_u16(), headers, body };
        promised::check(method, &path, answered.status, answered.header("content-type"), &answered.body);
        answered
    }

    /// Runs SQL as the run-time role and gives the name of the constraint that refused it, or the message, or `ok`.
    pub async fn sql(&self, sql: &str) -> String {
        run(&self.database.app_url, sql).await
    }

    /// Changes rows as the run-time role, with an entry in the log as every change has.
    pub async fn change(&self, sql: &str) -> String {
        run(&self.database.app_url, &format!("BEGIN; {ENTRY}; {sql}; COMMIT")).await
    }

    /// Changes rows as the superuser, with an entry in the log.
    pub async fn change_as_superuser(&self, sql: &str) -> String {
        run(&self.database.superuser_url, &format!("BEGIN; {ENTRY}; {sql}; COMMIT")).await
    }

    /// Runs SQL as the superuser, who may look and set up, never to make a check pass.
    pub async fn sql_as_superuser(&self, sql: &str) -> String {
        run(&self.database.superuser_url, sql).await
    }
}

/// An entry in the log, for changes that no act of the program makes.
pub const ENTRY: &str = "INSERT INTO log_entries (id, at, type, role, subject_kind, data)
    SELECT gen_random_uuid(), clock_timestamp() + clock_offset_us * interval '1 microsecond', 'test.changed', 'system', 'registry', '{}'
      FROM registry_state";

async fn run(url: &str, sql: &str) -> String {
    let mut conn = AsyncPgConnection::establish(url).await.expect("connects");
    match conn.batch_execute(sql).await {
        Ok(()) => "ok".to_owned(),
        Err(diesel::result::Error::DatabaseError(_, information)) => {
            information.constraint_name().map_or_else(|| information.message().to_owned(), str::to_owned)
        }
        Err(error) => error.to_string(),
    }
}

async fn set_clock(owner: &mut AsyncPgConnection, moment: DateTime<Utc>) {
    let offset = (moment - lawgate::base::clock::machine_now()).num_microseconds().expect("an offset");
    let moved = format!("{ENTRY}; UPDATE registry_state SET is_demo = true, clock_offset_us = {offset}");
    let set = owner.transaction(async |conn| {
        conn.batch_execute(&moved).await?;
        waiting::endorse(conn, &signing_key(), moment).await
    });
    set.await.expect("the clock is set");
}

/// A plausible new document, for `POST /documents`.
pub fn new_document() -> Value {
    json!({
        "title": "青禾镇集市管理办法",
        "document_class": "government_document",
        "issuing_authority": "qinghe",
        "drafting_unit": "经济发展办公室",
        "concerns_market_entities": false,
        "text": "青禾镇集市管理办法\n第一条　为了规范集市秩序，结合本镇实际，制定本办法。\n第二条　本办法适用于本镇行政区域内的集市。\n第三条　本办法自2026年6月1日起施行。\n",
    })
}
