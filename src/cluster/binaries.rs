//! Finds the PostgreSQL server binaries: those of an existing cluster's version, or the best for a new one.
//! Installs nothing and never runs a server, only `postgres --version`.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::account::{Account, OnParentDeath};

/// The oldest major version the product works with.
pub const OLDEST_MAJOR: u32 = 14;

/// Where packages put server binaries: a directory, what the name of a folder in it begins with, and what follows.
pub(super) const INSTALL_PLACES: [(&str, &str, &str); 6] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/local", "pgsql", "bin"),
    ("/opt", "postgresql", "bin"),
    ("/opt", "pgsql", "bin"),
    ("/opt/postgresql", "", "bin"),
];

/// Why no server binaries can be used.
#[derive(Debug, Error)]
pub enum BinariesError {
    /// Nothing of version 14 or later is installed.
    #[error(
        "no PostgreSQL server of version {OLDEST_MAJOR} or later is installed{}: \
         install one (on Debian `apt-get install postgresql`), or name its directory in LAWGATE_PG_BIN",
        found_too_old(too_old)
    )]
    NoneInstalled {
        /// Older servers that were found.
        too_old: Vec<Binaries>,
    },
    /// The cluster on disk needs binaries that are not there.
    #[error(
        "the cluster in `{}` is of PostgreSQL {major}, whose server is not installed: \
         install the package postgresql-{major}, or name its directory in LAWGATE_PG_BIN", pgdata.display()
    )]
    VersionMissing {
        /// The cluster's directory.
        pgdata: PathBuf,
        /// The major version it was made with.
        major: u32,
    },
    /// The cluster on disk is older than the product works with.
    #[error(
        "the cluster in `{}` is of PostgreSQL {major}; version {OLDEST_MAJOR} or later is needed: \
         restore a backup into an empty data directory", pgdata.display()
    )]
    ClusterTooOld {
        /// The cluster's directory.
        pgdata: PathBuf,
        /// The major version it was made with.
        major: u32,
    },
    /// `PG_VERSION` holds something else than a version.
    #[error("`{}` does not hold a PostgreSQL version: restore the data directory from a backup", path.display())]
    VersionUnreadable {
        /// The file.
        path: PathBuf,
    },
    /// The directory the settings name is not usable.
    #[error(
        "LAWGATE_PG_BIN names `{}`, but {}: \
         name a directory with `postgres` and `initdb` of version {OLDEST_MAJOR} or later, or leave it out",
        directory.display(), reason.english()
    )]
    SettingUnusable {
        /// The directory named.
        directory: PathBuf,
        /// What is wrong with it.
        reason: Unusable,
    },
}

/// What is wrong with a directory said to hold server binaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// `postgres` or `initdb` is not there.
    Incomplete,
    /// `postgres --version` did not answer with a version under the server's account.
    Mute,
    /// The version is below 14.
    TooOld,
}

impl Unusable {
    fn english(self) -> &'static str {
        match self {
            Self::Incomplete => "`postgres` or `initdb` is missing there",
            Self::Mute => "its `postgres` cannot be run by the server's account",
            Self::TooOld => "its version is too old",
        }
    }

    fn chinese(self) -> &'static str {
        match self {
            Self::Incomplete => "其中缺少 `postgres` 或 `initdb`",
            Self::Mute => "服务器账户无法运行其中的 `postgres`",
            Self::TooOld => "其版本过低",
        }
    }
}

