//! A value together with where it comes from and how certain it is. Judges no value.

use std::fmt;

/// How certain a value is (domain reference 0.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Found: the full text of the instrument was read.
    Found,
    /// Excerpt: the figure was in the visible part of the text.
    Excerpt,
    /// Found in another place's rule.
    OtherPlace,
    /// Inference or a choice made here; not itself a rule.
    Inference,
    /// From memory; to be confirmed before anyone relies on it.
    Memory,
}

impl Mark {
    /// All marks.
    pub const ALL: [Self; 5] = [Self::Found, Self::Excerpt, Self::OtherPlace, Self::Inference, Self::Memory];

    /// The letter in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Found => "F",
            Self::Excerpt => "X",
            Self::OtherPlace => "O",
            Self::Inference => "I",
            Self::Memory => "M",
        }
    }

    /// The mark of that exact letter.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.code() == code)
    }

    /// What it says, in Chinese.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Found => "已查全文",
            Self::Excerpt => "见于摘录",
            Self::OtherPlace => "外地规定",
            Self::Inference => "推断或选择",
            Self::Memory => "凭记忆，待核实",
        }
    }

    /// What it says, in English.
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Self::Found => "found in the full text",
            Self::Excerpt => "found in an excerpt",
            Self::OtherPlace => "another place's rule",
            Self::Inference => "inference or choice",
            Self::Memory => "from memory, to be confirmed",
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A value with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// The instrument and article, in Chinese; never its text.
    pub source: String,
    /// How certain.
    pub mark: Mark,
}

/// One key of a profile, to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The key.
    pub key: &'static str,
    /// The value as text.
    pub value: String,
    /// Where it comes from.
    pub source: &'a str,
    /// How certain.
    pub mark: Mark,
}
