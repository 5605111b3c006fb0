//! The issuer reports what it did about a review's findings. The report changes no text: an amendment becomes text only by a
//! replacement document with its own gate, and a repeal takes effect on the day that a review of the report passes.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::base::ids::{DocumentId, FilingId, RectificationId};
use crate::base::said::Said;
use crate::documents::wire::FilingStatus;
use crate::filings::store::{self, ChangeEvidence};
use crate::filings::wire::RectificationReport;
use crate::identity::permits;
use crate::journal::entry::{EntryType, NewEntry, SubjectKind};
use crate::lifecycle::filing::{FilingAct, FilingMove};
use crate::lifecycle::step::Step;
use crate::schema::{rectifications, revision_replaces};
use crate::web::kind;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Reports a rectification.
///
/// # Errors
/// 409 `wrong_step` unless the filing is being rectified; 422 `replacement_not_related`.
pub async fn rectify(tx: &mut Tx<'_>, id: FilingId, call: RectificationReport) -> Result<DocumentId, Refusal> {
    let mut permitted = tx.lock_filing(id, FilingAct::Rectification).await?;
    permitted.require(FilingAct::Rectification)?;
    let document = permitted.filing.document;
    if let Some(replacement) = call.replacement_document_id
        && !replaces(tx, replacement, document).await?
    {
        return Err(Refusal::field(
            "/replacement_document_id",
            kind::REPLACEMENT_NOT_RELATED,
            Said::fixed(
                "替代文件的当前文本须在 replaces 中列明本文件。",
                "The current revision of the replacement names this document in its replaces.",
            ),
        ));
    }
    let Some(answered) = permitted.filing.last_review.as_ref().map(|review| review.id) else {
        return Err(Refusal::internal(format!("filing {id} is rectified without a review")));
    };
    let data =
        json!({"filing_id": id, "action": call.action, "report": call.report, "replacement_document_id": call.replacement_document_id});
    let entry = tx
        .record(
            NewEntry::new(EntryType::RectificationReported, permitted.role, (SubjectKind::Filing, Some(id.0)), data).of_document(document),
        )
        .await?;
    let rectification = RectificationId::new();
    diesel::insert_into(rectifications::table)
        .values((
            rectifications::id.eq(rectification),
            rectifications::filing_id.eq(id),
            rectifications::review_id.eq(answered),
            rectifications::action.eq(call.action),
            rectifications::report.eq(call.report),
            rectifications::replacement_document_id.eq(call.replacement_document_id),
            rectifications::reported_by.eq(tx.actor.user_id),
            rectifications::reported_at.eq(tx.now),
            rectifications::reported_on.eq(tx.today),
            rectifications::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    let evidence = ChangeEvidence { rectification_id: Some(rectification), ..ChangeEvidence::default() };
    store::move_filing(tx, &mut permitted, FilingMove::Rectify, FilingStatus::RectificationReported, entry, evidence).await?;
    tx.finish_document(document).await?;
    Ok(document)
}

/// Whether a document that the caller may know of replaces another by its current revision and was not withdrawn.
async fn replaces(tx: &mut Tx<'_>, replacement: DocumentId, replaced: DocumentId) -> Result<bool, Refusal> {
    let Some(standing) = crate::documents::standing::load(tx.conn, replacement).await? else { return Ok(false) };
    if !permits::sees(tx.actor, &standing.relations) || standing.facts.step == Step::Withdrawn {
        return Ok(false);
    }
    Ok(diesel::select(diesel::dsl::exists(
        revision_replaces::table
            .filter(revision_replaces::document_id.eq(replacement))
            .filter(revision_replaces::revision_no.eq(standing.facts.revision.no))
            .filter(revision_replaces::replaced_id.eq(replaced)),
    ))
    .get_result(tx.conn)
    .await?)
}
