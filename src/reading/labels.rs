//! Counts the numbered paragraphs of a docx or doc and writes their labels.
//!
//! Lists with the same abstract list count on together; a list with a start of its own restarts
//! the level at its first use.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::counting::Counting;
use super::lists::{AbstractList, LEVELS, Level, List, Numbering};
use super::symbols;

/// Lists that take their levels from others, which do so again: more than two steps are a circle.
const MAX_LINKS: usize = 4;

/// Where a paragraph stands in a list, by itself or by its style.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    /// The number of the list; 0 for none.
    pub(super) list: Option<i64>,
    pub(super) level: Option<usize>,
    /// Without a level, that one counts which names this style.
    pub(super) style: Option<Rc<str>>,
}

pub(super) struct Labels<'a> {
    numbering: &'a Numbering,
    /// Per abstract list, the last number of each level; `None` before the first.
    counters: HashMap<i64, [Option<i64>; LEVELS]>,
    /// Levels of lists whose own start has been used.
    started: HashSet<(i64, usize)>,
}

/// Where the levels of a list come from.
#[derive(Clone, Copy)]
struct Source<'a> {
    list: &'a List,
    abstract_id: i64,
    abstract_list: &'a AbstractList,
}

impl<'a> Source<'a> {
    fn level(&self, at: usize) -> Option<&'a Level> {
        let own = self.list.overrides.get(at).and_then(|found| found.level.as_ref());
        own.or_else(|| self.abstract_list.levels.get(at))
    }

    fn start(&self, at: usize) -> i64 {
        let own = self.list.overrides.get(at).and_then(|found| found.start);
        own.or_else(|| self.level(at).map(|level| level.start)).unwrap_or_default()
    }
}

impl<'a> Labels<'a> {
    pub(super) fn new(numbering: &'a Numbering) -> Self {
        Self { numbering, counters: HashMap::new(), started: HashSet::new() }
    }

    /// The label in front of the next paragraph with what parts it from the text; empty where
    /// the paragraph has no number.
    pub(super) fn next(&mut self, place: &Place) -> String {
        let Some((num_id, at)) = self.level(place) else {
            return String::new();
        };
        let Some(source) = self.source(num_id) else {
            return String::new();
        };
        self.count(num_id, source, at);
        let Some(level) = source.level(at).filter(|level| !level.hidden) else {
            return String::new();
        };
        let mut label = self.label(source, level, at);
        if !label.is_empty() {
            label.push_str(level.suffix);
        }
        label
    }

    /// The list and level of a place.
    fn level(&self, place: &Place) -> Option<(i64, usize)> {
        let num_id = place.list.filter(|id| *id != 0)?;
        let linked = || {
            let name = place.style.as_deref()?;
            let source = self.source(num_id)?;
            (0..LEVELS).find(|at| source.level(*at).and_then(|level| level.style.as_deref()) == Some(name))
        };
        let at = place.level.or_else(linked).unwrap_or(0);
        (at < LEVELS).then_some((num_id, at))
    }

    fn source(&self, num_id: i64) -> Option<Source<'a>> {
        let numbering = self.numbering;
        let own = numbering.lists.get(&num_id)?;
        let mut list = own;
        for _ in 0..MAX_LINKS {
            let abstract_list = numbering.abstracts.get(&list.abstract_id)?;
            match abstract_list.levels_of.and_then(|id| numbering.lists.get(&id)) {
                Some(next) => list = next,
                // Restarts belong to the list that was named, levels to the one it leads to.
                None => {
                    return Some(Source { list: own, abstract_id: list.abstract_id, abstract_list });
                }
            }
        }
        None
    }

    fn count(&mut self, num_id: i64, source: Source<'_>, at: usize) {
        let counters = self.counters.entry(source.abstract_id).or_default();
        let own_start = source.list.overrides.get(at).and_then(|found| found.start);
        let restart = own_start.filter(|_| self.started.insert((num_id, at)));
        if let Some(counter) = counters.get_mut(at) {
            *counter = Some(match (restart, *counter) {
                (Some(start), _) => start,
                (None, Some(last)) => last.saturating_add(1),
                (None, None) => source.start(at),
            });
        }
        for (below, counter) in counters.iter_mut().enumerate().skip(at + 1) {
            let restarts = match source.level(below).and_then(|level| level.restart) {
                None => true,
                Some(rank) => i64::try_from(at).is_ok_and(|at| at < rank),
            };
            if restarts {
                *counter = None;
            }
        }
    }

    fn label(&self, source: Source<'_>, level: &Level, at: usize) -> String {
        if level.counting == Counting::Bullet {
            return level.text.chars().map(|c| symbols::shown(c, level.font.as_deref())).collect();
        }
        let counters = self.counters.get(&source.abstract_id).copied().unwrap_or_default();
        let mut label = String::with_capacity(level.text.len() + 8);
        let mut rest = level.text.chars().peekable();
        while let Some(c) = rest.next() {
            let digit = (c == '%').then(|| rest.next_if(|c| ('1'..='9').contains(c))).flatten();
            let Some(index) = digit.and_then(|digit| digit.to_digit(10)).and_then(|digit| usize::try_from(digit - 1).ok()) else {
                label.push(c);
                continue;
            };
            // A level below the paragraph's own has no number yet.
            if index > at {
                continue;
            }
            let number = counters.get(index).copied().flatten().unwrap_or_else(|| source.start(index));
            let counting = source.level(index).map_or(Counting::Decimal, |level| level.counting);
            let counting = if level.is_legal { Counting::Decimal } else { counting };
            label.push_str(&counting.write(number));
        }
        label
    }
}
