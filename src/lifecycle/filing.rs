//! One filing (备案): its statuses and the ways between them, its clock, what a form check and a review lead to, and which
//! step a document's filings give it. No clock, no permission, no SQL.

use chrono::NaiveDate;

use crate::base::text_enum::text_enum;
use crate::base::workdays::{Calendar, Due};
use crate::documents::wire::FilingStatus;
use crate::lifecycle::effect::EndedEffect;
use crate::lifecycle::profile::{FilingClockStart, RuleProfile};
use crate::lifecycle::step::Step;

text_enum! {
    /// What moves a filing.
    pub enum FilingMove {
        /// The first row of every chain.
        File = "file",
        /// The receiver's form check.
        Intake = "intake",
        /// The issuer's supplement.
        Supplement = "supplement",
        /// The receiver's review.
        Review = "review",
        /// The issuer's rectification report.
        Rectify = "rectify",
    }
}

text_enum! {
    /// What people do to one filing, under the names of the API's calls.
    pub enum FilingAct {
        /// The receiver's form check.
        Intake = "intake",
        /// The issuer's supplement.
        Supplement = "supplement",
        /// The receiver's review.
        Review = "review",
        /// The issuer's rectification report.
        Rectification = "rectification",
    }
}

text_enum! {
    /// The three results of the form check (domain 4.4: N13 art. 9 `[F]`).
    pub enum FilingIntakeResult {
        /// 予以登记.
        Registered = "registered",
        /// 暂缓登记.
        Suspended = "suspended",
        /// 不予备案.
        Refused = "refused",
    }
}

text_enum! {
    /// The results of a filing review (domain 4.5).
    pub enum FilingReviewResult {
        /// 审查通过 (SC16 `[F]`).
        Passed = "passed",
        /// Defects of drafting technique, advice only (N13 art. 20 `[F]`).
        TechnicalAdvice = "technical_advice",
        /// 自行纠正 (SC16 `[F]`).
        SelfCorrection = "self_correction",
        /// 责令改正 (O-P5 art. 59 `[X]`).
        OrderedCorrection = "ordered_correction",
        /// 撤销 (SC16 `[F]`).
        Revoked = "revoked",
    }
}

text_enum! {
    /// What a filing review found wrong (SC16 `[F]`); several may hold at once.
    pub enum ProblemType {
        /// The issuer was not competent.
        Issuer = "issuer",
        /// The procedure was not kept.
        Procedure = "procedure",
        /// The content is unlawful.
        Content = "content",
        /// The drafting technique is defective.
        Technique = "technique",
        /// Anything else.
        Other = "other",
    }
}

text_enum! {
    /// What the issuer says it did.
    pub enum RectificationAction {
        /// It amended; the text changes only by a replacement document with its own gate.
        Amended = "amended",
        /// It repealed; the effect ends when a review of the report passes.
        Repealed = "repealed",
    }
}

/// Every way from one status to another. A new order after a missed day leads from `rectifying` to itself.
pub const TRANSITIONS: &[(FilingStatus, FilingMove, FilingStatus)] = &[
    (FilingStatus::AwaitingRegistration, FilingMove::Intake, FilingStatus::UnderFilingReview),
    (FilingStatus::AwaitingRegistration, FilingMove::Intake, FilingStatus::RegistrationSuspended),
    (FilingStatus::AwaitingRegistration, FilingMove::Intake, FilingStatus::FilingRefused),
    (FilingStatus::RegistrationSuspended, FilingMove::Supplement, FilingStatus::AwaitingRegistration),
    (FilingStatus::UnderFilingReview, FilingMove::Review, FilingStatus::FilingReviewed),
    (FilingStatus::UnderFilingReview, FilingMove::Review, FilingStatus::Rectifying),
    (FilingStatus::Rectifying, FilingMove::Rectify, FilingStatus::RectificationReported),
    (FilingStatus::Rectifying, FilingMove::Review, FilingStatus::FilingReviewed),
    (FilingStatus::Rectifying, FilingMove::Review, FilingStatus::Rectifying),
    (FilingStatus::RectificationReported, FilingMove::Review, FilingStatus::FilingReviewed),
    (FilingStatus::RectificationReported, FilingMove::Review, FilingStatus::Rectifying),
];

