//! What the review body may answer to a submission: take it in, ask for supplements, or not recognise it (认定).
//! Completeness first: 国办发〔2018〕115号 item 5 `[F]` (return or supplement); what is a normative document: 国办发〔2018〕37号 `[X]`.

use super::step::Step;
use crate::base::text_enum::text_enum;

text_enum! {
    /// What an intake says.
    pub enum IntakeResult {
        /// Complete: the review begins.
        Accepted = "accepted",
        /// Materials are to be supplemented (补正).
        SupplementRequested = "supplement_requested",
        /// Not for this review.
        OutOfScope = "out_of_scope",
    }
}

text_enum! {
    /// What the review body recognises a submission as (认定).
    pub enum Recognition {
        /// 行政规范性文件.
        Normative = "normative",
        /// None.
        NotNormative = "not_normative",
        /// 党内文件, which follow rules of their own.
        PartyDocument = "party_document",
    }
}

/// What is wrong with an intake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntakeFault {
    /// Only what is normative is taken in or supplemented.
    RecognitionMismatch,
    /// The drafter must learn why, or what is missing.
    ReasonRequired,
}

impl IntakeResult {
    /// The step to which it leads.
    #[must_use]
    pub const fn leads_to(self) -> Step {
        match self {
            Self::Accepted => Step::UnderReview,
            Self::SupplementRequested => Step::SupplementRequested,
            Self::OutOfScope => Step::OutOfScope,
        }
    }

    /// Whether it can be said at a step: once accepted, only supplements can still be asked for.
    #[must_use]
    pub fn is_possible_at(self, step: Step) -> bool {
        step == Step::AwaitingIntake || (step == Step::UnderReview && self == Self::SupplementRequested)
    }
}

/// Judges an intake. `has_reason` and `names_missing` say whether a reason is given and anything is named as missing.
///
/// # Errors
/// Everything that is wrong.
pub fn judge(result: IntakeResult, recognition: Recognition, has_reason: bool, names_missing: bool) -> Result<(), Vec<IntakeFault>> {
    let mut faults = Vec::new();
    if recognition != Recognition::Normative && result != IntakeResult::OutOfScope {
        faults.push(IntakeFault::RecognitionMismatch);
    }
    let is_explained = match result {
        IntakeResult::Accepted => true,
        IntakeResult::SupplementRequested => has_reason || names_missing,
        IntakeResult::OutOfScope => has_reason,
    };
    if !is_explained {
        faults.push(IntakeFault::ReasonRequired);
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::{IntakeFault, IntakeResult, Recognition, judge};
    use crate::lifecycle::step::{self, Move, Stage, Step};

    #[test]
    fn only_what_is_normative_is_taken_in_or_supplemented() {
        for recognition in [Recognition::NotNormative, Recognition::PartyDocument] {
            for result in [IntakeResult::Accepted, IntakeResult::SupplementRequested] {
                assert_eq!(judge(result, recognition, true, true), Err(vec![IntakeFault::RecognitionMismatch]));
            }
            assert_eq!(judge(IntakeResult::OutOfScope, recognition, true, false), Ok(()));
        }
    }

    #[test]
    fn whoever_does_not_take_in_says_why() {
        let normative = Recognition::Normative;
        assert_eq!(judge(IntakeResult::Accepted, normative, false, false), Ok(()));
        assert_eq!(judge(IntakeResult::SupplementRequested, normative, false, false), Err(vec![IntakeFault::ReasonRequired]));
        assert_eq!(judge(IntakeResult::SupplementRequested, normative, false, true), Ok(()));
        assert_eq!(judge(IntakeResult::SupplementRequested, normative, true, false), Ok(()));
        assert_eq!(judge(IntakeResult::OutOfScope, normative, false, true), Err(vec![IntakeFault::ReasonRequired]));
    }

    #[test]
    fn what_is_possible_at_a_step_is_what_the_table_of_steps_allows() {
        for &at in Step::ALL {
            for &result in IntakeResult::ALL {
                let to = (Stage::LegalityReview, result.leads_to());
                assert_eq!(result.is_possible_at(at), step::allows((Stage::LegalityReview, at), Move::Intake, to), "{at} {result}");
            }
        }
    }
}
