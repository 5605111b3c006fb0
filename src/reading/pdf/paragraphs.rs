//! Joins printed lines into paragraphs: the end of a line or page is no end of a paragraph.
//!
//! A line was broken by the program where the next word would not have fitted behind it. Where it
//! would have fitted, the writer ended the paragraph there. Indents, sizes and distances decide the rest.

use std::collections::HashMap;

use super::lines::{Cell, Line};

/// Lines farther apart, in parts of their size, belong to different paragraphs; small print is set as wide as large.
const MAX_PITCH: f64 = 4.2;

/// The sides between which the text of pages of one width, or of one cell, is set.
#[derive(Debug, Clone, Copy)]
struct Band {
    left: f64,
    right: f64,
}

/// The text of all lines, one paragraph a line.
pub(super) fn join(lines: &[Line], body: f64) -> String {
    let bands = bands(lines, body);
    let pitch = pitch(lines);
    let mut text = String::new();
    // The lines of one cell stand together, as do those of the text between cells.
    for (at, block) in lines.chunk_by(is_one_block).enumerate() {
        if at > 0 {
            text.push('\n');
        }
        let cell = block.first().and_then(|line| line.cell).map(|cell| cell_band(block, cell));
        let mut before: Option<&Line> = None;
        for line in block {
            if let Some(before) = before {
                let band = |line: &Line| match (cell, line.column) {
                    (Some(cell), _) => cell,
                    (None, Some(column)) => Band { left: column.left, right: column.right },
                    (None, None) => bands.get(&width_key(line)).copied().unwrap_or(Band { left: 0.0, right: line.page_width }),
                };
                if !goes_on((before, band(before)), (line, band(line)), pitch, body) {
                    text.push('\n');
                } else if is_word_end(before.text.chars().next_back()) && is_word_end(line.text.chars().next()) {
                    text.push(' ');
                }
            }
            text.push_str(&line.text);
            before = Some(line);
        }
    }
    text
}

fn is_one_block(line: &Line, next: &Line) -> bool {
    line.cell == next.cell && (line.cell.is_none() || line.page == next.page)
}

fn is_word_end(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_alphanumeric())
}

/// Whether `next` goes on with the paragraph of `line`, each between the sides of its own text.
fn goes_on((line, band): (&Line, Band), (next, next_band): (&Line, Band), pitch: Option<f64>, body: f64) -> bool {
    let em = line.size;
    if (line.size - next.size).abs() > 0.12 * line.size.max(next.size) {
        return false;
    }
    if line.page == next.page && line.cell.is_none() && line.column == next.column {
        let distance = (line.y - next.y) / em;
        if !(0.3..MAX_PITCH).contains(&distance) || pitch.is_some_and(|pitch| distance > 1.3 * pitch) {
            return false;
        }
    }
    let is_at_left = line.x0 - band.left <= 4.5 * em;
    let room = if is_at_left { band.right - line.x1 } else { (band.right - band.left) - (line.x1 - line.x0) };
    if next.first_word <= room - 0.25 * em {
        return false;
    }
    if ends_sentence(&line.text) && begins_numbered(&next.text) {
        return false;
    }
    if next.x0 - next_band.left <= 0.9 * em {
        return true;
    }
    let is_centred = |line: &Line, band: Band| (f64::midpoint(line.x0, line.x1) - f64::midpoint(band.left, band.right)).abs() < 0.4 * em;
    // A full line of the text stands in the middle as well; that of a title is larger or set in.
    let is_title = line.size > 1.1 * body || line.x0 - band.left > 0.3 * em;
    let are_centred = is_title && !ends_sentence(&line.text) && is_centred(line, band) && is_centred(next, next_band);
    // A block that is indented as a whole.
    let is_block = ((line.x0 - band.left) - (next.x0 - next_band.left)).abs() < 0.3 * em && !ends_sentence(&line.text);
    are_centred || is_block
}

fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['”', '’', '」', '）', ')']);
    text.ends_with(['。', '；', '：', '！', '？', ';', ':'])
}

/// `第一条`, `（一）`, `一、`, `1.` and their like.
fn begins_numbered(text: &str) -> bool {
    let is_figure = |c: char| c.is_ascii_digit() || "一二三四五六七八九十百零〇".contains(c);
    let rest = text.trim_start();
    let inner = rest.trim_start_matches(['第', '（', '(']);
    let behind = inner.trim_start_matches(is_figure);
    behind.len() < inner.len() && behind.starts_with(['条', '章', '节', '、', '）', ')', '.', '．']) && (behind.len() < rest.len())
}

fn width_key(line: &Line) -> i64 {
    (line.page_width / 10.0).round() as i64
}

fn bands(lines: &[Line], body: f64) -> HashMap<i64, Band> {
    let mut groups: HashMap<i64, Vec<&Line>> = HashMap::new();
    for line in lines.iter().filter(|line| line.cell.is_none() && line.column.is_none() && line.size > 0.85 * body) {
        groups.entry(width_key(line)).or_default().push(line);
    }
    groups.into_iter().map(|(key, lines)| (key, band(&lines, body))).collect()
}

fn band(lines: &[&Line], em: f64) -> Band {
    let mut lefts: Vec<f64> = lines.iter().map(|line| line.x0).collect();
    let mut rights: Vec<f64> = lines.iter().map(|line| -line.solid_x1).collect();
    let needed = (lines.len() / 20).max(2);
    let width = lines.first().map_or(0.0, |line| line.page_width);
    let left = supported(&mut lefts, 0.2 * em, needed).unwrap_or(0.15 * width);
    // A page of short lines only tells no right side: margins are mostly even.
    let right = supported(&mut rights, 0.5 * em, needed).map_or(width - left, |right| -right);
    let right = if right < 0.6 * width { width - left } else { right };
    Band { left, right }
}

/// The smallest value with so many others within `reach` above it.
fn supported(values: &mut [f64], reach: f64, needed: usize) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let mut end = 0;
    for (at, value) in values.iter().enumerate() {
        while values.get(end).is_some_and(|other| *other <= value + reach) {
            end += 1;
        }
        if end - at >= needed {
            return Some(*value);
        }
    }
    None
}

/// The text of a cell, which is all of these lines, keeps as far from its right side as from its left.
fn cell_band(inside: &[Line], cell: Cell) -> Band {
    let (left, right) = inside.iter().fold((f64::INFINITY, 0.0f64), |(left, right), line| (left.min(line.x0), right.max(line.x1)));
    Band { left, right: right.max(cell.right - (left - cell.left).max(0.0)) }
}

/// The usual distance of the lines of a paragraph, in parts of their size.
fn pitch(lines: &[Line]) -> Option<f64> {
    let mut counts: HashMap<i64, usize> = HashMap::new();
    for pair in lines.windows(2) {
        let [line, next] = pair else { continue };
        let distance = (line.y - next.y) / line.size;
        let is_plain = line.page == next.page && line.cell.is_none() && next.cell.is_none() && (line.size - next.size).abs() < 0.1;
        if is_plain && (0.8..MAX_PITCH).contains(&distance) {
            *counts.entry((distance * 20.0).round() as i64).or_default() += 1;
        }
    }
    let most = counts.values().copied().max().unwrap_or(0);
    let usual = counts.into_iter().filter(|(_, count)| *count >= 3 && *count * 4 >= most).map(|(distance, _)| distance).min()?;
    Some(usual as f64 / 20.0)
}
