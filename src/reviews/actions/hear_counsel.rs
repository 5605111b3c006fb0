//! A reviewer records what counsel said on the current revision. It supports the review and never stands in for it.

use serde_json::json;

use crate::base::ids::{CounselOpinionId, DocumentId};
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::reviews::wire::NewCounselOpinion;
use crate::reviews::{refusals, store};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Records an opinion of counsel.
///
/// # Errors
/// 403 also for an author of the text; 404; 409 `wrong_step`.
pub async fn hear_counsel(tx: &mut Tx<'_>, id: DocumentId, new: NewCounselOpinion) -> Result<CounselOpinionId, Refusal> {
    let permitted = tx.lock_for(id, Action::CounselOpinions).await?;
    let standing = permitted.standing;
    if store::is_author(tx, id).await? {
        return Err(refusals::author_cannot_review());
    }
    standing.require_step(Action::CounselOpinions)?;
    let counsel = CounselOpinionId::new();
    let data =
        json!({"counsel_opinion_id": counsel, "counsel": new.counsel, "kind": new.kind, "conflict_of_interest": new.conflict_of_interest});
    let entry = NewEntry::on_document(EntryType::CounselOpinionRecorded, permitted.role, id, data)
        .on_revision(standing.facts.revision.no, &standing.facts.revision.sha256);
    let entry = tx.record(entry).await?;
    store::counsel_opinion_insert(tx, &standing, counsel, &new, entry).await?;
    tx.finish_document(id).await?;
    Ok(counsel)
}
