//! The calendar of working days: which day is worked and from when to when that is known.
//! Computes no periods, and does not know where its rows come from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{Datelike as _, NaiveDate, Weekday};
use thiserror::Error;

/// The holiday arrangements that come with the program, 2020 to 2026 (facts from the State Council's yearly notices).
const BUILT_IN_CSV: &str = include_str!("cn-workdays.csv");

/// What an arrangement says of a day. Ordinary weekends and ordinary weekdays are in no arrangement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayKind {
    /// 放假: no work, on whatever day of the week.
    Holiday,
    /// 调休补班: a Saturday or Sunday that is worked.
    MakeupWorkday,
}

impl DayKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Holiday, Self::MakeupWorkday];

    /// The word in files and in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Holiday => "holiday",
            Self::MakeupWorkday => "makeup_workday",
        }
    }

    /// The kind of that exact word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// One day of an arrangement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayRow {
    /// The day.
    pub date: NaiveDate,
    /// Holiday or make-up working day.
    pub kind: DayKind,
    /// The Chinese name of the holiday that it belongs to, e.g. 春节.
    pub name: String,
}

/// Says of every day whether it is worked, and of which days it knows.
///
/// It covers 1 January of the first year with rows to 31 December of the last. Within, a day is worked if it is a
/// make-up working day, or Monday to Friday and no holiday. Outside, weekends and 1 January are taken as rest days
/// and all else as worked; what rests on that is provisional ([`super::Provisional`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    rows: BTreeMap<NaiveDate, (DayKind, String)>,
    local_rest_days: BTreeSet<NaiveDate>,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
}

impl Calendar {
    /// The calendar that comes with the program.
    ///
    /// # Panics
    /// Never: the file is part of the program and a test parses it.
    #[must_use]
    pub fn built_in() -> Self {
        Self::parse_csv(BUILT_IN_CSV).expect("the embedded calendar is parsed by the test `the_built_in_calendar_parses`")
    }

    /// Builds a calendar from rows in any order.
    ///
    /// # Errors
    /// All bad rows at once, numbered from 1 in the order given; or what is wrong with the rows as a whole.
    pub fn from_rows(rows: Vec<DayRow>) -> Result<Self, CalendarError> {
        let numbered: Vec<(usize, DayRow)> = (1..).zip(rows).collect();
        Self::from_numbered_rows(numbered, Vec::new())
    }

    /// Builds a calendar from the text of a file with the header `date,kind,name`.
    ///
    /// # Errors
    /// All bad rows at once, by the line of the file (the header is line 1) and the column.
    pub fn parse_csv(text: &str) -> Result<Self, CalendarError> {
        let rows = super::csv::read(text)?;
        Self::from_numbered_rows(rows.good, rows.bad)
    }

    /// This calendar with the rows of a newer one put in; of the same day the newer row counts, as when a notice
    /// extends a holiday. A row cannot be taken away so: a day that is ordinary again needs a whole new calendar `[I]`.
    ///
    /// # Errors
    /// [`CalendarError::MissingYears`] if years between the two have no rows.
    pub fn merged_with(&self, newer: &Self) -> Result<Self, CalendarError> {
        let mut rows = self.rows.clone();
        rows.extend(newer.rows.clone());
        let mut merged = Self::covering(rows)?;
        merged.local_rest_days = &self.local_rest_days | &newer.local_rest_days;
        Ok(merged)
    }

    /// This calendar with local rest days, such as those of an ethnic autonomous area (全国年节及纪念日放假办法 art 4
    /// `[F]`). They are rest days even where a notice makes them working days `[I]`, and do not lengthen the calendar.
    #[must_use]
    pub fn with_local_rest_days(mut self, days: &[NaiveDate]) -> Self {
        self.local_rest_days.extend(days);
        self
    }

    /// 1 January of the first year with rows.
    #[must_use]
    pub fn starts_on(&self) -> NaiveDate {
        self.starts_on
    }

