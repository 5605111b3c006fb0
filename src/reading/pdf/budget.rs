//! Counts what reading one PDF costs, so that no file costs more than its share.

use std::cell::Cell;

use super::super::{Limits, Reason};

/// Steps of any kind: values read, table entries looked at, glyphs placed. A statute of 300 pages takes about ten million.
const STEPS: usize = 150_000_000;

#[derive(Debug)]
pub(super) struct Budget {
    bytes: Cell<usize>,
    objects: Cell<usize>,
    steps: Cell<usize>,
    chars: Cell<usize>,
    pub(super) pages: usize,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            bytes: Cell::new(limits.unpacked_bytes),
            objects: Cell::new(limits.xml_nodes),
            steps: Cell::new(STEPS),
            // Blanks and doubled glyphs fall away later.
            chars: Cell::new(limits.output_chars.saturating_mul(2)),
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

    pub(super) fn step(&self, steps: usize) -> Result<(), Reason> {
        spend(&self.steps, steps, Reason::TooManyNodes)
    }

    pub(super) fn glyph(&self) -> Result<(), Reason> {
        spend(&self.chars, 1, Reason::TooLong)
    }
}

fn spend(left: &Cell<usize>, cost: usize, reason: Reason) -> Result<(), Reason> {
    left.set(left.get().checked_sub(cost).ok_or(reason)?);
    Ok(())
}
