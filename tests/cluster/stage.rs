//! What the tests share: a data directory that goes away, short settings, one query.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use lawgate::cluster::{Cluster, DataDirLock, Durability, Role, Settings};
use tempfile::TempDir;
use tokio_postgres::{NoTls, Row};

/// A data directory below a passable temporary directory.
pub struct Stage {
    dir: TempDir,
}

impl Stage {
    /// With nothing in it.
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("lawgate-test-").tempdir().expect("a temporary directory");
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("ours");
        Self { dir }
    }

    /// With a cluster that was started once and stopped: initdb is most of a test's time.
    pub fn with_cluster() -> Self {
        let stage = Self::new();
        copy(&prepared().join("data"), stage.path());
        stage
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn data_dir(&self) -> PathBuf {
        self.path().join("data")
    }

    pub fn pgdata(&self) -> PathBuf {
        self.data_dir().join("postgres")
    }

    pub fn start(&self) -> Cluster {
        let lock = DataDirLock::hold(&self.data_dir(), "serve").expect("free");
        Cluster::start(lock, &settings()).unwrap_or_else(|error| panic!("{error:?}"))
    }
}

/// A stopped cluster, made once by each run. A run cannot remove its own at the end; the next one does.
fn prepared() -> &'static Path {
    static PREPARED: OnceLock<PathBuf> = OnceLock::new();
    PREPARED.get_or_init(|| {
        let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
        for entry in fs::read_dir(parent).expect("made by cargo").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let run = name.strip_prefix(PREPARED_PREFIX).and_then(|pid| pid.parse().ok());
            if run.is_some_and(|pid| !is_alive(pid)) {
                fs::remove_dir_all(entry.path()).expect("ours");
            }
        }
        let mine = parent.join(format!("{PREPARED_PREFIX}{}", std::process::id()));
        fs::create_dir(&mine).expect("ours");
        let first = Stage::new();
        first.start().stop();
        copy(&first.data_dir(), &mine);
        mine
    })
}

const PREPARED_PREFIX: &str = "prepared-cluster-";

fn copy(from: &Path, into: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, into]).status();
    assert!(copied.expect("runs").success());
}

pub fn settings() -> Settings {
    Settings { durability: Durability::TestOnly, max_connections: 20, ready_within: Duration::from_secs(60), ..Settings::default() }
}

pub fn query(url: &str, sql: &str) -> Result<Vec<Row>, tokio_postgres::Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("an event loop").block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        let driver = tokio::spawn(connection);
        let rows = client.query(sql, &[]).await;
        drop(client);
        let _ = driver.await;
        rows
    })
}

/// One text, as the superuser in the service's database.
pub fn text(cluster: &Cluster, sql: &str) -> String {
    let url = cluster.url(Role::Superuser, "lawgate");
    let rows = query(&url, sql).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    rows.first().expect("one row").get(0)
}

/// Waits for something another process does. The limit is far above what it takes, so reaching it is a failure.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub fn signal(pid: u32, signal: nix::sys::signal::Signal) {
    let pid = i32::try_from(pid).expect("a process number");
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), signal).expect("delivered");
}

pub fn is_alive(pid: u32) -> bool {
    // A zombie has ended; its parent only has not asked yet.
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z")))
}

/// The processes at work in a directory: PostgreSQL's stay in that of their cluster.
pub fn processes_in(dir: &Path) -> Vec<u32> {
    let dir = dir.canonicalize().expect("it exists");
    let processes = fs::read_dir("/proc").expect("mounted").flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(|pid: &u32| is_alive(*pid) && fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd.starts_with(&dir))).collect()
}

pub fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// For tests that only root can stage.
macro_rules! needs_root {
    () => {
        if !$crate::stage::is_root() {
            eprintln!("skipped: needs root");
            return;
        }
    };
}
pub(crate) use needs_root;
