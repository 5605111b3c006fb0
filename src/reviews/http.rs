//! The routes of reviews: parse, call one action, answer. No rule and no SQL stands here.

use actix_web::web::Path;
use utoipa::OpenApi;

use super::wire::{
    CounselOpinion, Gate, GateQuery, NewCounselOpinion, NewIntake, NewOpinion, NewSubmission, NewWithdrawal, Opinion, Submission,
    TakenInDocument,
};
use super::{actions, gate, refusals, show, store};
use crate::base::ids::{CounselOpinionId, DocumentId};
use crate::documents;
use crate::documents::http::document_id;
use crate::documents::http::materials::Paging;
use crate::documents::wire::Document;
use crate::identity::permits;
use crate::lifecycle::action::Action;
use crate::web::body::RawBody;
use crate::web::call::{Answer, Call, Ctx};
use crate::web::cursor::{Cursors, Listed};
use crate::web::query::DryRun;
use crate::web::refusal::Refusal;
use crate::web::reply::Reply;
use crate::web::tx::Tx;

/// The operations of this feature.
#[derive(OpenApi)]
#[openapi(paths(submit, submissions, take_in, hear_counsel, counsel_opinions, counsel_opinion, opine, opinions, withdraw, read_gate))]
pub struct Api;

/// Submit for review
///
/// A drafter submits the current revision. All materials handed in by now are frozen with it; every open comment is answered.
#[utoipa::path(post, path = "/api/v1/documents/{id}/submissions", tag = "reviews",
    params(("id" = String, Path, description = "The document's id"), DryRun), request_body = NewSubmission,
    responses((status = 200, description = "The document, awaiting intake", body = Document)))]
pub async fn submit(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = document_id(&path)?;
    call.look(async |tx| tx.permit(id, Action::Submissions).await).await?;
    let input: NewSubmission = call.input(body).await?;
    call.act(async |tx| {
        actions::submit::submit(tx, id, input).await?;
        Reply::tagged(&documents::show::document(tx, id).await?)
    })
    .await
}

/// List the submissions
///
/// Each with its frozen materials, the answers to comments, and its intakes; oldest first.
#[utoipa::path(get, path = "/api/v1/documents/{id}/submissions", tag = "reviews",
    params(("id" = String, Path, description = "The document's id"), Paging),
    responses((status = 200, description = "The submissions", body = Listed<Submission>)))]
pub async fn submissions(ctx: Ctx, path: Path<String>) -> Answer {
    list(ctx, &path, async |tx, id, after, limit| show::submission_page(tx, id, after, limit).await, |item| item.submission_no).await
}

/// Take a submission in
///
/// The reviewer accepts it, asks for supplements, or finds it out of scope. The clock runs from the day on which the complete
/// materials arrived.
#[utoipa::path(post, path = "/api/v1/documents/{id}/intake", tag = "reviews",
    params(("id" = String, Path, description = "The document's id"), DryRun), request_body = NewIntake,
    responses((status = 200, description = "The document, and when the opinion is due", body = TakenInDocument)))]
pub async fn take_in(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = document_id(&path)?;
    permit_reviewer(&mut call, id, Action::Intake).await?;
    let input: NewIntake = call.input(body).await?;
    call.act(async |tx| {
        let started = actions::take_in::take_in(tx, id, input).await?;
        let document = documents::show::document(tx, id).await?;
        let due_on = started.map(|started| started.due.due_on);
        let provisional = started.is_some_and(|started| started.due.is_provisional());
        // No tag: it would not be the document's own, which a change has to name.
        Reply::ok(&TakenInDocument { document, due_on, provisional })
    })
    .await
}

/// Record what counsel said
///
/// On the current revision, while it is under review, cleared or being finished.
#[utoipa::path(post, path = "/api/v1/documents/{id}/counsel-opinions", tag = "reviews",
    params(("id" = String, Path, description = "The document's id"), DryRun), request_body = NewCounselOpinion,
    responses((status = 201, description = "The recorded opinion", body = CounselOpinion)))]
pub async fn hear_counsel(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = document_id(&path)?;
    permit_reviewer(&mut call, id, Action::CounselOpinions).await?;
    let input: NewCounselOpinion = call.input(body).await?;
    call.act(async |tx| {
        let counsel = actions::hear_counsel::hear_counsel(tx, id, input).await?;
        let location = format!("{}/counsel-opinions/{counsel}", documents::http::location(id));
        Reply::created(location, &show::counsel_opinion(tx, id, counsel).await?)
    })
    .await
}

/// List what counsel said
///
/// On every revision, the first opinion first; whoever has a conflict of interest is marked and does not count as heard.
#[utoipa::path(get, path = "/api/v1/documents/{id}/counsel-opinions", tag = "reviews",
    params(("id" = String, Path, description = "The document's id"), Paging),
    responses((status = 200, description = "The opinions of counsel, oldest first", body = Listed<CounselOpinion>)))]
pub async fn counsel_opinions(ctx: Ctx, path: Path<String>) -> Answer {
    list(ctx, &path, async |tx, id, after, limit| show::counsel_opinion_page(tx, id, after, limit).await, |item| item.id).await
}

