//! Bringing a database to this version: migrations by the owner, rights of the run-time role, built-in rules.

use chrono::{DateTime, Utc};
use diesel::migration::Migration;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_async::{AnsiTransactionManager, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, TransactionManager};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use ed25519_dalek::SigningKey;
use serde_json::json;

use crate::base::clock;
use crate::base::db;
use crate::base::ids::ProfileId;
use crate::base::said::{Lang, Said};
use crate::base::workdays::Calendar;
use crate::evidence::waiting;
use crate::journal::entry::{EntryType, SubjectKind};
use crate::journal::store::record_administration;
use crate::lifecycle::profile;
use crate::schema::{bodies, calendar_days, registry_state, rule_profiles};

/// Every migration, inside the program.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// What can go wrong while a database is set up; each is a sentence for the person who starts the service.
pub type SetupError = Box<dyn std::error::Error + Send + Sync>;

/// One setup of a database at a time, for several instances may be started together. Any number would do; ours spells "lawgate".
const SETUP_LOCK: i64 = 0x006c_6177_6761_7465;

/// The table that marks a database in which a restore is at work, or was killed.
pub const RESTORE_MARK: &str = "lawgate_restore_at_work";

/// A refusal in words for the person who starts the service; anything else that fails is a cause without a sentence.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.in_lang(Lang::En))]
pub struct Refused(pub Said);

fn made_later(migration: &str) -> Refused {
    Refused(Said::new(
        format!("数据库由更高版本的 lawgate 建立（迁移 {migration}）：请使用该版本或更新版本，或者恢复备份"),
        format!("the database was made by a later lawgate (migration {migration}): use that version or a newer one, or restore a backup"),
    ))
}

/// Brings a database to this version as its owner, and gives the run-time role its rights. Needs a multi-thread runtime.
///
/// Instances that do this at the same time wait for each other. Rights and built-in rules change in one transaction, so that
/// neither a kill leaves half of them nor another running instance is without its rights for a moment.
///
/// # Errors
/// When the database cannot be reached, was made by a later version ([`Refused`]), or a migration fails.
pub async fn migrate(owner_url: &str, app_role: &str, key: &SigningKey) -> Result<(), SetupError> {
    let mut conn = db::open(owner_url).await?;
    wait_for_turn(&mut conn).await?;
    pending(&mut conn).await?;
    // An error drops the connection, and with it the lock.
    let mut conn = bring_up(conn, app_role, key).await?;
    diesel::sql_query("SELECT pg_advisory_unlock($1)").bind::<BigInt, _>(SETUP_LOCK).execute(&mut conn).await?;
    Ok(())
}

/// As [`migrate`], for whoever has the turn already and knows that the database may be brought up.
///
/// # Errors
/// When a migration fails, or the database refuses.
pub async fn bring_up(conn: AsyncPgConnection, app_role: &str, key: &SigningKey) -> Result<AsyncPgConnection, SetupError> {
    let mut harness = AsyncMigrationHarness::new(conn);
    let pending = harness.pending_migrations(MIGRATIONS)?;
    let mut conn = harness.into_inner();
    for migration in pending {
        conn = run(conn, &*migration, key).await?;
    }
    // An error drops the connection, and with it the open transaction.
    AnsiTransactionManager::begin_transaction(&mut conn).await?;
    grant(&mut conn, app_role).await?;
    built_in_rules(&mut conn).await?;
    let now = registry_now(&mut conn).await?;
    waiting::endorse(&mut conn, key, now).await?;
    AnsiTransactionManager::commit_transaction(&mut conn).await?;
    Ok(conn)
}

/// Runs a migration, and vouches for what it writes into the log, in one transaction.
async fn run(mut conn: AsyncPgConnection, migration: &dyn Migration<Pg>, key: &SigningKey) -> Result<AsyncPgConnection, SetupError> {
    AnsiTransactionManager::begin_transaction(&mut conn).await?;
    let mut harness = AsyncMigrationHarness::new(conn);
    harness.run_migration(migration)?;
    let mut conn = harness.into_inner();
    if has_table(&mut conn, "unsealed_acts").await? {
        let now = registry_now(&mut conn).await?;
        waiting::endorse(&mut conn, key, now).await?;
    }
    AnsiTransactionManager::commit_transaction(&mut conn).await?;
    Ok(conn)
}

/// The registry's clock.
async fn registry_now(conn: &mut AsyncPgConnection) -> Result<DateTime<Utc>, diesel::result::Error> {
    let offset_us: Option<i64> = registry_state::table.select(registry_state::clock_offset_us).first(conn).await.optional()?;
    Ok(clock::registry_time(clock::machine_now(), offset_us.unwrap_or(0)))
}

/// Waits until no other instance sets this database up. Given back with the connection at the latest.
///
/// # Errors
/// When the database refuses.
pub async fn wait_for_turn(conn: &mut AsyncPgConnection) -> Result<(), SetupError> {
    let free: bool =
        diesel::select(diesel::dsl::sql::<Bool>("pg_try_advisory_lock(").bind::<BigInt, _>(SETUP_LOCK).sql(")")).get_result(conn).await?;
    if !free {
        tracing::info!("another lawgate is setting this database up, waiting for it");
        diesel::sql_query("SELECT pg_advisory_lock($1)").bind::<BigInt, _>(SETUP_LOCK).execute(conn).await?;
    }
    Ok(())
}

/// The versions of all migrations, in order.
///
/// # Errors
/// When those inside the program cannot be read.
pub fn versions() -> Result<Vec<String>, SetupError> {
    let all = diesel::migration::MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS)?;
    let mut versions: Vec<String> = all.iter().map(|migration| migration.name().version().to_string()).collect();
    versions.sort();
    Ok(versions)
}

