//! One filing as the API shows it, with everything that was done to it in order.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::wire::{Filing, FilingDetail, FilingIntakeRecord, FilingReviewRecord, FilingSupplementRecord, RectificationRecord};
use crate::base::ids::{DocumentId, FilingId};
use crate::documents::show::provisional_reason;
use crate::documents::wire::{FileRef, FilingStatus};
use crate::identity::actor::Role;
use crate::identity::bodies::{BodyRef, TargetRole};
use crate::identity::permits;
use crate::lifecycle::filing::{FilingReviewResult, ProblemType};
use crate::schema::{bodies, documents, files, filing_intakes, filing_reviews, filing_supplements, filings, rectifications, users};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// The columns of a filing that are shown.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = filings, check_for_backend(diesel::pg::Pg))]
pub struct FilingRow {
    id: FilingId,
    document_id: DocumentId,
    role: TargetRole,
    status: Option<FilingStatus>,
    late: Option<bool>,
    filed_on: NaiveDate,
    due_on: NaiveDate,
    due_provisional: bool,
    filing_no: Option<String>,
}

/// A filing with its document's title and number, its issuer and its target.
pub type ItemRow = (FilingRow, (Option<String>, Option<String>), BodyRef, BodyRef);

/// One row as the API shows it.
#[must_use]
pub fn item(tx: &Tx<'_>, (row, (title, official_doc_no), issuing_authority, target): ItemRow) -> Filing {
    Filing {
        id: row.id,
        document_id: row.document_id,
        title: title.unwrap_or_default(),
        official_doc_no,
        issuing_authority,
        target,
        role: row.role,
        status: row.status.unwrap_or(FilingStatus::AwaitingRegistration),
        late: row.late,
        filed_on: row.filed_on,
        due_on: row.due_on,
        provisional: row.due_provisional,
        provisional_reason: row.due_provisional.then(|| provisional_reason(tx.lang, tx.rules.calendar.ends_on())),
        filing_no: row.filing_no,
    }
}

/// A filing that the caller may read.
///
/// # Errors
/// 404 where they may not know of it; 403 where they know the document, but the filing is another body's.
pub async fn filing(tx: &mut Tx<'_>, id: FilingId) -> Result<FilingDetail, Refusal> {
    let standing = tx.filing(id).await?;
    let relations = tx.relations(standing.document).await?;
    let own = tx.actor.body_id;
    let reads = (tx.actor.is(Role::Auditor) && standing.target.id == own)
        || (tx.actor.is(Role::Drafter) && relations.drafting_body == Some(own))
        || (tx.actor.is(Role::Secretary) && relations.issuing_authority == Some(own));
    if !reads {
        permits::require_sight(tx.actor, &relations)?;
        return Err(permits::done_by(tx.actor, &permits::receivers(&standing.target)));
    }
    let issuer = diesel::alias!(bodies as issuer);
    let (row, named, issuing_authority, target, filed_by): (FilingRow, (Option<String>, Option<String>), BodyRef, BodyRef, String) =
        filings::table
            .inner_join(bodies::table.on(bodies::id.eq(filings::target_id)))
            .inner_join(issuer.on(issuer.field(bodies::id).eq(filings::body_id)))
            .inner_join(documents::table.on(documents::id.eq(filings::document_id)))
            .inner_join(users::table.on(users::id.eq(filings::filed_by)))
            .filter(filings::id.eq(id))
            .select((
                FilingRow::as_select(),
                (documents::title, documents::official_doc_no),
                (issuer.field(bodies::code), issuer.field(bodies::name)),
                (bodies::code, bodies::name),
                users::login,
            ))
            .first(tx.conn)
            .await?;
    Ok(FilingDetail {
        filing: item(tx, (row, named, issuing_authority, target)),
        filed_by,
        intakes: intakes(tx, id).await?,
        supplements: supplements(tx, id).await?,
        reviews: reviews(tx, id).await?,
        rectifications: rectifications_of(tx, id).await?,
    })
}

