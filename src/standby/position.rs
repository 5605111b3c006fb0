//! SQL on positions in the log: how far the primary is, how far the standby.

use std::time::{Duration, Instant};

use diesel::dsl::{case_when, not};
use diesel::pg::data_types::PgLsn;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, PgLsn as Lsn};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Standing;
use crate::web::refusal::Refusal;

diesel::define_sql_function! {
    /// Whether the server only follows another.
    fn pg_is_in_recovery() -> Bool;
}

diesel::define_sql_function! {
    /// How far the server's log is durable; refused by one that only follows another.
    fn pg_current_wal_flush_lsn() -> Lsn;
}

diesel::define_sql_function! {
    /// The file of the log in which a position lies; its name begins with the timeline in hexadecimal digits.
    fn pg_walfile_name(position: Lsn) -> Text;
}

/// How far the server's log is durable; null on one that only follows another.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn durable_position() -> _ {
    case_when(not(pg_is_in_recovery()), pg_current_wal_flush_lsn())
}

/// The file of the log that the server writes; null on one that only follows another.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn timeline() -> _ {
    case_when(not(pg_is_in_recovery()), pg_walfile_name(pg_current_wal_flush_lsn()))
}

/// How long a reading waits for the standby to catch up. Between machines of one place that takes a few milliseconds.
const CATCH_UP_MAX: Duration = Duration::from_millis(100);

/// A position in the log of the primary, and the line of it: each promotion of a standby begins another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    lsn: PgLsn,
    timeline: i32,
}

impl Position {
    /// As the primary said it; `None` where it is none.
    #[must_use]
    pub fn new(lsn: Option<PgLsn>, file: Option<&str>) -> Option<Self> {
        let timeline = i32::from_str_radix(file?.get(..8)?, 16).ok()?;
        Some(Self { lsn: lsn?, timeline })
    }
}

/// What a server, its standbys and no other server have in common, with the database in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    system: i64,
    database: i64,
}

impl Identity {
    /// The condition that holds on a connection to the same database of the primary or of a standby.
    pub(super) fn condition(self) -> String {
        let Self { system, database } = self;
        format!(
            "(SELECT system_identifier FROM pg_control_system()) = {system}
            AND (SELECT oid::bigint FROM pg_database WHERE datname = current_database()) = {database}"
        )
    }
}

/// Which server and database this is.
///
/// # Errors
/// When it cannot be asked.
pub async fn identity(conn: &mut AsyncPgConnection) -> QueryResult<Identity> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        system: i64,
        #[diesel(sql_type = BigInt)]
        database: i64,
    }
    let Row { system, database } = diesel::sql_query(
        "SELECT system_identifier AS system, (SELECT oid::bigint FROM pg_database WHERE datname = current_database()) AS database
        FROM pg_control_system()",
    )
    .get_result(conn)
    .await?;
    Ok(Identity { system, database })
}

/// How far the server's log is durable; `None` on one that only follows another.
pub(super) async fn durable(conn: &mut AsyncPgConnection) -> Result<Option<Position>, Refusal> {
    let (lsn, file): (Option<PgLsn>, Option<String>) = diesel::select((durable_position(), timeline())).get_result(conn).await?;
    Ok(Position::new(lsn, file.as_deref()))
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Bool)]
    follows: bool,
    #[diesel(sql_type = Bool)]
    reached: bool,
}

/// Whether the server follows another, and has applied everything up to a position on that line of the log. A server that was
/// ahead of the standby promoted in its stead has applied more, and yet not that; its own line tells.
const REACHED: &str = "SELECT pg_is_in_recovery() AS follows, coalesce(pg_last_wal_replay_lsn() >= $1, false)
    AND (SELECT min_recovery_end_timeline = $2 FROM pg_control_recovery()) AS reached";

/// Waits until everything up to `position` is applied. No server before version 18 tells when that is so; it has to be asked.
pub(super) async fn reach(conn: &mut AsyncPgConnection, position: Position) -> Result<Standing, Refusal> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        let applied: Applied =
            diesel::sql_query(REACHED).bind::<Lsn, _>(position.lsn).bind::<Integer, _>(position.timeline).get_result(conn).await?;
        if !applied.follows {
            return Ok(Standing::Promoted);
        }
        if applied.reached {
            return Ok(Standing::Current);
        }
        if began.elapsed() + pause > CATCH_UP_MAX {
            return Ok(Standing::Behind);
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

/// How many bytes of the log it has still to apply up to `position`.
pub(super) async fn behind_by(conn: &mut AsyncPgConnection, position: Position) -> Result<i64, Refusal> {
    #[derive(QueryableByName)]
    struct Bytes {
        #[diesel(sql_type = BigInt)]
        bytes: i64,
    }
    let found: Bytes = diesel::sql_query("SELECT greatest(coalesce(pg_wal_lsn_diff($1, pg_last_wal_replay_lsn()), 0), 0)::bigint AS bytes")
        .bind::<Lsn, _>(position.lsn)
        .get_result(conn)
        .await?;
    Ok(found.bytes)
}
