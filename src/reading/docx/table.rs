//! Follows the grid of a table to know which cells are covered by a merged cell above.

use super::properties::CellProperties;

/// Word allows 63 columns; what lies beyond is never taken as merged.
const MAX_COLUMNS: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Table {
    /// The next free column of the current row.
    column: usize,
    /// Columns in which a merged cell has begun above.
    merged: Vec<bool>,
}

impl Table {
    pub(super) fn begin_row(&mut self) {
        self.column = 0;
    }

    /// Leaves so many columns free at this place.
    pub(super) fn leave_free(&mut self, columns: usize) {
        self.column = self.column.saturating_add(columns);
    }

    /// Takes the next cell into the grid, and says whether a cell above covers it.
    pub(super) fn place(&mut self, cell: CellProperties) -> bool {
        let at = self.column;
        self.column = at.saturating_add(cell.span.unwrap_or(1).max(1));
        let end = self.column.min(MAX_COLUMNS);
        if self.merged.len() < end {
            self.merged.resize(end, false);
        }
        let Some((merged, rest)) = self.merged.get_mut(at..end).and_then(<[bool]>::split_first_mut) else {
            return false;
        };
        let is_covered = cell.continues == Some(true) && *merged;
        // A cell that goes on without a beginning above is shown, and begins the merged cell.
        *merged = cell.continues.is_some();
        // What began above the further columns of a wide cell ends there.
        rest.fill(false);
        is_covered
    }
}
