//! Builds docx files in memory for the tests of the reader.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub const NAMESPACES: &str = concat!(
    r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" "#,
    r#"xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" "#,
    r#"xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" "#,
    r#"xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" "#,
    r#"xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" "#,
    r#"xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" "#,
    r#"xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:x="urn:example:unknown""#,
);

/// The namespaces of OpenDocument.
pub const ODF: &str = concat!(
    r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" "#,
    r#"xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" "#,
    r#"xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" "#,
    r#"xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" "#,
    r#"xmlns:field="urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0" "#,
    r#"xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0""#,
);

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A docx whose parts can be set one by one.
pub struct Docx {
    parts: Vec<(String, Vec<u8>)>,
}

impl Docx {
    /// A whole document with this inside `w:body`.
    pub fn with_body(body: &str) -> Self {
        Self::with_main(&format!("<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"))
    }

    /// A whole document with this main part.
    pub fn with_main(main: &str) -> Self {
        Self { parts: Vec::new() }
            .part("[Content_Types].xml", TYPES)
            .part("_rels/.rels", &relationships(&[("officeDocument", "word/document.xml")]))
            .part("word/document.xml", main)
    }

    pub fn empty() -> Self {
        Self { parts: Vec::new() }
    }

    pub fn numbering(self, inside: &str) -> Self {
        self.part("word/numbering.xml", &format!("<w:numbering {NAMESPACES}>{inside}</w:numbering>"))
    }

    pub fn styles(self, inside: &str) -> Self {
        self.part("word/styles.xml", &format!("<w:styles {NAMESPACES}>{inside}</w:styles>"))
    }

    /// Sets or replaces a part.
    pub fn part(self, name: &str, content: &str) -> Self {
        self.bytes_part(name, content.as_bytes())
    }

    pub fn bytes_part(mut self, name: &str, content: &[u8]) -> Self {
        self.parts.retain(|(known, _)| known != name);
        self.parts.push((name.to_owned(), content.to_vec()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.parts.retain(|(known, _)| known != name);
        self
    }

    /// Bytes of all parts.
    pub fn unpacked(&self) -> usize {
        self.parts.iter().map(|(_, content)| content.len()).sum()
    }

    pub fn build(&self) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, content) in &self.parts {
            writer.start_file(name.as_str(), options).expect("part names are unique");
            writer.write_all(content).expect("memory takes everything");
        }
        writer.finish().expect("memory takes everything").into_inner()
    }
}

/// An OpenDocument text with this inside `office:text`, and these automatic styles.
pub fn odt(styles: &str, body: &str) -> Docx {
    let content = format!(
        "<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    );
    Docx::empty().part("mimetype", "application/vnd.oasis.opendocument.text").part("content.xml", &content)
}

pub fn relationships(targets: &[(&str, &str)]) -> String {
    let mut xml = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#.to_owned();
    for (number, (kind, target)) in targets.iter().enumerate() {
        xml.push_str(&format!(r#"<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{target}"/>"#));
    }
    xml + "</Relationships>"
}

/// A paragraph with one run.
pub fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

/// A paragraph of a list.
pub fn item(list: u32, level: u32, text: &str) -> String {
    format!(
        "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
    )
}

/// A level of an abstract list; `more` goes behind its text.
pub fn level(at: u32, format: &str, text: &str, more: &str) -> String {
    format!("<w:lvl w:ilvl=\"{at}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/>{more}<w:lvlText w:val=\"{text}\"/></w:lvl>")
}

/// List 1 on an abstract list with these levels.
pub fn list(levels: &str) -> String {
    format!("<w:abstractNum w:abstractNumId=\"7\">{levels}</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"7\"/></w:num>")
}

/// Changes, inserts, removes or cuts off bytes.
pub fn mutate(bytes: &mut Vec<u8>, changes: &[(usize, u8, u8)]) {
    for (at, byte, how) in changes {
        if bytes.is_empty() {
            return;
        }
        let at = at % bytes.len();
        match how % 4 {
            0 => bytes[at] = *byte,
            1 => bytes.insert(at, *byte),
            2 => drop(bytes.remove(at)),
            _ => bytes.truncate(at.max(1)),
        }
    }
}

/// Random changes for [`mutate`].
pub fn changes() -> impl Strategy<Value = Vec<(usize, u8, u8)>> {
    // Cutting off is one way in forty, so that most files keep their end.
    let how = prop_oneof![13 => 0u8..1, 13 => 1u8..2, 13 => 2u8..3, 1 => 3u8..4];
    proptest::collection::vec((any::<usize>(), any::<u8>(), how), 0..8)
}
