//! Brings the database to this version, or says whether it is.

use super::Failure;
use super::database::Database;
use crate::settings::Settings;

/// Migrates, or only checks.
///
/// # Errors
/// A sentence that says what to do next; with `check`, exit status 1 where migrations are pending.
pub fn migrate(settings: &Settings, check: bool) -> Result<(), Failure> {
    let database = Database::hold(settings, "migrate")?;
    if check {
        let lacking = database.lacking()?;
        if lacking.is_empty() {
            println!("The database is at this version.");
            return Ok(());
        }
        return Err(Failure::failed(format!(
            "{} migration(s) are pending, the first is {}: run `lawgate migrate`",
            lacking.len(),
            lacking[0]
        )));
    }
    database.migrate()?;
    println!("The database is at this version.");
    Ok(())
}
