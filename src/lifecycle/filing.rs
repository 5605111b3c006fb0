//! The statuses of one filing, the ways between them, and which step they give the document. No clock, no permission.

use crate::base::text_enum::text_enum;
use crate::documents::wire::FilingStatus;
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
    use super::{TRANSITIONS, step_of};
    use crate::documents::wire::FilingStatus;
    use crate::lifecycle::step::Step;

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
}
