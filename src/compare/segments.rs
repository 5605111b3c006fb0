//! What was kept, deleted and inserted between two wordings of one piece.
//!
//! The comparison is by character, with numbers and Latin words taken whole.
//! Scraps of equal text between changes are given up, since single characters
//! that happen to agree make a change harder to read, and a change is moved to
//! the punctuation beside it where that says the same. What is kept and deleted
//! always makes up the old wording, what is kept and inserted the new one.

use serde::Serialize;

use super::align::{numbered, runs};
use super::lines::is_line_end;

/// The largest product of two lengths that is compared by character.
const TOKEN_PRODUCT: usize = 1_000_000;
/// Equal text of up to this many characters can be given up between changes.
const SCRAP: usize = 6;
/// How far a change is moved to reach punctuation.
const SLIDE: usize = 64;

/// What happened to a stretch of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// In both texts.
    Equal,
    /// Only in the new text.
    Insert,
    /// Only in the old text.
    Delete,
}

/// A stretch of text with one fate. Between two equal stretches there is at
/// most one deletion, then at most one insertion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// What happened to it.
    pub op: Op,
    /// The text, never empty.
    pub text: String,
}

/// How much comparing by character one comparison may still do, as products of
/// lengths; when it is used up, whole clauses and lines are replaced.
pub(super) struct Budget(pub usize);

impl Budget {
    /// Enough for any real document; about a quarter of a second at worst.
    pub(super) const FULL: Self = Self(60_000_000);
}

/// The segments that lead from `from` to `to`.
pub(super) fn segments(from: &str, to: &str, budget: &mut Budget) -> Vec<Segment> {
    let mut parts = Parts::default();
    refine(from, to, Level::Tokens, budget, &mut parts);
    let mut parts = parts.0;
    // Each pass that changes anything leaves fewer parts; few are needed.
    for _ in 0..8 {
        let before = parts.len();
        parts = without_scraps(parts);
        if parts.len() == before {
            break;
        }
    }
    slide(&mut parts);
    flatten(parts)
}

/// Text that is equal, or a deletion and an insertion in one place.
#[derive(Debug)]
enum Part {
    Equal(String),
    Change { deleted: String, inserted: String },
}

#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn equal(&mut self, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Equal(last)) => last.push_str(text),
            Some(Part::Change { .. }) | None => self.0.push(Part::Equal(text.to_owned())),
        }
    }

    fn change(&mut self, from: &str, to: &str) {
        match self.0.last_mut() {
            _ if from.is_empty() && to.is_empty() => {}
            Some(Part::Change { deleted, inserted }) => {
                deleted.push_str(from);
                inserted.push_str(to);
            }
            Some(Part::Equal(_)) | None => self.0.push(Part::Change { deleted: from.to_owned(), inserted: to.to_owned() }),
        }
    }
}

/// The unit of comparison. A text too long for one is first compared by the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Tokens,
    Lines,
    Clauses,
}

impl Level {
    /// Cuts a text; put together the units are the text.
    fn units(self, text: &str) -> Vec<&str> {
        let joined = |before: char, after: char| match self {
            Self::Tokens => (is_word(before) && is_word(after)) || (before == '\r' && after == '\n'),
            Self::Lines => !is_line_end(before) || (before == '\r' && after == '\n'),
            Self::Clauses => !"。；，、：！？".contains(before) && !is_line_end(before),
        };
        let mut units = Vec::new();
        let (mut start, mut before) = (0, None);
        for (at, c) in text.char_indices() {
            if before.is_some_and(|before| !joined(before, c)) {
                units.push(text.get(start..at).unwrap_or_default());
                start = at;
            }
            before = Some(c);
        }
        if start < text.len() {
            units.push(text.get(start..).unwrap_or_default());
        }
        units
    }
}

/// Numbers and Latin words are read as one: 2027 is not 202 with another digit.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || ('０'..='９').contains(&c)
}

