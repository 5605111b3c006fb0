//! The cluster for one command: joins the running one by its socket, or starts it for the command's duration.
//! `serve` and `demo` do not use this; they hold the cluster themselves.
//!
//! A command that started the cluster lets the commands that joined it finish before it stops the cluster: each of
//! them holds a shared lock on one file, and the starter takes it alone before it stops.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::binaries;
use super::bootstrap;
use super::endpoint::{Endpoint, Role};
use super::error::{ClusterError, FileError, Verb};
use super::layout::{self, Layout};
use super::lock::{DataDirLock, Holder, LockError};
use super::pidfile::PidFile;
use super::{Cluster, Settings, socket};

/// How often it is looked again whether the cluster can be joined or started, or whether guests have left.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How long a command that is done lets its guests go on; a guest that takes longer loses its connection and its
/// open transaction.
const GUESTS_MAX: Duration = Duration::from_secs(600);

/// Why a held data directory's cluster could not be joined.
#[derive(Debug, Error)]
#[error(
    "the data directory `{}` is in use by {holder}, but no database was ready in it within {} seconds: \
     wait until it has started or stop it; if it works with a server of its own, give its --database-url",
    data_dir.display(), waited.as_secs()
)]
pub struct JoinError {
    data_dir: PathBuf,
    holder: Holder,
    waited: Duration,
}

impl JoinError {
    pub(super) fn in_chinese(&self) -> String {
        format!(
            "数据目录 `{}` 正由{}使用，但 {} 秒内其中没有就绪的数据库：\
             请等待其启动完毕或将其停止；若其使用外部数据库，请给出相同的 --database-url",
            self.data_dir.display(),
            self.holder.in_chinese(),
            self.waited.as_secs()
        )
    }
}

/// A command's use of the cluster; ends when dropped.
#[derive(Debug)]
pub struct Session {
    endpoint: Endpoint,
    /// `None` in a command that joined.
    cluster: Option<Cluster>,
    /// Dropped last: a joined command gives its shared lock back when it is done with everything else.
    guests: File,
}

impl Session {
    /// Joins the running cluster of `data_dir`, or holds the directory as `command` and starts one.
    ///
    /// Waits for a cluster that is starting or stopping, at most `settings.ready_within`.
    ///
    /// # Errors
    /// [`ClusterError::Join`] after that time, or why the cluster cannot be started.
    pub fn join_or_start(data_dir: &Path, command: &str, settings: &Settings) -> Result<Self, ClusterError> {
        let started = Instant::now();
        loop {
            let held = match DataDirLock::hold(data_dir, command) {
                Ok(lock) => return Self::start(lock, settings),
                Err(LockError::AlreadyHeld { data_dir, holder }) => (data_dir, holder),
                Err(error) => return Err(error.into()),
            };
            let layout = Layout::create(data_dir).map_err(LockError::from)?;
            if let Some(session) = Self::join(&layout, &settings.database)? {
                return Ok(session);
            }
            let waited = started.elapsed();
            if waited >= settings.ready_within {
                let (data_dir, holder) = held;
                return Err(JoinError { data_dir, holder, waited }.into());
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// Where the cluster listens.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The connection URL of `database` for `role`; see [`Endpoint::url`].
    #[must_use]
    pub fn url(&self, role: Role, database: &str) -> String {
        self.endpoint.url(role, database)
    }

    /// Whether another process runs the cluster.
    #[must_use]
    pub fn joined(&self) -> bool {
        self.cluster.is_none()
    }

    fn start(lock: DataDirLock, settings: &Settings) -> Result<Self, ClusterError> {
        let guests = open_guests(lock.layout())?;
        let cluster = Cluster::start(lock, settings)?;
        Ok(Self { endpoint: cluster.endpoint().clone(), cluster: Some(cluster), guests })
    }

    /// `None` when there is nothing to join yet.
    fn join(layout: &Layout, database: &str) -> Result<Option<Self>, ClusterError> {
        let guests = open_guests(layout)?;
        // Taken before looking, so that a starter which is about to stop either waits for us or is seen as stopping.
        match guests.try_lock_shared() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => {
                return Err(LockError::from(FileError::on(Verb::Lock, &layout.guests())(error)).into());
            }
        }
        let pgdata = layout.pgdata();
        let ready = PidFile::read(&pgdata).map_err(LockError::from)?.is_some_and(|file| file.ready);
        let (true, Some(major), Some(socket_dir)) = (ready, binaries::cluster_major(&pgdata)?, socket::find(layout)) else {
            return Ok(None);
        };
        let endpoint = Endpoint::new(socket_dir, major);
        // The file may be a killed server's; only an answer tells, and also that the roles and the database are made.
        Ok(bootstrap::is_in_order(&endpoint, database).then_some(Self { endpoint, cluster: None, guests }))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(cluster) = self.cluster.take() else {
            return;
        };
        let deadline = Instant::now() + GUESTS_MAX;
        let mut told = false;
        while let Err(TryLockError::WouldBlock) = self.guests.try_lock() {
            if Instant::now() >= deadline {
                tracing::warn!("stopping the database under another command that still uses it");
                break;
            }
            if !told {
                tracing::info!("waiting for other commands that use the database");
                told = true;
            }
            thread::sleep(LOOK_AGAIN);
        }
        cluster.stop();
    }
}

fn open_guests(layout: &Layout) -> Result<File, LockError> {
    let path = layout.guests();
    layout::open_own(&path).map_err(FileError::on(Verb::Open, &path)).map_err(LockError::from)
}
