//! What the running service holds: the pool, the rules last read, the secret of its cursors. Nothing of any request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel_async::TransactionManager;
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::pooled_connection::deadpool::Object;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::base::db::{self, DbConn, DbPool, Manager, Trouble};
use crate::base::said::Said;
use crate::cluster::ClusterWatch;
use crate::evidence::sealer::Sealer;
use crate::metrics;
use crate::rules::RulesCache;
use crate::standby::Standby;
use crate::web::refusal::Refusal;

/// How much longer than the server a caller waits, so that the server's own word comes first.
const GRACE: Duration = Duration::from_secs(2);

const STOPPED_FOR_SPACE: Said = Said::fixed(
    "数据库的磁盘已满，数据库已停止，操作没有进行。请管理员腾出空间，数据库随后会自行恢复。",
    "The disk of the database is full and the database has stopped; nothing was done. It comes back by itself once the administrator has made room.",
);

const TOO_MANY_ACTS: &str = "as many acts are at work as may be, or wait for a standby";

/// The application state, shared by all workers.
pub struct App {
    /// Connections of the run-time role.
    pub db: DbPool,
    /// Leave to act, of which there is less than there are connections where there are several, so that acts that wait leave some
    /// for reading.
    pub acts: Arc<Semaphore>,
    /// Calendar and profiles.
    pub rules: RulesCache,
    /// Whether this registry is a demo, whose clock can be moved.
    pub is_demo: bool,
    /// Key of the cursors' tags, kept in the database so that every instance reads the other's cursors.
    pub cursor_secret: Vec<u8>,
    /// How long the database may work on one call.
    pub patience: Duration,
    /// The private cluster, where this program runs one.
    pub cluster: Option<ClusterWatch>,
    /// The standby for lists and texts, where there is one.
    pub standby: Option<Standby>,
    /// What gives entries their positions.
    pub sealer: Sealer,
    /// Whether the service has been told to stop.
    pub stopping: Stopping,
}

/// Whether the service has been told to stop. Once it has, that stays so.
#[derive(Debug, Default)]
pub struct Stopping(AtomicBool);

impl Stopping {
    /// Tells it.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it has been told.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl App {
    /// Works on a connection from the pool, for as long as the database is given for one call.
    ///
    /// A connection on which work was broken off, or that is left inside a transaction, does not go back to the pool: it is closed,
    /// and the server takes back what was not committed.
    ///
    /// # Errors
    /// What `work` refuses with; 503 when the database is away, all connections stay busy, or the time is over.
    pub async fn with_connection<T>(&self, work: impl AsyncFnOnce(&mut DbConn) -> Result<T, Refusal>) -> Result<T, Refusal> {
        self.with_connection_within(self.patience + GRACE, work).await
    }

    /// As [`App::with_connection`], within a time of its own.
    ///
    /// # Errors
    /// As [`App::with_connection`].
    pub async fn with_connection_within<T>(
        &self,
        patience: Duration,
        work: impl AsyncFnOnce(&mut DbConn) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let conn = self.connection().await?;
        work_within(conn, patience, work).await.unwrap_or_else(|| Err(self.no_answer(patience)))
    }

    /// Works on a connection as [`App::with_connection`], and commits where the work ends so.
    ///
    /// A commit that takes too long, such as one that waits for a synchronous standby, is left to itself with its connection and
    /// its leave to act: the server would not notice that nobody waits for it any more, and others would pile up behind it.
    ///
    /// # Errors
    /// As [`App::with_connection`]; 503 `outcome_unknown` where nobody knows what became of the commit.
    pub async fn with_commit<T>(&self, work: impl AsyncFnOnce(&mut DbConn) -> Result<Worked<T>, Refusal>) -> Result<T, Refusal> {
        let leave = self.leave_to_act().await?;
        let mut held = Held(Some(self.connection().await?));
        let Some(conn) = held.0.as_mut() else { return Err(Refusal::internal("a connection that was taken is gone")) };
        let until = tokio::time::Instant::now() + self.patience + GRACE;
        let done = match tokio::time::timeout_at(until, work(conn)).await {
            Err(_) => {
                drop(held);
                return Err(self.no_answer(self.patience + GRACE));
            }
            Ok(Ok(Worked::ToCommit(done))) => done,
            Ok(Ok(Worked::Over(done))) => {
                held.give_back();
                return Ok(done);
            }
            Ok(Err(refusal)) => {
                held.give_back();
                return Err(refusal);
            }
        };
        let committing = actix_web::rt::spawn(async move {
            let committed = match held.0.as_mut() {
                Some(conn) => Manager::commit_transaction(&mut **conn).await,
                None => Err(diesel::result::Error::BrokenTransactionManager),
            };
            held.give_back();
            drop(leave);
            committed
        });
        match tokio::time::timeout_at(until, committing).await {
            Ok(Ok(Ok(()))) => {
                self.sealer.wake();
                Ok(done)
            }
            Ok(Ok(Err(error))) => Err(lost_at_commit(error)),
            Ok(Err(stopped)) => Err(Refusal::outcome_unknown(stopped)),
            Err(_) => Err(Refusal::outcome_unknown(self.no_answer(self.patience + GRACE).to_string())),
        }
    }

