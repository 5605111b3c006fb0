//! Serves a registry.

use super::database::{Database, on_runtime};
use super::{Failure, running};
use crate::settings::Settings;
use crate::setup;

/// Migrates and serves until stopped.
///
/// # Errors
/// A sentence that says what to do next.
pub fn serve(settings: &Settings) -> Result<(), Failure> {
    running::start_log(settings)?;
    let listener = running::bind(settings.listen)?;
    let database = Database::hold(settings, "serve")?;
    database.prepare(settings)?;
    if on_runtime(setup::is_demo(&database.app_url))?.map_err(|error| Failure::because("the database does not answer", &*error))? {
        return Err(Failure::failed(
            "this database holds a demo, whose clock can be moved: use `lawgate demo`, or another --data-dir for a registry that counts",
        ));
    }
    running::serve_until_stopped(settings, &database.app_url, listener, |address| {
        println!("lawgate listens on http://{address} (API: /api/v1, reference: /api/docs)");
    })
}