fn refine(from: &str, to: &str, level: Level, budget: &mut Budget, out: &mut Parts) {
    if from.is_empty() || to.is_empty() {
        out.change(from, to);
        return;
    }
    let tokens = (Level::Tokens.units(from), Level::Tokens.units(to));
    let work = tokens.0.len().saturating_mul(tokens.1.len());
    let (units, below) = if work <= TOKEN_PRODUCT && work <= budget.0 {
        budget.0 -= work;
        (tokens, None)
    } else {
        match level {
            Level::Tokens => (split(Level::Lines, from, to), Some(Level::Lines)),
            Level::Lines => (split(Level::Clauses, from, to), Some(Level::Clauses)),
            Level::Clauses => {
                out.change(from, to);
                return;
            }
        }
    };
    let (from_ids, to_ids) = numbered(&units.0, &units.1);
    for run in runs(&from_ids, &to_ids) {
        let old = units.0.get(run.from).unwrap_or_default().concat();
        if run.equal {
            out.equal(&old);
            continue;
        }
        let new = units.1.get(run.to).unwrap_or_default().concat();
        match below {
            Some(level) => refine(&old, &new, level, budget, out),
            None => out.change(&old, &new),
        }
    }
}

fn split<'a>(level: Level, from: &'a str, to: &'a str) -> (Vec<&'a str>, Vec<&'a str>) {
    (level.units(from), level.units(to))
}

/// Joins changes between which only a scrap of equal text stands: one character,
/// or no more than either change is long. A line end is never given up, so that
/// paragraphs stay apart.
fn without_scraps(parts: Vec<Part>) -> Vec<Part> {
    let mut kept = Parts::default();
    let mut parts = parts.into_iter().peekable();
    while let Some(part) = parts.next() {
        match part {
            Part::Equal(text) if is_scrap(&text, kept.0.last(), parts.peek()) => {
                kept.change(&text, &text);
            }
            Part::Equal(text) => kept.equal(&text),
            Part::Change { deleted, inserted } => kept.change(&deleted, &inserted),
        }
    }
    kept.0
}

fn is_scrap(text: &str, before: Option<&Part>, after: Option<&Part>) -> bool {
    let length = |part: Option<&Part>| match part {
        Some(Part::Change { deleted, inserted }) => {
            // Only lengths up to the limit matter; a change can be very long.
            deleted.chars().take(SCRAP).count().max(inserted.chars().take(SCRAP).count())
        }
        Some(Part::Equal(_)) | None => 0,
    };
    let (before, after) = (length(before), length(after));
    let own = text.chars().take(SCRAP + 1).count();
    before > 0 && after > 0 && own <= SCRAP && !text.contains(is_line_end) && (own == 1 || (own <= before && own <= after))
}

/// Moves each pure insertion or deletion along equal text to where it begins
/// after punctuation and ends with it.
fn slide(parts: &mut [Part]) {
    for place in 1..parts.len().saturating_sub(1) {
        let Some([Part::Equal(before), Part::Change { deleted, inserted }, Part::Equal(after)]) = parts.get_mut(place - 1..=place + 1)
        else {
            continue;
        };
        if deleted.is_empty() {
            slide_one(before, inserted, after);
        } else if inserted.is_empty() {
            slide_one(before, deleted, after);
        }
    }
}

fn slide_one(before: &mut String, change: &mut String, after: &mut String) {
    // Moved one character to the left, a change gives its last character to the
    // text after it and takes the same character from the text before it.
    let steps: Vec<(char, char)> = (before.chars().rev()).zip(change.chars().rev().cycle()).take(SLIDE + 1).collect();
    let score = |&(last_before, last): &(char, char)| weight(last_before) + weight(last);
    let Some(mut best) = steps.first().map(score) else {
        return;
    };
    let mut distance = 0;
    for (place, pair) in steps.windows(2).enumerate() {
        let [passed, next] = pair else { break };
        if passed.0 != passed.1 {
            break;
        }
        if score(next) > best {
            (best, distance) = (score(next), place + 1);
        }
    }
    let cut = |text: &str| text.char_indices().rev().take(distance).last().map_or(text.len(), |(at, _)| at);
    change.insert_str(0, &before.split_off(cut(before)));
    after.insert_str(0, &change.split_off(cut(change)));
}

/// How well a change stands after this character, or ending with it.
fn weight(c: char) -> u8 {
    match c {
        _ if is_line_end(c) => 4,
        '。' | '；' | '！' | '？' => 3,
        '，' | '、' | '：' => 2,
        _ => 0,
    }
}

fn flatten(parts: Vec<Part>) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut push = |op, text: String| {
        if !text.is_empty() {
            segments.push(Segment { op, text });
        }
    };
    for part in parts {
        match part {
            Part::Equal(text) => push(Op::Equal, text),
            Part::Change { deleted, inserted } => {
                push(Op::Delete, deleted);
                push(Op::Insert, inserted);
            }
        }
    }
    segments
}
