//! SQL on the submission materials, and how the API shows them. What must be there is judged by the rules.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::files::{self, StoredFile};
use super::wire::{FileRef, Material};
use crate::base::ids::{DocumentId, EntryId, MaterialId};
use crate::lifecycle::facts::{FairCompetition, MaterialKind};
use crate::schema::{files as files_table, materials, submission_materials, submissions, users};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// A material about to be written.
#[derive(Debug)]
pub struct MaterialDraft {
    /// Its id.
    pub id: MaterialId,
    /// What it is.
    pub kind: MaterialKind,
    /// The fair-competition conclusion.
    pub conclusion: Option<FairCompetition>,
    /// The file.
    pub file: StoredFile,
}

/// Writes a material and its file.
///
/// # Errors
/// When the database refuses.
pub async fn material_insert(tx: &mut Tx<'_>, document: DocumentId, draft: &MaterialDraft, entry: EntryId) -> Result<(), Refusal> {
    files::file_store(tx.conn, &draft.file).await?;
    diesel::insert_into(materials::table)
        .values((
            materials::id.eq(draft.id),
            materials::document_id.eq(document),
            materials::kind.eq(draft.kind),
            materials::conclusion.eq(draft.conclusion),
            materials::file_sha256.eq(&draft.file.sha256),
            materials::file_name.eq(&draft.file.name),
            materials::added_by.eq(tx.actor.user_id),
            materials::added_at.eq(tx.now),
            materials::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(())
}

/// A document's materials in the order in which they were added.
///
/// # Errors
/// When the database refuses.
pub async fn material_page(tx: &mut Tx<'_>, document: DocumentId, after: Option<MaterialId>, limit: i64) -> Result<Vec<Material>, Refusal> {
    let mut query = materials::table
        .inner_join(users::table.on(users::id.eq(materials::added_by)))
        .inner_join(files_table::table.on(files_table::sha256.eq(materials::file_sha256)))
        .filter(materials::document_id.eq(document))
        .order(materials::id)
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(materials::id.gt(after));
    }
    let rows: Vec<Row> = query.load(tx.conn).await?;
    shown(tx, rows).await
}

/// One material of a document.
///
/// # Errors
/// 404 where there is none.
pub async fn material(tx: &mut Tx<'_>, document: DocumentId, id: MaterialId) -> Result<Material, Refusal> {
    let row: Row = materials::table
        .inner_join(users::table.on(users::id.eq(materials::added_by)))
        .inner_join(files_table::table.on(files_table::sha256.eq(materials::file_sha256)))
        .filter(materials::document_id.eq(document))
        .filter(materials::id.eq(id))
        .select(COLUMNS)
        .first(tx.conn)
        .await
        .optional()?
        .ok_or_else(Refusal::not_found)?;
    shown(tx, vec![row]).await?.pop().ok_or_else(Refusal::not_found)
}

type Row = (MaterialId, MaterialKind, Option<FairCompetition>, String, String, String, i64, String, DateTime<Utc>);

type Columns = (
    materials::id,
    materials::kind,
    materials::conclusion,
    materials::file_name,
    materials::file_sha256,
    files_table::media_type,
    files_table::size_bytes,
    users::login,
    materials::added_at,
);

const COLUMNS: Columns = (
    materials::id,
    materials::kind,
    materials::conclusion,
    materials::file_name,
    materials::file_sha256,
    files_table::media_type,
    files_table::size_bytes,
    users::login,
    materials::added_at,
);

async fn shown(tx: &mut Tx<'_>, rows: Vec<Row>) -> Result<Vec<Material>, Refusal> {
    let ids: Vec<MaterialId> = rows.iter().map(|row| row.0).collect();
    let frozen: Vec<(MaterialId, i32)> = submission_materials::table
        .inner_join(submissions::table.on(submissions::id.eq(submission_materials::submission_id)))
        .filter(submission_materials::material_id.eq_any(&ids))
        .order(submissions::submission_no)
        .select((submission_materials::material_id, submissions::submission_no))
        .load(tx.conn)
        .await?;
    let mut by_material: HashMap<MaterialId, Vec<i32>> = HashMap::new();
    for (material, submission) in frozen {
        by_material.entry(material).or_default().push(submission);
    }
    Ok(rows
        .into_iter()
        .map(|(id, kind, conclusion, name, sha256, media_type, size_bytes, added_by, added_at)| Material {
            id,
            kind,
            conclusion,
            file: FileRef { name, sha256, media_type, size_bytes },
            added_by,
            added_at,
            submissions: by_material.remove(&id).unwrap_or_default(),
        })
        .collect())
}
