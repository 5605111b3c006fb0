//! The routes of revisions: made, listed, read with their text, compared, and the original files.

use actix_web::web::Path;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::document_id;
use super::materials::Paging;
use crate::base::ids::DocumentId;
use crate::base::said::Lang;
use crate::compare;
use crate::documents::actions::revise::revise;
use crate::documents::difference::{self, Difference};
use crate::documents::wire::{NewRevision, Revision, RevisionSummary};
use crate::documents::{files, revisions, text_input};
use crate::lifecycle::action::Action;
use crate::reading::Format;
use crate::web::aside::aside;
use crate::web::body::RawBody;
use crate::web::call::{Answer, Ctx};
use crate::web::cursor::{Cursors, Listed};
use crate::web::query::DryRun;
use crate::web::refusal::Refusal;
use crate::web::reply::Reply;

/// Make a revision
///
/// A drafter makes a new immutable revision, from `text` or from an uploaded `file` (txt, md, docx, odt, doc, pdf). Where the text before was
/// under review, cleared or deferred, the document goes back to its drafter (`amendment_required`).
#[utoipa::path(post, path = "/api/v1/documents/{id}/revisions", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), DryRun),
    request_body(content((NewRevision = "application/json"), (NewRevision = "multipart/form-data"))),
    responses((status = 201, description = "The revision", body = Revision)))]
pub async fn create(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = document_id(&path)?;
    call.look(async |tx| tx.permit(id, Action::Revisions).await).await?;
    let (mut new, upload) = call.form::<NewRevision>(body).await?;
    let input = text_input::take(new.text.take(), upload).await?;
    call.act(async |tx| {
        let no = revise(tx, id, input, new.note).await?;
        Reply::created(format!("/api/v1/documents/{id}/revisions/{no}"), &revisions::revision(tx, id, no).await?)
    })
    .await
}

/// List the revisions
///
/// Every revision with its hash, its author and what it binds, without the texts.
#[utoipa::path(get, path = "/api/v1/documents/{id}/revisions", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), Paging),
    responses((status = 200, description = "The revisions without their texts, the first one first", body = Listed<RevisionSummary>)))]
pub async fn list(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let id = document_id(&path)?;
        tx.visible_inside(id).await?;
        let paging: Paging = call.query()?;
        let cursors = Cursors::new(&call.app.cursor_secret, &call.request.path, &call.request.query);
        let page = cursors.page(paging.limit, paging.cursor.as_deref())?;
        let after = page.after.as_ref().and_then(|key| key.first()).and_then(|no| no.parse().ok()).unwrap_or(0);
        let items = revisions::revision_page(tx, id, after, page.limit + 1).await?;
        Listed::from_overfull(items, &page, &cursors, |revision| vec![revision.revision.to_string()])?
            .reply(&call.request.path, &call.request.query)
    })
    .await
}

/// Read a revision
///
/// With its text and the hash that binds it.
#[utoipa::path(get, path = "/api/v1/documents/{id}/revisions/{n}", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), ("n" = i32, Path, description = "The revision's number")),
    responses((status = 200, description = "The revision", body = Revision)))]
pub async fn read(ctx: Ctx, path: Path<(String, String)>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let (id, no) = both(&path)?;
        let is_inside = tx.visible_revision(id, no).await?;
        call.no_query()?;
        let mut revision = revisions::revision(tx, id, no).await?;
        if !is_inside {
            revision.summary.note = None;
        }
        Reply::tagged(&revision)
    })
    .await
}

/// Download a revision's file
///
/// The bytes as they were handed in; 404 for a revision that was given as text.
#[utoipa::path(get, path = "/api/v1/documents/{id}/revisions/{n}/file", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), ("n" = i32, Path, description = "The revision's number")),
    responses((status = 200, description = "The original file", content_type = "application/octet-stream")))]
pub async fn file(ctx: Ctx, path: Path<(String, String)>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let (id, no) = both(&path)?;
        tx.visible_revision(id, no).await?;
        call.no_query()?;
        let (name, sha256) = revisions::revision_file(tx, id, no).await?;
        let (media_type, content) = files::file_fetch(tx.conn, &sha256).await?;
        Ok(Reply::Bytes { media_type, file_name: Some(name), content })
    })
    .await
}

/// The form in which a comparison is given.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiffFormat {
    /// For programs.
    #[default]
    Json,
    /// A page.
    Html,
    /// A Word file with tracked changes.
    Docx,
}

/// Which revisions are compared, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DiffQuery {
    /// Number of the revision that is compared from.
    pub from: i32,
    /// Number of the revision that is compared to.
    pub to: i32,
    /// The form; `json` by default.
    #[param(inline)]
    #[serde(default)]
    pub format: DiffFormat,
}

/// Compare two revisions
///
/// By article: as JSON, as a page, or as a Word file with tracked changes.
#[utoipa::path(get, path = "/api/v1/documents/{id}/diff", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), DiffQuery),
    responses((status = 200, description = "The comparison", content(
        (Difference = "application/json"), (String = "text/html"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")))))]
pub async fn diff(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    let (bound, wanted) = call
        .look_on_either(async |tx| {
            let id = document_id(&path)?;
            tx.visible_inside(id).await?;
            let wanted: DiffQuery = call.query()?;
            Ok((difference::both(tx, id, wanted.from, wanted.to).await?, wanted))
        })
        .await?;
    let lang = call.request.lang;
    let reply = aside(move || rendered(difference::between(bound)?, &wanted, lang)).await??;
    Ok(reply.into_response(None))
}

fn rendered(found: Difference, wanted: &DiffQuery, lang: Lang) -> Result<Reply, Refusal> {
    match wanted.format {
        DiffFormat::Json => Reply::ok(&found),
        DiffFormat::Html => {
            let language = match lang {
                Lang::Zh => compare::html::Language::Chinese,
                Lang::En => compare::html::Language::English,
            };
            let content = compare::html::render(&found.comparison, language).into_bytes();
            Ok(Reply::Bytes { media_type: "text/html; charset=utf-8".to_owned(), file_name: None, content })
        }
        DiffFormat::Docx => Ok(Reply::Bytes {
            media_type: Format::Docx.media_type().to_owned(),
            file_name: Some(format!("{}-{}.docx", wanted.from, wanted.to)),
            content: compare::docx::render(&found.comparison).map_err(Refusal::internal)?,
        }),
    }
}

fn both(path: &(String, String)) -> Result<(DocumentId, i32), Refusal> {
    Ok((document_id(&path.0)?, revisions::revision_no(&path.1)?))
}
