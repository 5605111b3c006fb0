//! Reads `postmaster.pid`, by which a server says who and how far it is. Writes nothing.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use nix::unistd::Pid;

use super::error::{FileError, Verb};

/// What a server wrote about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    /// Line 1: the process.
    pub(super) pid: Pid,
    /// Line 8 is `ready`: it accepts connections. Before that it is missing or `starting`.
    pub(super) ready: bool,
}

impl PidFile {
    pub(super) fn path(pgdata: &Path) -> PathBuf {
        pgdata.join("postmaster.pid")
    }

    /// What the file says now; `None` where there is none or a server is in the middle of writing it.
    ///
    /// # Errors
    /// [`FileError`], when it exists and cannot be read.
    pub(super) fn read(pgdata: &Path) -> Result<Option<Self>, FileError> {
        let path = Self::path(pgdata);
        match fs::read(&path) {
            Ok(bytes) => Ok(Self::parse(&String::from_utf8_lossy(&bytes))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FileError::on(Verb::Read, &path)(error)),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid: i32 = lines.next()?.trim().parse().ok()?;
        // A server run by hand in single-user mode writes its number negated.
        let pid = pid.checked_abs().filter(|pid| *pid > 1)?;
        let ready = lines.nth(6).is_some_and(|status| status.trim() == "ready");
        Some(Self { pid: Pid::from_raw(pid), ready })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const READY: &str = "4711\n/srv/data/postgres\n1793750400\n5432\n/srv/data/postgres-socket\n\n  5432001     32768\nready   \n";

    #[test]
    fn a_ready_server_is_ready() {
        let expected = PidFile { pid: Pid::from_raw(4711), ready: true };
        assert_eq!(PidFile::parse(READY), Some(expected));
    }

    #[test]
    fn a_starting_or_stopping_server_is_not_ready() {
        for status in ["starting", "stopping", "standby", ""] {
            let text = READY.replace("ready   ", status);
            assert_eq!(PidFile::parse(&text).map(|file| file.ready), Some(false));
        }
    }

    #[test]
    fn a_file_cut_short_is_never_ready() {
        for end in 0..READY.len() - "ready   \n".len() {
            assert!(!PidFile::parse(&READY[..end]).is_some_and(|file| file.ready));
        }
    }

    #[test]
    fn no_number_stands_for_init_a_group_or_everybody() {
        for pid in ["0", "1", "-1", "-2147483648", "", "x"] {
            assert_eq!(PidFile::parse(&READY.replace("4711", pid)), None);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".*") {
            let file = PidFile::parse(&text);
            prop_assert!(file.is_none_or(|file| file.pid.as_raw() > 1));
        }
    }
}
