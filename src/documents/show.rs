//! A document as the API shows it: its head, its bodies, its filings, its deadlines and its effect today.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::wire::{Deadline, DeadlineKind, Document, Effect, FilingStatus, FilingSummary, Origin, Replacement, ReplacementEffect};
use crate::base::ids::{DocumentId, FilingId};
use crate::base::said::{Lang, Said};
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
    let found: Option<(Row, (String, String), Effect)> = documents::table
        .inner_join(bodies::table.on(bodies::id.nullable().eq(documents::issuing_authority_id)))
        .filter(documents::id.eq(id))
        .select((Row::as_select(), (bodies::code, bodies::name), effect_on(documents::id, tx.today)))
        .first(tx.conn)
        .await
        .optional()?;
    let (row, (code, name), effect) = found.ok_or_else(Refusal::not_found)?;
    let overruled: Option<Option<bool>> = intakes::table
        .filter(intakes::document_id.eq(id))
        .filter(intakes::concerns_market_entities.is_not_null())
        .order(intakes::intake_no.desc())
        .select(intakes::concerns_market_entities)
        .first(tx.conn)
        .await
        .optional()?;
    let (Some(revision_sha256), Some(title), Some(document_class), Some(declared), Some(stage), Some(step)) =
        (row.revision_sha256, row.title, row.document_class, row.concerns_market_entities, row.stage, row.step)
    else {
        return Err(Refusal::internal(format!("document {id} has no complete head")));
    };
    Ok(Document {
        id,
        title,
        document_class,
        issuing_authority: BodyRef { code, name },
        joint_authorities: joint_authorities(tx, id, row.revision_no).await?,
        drafting_unit: row.drafting_unit,
        concerns_market_entities: overruled.flatten().unwrap_or(declared),
        replaces: replaces(tx, id, row.revision_no).await?,
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
        deadlines: deadlines_of(tx, id, effect).await?,
        filings: filings_of(tx, id).await?,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
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

/// What a revision replaces.
///
/// # Errors
/// When the database refuses.
pub async fn replaces(tx: &mut Tx<'_>, id: DocumentId, revision: i32) -> Result<Vec<Replacement>, Refusal> {
    let rows: Vec<(DocumentId, ReplacementEffect)> = revision_replaces::table
        .filter(revision_replaces::document_id.eq(id))
        .filter(revision_replaces::revision_no.eq(revision))
        .order(revision_replaces::replaced_id)
        .select((revision_replaces::replaced_id, revision_replaces::effect))
        .load(tx.conn)
        .await?;
    Ok(rows.into_iter().map(|(document_id, effect)| Replacement { document_id, effect }).collect())
}

/// The stored deadlines. What only a document in effect owes is left out once its effect has ended, which takes no act.
async fn deadlines_of(tx: &mut Tx<'_>, id: DocumentId, effect: Effect) -> Result<Vec<Deadline>, Refusal> {
    let rows: Vec<(DeadlineKind, NaiveDate, bool, Uuid)> = deadlines::table
        .filter(deadlines::document_id.eq(id))
        .order((deadlines::due_on, deadlines::kind, deadlines::filing_key))
        .select((deadlines::kind, deadlines::due_on, deadlines::provisional, deadlines::filing_key))
        .load(tx.conn)
        .await?;
    let reason = provisional_reason(tx.lang, tx.rules.calendar.ends_on());
    Ok(rows
        .into_iter()
        .filter(|(kind, ..)| !(effect.has_ended() && kind.ends_with_effect()))
        .map(|(kind, due_on, provisional, filing_key)| Deadline {
            kind,
            due_on,
            overdue: tx.today > due_on,
            provisional,
            provisional_reason: provisional.then(|| reason.clone()),
            filing_id: (filing_key != id.0 && kind != DeadlineKind::Filing).then_some(FilingId(filing_key)),
        })
        .collect())
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
    type FilingRow = (FilingId, BodyRef, TargetRole, Option<FilingStatus>, NaiveDate, NaiveDate, Option<bool>, Option<String>);
    let rows: Vec<FilingRow> = filings::table
        .inner_join(bodies::table.on(bodies::id.eq(filings::target_id)))
        .filter(filings::document_id.eq(id))
        .order(filings::id)
        .select((
            filings::id,
            (bodies::code, bodies::name),
            filings::role,
            filings::status,
            filings::due_on,
            filings::filed_on,
            filings::late,
            filings::filing_no,
        ))
        .load(tx.conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, target, role, status, due_on, filed_on, late, filing_no)| FilingSummary {
            id,
            target,
            role,
            status: status.unwrap_or(FilingStatus::AwaitingRegistration),
            due_on,
            filed_on: Some(filed_on),
            late,
            filing_no,
        })
        .collect())
}
