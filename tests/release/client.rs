//! A client that knows the public contract and nothing else.

use serde_json::Value;

/// One of the demo's people with a connection to it.
pub struct Client {
    base: String,
    credentials: Value,
    http: awc::Client,
}

/// What was answered.
pub struct Answered {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answered {
    #[track_caller]
    pub fn expect(&self, statuses: &[u16]) -> Value {
        assert!(statuses.contains(&self.status), "{}: {}", self.status, String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

impl Client {
    pub fn new(credentials: &Value) -> Self {
        let http = awc::Client::builder().timeout(std::time::Duration::from_secs(60)).finish();
        Self { base: credentials["base_url"].as_str().expect("an address").to_owned(), credentials: credentials.clone(), http }
    }

    pub fn body_of(&self, who: &str) -> String {
        self.credentials["users"][who]["body"].as_str().expect("a body").to_owned()
    }

    pub async fn get(&self, who: &str, path: &str) -> Answered {
        self.send("GET", who, path, None, Vec::new()).await.expect("an answer")
    }

    pub async fn post(&self, who: &str, path: &str, body: Value) -> Answered {
        self.try_post(who, path, body).await.expect("an answer")
    }

    /// As [`Client::try_post`], under an idempotency key; says whether an earlier answer was given again.
    pub async fn try_post_once(&self, who: &str, path: &str, key: &str, body: &Value) -> Result<(Answered, bool), String> {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.exchange("POST", who, path, &headers, body.to_string().into_bytes()).await
    }

    /// As [`Client::post`], where the program may be killed meanwhile.
    pub async fn try_post(&self, who: &str, path: &str, body: Value) -> Result<Answered, String> {
        self.send("POST", who, path, Some("application/json"), body.to_string().into_bytes()).await
    }

    pub async fn post_form(&self, who: &str, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Answered {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend_from_slice(format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
        }
        body.extend_from_slice(format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\r\n", file.0).as_bytes());
        body.extend_from_slice(file.1);
        body.extend_from_slice(b"\r\n--x--\r\n");
        self.send("POST", who, path, Some("multipart/form-data; boundary=x"), body).await.expect("an answer")
    }

    async fn send(&self, method: &str, who: &str, path: &str, content_type: Option<&str>, body: Vec<u8>) -> Result<Answered, String> {
        let headers: Vec<(&str, &str)> = content_type.map(|content_type| ("content-type", content_type)).into_iter().collect();
        Ok(self.exchange(method, who, path, &headers, body).await?.0)
    }

    async fn exchange(
        &self,
        method: &str,
        who: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<(Answered, bool), String> {
        let token = self.credentials["users"][who]["token"].as_str().expect("a token");
        let mut request = self
            .http
            .request(method.parse().expect("a method"), format!("{}/api/v1{path}", self.base))
            .insert_header(("authorization", format!("Bearer {token}")));
        for header in headers {
            request = request.insert_header(*header);
        }
        let mut response = request.send_body(body).await.map_err(|error| error.to_string())?;
        let body = response.body().limit(64 * 1024 * 1024).await.map_err(|error| error.to_string())?.to_vec();
        let is_replayed = response.headers().get("idempotent-replayed").is_some_and(|value| value == "true");
        Ok((Answered { status: response.status().as_u16(), body }, is_replayed))
    }
}
