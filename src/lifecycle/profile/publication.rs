//! What a profile says of a publication: the first day of effect, the longest validity, when to evaluate before expiry.
//! Compares nothing with what a person entered; the caller does.

use chrono::NaiveDate;

use super::keys::RuleProfile;
use super::title::TitleFlags;
use super::values::{LeadDayMode, ValidityFrom};
use crate::base::workdays::{add_days, last_day_of_validity, months_before};

/// The longest validity of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidityLimit {
    /// Years.
    pub years: u16,
    /// By which rule.
    pub rule: ValidityRule,
}

/// The rule that a longest validity follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidityRule {
    /// The rule for all documents (`validity_max_years`).
    Ordinary,
    /// 暂行 or 试行 in the title (`validity_interim_max_years`).
    InterimOrTrial,
    /// A 通告 (`announcement_validity_max_years`).
    Announcement,
}

/// The longest validity by what the title says: where two rules apply, the shorter one `[I]`. That implementing
/// documents may be exempt is found elsewhere only (O-HB art 32 `[X]`), so it lengthens nothing here `[I]`.
#[must_use]
pub fn validity_limit(flags: TitleFlags, profile: &RuleProfile) -> ValidityLimit {
    let ordinary = ValidityLimit { years: profile.validity_max_years(), rule: ValidityRule::Ordinary };
    let interim = (flags.interim || flags.trial)
        .then(|| ValidityLimit { years: profile.validity_interim_max_years(), rule: ValidityRule::InterimOrTrial });
    let announcement = profile
        .announcement_validity_max_years()
        .filter(|_| flags.announcement)
        .map(|years| ValidityLimit { years, rule: ValidityRule::Announcement });
    // Of equal lengths the special rule is named, so it comes first.
    [announcement, interim, Some(ordinary)].into_iter().flatten().min_by_key(|limit| limit.years).unwrap_or(ordinary)
}

/// The first day on which a document may take effect without a reason for the short lead. A rest day stays: taking
/// effect is no act that has to be done on a working day `[I]`.
#[must_use]
pub fn earliest_effective(publication_date: NaiveDate, profile: &RuleProfile) -> NaiveDate {
    let nth_day = add_days(publication_date, profile.min_lead_days());
    match profile.lead_day_mode() {
        LeadDayMode::NthDay => nth_day,
        LeadDayMode::DayAfterNthDay => add_days(nth_day, 1),
    }
}

/// The last day of the longest validity, which is also the day of expiry where nobody sets an earlier one.
#[must_use]
pub fn latest_expiry(publication_date: NaiveDate, effective_date: NaiveDate, flags: TitleFlags, profile: &RuleProfile) -> NaiveDate {
    let first_day = match profile.validity_from() {
        ValidityFrom::EffectiveDate => effective_date,
        ValidityFrom::PublicationDate => publication_date,
    };
    last_day_of_validity(first_day, validity_limit(flags, profile).years)
}

/// The day from which a document that expires on `expiry_date` is to be evaluated.
#[must_use]
pub fn pre_expiry_review_on(expiry_date: NaiveDate, profile: &RuleProfile) -> NaiveDate {
    months_before(expiry_date, profile.pre_expiry_review_months())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::workdays::parse_day;
    use crate::lifecycle::profile::{built_in, profile_for};
    use serde_json::{Value, json};

    fn day(text: &str) -> NaiveDate {
        parse_day(text).expect("the test writes a real day")
    }

    fn sichuan() -> RuleProfile {
        profile_for(&built_in(), "sichuan", day("2026-01-01")).expect("there is one for 2026").clone()
    }

    fn sichuan_with(key: &str, value: Value) -> RuleProfile {
        let mut stored = sichuan().to_json();
        stored[key]["value"] = value;
        RuleProfile::from_json(&stored).expect("the value is accepted")
    }

    #[test]
    fn an_interim_or_trial_document_is_valid_two_years_and_others_five() {
        let limit = |title| {
            let limit = validity_limit(TitleFlags::of(title), &sichuan());
            (limit.years, limit.rule)
        };
        assert_eq!(limit("管理办法"), (5, ValidityRule::Ordinary));
        assert_eq!(limit("管理暂行办法"), (2, ValidityRule::InterimOrTrial));
        assert_eq!(limit("管理办法（试行）"), (2, ValidityRule::InterimOrTrial));
        assert_eq!(limit("实施办法"), (5, ValidityRule::Ordinary));
        assert_eq!(limit("防火通告"), (5, ValidityRule::Ordinary));
    }

    #[test]
    fn the_shorter_of_two_rules_counts() {
        let shanghai_like = sichuan_with("announcement_validity_max_years", json!(1));
        let limit = |title| validity_limit(TitleFlags::of(title), &shanghai_like).rule;
        assert_eq!(limit("防火通告"), ValidityRule::Announcement);
        assert_eq!(limit("防火通告（试行）"), ValidityRule::Announcement);
        assert_eq!(limit("防火办法（试行）"), ValidityRule::InterimOrTrial);
        let equal = sichuan_with("announcement_validity_max_years", json!(5));
        let limit = validity_limit(TitleFlags::of("防火通告（试行）"), &equal);
        assert_eq!((limit.years, limit.rule), (2, ValidityRule::InterimOrTrial));
    }

    #[test]
    fn a_document_takes_effect_thirty_days_after_publication() {
        let published = day("2026-01-31");
        assert_eq!(earliest_effective(published, &sichuan()), day("2026-03-02"));
        let later = sichuan_with("lead_day_mode", json!("day_after_nth_day"));
        assert_eq!(earliest_effective(published, &later), day("2026-03-03"));
        let at_once = sichuan_with("min_lead_days", json!(0));
        assert_eq!(earliest_effective(published, &at_once), published);
    }

    #[test]
    fn the_longest_validity_ends_the_day_before_the_anniversary_of_its_first_day() {
        let (published, effective) = (day("2026-01-15"), day("2026-03-01"));
        let flags = TitleFlags::default();
        assert_eq!(latest_expiry(published, effective, flags, &sichuan()), day("2031-02-28"));
        let from_publication = sichuan_with("validity_from", json!("publication_date"));
        assert_eq!(latest_expiry(published, effective, flags, &from_publication), day("2031-01-14"));
    }

    #[test]
    fn a_document_is_evaluated_six_months_before_it_expires() {
        assert_eq!(pre_expiry_review_on(day("2031-02-28"), &sichuan()), day("2030-08-28"));
        assert_eq!(pre_expiry_review_on(day("2030-08-31"), &sichuan()), day("2030-02-28"));
    }
}
