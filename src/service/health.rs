//! Whether the service can work: the database answers, and stands at the migration that this program was built with.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::app::App;
use crate::base::db::DbConn;
use crate::base::said::Said;
use crate::setup;
use crate::web::refusal::Refusal;

diesel::table! {
    /// The book that diesel keeps of applied migrations.
    __diesel_schema_migrations (version) {
        /// Which migration.
        version -> VarChar,
        /// When it was applied.
        run_on -> Timestamp,
    }
}

/// The version of the last migration inside this program.
///
/// # Errors
/// When the program holds none, which no build of it does.
pub fn embedded_version() -> Result<String, Refusal> {
    let versions = setup::versions().map_err(Refusal::internal)?;
    versions.into_iter().last().ok_or_else(|| Refusal::internal("no migration is embedded"))
}

/// How long the database may take to answer: who asks for health asks again soon, and gives up early.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Lets pass when the database is reached and migrated and nobody has told the service to stop; gives the migration at which the
/// database stands.
///
/// # Errors
/// 503 otherwise, with the two versions where they differ.
pub async fn ready(app: &App) -> Result<String, Refusal> {
    if app.stopping.is_begun() {
        return Err(Refusal::unavailable("told to stop").saying(Said::fixed("服务正在停止。", "The service is stopping.")));
    }
    let wanted = embedded_version()?;
    let applied = app.with_connection_within(ANSWER_MAX.min(app.patience), async |conn| last_applied(conn).await).await?;
    match applied {
        Some(applied) if applied == wanted => Ok(applied),
        Some(_) | None => Err(not_migrated(&wanted, applied.as_deref().unwrap_or("—"))),
    }
}

async fn last_applied(conn: &mut DbConn) -> Result<Option<String>, Refusal> {
    __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .order(__diesel_schema_migrations::version.desc())
        .first(conn)
        .await
        .optional()
        .map_err(Refusal::unavailable)
}

fn not_migrated(wanted: &str, applied: &str) -> Refusal {
    let detail = Said::new(
        format!("数据库处于迁移 {applied}，本程序需要 {wanted}；请用同一版本的程序运行 lawgate migrate。"),
        format!("The database stands at migration {applied}, this program needs {wanted}; run lawgate migrate of the same version."),
    );
    Refusal::unavailable(format!("migration {applied} instead of {wanted}")).saying(detail)
}
