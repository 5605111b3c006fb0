//! Chooses the profile for a jurisdiction and a day, and finds profiles that would both hold. Knows no keys.

use std::fmt;

use chrono::NaiveDate;

use super::keys::RuleProfile;

/// The profile that holds for a jurisdiction on a day; of several (which [`check_no_overlap`] refuses) the one that
/// began last.
#[must_use]
pub fn profile_for<'a>(profiles: &'a [RuleProfile], jurisdiction: &str, day: NaiveDate) -> Option<&'a RuleProfile> {
    profiles
        .iter()
        .filter(|profile| profile.jurisdiction() == jurisdiction && profile.covers(day))
        .max_by_key(|profile| profile.first_day())
}

/// Two profiles of one jurisdiction that both hold on some day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// The jurisdiction.
    pub jurisdiction: String,
    /// The names of the two, the one that begins first before the other.
    pub names: [String; 2],
    /// The first day on which both hold.
    pub from: NaiveDate,
    /// The last such day; `None` if there is no end.
    pub to: Option<NaiveDate>,
}

impl Overlap {
    /// The overlap in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        let [first, second] = &self.names;
        let to = self.to.map_or_else(|| "以后".to_owned(), |to| format!("至{to}"));
        format!("{}：“{first}”与“{second}”自{}{to}重叠", self.jurisdiction, self.from)
    }
}

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = &self.names;
        write!(f, "{}: “{first}” and “{second}” both hold from {}", self.jurisdiction, self.from)?;
        self.to.map_or(Ok(()), |to| write!(f, " to {to}"))
    }
}

/// Refuses profiles of which two of the same jurisdiction hold on the same day. Days without any profile are allowed.
///
/// # Errors
/// Every overlapping pair.
pub fn check_no_overlap(profiles: &[RuleProfile]) -> Result<(), Vec<Overlap>> {
    let mut overlaps = Vec::new();
    for (position, one) in profiles.iter().enumerate() {
        for other in profiles.iter().skip(position + 1) {
            overlaps.extend(overlap(one, other));
        }
    }
    if overlaps.is_empty() { Ok(()) } else { Err(overlaps) }
}

fn overlap(one: &RuleProfile, other: &RuleProfile) -> Option<Overlap> {
    if one.jurisdiction() != other.jurisdiction() {
        return None;
    }
    let (first, second) = if one.first_day() <= other.first_day() { (one, other) } else { (other, one) };
    let from = second.first_day();
    if !first.covers(from) {
        return None;
    }
    let to = match (first.last_day(), second.last_day()) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    Some(Overlap { jurisdiction: first.jurisdiction().to_owned(), names: [first.name().to_owned(), second.name().to_owned()], from, to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::workdays::parse_day;
    use crate::lifecycle::profile::{Mark, Sourced, built_in};

    fn day(text: &str) -> NaiveDate {
        parse_day(text).expect("the test writes a real day")
    }

    fn ending(profile: &RuleProfile, last_day: &str) -> RuleProfile {
        let last_day = Sourced { value: day(last_day), source: "测试".to_owned(), mark: Mark::Inference };
        profile.clone().with_last_day(last_day).expect("not before the first day")
    }

    #[test]
    fn the_profile_changes_on_its_first_day() {
        let profiles = built_in();
        let first_day = |on: &str| profile_for(&profiles, "sichuan", day(on)).map(|profile| profile.first_day().to_string());
        assert_eq!(first_day("2010-12-31"), None);
        for (on, expected) in [
            ("2011-01-01", "2011-01-01"),
            ("2020-06-22", "2011-01-01"),
            ("2022-02-28", "2011-01-01"),
            ("2022-03-01", "2022-03-01"),
            ("2024-07-31", "2022-03-01"),
            ("2024-08-01", "2024-08-01"),
            ("2035-01-01", "2024-08-01"),
        ] {
            assert_eq!(first_day(on).as_deref(), Some(expected), "{on}");
        }
    }

    #[test]
    fn another_jurisdiction_has_no_profile_of_sichuan() {
        assert_eq!(profile_for(&built_in(), "hunan", day("2026-01-01")), None);
        assert_eq!(profile_for(&[], "sichuan", day("2026-01-01")), None);
    }

    #[test]
    fn the_built_in_profiles_do_not_overlap() {
        assert_eq!(check_no_overlap(&built_in()), Ok(()));
    }

    #[test]
    fn one_common_day_is_an_overlap() {
        let profiles = built_in();
        let [first, second, third] = profiles.as_slice() else {
            panic!("three profiles");
        };
        let longer = ending(first, "2022-03-01");
        let overlaps = check_no_overlap(&[third.clone(), second.clone(), longer.clone()]).expect_err("both hold on 2022-03-01");
        let [overlap] = overlaps.as_slice() else {
            panic!("{overlaps:?}");
        };
        assert_eq!((overlap.from, overlap.to), (day("2022-03-01"), Some(day("2022-03-01"))));
        assert_eq!(overlap.names[0], longer.name());
        assert!(overlap.zh().contains("2022-03-01"));
    }

    #[test]
    fn two_profiles_without_end_overlap_without_end() {
        let profiles = built_in();
        let open: Vec<RuleProfile> =
            profiles.iter().filter(|profile| profile.last_day().is_none()).flat_map(|profile| [profile.clone(), profile.clone()]).collect();
        let overlaps = check_no_overlap(&open).expect_err("the same profile twice");
        assert_eq!(overlaps.first().and_then(|overlap| overlap.to), None);
    }
}
