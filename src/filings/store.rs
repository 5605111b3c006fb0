//! SQL that more than one act on filings needs. No rule stands here.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::base::ids::{
    CleanupOutcomeId, DocumentId, EntryId, FilingId, FilingIntakeId, FilingReviewId, FilingSupplementId, PublicationId, RectificationId,
};
use crate::base::workdays::Calendar;
use crate::documents::moves::Evidence;
use crate::documents::wire::FilingStatus;
use crate::filings::standing::PermittedFiling;
use crate::lifecycle::cleanup::CleanupResult;
use crate::lifecycle::filing::{self, FilingMove};
use crate::lifecycle::profile::RuleProfile;
use crate::lifecycle::step::{Move, Stage};
use crate::rules::Rules;
use crate::schema::{cleanup_outcomes, filing_changes, filings, publications};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// The working days of a place: the national calendar with the local rest days of its profile.
#[must_use]
pub fn calendar_of(rules: &Rules, profile: &RuleProfile) -> Calendar {
    rules.calendar.clone().with_local_rest_days(profile.local_rest_days())
}

/// What the clock of filing runs from.
#[derive(Clone, Copy, Debug, Queryable, Selectable)]
#[diesel(table_name = publications, check_for_backend(diesel::pg::Pg))]
pub struct Published {
    /// The publication.
    pub id: PublicationId,
    /// Its day.
    pub publication_date: NaiveDate,
    /// The day of signing.
    pub signed_on: NaiveDate,
}

/// A document's publication.
///
/// # Errors
/// When there is none.
pub async fn publication_of(conn: &mut AsyncPgConnection, document: DocumentId) -> Result<Published, Refusal> {
    Ok(publications::table.filter(publications::document_id.eq(document)).select(Published::as_select()).first(conn).await?)
}

/// The last published clean-up result of a document that was not passed over.
///
/// # Errors
/// When the database refuses.
pub async fn last_outcome(
    conn: &mut AsyncPgConnection,
    document: DocumentId,
) -> Result<Option<(CleanupOutcomeId, CleanupResult)>, Refusal> {
    Ok(cleanup_outcomes::table
        .filter(cleanup_outcomes::document_id.eq(document))
        .filter(cleanup_outcomes::left_out.is_null())
        .order(cleanup_outcomes::id.desc())
        .select((cleanup_outcomes::id, cleanup_outcomes::result))
        .first(conn)
        .await
        .optional()?)
}

/// The statuses of all filings of a document.
///
/// # Errors
/// When the database refuses.
pub async fn statuses_of(conn: &mut AsyncPgConnection, document: DocumentId) -> Result<Vec<FilingStatus>, Refusal> {
    let rows: Vec<Option<FilingStatus>> =
        filings::table.filter(filings::document_id.eq(document)).select(filings::status).load(conn).await?;
    Ok(rows.into_iter().flatten().collect())
}

/// The record on which a change of status rests.
#[derive(Clone, Debug, Default, Insertable)]
#[diesel(table_name = filing_changes, check_for_backend(diesel::pg::Pg))]
pub struct ChangeEvidence {
    /// The form check.
    pub intake_id: Option<FilingIntakeId>,
    /// The supplement.
    pub supplement_id: Option<FilingSupplementId>,
    /// The review.
    pub review_id: Option<FilingReviewId>,
    /// The rectification report.
    pub rectification_id: Option<RectificationId>,
}

/// Writes the first row of a filing's chain.
///
/// # Errors
/// When the database refuses.
pub async fn begin_chain(tx: &mut Tx<'_>, id: FilingId, entry: EntryId) -> Result<(), Refusal> {
    change_insert(tx, id, 1, None, FilingMove::File, FilingStatus::AwaitingRegistration, entry, ChangeEvidence::default()).await
}

/// Moves a filing to a status, and its document to the step that all its filings then give it.
///
/// # Errors
/// 409 `wrong_step` where the filing or the document cannot move so.
pub async fn move_filing(
    tx: &mut Tx<'_>,
    permitted: &mut PermittedFiling,
    by: FilingMove,
    to: FilingStatus,
    entry: EntryId,
    evidence: ChangeEvidence,
) -> Result<(), Refusal> {
    let from = permitted.filing.status;
    if !filing::allows(from, by, to) {
        return Err(permitted.wrong_step());
    }
    let seq = permitted.filing.status_seq + 1;
    change_insert(tx, permitted.filing.id, seq, Some(from), by, to, entry, evidence).await?;
    permitted.filing.status = to;
    permitted.filing.status_seq = seq;
    if permitted.moves_the_document() {
        let statuses = statuses_of(tx.conn, permitted.filing.document).await?;
        if let Some(step) = filing::step_of(&statuses)
            && step != permitted.standing.facts.step
        {
            let evidence = Evidence { filing_id: Some(permitted.filing.id), ..Evidence::default() };
            let role = permitted.role;
            tx.move_document(&mut permitted.standing, Move::AdvanceFiling, (Stage::Filed, step), role, entry, evidence).await?;
        }
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "the columns of one row, each used once")]
async fn change_insert(
    tx: &mut Tx<'_>,
    filing: FilingId,
    seq: i32,
    from: Option<FilingStatus>,
    by: FilingMove,
    to: FilingStatus,
    entry: EntryId,
    evidence: ChangeEvidence,
) -> Result<(), Refusal> {
    diesel::insert_into(filing_changes::table)
        .values((
            filing_changes::filing_id.eq(filing),
            filing_changes::seq.eq(seq),
            filing_changes::from_status.eq(from),
            filing_changes::action.eq(by),
            filing_changes::status.eq(to),
            filing_changes::at.eq(tx.now),
            filing_changes::day.eq(tx.today),
            filing_changes::entry_id.eq(entry),
            evidence,
        ))
        .execute(tx.conn)
        .await?;
    Ok(())
}
