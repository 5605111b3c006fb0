//! The names inside the data directory, and who may pass through the directories above them.
//! Does not create a cluster and never opens a file to others: only directories become passable.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};

use nix::libc;
use nix::unistd::geteuid;
use thiserror::Error;

use super::account::Account;
use super::error::{FileError, Verb};

/// Passable by everybody, readable by the owner alone: what a closed data directory becomes for the server's account.
const MODE_PASSABLE: u32 = 0o711;
/// For the owner alone.
const MODE_CLOSED: u32 = 0o700;
/// The bits that let anybody do anything.
const BITS_OF_ALL: u32 = 0o777;
/// The bits that let the group and others do anything.
const BITS_OF_OTHERS: u32 = 0o077;

/// Why the directories cannot be used.
#[derive(Debug, Error)]
pub enum LayoutError {
    /// A directory above the data directory lets the server's account not pass.
    #[error(
        "the account {account} that runs the database server cannot enter `{}`: \
         make it passable with `chmod o+x`, or choose a data directory elsewhere with --data-dir", directory.display()
    )]
    Closed {
        /// The topmost directory that is closed.
        directory: PathBuf,
        /// The server's account.
        account: String,
    },
    /// The cluster's directory holds something else.
    #[error(
        "`{}` is not empty and holds no PostgreSQL cluster: move it away, or choose another data directory", path.display()
    )]
    NotACluster {
        /// The cluster's directory.
        path: PathBuf,
    },
    /// No private directory with a path short enough for a socket.
    #[error(
        "no private directory for the database socket could be made: \
         the data directory's path is too long for one (at most {limit_bytes} bytes for `{}`) and neither {} can be used",
        wanted.display(), tried.join(" nor ")
    )]
    NoSocketDirectory {
        /// The directory that would have been used.
        wanted: PathBuf,
        /// How long its path may be.
        limit_bytes: usize,
        /// What was tried in its place.
        tried: Vec<String>,
    },
    /// The system refused an operation.
    #[error(transparent)]
    File(#[from] FileError),
}

impl LayoutError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Closed { .. } => "cluster_directory_closed",
            Self::NotACluster { .. } => "cluster_directory_taken",
            Self::NoSocketDirectory { .. } => "cluster_no_socket_directory",
            Self::File(_) => "cluster_file_refused",
        }
    }

    pub(super) fn in_chinese(&self) -> String {
        match self {
            Self::Closed { directory, account } => format!(
                "运行数据库服务器的账户 {account} 无法进入 `{}`：\
                 请用 `chmod o+x` 允许通过，或用 --data-dir 另选数据目录",
                directory.display()
            ),
            Self::NotACluster { path } => format!("`{}` 不为空，也不是 PostgreSQL 数据：请将其移走，或另选数据目录", path.display()),
            Self::NoSocketDirectory { wanted, limit_bytes, tried } => format!(
                "无法为数据库套接字建立私有目录：`{}` 的路径超过 {limit_bytes} 字节，{} 也不可用",
                wanted.display(),
                tried.join("、")
            ),
            Self::File(error) => error.in_chinese(),
        }
    }
}

/// The data directory, by an absolute path without links, and the names in it.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    data_dir: PathBuf,
}

impl Layout {
    /// Makes the data directory if it is missing, closed to everybody else.
    ///
    /// # Errors
    /// [`FileError`], when it cannot be made or reached.
    pub(super) fn create(data_dir: &Path) -> Result<Self, FileError> {
        let data_dir = std::path::absolute(data_dir).map_err(FileError::on(Verb::Open, data_dir))?;
        if !data_dir.is_dir() {
            if let Some(parent) = data_dir.parent() {
                create_passable(parent)?;
            }
            // Two programs may make it at the same moment; the lock decides between them.
            create_closed(&data_dir).or_else(|error| if data_dir.is_dir() { Ok(()) } else { Err(error) })?;
        }
        let data_dir = data_dir.canonicalize().map_err(FileError::on(Verb::Open, &data_dir))?;
        Ok(Self { data_dir })
    }

    pub(super) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The cluster itself, PostgreSQL's `PGDATA`; without links, for an administrator may have put a link to
    /// another disk here and the server's processes are known by the directory they really work in.
    pub(super) fn pgdata(&self) -> PathBuf {
        let pgdata = self.data_dir.join("postgres");
        pgdata.canonicalize().unwrap_or(pgdata)
    }

    pub(super) fn server_log(&self) -> PathBuf {
        self.data_dir.join("postgres.log")
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.data_dir.join("lawgate.lock")
    }

    /// Locked by every command while it uses a cluster that another command started.
    pub(super) fn guests(&self) -> PathBuf {
        self.data_dir.join("lawgate.guests")
    }

    /// Where the socket is when paths below the data directory are short enough.
    pub(super) fn socket_dir(&self) -> PathBuf {
        self.data_dir.join("postgres-socket")
    }

    /// Holds the socket directory's path when it is elsewhere.
    pub(super) fn socket_record(&self) -> PathBuf {
        self.data_dir.join("postgres-socket.path")
    }

