//! Whether a published text is the approved one: what it is held against, and the comparison, which takes a while for long
//! texts. Comparing needs no database, so that no connection and no lock is kept meanwhile.

use crate::base::ids::{DocumentId, IssuanceId};
use crate::compare::published::{Difference, Issue, differences_of};
use crate::documents::standing::Standing;
use crate::documents::{show, store as revisions};
use crate::issuances::store::{self, IssuanceRow, PublishedFile};
use crate::web::aside::aside;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// What a published text is held against: the text that was issued, and what its issue adds to it.
#[derive(Debug)]
pub struct Issued {
    issuance: IssuanceId,
    text: String,
    official_doc_no: String,
    organs: Vec<String>,
    signed_by: String,
}

/// A published text, with its differences from what was issued.
#[derive(Debug)]
pub struct Published {
    /// The file and the text read from it.
    pub file: PublishedFile,
    /// The issuance that it was compared with; none where there was none to compare with.
    issuance: Option<IssuanceId>,
    differences: Vec<Difference>,
}

/// What a published text of this document is to be held against, where it is signed.
///
/// # Errors
/// When the database refuses.
pub async fn issued(tx: &mut Tx<'_>, document: DocumentId) -> Result<Option<Issued>, Refusal> {
    let standing = tx.standing(document).await?;
    match store::valid_issuance(tx.conn, document).await? {
        Some(issuance) => Ok(Some(issued_by(tx, &standing, &issuance).await?)),
        None => Ok(None),
    }
}

/// Compares a published text with what was issued, on another thread.
///
/// # Errors
/// When that thread fails.
pub async fn compared(file: PublishedFile, issued: Option<Issued>) -> Result<Published, Refusal> {
    let Some(issued) = issued else { return Ok(Published { file, issuance: None, differences: Vec::new() }) };
    aside(move || comparison(file, &issued)).await
}

fn comparison(file: PublishedFile, issued: &Issued) -> Published {
    let organs: Vec<&str> = issued.organs.iter().map(String::as_str).collect();
    let issue = Issue { official_doc_no: Some(&issued.official_doc_no), organs: &organs, signed_by: Some(&issued.signed_by) };
    let differences = differences_of(&issued.text, &file.text, &issue);
    Published { file, issuance: Some(issued.issuance), differences }
}

/// The published text, compared with this very issuance. Between the comparison and the lock the issuance may have been voided
/// and made anew, with another number and perhaps another signer; then, and only then, it is compared under the lock.
///
/// # Errors
/// When the database refuses.
pub async fn compared_with(
    tx: &mut Tx<'_>,
    standing: &Standing,
    issuance: &IssuanceRow,
    published: Published,
) -> Result<(PublishedFile, Vec<Difference>), Refusal> {
    let published = if published.issuance == Some(issuance.id) {
        published
    } else {
        let issued = issued_by(tx, standing, issuance).await?;
        // At once: whoever holds a lock does not wait for a place behind the files of others.
        actix_web::web::block(move || comparison(published.file, &issued)).await.map_err(Refusal::internal)?
    };
    Ok((published.file, published.differences))
}

async fn issued_by(tx: &mut Tx<'_>, standing: &Standing, issuance: &IssuanceRow) -> Result<Issued, Refusal> {
    let (bound, _) = revisions::revision_bound(tx.conn, standing.id, issuance.revision_no).await?;
    let mut organs = vec![standing.issuer.name.clone()];
    organs.extend(show::joint_authorities(tx, standing.id, issuance.revision_no).await?.into_iter().map(|body| body.name));
    Ok(Issued {
        issuance: issuance.id,
        text: bound.text,
        official_doc_no: store::number_written(tx.conn, issuance.official_number_id).await?,
        organs,
        signed_by: issuance.signed_by.clone(),
    })
}
