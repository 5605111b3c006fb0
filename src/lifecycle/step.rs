//! The four stages, the steps within them, and every way from one step to another. It looks nothing up and judges no text.

use crate::base::text_enum::text_enum;

text_enum! {
    /// The four stages of a document; it goes through them in this order and never back.
    pub enum Stage {
        /// The draft is with its drafter.
        Drafted = "drafted",
        /// Legality review (合法性审核), deliberation, signing and publication.
        LegalityReview = "legality_review",
        /// Filed (备案) with a superior and reviewed there.
        Filed = "filed",
        /// Judged in a clean-up (清理).
        CleanedUp = "cleaned_up",
    }
}

text_enum! {
    /// The step within a stage. Only `withdrawn` occurs in two stages.
    pub enum Step {
        /// Being drafted.
        Drafting = "drafting",
        /// Withdrawn by the drafter; final.
        Withdrawn = "withdrawn",
        /// Submitted, waiting for the reviewer's intake.
        AwaitingIntake = "awaiting_intake",
        /// Materials are to be supplemented (补正).
        SupplementRequested = "supplement_requested",
        /// Not recognised as a normative document.
        OutOfScope = "out_of_scope",
        /// Under legality review.
        UnderReview = "under_review",
        /// To be amended by the drafter.
        AmendmentRequired = "amendment_required",
        /// Found unlawful (不合法).
        Unlawful = "unlawful",
        /// Found lawful (合法); may go to an agenda.
        Cleared = "cleared",
        /// On a meeting's agenda; frozen.
        OnAgenda = "on_agenda",
        /// Approved in principle (原则通过), being finished.
        Finalising = "finalising",
        /// Deferred (暂缓) by the meeting.
        Deferred = "deferred",
        /// Rejected by the meeting.
        Rejected = "rejected",
        /// Approved.
        Approved = "approved",
        /// Signed and numbered.
        Signed = "signed",
        /// Published.
        Published = "published",
        /// Filed, awaiting registration.
        AwaitingRegistration = "awaiting_registration",
        /// Registration suspended (暂缓登记).
        RegistrationSuspended = "registration_suspended",
        /// Filing refused (不予备案).
        FilingRefused = "filing_refused",
        /// Under filing review (备案审查).
        UnderFilingReview = "under_filing_review",
        /// Being rectified (整改).
        Rectifying = "rectifying",
        /// Filing review is over.
        FilingReviewed = "filing_reviewed",
        /// Continues in force (继续有效).
        Continued = "continued",
        /// To be amended by a day (修改).
        AmendmentOrdered = "amendment_ordered",
        /// Repealed (废止); final.
        Repealed = "repealed",
        /// Declared lapsed (宣布失效); final.
        DeclaredLapsed = "declared_lapsed",
    }
}

text_enum! {
    /// What moves a document from one step to another.
    pub enum Move {
        /// The first row of every chain.
        Draft = "draft",
        /// A submission for review.
        Submit = "submit",
        /// The reviewer's intake.
        Intake = "intake",
        /// A legality opinion.
        Opine = "opine",
        /// A new revision of a text that was under review.
        Revise = "revise",
        /// The drafter's withdrawal.
        Withdraw = "withdraw",
        /// An entry on an agenda.
        PlaceOnAgenda = "place_on_agenda",
        /// Taking the entry off.
        TakeOffAgenda = "take_off_agenda",
        /// The meeting's decision.
        Decide = "decide",
        /// A corrected entry of a decision.
        CorrectDecision = "correct_decision",
        /// The secretary's confirmation after an approval in principle.
        Confirm = "confirm",
        /// Signing and numbering.
        Issue = "issue",
        /// Taking the issuance back.
        VoidIssuance = "void_issuance",
        /// Publication.
        Publish = "publish",
        /// A filing call.
        File = "file",
        /// Any act on a filing, which moves the document to the step of its furthest filing.
        AdvanceFiling = "advance_filing",
        /// The issuer's clean-up decision.
        CleanUp = "clean_up",
    }
}

impl Step {
    /// Whether the document is with its drafter, who may change it, add materials and withdraw it.
    #[must_use]
    pub const fn is_with_drafter(self) -> bool {
        matches!(
            self,
            Self::Drafting
                | Self::SupplementRequested
                | Self::OutOfScope
                | Self::AmendmentRequired
                | Self::Unlawful
                | Self::Finalising
                | Self::Deferred
                | Self::Rejected
        )
    }

    /// Whether a new revision of the text may be made.
    #[must_use]
    pub const fn is_open_for_revision(self) -> bool {
        self.is_with_drafter() || matches!(self, Self::AwaitingIntake | Self::UnderReview | Self::Cleared)
    }

    /// Whether the meeting has approved or passed by; every step from here on says `already_decided` at the gate.
    #[must_use]
    pub const fn is_already_decided(self) -> bool {
        matches!(self, Self::Finalising | Self::Rejected | Self::Approved | Self::Signed | Self::Published)
            || self.is_filed()
            || self.is_cleaned_up()
    }