    /// Lets the server's account pass to the cluster.
    ///
    /// A closed data directory gets mode 0711. What it protected by being closed is closed piece by piece first,
    /// because with 0711 a file is within reach of everybody who knows its name. So is what has been put there since.
    ///
    /// # Errors
    /// [`LayoutError::Closed`] names a closed directory above, which is not ours to open.
    pub(super) fn open_to(&self, account: &Account) -> Result<(), LayoutError> {
        if !account.switches() {
            return Ok(());
        }
        let above: Vec<&Path> = self.data_dir.ancestors().skip(1).collect();
        for directory in above.into_iter().rev() {
            let meta = directory.metadata().map_err(FileError::on(Verb::Read, directory))?;
            if !account.can_enter(directory, &meta) {
                return Err(LayoutError::Closed { directory: directory.to_path_buf(), account: account.name().to_owned() });
            }
        }
        let meta = self.data_dir.metadata().map_err(FileError::on(Verb::Read, &self.data_dir))?;
        if !account.can_enter(&self.data_dir, &meta) {
            close_entries(&self.data_dir)?;
            set_mode(&self.data_dir, MODE_PASSABLE)?;
        } else if meta.mode() & BITS_OF_ALL == MODE_PASSABLE && meta.uid() == geteuid().as_raw() {
            // The mode is of our making, and files may have been put there since.
            close_entries(&self.data_dir)?;
        }
        Ok(())
    }
}

/// Makes a directory for `account` alone. Fails if the name is taken.
pub(super) fn create_private(path: &Path, account: &Account) -> Result<(), FileError> {
    create_closed(path)?;
    if account.switches() {
        lchown(path, Some(account.uid()), Some(account.gid())).map_err(FileError::on(Verb::ChangeOwner, path))?;
    }
    Ok(())
}

/// Whether `path` is itself a directory, no link to one, that `owner` alone can open.
pub(super) fn is_private(path: &Path, owner: u32) -> bool {
    path.symlink_metadata().is_ok_and(|meta| meta.is_dir() && meta.uid() == owner && meta.mode() & BITS_OF_OTHERS == 0)
}

/// Takes from the group and from others what they may do with the cluster's directory; PostgreSQL would refuse it.
pub(super) fn close(path: &Path) -> Result<(), FileError> {
    let meta = path.symlink_metadata().map_err(FileError::on(Verb::Read, path))?;
    if meta.is_dir() && meta.mode() & BITS_OF_OTHERS != 0 {
        set_mode(path, MODE_CLOSED)?;
    }
    Ok(())
}

/// Opens a file of ours for reading and writing, made with mode 0600 if missing; never follows a link.
pub(super) fn open_own(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(libc::O_NOFOLLOW).open(path)
}

/// Opens a log file of ours so that every write lands at its end; otherwise like [`open_own`].
pub(super) fn open_own_log(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(libc::O_NOFOLLOW).open(path)
}

/// Makes the names and removals in `directory` durable.
pub(super) fn sync(directory: &Path) -> Result<(), FileError> {
    File::open(directory).and_then(|opened| opened.sync_all()).map_err(FileError::on(Verb::Write, directory))
}

/// Makes missing directories above the data directory. Those made by root are passable whatever the umask says:
/// a closed one would only be refused later.
fn create_passable(directory: &Path) -> Result<(), FileError> {
    if directory.is_dir() {
        return Ok(());
    }
    if let Some(parent) = directory.parent() {
        create_passable(parent)?;
    }
    DirBuilder::new().mode(0o755).create(directory).or_else(already_there).map_err(FileError::on(Verb::Create, directory))?;
    if geteuid().is_root() {
        set_mode(directory, 0o755)?;
    }
    Ok(())
}

fn create_closed(directory: &Path) -> Result<(), FileError> {
    DirBuilder::new().mode(MODE_CLOSED).create(directory).map_err(FileError::on(Verb::Create, directory))
}

/// Two programs may make the same directory at the same moment; both are content.
fn already_there(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) }
}

fn close_entries(directory: &Path) -> Result<(), FileError> {
    let entries = fs::read_dir(directory).map_err(FileError::on(Verb::Read, directory))?;
    for entry in entries {
        let entry = entry.map_err(FileError::on(Verb::Read, directory))?;
        let path = entry.path();
        let meta = entry.metadata().map_err(FileError::on(Verb::Read, &path))?;
        // A link's own mode means nothing, and its target was never protected by this directory.
        if !meta.is_symlink() && meta.mode() & BITS_OF_OTHERS != 0 {
            set_mode(&path, meta.mode() & 0o7777 & !BITS_OF_OTHERS)?;
        }
    }
    Ok(())
}

fn set_mode(path: &Path, mode: u32) -> Result<(), FileError> {
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(FileError::on(Verb::ChangeMode, path))
}

/// Whether a name in the data directory begins with `prefix`.
pub(super) fn begins_with(name: &OsStr, prefix: &str) -> bool {
    name.to_string_lossy().starts_with(prefix)
}
