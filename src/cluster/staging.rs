//! A cluster that is made beside its place and put there when it is complete. Whatever ends it before leaves nothing under the
//! cluster's name; what a killed program leaves beside it is removed at the next start. Fills nothing itself.

use std::fs;
use std::path::PathBuf;

use super::account::Account;
use super::error::{ClusterError, FileError, Verb};
use super::layout::{self, LayoutError};
use super::lock::DataDirLock;
use super::{Cluster, Settings, initdb, processes, socket};

/// A place beside that of the cluster, in a held data directory.
#[derive(Debug)]
pub struct Staging {
    directory: PathBuf,
    lock: DataDirLock,
}

impl Staging {
    /// Chooses a place in a data directory that has no cluster.
    ///
    /// # Errors
    /// [`ClusterError`], also where there is one.
    pub fn begin(lock: DataDirLock) -> Result<Self, ClusterError> {
        let layout = lock.layout();
        initdb::refuse_if_taken(&layout.pgdata())?;
        layout.open_to(&Account::choose(&layout.pgdata())?)?;
        initdb::sweep(layout)?;
        let unguessable = socket::unguessable().map_err(LayoutError::from)?;
        let directory = layout.data_dir().join(format!("{}{unguessable}", initdb::UNFINISHED));
        Ok(Self { directory, lock })
    }

    /// Starts a new cluster there; it stops when it is dropped, which comes before [`Self::put_in_place`].
    ///
    /// # Errors
    /// [`ClusterError`].
    pub fn start(&self, settings: &Settings, stop_wanted: &dyn Fn() -> bool) -> Result<Cluster, ClusterError> {
        Cluster::start_unless(DataDirLock::hold(&self.directory, "restore")?, settings, stop_wanted)
    }

    /// Gives the stopped cluster its name. It is there whole from one moment to the next.
    ///
    /// # Errors
    /// [`ClusterError`]; then it is not there.
    pub fn put_in_place(self) -> Result<(), ClusterError> {
        let layout = self.lock.layout();
        let made = self.directory.join("postgres");
        fs::rename(&made, layout.data_dir().join("postgres"))
            .map_err(FileError::on(Verb::Rename, &made))
            .and_then(|()| layout::sync(layout.data_dir()))
            .map_err(LayoutError::from)?;
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let ended = processes::kill_all_in(&self.directory.join("postgres"));
        if let Err(error) = ended {
            tracing::warn!("{error}");
        }
        match fs::remove_dir_all(&self.directory) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!("{} is left for the next start to remove: {error}", self.directory.display());
            }
            Ok(()) | Err(_) => {}
        }
    }
}
