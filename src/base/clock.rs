//! The only place that asks what time it is, and the one place where a moment becomes a legal day.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, SubsecRound, Utc};

/// Seconds by which China's single time zone is ahead of UTC; there has been no summer time since 1991.
const CHINA_OFFSET_SECONDS: i32 = 8 * 3600;

/// The moment on the machine's clock, to the microsecond that the database keeps.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place that asks")]
pub fn machine_now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// The moment on the registry's clock when the machine's shows `machine`: moved by a demo's offset.
///
/// Unit of `offset_us`: microseconds; 0 outside a demo.
#[must_use]
pub fn registry_time(machine: DateTime<Utc>, offset_us: i64) -> DateTime<Utc> {
    machine + Duration::microseconds(offset_us)
}

/// The legal day of a moment: the calendar day in China (Asia/Shanghai).
#[must_use]
pub fn day_in_china(moment: DateTime<Utc>) -> NaiveDate {
    FixedOffset::east_opt(CHINA_OFFSET_SECONDS).map_or_else(|| moment.date_naive(), |zone| moment.with_timezone(&zone).date_naive())
}

#[cfg(test)]
mod tests {
    use super::day_in_china;

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let before = "2026-12-31T15:59:59Z".parse().expect("a moment");
        let after = "2026-12-31T16:00:00Z".parse().expect("a moment");
        assert_eq!(day_in_china(before).to_string(), "2026-12-31");
        assert_eq!(day_in_china(after).to_string(), "2027-01-01");
    }
}
