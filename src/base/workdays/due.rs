//! Due days: the last day of a period, counted in working days, calendar days, months or years.
//! Does not know which period applies to what; that is the profile's.

use chrono::NaiveDate;

use super::calendar::Calendar;
use super::day::{add_days, add_months};

/// Whether a last day that is a rest day moves to the next working day (民法典 art 203 `[F]`, by analogy `[I]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RollOver {
    /// It moves.
    Yes,
    /// It stays.
    No,
}

/// A length of time. "15日" is not "15个工作日".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// 日: calendar days.
    Days(u16),
    /// 工作日: working days.
    Workdays(u16),
}

/// The last day of a period: what is done on it is in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The last day.
    pub due_on: NaiveDate,
    /// Why the day is not certain, if it is not.
    pub provisional: Option<Provisional>,
}

/// Why a day is not certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provisional {
    /// The count goes past the calendar's end.
    AfterCalendar {
        /// The calendar's last day.
        ends_on: NaiveDate,
    },
    /// The count touches days before the calendar's beginning, as with documents older than the data `[I]`.
    BeforeCalendar {
        /// The calendar's first day.
        starts_on: NaiveDate,
    },
}

/// A number of working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkdayCount {
    /// How many.
    pub workdays: u32,
    /// Why the number is not certain, if it is not.
    pub provisional: Option<Provisional>,
}

impl Calendar {
    /// The last day of a period that starts on a day (which is not counted). Working days never need rolling over.
    #[must_use]
    pub fn due_after(&self, start: NaiveDate, period: Period, roll: RollOver) -> Due {
        match period {
            Period::Days(days) => self.due_after_days(start, days, roll),
            Period::Workdays(workdays) => self.due_after_workdays(start, workdays),
        }
    }

    /// The `workdays`-th working day after `start`. None (0) is `start` itself, whatever day that is.
    #[must_use]
    pub fn due_after_workdays(&self, start: NaiveDate, workdays: u16) -> Due {
        let mut due_on = start;
        for _ in 0..workdays {
            let Some(next) = self.next_workday(due_on) else {
                due_on = NaiveDate::MAX;
                break;
            };
            due_on = next;
        }
        let provisional = if workdays == 0 { None } else { self.provisional_between(start, due_on) };
        Due { due_on, provisional }
    }

    /// The day that many calendar days after `start`. Only the last day and those it rolls over are looked up, so a
    /// rest day on the way makes nothing provisional.
    #[must_use]
    pub fn due_after_days(&self, start: NaiveDate, days: u16, roll: RollOver) -> Due {
        self.ending_on(add_days(start, days), roll)
    }

    /// The corresponding day that many months after `start` (民法典 art 202 `[F]`).
    #[must_use]
    pub fn due_after_months(&self, start: NaiveDate, months: u16, roll: RollOver) -> Due {
        self.ending_on(add_months(start, months), roll)
    }

    /// The corresponding day that many years after `start`: 2 years from 2020-02-29 end on 2022-02-28.
    /// For the last day of a document's validity see [`super::last_day_of_validity`], which counts its first day.
    #[must_use]
    pub fn due_after_years(&self, start: NaiveDate, years: u16, roll: RollOver) -> Due {
        self.due_after_months(start, years.saturating_mul(12), roll)
    }

    /// Working days after `start_exclusive` up to and with `end_inclusive`; none if the end is not later.
    #[must_use]
    pub fn workdays_between(&self, start_exclusive: NaiveDate, end_inclusive: NaiveDate) -> WorkdayCount {
        let workdays = start_exclusive
            .iter_days()
            .skip(1)
            .take_while(|&day| day <= end_inclusive)
            .filter(|&day| self.is_workday(day))
            .fold(0, |count: u32, _| count.saturating_add(1));
        let provisional = if end_inclusive > start_exclusive { self.provisional_between(start_exclusive, end_inclusive) } else { None };
        WorkdayCount { workdays, provisional }
    }

    fn ending_on(&self, last_day: NaiveDate, roll: RollOver) -> Due {
        match roll {
            RollOver::No => Due::firm(last_day),
            RollOver::Yes => {
                let due_on = if self.is_workday(last_day) { last_day } else { self.next_workday(last_day).unwrap_or(NaiveDate::MAX) };
                // The last day itself was looked up, so the count begins the day before it.
                let before = last_day.pred_opt().unwrap_or(last_day);
                Due { due_on, provisional: self.provisional_between(before, due_on) }
            }
        }
    }

    fn next_workday(&self, day: NaiveDate) -> Option<NaiveDate> {
        day.iter_days().skip(1).find(|&day| self.is_workday(day))
    }

    /// Why a count that looked up the days after `start_exclusive` up to `end_inclusive` is not certain.
    pub(super) fn provisional_between(&self, start_exclusive: NaiveDate, end_inclusive: NaiveDate) -> Option<Provisional> {
        let ends_on = self.ends_on();
        let starts_on = self.starts_on();
        if end_inclusive > ends_on {
            Some(Provisional::AfterCalendar { ends_on })
        } else if add_days(start_exclusive, 1) < starts_on {
            Some(Provisional::BeforeCalendar { starts_on })
        } else {
            None
        }
    }
}

impl Due {
    /// A day that depends on no calendar of working days.
    #[must_use]
    pub fn firm(due_on: NaiveDate) -> Self {
        Self { due_on, provisional: None }
    }

    /// Whether the day may change when the calendar is imported.
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        self.provisional.is_some()
    }

    /// The verdict on an act done that day: `false` on or before the due day, `true` after a firm one, `None` after a
    /// provisional one, of which nobody can say yet.
    #[must_use]
    pub fn late(&self, done_on: NaiveDate) -> Option<bool> {
        if done_on <= self.due_on {
            Some(false)
        } else if self.is_provisional() {
            None
        } else {
            Some(true)
        }
    }

    /// The alarm for an act not yet done: whether the due day is over. It rings after a provisional day too, because
    /// an alarm must not wait for data; shown beside `provisional`, it accuses nobody `[I]`.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        today > self.due_on
    }
}

impl Provisional {
    /// The reason, a Chinese sentence.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::AfterCalendar { ends_on } => {
                format!("工作日历只到{}，此日期之后暂按周末和元旦推算；导入新的工作日历后重新计算。", ends_on.format("%Y年%-m月%-d日"))
            }
            Self::BeforeCalendar { starts_on } => {
                format!("工作日历自{}起，此日期之前暂按周末和元旦推算；导入更早的工作日历后重新计算。", starts_on.format("%Y年%-m月%-d日"))
            }
        }
    }

    /// The reason, an English sentence.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::AfterCalendar { ends_on } => format!(
                "The calendar of working days ends on {ends_on}; later days are computed from weekends and New Year's Day alone and again once a newer calendar is imported."
            ),
            Self::BeforeCalendar { starts_on } => format!(
                "The calendar of working days begins on {starts_on}; earlier days are computed from weekends and New Year's Day alone and again once an older calendar is imported."
            ),
        }
    }
}

#[cfg(test)]
#[path = "due_tests.rs"]
mod tests;
