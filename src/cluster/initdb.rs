//! Makes a new cluster, whole or not at all: in a directory beside, renamed when it is complete.
//! Does not start it and knows nothing of our roles but the superuser's name.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use thiserror::Error;

use super::account::{Account, OnParentDeath};
use super::binaries::Binaries;
use super::endpoint::Role;
use super::error::{FileError, Verb};
use super::layout::{self, Layout, LayoutError};
use super::processes::{self, EndError};
use super::{Durability, socket};

/// What the names of unfinished clusters begin with.
pub(super) const UNFINISHED: &str = "postgres.new-";

/// The locales tried for a new cluster. Both sort by code point, so that an upgrade of the C library cannot
/// corrupt an index; only the first knows upper and lower case beyond ASCII.
const LOCALES: [&str; 2] = ["C.UTF-8", "C"];

/// Why no new cluster was made.
#[derive(Debug, Error)]
pub enum InitdbError {
    /// initdb ended with an error.
    #[error("initdb could not make the cluster; it said:\n{said}")]
    Failed {
        /// What it wrote.
        said: String,
    },
    /// Processes of an interrupted initdb do not end.
    #[error(transparent)]
    Leftover(#[from] EndError),
    /// The directory is taken or not usable.
    #[error(transparent)]
    Layout(#[from] LayoutError),
}

impl From<FileError> for InitdbError {
    fn from(error: FileError) -> Self {
        Self::Layout(error.into())
    }
}

impl InitdbError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Failed { .. } => "cluster_not_created",
            Self::Leftover(_) => "cluster_leftover_processes",
            Self::Layout(error) => error.code(),
        }
    }

    pub(super) fn in_chinese(&self) -> String {
        match self {
            Self::Failed { said } => format!("initdb 未能建立数据库，其输出为：\n{said}"),
            Self::Leftover(error) => error.in_chinese(),
            Self::Layout(error) => error.in_chinese(),
        }
    }
}

/// Makes the cluster. Only for a caller that holds the data directory and found no cluster there.
///
/// # Errors
/// [`InitdbError`]; nothing half-made is left under the cluster's name.
pub(super) fn create_cluster(layout: &Layout, account: &Account, binaries: &Binaries, durability: Durability) -> Result<(), InitdbError> {
    refuse_if_taken(&layout.pgdata())?;
    let unfinished = layout.data_dir().join(format!("{UNFINISHED}{}", socket::unguessable()?));
    let mut outcome = Ok(());
    for locale in LOCALES {
        layout::create_private(&unfinished, account)?;
        outcome = run_initdb(&unfinished, account, binaries, durability, locale);
        match &outcome {
            Ok(()) => {
                let pgdata = layout.pgdata();
                fs::rename(&unfinished, &pgdata).map_err(FileError::on(Verb::Rename, &unfinished))?;
                layout::sync(layout.data_dir())?;
                return Ok(());
            }
            Err(error) => {
                remove_unfinished(&unfinished)?;
                if !is_about_the_locale(error) {
                    break;
                }
            }
        }
    }
    outcome
}

/// Removes what interrupted runs left, ending an initdb that still works there.
/// Only for a caller that holds the data directory.
///
/// # Errors
/// [`InitdbError`], when it cannot be removed.
pub(super) fn sweep(layout: &Layout) -> Result<(), InitdbError> {
    let data_dir = layout.data_dir();
    let entries = fs::read_dir(data_dir).map_err(FileError::on(Verb::Read, data_dir))?;
    for entry in entries.flatten() {
        if layout::begins_with(&entry.file_name(), UNFINISHED) {
            tracing::info!(directory = %entry.path().display(), "removing an unfinished cluster");
            remove_unfinished(&entry.path())?;
        }
    }
    Ok(())
}

fn run_initdb(directory: &Path, account: &Account, binaries: &Binaries, durability: Durability, locale: &str) -> Result<(), InitdbError> {
    let program = binaries.initdb();
    let mut command = account.command(&program, OnParentDeath::Kill);
    command
        .current_dir(directory)
        .arg("--pgdata")
        .arg(directory)
        .args(["--username", Role::Superuser.name()])
        .args(["--encoding", "UTF8"])
        .args(["--locale", locale])
        // The server's log is read by people who search for its messages, and those are found in English.
        .args(["--lc-messages", "C"])
        .args(["--text-search-config", "simple"])
        // Whoever can open the socket's directory is the account itself or root.
        .args(["--auth-local", "trust"])
        .args(["--auth-host", "reject"])
        .args(["--data-checksums", "--no-instructions"]);
    match durability {
        Durability::Full => {}
        Durability::TestOnly => {
            // Small segments make a cluster half as large, which matters when there is one per test.
            command.args(["--no-sync", "--wal-segsize", "1"]);
        }
    }
    let output = command.output().map_err(FileError::on(Verb::Run, &program))?;
    if output.status.success() {
        return Ok(());
    }
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(InitdbError::Failed { said: said.trim().to_owned() })
}

fn is_about_the_locale(error: &InitdbError) -> bool {
    matches!(error, InitdbError::Failed { said } if said.contains("invalid locale name"))
}

pub(super) fn refuse_if_taken(pgdata: &Path) -> Result<(), LayoutError> {
    // An empty directory is replaced by the rename at the end.
    let free = match fs::read_dir(pgdata) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    if free {
        return Ok(());
    }
    Err(LayoutError::NotACluster { path: pgdata.to_path_buf() })
}

fn remove_unfinished(directory: &Path) -> Result<(), InitdbError> {
    processes::kill_all_in(directory)?;
    // Where a restore was at work, its server worked one directory further down.
    processes::kill_all_in(&directory.join("postgres"))?;
    fs::remove_dir_all(directory).map_err(FileError::on(Verb::Remove, directory))?;
    Ok(())
}
