//! A clean-up round is opened, by a superior for a body that files to it, or by the body itself.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::base::ids::CleanupId;
use crate::base::said::Said;
use crate::cleanups::standing::{CleanupAct, forbidden, role_towards};
use crate::cleanups::wire::NewCleanup;
use crate::identity::bodies;
use crate::journal::entry::{EntryType, NewEntry, SubjectKind};
use crate::lifecycle::cleanup::UnlistedResult;
use crate::lifecycle::profile::UnlistedEffect;
use crate::schema::cleanups;
use crate::web::kind;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Opens a round.
///
/// # Errors
/// 403 for bodies that do not file to the caller's; 422 `unknown_body`, `not_an_issuer`.
pub async fn open(tx: &mut Tx<'_>, new: NewCleanup) -> Result<CleanupId, Refusal> {
    let Some(body) = bodies::body_by_code(tx.conn, &new.body).await? else {
        return Err(Refusal::field("/body", kind::UNKNOWN_BODY, bodies::unknown_body(tx.conn, &new.body).await?));
    };
    let Some(role) = role_towards(tx, body.id, CleanupAct::Work).await? else { return Err(forbidden(tx.actor, CleanupAct::Work)) };
    if !body.may_issue {
        return Err(Refusal::field(
            "/body",
            kind::NOT_AN_ISSUER,
            Said::new(
                format!("{} 不制定规范性文件，没有可清理的文件。", body.name),
                format!("{} issues no documents, so there is nothing to clean up.", body.name),
            ),
        ));
    }
    let in_force = tx.rules.in_force(&body.jurisdiction, tx.today)?;
    let profile = in_force.id;
    let unlisted_effect = new.unlisted_effect.unwrap_or_else(|| match in_force.profile.unlisted_effect() {
        UnlistedEffect::None => UnlistedResult::None,
        UnlistedEffect::Repeal => UnlistedResult::Repeal,
        UnlistedEffect::Lapse => UnlistedResult::Lapse,
    });
    let id = CleanupId::new();
    let data = json!({"body": body.code, "trigger": new.trigger, "cutoff_date": new.cutoff_date, "law_id": new.law_id,
        "unlisted_effect": unlisted_effect, "lapse_if_missed": new.lapse_if_missed});
    let entry = tx.record(NewEntry::new(EntryType::CleanupOpened, role, (SubjectKind::Cleanup, Some(id.0)), data).under(profile)).await?;
    diesel::insert_into(cleanups::table)
        .values((
            cleanups::id.eq(id),
            cleanups::title.eq(new.title.trim()),
            cleanups::body_id.eq(body.id),
            cleanups::trigger.eq(new.trigger),
            cleanups::cutoff_date.eq(new.cutoff_date),
            cleanups::law_id.eq(new.law_id),
            cleanups::unlisted_effect.eq(unlisted_effect),
            cleanups::lapse_if_missed.eq(new.lapse_if_missed),
            cleanups::opened_by.eq(tx.actor.user_id),
            cleanups::opened_for.eq(tx.actor.body_id),
            cleanups::opened_at.eq(tx.now),
            cleanups::updated_at.eq(tx.now),
            cleanups::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(id)
}
