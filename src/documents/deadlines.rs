//! The deadlines that run for a document, computed from its acts and stored for lists. The computing itself is in the lifecycle.
//! The rows are derived: they are deleted and written anew with each act on the document, and for all when the calendar changes.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::join;

use super::show::effect_on;
use super::wire::{Effect, FilingStatus};
use crate::base::ids::{BodyId, DocumentId, FilingId, ProfileId, SubmissionId};
use crate::base::together::Together;
use crate::lifecycle::deadlines::{
    AmendmentFacts, CorrectionFacts, DeadlineFacts, FilingFacts, PublicationFacts, ReviewEvent, Running, local, running,
};
use crate::lifecycle::effect::EffectCause;
use crate::lifecycle::filing::filing_due;
use crate::lifecycle::step::{Stage, Step};
use crate::rules::Rules;
use crate::schema::{
    bodies, cleanup_outcomes, deadlines, documents, effect_ends, filing_changes, filing_reviews, filing_targets, filings, intakes,
    publications, registry_state, submissions,
};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// How many documents or filings are asked for at once when all are computed anew.
const BATCH: i64 = 500;

/// Computes a document's running deadlines anew. The caller holds the document's lock or has just made it.
///
/// # Errors
/// When the database refuses.
pub async fn refresh(tx: &mut Tx<'_>, document: DocumentId) -> Result<(), Refusal> {
    // The calendar may have changed since this call read it. Whoever changes it computes every document behind its lock, so that
    // an act that comes after must not bring the old days back.
    let version: i64 = registry_state::table.select(registry_state::rules_version).first(tx.conn).await?;
    if version == tx.rules.version {
        rewrite(tx.conn, &tx.rules, tx.today, document).await
    } else {
        let rules = Rules::load(tx.conn, version).await?;
        rewrite(tx.conn, &rules, tx.today, document).await
    }
}

/// Computes the running deadlines of all documents anew, each behind its lock, and says how many there are. To be called in the
/// transaction that changed the calendar, the profiles or the filing targets, with the rules as they are now.
///
/// # Errors
/// When the database refuses.
pub async fn refresh_all(conn: &mut AsyncPgConnection, rules: &Rules, today: NaiveDate) -> Result<usize, Refusal> {
    let mut last = DocumentId(uuid::Uuid::nil());
    let mut done = 0;
    loop {
        let ids: Vec<DocumentId> = documents::table
            .filter(documents::id.gt(last))
            .order(documents::id)
            .limit(BATCH)
            .select(documents::id)
            .for_update()
            .load(conn)
            .await?;
        let Some(&end) = ids.as_slice().last() else { return Ok(done) };
        for id in &ids {
            rewrite(conn, rules, today, *id).await?;
        }
        done += ids.len();
        last = end;
    }
}

/// Says anew until when filings were due and whether they were late, under the rules by which each was made, and how many are
/// judged otherwise than was known when they were made. A notice may extend a holiday after somebody has filed, so that firm days
/// are looked at too. To be called behind the locks of [`refresh_all`] where the calendar has changed, by the owner: the run-time
/// role may not change a filing.
///
/// # Errors
/// When the database refuses.
pub async fn judge_filings_anew(conn: &mut AsyncPgConnection, rules: &Rules) -> Result<usize, Refusal> {
    let mut last = FilingId(uuid::Uuid::nil());
    let mut changed = 0;
    loop {
        let found = judged_after(conn, last).await?;
        let Some(end) = found.last() else { return Ok(changed) };
        last = end.id;
        for filing in found {
            let Some(profile) = rules.by_id(filing.profile) else { continue };
            let due = filing_due(profile, &local(&rules.calendar, profile), filing.published_on, filing.signed_on);
            let judged = (due.due_on, due.is_provisional(), due.late(filing.filed_on));
            if judged != (filing.due_on, filing.due_provisional, filing.late) {
                let (due_on, provisional, late) = judged;
                diesel::update(filings::table.find(filing.id))
                    .set((filings::due_on.eq(due_on), filings::due_provisional.eq(provisional), filings::late.eq(late)))
                    .execute(conn)
                    .await?;
                changed += 1;
            }
        }
    }
}

