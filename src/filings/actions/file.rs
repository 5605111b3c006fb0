//! A drafter files a published document to one superior, or to all that are still to be filed to.
//! The day of filing is the day of the call.

use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::base::db;
use crate::base::ids::{BodyId, DocumentId, FilingId};
use crate::base::said::Said;
use crate::base::workdays::Due;
use crate::documents::moves::Evidence;
use crate::documents::standing::{Permitted, Standing};
use crate::documents::wire::FilingStatus;
use crate::filings::store::{self, Published};
use crate::filings::wire::FilingCall;
use crate::identity::actor::Role;
use crate::identity::bodies::{self, FilingTarget};
use crate::journal::entry::{EntryType, NewEntry, SubjectKind};
use crate::lifecycle::action::Action;
use crate::lifecycle::filing::{filing_due, step_of};
use crate::lifecycle::step::{Move, Stage, Step};
use crate::rules::InForce;
use crate::schema::filings;
use crate::web::kind;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Files a document.
///
/// # Errors
/// 409 `wrong_step` before publication, `already_filed` where nothing is left to file; 422 `unknown_target`, `no_filing_target`.
pub async fn file(tx: &mut Tx<'_>, id: DocumentId, call: FilingCall) -> Result<(), Refusal> {
    let Permitted { mut standing, role } = tx.lock_for(id, Action::Filing).await?;
    standing.require_step(Action::Filing)?;
    let targets = targets_left(tx, &standing, call.target.as_deref()).await?;
    let published = store::publication_of(tx.conn, id).await?;
    let rules = Arc::clone(&tx.rules);
    // The duty to file arose with the publication, so the rules of that day say until when.
    let in_force = rules
        .in_force(&standing.issuer.jurisdiction, published.publication_date)
        .or_else(|_| rules.in_force(&standing.issuer.jurisdiction, tx.today))?;
    let calendar = store::calendar_of(&rules, in_force.profile);
    let due = filing_due(in_force.profile, &calendar, published.publication_date, published.signed_on);
    let mut first = None;
    for target in &targets {
        let filed = file_to(tx, &standing, role, target, &published, in_force, due).await?;
        first.get_or_insert(filed);
    }
    if let Some((filing, entry)) = first {
        let statuses = store::statuses_of(tx.conn, id).await?;
        let evidence = Evidence { filing_id: Some(filing), ..Evidence::default() };
        match standing.facts.stage {
            Stage::LegalityReview => {
                let filed = (Stage::Filed, Step::AwaitingRegistration);
                tx.move_document(&mut standing, Move::File, filed, role, entry, evidence).await?;
                if let Some((outcome, result)) = store::last_outcome(tx.conn, id).await? {
                    // A clean-up judged it before anybody filed it; that result is its step as soon as it can be.
                    let evidence = Evidence { cleanup_outcome_id: Some(outcome), ..Evidence::default() };
                    tx.move_document(&mut standing, Move::CleanUp, result.place(), role, entry, evidence).await?;
                }
            }
            Stage::Filed => {
                if let Some(step) = step_of(&statuses).filter(|step| *step != standing.facts.step) {
                    tx.move_document(&mut standing, Move::File, (Stage::Filed, step), role, entry, evidence).await?;
                }
            }
            Stage::CleanedUp | Stage::Drafted => {}
        }
    }
    tx.finish_document(id).await
}

/// The targets of a call that have no open or reviewed filing: of the named one, or of all.
///
/// # Errors
/// 409 `already_filed` where none is left; 422 `unknown_target`, `no_filing_target`.
pub async fn targets_left(tx: &mut Tx<'_>, standing: &Standing, named: Option<&str>) -> Result<Vec<FilingTarget>, Refusal> {
    let all = bodies::filing_targets_of(tx.conn, standing.issuer.id).await?;
    if all.is_empty() {
        return Err(Refusal::new(
            kind::NO_FILING_TARGET,
            Said::new(
                format!("{} 没有设置报备对象，请管理员先行设置。", standing.issuer.name),
                format!("{} files to nobody; an administrator sets its filing targets first.", standing.issuer.name),
            ),
        ));
    }
    let codes: Vec<String> = all.iter().map(|target| format!("{}（{}）", target.body.code, target.body.name)).collect();
    let asked: Vec<FilingTarget> = match named {
        None => all,
        Some(code) => all.into_iter().filter(|target| target.body.code == code).collect(),
    };
    if asked.is_empty() {
        let code = named.unwrap_or_default();
        return Err(Refusal::field(
            "/target",
            kind::UNKNOWN_TARGET,
            Said::new(
                format!("{code} 不是{}的报备对象的代码；可填：{}。", standing.issuer.name, codes.join("、")),
                format!("{code} is no code of a body that {} files to; those are: {}.", standing.issuer.name, codes.join(", ")),
            ),
        ));
    }
    let filed: Vec<BodyId> = filings::table
        .filter(filings::document_id.eq(standing.id))
        .filter(filings::status.ne(FilingStatus::FilingRefused))
        .select(filings::target_id)
        .load(tx.conn)
        .await?;
    let left: Vec<FilingTarget> = asked.into_iter().filter(|target| !filed.contains(&target.body.id)).collect();
    if left.is_empty() { Err(already_filed()) } else { Ok(left) }
}

fn already_filed() -> Refusal {
    Refusal::new(
        kind::ALREADY_FILED,
        Said::fixed(
            "已向该机关报备，备案未被退回，不能重复报备。",
            "It has been filed there, and that filing was not refused; it is not filed twice.",
        ),
    )
}

async fn file_to(
    tx: &mut Tx<'_>,
    standing: &Standing,
    role: Role,
    target: &FilingTarget,
    published: &Published,
    in_force: InForce<'_>,
    due: Due,
) -> Result<(FilingId, crate::base::ids::EntryId), Refusal> {
    let id = FilingId::new();
    let late = due.late(tx.today);
    let data = json!({"filing_id": id, "target": target.body.code, "role": target.role, "filed_on": tx.today, "due_on": due.due_on,
        "provisional": due.is_provisional(), "late": late});
    let entry = tx
        .record(
            NewEntry::new(EntryType::FilingMade, role, (SubjectKind::Filing, Some(id.0)), data)
                .of_document(standing.id)
                .on_revision(standing.facts.revision.no, &standing.facts.revision.sha256)
                .under(in_force.id),
        )
        .await?;
    diesel::insert_into(filings::table)
        .values((
            filings::id.eq(id),
            filings::document_id.eq(standing.id),
            filings::publication_id.eq(published.id),
            filings::publication_date.eq(published.publication_date),
            filings::body_id.eq(standing.issuer.id),
            filings::target_id.eq(target.body.id),
            filings::role.eq(target.role),
            filings::filed_by.eq(tx.actor.user_id),
            filings::filed_at.eq(tx.now),
            filings::filed_on.eq(tx.today),
            filings::due_on.eq(due.due_on),
            filings::due_provisional.eq(due.is_provisional()),
            filings::late.eq(late),
            filings::profile_id.eq(in_force.id),
            filings::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await
        .map_err(|error| if db::refused_by(&error) == Some("filings_one_per_target") { already_filed() } else { error.into() })?;
    store::begin_chain(tx, id, entry).await?;
    Ok((id, entry))
}
