//! Whether a published text is the approved one.
//!
//! Compared line by line after line ends, blank lines and the blanks at both ends
//! of a line are left out; nothing else is evened out, neither full-width and
//! half-width characters nor blanks inside a line. Set aside is only:
//!
//! - **at the head** (up to four title lines): one document number, which must be
//!   the known one if one is known; one date; and above everything one red heading;
//! - **at the end** of the text, before an annex, and at the end of a covering
//!   notice before the first article: up to six signature lines, one date, and at
//!   the very end one printing note. They count only where the text before them is
//!   finished: after 下列单位： the name of an organ is part of the text.
//!
//! The approved text may hold such lines too, with the number and the date still
//! open; number and date may then be filled in or differ. A signature of the
//! approved text must stay, and an added one must stand above a date. All other
//! lines (抄送, 此件公开发布, 主动公开) are differences if only one text has them.
//! Whether a date is the right one is not judged here.

use serde::Serialize;

use super::align::{Run, numbered, runs};
use super::articles::{Piece, PieceKind, split};
use super::lines::lines;
use super::marks::{Mark, Side, Signs};

/// How many annexes, and how many lines of a covering notice, are looked at for
/// signatures; further ones are compared like any text. This bounds the time.
const PLACES: usize = 200;

/// Which text has a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// Only the published text.
    Added,
    /// Only the approved text.
    Removed,
    /// Both, with another wording.
    Changed,
}

/// A line in which the published text is not the approved one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which text has the line.
    pub kind: DifferenceKind,
    /// The label of the article or other piece that the line stands in: that of the
    /// approved text where it has the line.
    pub at_article: Option<String>,
    /// The line in the approved text, counted from 1 with blank lines.
    pub approved_line: Option<usize>,
    /// The line in the published text, counted from 1 with blank lines.
    pub published_line: Option<usize>,
    /// Its wording in the approved text.
    pub approved: Option<String>,
    /// Its wording in the published text.
    pub published: Option<String>,
}

/// What is known of the issue of a document.
#[derive(Debug, Clone, Copy, Default)]
pub struct Issue<'a> {
    /// 发文字号, however its brackets are written.
    pub official_doc_no: Option<&'a str>,
    /// The full names of the issuing authorities. If any is given, nobody else's
    /// name is taken for a signature.
    pub organs: &'a [&'a str],
    /// Who signed; without it no person's name is taken for a signature.
    pub signed_by: Option<&'a str>,
}

/// The differences between the approved and the published text; none means that
/// the published text is the approved one.
pub fn differences(approved: &str, published: &str, official_doc_no: Option<&str>) -> Vec<Difference> {
    let issue = Issue { official_doc_no, ..Issue::default() };
    differences_of(approved, published, &issue)
}

/// [`differences`], stricter by what is known of the issue.
pub fn differences_of(approved: &str, published: &str, issue: &Issue<'_>) -> Vec<Difference> {
    let signs = Signs::new(issue.official_doc_no, issue.organs, issue.signed_by, approved);
    let (old_pieces, new_pieces) = (split(approved), split(published));
    let mut old = Sheet::new(approved, &old_pieces, Side::Approved);
    let mut new = Sheet::new(published, &new_pieces, Side::Published);
    if old.has_lines_of(&new) {
        // Whatever is still open in it, the approved text is the approved text.
        return Vec::new();
    }
    old.set_aside(&signs);
    new.set_aside(&signs);
    let mut found = body_differences(&old, &new);
    signature_differences(&old, &new, &mut found);
    found
}

fn body_differences(old: &Sheet<'_>, new: &Sheet<'_>) -> Vec<Difference> {
    let (old, new) = (old.body(), new.body());
    let text = |line: &&Row<'_>| line.text.to_owned();
    let (old_texts, new_texts): (Vec<_>, Vec<_>) = (old.iter().map(text).collect(), new.iter().map(text).collect());
    let (old_ids, new_ids) = numbered(&old_texts, &new_texts);
    let mut found = Vec::new();
    for Run { equal, from, to } in runs(&old_ids, &new_ids) {
        if equal {
            continue;
        }
        let mut old = old.get(from).unwrap_or_default().iter();
        let mut new = new.get(to).unwrap_or_default().iter();
        loop {
            let (old, new) = (old.next().copied(), new.next().copied());
            if old.is_none() && new.is_none() {
                break;
            }
            found.push(difference(old, new));
        }
    }
    found
}

