//! The receiver gives a result of the substantive filing review. It is kept for ever; the last one counts.

use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::base::ids::{DocumentId, FilingId, FilingReviewId};
use crate::base::said::Said;
use crate::documents::wire::FilingStatus;
use crate::filings::effects::{EffectEnd, end_effect};
use crate::filings::standing::PermittedFiling;
use crate::filings::store::{self, ChangeEvidence};
use crate::filings::wire::FilingReview;
use crate::journal::entry::{EntryType, NewEntry, SubjectKind};
use crate::lifecycle::effect::EffectCause;
use crate::lifecycle::filing::{CorrectionDayFault, FilingAct, FilingMove, ProblemType, correction_due};
use crate::schema::filing_reviews;
use crate::web::kind;
use crate::web::refusal::{FieldError, Refusal};
use crate::web::tx::Tx;

/// Reviews a filing.
///
/// # Errors
/// 403 `beyond_powers`; 409 `wrong_step`; 422 for the day of the rectification.
pub async fn review(tx: &mut Tx<'_>, id: FilingId, call: FilingReview) -> Result<DocumentId, Refusal> {
    let mut permitted = tx.lock_filing(id, FilingAct::Review).await?;
    require_power(&permitted, &call)?;
    let to = call.result.leads_to(permitted.filing.status, permitted.filing.day_missed).ok_or_else(|| permitted.wrong_step())?;
    let rules = Arc::clone(&tx.rules);
    let in_force = rules.in_force(&permitted.filing.target.jurisdiction, tx.today)?;
    let calendar = store::calendar_of(&rules, in_force.profile);
    let mut errors = repeated(&call.problem_types);
    let due = match correction_due(call.result, call.due_on, tx.today, in_force.profile, &calendar) {
        Ok(due) => due,
        Err(fault) => {
            errors.push(day_error(fault));
            None
        }
    };
    if !errors.is_empty() {
        return Err(Refusal::fields(errors));
    }
    let document = permitted.filing.document;
    let due_on = due.map(|due| due.due_on);
    let data = json!({"filing_id": id, "result": call.result, "problem_types": call.problem_types, "findings": call.findings,
        "due_on": due_on});
    let entry = tx
        .record(
            NewEntry::new(EntryType::FilingReviewed, permitted.role, (SubjectKind::Filing, Some(id.0)), data)
                .of_document(document)
                .under(in_force.id),
        )
        .await?;
    let review = FilingReviewId::new();
    diesel::insert_into(filing_reviews::table)
        .values((
            filing_reviews::id.eq(review),
            filing_reviews::filing_id.eq(id),
            filing_reviews::target_role.eq(permitted.filing.role),
            filing_reviews::review_no.eq(permitted.filing.last_review.as_ref().map_or(1, |last| last.review_no + 1)),
            filing_reviews::result.eq(call.result),
            filing_reviews::problem_types.eq(call.problem_types),
            filing_reviews::findings.eq(call.findings),
            filing_reviews::due_on.eq(due_on),
            filing_reviews::due_provisional.eq(due.map(|due| due.is_provisional())),
            filing_reviews::auditor_id.eq(tx.actor.user_id),
            filing_reviews::reviewed_at.eq(tx.now),
            filing_reviews::reviewed_on.eq(tx.today),
            filing_reviews::profile_id.eq(in_force.id),
            filing_reviews::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    let reported = permitted.filing.reported.filter(|_| permitted.filing.status == FilingStatus::RectificationReported);
    if let Some(effect) = call.result.ends_effect(reported) {
        let end = EffectEnd { effect, from_on: tx.today, cause: EffectCause::FilingReview, cause_id: review.0 };
        end_effect(tx, permitted.role, document, end).await?;
    }
    let evidence = ChangeEvidence { review_id: Some(review), ..ChangeEvidence::default() };
    store::move_filing(tx, &mut permitted, FilingMove::Review, to, entry, evidence).await?;
    tx.finish_document(document).await?;
    Ok(document)
}

fn require_power(permitted: &PermittedFiling, call: &FilingReview) -> Result<(), Refusal> {
    if call.result.needs_power_to_order() && !permitted.filing.role.may_order() {
        return Err(Refusal::new(
            kind::BEYOND_POWERS,
            Said::fixed(
                "只有上级政府或者人大常委会可以责令改正或者撤销；本机关可以提出自行纠正的意见。",
                "Only a supervising government or a standing committee orders a correction or revokes; this body may ask for self-correction.",
            ),
        ));
    }
    Ok(())
}

fn repeated(types: &[ProblemType]) -> Vec<FieldError> {
    types
        .iter()
        .enumerate()
        .filter(|(index, each)| types.iter().take(*index).any(|earlier| earlier == *each))
        .map(|(index, each)| {
            FieldError::new(
                format!("/problem_types/{index}"),
                kind::DUPLICATE,
                Said::new(format!("{each} 列了两次。"), format!("{each} is listed twice.")),
            )
        })
        .collect()
}

fn day_error(fault: CorrectionDayFault) -> FieldError {
    let (kind, detail) = match fault {
        CorrectionDayFault::NothingToCorrect => (
            kind::DUE_ON_MISMATCH,
            Said::fixed("只有要求纠正的结果才有整改期限。", "Only a result that asks for a correction has a day for it."),
        ),
        CorrectionDayFault::NotAfterTheReview => {
            (kind::DATE_TOO_EARLY, Said::fixed("整改期限须在今天之后。", "The day of the rectification lies after today."))
        }
    };
    FieldError::new("/due_on", kind, detail)
}
