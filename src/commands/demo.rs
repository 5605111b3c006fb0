//! Serves the demo township.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::database::{Database, on_runtime};
use super::{Failure, running};
use crate::demo::load::{self, Loaded};
use crate::settings::Settings;

/// Loads the demo at the first start and serves it.
///
/// # Errors
/// A sentence that says what to do next.
pub fn demo(settings: &Settings, clock: Option<&str>) -> Result<(), Failure> {
    if !settings.listen.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "the demo hands its logins to whoever reads its directory, so it listens on loopback only, not on {}: give --listen 127.0.0.1:8080",
            settings.listen
        )));
    }
    let clock = clock.map(|text| start_of_clock(text, settings)).transpose()?;
    running::start_log(settings)?;
    let listener = running::bind(settings.listen)?;
    let database = Database::hold(settings, "demo")?;
    database.prepare(settings)?;
    let owner_url = database.owner_url.clone().ok_or_else(|| Failure::usage("a demo on a server of its own needs --migrate-url too"))?;
    on_runtime(async {
        let loaded = load::load(&owner_url, clock, |logins| load::write_credentials(&settings.data_dir, logins)).await;
        loaded.map_err(|error| Failure::because("the demo could not be loaded", &*error))
    })?
    .map(|loaded| match loaded {
        Loaded::Now => tracing::info!("the demo township was loaded"),
        Loaded::Before => tracing::info!("the demo township was there"),
    })?;
    let mut greeting = Ok(());
    running::serve_until_stopped(settings, &database.app_url, listener, |address| {
        greeting = load::address_credentials(&settings.data_dir, address).map(|credentials| greet(&credentials));
    })?;
    greeting.map_err(|error| Failure::because("the demo's logins cannot be read: start a new demo with another --data-dir", &*error))
}

fn start_of_clock(text: &str, settings: &Settings) -> Result<DateTime<Utc>, Failure> {
    let moment = DateTime::parse_from_rfc3339(text).map_err(|error| {
        Failure::usage(format!("--clock `{text}` is no moment with an offset ({error}): write it as 2026-12-01T09:00:00+08:00"))
    })?;
    if settings.database_url.is_none() && settings.data_dir.join("postgres").exists() {
        return Err(Failure::failed(format!(
            "`{}` already holds a cluster, whose clock has started: leave --clock out, move it with POST /api/v1/demo/clock, or give another --data-dir",
            settings.data_dir.display()
        )));
    }
    Ok(moment.with_timezone(&Utc))
}

fn greet(credentials: &Value) {
    println!("lawgate demo on {} (reference: /api/docs)", credentials["base_url"].as_str().unwrap_or_default());
    if let Some(users) = credentials["users"].as_object() {
        for (key, user) in users {
            println!(
                "  {key:<15} {:<16} {:<16} {}",
                user["login"].as_str().unwrap_or_default(),
                user["body"].as_str().unwrap_or_default(),
                user["token"].as_str().unwrap_or_default()
            );
        }
    }
}
