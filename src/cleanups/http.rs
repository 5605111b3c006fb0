//! The routes of clean-up rounds: parse, call one action, answer. No rule and no SQL stands here.

use actix_web::web::Path;
use utoipa::OpenApi;

use super::standing::{CleanupAct, WORKERS};
use super::wire::{
    CandidatePage, Cleanup, CleanupCandidate, CleanupDetail, CleanupFilter, CleanupProposal, NewCleanup, NewCleanupPublication,
    NewCleanupResult,
};
use super::{actions, candidates, list, show};
use crate::base::ids::CleanupId;
use crate::identity::permits;
use crate::web::body::RawBody;
use crate::web::call::{Answer, Ctx};
use crate::web::cursor::{Cursors, Listed};
use crate::web::query::DryRun;
use crate::web::refusal::Refusal;
use crate::web::reply::Reply;

/// The operations of this feature.
#[derive(OpenApi)]
#[openapi(paths(open, list, read, candidates, propose, publish))]
pub struct Api;

const PATH: &str = "/api/v1/cleanups";

/// The round that a path names; what is no id names nothing.
fn cleanup_id(text: &str) -> Result<CleanupId, Refusal> {
    CleanupId::parse(text).ok_or_else(Refusal::not_found)
}

fn location(id: CleanupId) -> String {
    format!("{PATH}/{id}")
}

/// Open a clean-up round
///
/// By an auditor for a body that files to the auditor's, or by the body's own auditor or secretary.
#[utoipa::path(post, path = "/api/v1/cleanups", tag = "cleanups", params(DryRun), request_body = NewCleanup,
    responses((status = 201, description = "The round", body = CleanupDetail)))]
pub async fn open(ctx: Ctx, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    permits::require_any_role(&call.actor, WORKERS)?;
    let new: NewCleanup = call.input(body).await?;
    call.act(async |tx| {
        let id = actions::open::open(tx, new).await?;
        Reply::created_tagged(location(id), &show::cleanup(tx, id).await?)
    })
    .await
}

/// List clean-up rounds
///
/// Those of the caller's body and of bodies that file to it. Newest first.
#[utoipa::path(get, path = "/api/v1/cleanups", tag = "cleanups", params(CleanupFilter),
    responses((status = 200, description = "A page of rounds", body = Listed<Cleanup>)))]
pub async fn list(ctx: Ctx) -> Answer {
    let call = ctx.signed_in().await?;
    permits::require_any_role(&call.actor, WORKERS)?;
    let filter: CleanupFilter = call.query()?;
    call.show(async |tx| {
        let cursors = Cursors::new(&call.app.cursor_secret, PATH, &call.request.query);
        let page = cursors.page(filter.limit, filter.cursor.as_deref())?;
        let items = list::cleanups_page(tx, &filter, &page).await?;
        Listed::from_overfull(items, &page, &cursors, |item| vec![item.id.to_string()])?.reply(PATH, &call.request.query)
    })
    .await
}

/// Read a clean-up round
///
/// What calls for it, how far it is, and its catalogue once it is published.
#[utoipa::path(get, path = "/api/v1/cleanups/{id}", tag = "cleanups", params(("id" = String, Path, description = "The round's id")),
    responses((status = 200, description = "The round with its proposals and its catalogue", body = CleanupDetail)))]
pub async fn read(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let id = cleanup_id(&path)?;
        tx.permit_round(id, CleanupAct::Work).await?;
        call.no_query()?;
        Reply::tagged(&show::cleanup(tx, id).await?)
    })
    .await
}

/// List the candidates of a round
///
/// Every document that the round should judge, each with all its reasons. In a periodic or special round that is every document of the
/// body published by the cut-off date and not ended, besides those with reasons of their own.
#[utoipa::path(get, path = "/api/v1/cleanups/{id}/candidates", tag = "cleanups",
    params(("id" = String, Path, description = "The round's id"), CandidatePage),
    responses((status = 200, description = "A page of candidates", body = Listed<CleanupCandidate>)))]
pub async fn candidates(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let (round, _) = tx.permit_round(cleanup_id(&path)?, CleanupAct::Work).await?;
        let asked: CandidatePage = call.query()?;
        let cursors = Cursors::new(&call.app.cursor_secret, &call.request.path, &call.request.query);
        let page = cursors.page(asked.limit, asked.cursor.as_deref())?;
        let items = candidates::candidates_page(tx, &round, &page).await?;
        Listed::from_overfull(items, &page, &cursors, |item| vec![item.id.to_string()])?.reply(&call.request.path, &call.request.query)
    })
    .await
}

/// Propose a result for a document
///
/// A proposal until the round is published; a later one for the same document replaces it.
#[utoipa::path(post, path = "/api/v1/cleanups/{id}/results", tag = "cleanups",
    params(("id" = String, Path, description = "The round's id"), DryRun), request_body = NewCleanupResult,
    responses((status = 201, description = "The proposal", body = CleanupProposal)))]
pub async fn propose(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = cleanup_id(&path)?;
    call.look(async |tx| tx.permit_round(id, CleanupAct::Work).await.map(|_| ())).await?;
    let new: NewCleanupResult = call.input(body).await?;
    call.act(async |tx| {
        let proposal = actions::propose::propose(tx, id, new).await?;
        Reply::created(location(id), &show::proposal(tx, id, proposal).await?)
    })
    .await
}

/// Publish a round
///
/// The issuer's decision: its documents become `cleaned_up`, their effects change, and the catalogue is public.
#[utoipa::path(post, path = "/api/v1/cleanups/{id}/publication", tag = "cleanups",
    params(("id" = String, Path, description = "The round's id"), DryRun), request_body = NewCleanupPublication,
    responses((status = 201, description = "The round with its catalogue", body = CleanupDetail)))]
pub async fn publish(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = cleanup_id(&path)?;
    call.look(async |tx| tx.permit_round(id, CleanupAct::Publish).await.map(|_| ())).await?;
    let new: NewCleanupPublication = call.input(body).await?;
    call.act(async |tx| {
        actions::publish::publish(tx, id, new).await?;
        Reply::created_tagged(location(id), &show::cleanup(tx, id).await?)
    })
    .await
}