#[derive(Debug, QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The versions of this program's migrations that a database lacks, in order.
///
/// # Errors
/// [`Refused`] where the database knows one that this program does not or a restore is at work in it, and when it does not answer.
pub async fn pending(conn: &mut AsyncPgConnection) -> Result<Vec<String>, SetupError> {
    if has_table(conn, RESTORE_MARK).await? {
        return Err(Refused(Said::fixed(
            "此数据库的恢复尚未完成：请等待其完成，或重新运行 `lawgate restore`",
            "a restore into this database is not complete: wait for it, or run `lawgate restore` again",
        ))
        .into());
    }
    let versions = versions()?;
    let applied: Vec<Applied> = if has_table(conn, "__diesel_schema_migrations").await? {
        diesel::sql_query("SELECT version::text AS version FROM public.__diesel_schema_migrations ORDER BY 1").load(conn).await?
    } else {
        Vec::new()
    };
    if let Some(unknown) = applied.iter().find(|row| !versions.contains(&row.version)) {
        return Err(made_later(&unknown.version).into());
    }
    Ok(versions.into_iter().filter(|version| !applied.iter().any(|row| row.version == *version)).collect())
}

/// What a database holds, migrated or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Nothing of anybody: no table, or no body in them.
    Nothing,
    /// A demo, whose clock can be moved.
    Demo,
    /// A registry that counts.
    Registry,
}

/// Looks what a database holds, so that nothing is changed in one that is not for the command.
///
/// # Errors
/// When the database does not answer.
pub async fn holds(conn: &mut AsyncPgConnection) -> Result<Holds, SetupError> {
    if !has_table(conn, "registry_state").await? {
        return Ok(Holds::Nothing);
    }
    let is_demo: Option<bool> = registry_state::table.select(registry_state::is_demo).first(conn).await.optional()?;
    if is_demo == Some(true) {
        return Ok(Holds::Demo);
    }
    let is_used: bool = diesel::select(diesel::dsl::exists(bodies::table.select(bodies::id))).get_result(conn).await?;
    Ok(if is_used { Holds::Registry } else { Holds::Nothing })
}

/// Whether the schema of the registry has a table.
///
/// # Errors
/// When the database does not answer.
pub async fn has_table(conn: &mut AsyncPgConnection, name: &str) -> Result<bool, diesel::result::Error> {
    diesel::select(
        diesel::dsl::sql::<Bool>("EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = ")
            .bind::<Text, _>(name)
            .sql(")"),
    )
    .get_result(conn)
    .await
}

/// Gives the run-time role exactly what it needs: reading, inserting what is append-only, updating what is not.
async fn grant(conn: &mut AsyncPgConnection, app_role: &str) -> Result<(), SetupError> {
    let is_owner: bool = diesel::select(diesel::dsl::sql::<Bool>("current_user = ").bind::<Text, _>(app_role)).get_result(conn).await?;
    if is_owner {
        // The owner has every right already, and revoking them from itself would close its own tables to it.
        return Ok(());
    }
    let role = format!("\"{}\"", app_role.replace('"', "\"\""));
    for statement in include_str!("setup/grants.sql").split(";\n") {
        let statement: String = statement.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
        if !statement.trim().is_empty() {
            diesel::sql_query(statement.replace("APP_ROLE", &role)).execute(conn).await?;
        }
    }
    Ok(())
}

/// Stores the built-in calendar and profiles in a database that has none, and says so in its log.
async fn built_in_rules(conn: &mut AsyncPgConnection) -> Result<(), SetupError> {
    let mut secret = vec![0_u8; 32];
    getrandom::fill(&mut secret).map_err(|error| error.to_string())?;
    let states = diesel::insert_into(registry_state::table)
        .values((registry_state::singleton.eq(true), registry_state::cursor_secret.eq(secret)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let known: i64 = calendar_days::table.count().get_result(conn).await?;
    let mut days = 0;
    if known == 0 {
        let calendar = Calendar::built_in();
        let rows: Vec<_> = calendar
            .rows()
            .map(|row| (calendar_days::day.eq(row.date), calendar_days::kind.eq(row.kind.code()), calendar_days::name.eq(row.name)))
            .collect();
        days = diesel::insert_into(calendar_days::table).values(rows).execute(conn).await?;
    }
    let known: i64 = rule_profiles::table.count().get_result(conn).await?;
    let mut profiles = 0;
    if known == 0 {
        let built_in = profile::built_in();
        let rows: Vec<_> = built_in
            .iter()
            .map(|profile| {
                (
                    rule_profiles::id.eq(ProfileId::new()),
                    rule_profiles::jurisdiction.eq(profile.jurisdiction()),
                    rule_profiles::name.eq(profile.name()),
                    rule_profiles::first_day.eq(profile.first_day()),
                    rule_profiles::last_day.eq(profile.last_day()),
                    rule_profiles::rules.eq(profile.to_json()),
                    rule_profiles::imported_at.eq(clock::machine_now()),
                )
            })
            .collect();
        profiles = diesel::insert_into(rule_profiles::table).values(rows).execute(conn).await?;
    }
    if states + days + profiles > 0 {
        let now = registry_now(conn).await?;
        let data = json!({"lawgate": env!("CARGO_PKG_VERSION"), "calendar_days": days, "profiles": profiles});
        record_administration(conn, EntryType::RegistrySetUp, (SubjectKind::Registry, None), now, data).await?;
    }
    Ok(())
}
