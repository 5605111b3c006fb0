//! A drafter submits the current revision for review, with its materials and an answer to every open comment.

use serde_json::{Value, json};

use crate::base::ids::{CommentId, DocumentId, SubmissionId};
use crate::documents::moves::Evidence;
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::facts::MaterialKind;
use crate::lifecycle::gate;
use crate::lifecycle::step::{Move, Stage, Step};
use crate::lifecycle::submission::{self, Answer, Submitting};
use crate::reviews::wire::NewSubmission;
use crate::reviews::{particulars, refusals, store};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Submits a document.
///
/// # Errors
/// 403, 404; 409 `wrong_step`, `revision_not_current`, `no_profile`; 422 for everything that is wrong with it, at once.
pub async fn submit(tx: &mut Tx<'_>, id: DocumentId, new: NewSubmission) -> Result<(), Refusal> {
    let permitted = tx.lock_for(id, Action::Submissions).await?;
    let mut standing = permitted.standing;
    standing.require_step(Action::Submissions)?;
    standing.require_current(new.revision)?;
    let rules = std::sync::Arc::clone(&tx.rules);
    let in_force = rules.in_force(&standing.issuer.jurisdiction, tx.today)?;
    let frozen = store::materials_all(tx.conn, id).await?;
    let kinds: Vec<MaterialKind> = frozen.iter().map(|(_, kind)| *kind).collect();
    let comments = store::comments_past(tx.conn, id).await?;
    let submitting = Submitting {
        step: standing.facts.step,
        revision_sha256: &standing.facts.revision.sha256,
        past: store::text_past(tx.conn, id, &standing.facts.revision.sha256).await?,
        required: &gate::required_materials(in_force.profile, standing.facts.concerns_market_entities),
        materials: &kinds,
        comments: &comments,
    };
    let kind = match submission::judge(&submitting, &answers(&new), new.note.is_some()) {
        Ok(kind) => kind,
        Err(faults) => {
            let notes = particulars::comment_notes(tx.conn, id, &refusals::comments_named(&faults)).await?;
            return Err(refusals::submission_refused(&faults, &notes));
        }
    };
    let no = standing.facts.submission.as_ref().map_or(0, |last| last.no) + 1;
    let responses: Vec<Value> =
        new.responses.iter().map(|response| json!({"comment_id": response.comment_id, "adopted": response.adopted})).collect();
    let materials: Vec<_> = frozen.iter().map(|(material, _)| *material).collect();
    let data = json!({"submission_no": no, "kind": kind, "urgent": new.urgent.is_some(), "urgent_reason": new.urgent.as_ref().map(|urgent| &urgent.reason),
        "urgent_basis": new.urgent.as_ref().map(|urgent| &urgent.basis), "note": new.note, "materials": materials, "responses": responses});
    let entry = NewEntry::on_document(EntryType::DocumentSubmitted, permitted.role, id, data)
        .on_revision(standing.facts.revision.no, &standing.facts.revision.sha256)
        .under(in_force.id);
    let entry = tx.record(entry).await?;
    let submission = SubmissionId::new();
    store::submission_insert(tx, &standing, (submission, no, kind), &new, &frozen, (in_force.id, entry)).await?;
    let evidence = Evidence { submission_id: Some(submission), ..Evidence::default() };
    let to = (Stage::LegalityReview, Step::AwaitingIntake);
    tx.move_document(&mut standing, Move::Submit, to, permitted.role, entry, evidence).await?;
    tx.finish_document(id).await
}

fn answers(new: &NewSubmission) -> Vec<(CommentId, Answer)> {
    new.responses
        .iter()
        .map(|response| {
            let answer = Answer { adopted: response.adopted, has_reason: response.reason.is_some(), has_basis: response.basis.is_some() };
            (response.comment_id, answer)
        })
        .collect()
}