    /// What is said when the time is over.
    fn no_answer(&self, patience: Duration) -> Refusal {
        // A connection that does not answer tells that the others, too, may lead nowhere.
        drop(self.db.retain(|_, _| false));
        metrics::database_refused("no_answer");
        Refusal::busy(format!("the database did not answer within {} s", patience.as_secs()))
    }

    async fn leave_to_act(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let waited = tokio::time::timeout(db::WAIT_FOR_CONNECTION, Arc::clone(&self.acts).acquire_owned()).await;
        waited.ok().and_then(Result::ok).ok_or_else(|| {
            metrics::database_refused("acts_exhausted");
            Refusal::busy(TOO_MANY_ACTS)
        })
    }

    /// Lets pass while there is room to write. A private server that cannot extend its log would stop, and reading with it.
    ///
    /// # Errors
    /// 503 `storage_full` when only the server's own reserve is left.
    pub fn require_room(&self) -> Result<(), Refusal> {
        if self.is_short_of_space() { Err(Refusal::storage_full("only the server's reserve is left on its disk")) } else { Ok(()) }
    }

    fn is_short_of_space(&self) -> bool {
        self.cluster.as_ref().is_some_and(|cluster| cluster.space().is_short())
    }

    async fn connection(&self) -> Result<DbConn, Refusal> {
        use deadpool::managed::{PoolError, TimeoutType};
        let began = Instant::now();
        let taken = self.db.get().await;
        metrics::database_waited(began.elapsed());
        taken.map_err(|error| {
            if matches!(error, PoolError::Timeout(TimeoutType::Wait)) {
                metrics::database_refused("pool_exhausted");
                Refusal::busy("every connection stayed busy")
            } else {
                metrics::database_refused("not_connected");
                // A private server that is down on a full disk is down for that reason.
                if self.is_short_of_space() { Refusal::storage_full(error).saying(STOPPED_FOR_SPACE) } else { Refusal::unavailable(error) }
            }
        })
    }
}

/// How many acts may be at work at once, of so many connections.
#[must_use]
pub fn acts_at_once(connections: usize) -> usize {
    connections.saturating_sub((connections / 4).max(1)).max(1)
}

/// How the work of an act ended.
#[derive(Debug)]
pub enum Worked<T> {
    /// What it did is to be committed.
    ToCommit(T),
    /// Its transaction is over.
    Over(T),
}

/// A connection that broke while it committed leaves open what became of it; whatever the server itself answers, it has rolled
/// back, such as for a deferred constraint that only the commit could check.
fn lost_at_commit(error: diesel::result::Error) -> Refusal {
    if db::trouble(&error) == Some(Trouble::Away) { Refusal::outcome_unknown(error) } else { Refusal::from(error) }
}

/// Works on a connection within a time; `None` when the time is over, and the connection is closed.
pub async fn work_within<T>(conn: DbConn, patience: Duration, work: impl AsyncFnOnce(&mut DbConn) -> T) -> Option<T> {
    let mut held = Held(Some(conn));
    let conn = held.0.as_mut()?;
    let done = tokio::time::timeout(patience, work(conn)).await.ok()?;
    held.give_back();
    Some(done)
}

/// A connection that is closed unless it is given back.
struct Held(Option<DbConn>);

impl Held {
    fn give_back(mut self) {
        if let Some(mut conn) = self.0.take()
            && conn.is_broken()
        {
            drop(Object::take(conn));
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(conn) = self.0.take() {
            drop(Object::take(conn));
        }
    }
}
