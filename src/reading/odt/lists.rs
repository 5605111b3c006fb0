//! The definitions of lists: styles with their levels, and how the label of a level is put together.
//!
//! Counting is done by `labels`, writing of numbers by `counting`.

use super::super::Reason;
use super::super::counting::Counting;
use super::super::lists::LABEL_CHARS;
use super::super::symbols;
use super::super::xml::{Element, Ns, Odf, Xml};

/// Levels of a list (ISO/IEC 26300-1, 16.31).
pub(super) const LEVELS: usize = 10;

/// Numbers in one label: one for each level is all that a reader can use.
const LABEL_NUMBERS: usize = LEVELS;

/// One style of lists, level by level; most styles define few of them.
#[derive(Debug, Clone, Default)]
pub(super) struct ListStyle {
    levels: Vec<(usize, Level)>,
}

#[derive(Debug, Clone)]
pub(super) struct Level {
    pub(super) start: i64,
    pub(super) counting: Counting,
    pub(super) label: Vec<Piece>,
    /// What parts the label from the text.
    pub(super) suffix: &'static str,
}

/// A piece of a label: words, or the number of a level counted from 0.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    Words(String),
    Number(usize),
}

impl ListStyle {
    /// The level `at`, counted from 0.
    pub(super) fn level(&self, at: usize) -> Option<&Level> {
        self.levels.iter().find(|(level, _)| *level == at).map(|(_, level)| level)
    }

    /// Reads the levels inside the innermost open element and goes past its end.
    pub(super) fn parse(xml: &mut Xml<'_>) -> Result<Self, Reason> {
        let depth = xml.depth();
        let mut style = Self::default();
        while let Some(element) = xml.next_inside(depth)? {
            let is_level = element.ns == Ns::Odf(Odf::Text)
                && matches!(
                    element.local(),
                    "list-level-style-number" | "outline-level-style" | "list-level-style-bullet" | "list-level-style-image"
                );
            let at = xml.number(&element, "level")?.and_then(|at| usize::try_from(at).ok()?.checked_sub(1)).filter(|at| *at < LEVELS);
            match at.filter(|_| is_level) {
                Some(at) => {
                    let level = Level::parse(xml, &element, at)?;
                    style.levels.retain(|(known, _)| *known != at);
                    style.levels.push((at, level));
                }
                None => xml.skip()?,
            }
        }
        Ok(style)
    }
}

impl Level {
    fn parse(xml: &mut Xml<'_>, element: &Element<'_>, at: usize) -> Result<Self, Reason> {
        let bullet = xml.attribute(element, "bullet-char")?;
        let start = xml.number(element, "start-value")?.unwrap_or(1);
        let style = |name: &str| xml.attribute_of(element, Odf::Style, name).map(Option::unwrap_or_default);
        let (format, prefix, suffix) = (style("num-format")?, style("num-prefix")?, style("num-suffix")?);
        let counting = if element.local() == "list-level-style-image" { Counting::Nothing } else { Counting::of_samples(&format) };
        let label = if let Some(bullet) = &bullet {
            vec![Piece::Words(format!("{prefix}{bullet}{suffix}"))]
        } else if let Some(pattern) = xml.attribute_of(element, Odf::Extension, "num-list-format")? {
            by_pattern(&pattern)
        } else {
            let shown = xml.number(element, "display-levels")?.and_then(|shown| usize::try_from(shown).ok()).unwrap_or(1);
            let numbers = (at + 1).saturating_sub(shown.max(1))..=at;
            by_parts(prefix, numbers, suffix, counting)
        };
        let mut level = Self { start, counting, label, suffix: "\t" };
        level.check()?;
        level.read_properties(xml, bullet.is_some())?;
        Ok(level)
    }

    fn check(&self) -> Result<(), Reason> {
        let (mut chars, mut numbers) = (0, 0);
        for piece in &self.label {
            match piece {
                Piece::Words(words) => chars += words.chars().take(LABEL_CHARS + 1).count(),
                Piece::Number(_) => numbers += 1,
            }
        }
        if chars > LABEL_CHARS || numbers > LABEL_NUMBERS { Err(Reason::LabelTooLong) } else { Ok(()) }
    }

    /// What stands between label and text, and the font of a bullet.
    fn read_properties(&mut self, xml: &mut Xml<'_>, is_bullet: bool) -> Result<(), Reason> {
        let depth = xml.depth();
        while let Some(element) = xml.next_inside(depth)? {
            if element.local() == "list-level-label-alignment" {
                self.suffix = match xml.attribute_of(&element, Odf::Text, "label-followed-by")?.as_deref() {
                    Some("space") => " ",
                    Some("nothing") => "",
                    Some("newline") => "\n",
                    Some(_) | None => "\t",
                };
            } else if element.local() == "text-properties" && is_bullet {
                let font = match xml.attribute_of(&element, Odf::Style, "font-name")? {
                    None => xml.attribute_of(&element, Odf::Format, "font-family")?,
                    font => font,
                };
                self.set_font(&font.unwrap_or_default());
            }
        }
        Ok(())
    }

    fn set_font(&mut self, font: &str) {
        let font = font.trim_matches('\'').to_lowercase();
        for piece in &mut self.label {
            if let Piece::Words(words) = piece {
                *words = words.chars().map(|c| symbols::shown(c, Some(&font))).collect();
            }
        }
    }
}

/// `%1%.%2%`: the number of each level between two percent signs.
fn by_pattern(pattern: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut words = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('%') {
        words.push_str(before);
        let level = after.split_once('%').and_then(|(level, after)| Some((level.parse::<usize>().ok()?.checked_sub(1)?, after)));
        match level.filter(|(level, _)| *level < LEVELS) {
            Some((level, after)) => {
                pieces.push(Piece::Words(std::mem::take(&mut words)));
                pieces.push(Piece::Number(level));
                rest = after;
            }
            None => {
                words.push('%');
                rest = after;
            }
        }
    }
    words.push_str(rest);
    pieces.push(Piece::Words(words));
    pieces
}

/// The numbers of the levels shown, with full stops between them, after the prefix and before the suffix.
fn by_parts(prefix: String, numbers: std::ops::RangeInclusive<usize>, suffix: String, counting: Counting) -> Vec<Piece> {
    let mut pieces = vec![Piece::Words(prefix)];
    if counting != Counting::Nothing {
        let first = *numbers.start();
        for number in numbers {
            if number > first {
                pieces.push(Piece::Words(".".to_owned()));
            }
            pieces.push(Piece::Number(number));
        }
    }
    pieces.push(Piece::Words(suffix));
    pieces
}
