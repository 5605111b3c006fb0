//! Who may know of a meeting and act on it. Its secretary reads it and acts; the people of the same government, its sections
//! and its review body know that it meets and are told 403; for everybody else there is no such meeting.
//! What a drafter or reviewer needs of a meeting, its id, kind and day, stands on the document's timeline.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::store::{self, MeetingRow};
use crate::base::ids::{BodyId, MeetingId};
use crate::base::said::Said;
use crate::identity::permits;
use crate::lifecycle::facts::MeetingFacts;
use crate::schema::bodies;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

impl Tx<'_> {
    /// A meeting that the caller keeps as its secretary. Takes no lock.
    ///
    /// # Errors
    /// 404 or 403.
    pub async fn meeting_of_secretary(&mut self, id: MeetingId) -> Result<MeetingRow, Refusal> {
        let meeting = store::meeting_fetch(self.conn, id).await?.ok_or_else(Refusal::not_found)?;
        require_secretary(self, &meeting).await?;
        Ok(meeting)
    }

    /// Locks a meeting for an act of its secretary. Taken before any lock on a document.
    ///
    /// # Errors
    /// 404 or 403.
    pub async fn lock_meeting(&mut self, id: MeetingId) -> Result<MeetingRow, Refusal> {
        let meeting = store::meeting_lock(self.conn, id).await?.ok_or_else(Refusal::not_found)?;
        require_secretary(self, &meeting).await?;
        Ok(meeting)
    }
}

async fn require_secretary(tx: &mut Tx<'_>, meeting: &MeetingRow) -> Result<(), Refusal> {
    if tx.actor.is(permits::MAY_KEEP_MEETINGS) && tx.actor.body_id == meeting.body_id {
        return Ok(());
    }
    if knows(tx, meeting.body_id).await? {
        Err(permits::done_by(tx.actor, &Said::fixed("召开会议的机关的会议秘书", "the secretary of the body that meets")))
    } else {
        Err(Refusal::not_found())
    }
}

/// Whether the caller belongs to the body that meets: to itself, one of its parts, or its review body.
async fn knows(tx: &mut Tx<'_>, body: BodyId) -> Result<bool, Refusal> {
    let own = tx.actor.body_id;
    if own == body {
        return Ok(true);
    }
    let is_part = bodies::table.filter(bodies::id.eq(own)).filter(bodies::parent_id.eq(body));
    let reviews = bodies::table.filter(bodies::id.eq(body)).filter(bodies::review_body_id.eq(own));
    let (is_part, reviews): (bool, bool) =
        diesel::select((diesel::dsl::exists(is_part), diesel::dsl::exists(reviews))).get_result(tx.conn).await?;
    Ok(is_part || reviews)
}

impl MeetingRow {
    /// What the gate asks about this meeting.
    #[must_use]
    pub fn facts(&self) -> MeetingFacts {
        MeetingFacts { id: self.id, body: self.body_id, held_on: self.held_on, cancelled: self.is_cancelled() }
    }
}
