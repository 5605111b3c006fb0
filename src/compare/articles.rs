//! A text cut into preamble, headings, articles, numbered lines and annexes.
//!
//! The pieces follow one another without gap or overlap: put together they are
//! the text. Paragraphs and items inside an article are not cut, and a table of
//! contents (目录) stays in the piece that it stands in.
//!
//! **What opens an article.** 第X条 or 第X条之X at the start of a line, blanks
//! before it allowed, unless what follows reads as a reference (规定, 所, 的,
//! 至, 、, 第二款 and the like). Beyond that:
//! - followed by a blank or the end of the line, it opens an article, except
//!   that a number which does not go up and is not 1 must stand after a finished
//!   line: a wrapped line can begin with 第三条 too;
//! - followed directly by text, its number must continue the count (the next
//!   number, the next 之, or 1), or go up by at most ten after a finished line,
//!   so that one missing number does not swallow the rest.
//!
//! A line refused here is part of the piece before it; no text is lost.

use serde::Serialize;

use super::labels::{self, Label};
use super::lines::{Line, ends_sentence, lines, squeeze};

/// What a piece of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PieceKind {
    /// The title and all before the first label; the whole text if it has none.
    Preamble,
    /// 编, 分编, 章 or 节.
    Heading,
    /// An article, with its paragraphs and items.
    Article,
    /// 一、 or （一）, only in a text without articles.
    Numbered,
    /// 附件, 附表, 附录, 附图 and 附：, up to the next label.
    Annex,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<'a> {
    /// What it is.
    pub kind: PieceKind,
    /// The label as written without blanks (第十二条之一, 第一章, 附件2); for
    /// （二） below 三、 it is 三、（二）. `None` for the preamble.
    pub label: Option<String>,
    /// The number in the label, 0 where there is none.
    pub ordinal: u32,
    /// The number after 之, 0 where there is none.
    pub sub_ordinal: u32,
    /// The whole piece, label and line ends included.
    pub text: &'a str,
    /// `text` after its label.
    pub body: &'a str,
    /// Where the piece begins in the text, in characters.
    pub start: usize,
    /// Where it ends in the text, in characters.
    pub end: usize,
}

impl<'a> Piece<'a> {
    /// What stands before `body`: the label with its blanks and in its own
    /// characters, (一) and 笫二条 too. Empty for the preamble.
    pub fn label_as_written(&self) -> &'a str {
        self.text.strip_suffix(self.body).unwrap_or_default()
    }
}

/// Where a piece begins, in bytes.
struct Opening {
    kind: PieceKind,
    label: String,
    ordinal: u32,
    sub_ordinal: u32,
    start: usize,
    body: usize,
}

/// Cuts `text` into its pieces, in order. An empty text has none.
pub fn split(text: &str) -> Vec<Piece<'_>> {
    let lines = lines(text);
    let mut openings = Scan::new(true).run(&lines);
    if !openings.iter().any(|opening| opening.kind == PieceKind::Article) {
        openings = Scan::new(false).run(&lines);
    }
    let mut pieces = Vec::with_capacity(openings.len() + 1);
    let mut place = 0;
    let mut push = |opening: Opening, end: usize| {
        let piece = text.get(opening.start..end).unwrap_or_default();
        if piece.is_empty() {
            return;
        }
        let start = place;
        place += piece.chars().count();
        pieces.push(Piece {
            kind: opening.kind,
            label: (opening.kind != PieceKind::Preamble).then_some(opening.label),
            ordinal: opening.ordinal,
            sub_ordinal: opening.sub_ordinal,
            text: piece,
            body: text.get(opening.body..end).unwrap_or_default(),
            start,
            end: place,
        });
    };
    let mut current = Opening { kind: PieceKind::Preamble, label: String::new(), ordinal: 0, sub_ordinal: 0, start: 0, body: 0 };
    for next in openings {
        let end = next.start;
        push(std::mem::replace(&mut current, next), end);
    }
    push(current, text.len());
    pieces
}

