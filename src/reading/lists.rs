//! The lists of a docx or doc: abstract lists with their levels, and the lists that use them.
//!
//! Counting is done by `labels`, writing of numbers by `counting`. The lists of an odt are others.

use std::collections::HashMap;

use super::counting::Counting;

/// Levels of a list (ISO/IEC 29500-1, 17.9.6).
pub(super) const LEVELS: usize = 9;

/// Characters of a label before its numbers are put in; word processors take no more. Each number may take ten times the
/// room of its placeholder.
pub(super) const LABEL_CHARS: usize = 255;

/// What is said of some levels of a list. Most of the lists of a file say nothing of most levels, and a file may have many.
#[derive(Debug)]
pub(super) struct Levels<T>(Vec<(usize, T)>);

impl<T> Default for Levels<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Levels<T> {
    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.0.iter().find(|(level, _)| *level == at).map(|(_, said)| said)
    }

    /// What is said later replaces what was said before; a level that no list has is passed over.
    pub(super) fn set(&mut self, at: Option<i64>, said: T) {
        let Some(at) = at.and_then(|at| usize::try_from(at).ok()).filter(|at| *at < LEVELS) else { return };
        match self.0.iter_mut().find(|(level, _)| *level == at) {
            Some((_, before)) => *before = said,
            None => self.0.push((at, said)),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Numbering {
    pub(super) abstracts: HashMap<i64, AbstractList>,
    pub(super) lists: HashMap<i64, List>,
}

/// Several lists may count on together in one abstract list.
#[derive(Debug, Default)]
pub(super) struct AbstractList {
    pub(super) levels: Levels<Level>,
    /// Takes its levels from this list.
    pub(super) levels_of: Option<i64>,
}

#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) abstract_id: i64,
    pub(super) overrides: Levels<Override>,
}

#[derive(Debug, Default)]
pub(super) struct Override {
    pub(super) start: Option<i64>,
    pub(super) level: Option<Level>,
}

#[derive(Debug, Clone)]
pub(super) struct Level {
    pub(super) start: i64,
    pub(super) counting: Counting,
    /// The label, `%1` to `%9` standing for the numbers of the levels.
    pub(super) text: String,
    pub(super) suffix: &'static str,
    /// The level, counted from 1, whose use restarts this one; 0 means never, absent any above.
    pub(super) restart: Option<i64>,
    /// All numbers of the label are written in Arabic digits.
    pub(super) is_legal: bool,
    /// The style whose paragraphs stand on this level.
    pub(super) style: Option<String>,
    /// The font of a bullet, in lower case.
    pub(super) font: Option<String>,
    pub(super) hidden: bool,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            start: 0,
            counting: Counting::Decimal,
            text: String::new(),
            suffix: "\t",
            restart: None,
            is_legal: false,
            style: None,
            font: None,
            hidden: false,
        }
    }
}
