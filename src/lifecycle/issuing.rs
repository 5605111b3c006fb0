//! The dates of signing and publication: which order they must keep, the lead before effect, the longest validity.
//! Names every fault at once; it stores nothing and compares no text.

use chrono::{Datelike, NaiveDate};

use super::profile::{RuleProfile, TitleFlags, earliest_effective, latest_expiry};

/// No legal date lies beyond this year; forms and number registers have four digits.
pub const YEAR_MAX: i32 = 2999;
/// The first year that a date of the procedure can lie in.
pub const YEAR_MIN: i32 = 1949;

/// Whether a date can be one of the procedure at all.
#[must_use]
pub fn is_plausible(day: NaiveDate) -> bool {
    (YEAR_MIN..=YEAR_MAX).contains(&day.year())
}

/// What is wrong with the dates of a signing or a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateFault {
    /// Signed after today.
    SignedInFuture,
    /// Signed before the approval.
    SignedBeforeApproval {
        /// The day of the approval.
        approved_on: NaiveDate,
    },
    /// Published after today.
    PublishedInFuture,
    /// Published before the signature.
    PublishedBeforeSigning {
        /// The day of the signature.
        signed_on: NaiveDate,
    },
    /// Effective before publication.
    Retroactive,
    /// Effective beyond any plausible year.
    EffectOutOfRange,
    /// Effective sooner than the profile has it, and no reason given.
    LeadTooShort {
        /// The first day that needs no reason.
        earliest: NaiveDate,
    },
    /// Expires before it takes effect.
    ExpiryBeforeEffect,
    /// Valid longer than the profile has it.
    ValidityTooLong {
        /// The last day of the longest validity.
        latest: NaiveDate,
    },
}

/// Checks the day of a signature against the approval that it follows: the meeting's day, or that of the confirmation.
#[must_use]
pub fn signing_faults(signed_on: NaiveDate, approved_on: NaiveDate, today: NaiveDate) -> Vec<DateFault> {
    let mut faults = Vec::new();
    if signed_on > today {
        faults.push(DateFault::SignedInFuture);
    }
    if signed_on < approved_on {
        faults.push(DateFault::SignedBeforeApproval { approved_on });
    }
    faults
}

/// The dates that a publication names.
#[derive(Clone, Copy, Debug)]
pub struct PublicationDates {
    /// 公布日期.
    pub publication_date: NaiveDate,
    /// 施行日期.
    pub effective_date: NaiveDate,
    /// Last day of validity; the longest one where left out.
    pub expiry_date: Option<NaiveDate>,
    /// Whether a reason was given for a short lead.
    pub has_short_lead_reason: bool,
}

