//! Which account runs the database server, and how a program is started under it.
//! Does not touch directories: `layout` opens them to the account chosen here.

use std::ffi::CString;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use nix::unistd::{Gid, Uid, User, geteuid, getgrouplist};
use thiserror::Error;

/// The accounts root may hand the server to, in order of preference.
const ACCOUNTS: [&str; 2] = ["lawgate", "postgres"];

/// The user id of `nobody` on Debian. It is shared by unrelated services, so it must not own a database,
/// even where somebody gave it one of the names above.
const NOBODY_UID: u32 = 65_534;

/// Where programs are looked for when the environment of the caller is not to be trusted.
const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Why no account may run the server.
#[derive(Debug, Error)]
pub enum AccountError {
    /// Started by root, and neither account exists.
    #[error(
        "the database server must not run as root and neither account `lawgate` nor `postgres` exists: \
         create one with `useradd --system --no-create-home lawgate`, or start the program as an ordinary user"
    )]
    NoneToRunAs,
    /// The effective user id has no entry in the password database, which initdb insists on.
    #[error("user id {uid} has no entry in the password database: add one, or start the program as a named user")]
    Nameless {
        /// The effective user id.
        uid: u32,
    },
    /// The cluster on disk belongs to an account this process would not run it under.
    #[error(
        "`{}` belongs to {owner}, but the server would run as {account}: {}hand the directory over with `chown -R {account} {}`",
        path.display(), if *owner_may_start { format!("start the program as {owner}, or ") } else { String::new() }, path.display()
    )]
    WrongOwner {
        /// The cluster's directory.
        path: PathBuf,
        /// Who owns it.
        owner: String,
        /// Who would run the server.
        account: String,
        /// Whether the owner could start the program; root cannot, for its server runs under another account.
        owner_may_start: bool,
    },
}

impl AccountError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NoneToRunAs => "cluster_account_missing",
            Self::Nameless { .. } => "cluster_account_nameless",
            Self::WrongOwner { .. } => "cluster_wrong_owner",
        }
    }

    pub(super) fn in_chinese(&self) -> String {
        match self {
            Self::NoneToRunAs => "数据库服务器不能以 root 身份运行，而系统中没有 `lawgate` 或 `postgres` 账户：\
                 请用 `useradd --system --no-create-home lawgate` 创建，或以普通用户启动本程序"
                .to_owned(),
            Self::Nameless { uid } => {
                format!("用户号 {uid} 不在系统账户库中：请添加该账户，或以有名称的用户启动本程序")
            }
            Self::WrongOwner { path, owner, account, owner_may_start } => format!(
                "`{0}` 属于 {owner}，而数据库服务器将以 {account} 身份运行：请{1}用 `chown -R {account} {0}` 移交该目录",
                path.display(),
                if *owner_may_start { format!("以 {owner} 身份启动本程序，或") } else { String::new() }
            ),
        }
    }
}

/// What the system does to a started program when the thread that started it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnParentDeath {
    /// SIGINT: PostgreSQL's fast shutdown.
    StopFast,
    /// SIGKILL, for what is thrown away anyway.
    Kill,
    /// Nothing, for programs that end by themselves in an instant.
    Nothing,
}

/// The unprivileged account the server runs under.
#[derive(Clone, Debug)]
pub(super) struct Account {
    name: String,
    uid: Uid,
    gid: Gid,
    groups: Vec<Gid>,
    /// This process is root and has to become the account first.
    switches: bool,
    setpriv: Option<&'static Path>,
}

