//! The route that says what a caller could do next.

use actix_web::web::Path;
use utoipa::OpenApi;

use super::reasons;
use super::wire::ActionList;
use crate::documents::http::document_id;
use crate::identity::permits;
use crate::web::call::{Answer, Ctx};
use crate::web::reply::Reply;

/// The operations of this feature.
#[derive(OpenApi)]
#[openapi(paths(actions))]
pub struct Api;

/// List the possible acts
///
/// Every act on the document, whether this caller could do it now, and all that stands in the way. What depends on the input of
/// the call itself is said by that call with `?dry_run=true`.
#[utoipa::path(get, path = "/api/v1/documents/{id}/actions", tag = "documents",
    params(("id" = String, Path, description = "The document's id")),
    responses((status = 200, description = "Every act, in the order of the procedure", body = ActionList)))]
pub async fn actions(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show_on_primary(async |tx| {
        let id = document_id(&path)?;
        let standing = tx.standing(id).await?;
        permits::require_sight(tx.actor, &standing.relations)?;
        call.no_query()?;
        Reply::ok(&reasons::actions(tx, &standing).await?)
    })
    .await
}