async fn judged_after(conn: &mut AsyncPgConnection, last: FilingId) -> Result<Vec<JudgedFiling>, Refusal> {
    Ok(filings::table
        .inner_join(publications::table.on(publications::id.eq(filings::publication_id)))
        .filter(filings::id.gt(last))
        .order(filings::id)
        .limit(BATCH)
        .select((
            filings::id,
            filings::profile_id,
            filings::filed_on,
            publications::publication_date,
            publications::signed_on,
            filings::due_on,
            filings::due_provisional,
            filings::late,
        ))
        .load(conn)
        .await?)
}

/// A filing as it is judged so far.
#[derive(Debug, Queryable)]
struct JudgedFiling {
    id: FilingId,
    profile: ProfileId,
    filed_on: NaiveDate,
    published_on: NaiveDate,
    signed_on: NaiveDate,
    due_on: NaiveDate,
    due_provisional: bool,
    late: Option<bool>,
}

async fn rewrite(conn: &mut AsyncPgConnection, rules: &Rules, today: NaiveDate, document: DocumentId) -> Result<(), Refusal> {
    let facts = facts(conn, document, today).await?;
    let rules_on = |jurisdiction: &str, day: NaiveDate| {
        let in_force = rules.in_force(jurisdiction, day).or_else(|_| rules.in_force(jurisdiction, today)).ok()?;
        Some((in_force.id, in_force.profile))
    };
    let found = running(&facts, &rules.calendar, &rules_on);
    diesel::delete(deadlines::table.filter(deadlines::document_id.eq(document))).execute(conn).await?;
    let rows: Vec<_> = found.iter().map(|deadline| row(document, deadline)).collect();
    if !rows.is_empty() {
        diesel::insert_into(deadlines::table).values(rows).execute(conn).await?;
    }
    Ok(())
}

type Row = (
    diesel::dsl::Eq<deadlines::document_id, DocumentId>,
    diesel::dsl::Eq<deadlines::kind, super::wire::DeadlineKind>,
    diesel::dsl::Eq<deadlines::filing_key, uuid::Uuid>,
    diesel::dsl::Eq<deadlines::start_on, NaiveDate>,
    diesel::dsl::Eq<deadlines::due_on, NaiveDate>,
    diesel::dsl::Eq<deadlines::provisional, bool>,
    diesel::dsl::Eq<deadlines::profile_id, ProfileId>,
);

fn row(document: DocumentId, deadline: &Running) -> Row {
    (
        deadlines::document_id.eq(document),
        deadlines::kind.eq(deadline.kind),
        deadlines::filing_key.eq(deadline.key),
        deadlines::start_on.eq(deadline.start_on),
        deadlines::due_on.eq(deadline.due.due_on),
        deadlines::provisional.eq(deadline.due.is_provisional()),
        deadlines::profile_id.eq(deadline.profile),
    )
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = documents, check_for_backend(diesel::pg::Pg))]
struct Head {
    stage: Option<Stage>,
    step: Option<Step>,
    signed_on: Option<NaiveDate>,
    publication_date: Option<NaiveDate>,
    effective_date: Option<NaiveDate>,
    expiry_date: Option<NaiveDate>,
}

async fn facts(mut conn: &AsyncPgConnection, document: DocumentId, today: NaiveDate) -> Result<DeadlineFacts, Refusal> {
    let (head, effect, issuer, jurisdiction): (Head, Effect, BodyId, String) = documents::table
        .inner_join(bodies::table.on(bodies::id.nullable().eq(documents::issuing_authority_id)))
        .filter(documents::id.eq(document))
        .select((Head::as_select(), effect_on(documents::id, today), bodies::id, bodies::jurisdiction))
        .first(&mut conn)
        .await?;
    let (Some(stage), Some(step)) = (head.stage, head.step) else {
        return Err(Refusal::internal(format!("document {document} has no complete head")));
    };
    let mut facts = DeadlineFacts {
        document,
        step,
        jurisdiction,
        review: Vec::new(),
        signed_on: head.signed_on,
        publication: None,
        targets: Vec::new(),
        filings: Vec::new(),
        amendment: None,
    };
    if let Some(published_on) = head.publication_date {
        facts.publication = Some(PublicationFacts {
            signed_on: head.signed_on,
            published_on,
            effective_on: head.effective_date.unwrap_or(published_on),
            expires_on: head.expiry_date,
            has_ended: effect.has_ended(),
        });
        (facts.targets, facts.filings, facts.amendment) =
            join!(targets_of(conn, issuer), filings_of(conn, document), standing_amendment(conn, document)).together()?;
    } else if stage == Stage::LegalityReview {
        facts.review = review_events(conn, document).await?;
    }
    Ok(facts)
}

