//! A secretary enters the publication of a signed text. What it replaces loses its effect on the day that it takes effect; where
//! that was to be amended, the amendment is done with the publication.

use serde_json::json;

use crate::base::ids::DocumentId;
use crate::base::said::Said;
use crate::cleanups::store::pending_lapse_void;
use crate::compare::published::Difference;
use crate::documents::moves::Evidence;
use crate::documents::standing::{Permitted, Standing};
use crate::documents::wire::ReplacementEffect;
use crate::issuances::faults::field_error;
use crate::issuances::published_text::{self, Published};
use crate::issuances::store;
use crate::issuances::wire::NewPublication;
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::effect::LapseTakenBack;
use crate::lifecycle::issuing::{self, PublicationDates};
use crate::lifecycle::profile::TitleFlags;
use crate::lifecycle::step::{Move, Stage, Step};
use crate::web::kind;
use crate::web::refusal::{FieldError, Refusal};
use crate::web::tx::Tx;

/// How many differences a refusal lists; it says how many there are.
const DIFFERENCES_LISTED: usize = 200;

/// Publishes a signed document.
///
/// # Errors
/// 404 or 403; 409 `wrong_step` unless it is signed; 422 with every fault of the dates, of the published text, and of what
/// it replaces.
pub async fn publish(tx: &mut Tx<'_>, document: DocumentId, said: NewPublication, published: Option<Published>) -> Result<(), Refusal> {
    lock_with_replaced(tx, document).await?;
    let Permitted { mut standing, role } = tx.lock_for(document, Action::Publication).await?;
    standing.require_step(Action::Publication)?;
    let issuance = store::valid_issuance(tx.conn, document).await?.ok_or_else(|| Refusal::internal("signed without an issuance"))?;
    let rules = tx.rules.clone();
    let in_force = rules.in_force(&standing.issuer.jurisdiction, tx.today)?;
    let dates = PublicationDates {
        publication_date: said.publication_date,
        effective_date: said.effective_date,
        expiry_date: said.expiry_date,
        has_short_lead_reason: said.short_lead_reason.is_some(),
    };
    let checked = issuing::publication(&dates, issuance.signed_on, tx.today, TitleFlags::of(&standing.title), in_force.profile);
    let mut errors: Vec<FieldError> = checked.as_ref().err().into_iter().flatten().map(|fault| field_error(*fault, tx.today)).collect();
    let replaced = replaced(tx, &standing, &mut errors).await?;
    let (published, differences) = match published {
        Some(published) => {
            let (file, differences) = published_text::compared_with(tx, &standing, &issuance, published).await?;
            (Some(file), differences)
        }
        None => (None, Vec::new()),
    };
    if !differences.is_empty() {
        errors.push(differs(&differences));
    }
    let expiry_date = match checked {
        Ok(expiry_date) if errors.is_empty() => expiry_date,
        Ok(_) | Err(_) => return Err(refused(errors, &differences)),
    };
    let data = json!({"issuance_id": issuance.id, "publication_date": said.publication_date, "effective_date": said.effective_date,
        "expiry_date": expiry_date, "channel": said.channel.trim(), "short_lead_reason": said.short_lead_reason,
        "recorded_on": tx.today, "file_sha256": published.as_ref().map(|published| &published.file.sha256)});
    let entry = tx
        .record(
            NewEntry::on_document(EntryType::DocumentPublished, role, document, data)
                .on_revision(issuance.revision_no, &issuance.revision_sha256)
                .under(in_force.id),
        )
        .await?;
    let under = (in_force.id, entry);
    let id = store::publication_insert(tx, (document, &issuance), &said, expiry_date, published.as_ref(), under).await?;
    for (other, effect) in replaced {
        let data = json!({"effect": effect, "from_on": said.effective_date, "cause": "replacement", "replaced_by": document});
        let entry = tx.record(NewEntry::on_document(EntryType::EffectEnded, role, other, data)).await?;
        store::replacement_end_insert(tx, (other, effect), said.effective_date, id, entry).await?;
        pending_lapse_void(tx, other, said.publication_date, LapseTakenBack::AmendedInTime, entry).await?;
        tx.finish_document(other).await?;
    }
    let evidence = Evidence { publication_id: Some(id), ..Evidence::default() };
    let at = (Stage::LegalityReview, Step::Published);
    tx.move_document(&mut standing, Move::Publish, at, role, entry, evidence).await?;
    tx.finish_document(document).await
}

/// Locks a document together with what it replaces, all in the order of their ids, which every act on several keeps.
/// From `approved` on a text cannot change, so what is replaced is known before the locks are held.
async fn lock_with_replaced(tx: &mut Tx<'_>, document: DocumentId) -> Result<(), Refusal> {
    let mut all: Vec<DocumentId> = store::replaced_by(tx.conn, document).await?.into_iter().map(|(id, _)| id).collect();
    all.push(document);
    all.sort();
    for id in all {
        tx.lock_document(id).await?;
    }
    Ok(())
}

async fn replaced(
    tx: &mut Tx<'_>,
    standing: &Standing,
    errors: &mut Vec<FieldError>,
) -> Result<Vec<(DocumentId, ReplacementEffect)>, Refusal> {
    let replaced = store::replaced_by(tx.conn, standing.id).await?;
    for (id, _) in &replaced {
        if !store::is_published_by(tx.conn, *id, standing.issuer.id).await? {
            errors.push(FieldError::new(
                "",
                kind::NOT_THE_ISSUER,
                Said::new(
                    format!("被替代的文件 {id} 不是本机关已公布的文件。"),
                    format!("The replaced document {id} is not a published document of this issuer."),
                ),
            ));
        }
    }
    Ok(replaced)
}

fn differs(differences: &[Difference]) -> FieldError {
    let count = differences.len();
    FieldError::new(
        "/file",
        kind::PUBLISHED_TEXT_DIFFERS,
        Said::new(
            format!("公布文本与审议通过的文本有 {count} 处不同，见 differences；请公布审议通过的文本。"),
            format!("The published text differs from the approved one in {count} place(s), see differences; publish the approved text."),
        ),
    )
}

fn refused(errors: Vec<FieldError>, differences: &[Difference]) -> Refusal {
    let refusal = Refusal::fields(errors);
    if differences.is_empty() {
        return refusal;
    }
    let listed: Vec<&Difference> = differences.iter().take(DIFFERENCES_LISTED).collect();
    refusal.with("differences", json!(listed)).with("differences_total", differences.len().into())
}
