//! SQL that the acts of a clean-up need. No rule stands here.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Date, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::standing::Round;
use crate::base::ids::{CleanupId, CleanupOutcomeId, CleanupResultId, DocumentId, EffectEndId, EntryId};
use crate::lifecycle::cleanup::{CleanupResult, LeftOut};
use crate::lifecycle::effect::{EffectCause, LapseTakenBack};
use crate::schema::{cleanup_outcomes, cleanup_results, cleanups, documents, effect_end_voids, effect_ends};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// The proposal that stands for a document in a round.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = cleanup_results, check_for_backend(diesel::pg::Pg))]
pub struct Proposal {
    /// Its id.
    pub id: CleanupResultId,
    /// The document.
    pub document_id: DocumentId,
    /// The result.
    pub result: CleanupResult,
    /// Why.
    pub reason: String,
    /// The last day for the amendment.
    pub amend_due: Option<NaiveDate>,
    /// What replaces it.
    pub replaced_by: Option<DocumentId>,
}

/// The proposals that stand in a round: the last one for each document, by document id.
///
/// # Errors
/// When the database refuses.
pub async fn proposals_standing(tx: &mut Tx<'_>, round: CleanupId) -> Result<Vec<Proposal>, Refusal> {
    Ok(cleanup_results::table
        .filter(cleanup_results::cleanup_id.eq(round))
        .distinct_on(cleanup_results::document_id)
        .order((cleanup_results::document_id, cleanup_results::result_no.desc()))
        .select(Proposal::as_select())
        .load(tx.conn)
        .await?)
}

/// The documents in scope of a round that have no proposal: published by the cut-off date and by the decision's day, not ended on
/// that day, not final.
///
/// # Errors
/// When the database refuses.
pub async fn unlisted(tx: &mut Tx<'_>, round: &Round, published_on: NaiveDate) -> Result<Vec<DocumentId>, Refusal> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: DocumentId,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT d.id FROM documents d
           LEFT JOIN LATERAL (SELECT o.result FROM cleanup_outcomes o
                               WHERE o.document_id = d.id AND o.left_out IS NULL ORDER BY o.id DESC LIMIT 1) last ON true
          WHERE d.issuing_authority_id = $1 AND d.publication_date <= LEAST($2, $3)
            AND d.step NOT IN ('repealed', 'declared_lapsed')
            AND (last.result IS NULL OR last.result NOT IN ('repealed', 'declared_lapsed'))
            AND effect_on(d.id, $3) IN ('not_yet_effective', 'in_force')
            AND NOT EXISTS (SELECT 1 FROM cleanup_results c WHERE c.cleanup_id = $4 AND c.document_id = d.id)
          ORDER BY d.id",
    )
    .bind::<SqlUuid, _>(round.body.id)
    .bind::<Date, _>(round.cutoff_date)
    .bind::<Date, _>(published_on)
    .bind::<SqlUuid, _>(round.id)
    .load(tx.conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Locks documents in the order of their ids.
///
/// # Errors
/// When the database refuses.
pub async fn documents_lock(tx: &mut Tx<'_>, ids: &[DocumentId]) -> Result<(), Refusal> {
    documents::table
        .filter(documents::id.eq_any(ids))
        .order(documents::id)
        .select(documents::id)
        .for_update()
        .load::<DocumentId>(tx.conn)
        .await?;
    Ok(())
}

/// A line of a catalogue about to be written.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = cleanup_outcomes, check_for_backend(diesel::pg::Pg))]
pub struct NewOutcome {
    /// Its id.
    pub id: CleanupOutcomeId,
    /// The round.
    pub cleanup_id: CleanupId,
    /// The document.
    pub document_id: DocumentId,
    /// The proposal; `None` for what the round did not list.
    pub result_id: Option<CleanupResultId>,
    /// The result.
    pub result: CleanupResult,
    /// Why.
    pub reason: String,
    /// The last day for the amendment.
    pub amend_due: Option<NaiveDate>,
    /// What replaces it.
    pub replaced_by: Option<DocumentId>,
    /// The day of publication.
    pub published_on: NaiveDate,
    /// Why it was passed over, if it was.
    pub left_out: Option<LeftOut>,
    /// The log entry.
    pub entry_id: EntryId,
}

/// Writes a line of a catalogue.
///
/// # Errors
/// When the database refuses.
pub async fn outcome_insert(tx: &mut Tx<'_>, outcome: NewOutcome) -> Result<(), Refusal> {
    diesel::insert_into(cleanup_outcomes::table).values(outcome).execute(tx.conn).await?;
    Ok(())
}

/// Takes back the lapse after a missed amendment that has not come by a day: a later round judged the document anew, or the
/// amendment was published in time, however much later it takes effect.
///
/// # Errors
/// When the database refuses.
pub async fn pending_lapse_void(
    tx: &mut Tx<'_>,
    document: DocumentId,
    day: NaiveDate,
    why: LapseTakenBack,
    entry: EntryId,
) -> Result<(), Refusal> {
    let pending: Vec<EffectEndId> = effect_ends::table
        .left_join(effect_end_voids::table.on(effect_end_voids::effect_end_id.eq(effect_ends::id)))
        .filter(effect_ends::document_id.eq(document))
        .filter(effect_ends::cause.eq(EffectCause::MissedAmendment))
        .filter(effect_ends::from_on.gt(day))
        .filter(effect_end_voids::effect_end_id.nullable().is_null())
        .order(effect_ends::id)
        .select(effect_ends::id)
        .load(tx.conn)
        .await?;
    for end in pending {
        diesel::insert_into(effect_end_voids::table)
            .values((
                effect_end_voids::effect_end_id.eq(end),
                effect_end_voids::reason.eq(why),
                effect_end_voids::voided_at.eq(tx.now),
                effect_end_voids::entry_id.eq(entry),
            ))
            .execute(tx.conn)
            .await?;
    }
    Ok(())
}

/// Ends an act on a round: the moment of its last change.
///
/// # Errors
/// When the database refuses.
pub async fn round_touch(tx: &mut Tx<'_>, id: CleanupId) -> Result<(), Refusal> {
    diesel::update(cleanups::table.find(id)).set(cleanups::updated_at.eq(tx.now)).execute(tx.conn).await?;
    Ok(())
}
