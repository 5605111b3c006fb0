//! Clean-up (清理): what a result means for step and effect, what a proposal needs, and why a document is a candidate.
//! No clock, no permission, no SQL.

use chrono::NaiveDate;

use crate::base::text_enum::text_enum;
use crate::lifecycle::effect::EndedEffect;
use crate::lifecycle::step::{Stage, Step};

text_enum! {
    /// What sets a round off (domain 5.1).
    pub enum CleanupTrigger {
        /// The regular interval.
        Periodic = "periodic",
        /// A superior's campaign (专项清理; SC14 `[F]`).
        Special = "special",
        /// A superior law was made, amended or repealed (N14 art. 37 `[F]`).
        SuperiorLaw = "superior_law",
        /// Validities end.
        Expiry = "expiry",
    }
}

text_enum! {
    /// What happens to documents in scope that the published catalogue does not list (domain 5.4: SC14 item 5 `[F]`).
    pub enum UnlistedResult {
        /// Nothing.
        None = "none",
        /// They are repealed.
        Repeal = "repeal",
        /// They are declared lapsed.
        Lapse = "lapse",
    }
}

text_enum! {
    /// The results of a clean-up (domain 5.2: SC14 `[F]`).
    pub enum CleanupResult {
        /// 继续有效.
        Continued = "continued",
        /// 修改, by a day.
        AmendmentOrdered = "amendment_ordered",
        /// 废止.
        Repealed = "repealed",
        /// 宣布失效.
        DeclaredLapsed = "declared_lapsed",
    }
}

text_enum! {
    /// Why a document is a candidate of a round.
    pub enum CandidateReason {
        /// Published by the cut-off date and not ended, in a periodic or special round.
        InScope = "in_scope",
        /// Its validity has ended, or ends within the profile's time for evaluation.
        ValidityEnds = "validity_ends",
        /// A published document replaces it.
        Replaced = "replaced",
        /// Published, but filed to nobody.
        IssuedNotFiled = "issued_not_filed",
        /// The last review of a filing asked for a correction or revoked it.
        AdverseFilingResult = "adverse_filing_result",
        /// An earlier round ordered an amendment by a day that is over.
        AmendmentMissed = "amendment_missed",
    }
}

text_enum! {
    /// Why a published round passed over a document that it had a proposal for.
    pub enum LeftOut {
        /// Another round repealed it or declared it lapsed meanwhile.
        BecameFinal = "became_final",
        /// It is not published.
        NotPublished = "not_published",
        /// It is not of the round's body.
        NotOfThisBody = "not_of_this_body",
    }
}

impl CleanupTrigger {
    /// Whether the round looks at every document of the body, not only at those with reasons of their own.
    #[must_use]
    pub const fn looks_at_all(self) -> bool {
        matches!(self, Self::Periodic | Self::Special)
    }
}

impl UnlistedResult {
    /// The result for a document in scope that nobody listed.
    #[must_use]
    pub const fn result(self) -> Option<CleanupResult> {
        match self {
            Self::None => None,
            Self::Repeal => Some(CleanupResult::Repealed),
            Self::Lapse => Some(CleanupResult::DeclaredLapsed),
        }
    }
}

impl CleanupResult {
    /// Whether no later round can judge the document again.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Repealed | Self::DeclaredLapsed)
    }

    /// Stage and step of a document with this published result.
    #[must_use]
    pub const fn place(self) -> (Stage, Step) {
        let step = match self {
            Self::Continued => Step::Continued,
            Self::AmendmentOrdered => Step::AmendmentOrdered,
            Self::Repealed => Step::Repealed,
            Self::DeclaredLapsed => Step::DeclaredLapsed,
        };
        (Stage::CleanedUp, step)
    }

    /// How it ends the effect from the day of publication on, if it does (铜川 `[F]`, 花垣 `[F]`: from the notice's date).
    #[must_use]
    pub const fn ends_effect(self) -> Option<EndedEffect> {
        match self {
            Self::Repealed => Some(EndedEffect::Repealed),
            Self::DeclaredLapsed => Some(EndedEffect::Lapsed),
            Self::Continued | Self::AmendmentOrdered => None,
        }
    }
}

