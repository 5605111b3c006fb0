//! Chooses the directory of the server's Unix socket: private, and with a path short enough for the system.
//! Does not open the socket.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::account::Account;
use super::error::{FileError, Verb};
use super::layout::{self, Layout, LayoutError};

/// The port is part of the socket's name; the server listens nowhere else.
pub(super) const PORT: u16 = 5432;

/// The longest path of a Unix socket on Linux, without the closing zero (`sun_path` in unix(7)).
const SOCKET_PATH_BYTES_MAX: usize = 107;

/// Finds or makes the socket directory, empty of what a dead server left.
/// Only for a caller that holds the data directory while no server runs on it.
///
/// # Errors
/// [`LayoutError::NoSocketDirectory`] and [`LayoutError::File`].
pub(super) fn choose(layout: &Layout, account: &Account) -> Result<PathBuf, LayoutError> {
    let inner = layout.socket_dir();
    if fits(&inner) {
        remove_if_there(&layout.socket_record())?;
        if !layout::is_private(&inner, account.uid()) {
            remove_whatever(&inner)?;
            layout::create_private(&inner, account)?;
        }
        clear(&inner)?;
        return Ok(inner);
    }
    if let Some(recorded) = recorded(layout)
        && fits(&recorded)
        && layout::is_private(&recorded, account.uid())
    {
        clear(&recorded)?;
        return Ok(recorded);
    }
    elsewhere(layout, account, inner)
}

/// Makes the chosen directory again if something removed it under a running program, as sweepers of /tmp do.
///
/// # Errors
/// [`LayoutError::File`], also when somebody else took the name.
pub(super) fn renew(directory: &Path, account: &Account) -> Result<(), LayoutError> {
    if !layout::is_private(directory, account.uid()) {
        layout::create_private(directory, account)?;
    }
    clear(directory)?;
    Ok(())
}

/// Where the running cluster's socket is, for a program that wants to join.
/// `None` unless the directory belongs to the cluster's owner alone.
pub(super) fn find(layout: &Layout) -> Option<PathBuf> {
    let owner = layout.pgdata().symlink_metadata().ok()?.uid();
    let inner = layout.socket_dir();
    let directory = if fits(&inner) { inner } else { recorded(layout)? };
    layout::is_private(&directory, owner).then_some(directory)
}

/// Removes a directory outside the data directory, so that stopped programs leave nothing in /tmp.
pub(super) fn leave(layout: &Layout, directory: &Path) {
    if directory.starts_with(layout.data_dir()) {
        return;
    }
    if let Err(error) = clear(directory)
        .and_then(|()| fs::remove_dir(directory).map_err(FileError::on(Verb::Remove, directory)))
        .and_then(|()| remove_if_there(&layout.socket_record()))
    {
        tracing::warn!(directory = %directory.display(), "left the socket directory behind: {error}");
    }
}

fn fits(directory: &Path) -> bool {
    directory.as_os_str().len() <= directory_bytes_max()
}

fn directory_bytes_max() -> usize {
    SOCKET_PATH_BYTES_MAX - 1 - socket_name().len()
}

fn socket_name() -> String {
    format!(".s.PGSQL.{PORT}")
}

fn recorded(layout: &Layout) -> Option<PathBuf> {
    let bytes = fs::read(layout.socket_record()).ok()?;
    Some(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

fn elsewhere(layout: &Layout, account: &Account, wanted: PathBuf) -> Result<PathBuf, LayoutError> {
    let name = format!("lawgate-{}", unguessable()?);
    let mut tried = Vec::new();
    for place in short_places(account) {
        let directory = place.join(&name);
        if layout::create_private(&directory, account).is_ok() {
            record(layout, &directory)?;
            return Ok(directory);
        }
        tried.push(format!("`{}`", place.display()));
    }
    Err(LayoutError::NoSocketDirectory { wanted, limit_bytes: directory_bytes_max(), tried })
}

/// Root makes its directory where nobody else can write; a user where the session's files live, else in /tmp,
/// whose sticky bit keeps others from moving it.
fn short_places(account: &Account) -> Vec<PathBuf> {
    let first = if account.switches() { PathBuf::from("/run") } else { PathBuf::from(format!("/run/user/{}", account.uid())) };
    vec![first, PathBuf::from("/tmp")]
}

fn record(layout: &Layout, directory: &Path) -> Result<(), FileError> {
    let path = layout.socket_record();
    remove_if_there(&path)?;
    layout::open_own(&path).and_then(|mut file| file.write_all(directory.as_os_str().as_bytes())).map_err(FileError::on(Verb::Write, &path))
}

/// Removes a dead server's socket and its lock file. The lock file holds a process id that another process may
/// bear by now, and the server would then refuse to start.
fn clear(directory: &Path) -> Result<(), FileError> {
    let socket = directory.join(socket_name());
    remove_if_there(&socket)?;
    remove_if_there(&directory.join(format!("{}.lock", socket_name())))
}

fn remove_if_there(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(FileError::on(Verb::Remove, path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn remove_whatever(path: &Path) -> Result<(), FileError> {
    match path.symlink_metadata() {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => return Ok(()),
    }
    .map_err(FileError::on(Verb::Remove, path))
}

/// 128 random bits in hexadecimal.
pub(super) fn unguessable() -> Result<String, FileError> {
    let source = Path::new("/dev/urandom");
    let mut bytes = [0_u8; 16];
    File::open(source).and_then(|mut file| file.read_exact(&mut bytes)).map_err(FileError::on(Verb::Read, source))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_fits_exactly_while_its_socket_does() {
        let longest = PathBuf::from(format!("/{}", "d".repeat(directory_bytes_max() - 1)));
        assert_eq!(longest.join(socket_name()).as_os_str().len(), 107);
        assert!(fits(&longest));
        assert!(!fits(&PathBuf::from(format!("{}d", longest.display()))));
    }

    #[test]
    fn chinese_characters_count_as_the_three_bytes_they_take() {
        assert!(fits(&PathBuf::from(format!("/{}", "镇".repeat(30)))));
        assert!(!fits(&PathBuf::from(format!("/{}", "镇".repeat(31)))));
    }
}
