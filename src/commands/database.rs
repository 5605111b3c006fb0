//! The database of a command: the private cluster of the data directory, or the server that the settings name.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::Failure;
use crate::cluster::{self, Cluster, DataDirLock, Role};
use crate::settings::Settings;
use crate::setup;

/// A database that can be reached.
#[derive(Debug)]
pub struct Database {
    /// As the run-time role.
    pub app_url: String,
    /// As the owner; absent where a server was given without `migrate_url`.
    pub owner_url: Option<String>,
    /// The private cluster, stopped when this is dropped.
    cluster: Option<Cluster>,
}

impl Database {
    /// Takes the data directory for a long-running command and starts its cluster, or uses the server of the settings.
    ///
    /// # Errors
    /// A sentence that says what to do next.
    pub fn hold(settings: &Settings, command: &str) -> Result<Self, Failure> {
        if let Some(app_url) = &settings.database_url {
            return Ok(Self { app_url: app_url.clone(), owner_url: settings.migrate_url.clone(), cluster: None });
        }
        if settings.migrate_url.is_some() {
            return Err(Failure::usage("--migrate-url goes with --database-url: give both, or neither for the private cluster"));
        }
        let lock = DataDirLock::hold(&settings.data_dir, command).map_err(|error| Failure::because("", &error))?;
        let wanted = cluster::Settings {
            pg_bin: settings.pg_bin.clone(),
            max_connections: u32::try_from(settings.connections).unwrap_or(u32::MAX).saturating_add(20),
            ..cluster::Settings::default()
        };
        let cluster = Cluster::start(lock, &wanted).map_err(|error| Failure::because("", &error))?;
        Ok(Self {
            app_url: cluster.url(Role::App, cluster::DATABASE),
            owner_url: Some(cluster.url(Role::Owner, cluster::DATABASE)),
            cluster: Some(cluster),
        })
    }

    /// Whether this is the private cluster.
    #[must_use]
    pub const fn is_private(&self) -> bool {
        self.cluster.is_some()
    }

    /// Brings the database to this version, or makes sure that it is where there is no owner's address to do so.
    ///
    /// # Errors
    /// A sentence that says what to do next.
    pub fn migrate(&self) -> Result<(), Failure> {
        on_runtime(async {
            let role = run_time_role(&self.app_url).await?;
            match &self.owner_url {
                Some(owner_url) => setup::migrate(owner_url, &role.name)
                    .await
                    .map_err(|error| Failure::because("the database could not be migrated", &*error))?,
                None if pending(&self.app_url).await?.is_empty() => {}
                None => {
                    return Err(Failure::failed(
                        "the database is not at this version: give --migrate-url with the role that owns the tables, or run `lawgate migrate` with it first",
                    ));
                }
            }
            Ok(())
        })?
    }

    /// Brings the database to this version and makes sure that the run-time role cannot undo what the tables hold.
    ///
    /// # Errors
    /// A sentence that says what to do next.
    pub fn prepare(&self, settings: &Settings) -> Result<(), Failure> {
        self.migrate()?;
        on_runtime(async {
            let role = run_time_role(&self.app_url).await?;
            if role.owns_tables && !settings.allow_owner_at_run_time {
                return Err(Failure::failed(format!(
                    "the run-time role `{}` owns the tables, so it could switch the gate off: give --database-url with another role, or set allow_owner_at_run_time = true",
                    role.name
                )));
            }
            Ok(())
        })?
    }

    /// The migrations that the database still lacks.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn lacking(&self) -> Result<Vec<String>, Failure> {
        on_runtime(async { pending(self.owner_url.as_deref().unwrap_or(&self.app_url)).await })?
    }
}

#[derive(Debug, QueryableByName)]
struct RunTimeRole {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    owns_tables: bool,
}

async fn run_time_role(url: &str) -> Result<RunTimeRole, Failure> {
    let mut conn = connect(url).await?;
    diesel::sql_query(
        "SELECT current_user::text AS name, EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'public' AND c.relname = 'documents' AND pg_has_role(current_user, c.relowner, 'USAGE')) AS owns_tables",
    )
    .get_result(&mut conn)
    .await
    .map_err(|error| Failure::because("the database does not answer", &error))
}

#[derive(Debug, QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(Debug, QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The versions of this program's migrations that a database lacks, in order.
async fn pending(url: &str) -> Result<Vec<String>, Failure> {
    let failed = |error: diesel::result::Error| Failure::because("the database does not answer", &error);
    let mut conn = connect(url).await?;
    let known: Count = diesel::sql_query(
        "SELECT count(*) AS count FROM pg_tables WHERE schemaname = 'public' AND tablename = '__diesel_schema_migrations'",
    )
    .get_result(&mut conn)
    .await
    .map_err(failed)?;
    let applied: Vec<Version> = if known.count == 0 {
        Vec::new()
    } else {
        diesel::sql_query("SELECT version::text AS version FROM __diesel_schema_migrations").load(&mut conn).await.map_err(failed)?
    };
    Ok(setup::versions().into_iter().filter(|version| !applied.iter().any(|row| row.version == *version)).collect())
}

async fn connect(url: &str) -> Result<AsyncPgConnection, Failure> {
    AsyncPgConnection::establish(url)
        .await
        .map_err(|error| Failure::because("the database cannot be reached: check its address and that it runs", &error))
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
        .map_err(|error| Failure::because("no threads can be started", &error))?;
    Ok(runtime.block_on(work))
}
