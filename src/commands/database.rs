//! The database of a command: the private cluster of the data directory, or the server that the settings name.

use std::path::{Path, PathBuf};

use diesel::QueryableByName;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use ed25519_dalek::SigningKey;

use super::Failure;
use super::stop::{Early, Stop};
use crate::base::db;
use crate::base::said::Said;
use crate::cluster::{self, Cluster, ClusterWatch, DataDirLock, Role, Session};
use crate::evidence::keys;
use crate::settings::Settings;
use crate::setup::{self, Holds, SetupError};
use crate::standby::identity;

/// Connections of the private cluster beyond those of the service: for other commands, and for the superuser.
const CONNECTIONS_BESIDES: u32 = 20;

/// A database that can be reached.
#[derive(Debug)]
pub struct Database {
    /// As the run-time role.
    pub app_url: String,
    /// As the owner; absent where a server was given without `migrate_url`.
    pub owner_url: Option<String>,
    /// Where the key lies.
    data_dir: PathBuf,
    /// Kept for as long as the database is used.
    cluster: Private,
}

/// The private cluster as a command has it.
#[derive(Debug)]
enum Private {
    /// There is none: somebody else runs the server.
    None,
    /// Held by this command, stopped when this is dropped.
    Held(Cluster),
    /// Joined, or started for the command's duration.
    Shared { _session: Session },
}

impl Database {
    /// Takes the data directory for a long-running command and starts its cluster, or uses the server of the settings.
    ///
    /// # Errors
    /// A sentence that says what to do next, or that the program was told to stop meanwhile.
    pub fn hold(settings: &Settings, command: &str, stop: &Stop) -> Result<Self, Early> {
        if let Some(server) = Self::of_server(settings)? {
            return Ok(server);
        }
        let lock = DataDirLock::hold(&settings.data_dir, command).map_err(Failure::from)?;
        match Cluster::start_unless(lock, &wanted(settings), &|| stop.is_wanted()) {
            // What was started is stopped by being dropped; a start that was broken off is no failure.
            _ if stop.is_wanted() => Err(Early::Stopped),
            Err(error) => Err(Failure::from(error).into()),
            Ok(cluster) => Ok(Self {
                app_url: cluster.url(Role::App, cluster::DATABASE),
                owner_url: Some(cluster.url(Role::Owner, cluster::DATABASE)),
                data_dir: settings.data_dir.clone(),
                cluster: Private::Held(cluster),
            }),
        }
    }

    /// Joins the running cluster of the data directory or starts it meanwhile, or uses the server of the settings.
    ///
    /// # Errors
    /// A sentence that says what to do next.
    pub fn join(settings: &Settings, command: &str) -> Result<Self, Failure> {
        if let Some(server) = Self::of_server(settings)? {
            return Ok(server);
        }
        let session = Session::join_or_start(&settings.data_dir, command, &wanted(settings))?;
        Ok(Self {
            app_url: session.url(Role::App, cluster::DATABASE),
            owner_url: Some(session.url(Role::Owner, cluster::DATABASE)),
            data_dir: settings.data_dir.clone(),
            cluster: Private::Shared { _session: session },
        })
    }

    /// Lets pass where there is a database to look at. Makes nothing.
    ///
    /// # Errors
    /// A sentence that names the data directory which holds none.
    pub fn require_existing(settings: &Settings) -> Result<(), Failure> {
        if settings.database_url.is_some() || settings.data_dir.join("postgres").join("PG_VERSION").exists() {
            return Ok(());
        }
        let directory = settings.data_dir.display();
        Err(Failure::failed(Said::new(
            format!("`{directory}` 中没有数据库：请用 --data-dir 给出已有登记系统的数据目录，或用 `lawgate serve` 新建"),
            format!("there is no database in `{directory}`: give the --data-dir of a registry, or make one with `lawgate serve`"),
        )))
    }