async fn intakes(tx: &mut Tx<'_>, id: FilingId) -> Result<Vec<FilingIntakeRecord>, Refusal> {
    type Row = (uuid::Uuid, crate::lifecycle::filing::FilingIntakeResult, Option<String>, NaiveDate, String);
    let rows: Vec<Row> = filing_intakes::table
        .inner_join(users::table.on(users::id.eq(filing_intakes::auditor_id)))
        .filter(filing_intakes::filing_id.eq(id))
        .order(filing_intakes::id)
        .select((filing_intakes::id, filing_intakes::result, filing_intakes::reason, filing_intakes::taken_on, users::login))
        .load(tx.conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, result, reason, taken_on, taken_by)| FilingIntakeRecord { id, result, reason, taken_on, taken_by })
        .collect())
}

async fn supplements(tx: &mut Tx<'_>, id: FilingId) -> Result<Vec<FilingSupplementRecord>, Refusal> {
    type File = Option<(String, String, i64)>;
    type Row = (uuid::Uuid, Option<String>, Option<String>, File, chrono::DateTime<chrono::Utc>, String);
    let rows: Vec<Row> = filing_supplements::table
        .inner_join(users::table.on(users::id.eq(filing_supplements::supplied_by)))
        .left_join(files::table.on(files::sha256.nullable().eq(filing_supplements::file_sha256)))
        .filter(filing_supplements::filing_id.eq(id))
        .order(filing_supplements::id)
        .select((
            filing_supplements::id,
            filing_supplements::note,
            filing_supplements::file_name,
            (files::sha256, files::media_type, files::size_bytes).nullable(),
            filing_supplements::supplied_at,
            users::login,
        ))
        .load(tx.conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, note, name, file, supplied_at, supplied_by)| FilingSupplementRecord {
            id,
            note,
            file: name.zip(file).map(|(name, (sha256, media_type, size_bytes))| FileRef { name, sha256, media_type, size_bytes }),
            supplied_at,
            supplied_by,
        })
        .collect())
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = filing_reviews, check_for_backend(diesel::pg::Pg))]
struct ReviewRow {
    id: uuid::Uuid,
    review_no: i32,
    result: FilingReviewResult,
    problem_types: Vec<ProblemType>,
    findings: Option<String>,
    due_on: Option<NaiveDate>,
    due_provisional: Option<bool>,
    reviewed_on: NaiveDate,
}

async fn reviews(tx: &mut Tx<'_>, id: FilingId) -> Result<Vec<FilingReviewRecord>, Refusal> {
    let rows: Vec<(ReviewRow, String)> = filing_reviews::table
        .inner_join(users::table.on(users::id.eq(filing_reviews::auditor_id)))
        .filter(filing_reviews::filing_id.eq(id))
        .order(filing_reviews::review_no)
        .select((ReviewRow::as_select(), users::login))
        .load(tx.conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(row, reviewed_by)| {
            let provisional = row.due_provisional.unwrap_or_default();
            FilingReviewRecord {
                id: row.id,
                review: row.review_no,
                result: row.result,
                problem_types: row.problem_types,
                findings: row.findings,
                due_on: row.due_on,
                provisional,
                provisional_reason: provisional.then(|| provisional_reason(tx.lang, tx.rules.calendar.ends_on())),
                reviewed_on: row.reviewed_on,
                reviewed_by,
            }
        })
        .collect())
}

async fn rectifications_of(tx: &mut Tx<'_>, id: FilingId) -> Result<Vec<RectificationRecord>, Refusal> {
    type Row = (uuid::Uuid, i32, crate::lifecycle::filing::RectificationAction, String, Option<DocumentId>, NaiveDate, String);
    let rows: Vec<Row> = rectifications::table
        .inner_join(filing_reviews::table.on(filing_reviews::id.eq(rectifications::review_id)))
        .inner_join(users::table.on(users::id.eq(rectifications::reported_by)))
        .filter(rectifications::filing_id.eq(id))
        .order(rectifications::id)
        .select((
            rectifications::id,
            filing_reviews::review_no,
            rectifications::action,
            rectifications::report,
            rectifications::replacement_document_id,
            rectifications::reported_on,
            users::login,
        ))
        .load(tx.conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, review, action, report, replacement_document_id, reported_on, reported_by)| RectificationRecord {
            id,
            review,
            action,
            report,
            replacement_document_id,
            reported_on,
            reported_by,
        })
        .collect())
}