impl Account {
    /// The account for this process: itself, or for root `lawgate`, else `postgres`.
    /// A cluster that exists stays with its owner, so that a `lawgate` account created later does not lock
    /// everybody out of a cluster that `postgres` owns.
    ///
    /// # Errors
    /// [`AccountError`], when there is none or the existing cluster belongs to somebody else.
    pub(super) fn choose(pgdata: &Path) -> Result<Self, AccountError> {
        let me = geteuid();
        let owner = pgdata.metadata().ok().map(|meta| meta.uid());
        // A volume of a container comes as root's empty directory; it is handed over before a cluster is made in it.
        let owner = owner.filter(|owner| !(me.is_root() && *owner == me.as_raw() && is_empty(pgdata)));
        let candidates: Vec<User> = if me.is_root() {
            ACCOUNTS
                .iter()
                .filter_map(|name| User::from_name(name).ok().flatten())
                .filter(|user| !user.uid.is_root() && user.uid.as_raw() != NOBODY_UID)
                .collect()
        } else {
            User::from_uid(me).ok().flatten().into_iter().collect()
        };
        let Some(preferred) = candidates.first() else {
            return Err(if me.is_root() { AccountError::NoneToRunAs } else { AccountError::Nameless { uid: me.as_raw() } });
        };
        let chosen = match owner {
            None => preferred,
            Some(owner) => candidates.iter().find(|user| user.uid.as_raw() == owner).ok_or_else(|| AccountError::WrongOwner {
                path: pgdata.to_path_buf(),
                owner: name_of(owner),
                account: preferred.name.clone(),
                owner_may_start: !Uid::from_raw(owner).is_root(),
            })?,
        };
        Ok(Self::from_user(chosen, me.is_root()))
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn uid(&self) -> u32 {
        self.uid.as_raw()
    }

    pub(super) fn gid(&self) -> u32 {
        self.gid.as_raw()
    }

    /// Whether the account is another one than this process runs under.
    pub(super) fn switches(&self) -> bool {
        self.switches
    }

    /// Whether the account may pass through `directory`.
    ///
    /// Mode bits answer nearly always; only when they say no is the account itself asked, because an access
    /// control list may say yes where they do not.
    pub(super) fn can_enter(&self, directory: &Path, meta: &Metadata) -> bool {
        self.mode_lets_enter(meta)
            || self
                .command(Path::new("/usr/bin/test"), OnParentDeath::Nothing)
                .arg("-x")
                .arg(directory)
                .status()
                .is_ok_and(|status| status.success())
    }

    /// A command that runs `program` under the account, with an empty environment, no input and `/` as directory.
    ///
    /// The environment is emptied because `PG*` variables change what the server tools do, and because a server
    /// that inherits `NOTIFY_SOCKET` would report itself ready to systemd in our name.
    ///
    /// With `setpriv` of util-linux the program also gets a parent-death signal and the account's supplementary
    /// groups. Without it the program runs all the same; what it leaves behind when this process is killed is
    /// found and ended at the next start.
    pub(super) fn command(&self, program: &Path, on_parent_death: OnParentDeath) -> Command {
        let mut command = match self.setpriv {
            Some(setpriv) => {
                let mut command = Command::new(setpriv);
                if self.switches {
                    command.args(["--reuid", &self.uid.to_string()]).args(["--regid", &self.gid.to_string()]).arg("--init-groups");
                }
                match on_parent_death {
                    OnParentDeath::StopFast => command.args(["--pdeathsig", "INT"]),
                    OnParentDeath::Kill => command.args(["--pdeathsig", "KILL"]),
                    OnParentDeath::Nothing => command.args(["--pdeathsig", "clear"]),
                };
                command.arg("--").arg(program);
                command
            }
            None => {
                let mut command = Command::new(program);
                if self.switches {
                    // As root this also drops every supplementary group.
                    command.uid(self.uid.as_raw()).gid(self.gid.as_raw());
                }
                command
            }
        };
        command.env_clear().env("PATH", SYSTEM_PATH).stdin(Stdio::null()).current_dir("/");
        command
    }

    /// The account on a machine without util-linux.
    #[cfg(test)]
    pub(super) fn without_setpriv(mut self) -> Self {
        self.setpriv = None;
        self
    }

    fn from_user(user: &User, switches: bool) -> Self {
        let groups =
            CString::new(user.name.as_bytes()).ok().and_then(|name| getgrouplist(&name, user.gid).ok()).unwrap_or_else(|| vec![user.gid]);
        Self { name: user.name.clone(), uid: user.uid, gid: user.gid, groups, switches, setpriv: setpriv() }
    }

    fn mode_lets_enter(&self, meta: &Metadata) -> bool {
        let execute_bit = if meta.uid() == self.uid.as_raw() {
            0o100
        } else if self.groups.iter().any(|group| group.as_raw() == meta.gid()) {
            0o010
        } else {
            0o001
        };
        meta.mode() & execute_bit != 0
    }
}

/// Whether a directory is there and holds nothing.
fn is_empty(directory: &Path) -> bool {
    directory.read_dir().is_ok_and(|mut entries| entries.next().is_none())
}

/// A user's name, or the number where there is none.
pub(super) fn name_of(uid: u32) -> String {
    User::from_uid(Uid::from_raw(uid)).ok().flatten().map_or_else(|| format!("user id {uid}"), |user| user.name)
}

/// The `setpriv` of util-linux; the one of busybox knows neither parent-death signals nor groups.
fn setpriv() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            ["/usr/bin/setpriv", "/bin/setpriv"].into_iter().map(PathBuf::from).find(|path| {
                Command::new(path).arg("--help").stdin(Stdio::null()).output().is_ok_and(|output| {
                    let help = String::from_utf8_lossy(&output.stdout);
                    help.contains("--pdeathsig") && help.contains("--init-groups")
                })
            })
        })
        .as_deref()
}
