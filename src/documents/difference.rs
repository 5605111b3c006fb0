//! Two revisions of one document compared: the particulars that differ, and the texts by article.

use serde::Serialize;
use utoipa::ToSchema;

use super::digest::Bound;
use super::store;
use crate::base::ids::DocumentId;
use crate::compare::diff::{self, Comparison};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// A revision and its hash.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevisionRef {
    /// Its number.
    pub revision: i32,
    /// Its hash.
    pub revision_sha256: String,
}

/// How two revisions differ.
#[derive(Debug, Serialize, ToSchema)]
pub struct Difference {
    /// The revision that is compared from.
    pub from: RevisionRef,
    /// The revision that is compared to.
    pub to: RevisionRef,
    /// What else differs that an opinion binds, by the names of the API.
    pub particulars_changed: Vec<&'static str>,
    /// Whether the original files differ.
    pub file_changed: bool,
    /// How the texts differ, by article.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub comparison: Comparison,
}

/// What two revisions bind.
///
/// # Errors
/// 404 where there is no such revision.
pub async fn both(tx: &mut Tx<'_>, id: DocumentId, from: i32, to: i32) -> Result<[(i32, Bound); 2], Refusal> {
    let (older, _) = store::revision_bound(tx.conn, id, from).await?;
    let (newer, _) = store::revision_bound(tx.conn, id, to).await?;
    Ok([(from, older), (to, newer)])
}

/// Compares two revisions. Long texts take a while, so this is no work for a thread that answers.
///
/// # Errors
/// When a revision cannot be hashed, which its types always can.
pub fn between([(from, older), (to, newer)]: [(i32, Bound); 2]) -> Result<Difference, Refusal> {
    Ok(Difference {
        from: RevisionRef { revision: from, revision_sha256: older.sha256()? },
        to: RevisionRef { revision: to, revision_sha256: newer.sha256()? },
        particulars_changed: older.particulars_changed(&newer).into_iter().map(|particular| particular.as_str()).collect(),
        file_changed: older.file_sha256 != newer.file_sha256,
        comparison: diff::compare(&older.text, &newer.text),
    })
}
