//! Puts the paragraphs of a docx or doc together into lines: merges them, and keeps text boxes beside their anchors.
//!
//! It knows nothing of XML and counts no numbers of its own.

use super::labels::{Labels, Place};
use super::{Reason, as_shown};

/// A paragraph while it is read.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    pub(super) place: Place,
    pub(super) text: String,
    /// Its mark is deleted or hidden, so that the next paragraph runs on in the same line.
    pub(super) runs_on: bool,
    /// Lines of text boxes anchored before its first word, and after it.
    before: Vec<String>,
    after: Vec<String>,
}

impl Paragraph {
    fn attach(&mut self, lines: Vec<String>) {
        if self.text.is_empty() { self.before.extend(lines) } else { self.after.extend(lines) }
    }

    /// A merged paragraph keeps the number of the first part that has words.
    fn join(mut self, next: Self) -> Self {
        if self.text.trim().is_empty() {
            self.place = next.place;
        }
        self.text.push_str(&next.text);
        self.before.extend(next.before);
        self.after.extend(next.after);
        self.runs_on = next.runs_on;
        self
    }
}

/// One column of text: the body, or a text box.
#[derive(Debug, Default)]
struct Column {
    lines: Vec<String>,
    /// A paragraph without a mark of its own, waiting for the next.
    waiting: Option<Paragraph>,
}

pub(super) struct Lines<'a> {
    labels: Labels<'a>,
    body: Column,
    /// Open text boxes, innermost last.
    boxes: Vec<Column>,
    /// Open paragraphs, innermost last: a text box lies within one.
    paragraphs: Vec<Paragraph>,
    /// Characters that may still be added.
    left: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(labels: Labels<'a>, max_chars: usize) -> Self {
        Self { labels, body: Column::default(), boxes: Vec::new(), paragraphs: Vec::new(), left: max_chars }
    }

    pub(super) fn open_paragraph(&mut self, place: Place) {
        self.paragraphs.push(Paragraph { place, ..Paragraph::default() });
    }

    pub(super) fn paragraph(&mut self) -> Option<&mut Paragraph> {
        self.paragraphs.last_mut()
    }

    /// Adds visible text to the innermost paragraph; text outside paragraphs is none.
    pub(super) fn push(&mut self, text: &str) -> Result<(), Reason> {
        self.spend(text)?;
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.extend(text.chars().filter_map(as_shown));
        }
        Ok(())
    }

    pub(super) fn close_paragraph(&mut self) -> Result<(), Reason> {
        let Some(mut paragraph) = self.paragraphs.pop() else {
            return Ok(());
        };
        if let Some(waiting) = self.column().waiting.take() {
            paragraph = waiting.join(paragraph);
        }
        if paragraph.runs_on {
            self.column().waiting = Some(paragraph);
            return Ok(());
        }
        self.print(paragraph)
    }

    /// What was opened was no paragraph.
    pub(super) fn drop_paragraph(&mut self) {
        self.paragraphs.pop();
    }

    /// The end of a cell, box or body: no paragraph runs on beyond it.
    pub(super) fn settle(&mut self) -> Result<(), Reason> {
        match self.column().waiting.take() {
            Some(paragraph) if paragraph.text.is_empty() => {
                let Paragraph { before, after, .. } = paragraph;
                self.column().lines.extend(before.into_iter().chain(after));
                Ok(())
            }
            Some(paragraph) => self.print(paragraph),
            None => Ok(()),
        }
    }

    pub(super) fn open_box(&mut self) {
        self.boxes.push(Column::default());
    }

    pub(super) fn close_box(&mut self) -> Result<(), Reason> {
        self.settle()?;
        if let Some(column) = self.boxes.pop() {
            self.attach(column.lines);
        }
        Ok(())
    }

    /// A line beside the text, such as words along a path.
    pub(super) fn push_beside(&mut self, text: String) -> Result<(), Reason> {
        self.spend(&text)?;
        self.attach(vec![text.chars().filter_map(as_shown).collect()]);
        Ok(())
    }

    /// All lines, once everything is read.
    pub(super) fn finish(mut self) -> Result<String, Reason> {
        self.settle()?;
        Ok(self.body.lines.join("\n"))
    }

    fn attach(&mut self, lines: Vec<String>) {
        match self.paragraphs.last_mut() {
            Some(paragraph) => paragraph.attach(lines),
            None => self.column().lines.extend(lines),
        }
    }

    fn print(&mut self, paragraph: Paragraph) -> Result<(), Reason> {
        let label = self.labels.next(&paragraph.place);
        self.spend(&label)?;
        self.spend("\n")?;
        let mut line: String = label.chars().filter_map(as_shown).collect();
        line.push_str(&paragraph.text);
        let lines = &mut self.column().lines;
        lines.extend(paragraph.before);
        lines.push(line);
        lines.extend(paragraph.after);
        Ok(())
    }

    fn column(&mut self) -> &mut Column {
        self.boxes.last_mut().unwrap_or(&mut self.body)
    }

    fn spend(&mut self, text: &str) -> Result<(), Reason> {
        self.left = self.left.checked_sub(text.chars().count()).ok_or(Reason::TooLong)?;
        Ok(())
    }
}
