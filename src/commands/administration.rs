//! Administration from the shell: one transaction, its log entry within. Who acts is the registry itself; the entry names the
//! person by their account on the machine, because nobody has signed in. What is done stands in each command.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};
use ed25519_dalek::SigningKey;
use nix::unistd::{User, getuid};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Failure;
use super::database::{Database, connect, on_runtime};
use crate::base::clock;
use crate::base::ids::EntryId;
use crate::base::said::{Lang, Said};
use crate::evidence::store::TreeError;
use crate::evidence::waiting;
use crate::journal::entry::{EntryType, SubjectKind};
use crate::journal::store;
use crate::rules::Rules;
use crate::schema::registry_state;
use crate::settings::Settings;
use crate::setup;
use crate::web::refusal::Refusal;

/// One act of administration at a time, so that each decides on what the one before has left. Any number would do.
pub const ADMINISTRATION_LOCK: i64 = 0x006c_6177_6164_6d69;

/// One act of administration: its transaction and its clock.
pub struct Act<'c> {
    /// The connection, inside an open transaction.
    pub conn: &'c mut AsyncPgConnection,
    /// The machine's clock, which tokens live by.
    pub machine_now: DateTime<Utc>,
    /// The registry's clock.
    pub now: DateTime<Utc>,
    /// Its legal day.
    pub today: NaiveDate,
    /// Whether the connection is the owner's, who may change rules and what decisions rest on.
    pub is_owner: bool,
    command: &'static str,
    has_recorded: bool,
}

impl Act<'_> {
    /// Writes the entry of the act; without one nothing is committed.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn record(&mut self, entry_type: EntryType, subject: (SubjectKind, Option<Uuid>), data: Value) -> Result<EntryId, Failure> {
        let id =
            store::record_administration(self.conn, entry_type, subject, self.now, signed(self.command, data)).await.map_err(refused)?;
        self.has_recorded = true;
        Ok(id)
    }
}

/// Does one act of administration in one transaction, on a registry of this version. An act that records nothing changes nothing.
///
/// # Errors
/// A sentence that says what to do next; then nothing is changed.
pub fn act<T>(
    settings: &Settings,
    command: &'static str,
    work: impl AsyncFnOnce(&mut Act<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    Database::require_existing(settings)?;
    let database = Database::join(settings, command)?;
    on_runtime(on(&database, command, work))?
}

/// As [`act`], on a database that is joined already.
///
/// # Errors
/// As [`act`].
pub async fn on<T>(
    database: &Database,
    command: &'static str,
    work: impl AsyncFnOnce(&mut Act<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if !database.lacking().await?.is_empty() {
        return Err(Failure::failed(Said::fixed(
            "数据库还不是本版本：请先运行 `lawgate migrate`",
            "the database is not at this version yet: run `lawgate migrate` first",
        )));
    }
    let url = database.owner_url.as_deref().unwrap_or(&database.app_url);
    let mut conn = connect(url).await?;
    AnsiTransactionManager::begin_transaction(&mut conn).await.map_err(refused)?;
    diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
        .bind::<BigInt, _>(ADMINISTRATION_LOCK)
        .execute(&mut conn)
        .await
        .map_err(refused)?;
    let offset_us: i64 = registry_state::table.select(registry_state::clock_offset_us).first(&mut conn).await.map_err(refused)?;
    let machine_now = clock::machine_now();
    let now = clock::registry_time(machine_now, offset_us);
    let today = clock::day_in_china(now);
    let is_owner = database.owner_url.is_some();
    let mut act = Act { conn: &mut conn, machine_now, now, today, is_owner, command, has_recorded: false };
    // An error drops the connection, and with it the open transaction.
    let done = work(&mut act).await?;
    if act.has_recorded {
        waiting::endorse(&mut conn, &database.key()?, now).await.map_err(unendorsed)?;
        AnsiTransactionManager::commit_transaction(&mut conn).await.map_err(refused)?;
    } else {
        AnsiTransactionManager::rollback_transaction(&mut conn).await.map_err(refused)?;
    }
    Ok(done)
}

/// Writes an entry of administration that stands for itself, also in a database that is not at this version yet.
///
/// # Errors
/// When the database refuses it.
pub async fn record_alone(
    conn: &mut AsyncPgConnection,
    key: &SigningKey,
    command: &'static str,
    entry_type: EntryType,
    data: Value,
) -> Result<EntryId, Failure> {
    let offset_us: i64 = registry_state::table.select(registry_state::clock_offset_us).first(conn).await.map_err(refused)?;
    let now = clock::registry_time(clock::machine_now(), offset_us);
    AnsiTransactionManager::begin_transaction(conn).await.map_err(refused)?;
    let subject = (SubjectKind::Registry, None);
    // An error drops the connection, and with it the open transaction.
    let entry = store::record_administration(conn, entry_type, subject, now, signed(command, data)).await.map_err(refused)?;
    // A version without evidence has nowhere to put it; the migration that brings it attests the entry.
    if setup::has_table(conn, "unsealed_acts").await.map_err(refused)? {
        waiting::endorse(conn, key, now).await.map_err(unendorsed)?;
    }
    AnsiTransactionManager::commit_transaction(conn).await.map_err(refused)?;
    Ok(entry)
}

fn unendorsed(error: TreeError) -> Failure {
    match error {
        TreeError::Database(error) => refused(error),
        TreeError::Incomplete(_) | TreeError::Leaf(_) => {
            Failure::because(&Said::fixed("操作无法记入日志，没有任何改动", "the act cannot be logged, nothing was changed"), &error)
        }
    }
}

/// The particulars of an entry with who gave the command: the account on the machine, and the one behind `sudo`.
fn signed(command: &str, mut data: Value) -> Value {
    let uid = getuid();
    let name = User::from_uid(uid).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name);
    let behind_sudo = std::env::var("SUDO_USER").ok().filter(|user| uid.is_root() && is_account_name(user));
    if let Some(data) = data.as_object_mut() {
        data.insert("command".to_owned(), json!(command));
        data.insert("os_user".to_owned(), json!(name));
        if let Some(user) = behind_sudo {
            data.insert("sudo_user".to_owned(), json!(user));
        }
    }
    data
}

fn is_account_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-$@\\".contains(&byte))
}