    /// 31 December of the last year with rows: the last day that is known.
    #[must_use]
    pub fn ends_on(&self) -> NaiveDate {
        self.ends_on
    }

    /// The rows in order of their days, to store or print.
    pub fn rows(&self) -> impl Iterator<Item = DayRow> + '_ {
        self.rows.iter().map(|(&date, (kind, name))| DayRow { date, kind: *kind, name: name.clone() })
    }

    /// Whether the day is worked. Outside the calendar this is a guess; see [`Self::covers`].
    #[must_use]
    pub fn is_workday(&self, day: NaiveDate) -> bool {
        if self.local_rest_days.contains(&day) {
            return false;
        }
        if !self.covers(day) {
            return !is_weekend(day) && day.ordinal() != 1;
        }
        match self.rows.get(&day) {
            Some((DayKind::Holiday, _)) => false,
            Some((DayKind::MakeupWorkday, _)) => true,
            None => !is_weekend(day),
        }
    }

    /// Whether the calendar knows the day.
    #[must_use]
    pub fn covers(&self, day: NaiveDate) -> bool {
        (self.starts_on..=self.ends_on).contains(&day)
    }

    fn from_numbered_rows(rows: Vec<(usize, DayRow)>, mut bad: Vec<BadRow>) -> Result<Self, CalendarError> {
        let mut first_lines: BTreeMap<NaiveDate, usize> = BTreeMap::new();
        let mut days = BTreeMap::new();
        for (line, row) in rows {
            let problem = if let Some(&first_line) = first_lines.get(&row.date) {
                Some((Column::Date, RowProblem::Duplicate { first_line }))
            } else if row.kind == DayKind::MakeupWorkday && !is_weekend(row.date) {
                Some((Column::Kind, RowProblem::MakeupOnWeekday))
            } else {
                None
            };
            first_lines.entry(row.date).or_insert(line);
            match problem {
                Some((column, problem)) => {
                    let value = match column {
                        Column::Kind => row.kind.code().to_owned(),
                        Column::Date | Column::Name | Column::Row => row.date.to_string(),
                    };
                    bad.push(BadRow { line, column, value, problem });
                }
                None => {
                    days.insert(row.date, (row.kind, row.name));
                }
            }
        }
        if bad.is_empty() {
            Self::covering(days)
        } else {
            bad.sort_by_key(|row| row.line);
            Err(CalendarError::Rows(bad))
        }
    }

    fn covering(rows: BTreeMap<NaiveDate, (DayKind, String)>) -> Result<Self, CalendarError> {
        let years: BTreeSet<i32> = rows.keys().map(NaiveDate::year).collect();
        let (Some(&first), Some(&last)) = (years.first(), years.last()) else {
            return Err(CalendarError::Empty);
        };
        let (Some(starts_on), Some(ends_on)) = (NaiveDate::from_ymd_opt(first, 1, 1), NaiveDate::from_ymd_opt(last, 12, 31)) else {
            return Err(CalendarError::Empty);
        };
        // Every year has holidays, so a year without rows was forgotten or another year was mistyped. Taking its
        // weekdays for working days would pass guesses off as known.
        let missing: Vec<i32> = (first..=last).filter(|year| !years.contains(year)).take(MISSING_YEARS_NAMED_MAX).collect();
        if !missing.is_empty() {
            return Err(CalendarError::MissingYears(missing));
        }
        Ok(Self { rows, local_rest_days: BTreeSet::new(), starts_on, ends_on })
    }
}

