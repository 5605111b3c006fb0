//! One HTTP request over a connection of its own, as plain as it can be, so that nothing is tried again behind a test's back.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long an answer may take; no bound of the service is longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    pub took: Duration,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value; the name in small letters.
    pub fn header(&self, name: &str) -> Option<String> {
        self.head.lines().find_map(|line| {
            let (given, value) = line.split_once(':')?;
            given.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// Expects a refusal of 503 in words that says when to come again.
    #[track_caller]
    pub fn expect_503(&self, code: &str) -> Value {
        assert_eq!(self.status, 503, "{self:?} {}", self.text());
        let seconds: u32 = self.header("retry-after").and_then(|text| text.parse().ok()).expect("Retry-After");
        assert!((1..=60).contains(&seconds), "{seconds}");
        assert!(self.header("content-type").is_some_and(|kind| kind.starts_with("application/problem+json")), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        for word in ["SELECT", "INSERT", "postgres", "socket", "os error"] {
            assert!(!self.text().contains(word), "{}", self.text());
        }
        problem
    }

    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }
}

/// The bytes of a request.
pub fn request(method: &str, path: &str, token: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Vec<u8> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAccept-Language: en\r\n");
    if !token.is_empty() {
        text.push_str(&format!("Authorization: Bearer {token}\r\n"));
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        text.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    text.push_str(&body);
    text.into_bytes()
}

/// Sends and reads to the end. An error is one of the connection, not of the service.
pub fn send(address: &str, bytes: &[u8]) -> std::io::Result<Answer> {
    let began = Instant::now();
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(bytes)?;
    let mut all = Vec::new();
    stream.read_to_end(&mut all)?;
    parse(&all, began.elapsed())
}

/// A whole answer of a connection that is closed after it.
pub fn parse(all: &[u8], took: Duration) -> std::io::Result<Answer> {
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(|| std::io::Error::other("no answer"))?;
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(|| std::io::Error::other("no status"))?;
    Ok(Answer { status, head, body: all[end + 4..].to_vec(), took })
}
