//! What the review clock promises, boundary days first.

use std::sync::LazyLock;

use super::*;
use crate::base::workdays::{add_days, parse_day};
use proptest::prelude::*;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(Calendar::built_in);

fn day(text: &str) -> NaiveDate {
    parse_day(text).expect("the test writes a real day")
}

fn suspension(from: &str, to: &str) -> Suspension {
    Suspension { suspended_on: day(from), resumed_on: Some(day(to)) }
}

fn open(from: &str) -> Suspension {
    Suspension { suspended_on: day(from), resumed_on: None }
}

fn clock(complete_on: &str, workdays_max: u16, suspensions: &[Suspension]) -> ReviewClock {
    ReviewClock::new(day(complete_on), workdays_max, suspensions.to_vec()).expect("the suspensions are in order")
}

fn due_on(clock: &ReviewClock) -> NaiveDate {
    match clock.due(&CALENDAR) {
        ReviewDue::On(due) => due.due_on,
        ReviewDue::Suspended { since, .. } => panic!("suspended since {since}"),
    }
}

// Monday 2026-03-02 to Friday 2026-04-03 has no holiday, so these days can be counted on one's fingers.

#[test]
fn without_suspension_it_is_the_plain_period() {
    assert_eq!(due_on(&clock("2026-03-02", 5, &[])), day("2026-03-09"));
    assert_eq!(due_on(&clock("2020-09-25", 5, &[])), day("2020-10-09"));
}

#[test]
fn the_days_of_suspension_and_resumption_do_not_count() {
    // Counted: Tue 3. Suspended Wed 4 to Fri 6. Counted: Mon 9, Tue 10, Wed 11, Thu 12.
    let clock = clock("2026-03-02", 5, &[suspension("2026-03-04", "2026-03-06")]);
    assert_eq!(due_on(&clock), day("2026-03-12"));
    assert!(clock.is_suspended_on(day("2026-03-04")));
    assert!(clock.is_suspended_on(day("2026-03-06")));
    assert!(!clock.is_suspended_on(day("2026-03-07")));
}

#[test]
fn a_supplement_within_one_day_costs_that_day() {
    let clock = clock("2026-03-02", 5, &[suspension("2026-03-04", "2026-03-04")]);
    assert_eq!(due_on(&clock), day("2026-03-10"));
}

#[test]
fn a_suspension_over_rest_days_alone_moves_nothing() {
    let clock = clock("2026-03-02", 5, &[suspension("2026-03-07", "2026-03-08")]);
    assert_eq!(due_on(&clock), day("2026-03-09"));
}

#[test]
fn a_suspension_from_the_start_day_starts_the_period_at_its_end() {
    let clock = clock("2026-03-02", 5, &[suspension("2026-03-02", "2026-03-11")]);
    assert_eq!(due_on(&clock), day("2026-03-18"));
}

#[test]
fn a_gap_found_on_the_last_day_leaves_that_day() {
    let clock = clock("2026-03-02", 5, &[suspension("2026-03-09", "2026-03-13")]);
    assert_eq!(due_on(&clock), day("2026-03-16"));
    assert!(!clock.is_overdue(&CALENDAR, day("2026-03-16")));
    assert!(clock.is_overdue(&CALENDAR, day("2026-03-17")));
}

#[test]
fn a_suspension_cannot_mend_what_is_already_overdue() {
    for late in [suspension("2026-03-10", "2026-03-20"), open("2026-03-10")] {
        let clock = clock("2026-03-02", 5, &[late]);
        assert_eq!(due_on(&clock), day("2026-03-09"));
        assert!(clock.is_overdue(&CALENDAR, day("2026-03-10")));
    }
}

#[test]
fn while_the_drafter_supplements_there_is_no_due_day() {
    let clock = clock("2026-03-02", 5, &[suspension("2026-03-04", "2026-03-04"), open("2026-03-06")]);
    // Counted so far: Tue 3 and Thu 5.
    assert_eq!(clock.due(&CALENDAR), ReviewDue::Suspended { since: day("2026-03-06"), workdays_left: 3 });
    assert!(!clock.is_overdue(&CALENDAR, day("2027-03-06")));
    assert_eq!(clock.workdays_left(&CALENDAR, day("2026-05-06")), 3);
}

