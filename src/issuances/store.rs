//! SQL on issuances, their voiding, publications, and the ends of effect that a publication brings.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::wire::{NewIssuance, NewPublication};
use crate::base::ids::{
    BodyId, ConfirmationId, DecisionId, DocumentId, EffectEndId, EntryId, IssuanceId, IssuanceVoidId, NumberId, ProfileId, PublicationId,
};
use crate::documents::files::{self, StoredFile};
use crate::documents::wire::ReplacementEffect;
use crate::lifecycle::facts::RevisionFacts;
use crate::schema::{confirmations, documents, effect_ends, issuance_voids, issuances, number_register, publications, revision_replaces};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// A confirmation: its id and when it was given.
///
/// # Errors
/// When the database refuses.
pub async fn confirmation_of(
    conn: &mut AsyncPgConnection,
    decision: DecisionId,
) -> Result<Option<(ConfirmationId, DateTime<Utc>)>, Refusal> {
    Ok(confirmations::table
        .filter(confirmations::decision_id.eq(decision))
        .select((confirmations::id, confirmations::confirmed_at))
        .first(conn)
        .await
        .optional()?)
}

/// An issuance about to be written.
#[derive(Debug)]
pub struct IssuanceDraft<'d> {
    /// Its id.
    pub id: IssuanceId,
    /// The document.
    pub document: DocumentId,
    /// The approved text.
    pub revision: &'d RevisionFacts,
    /// The decision that approves it.
    pub decision: &'d crate::meetings::store::DecisionRow,
    /// The confirmation, after an approval in principle.
    pub confirmation: Option<ConfirmationId>,
    /// What the caller said.
    pub said: &'d NewIssuance,
    /// The register number.
    pub register: NumberId,
    /// The document number.
    pub official: NumberId,
    /// The profile in force.
    pub profile: ProfileId,
}

