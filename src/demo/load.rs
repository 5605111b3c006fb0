//! Loading the demo at its first start, in one transaction: it is there whole or not at all.

use std::fs::OpenOptions;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Months, Utc};
use diesel::prelude::*;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};
use ed25519_dalek::SigningKey;
use serde_json::{Map, Value, json};

use super::people::{People, moment};
use super::script;
use super::township::{self, Login};
use super::{cast, stage};
use crate::base::clock;
use crate::base::db;
use crate::base::said::Said;
use crate::evidence::waiting;
use crate::rules::Rules;
use crate::schema::registry_state;
use crate::setup::{self, Holds, Refused, SetupError};

/// The file that holds the demo's logins.
pub const CREDENTIALS: &str = "demo-credentials.json";

/// How many months of history the bodies of the demo have had in the registry.
const MONTHS_IN_REGISTRY: u32 = 36;

/// What a first start found.
#[derive(Debug)]
pub enum Loaded {
    /// The demo was loaded now.
    Now,
    /// It was there already.
    Before,
}

/// What is said to somebody who would make a demo of a registry.
pub const REGISTRY_THAT_COUNTS: Said = Said::fixed(
    "此数据库是正式的登记数据：请使用 `lawgate serve`，或用 --data-dir 为演示另选目录",
    "this database holds a registry that counts: use `lawgate serve`, or another --data-dir for a demo",
);

/// What is said to somebody who would set the clock of a demo that is there already.
pub const CLOCK_HAS_STARTED: Said = Said::fixed(
    "演示数据已经存在，其时钟已经开始：请去掉 --clock，用 POST /api/v1/demo/clock 拨动",
    "the demo is there already and its clock has started: leave --clock out, and move it with POST /api/v1/demo/clock",
);

/// Loads the demo into a migrated database that holds nothing yet. `keep` gets the logins before the commit: a demo whose
/// logins nobody knows would be of no use.
///
/// # Errors
/// Where the database holds a registry that counts, or refuses, or the logins cannot be kept.
pub async fn load(
    owner_url: &str,
    key: &SigningKey,
    clock_start: Option<DateTime<Utc>>,
    keep: impl FnOnce(&[Login]) -> Result<(), SetupError>,
) -> Result<Loaded, SetupError> {
    let mut conn = db::open(owner_url).await?;
    // Two demos started on one server: the second one finds what the first has loaded.
    setup::wait_for_turn(&mut conn).await?;
    match setup::holds(&mut conn).await? {
        Holds::Registry => return Err(Refused(REGISTRY_THAT_COUNTS).into()),
        Holds::Demo if clock_start.is_some() => return Err(Refused(CLOCK_HAS_STARTED).into()),
        Holds::Demo => return Ok(Loaded::Before),
        Holds::Nothing => {}
    }
    let rules_version: i64 = registry_state::table.select(registry_state::rules_version).first(&mut conn).await?;
    let rules = Arc::new(Rules::load(&mut conn, rules_version).await.map_err(|refusal| refusal.to_string())?);
    AnsiTransactionManager::begin_transaction(&mut conn).await?;
    let logins = fill(&mut conn, rules, clock_start).await?;
    waiting::endorse(&mut conn, key, clock_start.unwrap_or_else(clock::machine_now)).await?;
    keep(&logins)?;
    AnsiTransactionManager::commit_transaction(&mut conn).await?;
    Ok(Loaded::Now)
}

/// A connection that is dropped with its transaction open leaves nothing behind, so an error needs no undoing here.
async fn fill(conn: &mut AsyncPgConnection, rules: Arc<Rules>, clock_start: Option<DateTime<Utc>>) -> Result<Vec<Login>, SetupError> {
    let machine = clock::machine_now();
    let begin = clock_start.unwrap_or(machine);
    let offset_us = (begin - machine).num_microseconds().ok_or("that clock is beyond all range")?;
    let today = clock::day_in_china(begin);
    let first_day = today.checked_sub_months(Months::new(MONTHS_IN_REGISTRY)).ok_or("that clock is beyond all range")?;
    diesel::update(registry_state::table)
        .set((registry_state::is_demo.eq(true), registry_state::clock_offset_us.eq(offset_us)))
        .execute(conn)
        .await?;
    // Its bodies and people were there before any of its history.
    let founded = moment(first_day, 0);
    let logins = township::create(conn, first_day, founded).await?;
    let others = cast::create(conn, first_day, founded).await?;
    let mut people = People::gather(conn, logins.iter().chain(&others), rules, first_day, today).await?;
    stage::tell(&mut people, &script::read()?).await?;
    Ok(logins)
}

/// Writes the logins for the demo's operator, readable by nobody else. The file is replaced whole.
///
/// # Errors
/// When it cannot be written.
pub fn write_credentials(data_dir: &Path, logins: &[Login]) -> Result<(), SetupError> {
    let users: Map<String, Value> = logins
        .iter()
        .map(|login| (login.key.to_owned(), json!({"login": login.login, "password": null, "token": login.token, "body": login.body})))
        .collect();
    put_credentials(data_dir, &json!({"base_url": Value::Null, "users": users}))
}

/// The stored logins.
///
/// # Errors
/// When the file is gone or broken; the demo is then made anew in another directory.
pub fn read_credentials(data_dir: &Path) -> Result<Value, SetupError> {
    let credentials: Value = serde_json::from_slice(&std::fs::read(data_dir.join(CREDENTIALS))?)?;
    let has_logins = credentials["users"].as_object().is_some_and(|users| users.values().all(|user| user["token"].is_string()));
    if has_logins { Ok(credentials) } else { Err("it holds no logins".into()) }
}

/// Puts the present address into the stored logins and gives them back.
///
/// # Errors
/// As [`read_credentials`], and when the file cannot be written.
pub fn address_credentials(data_dir: &Path, address: SocketAddr) -> Result<Value, SetupError> {
    let mut credentials = read_credentials(data_dir)?;
    credentials["base_url"] = format!("http://{address}").into();
    put_credentials(data_dir, &credentials)?;
    Ok(credentials)
}

/// Writes the logins as a backup has kept them.
///
/// # Errors
/// When the file cannot be written.
pub fn put_back_credentials(data_dir: &Path, credentials: &[u8]) -> Result<(), SetupError> {
    put_credentials(data_dir, &serde_json::from_slice(credentials)?)
}

fn put_credentials(data_dir: &Path, credentials: &Value) -> Result<(), SetupError> {
    std::fs::create_dir_all(data_dir)?;
    let fresh = data_dir.join(format!("{CREDENTIALS}.new"));
    // One left by a killed start may have other rights, so it is never opened as it is.
    match std::fs::remove_file(&fresh) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    file.write_all(serde_json::to_string_pretty(credentials)?.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    std::fs::rename(&fresh, data_dir.join(CREDENTIALS))?;
    Ok(())
}
