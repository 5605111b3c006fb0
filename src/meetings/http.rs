//! The routes of meetings: parse, call one action, answer. No rule and no SQL stands here.

use actix_web::web::Path;
use utoipa::OpenApi;

use super::actions::{change, confirm, decide, place, schedule, take_off};
use super::show;
use super::wire::{
    AgendaItem, Decision, Meeting, MeetingPatch, MeetingQuery, MeetingSummary, NewAgendaItem, NewConfirmation, NewDecision, NewMeeting,
};
use crate::base::ids::{DocumentId, MeetingId};
use crate::documents::http::document_id;
use crate::documents::show as documents;
use crate::documents::wire::Document;
use crate::identity::actor::Role;
use crate::identity::permits;
use crate::lifecycle::action::Action;
use crate::web::body::RawBody;
use crate::web::call::{Answer, Call, Ctx};
use crate::web::cursor::{Cursors, Listed};
use crate::web::query::DryRun;
use crate::web::refusal::Refusal;
use crate::web::reply::Reply;

/// The operations of this feature.
#[derive(OpenApi)]
#[openapi(paths(create, list, read, patch, place_on_agenda, take_off_agenda, record_decision, record_confirmation))]
pub struct Api;

fn meeting_id(text: &str) -> Result<MeetingId, Refusal> {
    MeetingId::parse(text).ok_or_else(Refusal::not_found)
}

fn location(id: MeetingId) -> String {
    format!("/api/v1/meetings/{id}")
}

/// Create a meeting
///
/// The secretary of a body creates one of its meetings.
#[utoipa::path(post, path = "/api/v1/meetings", tag = "meetings", params(DryRun), request_body = NewMeeting,
    responses((status = 201, description = "The created meeting", body = Meeting)))]
pub async fn create(ctx: Ctx, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    permits::require_role(&call.actor, Role::Secretary)?;
    let new: NewMeeting = call.input(body).await?;
    call.act(async |tx| {
        let id = schedule::schedule(tx, new).await?;
        Reply::created_tagged(location(id), &show::meeting(tx, id).await?)
    })
    .await
}

/// List meetings
///
/// The meetings of the secretary's body, the newest first.
#[utoipa::path(get, path = "/api/v1/meetings", tag = "meetings", params(MeetingQuery),
    responses((status = 200, description = "A page of meetings without their agendas", body = Listed<MeetingSummary>)))]
pub async fn list(ctx: Ctx) -> Answer {
    let call = ctx.signed_in().await?;
    permits::require_role(&call.actor, Role::Secretary)?;
    let query: MeetingQuery = call.query()?;
    let cursors = Cursors::new(&call.app.cursor_secret, &call.request.path, &call.request.query);
    let page = cursors.page(query.limit, query.cursor.as_deref())?;
    let after = page.after.as_ref().and_then(|key| key.first()).and_then(|id| MeetingId::parse(id));
    call.show(async |tx| {
        let items = show::meetings_page(tx, tx.actor.body_id, query.status, after, page.limit + 1).await?;
        Listed::from_overfull(items, &page, &cursors, |item| vec![item.id.to_string()])?.reply(&call.request.path, &call.request.query)
    })
    .await
}

/// Read a meeting
///
/// With its agenda and everything decided. Only the secretary of the body that meets reads it.
#[utoipa::path(get, path = "/api/v1/meetings/{id}", tag = "meetings", params(("id" = String, Path, description = "The meeting's id")),
    responses((status = 200, description = "The meeting", body = Meeting)))]
pub async fn read(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let id = meeting_id(&path)?;
        tx.meeting_of_secretary(id).await?;
        call.no_query()?;
        Reply::tagged(&show::meeting(tx, id).await?)
    })
    .await
}

/// Change a meeting
///
/// Title, day, or `status: cancelled`. Another day asks the gate of everything on the agenda anew; cancelling takes it off.
/// Day and status stay once an entry is decided.
#[utoipa::path(patch, path = "/api/v1/meetings/{id}", tag = "meetings",
    params(("id" = String, Path, description = "The meeting's id"), ("If-Match" = String, Header, description = "ETag of the latest reading")),
    request_body(content((MeetingPatch = "application/merge-patch+json"), (MeetingPatch = "application/json"))),
    responses((status = 200, description = "The changed meeting", body = Meeting)))]
