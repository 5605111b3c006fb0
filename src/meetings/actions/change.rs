//! A secretary changes a meeting: its title, its day, or cancels it. Another day asks every gate anew; cancelling frees the
//! agenda. Once anything is decided, day and status are the record of that decision and stay.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::{Map, Value, json};

use super::schedule::day_error;
use super::{gate_closed, take_off};
use crate::base::ids::MeetingId;
use crate::base::said::{Lang, Said};
use crate::documents::standing::Permitted;
use crate::identity::actor::Role;
use crate::journal::entry::{EntryType, NewEntry, SubjectKind};
use crate::lifecycle::action::Action;
use crate::lifecycle::facts::MeetingFacts;
use crate::lifecycle::gate::{self, GateReason};
use crate::meetings::show;
use crate::meetings::store::{self, ItemRow, MeetingRow};
use crate::meetings::wire::{MeetingPatch, MeetingStatus, RemovalCause};
use crate::reviews::particulars;
use crate::schema::meetings;
use crate::web::call::IfMatch;
use crate::web::kind;
use crate::web::refusal::{Reason, Refusal};
use crate::web::tx::Tx;

/// Changes a meeting.
///
/// # Errors
/// 404 or 403; 412 when it changed since it was read; 409 `wrong_step` once an entry is decided, `meeting_cancelled`, or
/// `gate_closed` with the reasons of every entry for the new day; 422 for an implausible day.
pub async fn change(tx: &mut Tx<'_>, id: MeetingId, patch: MeetingPatch, read: IfMatch) -> Result<(), Refusal> {
    let meeting = tx.lock_meeting(id).await?;
    read.check(&serde_json::to_string(&show::meeting(tx, id).await?).map_err(Refusal::internal)?)?;
    let title = patch.title.map(|title| title.trim().to_owned()).filter(|title| *title != meeting.title);
    let held_on = patch.held_on.filter(|day| *day != meeting.held_on);
    let cancels = patch.status.is_some() && !meeting.is_cancelled();
    if held_on.is_some() || cancels {
        refuse_where_decided(tx, &meeting).await?;
    }
    if held_on.is_some() && meeting.is_cancelled() {
        return Err(Refusal::new(
            kind::MEETING_CANCELLED,
            Said::fixed("会议已取消，日期不再更改；请另行登记会议。", "The meeting was cancelled; its day stays. Create another meeting."),
        ));
    }
    if let Some(error) = held_on.and_then(day_error) {
        return Err(Refusal::fields(vec![error]));
    }
    let live = lock_live(tx, &meeting).await?;
    let mut changed = Map::new();
    if let Some(title) = &title {
        changed.insert("title".to_owned(), title.as_str().into());
    }
    if let Some(day) = held_on {
        if !cancels {
            ask_every_gate(tx, &meeting, day, &live).await?;
        }
        changed.insert("held_on".to_owned(), json!({"from": meeting.held_on, "to": day}));
    }
    if cancels {
        changed.insert("status".to_owned(), json!(MeetingStatus::Cancelled));
    }
    let entry = NewEntry::new(EntryType::MeetingChanged, Role::Secretary, (SubjectKind::Meeting, Some(id.0)), Value::Object(changed));
    tx.record(entry).await?;
    if cancels {
        for (item, permitted) in live {
            take_off::free(tx, id, permitted, &item, RemovalCause::MeetingCancelled).await?;
        }
    }
    diesel::update(meetings::table.find(id))
        .set((
            meetings::title.eq(title.unwrap_or(meeting.title)),
            meetings::held_on.eq(held_on.unwrap_or(meeting.held_on)),
            meetings::status.eq(if cancels { MeetingStatus::Cancelled } else { meeting.status }),
            meetings::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)
        .await?;
    Ok(())
}

async fn refuse_where_decided(tx: &mut Tx<'_>, meeting: &MeetingRow) -> Result<(), Refusal> {
    match store::decided_document(tx.conn, meeting.id).await? {
        Some(document) => {
            let standing = tx.standing(document).await?;
            let said = Said::new(
                format!("本次会议已对《{}》作出决定，会议日期不能再更改，会议也不能取消。", standing.title),
                format!("This meeting has decided on “{}”: its day stays, and it is not cancelled.", standing.title),
            );
            Err(standing.wrong_step().saying(said).with("document_id", json!(document)))
        }
        None => Ok(()),
    }
}

/// Locks the documents that stand on the agenda, in the order of their ids.
async fn lock_live(tx: &mut Tx<'_>, meeting: &MeetingRow) -> Result<Vec<(ItemRow, Permitted)>, Refusal> {
    let mut live = Vec::new();
    for item in store::live_items(tx.conn, meeting.id).await? {
        let permitted = tx.lock_for(item.document_id, Action::AgendaRemoval).await?;
        live.push((item, permitted));
    }
    Ok(live)
}

/// The gate of everything on the agenda for another day, as though it were placed anew.
async fn ask_every_gate(tx: &mut Tx<'_>, meeting: &MeetingRow, day: NaiveDate, live: &[(ItemRow, Permitted)]) -> Result<(), Refusal> {
    let on_that_day = MeetingFacts { held_on: day, ..meeting.facts() };
    let mut closed = Vec::new();
    let mut all = Vec::new();
    for (item, Permitted { standing, .. }) in live {
        let rules = tx.rules.clone();
        let in_force = rules.in_force(&standing.issuer.jurisdiction, tx.today)?;
        let mut reasons = gate::document_reasons(&standing.facts, in_force.profile);
        reasons.retain(|reason| *reason != GateReason::AlreadyOnAgenda);
        reasons.extend(gate::meeting_reasons(&standing.facts, &on_that_day, in_force.profile, &rules.calendar, tx.today));
        if !reasons.is_empty() {
            closed.push(json!(item.document_id));
            // Several documents may have the same reason, each with particulars of its own: the sentence says whose it is.
            for reason in particulars::explain(tx, standing, Some(&on_that_day), reasons).await? {
                let (zh, en) = (reason.detail.in_lang(Lang::Zh), reason.detail.in_lang(Lang::En));
                let title = &standing.title;
                all.push(Reason { code: reason.code, detail: Said::new(format!("《{title}》：{zh}"), format!("“{title}”: {en}")) });
            }
        }
    }
    if all.is_empty() { Ok(()) } else { Err(gate_closed(all).with("document_ids", Value::Array(closed))) }
}
