//! The connection pool and what its connections are held to, and what a database error means. No SQL of any feature.

use std::time::Duration;

use diesel::ConnectionError;
use diesel::result::{ConnectionResult, DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use tokio_postgres::NoTls;

/// The pool of connections of the run-time role.
pub type DbPool = Pool<AsyncPgConnection>;
/// What begins and ends their transactions.
pub type Manager = <AsyncPgConnection as AsyncConnection>::TransactionManager;
/// A connection taken from the pool.
pub type DbConn = Object<AsyncPgConnection>;

/// How long a caller may wait for a connection before it is told to come again.
pub const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(5);
/// How long a server may leave what was sent to it unacknowledged. A network that swallows everything is known by this alone.
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(15);
/// After how much silence the system asks whether the server is still there, and how often it asks again.
const KEEPALIVE: (Duration, Duration, u32) = (Duration::from_secs(15), Duration::from_secs(5), 3);

/// Builds a pool of at most `size` connections to `url`, whose statements may take as long as `patience`.
///
/// Connections are not tested at every checkout, which would cost a query each time. One that the server closed is known by its
/// socket and replaced; one behind a network that swallows everything is known by whoever waits for it in vain.
///
/// # Errors
/// When the pool's settings contradict each other.
pub fn pool(url: &str, size: usize, patience: Duration) -> Result<DbPool, Box<dyn std::error::Error + Send + Sync>> {
    pool_with(url, size, WAIT_FOR_CONNECTION, patience, String::new())
}

fn pool_with(
    url: &str,
    size: usize,
    wait: Duration,
    patience: Duration,
    setup: String,
) -> Result<DbPool, Box<dyn std::error::Error + Send + Sync>> {
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |url| {
        let (url, setup) = (url.to_owned(), setup.clone());
        async move {
            let mut conn = connect(&url, patience).await?;
            if !setup.is_empty() {
                conn.batch_execute(&setup).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
            }
            Ok(conn)
        }
        .boxed()
    });
    let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(url, config);
    Ok(Pool::builder(manager)
        .max_size(size)
        .wait_timeout(Some(wait))
        .create_timeout(Some(WAIT_FOR_CONNECTION))
        .runtime(deadpool::Runtime::Tokio1)
        .build()?)
}

/// Builds a pool of connections to a standby, which tries so long to give one and waits so long for each answer. They write nothing,
/// whatever they are asked, and a database in which a condition does not hold is not connected to.
///
/// # Errors
/// When the pool's settings contradict each other.
pub fn pool_of_standby(
    url: &str,
    size: usize,
    (wait, patience): (Duration, Duration),
    condition: &str,
) -> Result<DbPool, Box<dyn std::error::Error + Send + Sync>> {
    let setup = format!(
        "SET default_transaction_read_only = on;
        DO $$ BEGIN
            IF NOT ({condition}) THEN
                RAISE EXCEPTION 'replica_url names a server that is no standby of the one of database_url, or another database of it';
            END IF;
        END $$"
    );
    pool_with(url, size, wait, patience, setup)
}

/// Builds a pool of the one connection of a job, which the server knows by a name, and whose statements may take as long as
/// `patience`.
///
/// # Errors
/// When the pool's settings contradict each other.
pub fn pool_of_job(url: &str, name: &str, patience: Duration) -> Result<DbPool, Box<dyn std::error::Error + Send + Sync>> {
    pool_with(url, 1, WAIT_FOR_CONNECTION, patience, format!("SET application_name = '{name}'"))
}

