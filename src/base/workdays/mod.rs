//! Days and working days in China: the calendar, periods, due days and the clock of the legality review.
//! Knows neither documents nor profiles, reads no clock and no file, and never says a day is certain that the calendar does not cover.
//!
//! How days are counted (marks as in the domain reference: F found, X excerpt, O other place, I inference, M memory):
//!
//! - The start day is not counted (民法典 art 201, 民事诉讼法 art 85 `[F]`), and a due day lasts until its end.
//! - "日" are calendar days, "工作日" working days; nothing turns the one into the other `[I]`.
//! - A last day that is a rest day moves to the next working day (民法典 art 203 `[F]`; applied to administrative
//!   periods by analogy, so it is an argument, [`RollOver`] `[I]`).
//! - Months and years end on the corresponding day, else on the last day of the month (民法典 art 202 `[F]`).
//! - What depends on a day outside the calendar is [`Provisional`]; what depends only on days inside it, or on no
//!   calendar at all (calendar days that do not roll over), is firm `[I]`.
//!
//! All days are days in Asia/Shanghai; the caller turns moments into days. Arithmetic that would leave the range of
//! [`chrono::NaiveDate`] (about the year 262000) stops at its end, which no legal date reaches.

mod calendar;
mod csv;
mod day;
mod due;
mod review_clock;

pub use calendar::{BadRow, Calendar, CalendarError, Column, DayKind, DayRow, RowProblem};
pub use day::{add_days, add_months, last_day_of_validity, months_before, parse_day};
pub use due::{Due, Period, Provisional, RollOver, WorkdayCount};
pub use review_clock::{ReviewClock, ReviewClockError, ReviewDue, Suspension};
