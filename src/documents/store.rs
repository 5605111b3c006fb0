//! SQL on documents and revisions that more than one act needs.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::digest::Bound;
use super::files::{self, StoredFile};
use super::wire::{DocumentClass, ReplacementEffect};
use crate::base::ids::{BodyId, DocumentId, EntryId};
use crate::base::said::Said;
use crate::identity::bodies::{self, Body};
use crate::schema::{bodies as bodies_table, documents, revision_joint_authorities, revision_replaces, revisions};
use crate::web::kind;
use crate::web::refusal::{FieldError, Refusal};
use crate::web::tx::Tx;

/// A revision about to be written: what it binds, resolved to ids.
#[derive(Debug)]
pub struct RevisionDraft {
    /// What the hash covers.
    pub bound: Bound,
    /// The issuing authority.
    pub issuer: Body,
    /// The other issuers.
    pub joint: Vec<Body>,
    /// The file's name, where there is a file.
    pub file_name: Option<String>,
    /// What was changed and why.
    pub note: Option<String>,
}

/// What a stored revision binds.
///
/// # Errors
/// 404 where there is no such revision.
pub async fn revision_bound(conn: &mut AsyncPgConnection, id: DocumentId, no: i32) -> Result<(Bound, Option<String>), Refusal> {
    type Row = (String, DocumentClass, BodyId, bool, String, Option<String>, Option<String>);
    let (title, document_class, issuer_id, concerns_market_entities, text, file_sha256, file_name): Row = revisions::table
        .find((id, no))
        .select((
            revisions::title,
            revisions::document_class,
            revisions::issuing_authority_id,
            revisions::concerns_market_entities,
            revisions::text,
            revisions::file_sha256,
            revisions::file_name,
        ))
        .first(conn)
        .await
        .optional()?
        .ok_or_else(Refusal::not_found)?;
    let joint_authorities: Vec<String> = revision_joint_authorities::table
        .inner_join(bodies_table::table.on(bodies_table::id.eq(revision_joint_authorities::body_id)))
        .filter(revision_joint_authorities::document_id.eq(id))
        .filter(revision_joint_authorities::revision_no.eq(no))
        .order(revision_joint_authorities::ordinal)
        .select(bodies_table::code)
        .load(conn)
        .await?;
    let replaces: Vec<(DocumentId, ReplacementEffect)> = revision_replaces::table
        .filter(revision_replaces::document_id.eq(id))
        .filter(revision_replaces::revision_no.eq(no))
        .order(revision_replaces::replaced_id)
        .select((revision_replaces::replaced_id, revision_replaces::effect))
        .load(conn)
        .await?;
    let issuing_authority = bodies::body_fetch(conn, issuer_id).await?.code;
    let bound =
        Bound { title, document_class, issuing_authority, joint_authorities, replaces, concerns_market_entities, text, file_sha256 };
    Ok((bound, file_name))
}

/// Resolves what a revision names, and refuses all that may not be there at once.
///
/// # Errors
/// 422 `not_an_issuer`, `unknown_body`, `not_the_issuer`, `duplicate`.
pub async fn resolve(
    tx: &mut Tx<'_>,
    own: Option<DocumentId>,
    bound: Bound,
    file_name: Option<String>,
    note: Option<String>,
) -> Result<RevisionDraft, Refusal> {
    let mut errors = Vec::new();
    let issuer = issuer_named(tx.conn, "/issuing_authority", &bound.issuing_authority, &mut errors).await?;
    let mut joint: Vec<Body> = Vec::new();
    for (index, code) in bound.joint_authorities.iter().enumerate() {
        let pointer = format!("/joint_authorities/{index}");
        if let Some(body) = issuer_named(tx.conn, &pointer, code, &mut errors).await? {
            if issuer.as_ref().is_some_and(|issuer| issuer.id == body.id) || joint.iter().any(|other| other.id == body.id) {
                errors.push(FieldError::new(
                    pointer,
                    kind::DUPLICATE,
                    Said::new(format!("{code} 重复。"), format!("{code} is given twice.")),
                ));
            } else {
                joint.push(body);
            }
        }
    }
    let mut replaced: Vec<DocumentId> = Vec::new();
    for (index, (id, _)) in bound.replaces.iter().enumerate() {
        let pointer = format!("/replaces/{index}/document_id");
        if replaced.contains(id) {
            errors.push(FieldError::new(pointer, kind::DUPLICATE, Said::fixed("同一文件列了两次。", "The same document is listed twice.")));
            continue;
        }
        replaced.push(*id);
        if let Some(issuer) = &issuer {
            replaceable(tx.conn, &pointer, *id, own, issuer, &mut errors).await?;
        }
    }
    match issuer {
        Some(issuer) if errors.is_empty() => Ok(RevisionDraft { bound, issuer, joint, file_name, note }),
        Some(_) | None => Err(Refusal::fields(errors)),
    }
}

