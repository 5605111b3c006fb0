//! What the calendar promises of its rows and of single days.

use super::*;
use crate::base::workdays::parse_day;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    parse_day(text).expect("the test writes a real day")
}

fn row(date: &str, kind: DayKind) -> DayRow {
    DayRow { date: day(date), kind, name: "元旦".to_owned() }
}

fn workdays_of_year(calendar: &Calendar, year: i32) -> usize {
    day(&format!("{year}-01-01")).iter_days().take_while(|day| day.year() == year).filter(|&day| calendar.is_workday(day)).count()
}

#[test]
fn the_built_in_calendar_parses() {
    let calendar = Calendar::built_in();
    assert_eq!(calendar.rows().count(), 256);
    assert_eq!(calendar.starts_on(), day("2020-01-01"));
    assert_eq!(calendar.ends_on(), day("2026-12-31"));
}

#[test]
fn every_year_has_the_working_days_that_were_counted() {
    let calendar = Calendar::built_in();
    let counted: Vec<usize> = (2020..=2026).map(|year| workdays_of_year(&calendar, year)).collect();
    assert_eq!(counted, [249, 250, 249, 249, 251, 248, 248]);
}

#[test]
fn a_saturday_can_be_worked_and_a_wednesday_can_be_a_rest_day() {
    let calendar = Calendar::built_in();
    for worked in [
        "2025-01-26", // Sunday
        "2025-02-08", // Saturday
        "2025-02-05",
        "2025-09-28", // Sunday
        "2025-10-11", // Saturday
        "2025-10-09",
        "2026-01-04", // Sunday
        "2026-02-14", // Saturday
        "2026-02-28", // Saturday
        "2026-02-24",
        "2026-09-20", // Sunday
        "2026-12-31",
        "2024-02-09", // New Year's Eve, a Friday that stayed a working day
        "2020-01-19", // Sunday
    ] {
        assert!(calendar.is_workday(day(worked)), "{worked}");
    }
    for rest in [
        "2025-01-28",
        "2025-10-08", // Wednesday
        "2026-01-02", // Friday
        "2026-01-03",
        "2026-02-15",
        "2026-02-23", // Monday
        "2026-06-19", // Friday
        "2026-10-07", // Wednesday
        "2026-01-10", // an ordinary Saturday
        "2020-02-01", // a working day in the first notice, cancelled by the extension
        "2020-10-08",
        "2023-01-02",
    ] {
        assert!(!calendar.is_workday(day(rest)), "{rest}");
    }
}

#[test]
fn outside_the_calendar_only_weekends_and_new_years_day_rest() {
    let calendar = Calendar::built_in();
    assert!(!calendar.covers(day("2027-01-01")));
    assert!(!calendar.is_workday(day("2027-01-01"))); // Friday
    assert!(!calendar.is_workday(day("2027-01-02")));
    assert!(calendar.is_workday(day("2027-10-01"))); // National Day, not known yet
    assert!(!calendar.covers(day("2019-12-31")));
    assert!(!calendar.is_workday(day("2019-01-01")));
    assert!(calendar.is_workday(day("2019-10-01")));
}

#[test]
fn within_the_calendar_new_years_day_rests_only_by_its_row() {
    let calendar = Calendar::from_rows(vec![row("2027-05-03", DayKind::Holiday)]).expect("one row");
    assert!(calendar.is_workday(day("2027-01-01")));
}

#[test]
fn local_rest_days_win_and_do_not_lengthen_the_calendar() {
    let (makeup, weekday, later) = (day("2026-02-14"), day("2026-07-15"), day("2027-07-15"));
    let calendar = Calendar::built_in().with_local_rest_days(&[makeup, weekday, later]);
    assert!([makeup, weekday, later].iter().all(|&day| !calendar.is_workday(day)));
    assert_eq!(calendar.ends_on(), day("2026-12-31"));
}

#[test]
fn a_calendar_without_rows_is_refused() {
    assert_eq!(Calendar::from_rows(Vec::new()), Err(CalendarError::Empty));
    assert_eq!(Calendar::parse_csv("date,kind,name\n\n"), Err(CalendarError::Empty));
}

#[test]
fn a_wrong_header_is_refused() {
    for text in ["", "date;kind;name\n", "2026-01-01,holiday,元旦\n", "date,kind\n"] {
        assert!(matches!(Calendar::parse_csv(text), Err(CalendarError::Header { .. })), "{text}");
    }
}

