//! The gate as it is read: the same rule that the agenda asks, without placing anything.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::particulars;
use super::wire::Gate;
use crate::base::ids::MeetingId;
use crate::documents::standing::Standing;
use crate::lifecycle::facts::MeetingFacts;
use crate::lifecycle::gate;
use crate::schema::meetings;
use crate::web::refusal::{ReasonBody, Refusal};
use crate::web::tx::Tx;

/// What stands between a document and a meeting, or any meeting where none is named.
///
/// # Errors
/// 404 for a meeting that there is not; 409 `no_profile`.
pub async fn gate(tx: &mut Tx<'_>, standing: &Standing, meeting: Option<MeetingId>) -> Result<Gate, Refusal> {
    let rules = std::sync::Arc::clone(&tx.rules);
    let profile = rules.in_force(&standing.issuer.jurisdiction, tx.today)?.profile;
    let mut reasons = gate::document_reasons(&standing.facts, profile);
    let meeting = match meeting {
        Some(id) => Some(meeting_facts(tx, id).await?),
        None => None,
    };
    if let Some(meeting) = &meeting {
        reasons.extend(gate::meeting_reasons(&standing.facts, meeting, profile, &rules.calendar, tx.today));
    }
    let reasons = particulars::explain(tx, standing, meeting.as_ref(), reasons).await?;
    Ok(Gate {
        open: reasons.is_empty(),
        revision: standing.facts.revision.no,
        revision_sha256: standing.facts.revision.sha256.clone(),
        reasons: reasons
            .into_iter()
            .map(|reason| ReasonBody { code: reason.code.to_owned(), detail: reason.detail.in_lang(tx.lang).to_owned() })
            .collect(),
    })
}

async fn meeting_facts(tx: &mut Tx<'_>, id: MeetingId) -> Result<MeetingFacts, Refusal> {
    let (body, held_on, status): (_, _, String) = meetings::table
        .find(id)
        .select((meetings::body_id, meetings::held_on, meetings::status))
        .first(tx.conn)
        .await
        .optional()?
        .ok_or_else(Refusal::not_found)?;
    Ok(MeetingFacts { id, body, held_on, cancelled: status == "cancelled" })
}
