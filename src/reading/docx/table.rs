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
        if at >= MAX_COLUMNS {
            return false;
        }
        if self.merged.len() <= at {
            self.merged.resize(at + 1, false);
        }
        let Some(merged) = self.merged.get_mut(at) else {
            return false;
        };
        let is_covered = cell.continues == Some(true) && *merged;
        // A cell that goes on without a beginning above is shown, and begins the merged cell.
        *merged = cell.continues.is_some();
        is_covered
    }
}
