//! Moving a document along its chains: one step row, and one stage row where the stage changes.
//! The transition is checked here and by the database; which act it rests on is named with it.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::standing::Standing;
use crate::base::ids::{
    AgendaItemId, AgendaRemovalId, CleanupOutcomeId, ConfirmationId, DecisionId, EntryId, FilingId, IntakeId, IssuanceId, IssuanceVoidId,
    OpinionId, PublicationId, SubmissionId, WithdrawalId,
};
use crate::identity::actor::Role;
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::step::{self, Move, Stage, Step};
use crate::schema::{documents, stage_changes, step_changes};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// The record on which a move rests. Most moves need exactly one; the database says which.
#[derive(Clone, Debug, Default, Insertable)]
#[diesel(table_name = step_changes, check_for_backend(diesel::pg::Pg))]
pub struct Evidence {
    /// The submission.
    pub submission_id: Option<SubmissionId>,
    /// The intake.
    pub intake_id: Option<IntakeId>,
    /// The opinion; needed for every way into `cleared`.
    pub opinion_id: Option<OpinionId>,
    /// The agenda entry.
    pub agenda_item_id: Option<AgendaItemId>,
    /// The taking off.
    pub agenda_removal_id: Option<AgendaRemovalId>,
    /// The decision.
    pub decision_id: Option<DecisionId>,
    /// The confirmation.
    pub confirmation_id: Option<ConfirmationId>,
    /// The issuance.
    pub issuance_id: Option<IssuanceId>,
    /// The voiding.
    pub issuance_void_id: Option<IssuanceVoidId>,
    /// The publication.
    pub publication_id: Option<PublicationId>,
    /// The filing; needed for every step of the stage `filed`.
    pub filing_id: Option<FilingId>,
    /// The published clean-up outcome.
    pub cleanup_outcome_id: Option<CleanupOutcomeId>,
    /// The withdrawal.
    pub withdrawal_id: Option<WithdrawalId>,
    /// The new revision.
    pub revision_no: Option<i32>,
}

impl Tx<'_> {
    /// Moves a document to a step and keeps `standing` up to date.
    ///
    /// # Errors
    /// 409 `wrong_step` where the transition is not allowed.
    pub async fn move_document(
        &mut self,
        standing: &mut Standing,
        by: Move,
        to: (Stage, Step),
        role: Role,
        entry: EntryId,
        evidence: Evidence,
    ) -> Result<(), Refusal> {
        let from = standing.place();
        if !step::allows(from, by, to) {
            return Err(standing.wrong_step());
        }
        let seq = standing.step_seq + 1;
        if from.0 != to.0 {
            let changed = json!({"from": from.0, "stage": to.0, "step": to.1});
            let entry = self
                .record(
                    NewEntry::on_document(EntryType::StageChanged, role, standing.id, changed)
                        .on_revision(standing.facts.revision.no, &standing.facts.revision.sha256),
                )
                .await?;
            let ordinal =
                Stage::ALL.iter().position(|stage| *stage == to.0).and_then(|place| i32::try_from(place + 1).ok()).unwrap_or_default();
            diesel::insert_into(stage_changes::table)
                .values((
                    stage_changes::document_id.eq(standing.id),
                    stage_changes::seq.eq(ordinal),
                    stage_changes::stage.eq(to.0),
                    stage_changes::step_seq.eq(seq),
                    stage_changes::at.eq(self.now),
                    stage_changes::entry_id.eq(entry),
                ))
                .execute(self.conn)
                .await?;
        }
        diesel::insert_into(step_changes::table)
            .values((
                step_changes::document_id.eq(standing.id),
                step_changes::seq.eq(seq),
                step_changes::from_stage.eq(Some(from.0)),
                step_changes::from_step.eq(Some(from.1)),
                step_changes::action.eq(by),
                step_changes::stage.eq(to.0),
                step_changes::step.eq(to.1),
                step_changes::at.eq(self.now),
                step_changes::entry_id.eq(entry),
                evidence,
            ))
            .execute(self.conn)
            .await?;
        standing.step_seq = seq;
        standing.facts.stage = to.0;
        standing.facts.step = to.1;
        Ok(())
    }

    /// Writes the first rows of a new document's chains: `drafted` / `drafting`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn begin_chains(&mut self, id: crate::base::ids::DocumentId, entry: EntryId) -> Result<(), Refusal> {
        diesel::insert_into(stage_changes::table)
            .values((
                stage_changes::document_id.eq(id),
                stage_changes::seq.eq(1),
                stage_changes::stage.eq(Stage::Drafted),
                stage_changes::step_seq.eq(1),
                stage_changes::at.eq(self.now),
                stage_changes::entry_id.eq(entry),
            ))
            .execute(self.conn)
            .await?;
        diesel::insert_into(step_changes::table)
            .values((
                step_changes::document_id.eq(id),
                step_changes::seq.eq(1),
                step_changes::action.eq(Move::Draft),
                step_changes::stage.eq(Stage::Drafted),
                step_changes::step.eq(Step::Drafting),
                step_changes::at.eq(self.now),
                step_changes::entry_id.eq(entry),
            ))
            .execute(self.conn)
            .await?;
        Ok(())
    }

    /// Ends an act on a document: its deadlines anew, and the moment of its last change.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn finish_document(&mut self, id: crate::base::ids::DocumentId) -> Result<(), Refusal> {
        super::deadlines::refresh(self, id).await?;
        diesel::update(documents::table.find(id)).set(documents::updated_at.eq(self.now)).execute(self.conn).await?;
        Ok(())
    }
}