    /// Whether this is a step of the stage `filed`.
    #[must_use]
    pub const fn is_filed(self) -> bool {
        matches!(
            self,
            Self::AwaitingRegistration
                | Self::RegistrationSuspended
                | Self::FilingRefused
                | Self::UnderFilingReview
                | Self::Rectifying
                | Self::FilingReviewed
        )
    }

    /// Whether this is a step of the stage `cleaned_up`.
    #[must_use]
    pub const fn is_cleaned_up(self) -> bool {
        matches!(self, Self::Continued | Self::AmendmentOrdered | Self::Repealed | Self::DeclaredLapsed)
    }
}

/// One way from a step to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Transition {
    /// Stage before.
    pub from_stage: Stage,
    /// Step before.
    pub from: Step,
    /// What moves it.
    pub by: Move,
    /// Stage after.
    pub to_stage: Stage,
    /// Step after.
    pub to: Step,
}

/// The stages with the steps that occur in each.
pub const STEPS: &[(Stage, &[Step])] = &[
    (Stage::Drafted, &[Step::Drafting, Step::Withdrawn]),
    (
        Stage::LegalityReview,
        &[
            Step::AwaitingIntake,
            Step::SupplementRequested,
            Step::OutOfScope,
            Step::UnderReview,
            Step::AmendmentRequired,
            Step::Unlawful,
            Step::Cleared,
            Step::OnAgenda,
            Step::Finalising,
            Step::Deferred,
            Step::Rejected,
            Step::Approved,
            Step::Signed,
            Step::Published,
            Step::Withdrawn,
        ],
    ),
    (
        Stage::Filed,
        &[
            Step::AwaitingRegistration,
            Step::RegistrationSuspended,
            Step::FilingRefused,
            Step::UnderFilingReview,
            Step::Rectifying,
            Step::FilingReviewed,
        ],
    ),
    (Stage::CleanedUp, &[Step::Continued, Step::AmendmentOrdered, Step::Repealed, Step::DeclaredLapsed]),
];

/// A move, where it leads from, and where to.
type Moves = (Move, Stage, &'static [Step], Stage, &'static [Step]);

/// The steps from which each move leads, and where to, within or between stages.
const MOVES: &[Moves] = &[
    (Move::Submit, Stage::Drafted, &[Step::Drafting], Stage::LegalityReview, &[Step::AwaitingIntake]),
    (
        Move::Submit,
        Stage::LegalityReview,
        &[Step::SupplementRequested, Step::OutOfScope, Step::AmendmentRequired, Step::Unlawful, Step::Rejected],
        Stage::LegalityReview,
        &[Step::AwaitingIntake],
    ),
    (
        Move::Intake,
        Stage::LegalityReview,
        &[Step::AwaitingIntake],
        Stage::LegalityReview,
        &[Step::UnderReview, Step::SupplementRequested, Step::OutOfScope],
    ),
    (Move::Intake, Stage::LegalityReview, &[Step::UnderReview], Stage::LegalityReview, &[Step::SupplementRequested]),
    (
        Move::Opine,
        Stage::LegalityReview,
        &[Step::UnderReview, Step::Deferred],
        Stage::LegalityReview,
        &[Step::Cleared, Step::AmendmentRequired, Step::Unlawful],
    ),
    (Move::Opine, Stage::LegalityReview, &[Step::Cleared], Stage::LegalityReview, &[Step::AmendmentRequired, Step::Unlawful]),
    (Move::Opine, Stage::LegalityReview, &[Step::Unlawful], Stage::LegalityReview, &[Step::Cleared, Step::AmendmentRequired]),
    (Move::Opine, Stage::LegalityReview, &[Step::AmendmentRequired], Stage::LegalityReview, &[Step::Cleared, Step::Unlawful]),
    (
        Move::Revise,
        Stage::LegalityReview,
        &[Step::AwaitingIntake, Step::UnderReview, Step::Cleared, Step::Deferred],
        Stage::LegalityReview,
        &[Step::AmendmentRequired],
    ),
    (Move::Withdraw, Stage::Drafted, &[Step::Drafting], Stage::Drafted, &[Step::Withdrawn]),
    (
        Move::Withdraw,
        Stage::LegalityReview,
        &[
            Step::AwaitingIntake,
            Step::SupplementRequested,
            Step::OutOfScope,
            Step::UnderReview,
            Step::AmendmentRequired,
            Step::Unlawful,
            Step::Cleared,
            Step::Finalising,
            Step::Deferred,
            Step::Rejected,
        ],
        Stage::LegalityReview,
        &[Step::Withdrawn],
    ),
    (Move::PlaceOnAgenda, Stage::LegalityReview, &[Step::Cleared, Step::Deferred], Stage::LegalityReview, &[Step::OnAgenda]),
    (Move::TakeOffAgenda, Stage::LegalityReview, &[Step::OnAgenda], Stage::LegalityReview, &[Step::Cleared]),
    (Move::Decide, Stage::LegalityReview, &[Step::OnAgenda], Stage::LegalityReview, DECIDED),
    (Move::CorrectDecision, Stage::LegalityReview, DECIDED, Stage::LegalityReview, DECIDED),
    (Move::Confirm, Stage::LegalityReview, &[Step::Finalising], Stage::LegalityReview, &[Step::Approved]),
    (Move::Issue, Stage::LegalityReview, &[Step::Approved], Stage::LegalityReview, &[Step::Signed]),
    (Move::VoidIssuance, Stage::LegalityReview, &[Step::Signed], Stage::LegalityReview, &[Step::Approved]),
    (Move::Publish, Stage::LegalityReview, &[Step::Signed], Stage::LegalityReview, &[Step::Published]),
    (Move::File, Stage::LegalityReview, &[Step::Published], Stage::Filed, &[Step::AwaitingRegistration]),
    (
        Move::File,
        Stage::Filed,
        &[Step::FilingRefused, Step::UnderFilingReview, Step::Rectifying, Step::FilingReviewed],
        Stage::Filed,
        &[Step::AwaitingRegistration],
    ),
    (Move::AdvanceFiling, Stage::Filed, FILED, Stage::Filed, FILED),
    (Move::CleanUp, Stage::Filed, FILED, Stage::CleanedUp, CLEANED_UP),
    (Move::CleanUp, Stage::CleanedUp, &[Step::Continued, Step::AmendmentOrdered], Stage::CleanedUp, CLEANED_UP),
];