/// Checks the dates of a publication and gives the last day of validity.
///
/// # Errors
/// Every fault at once.
pub fn publication(
    dates: &PublicationDates,
    signed_on: NaiveDate,
    today: NaiveDate,
    title: TitleFlags,
    profile: &RuleProfile,
) -> Result<NaiveDate, Vec<DateFault>> {
    let mut faults = Vec::new();
    if dates.publication_date > today {
        faults.push(DateFault::PublishedInFuture);
    }
    if dates.publication_date < signed_on {
        faults.push(DateFault::PublishedBeforeSigning { signed_on });
    }
    let earliest = earliest_effective(dates.publication_date, profile);
    let latest = latest_expiry(dates.publication_date, dates.effective_date, title, profile);
    let expiry_date = dates.expiry_date.unwrap_or(latest);
    if dates.effective_date < dates.publication_date {
        faults.push(DateFault::Retroactive);
    } else if !is_plausible(dates.effective_date) || !is_plausible(latest) {
        faults.push(DateFault::EffectOutOfRange);
    } else if dates.effective_date < earliest && !dates.has_short_lead_reason {
        faults.push(DateFault::LeadTooShort { earliest });
    }
    if expiry_date < dates.effective_date {
        faults.push(DateFault::ExpiryBeforeEffect);
    }
    if expiry_date > latest {
        faults.push(DateFault::ValidityTooLong { latest });
    }
    if faults.is_empty() { Ok(expiry_date) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::{DateFault, PublicationDates, publication, signing_faults};
    use crate::base::workdays::parse_day;
    use crate::lifecycle::profile::{RuleProfile, TitleFlags, built_in, profile_for};
    use chrono::NaiveDate;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).expect("the test writes a real day")
    }

    fn profile() -> RuleProfile {
        profile_for(&built_in(), "sichuan", day("2026-01-01")).expect("there is one for 2026").clone()
    }

    fn published(publication_date: &str, effective_date: &str, expiry_date: Option<&str>) -> Result<NaiveDate, Vec<DateFault>> {
        let dates = PublicationDates {
            publication_date: day(publication_date),
            effective_date: day(effective_date),
            expiry_date: expiry_date.map(day),
            has_short_lead_reason: false,
        };
        publication(&dates, day("2026-03-10"), day("2026-03-20"), TitleFlags::default(), &profile())
    }

    #[test]
    fn a_signature_lies_between_the_approval_and_today() {
        let faults = |signed: &str| signing_faults(day(signed), day("2026-03-10"), day("2026-03-20"));
        assert_eq!(faults("2026-03-10"), []);
        assert_eq!(faults("2026-03-20"), []);
        assert_eq!(faults("2026-03-21"), [DateFault::SignedInFuture]);
        assert_eq!(faults("2026-03-09"), [DateFault::SignedBeforeApproval { approved_on: day("2026-03-10") }]);
    }

    #[test]
    fn validity_ends_on_the_day_before_the_anniversary_unless_an_earlier_day_is_named() {
        assert_eq!(published("2026-03-15", "2026-04-14", None), Ok(day("2031-04-13")));
        assert_eq!(published("2026-03-15", "2026-04-14", Some("2031-04-13")), Ok(day("2031-04-13")));
        assert_eq!(published("2026-03-15", "2026-04-14", Some("2026-04-14")), Ok(day("2026-04-14")));
        let one_more = published("2026-03-15", "2026-04-14", Some("2031-04-14"));
        assert_eq!(one_more, Err(vec![DateFault::ValidityTooLong { latest: day("2031-04-13") }]));
    }

    #[test]
    fn thirty_days_lie_between_publication_and_effect_unless_there_is_a_reason() {
        let short = published("2026-03-15", "2026-04-13", None);
        assert_eq!(short, Err(vec![DateFault::LeadTooShort { earliest: day("2026-04-14") }]));
        let dates = PublicationDates {
            publication_date: day("2026-03-15"),
            effective_date: day("2026-03-15"),
            expiry_date: None,
            has_short_lead_reason: true,
        };
        assert!(publication(&dates, day("2026-03-10"), day("2026-03-20"), TitleFlags::default(), &profile()).is_ok());
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let faults = published("2026-03-25", "2026-03-24", Some("2026-03-01"));
        assert_eq!(faults, Err(vec![DateFault::PublishedInFuture, DateFault::Retroactive, DateFault::ExpiryBeforeEffect]));
        let early = published("2026-03-09", "9999-12-31", None);
        assert_eq!(early, Err(vec![DateFault::PublishedBeforeSigning { signed_on: day("2026-03-10") }, DateFault::EffectOutOfRange]));
    }

    proptest! {
        #[test]
        fn what_is_accepted_keeps_the_order_of_its_days(publication_in in -30i64..30, effect_in in -30i64..4000, expiry_in in 0i64..4000, reason: bool) {
            let (signed_on, today) = (day("2026-03-10"), day("2026-03-20"));
            let after = |days: i64| signed_on + chrono::Duration::days(days);
            let dates = PublicationDates { publication_date: after(publication_in), effective_date: after(effect_in),
                expiry_date: Some(after(expiry_in)), has_short_lead_reason: reason };
            if let Ok(expiry) = publication(&dates, signed_on, today, TitleFlags::default(), &profile()) {
                prop_assert!(signed_on <= dates.publication_date && dates.publication_date <= today);
                prop_assert!(dates.publication_date <= dates.effective_date && dates.effective_date <= expiry);
            }
        }
    }
}
