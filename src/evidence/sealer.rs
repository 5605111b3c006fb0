//! The task that seals: at once after an act of this instance, and several times a second for those of others.

use std::time::{Duration, Instant};

use actix_web::web::Data;
use diesel_async::TransactionManager;
use ed25519_dalek::SigningKey;
use tokio::sync::{Notify, watch};

use super::seal::{self, Sealed};
use super::{store, waiting};
use crate::app::{App, work_within};
use crate::base::clock;
use crate::base::db::{self, DbConn, DbPool, Manager};
use crate::metrics;
use crate::web::refusal::Refusal;

/// The job's name in the figures and the log.
const SEALING: &str = "sealing";
/// How long what another instance or a command has written waits at most. An entry is to have its position within a second.
const EVERY: Duration = Duration::from_millis(250);
/// How long acts are gathered, so that under load one sealing serves many.
const GATHER: Duration = Duration::from_millis(20);
/// How long one sealing may take; what a migration attests can be large.
const PATIENCE: Duration = Duration::from_secs(3600);
/// How long is waited after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// What the sealing task and the acts share.
pub struct Sealer {
    /// The key that signs heads.
    pub key: SigningKey,
    /// Its own connection, so that neither waits for the calls nor they for it.
    db: DbPool,
    wake: Notify,
    size: watch::Sender<u64>,
}

impl Sealer {
    /// A sealer that signs with this key, on a connection as the run-time role.
    ///
    /// # Errors
    /// When the pool's settings contradict each other.
    pub fn new(app_url: &str, key: SigningKey) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self { key, db: db::pool_of_job(app_url, "lawgate sealing", PATIENCE)?, wake: Notify::new(), size: watch::Sender::new(0) })
    }

    /// How many entries have positions, and word whenever there are more.
    pub fn sizes(&self) -> watch::Receiver<u64> {
        self.size.subscribe()
    }

    /// Tells it that an act was committed.
    pub fn wake(&self) {
        self.wake.notify_one();
    }
}

/// Seals for as long as it is polled.
pub async fn run(app: Data<App>) {
    metrics::job_exists(SEALING);
    loop {
        let began = Instant::now();
        let sealed = seal_waiting(&app).await;
        metrics::job_ran(SEALING, began.elapsed(), sealed.as_ref().ok().map(|_| 0));
        match sealed {
            Ok(sealed) => tracing::trace!(job = SEALING, sealed),
            Err(refusal) => {
                let cause = refusal.cause.as_ref().map(ToString::to_string).unwrap_or_default();
                tracing::warn!(job = SEALING, code = refusal.kind.code, "entries have no position yet, it is tried again: {cause}");
                tokio::time::sleep(PAUSE).await;
            }
        }
        if tokio::time::timeout(EVERY, app.sealer.wake.notified()).await.is_ok() {
            tokio::time::sleep(GATHER).await;
        }
    }
}

/// Seals whatever is committed, unless another instance is at it, and tells whoever waits for entries; how many it sealed.
///
/// # Errors
/// When the database is away or refuses; what was sealed before stays sealed.
pub async fn seal_waiting(app: &App) -> Result<u64, Refusal> {
    let sealer = &app.sealer;
    let conn = sealer.db.get().await.map_err(Refusal::unavailable)?;
    let worked = work_within(conn, PATIENCE, async |conn| {
        let mut entries = 0;
        // Where nothing waits nothing is begun.
        while waiting::is_any(conn).await? {
            let sealed = seal_some(conn, &sealer.key).await?.unwrap_or_default();
            entries += sealed.entries;
            for act in sealed.doubtful {
                tracing::error!(
                    job = SEALING,
                    act,
                    "an act in the database was not written by lawgate and gets no position: run `lawgate audit verify`"
                );
            }
            if !sealed.is_more {
                break;
            }
        }
        Ok((entries, store::size(conn).await?))
    });
    let (entries, size) = worked.await.unwrap_or_else(|| Err(Refusal::busy("a sealing took too long")))?;
    sealer.size.send_if_modified(|known| std::mem::replace(known, size) != size);
    Ok(entries)
}

async fn seal_some(conn: &mut DbConn, key: &SigningKey) -> Result<Option<Sealed>, Refusal> {
    Manager::begin_transaction(&mut **conn).await?;
    match seal::seal(conn, key, clock::machine_now()).await {
        Ok(sealed) => {
            Manager::commit_transaction(&mut **conn).await?;
            Ok(sealed)
        }
        Err(error) => {
            // A connection that cannot even roll back is broken, and is not given back.
            let rolled_back = Manager::rollback_transaction(&mut **conn).await;
            Err(rolled_back.map_or_else(Refusal::from, |()| Refusal::from(error)))
        }
    }
}
