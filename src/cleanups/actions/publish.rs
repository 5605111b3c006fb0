//! The issuer's decision on a round is published: every document of the catalogue gets its step and its effect.
//! What another round made final meanwhile is left out and named.

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::base::ids::{CleanupId, CleanupOutcomeId, DocumentId, EntryId};
use crate::base::said::Said;
use crate::cleanups::standing::{CleanupAct, Round};
use crate::cleanups::store::{self, NewOutcome, Proposal};
use crate::cleanups::wire::NewCleanupPublication;
use crate::documents::moves::Evidence;
use crate::documents::standing::Standing;
use crate::filings::effects::{EffectEnd, end_effect};
use crate::filings::store::last_outcome;
use crate::identity::actor::Role;
use crate::journal::entry::{EntryType, NewEntry, SubjectKind};
use crate::lifecycle::cleanup::{CleanupResult, LeftOut, is_final, lapses_on};
use crate::lifecycle::effect::{EffectCause, EndedEffect, LapseTakenBack};
use crate::lifecycle::step::{Move, Stage};
use crate::schema::{cleanup_publications, documents};
use crate::web::kind;
use crate::web::refusal::{FieldError, Refusal};
use crate::web::tx::Tx;

/// One document that the round decides on, under its lock.
struct Judged {
    standing: Standing,
    proposal: Option<Proposal>,
    result: CleanupResult,
    left_out: Option<LeftOut>,
}

