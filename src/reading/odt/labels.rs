//! Counts the numbered paragraphs of a document and writes their labels.
//!
//! A list counts by itself unless it says that it goes on with an earlier one. A level starts anew
//! after a number of a higher level, as word processors show it.

use std::collections::HashMap;

use super::super::counting::Counting;
use super::lists::{LEVELS, ListStyle, Piece};
use super::styles::Styles;

/// The counting of one list, or of several that go on with one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count(usize);

/// How an outermost list says where it counts from.
#[derive(Debug, Default)]
pub(super) struct Beginning {
    pub(super) style: String,
    pub(super) id: Option<String>,
    /// Goes on with the list of this id.
    pub(super) continues: Option<String>,
    /// Goes on with the last list of the same style.
    pub(super) goes_on: bool,
}

pub(super) struct Labels<'a> {
    styles: &'a Styles,
    /// Per count, the last number of each level as far as it has been used.
    counts: Vec<Vec<Option<i64>>>,
    by_id: HashMap<String, Count>,
    by_style: HashMap<String, Count>,
}

/// The headings count by themselves.
const OUTLINE: Count = Count(0);

impl<'a> Labels<'a> {
    pub(super) fn new(styles: &'a Styles) -> Self {
        Self { styles, counts: vec![Vec::new()], by_id: HashMap::new(), by_style: HashMap::new() }
    }

    /// The count of a list that begins here.
    pub(super) fn begin(&mut self, list: Beginning) -> Count {
        let earlier = match &list.continues {
            Some(id) => self.by_id.get(id).copied(),
            None => None,
        };
        let earlier = earlier.or_else(|| self.by_style.get(&list.style).copied().filter(|_| list.goes_on));
        let count = earlier.unwrap_or_else(|| {
            self.counts.push(Vec::new());
            Count(self.counts.len() - 1)
        });
        if let Some(id) = list.id {
            self.by_id.insert(id, count);
        }
        self.by_style.insert(list.style, count);
        count
    }

    /// The label of the next paragraph on level `at` of a list; empty where the level has none.
    pub(super) fn in_list(&mut self, count: Count, style: &str, at: usize, start: Option<i64>) -> String {
        match self.styles.list(style) {
            Some(style) => self.next(count, style, at, start),
            None => String::new(),
        }
    }

    /// The label of the next heading on level `at` that stands in no list.
    pub(super) fn of_heading(&mut self, at: usize, start: Option<i64>) -> String {
        let styles = self.styles;
        self.next(OUTLINE, &styles.outline, at, start)
    }

    fn next(&mut self, count: Count, style: &ListStyle, at: usize, start: Option<i64>) -> String {
        let Some(level) = style.level(at) else {
            return String::new();
        };
        let Some(counts) = self.counts.get_mut(count.0) else {
            return String::new();
        };
        counts.resize(at + 1, None);
        if let Some(number) = counts.get_mut(at) {
            *number = Some(match (start, *number) {
                (Some(start), _) => start,
                (None, Some(last)) => last.saturating_add(1),
                (None, None) => level.start,
            });
        }
        let mut label = String::new();
        for piece in &level.label {
            match piece {
                Piece::Words(words) => label.push_str(words),
                // A level below the paragraph's own has no number yet.
                Piece::Number(index) if *index > at || *index >= LEVELS => {}
                Piece::Number(index) => {
                    let upper = style.level(*index);
                    let start = upper.map_or(1, |level| level.start);
                    let number = counts.get(*index).copied().flatten().unwrap_or(start);
                    label.push_str(&upper.map_or(Counting::Decimal, |level| level.counting).write(number));
                }
            }
        }
        if !label.is_empty() {
            label.push_str(level.suffix);
        }
        label
    }
}
