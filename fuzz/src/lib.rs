//! What the fuzz targets share: the readers, what must hold of whatever they give, and packages built around fuzzed parts.

#![allow(missing_docs, unreachable_pub, unused, reason = "a harness is no public interface, and no target uses all of it")]

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

#[path = "../../src/reading/mod.rs"]
pub mod reading;

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
