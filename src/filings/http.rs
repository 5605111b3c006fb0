//! The routes of filings: parse, call one action, answer. No rule and no SQL stands here.
//! Every act answers with the document, whose step and filing numbers it may have moved.

use actix_web::web::Path;
use utoipa::OpenApi;

use super::wire::{Filing, FilingCall, FilingDetail, FilingFilter, FilingIntake, FilingReview, FilingSupplement, RectificationReport};
use super::{actions, list, show};
use crate::base::ids::FilingId;
use crate::base::said::Said;
use crate::documents::files::{self, StoredFile};
use crate::documents::http::document_id;
use crate::documents::show::document;
use crate::documents::wire::Document;
use crate::identity::permits;
use crate::lifecycle::action::Action;
use crate::lifecycle::filing::FilingAct;
use crate::web::body::{RawBody, Upload};
use crate::web::call::{Answer, Ctx};
use crate::web::cursor::{Cursors, Listed};
use crate::web::kind;
use crate::web::query::DryRun;
use crate::web::refusal::{FieldError, Refusal};
use crate::web::reply::Reply;

/// The operations of this feature.
#[derive(OpenApi)]
#[openapi(paths(file, list, read, supplement_file, intake, supplement, review, rectification))]
pub struct Api;

const PATH: &str = "/api/v1/filings";

/// The filing that a path names; what is no id names nothing.
fn filing_id(text: &str) -> Result<FilingId, Refusal> {
    FilingId::parse(text).ok_or_else(Refusal::not_found)
}

/// File a published document
///
/// The drafter files to one body or to all that are still to be filed to. The first filing moves the document to the stage `filed`.
#[utoipa::path(post, path = "/api/v1/documents/{id}/filing", tag = "filings",
    params(("id" = String, Path, description = "The document's id"), DryRun), request_body = FilingCall,
    responses((status = 200, description = "The document with its filings", body = Document)))]
pub async fn file(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = document_id(&path)?;
    call.look(async |tx| tx.permit(id, Action::Filing).await).await?;
    let input: FilingCall = call.input(body).await?;
    call.act(async |tx| {
        actions::file::file(tx, id, input).await?;
        Reply::tagged(&document(tx, id).await?)
    })
    .await
}

/// List filings
///
/// An auditor sees what was filed to its body, a drafter what its body drafted, a secretary what its body issued. Newest first.
#[utoipa::path(get, path = "/api/v1/filings", tag = "filings", params(FilingFilter),
    responses((status = 200, description = "A page of filings", body = Listed<Filing>)))]
pub async fn list(ctx: Ctx) -> Answer {
    let call = ctx.signed_in().await?;
    permits::require_any_role(&call.actor, list::LISTED_TO)?;
    let filter: FilingFilter = call.query()?;
    call.show(async |tx| {
        let cursors = Cursors::new(&call.app.cursor_secret, PATH, &call.request.query);
        let page = cursors.page(filter.limit, filter.cursor.as_deref())?;
        let items = list::filings_page(tx, &filter, &page).await?;
        Listed::from_overfull(items, &page, &cursors, |item| vec![item.id.to_string()])?.reply(PATH, &call.request.query)
    })
    .await
}

/// Read a filing
///
/// Where it stands, with every form check, supplement, review and rectification report so far.
#[utoipa::path(get, path = "/api/v1/filings/{id}", tag = "filings", params(("id" = String, Path, description = "The filing's id")),
    responses((status = 200, description = "The filing and what was done to it", body = FilingDetail)))]
pub async fn read(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let detail = show::filing(tx, filing_id(&path)?).await?;
        call.no_query()?;
        Reply::tagged(&detail)
    })
    .await
}

/// Download the file of a supplement
///
/// The bytes as they were handed in, for whoever may read the filing.
#[utoipa::path(get, path = "/api/v1/filings/{id}/supplements/{supplement_id}/file", tag = "filings",
    params(("id" = String, Path, description = "The filing's id"), ("supplement_id" = String, Path, description = "The supplement's id")),
    responses((status = 200, description = "The file", content_type = "application/octet-stream")))]