pub async fn patch(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = meeting_id(&path)?;
    call.look(async |tx| tx.meeting_of_secretary(id).await).await?;
    let (patch, read) = call.patch::<MeetingPatch>(body).await?;
    call.act(async |tx| {
        change::change(tx, id, patch, read).await?;
        Reply::tagged(&show::meeting(tx, id).await?)
    })
    .await
}

/// Place a document on the agenda
///
/// The one way through the gate: only where the last legality opinion is lawful and on the current text, and nothing else
/// stands in the way for this meeting.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/agenda", tag = "meetings",
    params(("id" = String, Path, description = "The meeting's id"), DryRun), request_body = NewAgendaItem,
    responses((status = 201, description = "The agenda entry", body = AgendaItem)))]
pub async fn place_on_agenda(ctx: Ctx, path: Path<String>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let id = meeting_id(&path)?;
    call.look(async |tx| tx.meeting_of_secretary(id).await).await?;
    let new: NewAgendaItem = call.input(body).await?;
    // Asked before the act, because the first answer to a repeated key is given again without it.
    call.look(async |tx| tx.permit(new.document_id, Action::Agenda).await).await?;
    call.act(async |tx| {
        let item = place::place(tx, id, new.document_id).await?;
        Reply::created(location(id), &show::agenda_item(tx, item).await?)
    })
    .await
}

/// Take a document off the agenda
///
/// Before a decision only; the document goes back to `cleared`.
#[utoipa::path(delete, path = "/api/v1/meetings/{id}/agenda/{document_id}", tag = "meetings",
    params(("id" = String, Path, description = "The meeting's id"), ("document_id" = String, Path, description = "The document's id")),
    responses((status = 204, description = "Taken off")))]
pub async fn take_off_agenda(ctx: Ctx, path: Path<(String, String)>) -> Answer {
    let mut call = ctx.signed_in().await?;
    let (meeting, document) = entry_of(&path)?;
    permit_entry(&mut call, meeting, document, Action::AgendaRemoval).await?;
    call.no_query()?;
    call.act(async |tx| {
        take_off::take_off(tx, meeting, document).await?;
        Ok(Reply::Nothing)
    })
    .await
}

/// Enter the meeting's decision
///
/// From the meeting's day on. With `corrects` and `reason` it corrects the decision that stands, while the document still
/// stands where that put it.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/agenda/{document_id}/decision", tag = "meetings",
    params(("id" = String, Path, description = "The meeting's id"), ("document_id" = String, Path, description = "The document's id"), DryRun),
    request_body = NewDecision, responses((status = 201, description = "The recorded decision", body = Decision)))]
pub async fn record_decision(ctx: Ctx, path: Path<(String, String)>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let (meeting, document) = entry_of(&path)?;
    permit_entry(&mut call, meeting, document, Action::Decision).await?;
    let said: NewDecision = call.input(body).await?;
    call.act(async |tx| {
        let id = decide::decide(tx, meeting, document, said).await?;
        Reply::created(location(meeting), &show::decision(tx, id).await?)
    })
    .await
}

/// Confirm a text that was approved in principle
///
/// Ends `finalising`: the current revision, itself found lawful, is what is approved.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/agenda/{document_id}/confirmation", tag = "meetings",
    params(("id" = String, Path, description = "The meeting's id"), ("document_id" = String, Path, description = "The document's id"), DryRun),
    request_body = NewConfirmation, responses((status = 200, description = "The approved document", body = Document)))]
pub async fn record_confirmation(ctx: Ctx, path: Path<(String, String)>, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    let (meeting, document) = entry_of(&path)?;
    permit_entry(&mut call, meeting, document, Action::Confirmation).await?;
    let new: NewConfirmation = call.input(body).await?;
    call.act(async |tx| {
        confirm::confirm(tx, meeting, document, new).await?;
        Reply::tagged(&documents::document(tx, document).await?)
    })
    .await
}

fn entry_of(path: &(String, String)) -> Result<(MeetingId, DocumentId), Refusal> {
    Ok((meeting_id(&path.0)?, document_id(&path.1)?))
}

/// Whether the caller may do an act on a document of a meeting's agenda, before their input is looked at.
async fn permit_entry(call: &mut Call, meeting: MeetingId, document: DocumentId, action: Action) -> Result<(), Refusal> {
    call.look(async |tx| {
        tx.meeting_of_secretary(meeting).await?;
        tx.permit(document, action).await
    })
    .await
}
