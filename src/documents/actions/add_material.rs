//! A drafter adds a submission material; it counts from the next submission on.

use serde_json::json;

use crate::base::ids::{DocumentId, MaterialId};
use crate::base::said::Said;
use crate::documents::files::StoredFile;
use crate::documents::materials::{self, MaterialDraft};
use crate::documents::wire::NewMaterial;
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::material::conclusion_fits;
use crate::web::kind;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Adds a material.
///
/// # Errors
/// 403, 404, 409 `wrong_step`, 422 `conclusion_mismatch`.
pub async fn add_material(tx: &mut Tx<'_>, id: DocumentId, new: NewMaterial, file: StoredFile) -> Result<MaterialId, Refusal> {
    let permitted = tx.lock_for(id, Action::Materials).await?;
    let standing = permitted.standing;
    standing.require_step(Action::Materials)?;
    if !conclusion_fits(new.kind, new.conclusion) {
        return Err(Refusal::field(
            "/conclusion",
            kind::CONCLUSION_MISMATCH,
            Said::fixed(
                "公平竞争审查结论须填 conclusion，其他材料不得填。",
                "conclusion goes with fair_competition_conclusion, and with nothing else.",
            ),
        ));
    }
    let draft = MaterialDraft { id: MaterialId::new(), kind: new.kind, conclusion: new.conclusion, file };
    let data = json!({"material_id": draft.id, "kind": draft.kind, "conclusion": draft.conclusion, "file_name": draft.file.name,
        "file_sha256": draft.file.sha256});
    let entry = tx
        .record(
            NewEntry::on_document(EntryType::MaterialAdded, permitted.role, id, data)
                .on_revision(standing.facts.revision.no, &standing.facts.revision.sha256),
        )
        .await?;
    materials::material_insert(tx, id, &draft, entry).await?;
    tx.finish_document(id).await?;
    Ok(draft.id)
}
