//! A secretary creates a meeting of their own body.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::base::ids::MeetingId;
use crate::base::said::Said;
use crate::identity::{bodies, permits};
use crate::journal::entry::{EntryType, NewEntry, SubjectKind};
use crate::lifecycle::issuing;
use crate::meetings::wire::{MeetingStatus, NewMeeting};
use crate::schema::meetings;
use crate::web::kind;
use crate::web::refusal::{FieldError, Refusal};
use crate::web::tx::Tx;

/// Creates a meeting. Its day may be over; then nothing can be placed on its agenda.
///
/// # Errors
/// 403 for another body than the caller's; 422 for a body that does not exist or issue, and for an implausible day.
pub async fn schedule(tx: &mut Tx<'_>, new: NewMeeting) -> Result<MeetingId, Refusal> {
    let role = permits::require_role(tx.actor, permits::MAY_KEEP_MEETINGS)?;
    let mut errors = Vec::new();
    let body = bodies::body_by_code(tx.conn, &new.body).await?;
    match &body {
        Some(body) if body.id != tx.actor.body_id => {
            return Err(permits::done_by(
                tx.actor,
                &Said::new(format!("{}的会议秘书", body.name), format!("the secretary of {}, whose meeting it is", body.name)),
            ));
        }
        Some(body) if !body.may_issue => errors.push(FieldError::new(
            "/body",
            kind::NOT_AN_ISSUER,
            Said::fixed(
                "该机关无权制定规范性文件，其会议不能审议规范性文件。",
                "This body may not issue; its meetings decide on no document.",
            ),
        )),
        Some(_) => {}
        None => errors.push(FieldError::new("/body", kind::UNKNOWN_BODY, bodies::unknown_body(tx.conn, &new.body).await?)),
    }
    errors.extend(day_error(new.held_on));
    let Some(body) = body.filter(|_| errors.is_empty()) else { return Err(Refusal::fields(errors)) };
    let id = MeetingId::new();
    let data = json!({"body": body.code, "kind": new.kind, "held_on": new.held_on, "title": new.title.trim()});
    tx.record(NewEntry::new(EntryType::MeetingScheduled, role, (SubjectKind::Meeting, Some(id.0)), data)).await?;
    diesel::insert_into(meetings::table)
        .values((
            meetings::id.eq(id),
            meetings::body_id.eq(body.id),
            meetings::kind.eq(new.kind),
            meetings::held_on.eq(new.held_on),
            meetings::title.eq(new.title.trim()),
            meetings::status.eq(MeetingStatus::Scheduled),
            meetings::created_by.eq(tx.actor.user_id),
            meetings::created_at.eq(tx.now),
            meetings::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)
        .await?;
    Ok(id)
}

/// The fault of a day that no meeting can have.
pub(super) fn day_error(held_on: chrono::NaiveDate) -> Option<FieldError> {
    (!issuing::is_plausible(held_on)).then(|| {
        FieldError::new(
            "/held_on",
            kind::DATE_OUT_OF_RANGE,
            Said::new(
                format!("会议日期应在 {} 年至 {} 年之间。", issuing::YEAR_MIN, issuing::YEAR_MAX),
                format!("A meeting is held between {} and {}.", issuing::YEAR_MIN, issuing::YEAR_MAX),
            ),
        )
    })
}
