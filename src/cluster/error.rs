//! What can go wrong with the private cluster, as one type for callers that only report it.
//! Does not decide anything: each step of the start has its own small error beside its code.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::account::AccountError;
use super::binaries::BinariesError;
use super::databases::DatabaseError;
use super::initdb::InitdbError;
use super::layout::LayoutError;
use super::lock::LockError;
use super::server::StartError;
use super::session::JoinError;

/// Why the private cluster could not be held, started, joined or prepared.
#[derive(Debug, Error)]
pub enum ClusterError {
    /// The data directory could not be held.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// No account may run the server.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// No fitting server binaries.
    #[error(transparent)]
    Binaries(#[from] BinariesError),
    /// The directories cannot be used.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// A new cluster could not be made.
    #[error(transparent)]
    Initdb(#[from] InitdbError),
    /// The server did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The server runs but its roles or databases could not be put in order.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Another process holds the data directory and its cluster could not be joined.
    #[error(transparent)]
    Join(#[from] JoinError),
}

impl ClusterError {
    /// A stable name for scripts and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Lock(error) => error.code(),
            Self::Account(error) => error.code(),
            Self::Binaries(error) => error.code(),
            Self::Layout(error) => error.code(),
            Self::Initdb(error) => error.code(),
            Self::Start(error) => error.code(),
            Self::Database(_) => "cluster_not_prepared",
            Self::Join(_) => "cluster_not_joined",
        }
    }

    /// The same sentence as `Display`, in Chinese. The cause is in `source()` for both.
    #[must_use]
    pub fn in_chinese(&self) -> String {
        match self {
            Self::Lock(error) => error.in_chinese(),
            Self::Account(error) => error.in_chinese(),
            Self::Binaries(error) => error.in_chinese(),
            Self::Layout(error) => error.in_chinese(),
            Self::Initdb(error) => error.in_chinese(),
            Self::Start(error) => error.in_chinese(),
            Self::Database(error) => error.in_chinese(),
            Self::Join(error) => error.in_chinese(),
        }
    }
}

/// One operation on a file or directory that the system refused.
#[derive(Debug, Error)]
#[error("cannot {} `{}`", verb.english(), path.display())]
pub struct FileError {
    verb: Verb,
    path: PathBuf,
    #[source]
    source: io::Error,
}

impl FileError {
    /// Names the operation and the path that a system error lacks; meant for `map_err`.
    pub(super) fn on(verb: Verb, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self { verb, path, source }
    }

    pub(super) fn in_chinese(&self) -> String {
        format!("无法{} `{}`", self.verb.chinese(), self.path.display())
    }
}

/// What was being done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Create,
    Open,
    Read,
    Write,
    Remove,
    Rename,
    Lock,
    ChangeMode,
    ChangeOwner,
    Run,
}

impl Verb {
    fn english(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Open => "open",
            Self::Read => "read",
            Self::Write => "write",
            Self::Remove => "remove",
            Self::Rename => "rename",
            Self::Lock => "lock",
            Self::ChangeMode => "change the mode of",
            Self::ChangeOwner => "change the owner of",
            Self::Run => "run",
        }
    }

    fn chinese(self) -> &'static str {
        match self {
            Self::Create => "创建",
            Self::Open => "打开",
            Self::Read => "读取",
            Self::Write => "写入",
            Self::Remove => "删除",
            Self::Rename => "重命名",
            Self::Lock => "锁定",
            Self::ChangeMode => "更改权限：",
            Self::ChangeOwner => "更改属主：",
            Self::Run => "运行",
        }
    }
}