/// How many missing years an error names, so that one mistyped year does not name a thousand.
const MISSING_YEARS_NAMED_MAX: usize = 20;

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Why rows make no calendar.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// There are no rows, so no year is known.
    #[error("the calendar has no rows")]
    Empty,
    /// The first line is not `date,kind,name`.
    #[error("line 1: the header is `{found}`, expected `date,kind,name`")]
    Header {
        /// The first line as it stands, shortened.
        found: String,
    },
    /// Rows that cannot be used, all of them.
    #[error("{} bad row(s): {}", .0.len(), joined(.0.iter(), "; "))]
    Rows(Vec<BadRow>),
    /// Years without any row between years with rows (at most 20 are named).
    #[error("no rows for the year(s) {}", joined(.0.iter(), ", "))]
    MissingYears(Vec<i32>),
}

impl CalendarError {
    /// The same in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Empty => "工作日历没有任何一行".to_owned(),
            Self::Header { found } => {
                format!("第1行：表头是“{found}”，应为“date,kind,name”")
            }
            Self::Rows(rows) => {
                let rows: Vec<String> = rows.iter().map(BadRow::zh).collect();
                format!("有{}行错误：{}", rows.len(), rows.join("；"))
            }
            Self::MissingYears(years) => {
                format!("缺少以下年份的数据：{}", joined(years.iter(), "、"))
            }
        }
    }
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The line of the file from 1, or the number of the row from 1 where rows came without a file.
    pub line: usize,
    /// Where in the row.
    pub column: Column,
    /// What stands there, shortened.
    pub value: String,
    /// What is wrong with it.
    pub problem: RowProblem,
}

impl BadRow {
    /// The row and its problem in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        let problem = match self.problem {
            RowProblem::FieldCount { found } => format!("有{found}列，应为3列"),
            RowProblem::NotADay => "不是YYYY-MM-DD格式的有效日期".to_owned(),
            RowProblem::UnknownKind => "应为holiday（放假）或makeup_workday（补班）".to_owned(),
            RowProblem::NoName => "节日名称不能为空".to_owned(),
            RowProblem::Duplicate { first_line } => format!("与第{first_line}行日期重复"),
            RowProblem::MakeupOnWeekday => "补班日只能是星期六或星期日".to_owned(),
        };
        format!("第{}行{}“{}”：{problem}", self.line, self.column.zh(), self.value)
    }
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {} `{}`: ", self.line, self.column, self.value)?;
        match self.problem {
            RowProblem::FieldCount { found } => write!(f, "{found} columns instead of 3"),
            RowProblem::NotADay => f.write_str("not an existing day written YYYY-MM-DD"),
            RowProblem::UnknownKind => f.write_str("neither `holiday` nor `makeup_workday`"),
            RowProblem::NoName => f.write_str("the name is empty"),
            RowProblem::Duplicate { first_line } => write!(f, "the day of line {first_line} again"),
            RowProblem::MakeupOnWeekday => f.write_str("a make-up working day is a Saturday or Sunday"),
        }
    }
}

/// The place in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Column 1.
    Date,
    /// Column 2.
    Kind,
    /// Column 3.
    Name,
    /// The row as a whole.
    Row,
}

impl Column {
    fn zh(self) -> &'static str {
        match self {
            Self::Date => "第1列（date）",
            Self::Kind => "第2列（kind）",
            Self::Name => "第3列（name）",
            Self::Row => "整行",
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Date => "column 1 (date)",
            Self::Kind => "column 2 (kind)",
            Self::Name => "column 3 (name)",
            Self::Row => "the row",
        })
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowProblem {
    /// Not three columns.
    FieldCount {
        /// How many there are.
        found: usize,
    },
    /// Not an existing day written `YYYY-MM-DD`.
    NotADay,
    /// Not one of the two kinds.
    UnknownKind,
    /// The name is empty.
    NoName,
    /// The day stands in an earlier row.
    Duplicate {
        /// That row.
        first_line: usize,
    },
    /// A make-up working day from Monday to Friday, which are worked anyway: most likely a mistyped day `[I]`.
    MakeupOnWeekday,
}

fn joined<T: ToString>(items: impl Iterator<Item = T>, separator: &str) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(separator)
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
