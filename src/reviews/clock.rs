//! The clock of a review at the moment of its acceptance. The rule is `lifecycle::deadlines`; once it runs, the document's deadlines
//! show it.

use super::store::Started;
use crate::documents::deadlines::review_events;
use crate::documents::standing::Standing;
use crate::lifecycle::deadlines::{ReviewEvent, review_clock, review_due};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// The clock as it starts, or goes on, when the last submission is accepted now. The period is the one that held on the day on which
/// the clock started.
///
/// # Errors
/// 409 `no_profile`; when the database refuses.
pub async fn started_by_accepting(tx: &mut Tx<'_>, standing: &Standing) -> Result<Option<Started>, Refusal> {
    let mut events = review_events(tx.conn, standing.id).await?;
    events.push(ReviewEvent::Accepted);
    let Some((complete_on, suspensions)) = review_clock(&events) else { return Ok(None) };
    let in_force = tx.rules.in_force(&standing.issuer.jurisdiction, complete_on).or_else(|_| tx.profile_of(&standing.issuer))?;
    let due = review_due(complete_on, suspensions, &tx.rules.calendar, in_force.profile);
    Ok(due.map(|due| Started { complete_on, due }))
}