/// What has been seen so far while going down the lines.
struct Scan {
    with_articles: bool,
    /// The number of the last article, if there was one.
    last: Option<(u32, u32)>,
    /// Whether the last line that is not blank was finished.
    finished: bool,
    /// The label 三、 that the following （一） stand under.
    above: String,
    contents: Contents,
}

/// Where the lines stand with respect to a table of contents.
enum Contents {
    Outside,
    /// Inside; the first heading listed, whose repetition ends the table.
    Inside(Option<String>),
}

impl Scan {
    fn new(with_articles: bool) -> Self {
        Self { with_articles, last: None, finished: true, above: String::new(), contents: Contents::Outside }
    }

    fn run(mut self, lines: &[Line<'_>]) -> Vec<Opening> {
        let mut openings = Vec::new();
        for line in lines {
            let content = line.text.trim();
            if content.is_empty() {
                continue;
            }
            if let Some((kind, label)) = self.opening(content) {
                let indent = line.text.len() - line.text.trim_start().len();
                let label_length = content.len().saturating_sub(label.rest.len());
                self.finished = kind != PieceKind::Article || label.rest.trim().is_empty() || ends_sentence(content);
                openings.push(Opening {
                    kind,
                    label: label.written,
                    ordinal: label.ordinal,
                    sub_ordinal: label.sub_ordinal,
                    start: line.start,
                    body: line.start + indent + label_length,
                });
            } else {
                // A title has no full stop, and nothing wraps before the first article.
                self.finished = ends_sentence(content) || self.last.is_none();
            }
        }
        openings
    }

    fn opening<'a>(&mut self, content: &'a str) -> Option<(PieceKind, Label<'a>)> {
        if matches!(squeeze(content).as_str(), "目录" | "目次") {
            self.contents = Contents::Inside(None);
            return None;
        }
        let heading = labels::heading(content);
        if self.in_contents(heading.as_ref()) {
            return None;
        }
        if let Some(label) = heading {
            return Some((PieceKind::Heading, label));
        }
        if let Some(label) = labels::annex(content) {
            self.last = None;
            self.above.clear();
            return Some((PieceKind::Annex, label));
        }
        if self.with_articles {
            let label = labels::article(content).filter(|label| self.opens_article(label))?;
            self.last = Some((label.ordinal, label.sub_ordinal));
            return Some((PieceKind::Article, label));
        }
        if let Some(label) = labels::numbered(content) {
            self.above.clone_from(&label.written);
            return Some((PieceKind::Numbered, label));
        }
        let mut label = labels::numbered_in_brackets(content)?;
        label.written.insert_str(0, &self.above);
        Some((PieceKind::Numbered, label))
    }

    /// Whether the line belongs to a table of contents; the first line that
    /// cannot, or the repetition of the first heading listed, ends it.
    fn in_contents(&mut self, heading: Option<&Label<'_>>) -> bool {
        let Contents::Inside(first) = &mut self.contents else {
            return false;
        };
        match (heading, first.as_deref()) {
            (Some(label), None) => *first = Some(label.written.clone()),
            (Some(label), Some(first)) if label.written != first => {}
            (Some(_), Some(_)) | (None, _) => {
                self.contents = Contents::Outside;
                return false;
            }
        }
        true
    }

    fn opens_article(&self, label: &Label<'_>) -> bool {
        if labels::is_reference(label.rest) {
            return false;
        }
        let number = (label.ordinal, label.sub_ordinal);
        let first = number == (1, 0);
        let Some(last) = self.last else {
            return first || self.finished;
        };
        if label.rest.chars().next().is_none_or(char::is_whitespace) {
            return first || number > last || self.finished;
        }
        let next = number == (last.0 + 1, 0) || number == (last.0, last.1 + 1);
        let near = number > last && label.ordinal <= last.0 + 10;
        first || next || (near && self.finished)
    }
}
