//! Meetings, agenda entries and decisions as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::store::MeetingRow;
use super::wire::{AgendaItem, AgendaItemState, Decision, Meeting, MeetingStatus, MeetingSummary, RemovalCause};
use crate::base::ids::{AgendaItemId, BodyId, DecisionId, DocumentId, MeetingId, OpinionId};
use crate::identity::bodies::BodyRef;
use crate::lifecycle::decision::DecisionOutcome;
use crate::schema::{agenda_items, agenda_removals, bodies, decisions, meetings, revisions, users};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// A meeting with its agenda, as it stands now.
///
/// # Errors
/// 404 where there is none.
pub async fn meeting(tx: &mut Tx<'_>, id: MeetingId) -> Result<Meeting, Refusal> {
    let found: Option<(MeetingRow, (String, String))> = meetings::table
        .inner_join(bodies::table.on(bodies::id.eq(meetings::body_id)))
        .filter(meetings::id.eq(id))
        .select((MeetingRow::as_select(), (bodies::code, bodies::name)))
        .first(tx.conn)
        .await
        .optional()?;
    let (row, body) = found.ok_or_else(Refusal::not_found)?;
    let agenda = items(tx, Which::Of(id)).await?;
    Ok(Meeting { summary: summary(row, body), agenda })
}

/// A body's meetings, the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn meetings_page(
    tx: &mut Tx<'_>,
    body: BodyId,
    status: Option<MeetingStatus>,
    after: Option<MeetingId>,
    limit: i64,
) -> Result<Vec<MeetingSummary>, Refusal> {
    let mut query = meetings::table
        .inner_join(bodies::table.on(bodies::id.eq(meetings::body_id)))
        .filter(meetings::body_id.eq(body))
        .select((MeetingRow::as_select(), (bodies::code, bodies::name)))
        .order(meetings::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(meetings::status.eq(status));
    }
    if let Some(after) = after {
        query = query.filter(meetings::id.lt(after));
    }
    let rows: Vec<(MeetingRow, (String, String))> = query.load(tx.conn).await?;
    Ok(rows.into_iter().map(|(row, body)| summary(row, body)).collect())
}

/// An entry of an agenda.
///
/// # Errors
/// When there is none.
pub async fn agenda_item(tx: &mut Tx<'_>, id: AgendaItemId) -> Result<AgendaItem, Refusal> {
    items(tx, Which::One(id)).await?.into_iter().next().ok_or_else(Refusal::not_found)
}

/// A decision.
///
/// # Errors
/// When there is none.
pub async fn decision(tx: &mut Tx<'_>, id: DecisionId) -> Result<Decision, Refusal> {
    let (row, recorded_by): (DecisionColumns, String) = decisions::table
        .inner_join(users::table.on(users::id.eq(decisions::recorded_by)))
        .filter(decisions::id.eq(id))
        .select((DecisionColumns::as_select(), users::login))
        .first(tx.conn)
        .await?;
    Ok(shown(row, recorded_by))
}

fn summary(row: MeetingRow, (code, name): (String, String)) -> MeetingSummary {
    MeetingSummary {
        id: row.id,
        body: BodyRef { code, name },
        kind: row.kind,
        held_on: row.held_on,
        title: row.title,
        status: row.status,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

enum Which {
    Of(MeetingId),
    One(AgendaItemId),
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = agenda_items, check_for_backend(diesel::pg::Pg))]
struct ItemColumns {
    id: AgendaItemId,
    meeting_id: MeetingId,
    document_id: DocumentId,
    revision_no: i32,
    revision_sha256: String,
    opinion_id: OpinionId,
    state: AgendaItemState,
    placed_at: DateTime<Utc>,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = decisions, check_for_backend(diesel::pg::Pg))]
struct DecisionColumns {
    id: DecisionId,
    agenda_item_id: AgendaItemId,
    meeting_id: MeetingId,
    document_id: DocumentId,
    revision_no: i32,
    revision_sha256: String,
    outcome: DecisionOutcome,
    minutes_no: String,
    attendees: serde_json::Value,
    presider: String,
    dissents: serde_json::Value,
    corrects: Option<DecisionId>,
    reason: Option<String>,
    held_on: NaiveDate,
    recorded_on: NaiveDate,
    recorded_at: DateTime<Utc>,
}

async fn items(tx: &mut Tx<'_>, which: Which) -> Result<Vec<AgendaItem>, Refusal> {
    let mut query = agenda_items::table
        .inner_join(
            revisions::table
                .on(revisions::document_id.eq(agenda_items::document_id).and(revisions::revision_no.eq(agenda_items::revision_no))),
        )
        .inner_join(users::table.on(users::id.eq(agenda_items::placed_by)))
        .left_join(agenda_removals::table.on(agenda_removals::agenda_item_id.eq(agenda_items::id)))
        .select((ItemColumns::as_select(), revisions::title, users::login, agenda_removals::cause.nullable()))
        .order(agenda_items::id)
        .into_boxed();
    query = match which {
        Which::Of(meeting) => query.filter(agenda_items::meeting_id.eq(meeting)),
        Which::One(item) => query.filter(agenda_items::id.eq(item)),
    };
    let rows: Vec<(ItemColumns, String, String, Option<RemovalCause>)> = query.load(tx.conn).await?;
    let ids: Vec<AgendaItemId> = rows.iter().map(|(row, ..)| row.id).collect();
    let mut decided: Vec<(AgendaItemId, Decision)> = decisions_on(tx, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|(row, title, placed_by, removal)| AgendaItem {
            id: row.id,
            meeting_id: row.meeting_id,
            document_id: row.document_id,
            title,
            revision: row.revision_no,
            revision_sha256: row.revision_sha256,
            opinion_id: row.opinion_id,
            state: row.state,
            removal,
            placed_by,
            placed_at: row.placed_at,
            decisions: decided.extract_if(.., |(item, _)| *item == row.id).map(|(_, decision)| decision).collect(),
        })
        .collect())
}

async fn decisions_on(tx: &mut Tx<'_>, items: &[AgendaItemId]) -> Result<Vec<(AgendaItemId, Decision)>, Refusal> {
    let rows: Vec<(DecisionColumns, String)> = decisions::table
        .inner_join(users::table.on(users::id.eq(decisions::recorded_by)))
        .filter(decisions::agenda_item_id.eq_any(items))
        .order((decisions::agenda_item_id, decisions::decision_no))
        .select((DecisionColumns::as_select(), users::login))
        .load(tx.conn)
        .await?;
    Ok(rows.into_iter().map(|(row, recorded_by)| (row.agenda_item_id, shown(row, recorded_by))).collect())
}

fn shown(row: DecisionColumns, recorded_by: String) -> Decision {
    Decision {
        id: row.id,
        meeting_id: row.meeting_id,
        document_id: row.document_id,
        revision: row.revision_no,
        revision_sha256: row.revision_sha256,
        outcome: row.outcome,
        minutes_no: row.minutes_no,
        attendees: row.attendees,
        presider: row.presider,
        dissents: row.dissents,
        corrects: row.corrects,
        reason: row.reason,
        held_on: row.held_on,
        recorded_on: row.recorded_on,
        recorded_by,
        recorded_at: row.recorded_at,
    }
}
