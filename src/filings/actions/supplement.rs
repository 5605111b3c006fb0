//! The issuer supplies what a suspended filing lacked; the filing keeps its first day.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::base::ids::{DocumentId, FilingId, FilingSupplementId};
use crate::documents::files::{self, StoredFile};
use crate::documents::wire::FilingStatus;
use crate::filings::store::{self, ChangeEvidence};
use crate::filings::wire::FilingSupplement;
use crate::journal::entry::{EntryType, NewEntry, SubjectKind};
use crate::lifecycle::filing::{FilingAct, FilingMove};
use crate::schema::filing_supplements;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Supplements a suspended filing.
///
/// # Errors
/// 409 `wrong_step` unless its registration is suspended.
pub async fn supplement(tx: &mut Tx<'_>, id: FilingId, call: FilingSupplement, file: Option<StoredFile>) -> Result<DocumentId, Refusal> {
    let mut permitted = tx.lock_filing(id, FilingAct::Supplement).await?;
    permitted.require(FilingAct::Supplement)?;
    let document = permitted.filing.document;
    let data = json!({"filing_id": id, "note": call.note, "file_name": file.as_ref().map(|file| &file.name),
        "file_sha256": file.as_ref().map(|file| &file.sha256)});
    let entry = tx
        .record(NewEntry::new(EntryType::FilingSupplemented, permitted.role, (SubjectKind::Filing, Some(id.0)), data).of_document(document))
        .await?;
    if let Some(file) = &file {
        files::file_store(tx.conn, file).await?;
    }
    let supplement = FilingSupplementId::new();
    diesel::insert_into(filing_supplements::table)
        .values((
            filing_supplements::id.eq(supplement),
            filing_supplements::filing_id.eq(id),
            filing_supplements::note.eq(call.note),
            filing_supplements::file_sha256.eq(file.as_ref().map(|file| file.sha256.clone())),
            filing_supplements::file_name.eq(file.map(|file| file.name)),
            filing_supplements::supplied_by.eq(tx.actor.user_id),
            filing_supplements::supplied_at.eq(tx.now),
            filing_supplements::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    let evidence = ChangeEvidence { supplement_id: Some(supplement), ..ChangeEvidence::default() };
    store::move_filing(tx, &mut permitted, FilingMove::Supplement, FilingStatus::AwaitingRegistration, entry, evidence).await?;
    tx.finish_document(document).await?;
    Ok(document)
}
