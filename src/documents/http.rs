//! The routes of documents: parse, call one action, answer. No rule and no SQL stands here.

pub mod lists;
pub mod materials;
pub mod revisions;

use actix_web::web::Path;
use utoipa::OpenApi;

use super::actions;
use super::show;
use super::text_input;
use super::wire::{Document, DocumentPatch, NewDocument};
use crate::base::ids::DocumentId;
use crate::identity::actor::Role;
use crate::identity::permits;
use crate::lifecycle::action::Action;
use crate::web::body::RawBody;
use crate::web::call::{Answer, Ctx};
use crate::web::query::DryRun;
use crate::web::refusal::Refusal;
use crate::web::reply::Reply;

/// The operations of this feature.
#[derive(OpenApi)]
#[openapi(paths(
    create,
    lists::list,
    lists::timeline,
    read,
    patch,
    revisions::create,
    revisions::list,
    revisions::read,
    revisions::file,
    revisions::diff,
    materials::add,
    materials::list,
    materials::read,
    materials::file
))]
pub struct Api;

/// The document that a path names; what is no id names nothing.
///
/// # Errors
/// 404.
pub fn document_id(text: &str) -> Result<DocumentId, Refusal> {
    DocumentId::parse(text).ok_or_else(Refusal::not_found)
}

/// Where a document is read.
#[must_use]
pub fn location(id: DocumentId) -> String {
    format!("/api/v1/documents/{id}")
}

/// Create a document
///
/// A drafter creates a document with its first revision, from `text` or from an uploaded `file` (txt, md, docx, odt, doc, pdf).
#[utoipa::path(post, path = "/api/v1/documents", tag = "documents", params(DryRun),
    request_body(content((NewDocument = "application/json"), (NewDocument = "multipart/form-data"))),
    responses((status = 201, description = "The created document", body = Document)))]
pub async fn create(ctx: Ctx, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    permits::require_role(&call.actor, Role::Drafter)?;
    let (mut new, upload) = call.form::<NewDocument>(body).await?;
    let input = text_input::take(new.text.take(), upload).await?;
    call.act(async |tx| {
        let id = actions::draft::draft(tx, new, input).await?;
        Reply::created_tagged(location(id), &show::document(tx, id).await?)
    })
    .await
}

/// Read a document
///
/// The document as it stands now, with its running deadlines and its filings, to those who may know of it.
#[utoipa::path(get, path = "/api/v1/documents/{id}", tag = "documents", params(("id" = String, Path, description = "The document's id")),
    responses((status = 200, description = "The document", body = Document)))]
pub async fn read(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let id = document_id(&path)?;
        tx.visible(id).await?;
        call.no_query()?;
        Reply::tagged(&show::document(tx, id).await?)
    })
    .await
}

/// Change a document
///
/// A merge patch by its drafter, while the document is with them. What binds besides text and file (all but `drafting_unit`)
/// makes a new revision with the same text and file. `If-Match` names the `ETag` of the latest reading.
#[utoipa::path(patch, path = "/api/v1/documents/{id}", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), ("If-Match" = String, Header, description = "The `ETag` of the latest reading")),
    request_body(content((DocumentPatch = "application/merge-patch+json"), (DocumentPatch = "application/json"))),
    responses((status = 200, description = "The document", body = Document)))]
pub async fn patch(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = document_id(&path)?;
    call.look(async |tx| tx.permit(id, Action::Patch).await).await?;
    let (input, rests_on) = call.patch::<DocumentPatch>(body).await?;
    call.act(async |tx| {
        actions::change::change(tx, id, input, &rests_on).await?;
        Reply::tagged(&show::document(tx, id).await?)
    })
    .await
}
