//! The profiles of Sichuan that come with the program. What they say stands in the TOML files beside it, each value with its source.

use super::keys::RuleProfile;

const SICHUAN: [&str; 3] = [include_str!("sichuan-2011.toml"), include_str!("sichuan-2022-03.toml"), include_str!("sichuan-2024-08.toml")];

/// The profiles of Sichuan, earliest first: under 省政府令第188-1号 (to 2022-02-28), under 省政府令第351号, and that with
/// 公平竞争审查条例 in force (from 2024-08-01).
///
/// # Panics
/// Never: the files are part of the program and a test parses them.
#[must_use]
pub fn built_in() -> Vec<RuleProfile> {
    SICHUAN
        .into_iter()
        .map(|text| RuleProfile::parse(text).expect("the embedded profiles are parsed by the test `the_built_in_profiles_parse`"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::workdays::{Calendar, Due, parse_day};

    /// Each key as `key = value [mark]`.
    fn printed(profile: &RuleProfile) -> Vec<String> {
        profile.entries().map(|entry| format!("{} = {} [{}]", entry.key, entry.value, entry.mark)).collect()
    }

    fn differing(one: &RuleProfile, other: &RuleProfile) -> Vec<&'static str> {
        one.entries().zip(other.entries()).filter(|(one, other)| one.value != other.value).map(|(one, _)| one.key).collect()
    }

    #[test]
    fn the_built_in_profiles_parse() {
        assert_eq!(built_in().len(), 3);
    }

    #[test]
    fn each_profile_begins_the_day_after_the_one_before_it_ends() {
        let profiles = built_in();
        for pair in profiles.windows(2) {
            let [before, after] = pair else {
                panic!("windows of two");
            };
            assert_eq!(before.last_day(), after.first_day().pred_opt());
        }
        assert_eq!(profiles.last().and_then(RuleProfile::last_day), None);
    }

    #[test]
    fn only_the_fair_competition_review_was_added_since_2022() {
        let profiles = built_in();
        let [oldest, middle, newest] = profiles.as_slice() else {
            panic!("three profiles");
        };
        let fair_competition = ["materials_required_market", "fair_competition_required"];
        assert_eq!(differing(middle, newest), fair_competition);
        assert_eq!(differing(oldest, middle), [""; 0]);
    }

    #[test]
    fn the_filing_day_of_the_worked_example_comes_out_of_the_profile() {
        let published = parse_day("2020-09-16").expect("a day");
        let profiles = built_in();
        let profile = crate::lifecycle::profile::profile_for(&profiles, "sichuan", published).expect("there is one for 2020");
        let due = Calendar::built_in().due_after(published, profile.filing_period(), profile.roll_over());
        assert_eq!(due, Due::firm(parse_day("2020-10-09").expect("a day")));
    }

    #[test]
    fn the_values_of_today_are_these() {
        let profiles = built_in();
        let newest = profiles.last().expect("three profiles");
        insta::assert_snapshot!(printed(newest).join("\n"), @r#"
        legality_review_min_workdays = 5 [F]
        legality_review_max_workdays = 15 [F]
        decision_review_min_workdays = 7 [F]
        intake_workdays = 3 [I]
        clock_stops_on_supplement = true [O]
        supplement_days = 3 days [X]
        materials_required = drafting_explanation, legal_basis, comment_summary, unit_legality_opinion [X]
        materials_required_market = fair_competition_conclusion [F]
        counsel_opinion_required = false [X]
        second_confirmation_required = false [I]
        separate_administrators_required = false [I]
        public_comment_min_days = 30 [F]
        decision_public_comment_min_days = 30 [F]
        fair_competition_required = true [F]
        number_format = {prefix}〔{year}〕{serial}号 [X]
        register_no_format = {prefix}登〔{year}〕{serial}号 [I]
        filing_no_format = {prefix}备〔{year}〕{serial}号 [I]
        publication_days = 20 workdays [F]
        interpretation_days = 3 workdays [X]
        min_lead_days = 30 [M]
        lead_day_mode = nth_day [I]
        validity_max_years = 5 [M]
        validity_interim_max_years = 2 [M]
        announcement_validity_max_years = none [I]
        validity_from = effective_date [M]
        pre_expiry_review_months = 6 [F]
        filing_days = 15 [M]
        filing_day_type = calendar [M]
        filing_clock_start = publication_date [M]
        filing_copies = report 1, text 5, explanation 5, basis 1 [X]
        filing_intake_days = 5 workdays [I]
        filing_suspend_cure_days = 15 days [I]
        filing_review_days = 30 days [I]
        filing_review_extension_days = 20 days [I]
        rectification_days = 30 days [I]
        revoke_days_after_failure = 60 days [I]
        suggestion_reply_days = 30 days [I]
        catalogue_due = 01-31 [I]
        cleanup_interval_years = 2 [I]
        unlisted_effect = none [I]
        penalty_filing_days = 15 days [X]
        penalty_threshold_citizen = 5000 [X]
        penalty_threshold_org = 50000 [X]
        roll_over_last_day = true [I]
        local_rest_days = none [I]
        "#);
    }
}
