//! The lists of the table stream, which the head of the document points at ([MS-DOC], 2.5.1).

use std::ops::Range;

use super::bytes::{part, place_at};

pub(super) struct Tables<'a> {
    pub(super) document: &'a [u8],
    pub(super) table: &'a [u8],
}

impl<'a> Tables<'a> {
    /// The list of this number; empty where the file has none.
    pub(super) fn get(&self, number: usize) -> &'a [u8] {
        let (rest, length) = self.from(number);
        rest.get(..length).unwrap_or_default()
    }

    /// The table from this list on, and the list's length: levels of lists stand behind theirs.
    pub(super) fn from(&self, number: usize) -> (&'a [u8], usize) {
        /// Where the places of the lists begin.
        const PLACES: usize = 0x9A;
        let at = PLACES + number * 8;
        match (place_at(self.document, at), place_at(self.document, at + 4)) {
            (Some(place), Some(length)) if length > 0 => (self.table.get(place..).unwrap_or_default(), length),
            _ => (&[], 0),
        }
    }

    /// A list of n+1 places and what is said of the n stretches between them, each in `size` bytes.
    pub(super) fn entries(&self, number: usize, size: usize) -> impl Iterator<Item = (Range<usize>, &'a [u8])> {
        let list = self.get(number);
        let count = list.len().saturating_sub(4) / (4 + size);
        (0..count).filter_map(move |at| {
            let place = place_at(list, at * 4)?..place_at(list, at * 4 + 4)?;
            Some((place, part(list, (count + 1) * 4 + at * size, size)?))
        })
    }
}