/// Writes an issuance; the document's numbers follow by trigger.
///
/// # Errors
/// When the database refuses.
pub async fn issuance_insert(tx: &mut Tx<'_>, draft: &IssuanceDraft<'_>, entry: EntryId) -> Result<(), Refusal> {
    diesel::insert_into(issuances::table)
        .values((
            issuances::id.eq(draft.id),
            issuances::document_id.eq(draft.document),
            issuances::revision_no.eq(draft.revision.no),
            issuances::revision_sha256.eq(&draft.revision.sha256),
            issuances::decision_id.eq(draft.decision.id),
            issuances::decision_outcome.eq(draft.decision.outcome),
            issuances::held_on.eq(draft.decision.held_on),
            issuances::confirmation_id.eq(draft.confirmation),
            issuances::signed_by.eq(draft.said.signed_by.trim()),
            issuances::signed_on.eq(draft.said.signed_on),
            issuances::register_number_id.eq(draft.register),
            issuances::official_number_id.eq(draft.official),
            issuances::recorded_by.eq(tx.actor.user_id),
            issuances::recorded_at.eq(tx.now),
            issuances::recorded_on.eq(tx.today),
            issuances::profile_id.eq(draft.profile),
            issuances::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(())
}

/// An issuance that holds.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = issuances, check_for_backend(diesel::pg::Pg))]
pub struct IssuanceRow {
    /// Its id.
    pub id: IssuanceId,
    /// The issued text.
    pub revision_no: i32,
    /// Its hash.
    pub revision_sha256: String,
    /// Who signed.
    pub signed_by: String,
    /// The day of the signature.
    pub signed_on: NaiveDate,
    /// The register number.
    pub register_number_id: NumberId,
    /// The document number.
    pub official_number_id: NumberId,
}

/// The valid issuance of a document.
///
/// # Errors
/// When the database refuses.
pub async fn valid_issuance(conn: &mut AsyncPgConnection, document: DocumentId) -> Result<Option<IssuanceRow>, Refusal> {
    Ok(issuances::table
        .filter(issuances::document_id.eq(document))
        .filter(issuances::state.eq("valid"))
        .select(IssuanceRow::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// A number as written.
///
/// # Errors
/// When there is none.
pub async fn number_written(conn: &mut AsyncPgConnection, id: NumberId) -> Result<String, Refusal> {
    Ok(number_register::table.find(id).select(number_register::number).first(conn).await?)
}

/// Voids an issuance; its numbers and the document's head follow by trigger.
///
/// # Errors
/// When the database refuses.
pub async fn void_insert(
    tx: &mut Tx<'_>,
    (document, issuance): (DocumentId, IssuanceId),
    reason: &str,
    entry: EntryId,
) -> Result<IssuanceVoidId, Refusal> {
    let id = IssuanceVoidId::new();
    diesel::insert_into(issuance_voids::table)
        .values((
            issuance_voids::id.eq(id),
            issuance_voids::issuance_id.eq(issuance),
            issuance_voids::document_id.eq(document),
            issuance_voids::reason.eq(reason),
            issuance_voids::voided_by.eq(tx.actor.user_id),
            issuance_voids::voided_at.eq(tx.now),
            issuance_voids::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(id)
}

/// What a document's current revision replaces, in the order in which documents are locked.
///
/// # Errors
/// When the database refuses.
pub async fn replaced_by(conn: &mut AsyncPgConnection, document: DocumentId) -> Result<Vec<(DocumentId, ReplacementEffect)>, Refusal> {
    Ok(revision_replaces::table
        .inner_join(
            documents::table
                .on(documents::id.eq(revision_replaces::document_id).and(documents::revision_no.eq(revision_replaces::revision_no))),
        )
        .filter(documents::id.eq(document))
        .order(revision_replaces::replaced_id)
        .select((revision_replaces::replaced_id, revision_replaces::effect))
        .load(conn)
        .await?)
}

/// Whether a document is published by this issuer.
///
/// # Errors
/// When the database refuses.
pub async fn is_published_by(conn: &mut AsyncPgConnection, document: DocumentId, issuer: BodyId) -> Result<bool, Refusal> {
    Ok(diesel::select(diesel::dsl::exists(
        documents::table
            .find(document)
            .filter(documents::issuing_authority_id.eq(issuer))
            .filter(documents::publication_date.is_not_null()),
    ))
    .get_result(conn)
    .await?)
}

/// A published text that was handed in as a file.
#[derive(Debug)]
pub struct PublishedFile {
    /// The file.
    pub file: StoredFile,
    /// The text read from it.
    pub text: String,
}

/// Writes a publication; the document's dates follow by trigger.
///
/// # Errors
/// When the database refuses.
pub async fn publication_insert(
    tx: &mut Tx<'_>,
    (document, issuance): (DocumentId, &IssuanceRow),
    said: &NewPublication,
    expiry_date: NaiveDate,
    published: Option<&PublishedFile>,
    (profile, entry): (ProfileId, EntryId),
) -> Result<PublicationId, Refusal> {
    if let Some(published) = published {
        files::file_store(tx.conn, &published.file).await?;
    }
    let id = PublicationId::new();
    diesel::insert_into(publications::table)
        .values((
            publications::id.eq(id),
            publications::document_id.eq(document),
            publications::issuance_id.eq(issuance.id),
            publications::revision_no.eq(issuance.revision_no),
            publications::revision_sha256.eq(&issuance.revision_sha256),
            publications::signed_on.eq(issuance.signed_on),
            publications::publication_date.eq(said.publication_date),
            publications::effective_date.eq(said.effective_date),
            publications::expiry_date.eq(expiry_date),
            publications::channel.eq(said.channel.trim()),
            publications::short_lead_reason.eq(said.short_lead_reason.as_deref().map(str::trim)),
            publications::file_sha256.eq(published.map(|published| published.file.sha256.as_str())),
            publications::file_name.eq(published.map(|published| published.file.name.as_str())),
            publications::published_text.eq(published.map(|published| published.text.as_str())),
            publications::recorded_by.eq(tx.actor.user_id),
            publications::recorded_at.eq(tx.now),
            publications::recorded_on.eq(tx.today),
            publications::profile_id.eq(profile),
            publications::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(id)
}

/// Ends a replaced document's effect from the day on which the new one takes effect.
///
/// # Errors
/// When the database refuses.
pub async fn replacement_end_insert(
    tx: &mut Tx<'_>,
    (replaced, effect): (DocumentId, ReplacementEffect),
    from_on: NaiveDate,
    publication: PublicationId,
    entry: EntryId,
) -> Result<(), Refusal> {
    diesel::insert_into(effect_ends::table)
        .values((
            effect_ends::id.eq(EffectEndId::new()),
            effect_ends::document_id.eq(replaced),
            effect_ends::effect.eq(effect),
            effect_ends::from_on.eq(from_on),
            effect_ends::cause.eq("replacement"),
            effect_ends::cause_id.eq(publication.0),
            effect_ends::recorded_at.eq(tx.now),
            effect_ends::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(())
}
