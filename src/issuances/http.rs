//! The routes of issuances: parse, call one action, answer. No rule and no SQL stands here.

use actix_web::web::Path;
use utoipa::OpenApi;

use super::actions::{issue, publish, void};
use super::numbers;
use super::published_text;
use super::store::PublishedFile;
use super::wire::{IssuanceRecord, NewIssuance, NewPublication, NewVoid, NumberEntry, NumberQuery, PublicationRecord};
use crate::base::ids::{BodyId, NumberId};
use crate::documents::http::document_id;
use crate::documents::wire::Document;
use crate::documents::{files, show, text_input};
use crate::identity::actor::Role;
use crate::identity::{bodies, permits};
use crate::lifecycle::action::Action;
use crate::web::body::{RawBody, Upload};
use crate::web::call::{Answer, Ctx};
use crate::web::cursor::{Cursors, Listed};
use crate::web::query::DryRun;
use crate::web::refusal::Refusal;
use crate::web::reply::Reply;
use crate::web::tx::Tx;

/// The operations of this feature.
#[derive(OpenApi)]
#[openapi(paths(record_issuance, read_issuance, void_issuance, record_publication, read_publication, publication_file, list_numbers))]
pub struct Api;

/// Sign and number a document
///
/// The signature of an approved text. Register number and document number are given, gapless per body and year of signing.
#[utoipa::path(post, path = "/api/v1/documents/{id}/issuance", tag = "issuances",
    params(("id" = String, Path, description = "The document's id"), DryRun), request_body = NewIssuance,
    responses((status = 200, description = "The signed document with its numbers", body = Document)))]
pub async fn record_issuance(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = document_id(&path)?;
    call.look(async |tx| tx.permit(id, Action::Issuance).await).await?;
    let said: NewIssuance = call.input(body).await?;
    call.act(async |tx| {
        issue::issue(tx, id, said).await?;
        Reply::tagged(&show::document(tx, id).await?)
    })
    .await
}

/// Read the issuance
///
/// Who signed when, and the numbers given; 404 where the document is not signed.
#[utoipa::path(get, path = "/api/v1/documents/{id}/issuance", tag = "issuances",
    params(("id" = String, Path, description = "The document's id")),
    responses((status = 200, description = "The issuance", body = IssuanceRecord)))]
pub async fn read_issuance(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let id = document_id(&path)?;
        tx.visible(id).await?;
        call.no_query()?;
        Reply::tagged(&super::show::issuance(tx, id).await?)
    })
    .await
}

/// Void an issuance
///
/// Before publication only. Both numbers stay in the register as void and are never given again.
#[utoipa::path(post, path = "/api/v1/documents/{id}/issuance/void", tag = "issuances",
    params(("id" = String, Path, description = "The document's id"), DryRun), request_body = NewVoid,
    responses((status = 200, description = "The document, approved again", body = Document)))]
pub async fn void_issuance(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = document_id(&path)?;
    call.look(async |tx| tx.permit(id, Action::IssuanceVoid).await).await?;
    let said: NewVoid = call.input(body).await?;
    call.act(async |tx| {
        void::void(tx, id, said).await?;
        Reply::tagged(&show::document(tx, id).await?)
    })
    .await
}

/// Publish a document
///
/// With its legal dates. The published text can come as a `file` in a form; it must be the approved revision, number line,
/// signature and date lines aside.
#[utoipa::path(post, path = "/api/v1/documents/{id}/publication", tag = "issuances",
    params(("id" = String, Path, description = "The document's id"), DryRun),
    request_body(content((NewPublication = "application/json"), (NewPublication = "multipart/form-data"))),
    responses((status = 200, description = "The published document", body = Document)))]
pub async fn record_publication(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = document_id(&path)?;
    call.look(async |tx| tx.permit(id, Action::Publication).await).await?;
    let (said, upload) = call.form::<NewPublication>(body).await?;
    let published = match published_file(upload).await? {
        Some(file) => {
            let issued = call.look(async |tx| published_text::issued(tx, id).await).await?;
            Some(published_text::compared(file, issued).await?)
        }
        None => None,
    };
    call.act(async |tx| {
        publish::publish(tx, id, said, published).await?;
        Reply::tagged(&show::document(tx, id).await?)
    })
    .await
}

/// Read the publication
///
/// Where and when it was published, and with which file; 404 where the document is not published.
#[utoipa::path(get, path = "/api/v1/documents/{id}/publication", tag = "issuances",
    params(("id" = String, Path, description = "The document's id")),
    responses((status = 200, description = "The publication", body = PublicationRecord)))]
pub async fn read_publication(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let id = document_id(&path)?;
        tx.visible(id).await?;
        call.no_query()?;
        Reply::tagged(&super::show::publication(tx, id).await?)
    })
    .await
}

/// Download the published text
///
/// The bytes as they were handed in; 404 where the approved revision itself is what was published.
#[utoipa::path(get, path = "/api/v1/documents/{id}/publication/file", tag = "issuances",
    params(("id" = String, Path, description = "The document's id")),
    responses((status = 200, description = "The published file", content_type = "application/octet-stream")))]
pub async fn publication_file(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let id = document_id(&path)?;
        tx.visible(id).await?;
        call.no_query()?;
        let file = super::show::publication(tx, id).await?.file.ok_or_else(Refusal::not_found)?;
        let (media_type, content) = files::file_fetch(tx.conn, &file.sha256).await?;
        Ok(Reply::Bytes { media_type, file_name: Some(file.name), content })
    })
    .await
}

async fn published_file(upload: Option<Upload>) -> Result<Option<PublishedFile>, Refusal> {
    let Some(upload) = upload else { return Ok(None) };
    let input = text_input::take(None, Some(upload)).await?;
    Ok(input.file.map(|file| PublishedFile { file, text: input.text }))
}

/// Read the number register
///
/// Every number that a body has given, in order, voided ones with the reason.
#[utoipa::path(get, path = "/api/v1/numbers", tag = "issuances", params(NumberQuery),
    responses((status = 200, description = "A page of the register", body = Listed<NumberEntry>)))]
pub async fn list_numbers(ctx: Ctx) -> Answer {
    let call = ctx.signed_in().await?;
    permits::require_any_role(&call.actor, &[Role::Secretary, Role::Auditor])?;
    let query: NumberQuery = call.query()?;
    let cursors = Cursors::new(&call.app.cursor_secret, &call.request.path, &call.request.query);
    let page = cursors.page(query.limit, query.cursor.as_deref())?;
    let after = page.after.as_ref().and_then(|key| key.first()).and_then(|id| NumberId::parse(id));
    call.show(async |tx| {
        let body = register_of(tx, query.body.as_deref()).await?;
        let items = numbers::numbers_page(tx, body, (query.kind, query.year), after, page.limit + 1).await?;
        Listed::from_overfull(items, &page, &cursors, |item| vec![item.id.to_string()])?.reply(&call.request.path, &call.request.query)
    })
    .await
}

/// The body whose register the caller may read: their own, or, for an auditor, one that files to them.
async fn register_of(tx: &mut Tx<'_>, code: Option<&str>) -> Result<BodyId, Refusal> {
    let Some(code) = code else { return Ok(tx.actor.body_id) };
    let body = bodies::body_by_code(tx.conn, code).await?.ok_or_else(Refusal::not_found)?;
    let files_here = bodies::filing_targets_of(tx.conn, body.id).await?.iter().any(|target| target.body.id == tx.actor.body_id);
    if body.id == tx.actor.body_id || (files_here && tx.actor.is(Role::Auditor)) { Ok(body.id) } else { Err(Refusal::not_found()) }
}
