//! Puts paragraphs together into lines, and keeps text boxes beside their anchors.
//!
//! It knows nothing of XML and counts no numbers. Blanks are those of OpenDocument: several in a
//! row are one, and none stands at the ends of a paragraph (ISO/IEC 26300-1, 6.1.2).

use super::super::{Reason, as_shown};

/// A paragraph while it is read.
#[derive(Debug)]
struct Paragraph {
    label: String,
    text: String,
    /// The last character was a blank, or there is none: a further blank adds nothing.
    after_blank: bool,
    hidden: bool,
    /// Lines of text boxes anchored before its first word, and after it.
    before: Vec<String>,
    after: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Lines {
    /// The lines of the body, then of the open text boxes, innermost last.
    columns: Vec<Vec<String>>,
    /// Open paragraphs, innermost last: a text box lies within one.
    paragraphs: Vec<Paragraph>,
    /// Characters that may still be added.
    left: usize,
}

impl Lines {
    pub(super) fn new(max_chars: usize) -> Self {
        Self { columns: vec![Vec::new()], paragraphs: Vec::new(), left: max_chars }
    }

    pub(super) fn open_paragraph(&mut self, label: String) -> Result<(), Reason> {
        self.spend(&label)?;
        self.paragraphs.push(Paragraph {
            label,
            text: String::new(),
            after_blank: true,
            hidden: false,
            before: Vec::new(),
            after: Vec::new(),
        });
        Ok(())
    }

    /// The innermost paragraph is not shown at all.
    pub(super) fn hide_paragraph(&mut self) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.hidden = true;
        }
    }

    /// Character data of the innermost paragraph; text outside paragraphs is none.
    pub(super) fn push_data(&mut self, text: &str) -> Result<(), Reason> {
        self.spend(text)?;
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return Ok(());
        };
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\r' | '\n') {
                if !paragraph.after_blank {
                    paragraph.text.push(' ');
                }
                paragraph.after_blank = true;
            } else {
                paragraph.text.extend(as_shown(c));
                paragraph.after_blank = false;
            }
        }
        Ok(())
    }

    /// `times` characters that an element stands for.
    pub(super) fn push_char(&mut self, c: char, times: usize) -> Result<(), Reason> {
        self.left = self.left.checked_sub(times).ok_or(Reason::TooLong)?;
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.extend(std::iter::repeat_n(c, times));
            paragraph.after_blank = false;
        }
        Ok(())
    }

    pub(super) fn close_paragraph(&mut self) -> Result<(), Reason> {
        let Some(mut paragraph) = self.paragraphs.pop() else {
            return Ok(());
        };
        self.spend("\n")?;
        if paragraph.hidden {
            return Ok(());
        }
        if paragraph.after_blank && paragraph.text.ends_with(' ') {
            paragraph.text.pop();
        }
        let mut line: String = paragraph.label.chars().filter_map(as_shown).collect();
        line.push_str(&paragraph.text);
        if let Some(column) = self.columns.last_mut() {
            column.extend(paragraph.before);
            column.push(line);
            column.extend(paragraph.after);
        }
        Ok(())
    }

    pub(super) fn open_box(&mut self) {
        self.columns.push(Vec::new());
    }

    pub(super) fn close_box(&mut self) {
        // The body itself is never closed.
        let Some(lines) = (if self.columns.len() > 1 { self.columns.pop() } else { None }) else {
            return;
        };
        match self.paragraphs.last_mut() {
            Some(paragraph) if paragraph.text.is_empty() => paragraph.before.extend(lines),
            Some(paragraph) => paragraph.after.extend(lines),
            None => {
                if let Some(column) = self.columns.last_mut() {
                    column.extend(lines);
                }
            }
        }
    }

    /// All lines, once everything is read.
    pub(super) fn finish(self) -> String {
        self.columns.into_iter().next().unwrap_or_default().join("\n")
    }

    fn spend(&mut self, text: &str) -> Result<(), Reason> {
        self.left = self.left.checked_sub(text.chars().count()).ok_or(Reason::TooLong)?;
        Ok(())
    }
}
