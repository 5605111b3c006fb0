//! Finds the cells of tables by the lines that frame them, and puts a page in the order in which it is read.

use super::super::Reason;
use super::budget::Budget;
use super::columns;
use super::content::{Glyph, Page};
use super::geometry::Rule;
use super::lines::{Cell, Line, lines};

/// Frames of one cell lie so near to each other, in points.
const SAME: f64 = 3.0;

/// The lines of a page: text and the cells of tables from top to bottom, the cells of a row from left to right.
pub(super) fn read(page: Page, number: usize, budget: &Budget) -> Result<Vec<Line>, Reason> {
    let (level, upright): (Vec<Rule>, Vec<Rule>) = page.rules.iter().copied().partition(|rule| rule.is_level);
    let mut free: Vec<Glyph> = Vec::new();
    let mut cells: Vec<(Cell, Vec<Glyph>)> = Vec::new();
    let mut last = 0;
    for glyph in page.glyphs {
        let (x, y) = (f64::midpoint(glyph.x0, glyph.x1), glyph.y + 0.3 * glyph.size);
        let contains = |cell: &Cell| x > cell.left && x < cell.right && y > cell.bottom && y < cell.top;
        if let Some((_, inside)) = cells.get_mut(last).filter(|(cell, _)| contains(cell)) {
            inside.push(glyph);
            continue;
        }
        if upright.is_empty() {
            free.push(glyph);
            continue;
        }
        budget.step(level.len() + upright.len() + cells.len())?;
        let is_frame = |cell: &Cell| cell.right - cell.left > 0.75 * page.width && cell.top - cell.bottom > 0.6 * page.height;
        match around(&level, &upright, x, y).filter(|cell| !is_frame(cell)) {
            None => free.push(glyph),
            Some(cell) => {
                last = cells.iter().position(|(known, _)| is_same(known, &cell)).unwrap_or_else(|| {
                    cells.push((cell, Vec::new()));
                    cells.len() - 1
                });
                if let Some((_, inside)) = cells.get_mut(last) {
                    inside.push(glyph);
                }
            }
        }
    }
    // Each block by its top and left side.
    let mut blocks: Vec<(f64, f64, Vec<Line>)> = Vec::new();
    for part in columns::take(&mut free, &level, budget)? {
        let lines = lines(part.glyphs).into_iter().map(|line| Line { column: Some(part.column), ..line }).collect();
        blocks.push((part.top, part.column.left, lines));
    }
    for line in lines(free) {
        blocks.push((line.y + 0.8 * line.size, 0.0, vec![line]));
    }
    cells.sort_by(|(one, _), (other, _)| other.top.total_cmp(&one.top));
    let mut row = f64::INFINITY;
    for (cell, glyphs) in cells {
        if row - cell.top > SAME {
            row = cell.top;
        }
        let lines = lines(glyphs).into_iter().map(|line| Line { cell: Some(cell), ..line }).collect();
        blocks.push((row, cell.left, lines));
    }
    blocks.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.total_cmp(&other.1)));
    let turned = lines(page.turned).into_iter().map(|line| Line { is_turned: true, ..line });
    let all: Vec<Line> = blocks.into_iter().flat_map(|(_, _, lines)| lines).chain(turned).collect();
    budget.lines(all.len())?;
    Ok(all.into_iter().map(|line| Line { page: number, page_width: page.width, ..line }).collect())
}

/// The nearest rules on all four sides of a place, where there are some.
fn around(level: &[Rule], upright: &[Rule], x: f64, y: f64) -> Option<Cell> {
    let spans = |rule: &&Rule, at: f64| rule.from - SAME <= at && at <= rule.to + SAME;
    let beyond = |rules: &[Rule], at: f64, across: f64| {
        rules.iter().filter(|rule| spans(rule, across) && rule.at > at).map(|rule| rule.at).reduce(f64::min)
    };
    let before = |rules: &[Rule], at: f64, across: f64| {
        rules.iter().filter(|rule| spans(rule, across) && rule.at < at).map(|rule| rule.at).reduce(f64::max)
    };
    Some(Cell { left: before(upright, x, y)?, right: beyond(upright, x, y)?, top: beyond(level, y, x)?, bottom: before(level, y, x)? })
}

fn is_same(one: &Cell, other: &Cell) -> bool {
    [(one.left, other.left), (one.right, other.right), (one.top, other.top), (one.bottom, other.bottom)]
        .into_iter()
        .all(|(one, other)| (one - other).abs() < SAME)
}
