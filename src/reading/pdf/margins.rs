//! Takes away what stands around the text of the pages: page numbers, repeated headers and footers, and footnotes.

use std::collections::{HashMap, HashSet};

use super::geometry::Rule;
use super::lines::Line;

/// Lines of a header or footer that are taken away at each end of a page.
const MARGIN_LINES: usize = 4;

/// One page's lines, and the level rules that may part footnotes from the text.
pub(super) struct Sheet {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) lines: Vec<Line>,
    pub(super) rules: Vec<Rule>,
}

/// The size of most of the text.
pub(super) fn body_size(sheets: &[Sheet]) -> f64 {
    let mut chars: HashMap<i64, usize> = HashMap::new();
    for line in sheets.iter().flat_map(|sheet| &sheet.lines) {
        *chars.entry((line.size * 2.0).round() as i64).or_default() += line.text.chars().count();
    }
    let most = chars.into_iter().max_by_key(|(size, chars)| (*chars, *size));
    most.map_or(12.0, |(size, _)| size as f64 / 2.0)
}

pub(super) fn strip(sheets: &mut [Sheet]) {
    for is_foot in [true, false] {
        for _ in 0..MARGIN_LINES {
            let numbers = page_numbers(sheets, is_foot);
            let repeated = repeated(sheets, is_foot);
            let gone: HashSet<usize> = numbers.union(&repeated).copied().collect();
            if gone.is_empty() {
                break;
            }
            for number in gone {
                let Some(sheet) = sheets.get_mut(number) else { continue };
                if let Some(at) = outermost(sheet, is_foot) {
                    sheet.lines.remove(at);
                }
            }
        }
    }
    let size = body_size(sheets);
    for sheet in sheets {
        strip_footnotes(sheet, size);
    }
}

/// The last or first line of a page outside of tables, where it is also the outermost by its height.
fn outermost(sheet: &Sheet, is_foot: bool) -> Option<usize> {
    let outside = sheet.lines.iter().enumerate().filter(|(_, line)| line.cell.is_none());
    let found = if is_foot {
        outside.min_by(|(_, one), (_, other)| one.y.total_cmp(&other.y))
    } else {
        outside.max_by(|(_, one), (_, other)| one.y.total_cmp(&other.y))
    };
    let (at, line) = found?;
    // What stands beside the text and not above or below it is no header or footer.
    let beyond =
        sheet.lines.iter().filter(|other| other.cell.is_some()).all(|other| if is_foot { line.y < other.y } else { line.y > other.y });
    beyond.then_some(at)
}

/// Pages whose outermost line is a page number. Bare figures count only where they go up from page to page.
fn page_numbers(sheets: &[Sheet], is_foot: bool) -> HashSet<usize> {
    let mut marked = HashSet::new();
    let mut bare: HashMap<i64, Vec<usize>> = HashMap::new();
    for (number, sheet) in sheets.iter().enumerate() {
        let Some(line) = outermost(sheet, is_foot).and_then(|at| sheet.lines.get(at)) else { continue };
        let in_margin = if is_foot { line.y < 0.2 * sheet.height } else { line.y > 0.85 * sheet.height };
        match page_number(&line.text) {
            Some((_, true)) => {
                marked.insert(number);
            }
            Some((value, false)) if in_margin && (sheets.len() > 1 || (is_foot && value == 1)) => {
                bare.entry(value - i64::try_from(number).unwrap_or(0)).or_default().push(number)
            }
            Some(_) | None => {}
        }
    }
    let numbered = bare.into_values().max_by_key(Vec::len).filter(|pages| pages.len() > 1 || sheets.len() == 1);
    marked.extend(numbered.unwrap_or_default());
    marked
}

/// The number in a line that is a page number and nothing else, and whether it carries the marks of one.
fn page_number(text: &str) -> Option<(i64, bool)> {
    let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_dash = |c: char| matches!(c, '-' | '—' | '–' | '－' | '―' | '─' | '一' | '~' | '·' | '•' | '\u{2010}'..='\u{2015}');
    let inner = dense.trim_matches(is_dash);
    let has_dashes = dense.starts_with(is_dash) && dense.ends_with(is_dash);
    let digits: String = inner
        .chars()
        .map(|c| c.to_digit(10).or_else(|| full_width(c)).and_then(|digit| char::from_digit(digit, 10)).unwrap_or(c))
        .collect();
    if !digits.is_empty() && digits.len() <= 4 && digits.chars().all(|c| c.is_ascii_digit()) {
        return Some((digits.parse().ok()?, has_dashes));
    }
    let words: String = digits.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let shape: String = words.split('0').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("0");
    let is_marked = matches!(shape.as_str(), "第0页" | "第0页共0页" | "第0页，共0页" | "第0页/共0页" | "共0页第0页" | "Page0of" | "Page");
    let is_fraction = shape == "/" && words.starts_with('0') && words.ends_with('0') && words.len() <= 7;
    let value = digits.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect::<String>().parse().ok()?;
    (is_marked || is_fraction).then_some((value, is_marked))
}