impl BinariesError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NoneInstalled { .. } => "cluster_server_not_installed",
            Self::VersionMissing { .. } => "cluster_version_not_installed",
            Self::ClusterTooOld { .. } => "cluster_too_old",
            Self::VersionUnreadable { .. } => "cluster_version_unreadable",
            Self::SettingUnusable { .. } => "cluster_pg_bin_unusable",
        }
    }

    pub(super) fn in_chinese(&self) -> String {
        match self {
            Self::NoneInstalled { .. } => format!(
                "系统未安装 PostgreSQL {OLDEST_MAJOR} 或更高版本的服务器：\
                 请安装（Debian 上为 `apt-get install postgresql`），或在 LAWGATE_PG_BIN 中指明其目录"
            ),
            Self::VersionMissing { pgdata, major } => format!(
                "`{}` 是 PostgreSQL {major} 的数据，但该版本的服务器未安装：\
                 请安装软件包 postgresql-{major}，或在 LAWGATE_PG_BIN 中指明其目录",
                pgdata.display()
            ),
            Self::ClusterTooOld { pgdata, major } => format!(
                "`{}` 是 PostgreSQL {major} 的数据，而本程序需要 {OLDEST_MAJOR} 或更高版本：\
                 请将备份恢复到空的数据目录",
                pgdata.display()
            ),
            Self::VersionUnreadable { path } => format!("`{}` 中没有 PostgreSQL 版本号：请从备份恢复数据目录", path.display()),
            Self::SettingUnusable { directory, reason } => format!(
                "LAWGATE_PG_BIN 指向 `{}`，但{}：请指向含有 {OLDEST_MAJOR} 或更高版本 `postgres` 与 `initdb` 的目录，或取消该设置",
                directory.display(),
                reason.chinese()
            ),
        }
    }
}

/// A server version as `postgres --version` says it, ordered by age.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerVersion {
    /// The major version, such as 15.
    pub major: u32,
    /// The minor version, such as 18; 0 for a version in development.
    pub minor: u32,
}

impl ServerVersion {
    /// Reads the answer of `postgres --version`, such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
    fn parse(answer: &str) -> Option<Self> {
        let version = answer.strip_prefix("postgres (PostgreSQL) ")?.split_whitespace().next()?;
        let (major, rest) = leading_number(version)?;
        let minor = rest.strip_prefix('.').and_then(leading_number).map_or(0, |(minor, _)| minor);
        Some(Self { major, minor })
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A directory with `postgres` and `initdb` of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    directory: PathBuf,
    version: ServerVersion,
}

impl Binaries {
    pub(super) fn version(&self) -> &ServerVersion {
        &self.version
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.directory.join("postgres")
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.directory.join("initdb")
    }

    /// Looks at one directory. The version is asked under the server's account, which proves that it may run it.
    fn look_at(directory: &Path, account: &Account) -> Result<Self, Unusable> {
        // A link such as /usr/local/bin/postgres leads to where the server really lives, with its libraries.
        let postgres = directory.join("postgres").canonicalize().map_err(|_| Unusable::Incomplete)?;
        let directory = postgres.parent().ok_or(Unusable::Incomplete)?;
        if !directory.join("postgres").is_file() || !directory.join("initdb").is_file() {
            return Err(Unusable::Incomplete);
        }
        let output = account.command(&postgres, OnParentDeath::Nothing).arg("--version").output().map_err(|_| Unusable::Mute)?;
        let version = ServerVersion::parse(&String::from_utf8_lossy(&output.stdout)).ok_or(Unusable::Mute)?;
        Ok(Self { directory: directory.to_path_buf(), version })
    }
}

/// Where binaries are looked for: the setting first, then the places packages use, then the search path.
#[derive(Clone, Debug)]
pub(super) struct Search {
    setting: Option<PathBuf>,
    installed: Vec<PathBuf>,
    path: OsString,
}

impl Search {
    /// The places of this system, with the directory `LAWGATE_PG_BIN` names, if it does.
    pub(super) fn system(setting: Option<&Path>) -> Self {
        let installed = INSTALL_PLACES.iter().flat_map(|(parent, prefix, below)| folders(Path::new(parent), prefix, below)).collect();
        Self { setting: setting.map(Path::to_path_buf), installed, path: env::var_os("PATH").unwrap_or_default() }
    }

