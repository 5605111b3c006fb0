//! Finds `pg_dump` and `pg_restore`, which come with a server or with its client package. Runs them only for their version.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::binaries::{INSTALL_PLACES, folders};

/// A program of PostgreSQL's client package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Where it is.
    pub path: PathBuf,
    /// Its major version.
    pub major: u32,
}

/// The program of that name whose version is the lowest of those that will do: a newer one reads and writes what older servers do
/// not know. `None` where there is none of that version or later.
#[must_use]
pub fn find(name: &str, oldest_major: u32, pg_bin: Option<&Path>) -> Option<Tool> {
    let installed = INSTALL_PLACES.iter().flat_map(|(parent, prefix, below)| folders(Path::new(parent), prefix, below));
    let on_path: Vec<PathBuf> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).filter(|path| path.is_absolute()).collect();
    pg_bin
        .map(Path::to_path_buf)
        .into_iter()
        .chain(installed)
        .chain(on_path)
        .filter_map(|directory| {
            // Debian's /usr/bin/pg_dump is a script that chooses a version by its own lights.
            let path = directory.join(name).canonicalize().ok().filter(|path| path.file_name().is_some_and(|file| file == name))?;
            Some(Tool { major: major(&path)?, path })
        })
        .filter(|tool| tool.major >= oldest_major)
        .min_by_key(|tool| tool.major)
}

/// The version that a program says of itself, such as `pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major(path: &Path) -> Option<u32> {
    let output = Command::new(path).arg("--version").stdin(Stdio::null()).output().ok()?;
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = answer.split("(PostgreSQL) ").nth(1)?;
    version.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}