/// Whether a move may take a filing from one status to another.
#[must_use]
pub fn allows(from: FilingStatus, by: FilingMove, to: FilingStatus) -> bool {
    TRANSITIONS.contains(&(from, by, to))
}

impl FilingAct {
    /// Whether this act is possible at a status. `day_missed` says whether the day of the rectification asked for is over:
    /// then the receiver may act again without a report.
    #[must_use]
    pub const fn is_possible_at(self, status: FilingStatus, day_missed: bool) -> bool {
        match self {
            Self::Intake => matches!(status, FilingStatus::AwaitingRegistration),
            Self::Supplement => matches!(status, FilingStatus::RegistrationSuspended),
            Self::Review => match status {
                FilingStatus::UnderFilingReview | FilingStatus::RectificationReported => true,
                FilingStatus::Rectifying => day_missed,
                FilingStatus::AwaitingRegistration
                | FilingStatus::RegistrationSuspended
                | FilingStatus::FilingRefused
                | FilingStatus::FilingReviewed => false,
            },
            Self::Rectification => matches!(status, FilingStatus::Rectifying),
        }
    }

    /// The acts that are possible at a status, in the order of the procedure.
    #[must_use]
    pub fn possible_at(status: FilingStatus, day_missed: bool) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|act| act.is_possible_at(status, day_missed)).collect()
    }
}

impl FilingIntakeResult {
    /// The status that a form check with this result leads to.
    #[must_use]
    pub const fn leads_to(self) -> FilingStatus {
        match self {
            Self::Registered => FilingStatus::UnderFilingReview,
            Self::Suspended => FilingStatus::RegistrationSuspended,
            Self::Refused => FilingStatus::FilingRefused,
        }
    }

    /// Whether the receiver must say why.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Suspended | Self::Refused)
    }
}

impl FilingReviewResult {
    /// Whether only a supervising government or a standing committee may give it.
    #[must_use]
    pub const fn needs_power_to_order(self) -> bool {
        matches!(self, Self::OrderedCorrection | Self::Revoked)
    }

    /// Whether the issuer is to correct something by a day.
    #[must_use]
    pub const fn asks_for_correction(self) -> bool {
        matches!(self, Self::SelfCorrection | Self::OrderedCorrection)
    }

    /// The status that this result leads to from another; `None` where it cannot be given there.
    ///
    /// While the issuer rectifies, silence moves nothing: only once its day is missed (`day_missed`) may the receiver
    /// revoke or order anew without a report.
    #[must_use]
    pub fn leads_to(self, from: FilingStatus, day_missed: bool) -> Option<FilingStatus> {
        let without_report = from == FilingStatus::Rectifying;
        if !FilingAct::Review.is_possible_at(from, day_missed) || (without_report && !self.answers_silence()) {
            return None;
        }
        let to = if self.asks_for_correction() { FilingStatus::Rectifying } else { FilingStatus::FilingReviewed };
        allows(from, FilingMove::Review, to).then_some(to)
    }

    const fn answers_silence(self) -> bool {
        matches!(self, Self::SelfCorrection | Self::OrderedCorrection | Self::Revoked)
    }

    /// How this result ends the document's effect, on its own day, if it does: a revocation always, a pass where it
    /// reviews the report that the document was repealed (`reported`).
    #[must_use]
    pub const fn ends_effect(self, reported: Option<RectificationAction>) -> Option<EndedEffect> {
        match (self, reported) {
            (Self::Revoked, _) => Some(EndedEffect::Revoked),
            (Self::Passed, Some(RectificationAction::Repealed)) => Some(EndedEffect::Repealed),
            (Self::Passed, Some(RectificationAction::Amended) | None)
            | (Self::TechnicalAdvice | Self::SelfCorrection | Self::OrderedCorrection, _) => None,
        }
    }
}

/// The last day for filing a published document (domain 4.2), under the profile of its issuer.
/// The day on which the clock starts is not counted.
#[must_use]
pub fn filing_due(profile: &RuleProfile, calendar: &Calendar, publication_date: NaiveDate, signed_on: NaiveDate) -> Due {
    let start = match profile.filing_clock_start() {
        FilingClockStart::PublicationDate => publication_date,
        FilingClockStart::SignedOn => signed_on,
    };
    calendar.due_after(start, profile.filing_period(), profile.roll_over())
}

