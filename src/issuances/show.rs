//! The issuance and the publication of a document as they were entered: who signed, under which numbers, where and when it was
//! published, and the published text as a file. For whoever may know of the document.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::store::{number_written, valid_issuance};
use super::wire::{IssuanceRecord, PublicationRecord};
use crate::base::ids::DocumentId;
use crate::documents::wire::FileRef;
use crate::schema::{files, issuances, publications, users};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// The valid issuance of a document.
///
/// # Errors
/// 404 where it is not signed, or its issuance was voided.
pub async fn issuance(tx: &mut Tx<'_>, document: DocumentId) -> Result<IssuanceRecord, Refusal> {
    let found = valid_issuance(tx.conn, document).await?.ok_or_else(Refusal::not_found)?;
    let (recorded_on, recorded_by): (NaiveDate, String) = issuances::table
        .inner_join(users::table.on(users::id.eq(issuances::recorded_by)))
        .filter(issuances::id.eq(found.id))
        .select((issuances::recorded_on, users::login))
        .first(tx.conn)
        .await?;
    Ok(IssuanceRecord {
        revision: found.revision_no,
        revision_sha256: found.revision_sha256,
        signed_by: found.signed_by,
        signed_on: found.signed_on,
        register_no: number_written(tx.conn, found.register_number_id).await?,
        official_doc_no: number_written(tx.conn, found.official_number_id).await?,
        recorded_on,
        recorded_by,
    })
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = publications, check_for_backend(diesel::pg::Pg))]
struct Row {
    revision_no: i32,
    revision_sha256: String,
    publication_date: NaiveDate,
    effective_date: NaiveDate,
    expiry_date: NaiveDate,
    channel: String,
    short_lead_reason: Option<String>,
    file_name: Option<String>,
    recorded_on: NaiveDate,
}

/// The publication of a document.
///
/// # Errors
/// 404 where it is not published.
pub async fn publication(tx: &mut Tx<'_>, document: DocumentId) -> Result<PublicationRecord, Refusal> {
    type File = Option<(String, String, i64)>;
    let found: Option<(Row, File, String)> = publications::table
        .inner_join(users::table.on(users::id.eq(publications::recorded_by)))
        .left_join(files::table.on(files::sha256.nullable().eq(publications::file_sha256)))
        .filter(publications::document_id.eq(document))
        .select((Row::as_select(), (files::sha256, files::media_type, files::size_bytes).nullable(), users::login))
        .first(tx.conn)
        .await
        .optional()?;
    let (row, file, recorded_by) = found.ok_or_else(Refusal::not_found)?;
    Ok(PublicationRecord {
        revision: row.revision_no,
        revision_sha256: row.revision_sha256,
        publication_date: row.publication_date,
        effective_date: row.effective_date,
        expiry_date: row.expiry_date,
        channel: row.channel,
        short_lead_reason: row.short_lead_reason,
        file: row.file_name.zip(file).map(|(name, (sha256, media_type, size_bytes))| FileRef { name, sha256, media_type, size_bytes }),
        recorded_on: row.recorded_on,
        recorded_by,
    })
}