    /// The server of the settings, if they name one.
    fn of_server(settings: &Settings) -> Result<Option<Self>, Failure> {
        if settings.replica_url.is_some() && settings.database_url.is_none() {
            return Err(Failure::usage(Said::fixed(
                "replica_url 须与 database_url 同时给出：内置数据库没有备用服务器，请删除 replica_url，或用 database_url 给出主服务器",
                "replica_url goes with database_url: the private cluster has no standby; remove replica_url, or name the primary with database_url",
            )));
        }
        match (&settings.database_url, &settings.migrate_url) {
            (Some(app_url), owner_url) => Ok(Some(Self {
                app_url: app_url.clone(),
                owner_url: owner_url.clone(),
                data_dir: settings.data_dir.clone(),
                cluster: Private::None,
            })),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(Failure::usage(Said::fixed(
                "--migrate-url 须与 --database-url 同时给出：请两者都给，或都不给而使用内置数据库",
                "--migrate-url goes with --database-url: give both, or neither for the private cluster",
            ))),
        }
    }

    /// How the private cluster fares that this command runs.
    #[must_use]
    pub fn watch(&self) -> Option<ClusterWatch> {
        match &self.cluster {
            Private::Held(cluster) => Some(cluster.watch()),
            Private::None | Private::Shared { .. } => None,
        }
    }

    /// What it holds, before anything is changed in it.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn holds(&self) -> Result<Holds, Failure> {
        let mut conn = connect(self.looking_url()).await?;
        setup::holds(&mut conn).await.map_err(not_asked)
    }

    /// Brings the database to this version, or makes sure that it is where there is no owner's address to do so.
    ///
    /// # Errors
    /// A sentence that says what to do next.
    pub async fn migrate(&self) -> Result<(), Failure> {
        let mut app = connect(&self.app_url).await?;
        let Some(owner_url) = &self.owner_url else {
            return if setup::pending(&mut app).await.map_err(not_asked)?.is_empty() {
                Ok(())
            } else {
                Err(Failure::failed(Said::fixed(
                    "数据库不是本版本：请用 --migrate-url 给出数据表所有者的账户，或先以该账户运行 `lawgate migrate`",
                    "the database is not at this version: give --migrate-url with the role that owns the tables, or run `lawgate migrate` with it first",
                )))
            };
        };
        let role = role_for(&mut app, &mut connect(owner_url).await?).await?;
        setup::migrate(owner_url, &role, &self.key()?).await.map_err(not_migrated)
    }

    /// Brings a database to this version that the connection of the owner has for itself, and gives the run-time role its rights.
    ///
    /// # Errors
    /// A sentence that says what to do next.
    pub async fn bring_up(owner: AsyncPgConnection, role: &str, key: &SigningKey) -> Result<(), Failure> {
        setup::bring_up(owner, role, key).await.map(drop).map_err(not_migrated)
    }

    /// Brings the database to this version and makes sure that the run-time role cannot undo what the tables hold.
    ///
    /// # Errors
    /// A sentence that says what to do next.
    pub async fn prepare(&self, settings: &Settings) -> Result<(), Failure> {
        self.migrate().await?;
        let role = run_time_role(&mut connect(&self.app_url).await?).await?;
        if role.owns_tables && !settings.allow_owner_at_run_time {
            let name = role.name;
            return Err(Failure::failed(Said::new(
                format!(
                    "运行账户 `{name}` 是数据表的所有者，能够绕过审核关口：请让 --database-url 使用另一账户，或设置 allow_owner_at_run_time = true"
                ),
                format!(
                    "the run-time role `{name}` owns the tables, so it could switch the gate off: give --database-url with another role, or set allow_owner_at_run_time = true"
                ),
            )));
        }
        Ok(())
    }

    /// The migrations that the database still lacks.
    ///
    /// # Errors
    /// When it cannot be reached, or was made by a later version.
    pub async fn lacking(&self) -> Result<Vec<String>, Failure> {
        let mut conn = connect(self.looking_url()).await?;
        setup::pending(&mut conn).await.map_err(not_asked)
    }

    /// The key with which this program vouches for what it writes, made now where there is none.
    ///
    /// # Errors
    /// A sentence that says what to do next.
    pub fn key(&self) -> Result<SigningKey, Failure> {
        key_in(&self.data_dir)
    }

    /// The owner sees everything, also what the run-time role has no rights to yet.
    fn looking_url(&self) -> &str {
        self.owner_url.as_deref().unwrap_or(&self.app_url)
    }
}