/// Lets an act pass that changes rules, which the run-time role may not.
///
/// # Errors
/// Exit status 2 where a server was given without its owner's address.
pub fn owner_only(act: &Act<'_>) -> Result<(), Failure> {
    if act.is_owner {
        return Ok(());
    }
    Err(Failure::usage(Said::fixed(
        "规则和工作日历须以数据表所有者的身份更改：请用 --migrate-url 给出其账户",
        "rules and calendar are changed by the owner of the tables only: give --migrate-url with that role",
    )))
}

/// The rules as they are.
///
/// # Errors
/// When the database refuses.
pub async fn rules_now(act: &mut Act<'_>) -> Result<Rules, Failure> {
    let version: i64 = registry_state::table.select(registry_state::rules_version).first(act.conn).await.map_err(refused)?;
    Rules::load(act.conn, version).await.map_err(refusal)
}

/// Gives the rules a new version, by which a running service notices them, and reads them as they have become.
///
/// # Errors
/// When the database refuses.
pub async fn new_rules(act: &mut Act<'_>) -> Result<Rules, Failure> {
    diesel::update(registry_state::table)
        .set(registry_state::rules_version.eq(registry_state::rules_version + 1))
        .execute(act.conn)
        .await
        .map_err(refused)?;
    rules_now(act).await
}

/// The failure of a statement that nothing here provokes.
#[must_use]
pub fn refused(error: diesel::result::Error) -> Failure {
    Failure::because(&Said::fixed("数据库拒绝了操作，没有任何改动", "the database refuses, nothing was changed"), &error)
}

/// A refusal of the shared queries as a failure of the command.
#[must_use]
pub fn refusal(refusal: Refusal) -> Failure {
    let cause = refusal.cause.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default();
    let said = |lang| format!("{}{cause}", refusal.detail.in_lang(lang));
    Failure::failed(Said::new(said(Lang::Zh), said(Lang::En)))
}

/// What cannot be shown on one line of a list without breaking it.
#[must_use]
pub fn has_control_characters(text: &str) -> bool {
    text.chars().any(char::is_control)
}
