//! What an import of bodies is refused for, and what it does.

use super::{Body, Existing, Plan, judge};
use crate::base::ids::BodyId;
use crate::base::said::Lang;
use crate::base::workdays::parse_day;
use crate::commands::body::table::{Level, read};

const HEADER: &str = "code,name,level,parent,number_prefix,may_issue,files_to,review_body,jurisdiction,registry_first_day\n";

fn judged(rows: &str, existing: &[Existing]) -> Result<Plan, Vec<String>> {
    let table = read(&format!("{HEADER}{rows}")).expect("well formed");
    judge(&table, existing, parse_day("2026-03-03").expect("a day"))
        .map_err(|faults| faults.iter().map(|fault| fault.in_lang(Lang::En)).collect())
}

#[track_caller]
fn refused(rows: &str, existing: &[Existing], parts: &[&str]) {
    let faults = judged(rows, existing).expect_err("it is refused");
    assert_eq!(faults.len(), parts.len(), "{faults:?}");
    for (fault, part) in faults.iter().zip(parts) {
        assert!(fault.contains(part), "{part}: {fault}");
    }
}

fn town(has_numbers: bool, has_acted: bool) -> Existing {
    let body = Body {
        code: "qinghe".to_owned(),
        name: "青禾镇人民政府".to_owned(),
        level: Level::Town,
        parent: None,
        number_prefix: Some("青府规".to_owned()),
        may_issue: true,
        files_to: Vec::new(),
        review_body: None,
        jurisdiction: "sichuan".to_owned(),
        registry_first_day: parse_day("2020-01-01").expect("a day"),
    };
    Existing { id: BodyId::new(), body, has_numbers, has_acted }
}

#[test]
fn a_parent_may_come_later_and_those_below_take_its_rules_over() {
    let plan = judged("fzb,法制办,section,qinghe,,,,,,\nqinghe,青禾镇,town,,青府规,true,,fzb,sichuan,\n", &[]).expect("a plan");
    assert_eq!(plan.new.len(), 2);
    assert!(plan.new.iter().all(|body| body.jurisdiction == "sichuan" && body.registry_first_day.to_string() == "2026-03-03"));
}

#[test]
fn the_same_again_changes_nothing_and_an_empty_field_says_nothing_of_what_is_fixed() {
    let row = "qinghe,青禾镇人民政府,town,,青府规,true,,,,\n";
    let plan = judged(row, &[town(true, true)]).expect("a plan");
    assert_eq!((plan.new.len(), plan.changed.len(), plan.unchanged), (0, 0, 1));
}

#[test]
fn names_reviewers_and_targets_change_whatever_rests_on_the_body() {
    let rows = "qinghe,青禾镇人民政府（新）,town,county,青府规,true,county:supervising_government,county,,\n\
                county,临江县人民政府,county,,临府规,true,,,sichuan,\n";
    let plan = judged(rows, &[town(true, true)]).expect("a plan");
    let [change] = plan.changed.as_slice() else { panic!("{plan:?}") };
    assert_eq!(change.fields().keys().copied().collect::<Vec<_>>(), ["files_to", "name", "parent", "review_body"]);
}

#[test]
fn what_numbers_and_decisions_rest_on_is_not_changed() {
    let prefix = "qinghe,青禾镇人民政府,town,,青禾规,true,,,,\n";
    refused(prefix, &[town(true, true)], &["column 5 (number_prefix) `青禾规`: numbers were given under `青府规`"]);
    assert_eq!(judged(prefix, &[town(false, true)]).expect("no number carries it").changed.len(), 1);
    let rest = "qinghe,青禾镇人民政府,town,,青府规,false,,,hubei,2021-01-01\n";
    refused(rest, &[town(false, true)], &["(may_issue) `false`", "(jurisdiction) `hubei`", "(registry_first_day) `2021-01-01`"]);
    assert_eq!(judged(rest, &[town(false, false)]).expect("nothing rests on it").changed.len(), 1);
}

#[test]
fn circles_are_refused_also_through_what_is_there() {
    refused("a,甲,town,a,,,,,x,\n", &[], &["it cannot be the body itself"]);
    refused("a,甲,town,b,,,,,x,\nb,乙,town,c,,,,,x,\nc,丙,town,a,,,,,x,\nd,丁,town,a,,,,,x,\n", &[], &["line 2", "line 3", "line 4"]);
    let mut below = town(false, false);
    below.body.parent = Some("a".to_owned());
    refused("a,甲,town,qinghe,,,,,x,\n", &[below], &["lead back to it"]);
    refused("a,甲,town,b,,,,,,\nb,乙,town,a,,,,,,\n", &[], &["(parent)", "(jurisdiction)", "(parent)", "(jurisdiction)"]);
}

#[test]
fn bodies_that_nobody_knows_and_codes_that_stand_twice_are_refused() {
    refused("a,甲,town,x,,,y:standing_committee,z,s,\n", &[], &["(parent) `x`", "(files_to) `y`", "(review_body) `z`"]);
    refused("a,甲,town,,,,,,s,\na,乙,town,,,,,,s,\n", &[], &["line 3, column 1 (code) `a`: the code of line 2 again"]);
    refused("a,甲,town,,,,a:standing_committee,a,s,\n", &[], &["(files_to) `a`: it cannot be the body itself"]);
    refused("a,甲,town,,,,,,,\n", &[], &["(jurisdiction) ``: a body at the top needs one"]);
}

#[test]
fn an_issuer_has_an_organ_code_of_its_own_and_is_no_section() {
    refused("a,甲,town,,,true,,,s,\n", &[], &["(number_prefix) ``: a body that may issue needs an organ code"]);
    refused("a,甲,section,,甲规,true,,,s,\n", &[], &["(may_issue) `true`: a section or village"]);
    refused(
        "a,甲,town,,甲规,true,,,s,\nb,乙,town,,甲规,true,,,s,\n",
        &[],
        &["line 3, column 5 (number_prefix) `甲规`: the organ code is that of a"],
    );
    refused("a,甲,town,,青府规,true,,,s,\n", &[town(false, false)], &["the organ code is that of qinghe"]);
    let swapped = "qinghe,青禾镇人民政府,town,,甲规,true,,,,\na,甲,town,,青府规,true,,,s,\n";
    assert!(judged(swapped, &[town(false, false)]).is_ok(), "what one gives up another may take");
}