#[test]
fn the_days_left_fall_to_zero_on_the_due_day_and_below_after_it() {
    let clock = clock("2026-03-02", 5, &[suspension("2026-03-04", "2026-03-06")]);
    for (today, left) in [
        ("2026-03-01", 5),
        ("2026-03-02", 5),
        ("2026-03-03", 4),
        ("2026-03-05", 4),
        ("2026-03-09", 3),
        ("2026-03-12", 0),
        ("2026-03-13", -1),
        ("2026-03-15", -1),
        ("2026-03-16", -2),
    ] {
        assert_eq!(clock.workdays_left(&CALENDAR, day(today)), left, "{today}");
    }
}

#[test]
fn a_clock_that_runs_past_the_calendar_is_provisional() {
    let ReviewDue::On(due) = clock("2026-12-24", 5, &[]).due(&CALENDAR) else {
        panic!("it runs");
    };
    assert_eq!((due.due_on, due.is_provisional()), (day("2026-12-31"), false));
    let moved = clock("2026-12-24", 5, &[suspension("2026-12-30", "2026-12-30")]);
    let ReviewDue::On(due) = moved.due(&CALENDAR) else {
        panic!("it runs");
    };
    assert_eq!((due.due_on, due.is_provisional()), (day("2027-01-04"), true));
}

#[test]
fn suspensions_that_contradict_each_other_are_refused() {
    let new = |suspensions: &[Suspension]| ReviewClock::new(day("2026-03-02"), 15, suspensions.to_vec());
    assert_eq!(
        new(&[suspension("2026-03-05", "2026-03-04")]),
        Err(ReviewClockError::EndsBeforeItBegins { suspended_on: day("2026-03-05") })
    );
    assert_eq!(new(&[suspension("2026-03-01", "2026-03-04")]), Err(ReviewClockError::BeginsTooEarly { suspended_on: day("2026-03-01") }));
    assert_eq!(
        new(&[suspension("2026-03-04", "2026-03-09"), suspension("2026-03-06", "2026-03-10")]),
        Err(ReviewClockError::BeginsTooEarly { suspended_on: day("2026-03-06") })
    );
    assert_eq!(
        new(&[open("2026-03-04"), suspension("2026-03-06", "2026-03-10")]),
        Err(ReviewClockError::OpenInTheMiddle { suspended_on: day("2026-03-04") })
    );
}

prop_compose! {
    /// A clock's start, its period and suspensions by (days running, days suspended).
    fn any_clock()(
        offset in 0u64..2_300,
        workdays_max in 1u16..30,
        spans in proptest::collection::vec((0u16..12, 0u16..12), 0..5),
    ) -> (NaiveDate, u16, Vec<Suspension>) {
        let start = day("2020-01-01") + chrono::Days::new(offset);
        let mut end = start;
        let suspensions = spans.into_iter().map(|(running, suspended)| {
            let suspended_on = add_days(end, running);
            end = add_days(suspended_on, suspended);
            Suspension { suspended_on, resumed_on: Some(end) }
        }).collect();
        (start, workdays_max, suspensions)
    }
}

proptest! {
    #[test]
    fn the_due_day_is_worked_outside_suspensions_and_reached_by_counting((start, max, suspensions) in any_clock()) {
        let clock = ReviewClock::new(start, max, suspensions).expect("in order");
        let due = due_on(&clock);
        prop_assert!(CALENDAR.is_workday(due));
        prop_assert!(!clock.is_suspended_on(due));
        let taken_out = start.iter_days().skip(1).take_while(|&day| day <= due)
            .filter(|&day| CALENDAR.is_workday(day) && clock.is_suspended_on(day)).count();
        let plain = CALENDAR.workdays_between(start, due).workdays;
        prop_assert_eq!(plain as usize, usize::from(max) + taken_out);
        prop_assert_eq!(clock.workdays_left(&CALENDAR, due), 0);
    }

    #[test]
    fn a_suspension_never_makes_the_opinion_due_earlier((start, max, mut suspensions) in any_clock()) {
        let with = due_on(&ReviewClock::new(start, max, suspensions.clone()).expect("in order"));
        suspensions.pop();
        let without = due_on(&ReviewClock::new(start, max, suspensions).expect("in order"));
        prop_assert!(with >= without);
    }

    #[test]
    fn a_suspension_from_the_start_equals_a_later_start(offset in 0u64..2_300, wait in 0u16..60, max in 1u16..30) {
        let start = day("2020-01-01") + chrono::Days::new(offset);
        let resumed_on = add_days(start, wait);
        let clock = ReviewClock::new(start, max, vec![Suspension {
            suspended_on: start,
            resumed_on: Some(resumed_on),
        }]).expect("in order");
        prop_assert_eq!(due_on(&clock), CALENDAR.due_after_workdays(resumed_on, max).due_on);
    }
}
