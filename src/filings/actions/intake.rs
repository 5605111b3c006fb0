//! The receiver checks a filing's form: registers it under a number, suspends it, or refuses it.

use std::sync::Arc;

use chrono::Datelike;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use crate::base::ids::{FilingId, FilingIntakeId};
use crate::base::said::Said;
use crate::filings::store::{self, ChangeEvidence};
use crate::filings::wire::FilingIntake;
use crate::issuances::{numbers, wire::NumberKind};
use crate::journal::entry::{EntryType, NewEntry, SubjectKind};
use crate::lifecycle::filing::{FilingAct, FilingIntakeResult, FilingMove};
use crate::schema::filing_intakes;
use crate::web::kind;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Takes a filing in, or does not.
///
/// # Errors
/// 409 `wrong_step` unless it awaits registration; 422 `reason_required`.
pub async fn intake(tx: &mut Tx<'_>, id: FilingId, call: FilingIntake) -> Result<crate::base::ids::DocumentId, Refusal> {
    let mut permitted = tx.lock_filing(id, FilingAct::Intake).await?;
    permitted.require(FilingAct::Intake)?;
    if call.result.needs_reason() && call.reason.is_none() {
        return Err(Refusal::field(
            "/reason",
            kind::REASON_REQUIRED,
            Said::fixed("暂缓登记、不予备案须说明理由。", "A suspension or refusal gives its reason."),
        ));
    }
    let document = permitted.filing.document;
    let rules = Arc::clone(&tx.rules);
    let in_force = rules.in_force(&permitted.filing.target.jurisdiction, tx.today)?;
    let mut entry = NewEntry::new(EntryType::FilingTakenIn, permitted.role, (SubjectKind::Filing, Some(id.0)), Value::Null)
        .of_document(document)
        .under(in_force.id);
    let number = match call.result {
        FilingIntakeResult::Registered => {
            let format = in_force.profile.filing_no_format();
            let year = tx.today.year();
            Some(numbers::give(tx, &permitted.filing.target, NumberKind::FilingNo, year, format, (document, entry.id)).await?)
        }
        FilingIntakeResult::Suspended | FilingIntakeResult::Refused => None,
    };
    entry.data =
        json!({"filing_id": id, "result": call.result, "filing_no": number.as_ref().map(|(_, number)| number), "reason": call.reason});
    let entry = tx.record(entry).await?;
    let intake = FilingIntakeId::new();
    diesel::insert_into(filing_intakes::table)
        .values((
            filing_intakes::id.eq(intake),
            filing_intakes::filing_id.eq(id),
            filing_intakes::result.eq(call.result),
            filing_intakes::reason.eq(call.reason),
            filing_intakes::number_id.eq(number.map(|(id, _)| id)),
            filing_intakes::auditor_id.eq(tx.actor.user_id),
            filing_intakes::taken_at.eq(tx.now),
            filing_intakes::taken_on.eq(tx.today),
            filing_intakes::profile_id.eq(in_force.id),
            filing_intakes::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    let evidence = ChangeEvidence { intake_id: Some(intake), ..ChangeEvidence::default() };
    store::move_filing(tx, &mut permitted, FilingMove::Intake, call.result.leads_to(), entry, evidence).await?;
    tx.finish_document(document).await?;
    Ok(document)
}
