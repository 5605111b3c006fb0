//! Lists of clean-up rounds: those that the caller works on, newest first.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::show::{self, RoundRow};
use super::wire::{Cleanup, CleanupFilter};
use crate::identity::actor::Role;
use crate::identity::bodies::{BodyRef, require_known};
use crate::schema::{bodies, cleanup_publications, cleanups, filing_targets, users};
use crate::web::cursor::Page;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// A page of the rounds that the caller works on, and one more if there is one.
///
/// # Errors
/// 400 for a body that there is not; else when the database refuses.
pub async fn cleanups_page(tx: &mut Tx<'_>, filter: &CleanupFilter, page: &Page) -> Result<Vec<Cleanup>, Refusal> {
    let own = tx.actor.body_id;
    let auditor = tx.actor.is(Role::Auditor).then_some(own);
    let subordinates = filing_targets::table.filter(filing_targets::target_id.nullable().eq(auditor)).select(filing_targets::body_id);
    let mut query = cleanups::table
        .inner_join(bodies::table.on(bodies::id.eq(cleanups::body_id)))
        .inner_join(users::table.on(users::id.eq(cleanups::opened_by)))
        .left_join(cleanup_publications::table.on(cleanup_publications::cleanup_id.eq(cleanups::id)))
        .filter(cleanups::body_id.eq(own))
        .or_filter(cleanups::body_id.eq_any(subordinates))
        .select((RoundRow::as_select(), (bodies::code, bodies::name), users::login, cleanup_publications::published_on.nullable()))
        .order(cleanups::id.desc())
        .limit(page.limit + 1)
        .into_boxed();
    if let Some(code) = &filter.body {
        require_known(tx.conn, code).await?;
        query = query.filter(bodies::code.eq(code));
    }
    if let Some(after) = page.after.as_ref().and_then(|key| key.as_slice().first()).and_then(|text| Uuid::parse_str(text).ok()) {
        query = query.filter(cleanups::id.lt(after));
    }
    let rows: Vec<(RoundRow, BodyRef, String, Option<chrono::NaiveDate>)> = query.load(tx.conn).await?;
    Ok(rows.into_iter().map(|(row, body, opened_by, published_on)| show::round(row, body, opened_by, published_on)).collect())
}
