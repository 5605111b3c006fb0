//! The list of documents, and the list of what happened to one.

use actix_web::web::Path;
use uuid::Uuid;

use super::document_id;
use super::materials::Paging;
use crate::documents::list::{self, DocumentQuery};
use crate::documents::wire::Document;
use crate::identity::bodies::BodyRef;
use crate::journal::store::{StepTaken, TimelineRow, steps_taken, timeline_page};
use crate::journal::wire::{TimelineActor, TimelineEntry, TimelinePlace};
use crate::web::call::{Answer, Ctx};
use crate::web::cursor::{Cursors, Listed};

/// List documents
///
/// What the caller may see: drafters the documents of their body; reviewers those submitted to theirs; secretaries all of their
/// issuing authority, drafts too; auditors what was filed to their body or published by bodies that file to it.
#[utoipa::path(get, path = "/api/v1/documents", tag = "documents", params(DocumentQuery),
    responses((status = 200, description = "The documents, the newest first unless sorted otherwise", body = Listed<Document>)))]
pub async fn list(ctx: Ctx) -> Answer {
    let call = ctx.signed_in().await?;
    let wanted: DocumentQuery = call.query()?;
    call.show(async |tx| {
        let cursors = Cursors::new(&call.app.cursor_secret, &call.request.path, &call.request.query);
        let page = cursors.page(wanted.limit, wanted.cursor.as_deref())?;
        list::page(tx, &wanted, &page, &cursors).await?.reply(&call.request.path, &call.request.query)
    })
    .await
}

/// Read the timeline
///
/// Everything that happened to the document, the oldest first, with who and when.
#[utoipa::path(get, path = "/api/v1/documents/{id}/timeline", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), Paging),
    responses((status = 200, description = "The entries of the log", body = Listed<TimelineEntry>)))]
pub async fn timeline(ctx: Ctx, path: Path<String>) -> Answer {
    let call = ctx.signed_in().await?;
    call.show(async |tx| {
        let id = document_id(&path)?;
        tx.visible_inside(id).await?;
        let paging: Paging = call.query()?;
        let cursors = Cursors::new(&call.app.cursor_secret, &call.request.path, &call.request.query);
        let page = cursors.page(paging.limit, paging.cursor.as_deref())?;
        let after = page.after.as_ref().and_then(|key| key.first()).and_then(|id| Uuid::parse_str(id).ok());
        let rows = timeline_page(tx.conn, id, after, page.limit + 1).await?;
        let entries: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let steps = steps_taken(tx.conn, id, &entries).await?;
        let items = rows.into_iter().map(|row| entry(row, &steps)).collect();
        Listed::from_overfull(items, &page, &cursors, |entry: &TimelineEntry| vec![entry.id.to_string()])?
            .reply(&call.request.path, &call.request.query)
    })
    .await
}

fn entry(row: TimelineRow, steps: &[StepTaken]) -> TimelineEntry {
    let role = row.role;
    let taken: Vec<&StepTaken> = steps.iter().filter(|step| step.entry.0 == row.id).collect();
    let from = taken.first().and_then(|first| Some(TimelinePlace { stage: first.from_stage?, step: first.from_step? }));
    let to = taken.last().map(|last| TimelinePlace { stage: last.stage, step: last.step });
    TimelineEntry {
        id: row.id,
        at: row.at,
        entry_type: row.entry_type,
        actor: row.user.zip(row.body).map(|((login, name), (code, body))| TimelineActor {
            login,
            name,
            body: BodyRef { code, name: body },
            role,
        }),
        revision: row.revision_no,
        revision_sha256: row.revision_sha256,
        profile_id: row.profile_id,
        from,
        to,
        data: row.data,
    }
}
