//! Reads the main text of a Word document in the binary format ([MS-DOC]), as Word 97 to 2003 and WPS write it.
//!
//! Older versions are told apart and refused: their text is laid out in another way.

mod body;
mod boxes;
mod bytes;
mod compound;
mod drawings;
mod lists;
mod pieces;
mod runs;
mod sprms;
mod styles;
mod tables;

use super::{Kind, Limits, ReadError, Reason};
use body::Source;
use boxes::Boxes;
use bytes::{place_at, u16_at};
use compound::Compound;
use pieces::Pieces;
use sprms::Data;
use styles::Styles;
use tables::Tables;

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
    // Mostly pictures: a text that needs nothing of it is read without.
    let data = compound.stream("Data").ok().flatten().unwrap_or_default();
    Ok(text(&document, &table, &data, limits)?)
}

fn text(document: &[u8], table: &[u8], data: &[u8], limits: &Limits) -> Result<String, Reason> {
    let tables = Tables { document, table };
    let pieces = Pieces::parse(document, tables.get(33)).ok_or(Reason::DamagedDoc)?;
    let styles = Styles::parse(tables.get(1), limits)?;
    let fonts = styles::fonts(tables.get(15), limits)?;
    let (definitions, length) = tables.from(73);
    let (uses, _) = tables.from(74);
    let numbering = lists::parse(definitions, length, uses, &fonts, limits)?;
    let characters = runs::characters(document, tables.get(12), limits)?;
    let paragraphs = runs::paragraphs(document, tables.get(13), limits, Data::new(data, limits), |style| styles.paragraph(style))?;
    let length = place_at(document, 0x4C).ok_or(Reason::DamagedDoc)?;
    if length > pieces.length() {
        return Err(Reason::DamagedDoc);
    }
    let boxes = Boxes::parse(&tables, &pieces, limits)?;
    let source = Source { pieces, characters, paragraphs, styles, numbering, fonts, boxes };
    body::read(&source, length, limits)
}
