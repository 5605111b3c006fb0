//! A server that runs: logs, the socket, the signals that stop it, and the wait until everything in flight is answered.

use std::net::{SocketAddr, TcpListener};

use actix_web::web::Data;
use tracing_subscriber::EnvFilter;

use super::Failure;
use crate::server::{self, Options};
use crate::settings::{LogFormat, Settings};

/// Starts writing log lines. A second call in one process changes nothing.
///
/// # Errors
/// Where the filter of the settings is none.
pub fn start_log(settings: &Settings) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|error| {
        Failure::usage(format!("the setting `log` is `{}`, which is no filter ({error}): give a level such as info", settings.log))
    })?;
    let ansi = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(ansi);
    // An error means that a subscriber is there already, which is as good.
    let _ = match settings.log_format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder.try_init(),
    };
    Ok(())
}

/// Takes the address, so that a busy port is named before anything else is done.
///
/// # Errors
/// A sentence that names the address.
pub fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        Failure::failed(format!("cannot listen on {address} ({error}): stop what uses that port, or choose another one with --listen"))
    })
}

/// Serves until SIGTERM or SIGINT, then stops accepting and finishes what is in flight.
///
/// # Errors
/// When the state cannot be loaded or the socket fails.
pub fn serve_until_stopped(
    settings: &Settings,
    app_url: &str,
    listener: TcpListener,
    started: impl FnOnce(SocketAddr),
) -> Result<(), Failure> {
    let address = listener.local_addr().map_err(|error| Failure::because("the socket has no address", &error))?;
    let options = Options {
        connections: settings.connections,
        workers: settings.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, std::num::NonZero::get)),
        shutdown_seconds: settings.shutdown_seconds,
    };
    actix_web::rt::System::new().block_on(async {
        let state = server::state(app_url, &options).await.map_err(|error| Failure::because("the database does not answer", &*error))?;
        let server =
            server::listen(Data::new(state), listener, &options).map_err(|error| Failure::because("the socket cannot be used", &error))?;
        let handle = server.handle();
        actix_web::rt::spawn(async move {
            stop_signal().await;
            tracing::info!("stopping: no new requests are accepted, those in flight are finished");
            handle.stop(true).await;
        });
        started(address);
        server.await.map_err(|error| Failure::because("the server failed", &error))
    })
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!("signals cannot be waited for, so only SIGKILL stops this: {error}");
            std::future::pending::<()>().await;
        }
    }
}