/// Opens a connection for a call, whose statements may take as long as `patience`.
async fn connect(url: &str, patience: Duration) -> ConnectionResult<AsyncPgConnection> {
    let mut conn = open(url).await?;
    conn.batch_execute(&limits(patience)).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

/// Opens a connection that notices when its server is gone, and whose commits are durable.
///
/// # Errors
/// When no server of the address can be reached.
pub async fn open(url: &str) -> ConnectionResult<AsyncPgConnection> {
    let (client, connection) = config(url).map_err(refused)?.connect(NoTls).await.map_err(refused)?;
    let mut conn = AsyncPgConnection::try_from_client_and_connection(client, connection).await?;
    conn.batch_execute(DURABLE).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

/// How a server is reached. What the address itself says of timeouts stays.
///
/// # Errors
/// When it is no address.
pub fn config(url: &str) -> Result<tokio_postgres::Config, tokio_postgres::Error> {
    let mut config: tokio_postgres::Config = url.parse()?;
    if config.get_connect_timeout().is_none() {
        // Of several hosts each has its share, so that one that is gone leaves time for the next.
        let hosts = config.get_hosts().len().max(config.get_hostaddrs().len()).max(1);
        config.connect_timeout(WAIT_FOR_CONNECTION / u32::try_from(hosts).unwrap_or(u32::MAX));
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(UNACKNOWLEDGED_MAX);
    }
    if config.get_keepalives_interval().is_none() {
        let (idle, interval, retries) = KEEPALIVE;
        config.keepalives_idle(idle).keepalives_interval(interval).keepalives_retries(retries);
    }
    if config.get_application_name().is_none() {
        config.application_name("lawgate");
    }
    Ok(config)
}

/// Limits of a connection that whoever runs the server has not set already. A statement ends before its caller stops waiting, so
/// that the server itself says what happened; a transaction that nobody goes on with does not keep its locks.
fn limits(patience: Duration) -> String {
    let statement_ms = patience.as_millis();
    let idle_ms = (patience * 2).as_millis();
    format!(
        "SELECT set_config(name, wanted, false)
         FROM (VALUES ('statement_timeout', '{statement_ms}ms'), ('idle_in_transaction_session_timeout', '{idle_ms}ms')) AS limits (name, wanted)
         WHERE current_setting(name) = '0'"
    )
}

/// What is answered is durable, and on every server that the primary waits for; whatever else it is set to, now or later.
const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') <> 'remote_apply'";

/// The client's own sentence says only that it did not work; the reason is its cause.
fn refused(error: tokio_postgres::Error) -> ConnectionError {
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    ConnectionError::BadConnection(format!("{error}{cause}"))
}

/// The name of the constraint that refused a statement, if one did.
#[must_use]
pub fn refused_by(error: &DieselError) -> Option<&str> {
    if let DieselError::DatabaseError(_, information) = error { information.constraint_name() } else { None }
}

/// What keeps the database from working at all, as opposed to refusing a statement for what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It could not be reached, cut the connection or is starting: what was sent last may or may not have been done.
    Away,
    /// It has too much to do: a statement took too long, two of them waited for each other, or memory ran out.
    Busy,
    /// Its disk is full.
    Full,
}

/// The trouble behind an error, if it is none of the statement's own.
///
/// The driver passes on no SQLSTATE, so the server's own sentences tell, which a private cluster writes in English. A server that
/// speaks another language is recognised by the broken connection alone (see `docs/OPERATIONS.md` on `lc_messages`).
#[must_use]
pub fn trouble(error: &DieselError) -> Option<Trouble> {
    if let DieselError::DatabaseError(kind, information) = error {
        return if matches!(kind, DatabaseErrorKind::ClosedConnection) { Some(Trouble::Away) } else { said(information.as_ref()) };
    }
    if let DieselError::RollbackErrorOnCommit { commit_error, .. } = error {
        return trouble(commit_error);
    }
    matches!(error, DieselError::BrokenTransactionManager).then_some(Trouble::Away)
}

fn said(information: &dyn DatabaseErrorInformation) -> Option<Trouble> {
    let (message, hint) = (information.message(), information.hint().unwrap_or_default());
    let says = |signs: &[&str]| signs.iter().any(|sign| message.contains(sign));
    if says(&["No space left on device", "Disk quota exceeded"]) || hint.contains("Check free disk space") {
        Some(Trouble::Full)
    } else if says(&BUSY) {
        Some(Trouble::Busy)
    } else if says(&AWAY) {
        Some(Trouble::Away)
    } else {
        None
    }
}

const BUSY: [&str; 8] = [
    "canceling statement due to statement timeout",
    "canceling statement due to lock timeout",
    "canceling statement due to user request",
    "canceling statement due to conflict with recovery",
    "deadlock detected",
    "out of memory",
    "out of shared memory",
    "too many clients already",
];

/// The first of them are the driver's, the others the server's.
const AWAY: [&str; 12] = [
    "connection closed",
    "channel closed",
    "channel lagged",
    "error communicating with the server",
    "unexpected message from server",
    "connection error",
    "timeout waiting for server",
    "terminating connection",
    "terminating walreceiver",
    "the database system is",
    "server closed the connection",
    "connection to client lost",
];

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error};

    use super::{Trouble, limits, trouble};

    fn error(message: &str) -> Error {
        Error::DatabaseError(DatabaseErrorKind::UnableToSendCommand, Box::new(message.to_owned()))
    }

    #[test]
    fn trouble_is_told_from_a_statement_that_is_refused() {
        for (message, expected) in [
            ("terminating connection due to administrator command", Some(Trouble::Away)),
            ("the database system is starting up", Some(Trouble::Away)),
            ("channel closed", Some(Trouble::Away)),
            ("canceling statement due to statement timeout", Some(Trouble::Busy)),
            ("deadlock detected", Some(Trouble::Busy)),
            ("could not extend file \"base/1/2\": No space left on device", Some(Trouble::Full)),
            ("error serializing parameter 0", None),
            ("permission denied for table documents", None),
        ] {
            assert_eq!(trouble(&error(message)), expected, "{message}");
        }
        assert_eq!(trouble(&Error::BrokenTransactionManager), Some(Trouble::Away));
        assert_eq!(trouble(&Error::NotFound), None);
    }

    #[test]
    fn the_server_gives_up_no_later_than_the_caller() {
        let sql = limits(std::time::Duration::from_secs(3));
        assert!(sql.contains("'3000ms'") && sql.contains("'6000ms'"), "{sql}");
    }
}
