//! Where the texts of boxes and the words of drawings stand beside the main text ([MS-DOC], 2.3.5 and 2.8.32).

use std::collections::HashMap;
use std::ops::Range;

use super::super::{Limits, Reason};
use super::bytes::{place_at, u16_at, u32_at};
use super::drawings::{self, Shape};
use super::pieces::Pieces;
use super::tables::Tables;

#[derive(Default)]
pub(super) struct Boxes {
    /// By the places of the anchors in the main text.
    anchored: HashMap<usize, Vec<Beside>>,
    /// The places of the texts of all boxes, in order.
    pub(super) texts: Vec<Range<usize>>,
}

/// What stands beside the text at an anchor.
pub(super) enum Beside {
    /// The text of this number.
    Box(usize),
    Words(String),
}

impl Boxes {
    pub(super) fn parse(tables: &Tables<'_>, pieces: &Pieces<'_>, limits: &Limits) -> Result<Self, Reason> {
        const ANCHOR: usize = 26;
        let mut boxes = Self::default();
        let mut of_shapes = HashMap::new();
        for (shape, places) in texts(tables, pieces) {
            of_shapes.entry(shape).or_insert(boxes.texts.len());
            boxes.texts.push(places);
        }
        let mut drawings = drawings::parse(tables.get(50), limits)?;
        for (place, said) in tables.entries(40, ANCHOR) {
            let Some(id) = u32_at(said, 0) else { continue };
            let shapes = drawings.remove(&id).unwrap_or_else(|| vec![Shape { id, words: None }]);
            let beside = boxes.anchored.entry(place.start).or_default();
            for shape in shapes {
                beside.extend(shape.words.map(Beside::Words));
                beside.extend(of_shapes.remove(&shape.id).map(Beside::Box));
            }
        }
        Ok(boxes)
    }

    pub(super) fn at(&self, place: usize) -> &[Beside] {
        self.anchored.get(&place).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The numbers of the shapes that hold texts, and the places of these.
fn texts(tables: &Tables<'_>, pieces: &Pieces<'_>) -> Vec<(u32, Range<usize>)> {
    const TEXT: usize = 22;
    // The main text, notes, headers, macros, comments and end notes stand before the boxes.
    let before: Option<usize> =
        (0..6).map(|part| place_at(tables.document, 0x4C + part * 4)).try_fold(0usize, |sum, length| sum.checked_add(length?));
    let Some(first) = before else { return Vec::new() };
    tables
        .entries(56, TEXT)
        .filter_map(|(place, said)| {
            let (start, end) = (first.checked_add(place.start)?, first.checked_add(place.end)?);
            let is_spare = u16_at(said, 8)? != 0;
            // A further mark of a paragraph ends each text.
            let last: Vec<char> = pieces.characters(end.saturating_sub(2).max(start)..end).map(|(_, c, ..)| c).collect();
            let end = if matches!(last[..], ['\r'] | ['\r', '\r']) { end - 1 } else { end };
            (!is_spare && start < end && end <= pieces.length()).then_some((u32_at(said, 14)?, start..end))
        })
        .collect()
}
