//! Starting the program, reading what it says, and ending it.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// How long anything may take on a busy machine; reaching it is a failure.
const PATIENCE: Duration = Duration::from_secs(120);

/// A directory that the cluster's account can reach.
pub fn stage() -> TempDir {
    let dir = tempfile::Builder::new().prefix("lawgate-commands-").tempdir().expect("a temporary directory");
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("ours");
    dir
}

/// The program with none of this test's own settings, speaking English.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lawgate"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LAWGATE_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).env("LC_ALL", "C").stdin(Stdio::null());
    command
}

/// The same command, run by another program that is given it as its last arguments: with its variables, and without those that
/// it does not inherit.
pub fn run_by(mut other: Command, command: &Command) -> Command {
    other.arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => other.env(name, value),
            None => other.env_remove(name),
        };
    }
    other
}

/// What a command that ends answered.
#[derive(Debug)]
pub struct Answer {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// Expects a status and a part of the sentence on standard error.
    #[track_caller]
    pub fn expect(&self, status: i32, part: &str) {
        assert_eq!(self.status, Some(status), "{self:?}");
        assert!(self.err.contains(part), "`{part}` is missing: {self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
    }
}

/// Runs a command to its end.
pub fn run(mut command: Command) -> Answer {
    let output = command.output().expect("it runs");
    Answer {
        status: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A program that runs until it is told to stop.
pub struct Running {
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Running {
    /// Starts it; what it says goes to files beside the data directory.
    pub fn spawn(mut command: Command, stage: &Path) -> Self {
        let unique = stage.read_dir().expect("readable").count();
        let (out, err) = (stage.join(format!("out-{unique}")), stage.join(format!("err-{unique}")));
        command.stdout(File::create(&out).expect("a file")).stderr(File::create(&err).expect("a file"));
        let child = command.spawn().expect("the program starts");
        Self { child, out, err }
    }

    /// Starts it and waits until it serves; gives the address.
    pub fn serving(command: Command, stage: &Path) -> (Self, String) {
        let mut running = Self::spawn(command, stage);
        let address = running.address();
        (running, address)
    }

    /// Waits until it serves; where.
    pub fn address(&mut self) -> String {
        let line = self.says(" on http://");
        line.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("an address").to_owned()
    }

    /// Waits for a line on standard output with this in it.
    pub fn says(&mut self, part: &str) -> String {
        let mut found = None;
        self.until(part, |running| {
            found = fs::read_to_string(&running.out).expect("readable").lines().find(|line| line.contains(part)).map(str::to_owned);
            found.is_some()
        });
        found.expect("found")
    }

    /// Waits for something that the running program does.
    pub fn until(&mut self, what: &str, mut condition: impl FnMut(&Self) -> bool) {
        let began = Instant::now();
        while !condition(self) {
            assert!(began.elapsed() < PATIENCE, "waited in vain for `{what}`: {}", self.errors());
            if let Some(status) = self.child.try_wait().expect("a child of ours")
                && !condition(self)
            {
                panic!("it ended with {status} before `{what}`: {}", self.errors());
            }
            // Another process does it, so there is nothing to block on.
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).expect("a number")), signal).expect("delivered");
    }

    /// Waits for its end.
    pub fn ends(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "it does not end: {}", self.errors());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Tells it to stop and expects exit status 0.
    #[track_caller]
    pub fn stop(mut self, signal: Signal) {
        self.signal(signal);
        assert_eq!(self.ends().code(), Some(0), "{}", self.errors());
    }

    pub fn output(&self) -> String {
        fs::read_to_string(&self.out).expect("readable")
    }

    pub fn errors(&self) -> String {
        fs::read_to_string(&self.err).expect("readable")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// One request over a connection of its own; the whole answer as text.
pub fn get(address: &str, path: &str, token: Option<&str>) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let login = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n{login}Connection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}
