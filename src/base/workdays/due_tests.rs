//! What due days promise: the worked examples, the calendar's end, and laws that hold for every day.

use std::sync::LazyLock;

use super::*;
use crate::base::workdays::parse_day;
use proptest::prelude::*;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(Calendar::built_in);

fn day(text: &str) -> NaiveDate {
    parse_day(text).expect("the test writes a real day")
}

fn firm(text: &str) -> Due {
    Due::firm(day(text))
}

fn after_calendar(text: &str) -> Due {
    Due { due_on: day(text), provisional: Some(Provisional::AfterCalendar { ends_on: day("2026-12-31") }) }
}

#[test]
fn fifteen_days_from_publication_roll_over_the_national_day() {
    let published = day("2020-09-16");
    assert_eq!(CALENDAR.due_after_days(published, 15, RollOver::Yes), firm("2020-10-09"));
    assert_eq!(CALENDAR.due_after_days(published, 15, RollOver::No), firm("2020-10-01"));
}

#[test]
fn five_working_days_count_the_make_up_sunday_and_skip_the_holiday() {
    assert_eq!(CALENDAR.due_after_workdays(day("2020-09-25"), 5), firm("2020-10-09"));
}

#[test]
fn two_years_from_a_leap_day_end_on_the_last_of_february() {
    assert_eq!(CALENDAR.due_after_years(day("2020-02-29"), 2, RollOver::Yes), firm("2022-02-28"));
}

#[test]
fn days_and_working_days_are_not_the_same() {
    let start = day("2026-09-18");
    let days = CALENDAR.due_after(start, Period::Days(15), RollOver::Yes);
    let workdays = CALENDAR.due_after(start, Period::Workdays(15), RollOver::Yes);
    assert_eq!(days, firm("2026-10-08"));
    assert_eq!(workdays, firm("2026-10-15"));
}

#[test]
fn a_start_on_a_rest_day_counts_from_the_next_working_day() {
    // 2026-02-14 is a worked Saturday before nine days of Spring Festival.
    assert_eq!(CALENDAR.due_after_workdays(day("2026-02-13"), 1), firm("2026-02-14"));
    assert_eq!(CALENDAR.due_after_workdays(day("2026-02-14"), 1), firm("2026-02-24"));
    assert_eq!(CALENDAR.due_after_workdays(day("2026-02-19"), 1), firm("2026-02-24"));
    assert_eq!(CALENDAR.due_after_workdays(day("2026-02-24"), 4), firm("2026-02-28"));
}

#[test]
fn no_working_days_is_the_start_itself() {
    assert_eq!(CALENDAR.due_after_workdays(day("2026-02-19"), 0), firm("2026-02-19"));
    assert_eq!(CALENDAR.due_after_workdays(day("2030-02-19"), 0), firm("2030-02-19"));
}

#[test]
fn a_month_from_the_thirty_first_ends_on_the_last_day_and_rolls() {
    // 2026-02-28 is a Saturday, but worked.
    assert_eq!(CALENDAR.due_after_months(day("2026-01-31"), 1, RollOver::Yes), firm("2026-02-28"));
    // 2025-05-31 is the first day of the Dragon Boat holiday.
    assert_eq!(CALENDAR.due_after_months(day("2025-03-31"), 2, RollOver::Yes), firm("2025-06-03"));
}

#[test]
fn a_period_that_ends_on_the_last_known_day_is_firm() {
    assert_eq!(CALENDAR.due_after_workdays(day("2026-12-28"), 3), firm("2026-12-31"));
    assert_eq!(CALENDAR.due_after_days(day("2026-12-16"), 15, RollOver::Yes), firm("2026-12-31"));
}

#[test]
fn a_period_past_the_last_known_day_is_provisional() {
    assert_eq!(CALENDAR.due_after_workdays(day("2026-12-28"), 4), after_calendar("2027-01-04"));
    assert_eq!(CALENDAR.due_after_days(day("2026-12-17"), 15, RollOver::Yes), after_calendar("2027-01-04"));
    assert_eq!(CALENDAR.due_after_workdays(day("2027-09-30"), 1), after_calendar("2027-10-01"));
}

#[test]
fn a_day_that_no_calendar_moves_is_firm_wherever_it_lies() {
    assert_eq!(CALENDAR.due_after_days(day("2026-12-17"), 15, RollOver::No), firm("2027-01-01"));
}

#[test]
fn a_period_before_the_first_known_day_is_provisional() {
    let before = Some(Provisional::BeforeCalendar { starts_on: day("2020-01-01") });
    let due = CALENDAR.due_after_workdays(day("2019-12-30"), 3);
    assert_eq!((due.due_on, due.provisional), (day("2020-01-03"), before));
    assert_eq!(CALENDAR.due_after_workdays(day("2019-12-31"), 1), firm("2020-01-02"));
    let rolled = CALENDAR.due_after_days(day("2019-12-20"), 8, RollOver::Yes);
    assert_eq!((rolled.due_on, rolled.provisional), (day("2019-12-30"), before));
}

