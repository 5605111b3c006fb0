//! The server's own log: where it writes, how large it grows, and what it said last.
//! Does not read meaning into it; problems are known by exit and by `postmaster.pid`.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::error::{FileError, Verb};
use super::layout;

/// A log longer than this is set aside; with the one set aside before it, twice this is kept at most
/// (and what comes within one look, see [`ServerLog::bound`]).
const LOG_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// How much of the log an error shows.
const TAIL_BYTES_MAX: u64 = 2_000;

/// The log file of one cluster. Belongs to this program; the server only inherits the open file.
#[derive(Clone, Debug)]
pub(super) struct ServerLog {
    path: PathBuf,
}

impl ServerLog {
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Opens the log twice, for a server's standard output and error.
    pub(super) fn outputs(&self) -> Result<(Stdio, Stdio), FileError> {
        let file = layout::open_own_log(&self.path).map_err(FileError::on(Verb::Open, &self.path))?;
        let again = file.try_clone().map_err(FileError::on(Verb::Open, &self.path))?;
        Ok((file.into(), again.into()))
    }

    pub(super) fn length_bytes(&self) -> u64 {
        self.path.metadata().map_or(0, |meta| meta.len())
    }

    /// What the server wrote last since the log was `start_bytes` long.
    pub(super) fn tail(&self, start_bytes: u64) -> String {
        self.read_tail(start_bytes).unwrap_or_else(|error| format!("(the log could not be read: {error})"))
    }

    /// Sets a long log aside. The server keeps writing to the same open file, so its content is copied and the
    /// file emptied; lines written between the two are lost, which a bounded disk is worth.
    pub(super) fn bound(&self) {
        if self.length_bytes() <= LOG_BYTES_MAX {
            return;
        }
        let aside = aside(&self.path);
        let outcome = copy(&self.path, &aside).and_then(|()| File::options().write(true).open(&self.path)?.set_len(0));
        if let Err(error) = outcome {
            tracing::warn!(log = %self.path.display(), "could not set the server's log aside: {error}");
        }
    }

    fn read_tail(&self, start_bytes: u64) -> std::io::Result<String> {
        let mut file = File::open(&self.path)?;
        let length = file.metadata()?.len();
        let start = start_bytes.min(length).max(length.saturating_sub(TAIL_BYTES_MAX));
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(TAIL_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
    }
}

fn aside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".1");
    PathBuf::from(name)
}

/// Copies with the modes and the refusal of links that all our files have, which `fs::copy` would not.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if to.symlink_metadata().is_ok() {
        fs::remove_file(to)?;
    }
    let mut target = layout::open_own(to)?;
    std::io::copy(&mut File::open(from)?, &mut target)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn the_tail_is_only_what_came_after_the_start() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let log = ServerLog::at(dir.path().join("log"));
        fs::write(&log.path, "an earlier run\n").expect("writable");
        let start = log.length_bytes();
        let mut file = layout::open_own_log(&log.path).expect("opens");
        file.write_all("FATAL: 磁盘已满\n".as_bytes()).expect("writable");
        assert_eq!(log.tail(start), "FATAL: 磁盘已满");
        file.write_all(&[b'x'; 10_000]).expect("writable");
        assert_eq!(log.tail(start).len(), 2_000);
        assert_eq!(log.tail(u64::MAX), "");
    }

    #[test]
    fn a_long_log_is_set_aside_under_an_open_writer() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let log = ServerLog::at(dir.path().join("log"));
        let mut file = layout::open_own_log(&log.path).expect("opens");
        file.set_len(LOG_BYTES_MAX).expect("writable");
        log.bound();
        assert_eq!(log.length_bytes(), LOG_BYTES_MAX, "not longer than the bound");
        file.write_all(b"!").expect("writable");
        log.bound();
        assert_eq!(log.length_bytes(), 0);
        file.write_all(b"next").expect("writable");
        assert_eq!(fs::read(&log.path).expect("readable"), b"next");
        assert_eq!(aside(&log.path).metadata().expect("kept").len(), LOG_BYTES_MAX + 1);
    }
}