/// Read what one counsel said
///
/// The opinion of one counsel with the revision that it is on.
#[utoipa::path(get, path = "/api/v1/documents/{id}/counsel-opinions/{counsel_opinion_id}", tag = "reviews",
    params(("id" = String, Path, description = "The document's id"),
        ("counsel_opinion_id" = String, Path, description = "The id of counsel's opinion")),
    responses((status = 200, description = "The opinion of counsel", body = CounselOpinion)))]
pub async fn counsel_opinion(ctx: Ctx, path: Path<(String, String)>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let id = document_id(&path.0)?;
        tx.visible_inside(id).await?;
        let counsel = CounselOpinionId::parse(&path.1).ok_or_else(Refusal::not_found)?;
        let found = show::counsel_opinion(tx, id, counsel).await?;
        call.no_query()?;
        Reply::ok(&found)
    })
    .await
}

/// Give a legality opinion
///
/// On the current revision, which it binds. It is never changed; a second one on the same text needs a reason and counts instead.
#[utoipa::path(post, path = "/api/v1/documents/{id}/opinions", tag = "reviews",
    params(("id" = String, Path, description = "The document's id"), DryRun), request_body = NewOpinion,
    responses((status = 200, description = "The document, moved by the outcome", body = Document)))]
pub async fn opine(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = document_id(&path)?;
    permit_reviewer(&mut call, id, Action::Opinions).await?;
    let input: NewOpinion = call.input(body).await?;
    call.act(async |tx| {
        actions::opine::opine(tx, id, input).await?;
        Reply::tagged(&documents::show::document(tx, id).await?)
    })
    .await
}

/// List the legality opinions
///
/// Every round with its comments and their answers, oldest first; the last opinion counts.
#[utoipa::path(get, path = "/api/v1/documents/{id}/opinions", tag = "reviews",
    params(("id" = String, Path, description = "The document's id"), Paging),
    responses((status = 200, description = "The opinions", body = Listed<Opinion>)))]
pub async fn opinions(ctx: Ctx, path: Path<String>) -> Answer {
    list(ctx, &path, async |tx, id, after, limit| show::opinion_page(tx, id, after, limit).await, |item| item.opinion_no).await
}

/// Withdraw a document
///
/// For good; what was said of it is kept.
#[utoipa::path(post, path = "/api/v1/documents/{id}/withdrawal", tag = "reviews",
    params(("id" = String, Path, description = "The document's id"), DryRun), request_body = NewWithdrawal,
    responses((status = 200, description = "The withdrawn document", body = Document)))]
pub async fn withdraw(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = document_id(&path)?;
    call.look(async |tx| tx.permit(id, Action::Withdrawal).await).await?;
    let input: NewWithdrawal = call.input(body).await?;
    call.act(async |tx| {
        actions::withdraw::withdraw(tx, id, input).await?;
        Reply::tagged(&documents::show::document(tx, id).await?)
    })
    .await
}

/// Read the gate
///
/// Whether the document may go to a meeting, and everything that stands in the way at once.
#[utoipa::path(get, path = "/api/v1/documents/{id}/gate", tag = "reviews",
    params(("id" = String, Path, description = "The document's id"), GateQuery),
    responses((status = 200, description = "The gate", body = Gate)))]
pub async fn read_gate(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show_on_primary(async |tx| {
        let standing = tx.standing(document_id(&path)?).await?;
        permits::require_sight_of_the_review(tx.actor, &standing.relations)?;
        Reply::ok(&gate::gate(tx, &standing, call.query::<GateQuery>()?.meeting_id).await?)
    })
    .await
}

/// Whether the caller may act as the reviewer of a document: never where they wrote any of it.
async fn permit_reviewer(call: &mut Call, id: DocumentId, action: Action) -> Result<(), Refusal> {
    call.look(async |tx| {
        tx.permit(id, action).await?;
        if store::is_author(tx, id).await? { Err(refusals::author_cannot_review()) } else { Ok(()) }
    })
    .await
}

/// A page of what the review said, by a key that is a number or an id.
async fn list<T, K>(
    ctx: Ctx,
    path: &Path<String>,
    load: impl AsyncFn(&mut Tx<'_>, DocumentId, Option<K>, i64) -> Result<Vec<T>, Refusal>,
    key: impl Fn(&T) -> K,
) -> Answer
where
    T: serde::Serialize,
    K: std::fmt::Display + std::str::FromStr,
{
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let id = document_id(path)?;
        tx.visible_inside(id).await?;
        let paging: Paging = call.query()?;
        let cursors = Cursors::new(&call.app.cursor_secret, &call.request.path, &call.request.query);
        let page = cursors.page(paging.limit, paging.cursor.as_deref())?;
        let after = page.after.as_ref().and_then(|keys| keys.first()).and_then(|text| text.parse().ok());
        let items = load(tx, id, after, page.limit + 1).await?;
        Listed::from_overfull(items, &page, &cursors, |item| vec![key(item).to_string()])?.reply(&call.request.path, &call.request.query)
    })
    .await
}