/// Signatures that were dropped, and added ones without a date below them.
fn signature_differences(old: &Sheet<'_>, new: &Sheet<'_>, found: &mut Vec<Difference>) {
    let mut approved: Vec<(&str, &Row<'_>)> = old.signatures().collect();
    for (name, row) in new.signatures() {
        if let Some(place) = approved.iter().position(|(known, _)| *known == name) {
            approved.swap_remove(place);
        } else if !row.above_date {
            found.push(difference(None, Some(row)));
        }
    }
    approved.sort_by_key(|(_, row)| row.number);
    for (_, row) in approved {
        found.push(difference(Some(row), None));
    }
}

fn difference(old: Option<&Row<'_>>, new: Option<&Row<'_>>) -> Difference {
    let kind = match (old, new) {
        (Some(_), None) => DifferenceKind::Removed,
        (None, _) => DifferenceKind::Added,
        (Some(_), Some(_)) => DifferenceKind::Changed,
    };
    Difference {
        kind,
        at_article: old.or(new).and_then(|row| row.piece).and_then(|piece| piece.label.clone()),
        approved_line: old.map(|row| row.number),
        published_line: new.map(|row| row.number),
        approved: old.map(|row| row.text.to_owned()),
        published: new.map(|row| row.text.to_owned()),
    }
}

/// A line that is not blank.
struct Row<'a> {
    /// Counted from 1, blank lines included.
    number: usize,
    text: &'a str,
    piece: Option<&'a Piece<'a>>,
    opens_piece: bool,
    mark: Option<Mark>,
    /// Whether a date stands on the line or below it in the same place.
    above_date: bool,
}

/// A text as rows.
struct Sheet<'a> {
    side: Side,
    rows: Vec<Row<'a>>,
}

impl<'a> Sheet<'a> {
    fn new(text: &'a str, pieces: &'a [Piece<'a>], side: Side) -> Self {
        let mut rest = pieces.iter().peekable();
        let mut piece: Option<&Piece<'_>> = None;
        let mut end = 0;
        let mut rows = Vec::new();
        for (place, line) in lines(text).into_iter().enumerate() {
            let mut opens_piece = false;
            while end <= line.start
                && let Some(next) = rest.next()
            {
                end += next.text.len();
                piece = Some(next);
                opens_piece = true;
            }
            let mut content = line.text.trim();
            if place == 0 {
                // The byte order mark is no character of the text.
                content = content.trim_start_matches('\u{feff}').trim();
            }
            if !content.is_empty() {
                rows.push(Row { number: place + 1, text: content, piece, opens_piece, mark: None, above_date: false });
            }
        }
        Self { side, rows }
    }

    fn has_lines_of(&self, other: &Sheet<'_>) -> bool {
        (self.rows.iter().map(|row| row.text)).eq(other.rows.iter().map(|row| row.text))
    }

    fn body(&self) -> Vec<&Row<'a>> {
        self.rows.iter().filter(|row| row.mark.is_none()).collect()
    }

    fn signatures(&self) -> impl Iterator<Item = (&str, &Row<'a>)> {
        self.rows.iter().flat_map(|row| {
            let names = match &row.mark {
                Some(Mark::Signature { names, .. }) => names.as_slice(),
                Some(Mark::Number | Mark::RedHeading | Mark::Date | Mark::PrintingNote) | None => &[],
            };
            names.iter().map(move |name| (name.as_str(), row))
        })
    }

    fn set_aside(&mut self, signs: &Signs) {
        self.set_aside_head(signs);
        let ends: Vec<usize> = (self.rows.iter().enumerate())
            .filter(|(_, row)| row.opens_piece && row.kind() == Some(PieceKind::Annex))
            .map(|(place, _)| place)
            .take(PLACES)
            .collect();
        for end in ends {
            self.set_aside_run(signs, end, false);
        }
        self.set_aside_run(signs, self.rows.len(), false);
        let first_label = (self.rows.iter()).position(|row| matches!(row.kind(), Some(PieceKind::Article | PieceKind::Numbered)));
        for end in 1..=first_label.unwrap_or_default().min(PLACES) {
            if self.set_aside_run(signs, end, true) {
                break;
            }
        }
    }

