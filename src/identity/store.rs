//! SQL on users, roles and tokens.

use base64::Engine;
use chrono::{DateTime, Utc};
use diesel::pg::data_types::PgLsn;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sha2::{Digest, Sha256};

use super::actor::{Actor, Role};
use crate::base::ids::{BodyId, TokenId, UserId};
use crate::schema::{bodies, registry_state, tokens, user_roles, users};
use crate::standby::{Position, durable_position, timeline};
use crate::web::refusal::Refusal;

/// What every token begins with.
pub const TOKEN_PREFIX: &str = "lg_";

/// The digest under which a token is stored.
#[must_use]
pub fn token_digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// A new bearer token of 256 random bits.
///
/// # Errors
/// When the machine has no randomness to give.
pub fn new_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{TOKEN_PREFIX}{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)))
}

/// Who calls, and what of the registry every call needs to know.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who a token stands for.
    pub actor: Actor,
    /// How far the registry's clock is ahead of the machine's, in microseconds; 0 outside a demo.
    pub clock_offset_us: i64,
    /// Which state of the stored rules is in force.
    pub rules_version: i64,
    /// What the server had made durable by then; `None` where it is not one that writes.
    pub position: Option<Position>,
}

/// Who a token stands for; `None` where it is unknown, revoked, or its user disabled or without a role there. One statement, as
/// every call begins with it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn caller_by_token(conn: &mut AsyncPgConnection, token: &str) -> Result<Option<Caller>, Refusal> {
    if !token.starts_with(TOKEN_PREFIX) {
        return Ok(None);
    }
    type Row = (TokenId, UserId, (BodyId, String), Option<DateTime<Utc>>, Role, (i64, i64), (Option<PgLsn>, Option<String>));
    let rows: Vec<Row> = tokens::table
        .inner_join(users::table.on(users::id.eq(tokens::user_id)))
        .inner_join(user_roles::table.on(user_roles::user_id.eq(tokens::user_id).and(user_roles::body_id.eq(tokens::body_id))))
        .inner_join(bodies::table.on(bodies::id.eq(tokens::body_id)))
        .inner_join(registry_state::table.on(registry_state::singleton))
        .filter(tokens::token_sha256.eq(token_digest(token)))
        .filter(tokens::revoked_at.is_null())
        .filter(users::disabled_at.is_null())
        .select((
            tokens::id,
            tokens::user_id,
            (bodies::id, bodies::name),
            tokens::expires_at,
            user_roles::role,
            (registry_state::clock_offset_us, registry_state::rules_version),
            (durable_position(), timeline()),
        ))
        .load(conn)
        .await?;
    let Some((token_id, user_id, (body_id, body_name), expires_at, _, (clock_offset_us, rules_version), (lsn, file))) =
        rows.as_slice().first().cloned()
    else {
        return Ok(None);
    };
    let actor = Actor { user_id, body_id, body_name, token_id, expires_at, roles: rows.into_iter().map(|row| row.4).collect() };
    Ok(Some(Caller { actor, clock_offset_us, rules_version, position: Position::new(lsn, file.as_deref()) }))
}
