//! What each key accepts, as data: a range, a list of words, a period. Each shape reads a value and says what it would have accepted.
//! Knows nothing of how keys relate to each other.

use std::ops::RangeInclusive;

use chrono::NaiveDate;
use serde_json::Value;

use super::number_format::NumberFormat;
use super::problem::Accepted;
use super::values::{Choice, FilingCopies, MonthDay};
use crate::base::workdays::{Period, parse_day};

/// Reads values of a type.
pub(super) trait Shape<T> {
    /// The value, if it is accepted.
    fn read(&self, value: &Value) -> Option<T>;
    /// What is accepted, for people.
    fn accepted(&self) -> Accepted;
}

/// `true` or `false`.
pub(super) struct Flag;

/// A whole number in a range.
pub(super) struct Count<T>(pub(super) RangeInclusive<T>);

/// A whole number in a range, or the word `none`.
pub(super) struct CountOrNone(pub(super) RangeInclusive<u16>);

/// `{ days = N }` or `{ workdays = N }` with N in a range.
pub(super) struct Span(pub(super) RangeInclusive<u16>);

/// A word of the type's list.
pub(super) struct Word;

/// Words of the type's list, none twice.
pub(super) struct Words;

/// Days, none twice.
pub(super) struct DayList;

/// A day of every year.
pub(super) struct YearlyDay;

/// Numbers of copies.
pub(super) struct Copies;

/// How a number is written.
pub(super) struct Format;

/// How many entries a list may have; a year has no more days than this.
const LIST_LEN_MAX: usize = 366;

impl Shape<bool> for Flag {
    fn read(&self, value: &Value) -> Option<bool> {
        value.as_bool()
    }
    fn accepted(&self) -> Accepted {
        Accepted::new("true 或 false", "true or false")
    }
}

impl<T: TryFrom<u64> + PartialOrd + ToString> Shape<T> for Count<T> {
    fn read(&self, value: &Value) -> Option<T> {
        let number = T::try_from(value.as_u64()?).ok()?;
        self.0.contains(&number).then_some(number)
    }
    fn accepted(&self) -> Accepted {
        let (low, high) = (self.0.start().to_string(), self.0.end().to_string());
        Accepted { zh: format!("{low}至{high}的整数"), en: format!("a whole number from {low} to {high}") }
    }
}

impl Shape<Option<u16>> for CountOrNone {
    fn read(&self, value: &Value) -> Option<Option<u16>> {
        if value.as_str() == Some("none") {
            return Some(None);
        }
        Count(self.0.clone()).read(value).map(Some)
    }
    fn accepted(&self) -> Accepted {
        let number = Count(self.0.clone()).accepted();
        Accepted { zh: format!("{}，或 \"none\"", number.zh), en: format!("{}, or \"none\"", number.en) }
    }
}

impl Shape<Period> for Span {
    fn read(&self, value: &Value) -> Option<Period> {
        let table = value.as_object()?;
        let (unit, number) = table.iter().next()?;
        if table.len() != 1 {
            return None;
        }
        let number = Count(self.0.clone()).read(number)?;
        match unit.as_str() {
            "days" => Some(Period::Days(number)),
            "workdays" => Some(Period::Workdays(number)),
            _ => None,
        }
    }
    fn accepted(&self) -> Accepted {
        let (low, high) = (self.0.start(), self.0.end());
        Accepted {
            zh: format!("{{ days = N }}（日）或 {{ workdays = N }}（工作日），N为{low}至{high}的整数"),
            en: format!("{{ days = N }} or {{ workdays = N }} with N a whole number from {low} to {high}"),
        }
    }
}

impl<T: Choice> Shape<T> for Word {
    fn read(&self, value: &Value) -> Option<T> {
        let word = value.as_str()?;
        T::ALL.iter().copied().find(|one| one.word() == word)
    }
    fn accepted(&self) -> Accepted {
        let words = words::<T>();
        Accepted { zh: format!("以下之一：{words}"), en: format!("one of {words}") }
    }
}

impl<T: Choice + PartialEq> Shape<Vec<T>> for Words {
    fn read(&self, value: &Value) -> Option<Vec<T>> {
        list_without_repeats(value, |item| Word.read(item))
    }
    fn accepted(&self) -> Accepted {
        let words = words::<T>();
        Accepted { zh: format!("由以下各项组成、无重复的列表：{words}"), en: format!("a list without repeats of {words}") }
    }
}

impl Shape<Vec<NaiveDate>> for DayList {
    fn read(&self, value: &Value) -> Option<Vec<NaiveDate>> {
        list_without_repeats(value, |item| parse_day(item.as_str()?))
    }
    fn accepted(&self) -> Accepted {
        Accepted::new("无重复的日期列表，每项为YYYY-MM-DD，至多366项", "a list without repeats of days written YYYY-MM-DD, at most 366")
    }
}

impl Shape<MonthDay> for YearlyDay {
    fn read(&self, value: &Value) -> Option<MonthDay> {
        MonthDay::parse(value.as_str()?)
    }
    fn accepted(&self) -> Accepted {
        Accepted::new("每年都有的日期，格式为\"MM-DD\"", "a day of every year written \"MM-DD\"")
    }
}

impl Shape<FilingCopies> for Copies {
    fn read(&self, value: &Value) -> Option<FilingCopies> {
        let table = value.as_object()?;
        let part = |name| Count(0..=99).read(table.get(name)?);
        let copies =
            FilingCopies { report: part("report")?, text: part("text")?, explanation: part("explanation")?, basis: part("basis")? };
        (table.len() == 4).then_some(copies)
    }
    fn accepted(&self) -> Accepted {
        Accepted::new(
            "{ report = N, text = N, explanation = N, basis = N }，N为0至99的整数",
            "{ report = N, text = N, explanation = N, basis = N } with N a whole number from 0 to 99",
        )
    }
}

impl Shape<NumberFormat> for Format {
    fn read(&self, value: &Value) -> Option<NumberFormat> {
        NumberFormat::parse(value.as_str()?)
    }
    fn accepted(&self) -> Accepted {
        Accepted::new(
            "含 {prefix}、{year}、{serial} 各一次（年份与序号不相连）、不超过60字的文字",
            "text of at most 60 characters with {prefix}, {year} and {serial} once each, year and serial apart",
        )
    }
}

fn list_without_repeats<T: PartialEq>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    let items = value.as_array()?;
    if items.len() > LIST_LEN_MAX {
        return None;
    }
    let mut list = Vec::new();
    for item in items {
        let item = read(item)?;
        if list.contains(&item) {
            return None;
        }
        list.push(item);
    }
    Some(list)
}

fn words<T: Choice>() -> String {
    let words: Vec<&str> = T::ALL.iter().map(|one| one.word()).collect();
    words.join(", ")
}