pub async fn supplement_file(ctx: Ctx, path: Path<(String, String)>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let detail = show::filing(tx, filing_id(&path.0)?).await?;
        call.no_query()?;
        let supplement = detail.supplements.into_iter().find(|supplement| supplement.id.to_string() == path.1);
        let file = supplement.and_then(|supplement| supplement.file).ok_or_else(Refusal::not_found)?;
        let (media_type, content) = files::file_fetch(tx.conn, &file.sha256).await?;
        Ok(Reply::Bytes { media_type, file_name: Some(file.name), content })
    })
    .await
}

/// Check a filing's form
///
/// The receiver registers the filing under a number, suspends its registration, or refuses it.
#[utoipa::path(post, path = "/api/v1/filings/{id}/intake", tag = "filings",
    params(("id" = String, Path, description = "The filing's id"), DryRun), request_body = FilingIntake,
    responses((status = 200, description = "The document with its filings", body = Document)))]
pub async fn intake(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = filing_id(&path)?;
    call.look(async |tx| tx.permit_filing(id, FilingAct::Intake).await).await?;
    let input: FilingIntake = call.input(body).await?;
    call.act(async |tx| {
        let of = actions::intake::intake(tx, id, input).await?;
        Reply::tagged(&document(tx, of).await?)
    })
    .await
}

/// Supplement a suspended filing
///
/// A `note`, or a `file` in a multipart form, or both. The filing keeps its first day.
#[utoipa::path(post, path = "/api/v1/filings/{id}/supplement", tag = "filings",
    params(("id" = String, Path, description = "The filing's id"), DryRun),
    request_body(content((FilingSupplement = "application/json"), (FilingSupplement = "multipart/form-data"))),
    responses((status = 200, description = "The document with its filings", body = Document)))]
pub async fn supplement(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = filing_id(&path)?;
    call.look(async |tx| tx.permit_filing(id, FilingAct::Supplement).await).await?;
    let (input, upload) = call.form::<FilingSupplement>(body).await?;
    let file = supplied(&input, upload).await?;
    call.act(async |tx| {
        let of = actions::supplement::supplement(tx, id, input, file).await?;
        Reply::tagged(&document(tx, of).await?)
    })
    .await
}

/// The file of a supplement, hashed on another thread; a supplement has a note or a file.
async fn supplied(input: &FilingSupplement, upload: Option<Upload>) -> Result<Option<StoredFile>, Refusal> {
    match upload {
        None if input.note.is_none() => Err(Refusal::shape(vec![FieldError::new(
            "/note",
            kind::NOTE_REQUIRED,
            Said::fixed("请提供 note 或 file。", "Give a note or a file."),
        )])),
        None => Ok(None),
        Some(upload) if upload.content.is_empty() => {
            Err(Refusal::shape(vec![FieldError::new("/file", kind::BLANK, Said::fixed("文件是空的。", "The file is empty."))]))
        }
        Some(upload) => Ok(Some(actix_web::web::block(move || StoredFile::of(upload)).await.map_err(Refusal::internal)?)),
    }
}

/// Review a filing
///
/// The receiver's substantive review. A result that asks for a correction sets its last day; `revoked` ends the document's effect.
#[utoipa::path(post, path = "/api/v1/filings/{id}/review", tag = "filings",
    params(("id" = String, Path, description = "The filing's id"), DryRun), request_body = FilingReview,
    responses((status = 200, description = "The document with its filings", body = Document)))]
pub async fn review(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = filing_id(&path)?;
    call.look(async |tx| tx.permit_filing(id, FilingAct::Review).await).await?;
    let input: FilingReview = call.input(body).await?;
    call.act(async |tx| {
        let of = actions::review::review(tx, id, input).await?;
        Reply::tagged(&document(tx, of).await?)
    })
    .await
}

/// Report a rectification
///
/// The drafter reports what the issuer did. The report changes no text and ends no effect; a review of it does.
#[utoipa::path(post, path = "/api/v1/filings/{id}/rectification", tag = "filings",
    params(("id" = String, Path, description = "The filing's id"), DryRun), request_body = RectificationReport,
    responses((status = 200, description = "The document with its filings", body = Document)))]
pub async fn rectification(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = filing_id(&path)?;
    call.look(async |tx| tx.permit_filing(id, FilingAct::Rectification).await).await?;
    let input: RectificationReport = call.input(body).await?;
    call.act(async |tx| {
        let of = actions::rectify::rectify(tx, id, input).await?;
        Reply::tagged(&document(tx, of).await?)
    })
    .await
}
