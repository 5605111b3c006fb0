//! Reads the main text of a Word document in the binary format ([MS-DOC]), as Word 97 to 2003 and WPS write it.
//!
//! Older versions are told apart and refused: their text is laid out in another way.

mod body;
mod bytes;
mod compound;
mod lists;
mod pieces;
mod runs;
mod sprms;
mod styles;

use std::collections::HashMap;
use std::ops::Range;

use super::{Kind, Limits, ReadError, Reason};
use body::Source;
use bytes::{part, place_at, u16_at, u32_at};
use compound::Compound;
use pieces::Pieces;
use styles::Styles;

/// Where the lists of places in the table begin in the head of the document.
const TABLES: usize = 0x9A;

/// The text of a compound file that has a document in it.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<String, ReadError> {
    const FIRST_UNICODE_VERSION: u16 = 0xC1;
    let compound = Compound::open(bytes).ok_or(Reason::DamagedDoc)?;
    // A document may be embedded in a file of another kind.
    let document = compound.stream("WordDocument")?.ok_or(Kind::Ole)?;
    let (mark, version, flags) = (u16_at(&document, 0), u16_at(&document, 2), u16_at(&document, 0x0A));
    let (Some(mark), Some(version), Some(flags)) = (mark, version, flags) else { return Err(Reason::DamagedDoc.into()) };
    if mark != 0xA5EC || version < FIRST_UNICODE_VERSION {
        return Err(Kind::OldDoc.into());
    }
    if flags & 0x0100 != 0 {
        return Err(Reason::Encrypted.into());
    }
    let table = compound.stream(if flags & 0x0200 != 0 { "1Table" } else { "0Table" })?.ok_or(Reason::DamagedDoc)?;
    Ok(text(&document, &table, limits)?)
}

fn text(document: &[u8], table: &[u8], limits: &Limits) -> Result<String, Reason> {
    let tables = Tables { document, table };
    let pieces = Pieces::parse(document, tables.get(33)).ok_or(Reason::DamagedDoc)?;
    let styles = Styles::parse(tables.get(1), limits)?;
    let fonts = styles::fonts(tables.get(15), limits)?;
    let (definitions, length) = tables.from(73);
    let (uses, _) = tables.from(74);
    let numbering = lists::parse(definitions, length, uses, &fonts, limits)?;
    let characters = runs::characters(document, tables.get(12), limits)?;
    let paragraphs = runs::paragraphs(document, tables.get(13), limits, |style| styles.paragraph(style))?;
    let length = place_at(document, 0x4C).ok_or(Reason::DamagedDoc)?;
    if length > pieces.length() {
        return Err(Reason::DamagedDoc);
    }
    let boxes = boxes(&tables, pieces.length());
    let source =
        Source { pieces, characters, paragraphs, styles, numbering, list_styles: super::docx::styles::Styles::default(), fonts, boxes };
    body::read(&source, length, limits)
}

struct Tables<'a> {
    document: &'a [u8],
    table: &'a [u8],
}

impl<'a> Tables<'a> {
    /// The list of this number; empty where the file has none.
    fn get(&self, number: usize) -> &'a [u8] {
        let (rest, length) = self.from(number);
        rest.get(..length).unwrap_or_default()
    }

    /// The table from this list on, and the list's length: levels of lists stand behind theirs.
    fn from(&self, number: usize) -> (&'a [u8], usize) {
        let at = TABLES + number * 8;
        match (place_at(self.document, at), place_at(self.document, at + 4)) {
            (Some(place), Some(length)) if length > 0 => (self.table.get(place..).unwrap_or_default(), length),
            _ => (&[], 0),
        }
    }
}

/// The places of the texts of boxes, by the places of their anchors in the main text.
fn boxes(tables: &Tables<'_>, end: usize) -> HashMap<usize, Range<usize>> {
    const ANCHOR: usize = 26;
    const TEXT: usize = 22;
    // The main text, notes, headers, macros, comments and end notes stand before the boxes.
    let before: Option<usize> =
        (0..6).map(|part| place_at(tables.document, 0x4C + part * 4)).try_fold(0usize, |sum, length| sum.checked_add(length?));
    let Some(first) = before else { return HashMap::new() };
    let entries = |number: usize, size: usize| {
        let list = tables.get(number);
        let count = list.len().saturating_sub(4) / (4 + size);
        (0..count).filter_map(move |at| {
            let place = place_at(list, at * 4)?..place_at(list, at * 4 + 4)?;
            Some((place, part(list, (count + 1) * 4 + at * size, size)?))
        })
    };
    let texts: HashMap<u32, Range<usize>> = entries(56, TEXT)
        .filter_map(|(place, said)| {
            let place = first.checked_add(place.start)?..first.checked_add(place.end)?;
            (place.start < place.end && place.end <= end).then_some((u32_at(said, 14)?, place))
        })
        .collect();
    entries(40, ANCHOR).filter_map(|(place, said)| Some((place.start, texts.get(&u32_at(said, 0)?)?.clone()))).collect()
}