    fn set_aside_head(&mut self, signs: &Signs) {
        let (mut title_lines, mut number, mut date, mut heading) = (0, false, false, false);
        for row in &mut self.rows {
            let found = if title_lines == 0 && !heading && signs.is_red_heading(row.text) {
                heading = true;
                Mark::RedHeading
            } else if !number && signs.is_number(row.text, self.side) {
                number = true;
                Mark::Number
            } else if !date && title_lines > 0 && signs.is_date(row.text, self.side) {
                date = true;
                Mark::Date
            } else {
                title_lines += 1;
                if title_lines > 4 || !row.can_be_title() {
                    return;
                }
                continue;
            };
            row.mark = Some(found);
        }
    }

    /// Sets aside the signature, date and printing note that end just before the row
    /// `end`; with `whole`, only signature and date together. Says whether it did.
    fn set_aside_run(&mut self, signs: &Signs, end: usize, whole: bool) -> bool {
        let last = end == self.rows.len();
        let (mut found, mut dated, mut noted, mut signed) = (Vec::new(), false, false, 0);
        let mut start = end;
        while let Some(place) = start.checked_sub(1)
            && let Some(row) = self.rows.get(place)
            && row.mark.is_none()
            && !(row.opens_piece && row.kind() != Some(PieceKind::Preamble))
        {
            let mark = if !noted && last && found.is_empty() && signs.is_printing_note(row.text, self.side) {
                noted = true;
                Mark::PrintingNote
            } else if !dated && signed == 0 && signs.is_date(row.text, self.side) {
                dated = true;
                Mark::Date
            } else if signed < 6
                && let Some(mark) = signs.signature(row.text, self.side)
                && !(dated && matches!(mark, Mark::Signature { dated: true, .. }))
            {
                signed += 1;
                dated = dated || matches!(mark, Mark::Signature { dated: true, .. });
                mark
            } else {
                break;
            };
            found.push((mark, dated));
            start = place;
        }
        if found.is_empty() || (whole && !(dated && signed > 0)) || !self.is_finished(start) {
            return false;
        }
        for (row, (mark, dated)) in self.rows.iter_mut().take(end).rev().zip(found) {
            row.mark = Some(mark);
            row.above_date = dated;
        }
        true
    }

    /// Whether the text before the row `place` is finished, so that a name or a
    /// date on that row cannot be part of it.
    fn is_finished(&self, place: usize) -> bool {
        let Some(before) = place.checked_sub(1).and_then(|place| self.rows.get(place)) else {
            return false;
        };
        if before.mark.is_some() {
            return false;
        }
        let closing = matches!(before.text, "特此通知" | "特此通告" | "特此公告");
        if closing || before.text.ends_with(['。', '！', '？', '”', '》', '】']) {
            return true;
        }
        let open = before.text.ends_with(['：', ':', '；', ';', '、', '，', ',']);
        match before.kind() {
            Some(PieceKind::Article | PieceKind::Numbered) => before.opens_piece && !open && before.text.chars().count() >= 8,
            Some(PieceKind::Annex) => !open && self.is_list_of_annexes(place),
            Some(PieceKind::Preamble | PieceKind::Heading) | None => false,
        }
    }

    /// Whether the annex piece before the row `place` is only the list of annexes
    /// that stands above the signature: 附件：1. …, each further line with a number.
    fn is_list_of_annexes(&self, place: usize) -> bool {
        let before = self.rows.iter().take(place).rev();
        for row in before {
            if row.opens_piece {
                let body = row.piece.map_or("", |piece| piece.body).trim_start();
                return body.starts_with(['：', ':']) && row.kind() == Some(PieceKind::Annex);
            }
            let after_digits = row.text.trim_start_matches(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c));
            let numbered = after_digits.len() < row.text.len() && after_digits.starts_with(['.', '．', '、']);
            if !numbered {
                return false;
            }
        }
        false
    }
}

impl Row<'_> {
    fn kind(&self) -> Option<PieceKind> {
        self.piece.map(|piece| piece.kind)
    }

    /// A short line before the first label that is neither sentence nor address.
    fn can_be_title(&self) -> bool {
        self.kind() == Some(PieceKind::Preamble)
            && self.text.chars().count() <= 80
            && !self.text.ends_with(['。', '：', ':', '；', ';', '！', '？', '，', ','])
    }
}
