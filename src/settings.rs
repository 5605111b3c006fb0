//! One typed configuration: defaults, then `lawgate.toml`, then `LAWGATE_*` variables, then flags. Nothing is started here.

mod keys;
mod layers;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::base::said::Said;
use layers::Layers;

/// Every setting, with its default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Address and port for `/metrics` alone, which is then not served on `listen`.
    pub metrics_listen: Option<SocketAddr>,
    /// Where the private cluster and everything else of this registry is kept.
    pub data_dir: PathBuf,
    /// The server to use instead of a private cluster, as the run-time role.
    pub database_url: Option<String>,
    /// The same server as the role that owns the tables; without it nothing is migrated.
    pub migrate_url: Option<String>,
    /// A streaming standby of that server, on which lists and texts are read while it keeps up.
    pub replica_url: Option<String>,
    /// Directory of the PostgreSQL server binaries for a new private cluster.
    pub pg_bin: Option<PathBuf>,
    /// Whether the run-time role may own the tables, which gives up a protection.
    pub allow_owner_at_run_time: bool,
    /// Connections to the database, 1 to 1000.
    pub connections: usize,
    /// Worker threads, 1 to 512; one for each processor where absent.
    pub workers: Option<usize>,
    /// Seconds that the database may work on one call, 1 to 600.
    pub database_seconds: u64,
    /// Seconds that the service goes on after a signal to stop, saying that it is not ready, before it stops accepting; 0 to 600.
    pub drain_seconds: u64,
    /// Seconds that requests in flight may take after a signal to stop, 0 to 3600.
    pub shutdown_seconds: u64,
    /// Which log lines are written, such as `info` or `lawgate=debug,info`.
    pub log: String,
    /// `text` for people, `json` for programs.
    pub log_format: LogFormat,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            metrics_listen: None,
            data_dir: PathBuf::from("./data"),
            database_url: None,
            migrate_url: None,
            replica_url: None,
            pg_bin: None,
            allow_owner_at_run_time: false,
            connections: 16,
            workers: None,
            database_seconds: 30,
            drain_seconds: 0,
            shutdown_seconds: 30,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
        }
    }
}

/// What the command line says; what it leaves out is decided by the layers below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--listen`.
    pub listen: Option<String>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--database-url`.
    pub database_url: Option<String>,
    /// `--migrate-url`.
    pub migrate_url: Option<String>,
}

/// Reads all layers.
///
/// # Errors
/// One sentence that names the setting, its value unless that is a secret, where it came from and what is accepted.
pub fn read(flags: &Flags, config: Option<&Path>, environment: &[(OsString, OsString)]) -> Result<Settings, Said> {
    let mut layers = Layers::default();
    layers.add_flags(flags)?;
    layers.add_environment(environment)?;
    // Where the configuration file is depends on the data directory, which a flag or a variable may name.
    let file = match config {
        Some(path) if !path.is_file() => {
            return Err(Said::new(
                format!("--config 指定的 `{}` 不是文件：请给出已有的文件", path.display()),
                format!("--config names `{}`, which is no file: give an existing file", path.display()),
            ));
        }
        Some(path) => Some(path.to_owned()),
        None => {
            let data_dir = layers.data_dir().unwrap_or_else(|| Settings::default().data_dir);
            Some(data_dir.join("lawgate.toml")).filter(|path| path.exists())
        }
    };
    if let Some(file) = file {
        layers.add_file(&file)?;
    }
    layers.settings()
}

/// The variables of this process.
#[must_use]
pub fn environment() -> Vec<(OsString, OsString)> {
    std::env::vars_os().collect()
}
