//! Serves the demo township.

use std::net::SocketAddr;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::database::Database;
use super::log;
use super::running::{self, Listeners};
use super::stop::{Early, Stop};
use super::{Failure, say};
use crate::base::said::Said;
use crate::demo::clock_range;
use crate::demo::load::{self, Loaded};
use crate::settings::Settings;
use crate::setup::Holds;

/// Loads the demo at the first start and serves it.
///
/// # Errors
/// A sentence that says what to do next.
pub fn demo(settings: &Settings, clock: Option<&str>) -> Result<(), Failure> {
    let stop = Stop::on_signals()?;
    for address in [Some(settings.listen), settings.metrics_listen].into_iter().flatten() {
        require_loopback(address)?;
    }
    let clock = clock.map(|text| start_of_clock(text, settings)).transpose()?;
    log::start(settings)?;
    start(settings, clock, &stop).or_else(Early::into_answer)
}

fn start(settings: &Settings, clock: Option<DateTime<Utc>>, stop: &Stop) -> Result<(), Early> {
    let listeners = Listeners::bind(settings)?;
    let database = Database::hold(settings, "demo", stop)?;
    let owner_url = database.owner_url.clone().ok_or_else(|| {
        Failure::usage(Said::fixed(
            "在外部数据库上运行演示还需给出 --migrate-url",
            "a demo on a server of its own needs --migrate-url too: give it with the role that owns the tables",
        ))
    })?;
    // Before the migration: what is not for this command is left as it is.
    match stop.unless_told(database.holds())? {
        Holds::Registry => return Err(Failure::failed(load::REGISTRY_THAT_COUNTS).into()),
        Holds::Demo if clock.is_some() => return Err(Failure::failed(load::CLOCK_HAS_STARTED).into()),
        Holds::Demo => {
            load::read_credentials(&settings.data_dir).map_err(|error| unreadable(settings, error))?;
        }
        Holds::Nothing => {}
    }
    stop.unless_told(database.prepare(settings))?;
    let key = database.key()?;
    let loaded = stop.unless_told(async {
        let loaded = load::load(&owner_url, &key, clock, |logins| load::write_credentials(&settings.data_dir, logins)).await;
        loaded.map_err(|error| Failure::of_setup(&Said::fixed("演示数据未能装入", "the demo could not be loaded"), error))
    })?;
    match loaded {
        Loaded::Now => tracing::info!("the demo township was loaded"),
        Loaded::Before => tracing::info!("the demo township was there"),
    }
    // The socket is taken already, so whoever reads the file may connect at once and is answered in a moment.
    let credentials = load::address_credentials(&settings.data_dir, listeners.address).map_err(|error| unreadable(settings, error))?;
    // A service whose standard output nobody reads serves all the same.
    running::serve_until_stopped(settings, &database, listeners, stop, || drop(say(&greeting(&credentials))))?;
    Ok(())
}

fn require_loopback(address: SocketAddr) -> Result<(), Failure> {
    if address.ip().is_loopback() {
        return Ok(());
    }
    Err(Failure::usage(Said::new(
        format!("演示的账户人人可读，因此只能监听本机回环地址，不能监听 {address}：请用 --listen 127.0.0.1:8080"),
        format!(
            "the demo hands its logins to whoever reads its directory, so it listens on loopback only, not on {address}: give --listen 127.0.0.1:8080"
        ),
    )))
}

fn start_of_clock(text: &str, settings: &Settings) -> Result<DateTime<Utc>, Failure> {
    let moment = DateTime::parse_from_rfc3339(text).map_err(|error| {
        Failure::usage(Said::new(
            format!("--clock 的值 `{text}` 不是带时差的时刻（{error}）：请写成 2026-12-01T09:00:00+08:00"),
            format!("--clock `{text}` is no moment with an offset ({error}): write it as 2026-12-01T09:00:00+08:00"),
        ))
    })?;
    let moment = moment.with_timezone(&Utc);
    if !clock_range::includes(moment) {
        let (first, last) = (clock_range::YEAR_MIN, clock_range::YEAR_MAX);
        return Err(Failure::usage(Said::new(
            format!("--clock 的值 `{text}` 超出范围：请给出 {first} 年至 {last} 年之间的时刻"),
            format!("--clock `{text}` is out of range: give a moment in the years {first} to {last}"),
        )));
    }
    if settings.database_url.is_none() && settings.data_dir.join("postgres").exists() {
        let directory = settings.data_dir.display();
        return Err(Failure::failed(Said::new(
            format!("`{directory}` 中已有数据库，其时钟已经开始：请去掉 --clock，用 POST /api/v1/demo/clock 拨动，或另选 --data-dir"),
            format!(
                "`{directory}` already holds a cluster, whose clock has started: leave --clock out, move it with POST /api/v1/demo/clock, or give another --data-dir"
            ),
        )));
    }
    Ok(moment)
}

fn unreadable(settings: &Settings, error: crate::setup::SetupError) -> Failure {
    let file = settings.data_dir.join(load::CREDENTIALS);
    Failure::of_setup(
        &Said::new(
            format!("演示账户文件 `{}` 不可用，请用另一个 --data-dir 开始新的演示", file.display()),
            format!("the demo's logins in `{}` cannot be used, start a new demo with another --data-dir", file.display()),
        ),
        error,
    )
}

fn greeting(credentials: &Value) -> Said {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut logins = String::new();
    for (key, user) in credentials["users"].as_object().into_iter().flatten() {
        logins.push_str(&format!("\n  {key:<15} {:<16} {:<16} {}", word(&user["login"]), word(&user["body"]), word(&user["token"])));
    }
    let url = word(&credentials["base_url"]);
    Said::new(format!("lawgate 演示 {url} （接口文档 /api/docs）{logins}"), format!("lawgate demo on {url} (reference: /api/docs){logins}"))
}
