//! The drafter withdraws a document, for good. What was said of it is kept.

use serde_json::json;

use crate::base::ids::{DocumentId, WithdrawalId};
use crate::documents::moves::Evidence;
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::step::{Move, Step};
use crate::reviews::store;
use crate::reviews::wire::NewWithdrawal;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Withdraws a document; its stage stays.
///
/// # Errors
/// 403, 404; 409 `wrong_step`.
pub async fn withdraw(tx: &mut Tx<'_>, id: DocumentId, new: NewWithdrawal) -> Result<(), Refusal> {
    let permitted = tx.lock_for(id, Action::Withdrawal).await?;
    let mut standing = permitted.standing;
    standing.require_step(Action::Withdrawal)?;
    let entry =
        NewEntry::on_document(EntryType::DocumentWithdrawn, permitted.role, id, json!({"from": standing.facts.step, "reason": new.reason}))
            .on_revision(standing.facts.revision.no, &standing.facts.revision.sha256);
    let entry = tx.record(entry).await?;
    let withdrawal = WithdrawalId::new();
    store::withdrawal_insert(tx, id, withdrawal, &new.reason, entry).await?;
    let evidence = Evidence { withdrawal_id: Some(withdrawal), ..Evidence::default() };
    let to = (standing.facts.stage, Step::Withdrawn);
    tx.move_document(&mut standing, Move::Withdraw, to, permitted.role, entry, evidence).await?;
    tx.finish_document(id).await
}
