//! One private cluster for the whole run, one migrated template, one database per test.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use ed25519_dalek::SigningKey;
use lawgate::cluster::{Cluster, DataDirLock, Durability, Role, Settings};

static SHARED: OnceLock<Cluster> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(0);

const TEMPLATE: &str = "lawgate_template";

/// A database of its own for one test.
pub struct Database {
    name: String,
    pub app_url: String,
    pub owner_url: String,
    pub superuser_url: String,
}

impl Database {
    /// A fresh, migrated database.
    pub fn new() -> Self {
        Self::from_template(TEMPLATE)
    }

    /// A database like another one, to which nobody is connected.
    pub fn like(other: &Self) -> Self {
        Self::from_template(&other.name)
    }

    fn from_template(template: &str) -> Self {
        let cluster = SHARED.get_or_init(start);
        let name = format!("t_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        cluster.endpoint().create_database_from_template(&name, template).expect("a database from the template");
        Self {
            app_url: cluster.url(Role::App, &name),
            owner_url: cluster.url(Role::Owner, &name),
            superuser_url: cluster.url(Role::Superuser, &name),
            name,
        }
    }
}

impl Drop for Database {
    /// Two hundred databases left behind would take longer to delete at the next run than the tests to run.
    fn drop(&mut self) {
        if let Some(cluster) = SHARED.get()
            && let Err(error) = cluster.endpoint().drop_database(&self.name)
        {
            println!("{} stays until the next run: {error}", self.name);
        }
    }
}

/// Starts the cluster of this run and migrates its template. It stands below /tmp, because root's cluster runs under another
/// account, which cannot enter a home of root. The directory of an earlier run is removed first; the server of a run that was
/// killed ends with its parent.
fn start() -> Cluster {
    let record = Path::new(env!("CARGO_TARGET_TMPDIR")).join("registry-cluster.path");
    if let Ok(earlier) = fs::read_to_string(&record).map(PathBuf::from)
        && earlier.exists()
        && DataDirLock::hold(&earlier.join("data"), "tests").is_ok()
    {
        fs::remove_dir_all(&earlier).expect("the directory of an earlier run can be removed");
    }
    let directory = tempfile::Builder::new().prefix("lawgate-registry-").tempdir().expect("a temporary directory").keep();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).expect("ours");
    fs::write(&record, directory.to_str().expect("a path in letters")).expect("the next run finds it");
    let lock = DataDirLock::hold(&directory.join("data"), "tests").expect("the directory of the test cluster is free");
    let settings =
        Settings { durability: Durability::TestOnly, max_connections: 200, database: TEMPLATE.to_owned(), ..Settings::default() };
    let cluster = Cluster::start(lock, &settings).expect("the test cluster starts");
    let owner_url = cluster.url(Role::Owner, TEMPLATE);
    let worker = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(lawgate::setup::migrate(&owner_url, Role::App.name(), &signing_key())).expect("the migrations run");
    });
    worker.join().expect("the template is migrated");
    cluster
}

/// The key with which every registry here signs, so that what one wrote counts in the copies that others have of it.
pub fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}
