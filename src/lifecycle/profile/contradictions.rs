//! Values of a profile that are each accepted but cannot hold together. Reads nothing; looks at one profile only.

use super::keys::{Draft, Header};
use super::problem::{Accepted, Problem, ProfileProblem};
use super::sourced::Sourced;
use super::values::{MaterialKind, RuleValue as _};

/// A last day before the first.
pub(super) fn days_out_of_order(header: &Header) -> Option<ProfileProblem> {
    let last_day = header.last_day.as_ref()?.value;
    (last_day < header.first_day.value)
        .then(|| contradiction("last_day", last_day.to_string(), "不早于 first_day", "not lie before first_day"))
}

/// Values that are each accepted but cannot hold together.
pub(super) fn contradictions(draft: &Draft) -> Vec<ProfileProblem> {
    let number = |value: &Option<Sourced<u16>>| value.as_ref().map(|it| it.value);
    let mut found = Vec::new();
    let mut at_most = |key: &str, value: Option<u16>, other: &str, limit: Option<u16>| {
        if let (Some(value), Some(limit)) = (value, limit)
            && value > limit
        {
            let (zh, en) = (format!("不大于 {other}（{limit}）"), format!("be at most {other} ({limit})"));
            found.push(contradiction(key, value.to_string(), &zh, &en));
        }
    };
    let review_max = number(&draft.legality_review_max_workdays);
    let review_min = number(&draft.legality_review_min_workdays);
    let intake = number(&draft.intake_workdays);
    let longest = number(&draft.validity_max_years);
    let interim = number(&draft.validity_interim_max_years);
    let announcement = draft.announcement_validity_max_years.as_ref().and_then(|it| it.value);
    let look_ahead = number(&draft.pre_expiry_review_months);
    let review_name = "legality_review_max_workdays";
    at_most("legality_review_min_workdays", review_min, review_name, review_max);
    // The review clock runs from the arrival of the materials, so an intake in time must not leave an opinion late.
    at_most("intake_workdays", intake, review_name, review_max);
    at_most("validity_interim_max_years", interim, "validity_max_years", longest);
    at_most("announcement_validity_max_years", announcement, "validity_max_years", longest);
    // A look-ahead as long as the shortest longest validity would ask for an evaluation before the first day of effect.
    let shortest_months = [longest, interim, announcement].into_iter().flatten().min().map(|years| years * 12 - 1);
    at_most("pre_expiry_review_months", look_ahead, "12 × validity − 1", shortest_months);
    found.extend(material_contradictions(draft));
    found
}

fn material_contradictions(draft: &Draft) -> Vec<ProfileProblem> {
    let (Some(always), Some(market)) = (&draft.materials_required, &draft.materials_required_market) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let shown = |list: &Sourced<Vec<MaterialKind>>| list.value.text();
    if market.value.iter().any(|kind| always.value.contains(kind)) {
        found.push(contradiction(
            "materials_required_market",
            shown(market),
            "不重复 materials_required 中的材料",
            "not repeat what materials_required lists",
        ));
    }
    let conclusion = MaterialKind::FairCompetitionConclusion;
    let asked = always.value.contains(&conclusion) || market.value.contains(&conclusion);
    match draft.fair_competition_required.as_ref().map(|it| it.value) {
        Some(true) if !asked => found.push(contradiction(
            "fair_competition_required",
            "true".to_owned(),
            "在 materials_required_market 中列出 fair_competition_conclusion",
            "come with fair_competition_conclusion in materials_required_market",
        )),
        Some(false) if asked => found.push(contradiction(
            "fair_competition_required",
            "false".to_owned(),
            "为 true，因所需材料中列有 fair_competition_conclusion",
            "be true, since fair_competition_conclusion is among the required materials",
        )),
        Some(_) | None => {}
    }
    found
}

fn contradiction(key: &str, value: String, zh: &str, en: &str) -> ProfileProblem {
    ProfileProblem { key: key.to_owned(), value, problem: Problem::Contradiction(Accepted::new(zh, en)) }
}
