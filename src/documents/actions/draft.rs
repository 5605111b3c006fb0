//! A drafter creates a document: stage `drafted`, revision 1.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::base::ids::DocumentId;
use crate::base::said::Said;
use crate::documents::digest::Bound;
use crate::documents::store::{self, RevisionDraft};
use crate::documents::text_input::TextInput;
use crate::documents::wire::NewDocument;
use crate::identity::permits;
use crate::journal::entry::{EntryType, NewEntry};
use crate::schema::documents;
use crate::web::kind;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Creates a document.
///
/// # Errors
/// 403 for others than drafters; 422 for what may not be issued or replaced.
pub async fn draft(tx: &mut Tx<'_>, new: NewDocument, input: TextInput) -> Result<DocumentId, Refusal> {
    let role = permits::require_role(tx.actor, permits::MAY_DRAFT)?;
    let id = DocumentId::new();
    let bound = Bound {
        title: new.title.trim().to_owned(),
        document_class: new.document_class,
        issuing_authority: new.issuing_authority,
        joint_authorities: new.joint_authorities,
        replaces: sorted(new.replaces),
        concerns_market_entities: new.concerns_market_entities,
        text: input.text,
        file_sha256: input.file.as_ref().map(|file| file.sha256.clone()),
    };
    let file_name = input.file.as_ref().map(|file| file.name.clone());
    let draft = store::resolve(tx, Some(id), bound, file_name, None).await?;
    require_review_body(&draft)?;
    let data = json!({"title": draft.bound.title, "document_class": draft.bound.document_class, "issuing_authority": draft.bound.issuing_authority,
        "drafting_unit": new.drafting_unit, "revision": 1});
    let sha256 = draft.bound.sha256()?;
    let entry = tx.record(NewEntry::on_document(EntryType::DocumentCreated, role, id, data).on_revision(1, &sha256)).await?;
    diesel::insert_into(documents::table)
        .values((
            documents::id.eq(id),
            documents::origin.eq("registered"),
            documents::drafting_body_id.eq(tx.actor.body_id),
            documents::drafting_unit.eq(new.drafting_unit.trim()),
            documents::created_by.eq(tx.actor.user_id),
            documents::created_at.eq(tx.now),
            documents::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)
        .await?;
    store::revision_insert(tx, id, 1, &draft, input.file.as_ref(), entry).await?;
    tx.begin_chains(id, entry).await?;
    tx.finish_document(id).await?;
    Ok(id)
}

/// Refuses an issuer for whom nobody reviews: its document could never be submitted.
///
/// # Errors
/// 422 `no_review_body`.
pub fn require_review_body(draft: &RevisionDraft) -> Result<(), Refusal> {
    if draft.issuer.review_body_id.is_some() {
        return Ok(());
    }
    Err(Refusal::field(
        "/issuing_authority",
        kind::NO_REVIEW_BODY,
        Said::fixed("该制定机关没有指定审核机构，请管理员先行设置。", "This issuer has no review body; an administrator sets one first."),
    ))
}

/// Replacements in the order of their ids, so that the same set has the same hash.
#[must_use]
pub fn sorted(replaces: Vec<crate::documents::wire::Replacement>) -> Vec<(DocumentId, crate::documents::wire::ReplacementEffect)> {
    let mut all: Vec<_> = replaces.into_iter().map(|each| (each.document_id, each.effect)).collect();
    all.sort();
    all
}
