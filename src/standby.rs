//! A streaming standby, on which lists and texts are read while it is no older than what was acknowledged.
//!
//! Every call asks the primary who makes it, and learns in the same statement how far the primary's log is durable. An act is
//! acknowledged only once its commit is in that part of the log. So a standby that has applied as much shows every act that was
//! acknowledged to anybody before the call came: the caller's own, through whichever instance, and everybody else's.
//! A standby that does not get there in a moment is passed over, and the primary is read.
//!
//! It writes nothing and decides nothing: acts, permits of acts and the gate are asked of the primary.

mod position;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web::Data;
use deadpool::managed::{PoolError, TimeoutType};
use diesel_async::pooled_connection::PoolableConnection;
use position::{behind_by, durable, reach};
use tokio::time::{Instant, timeout_at};

use crate::app::{App, work_within};
use crate::base::db::{self, DbConn, DbPool};
use crate::metrics::{self, StandbyRead};
use crate::web::refusal::Refusal;

pub use position::{Identity, Position, durable_position, identity, timeline};

/// How long the standby may take for one reading, connecting included. The primary is asked after that.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long it may take for one statement: shorter, so that it says itself that this one takes long, and is not taken for silent.
const STATEMENT_MAX: Duration = Duration::from_secs(4);
/// How long a reading waits for a connection while all are at work; the primary may have one.
const WAIT_FOR_CONNECTION: Duration = Duration::from_millis(250);
/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How many good looks in a row it may take at most until the standby is read again after readings that failed.
const LOOKS_MAX: u32 = 64;

/// How the standby stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has not been looked at yet.
    Unknown,
    /// It does not answer, failed at the last reading, or belongs to another database.
    Away,
    /// It is read.
    Current,
    /// It takes longer to catch up than a reading waits, or follows another line of the primary's log.
    Behind,
    /// It follows nobody any more: it has become a primary of its own.
    Promoted,
}

/// The standby.
pub struct Standby {
    db: DbPool,
    trust: Mutex<Trust>,
}

/// How it stands, and how many good looks in a row it takes until it is read.
struct Trust {
    standing: Standing,
    looks_wanted: u32,
    good_looks: u32,
}

impl Standby {
    /// A standby at `url`, of this primary. It is not read before it has been looked at.
    ///
    /// # Errors
    /// When the pool's settings contradict each other.
    pub fn new(url: &str, connections: usize, primary: Identity) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let db = db::pool_of_standby(url, connections, (WAIT_FOR_CONNECTION, STATEMENT_MAX), &primary.condition())?;
        metrics::standby_exists();
        Ok(Self { db, trust: Mutex::new(Trust { standing: Standing::Unknown, looks_wanted: 1, good_looks: 0 }) })
    }

    /// How it stood when it was last looked at or read.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.trust().standing
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
            // Too much for it, cancelled because of what the primary sent, out of space: the primary may well have an answer, and
            // the next reading may find one here.
            Err(Unread::Refused(refusal)) if refusal.kind.status >= 500 => {
                tracing::info!("a reading is passed on to the primary: {}", cause(&refusal));
                passed_on(StandbyRead::Busy)
            }
            Err(Unread::Refused(refusal)) => {
                metrics::standby_read(StandbyRead::Standby);
                Some(Err(refusal))
            }
            Err(Unread::AllAtWork) => passed_on(StandbyRead::Busy),
            Err(Unread::Away(why)) => {
                self.failed(&why);
                passed_on(StandbyRead::Away)
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
                metrics::standby_looked_at(bytes);
                if standing == Standing::Current { self.looks_good() } else { self.note(standing, "") }
            }
            // Every connection is at work on a reading, which tells as much as a look.
            Err(Unread::AllAtWork) => {}
            Err(Unread::Refused(refusal)) => self.note(Standing::Away, &cause(&refusal)),
            Err(Unread::Away(why)) => self.note(Standing::Away, &why),
        }
    }

    /// A look was good. It is read again once as many were as are wanted; after a minute of them one is enough again.
    fn looks_good(&self) {
        let is_trusted = {
            let mut trust = self.trust();
            trust.good_looks = trust.good_looks.saturating_add(1);
            if trust.good_looks > LOOKS_MAX {
                trust.looks_wanted = 1;
            }
            trust.good_looks >= trust.looks_wanted
        };
        if is_trusted {
            self.note(Standing::Current, "");
        }
    }

    /// A reading failed. Where that happens again and again although it looks good, it is read ever more seldom.
    fn failed(&self, why: &str) {
        {
            let mut trust = self.trust();
            if trust.standing == Standing::Current {
                trust.looks_wanted = (trust.looks_wanted * 2).min(LOOKS_MAX);
            }
        }
        self.note(Standing::Away, why);
    }

    fn note(&self, now: Standing, why: &str) {
        let before = {
            let mut trust = self.trust();
            if now != Standing::Current {
                trust.good_looks = 0;
            }
            std::mem::replace(&mut trust.standing, now)
        };
        metrics::standby_is_read(now == Standing::Current);
        if now == Standing::Promoted {
            // Its address may lead elsewhere by now.
            drop(self.db.retain(|_, _| false));
        }
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

    fn trust(&self) -> MutexGuard<'_, Trust> {
        self.trust.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on a connection to it.
    async fn work<T>(&self, work: impl AsyncFnOnce(&mut DbConn) -> Result<T, Refusal>) -> Result<T, Unread> {
        let until = Instant::now() + PATIENCE;
        let conn = match timeout_at(until, self.db.get()).await {
            Ok(Ok(conn)) => conn,
            Ok(Err(PoolError::Timeout(TimeoutType::Wait))) => return Err(Unread::AllAtWork),
            Ok(Err(error)) => return Err(Unread::Away(error.to_string())),
            Err(_) => return Err(self.silent()),
        };
        let worked = work_within(conn, until.saturating_duration_since(Instant::now()), async |conn| {
            let done = work(conn).await;
            done.map_err(|refusal| if conn.is_broken() { Unread::Away(cause(&refusal)) } else { Unread::Refused(refusal) })
        });
        worked.await.unwrap_or_else(|| Err(self.silent()))
    }

    /// One connection that does not answer tells that the others, too, may lead nowhere.
    fn silent(&self) -> Unread {
        drop(self.db.retain(|_, _| false));
        Unread::Away("the standby did not answer in time".to_owned())
    }
}

/// Why nothing was read.
enum Unread {
    /// All connections are at work on other readings.
    AllAtWork,
    /// It could not be reached, went away or said nothing, and why.
    Away(String),
    /// It answers, but not to this.
    Refused(Refusal),
}

/// Looks at the standby every second, for as long as it is polled. Ends at once where there is none.
pub async fn keep_watch(app: Data<App>) {
    let Some(standby) = &app.standby else { return };
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut known = None;
    loop {
        ticks.tick().await;
        // A primary that is too busy to answer is no reason to leave a standby unread: each reading knows its own position.
        if let Ok(Some(position)) = app.with_connection(async |conn| durable(conn).await).await {
            known = Some(position);
        }
        if let Some(position) = known {
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
