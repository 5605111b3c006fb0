//! The flags that every command with a registry takes, and the settings that come of them.

use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::settings::{self, Flags, Settings};

/// Where the registry is.
#[derive(Debug, Args)]
pub struct Shared {
    /// Directory of the private cluster and of all else that is kept (default ./data)
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// A PostgreSQL server to use instead, as the run-time role
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// The same server as the role that owns the tables
    #[arg(long, value_name = "URL")]
    pub migrate_url: Option<String>,
    /// The configuration file (default lawgate.toml in the data directory)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Shared {
    /// The settings with these flags over them.
    ///
    /// # Errors
    /// A setting that is unknown or not accepted: exit status 2.
    pub fn settings(self, listen: Option<String>) -> Result<Settings, Failure> {
        let flags = Flags { listen, data_dir: self.data_dir, database_url: self.database_url, migrate_url: self.migrate_url };
        settings::read(&flags, self.config.as_deref(), &settings::environment()).map_err(Failure::usage)
    }
}
