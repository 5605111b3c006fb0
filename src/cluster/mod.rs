//! The private PostgreSQL cluster: found, made, held, started, kept running and stopped by this program.
//! Knows no table and no migration, and nothing of a server that somebody else runs.
//!
//! Reading order: [`DataDirLock`] holds the directory, [`Cluster::start`] below tells the steps, `server` starts one
//! server, `supervisor` keeps it running, `processes` ends what a killed run left, `bootstrap` makes the roles,
//! [`Session`] is the cluster for one command.
//!
//! Everything here blocks. It may be called inside an async runtime where blocking is acceptable.
//!
//! | in the data directory | what it is |
//! |---|---|
//! | `postgres` | the cluster |
//! | `postgres.log`, `postgres.log.1` | what the server says |
//! | `postgres-socket` | its socket, closed to other users |
//! | `postgres-socket.path` | where the socket is instead, when paths here are too long for one |
//! | `postgres.new-…` | a cluster in the making; removed at the next start if that was interrupted |
//! | `lawgate.lock` | held by the program that runs the cluster |
//! | `lawgate.guests` | shared by commands that joined it |

mod account;
mod binaries;
mod bootstrap;
mod databases;
mod endpoint;
mod error;
mod initdb;
mod layout;
mod lock;
mod pidfile;
mod processes;
mod server;
mod server_log;
mod session;
mod socket;
mod staging;
mod supervisor;
pub mod tools;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use account::AccountError;
pub use binaries::{Binaries, BinariesError, OLDEST_MAJOR, ServerVersion, Unusable};
pub use databases::DatabaseError;
pub use endpoint::{Endpoint, Role};
pub use error::{ClusterError, FileError};
pub use initdb::InitdbError;
pub use layout::LayoutError;
pub use lock::{DataDirLock, Holder, LockError};
pub use processes::EndError;
pub use server::StartError;
pub use session::{JoinError, Session};
pub use staging::Staging;
pub use supervisor::ClusterWatch;

use account::Account;
use binaries::Search;
use server::ServerPlan;
use server_log::ServerLog;
use supervisor::Supervisor;

/// The database of the service, unless the settings name another.
pub const DATABASE: &str = "lawgate";

/// What a crash of the machine may cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed.
    #[default]
    Full,
    /// Everything; for tests, which throw the cluster away. What a crash of the server alone costs is still nothing.
    TestOnly,
}

/// How the cluster is made and started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The directory of the server binaries for a new cluster (`LAWGATE_PG_BIN`); otherwise the highest version found.
    /// An existing cluster uses it only if it is of the cluster's version.
    pub pg_bin: Option<PathBuf>,
    /// What a crash may cost.
    pub durability: Durability,
    /// PostgreSQL's `max_connections`; three of them are for the superuser alone.
    pub max_connections: u32,
    /// The database that is made for the service.
    pub database: String,
    /// How long a server may take until it accepts connections. After a crash it first reads what it had written
    /// ahead, up to a gigabyte.
    pub ready_within: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pg_bin: None,
            durability: Durability::Full,
            max_connections: 50,
            database: DATABASE.to_owned(),
            ready_within: Duration::from_secs(300),
        }
    }
}

/// The running cluster of a held data directory. Dropping it stops the server and waits for that.
///
/// A server that dies is started again, with growing pauses, for as long as this lives.
#[derive(Debug)]
pub struct Cluster {
    endpoint: Endpoint,
    version: ServerVersion,
    // Fields are dropped in this order: the data directory is held until the server has stopped.
    supervisor: Supervisor,
    _socket: LeaveSocket,
    _lock: DataDirLock,
}

impl Cluster {
    /// Starts the cluster of the held directory, making it at the first start and ending what a killed program left.
    ///
    /// # Errors
    /// [`ClusterError`]; its sentence says what to do next, and nothing runs then.
    pub fn start(lock: DataDirLock, settings: &Settings) -> Result<Self, ClusterError> {
        Self::start_unless(lock, settings, &|| false)
    }

    /// As [`Cluster::start`], but gives up once `stop_wanted` says so: a server that recovers from a crash may take minutes.
    ///
    /// # Errors
    /// [`ClusterError`]; with [`StartError::Stopped`] when it gave up.
    pub fn start_unless(lock: DataDirLock, settings: &Settings, stop_wanted: &dyn Fn() -> bool) -> Result<Self, ClusterError> {
        let layout = lock.layout();
        let account = Account::choose(&layout.pgdata())?;
        layout.open_to(&account)?;
        initdb::sweep(layout)?;
        let search = Search::system(settings.pg_bin.as_deref());
        let binaries = match binaries::cluster_major(&layout.pgdata())? {
            Some(major) => search.of_version(major, &layout.pgdata(), &account)?,
            None => {
                let binaries = search.for_new_cluster(&account)?;
                initdb::create_cluster(layout, &account, &binaries, settings.durability)?;
                binaries
            }
        };
        // Before the socket's directory is cleared: an orphan may still be using it.
        processes::end_all_in(&layout.pgdata()).map_err(StartError::from)?;
        let socket_dir = socket::choose(layout, &account)?;
        let leave_socket = LeaveSocket { layout: layout.clone(), directory: socket_dir.clone() };
        let version = binaries.version().clone();
        let endpoint = Endpoint::new(socket_dir.clone(), version.major);
        let plan = ServerPlan {
            account,
            binaries,
            pgdata: layout.pgdata(),
            socket_dir,
            log: ServerLog::at(layout.server_log()),
            durability: settings.durability,
            max_connections: settings.max_connections,
            ready_within: settings.ready_within,
        };
        let supervisor = Supervisor::start(plan, stop_wanted)?;
        let cluster = Self { endpoint, version, supervisor, _socket: leave_socket, _lock: lock };
        bootstrap::put_in_order(&cluster.endpoint, &settings.database)?;
        tracing::info!(server.version = %cluster.version, "the private database cluster is ready");
        Ok(cluster)
    }

    /// Where the cluster listens.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The connection URL of `database` for `role`; see [`Endpoint::url`].
    #[must_use]
    pub fn url(&self, role: Role, database: &str) -> String {
        self.endpoint.url(role, database)
    }

    /// The directory of the Unix socket.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        self.endpoint.socket_dir()
    }

    /// The server's version.
    #[must_use]
    pub fn version(&self) -> &ServerVersion {
        &self.version
    }

    /// The server's process, or `None` while it is being started again after it died.
    #[must_use]
    pub fn server_pid(&self) -> Option<u32> {
        self.supervisor.server().and_then(|pid| u32::try_from(pid.as_raw()).ok())
    }

    /// How the server fares, for figures.
    #[must_use]
    pub fn watch(&self) -> ClusterWatch {
        self.supervisor.watch()
    }

    /// Stops the server by fast shutdown, waits until it is gone and lets go of the data directory.
    /// A server that does not stop within a minute is stopped by harder means; nothing committed is lost.
    pub fn stop(self) {
        drop(self);
    }
}

/// Removes a socket directory outside the data directory once the server has stopped.
#[derive(Debug)]
struct LeaveSocket {
    layout: layout::Layout,
    directory: PathBuf,
}

impl Drop for LeaveSocket {
    fn drop(&mut self) {
        socket::leave(&self.layout, &self.directory);
    }
}
