//! A reviewer takes a submission in, asks for supplements, or does not recognise it as a normative document.

use serde_json::json;

use crate::base::ids::{DocumentId, IntakeId};
use crate::documents::moves::Evidence;
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::intake::{self, IntakeResult, Recognition};
use crate::lifecycle::step::{Move, Stage};
use crate::reviews::store::Started;
use crate::reviews::wire::NewIntake;
use crate::reviews::{clock, refusals, store};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Takes an intake, and says from when the clock runs where it was accepted.
///
/// # Errors
/// 403 also for an author of the text; 404; 409 `wrong_step`, `no_profile`; 422 for everything that is wrong with it, at once.
pub async fn take_in(tx: &mut Tx<'_>, id: DocumentId, new: NewIntake) -> Result<Option<Started>, Refusal> {
    let permitted = tx.lock_for(id, Action::Intake).await?;
    let mut standing = permitted.standing;
    if store::is_author(tx, id).await? {
        return Err(refusals::author_cannot_review());
    }
    standing.require_step(Action::Intake)?;
    if !new.result.is_possible_at(standing.facts.step) {
        return Err(standing.wrong_step());
    }
    let rules = std::sync::Arc::clone(&tx.rules);
    let in_force = rules.in_force(&standing.issuer.jurisdiction, tx.today)?;
    let recognition = new.recognition.unwrap_or(Recognition::Normative);
    intake::judge(new.result, recognition, new.reason.is_some(), !new.missing.is_empty())
        .map_err(|faults| refusals::intake_refused(&faults))?;
    let submission = standing.facts.submission.clone().ok_or_else(|| Refusal::internal("an intake without a submission"))?;
    let started = match new.result {
        IntakeResult::Accepted => Some(
            clock::started_by_accepting(tx, &standing).await?.ok_or_else(|| Refusal::internal("an accepted submission without a clock"))?,
        ),
        IntakeResult::SupplementRequested | IntakeResult::OutOfScope => None,
    };
    let data = json!({"submission_no": submission.no, "result": new.result, "recognition": recognition,
        "concerns_market_entities": new.concerns_market_entities, "due_on": started.map(|started| started.due.due_on),
        "missing": new.missing, "reason": new.reason});
    let entry = NewEntry::on_document(EntryType::IntakeTaken, permitted.role, id, data)
        .on_revision(standing.facts.revision.no, &standing.facts.revision.sha256)
        .under(in_force.id);
    let entry = tx.record(entry).await?;
    let intake = IntakeId::new();
    store::intake_insert(tx, id, (intake, submission.id), (&new, recognition), started, (in_force.id, entry)).await?;
    let evidence = Evidence { intake_id: Some(intake), ..Evidence::default() };
    let to = (Stage::LegalityReview, new.result.leads_to());
    tx.move_document(&mut standing, Move::Intake, to, permitted.role, entry, evidence).await?;
    tx.finish_document(id).await?;
    Ok(started)
}
