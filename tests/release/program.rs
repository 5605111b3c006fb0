//! Starting and killing the program.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// How long a start may take on a busy machine, the first one with its initdb included.
const START_MAX: Duration = Duration::from_secs(120);

/// A running demo.
pub struct Program {
    child: Child,
    pub credentials: Value,
}

/// The binary under test.
pub fn binary() -> PathBuf {
    std::env::var_os("LAWGATE_BIN").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_lawgate")), PathBuf::from)
}

/// A command with none of this test's own variables.
pub fn command() -> Command {
    let mut command = Command::new(binary());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LAWGATE_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

impl Program {
    /// Starts the demo and waits until it answers.
    pub fn demo(data_dir: &Path, clock: Option<&str>) -> Self {
        Self::demo_with(data_dir, clock, &[])
    }

    /// As [`Program::demo`], with more arguments.
    pub fn demo_with(data_dir: &Path, clock: Option<&str>, more: &[&str]) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(data_dir.with_extension("log")).expect("a log file");
        let mut command = command();
        command.args(["demo", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data_dir);
        command.args(more);
        if let Some(clock) = clock {
            command.args(["--clock", clock]);
        }
        let marker = data_dir.join("demo-credentials.json");
        let before = std::fs::read(&marker).unwrap_or_default();
        let mut child = command.stdout(log.try_clone().expect("a handle")).stderr(log).spawn().expect("the program starts");
        let started = Instant::now();
        loop {
            assert!(started.elapsed() < START_MAX, "the demo did not start in time: see {}", data_dir.with_extension("log").display());
            if let Some(status) = child.try_wait().expect("a status") {
                panic!("the demo ended with {status}: {}", std::fs::read_to_string(data_dir.with_extension("log")).unwrap_or_default());
            }
            let now = std::fs::read(&marker).unwrap_or_default();
            if now != before
                && let Ok(credentials) = serde_json::from_slice::<Value>(&now)
                && let Some(address) = credentials["base_url"].as_str().and_then(|url| url.strip_prefix("http://"))
                && std::net::TcpStream::connect(address).is_ok()
            {
                return Self { child, credentials };
            }
            // Waiting for another process to write a file: there is nothing to block on.
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills it as a power cut would: no handler runs.
    pub fn kill_hard(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// Asks it to stop and gives its exit status.
    pub fn terminate(mut self) -> ExitStatus {
        kill(Pid::from_raw(i32::try_from(self.child.id()).expect("a pid")), Signal::SIGTERM).expect("signalled");
        self.child.wait().expect("gone")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
