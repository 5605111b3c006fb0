//! What reading a profile promises: everything wrong is named at once, and what is stored reads back the same.

use super::*;
use crate::lifecycle::profile::built_in;
use proptest::prelude::*;

const NEWEST: &str = include_str!("sichuan-2024-08.toml");

fn newest() -> Value {
    RuleProfile::parse(NEWEST).expect("the built-in profile").to_json()
}

/// The problems of the newest profile after a change of its stored form, as `key: kind`.
fn problems_after(change: impl Fn(&mut Value)) -> Vec<String> {
    let mut stored = newest();
    change(&mut stored);
    match RuleProfile::from_json(&stored) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(kind).collect(),
    }
}

fn kind(problem: &ProfileProblem) -> String {
    let kind = match problem.problem {
        Problem::UnknownKey(_) => "unknown",
        Problem::Missing(_) => "missing",
        Problem::NotAccepted(_) => "not accepted",
        Problem::Contradiction(_) => "contradiction",
    };
    format!("{}: {kind}", problem.key)
}

fn problems_with(key: &str, value: Value) -> Vec<String> {
    problems_after(|stored| stored[key]["value"] = value.clone())
}

#[test]
fn every_built_in_profile_reads_back_from_its_stored_form() {
    for profile in built_in() {
        assert_eq!(RuleProfile::from_json(&profile.to_json()), Ok(profile));
    }
}

#[test]
fn there_is_no_key_that_switches_the_review_off() {
    for key in ["legality_review_required", "gate_open", "silence_means_approval", "legality_review"] {
        let problems = problems_after(|stored| {
            stored[key] = json!({ "value": false, "source": "某规定", "mark": "I" });
        });
        assert_eq!(problems, [format!("{key}: unknown")]);
    }
}

#[test]
fn every_key_must_be_there_but_the_last_day() {
    for key in RuleProfile::KEYS.iter().chain(&["jurisdiction", "name", "first_day"]) {
        let problems = problems_after(|stored| {
            stored.as_object_mut().and_then(|table| table.remove(*key));
        });
        assert!(problems.contains(&format!("{key}: missing")), "{key}: {problems:?}");
    }
    assert_eq!(newest().get("last_day"), None);
}

#[test]
fn every_key_needs_a_source_and_a_mark() {
    for key in RuleProfile::KEYS {
        for part in ["value", "source", "mark"] {
            let missing = problems_after(|stored| {
                stored[*key].as_object_mut().and_then(|entry| entry.remove(part));
            });
            assert!(missing.contains(&format!("{key}.{part}: missing")), "{missing:?}");
            let wrong = problems_after(|stored| stored[*key][part] = json!({ "no": [] }));
            assert!(wrong.contains(&format!("{key}.{part}: not accepted")), "{wrong:?}");
        }
        let bare = problems_after(|stored| stored[*key] = json!(5));
        assert!(bare.contains(&format!("{key}: not accepted")), "{bare:?}");
    }
}

#[test]
fn values_out_of_range_are_refused() {
    for (key, value) in [
        ("legality_review_min_workdays", json!(-1)),
        ("legality_review_min_workdays", json!(61)),
        ("legality_review_max_workdays", json!(0)),
        ("legality_review_max_workdays", json!(15.5)),
        ("legality_review_max_workdays", json!("15")),
        ("legality_review_max_workdays", json!(u64::MAX)),
        ("clock_stops_on_supplement", json!("yes")),
        ("supplement_days", json!(3)),
        ("supplement_days", json!({ "days": 3, "workdays": 3 })),
        ("supplement_days", json!({ "weeks": 3 })),
        ("supplement_days", json!({})),
        ("suggestion_reply_days", json!({ "days": 14 })),
        ("suggestion_reply_days", json!({ "days": 61 })),
        ("materials_required", json!(["legal_basis", "legal_basis"])),
        ("materials_required", json!(["起草说明"])),
        ("lead_day_mode", json!("+30")),
        ("announcement_validity_max_years", json!(0)),
        ("announcement_validity_max_years", json!(null)),
        ("number_format", json!("{prefix}〔{year}〕号")),
        ("filing_copies", json!({ "report": 1, "text": 5, "explanation": 5 })),
        ("catalogue_due", json!("02-29")),
        ("unlisted_effect", json!("void")),
        ("penalty_threshold_org", json!(0)),
        ("local_rest_days", json!(["2026-13-01"])),
    ] {
        assert_eq!(problems_with(key, value.clone()), [format!("{key}.value: not accepted")], "{key} = {value}");
    }
}

#[test]
fn values_that_cannot_hold_together_are_refused() {
    for (key, value, named) in [
        ("legality_review_min_workdays", json!(16), "legality_review_min_workdays"),
        ("intake_workdays", json!(16), "intake_workdays"),
        ("validity_interim_max_years", json!(6), "validity_interim_max_years"),
        ("announcement_validity_max_years", json!(6), "announcement_validity_max_years"),
        ("pre_expiry_review_months", json!(24), "pre_expiry_review_months"),
        ("fair_competition_required", json!(false), "fair_competition_required"),
        ("materials_required_market", json!([]), "fair_competition_required"),
        ("materials_required_market", json!(["fair_competition_conclusion", "legal_basis"]), "materials_required_market"),
    ] {
        assert_eq!(problems_with(key, value.clone()), [format!("{named}: contradiction")], "{key} = {value}");
    }
    let problems = problems_after(|stored| {
        stored["last_day"] = json!({ "value": "2024-07-31", "source": "某规定", "mark": "I" });
    });
    assert_eq!(problems, ["last_day: contradiction"]);
}