/// The signing key of a data directory, made now where there is none.
///
/// # Errors
/// A sentence that says what to do next.
fn key_in(data_dir: &Path) -> Result<SigningKey, Failure> {
    std::fs::create_dir_all(data_dir).map_err(|error| Failure::because(&UNUSABLE_KEY, &error))?;
    keys::load_or_make(data_dir).map_err(|error| Failure::because(&UNUSABLE_KEY, &error))
}

/// What is said of a signing key that cannot be read, written or made.
pub const UNUSABLE_KEY: Said = Said::fixed("签名密钥无法使用", "the signing key cannot be used");

/// How the private cluster of a command is started.
#[must_use]
pub fn wanted(settings: &Settings) -> cluster::Settings {
    cluster::Settings {
        pg_bin: settings.pg_bin.clone(),
        max_connections: u32::try_from(settings.connections).unwrap_or(u32::MAX).saturating_add(CONNECTIONS_BESIDES),
        ..cluster::Settings::default()
    }
}

#[derive(Debug, QueryableByName)]
struct RunTimeRole {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    owns_tables: bool,
}

/// Whoever owns one relation, one function or the schema itself could take a guard away; so could a member of its owner's
/// role, who may become the owner at any time.
async fn run_time_role(conn: &mut AsyncPgConnection) -> Result<RunTimeRole, Failure> {
    diesel::sql_query(
        "SELECT current_user::text AS name,
            EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_has_role(current_user, relowner, 'MEMBER'))
            OR EXISTS (SELECT 1 FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND pg_has_role(current_user, proowner, 'MEMBER'))
            OR EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'public' AND pg_has_role(current_user, nspowner, 'MEMBER'))
            AS owns_tables",
    )
    .get_result(conn)
    .await
    .map_err(|error| not_asked(error.into()))
}

/// The run-time role that the owner's database is to be brought up for, where both addresses lead to it.
///
/// # Errors
/// Where they lead to different ones, before anything is changed in either.
pub async fn role_for(app: &mut AsyncPgConnection, owner: &mut AsyncPgConnection) -> Result<String, Failure> {
    let asked = |error: diesel::result::Error| not_asked(error.into());
    if identity(app).await.map_err(asked)? == identity(owner).await.map_err(asked)? {
        return Ok(run_time_role(app).await?.name);
    }
    Err(Failure::failed(Said::fixed(
        "--migrate-url 与 --database-url 指向不同的数据库：请让两者指向同一数据库",
        "--migrate-url and --database-url name different databases: let both name the same one",
    )))
}

fn not_migrated(error: SetupError) -> Failure {
    Failure::of_setup(&Said::fixed("数据库未能迁移", "the database could not be migrated"), error)
}

fn not_asked(error: SetupError) -> Failure {
    Failure::of_setup(&Said::fixed("数据库拒绝了查询", "the database refuses to be looked at"), error)
}

/// A connection to a database of a command.
///
/// # Errors
/// When it cannot be reached.
pub async fn connect(url: &str) -> Result<AsyncPgConnection, Failure> {
    let unreachable =
        Said::fixed("无法连接数据库，请检查其地址以及是否在运行", "the database cannot be reached, check its address and that it runs");
    db::open(url).await.map_err(|error| Failure::because(&unreachable, &error))
}

/// Runs something asynchronous before the server's own runtime is there. Migrations need several threads.
///
/// # Errors
/// When the system gives no threads.
pub fn on_runtime<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::because(&Said::fixed("无法启动线程", "no threads can be started"), &error))?;
    Ok(runtime.block_on(work))
}
