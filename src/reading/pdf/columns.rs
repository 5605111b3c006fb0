//! Finds columns, as gazettes are printed in: text that is read down one side before the next is begun.
//!
//! Only where all of them are plainly columns: several lines each, most of which fill it, and between them gutters that nothing
//! crosses. What is set side by side in short pieces, such as names and numbers without frames, is read line by line.

use super::super::Reason;
use super::budget::Budget;
use super::content::Glyph;
use super::geometry::Rule;

/// Words farther apart than so many times their size may stand in different columns.
const GUTTER: f64 = 1.2;

/// A first column has so many lines at least, and a further one so many.
const MIN_LINES: usize = 5;
const MIN_FURTHER_LINES: usize = 3;

/// Narrower text, in times its size, is no column.
const MIN_WIDTH: f64 = 8.0;

/// The part of a column's lines that fill it: those that are so wide against it, and reach its right side but for so many
/// times their size.
const FULL_LINES: f64 = 0.4;
const FULL_WIDTH: f64 = 0.75;
const RAGGED: f64 = 1.5;

/// Places looked at for the beginning of a further column.
const MAX_PLACES: usize = 8;

/// Beginnings so near to each other, in times the size, are one.
const SAME: f64 = 0.3;

/// The sides of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Column {
    pub(super) left: f64,
    pub(super) right: f64,
}

/// The glyphs of one column of a stretch of columns; those that stand side by side have the same top.
pub(super) struct Part {
    pub(super) top: f64,
    pub(super) column: Column,
    pub(super) glyphs: Vec<Glyph>,
}

/// A piece of a printed line, without wide gaps.
#[derive(Debug, Clone, Copy)]
struct Piece {
    x0: f64,
    x1: f64,
    y: f64,
    size: f64,
}

/// A stretch of a page with columns in it, from left to right.
struct Stretch {
    top: f64,
    bottom: f64,
    columns: Vec<Column>,
}

/// Takes the columns out of the glyphs of a page with these level rules, which part what is above from what is below.
pub(super) fn take(glyphs: &mut Vec<Glyph>, level: &[Rule], budget: &Budget) -> Result<Vec<Part>, Reason> {
    let mut parts: Vec<Part> = Vec::new();
    for stretch in stretches(glyphs, level, budget)? {
        budget.step(glyphs.len())?;
        let within = |glyph: &mut Glyph| (stretch.bottom..=stretch.top).contains(&glyph.y);
        let mut inside: Vec<Glyph> = glyphs.extract_if(.., within).collect();
        for (at, column) in stretch.columns.iter().enumerate() {
            // Half way to the next one; the last one has all that is left.
            let end = stretch.columns.get(at + 1).map_or(f64::INFINITY, |next| f64::midpoint(column.right, next.left));
            let glyphs = inside.extract_if(.., |glyph| glyph.x0 < end).collect();
            parts.push(Part { top: stretch.top, column: *column, glyphs });
        }
    }
    Ok(parts)
}

