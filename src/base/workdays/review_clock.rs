//! The clock of the legality review: when an opinion is due, with the times during which the drafter supplements taken out.
//! Judges neither materials nor opinions. An expired clock decides nothing: silence never opens the gate.

use chrono::NaiveDate;
use thiserror::Error;

use super::calendar::Calendar;
use super::due::Due;

/// One time during which the drafter supplements and the review does not run.
///
/// Both its days and all between are not counted `[I]`:
/// - `suspended_on`, the day the supplement was asked for: from some hour of it on the reviewer could not work on the
///   file, and a reviewer who finds the gap on the last day keeps that day instead of standing without any;
/// - `resumed_on`, the day the last missing material arrived: it starts the rest of the period, and a start day is not
///   counted (民法典 art 201 `[F]`), so what arrives by the resumption counts from the next day.
///
/// That the time for supplements is not counted at all is found in other places' rules (广州 2010 art 21 `[X]`), not in
/// a Sichuan text; the profile's `clock_stops_on_supplement` decides whether suspensions are given to the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspension {
    /// The day the supplement was asked for.
    pub suspended_on: NaiveDate,
    /// The day the last missing material arrived; `None` while it is awaited.
    pub resumed_on: Option<NaiveDate>,
}

/// The clock of one review.
///
/// It starts on the day complete materials arrived, which is not counted, and runs in working days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewClock {
    complete_on: NaiveDate,
    workdays_max: u16,
    suspensions: Vec<Suspension>,
}

/// When the opinion is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewDue {
    /// On that day.
    On(Due),
    /// The drafter supplements; there is a due day again once the materials are there.
    Suspended {
        /// Since that day.
        since: NaiveDate,
        /// Working days that will be left from the day after the resumption.
        workdays_left: u16,
    },
}

/// Why suspensions make no clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReviewClockError {
    /// A suspension ends before it begins.
    #[error("the suspension of {suspended_on} ends before it begins")]
    EndsBeforeItBegins {
        /// Its first day.
        suspended_on: NaiveDate,
    },
    /// A suspension begins before the complete materials arrived or before the one before it ended.
    #[error("the suspension of {suspended_on} begins before the clock runs")]
    BeginsTooEarly {
        /// Its first day.
        suspended_on: NaiveDate,
    },
    /// A suspension without an end is followed by another.
    #[error("the suspension of {suspended_on} has no end but is followed by another")]
    OpenInTheMiddle {
        /// Its first day.
        suspended_on: NaiveDate,
    },
}

impl ReviewClock {
    /// A clock that started on `complete_on` and allows `workdays_max` working days, with its suspensions in order.
    /// One may begin on the day on which the one before it ended.
    ///
    /// # Errors
    /// When the suspensions contradict each other or the start.
    pub fn new(complete_on: NaiveDate, workdays_max: u16, suspensions: Vec<Suspension>) -> Result<Self, ReviewClockError> {
        let mut open: Option<NaiveDate> = None;
        let mut runs_from = complete_on;
        for suspension in &suspensions {
            let suspended_on = suspension.suspended_on;
            if let Some(suspended_on) = open {
                return Err(ReviewClockError::OpenInTheMiddle { suspended_on });
            }
            if suspended_on < runs_from {
                return Err(ReviewClockError::BeginsTooEarly { suspended_on });
            }
            match suspension.resumed_on {
                Some(resumed_on) if resumed_on < suspended_on => {
                    return Err(ReviewClockError::EndsBeforeItBegins { suspended_on });
                }
                Some(resumed_on) => runs_from = resumed_on,
                None => open = Some(suspended_on),
            }
        }
        Ok(Self { complete_on, workdays_max, suspensions })
    }

    /// When the opinion is due. A suspension after the period ran out moves nothing: what was overdue stays overdue.
    #[must_use]
    pub fn due(&self, calendar: &Calendar) -> ReviewDue {
        let mut workdays_left = self.workdays_max;
        let mut due_on = self.complete_on;
        for day in self.complete_on.iter_days().skip(1) {
            if workdays_left == 0 {
                break;
            }
            if let Some(since) = self.open_since().filter(|&since| since <= day) {
                return ReviewDue::Suspended { since, workdays_left };
            }
            due_on = day;
            if self.counts(calendar, day) {
                workdays_left -= 1;
            }
        }
        let provisional = if self.workdays_max == 0 { None } else { calendar.provisional_between(self.complete_on, due_on) };
        ReviewDue::On(Due { due_on, provisional })
    }

    /// Whether the due day is over; never while the clock is suspended with days left.
    #[must_use]
    pub fn is_overdue(&self, calendar: &Calendar, today: NaiveDate) -> bool {
        match self.due(calendar) {
            ReviewDue::On(due) => due.is_overdue(today),
            ReviewDue::Suspended { .. } => false,
        }
    }

    /// Working days left after `today`: 0 on the due day, negative by every working day since (suspended or not).
    /// Before the start it is the whole period.
    #[must_use]
    pub fn workdays_left(&self, calendar: &Calendar, today: NaiveDate) -> i64 {
        if let ReviewDue::On(due) = self.due(calendar)
            && due.is_overdue(today)
        {
            return -i64::from(calendar.workdays_between(due.due_on, today).workdays);
        }
        let used = self
            .complete_on
            .iter_days()
            .skip(1)
            .take_while(|&day| day <= today)
            .filter(|&day| self.counts(calendar, day))
            .fold(0, |used: i64, _| used + 1);
        i64::from(self.workdays_max) - used
    }

    /// Whether the day lies in a suspension, its first and last day included.
    #[must_use]
    pub fn is_suspended_on(&self, day: NaiveDate) -> bool {
        self.suspensions.iter().any(|suspension| suspension.suspended_on <= day && suspension.resumed_on.is_none_or(|end| day <= end))
    }

    fn counts(&self, calendar: &Calendar, day: NaiveDate) -> bool {
        calendar.is_workday(day) && !self.is_suspended_on(day)
    }

    fn open_since(&self) -> Option<NaiveDate> {
        self.suspensions.last().filter(|last| last.resumed_on.is_none()).map(|last| last.suspended_on)
    }
}

#[cfg(test)]
#[path = "review_clock_tests.rs"]
mod tests;