    /// The binaries for an existing cluster of version `major`.
    ///
    /// # Errors
    /// [`BinariesError::ClusterTooOld`] and [`BinariesError::VersionMissing`].
    pub(super) fn of_version(&self, major: u32, pgdata: &Path, account: &Account) -> Result<Binaries, BinariesError> {
        let pgdata = pgdata.to_path_buf();
        if major < OLDEST_MAJOR {
            return Err(BinariesError::ClusterTooOld { pgdata, major });
        }
        // The folder named after the version comes first, so that a start seldom asks more than one server.
        let (likely, others): (Vec<_>, Vec<_>) = self.candidates().into_iter().partition(|directory| names_version(directory, major));
        self.setting
            .iter()
            .chain(&likely)
            .chain(&others)
            .cloned()
            .chain(iter::once_with(|| self.told_by_pg_config(account)).flatten())
            .filter_map(|directory| Binaries::look_at(&directory, account).ok())
            .find(|binaries| binaries.version.major == major)
            .ok_or(BinariesError::VersionMissing { pgdata, major })
    }

    /// The binaries for a new cluster: the setting's, else the highest version found.
    ///
    /// # Errors
    /// [`BinariesError::SettingUnusable`] and [`BinariesError::NoneInstalled`].
    pub(super) fn for_new_cluster(&self, account: &Account) -> Result<Binaries, BinariesError> {
        if let Some(directory) = &self.setting {
            let unusable = |reason| BinariesError::SettingUnusable { directory: directory.clone(), reason };
            let binaries = Binaries::look_at(directory, account).map_err(unusable)?;
            if binaries.version.major < OLDEST_MAJOR {
                return Err(unusable(Unusable::TooOld));
            }
            return Ok(binaries);
        }
        let (usable, too_old): (Vec<_>, Vec<_>) = self
            .candidates()
            .into_iter()
            .chain(self.told_by_pg_config(account))
            .filter_map(|directory| Binaries::look_at(&directory, account).ok())
            .partition(|binaries| binaries.version.major >= OLDEST_MAJOR);
        usable.into_iter().max_by(|a, b| a.version.cmp(&b.version)).ok_or(BinariesError::NoneInstalled { too_old })
    }

    /// Where the first `pg_config` on the search path says the binaries are.
    fn told_by_pg_config(&self, account: &Account) -> Option<PathBuf> {
        let pg_config = env::split_paths(&self.path)
            .filter(|directory| directory.is_absolute())
            .map(|directory| directory.join("pg_config"))
            .find(|program| program.is_file())?;
        let output = account.command(&pg_config, OnParentDeath::Nothing).arg("--bindir").output().ok()?;
        let directory = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
        directory.is_absolute().then_some(directory)
    }

    /// Every directory that may hold a server, each once.
    fn candidates(&self) -> Vec<PathBuf> {
        let mut seen: Vec<PathBuf> = Vec::new();
        let on_path = env::split_paths(&self.path).filter(|directory| directory.is_absolute());
        for directory in self.installed.iter().cloned().chain(on_path) {
            let Ok(postgres) = directory.join("postgres").canonicalize() else {
                continue;
            };
            if let Some(home) = postgres.parent()
                && !seen.iter().any(|known| known == home)
            {
                seen.push(home.to_path_buf());
            }
        }
        seen
    }
}

/// The major version a cluster was made with, or `None` where there is no cluster.
///
/// # Errors
/// [`BinariesError::VersionUnreadable`] when `PG_VERSION` exists and holds no version.
pub(super) fn cluster_major(pgdata: &Path) -> Result<Option<u32>, BinariesError> {
    let path = pgdata.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => leading_number(text.trim()).map(|(major, _)| Some(major)).ok_or(BinariesError::VersionUnreadable { path }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(_) => Err(BinariesError::VersionUnreadable { path }),
    }
}

fn found_too_old(too_old: &[Binaries]) -> String {
    let list: Vec<String> = too_old.iter().map(|binaries| format!("{} in {}", binaries.version, binaries.directory.display())).collect();
    if list.is_empty() { String::new() } else { format!(" (found only {})", list.join(", ")) }
}

pub(super) fn folders(parent: &Path, prefix: &str, below: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path().join(below))
        .collect()
}

fn names_version(directory: &Path, major: u32) -> bool {
    let major = major.to_string();
    directory.components().any(|part| part.as_os_str().to_string_lossy().ends_with(&major))
}

fn leading_number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
#[path = "binaries_tests.rs"]
mod tests;
