//! SQL on positions in the log: how far the primary is, how far the standby.

use std::time::{Duration, Instant};

use diesel::pg::data_types::PgLsn;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, PgLsn as Lsn};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Standing;
use crate::web::refusal::Refusal;

/// How far the server's log is durable; null on a server that only follows another.
pub const DURABLE: &str = "CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_current_wal_flush_lsn() END";

/// How long a reading waits for the standby to catch up. Between machines of one place that takes a few milliseconds.
const CATCH_UP_MAX: Duration = Duration::from_millis(100);

/// A position in the log of the primary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position(pub PgLsn);

/// The number that a server and its standbys share, and no other server has.
///
/// # Errors
/// When it cannot be asked.
pub async fn system_identifier(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    diesel::select(diesel::dsl::sql::<BigInt>("(SELECT system_identifier FROM pg_control_system())")).get_result(conn).await
}

/// How far the server's log is durable; `None` on one that only follows another.
pub(super) async fn durable(conn: &mut AsyncPgConnection) -> Result<Option<Position>, Refusal> {
    let position: Option<PgLsn> = diesel::select(diesel::dsl::sql::<Nullable<Lsn>>(DURABLE)).get_result(conn).await?;
    Ok(position.map(Position))
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Bool)]
    follows: bool,
    #[diesel(sql_type = Bool)]
    reached: bool,
}

/// Waits until everything up to `position` is applied. No server before version 18 tells when that is so; it has to be asked.
pub(super) async fn reach(conn: &mut AsyncPgConnection, position: Position) -> Result<Standing, Refusal> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        let applied: Applied =
            diesel::sql_query("SELECT pg_is_in_recovery() AS follows, coalesce(pg_last_wal_replay_lsn() >= $1, false) AS reached")
                .bind::<Lsn, _>(position.0)
                .get_result(conn)
                .await?;
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
        .bind::<Lsn, _>(position.0)
        .get_result(conn)
        .await?;
    Ok(found.bytes)
}
