//! The connection pool, and the name of the constraint inside a database error. No SQL of any feature.

use diesel::result::{DatabaseErrorInformation, Error as DieselError};
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};

/// The pool of connections of the run-time role.
pub type DbPool = Pool<AsyncPgConnection>;
/// A connection taken from the pool.
pub type DbConn = Object<AsyncPgConnection>;

/// How long a caller may wait for a connection before it is told to come again.
const WAIT_FOR_CONNECTION: std::time::Duration = std::time::Duration::from_secs(5);

/// Builds a pool of at most `size` connections to `url`.
///
/// Connections are not tested at every checkout, which would cost a query each time; one that broke is noticed at its first
/// use and replaced.
///
/// # Errors
/// When the pool's settings contradict each other.
pub fn pool(url: &str, size: usize) -> Result<DbPool, Box<dyn std::error::Error + Send + Sync>> {
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(url, config);
    Ok(Pool::builder(manager)
        .max_size(size)
        .wait_timeout(Some(WAIT_FOR_CONNECTION))
        .create_timeout(Some(WAIT_FOR_CONNECTION))
        .runtime(deadpool::Runtime::Tokio1)
        .build()?)
}

/// The name of the constraint that refused a statement, if one did.
#[must_use]
pub fn refused_by(error: &DieselError) -> Option<&str> {
    if let DieselError::DatabaseError(_, information) = error { information.constraint_name() } else { None }
}

/// Whether the database could not be reached or cut the connection, as opposed to refusing a statement.
#[must_use]
pub fn is_away(error: &DieselError) -> bool {
    if let DieselError::DatabaseError(kind, information) = error {
        return matches!(kind, diesel::result::DatabaseErrorKind::ClosedConnection) || says_shutdown(information.as_ref());
    }
    matches!(error, DieselError::BrokenTransactionManager)
}

fn says_shutdown(information: &dyn DatabaseErrorInformation) -> bool {
    let message = information.message();
    ["connection closed", "terminating connection", "the database system is", "error communicating with the server", "connection error"]
        .iter()
        .any(|sign| message.contains(sign))
}