/// What is wrong with the day that a reviewer names for a rectification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrectionDayFault {
    /// The result asks for no correction.
    NothingToCorrect,
    /// The day does not lie after the review.
    NotAfterTheReview,
}

/// The last day of the rectification that a result asks for: the one named, else that of the profile; `None` where nothing is to be
/// corrected. A named day is firm, whatever the calendar knows of it.
///
/// # Errors
/// What is wrong with the named day.
pub fn correction_due(
    result: FilingReviewResult,
    named: Option<NaiveDate>,
    reviewed_on: NaiveDate,
    profile: &RuleProfile,
    calendar: &Calendar,
) -> Result<Option<Due>, CorrectionDayFault> {
    match (result.asks_for_correction(), named) {
        (false, None) => Ok(None),
        (false, Some(_)) => Err(CorrectionDayFault::NothingToCorrect),
        (true, Some(day)) if day <= reviewed_on => Err(CorrectionDayFault::NotAfterTheReview),
        (true, Some(day)) => Ok(Some(Due::firm(day))),
        (true, None) => Ok(Some(calendar.due_after(reviewed_on, profile.rectification_days(), profile.roll_over()))),
    }
}

/// How far a status is from the filing's end; the greatest distance gives the document its step.
/// A refused filing is at its end, but yields to a reviewed one, which went further.
const fn distance(status: FilingStatus) -> u8 {
    match status {
        FilingStatus::RegistrationSuspended => 5,
        FilingStatus::AwaitingRegistration => 4,
        FilingStatus::UnderFilingReview => 3,
        FilingStatus::Rectifying => 2,
        FilingStatus::RectificationReported => 2,
        FilingStatus::FilingReviewed => 1,
        FilingStatus::FilingRefused => 0,
    }
}

/// The step that a document's filings give it; `None` where there is no filing.
#[must_use]
pub fn step_of(statuses: &[FilingStatus]) -> Option<Step> {
    let furthest = statuses.iter().copied().max_by_key(|status| distance(*status))?;
    Some(match furthest {
        FilingStatus::AwaitingRegistration => Step::AwaitingRegistration,
        FilingStatus::RegistrationSuspended => Step::RegistrationSuspended,
        FilingStatus::FilingRefused => Step::FilingRefused,
        FilingStatus::UnderFilingReview => Step::UnderFilingReview,
        FilingStatus::Rectifying | FilingStatus::RectificationReported => Step::Rectifying,
        FilingStatus::FilingReviewed => Step::FilingReviewed,
    })
}

#[cfg(test)]
mod tests {
    use super::{
        CorrectionDayFault, FilingAct, FilingIntakeResult, FilingMove, FilingReviewResult, RectificationAction, TRANSITIONS, allows,
        correction_due, filing_due, step_of,
    };
    use crate::base::workdays::{Calendar, parse_day};
    use crate::documents::wire::FilingStatus;
    use crate::lifecycle::effect::EndedEffect;
    use crate::lifecycle::profile::{RuleProfile, built_in, profile_for};
    use crate::lifecycle::step::Step;

    fn day(text: &str) -> chrono::NaiveDate {
        parse_day(text).expect("the test writes a real day")
    }

    fn sichuan() -> RuleProfile {
        profile_for(&built_in(), "sichuan", day("2026-03-03")).expect("a profile of Sichuan").clone()
    }

    #[test]
    fn refused_and_reviewed_filings_have_no_way_on() {
        assert!(TRANSITIONS.iter().all(|(from, _, _)| !matches!(from, FilingStatus::FilingRefused | FilingStatus::FilingReviewed)));
    }

    #[test]
    fn the_furthest_filing_gives_the_step() {
        assert_eq!(step_of(&[]), None);
        assert_eq!(step_of(&[FilingStatus::FilingReviewed, FilingStatus::AwaitingRegistration]), Some(Step::AwaitingRegistration));
        assert_eq!(step_of(&[FilingStatus::FilingReviewed, FilingStatus::RectificationReported]), Some(Step::Rectifying));
        assert_eq!(step_of(&[FilingStatus::FilingRefused, FilingStatus::FilingReviewed]), Some(Step::FilingReviewed));
        assert_eq!(step_of(&[FilingStatus::FilingRefused]), Some(Step::FilingRefused));
    }

