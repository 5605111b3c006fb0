//! `Idempotency-Key`: the first success of a key is kept with the act that made it, in one transaction, and given again.
//! Refusals are not kept. Keys belong to a token; they live 24 hours and are at most 255 characters long.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use chrono::Duration;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sha2::{Digest, Sha256};

use super::call::RequestFacts;
use super::kind;
use super::refusal::Refusal;
use super::reply::Reply;
use crate::base::clock;
use crate::base::ids::TokenId;
use crate::base::said::Said;
use crate::identity::actor::Actor;
use crate::schema::idempotency_keys;

/// How long a success is given again.
const KEPT_HOURS: i64 = 24;
/// The longest key.
const KEY_LENGTH_MAX: usize = 255;

/// A key with what it stands for.
#[derive(Debug)]
pub struct Key {
    token: TokenId,
    key: String,
    fingerprint: String,
}

/// A success that was kept.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys, check_for_backend(diesel::pg::Pg))]
pub struct Kept {
    fingerprint: String,
    status: i32,
    location: Option<String>,
    body: Option<String>,
}

/// The key of a request, if it has one.
///
/// # Errors
/// 400 for an empty, over-long or unprintable key.
pub fn key(request: &RequestFacts, actor: &Actor, body: &[u8]) -> Result<Option<Key>, Refusal> {
    let Some(key) = request.idempotency_key() else { return Ok(None) };
    if key.is_empty() || key.len() > KEY_LENGTH_MAX || !key.chars().all(|letter| letter.is_ascii_graphic() || letter == ' ') {
        return Err(Refusal::new(
            kind::BAD_HEADER,
            Said::fixed("Idempotency-Key 应为 1 至 255 个可见字符。", "Idempotency-Key must be 1 to 255 visible characters."),
        ));
    }
    let mut digest = Sha256::new();
    for piece in [request.method.as_bytes(), request.path.as_bytes(), body] {
        digest.update((piece.len() as u64).to_be_bytes());
        digest.update(piece);
    }
    Ok(Some(Key { token: actor.token_id, key: key.to_owned(), fingerprint: hex::encode(digest.finalize()) }))
}

/// The kept success of a key, or `None` where this is the first request. From here to the end of the transaction no other
/// request with this key goes on.
///
/// # Errors
/// 409 while the first is still running, 422 when the key stood for something else.
pub async fn recall(conn: &mut AsyncPgConnection, key: &Key) -> Result<Option<Kept>, Refusal> {
    let lock = format!("{}:{}", key.token, key.key);
    let free: bool = diesel::select(
        diesel::dsl::sql::<diesel::sql_types::Bool>("pg_try_advisory_xact_lock(hashtextextended(")
            .bind::<diesel::sql_types::Text, _>(lock)
            .sql(", 17))"),
    )
    .get_result(conn)
    .await?;
    if !free {
        return Err(Refusal::new(
            kind::IDEMPOTENCY_KEY_IN_FLIGHT,
            Said::fixed(
                "同一幂等键的前一个请求尚未完成，请稍后再试。",
                "The first request with this key is still running; try again shortly.",
            ),
        ));
    }
    let oldest = clock::machine_now() - Duration::hours(KEPT_HOURS);
    diesel::delete(
        idempotency_keys::table.filter(idempotency_keys::token_id.eq(key.token)).filter(idempotency_keys::created_at.lt(oldest)),
    )
    .execute(conn)
    .await?;
    let kept: Option<Kept> = idempotency_keys::table.find((key.token, &key.key)).select(Kept::as_select()).first(conn).await.optional()?;
    match kept {
        Some(kept) if kept.fingerprint != key.fingerprint => Err(Refusal::new(
            kind::IDEMPOTENCY_KEY_REUSED,
            Said::fixed("这个幂等键已用于另一项请求，请换一个。", "This key was used for another request; take a new one."),
        )),
        other => Ok(other),
    }
}

/// Makes the commit of a repeat wait for all that the first commit would wait for. A first commit that was cut off while it waited
/// for a synchronous standby is there, and on this server alone; one that has nothing to write would not wait for anybody.
///
/// # Errors
/// When the database refuses.
pub async fn stand_by(conn: &mut AsyncPgConnection) -> Result<(), Refusal> {
    diesel::sql_query("SELECT pg_logical_emit_message(true, 'lawgate', 'repeated')").execute(conn).await?;
    Ok(())
}

/// Keeps a success, in the transaction of its act.
///
/// # Errors
/// When the database refuses.
pub async fn keep(conn: &mut AsyncPgConnection, key: &Key, reply: &Reply) -> Result<(), Refusal> {
    let (status, location, body) = match reply {
        Reply::Json { status, location, body, .. } => (i32::from(status.as_u16()), location.as_deref(), Some(body.as_str())),
        Reply::Nothing => (204, None, None),
        Reply::Bytes { .. } => return Ok(()),
    };
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::token_id.eq(key.token),
            idempotency_keys::key.eq(&key.key),
            idempotency_keys::fingerprint.eq(&key.fingerprint),
            idempotency_keys::status.eq(status),
            idempotency_keys::location.eq(location),
            idempotency_keys::body.eq(body),
            idempotency_keys::created_at.eq(clock::machine_now()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes up to `batch` keys that are no longer given again, whoever sent them; how many. Leaves alone what others are removing.
///
/// # Errors
/// When the database refuses.
pub async fn remove_expired(conn: &mut AsyncPgConnection, batch: usize) -> Result<usize, Refusal> {
    let oldest = clock::machine_now() - Duration::hours(KEPT_HOURS);
    let removed = diesel::sql_query(
        "DELETE FROM idempotency_keys WHERE (token_id, key) IN (
            SELECT token_id, key FROM idempotency_keys WHERE created_at < $1
            ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
    )
    .bind::<diesel::sql_types::Timestamptz, _>(oldest)
    .bind::<diesel::sql_types::BigInt, _>(i64::try_from(batch).unwrap_or(i64::MAX))
    .execute(conn)
    .await?;
    Ok(removed)
}

impl Kept {
    /// The first answer again, marked as such.
    #[must_use]
    pub fn into_response(self) -> HttpResponse {
        let status = u16::try_from(self.status).ok().and_then(|code| StatusCode::from_u16(code).ok()).unwrap_or(StatusCode::OK);
        let mut answer = HttpResponse::build(status);
        answer.insert_header(("Idempotent-Replayed", "true"));
        answer.insert_header((header::CACHE_CONTROL, "private, no-cache"));
        if let Some(location) = self.location {
            answer.insert_header((header::LOCATION, location));
        }
        match self.body {
            Some(body) => answer.content_type("application/json").body(body),
            None => answer.finish(),
        }
    }
}
