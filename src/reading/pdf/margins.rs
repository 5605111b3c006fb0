//! Takes away what stands around the text of the pages: page numbers, repeated headers and footers, and footnotes.

use std::collections::{HashMap, HashSet};

use super::super::Reason;
use super::budget::Budget;
use super::geometry::Rule;
use super::lines::Line;

/// Lines of a header or footer that are taken away at each end of a page.
const MARGIN_LINES: usize = 4;

/// Print that is small against other print, in parts of its size.
const SMALL: f64 = 0.92;

/// One page's lines, and the level rules that may part footnotes from the text.
pub(super) struct Sheet {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The part of it that pictures cover.
    pub(super) pictured: f64,
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

/// Takes away what is surely no text; where that is not sure it stays, for a header too many is seen, and a lost line is not.
pub(super) fn strip(sheets: &mut [Sheet], budget: &Budget) -> Result<(), Reason> {
    for is_foot in [true, false] {
        strip_numbers(sheets, is_foot);
        strip_repeated(sheets, is_foot);
        strip_numbers(sheets, is_foot);
    }
    let feet = feet(sheets);
    for sheet in sheets {
        let foot = feet.get(&height_key(sheet)).copied().unwrap_or(0.0);
        strip_footnotes(sheet, foot, budget)?;
    }
    Ok(())
}

fn strip_numbers(sheets: &mut [Sheet], is_foot: bool) {
    for _ in 0..MARGIN_LINES {
        let numbers = page_numbers(sheets, is_foot);
        if numbers.is_empty() {
            break;
        }
        for number in numbers {
            let Some(sheet) = sheets.get_mut(number) else { continue };
            if let Some(at) = outermost(sheet, is_foot) {
                sheet.lines.remove(at);
            }
        }
    }
}

/// The last or first line of a page outside of tables, where it is also the outermost by its height.
fn outermost(sheet: &Sheet, is_foot: bool) -> Option<usize> {
    let outside = sheet.lines.iter().enumerate().filter(|(_, line)| line.cell.is_none() && !line.is_turned);
    let found = if is_foot {
        outside.min_by(|(_, one), (_, other)| one.y.total_cmp(&other.y))
    } else {
        outside.max_by(|(_, one), (_, other)| one.y.total_cmp(&other.y))
    };
    let (at, line) = found?;
    // What stands beside the text and not above or below it is no header or footer.
    let beyond = sheet
        .lines
        .iter()
        .filter(|other| other.cell.is_some() && !other.is_turned)
        .all(|other| if is_foot { line.y < other.y } else { line.y > other.y });
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

/// Takes away what stands at the same place with the same words on most pages, in smaller print and farther out than all text.
fn strip_repeated(sheets: &mut [Sheet], is_foot: bool) {
    let body = body_size(sheets);
    let inward = |sheet: &Sheet, line: &Line| if is_foot { line.y } else { sheet.height - line.y };
    // The pages on which each stands, and which of their lines it is.
    let mut places: HashMap<(String, i64), Vec<(usize, usize)>> = HashMap::new();
    for (number, sheet) in sheets.iter().enumerate() {
        let is_small = |line: &Line| line.cell.is_none() && !line.is_turned && line.size < SMALL * body;
        let in_margin = |line: &Line| inward(sheet, line) < 0.12 * sheet.height;
        let mut outer: Vec<(usize, &Line)> = sheet.lines.iter().enumerate().filter(|(_, line)| is_small(line) && in_margin(line)).collect();
        outer.sort_by(|(_, one), (_, other)| inward(sheet, one).total_cmp(&inward(sheet, other)));
        for (at, line) in outer.into_iter().take(MARGIN_LINES) {
            for words in wordings(&line.text, number) {
                places.entry((words, (inward(sheet, line) / 2.0).round() as i64)).or_default().push((number, at));
            }
        }
    }
    let repeated: HashSet<(usize, usize)> = places.into_values().filter(|pages| is_on_most(pages, sheets.len())).flatten().collect();
    let known = &repeated;
    let others = sheets.iter().enumerate().flat_map(|(number, sheet)| {
        let stays = move |(at, line): &(usize, &Line)| !line.is_turned && !known.contains(&(number, *at));
        sheet.lines.iter().enumerate().filter(stays).map(|(_, line)| inward(sheet, line))
    });
    let text = others.fold(f64::INFINITY, f64::min);
    for (number, sheet) in sheets.iter_mut().enumerate() {
        let (height, mut at) = (sheet.height, 0);
        sheet.lines.retain(|line| {
            let inward = if is_foot { line.y } else { height - line.y };
            let is_gone = repeated.contains(&(number, at)) && inward + 1.2 * line.size < text;
            at += 1;
            !is_gone
        });
    }
}

/// The words of a line, and its words with one figure or another counted from the page on, as that of the page goes up with it.
fn wordings(text: &str, page: usize) -> Vec<String> {
    /// Headers are short, and have few figures.
    const MAX_CHARS: usize = 100;
    const MAX_FIGURES: usize = 4;
    let words: String = text.chars().filter(|c| !c.is_whitespace()).take(MAX_CHARS + 1).collect();
    if words.chars().count() > MAX_CHARS {
        return Vec::new();
    }
    let mut wordings = Vec::new();
    let mut rest = words.as_str();
    while let Some(begun) = rest.find(|c: char| c.is_ascii_digit()).filter(|_| wordings.len() < MAX_FIGURES) {
        let (before, figure) = words.split_at(words.len() - rest.len() + begun);
        let behind = figure.trim_start_matches(|c: char| c.is_ascii_digit());
        let figure = figure.strip_suffix(behind).unwrap_or_default();
        if let (Ok(figure), Ok(page)) = (figure.parse::<u32>(), u32::try_from(page)) {
            wordings.push(format!("{before}\0{}\0{behind}", i64::from(figure) - i64::from(page)));
        }
        rest = behind;
    }
    wordings.push(words);
    wordings
}

/// Odd and even pages may have headers of their own. Two pages that begin alike are two forms.
fn is_on_most(lines: &[(usize, usize)], sheets: usize) -> bool {
    let on = |parity: usize| lines.iter().filter(|(page, _)| page % 2 == parity).count();
    lines.len() > 2 && (2 * lines.len() > sheets || 2 * on(0) > sheets.div_ceil(2) || 2 * on(1) > sheets / 2)
}

/// How far down the text of pages of one height reaches.
fn feet(sheets: &[Sheet]) -> HashMap<i64, f64> {
    let mut feet = HashMap::new();
    for sheet in sheets {
        let foot = feet.entry(height_key(sheet)).or_insert(f64::INFINITY);
        *foot = sheet.lines.iter().filter(|line| !line.is_turned).map(|line| line.y).fold(*foot, f64::min);
    }
    feet
}

fn height_key(sheet: &Sheet) -> i64 {
    sheet.height.round() as i64
}

/// Below a short rule at the left of the text, down to the foot of the pages, stand footnotes, the first of them called by a
/// raised figure in the text. Their figures in the text go with them.
fn strip_footnotes(sheet: &mut Sheet, foot: f64, budget: &Budget) -> Result<(), Reason> {
    let lowest_cell = sheet.lines.iter().filter_map(|line| line.cell.map(|cell| cell.bottom)).fold(f64::INFINITY, f64::min);
    let left = sheet.lines.iter().filter(|line| !line.is_turned).map(|line| line.x0).fold(f64::INFINITY, f64::min);
    let can_part = |rule: &Rule| {
        let length = rule.to - rule.from;
        let is_short = (0.05..0.5).contains(&(length / sheet.width));
        rule.is_level && is_short && rule.at < 0.75 * sheet.height && rule.at < lowest_cell && (rule.from - left).abs() < 6.0
    };
    let rules: Vec<Rule> = sheet.rules.iter().copied().filter(can_part).collect();
    for rule in rules {
        budget.step(sheet.lines.len())?;
        if let Some(labels) = notes(sheet, &rule, foot) {
            sheet.lines.retain(|line| !is_below(line, &rule));
            strip_calls(&mut sheet.lines, &labels);
            break;
        }
    }
    Ok(())
}

fn is_below(line: &Line, rule: &Rule) -> bool {
    line.cell.is_none() && !line.is_turned && line.y < rule.at
}

/// The labels of the footnotes below the rule, where these are some and nothing else is there.
fn notes(sheet: &Sheet, rule: &Rule, foot: f64) -> Option<Vec<String>> {
    let (below, above): (Vec<&Line>, Vec<&Line>) = sheet.lines.iter().partition(|line| is_below(line, rule));
    let first = below.first()?;
    let mut labels = vec![label(&first.text)?];
    let caller = above.iter().find(|line| calls(line).any(|(_, _, call)| labels.contains(&call)))?;
    if !below.iter().any(|line| line.y < foot + 2.0 * caller.size) {
        return None;
    }
    // A rule with text upon it is an underline, or a blank to be filled in. In print as large as the text's, notes are told
    // from the items of a list by what is behind the figure, and by the line that is left free above the rule.
    let are_small = below.iter().all(|line| line.size < SMALL * caller.size);
    let free = if are_small { 0.28 } else { 1.0 };
    let is_under_text = above.iter().any(|line| !line.is_turned && line.y - rule.at < free * line.size);
    let is_item = || first.text.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', '．', '、', ')', '）', ':', '：']);
    if is_under_text || (!are_small && is_item()) {
        return None;
    }
    for line in below.iter().skip(1) {
        labels.extend(label(&line.text).filter(|label| labels.last().is_some_and(|last| follows(last, label))));
    }
    Some(labels)
}

/// Whether a label is the next one; the line of a note that begins with another figure is no label.
fn follows(last: &str, label: &str) -> bool {
    let number = |label: &str| label.parse::<u32>().ok().or_else(|| label.chars().next().filter(|c| !c.is_ascii()).map(u32::from));
    number(last).and_then(|last| last.checked_add(1)).is_some_and(|next| number(label) == Some(next))
}

/// Takes the figures of these notes out of the text, each where it is raised once: of two, one may be a measure's.
fn strip_calls(lines: &mut [Line], labels: &[String]) {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for (_, _, call) in lines.iter().flat_map(calls) {
        *counts.entry(call).or_default() += 1;
    }
    for line in lines {
        let called: Vec<_> = calls(line).filter(|(_, _, call)| labels.contains(call) && counts.get(call) == Some(&1)).collect();
        for (from, to, _) in called.into_iter().rev() {
            line.text.replace_range(from..to, "");
        }
        line.raised.clear();
    }
}

/// The raised figures of a line that can call a footnote, with the bytes that they take. One behind a letter or another
/// figure is a power: m², 10⁶.
fn calls(line: &Line) -> impl Iterator<Item = (usize, usize, String)> {
    joined(&line.raised).into_iter().filter_map(|(from, to)| {
        let (before, mark) = (line.text.get(..from)?, line.text.get(from..to)?);
        let is_power = before.trim_end().ends_with(|c: char| c.is_ascii_alphanumeric()) && mark.starts_with(|c: char| c.is_ascii_digit());
        (!is_power).then(|| (from, to, dense_mark(mark)))
    })
}

/// Raised figures that follow one another are one mark.
fn joined(raised: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut marks: Vec<(usize, usize)> = Vec::new();
    for &(from, to) in raised {
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
