//! SQL on meetings, their agenda, decisions and confirmations.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::json;

use super::wire::{AgendaItemState, MeetingKind, MeetingStatus, NewDecision, RemovalCause};
use crate::base::ids::{
    AgendaItemId, AgendaRemovalId, BodyId, ConfirmationId, DecisionId, DocumentId, EntryId, MeetingId, OpinionId, ProfileId,
};
use crate::lifecycle::decision::DecisionOutcome;
use crate::lifecycle::facts::{Outcome, RevisionFacts};
use crate::lifecycle::gate::GatePass;
use crate::schema::{agenda_items, agenda_removals, confirmations, decisions, meetings, step_changes};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// A meeting.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = meetings, check_for_backend(diesel::pg::Pg))]
pub struct MeetingRow {
    /// Its id.
    pub id: MeetingId,
    /// Who meets.
    pub body_id: BodyId,
    /// Its kind.
    pub kind: MeetingKind,
    /// Its day.
    pub held_on: NaiveDate,
    /// Its title.
    pub title: String,
    /// Whether it takes place.
    pub status: MeetingStatus,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl MeetingRow {
    /// Whether it was cancelled.
    #[must_use]
    pub const fn is_cancelled(&self) -> bool {
        matches!(self.status, MeetingStatus::Cancelled)
    }
}

/// An entry of an agenda.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = agenda_items, check_for_backend(diesel::pg::Pg))]
pub struct ItemRow {
    /// Its id.
    pub id: AgendaItemId,
    /// The document.
    pub document_id: DocumentId,
    /// The revision on the agenda.
    pub revision_no: i32,
    /// Its hash.
    pub revision_sha256: String,
    /// Where it stands.
    pub state: AgendaItemState,
}

/// A decision that stands.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = decisions, check_for_backend(diesel::pg::Pg))]
pub struct DecisionRow {
    /// Its id.
    pub id: DecisionId,
    /// The entry decided.
    pub agenda_item_id: AgendaItemId,
    /// Its number on that entry.
    pub decision_no: i32,
    /// Its outcome.
    pub outcome: DecisionOutcome,
    /// The meeting's day.
    pub held_on: NaiveDate,
    /// The revision decided.
    pub revision_no: i32,
    /// Its hash.
    pub revision_sha256: String,
}

impl DecisionRow {
    /// The text decided.
    #[must_use]
    pub fn revision(&self) -> RevisionFacts {
        RevisionFacts { no: self.revision_no, sha256: self.revision_sha256.clone() }
    }
}

/// A meeting by its id.
///
/// # Errors
/// When the database refuses.
pub async fn meeting_fetch(conn: &mut AsyncPgConnection, id: MeetingId) -> Result<Option<MeetingRow>, Refusal> {
    Ok(meetings::table.find(id).select(MeetingRow::as_select()).first(conn).await.optional()?)
}

/// A meeting by its id, locked: its day, its status and its agenda cannot change meanwhile.
///
/// # Errors
/// When the database refuses.
pub async fn meeting_lock(conn: &mut AsyncPgConnection, id: MeetingId) -> Result<Option<MeetingRow>, Refusal> {
    Ok(meetings::table.find(id).select(MeetingRow::as_select()).for_update().first(conn).await.optional()?)
}

/// What stands on an agenda undecided, in the order in which documents are locked.
///
/// # Errors
/// When the database refuses.
pub async fn live_items(conn: &mut AsyncPgConnection, meeting: MeetingId) -> Result<Vec<ItemRow>, Refusal> {
    Ok(agenda_items::table
        .filter(agenda_items::meeting_id.eq(meeting))
        .filter(agenda_items::state.eq(AgendaItemState::Live))
        .order(agenda_items::document_id)
        .select(ItemRow::as_select())
        .load(conn)
        .await?)
}

/// A document on which a meeting has decided, if there is one.
///
/// # Errors
/// When the database refuses.
pub async fn decided_document(conn: &mut AsyncPgConnection, meeting: MeetingId) -> Result<Option<DocumentId>, Refusal> {
    Ok(agenda_items::table
        .filter(agenda_items::meeting_id.eq(meeting))
        .filter(agenda_items::state.eq(AgendaItemState::Decided))
        .order(agenda_items::id)
        .select(agenda_items::document_id)
        .first(conn)
        .await
        .optional()?)
}

/// A document's last entry on a meeting's agenda: one that was taken off or deferred can be placed again.
///
/// # Errors
/// When the database refuses.
pub async fn last_item(conn: &mut AsyncPgConnection, meeting: MeetingId, document: DocumentId) -> Result<Option<ItemRow>, Refusal> {
    Ok(agenda_items::table
        .inner_join(step_changes::table.on(step_changes::agenda_item_id.eq(agenda_items::id.nullable())))
        .filter(agenda_items::meeting_id.eq(meeting))
        .filter(agenda_items::document_id.eq(document))
        .filter(step_changes::document_id.eq(document))
        .order(step_changes::seq.desc())
        .select(ItemRow::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Places on an agenda what has passed the gate. The pass is used up: one opening, one entry.
///
/// # Errors
/// When the database refuses.
pub async fn item_insert(tx: &mut Tx<'_>, id: AgendaItemId, pass: GatePass, entry: EntryId) -> Result<(), Refusal> {
    let (opinion_id, opinion_no, opinion_given_on) = pass.opinion();
    diesel::insert_into(agenda_items::table)
        .values((
            agenda_items::id.eq(id),
            agenda_items::meeting_id.eq(pass.meeting()),
            agenda_items::body_id.eq(pass.body()),
            agenda_items::held_on.eq(pass.held_on()),
            agenda_items::meeting_status.eq(MeetingStatus::Scheduled),
            agenda_items::document_id.eq(pass.document()),
            agenda_items::revision_no.eq(pass.revision().no),
            agenda_items::revision_sha256.eq(&pass.revision().sha256),
            agenda_items::opinion_id.eq(opinion_id),
            agenda_items::opinion_no.eq(opinion_no),
            agenda_items::opinion_outcome.eq(Outcome::Lawful),
            agenda_items::opinion_given_on.eq(opinion_given_on),
            agenda_items::placed_by.eq(tx.actor.user_id),
            agenda_items::placed_at.eq(tx.now),
            agenda_items::placed_on.eq(tx.today),
            agenda_items::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(())
}

/// Takes an entry off; its state follows by trigger.
///
/// # Errors
/// When the database refuses.
pub async fn removal_insert(tx: &mut Tx<'_>, item: &ItemRow, cause: RemovalCause, entry: EntryId) -> Result<AgendaRemovalId, Refusal> {
    let id = AgendaRemovalId::new();
    diesel::insert_into(agenda_removals::table)
        .values((
            agenda_removals::id.eq(id),
            agenda_removals::agenda_item_id.eq(item.id),
            agenda_removals::document_id.eq(item.document_id),
            agenda_removals::cause.eq(cause),
            agenda_removals::removed_by.eq(tx.actor.user_id),
            agenda_removals::removed_at.eq(tx.now),
            agenda_removals::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(id)
}

/// The decision that stands on an entry: the last one entered.
///
/// # Errors
/// When the database refuses.
pub async fn standing_decision(mut conn: &AsyncPgConnection, item: AgendaItemId) -> Result<Option<DecisionRow>, Refusal> {
    Ok(decisions::table
        .filter(decisions::agenda_item_id.eq(item))
        .order(decisions::decision_no.desc())
        .select(DecisionRow::as_select())
        .first(&mut conn)
        .await
        .optional()?)
}

/// The decision under which a document stands: that on the last entry which moved it.
///
/// # Errors
/// When the database refuses.
pub async fn last_decision(mut conn: &AsyncPgConnection, document: DocumentId) -> Result<Option<DecisionRow>, Refusal> {
    let item: Option<AgendaItemId> = step_changes::table
        .inner_join(decisions::table.on(decisions::id.nullable().eq(step_changes::decision_id)))
        .filter(step_changes::document_id.eq(document))
        .order(step_changes::seq.desc())
        .select(decisions::agenda_item_id)
        .first(&mut conn)
        .await
        .optional()?;
    match item {
        Some(item) => standing_decision(conn, item).await,
        None => Ok(None),
    }
}

/// A decision about to be written.
#[derive(Debug)]
pub struct DecisionDraft<'d> {
    /// Its id.
    pub id: DecisionId,
    /// The entry decided.
    pub item: &'d ItemRow,
    /// The meeting.
    pub meeting: &'d MeetingRow,
    /// What the caller said.
    pub said: &'d NewDecision,
    /// The decision corrected, if any.
    pub corrected: Option<&'d DecisionRow>,
    /// The profile in force.
    pub profile: ProfileId,
}

/// Writes a decision; the entry's state follows by trigger.
///
/// # Errors
/// When the database refuses.
pub async fn decision_insert(tx: &mut Tx<'_>, draft: &DecisionDraft<'_>, entry: EntryId) -> Result<(), Refusal> {
    diesel::insert_into(decisions::table)
        .values((
            decisions::id.eq(draft.id),
            decisions::agenda_item_id.eq(draft.item.id),
            decisions::document_id.eq(draft.item.document_id),
            decisions::meeting_id.eq(draft.meeting.id),
            decisions::held_on.eq(draft.meeting.held_on),
            decisions::revision_no.eq(draft.item.revision_no),
            decisions::revision_sha256.eq(&draft.item.revision_sha256),
            decisions::decision_no.eq(draft.corrected.map_or(1, |corrected| corrected.decision_no + 1)),
            decisions::outcome.eq(draft.said.outcome),
            decisions::minutes_no.eq(draft.said.minutes_no.trim()),
            decisions::attendees.eq(json!(draft.said.attendees)),
            decisions::presider.eq(draft.said.presider.trim()),
            decisions::dissents.eq(json!(draft.said.dissents)),
            decisions::corrects.eq(draft.corrected.map(|corrected| corrected.id)),
            decisions::reason.eq(draft.said.reason.as_deref().map(str::trim)),
            decisions::recorded_by.eq(tx.actor.user_id),
            decisions::recorded_at.eq(tx.now),
            decisions::recorded_on.eq(tx.today),
            decisions::profile_id.eq(draft.profile),
            decisions::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(())
}

/// Writes the confirmation of a finished text under the opinion that found it lawful.
///
/// # Errors
/// When the database refuses.
pub async fn confirmation_insert(
    tx: &mut Tx<'_>,
    document: DocumentId,
    decision: &DecisionRow,
    (revision, opinion): (&RevisionFacts, OpinionId),
    note: &str,
    entry: EntryId,
) -> Result<ConfirmationId, Refusal> {
    let id = ConfirmationId::new();
    diesel::insert_into(confirmations::table)
        .values((
            confirmations::id.eq(id),
            confirmations::document_id.eq(document),
            confirmations::decision_id.eq(decision.id),
            confirmations::decision_outcome.eq(decision.outcome),
            confirmations::held_on.eq(decision.held_on),
            confirmations::revision_no.eq(revision.no),
            confirmations::revision_sha256.eq(&revision.sha256),
            confirmations::opinion_id.eq(opinion),
            confirmations::opinion_outcome.eq(Outcome::Lawful),
            confirmations::note.eq(note),
            confirmations::confirmed_by.eq(tx.actor.user_id),
            confirmations::confirmed_at.eq(tx.now),
            confirmations::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(id)
}
