//! Lists of filings: what the caller may see, newest first.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::show::{self, FilingRow};
use super::wire::{Filing, FilingFilter};
use crate::identity::actor::Role;
use crate::identity::bodies::require_known;
use crate::schema::{bodies, documents, filings};
use crate::web::cursor::Page;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// The roles that list filings.
pub const LISTED_TO: &[Role] = &[Role::Auditor, Role::Drafter, Role::Secretary];

/// A page of the filings that the caller may see, and one more if there is one.
///
/// # Errors
/// 400 for a body that there is not; else when the database refuses.
pub async fn filings_page(tx: &mut Tx<'_>, filter: &FilingFilter, page: &Page) -> Result<Vec<Filing>, Refusal> {
    let own = |role| tx.actor.is(role).then_some(tx.actor.body_id);
    let issuer = diesel::alias!(bodies as issuer);
    let mut query = filings::table
        .inner_join(bodies::table.on(bodies::id.eq(filings::target_id)))
        .inner_join(issuer.on(issuer.field(bodies::id).eq(filings::body_id)))
        .inner_join(documents::table.on(documents::id.eq(filings::document_id)))
        .select((
            FilingRow::as_select(),
            (documents::title, documents::official_doc_no),
            (issuer.field(bodies::code), issuer.field(bodies::name)),
            (bodies::code, bodies::name),
        ))
        // A role that the caller does not hold has no body, and no row equals that.
        .filter(filings::target_id.nullable().eq(own(Role::Auditor)))
        .or_filter(documents::drafting_body_id.nullable().eq(own(Role::Drafter)))
        .or_filter(filings::body_id.nullable().eq(own(Role::Secretary)))
        .order(filings::id.desc())
        .limit(page.limit + 1)
        .into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(filings::status.eq(status));
    }
    if let Some(late) = filter.late {
        query = query.filter(filings::late.eq(late));
    }
    if let Some(code) = &filter.body {
        require_known(tx.conn, code).await?;
        query = query.filter(issuer.field(bodies::code).eq(code));
    }
    if let Some(document) = filter.document_id {
        query = query.filter(filings::document_id.eq(document));
    }
    if let Some(after) = page.after.as_ref().and_then(|key| key.as_slice().first()).and_then(|text| Uuid::parse_str(text).ok()) {
        query = query.filter(filings::id.lt(after));
    }
    let rows: Vec<show::ItemRow> = query.load(tx.conn).await?;
    Ok(rows.into_iter().map(|row| show::item(tx, row)).collect())
}
