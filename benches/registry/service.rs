//! The release binary under load, its private cluster, and the people of its demo.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::http::Connection;

/// How long a start may take, the first one included.
const START_MAX: Duration = Duration::from_secs(120);

pub struct Service {
    child: Child,
    data_dir: PathBuf,
    credentials: Value,
}

impl Service {
    /// Starts `lawgate demo`: the only command that makes bodies and people by itself. Its requests take the same way as those
    /// of `serve`; only the clock can be moved, which is what gives the documents a history.
    /// `connections` is how many the service may hold; the cluster has room for as many of pgbench beside them.
    pub fn start(binary: &Path, data_dir: &Path, clock: Option<&str>, connections: u32) -> Self {
        let mut command = Command::new(binary);
        command.args(["demo", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data_dir);
        if let Some(clock) = clock {
            command.args(["--clock", clock]);
        }
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("LAWGATE_") {
                command.env_remove(name);
            }
        }
        command.env("LAWGATE_CONNECTIONS", (2 * connections).to_string());
        let log = std::fs::File::options().create(true).append(true).open(data_dir.with_extension("log")).expect("a log file");
        let marker = data_dir.join("demo-credentials.json");
        let before = std::fs::read(&marker).unwrap_or_default();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().expect("the program starts");
        let started = Instant::now();
        loop {
            assert!(started.elapsed() < START_MAX, "the service did not start in time: see {}", data_dir.with_extension("log").display());
            if let Some(status) = child.try_wait().expect("a status") {
                panic!("the service ended with {status}: see {}", data_dir.with_extension("log").display());
            }
            let now = std::fs::read(&marker).unwrap_or_default();
            if now != before
                && let Ok(credentials) = serde_json::from_slice::<Value>(&now)
                && let Some(address) = credentials["base_url"].as_str().and_then(|url| url.strip_prefix("http://"))
                && std::net::TcpStream::connect(address).is_ok()
            {
                return Self { child, data_dir: data_dir.to_owned(), credentials };
            }
            // Waiting for another process to write a file: there is nothing to block on.
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn stop(mut self) {
        self.stop_in_place();
    }

    pub fn stop_in_place(&mut self) {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).expect("a pid"));
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("signalled");
        assert!(self.child.wait().expect("gone").success(), "the service stops with exit status 0");
    }

    pub fn address(&self) -> &str {
        self.credentials["base_url"].as_str().and_then(|url| url.strip_prefix("http://")).expect("an address")
    }

    pub fn token(&self, who: &str) -> &str {
        self.credentials["users"][who]["token"].as_str().expect("a token")
    }

    pub fn body_of(&self, who: &str) -> &str {
        self.credentials["users"][who]["body"].as_str().expect("a body")
    }

    pub async fn connect(&self, who: &str) -> Connection {
        Connection::open(self.address(), self.token(who)).await.expect("connects")
    }

    pub fn socket_dir(&self) -> PathBuf {
        self.data_dir.join("postgres-socket")
    }

    /// What the database server wrote since the file was `from` bytes long.
    pub fn server_log(&self, from: u64) -> String {
        let bytes = std::fs::read(self.server_log_path()).expect("the server's log");
        String::from_utf8_lossy(bytes.get(usize::try_from(from).unwrap_or_default()..).unwrap_or_default()).into_owned()
    }

    pub fn server_log_bytes(&self) -> u64 {
        self.server_log_path().metadata().map_or(0, |meta| meta.len())
    }

    fn server_log_path(&self) -> PathBuf {
        self.data_dir.join("postgres.log")
    }

    /// Runs SQL as the cluster's superuser and gives what it prints, unaligned.
    pub fn sql(&self, pg_bin: &Path, sql: &str) -> String {
        let mut child = Command::new(pg_bin.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "lawgate_superuser", "-h"])
            .arg(self.socket_dir())
            .args(["-d", "lawgate", "-f", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("psql starts");
        child.stdin.take().expect("a pipe").write_all(sql.as_bytes()).expect("written");
        let output = child.wait_with_output().expect("psql ends");
        assert!(output.status.success(), "psql refused: {sql:.300}");
        String::from_utf8(output.stdout).expect("text").trim_end().to_owned()
    }

    /// The process of the database server in which the service seals.
    pub fn sealing_process(&self, pg_bin: &Path) -> String {
        self.sql(pg_bin, "SELECT pid FROM pg_stat_activity WHERE application_name = 'lawgate sealing'")
    }

    /// Waits until every entry of the service has its position, and takes away what pgbench has left, for which nobody vouches.
    pub fn settle(&self, pg_bin: &Path) {
        while self.sql(pg_bin, "SELECT count(*) FROM unsealed_acts WHERE doubted_at IS NULL") != "0" {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.sql(pg_bin, "TRUNCATE unsealed_rows, unsealed_entries, unsealed_acts");
    }

    /// Resident memory of the service without its database, now and at most, in MB.
    pub fn resident_mb(&self) -> (f64, f64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a status");
        let kb = |name: &str| -> f64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
            line.trim().trim_end_matches(" kB").parse().expect("a number")
        };
        (kb("VmRSS:") / 1024.0, kb("VmHWM:") / 1024.0)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).unwrap_or_default());
            let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM);
            let _ = self.child.wait();
        }
    }
}
