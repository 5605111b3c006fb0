//! Why each act cannot be done, asked of the same rules that the acts ask.

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::wire::{ActionItem, ActionList};
use crate::base::said::Said;
use crate::documents::standing::Standing;
use crate::filings::actions::file::targets_left;
use crate::identity::permits;
use crate::lifecycle::action::Action;
use crate::lifecycle::facts::MaterialKind;
use crate::lifecycle::gate::{self, GateReason};
use crate::lifecycle::step::Step;
use crate::lifecycle::submission::{self, SubmissionFault, Submitting};
use crate::lifecycle::{decision, opinion};
use crate::meetings::wire::AgendaItemState;
use crate::reviews::{particulars, refusals, store};
use crate::rules::InForce;
use crate::schema::agenda_items;
use crate::web::kind;
use crate::web::refusal::{Reason, ReasonBody, Refusal};
use crate::web::tx::Tx;

/// Every act on a document, in the order of the procedure, and why the caller cannot do it now.
///
/// # Errors
/// When the database refuses.
pub async fn actions(tx: &mut Tx<'_>, standing: &Standing) -> Result<ActionList, Refusal> {
    let mut items = Vec::new();
    for &action in Action::ALL {
        let mut reasons = of_permission(tx, standing, action).await?;
        reasons.extend(of_state(tx, standing, action).await?);
        items.push(ActionItem {
            action: action.as_str().to_owned(),
            allowed: reasons.is_empty(),
            reasons: reasons
                .into_iter()
                .map(|reason| ReasonBody { code: reason.code.to_owned(), detail: reason.detail.in_lang(tx.lang).to_owned() })
                .collect(),
        });
    }
    Ok(ActionList { items })
}

async fn of_permission(tx: &mut Tx<'_>, standing: &Standing, action: Action) -> Result<Vec<Reason>, Refusal> {
    if !permits::may(tx.actor, action, &standing.relations) {
        return Ok(permits::forbidden_act(tx.actor, action).as_reasons());
    }
    let reviews = matches!(action, Action::Intake | Action::CounselOpinions | Action::Opinions);
    if reviews && store::is_author(tx, standing.id).await? {
        return Ok(refusals::author_cannot_review().as_reasons());
    }
    Ok(Vec::new())
}

async fn of_state(tx: &mut Tx<'_>, standing: &Standing, action: Action) -> Result<Vec<Reason>, Refusal> {
    if action == Action::Agenda {
        return of_the_gate(tx, standing).await;
    }
    if !action.is_possible_at(standing.facts.step) {
        return Ok(standing.wrong_step().as_reasons());
    }
    match action {
        Action::Submissions => of_a_submission(tx, standing).await,
        Action::Opinions => {
            let last_move = store::last_move(tx.conn, standing).await?;
            let is_possible =
                opinion::is_possible(standing.facts.step, &last_move, &standing.facts.revision, standing.facts.opinion.as_ref());
            Ok(if is_possible { Vec::new() } else { standing.wrong_step_but(action).as_reasons() })
        }
        Action::Decision => of_a_decision(tx, standing).await,
        Action::Confirmation => explained(tx, standing, |in_force| decision::confirmation_reasons(&standing.facts, in_force.profile)).await,
        Action::Filing => match targets_left(tx, standing, None).await {
            Ok(_) => Ok(Vec::new()),
            Err(refusal) if refusal.is_of_the_procedure() => Ok(refusal.as_reasons()),
            Err(failure) => Err(failure),
        },
        Action::Patch
        | Action::Revisions
        | Action::Materials
        | Action::Intake
        | Action::CounselOpinions
        | Action::Withdrawal
        | Action::Agenda
        | Action::AgendaRemoval
        | Action::Issuance
        | Action::IssuanceVoid
        | Action::Publication => Ok(Vec::new()),
    }
}

/// The gate on the document's side: a call refuses with its reasons, however far the document is from a meeting.
async fn of_the_gate(tx: &mut Tx<'_>, standing: &Standing) -> Result<Vec<Reason>, Refusal> {
    let reasons = explained(tx, standing, |in_force| gate::document_reasons(&standing.facts, in_force.profile)).await?;
    if reasons.is_empty() && !Action::Agenda.is_possible_at(standing.facts.step) {
        return Ok(standing.wrong_step().as_reasons());
    }
    Ok(reasons)
}

/// What a submission would be refused for whatever it says: answers to comments and a note are the caller's to give.
async fn of_a_submission(tx: &mut Tx<'_>, standing: &Standing) -> Result<Vec<Reason>, Refusal> {
    let materials: Vec<MaterialKind> = store::materials_all(tx.conn, standing.id).await?.into_iter().map(|(_, kind)| kind).collect();
    let comments = store::comments_past(tx.conn, standing.id).await?;
    let past = store::text_past(tx.conn, standing.id, &standing.facts.revision.sha256).await?;
    Ok(under_the_profile(tx, standing, |in_force| {
        let submitting = Submitting {
            step: standing.facts.step,
            revision_sha256: &standing.facts.revision.sha256,
            past,
            required: &gate::required_materials(in_force.profile, standing.facts.concerns_market_entities),
            materials: &materials,
            comments: &comments,
        };
        let mut faults = submission::judge(&submitting, &[], true).err().unwrap_or_default();
        faults.retain(|fault| !matches!(fault, SubmissionFault::CommentUnanswered(_)));
        if faults.is_empty() { Vec::new() } else { refusals::submission_refused(&faults, &[]).as_reasons() }
    }))
}

/// On an agenda, a decision waits for the meeting's day; after it, only a decision that still stands can be corrected.
async fn of_a_decision(tx: &mut Tx<'_>, standing: &Standing) -> Result<Vec<Reason>, Refusal> {
    if standing.facts.step != Step::OnAgenda {
        return Ok(if standing.over.contains(&Action::Decision) { standing.wrong_step().as_reasons() } else { Vec::new() });
    }
    let held_on: Option<NaiveDate> = agenda_items::table
        .filter(agenda_items::document_id.eq(standing.id))
        .filter(agenda_items::state.eq(AgendaItemState::Live))
        .select(agenda_items::held_on)
        .first(tx.conn)
        .await
        .optional()?;
    Ok(held_on
        .filter(|day| *day > tx.today)
        .map(|day| Reason {
            code: kind::DATE_IN_FUTURE.code,
            detail: Said::new(
                format!("会议定于 {day} 召开，决定自会议当日起登记。"),
                format!("The meeting is on {day}; a decision is entered from that day on."),
            ),
        })
        .into_iter()
        .collect())
}

/// What the rules of the day say, or that there are none.
fn under_the_profile(tx: &Tx<'_>, standing: &Standing, ask: impl FnOnce(InForce<'_>) -> Vec<Reason>) -> Vec<Reason> {
    let rules = Arc::clone(&tx.rules);
    match rules.in_force(&standing.issuer.jurisdiction, tx.today) {
        Ok(in_force) => ask(in_force),
        Err(refusal) => refusal.as_reasons(),
    }
}

/// What the gate says under the rules of the day, with its particulars.
async fn explained(tx: &mut Tx<'_>, standing: &Standing, ask: impl FnOnce(InForce<'_>) -> Vec<GateReason>) -> Result<Vec<Reason>, Refusal> {
    let rules = Arc::clone(&tx.rules);
    match rules.in_force(&standing.issuer.jurisdiction, tx.today) {
        Ok(in_force) => particulars::explain(tx, standing, None, ask(in_force)).await,
        Err(refusal) => Ok(refusal.as_reasons()),
    }
}
