//! The types of a profile's values: how each prints and how each is stored. What is accepted is for `shapes` to say.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::base::workdays::Period;
pub use crate::lifecycle::facts::MaterialKind;

/// A type that values of a profile have.
pub trait RuleValue {
    /// What a getter hands out.
    type View<'a>
    where
        Self: 'a;
    /// The value for use.
    fn view(&self) -> Self::View<'_>;
    /// The value as stored; reading it again gives the same value.
    fn to_json(&self) -> Value;
    /// The value as text, to print.
    fn text(&self) -> String;
}

/// A value out of a fixed list, written as a word.
pub(super) trait Choice: Copy + Sized + 'static {
    const ALL: &'static [Self];
    fn word(self) -> &'static str;
}

/// Declares enums whose variants are words in a file. Five of them differ in nothing but their words.
macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// All of them, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word in files, in the database and in the interface.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The one of that exact word.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
        }

        impl Choice for $name {
            const ALL: &'static [Self] = Self::ALL;
            fn word(self) -> &'static str { self.code() }
        }

        impl RuleValue for $name {
            type View<'a> = Self;
            fn view(&self) -> Self { *self }
            fn to_json(&self) -> Value { Value::from(self.code()) }
            fn text(&self) -> String { self.code().to_owned() }
        }
    )+};
}

choices! {
    /// Which days a number of days means.
    DayType {
        /// 日.
        Calendar = "calendar",
        /// 工作日.
        Working = "working",
    }

    /// Which day "N日后" is, which the words leave open by one day `[I]`.
    LeadDayMode {
        /// The N-th day after publication: publication + N.
        NthDay = "nth_day",
        /// The day after the N-th day: publication + N + 1.
        DayAfterNthDay = "day_after_nth_day",
    }

    /// From which day a validity is counted.
    ValidityFrom {
        /// 施行日.
        EffectiveDate = "effective_date",
        /// 公布日.
        PublicationDate = "publication_date",
    }

    /// On which day the time for filing starts. Places say 公布, 发布 or 印发; the registry keeps two such days `[I]`.
    FilingClockStart {
        /// 公布/发布: the publication.
        PublicationDate = "publication_date",
        /// 签发: the signature.
        SignedOn = "signed_on",
    }

    /// What happens to documents that a clean-up's catalogue does not list.
    UnlistedEffect {
        /// Nothing.
        None = "none",
        /// They are repealed.
        Repeal = "repeal",
        /// They lapse.
        Lapse = "lapse",
    }
}

impl Choice for MaterialKind {
    const ALL: &'static [Self] = Self::ALL;
    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl RuleValue for MaterialKind {
    type View<'a> = Self;
    fn view(&self) -> Self {
        *self
    }
    fn to_json(&self) -> Value {
        Value::from(self.as_str())
    }
    fn text(&self) -> String {
        self.as_str().to_owned()
    }
}

/// A day of every year; never 29 February.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthDay {
    month: u32,
    day: u32,
}

impl MonthDay {
    /// The day, if every year has it.
    #[must_use]
    pub fn new(month: u32, day: u32) -> Option<Self> {
        // 2001 is a common year, so it has exactly the days that every year has.
        NaiveDate::from_ymd_opt(2001, month, day).map(|_| Self { month, day })
    }

    /// Reads `MM-DD`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (month, day) = text.split_once('-')?;
        let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        if !two_digits(month) || !two_digits(day) {
            return None;
        }
        Self::new(month.parse().ok()?, day.parse().ok()?)
    }

    /// The day in that year; `None` only for years that a date cannot have.
    #[must_use]
    pub fn in_year(self, year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, self.month, self.day)
    }
}

/// Copies of each part of a filing on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilingCopies {
    /// 备案报告.
    pub report: u16,
    /// 正式文本.
    pub text: u16,
    /// 起草说明.
    pub explanation: u16,
    /// 制定依据.
    pub basis: u16,
}

impl RuleValue for bool {
    type View<'a> = Self;
    fn view(&self) -> Self {
        *self
    }
    fn to_json(&self) -> Value {
        Value::from(*self)
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl RuleValue for u16 {
    type View<'a> = Self;
    fn view(&self) -> Self {
        *self
    }
    fn to_json(&self) -> Value {
        Value::from(*self)
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl RuleValue for u32 {
    type View<'a> = Self;
    fn view(&self) -> Self {
        *self
    }
    fn to_json(&self) -> Value {
        Value::from(*self)
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl RuleValue for Option<u16> {
    type View<'a> = Self;
    fn view(&self) -> Self {
        *self
    }
    fn to_json(&self) -> Value {
        self.map_or_else(|| Value::from("none"), Value::from)
    }
    fn text(&self) -> String {
        self.map_or_else(|| "none".to_owned(), |number| number.to_string())
    }
}

impl RuleValue for Period {
    type View<'a> = Self;
    fn view(&self) -> Self {
        *self
    }
    fn to_json(&self) -> Value {
        match self {
            Self::Days(days) => json!({ "days": days }),
            Self::Workdays(workdays) => json!({ "workdays": workdays }),
        }
    }
    fn text(&self) -> String {
        match self {
            Self::Days(days) => format!("{days} days"),
            Self::Workdays(workdays) => format!("{workdays} workdays"),
        }
    }
}

impl RuleValue for MonthDay {
    type View<'a> = Self;
    fn view(&self) -> Self {
        *self
    }
    fn to_json(&self) -> Value {
        Value::from(self.text())
    }
    fn text(&self) -> String {
        format!("{:02}-{:02}", self.month, self.day)
    }
}

impl RuleValue for FilingCopies {
    type View<'a> = Self;
    fn view(&self) -> Self {
        *self
    }
    fn to_json(&self) -> Value {
        json!({ "report": self.report, "text": self.text, "explanation": self.explanation, "basis": self.basis })
    }
    fn text(&self) -> String {
        format!("report {}, text {}, explanation {}, basis {}", self.report, self.text, self.explanation, self.basis)
    }
}

impl RuleValue for NaiveDate {
    type View<'a> = Self;
    fn view(&self) -> Self {
        *self
    }
    fn to_json(&self) -> Value {
        Value::from(self.to_string())
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl<T: RuleValue + 'static> RuleValue for Vec<T> {
    type View<'a> = &'a [T];
    fn view(&self) -> &[T] {
        self
    }
    fn to_json(&self) -> Value {
        self.iter().map(RuleValue::to_json).collect()
    }
    fn text(&self) -> String {
        if self.is_empty() {
            return "none".to_owned();
        }
        let texts: Vec<String> = self.iter().map(RuleValue::text).collect();
        texts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_day_of_every_year_is_not_the_leap_day() {
        let last = MonthDay::parse("01-31").expect("31 January");
        assert_eq!(last.in_year(2027), NaiveDate::from_ymd_opt(2027, 1, 31));
        for wrong in ["02-29", "1-31", "01-32", "13-01", "00-00", "0131", "01-31-"] {
            assert_eq!(MonthDay::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn reading_any_day_never_panics(text in "\\PC{0,40}") {
            let _ = MonthDay::parse(&text);
        }
    }
}
