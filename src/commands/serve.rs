//! Serves a registry.

use super::database::Database;
use super::log;
use super::running::{self, Listeners};
use super::stop::{Early, Stop};
use super::{Failure, say};
use crate::base::said::Said;
use crate::settings::Settings;
use crate::setup::Holds;

/// Migrates and serves until stopped.
///
/// # Errors
/// A sentence that says what to do next.
pub fn serve(settings: &Settings) -> Result<(), Failure> {
    let stop = Stop::on_signals()?;
    log::start(settings)?;
    start(settings, &stop).or_else(Early::into_answer)
}

fn start(settings: &Settings, stop: &Stop) -> Result<(), Early> {
    let listeners = Listeners::bind(settings)?;
    let database = Database::hold(settings, "serve", stop)?;
    // Before the migration: what is not for this command is left as it is.
    if stop.unless_told(database.holds())? == Holds::Demo {
        return Err(Failure::failed(Said::fixed(
            "此数据库是演示数据，其时钟可以拨动：请使用 `lawgate demo`，或用 --data-dir 为正式登记另选目录",
            "this database holds a demo, whose clock can be moved: use `lawgate demo`, or another --data-dir for a registry that counts",
        ))
        .into());
    }
    stop.unless_told(database.prepare(settings))?;
    let address = listeners.address;
    let greeting = Said::new(
        format!("lawgate 正在监听 http://{address} （接口 /api/v1，接口文档 /api/docs）"),
        format!("lawgate listens on http://{address} (API: /api/v1, reference: /api/docs)"),
    );
    // A service whose standard output nobody reads serves all the same.
    running::serve_until_stopped(settings, &database, listeners, stop, || drop(say(&greeting)))?;
    Ok(())
}