fn stretches(glyphs: &[Glyph], level: &[Rule], budget: &Budget) -> Result<Vec<Stretch>, Reason> {
    let mut pieces = pieces(glyphs);
    let mut sizes: Vec<f64> = pieces.iter().map(|piece| piece.size).collect();
    sizes.sort_by(f64::total_cmp);
    let Some(em) = sizes.get(sizes.len() / 2).copied() else { return Ok(Vec::new()) };
    let places = places(&pieces, em);
    if places.is_empty() {
        return Ok(Vec::new());
    }
    budget.step(level.len())?;
    pieces.extend(level.iter().map(|rule| Piece { x0: rule.from, x1: rule.to, y: rule.at, size: 0.0 }));
    pieces.sort_by(|one, other| other.y.total_cmp(&one.y));
    for place in places {
        budget.step(pieces.len())?;
        // Pieces that cross the gutter end a stretch.
        let crosses = |piece: &Piece| piece.x0 < place - SAME * em && piece.x1 > place - GUTTER * em;
        let found: Vec<Stretch> = pieces.split(crosses).filter_map(|run| stretch(run, em)).collect();
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// The pieces of all lines from top to bottom; what stands on one line may be parted by the height of its feet.
fn pieces(glyphs: &[Glyph]) -> Vec<Piece> {
    let mut seen: Vec<&Glyph> = glyphs.iter().filter(|glyph| !glyph.text.trim().is_empty()).collect();
    seen.sort_by(|one, other| other.y.total_cmp(&one.y));
    let mut pieces = Vec::new();
    for row in seen.chunk_by_mut(|one, other| (one.y - other.y).abs() < 0.1 * one.size) {
        row.sort_by(|one, other| one.x0.total_cmp(&other.x0));
        for run in row.chunk_by(|one, other| other.x0 - one.x1 < GUTTER * one.size.max(other.size)) {
            let first = run.iter().map(|glyph| (glyph.x0, glyph.y)).next();
            let (x1, size) = run.iter().fold((f64::MIN, 0.0f64), |(x1, size), glyph| (x1.max(glyph.x1), size.max(glyph.size)));
            pieces.extend(first.map(|(x0, y)| Piece { x0, x1, y, size }));
        }
    }
    pieces
}

/// Where several pieces begin that have one before them on their line or none: beginnings of columns, the most used first.
fn places(pieces: &[Piece], em: f64) -> Vec<f64> {
    let mut begun: Vec<f64> = pieces.iter().map(|piece| piece.x0).collect();
    begun.sort_by(f64::total_cmp);
    let mut places: Vec<(usize, f64)> = begun
        .chunk_by(|one, other| other - one < SAME * em)
        .filter(|same| same.len() >= MIN_FURTHER_LINES)
        .filter_map(|same| same.first().map(|first| (same.len(), *first)))
        .collect();
    // The first of them is the left side of the page.
    if !places.is_empty() {
        places.remove(0);
    }
    places.sort_by(|(one, _), (other, _)| other.cmp(one));
    places.into_iter().take(MAX_PLACES).map(|(_, place)| place).collect()
}

/// The columns of a run of pieces that nothing crosses, where it has some and they are all columns.
fn stretch(run: &[Piece], em: f64) -> Option<Stretch> {
    let mut by_side: Vec<&Piece> = run.iter().collect();
    by_side.sort_by(|one, other| one.x0.total_cmp(&other.x0));
    let mut columns: Vec<(Column, Vec<&Piece>)> = Vec::new();
    // A rule on one side of the gutter underlines something.
    for piece in by_side.into_iter().filter(|piece| piece.size > 0.0) {
        match columns.last_mut() {
            Some((column, pieces)) if piece.x0 - column.right < GUTTER * em => {
                column.right = column.right.max(piece.x1);
                pieces.push(piece);
            }
            Some(_) | None => columns.push((Column { left: piece.x0, right: piece.x1 }, vec![piece])),
        }
    }
    let is_full = |piece: &Piece, column: &Column| {
        piece.x1 >= column.right - RAGGED * em && piece.x1 - piece.x0 >= FULL_WIDTH * (column.right - column.left)
    };
    let is_column = |(at, (column, pieces)): (usize, &(Column, Vec<&Piece>))| {
        let width = column.right - column.left;
        let full = pieces.iter().filter(|piece| is_full(piece, column)).count();
        let needed = if at == 0 { MIN_LINES } else { MIN_FURTHER_LINES };
        pieces.len() >= needed && width >= MIN_WIDTH * em && full as f64 >= FULL_LINES * pieces.len() as f64
    };
    if columns.len() < 2 || !columns.iter().enumerate().all(is_column) {
        return None;
    }
    let top = |pieces: &[&Piece]| pieces.iter().map(|piece| piece.y).fold(f64::MIN, f64::max);
    let bottom = |pieces: &[&Piece]| pieces.iter().map(|piece| piece.y).fold(f64::MAX, f64::min);
    // Columns begin at the same height; what stands lower is another text.
    let (highest, lowest) = columns.iter().fold((f64::MIN, f64::MAX), |(highest, lowest), (_, pieces)| {
        let top = top(pieces);
        (highest.max(top), lowest.min(top))
    });
    let ends = columns.iter().map(|(_, pieces)| bottom(pieces)).fold(f64::MAX, f64::min);
    (highest - lowest < 6.0 * em).then(|| Stretch {
        top: highest + 0.5 * em,
        bottom: ends - 0.3 * em,
        columns: columns.into_iter().map(|(column, _)| column).collect(),
    })
}
