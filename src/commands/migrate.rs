//! Brings the database to this version, or says whether it is.

use super::database::{Database, on_runtime};
use super::{Failure, say};
use crate::base::said::Said;
use crate::settings::Settings;

/// Migrates, or only checks. Uses the cluster of a running `serve` or `demo`, or starts it meanwhile.
///
/// # Errors
/// A sentence that says what to do next; with `check`, exit status 1 where migrations are pending.
pub fn migrate(settings: &Settings, check: bool) -> Result<(), Failure> {
    if check {
        Database::require_existing(settings)?;
    }
    let database = Database::join(settings, "migrate")?;
    if check {
        let lacking = on_runtime(database.lacking())??;
        if let Some(first) = lacking.first() {
            let count = lacking.len();
            return Err(Failure::failed(Said::new(
                format!("有 {count} 项迁移尚未执行，第一项是 {first}：请运行 `lawgate migrate`"),
                format!("{count} migration(s) are pending, the first is {first}: run `lawgate migrate`"),
            )));
        }
    } else {
        on_runtime(database.migrate())??;
    }
    say(&Said::fixed("数据库已是本版本。", "The database is at this version."))
}
