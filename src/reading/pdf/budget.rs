//! Counts what reading one PDF costs, so that no file costs more than its share.

use std::cell::Cell;

use super::super::{Limits, Reason};

/// Steps of any kind: values read, table entries looked at, glyphs placed. A statute of 300 pages takes about ten million.
const STEPS: usize = 150_000_000;

/// What a dictionary weighs against one: room for eleven entries, however few there are.
const OBJECTS_PER_DICT: usize = 8;

/// What a line weighs in memory against a value.
const OBJECTS_PER_LINE: usize = 4;

#[derive(Debug)]
pub(super) struct Budget {
    bytes: Cell<usize>,
    objects: Cell<usize>,
    steps: Cell<usize>,
    text: Cell<usize>,
    pub(super) pages: usize,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            bytes: Cell::new(limits.unpacked_bytes),
            objects: Cell::new(limits.xml_nodes),
            steps: Cell::new(STEPS),
            // A Chinese character has three bytes; blanks and doubled glyphs fall away later.
            text: Cell::new(limits.output_chars.saturating_mul(6)),
            pages: limits.pages,
        }
    }

    /// Bytes that may still be unpacked.
    pub(super) fn bytes_left(&self) -> usize {
        self.bytes.get()
    }

    pub(super) fn unpack(&self, bytes: usize) -> Result<(), Reason> {
        spend(&self.bytes, bytes, Reason::Bomb)
    }

    /// A value that is kept in memory.
    pub(super) fn object(&self) -> Result<(), Reason> {
        spend(&self.objects, 1, Reason::TooManyNodes)
    }

    /// A dictionary with entries, beside these.
    pub(super) fn dict(&self) -> Result<(), Reason> {
        spend(&self.objects, OBJECTS_PER_DICT, Reason::TooManyNodes)
    }

    pub(super) fn step(&self, steps: usize) -> Result<(), Reason> {
        spend(&self.steps, steps, Reason::TooManyNodes)
    }

    /// A line is kept until the last page has been read, with all that was measured of it.
    pub(super) fn lines(&self, count: usize) -> Result<(), Reason> {
        spend(&self.objects, count.saturating_mul(OBJECTS_PER_LINE), Reason::TooManyNodes)
    }

    /// A glyph that shows so many bytes of text.
    pub(super) fn glyph(&self, bytes: usize) -> Result<(), Reason> {
        spend(&self.text, bytes, Reason::TooLong)
    }
}

fn spend(left: &Cell<usize>, cost: usize, reason: Reason) -> Result<(), Reason> {
    left.set(left.get().checked_sub(cost).ok_or(reason)?);
    Ok(())
}
