//! What the service does by itself from time to time: removing keys of repeats that have outlived their day.
//! It knows no document. Several instances may do it at once: each takes rows that no other has taken.

use std::time::{Duration, Instant};

use actix_web::web::Data;

use crate::app::App;
use crate::metrics;
use crate::web::idempotency;
use crate::web::refusal::Refusal;

/// How often it is done.
const EVERY: Duration = Duration::from_secs(600);
/// How many rows one transaction removes, so that no lock is held for long.
const BATCH: usize = 1000;
/// How many batches one run does; what is left waits for the next, so that calls come before upkeep.
const BATCHES_MAX: usize = 100;
/// The job's name in the figures and the log.
const EXPIRED_KEYS: &str = "expired_idempotency_keys";

/// Does it at once and then every ten minutes, for as long as it is polled.
pub async fn run(app: Data<App>) {
    metrics::job_exists(EXPIRED_KEYS);
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let began = Instant::now();
        let done = remove_expired_keys(&app).await;
        match &done {
            Ok(0) => tracing::debug!(job = EXPIRED_KEYS, "nothing to remove"),
            Ok(removed) => tracing::info!(job = EXPIRED_KEYS, removed, "removed what has expired"),
            Err(refusal) => {
                let cause = refusal.cause.as_ref().map(ToString::to_string).unwrap_or_default();
                tracing::warn!(job = EXPIRED_KEYS, code = refusal.kind.code, "could not be done, it is tried again: {cause}");
            }
        }
        metrics::job_ran(EXPIRED_KEYS, began.elapsed(), done.ok());
    }
}

/// Removes keys of repeats that are no longer given again; how many.
///
/// # Errors
/// When the database is away or refuses; what was removed before stays removed.
pub async fn remove_expired_keys(app: &App) -> Result<u64, Refusal> {
    let mut removed = 0;
    for _ in 0..BATCHES_MAX {
        let batch = app.with_connection(async |conn| idempotency::remove_expired(conn, BATCH).await).await?;
        removed += u64::try_from(batch).unwrap_or(u64::MAX);
        if batch < BATCH {
            break;
        }
    }
    Ok(removed)
}
