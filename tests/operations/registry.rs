//! A demo registry run by the real program, with everything a test wants to do to it from outside.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use lawgate::cluster::{self, Cluster, DataDirLock, Durability, Role, Session, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::http::{self, Answer};
use super::program::{Running, command, stage};

/// A demo that runs.
pub struct Registry {
    pub running: Running,
    pub address: String,
    pub data_dir: PathBuf,
    users: Value,
    superuser_url: String,
    /// Kept while it is used; dropped after the program, so that the program finds its server when it stops.
    session: Option<Session>,
    pub stage: Option<TempDir>,
}

impl Registry {
    /// On a private cluster, with settings as variables.
    pub fn on_private_cluster(settings: &[(&str, &str)]) -> Self {
        let stage = stage();
        let data_dir = stage.path().join("data");
        let mut registry = Self::start(demo(&data_dir, settings), &data_dir, stage.path());
        registry.join();
        registry.stage = Some(stage);
        registry
    }

    /// Joins the private cluster, for SQL.
    pub fn join(&mut self) {
        let session = Session::join_or_start(&self.data_dir, "test", &Settings::default()).expect("joins");
        assert!(session.joined());
        self.superuser_url = session.url(Role::Superuser, cluster::DATABASE);
        self.session = Some(session);
    }

    /// On a server of the test's.
    pub fn on_server(server: &Server, app_url: &str, settings: &[(&str, &str)]) -> Self {
        let urls = [app_url, &server.url(Role::Owner), &server.url(Role::Superuser)];
        Self::at(server.stage.path(), urls, settings)
    }

    /// On a server that is reached by these URLs: as the run-time role, as the owner and as the superuser.
    pub fn at(stage: &Path, [app, owner, superuser]: [&str; 3], settings: &[(&str, &str)]) -> Self {
        let data_dir = stage.join("data");
        let mut command = demo(&data_dir, settings);
        command.args(["--database-url", app, "--migrate-url", owner]);
        let mut registry = Self::start(command, &data_dir, stage);
        registry.superuser_url = superuser.to_owned();
        registry
    }

    pub fn start(command: Command, data_dir: &Path, beside: &Path) -> Self {
        Self::of(Running::spawn(command, beside), data_dir)
    }

    /// Waits until a demo serves.
    pub fn of(mut running: Running, data_dir: &Path) -> Self {
        let address = running.address();
        let credentials = fs::read(data_dir.join("demo-credentials.json")).expect("credentials");
        let credentials: Value = serde_json::from_slice(&credentials).expect("JSON");
        Self {
            running,
            address,
            data_dir: data_dir.to_owned(),
            users: credentials["users"].clone(),
            superuser_url: String::new(),
            session: None,
            stage: None,
        }
    }

    pub fn token(&self, who: &str) -> &str {
        self.users[who]["token"].as_str().unwrap_or_default()
    }

    /// Every login and every token.
    pub fn logins(&self) -> (Vec<String>, Vec<String>) {
        let users = self.users.as_object().expect("users");
        let all = |member: &str| users.values().filter_map(|user| user[member].as_str().map(str::to_owned)).collect();
        (all("login"), all("token"))
    }

    pub fn get(&self, who: &str, path: &str) -> Answer {
        self.try_get(who, path).unwrap_or_else(|error| panic!("{path}: {error}: {}", self.running.errors()))
    }

    pub fn try_get(&self, who: &str, path: &str) -> std::io::Result<Answer> {
        http::send(&self.address, &http::request("GET", path, self.token(who), &[], None))
    }

    /// Creates a document with this title, under a key where there is one.
    pub fn create(&self, title: &str, key: Option<&str>) -> Answer {
        let answer = http::send(&self.address, &self.creation(title, key));
        answer.unwrap_or_else(|error| panic!("{error}: {}", self.running.errors()))
    }

    /// The request that creates a document.
    pub fn creation(&self, title: &str, key: Option<&str>) -> Vec<u8> {
        let headers: Vec<(&str, &str)> = key.map(|key| ("Idempotency-Key", key)).into_iter().collect();
        http::request("POST", "/api/v1/documents", self.token("drafter"), &headers, Some(&new_document(title)))
    }

    /// A connection of the superuser.
    pub fn superuser(&self) -> Sql {
        Sql::connect(&self.superuser_url)
    }

    /// One number, as the superuser.
    pub fn number(&self, sql: &str) -> i64 {
        self.superuser().number(sql)
    }

    /// How many documents have this title, and how many log entries say that one was created.
    pub fn titled(&self, title: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM documents WHERE title = '{title}'"))
    }

