//! Starts one server and waits until it accepts connections, or says why it does not.
//! Does not restart it (`supervisor` does) and makes no cluster (`initdb` does).

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use thiserror::Error;

use super::account::{Account, OnParentDeath};
use super::binaries::Binaries;
use super::error::{FileError, Verb};
use super::layout::{self, LayoutError};
use super::pidfile::PidFile;
use super::processes::{self, EndError, FAST_STOP_MAX};
use super::server_log::ServerLog;
use super::{Durability, socket};

/// How often a starting server is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(2);
/// How long a server that is only beginning is left to hear a signal.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Why the server does not run.
#[derive(Debug, Error)]
pub enum StartError {
    /// It ended before it accepted connections.
    #[error("the database server did not start ({status}); its log says:\n{log_tail}")]
    Ended {
        /// How it ended.
        status: ExitStatus,
        /// The last lines of its log.
        log_tail: String,
    },
    /// It did not accept connections in time and was stopped.
    #[error("the database server was not ready within {limit_s} seconds; its log says:\n{log_tail}", limit_s = limit.as_secs())]
    TimedOut {
        /// How long was waited.
        limit: Duration,
        /// The last lines of its log.
        log_tail: String,
    },
    /// It was told to stop while it started.
    #[error("the database server was stopped while it started")]
    Stopped,
    /// Processes of an earlier server do not end.
    #[error(transparent)]
    Leftover(#[from] EndError),
    /// A directory or file cannot be used.
    #[error(transparent)]
    Layout(#[from] LayoutError),
}

impl From<FileError> for StartError {
    fn from(error: FileError) -> Self {
        Self::Layout(error.into())
    }
}

impl StartError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Ended { .. } => "cluster_server_ended",
            Self::TimedOut { .. } => "cluster_server_not_ready",
            Self::Stopped => "cluster_server_stopped",
            Self::Leftover(_) => "cluster_leftover_processes",
            Self::Layout(error) => error.code(),
        }
    }

    pub(super) fn in_chinese(&self) -> String {
        match self {
            Self::Ended { status, log_tail } => {
                format!("数据库服务器未能启动（{status}），其日志为：\n{log_tail}")
            }
            Self::TimedOut { limit, log_tail } => format!("数据库服务器在 {} 秒内未就绪，其日志为：\n{log_tail}", limit.as_secs()),
            Self::Stopped => "数据库服务器在启动过程中被停止".to_owned(),
            Self::Leftover(error) => error.in_chinese(),
            Self::Layout(error) => error.in_chinese(),
        }
    }
}

/// Everything that decides how the server of one cluster is started, the first time and every time after.
#[derive(Clone, Debug)]
pub(super) struct ServerPlan {
    pub(super) account: Account,
    pub(super) binaries: Binaries,
    pub(super) pgdata: PathBuf,
    pub(super) socket_dir: PathBuf,
    pub(super) log: ServerLog,
    pub(super) durability: Durability,
    pub(super) max_connections: u32,
    pub(super) ready_within: Duration,
}

impl ServerPlan {
    /// Clears away what an earlier server left, starts one and waits until it is ready.
    /// The calling thread must live as long as the server: the parent-death signal is tied to it.
    ///
    /// # Errors
    /// [`StartError`]; no server of ours runs then.
    pub(super) fn launch(&self, stop_wanted: &dyn Fn() -> bool) -> Result<Child, StartError> {
        self.clear_the_way()?;
        self.log.bound();
        let log_start_bytes = self.log.length_bytes();
        let mut child = self.spawn()?;
        match self.wait_until_ready(&mut child, log_start_bytes, stop_wanted) {
            Ok(()) => Ok(child),
            Err(problem) => {
                abandon(&mut child);
                Err(problem)
            }
        }
    }

