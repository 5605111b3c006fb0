//! A secretary enters what the meeting decided on a document, or corrects an entry that was wrong.

use serde_json::json;

use super::gate_closed;
use crate::base::ids::{DecisionId, DocumentId, MeetingId};
use crate::base::said::Said;
use crate::documents::moves::Evidence;
use crate::documents::standing::{Permitted, Standing};
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::decision;
use crate::lifecycle::step::{Move, Stage, Step};
use crate::meetings::store::{self, DecisionDraft, DecisionRow, ItemRow, MeetingRow};
use crate::meetings::wire::{AgendaItemState, NewDecision};
use crate::reviews::particulars;
use crate::web::kind;
use crate::web::refusal::{FieldError, Refusal};
use crate::web::tx::Tx;

/// Enters a decision.
///
/// # Errors
/// 404 or 403; 409 `wrong_step` where the document does not stand on this agenda undecided, or, for a correction, no longer
/// where the decision put it, and `gate_closed` for a correction into an approval against the last opinion; 422 before the
/// meeting's day, for a decision that does not stand here, and for a correction without a reason.
pub async fn decide(tx: &mut Tx<'_>, meeting: MeetingId, document: DocumentId, said: NewDecision) -> Result<DecisionId, Refusal> {
    let meeting = tx.lock_meeting(meeting).await?;
    let Permitted { mut standing, role } = tx.lock_for(document, Action::Decision).await?;
    let (item, corrected) = what_is_decided(tx, &meeting, &standing, &said).await?;
    let errors = value_errors(tx, &meeting, &said, corrected.as_ref());
    if !errors.is_empty() {
        return Err(Refusal::fields(errors));
    }
    let rules = tx.rules.clone();
    let in_force = rules.in_force(&standing.issuer.jurisdiction, tx.today)?;
    let id = DecisionId::new();
    let (entry_type, by) = match corrected {
        None => (EntryType::DecisionRecorded, Move::Decide),
        Some(_) => (EntryType::DecisionCorrected, Move::CorrectDecision),
    };
    let data = json!({"meeting_id": meeting.id, "agenda_item_id": item.id, "decision_id": id, "outcome": said.outcome,
        "minutes_no": said.minutes_no.trim(), "held_on": meeting.held_on, "recorded_on": tx.today, "attendees": said.attendees,
        "presider": said.presider, "dissents": said.dissents, "corrects": said.corrects, "reason": said.reason});
    let entry = tx
        .record(
            NewEntry::on_document(entry_type, role, document, data).on_revision(item.revision_no, &item.revision_sha256).under(in_force.id),
        )
        .await?;
    let draft = DecisionDraft { id, item: &item, meeting: &meeting, said: &said, corrected: corrected.as_ref(), profile: in_force.id };
    store::decision_insert(tx, &draft, entry).await?;
    let to = (Stage::LegalityReview, said.outcome.leads_to());
    // A correction that keeps the outcome sets the record right and moves nothing.
    if standing.place() != to {
        let evidence = Evidence { decision_id: Some(id), ..Evidence::default() };
        tx.move_document(&mut standing, by, to, role, entry, evidence).await?;
    }
    tx.finish_document(document).await?;
    Ok(id)
}

/// 409 `wrong_step`; on another meeting's agenda the step itself would allow it, so the sentence names the meeting.
fn not_on_this_agenda(standing: &Standing) -> Refusal {
    let refusal = standing.wrong_step();
    if standing.facts.step != Step::OnAgenda {
        return refusal;
    }
    refusal.saying(Said::fixed(
        "文件不在本次会议的议程上，而在另一次会议的议程上；请在那次会议登记决定。",
        "The document is not on this meeting's agenda but on another's; enter the decision there.",
    ))
}

const DECIDED_ALREADY: Said = Said::fixed(
    "会议已对该议题作出决定，不再登记第二次；记录有误的，填写 corrects（原决定的 id）和 reason（理由）予以更正。",
    "The meeting has decided on this entry and does not decide twice; to correct a wrong entry, give corrects (the id of the decision) and reason.",
);
const DECIDED_AND_GONE_ON: Said = Said::fixed(
    "会议已对该议题作出决定，此后文件已有变动，该决定的记录不能再更正。",
    "The meeting has decided on this entry, and the document has gone on since; that decision can no longer be corrected.",
);

/// The entry to be decided, with the decision to be corrected where it has one.
async fn what_is_decided(
    tx: &mut Tx<'_>,
    meeting: &MeetingRow,
    standing: &Standing,
    said: &NewDecision,
) -> Result<(ItemRow, Option<DecisionRow>), Refusal> {
    let item = store::last_item(tx.conn, meeting.id, standing.id).await?.ok_or_else(|| not_on_this_agenda(standing))?;
    match item.state {
        AgendaItemState::Live => Ok((item, None)),
        AgendaItemState::TakenOff => Err(not_on_this_agenda(standing)),
        AgendaItemState::Decided => {
            let last = store::last_decision(tx.conn, standing.id).await?.filter(|last| last.agenda_item_id == item.id);
            let stands = last.filter(|last| decision::still_stands(&standing.facts, last.outcome, &last.revision()));
            let stands = match (stands, said.corrects) {
                (Some(stands), Some(_)) => stands,
                (Some(_), None) => return Err(standing.wrong_step().saying(DECIDED_ALREADY)),
                (None, _) => return Err(standing.wrong_step().saying(DECIDED_AND_GONE_ON)),
            };
            let reasons = decision::correction_reasons(&standing.facts, said.outcome);
            if reasons.is_empty() {
                Ok((item, Some(stands)))
            } else {
                Err(gate_closed(particulars::explain(tx, standing, None, reasons).await?))
            }
        }
    }
}

fn value_errors(tx: &Tx<'_>, meeting: &MeetingRow, said: &NewDecision, corrected: Option<&DecisionRow>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if meeting.held_on > tx.today {
        // The day is the meeting's, not a field of this call.
        errors.push(FieldError::new(
            "",
            kind::DATE_IN_FUTURE,
            Said::new(
                format!("会议定于 {} 召开，决定自会议当日起登记。", meeting.held_on),
                format!("The meeting is on {}; a decision is entered from that day on.", meeting.held_on),
            ),
        ));
    }
    if said.corrects != corrected.map(|corrected| corrected.id) {
        errors.push(FieldError::new(
            "/corrects",
            kind::UNKNOWN_DECISION,
            Said::fixed("这不是该议题现行有效的决定。", "This is not the decision that stands on this entry."),
        ));
    }
    if said.corrects.is_some() && said.reason.is_none() {
        errors.push(FieldError::new(
            "/reason",
            kind::REASON_REQUIRED,
            Said::fixed("更正决定须说明理由。", "A correction needs its reason."),
        ));
    }
    errors
}
