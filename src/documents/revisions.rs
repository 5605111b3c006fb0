//! Revisions as the API shows them: their particulars without the text for lists, and one with its text.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::wire::{DocumentClass, FileRef, Replacement, ReplacementEffect, Revision, RevisionSummary};
use crate::base::ids::DocumentId;
use crate::identity::bodies::BodyRef;
use crate::schema::{bodies, files, revision_joint_authorities, revision_replaces, revisions, users};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// The revision that a path names; what is no number names nothing.
///
/// # Errors
/// 404.
pub fn revision_no(text: &str) -> Result<i32, Refusal> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| is_plain).ok_or_else(Refusal::not_found)
}

/// A document's revisions, the first one first.
///
/// # Errors
/// When the database refuses.
pub async fn revision_page(tx: &mut Tx<'_>, document: DocumentId, after: i32, limit: i64) -> Result<Vec<RevisionSummary>, Refusal> {
    let rows: Vec<Row> = revisions::table
        .inner_join(bodies::table.on(bodies::id.eq(revisions::issuing_authority_id)))
        .inner_join(users::table.on(users::id.eq(revisions::authored_by)))
        .left_join(files::table.on(files::sha256.nullable().eq(revisions::file_sha256)))
        .filter(revisions::document_id.eq(document))
        .filter(revisions::revision_no.gt(after))
        .order(revisions::revision_no)
        .limit(limit)
        .select(Row::as_select())
        .load(tx.conn)
        .await?;
    shown(tx, document, rows).await
}

/// One revision with its text.
///
/// # Errors
/// 404 where there is none.
pub async fn revision(tx: &mut Tx<'_>, document: DocumentId, no: i32) -> Result<Revision, Refusal> {
    let summary = revision_page(tx, document, no - 1, 1).await?.pop().filter(|found| found.revision == no);
    let summary = summary.ok_or_else(Refusal::not_found)?;
    let text = revisions::table.find((document, no)).select(revisions::text).first(tx.conn).await?;
    Ok(Revision { summary, text })
}

/// The name and SHA-256 of a revision's original file.
///
/// # Errors
/// 404 where there is no such revision, or none with a file.
pub async fn revision_file(tx: &mut Tx<'_>, document: DocumentId, no: i32) -> Result<(String, String), Refusal> {
    let found: Option<(Option<String>, Option<String>)> =
        revisions::table.find((document, no)).select((revisions::file_name, revisions::file_sha256)).first(tx.conn).await.optional()?;
    match found {
        Some((Some(name), Some(sha256))) => Ok((name, sha256)),
        Some(_) | None => Err(Refusal::not_found()),
    }
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = revisions, check_for_backend(diesel::pg::Pg))]
struct Row {
    revision_no: i32,
    revision_sha256: String,
    title: String,
    document_class: DocumentClass,
    #[diesel(select_expression = (bodies::code, bodies::name))]
    issuing_authority: BodyRef,
    concerns_market_entities: bool,
    file_name: Option<String>,
    #[diesel(select_expression = (files::sha256, files::media_type, files::size_bytes).nullable())]
    file: Option<(String, String, i64)>,
    note: Option<String>,
    #[diesel(select_expression = users::login)]
    authored_by: String,
    created_at: DateTime<Utc>,
}

async fn shown(tx: &mut Tx<'_>, document: DocumentId, rows: Vec<Row>) -> Result<Vec<RevisionSummary>, Refusal> {
    let numbers: Vec<i32> = rows.iter().map(|row| row.revision_no).collect();
    let joint: Vec<(i32, BodyRef)> = revision_joint_authorities::table
        .inner_join(bodies::table.on(bodies::id.eq(revision_joint_authorities::body_id)))
        .filter(revision_joint_authorities::document_id.eq(document))
        .filter(revision_joint_authorities::revision_no.eq_any(&numbers))
        .order(revision_joint_authorities::ordinal)
        .select((revision_joint_authorities::revision_no, (bodies::code, bodies::name)))
        .load(tx.conn)
        .await?;
    let replaced: Vec<(i32, DocumentId, ReplacementEffect)> = revision_replaces::table
        .filter(revision_replaces::document_id.eq(document))
        .filter(revision_replaces::revision_no.eq_any(&numbers))
        .order(revision_replaces::replaced_id)
        .select((revision_replaces::revision_no, revision_replaces::replaced_id, revision_replaces::effect))
        .load(tx.conn)
        .await?;
    let mut joint_of: HashMap<i32, Vec<BodyRef>> = HashMap::new();
    for (no, body) in joint {
        joint_of.entry(no).or_default().push(body);
    }
    let mut replaced_of: HashMap<i32, Vec<Replacement>> = HashMap::new();
    for (no, document_id, effect) in replaced {
        replaced_of.entry(no).or_default().push(Replacement { document_id, effect });
    }
    Ok(rows
        .into_iter()
        .map(|row| RevisionSummary {
            revision: row.revision_no,
            revision_sha256: row.revision_sha256,
            title: row.title,
            document_class: row.document_class,
            issuing_authority: row.issuing_authority,
            joint_authorities: joint_of.remove(&row.revision_no).unwrap_or_default(),
            replaces: replaced_of.remove(&row.revision_no).unwrap_or_default(),
            concerns_market_entities: row.concerns_market_entities,
            file: row.file.zip(row.file_name).map(|((sha256, media_type, size_bytes), name)| FileRef {
                name,
                sha256,
                media_type,
                size_bytes,
            }),
            note: row.note,
            authored_by: row.authored_by,
            created_at: row.created_at,
        })
        .collect())
}
