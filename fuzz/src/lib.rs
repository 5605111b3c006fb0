//! What the fuzz targets share: the readers, what must hold of whatever they give, and packages built around fuzzed parts.

#![allow(missing_docs, unreachable_pub, unused, reason = "a harness is no public interface, and no target uses all of it")]

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

#[path = "../../src/reading/mod.rs"]
pub mod reading;

#[path = "../../tests/reading/compound.rs"]
mod compound;

use reading::{Format, Limits, ReadError, Reading};

/// Parts the parts of a package in the input of a structure-aware target. XML cannot contain it.
pub const SEPARATOR: u8 = 0;

/// Smaller than in service, so that an input at a limit is reached and refused in a moment.
pub fn limits() -> Limits {
    Limits { input_bytes: 4 * 1024 * 1024, unpacked_bytes: 4 * 1024 * 1024, xml_nodes: 200_000, output_chars: 400_000, ..Limits::default() }
}

/// Reads, and checks what is promised of every text.
pub fn check(bytes: &[u8]) -> Result<Reading, ReadError> {
    let _ = reading::media_type(bytes);
    let outcome = reading::read(bytes, &limits());
    if let Ok(reading) = &outcome {
        assert!(!reading.text.contains(['\r', '\0']), "a text has one kind of line end and no U+0000");
        assert!(reading.text.chars().count() <= limits().output_chars, "a text keeps to its limit");
        assert!(reading.text.chars().any(|c| !c.is_whitespace()), "a text has something to read");
    }
    outcome
}

/// A docx whose main part, numbering and styles are the parts of `data`.
pub fn docx(data: &[u8]) -> Vec<u8> {
    package(
        &[
            ("[Content_Types].xml", b"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".as_slice()),
            (
                "_rels/.rels",
                b"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Type=\"x/officeDocument\" Target=\"word/document.xml\"/></Relationships>",
            ),
        ],
        &["word/document.xml", "word/numbering.xml", "word/styles.xml"],
        data,
    )
}

/// An odt whose content and styles are the parts of `data`.
pub fn odt(data: &[u8]) -> Vec<u8> {
    package(&[("mimetype", b"application/vnd.oasis.opendocument.text".as_slice())], &["content.xml", "styles.xml"], data)
}

/// A PDF whose page content, character map, font and page are the parts of `data`. It has no tables, so that it is searched.
pub fn pdf(data: &[u8]) -> Vec<u8> {
    let mut parts = data.split(|byte| *byte == SEPARATOR);
    let mut part = |usual: &'static [u8]| parts.next().filter(|part| !part.is_empty()).unwrap_or(usual);
    let stream = |number: u8, bytes: &[u8]| {
        [format!("{number} 0 obj <</Length {}>>\nstream\n", bytes.len()).as_bytes(), bytes, b"\nendstream\nendobj\n"].concat()
    };
    let object = |number: u8, bytes: &[u8]| [format!("{number} 0 obj\n").as_bytes(), bytes, b"\nendobj\n"].concat();
    let content = stream(5, part(b""));
    let map = stream(4, part(b"1 beginbfrange <0000> <FFFF> <0000> endbfrange"));
    let font = object(3, part(b"<</Subtype/Type0/Encoding/Identity-H/ToUnicode 4 0 R/DescendantFonts[<</DW 1000>>]>>"));
    let page = object(6, part(b"<</Type/Page/Contents 5 0 R/Resources<</Font<</F1 3 0 R>>/XObject<</A 5 0 R>>>>>>"));
    let head = b"%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[6 0 R 7 0 R]>> endobj\n";
    [head.as_slice(), &content, &map, &font, &page, &object(7, b"<</Type/Page/Contents 5 0 R/Resources<</Font<</F1 3 0 R>>>>>>")].concat()
}

/// A doc whose table is the first half of `data` and whose main stream is the second.
pub fn doc(data: &[u8]) -> Vec<u8> {
    let (table, document) = data.split_at(data.len() / 2);
    compound::compound(&[("WordDocument", document), ("1Table", table), ("0Table", table)])
}

fn package(fixed: &[(&str, &[u8])], names: &[&str], data: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let fuzzed = names.iter().copied().zip(data.split(|byte| *byte == SEPARATOR));
    for (name, content) in fixed.iter().copied().chain(fuzzed) {
        writer.start_file(name, options).expect("the names are unique");
        writer.write_all(content).expect("memory takes everything");
    }
    writer.finish().expect("memory takes everything").into_inner()
}
