//! Walks through the characters of the main text and prints what a reader sees of them.
//!
//! Headers, footers, notes and comments are texts of their own behind the main one, and not read.

use std::collections::HashSet;
use std::ops::Range;

use super::super::fields::Fields;
use super::super::labels::{Labels, Place};
use super::super::lines::Lines;
use super::super::lists::Numbering;
use super::super::{Limits, Reason, symbols};
use super::boxes::{Beside, Boxes};
use super::pieces::Pieces;
use super::runs::Runs;
use super::sprms::{Characters, Paragraph};
use super::styles::Styles;

/// Characters looked at for each that may be printed: deleted ones and field codes among them.
const LOOKED_AT: usize = 4;

/// Everything that the walk asks.
pub(super) struct Source<'a> {
    pub(super) pieces: Pieces<'a>,
    pub(super) characters: Runs<Characters>,
    pub(super) paragraphs: Runs<Paragraph>,
    pub(super) styles: Styles,
    pub(super) numbering: Numbering,
    pub(super) fonts: Vec<String>,
    pub(super) boxes: Boxes,
}

/// The visible text of the first `length` characters.
pub(super) fn read(source: &Source<'_>, length: usize, limits: &Limits) -> Result<String, Reason> {
    let mut walk = Walk::new(source, limits, true);
    walk.run(length)?;
    if walk.is_broken || walk.fields.in_code() {
        // A field that never ends would hide the rest: its parts are not told apart then.
        walk = Walk::new(source, limits, false);
        walk.run(length)?;
    }
    walk.lines.finish()
}

struct Walk<'a> {
    source: &'a Source<'a>,
    lines: Lines<'a>,
    fields: Fields,
    /// A field in a box never ends.
    is_broken: bool,
    heeds_fields: bool,
    /// The boxes whose anchors were met, be they shown or not.
    met: HashSet<usize>,
    /// Characters that may still be looked at.
    left: usize,
}

impl<'a> Walk<'a> {
    fn new(source: &'a Source<'a>, limits: &Limits, heeds_fields: bool) -> Self {
        Self {
            source,
            lines: Lines::new(Labels::new(&source.numbering), limits.output_chars),
            fields: Fields::default(),
            is_broken: false,
            heeds_fields,
            met: HashSet::new(),
            left: limits.output_chars.saturating_mul(LOOKED_AT),
        }
    }

    /// The main text, then the boxes that stand nowhere beside it: nothing is lost for want of an anchor.
    fn run(&mut self, length: usize) -> Result<(), Reason> {
        self.text(0..length, false)?;
        self.lines.settle()?;
        let source = self.source;
        for number in 0..source.boxes.texts.len() {
            if !self.met.contains(&number) {
                self.text_of_box(number)?;
            }
        }
        Ok(())
    }

    fn text(&mut self, places: Range<usize>, is_in_box: bool) -> Result<(), Reason> {
        let source = self.source;
        let mut is_open = false;
        for (at, c, file_place, width) in source.pieces.characters(places) {
            self.left = self.left.checked_sub(1).ok_or(Reason::TooLong)?;
            if !is_open {
                self.lines.open_paragraph(Place::default());
                is_open = true;
            }
            let said = source.characters.at(file_place).copied().unwrap_or_default();
            let ends = match c {
                '\r' | '\u{7}' => true,
                // The end of a section ends a paragraph, a page break stands in one.
                '\u{C}' => source.paragraphs.ends_at(file_place + width),
                _ => false,
            };
            if ends {
                self.end(c, file_place, said)?;
                is_open = false;
            } else if c == '\u{8}' {
                if !is_in_box {
                    self.anchor(at, !self.fields.in_code() && self.is_shown(file_place, said))?;
                }
            } else if !self.field(c)? && self.is_shown(file_place, said) {
                self.show(c, said)?;
            }
        }
        if is_open {
            self.lines.close_paragraph()?;
        }
        Ok(())
    }

    fn anchor(&mut self, at: usize, is_shown: bool) -> Result<(), Reason> {
        for beside in self.source.boxes.at(at) {
            match beside {
                Beside::Words(words) if is_shown => self.lines.push_beside(words.replace(['\r', '\n'], " "))?,
                Beside::Words(_) => {}
                Beside::Box(number) => {
                    self.met.insert(*number);
                    if is_shown {
                        self.text_of_box(*number)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn text_of_box(&mut self, number: usize) -> Result<(), Reason> {
        let Some(places) = self.source.boxes.texts.get(number) else { return Ok(()) };
        // No field reaches out of a box or into one.
        let outside = std::mem::take(&mut self.fields);
        self.lines.open_box();
        self.text(places.clone(), true)?;
        self.is_broken |= self.fields.in_code();
        self.fields = outside;
        self.lines.close_box()
    }

    fn end(&mut self, c: char, file_place: usize, said: Characters) -> Result<(), Reason> {
        let paragraph = self.source.paragraphs.at(file_place).copied().unwrap_or_default();
        if paragraph.ends_row {
            self.lines.drop_paragraph();
            return Ok(());
        }
        let runs_on = said.deleted || self.is_hidden(file_place, said);
        let is_cell = c == '\u{7}' || paragraph.ends_inner_cell;
        if let Some(open) = self.lines.paragraph() {
            open.runs_on = runs_on && !is_cell;
            open.place = Place { list: paragraph.list.map(i64::from), level: paragraph.level.map(usize::from), style: None };
        }
        self.lines.close_paragraph()?;
        if is_cell { self.lines.settle() } else { Ok(()) }
    }

    /// Takes the marks of fields.
    fn field(&mut self, c: char) -> Result<bool, Reason> {
        match c {
            '\u{13}'..='\u{15}' if !self.heeds_fields => {}
            '\u{13}' => self.fields.begin()?,
            '\u{14}' => self.fields.separate(),
            '\u{15}' => {
                if let Some(text) = self.fields.end()? {
                    self.put(&text)?;
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether text at this point is seen, but for the codes of fields.
    fn is_shown(&self, file_place: usize, said: Characters) -> bool {
        !said.deleted && !self.is_hidden(file_place, said)
    }

    fn is_hidden(&self, file_place: usize, said: Characters) -> bool {
        let styles = &self.source.styles;
        let by_style = || {
            let paragraph = self.source.paragraphs.at(file_place).copied().unwrap_or_default();
            styles.hides(paragraph.style) != said.style.is_some_and(|style| styles.hides(style))
        };
        match said.hidden {
            Some(toggle) => toggle.over(by_style()),
            None => by_style(),
        }
    }

    fn show(&mut self, c: char, said: Characters) -> Result<(), Reason> {
        let shown = match (c, said.symbol) {
            ('(', Some((font, symbol))) => {
                let font = self.source.fonts.get(usize::from(font)).map(String::as_str);
                char::from_u32(u32::from(symbol)).map(|symbol| symbols::shown(symbol, font))
            }
            ('\u{B}' | '\u{C}' | '\u{E}', _) => Some('\n'),
            ('\u{1E}', _) => Some('-'),
            // A place where a word may be parted, and what stands for pictures, notes and comments.
            ('\u{1F}' | '\0'..='\u{8}', _) => None,
            (c, _) => Some(c),
        };
        match shown {
            Some(c) => self.put(c.encode_utf8(&mut [0; 4])),
            None => Ok(()),
        }
    }

    fn put(&mut self, text: &str) -> Result<(), Reason> {
        if self.fields.take(text) { Ok(()) } else { self.lines.push(text) }
    }
}