    /// Asks until the service is ready again; how long that took.
    #[track_caller]
    pub fn is_ready_within(&self, limit: Duration) -> Duration {
        let began = Instant::now();
        loop {
            match self.try_get("", "/health/ready") {
                Ok(answer) if answer.status == 200 => return began.elapsed(),
                other => assert!(began.elapsed() < limit, "not ready within {limit:?}: {other:?}: {}", self.running.errors()),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks until the service says that it is not ready.
    #[track_caller]
    pub fn is_not_ready(&self) {
        let began = Instant::now();
        while self.get("", "/health/ready").status == 200 {
            assert!(began.elapsed() < Duration::from_secs(30), "it stays ready");
        }
    }

    /// The value of a series, by its whole name with labels.
    pub fn figure(&self, series: &str) -> f64 {
        let text = self.get("", "/metrics").text();
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {series}: {text}"))
    }

    /// The process of the private cluster's server.
    pub fn server_pid(&self) -> Option<i32> {
        let file = fs::read_to_string(self.data_dir.join("postgres").join("postmaster.pid")).ok()?;
        file.lines().next()?.trim().parse().ok()
    }
}

pub fn demo(data_dir: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = command(&["demo", "--listen", "127.0.0.1:0"]);
    command.arg("--data-dir").arg(data_dir);
    for (name, value) in settings {
        command.env(name, value);
    }
    command
}

pub fn new_document(title: &str) -> Value {
    json!({
        "title": title,
        "document_class": "government_document",
        "issuing_authority": "qinghe",
        "drafting_unit": "经济发展办公室",
        "concerns_market_entities": false,
        "text": format!("{title}\n第一条　为了规范公共停车秩序，制定本办法。\n第二条　本办法自公布之日起三十日后施行。\n"),
    })
}

/// A server that somebody else runs, as a test sees it: it can be stopped and started.
pub struct Server {
    cluster: Option<Cluster>,
    pub stage: TempDir,
    max_connections: u32,
}

impl Server {
    pub fn start() -> Self {
        Self::with_connections(50)
    }

    pub fn with_connections(max_connections: u32) -> Self {
        let mut server = Self { cluster: None, stage: stage(), max_connections };
        server.up();
        server
    }

    pub fn up(&mut self) {
        let lock = DataDirLock::hold(&self.stage.path().join("server"), "tests").expect("free");
        let settings = Settings { durability: Durability::TestOnly, max_connections: self.max_connections, ..Settings::default() };
        self.cluster = Some(Cluster::start(lock, &settings).expect("the server starts"));
    }

    pub fn down(&mut self) {
        drop(self.cluster.take());
    }

    fn running(&self) -> &Cluster {
        self.cluster.as_ref().expect("it is up")
    }

    pub fn url(&self, role: Role) -> String {
        self.running().url(role, cluster::DATABASE)
    }

    pub fn socket_dir(&self) -> &Path {
        self.running().socket_dir()
    }

    /// Where its cluster is.
    pub fn pgdata(&self) -> PathBuf {
        self.stage.path().join("server").join("postgres")
    }
}

/// A connection for SQL, held open until it is dropped.
pub struct Sql {
    client: tokio_postgres::Client,
    runtime: tokio::runtime::Runtime,
}

impl Sql {
    pub fn connect(url: &str) -> Self {
        Self::try_connect(url).unwrap_or_else(|error| panic!("{error:?}"))
    }

    pub fn try_connect(url: &str) -> Result<Self, tokio_postgres::Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
            tokio::spawn(connection);
            Ok::<_, tokio_postgres::Error>(client)
        })?;
        Ok(Self { client, runtime })
    }

    pub fn run(&self, sql: &str) {
        self.runtime.block_on(self.client.batch_execute(sql)).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    pub fn try_run(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        self.runtime.block_on(self.client.batch_execute(sql))
    }

    pub fn number(&self, sql: &str) -> i64 {
        self.runtime.block_on(self.client.query_one(sql, &[])).unwrap_or_else(|error| panic!("{sql}: {error:?}")).get(0)
    }

    /// The first column, a line for each row.
    pub fn lines(&self, sql: &str) -> Vec<String> {
        let rows = self.runtime.block_on(self.client.query(sql, &[])).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Asks until a number is above 0.
    #[track_caller]
    pub fn until(&self, sql: &str) {
        let began = Instant::now();
        while self.number(sql) == 0 {
            assert!(began.elapsed() < Duration::from_secs(60), "in vain: {sql}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
