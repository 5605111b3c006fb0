//! The deadlines that run for a document, computed from its acts and stored for lists.

use crate::base::ids::DocumentId;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Computes a document's running deadlines anew.
///
/// # Errors
/// When the database refuses.
#[expect(clippy::unused_async, reason = "filled in next")]
pub async fn refresh(_tx: &mut Tx<'_>, _document: DocumentId) -> Result<(), Refusal> {
    Ok(())
}
