//! Finds and ends server processes that a killed program left behind in a cluster's directory.
//! Goes by what /proc says each process is and where it works, never by a number in a file alone:
//! numbers are used again, and the wrong process would be ended.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use thiserror::Error;

use super::error::{FileError, Verb};
use super::pidfile::PidFile;

/// How long a server may take for its last checkpoint after SIGINT. The same for an orphan and for our own.
pub(super) const FAST_STOP_MAX: Duration = Duration::from_secs(60);
/// How long a server may take to drop everything after SIGQUIT.
pub(super) const IMMEDIATE_STOP_MAX: Duration = Duration::from_secs(10);
/// How long backends may take to notice that their postmaster is gone.
const NOTICE_MAX: Duration = Duration::from_secs(2);
/// How long the system may take to end a process by SIGKILL.
const KILL_MAX: Duration = Duration::from_secs(10);
/// How often it is looked whether they are gone.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The processes that would not go.
#[derive(Debug, Error)]
pub enum EndError {
    /// Not even SIGKILL ended them in time; the system is waiting for their disk.
    #[error("server processes {} of an earlier run do not end: look at the disk they wait for, then start again", list(pids))]
    StillRunning {
        /// Their numbers.
        pids: Vec<i32>,
    },
    /// /proc could not be read.
    #[error(transparent)]
    File(#[from] FileError),
}

impl EndError {
    pub(super) fn in_chinese(&self) -> String {
        match self {
            Self::StillRunning { pids } => format!("上次运行遗留的服务器进程 {} 无法结束：请检查其所等待的磁盘后重新启动", list(pids)),
            Self::File(error) => error.in_chinese(),
        }
    }
}

/// Ends every server process that works in `pgdata`: a postmaster by fast shutdown, backends without one by
/// waiting until they notice; whoever is slow by harder means. All of these keep what was committed.
///
/// Only for a caller that holds the data directory and has no server of its own there.
///
/// # Errors
/// [`EndError::StillRunning`], when they do not go.
pub(super) fn end_all_in(pgdata: &Path) -> Result<(), EndError> {
    let running = working_in(pgdata)?;
    if running.is_empty() {
        return Ok(());
    }
    let postmaster = PidFile::read(pgdata)?.map(|file| file.pid).filter(|pid| running.contains(pid));
    if let Some(postmaster) = postmaster {
        tracing::warn!(server.pid = postmaster.as_raw(), "stopping a database server that an earlier run left behind");
        signal(&[postmaster], Signal::SIGINT);
        if gone_within(pgdata, FAST_STOP_MAX)? {
            return Ok(());
        }
        signal(&[postmaster], Signal::SIGQUIT);
    } else {
        if gone_within(pgdata, NOTICE_MAX)? {
            return Ok(());
        }
        signal(&working_in(pgdata)?, Signal::SIGQUIT);
    }
    if gone_within(pgdata, IMMEDIATE_STOP_MAX)? {
        return Ok(());
    }
    kill_all_in(pgdata)
}

/// Ends by SIGKILL every server process that works in `directory`, where nothing is worth keeping or milder means failed.
///
/// # Errors
/// [`EndError::StillRunning`], when they do not go.
pub(super) fn kill_all_in(directory: &Path) -> Result<(), EndError> {
    signal(&working_in(directory)?, Signal::SIGKILL);
    if gone_within(directory, KILL_MAX)? {
        return Ok(());
    }
    let pids = working_in(directory)?;
    Err(EndError::StillRunning { pids: pids.into_iter().map(Pid::as_raw).collect() })
}

/// The `postgres` and `initdb` processes whose working directory is `directory`: a server and all its backends
/// stay in the cluster's directory as long as they live.
///
/// Processes of other users are not seen, except by root; nor could they open the directory.
///
/// # Errors
/// [`FileError`], when /proc cannot be listed.
pub(super) fn working_in(directory: &Path) -> Result<Vec<Pid>, FileError> {
    let proc = Path::new("/proc");
    let entries = fs::read_dir(proc).map_err(FileError::on(Verb::Read, proc))?;
    Ok(entries
        .flatten()
        .filter_map(|entry| {
            let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
            let works_here = fs::read_link(entry.path().join("cwd")).ok()? == directory;
            (works_here && is_server_program(&entry.path())).then_some(Pid::from_raw(pid))
        })
        .collect())
}

/// Whether a process of this number exists, whoever owns it.
pub(super) fn exists(pid: Pid) -> bool {
    !matches!(kill(pid, None), Err(nix::errno::Errno::ESRCH))
}

/// A person's shell may stand in the same directory, so the program counts too.
/// After an upgrade of the package the link reads `…/postgres (deleted)`.
fn is_server_program(process: &Path) -> bool {
    fs::read_link(process.join("exe")).is_ok_and(|program| {
        program.file_name().is_some_and(|name| {
            let name = name.as_bytes();
            let name = name.strip_suffix(b" (deleted)").unwrap_or(name);
            name == b"postgres" || name == b"initdb"
        })
    })
}

fn signal(pids: &[Pid], signal: Signal) {
    for pid in pids {
        // A process that is gone already is what was wanted.
        if let Err(error) = kill(*pid, signal) {
            tracing::debug!(pid = pid.as_raw(), "signal not delivered: {error}");
        }
    }
}

fn gone_within(directory: &Path, limit: Duration) -> Result<bool, FileError> {
    let deadline = Instant::now() + limit;
    loop {
        if working_in(directory)?.is_empty() {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        thread::sleep(LOOK_AGAIN);
    }
}

fn list(pids: &[i32]) -> String {
    let pids: Vec<String> = pids.iter().map(i32::to_string).collect();
    pids.join(", ")
}