/// The submissions of a document, each followed by the intakes of it.
///
/// # Errors
/// When the database refuses.
pub async fn review_events(mut conn: &AsyncPgConnection, document: DocumentId) -> Result<Vec<ReviewEvent>, Refusal> {
    let mut also = conn;
    let submitted = submissions::table
        .filter(submissions::document_id.eq(document))
        .order(submissions::submission_no)
        .select((submissions::id, submissions::kind, submissions::submitted_on))
        .load::<(SubmissionId, String, NaiveDate)>(&mut conn);
    let taken = intakes::table
        .filter(intakes::document_id.eq(document))
        .order(intakes::intake_no)
        .select((intakes::submission_id, intakes::result, intakes::taken_on))
        .load::<(SubmissionId, String, NaiveDate)>(&mut also);
    let (submitted, taken) = join!(submitted, taken).together()?;
    let mut events = Vec::new();
    for (submission, kind, on) in submitted {
        events.push(ReviewEvent::Submitted { on, supplements: kind == "supplement" });
        for (_, result, on) in taken.iter().filter(|(of, ..)| *of == submission) {
            events.push(match result.as_str() {
                "accepted" => ReviewEvent::Accepted,
                "supplement_requested" => ReviewEvent::SupplementRequested { on: *on },
                _ => ReviewEvent::OutOfScope,
            });
        }
    }
    Ok(events)
}

async fn targets_of(mut conn: &AsyncPgConnection, issuer: BodyId) -> Result<Vec<BodyId>, Refusal> {
    Ok(filing_targets::table.filter(filing_targets::body_id.eq(issuer)).select(filing_targets::target_id).load(&mut conn).await?)
}

async fn filings_of(mut conn: &AsyncPgConnection, document: DocumentId) -> Result<Vec<FilingFacts>, Refusal> {
    let rows: Vec<(FilingId, BodyId, String, FilingStatus, NaiveDate)> = filings::table
        .inner_join(bodies::table.on(bodies::id.eq(filings::target_id)))
        .inner_join(filing_changes::table.on(filing_changes::filing_id.eq(filings::id).and(filing_changes::seq.eq(filings::status_seq))))
        .filter(filings::document_id.eq(document))
        .order(filings::id)
        .select((filings::id, filings::target_id, bodies::jurisdiction, filing_changes::status, filing_changes::day))
        .load(&mut conn)
        .await?;
    let mut found = Vec::new();
    for (id, target, jurisdiction, status, since) in rows {
        let correction = if status == FilingStatus::Rectifying { last_correction(conn, id).await? } else { None };
        found.push(FilingFacts { id, target, jurisdiction, status, since, correction });
    }
    Ok(found)
}

async fn last_correction(mut conn: &AsyncPgConnection, filing: FilingId) -> Result<Option<CorrectionFacts>, Refusal> {
    let last: Option<(NaiveDate, Option<NaiveDate>, Option<bool>)> = filing_reviews::table
        .filter(filing_reviews::filing_id.eq(filing))
        .order(filing_reviews::review_no.desc())
        .select((filing_reviews::reviewed_on, filing_reviews::due_on, filing_reviews::due_provisional))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(last.and_then(|(reviewed_on, due_on, provisional)| {
        Some(CorrectionFacts { reviewed_on, due_on: due_on?, provisional: provisional.unwrap_or_default() })
    }))
}

/// The amendment that the last published clean-up to name the document ordered, if that is what it said and no new text has been
/// published since.
async fn standing_amendment(mut conn: &AsyncPgConnection, document: DocumentId) -> Result<Option<AmendmentFacts>, Refusal> {
    let is_replaced: bool = diesel::select(diesel::dsl::exists(
        effect_ends::table.filter(effect_ends::document_id.eq(document)).filter(effect_ends::cause.eq(EffectCause::Replacement)),
    ))
    .get_result(&mut conn)
    .await?;
    if is_replaced {
        return Ok(None);
    }
    let last: Option<(NaiveDate, Option<NaiveDate>)> = cleanup_outcomes::table
        .filter(cleanup_outcomes::document_id.eq(document))
        .filter(cleanup_outcomes::left_out.is_null())
        .order(cleanup_outcomes::id.desc())
        .select((cleanup_outcomes::published_on, cleanup_outcomes::amend_due))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(last.and_then(|(ordered_on, due_on)| Some(AmendmentFacts { ordered_on, due_on: due_on? })))
}
