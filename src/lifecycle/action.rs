//! What a person can do to a document, under the names of the API's calls, and at which steps.
//! Whether a particular person may is decided by the permits; whether the values are right, by the rules of each act.

use super::step::Step;
use crate::base::text_enum::text_enum;

text_enum! {
    /// The acts on a document.
    pub enum Action {
        /// PATCH of what binds besides the text, or of the drafting unit.
        Patch = "patch",
        /// A new revision.
        Revisions = "revisions",
        /// A material.
        Materials = "materials",
        /// A submission.
        Submissions = "submissions",
        /// The reviewer's intake.
        Intake = "intake",
        /// An opinion of counsel.
        CounselOpinions = "counsel_opinions",
        /// A legality opinion.
        Opinions = "opinions",
        /// Withdrawal.
        Withdrawal = "withdrawal",
        /// Placing on an agenda.
        Agenda = "agenda",
        /// Taking off the agenda.
        AgendaRemoval = "agenda_removal",
        /// The meeting's decision, or its correction.
        Decision = "decision",
        /// Confirmation of the finished text.
        Confirmation = "confirmation",
        /// Signing and numbering.
        Issuance = "issuance",
        /// Voiding the issuance.
        IssuanceVoid = "issuance_void",
        /// Publication.
        Publication = "publication",
        /// Filing.
        Filing = "filing",
    }
}

impl Action {
    /// The steps at which this act is possible at all.
    #[must_use]
    pub fn is_possible_at(self, step: Step) -> bool {
        match self {
            Self::Patch | Self::Materials => step.is_with_drafter(),
            Self::Revisions => step.is_open_for_revision(),
            Self::Submissions => matches!(
                step,
                Step::Drafting | Step::SupplementRequested | Step::OutOfScope | Step::AmendmentRequired | Step::Unlawful | Step::Rejected
            ),
            Self::Intake => matches!(step, Step::AwaitingIntake | Step::UnderReview),
            Self::CounselOpinions => matches!(step, Step::UnderReview | Step::Cleared | Step::Finalising),
            Self::Opinions => matches!(
                step,
                Step::UnderReview | Step::Cleared | Step::Deferred | Step::Unlawful | Step::AmendmentRequired | Step::Finalising
            ),
            Self::Withdrawal => step.is_open_for_revision(),
            Self::Agenda => matches!(step, Step::Cleared | Step::Deferred),
            Self::AgendaRemoval => matches!(step, Step::OnAgenda),
            Self::Decision => matches!(
                step,
                Step::OnAgenda | Step::Approved | Step::Finalising | Step::AmendmentRequired | Step::Deferred | Step::Rejected
            ),
            Self::Confirmation => matches!(step, Step::Finalising),
            Self::Issuance => matches!(step, Step::Approved),
            Self::IssuanceVoid | Self::Publication => matches!(step, Step::Signed),
            Self::Filing => matches!(step, Step::Published) || step.is_filed() || step.is_cleaned_up(),
        }
    }

    /// The acts that are possible at a step, in the order of the procedure.
    #[must_use]
    pub fn possible_at(step: Step) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|action| action.is_possible_at(step)).collect()
    }
}
