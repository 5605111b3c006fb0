//! What a meeting can decide, to which step that leads, and what a correction or a confirmation still asks of the text.
//! It opens no agenda: that is the gate's. Legal ground for deliberation: 国办发〔2018〕115号 item 7 `[F]`.

use super::facts::{Facts, Outcome, RevisionFacts};
use super::gate::{self, GateReason};
use super::profile::RuleProfile;
use super::step::Step;
use crate::base::text_enum::text_enum;

text_enum! {
    /// The outcomes of collective deliberation (集体审议).
    pub enum DecisionOutcome {
        /// 通过.
        Approved = "approved",
        /// 原则通过: to be finished as the meeting ordered, found lawful anew, and confirmed.
        ApprovedInPrinciple = "approved_in_principle",
        /// 修改后再报.
        AmendThenResubmit = "amend_then_resubmit",
        /// 暂缓.
        Deferred = "deferred",
        /// 不予通过.
        Rejected = "rejected",
    }
}

impl DecisionOutcome {
    /// The step to which this outcome leads.
    #[must_use]
    pub const fn leads_to(self) -> Step {
        match self {
            Self::Approved => Step::Approved,
            Self::ApprovedInPrinciple => Step::Finalising,
            Self::AmendThenResubmit => Step::AmendmentRequired,
            Self::Deferred => Step::Deferred,
            Self::Rejected => Step::Rejected,
        }
    }
}

/// Whether a document still stands where a decision put it: at its step and on the text decided.
#[must_use]
pub fn still_stands(facts: &Facts, outcome: DecisionOutcome, decided: &RevisionFacts) -> bool {
    facts.step == outcome.leads_to() && facts.revision == *decided
}

/// What stands in the way of correcting a decision into this outcome. A correction sets right what was entered, but no
/// text becomes approved against its last opinion, which may have been given since in `finalising` `[I]`.
#[must_use]
pub fn correction_reasons(facts: &Facts, into: DecisionOutcome) -> Vec<GateReason> {
    if into == DecisionOutcome::Approved { opinion_reason(facts).into_iter().collect() } else { Vec::new() }
}

/// What stands in the way of confirming the finished text: every reason of the gate but that the meeting has decided.
#[must_use]
pub fn confirmation_reasons(facts: &Facts, profile: &RuleProfile) -> Vec<GateReason> {
    let mut reasons: Vec<GateReason> =
        gate::document_reasons(facts, profile).into_iter().filter(|reason| *reason != GateReason::AlreadyDecided).collect();
    if let Some(reason) = opinion_reason(facts)
        && !reasons.contains(&reason)
    {
        reasons.push(reason);
    }
    reasons
}

/// Why the last opinion does not carry the current text; `None` where it is lawful and on that very text.
fn opinion_reason(facts: &Facts) -> Option<GateReason> {
    let Some(opinion) = &facts.opinion else { return Some(GateReason::NoOpinion) };
    if opinion.revision.sha256 != facts.revision.sha256 {
        return Some(GateReason::OpinionStale);
    }
    match opinion.outcome {
        Outcome::Lawful => None,
        Outcome::NeedsAmendment => Some(GateReason::AmendmentRequired),
        Outcome::Unlawful => Some(GateReason::Unlawful),
    }
}

#[cfg(test)]
mod tests {
    use super::{DecisionOutcome, confirmation_reasons, correction_reasons, still_stands};
    use crate::base::ids::{BodyId, DocumentId, OpinionId, SubmissionId};
    use crate::base::workdays::parse_day;
    use crate::lifecycle::facts::{Facts, MaterialFacts, OpinionFacts, Outcome, RevisionFacts, SubmissionFacts};
    use crate::lifecycle::gate::GateReason;
    use crate::lifecycle::profile::{RuleProfile, built_in, profile_for};
    use crate::lifecycle::step::{Move, Stage, Step, allows};

    fn profile() -> RuleProfile {
        profile_for(&built_in(), "sichuan", parse_day("2026-01-01").expect("a day")).expect("there is one for 2026").clone()
    }

