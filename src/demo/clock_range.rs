//! How far a demo's clock may be set. What it says then is the clock's own matter.

use chrono::{DateTime, Datelike, Utc};

/// The first year in which a demo may begin: its history of three years lies under the built-in profiles.
pub const YEAR_MIN: i32 = 2020;
/// The last year that the clock may reach; far beyond every validity, and within what dates can hold.
pub const YEAR_MAX: i32 = 2199;

/// Whether a demo may begin at a moment.
#[must_use]
pub fn includes(moment: DateTime<Utc>) -> bool {
    (YEAR_MIN..=YEAR_MAX).contains(&moment.year())
}