/// Publishes a round.
///
/// # Errors
/// 409 `cleanup_published`, `nothing_to_publish`; 422 for the day.
pub async fn publish(tx: &mut Tx<'_>, id: CleanupId, new: NewCleanupPublication) -> Result<(), Refusal> {
    let (round, role) = tx.lock_round(id, CleanupAct::Publish).await?;
    round.require_open()?;
    let proposals = store::proposals_standing(tx, id).await?;
    if proposals.is_empty() {
        return Err(Refusal::new(
            kind::NOTHING_TO_PUBLISH,
            Said::fixed(
                "本轮清理还没有任何结果；请先逐件提出清理结果，再公布。",
                "The round has no result yet; propose a result for each document first, then publish.",
            ),
        ));
    }
    let errors = day_errors(tx, &round, &proposals, new.published_on).await?;
    if !errors.is_empty() {
        return Err(Refusal::fields(errors));
    }
    let judged = judge(tx, &round, proposals, new.published_on).await?;
    let rules = Arc::clone(&tx.rules);
    let profile = rules.in_force(&round.body.jurisdiction, tx.today)?.id;
    let left_out: Vec<DocumentId> = judged.iter().filter(|each| each.left_out.is_some()).map(|each| each.standing.id).collect();
    let data = json!({"cleanup_id": id, "minutes_no": new.minutes_no, "published_on": new.published_on,
        "documents": judged.len() - left_out.len(), "left_out": left_out});
    let entry =
        tx.record(NewEntry::new(EntryType::CleanupPublished, role, (SubjectKind::Cleanup, Some(id.0)), data).under(profile)).await?;
    diesel::insert_into(cleanup_publications::table)
        .values((
            cleanup_publications::cleanup_id.eq(id),
            cleanup_publications::minutes_no.eq(new.minutes_no.trim()),
            cleanup_publications::published_on.eq(new.published_on),
            cleanup_publications::recorded_on.eq(tx.today),
            cleanup_publications::recorded_by.eq(tx.actor.user_id),
            cleanup_publications::recorded_at.eq(tx.now),
            cleanup_publications::profile_id.eq(profile),
            cleanup_publications::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    for each in judged {
        let outcome = outcome_of(&round, &each, new.published_on, entry);
        if each.left_out.is_some() {
            store::outcome_insert(tx, outcome).await?;
        } else {
            clean_up(tx, &round, role, each.standing, outcome).await?;
        }
    }
    store::round_touch(tx, id).await
}

/// What is wrong with the day of publication: it follows the opening of the round and the publication of every document judged, does
/// not lie ahead, and comes before the day of every amendment that it orders.
async fn day_errors(tx: &mut Tx<'_>, round: &Round, proposals: &[Proposal], published_on: NaiveDate) -> Result<Vec<FieldError>, Refusal> {
    let mut errors = Vec::new();
    if published_on > tx.today {
        let detail = Said::new(
            format!("公布日期不得晚于今天（{}）。", tx.today),
            format!("The day of publication does not lie after today ({}).", tx.today),
        );
        errors.push(FieldError::new("/published_on", kind::DATE_IN_FUTURE, detail));
    }
    let ids: Vec<DocumentId> = proposals.iter().map(|proposal| proposal.document_id).collect();
    let last_published: Option<NaiveDate> =
        documents::table.filter(documents::id.eq_any(ids)).select(diesel::dsl::max(documents::publication_date)).first(tx.conn).await?;
    let earliest = last_published.map_or(round.opened_on, |day| day.max(round.opened_on));
    if published_on < earliest {
        errors.push(FieldError::new(
            "/published_on",
            kind::DATE_BEFORE_ACT,
            Said::new(
                format!("公布日期不得早于 {earliest}（本轮清理开始之日、所列文件公布之日）。"),
                format!("The day of publication is {earliest} at the earliest: the round was opened and its documents published by then."),
            ),
        ));
    }
    if let Some(due) = proposals.iter().filter_map(|proposal| proposal.amend_due).filter(|due| *due <= published_on).min() {
        errors.push(FieldError::new(
            "/published_on",
            kind::DATE_TOO_EARLY,
            Said::new(
                format!("有文件的修改期限（{due}）不晚于公布日期，请先重新提出该文件的清理结果。"),
                format!("An amendment is due on {due}, not after the day of publication; propose that result anew first."),
            ),
        ));
    }
    Ok(errors)
}

/// Locks the documents of the catalogue by id and says what becomes of each.
async fn judge(tx: &mut Tx<'_>, round: &Round, proposals: Vec<Proposal>, published_on: NaiveDate) -> Result<Vec<Judged>, Refusal> {
    let unlisted_result = if round.trigger.looks_at_all() { round.unlisted_effect.result() } else { None };
    let mut ids: Vec<DocumentId> = proposals.iter().map(|proposal| proposal.document_id).collect();
    if unlisted_result.is_some() {
        ids.extend(store::unlisted(tx, round, published_on).await?);
    }
    ids.sort();
    store::documents_lock(tx, &ids).await?;
    let mut judged = Vec::new();
    for proposal in proposals {
        let standing = tx.standing(proposal.document_id).await?;
        let last = last_outcome(tx.conn, standing.id).await?.map(|(_, result)| result);
        let left_out = if is_final(standing.facts.step, last) {
            Some(LeftOut::BecameFinal)
        } else if !standing.relations.published {
            Some(LeftOut::NotPublished)
        } else if standing.issuer.id != round.body.id {
            Some(LeftOut::NotOfThisBody)
        } else {
            None
        };
        judged.push(Judged { standing, result: proposal.result, proposal: Some(proposal), left_out });
    }
    if let Some(result) = unlisted_result {
        // Asked again under the locks; what came into scope only now was not locked and is not swept along.
        for id in store::unlisted(tx, round, published_on).await? {
            if ids.binary_search(&id).is_ok() {
                judged.push(Judged { standing: tx.standing(id).await?, proposal: None, result, left_out: None });
            }
        }
    }
    judged.sort_by_key(|each| each.standing.id);
    Ok(judged)
}

fn outcome_of(round: &Round, judged: &Judged, published_on: NaiveDate, entry: EntryId) -> NewOutcome {
    let proposal = judged.proposal.as_ref();
    NewOutcome {
        id: CleanupOutcomeId::new(),
        cleanup_id: round.id,
        document_id: judged.standing.id,
        result_id: proposal.map(|proposal| proposal.id),
        result: judged.result,
        reason: proposal.map_or_else(|| "未列入清理结果目录".to_owned(), |proposal| proposal.reason.clone()),
        amend_due: proposal.and_then(|proposal| proposal.amend_due),
        replaced_by: proposal.and_then(|proposal| proposal.replaced_by),
        published_on,
        left_out: judged.left_out,
        entry_id: entry,
    }
}

/// Gives one document its result: its own log entry, its step where it was filed, and its effect.
async fn clean_up(tx: &mut Tx<'_>, round: &Round, role: Role, mut standing: Standing, outcome: NewOutcome) -> Result<(), Refusal> {
    let document = standing.id;
    let data = json!({"cleanup_id": round.id, "result": outcome.result, "amend_due": outcome.amend_due, "replaced_by": outcome.replaced_by,
        "published_on": outcome.published_on, "listed": outcome.result_id.is_some(), "reason": outcome.reason});
    let entry = tx
        .record(
            NewEntry::on_document(EntryType::DocumentCleanedUp, role, document, data)
                .on_revision(standing.facts.revision.no, &standing.facts.revision.sha256),
        )
        .await?;
    let (id, result, published_on, amend_due) = (outcome.id, outcome.result, outcome.published_on, outcome.amend_due);
    store::outcome_insert(tx, NewOutcome { entry_id: entry, ..outcome }).await?;
    store::pending_lapse_void(tx, document, published_on, LapseTakenBack::JudgedAnew, entry).await?;
    match standing.facts.stage {
        Stage::Filed | Stage::CleanedUp => {
            let evidence = Evidence { cleanup_outcome_id: Some(id), ..Evidence::default() };
            tx.move_document(&mut standing, Move::CleanUp, result.place(), role, entry, evidence).await?;
        }
        // Published but never filed: its effect changes at once, its step with the late filing.
        Stage::LegalityReview | Stage::Drafted => {}
    }
    let ended = match (result.ends_effect(), amend_due) {
        (Some(effect), _) => Some(EffectEnd { effect, from_on: published_on, cause: EffectCause::Cleanup, cause_id: id.0 }),
        (None, Some(due)) if round.lapse_if_missed => {
            Some(EffectEnd { effect: EndedEffect::Lapsed, from_on: lapses_on(due), cause: EffectCause::MissedAmendment, cause_id: id.0 })
        }
        (None, _) => None,
    };
    if let Some(end) = ended {
        end_effect(tx, role, document, end).await?;
    }
    tx.finish_document(document).await
}