#[test]
fn a_minimum_of_no_days_is_accepted_for_it_opens_nothing() {
    assert_eq!(problems_with("legality_review_min_workdays", json!(0)), [""; 0]);
}

#[test]
fn jurisdictions_and_names_that_cannot_be_shown_are_refused() {
    for (key, value) in [
        ("jurisdiction", json!("")),
        ("jurisdiction", json!("Sichuan")),
        ("jurisdiction", json!("四川")),
        ("jurisdiction", json!(51)),
        ("name", json!("")),
        ("name", json!("  ")),
        ("name", json!("四川\n省")),
        ("name", json!("长".repeat(101))),
    ] {
        let problems = problems_after(|stored| stored[key] = value.clone());
        assert_eq!(problems, [format!("{key}: not accepted")], "{value}");
    }
}

#[test]
fn all_problems_are_named_at_once_with_key_value_and_what_is_accepted() {
    let text = NEWEST
        .replace("jurisdiction = \"sichuan\"", "jurisdiction = \"四川\"")
        .replace("legality_review_min_workdays = { value = 5,", "legality_review_min_workdays = { value = 20,")
        .replace("min_lead_days = { value = 30,", "min_lead_days = { value = \"thirty\",")
        .replace("mark = \"O\"", "mark = \"Z\"")
        .replace("value = 2024-08-01", "value = 2024-08-01T00:00:00Z");
    let error = RuleProfile::parse(&text).expect_err("five problems");
    insta::assert_snapshot!(error.to_string().replace("; ", "\n; "), @r#"
        5 problem(s) in the rule profile: jurisdiction: "四川" is not accepted
        ; expected a code of 1 to 64 lower-case letters, digits, - or _
        ; first_day.value: "2024-08-01T00:00:00Z" is not accepted
        ; expected an existing day written YYYY-MM-DD
        ; clock_stops_on_supplement.mark: "Z" is not accepted
        ; expected F (found in the full text), X (found in an excerpt), O (another place's rule), I (inference or choice), M (from memory, to be confirmed)
        ; min_lead_days.value: "thirty" is not accepted
        ; expected a whole number from 0 to 365
        ; legality_review_min_workdays (20): must be at most legality_review_max_workdays (15)
        "#);
    insta::assert_snapshot!(error.zh().replace("；", "\n；"), @r#"
        规则配置有5处问题：jurisdiction：不接受"四川"，应为1至64个小写字母、数字、- 或 _ 组成的代码
        ；first_day.value：不接受"2024-08-01T00:00:00Z"，应为YYYY-MM-DD格式的日期
        ；clock_stops_on_supplement.mark：不接受"Z"，应为F (已查全文), X (见于摘录), O (外地规定), I (推断或选择), M (凭记忆，待核实)
        ；min_lead_days.value：不接受"thirty"，应为0至365的整数
        ；legality_review_min_workdays（20）：应不大于 legality_review_max_workdays（15）
        "#);
}

#[test]
fn an_unknown_key_is_answered_with_those_there_are() {
    let error = RuleProfile::parse(&format!("{NEWEST}\nfiling_day = 15\n")).expect_err("unknown");
    let [problem] = error.problems() else {
        panic!("{error}");
    };
    assert!(problem.zh().starts_with("filing_day：没有这个键，可用：jurisdiction, name"));
    assert!(problem.to_string().contains("filing_days"));
}

#[test]
fn what_is_not_toml_is_refused_with_its_place() {
    let error = RuleProfile::parse("jurisdiction = \"sichuan\"\nname").expect_err("no value");
    assert!(error.to_string().contains("line 2"), "{error}");
    let twice = format!("{NEWEST}\njurisdiction = \"hunan\"\n");
    assert!(matches!(RuleProfile::parse(&twice), Err(ProfileError::Syntax { .. })));
}

#[test]
fn what_is_stored_as_something_else_is_refused() {
    for stored in [json!(null), json!([]), json!("sichuan"), json!({})] {
        let error = RuleProfile::from_json(&stored).expect_err("no profile");
        assert_eq!(error.problems().len(), RuleProfile::KEYS.len() + 3);
    }
}

#[test]
fn every_key_says_what_it_accepts_in_both_languages() {
    let keys: Vec<&str> = RuleProfile::accepted()
        .map(|(key, accepted)| {
            assert!(!accepted.zh.is_empty() && !accepted.en.is_empty(), "{key}");
            key
        })
        .collect();
    assert_eq!(keys, RuleProfile::KEYS);
}

proptest! {
    #[test]
    fn reading_any_text_never_panics(text in "\\PC{0,200}") {
        let _ = RuleProfile::parse(&text);
        let _ = RuleProfile::parse(&format!("{NEWEST}\n{text}"));
    }

    #[test]
    fn whatever_is_accepted_reads_back_the_same(min in 0u16..70, max in 0u16..100, days in 0u16..400, months in 0u16..70) {
        let mut stored = newest();
        stored["legality_review_min_workdays"]["value"] = json!(min);
        stored["legality_review_max_workdays"]["value"] = json!(max);
        stored["filing_review_days"]["value"] = json!({ "workdays": days });
        stored["pre_expiry_review_months"]["value"] = json!(months);
        if let Ok(profile) = RuleProfile::from_json(&stored) {
            prop_assert!(min <= max);
            prop_assert_eq!(profile.legality_review_min_workdays(), min);
            prop_assert_eq!(profile.to_json(), stored);
        }
    }
}