fn full_width(c: char) -> Option<u32> {
    ('０'..='９').contains(&c).then(|| u32::from(c) - u32::from('０'))
}

/// Pages whose outermost line stands at the same place with the same words on most pages.
fn repeated(sheets: &[Sheet], is_foot: bool) -> HashSet<usize> {
    let mut places: HashMap<(String, i64), Vec<usize>> = HashMap::new();
    for (number, sheet) in sheets.iter().enumerate() {
        let Some(line) = outermost(sheet, is_foot).and_then(|at| sheet.lines.get(at)) else { continue };
        let in_margin = if is_foot { line.y < 0.12 * sheet.height } else { line.y > 0.88 * sheet.height };
        if in_margin {
            let dense = line.text.chars().filter(|c| !c.is_whitespace() && !c.is_ascii_digit()).collect();
            places.entry((dense, (line.y / 2.0).round() as i64)).or_default().push(number);
        }
    }
    // Odd and even pages may have headers of their own, and the first page none.
    let needed = (sheets.len() / 3).max(2);
    places.into_values().filter(|pages| pages.len() >= needed).flatten().collect()
}

/// Below a short rule stand the footnotes: in smaller print than the text, or beginning with a figure that is raised in the
/// text above. Their figures in the text go with them.
fn strip_footnotes(sheet: &mut Sheet, body: f64) {
    let lowest_cell = sheet.lines.iter().filter_map(|line| line.cell.map(|cell| cell.bottom)).fold(f64::INFINITY, f64::min);
    let rules = sheet.rules.iter().filter(|rule| {
        let length = rule.to - rule.from;
        rule.is_level && rule.at < 0.75 * sheet.height && rule.at < lowest_cell && (0.05..0.5).contains(&(length / sheet.width))
    });
    let is_below = |line: &Line, rule: &Rule| line.cell.is_none() && line.y < rule.at;
    let parting = rules.filter(|rule| {
        let mut below = sheet.lines.iter().filter(|line| is_below(line, rule)).peekable();
        let is_called = below.peek().and_then(|line| label(&line.text)).is_some_and(|label| {
            sheet.lines.iter().filter(|line| !is_below(line, rule)).any(|line| marks(line).any(|mark| dense_mark(mark) == label))
        });
        is_called || (below.peek().is_some() && below.all(|line| line.size < 0.92 * body))
    });
    let Some(rule) = parting.max_by(|one, other| one.at.total_cmp(&other.at)).copied() else { return };
    let labels: HashSet<String> = sheet.lines.iter().filter(|line| is_below(line, &rule)).filter_map(|line| label(&line.text)).collect();
    sheet.lines.retain(|line| !is_below(line, &rule));
    for line in &mut sheet.lines {
        let raised = std::mem::take(&mut line.raised);
        for (from, to) in joined(raised).into_iter().rev() {
            if line.text.get(from..to).is_some_and(|mark| labels.contains(&dense_mark(mark))) {
                line.text.replace_range(from..to, "");
            }
        }
    }
}

fn marks(line: &Line) -> impl Iterator<Item = &str> {
    joined(line.raised.clone()).into_iter().filter_map(|(from, to)| line.text.get(from..to))
}

/// Raised figures that follow one another are one mark.
fn joined(raised: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut marks: Vec<(usize, usize)> = Vec::new();
    for (from, to) in raised {
        match marks.last_mut() {
            Some((_, end)) if *end == from => *end = to,
            Some(_) | None => marks.push((from, to)),
        }
    }
    marks
}

fn dense_mark(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '[' | ']' | '〔' | '〕' | ' ')).collect()
}

/// The figure or sign that a footnote begins with.
fn label(text: &str) -> Option<String> {
    let text = dense_mark(text.trim_start());
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    if !digits.is_empty() {
        return Some(digits);
    }
    text.chars().next().filter(|c| matches!(c, '*' | '①'..='⑳' | '†')).map(String::from)
}
