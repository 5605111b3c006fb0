//! Another process that holds a cluster: this same test program, started again with one ignored test.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use lawgate::cluster::{Cluster, DataDirLock, Session};
use nix::sys::signal::Signal;

use crate::stage::{settings, signal};

const DATA_DIR: &str = "LAWGATE_TEST_DATA_DIR";
const KIND: &str = "LAWGATE_TEST_KIND";

/// A process that starts or joins the cluster of a data directory and keeps it until told to end.
pub struct Holder {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Holder {
    pub fn serve(data_dir: &Path) -> Self {
        let program = std::env::current_exe().expect("known");
        Self::spawn(Command::new(program), data_dir, "serve")
    }

    pub fn command(data_dir: &Path) -> Self {
        let program = std::env::current_exe().expect("known");
        Self::spawn(Command::new(program), data_dir, "command")
    }

    pub fn spawn(mut command: Command, data_dir: &Path, kind: &str) -> Self {
        let mut child = command
            .args(["--exact", "child::holds_a_cluster", "--ignored", "--nocapture"])
            .env(DATA_DIR, data_dir)
            .env(KIND, kind)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, output }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it says what it has: `server=PID`, `joined` or an error.
    pub fn says(&mut self) -> String {
        let mut line = String::new();
        while self.output.read_line(&mut line).expect("readable") > 0 {
            if let Some((_, said)) = line.split_once("holder says: ") {
                return said.trim().to_owned();
            }
            line.clear();
        }
        panic!("the child ended without a word");
    }

    pub fn server_pid(&mut self) -> u32 {
        let said = self.says();
        let pid = said.strip_prefix("server=").expect("it started one");
        pid.parse().expect("a number")
    }

    pub fn kill(mut self) {
        signal(self.pid(), Signal::SIGKILL);
        self.child.wait().expect("a child of ours");
    }

    pub fn end(mut self) {
        assert!(self.finish().success());
    }

    fn finish(&mut self) -> ExitStatus {
        drop(self.child.stdin.take());
        // Its last words have to go somewhere.
        let _ = self.output.read_to_end(&mut Vec::new());
        self.child.wait().expect("a child of ours")
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.finish();
    }
}

#[test]
#[ignore = "not a test: other tests run it as a process of its own"]
fn holds_a_cluster() {
    let (Some(data_dir), Some(kind)) = (std::env::var_os(DATA_DIR), std::env::var_os(KIND)) else {
        eprintln!("skipped: only for other tests");
        return;
    };
    let data_dir = Path::new(&data_dir);
    if kind == "command" {
        match Session::join_or_start(data_dir, "test", &settings()) {
            Ok(session) => {
                println!("\nholder says: {}", if session.joined() { "joined" } else { "started" });
                wait_for_end();
            }
            Err(error) => println!("\nholder says: {error}"),
        }
        return;
    }
    let started = DataDirLock::hold(data_dir, "serve").map_err(Into::into).and_then(|lock| Cluster::start(lock, &settings()));
    match started {
        Ok(cluster) => {
            println!("\nholder says: server={}", cluster.server_pid().expect("it runs"));
            wait_for_end();
            cluster.stop();
        }
        Err(error) => println!("\nholder says: {error}"),
    }
}

fn wait_for_end() {
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
