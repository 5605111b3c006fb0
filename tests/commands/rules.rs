//! `lawgate workdays import` and `lawgate profile import`: nothing is changed for days gone by, and a running service obeys at once.

use std::fs;

use chrono::{Days, FixedOffset, NaiveDate, Utc};
use nix::sys::signal::Signal;
use serde_json::Value;

use super::administration::Registry;
use super::program::{Answer, Running, get};

const SICHUAN: &str = include_str!("../../src/lifecycle/profile/sichuan-2024-08.toml");
/// The days of 2027, made up: nobody knows them yet.
pub const OF_2027: &str = "date,kind,name
2027-01-01,holiday,元旦
2027-02-05,holiday,春节
2027-02-06,holiday,春节
2027-02-07,holiday,春节
2027-02-08,holiday,春节
2027-04-05,holiday,清明
2027-05-01,holiday,劳动节
2027-05-02,holiday,劳动节
2027-06-09,holiday,端午
2027-09-15,holiday,中秋
2027-10-01,holiday,国庆节
2027-10-02,holiday,国庆节
2027-10-09,makeup_workday,国庆节
";

fn import(registry: &Registry, what: &str, text: &str) -> Answer {
    let file = registry.server.stage.path().join("imported");
    fs::write(&file, text).expect("ours");
    registry.run(&[what, "import", file.to_str().expect("a path")])
}

fn today() -> NaiveDate {
    #[expect(clippy::disallowed_methods, reason = "the program under test asks the machine too")]
    let now = Utc::now();
    now.with_timezone(&FixedOffset::east_opt(8 * 3600).expect("a zone")).date_naive()
}

fn profile(jurisdiction: &str, first_day: &str, intake_workdays: u8) -> String {
    SICHUAN
        .replace("jurisdiction = \"sichuan\"", &format!("jurisdiction = \"{jurisdiction}\""))
        .replace("value = 2024-08-01", &format!("value = {first_day}"))
        .replace("intake_workdays = { value = 3", &format!("intake_workdays = {{ value = {intake_workdays}"))
        .replace("四川省规则（公平竞争审查条例施行后）", &format!("{jurisdiction} 自 {first_day}"))
}

#[test]
fn a_guessed_day_becomes_firm_at_once_for_deadlines_and_for_filings() {
    let registry = Registry::empty();
    let demo = ["demo", "--listen", "127.0.0.1:0", "--clock", "2026-12-28T09:00:00+08:00"];
    let (running, address) = Running::serving(registry.command(&demo), registry.server.stage.path());
    let credentials = fs::read(registry.server.stage.path().join("data/demo-credentials.json")).expect("logins");
    let credentials: Value = serde_json::from_slice(&credentials).expect("JSON");
    let token = credentials["users"]["secretary"]["token"].as_str().expect("a token").to_owned();
    let guesses = |of: &str| registry.number(&format!("SELECT count(*) FROM {of}"));
    let provisional = "deadlines WHERE provisional AND due_on <= '2027-12-31'";
    assert!(guesses(provisional) > 0, "some deadline of the demo lies in 2027");
    assert!(get(&address, "/api/v1/documents", Some(&token)).contains("\"provisional\":true"));
    // As if somebody had filed on a day that was a guess.
    registry.change("UPDATE filings SET due_on = filed_on - 1, due_provisional = true, late = NULL");
    let filings = guesses("filings");
    assert!(filings > 0);
    let answer = import(&registry, "workdays", OF_2027);
    assert!(answer.out.starts_with("13 days were added, 0 corrected, 0 are as the file says already"), "{answer:?}");
    assert!(answer.out.contains(&format!("and {filings} filings are judged otherwise")), "{answer:?}");
    assert_eq!((guesses(provisional), guesses("filings WHERE due_provisional OR late IS NULL")), (0, 0));
    let list = get(&address, "/api/v1/documents", Some(&token));
    let listed: Value = serde_json::from_str(list.split_once("\r\n\r\n").expect("a body").1.trim()).expect("JSON");
    let days: Vec<&Value> =
        listed["items"].as_array().expect("items").iter().flat_map(|item| item["deadlines"].as_array().expect("deadlines")).collect();
    let of_2027 = |day: &&&Value| day["due_on"].as_str().expect("a day").starts_with("2027-");
    assert!(days.iter().any(|day| of_2027(&day)), "{list}");
    assert!(!days.iter().filter(of_2027).any(|day| day["provisional"] == true), "a running service says so too: {list}");

    let version = guesses("registry_state WHERE rules_version = 2");
    assert_eq!(version, 1);
    assert_eq!(import(&registry, "workdays", OF_2027).out, "Nothing has changed: 13 days are as the file says.\n");
    assert_eq!(guesses("registry_state WHERE rules_version = 2"), 1);
    let corrected = import(&registry, "workdays", "date,kind,name\n2027-10-03,holiday,国庆节\n2027-01-01,holiday,元旦节\n");
    assert!(corrected.out.starts_with("1 days were added, 1 corrected, 0 are"), "{corrected:?}");
    assert_eq!(registry.entries("workdays.imported"), 2);
    running.stop(Signal::SIGTERM);
}

#[test]
fn a_filing_that_a_wrong_calendar_called_late_is_late_no_longer() {
    let registry = Registry::empty();
    let (running, _) = Running::serving(registry.command(&["demo", "--listen", "127.0.0.1:0"]), registry.server.stage.path());
    // As it was judged before the notice that extends a holiday came in: firm, and late.
    let late = "SELECT count(*) FROM filings WHERE late AND NOT due_provisional";
    let truly_late = registry.number(late);
    registry.change(
        "UPDATE filings SET due_on = filed_on - 1, late = true WHERE id = (SELECT min(id::text) FROM filings WHERE NOT late)::uuid",
    );
    assert_eq!(registry.number(late), truly_late + 1);
    let answer = import(&registry, "workdays", "date,kind,name\n2026-10-08,holiday,国庆节\n");
    assert!(answer.out.contains("and 1 filings are judged otherwise"), "{answer:?}");
    assert_eq!(registry.number(late), truly_late);
    running.stop(Signal::SIGTERM);
}

