//! A client that costs next to nothing: one keep-alive connection, requests written whole, answers read by their length.
//! It is no general client: it knows what this service answers, so that the load is the service's and not its own.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection of one caller.
pub struct Connection {
    stream: TcpStream,
    address: String,
    token: String,
    buffer: Vec<u8>,
}

/// What was answered.
pub struct Answered {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answered {
    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Connection {
    pub async fn open(address: &str, token: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, address: address.to_owned(), token: token.to_owned(), buffer: Vec::with_capacity(64 * 1024) })
    }

    pub async fn get(&mut self, path: &str) -> std::io::Result<Answered> {
        self.send("GET", path, "").await
    }

    pub async fn send(&mut self, method: &str, path: &str, body: &str) -> std::io::Result<Answered> {
        self.send_as(method, path, "application/json", body).await
    }

    async fn send_as(&mut self, method: &str, path: &str, content_type: &str, body: &str) -> std::io::Result<Answered> {
        let request = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end;
            }
            self.more().await?;
        };
        let headers = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        let status = headers.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or_default();
        let length: usize = headers
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|value| value.trim().parse().ok())
            .unwrap_or_default();
        while self.buffer.len() < head + 4 + length {
            self.more().await?;
        }
        Ok(Answered { status, body: self.buffer[head + 4..head + 4 + length].to_vec() })
    }

    async fn more(&mut self) -> std::io::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

impl Connection {
    /// Adds a material as a form with a small file.
    pub async fn add_material(&mut self, path: &str, kind: &str) -> std::io::Result<Answered> {
        let body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"m.txt\"\r\n\r\n材料内容\r\n--x--\r\n"
        );
        self.send_as("POST", path, "multipart/form-data; boundary=x", &body).await
    }
}
