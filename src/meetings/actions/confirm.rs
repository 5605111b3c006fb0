//! After an approval in principle: the secretary confirms the finished text, to which the approval is bound from then on.

use serde_json::json;

use super::gate_closed;
use crate::base::ids::{DocumentId, MeetingId};
use crate::base::said::Said;
use crate::documents::moves::Evidence;
use crate::documents::standing::Permitted;
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::decision;
use crate::lifecycle::step::{Move, Stage, Step};
use crate::meetings::store;
use crate::meetings::wire::NewConfirmation;
use crate::reviews::particulars;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Confirms the finished text.
///
/// # Errors
/// 404 or 403; 409 `wrong_step` unless this meeting approved the document in principle and it is being finished,
/// `revision_not_current`, or `gate_closed` with every reason.
pub async fn confirm(tx: &mut Tx<'_>, meeting: MeetingId, document: DocumentId, new: NewConfirmation) -> Result<(), Refusal> {
    let meeting = tx.lock_meeting(meeting).await?;
    let Permitted { mut standing, role } = tx.lock_for(document, Action::Confirmation).await?;
    standing.require_step(Action::Confirmation)?;
    let item = store::last_item(tx.conn, meeting.id, document).await?;
    let last = store::last_decision(tx.conn, document).await?;
    let decided = last.filter(|last| item.is_some_and(|item| item.id == last.agenda_item_id)).ok_or_else(|| {
        standing.wrong_step().saying(Said::fixed(
            "原则通过该文件的不是本次会议，请在作出该决定的会议确认定稿。",
            "It was not this meeting that approved the document in principle; confirm it at the one that did.",
        ))
    })?;
    standing.require_current(new.revision)?;
    let rules = tx.rules.clone();
    let in_force = rules.in_force(&standing.issuer.jurisdiction, tx.today)?;
    let reasons = decision::confirmation_reasons(&standing.facts, in_force.profile);
    let opinion = standing.facts.opinion.as_ref().map(|opinion| opinion.id);
    let Some(opinion) = opinion.filter(|_| reasons.is_empty()) else {
        return Err(gate_closed(particulars::explain(tx, &standing, None, reasons).await?));
    };
    let revision = standing.facts.revision.clone();
    let data = json!({"meeting_id": meeting.id, "decision_id": decided.id, "opinion_id": opinion, "note": new.note.trim()});
    let entry = tx
        .record(
            NewEntry::on_document(EntryType::ConfirmationGiven, role, document, data)
                .on_revision(revision.no, &revision.sha256)
                .under(in_force.id),
        )
        .await?;
    let confirmation = store::confirmation_insert(tx, document, &decided, (&revision, opinion), new.note.trim(), entry).await?;
    let evidence = Evidence { confirmation_id: Some(confirmation), ..Evidence::default() };
    let approved = (Stage::LegalityReview, Step::Approved);
    tx.move_document(&mut standing, Move::Confirm, approved, role, entry, evidence).await?;
    tx.finish_document(document).await
}