    fn finalising(outcome: Outcome, opinion_on: &str) -> Facts {
        let day = parse_day("2026-03-10").expect("a day");
        let current = RevisionFacts { no: 2, sha256: "b".repeat(64) };
        Facts {
            document: DocumentId::new(),
            issuing_authority: BodyId::new(),
            stage: Stage::LegalityReview,
            step: Step::Finalising,
            revision: current.clone(),
            concerns_market_entities: false,
            submission: Some(SubmissionFacts {
                id: SubmissionId::new(),
                no: 1,
                revision: RevisionFacts { no: 1, sha256: "a".repeat(64) },
                submitted_on: day,
                urgent: false,
                accepted: true,
            }),
            materials: profile().materials_required().iter().map(|kind| MaterialFacts { kind: *kind, conclusion: None }).collect(),
            opinion: Some(OpinionFacts {
                id: OpinionId::new(),
                no: 2,
                revision: RevisionFacts { no: 2, sha256: opinion_on.repeat(64) },
                outcome,
                given_on: day,
                complete_on: day,
                urgent: false,
            }),
            comments_unanswered: 0,
            counsel_heard: false,
        }
    }

    #[test]
    fn every_outcome_leads_to_a_step_of_its_own_that_the_agenda_allows() {
        for outcome in DecisionOutcome::ALL {
            let on_agenda = (Stage::LegalityReview, Step::OnAgenda);
            assert!(allows(on_agenda, Move::Decide, (Stage::LegalityReview, outcome.leads_to())), "{outcome}");
            let others = DecisionOutcome::ALL.iter().filter(|other| *other != outcome);
            assert!(others.into_iter().all(|other| other.leads_to() != outcome.leads_to()), "{outcome}");
        }
    }

    #[test]
    fn a_finished_text_is_confirmed_only_under_a_lawful_opinion_on_that_text() {
        assert_eq!(confirmation_reasons(&finalising(Outcome::Lawful, "b"), &profile()), []);
        assert_eq!(confirmation_reasons(&finalising(Outcome::Lawful, "a"), &profile()), [GateReason::OpinionStale]);
        assert_eq!(confirmation_reasons(&finalising(Outcome::Unlawful, "b"), &profile()), [GateReason::Unlawful]);
        assert_eq!(confirmation_reasons(&finalising(Outcome::NeedsAmendment, "b"), &profile()), [GateReason::AmendmentRequired]);
        let without = Facts { opinion: None, ..finalising(Outcome::Lawful, "b") };
        assert_eq!(confirmation_reasons(&without, &profile()), [GateReason::NoOpinion]);
        let incomplete = Facts { materials: Vec::new(), ..finalising(Outcome::Lawful, "b") };
        assert_eq!(confirmation_reasons(&incomplete, &profile()), [GateReason::MaterialsMissing]);
    }

    #[test]
    fn a_correction_approves_no_text_against_its_last_opinion() {
        let unlawful = finalising(Outcome::Unlawful, "b");
        assert_eq!(correction_reasons(&unlawful, DecisionOutcome::Approved), [GateReason::Unlawful]);
        assert_eq!(correction_reasons(&unlawful, DecisionOutcome::Rejected), []);
        assert_eq!(correction_reasons(&finalising(Outcome::Lawful, "b"), DecisionOutcome::Approved), []);
    }

    #[test]
    fn a_decision_is_corrected_only_at_its_step_and_on_its_text() {
        let facts = finalising(Outcome::Lawful, "b");
        let decided = facts.revision.clone();
        assert!(still_stands(&facts, DecisionOutcome::ApprovedInPrinciple, &decided));
        assert!(!still_stands(&facts, DecisionOutcome::Approved, &decided));
        let before = RevisionFacts { no: 1, sha256: "a".repeat(64) };
        assert!(!still_stands(&facts, DecisionOutcome::ApprovedInPrinciple, &before));
    }
}
