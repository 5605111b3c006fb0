//! Arithmetic on days, months and years that needs no calendar of working days. Rolls nothing over.

use chrono::{Days, Months, NaiveDate};

/// Reads a day written exactly as `YYYY-MM-DD`; `None` for anything else, also for `2026-1-2` and for days that do not exist.
#[must_use]
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let digits = |part: &str, width: usize| (part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit())).then_some(());
    digits(year, 4)?;
    digits(month, 2)?;
    digits(day, 2)?;
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// The day that many calendar days later.
#[must_use]
pub fn add_days(day: NaiveDate, days: u16) -> NaiveDate {
    day.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX)
}

/// The corresponding day that many months later, or the last day of that month where it has no such day
/// (民法典 art 202 `[F]`): 31 January and one month is 28 or 29 February.
#[must_use]
pub fn add_months(day: NaiveDate, months: u16) -> NaiveDate {
    day.checked_add_months(Months::new(u32::from(months))).unwrap_or(NaiveDate::MAX)
}

/// The corresponding day that many months earlier, or the last day of that month where it has no such day.
/// The look-ahead before an expiry is counted so `[I]`.
#[must_use]
pub fn months_before(day: NaiveDate, months: u16) -> NaiveDate {
    day.checked_sub_months(Months::new(u32::from(months))).unwrap_or(NaiveDate::MIN)
}

/// The last day of a validity of so many years whose first day is `effective`.
///
/// It is the day before the anniversary: from 2026-03-01 five years last through 2031-02-28. From 29 February to a
/// year without one it is the last day of February, which is both the end that 民法典 art 202 gives `[F]` and the day
/// before the missing anniversary. Zero years last no day: the answer is the day before `effective`.
#[must_use]
pub fn last_day_of_validity(effective: NaiveDate, years: u16) -> NaiveDate {
    let months = Months::new(u32::from(years) * 12);
    let Some(anniversary) = effective.checked_add_months(months) else {
        return NaiveDate::MAX;
    };
    if same_day_of_month(anniversary, effective) { anniversary.pred_opt().unwrap_or(NaiveDate::MIN) } else { anniversary }
}

fn same_day_of_month(a: NaiveDate, b: NaiveDate) -> bool {
    use chrono::Datelike as _;
    a.day() == b.day()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).expect("the test writes a real day")
    }

    #[test]
    fn a_day_is_read_only_in_its_one_form() {
        assert_eq!(parse_day("2026-02-14"), NaiveDate::from_ymd_opt(2026, 2, 14));
        for wrong in [
            "",
            "2026-2-14",
            "2026-02-30",
            "2025-02-29",
            "+026-02-14",
            "2026/02/14",
            "2026-02-14 ",
            "2026-02-14-1",
            "２０２６-02-14",
            "20260214",
            "2026-13-01",
            "2026-00-01",
        ] {
            assert_eq!(parse_day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn months_end_on_the_corresponding_day_or_the_last_of_the_month() {
        assert_eq!(add_months(day("2026-01-31"), 1), day("2026-02-28"));
        assert_eq!(add_months(day("2024-01-31"), 1), day("2024-02-29"));
        assert_eq!(add_months(day("2026-11-30"), 3), day("2027-02-28"));
        assert_eq!(add_months(day("2026-05-15"), 0), day("2026-05-15"));
        assert_eq!(months_before(day("2026-08-31"), 6), day("2026-02-28"));
        assert_eq!(months_before(day("2026-12-31"), 6), day("2026-06-30"));
    }

    #[test]
    fn a_validity_ends_the_day_before_the_anniversary() {
        assert_eq!(last_day_of_validity(day("2026-01-01"), 5), day("2030-12-31"));
        assert_eq!(last_day_of_validity(day("2020-09-16"), 2), day("2022-09-15"));
        // The anniversary follows a leap day, which still belongs to the validity.
        assert_eq!(last_day_of_validity(day("2019-03-01"), 5), day("2024-02-29"));
    }

    #[test]
    fn a_validity_from_a_leap_day_ends_on_the_last_of_february() {
        assert_eq!(last_day_of_validity(day("2020-02-29"), 2), day("2022-02-28"));
        assert_eq!(last_day_of_validity(day("2020-02-29"), 5), day("2025-02-28"));
        assert_eq!(last_day_of_validity(day("2020-02-29"), 4), day("2024-02-28"));
    }

    #[test]
    fn nothing_overflows_at_the_end_of_time() {
        assert_eq!(add_days(NaiveDate::MAX, u16::MAX), NaiveDate::MAX);
        assert_eq!(add_months(NaiveDate::MAX, 1), NaiveDate::MAX);
        assert_eq!(months_before(NaiveDate::MIN, 1), NaiveDate::MIN);
        assert_eq!(last_day_of_validity(NaiveDate::MAX, u16::MAX), NaiveDate::MAX);
        assert_eq!(last_day_of_validity(NaiveDate::MIN, 0), NaiveDate::MIN);
    }

    proptest! {
        #[test]
        fn parsing_gives_back_every_printed_day(offset in 0u64..80_000) {
            let printed = day("1949-10-01").checked_add_days(Days::new(offset)).expect("in range");
            prop_assert_eq!(parse_day(&printed.to_string()), Some(printed));
        }

        #[test]
        fn parsing_never_panics(text in "\\PC*") {
            let _ = parse_day(&text);
        }

        #[test]
        fn validity_is_monotone_in_its_first_day(offset in 0u64..40_000, years in 1u16..20) {
            let first = day("1990-01-01").checked_add_days(Days::new(offset)).expect("in range");
            let last = last_day_of_validity(first, years);
            prop_assert!(last > first);
            prop_assert!(last_day_of_validity(add_days(first, 1), years) >= last);
            prop_assert!(last < add_months(add_days(first, 1), years * 12));
        }
    }
}
