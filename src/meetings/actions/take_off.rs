//! Taking a document off an agenda, by hand or because its meeting was cancelled. It goes back to `cleared`.

use serde_json::json;

use crate::base::ids::{DocumentId, MeetingId};
use crate::documents::moves::Evidence;
use crate::documents::standing::Permitted;
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::step::{Move, Stage, Step};
use crate::meetings::store::{self, ItemRow};
use crate::meetings::wire::{AgendaItemState, RemovalCause};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Takes a document off a meeting's agenda.
///
/// # Errors
/// 404 where it does not stand there; 409 `wrong_step` once it is decided.
pub async fn take_off(tx: &mut Tx<'_>, meeting: MeetingId, document: DocumentId) -> Result<(), Refusal> {
    let meeting = tx.lock_meeting(meeting).await?;
    let permitted = tx.lock_for(document, Action::AgendaRemoval).await?;
    let item = store::last_item(tx.conn, meeting.id, document).await?.ok_or_else(Refusal::not_found)?;
    match item.state {
        AgendaItemState::Live => free(tx, meeting.id, permitted, &item, RemovalCause::TakenOff).await,
        AgendaItemState::Decided => Err(permitted.standing.wrong_step()),
        AgendaItemState::TakenOff => Err(Refusal::not_found()),
    }
}

/// Takes off an entry that stands, its document locked by the caller.
///
/// # Errors
/// 409 `wrong_step` where the document is not on an agenda.
pub(super) async fn free(
    tx: &mut Tx<'_>,
    meeting: MeetingId,
    permitted: Permitted,
    item: &ItemRow,
    cause: RemovalCause,
) -> Result<(), Refusal> {
    let Permitted { mut standing, role } = permitted;
    standing.require_step(Action::AgendaRemoval)?;
    let data = json!({"meeting_id": meeting, "agenda_item_id": item.id, "cause": cause});
    let entry = tx
        .record(
            NewEntry::on_document(EntryType::AgendaTakenOff, role, item.document_id, data)
                .on_revision(item.revision_no, &item.revision_sha256),
        )
        .await?;
    let removal = store::removal_insert(tx, item, cause, entry).await?;
    // The way back to `cleared` rests on the lawful opinion too, like every way there.
    let opinion_id = standing.facts.opinion.as_ref().map(|opinion| opinion.id);
    let evidence = Evidence { agenda_removal_id: Some(removal), opinion_id, ..Evidence::default() };
    let cleared = (Stage::LegalityReview, Step::Cleared);
    tx.move_document(&mut standing, Move::TakeOffAgenda, cleared, role, entry, evidence).await?;
    tx.finish_document(item.document_id).await
}