const DECIDED: &[Step] = &[Step::Approved, Step::Finalising, Step::AmendmentRequired, Step::Deferred, Step::Rejected];
const FILED: &[Step] = &[
    Step::AwaitingRegistration,
    Step::RegistrationSuspended,
    Step::FilingRefused,
    Step::UnderFilingReview,
    Step::Rectifying,
    Step::FilingReviewed,
];
const CLEANED_UP: &[Step] = &[Step::Continued, Step::AmendmentOrdered, Step::Repealed, Step::DeclaredLapsed];

/// Every allowed transition. A step never moves to itself, except that a clean-up judges a retained document anew.
#[must_use]
pub fn transitions() -> Vec<Transition> {
    let mut all = Vec::new();
    for &(by, from_stage, froms, to_stage, tos) in MOVES {
        for &from in froms {
            for &to in tos {
                if from != to || by == Move::CleanUp {
                    all.push(Transition { from_stage, from, by, to_stage, to });
                }
            }
        }
    }
    all
}

/// Whether a move may take a document from one step to another.
#[must_use]
pub fn allows(from: (Stage, Step), by: Move, to: (Stage, Step)) -> bool {
    transitions().contains(&Transition { from_stage: from.0, from: from.1, by, to_stage: to.0, to: to.1 })
}

#[cfg(test)]
mod tests {
    use super::{Move, STEPS, Stage, Step, transitions};

    #[test]
    fn of_sixteen_stage_pairs_only_staying_and_the_next_are_allowed() {
        let rank = |stage: Stage| Stage::ALL.iter().position(|&each| each == stage).expect("listed");
        for &from in Stage::ALL {
            for &to in Stage::ALL {
                let found = transitions().iter().any(|way| way.from_stage == from && way.to_stage == to);
                let expected = from == to || rank(to) == rank(from) + 1;
                assert_eq!(found, expected, "{from} to {to}");
            }
        }
    }

    #[test]
    fn final_steps_have_no_way_on() {
        for last in [Step::Withdrawn, Step::Repealed, Step::DeclaredLapsed] {
            assert!(transitions().iter().all(|way| way.from != last), "{last}");
        }
    }

    #[test]
    fn the_agenda_is_reached_only_from_cleared_and_deferred() {
        let ways: Vec<_> = transitions().into_iter().filter(|way| way.to == Step::OnAgenda).collect();
        assert_eq!(ways.iter().map(|way| way.from).collect::<Vec<_>>(), [Step::Cleared, Step::Deferred]);
        assert!(ways.iter().all(|way| way.by == Move::PlaceOnAgenda));
    }

    #[test]
    fn a_decision_comes_only_from_the_agenda_and_signing_only_from_approved() {
        assert!(transitions().iter().filter(|way| way.by == Move::Decide).all(|way| way.from == Step::OnAgenda));
        assert!(transitions().iter().filter(|way| way.to == Step::Signed).all(|way| way.from == Step::Approved));
    }

    #[test]
    fn every_step_of_a_transition_belongs_to_its_stage() {
        let belongs = |stage: Stage, step: Step| STEPS.iter().any(|(each, steps)| *each == stage && steps.contains(&step));
        for way in transitions() {
            assert!(belongs(way.from_stage, way.from) && belongs(way.to_stage, way.to), "{way:?}");
        }
    }
}
