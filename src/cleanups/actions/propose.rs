//! A result is proposed for one document of a round. A later proposal for the same document replaces it; nothing moves before the
//! issuer publishes its decision.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::base::ids::{BodyId, CleanupId, CleanupResultId, DocumentId};
use crate::base::said::Said;
use crate::cleanups::standing::{CleanupAct, Round};
use crate::cleanups::store;
use crate::cleanups::wire::NewCleanupResult;
use crate::filings::store::last_outcome;
use crate::journal::entry::{EntryType, NewEntry, SubjectKind};
use crate::lifecycle::cleanup::{ProposalFault, is_final, proposal_faults};
use crate::lifecycle::step::Step;
use crate::schema::{cleanup_results, documents};
use crate::web::kind;
use crate::web::refusal::{FieldError, Refusal};
use crate::web::tx::Tx;

/// Proposes a result.
///
/// # Errors
/// 409 `cleanup_published`, `document_final`; 422 `not_in_round`, `amend_due_required`, `date_too_early`, `not_the_issuer`,
/// `replacement_not_related`.
pub async fn propose(tx: &mut Tx<'_>, id: CleanupId, new: NewCleanupResult) -> Result<CleanupResultId, Refusal> {
    let (round, role) = tx.lock_round(id, CleanupAct::Work).await?;
    round.require_open()?;
    require_in_round(tx, &round, new.document_id).await?;
    let mut errors: Vec<FieldError> =
        proposal_faults(new.result, new.amend_due, new.replaced_by.is_some(), tx.today).into_iter().map(error).collect();
    if let Some(replacement) = new.replaced_by {
        errors.extend(replacement_error(tx, &round, new.document_id, replacement).await?);
    }
    if !errors.is_empty() {
        return Err(Refusal::fields(errors));
    }
    let last: Option<i32> = cleanup_results::table
        .filter(cleanup_results::cleanup_id.eq(id))
        .filter(cleanup_results::document_id.eq(new.document_id))
        .select(diesel::dsl::max(cleanup_results::result_no))
        .first(tx.conn)
        .await?;
    let proposal = CleanupResultId::new();
    let data = json!({"cleanup_id": id, "document_id": new.document_id, "result": new.result, "amend_due": new.amend_due,
        "replaced_by": new.replaced_by, "reason": new.reason});
    let entry = tx
        .record(
            NewEntry::new(EntryType::CleanupResultProposed, role, (SubjectKind::Cleanup, Some(id.0)), data).of_document(new.document_id),
        )
        .await?;
    diesel::insert_into(cleanup_results::table)
        .values((
            cleanup_results::id.eq(proposal),
            cleanup_results::cleanup_id.eq(id),
            cleanup_results::document_id.eq(new.document_id),
            cleanup_results::result_no.eq(last.unwrap_or(0) + 1),
            cleanup_results::result.eq(new.result),
            cleanup_results::reason.eq(new.reason),
            cleanup_results::amend_due.eq(new.amend_due),
            cleanup_results::replaced_by.eq(new.replaced_by),
            cleanup_results::proposed_by.eq(tx.actor.user_id),
            cleanup_results::proposed_for.eq(tx.actor.body_id),
            cleanup_results::proposed_at.eq(tx.now),
            cleanup_results::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    store::round_touch(tx, id).await?;
    Ok(proposal)
}

/// A document that is not in the round is refused in the same words whether it exists or not.
async fn require_in_round(tx: &mut Tx<'_>, round: &Round, id: DocumentId) -> Result<(), Refusal> {
    type Row = (Option<BodyId>, Option<NaiveDate>, Option<Step>);
    let found: Option<Row> = documents::table
        .find(id)
        .select((documents::issuing_authority_id, documents::publication_date, documents::step))
        .first(tx.conn)
        .await
        .optional()?;
    let step = match found {
        Some((Some(issuer), Some(published), Some(step))) if issuer == round.body.id && published <= round.cutoff_date => step,
        Some(_) | None => {
            return Err(Refusal::field(
                "/document_id",
                kind::NOT_IN_ROUND,
                Said::new(
                    format!("本轮只清理{}在 {} 以前（含当日）公布的文件。", round.body.name, round.cutoff_date),
                    format!("The round judges documents that {} published by {}.", round.body.name, round.cutoff_date),
                ),
            ));
        }
    };
    let last = last_outcome(tx.conn, id).await?.map(|(_, result)| result);
    if is_final(step, last) {
        return Err(Refusal::new(
            kind::DOCUMENT_FINAL,
            Said::fixed(
                "该文件已被废止或者宣布失效，不能再次清理。",
                "The document was repealed or declared lapsed by a clean-up; that is final.",
            ),
        ));
    }
    Ok(())
}

async fn replacement_error(
    tx: &mut Tx<'_>,
    round: &Round,
    replaced: DocumentId,
    replacement: DocumentId,
) -> Result<Option<FieldError>, Refusal> {
    if replacement == replaced {
        let detail = Said::fixed("文件不能替代自己。", "A document does not replace itself.");
        return Ok(Some(FieldError::new("/replaced_by", kind::REPLACEMENT_NOT_RELATED, detail)));
    }
    let is_published: bool = diesel::select(diesel::dsl::exists(
        documents::table
            .filter(documents::id.eq(replacement))
            .filter(documents::issuing_authority_id.eq(round.body.id))
            .filter(documents::publication_date.is_not_null()),
    ))
    .get_result(tx.conn)
    .await?;
    if is_published {
        return Ok(None);
    }
    let detail = Said::fixed("替代文件须是同一制定机关已公布的文件。", "What replaces it is a published document of the same issuer.");
    Ok(Some(FieldError::new("/replaced_by", kind::NOT_THE_ISSUER, detail)))
}

fn error(fault: ProposalFault) -> FieldError {
    let (pointer, kind, detail) = match fault {
        ProposalFault::AmendmentWithoutDay => {
            ("/amend_due", kind::AMEND_DUE_REQUIRED, Said::fixed("修改须定期限。", "An amendment has its last day."))
        }
        ProposalFault::DayWithoutAmendment => {
            ("/amend_due", kind::AMEND_DUE_REQUIRED, Said::fixed("只有修改才有期限。", "Only an amendment has a last day."))
        }
        ProposalFault::DayNotAfterToday => {
            ("/amend_due", kind::DATE_TOO_EARLY, Said::fixed("修改期限须在今天之后。", "The last day lies after today."))
        }
        ProposalFault::ContinuedButReplaced => (
            "/replaced_by",
            kind::REPLACEMENT_NOT_RELATED,
            Said::fixed("继续有效的文件没有替代文件。", "A document that continues is not replaced."),
        ),
    };
    FieldError::new(pointer, kind, detail)
}
