//! A streaming standby, on which lists and texts are read while it is no older than what was acknowledged.
//!
//! Every call asks the primary who makes it, and learns in the same statement how far the primary's log is durable. An act is
//! acknowledged only once its commit is in that part of the log. So a standby that has applied as much shows every act that was
//! acknowledged to anybody before the call came: the caller's own, through whichever instance, and everybody else's.
//! A standby that does not get there in a moment is passed over, and the primary is read.
//!
//! It writes nothing and decides nothing: acts, permits of acts and the gate are asked of the primary.

mod position;

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use actix_web::web::Data;
use position::{behind_by, durable, reach};

use crate::app::{App, work_within};
use crate::base::db::{self, DbConn, DbPool};
use crate::metrics::{self, StandbyRead};
use crate::web::refusal::Refusal;

pub use position::{DURABLE, Position, system_identifier};

/// How long the standby may work on one reading, and how long it may take to connect. The primary is asked after that, so that a
/// caller waits no longer than with a primary that is slow.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How the standby stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Standing {
    /// It has not been looked at yet.
    Unknown,
    /// It does not answer, failed at the last reading, or belongs to another database.
    Away,
    /// It is read.
    Current,
    /// It takes longer to catch up than a reading waits.
    Behind,
    /// It follows nobody any more: it has become a primary of its own.
    Promoted,
}

impl Standing {
    fn of(number: u8) -> Self {
        [Self::Away, Self::Current, Self::Behind, Self::Promoted]
            .into_iter()
            .find(|standing| *standing as u8 == number)
            .unwrap_or(Self::Unknown)
    }
}

/// The standby.
pub struct Standby {
    db: DbPool,
    standing: AtomicU8,
}

impl Standby {
    /// A standby at `url`, of the primary with this system identifier. It is not read before it has been looked at.
    ///
    /// # Errors
    /// When the pool's settings contradict each other.
    pub fn new(url: &str, connections: usize, primary: i64) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let db = db::pool_of_standby(url, connections, PATIENCE, primary)?;
        metrics::standby_exists();
        Ok(Self { db, standing: AtomicU8::new(Standing::Unknown as u8) })
    }

    /// How it stood when it was last looked at or read.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing::of(self.standing.load(Ordering::Relaxed))
    }

    /// Reads, where everything up to `position` is there or comes in a moment; `None` where the primary is to be read instead.
    pub async fn read<T>(
        &self,
        position: &Position,
        read: impl AsyncFnOnce(&mut DbConn) -> Result<T, Refusal>,
    ) -> Option<Result<T, Refusal>> {
        match self.standing() {
            Standing::Current => {}
            Standing::Behind => return passed_on(StandbyRead::Behind),
            Standing::Unknown | Standing::Away | Standing::Promoted => return passed_on(StandbyRead::Away),
        }
        let found = self
            .work(async |conn| {
                let standing = reach(conn, *position).await?;
                if standing == Standing::Current { read(conn).await.map(Ok) } else { Ok(Err(standing)) }
            })
            .await;
        match found {
            Ok(Ok(found)) => {
                metrics::standby_read(StandbyRead::Standby);
                Some(Ok(found))
            }
            Ok(Err(standing)) => {
                self.note(standing, "");
                passed_on(if standing == Standing::Behind { StandbyRead::Behind } else { StandbyRead::Away })
            }
            // Cut off, cancelled because of what the primary sent, out of space: the primary may well have an answer.
            Err(refusal) if refusal.kind.status >= 500 => {
                self.note(Standing::Away, &cause(&refusal));
                passed_on(StandbyRead::Away)
            }
            Err(refusal) => {
                metrics::standby_read(StandbyRead::Standby);
                Some(Err(refusal))
            }
        }
    }

    /// Looks whether it keeps up with the primary, which had made everything up to `position` durable.
    async fn look(&self, position: Position) {
        let looked = self
            .work(async |conn| {
                let standing = reach(conn, position).await?;
                Ok((standing, behind_by(conn, position).await?))
            })
            .await;
        match looked {
            Ok((standing, bytes)) => {
                metrics::standby_looked_at(standing == Standing::Current, Some(bytes));
                self.note(standing, "");
            }
            Err(refusal) => {
                metrics::standby_looked_at(false, None);
                self.note(Standing::Away, &cause(&refusal));
            }
        }
    }

    fn note(&self, now: Standing, why: &str) {
        let before = Standing::of(self.standing.swap(now as u8, Ordering::Relaxed));
        if before == now {
            return;
        }
        match now {
            Standing::Current => tracing::info!("lists and texts are read on the standby"),
            Standing::Behind => tracing::warn!("the standby is behind, the primary is read until it has caught up"),
            Standing::Unknown => {}
            Standing::Away => tracing::warn!("the standby cannot be read, the primary is read until it can: {why}"),
            Standing::Promoted => tracing::error!("the standby follows the primary no more and is not read: correct replica_url"),
        }
    }

    async fn work<T>(&self, work: impl AsyncFnOnce(&mut DbConn) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let conn = self.db.get().await.map_err(Refusal::unavailable)?;
        work_within(&self.db, conn, PATIENCE, work).await.unwrap_or_else(|| Err(Refusal::unavailable("the standby did not answer in time")))
    }
}

/// Looks at the standby every second, for as long as it is polled. Ends at once where there is none.
pub async fn keep_watch(app: Data<App>) {
    let Some(standby) = &app.standby else { return };
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // Without a primary nobody is let in, so the standby is not asked for either.
        if let Ok(Some(position)) = app.with_connection(async |conn| durable(conn).await).await {
            standby.look(position).await;
        }
    }
}

fn passed_on<T>(outcome: StandbyRead) -> Option<T> {
    metrics::standby_read(outcome);
    None
}

fn cause(refusal: &Refusal) -> String {
    refusal.cause.as_ref().map(ToString::to_string).unwrap_or_default()
}
