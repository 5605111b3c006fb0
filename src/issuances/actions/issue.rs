//! A secretary enters that an approved text was signed; register and document number are given with it.

use chrono::Datelike;
use serde_json::{Value, json};

use crate::base::clock;
use crate::base::ids::{DocumentId, IssuanceId};
use crate::documents::moves::Evidence;
use crate::documents::standing::Permitted;
use crate::issuances::faults::field_error;
use crate::issuances::numbers;
use crate::issuances::store::{self, IssuanceDraft};
use crate::issuances::wire::{NewIssuance, NumberKind};
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::decision::DecisionOutcome;
use crate::lifecycle::issuing;
use crate::lifecycle::step::{Move, Stage, Step};
use crate::meetings::store::last_decision;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Issues an approved document.
///
/// # Errors
/// 404 or 403; 409 `wrong_step` unless it is approved, `numbering_closed`; 422 `date_in_future`, `date_before_act`.
pub async fn issue(tx: &mut Tx<'_>, document: DocumentId, said: NewIssuance) -> Result<(), Refusal> {
    let Permitted { mut standing, role } = tx.lock_for(document, Action::Issuance).await?;
    standing.require_step(Action::Issuance)?;
    let decision = last_decision(tx.conn, document).await?.ok_or_else(|| Refusal::internal("approved without a decision"))?;
    let confirmation = match decision.outcome {
        DecisionOutcome::ApprovedInPrinciple => store::confirmation_of(tx.conn, decision.id).await?,
        DecisionOutcome::Approved | DecisionOutcome::AmendThenResubmit | DecisionOutcome::Deferred | DecisionOutcome::Rejected => None,
    };
    // What the signature follows is the meeting, or the confirmation where the meeting left the text to be finished.
    let approved_on = confirmation.map_or(decision.held_on, |(_, confirmed_at)| clock::day_in_china(confirmed_at));
    let faults = issuing::signing_faults(said.signed_on, approved_on, tx.today);
    if !faults.is_empty() {
        return Err(Refusal::fields(faults.into_iter().map(|fault| field_error(fault, tx.today)).collect()));
    }
    let rules = tx.rules.clone();
    let in_force = rules.in_force(&standing.issuer.jurisdiction, tx.today)?;
    let revision = standing.facts.revision.clone();
    let id = IssuanceId::new();
    let mut entry = NewEntry::on_document(EntryType::IssuanceMade, role, document, Value::Null)
        .on_revision(revision.no, &revision.sha256)
        .under(in_force.id);
    let year = said.signed_on.year();
    let (issuer, given_to) = (standing.issuer.clone(), (document, entry.id));
    let (register, register_no) =
        numbers::give(tx, &issuer, NumberKind::RegisterNo, year, in_force.profile.register_no_format(), given_to).await?;
    let (official, official_doc_no) =
        numbers::give(tx, &issuer, NumberKind::OfficialDocNo, year, in_force.profile.number_format(), given_to).await?;
    entry.data = json!({"issuance_id": id, "decision_id": decision.id, "signed_by": said.signed_by.trim(), "signed_on": said.signed_on,
        "register_no": register_no, "official_doc_no": official_doc_no, "recorded_on": tx.today});
    let entry = tx.record(entry).await?;
    let draft = IssuanceDraft {
        id,
        document,
        revision: &revision,
        decision: &decision,
        confirmation: confirmation.map(|(id, _)| id),
        said: &said,
        register,
        official,
        profile: in_force.id,
    };
    store::issuance_insert(tx, &draft, entry).await?;
    let evidence = Evidence { issuance_id: Some(id), ..Evidence::default() };
    let signed = (Stage::LegalityReview, Step::Signed);
    tx.move_document(&mut standing, Move::Issue, signed, role, entry, evidence).await?;
    tx.finish_document(document).await
}
