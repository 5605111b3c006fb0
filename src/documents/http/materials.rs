//! The routes of submission materials.

use actix_web::web::Path;
use serde::Deserialize;
use utoipa::IntoParams;

use super::document_id;
use crate::base::ids::MaterialId;
use crate::base::said::Said;
use crate::documents::actions::add_material::add_material;
use crate::documents::files::{self, StoredFile};
use crate::documents::materials;
use crate::documents::wire::{Material, NewMaterial};
use crate::lifecycle::action::Action;
use crate::web::body::RawBody;
use crate::web::call::{Answer, Ctx};
use crate::web::cursor::{Cursors, Listed};
use crate::web::kind;
use crate::web::query::DryRun;
use crate::web::refusal::{FieldError, Refusal};
use crate::web::reply::Reply;

/// A page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Items per page; 50 by default, over 200 is read as 200.
    #[serde(default, deserialize_with = "crate::web::query::limit")]
    pub limit: Option<u32>,
    /// Where the page begins, from `next_cursor`.
    pub cursor: Option<String>,
}

/// Add a material
///
/// A drafter adds a submission material of any file type, while the document is with its drafter. It counts from the next
/// submission; the last conclusion of a kind counts.
#[utoipa::path(post, path = "/api/v1/documents/{id}/materials", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), DryRun),
    request_body(content((NewMaterial = "multipart/form-data"))),
    responses((status = 201, description = "The material", body = Material)))]
pub async fn add(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = document_id(&path)?;
    call.look(async |tx| tx.permit(id, Action::Materials).await).await?;
    let (new, upload) = call.form::<NewMaterial>(body).await?;
    let upload = upload.filter(|upload| !upload.content.is_empty()).ok_or_else(file_missing)?;
    let file = actix_web::web::block(move || StoredFile::of(upload)).await.map_err(Refusal::internal)?;
    call.act(async |tx| {
        let material = add_material(tx, id, new, file).await?;
        Reply::created(format!("/api/v1/documents/{id}/materials/{material}"), &materials::material(tx, id, material).await?)
    })
    .await
}

fn file_missing() -> Refusal {
    Refusal::shape(vec![FieldError::new(
        "/file",
        kind::MISSING,
        Said::fixed("请以 multipart/form-data 提交 file，且文件不得为空。", "Send a file that is not empty, as multipart/form-data."),
    )])
}

/// List the materials
///
/// Everything that was handed in with the document, with the submissions that each was frozen into.
#[utoipa::path(get, path = "/api/v1/documents/{id}/materials", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), Paging),
    responses((status = 200, description = "The materials in the order in which they were added", body = Listed<Material>)))]
pub async fn list(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let id = document_id(&path)?;
        tx.visible_inside(id).await?;
        let paging: Paging = call.query()?;
        let cursors = Cursors::new(&call.app.cursor_secret, &call.request.path, &call.request.query);
        let page = cursors.page(paging.limit, paging.cursor.as_deref())?;
        let after = page.after.as_ref().and_then(|key| key.first()).and_then(|id| MaterialId::parse(id));
        let items = materials::material_page(tx, id, after, page.limit + 1).await?;
        Listed::from_overfull(items, &page, &cursors, |material| vec![material.id.to_string()])?
            .reply(&call.request.path, &call.request.query)
    })
    .await
}

/// Read a material
///
/// What it is, its file and the submissions that it was frozen into.
#[utoipa::path(get, path = "/api/v1/documents/{id}/materials/{material_id}", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), ("material_id" = String, Path, description = "The material's id")),
    responses((status = 200, description = "The material", body = Material)))]
pub async fn read(ctx: Ctx, path: Path<(String, String)>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let (id, material) = both(&path)?;
        tx.visible_inside(id).await?;
        call.no_query()?;
        Reply::tagged(&materials::material(tx, id, material).await?)
    })
    .await
}

/// Download a material
///
/// The bytes as they were handed in.
#[utoipa::path(get, path = "/api/v1/documents/{id}/materials/{material_id}/file", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), ("material_id" = String, Path, description = "The material's id")),
    responses((status = 200, description = "The original file", content_type = "application/octet-stream")))]
pub async fn file(ctx: Ctx, path: Path<(String, String)>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let (id, material) = both(&path)?;
        tx.visible_inside(id).await?;
        call.no_query()?;
        let material = materials::material(tx, id, material).await?;
        let (media_type, content) = files::file_fetch(tx.conn, &material.file.sha256).await?;
        Ok(Reply::Bytes { media_type, file_name: Some(material.file.name), content })
    })
    .await
}

fn both(path: &(String, String)) -> Result<(crate::base::ids::DocumentId, MaterialId), Refusal> {
    Ok((document_id(&path.0)?, MaterialId::parse(&path.1).ok_or_else(Refusal::not_found)?))
}
