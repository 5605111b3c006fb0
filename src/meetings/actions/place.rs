//! A secretary places a document on an agenda: the one way through the gate.

use serde_json::json;

use super::gate_closed;
use crate::base::ids::{AgendaItemId, DocumentId, MeetingId};
use crate::documents::moves::Evidence;
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::gate;
use crate::lifecycle::step::{Move, Stage, Step};
use crate::meetings::store;
use crate::reviews::particulars;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Places a document on an agenda.
///
/// # Errors
/// 404 or 403; 409 `gate_closed` with every reason, also where the step is far from `cleared`.
pub async fn place(tx: &mut Tx<'_>, meeting: MeetingId, document: DocumentId) -> Result<AgendaItemId, Refusal> {
    let meeting = tx.lock_meeting(meeting).await?;
    let permitted = tx.lock_for(document, Action::Agenda).await?;
    let mut standing = permitted.standing;
    let rules = tx.rules.clone();
    let in_force = rules.in_force(&standing.issuer.jurisdiction, tx.today)?;
    let pass = match gate::open(&standing.facts, &meeting.facts(), in_force.profile, &rules.calendar, tx.today) {
        Ok(pass) => pass,
        Err(reasons) => return Err(gate_closed(particulars::explain(tx, &standing, Some(&meeting.facts()), reasons).await?)),
    };
    let id = AgendaItemId::new();
    let data = json!({"meeting_id": meeting.id, "meeting_title": meeting.title, "meeting_kind": meeting.kind, "held_on": meeting.held_on, "agenda_item_id": id,
        "opinion_id": pass.opinion().0});
    let entry = tx
        .record(
            NewEntry::on_document(EntryType::AgendaPlaced, permitted.role, document, data)
                .on_revision(pass.revision().no, &pass.revision().sha256)
                .under(in_force.id),
        )
        .await?;
    store::item_insert(tx, id, pass, entry).await?;
    let evidence = Evidence { agenda_item_id: Some(id), ..Evidence::default() };
    let on_agenda = (Stage::LegalityReview, Step::OnAgenda);
    tx.move_document(&mut standing, Move::PlaceOnAgenda, on_agenda, permitted.role, entry, evidence).await?;
    tx.finish_document(document).await?;
    Ok(id)
}
