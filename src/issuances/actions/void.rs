//! A secretary takes an issuance back before publication. Both numbers stay in the register as void.

use serde_json::json;

use crate::base::ids::DocumentId;
use crate::documents::moves::Evidence;
use crate::documents::standing::Permitted;
use crate::issuances::store;
use crate::issuances::wire::NewVoid;
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::step::{Move, Stage, Step};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Voids the issuance of a signed document, which is then approved again.
///
/// # Errors
/// 404 or 403; 409 `wrong_step` unless it is signed and not published.
pub async fn void(tx: &mut Tx<'_>, document: DocumentId, said: NewVoid) -> Result<(), Refusal> {
    let Permitted { mut standing, role } = tx.lock_for(document, Action::IssuanceVoid).await?;
    standing.require_step(Action::IssuanceVoid)?;
    let issuance = store::valid_issuance(tx.conn, document).await?.ok_or_else(|| Refusal::internal("signed without an issuance"))?;
    let register_no = store::number_written(tx.conn, issuance.register_number_id).await?;
    let official_doc_no = store::number_written(tx.conn, issuance.official_number_id).await?;
    let data = json!({"issuance_id": issuance.id, "register_no": register_no, "official_doc_no": official_doc_no,
        "reason": said.reason.trim()});
    let entry = tx
        .record(
            NewEntry::on_document(EntryType::IssuanceVoided, role, document, data)
                .on_revision(issuance.revision_no, &issuance.revision_sha256),
        )
        .await?;
    let id = store::void_insert(tx, (document, issuance.id), said.reason.trim(), entry).await?;
    let evidence = Evidence { issuance_void_id: Some(id), ..Evidence::default() };
    let approved = (Stage::LegalityReview, Step::Approved);
    tx.move_document(&mut standing, Move::VoidIssuance, approved, role, entry, evidence).await?;
    tx.finish_document(document).await
}
