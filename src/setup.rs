//! Bringing a database to this version: migrations by the owner, rights of the run-time role, built-in rules.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::base::clock;
use crate::base::ids::ProfileId;
use crate::base::workdays::Calendar;
use crate::lifecycle::profile;
use crate::schema::{calendar_days, registry_state, rule_profiles};

/// Every migration, inside the program.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// What can go wrong while a database is set up; each is a sentence for the person who starts the service.
pub type SetupError = Box<dyn std::error::Error + Send + Sync>;

/// Brings a database to this version as its owner, and gives the run-time role its rights. Needs a multi-thread runtime.
///
/// # Errors
/// When the database cannot be reached or a migration fails.
pub async fn migrate(owner_url: &str, app_role: &str) -> Result<(), SetupError> {
    let conn = AsyncPgConnection::establish(owner_url).await?;
    let mut harness = AsyncMigrationHarness::new(conn);
    harness.run_pending_migrations(MIGRATIONS)?;
    let mut conn = harness.into_inner();
    grant(&mut conn, app_role).await?;
    built_in_rules(&mut conn).await
}

/// The versions of all migrations, in order.
#[must_use]
pub fn versions() -> Vec<String> {
    let mut versions: Vec<String> = diesel::migration::MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS)
        .map(|all| all.iter().map(|migration| migration.name().version().to_string()).collect())
        .unwrap_or_default();
    versions.sort();
    versions
}

/// Whether a migrated database holds a demo.
///
/// # Errors
/// When it cannot be reached.
pub async fn is_demo(url: &str) -> Result<bool, SetupError> {
    let mut conn = AsyncPgConnection::establish(url).await?;
    Ok(registry_state::table.select(registry_state::is_demo).first(&mut conn).await?)
}

/// Gives the run-time role exactly what it needs: reading, inserting what is append-only, updating what is not.
async fn grant(conn: &mut AsyncPgConnection, app_role: &str) -> Result<(), SetupError> {
    let is_owner: bool =
        diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>("current_user = ").bind::<diesel::sql_types::Text, _>(app_role))
            .get_result(conn)
            .await?;
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

/// Stores the built-in calendar and profiles in a database that has none.
async fn built_in_rules(conn: &mut AsyncPgConnection) -> Result<(), SetupError> {
    let mut secret = vec![0_u8; 32];
    getrandom::fill(&mut secret).map_err(|error| error.to_string())?;
    diesel::insert_into(registry_state::table)
        .values((registry_state::singleton.eq(true), registry_state::cursor_secret.eq(secret)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let known: i64 = calendar_days::table.count().get_result(conn).await?;
    if known == 0 {
        for row in Calendar::built_in().rows() {
            diesel::insert_into(calendar_days::table)
                .values((calendar_days::day.eq(row.date), calendar_days::kind.eq(row.kind.code()), calendar_days::name.eq(row.name)))
                .execute(conn)
                .await?;
        }
    }
    let known: i64 = rule_profiles::table.count().get_result(conn).await?;
    if known == 0 {
        for profile in profile::built_in() {
            diesel::insert_into(rule_profiles::table)
                .values((
                    rule_profiles::id.eq(ProfileId::new()),
                    rule_profiles::jurisdiction.eq(profile.jurisdiction()),
                    rule_profiles::name.eq(profile.name()),
                    rule_profiles::first_day.eq(profile.first_day()),
                    rule_profiles::last_day.eq(profile.last_day()),
                    rule_profiles::rules.eq(profile.to_json()),
                    rule_profiles::imported_at.eq(clock::machine_now()),
                ))
                .execute(conn)
                .await?;
        }
    }
    Ok(())
}
