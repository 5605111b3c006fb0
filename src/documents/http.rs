//! The routes of documents: parse, call one action, answer. No rule and no SQL stands here.

pub mod materials;
pub mod revisions;

use actix_web::web::Path;
use utoipa::OpenApi;

use super::actions;
use super::show;
use super::text_input;
use super::wire::{Document, NewDocument};
use crate::base::ids::DocumentId;
use crate::identity::actor::Role;
use crate::identity::permits;
use crate::web::body::RawBody;
use crate::web::call::{Answer, Ctx};
use crate::web::query::DryRun;
use crate::web::refusal::Refusal;
use crate::web::reply::Reply;

/// The operations of this feature.
#[derive(OpenApi)]
#[openapi(paths(
    create,
    read,
    revisions::create,
    revisions::list,
    revisions::read,
    revisions::file,
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
/// A drafter creates a document with its first revision, from `text` or from an uploaded `file` (txt, md, docx).
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
#[utoipa::path(get, path = "/api/v1/documents/{id}", tag = "documents", params(("id" = String, Path, description = "The document's id")),
    responses((status = 200, description = "The document", body = Document)))]
pub async fn read(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    let query = call.no_query();
    call.show(async |tx| {
        let id = document_id(&path)?;
        tx.visible(id).await?;
        query?;
        Reply::tagged(&show::document(tx, id).await?)
    })
    .await
}