    /// Leaves the server as it is, also when it is not as it should be.
    fn wait_until_ready(&self, child: &mut Child, log_start_bytes: u64, stop_wanted: &dyn Fn() -> bool) -> Result<(), StartError> {
        let pid = pid_of(child);
        let started = Instant::now();
        loop {
            if let Some(status) = try_wait(child)? {
                return Err(StartError::Ended { status, log_tail: self.log.tail(log_start_bytes) });
            }
            let file = PidFile::read(&self.pgdata).unwrap_or_default();
            if file == Some(PidFile { pid, ready: true }) {
                return Ok(());
            }
            if stop_wanted() {
                return Err(StartError::Stopped);
            }
            if started.elapsed() >= self.ready_within {
                return Err(StartError::TimedOut { limit: self.ready_within, log_tail: self.log.tail(log_start_bytes) });
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    fn clear_the_way(&self) -> Result<(), StartError> {
        processes::end_all_in(&self.pgdata)?;
        // A file left by a killed server is replaced by the next one, unless another program bears that number by
        // now. Nobody works in the directory, so whoever bears it is no server of this cluster.
        if let Some(file) = PidFile::read(&self.pgdata)?
            && processes::exists(file.pid)
        {
            let path = PidFile::path(&self.pgdata);
            fs::remove_file(&path).map_err(FileError::on(Verb::Remove, &path))?;
        }
        layout::close(&self.pgdata)?;
        socket::renew(&self.socket_dir, &self.account)?;
        Ok(())
    }

    fn spawn(&self) -> Result<Child, FileError> {
        let program = self.binaries.postgres();
        let mut command = self.account.command(&program, OnParentDeath::StopFast);
        command.arg("-D").arg(&self.pgdata);
        for setting in self.settings() {
            command.arg("-c").arg(setting);
        }
        let (stdout, stderr) = self.log.outputs()?;
        command
            .current_dir(&self.pgdata)
            .stdout(stdout)
            .stderr(stderr)
            // Ctrl-C in a terminal goes to the whole process group; the server must outlive the requests in flight.
            .process_group(0);
        command.spawn().map_err(FileError::on(Verb::Run, &program))
    }

    /// Given on the command line, which wins over `postgresql.conf` and `ALTER SYSTEM`.
    fn settings(&self) -> Vec<OsString> {
        let mut settings: Vec<OsString> = [
            "listen_addresses=",
            "unix_socket_permissions=0700",
            "shared_buffers=128MB",
            // Short queries by key gain nothing from compiling, and a misjudged one loses a second.
            "jit=off",
            // Nothing may depend on the machine's zone: the days of the law are reckoned by the program.
            "timezone=UTC",
            // Its sentences are told apart by the program, which cannot know every language.
            "lc_messages=C",
            // A caller that has gone away takes its long statement along.
            "client_connection_check_interval=2s",
            "logging_collector=off",
            "log_destination=stderr",
            "log_line_prefix=%m [%p] %q%u@%d ",
            // Statements and details hold names and texts; the log is for the server's own troubles.
            "log_min_error_statement=panic",
            "log_error_verbosity=terse",
        ]
        .map(OsString::from)
        .to_vec();
        settings.push(format!("port={}", socket::PORT).into());
        settings.push(format!("max_connections={}", self.max_connections).into());
        settings.push(socket_setting(&self.socket_dir));
        let switch = match self.durability {
            Durability::Full => "on",
            Durability::TestOnly => "off",
        };
        // A commit is written before it is answered in either case, so that a killed server loses nothing.
        settings.push("synchronous_commit=on".into());
        for name in ["fsync", "full_page_writes"] {
            settings.push(format!("{name}={switch}").into());
        }
        settings
    }
}

/// The child as the signal functions want it.
pub(super) fn pid_of(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).expect("std made it from the i32 that fork returned"))
}

/// The setting is a list, so the one directory is quoted against commas and spaces in its name.
fn socket_setting(directory: &Path) -> OsString {
    let mut setting = b"unix_socket_directories=\"".to_vec();
    for &byte in directory.as_os_str().as_bytes() {
        if byte == b'"' {
            setting.push(byte);
        }
        setting.push(byte);
    }
    setting.push(b'"');
    OsString::from_vec(setting)
}

fn try_wait(child: &mut Child) -> Result<Option<ExitStatus>, FileError> {
    child.try_wait().map_err(FileError::on(Verb::Run, Path::new("postgres")))
}

/// Stops a server that never became ready, or that was lost sight of. It must not go on running behind an error, so one that
/// cannot be asked is killed.
///
/// A server that has only just begun has no handler for the signal yet. Where signals are ignored around it, as for whatever a
/// shell started in the background, it inherits that and would miss the one request; so it is asked again until it is gone. A
/// server that is stopping already does not mind.
fn abandon(child: &mut Child) {
    let deadline = Instant::now() + FAST_STOP_MAX;
    let mut asked: Option<Instant> = None;
    // A child that has been waited for has no number any more that a signal could reach.
    let mut ended = try_wait(child);
    while matches!(ended, Ok(None)) && Instant::now() < deadline {
        if asked.is_none_or(|last| last.elapsed() >= ASK_AGAIN) {
            if kill(pid_of(child), Signal::SIGINT).is_err() {
                break;
            }
            asked = Some(Instant::now());
        }
        thread::sleep(LOOK_AGAIN);
        ended = try_wait(child);
    }
    if matches!(ended, Ok(Some(_))) {
        return;
    }
    if let Err(error) = child.kill().and_then(|()| child.wait()) {
        tracing::error!(server.pid = child.id(), "a database server that did not start could not be stopped: {error}");
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