    #[test]
    fn an_act_is_possible_exactly_where_it_leads_somewhere() {
        for &status in FilingStatus::ALL {
            for missed in [false, true] {
                let intake = FilingIntakeResult::ALL.iter().all(|result| allows(status, FilingMove::Intake, result.leads_to()));
                assert_eq!(FilingAct::Intake.is_possible_at(status, missed), intake, "{status}");
                let review = FilingReviewResult::ALL.iter().any(|result| result.leads_to(status, missed).is_some());
                assert_eq!(FilingAct::Review.is_possible_at(status, missed), review, "{status}");
                let leads = |by| FilingStatus::ALL.iter().any(|&to| allows(status, by, to));
                assert_eq!(FilingAct::Supplement.is_possible_at(status, missed), leads(FilingMove::Supplement), "{status}");
                assert_eq!(FilingAct::Rectification.is_possible_at(status, missed), leads(FilingMove::Rectify), "{status}");
            }
        }
    }

    #[test]
    fn silence_is_answered_only_after_the_day_and_never_with_a_pass() {
        for &result in FilingReviewResult::ALL {
            assert_eq!(result.leads_to(FilingStatus::Rectifying, false), None, "{result}");
            let answers = !matches!(result, FilingReviewResult::Passed | FilingReviewResult::TechnicalAdvice);
            assert_eq!(result.leads_to(FilingStatus::Rectifying, true).is_some(), answers, "{result}");
            assert!(result.leads_to(FilingStatus::RectificationReported, false).is_some(), "{result}");
        }
    }

    #[test]
    fn only_a_revocation_or_the_pass_of_a_reported_repeal_ends_the_effect() {
        let reports = [None, Some(RectificationAction::Amended), Some(RectificationAction::Repealed)];
        for &result in FilingReviewResult::ALL {
            for reported in reports {
                let expected = match (result, reported) {
                    (FilingReviewResult::Revoked, _) => Some(EndedEffect::Revoked),
                    (FilingReviewResult::Passed, Some(RectificationAction::Repealed)) => Some(EndedEffect::Repealed),
                    (_, _) => None,
                };
                assert_eq!(result.ends_effect(reported), expected, "{result} {reported:?}");
            }
        }
    }

    #[test]
    fn the_last_day_for_filing_rolls_over_rest_days_and_is_open_beyond_the_calendar() {
        let (profile, calendar) = (sichuan(), Calendar::built_in());
        let due = |published| filing_due(&profile, &calendar, day(published), day("2020-01-01"));
        // The worked example of domain 8.1: fifteen days end in the National Day holidays.
        assert_eq!((due("2020-09-16").due_on, due("2020-09-16").is_provisional()), (day("2020-10-09"), false));
        assert_eq!((due("2026-12-20").due_on, due("2026-12-20").is_provisional()), (day("2027-01-04"), true));
        assert_eq!(due("2026-12-20").late(day("2027-01-05")), None);
        assert_eq!(due("2020-09-16").late(day("2020-10-10")), Some(true));
    }

    #[test]
    fn a_named_day_is_firm_and_lies_after_the_review() {
        let (profile, calendar, today) = (sichuan(), Calendar::built_in(), day("2026-12-10"));
        let due = |result, named: Option<&str>| correction_due(result, named.map(day), today, &profile, &calendar);
        let named = due(FilingReviewResult::OrderedCorrection, Some("2027-02-01")).expect("accepted").expect("a day");
        assert_eq!((named.due_on, named.is_provisional()), (day("2027-02-01"), false));
        let computed = due(FilingReviewResult::SelfCorrection, None).expect("accepted").expect("a day");
        assert_eq!((computed.due_on, computed.is_provisional()), (day("2027-01-11"), true));
        assert_eq!(due(FilingReviewResult::SelfCorrection, Some("2026-12-10")), Err(CorrectionDayFault::NotAfterTheReview));
        assert_eq!(due(FilingReviewResult::Passed, Some("2027-02-01")), Err(CorrectionDayFault::NothingToCorrect));
        assert_eq!(due(FilingReviewResult::Revoked, None), Ok(None));
    }
}
