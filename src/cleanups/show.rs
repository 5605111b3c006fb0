//! One clean-up round as the API shows it: its proposals and, once published, its catalogue.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::wire::{Cleanup, CleanupDetail, CleanupLeftOut, CleanupOutcome, CleanupProposal, CleanupPublication};
use crate::base::ids::{CleanupId, CleanupResultId, DocumentId};
use crate::identity::bodies::BodyRef;
use crate::lifecycle::cleanup::{CleanupResult, CleanupTrigger, LeftOut, UnlistedResult};
use crate::schema::{bodies, cleanup_outcomes, cleanup_publications, cleanup_results, cleanups, documents, users};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// The columns of a round that are shown.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = cleanups, check_for_backend(diesel::pg::Pg))]
pub struct RoundRow {
    id: CleanupId,
    title: String,
    trigger: CleanupTrigger,
    cutoff_date: NaiveDate,
    law_id: Option<Uuid>,
    unlisted_effect: UnlistedResult,
    lapse_if_missed: bool,
    opened_at: DateTime<Utc>,
}

/// A row as the API shows it.
#[must_use]
pub fn round(row: RoundRow, body: BodyRef, opened_by: String, published_on: Option<NaiveDate>) -> Cleanup {
    Cleanup {
        id: row.id,
        title: row.title,
        body,
        trigger: row.trigger,
        cutoff_date: row.cutoff_date,
        law_id: row.law_id,
        unlisted_effect: row.unlisted_effect,
        lapse_if_missed: row.lapse_if_missed,
        opened_by,
        opened_at: row.opened_at,
        published_on,
    }
}

/// A round with its proposals and its catalogue, whoever asks.
///
/// # Errors
/// When there is none.
pub async fn cleanup(tx: &mut Tx<'_>, id: CleanupId) -> Result<CleanupDetail, Refusal> {
    let (row, body, opened_by): (RoundRow, BodyRef, String) = cleanups::table
        .inner_join(bodies::table.on(bodies::id.eq(cleanups::body_id)))
        .inner_join(users::table.on(users::id.eq(cleanups::opened_by)))
        .filter(cleanups::id.eq(id))
        .select((RoundRow::as_select(), (bodies::code, bodies::name), users::login))
        .first(tx.conn)
        .await?;
    let publication: Option<(String, NaiveDate, NaiveDate, String)> = cleanup_publications::table
        .inner_join(users::table.on(users::id.eq(cleanup_publications::recorded_by)))
        .filter(cleanup_publications::cleanup_id.eq(id))
        .select((cleanup_publications::minutes_no, cleanup_publications::published_on, cleanup_publications::recorded_on, users::login))
        .first(tx.conn)
        .await
        .optional()?;
    let publication = publication.map(|(minutes_no, published_on, recorded_on, recorded_by)| CleanupPublication {
        minutes_no,
        published_on,
        recorded_on,
        recorded_by,
    });
    let results = proposals(tx, id).await?.into_iter().map(CleanupProposal::from).collect();
    let (passed_over, judged): (Vec<OutcomeRow>, Vec<OutcomeRow>) =
        outcomes(tx, id).await?.into_iter().partition(|row| row.outcome.left_out.is_some());
    Ok(CleanupDetail {
        cleanup: round(row, body, opened_by, publication.as_ref().map(|publication| publication.published_on)),
        results,
        publication,
        outcomes: judged.into_iter().map(CleanupOutcome::from).collect(),
        left_out: passed_over.into_iter().filter_map(left_out).collect(),
    })
}

/// One proposal as the API shows it.
///
/// # Errors
/// When there is none.
pub async fn proposal(tx: &mut Tx<'_>, round: CleanupId, id: CleanupResultId) -> Result<CleanupProposal, Refusal> {
    let found = proposals(tx, round).await?.into_iter().find(|row| row.proposal.id == id);
    found.map(CleanupProposal::from).ok_or_else(Refusal::not_found)
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = cleanup_results, check_for_backend(diesel::pg::Pg))]
struct ProposalColumns {
    id: CleanupResultId,
    document_id: DocumentId,
    result: CleanupResult,
    reason: String,
    amend_due: Option<NaiveDate>,
    replaced_by: Option<DocumentId>,
    proposed_at: DateTime<Utc>,
}

#[derive(Debug, Queryable)]
struct ProposalRow {
    proposal: ProposalColumns,
    title: Option<String>,
    official_doc_no: Option<String>,
    proposed_by: String,
}

/// The proposals that stand, the last one for each document.
async fn proposals(tx: &mut Tx<'_>, id: CleanupId) -> Result<Vec<ProposalRow>, Refusal> {
    Ok(cleanup_results::table
        .inner_join(documents::table.on(documents::id.eq(cleanup_results::document_id)))
        .inner_join(users::table.on(users::id.eq(cleanup_results::proposed_by)))
        .filter(cleanup_results::cleanup_id.eq(id))
        .distinct_on(cleanup_results::document_id)
        .order((cleanup_results::document_id, cleanup_results::result_no.desc()))
        .select((ProposalColumns::as_select(), documents::title, documents::official_doc_no, users::login))
        .load(tx.conn)
        .await?)
}

impl From<ProposalRow> for CleanupProposal {
    fn from(row: ProposalRow) -> Self {
        Self {
            id: row.proposal.id,
            document_id: row.proposal.document_id,
            title: row.title.unwrap_or_default(),
            official_doc_no: row.official_doc_no,
            result: row.proposal.result,
            reason: row.proposal.reason,
            amend_due: row.proposal.amend_due,
            replaced_by: row.proposal.replaced_by,
            proposed_by: row.proposed_by,
            proposed_at: row.proposal.proposed_at,
        }
    }
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = cleanup_outcomes, check_for_backend(diesel::pg::Pg))]
struct OutcomeColumns {
    document_id: DocumentId,
    result_id: Option<CleanupResultId>,
    result: CleanupResult,
    reason: String,
    amend_due: Option<NaiveDate>,
    replaced_by: Option<DocumentId>,
    left_out: Option<LeftOut>,
}

#[derive(Debug, Queryable)]
struct OutcomeRow {
    outcome: OutcomeColumns,
    title: Option<String>,
    official_doc_no: Option<String>,
}

async fn outcomes(tx: &mut Tx<'_>, id: CleanupId) -> Result<Vec<OutcomeRow>, Refusal> {
    Ok(cleanup_outcomes::table
        .inner_join(documents::table.on(documents::id.eq(cleanup_outcomes::document_id)))
        .filter(cleanup_outcomes::cleanup_id.eq(id))
        .order(cleanup_outcomes::document_id)
        .select((OutcomeColumns::as_select(), documents::title, documents::official_doc_no))
        .load(tx.conn)
        .await?)
}

impl From<OutcomeRow> for CleanupOutcome {
    fn from(row: OutcomeRow) -> Self {
        Self {
            document_id: row.outcome.document_id,
            title: row.title.unwrap_or_default(),
            official_doc_no: row.official_doc_no,
            result: row.outcome.result,
            reason: row.outcome.reason,
            amend_due: row.outcome.amend_due,
            replaced_by: row.outcome.replaced_by,
            listed: row.outcome.result_id.is_some(),
        }
    }
}

fn left_out(row: OutcomeRow) -> Option<CleanupLeftOut> {
    Some(CleanupLeftOut {
        document_id: row.outcome.document_id,
        title: row.title.unwrap_or_default(),
        official_doc_no: row.official_doc_no,
        result: row.outcome.result,
        left_out: row.outcome.left_out?,
    })
}
