//! A reviewer gives the legality opinion on the current revision. It is never changed afterwards; a later one counts instead.

use serde_json::json;

use crate::base::ids::{DocumentId, OpinionId};
use crate::documents::moves::Evidence;
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::opinion;
use crate::lifecycle::step::{Move, Stage};
use crate::reviews::store::OpinionFrame;
use crate::reviews::wire::NewOpinion;
use crate::reviews::{refusals, store};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Gives an opinion.
///
/// # Errors
/// 403 also for an author of the text; 404; 409 `wrong_step`, `revision_not_current`, `no_profile`; 422 for everything that is wrong
/// with it, at once.
pub async fn opine(tx: &mut Tx<'_>, id: DocumentId, new: NewOpinion) -> Result<(), Refusal> {
    let permitted = tx.lock_for(id, Action::Opinions).await?;
    let mut standing = permitted.standing;
    if store::is_author(tx, id).await? {
        return Err(refusals::author_cannot_review());
    }
    standing.require_step(Action::Opinions)?;
    let step = standing.facts.step;
    let last_move = store::last_move(tx.conn, &standing).await?;
    if !opinion::is_possible(step, &last_move, &standing.facts.revision, standing.facts.opinion.as_ref()) {
        return Err(standing.wrong_step_but(Action::Opinions));
    }
    standing.require_current(new.revision)?;
    let rules = std::sync::Arc::clone(&tx.rules);
    let in_force = rules.in_force(&standing.issuer.jurisdiction, tx.today)?;
    opinion::judge(step, new.outcome, !new.comments.is_empty(), new.reason.is_some())
        .map_err(|faults| refusals::opinion_refused(&faults))?;
    let submission = standing.facts.submission.clone().ok_or_else(|| Refusal::internal("an opinion without a submission"))?;
    let last = standing.facts.opinion.clone();
    let corrects = last.as_ref().filter(|_| opinion::is_second(step)).map(|last| last.id);
    let no = last.map_or(0, |last| last.no) + 1;
    let data = json!({"opinion_no": no, "outcome": new.outcome, "submission_no": submission.no, "comments": new.comments.len(),
        "corrects": corrects, "summary": new.summary, "reason": new.reason});
    let entry = NewEntry::on_document(EntryType::OpinionGiven, permitted.role, id, data)
        .on_revision(standing.facts.revision.no, &standing.facts.revision.sha256)
        .under(in_force.id);
    let entry = tx.record(entry).await?;
    let frame = OpinionFrame { id: OpinionId::new(), no, submission: submission.id, corrects, profile: in_force.id, entry };
    store::opinion_insert(tx, &standing, frame, &new).await?;
    if let Some(to) = opinion::leads_to(step, new.outcome) {
        let evidence = Evidence { opinion_id: Some(frame.id), ..Evidence::default() };
        tx.move_document(&mut standing, Move::Opine, (Stage::LegalityReview, to), permitted.role, entry, evidence).await?;
    }
    tx.finish_document(id).await
}
