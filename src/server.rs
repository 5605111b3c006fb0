//! Building the application and listening. `main` and the tests call the same functions.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App as ActixApp, HttpServer};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, RunQueryDsl};
use ed25519_dalek::SigningKey;
use nix::sys::socket::{Backlog, setsockopt, sockopt};
use tokio::sync::Semaphore;

use crate::app::{App, Stopping, acts_at_once};
use crate::base::{clock, db};
use crate::cluster::ClusterWatch;
use crate::evidence::sealer::Sealer;
use crate::evidence::{store, waiting};
use crate::router;
use crate::rules::RulesCache;
use crate::schema::registry_state;
use crate::setup::SetupError;
use crate::standby::{self, Standby};
use crate::web::envelope::envelope;

/// How the server is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Connections to the database, and as many to the standby.
    pub connections: usize,
    /// The standby for lists and texts, if there is one.
    pub replica_url: Option<String>,
    /// Worker threads.
    pub workers: usize,
    /// How long requests in flight may take after a signal to stop.
    pub shutdown_seconds: u64,
    /// How long the database may work on one call.
    pub database_seconds: u64,
    /// How many callers each worker may be connected with; a further one waits.
    pub callers_per_worker: usize,
}

/// How long the head of a request may take to arrive.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// How long a caller may leave an answer lying without reading any of it.
const UNREAD_MAX_MS: u32 = 30_000;
/// How many callers the system keeps waiting until they are accepted.
const WAITING_MAX: i32 = 1024;

/// The application state on a migrated database, in whose name this key signs.
///
/// # Errors
/// When the database cannot be reached.
pub async fn state(app_url: &str, cluster: Option<ClusterWatch>, key: SigningKey, options: &Options) -> Result<App, SetupError> {
    let patience = Duration::from_secs(options.database_seconds);
    let db = db::pool(app_url, options.connections, patience)?;
    let mut conn = db.get().await?;
    let (is_demo, cursor_secret, clock_offset_us): (bool, Vec<u8>, i64) = registry_state::table
        .select((registry_state::is_demo, registry_state::cursor_secret, registry_state::clock_offset_us))
        .first(&mut conn)
        .await?;
    let standby = match &options.replica_url {
        Some(url) => Some(Standby::new(url, options.connections, standby::identity(&mut conn).await?)?),
        None => None,
    };
    conn.transaction(async |conn| {
        let now = clock::registry_time(clock::machine_now(), clock_offset_us);
        store::introduce(conn, &key.verifying_key(), now).await?;
        waiting::endorse(conn, &key, now).await
    })
    .await?;
    drop(conn);
    let sealer = Sealer::new(app_url, key)?;
    let acts = Arc::new(Semaphore::new(acts_at_once(options.connections)));
    let (rules, stopping) = (RulesCache::default(), Stopping::default());
    Ok(App { db, acts, rules, is_demo, cursor_secret, patience, cluster, standby, sealer, stopping })
}

/// Starts listening for everything; the answer is to be awaited.
///
/// # Errors
/// When the socket cannot be used.
pub fn listen(app: Data<App>, listener: TcpListener, options: &Options) -> Result<Server, std::io::Error> {
    run(app, listener, options, options.workers, router::mount)
}

/// As [`listen`], but without `/metrics`, for a service whose figures have an address of their own.
///
/// # Errors
/// When the socket cannot be used.
pub fn listen_without_metrics(app: Data<App>, listener: TcpListener, options: &Options) -> Result<Server, std::io::Error> {
    run(app, listener, options, options.workers, router::mount_without_metrics)
}

/// Starts listening for `/metrics` alone; the answer is to be awaited.
///
/// # Errors
/// When the socket cannot be used.
pub fn listen_for_metrics(app: Data<App>, listener: TcpListener, options: &Options) -> Result<Server, std::io::Error> {
    run(app, listener, options, 1, router::mount_metrics_alone)
}

fn run(
    app: Data<App>,
    listener: TcpListener,
    options: &Options,
    workers: usize,
    mount: fn(&mut ServiceConfig),
) -> Result<Server, std::io::Error> {
    // Both are taken over by every connection that is accepted. Without the first a caller who reads nothing would be waited for
    // for ever; without the second a rush of callers would be turned away by the system.
    setsockopt(&listener, sockopt::TcpUserTimeout, &UNREAD_MAX_MS)?;
    nix::sys::socket::listen(&listener, Backlog::new(WAITING_MAX)?)?;
    Ok(HttpServer::new(move || ActixApp::new().app_data(app.clone()).wrap(from_fn(envelope)).configure(mount))
        .workers(workers)
        .disable_signals()
        .shutdown_timeout(options.shutdown_seconds)
        .max_connections(options.callers_per_worker)
        .client_request_timeout(HEAD_PATIENCE)
        .keep_alive(Duration::from_secs(75))
        .listen(listener)?
        .run())
}
