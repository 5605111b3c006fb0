//! What the running service holds: the pool, the rules last read, the secret of its cursors. Nothing of any request.

use crate::base::db::{DbConn, DbPool};
use crate::rules::RulesCache;
use crate::web::refusal::Refusal;

/// The application state, shared by all workers.
pub struct App {
    /// Connections of the run-time role.
    pub db: DbPool,
    /// Calendar and profiles.
    pub rules: RulesCache,
    /// Whether this registry is a demo, whose clock can be moved.
    pub is_demo: bool,
    /// Key of the cursors' tags, kept in the database so that every instance reads the other's cursors.
    pub cursor_secret: Vec<u8>,
}

impl App {
    /// A connection from the pool.
    ///
    /// # Errors
    /// 503 when the database is away or all connections stay busy.
    pub async fn connection(&self) -> Result<DbConn, Refusal> {
        self.db.get().await.map_err(Refusal::unavailable)
    }
}
