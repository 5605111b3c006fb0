//! Holds the data directory: one program at a time runs the cluster in it.
//! Does not start anything; the system releases the hold when the holder dies, however it dies.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::error::{FileError, Verb};
use super::layout::{self, Layout};

/// How often a hold that is waited for is tried again.
const TRY_AGAIN: Duration = Duration::from_millis(20);

/// Why the data directory is not held.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another program holds it.
    #[error("the data directory `{}` is in use by {holder}: stop that first, or choose another one with --data-dir", data_dir.display())]
    AlreadyHeld {
        /// The data directory.
        data_dir: PathBuf,
        /// Who holds it.
        holder: Holder,
    },
    /// The lock file belongs to somebody else.
    #[error("`{}` cannot be opened by this user: run the command as the user that runs the service", path.display())]
    NotOurs {
        /// The lock file.
        path: PathBuf,
    },
    /// The system refused an operation.
    #[error(transparent)]
    File(#[from] FileError),
}

impl LockError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::AlreadyHeld { .. } => "data_dir_in_use",
            Self::NotOurs { .. } => "data_dir_not_ours",
            Self::File(_) => "data_dir_not_lockable",
        }
    }

    pub(super) fn in_chinese(&self) -> String {
        match self {
            Self::AlreadyHeld { data_dir, holder } => {
                format!("数据目录 `{}` 正由{}使用：请先停止它，或用 --data-dir 另选数据目录", data_dir.display(), holder.in_chinese())
            }
            Self::NotOurs { path } => format!("当前用户无法打开 `{}`：请以运行本服务的用户执行该命令", path.display()),
            Self::File(error) => error.in_chinese(),
        }
    }
}

/// Who holds a data directory, as the lock file tells; unknown in the instant before the holder has written it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub pid: Option<u32>,
    /// The command it runs, such as `serve`.
    pub command: Option<String>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.command, self.pid) {
            (Some(command), Some(pid)) => write!(f, "`lawgate {command}` (process {pid})"),
            (None, Some(pid)) => write!(f, "process {pid}"),
            (Some(_), None) | (None, None) => write!(f, "another lawgate process"),
        }
    }
}

impl Holder {
    pub(super) fn in_chinese(&self) -> String {
        match (&self.command, self.pid) {
            (Some(command), Some(pid)) => format!(" `lawgate {command}`（进程 {pid}）"),
            (None, Some(pid)) => format!("进程 {pid} "),
            (Some(_), None) | (None, None) => "另一个 lawgate 进程".to_owned(),
        }
    }

    fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        Self { pid: lines.next().and_then(|line| line.parse().ok()), command: lines.next().map(str::to_owned) }
    }
}

/// The data directory, held until this is dropped or the process ends.
#[derive(Debug)]
pub struct DataDirLock {
    file: File,
    layout: Layout,
}

impl DataDirLock {
    /// Holds `data_dir` for `command`, making it if it is missing (closed to other users).
    ///
    /// # Errors
    /// [`LockError::AlreadyHeld`] at once when another process, or this one, holds it.
    pub fn hold(data_dir: &Path, command: &str) -> Result<Self, LockError> {
        let layout = Layout::create(data_dir)?;
        let path = layout.lock();
        let mut file = layout::open_own(&path).map_err(|error| {
            if error.kind() == ErrorKind::PermissionDenied {
                LockError::NotOurs { path: path.clone() }
            } else {
                FileError::on(Verb::Open, &path)(error).into()
            }
        })?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                file.read_to_string(&mut text).map_err(FileError::on(Verb::Read, &path))?;
                return Err(LockError::AlreadyHeld { data_dir: layout.data_dir().to_path_buf(), holder: Holder::parse(&text) });
            }
            Err(TryLockError::Error(error)) => {
                return Err(FileError::on(Verb::Lock, &path)(error).into());
            }
        }
        let text = format!("{}\n{}\n", process::id(), command.replace('\n', " "));
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(text.as_bytes()))
            .map_err(FileError::on(Verb::Write, &path))?;
        Ok(Self { file, layout })
    }

    /// Like [`DataDirLock::hold`], but waits up to `patience` for the holder to be done.
    /// For a service that may be started while a short command runs.
    ///
    /// # Errors
    /// As [`DataDirLock::hold`].
    pub fn hold_within(data_dir: &Path, command: &str, patience: Duration) -> Result<Self, LockError> {
        let deadline = Instant::now() + patience;
        loop {
            match Self::hold(data_dir, command) {
                Err(LockError::AlreadyHeld { .. }) if Instant::now() < deadline => {
                    thread::sleep(TRY_AGAIN);
                }
                outcome => return outcome,
            }
        }
    }

    /// The data directory, absolute and without links.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        self.layout.data_dir()
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }
}

impl Drop for DataDirLock {
    fn drop(&mut self) {
        // Emptied so that nobody reads of a holder that is gone; the lock itself goes with the file handle.
        if let Err(error) = self.file.set_len(0) {
            tracing::debug!("could not empty the lock file: {error}");
        }
    }
}