async fn issuer_named(
    conn: &mut AsyncPgConnection,
    pointer: &str,
    code: &str,
    errors: &mut Vec<FieldError>,
) -> Result<Option<Body>, Refusal> {
    match bodies::body_by_code(conn, code).await? {
        Some(body) if body.may_issue => Ok(Some(body)),
        Some(body) => {
            errors.push(FieldError::new(
                pointer,
                kind::NOT_AN_ISSUER,
                Said::new(
                    format!("{} 可以起草，但无权制定规范性文件；请填其所属的制定机关。", body.name),
                    format!("{} may draft but not issue; name the body that issues.", body.name),
                ),
            ));
            Ok(None)
        }
        None => {
            errors.push(FieldError::new(pointer, kind::UNKNOWN_BODY, bodies::unknown_body(conn, code).await?));
            Ok(None)
        }
    }
}

/// Only published documents of the same issuing authority can be replaced. All others look alike, so that nobody learns from
/// the refusal that a draft exists.
async fn replaceable(
    conn: &mut AsyncPgConnection,
    pointer: &str,
    id: DocumentId,
    own: Option<DocumentId>,
    issuer: &Body,
    errors: &mut Vec<FieldError>,
) -> Result<(), Refusal> {
    let published: bool = diesel::select(diesel::dsl::exists(
        documents::table.find(id).filter(documents::issuing_authority_id.eq(issuer.id)).filter(documents::publication_date.is_not_null()),
    ))
    .get_result(conn)
    .await?;
    if !published || own == Some(id) {
        errors.push(FieldError::new(
            pointer,
            kind::NOT_THE_ISSUER,
            Said::fixed(
                "只能替代同一制定机关已公布的其他文件。",
                "Only another published document of the same issuing authority can be replaced.",
            ),
        ));
    }
    Ok(())
}

/// Writes a revision; the head of the document follows by trigger.
///
/// # Errors
/// When the database refuses.
pub async fn revision_insert(
    tx: &mut Tx<'_>,
    id: DocumentId,
    no: i32,
    draft: &RevisionDraft,
    file: Option<&StoredFile>,
    entry: EntryId,
) -> Result<String, Refusal> {
    if let Some(file) = file {
        files::file_store(tx.conn, file).await?;
    }
    let sha256 = draft.bound.sha256()?;
    diesel::insert_into(revisions::table)
        .values((
            revisions::document_id.eq(id),
            revisions::revision_no.eq(no),
            revisions::revision_sha256.eq(&sha256),
            revisions::title.eq(&draft.bound.title),
            revisions::document_class.eq(draft.bound.document_class),
            revisions::issuing_authority_id.eq(draft.issuer.id),
            revisions::concerns_market_entities.eq(draft.bound.concerns_market_entities),
            revisions::text.eq(&draft.bound.text),
            revisions::file_sha256.eq(&draft.bound.file_sha256),
            revisions::file_name.eq(&draft.file_name),
            revisions::note.eq(&draft.note),
            revisions::authored_by.eq(tx.actor.user_id),
            revisions::created_at.eq(tx.now),
            revisions::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    for (index, body) in draft.joint.iter().enumerate() {
        diesel::insert_into(revision_joint_authorities::table)
            .values((
                revision_joint_authorities::document_id.eq(id),
                revision_joint_authorities::revision_no.eq(no),
                revision_joint_authorities::ordinal.eq(i32::try_from(index).unwrap_or_default()),
                revision_joint_authorities::body_id.eq(body.id),
            ))
            .execute(tx.conn)
            .await?;
    }
    for (replaced, effect) in &draft.bound.replaces {
        diesel::insert_into(revision_replaces::table)
            .values((
                revision_replaces::document_id.eq(id),
                revision_replaces::revision_no.eq(no),
                revision_replaces::replaced_id.eq(replaced),
                revision_replaces::effect.eq(effect),
            ))
            .execute(tx.conn)
            .await?;
    }
    Ok(sha256)
}