/// Whether a document is final: by its step, or, where it was never filed, by the last published result.
#[must_use]
pub const fn is_final(step: Step, last_result: Option<CleanupResult>) -> bool {
    matches!(step, Step::Repealed | Step::DeclaredLapsed) || matches!(last_result, Some(result) if result.is_final())
}

/// The first day without effect where an amendment is not made by its day and the round says that the document then lapses
/// (铜川 `[F]`: amended by 31 December, else lapsed from 1 January).
#[must_use]
pub fn lapses_on(amend_due: NaiveDate) -> NaiveDate {
    amend_due.succ_opt().unwrap_or(amend_due)
}

/// What is wrong with a proposal's own values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalFault {
    /// An amendment needs its day.
    AmendmentWithoutDay,
    /// Only an amendment has a day.
    DayWithoutAmendment,
    /// The day does not lie after today.
    DayNotAfterToday,
    /// What continues is not replaced.
    ContinuedButReplaced,
}

/// Everything that is wrong with a proposal's own values, at once.
#[must_use]
pub fn proposal_faults(result: CleanupResult, amend_due: Option<NaiveDate>, is_replaced: bool, today: NaiveDate) -> Vec<ProposalFault> {
    let amends = result == CleanupResult::AmendmentOrdered;
    let day = match (amends, amend_due) {
        (true, None) => Some(ProposalFault::AmendmentWithoutDay),
        (false, Some(_)) => Some(ProposalFault::DayWithoutAmendment),
        (true, Some(day)) if day <= today => Some(ProposalFault::DayNotAfterToday),
        (true, Some(_)) | (false, None) => None,
    };
    let replaced = (is_replaced && result == CleanupResult::Continued).then_some(ProposalFault::ContinuedButReplaced);
    day.into_iter().chain(replaced).collect()
}

#[cfg(test)]
mod tests {
    use super::{CleanupResult, ProposalFault, UnlistedResult, is_final, lapses_on, proposal_faults};
    use crate::base::workdays::parse_day;
    use crate::lifecycle::step::{Move, Stage, Step, allows};

    fn day(text: &str) -> chrono::NaiveDate {
        parse_day(text).expect("the test writes a real day")
    }

    #[test]
    fn a_final_result_has_no_way_on_and_the_others_have_one_to_every_result() {
        for &from in CleanupResult::ALL {
            for &to in CleanupResult::ALL {
                assert_eq!(allows(from.place(), Move::CleanUp, to.place()), !from.is_final(), "{from} to {to}");
            }
            assert_eq!(is_final(from.place().1, None), from.is_final());
            assert_eq!(is_final(Step::Published, Some(from)), from.is_final());
            assert_eq!(from.ends_effect().is_some(), from.is_final());
            assert!(!allows((Stage::LegalityReview, Step::Published), Move::CleanUp, from.place()));
        }
        assert!(!is_final(Step::Published, None));
    }

    #[test]
    fn what_is_not_listed_is_never_continued_in_silence() {
        assert_eq!(UnlistedResult::None.result(), None);
        assert!(UnlistedResult::ALL.iter().filter_map(|each| each.result()).all(CleanupResult::is_final));
    }

    #[test]
    fn a_day_goes_with_an_amendment_and_lies_ahead() {
        let today = day("2026-03-03");
        let faults = |result, due: Option<&str>, replaced| proposal_faults(result, due.map(day), replaced, today);
        assert_eq!(faults(CleanupResult::AmendmentOrdered, None, false), [ProposalFault::AmendmentWithoutDay]);
        assert_eq!(faults(CleanupResult::AmendmentOrdered, Some("2026-03-03"), true), [ProposalFault::DayNotAfterToday]);
        assert_eq!(faults(CleanupResult::AmendmentOrdered, Some("2026-03-04"), false), []);
        assert_eq!(
            faults(CleanupResult::Continued, Some("2026-09-01"), true),
            [ProposalFault::DayWithoutAmendment, ProposalFault::ContinuedButReplaced]
        );
        assert_eq!(faults(CleanupResult::Repealed, None, true), []);
    }

    #[test]
    fn a_missed_amendment_lapses_the_day_after() {
        assert_eq!(lapses_on(day("2020-12-31")), day("2021-01-01"));
    }
}
