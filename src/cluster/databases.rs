//! What the superuser does with whole databases: makes them from a template, and drops them.
//! Knows no table; roles and the service's own database are put in order by `bootstrap`.

use std::io;
use std::thread;
use std::time::Duration;

use thiserror::Error;
use tokio_postgres::{Client, NoTls};

use super::endpoint::{Endpoint, Role};

/// The longest identifier PostgreSQL keeps whole; it would cut a longer one silently.
const NAME_BYTES_MAX: usize = 63;
/// A socket on the same machine answers at once or never.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// The database that is always there.
pub(super) const MAINTENANCE: &str = "postgres";

/// Why a database could not be made, dropped or put in order.
#[derive(Debug, Error)]
pub enum DatabaseError {
    /// The name cannot be one.
    #[error("`{name}` cannot name a database: 1 to {NAME_BYTES_MAX} bytes without a zero byte")]
    BadName {
        /// What was given.
        name: String,
    },
    /// The superuser's connection could not be opened.
    #[error("the private cluster does not accept the superuser's connection")]
    Connect(#[source] tokio_postgres::Error),
    /// A statement failed.
    #[error("the private cluster could not {doing}")]
    Refused {
        /// What was being done.
        doing: &'static str,
        /// The server's answer.
        #[source]
        source: tokio_postgres::Error,
    },
    /// The system gave no thread or no event loop.
    #[error("no thread to talk to the private cluster could be started")]
    Thread(#[source] io::Error),
}

impl DatabaseError {
    pub(super) fn in_chinese(&self) -> String {
        match self {
            Self::BadName { name } => {
                format!("`{name}` 不能作为数据库名：须为 1 至 {NAME_BYTES_MAX} 字节且不含零字节")
            }
            Self::Connect(_) => "内置数据库不接受管理连接".to_owned(),
            Self::Refused { doing, .. } => format!("内置数据库未能完成操作：{doing}"),
            Self::Thread(_) => "无法启动与内置数据库通信的线程".to_owned(),
        }
    }

    /// Names what was being done; meant for `map_err`.
    pub(super) fn while_doing(doing: &'static str) -> impl FnOnce(tokio_postgres::Error) -> Self {
        move |source| Self::Refused { doing, source }
    }
}

impl Endpoint {
    /// Makes the database `name`, owned by [`Role::Owner`], as a copy of `template`; for tests, which want many.
    /// Nobody may be connected to the template meanwhile.
    ///
    /// Blocks, also inside an async runtime; the work is done by a thread of its own.
    ///
    /// # Errors
    /// [`DatabaseError`]; with `Refused`, the server's own answer is the source.
    pub fn create_database_from_template(&self, name: &str, template: &str) -> Result<(), DatabaseError> {
        // Copying files beats logging every page for a small template; version 14 knows no other way and no word for it.
        let strategy = if self.major() >= 15 { " STRATEGY file_copy" } else { "" };
        let create =
            format!("CREATE DATABASE {} OWNER {} TEMPLATE {}{strategy}", quote_name(name)?, Role::Owner.name(), quote_name(template)?,);
        let close = close_to_public(name)?;
        as_superuser(self, MAINTENANCE, async move |client| {
            client.batch_execute(&create).await.map_err(DatabaseError::while_doing("create a database from a template"))?;
            client.batch_execute(&close).await.map_err(DatabaseError::while_doing("close a database to the public"))
        })
    }

    /// Drops the database `name` with everything in it, ending the connections to it; for tests.
    /// A database that is not there is no error.
    ///
    /// Blocks like [`Endpoint::create_database_from_template`].
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn drop_database(&self, name: &str) -> Result<(), DatabaseError> {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quote_name(name)?);
        as_superuser(self, MAINTENANCE, async move |client| {
            client.batch_execute(&statement).await.map_err(DatabaseError::while_doing("drop a database"))
        })
    }
}

/// Does `work` on a superuser's connection, in a thread with an event loop of its own, so that callers inside an
/// async runtime may use it too.
pub(super) fn as_superuser<T: Send>(
    endpoint: &Endpoint,
    database: &str,
    work: impl AsyncFnOnce(Client) -> Result<T, DatabaseError> + Send,
) -> Result<T, DatabaseError> {
    let mut config = tokio_postgres::Config::new();
    config
        .host_path(endpoint.socket_dir())
        .port(super::socket::PORT)
        .user(Role::Superuser.name())
        .dbname(database)
        .application_name("lawgate cluster")
        .connect_timeout(CONNECT_MAX);
    let talk = move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(DatabaseError::Thread)?.block_on(async {
            let (client, connection) = config.connect(NoTls).await.map_err(DatabaseError::Connect)?;
            // The connection's own error reaches the client as the error of its statement.
            let driver = tokio::spawn(connection);
            let outcome = work(client).await;
            // Waited for, so that the connection is closed when this returns: a template must be free of them.
            let _ = driver.await;
            outcome
        })
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("postgres-superuser".into()).spawn_scoped(scope, talk).map_err(DatabaseError::Thread)?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Lets only the owner and the service connect, and nobody make temporary tables.
pub(super) fn close_to_public(database: &str) -> Result<String, DatabaseError> {
    let name = quote_name(database)?;
    Ok(format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO {}", Role::App.name()))
}

/// A name as an SQL identifier.
pub(super) fn quote_name(name: &str) -> Result<String, DatabaseError> {
    if name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains('\0') {
        return Err(DatabaseError::BadName { name: name.to_owned() });
    }
    Ok(format!("\"{}\"", name.replace('"', "\"\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_its_own_quotes() {
        let quoted = quote_name("a\"; DROP ROLE lawgate_owner; --").expect("a name");
        assert_eq!(quoted, "\"a\"\"; DROP ROLE lawgate_owner; --\"");
    }

    #[test]
    fn names_postgresql_would_cut_or_refuse_are_refused() {
        for name in ["", "a\0b", &"x".repeat(64), &"镇".repeat(22)] {
            assert!(quote_name(name).is_err(), "{name}");
        }
        assert!(quote_name(&"x".repeat(63)).is_ok());
    }
}