#[test]
fn a_calendar_that_is_not_whole_is_refused_with_its_line() {
    let registry = Registry::empty();
    let lines: Vec<&str> = OF_2027.lines().collect();
    import(&registry, "workdays", &lines[..10].join("\n")).expect(1, "line 10 is the last of 2027, and that year lacks 中秋, 国庆");
    import(&registry, "workdays", &OF_2027.replace("2027-02-07,holiday,春节\n", ""))
        .expect(1, "line 5: of 春节 the day(s) 2027-02-07 to 2027-02-07 are not listed");
    import(&registry, "workdays", &OF_2027.replace("2027-10-09,makeup_workday,国庆节\n", "").replace("2027-", "2028-"))
        .expect(1, "no rows for the year(s) 2027");
    import(&registry, "workdays", "date，kind，name\n").expect(1, "line 1: the header is");
    import(&registry, "workdays", "date,kind,name\n2027-13-01,holiday,元旦\n2027-01-04,makeup_workday,元旦\n2027-01-01,rest,元旦\n")
        .expect(1, "3 bad row(s): line 2, column 1 (date) `2027-13-01`");
    import(&registry, "workdays", "date,kind,name\n").expect(1, "no rows");
    assert_eq!(registry.number("SELECT count(*) FROM calendar_days WHERE day > '2026-12-31'"), 0);
    assert_eq!(registry.entries("workdays.imported"), 0);
    let app = registry.server.url(lawgate::cluster::Role::App, "lawgate");
    let file = registry.server.stage.path().join("imported");
    fs::write(&file, OF_2027).expect("ours");
    super::program::run(registry.server.on(&["workdays", "import", file.to_str().expect("a path")], &app, None)).expect(2, "--migrate-url");
}

#[test]
fn a_profile_takes_the_days_ahead_and_none_that_are_gone() {
    let registry = Registry::empty();
    let (today, ahead) = (today(), today() + Days::new(30));
    for first_day in ["2025-01-01".to_owned(), today.to_string()] {
        import(&registry, "profile", &profile("sichuan", &first_day, 5)).expect(1, "rules are never changed for days gone by");
    }
    assert_eq!(registry.number("SELECT count(*) FROM rule_profiles"), 3);
    let answer = import(&registry, "profile", &profile("sichuan", &ahead.to_string(), 5));
    assert!(
        answer.out.contains(&format!("holds from {ahead}; “四川省规则（公平竞争审查条例施行后）” ends on the day before")),
        "{answer:?}"
    );
    let ended = format!(
        "SELECT count(*) FROM rule_profiles WHERE last_day = '{}' AND rules->'last_day'->>'value' = last_day::text",
        ahead - Days::new(1)
    );
    assert_eq!(registry.number(&ended), 1);
    assert!(import(&registry, "profile", &profile("sichuan", &ahead.to_string(), 5)).out.starts_with("Nothing has changed"));
    import(&registry, "profile", &profile("sichuan", &ahead.to_string(), 7)).expect(1, &format!("holds from {ahead} and overlaps"));
    // Another place has no rules yet, so its past can be filled.
    assert_eq!(import(&registry, "profile", &profile("hubei", "2020-01-01", 4)).status, Some(0));
    import(&registry, "profile", &profile("hubei", "2019-01-01", 4)).expect(1, "rules are never changed for days gone by");
    assert_eq!(registry.entries("profile.imported"), 2);
    let list = registry.ok(&["profile", "list"]);
    assert_eq!(list.lines().count(), 6, "{list}");

    // What is shown can be imported again, for another place.
    let shown = registry.ok(&["profile", "show", "sichuan", "--on", &ahead.to_string()]);
    assert!(shown.contains("intake_workdays = { ") && shown.contains("value = 5"), "{shown}");
    assert_eq!(import(&registry, "profile", &shown.replace("jurisdiction = \"sichuan\"", "jurisdiction = \"shanxi\"")).status, Some(0));
    registry.run(&["profile", "show", "nowhere"]).expect(1, "no profile covers nowhere");
    registry.run(&["profile", "show", "sichuan", "--on", "2026-02-30"]).expect(2, "YYYY-MM-DD");
}

#[test]
fn no_value_of_a_profile_opens_the_gate_and_every_problem_is_named() {
    let registry = Registry::empty();
    for key in ["gate_open", "legality_review_required", "skip_review"] {
        let text = format!("{}\n{key} = {{ value = true, source = \"x\", mark = \"I\" }}\n", profile("hubei", "2020-01-01", 3));
        import(&registry, "profile", &text).expect(1, &format!("{key}: no such key"));
    }
    let two = profile("hubei", "2020-01-01", 0).replace("validity_max_years = { value = 5", "validity_max_years = { value = 0");
    let answer = import(&registry, "profile", &two);
    answer.expect(1, "2 problem(s)");
    answer.expect(1, "intake_workdays.value: 0 is not accepted");
    answer.expect(1, "validity_max_years.value: 0 is not accepted");
    import(&registry, "profile", "jurisdiction = ").expect(1, "not valid TOML");
    assert_eq!(registry.number("SELECT count(*) FROM rule_profiles"), 3);
    assert_eq!(registry.entries("profile.imported"), 0);
}