#[test]
fn lateness_is_a_verdict_only_on_a_firm_day() {
    let firm = firm("2026-12-31");
    assert_eq!(firm.late(day("2026-12-31")), Some(false));
    assert_eq!(firm.late(day("2027-01-01")), Some(true));
    let provisional = after_calendar("2027-01-04");
    assert_eq!(provisional.late(day("2027-01-04")), Some(false));
    assert_eq!(provisional.late(day("2027-01-05")), None);
    assert!(provisional.is_overdue(day("2027-01-05")));
    assert!(!provisional.is_overdue(day("2027-01-04")));
}

#[test]
fn the_reason_names_the_day_on_which_the_calendar_ends() {
    let reason = after_calendar("2027-01-04").provisional.expect("it is provisional");
    assert!(reason.zh().contains("2026年12月31日"));
    assert!(reason.en().contains("2026-12-31"));
}

#[test]
fn between_counts_the_end_and_not_the_start() {
    let count = |from, to| CALENDAR.workdays_between(day(from), day(to)).workdays;
    assert_eq!(count("2020-09-25", "2020-10-09"), 5);
    assert_eq!(count("2026-02-14", "2026-02-23"), 0);
    assert_eq!(count("2026-03-02", "2026-03-02"), 0);
    assert_eq!(count("2026-03-03", "2026-03-02"), 0);
    assert_eq!(count("2025-12-31", "2026-12-31"), 248);
    let past = CALENDAR.workdays_between(day("2026-12-31"), day("2027-01-01"));
    assert!(past.provisional.is_some());
    let within = CALENDAR.workdays_between(day("2026-12-30"), day("2026-12-31"));
    assert_eq!((within.workdays, within.provisional), (1, None));
}

#[test]
fn counting_stops_at_the_end_of_time() {
    let due = CALENDAR.due_after_workdays(NaiveDate::MAX, 3);
    assert_eq!(due.due_on, NaiveDate::MAX);
    assert!(due.is_provisional());
    let rolled = CALENDAR.due_after_days(NaiveDate::MIN, 0, RollOver::Yes);
    assert!(rolled.is_provisional());
}

prop_compose! {
    fn any_day()(offset in 0u64..3_700) -> NaiveDate {
        day("2018-06-01") + chrono::Days::new(offset)
    }
}

proptest! {
    #[test]
    fn working_days_never_end_on_a_rest_day(start in any_day(), n in 1u16..80) {
        let due = CALENDAR.due_after_workdays(start, n);
        prop_assert!(CALENDAR.is_workday(due.due_on));
        prop_assert!(due.due_on > start);
    }

    #[test]
    fn counting_back_gives_the_number_of_working_days(start in any_day(), n in 0u16..80) {
        let due = CALENDAR.due_after_workdays(start, n);
        let count = CALENDAR.workdays_between(start, due.due_on);
        prop_assert_eq!(count.workdays, u32::from(n));
        prop_assert_eq!(count.provisional, due.provisional);
    }

    #[test]
    fn more_working_days_end_later(start in any_day(), n in 0u16..80) {
        let sooner = CALENDAR.due_after_workdays(start, n);
        let later = CALENDAR.due_after_workdays(start, n + 1);
        prop_assert!(sooner.due_on < later.due_on);
    }

    #[test]
    fn a_later_start_never_ends_earlier(start in any_day(), n in 1u16..80, roll in any::<bool>()) {
        let roll = if roll { RollOver::Yes } else { RollOver::No };
        let next = add_days(start, 1);
        for period in [Period::Days(n), Period::Workdays(n)] {
            prop_assert!(
                CALENDAR.due_after(start, period, roll).due_on
                    <= CALENDAR.due_after(next, period, roll).due_on
            );
        }
        prop_assert!(
            CALENDAR.due_after_months(start, n, roll).due_on
                <= CALENDAR.due_after_months(next, n, roll).due_on
        );
    }

    #[test]
    fn a_period_can_be_split(start in any_day(), a in 0u16..40, b in 0u16..40) {
        let middle = CALENDAR.due_after_workdays(start, a).due_on;
        prop_assert_eq!(
            CALENDAR.due_after_workdays(middle, b).due_on,
            CALENDAR.due_after_workdays(start, a + b).due_on
        );
    }

    #[test]
    fn rolling_over_moves_only_rest_days_and_never_back(start in any_day(), n in 0u16..120) {
        let last = CALENDAR.due_after_days(start, n, RollOver::No).due_on;
        let rolled = CALENDAR.due_after_days(start, n, RollOver::Yes).due_on;
        prop_assert!(CALENDAR.is_workday(rolled));
        prop_assert!(rolled >= last);
        prop_assert_eq!(rolled == last, CALENDAR.is_workday(last));
    }

    #[test]
    fn what_is_firm_stays_when_the_calendar_grows(start in any_day(), n in 0u16..200, last_year in 2020i32..2026) {
        use chrono::Datelike as _;
        let rows = CALENDAR.rows().filter(|row| row.date.year() <= last_year).collect();
        let shorter = Calendar::from_rows(rows).expect("whole years");
        for period in [Period::Days(n), Period::Workdays(n)] {
            let before = shorter.due_after(start, period, RollOver::Yes);
            if !before.is_provisional() {
                prop_assert_eq!(before, CALENDAR.due_after(start, period, RollOver::Yes));
            }
        }
    }
}