#[test]
fn a_forgotten_year_is_refused() {
    let rows = vec![row("2026-01-01", DayKind::Holiday), row("2029-01-01", DayKind::Holiday)];
    assert_eq!(Calendar::from_rows(rows), Err(CalendarError::MissingYears(vec![2027, 2028])));
}

#[test]
fn every_bad_row_is_named_with_its_line_and_column() {
    let text = "date,kind,name\n\
        2026-01-01,holiday,元旦\n\
        2026-1-2,holiday,元旦\n\
        2026-01-03,rest,\n\
        2026-02-30,workday,春节\n\
        2026-01-01,holiday,元旦\n\
        2026-01-05,makeup_workday,元旦\n\
        2026-01-04;makeup_workday;元旦\n";
    let error = Calendar::parse_csv(text).expect_err("six rows are bad");
    insta::assert_snapshot!(error.to_string().replace("; line", "\nline"), @r"
    8 bad row(s): line 3, column 1 (date) `2026-1-2`: not an existing day written YYYY-MM-DD
    line 4, column 2 (kind) `rest`: neither `holiday` nor `makeup_workday`
    line 4, column 3 (name) ``: the name is empty
    line 5, column 1 (date) `2026-02-30`: not an existing day written YYYY-MM-DD
    line 5, column 2 (kind) `workday`: neither `holiday` nor `makeup_workday`
    line 6, column 1 (date) `2026-01-01`: the day of line 2 again
    line 7, column 2 (kind) `makeup_workday`: a make-up working day is a Saturday or Sunday
    line 8, the row `2026-01-04;makeup_workday;元旦`: 1 columns instead of 3
    ");
    assert!(error.zh().starts_with("有8行错误：第3行第1列（date）“2026-1-2”"));
}

#[test]
fn rows_without_a_file_are_numbered_from_one() {
    let again = row("2026-01-01", DayKind::Holiday);
    let error = Calendar::from_rows(vec![again.clone(), again]).expect_err("the same day twice");
    let CalendarError::Rows(bad) = error else {
        panic!("{error}");
    };
    assert_eq!(bad.first().map(|row| row.line), Some(2));
}

#[test]
fn what_spreadsheets_add_to_a_file_is_accepted() {
    let text = "\u{feff}date,kind,name\r\n\"2026-02-14\", makeup_workday ,春节\r\n\r\n";
    let calendar = Calendar::parse_csv(text).expect("one row");
    assert!(calendar.is_workday(day("2026-02-14")));
}

#[test]
fn a_newer_calendar_lengthens_and_corrects_an_older_one() {
    let older =
        Calendar::from_rows(vec![row("2026-01-01", DayKind::Holiday), row("2026-01-10", DayKind::MakeupWorkday)]).expect("two rows");
    let newer = Calendar::from_rows(vec![row("2026-01-10", DayKind::Holiday), row("2027-01-01", DayKind::Holiday)]).expect("two rows");
    let merged = older.merged_with(&newer).expect("no year is missing");
    assert!(!merged.is_workday(day("2026-01-10")));
    assert_eq!(merged.rows().count(), 3);
    assert_eq!(merged.ends_on(), day("2027-12-31"));
    let far = Calendar::from_rows(vec![row("2029-01-01", DayKind::Holiday)]).expect("one row");
    assert!(merged.merged_with(&far).is_err());
}

proptest! {
    #[test]
    fn reading_any_text_never_panics(text in "\\PC{0,200}") {
        let _ = Calendar::parse_csv(&text);
        let _ = Calendar::parse_csv(&format!("date,kind,name\n{text}"));
    }

    #[test]
    fn rows_survive_being_written_and_read(offsets in proptest::collection::btree_set(0u64..365, 1..40)) {
        let rows: Vec<DayRow> = offsets.into_iter().map(|offset| {
            let date = day("2026-01-01") + chrono::Days::new(offset);
            DayRow { date, kind: DayKind::Holiday, name: "春节".to_owned() }
        }).collect();
        let mut text = String::from("date,kind,name\n");
        for row in &rows {
            text.push_str(&format!("{},{},{}\n", row.date, row.kind.code(), row.name));
        }
        let calendar = Calendar::parse_csv(&text).expect("well-formed rows");
        prop_assert_eq!(calendar.rows().collect::<Vec<_>>(), rows);
    }
}
