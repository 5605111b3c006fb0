//! The whole demo, loaded once for this run; each test that looks at it gets a copy.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use lawgate::demo::load;
use lawgate::demo::township::Login;

use super::cluster::{Database, signing_key};

/// When it began: within the calendar, and the example of the contract.
pub const BEGIN: &str = "2026-12-01T01:00:00Z";

static LOADED: OnceLock<(Database, Vec<Login>)> = OnceLock::new();

/// A copy of it, and its logins.
pub fn like() -> (Database, Vec<Login>) {
    let (database, logins) = LOADED.get_or_init(|| std::thread::spawn(loaded).join().expect("the demo is loaded"));
    (Database::like(database), logins.clone())
}

/// On a thread and a runtime of its own, so that its connection has ended when a copy is made.
fn loaded() -> (Database, Vec<Login>) {
    let database = Database::new();
    let begin: DateTime<Utc> = BEGIN.parse().expect("a moment");
    let mut kept = Vec::new();
    let keep = |logins: &[Login]| {
        kept = logins.to_vec();
        Ok(())
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(load::load(&database.owner_url, &signing_key(), Some(begin), keep)).expect("the demo loads");
    (database, kept)
}
