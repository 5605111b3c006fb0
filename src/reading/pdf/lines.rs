//! Puts the glyphs of a page together into lines.

use super::columns::Column;
use super::content::Glyph;

/// One printed line, or one line of a cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) page: usize,
    pub(super) page_width: f64,
    /// It runs up or down the page, and its places are those of the page turned.
    pub(super) is_turned: bool,
    /// The cell that it stands in, with the cell's sides.
    pub(super) cell: Option<Cell>,
    /// The column that it stands in, where the page has some.
    pub(super) column: Option<Column>,
    pub(super) x0: f64,
    pub(super) x1: f64,
    /// Where its last character ends that is no closing mark: such marks may hang over the side.
    pub(super) solid_x1: f64,
    pub(super) y: f64,
    pub(super) size: f64,
    pub(super) text: String,
    /// The width of its first word: what would have had to fit on the line before.
    pub(super) first_word: f64,
    /// Small raised figures in it: the bytes of `text` that they take.
    pub(super) raised: Vec<(usize, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cell {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Glyphs whose feet lie within so much of a glyph's size stand on one line, raised and lowered ones among them.
const ON_ONE_LINE: f64 = 0.45;

/// The lines of these glyphs from top to bottom.
pub(super) fn lines(mut glyphs: Vec<Glyph>) -> Vec<Line> {
    glyphs.sort_by(|one, other| other.y.total_cmp(&one.y));
    let mut lines: Vec<Line> = Vec::new();
    let mut row: Vec<Glyph> = Vec::new();
    // The foot and size of the largest glyph of the row.
    let (mut foot, mut size) = (0.0f64, 0.0f64);
    for glyph in glyphs {
        if !row.is_empty() && (foot - glyph.y).abs() > ON_ONE_LINE * size.max(glyph.size) {
            lines.extend(line(std::mem::take(&mut row), foot, size));
            size = 0.0;
        }
        if glyph.size > size * 1.05 && !glyph.text.trim().is_empty() || row.is_empty() {
            (foot, size) = (glyph.y, glyph.size);
        }
        row.push(glyph);
    }
    lines.extend(line(row, foot, size));
    lines
}

/// The glyphs of one line as text; `None` where there is nothing but blanks.
fn line(mut row: Vec<Glyph>, foot: f64, size: f64) -> Option<Line> {
    row.sort_by(|one, other| one.x0.total_cmp(&other.x0));
    // Bold print is imitated by printing twice, a hair apart.
    row.dedup_by(|glyph, before| {
        glyph.text == before.text && (glyph.x0 - before.x0).abs() < 0.15 * glyph.size && !glyph.text.trim().is_empty()
    });
    let mut line = Line { y: foot, size, ..Line::default() };
    let mut end: Option<(f64, char)> = None;
    for glyph in &row {
        let is_blank = glyph.text.chars().all(char::is_whitespace);
        let (Some(first), Some(last)) = (glyph.text.chars().next(), glyph.text.chars().next_back()) else { continue };
        match end {
            None if is_blank => continue,
            None => line.x0 = glyph.x0,
            Some((x, before)) if is_blank || glyph.x0 - x > blank_between(before, first) * size => {
                if !line.text.ends_with(' ') {
                    line.text.push(' ');
                }
            }
            Some(_) => {}
        }
        if is_blank {
            end = end.map(|(x, before)| (x.max(glyph.x1), before));
            continue;
        }
        let begun = line.text.len();
        line.text.push_str(&glyph.text);
        if glyph.size < 0.8 * size && glyph.y > foot + 0.15 * size {
            line.raised.push((begun, line.text.len()));
        }
        line.x1 = line.x1.max(glyph.x1);
        if !CLOSING.contains(last) {
            line.solid_x1 = line.solid_x1.max(glyph.x1);
        }
        end = Some((glyph.x1, last));
    }
    let kept = line.text.trim_end().len();
    line.text.truncate(kept);
    line.first_word = first_word(&row);
    (!line.text.is_empty()).then_some(line)
}

/// How wide a gap is a blank, in parts of the size: between Chinese characters justified text has gaps of its own, and
/// around figures and Latin words word processors leave a quarter.
fn blank_between(before: char, after: char) -> f64 {
    match (before.is_ascii(), after.is_ascii()) {
        (true, true) => 0.18,
        (true, false) | (false, true) => 0.45,
        (false, false) => 0.6,
    }
}

/// Characters that no line begins with.
const CLOSING: &str = "，。、；：？！）》〉」』】〕〗”’…—·%‰℃,.;:?!)]}";

/// Characters that no line ends with.
const OPENING: &str = "（《〈「『【〔〖“‘([{";

/// The width of what stands together at the beginning: a Latin word or figure, or a character with the marks that cannot be
/// parted from it.
fn first_word(row: &[Glyph]) -> f64 {
    let mut begun: Option<f64> = None;
    let mut end = 0.0;
    let mut before: Option<char> = None;
    for glyph in row {
        let Some(c) = glyph.text.chars().next() else { continue };
        if c.is_whitespace() {
            if begun.is_some() {
                break;
            }
            continue;
        }
        let goes_on = before.is_none_or(|before| {
            let is_in_word = before.is_ascii_alphanumeric() || "〕）】)]".contains(before);
            OPENING.contains(before) || CLOSING.contains(c) || (is_in_word && c.is_ascii_alphanumeric())
        });
        if !goes_on {
            break;
        }
        begun.get_or_insert(glyph.x0);
        end = glyph.x1;
        before = Some(c);
    }
    begun.map_or(0.0, |begun| end - begun)
}
