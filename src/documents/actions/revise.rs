//! A drafter makes a new revision with another text. Everything else that a revision binds is carried over.

use serde_json::json;

use crate::base::ids::DocumentId;
use crate::documents::files::StoredFile;
use crate::documents::moves::Evidence;
use crate::documents::standing::Permitted;
use crate::documents::store::{self, RevisionDraft};
use crate::documents::text_input::TextInput;
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::facts::RevisionFacts;
use crate::lifecycle::revision::moved_by_a_revision;
use crate::lifecycle::step::Move;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Makes a new revision and gives its number.
///
/// # Errors
/// 403, 404, 409 `wrong_step`.
pub async fn revise(tx: &mut Tx<'_>, id: DocumentId, input: TextInput, note: Option<String>) -> Result<i32, Refusal> {
    let permitted = tx.lock_for(id, Action::Revisions).await?;
    permitted.standing.require_step(Action::Revisions)?;
    let (mut bound, _) = store::revision_bound(tx.conn, id, permitted.standing.facts.revision.no).await?;
    bound.text = input.text;
    bound.file_sha256 = input.file.as_ref().map(|file| file.sha256.clone());
    let file_name = input.file.as_ref().map(|file| file.name.clone());
    let draft = store::resolve(tx, Some(id), bound, file_name, note).await?;
    let no = permitted.standing.facts.revision.no + 1;
    let data = json!({"revision": no, "file_name": draft.file_name, "file_sha256": draft.bound.file_sha256, "note": draft.note});
    let entry = NewEntry::on_document(EntryType::DocumentRevised, permitted.role, id, data);
    follow(tx, permitted, &draft, input.file.as_ref(), entry).await?;
    tx.finish_document(id).await?;
    Ok(no)
}

/// Writes the revision that follows the current one, with its log entry, and puts the document back with its drafter where it
/// was under review.
///
/// # Errors
/// When the database refuses.
pub async fn follow(
    tx: &mut Tx<'_>,
    permitted: Permitted,
    draft: &RevisionDraft,
    file: Option<&StoredFile>,
    entry: NewEntry,
) -> Result<(), Refusal> {
    let Permitted { mut standing, role } = permitted;
    let no = standing.facts.revision.no + 1;
    let sha256 = draft.bound.sha256()?;
    let entry = tx.record(entry.on_revision(no, &sha256)).await?;
    store::revision_insert(tx, standing.id, no, draft, file, entry).await?;
    standing.facts.revision = RevisionFacts { no, sha256 };
    if let Some(to) = moved_by_a_revision(standing.facts.step) {
        let evidence = Evidence { revision_no: Some(no), ..Evidence::default() };
        tx.move_document(&mut standing, Move::Revise, to, role, entry, evidence).await?;
    }
    Ok(())
}
