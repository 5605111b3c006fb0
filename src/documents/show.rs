//! A document as the API shows it: its head, its bodies, its filings, its deadlines and its effect today.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::TryFutureExt;
use tokio::join;
use uuid::Uuid;

use super::wire::{Deadline, DeadlineKind, Document, Effect, FilingStatus, FilingSummary, Origin, Replacement, ReplacementEffect};
use crate::base::ids::{DocumentId, FilingId};
use crate::base::said::{Lang, Said};
use crate::base::together::Together;
use crate::identity::bodies::{BodyRef, TargetRole};
use crate::lifecycle::step::{Stage, Step};
use crate::schema::{bodies, deadlines, documents, filings, intakes, revision_joint_authorities, revision_replaces};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

diesel::define_sql_function! {
    /// The effect of a document on a day; see the migration `issuance`.
    fn effect_on(document: diesel::sql_types::Uuid, day: diesel::sql_types::Date) -> diesel::sql_types::Text;
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = documents, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: DocumentId,
    drafting_unit: String,
    origin: Origin,
    revision_no: i32,
    revision_sha256: Option<String>,
    title: Option<String>,
    document_class: Option<super::wire::DocumentClass>,
    concerns_market_entities: Option<bool>,
    stage: Option<Stage>,
    step: Option<Step>,
    register_no: Option<String>,
    official_doc_no: Option<String>,
    signed_on: Option<NaiveDate>,
    publication_date: Option<NaiveDate>,
    effective_date: Option<NaiveDate>,
    expiry_date: Option<NaiveDate>,
    filing_no: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A document as it stands now.
///
/// # Errors
/// 404 where there is none.
pub async fn document(tx: &mut Tx<'_>, id: DocumentId) -> Result<Document, Refusal> {
    documents(tx, &[id]).await?.pop().ok_or_else(Refusal::not_found)
}

/// Documents as they stand now, in the order of their ids here; what is not there is left out. The number of queries does not
/// depend on the number of documents, and all are asked at once.
///
/// # Errors
/// When the database refuses, or a head is incomplete, which no commit leaves.
pub async fn documents(tx: &mut Tx<'_>, ids: &[DocumentId]) -> Result<Vec<Document>, Refusal> {
    let mut conn: &AsyncPgConnection = tx.conn;
    let rows = documents::table
        .inner_join(bodies::table.on(bodies::id.nullable().eq(documents::issuing_authority_id)))
        .filter(documents::id.eq_any(ids))
        .select((Row::as_select(), (bodies::code, bodies::name), effect_on(documents::id, tx.today)))
        .load::<(Row, BodyRef, Effect)>(&mut conn)
        .map_err(Refusal::from);
    let (rows, mut overruled, mut joint, mut replaced, mut running, mut filed) = join!(
        rows,
        overruled_concerns(tx.conn, ids),
        joint_authorities_of(tx.conn, ids),
        replaces_of(tx.conn, ids),
        deadlines_of(tx, ids),
        filings_of_all(tx, ids),
    )
    .together()?;
    let mut shown = HashMap::new();
    for (row, issuing_authority, effect) in rows {
        let id = row.id;
        let (Some(revision_sha256), Some(title), Some(document_class), Some(declared), Some(stage), Some(step)) =
            (row.revision_sha256, row.title, row.document_class, row.concerns_market_entities, row.stage, row.step)
        else {
            return Err(Refusal::internal(format!("document {id} has no complete head")));
        };
        let document = Document {
            id,
            title,
            document_class,
            issuing_authority,
            joint_authorities: joint.remove(&id).unwrap_or_default(),
            drafting_unit: row.drafting_unit,
            concerns_market_entities: overruled.remove(&id).unwrap_or(declared),
            replaces: replaced.remove(&id).unwrap_or_default(),
            stage,
            step,
            effect,
            origin: row.origin,
            revision: row.revision_no,
            revision_sha256,
            register_no: row.register_no,
            official_doc_no: row.official_doc_no,
            signed_on: row.signed_on,
            publication_date: row.publication_date,
            effective_date: row.effective_date,
            expiry_date: row.expiry_date,
            filing_no: row.filing_no,
            deadlines: still_owed(running.remove(&id).unwrap_or_default(), effect),
            filings: filed.remove(&id).unwrap_or_default(),
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        shown.insert(id, document);
    }
    Ok(ids.iter().filter_map(|id| shown.remove(id)).collect())
}

/// What belongs to each of several documents.
type ByDocument<T> = HashMap<DocumentId, T>;

fn gathered<T>(rows: impl IntoIterator<Item = (DocumentId, T)>) -> ByDocument<Vec<T>> {
    let mut all: ByDocument<Vec<T>> = HashMap::new();
    for (id, item) in rows {
        all.entry(id).or_default().push(item);
    }
    all
}

/// Where an intake overruled the drafter on market entities: what the last such intake said.
async fn overruled_concerns(mut conn: &AsyncPgConnection, ids: &[DocumentId]) -> Result<ByDocument<bool>, Refusal> {
    let rows: Vec<(DocumentId, Option<bool>)> = intakes::table
        .filter(intakes::document_id.eq_any(ids))
        .filter(intakes::concerns_market_entities.is_not_null())
        .order(intakes::intake_no)
        .select((intakes::document_id, intakes::concerns_market_entities))
        .load(&mut conn)
        .await?;
    // A later row takes the place of an earlier one.
    Ok(rows.into_iter().filter_map(|(id, said)| Some((id, said?))).collect())
}

/// The other issuers of the current revisions, in their order.
async fn joint_authorities_of(mut conn: &AsyncPgConnection, ids: &[DocumentId]) -> Result<ByDocument<Vec<BodyRef>>, Refusal> {
    let rows: Vec<(DocumentId, BodyRef)> = revision_joint_authorities::table
        .inner_join(bodies::table.on(bodies::id.eq(revision_joint_authorities::body_id)))
        .inner_join(
            documents::table.on(documents::id
                .eq(revision_joint_authorities::document_id)
                .and(documents::revision_no.eq(revision_joint_authorities::revision_no))),
        )
        .filter(documents::id.eq_any(ids))
        .order(revision_joint_authorities::ordinal)
        .select((documents::id, (bodies::code, bodies::name)))
        .load(&mut conn)
        .await?;
    Ok(gathered(rows))
}

/// The other issuers of a revision, in their order.
///
/// # Errors
/// When the database refuses.
pub async fn joint_authorities(tx: &mut Tx<'_>, id: DocumentId, revision: i32) -> Result<Vec<BodyRef>, Refusal> {
    Ok(revision_joint_authorities::table
        .inner_join(bodies::table.on(bodies::id.eq(revision_joint_authorities::body_id)))
        .filter(revision_joint_authorities::document_id.eq(id))
        .filter(revision_joint_authorities::revision_no.eq(revision))
        .order(revision_joint_authorities::ordinal)
        .select((bodies::code, bodies::name))
        .load(tx.conn)
        .await?)
}

/// What the current revisions replace.
async fn replaces_of(mut conn: &AsyncPgConnection, ids: &[DocumentId]) -> Result<ByDocument<Vec<Replacement>>, Refusal> {
    let rows: Vec<(DocumentId, DocumentId, ReplacementEffect)> = revision_replaces::table
        .inner_join(
            documents::table
                .on(documents::id.eq(revision_replaces::document_id).and(documents::revision_no.eq(revision_replaces::revision_no))),
        )
        .filter(documents::id.eq_any(ids))
        .order(revision_replaces::replaced_id)
        .select((documents::id, revision_replaces::replaced_id, revision_replaces::effect))
        .load(&mut conn)
        .await?;
    Ok(gathered(rows.into_iter().map(|(id, document_id, effect)| (id, Replacement { document_id, effect }))))
}

/// Without what only a document in effect owes, once its effect has ended; which takes no act, so the rows are still there.
fn still_owed(deadlines: Vec<Deadline>, effect: Effect) -> Vec<Deadline> {
    deadlines.into_iter().filter(|deadline| !(effect.has_ended() && deadline.kind.ends_with_effect())).collect()
}

async fn deadlines_of(tx: &Tx<'_>, ids: &[DocumentId]) -> Result<ByDocument<Vec<Deadline>>, Refusal> {
    let mut conn: &AsyncPgConnection = tx.conn;
    let rows: Vec<(DocumentId, DeadlineKind, NaiveDate, bool, Uuid)> = deadlines::table
        .filter(deadlines::document_id.eq_any(ids))
        .order((deadlines::due_on, deadlines::kind, deadlines::filing_key))
        .select((deadlines::document_id, deadlines::kind, deadlines::due_on, deadlines::provisional, deadlines::filing_key))
        .load(&mut conn)
        .await?;
    let reason = provisional_reason(tx.lang, tx.rules.calendar.ends_on());
    Ok(gathered(rows.into_iter().map(|(id, kind, due_on, provisional, filing_key)| {
        let deadline = Deadline {
            kind,
            due_on,
            overdue: tx.today > due_on,
            provisional,
            provisional_reason: provisional.then(|| reason.clone()),
            filing_id: (filing_key != id.0 && kind != DeadlineKind::Filing).then_some(FilingId(filing_key)),
        };
        (id, deadline)
    })))
}

/// Why a day beyond the working-day calendar may still move.
#[must_use]
pub fn provisional_reason(lang: Lang, calendar_ends_on: NaiveDate) -> String {
    Said::new(
        format!("工作日历只到 {calendar_ends_on}，此后只按周末和元旦推算，待下一年度放假安排导入后重新计算。"),
        format!("The working-day calendar ends on {calendar_ends_on}; beyond it only weekends and New Year's Day are known. Computed anew when the next year is imported."),
    )
    .in_lang(lang)
    .to_owned()
}

/// The filings of a document, in the order of filing.
///
/// # Errors
/// When the database refuses.
pub async fn filings_of(tx: &mut Tx<'_>, id: DocumentId) -> Result<Vec<FilingSummary>, Refusal> {
    Ok(filings_of_all(tx, &[id]).await?.remove(&id).unwrap_or_default())
}

async fn filings_of_all(tx: &Tx<'_>, ids: &[DocumentId]) -> Result<ByDocument<Vec<FilingSummary>>, Refusal> {
    let mut conn: &AsyncPgConnection = tx.conn;
    type FilingRow =
        (DocumentId, FilingId, BodyRef, TargetRole, Option<FilingStatus>, (NaiveDate, bool), NaiveDate, Option<bool>, Option<String>);
    let rows: Vec<FilingRow> = filings::table
        .inner_join(bodies::table.on(bodies::id.eq(filings::target_id)))
        .filter(filings::document_id.eq_any(ids))
        .order(filings::id)
        .select((
            filings::document_id,
            filings::id,
            (bodies::code, bodies::name),
            filings::role,
            filings::status,
            (filings::due_on, filings::due_provisional),
            filings::filed_on,
            filings::late,
            filings::filing_no,
        ))
        .load(&mut conn)
        .await?;
    let reason = provisional_reason(tx.lang, tx.rules.calendar.ends_on());
    Ok(gathered(rows.into_iter().map(|(document, id, target, role, status, (due_on, provisional), filed_on, late, filing_no)| {
        let filing = FilingSummary {
            id,
            target,
            role,
            status: status.unwrap_or(FilingStatus::AwaitingRegistration),
            due_on,
            provisional,
            provisional_reason: provisional.then(|| reason.clone()),
            filed_on: Some(filed_on),
            late,
            filing_no,
        };
        (document, filing)
    })))
}
