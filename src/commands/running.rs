//! A server that runs: the sockets, and the wait until everything in flight is answered.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::web::Data;

use super::Failure;
use super::database::Database;
use super::limits;
use super::notify;
use super::stop::Stop;
use crate::base::said::Said;
use crate::evidence::sealer;
use crate::metrics;
use crate::server::{self, Options};
use crate::settings::Settings;
use crate::standby;
use crate::upkeep;

/// The sockets of a server.
#[derive(Debug)]
pub struct Listeners {
    /// Of everything.
    pub main: TcpListener,
    /// Where that one listens; with port 0 the system has chosen.
    pub address: SocketAddr,
    /// Of the figures, where they have an address of their own.
    pub metrics: Option<TcpListener>,
}

impl Listeners {
    /// Takes the addresses, so that a busy port is named before anything else is done.
    ///
    /// # Errors
    /// A sentence that names the address.
    pub fn bind(settings: &Settings) -> Result<Self, Failure> {
        let main = bind(settings.listen, "listen", "--listen")?;
        let address =
            main.local_addr().map_err(|error| Failure::because(&Said::fixed("监听地址无法读取", "the socket has no address"), &error))?;
        let metrics = settings.metrics_listen.map(|address| bind(address, "metrics_listen", "metrics_listen")).transpose()?;
        Ok(Self { main, address, metrics })
    }
}

fn bind(address: SocketAddr, setting: &str, named: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        Failure::failed(Said::new(
            format!("无法监听 {address}（设置项 {setting}：{error}）：请停止占用该端口的程序，或用 {named} 另选地址"),
            format!("cannot listen on {address} ({error}): stop what uses that port, or choose another one with {named}"),
        ))
    })
}

/// Serves until told to stop, then stops accepting and finishes what is in flight.
///
/// # Errors
/// When the state cannot be loaded or a socket fails.
pub fn serve_until_stopped(
    settings: &Settings,
    database: &Database,
    listeners: Listeners,
    stop: &Stop,
    started: impl FnOnce(),
) -> Result<(), Failure> {
    let workers = settings.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, std::num::NonZero::get));
    limits::raise();
    let options = Options {
        connections: settings.connections,
        replica_url: settings.replica_url.clone(),
        workers,
        callers_per_worker: limits::callers_per_worker(settings.connections, workers),
        shutdown_seconds: settings.shutdown_seconds,
        database_seconds: settings.database_seconds,
    };
    let refused = |error: std::io::Error| Failure::because(&Said::fixed("无法使用监听地址", "the socket cannot be used"), &error);
    let key = database.key()?;
    let stop = stop.clone();
    let drain = Duration::from_secs(settings.drain_seconds);
    actix_web::rt::System::new().block_on(async {
        let state = server::state(&database.app_url, database.watch(), key, &options)
            .await
            .map_err(|error| Failure::of_setup(&NO_ANSWER, error))?;
        let state = Data::new(state);
        let servers = match listeners.metrics {
            None => vec![server::listen(state.clone(), listeners.main, &options).map_err(refused)?],
            Some(metrics) => vec![
                server::listen_for_metrics(state.clone(), metrics, &options).map_err(refused)?,
                server::listen_without_metrics(state.clone(), listeners.main, &options).map_err(refused)?,
            ],
        };
        let handles: Vec<_> = servers.iter().map(actix_web::dev::Server::handle).collect();
        let upkeep = [
            actix_web::rt::spawn(metrics::keep_up()),
            actix_web::rt::spawn(upkeep::run(state.clone())),
            actix_web::rt::spawn(sealer::run(state.clone())),
            actix_web::rt::spawn(standby::keep_watch(state.clone())),
        ];
        actix_web::rt::spawn(async move {
            stop.told().await;
            state.stopping.begin();
            notify::tell(notify::STOPPING);
            // Whoever spreads calls over several instances asks for readiness and needs a moment to hear the answer.
            actix_web::rt::time::sleep(drain).await;
            futures_util::future::join_all(handles.iter().map(|handle| handle.stop(true))).await;
        });
        started();
        notify::tell(notify::READY);
        let ended = futures_util::future::try_join_all(servers).await;
        upkeep.iter().for_each(actix_web::rt::task::JoinHandle::abort);
        ended.map(drop).map_err(|error| Failure::because(&Said::fixed("服务出错", "the server failed"), &error))
    })
}

/// What is said where a database does not answer; the cause follows.
pub const NO_ANSWER: Said = Said::fixed("数据库没有应答", "the database does not answer");
