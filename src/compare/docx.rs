//! A comparison as a Word file with tracked changes by "lawgate".
//!
//! Accepting all changes gives the new text, rejecting all gives the old one
//! (blank lines between the pieces aside). A moved piece is a deletion in the old
//! place and an insertion in the new one. The same comparison always gives the
//! same bytes: the changes carry no date.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::diff::{ComparedPiece, Comparison, Op, Segment, Status};
use super::lines::is_line_end;
use super::visible::escape_into;

/// Why no file could be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The parts could not be packed.
    #[error("the Word file could not be packed: {0}")]
    Pack(#[from] zip::result::ZipError),
    /// The parts could not be written.
    #[error("the Word file could not be written: {0}")]
    Write(#[from] std::io::Error),
}

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>"#;
const PACKAGE_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
const DOCUMENT_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋" w:cs="Times New Roman"/><w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:line="420" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style></w:styles>"#;
const DOCUMENT_START: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>"#;
const DOCUMENT_END: &str = r#"<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr></w:body></w:document>"#;

/// Writes the comparison as a `.docx` file.
///
/// # Errors
/// Fails only if the parts cannot be packed in memory.
pub fn render(comparison: &Comparison) -> Result<Vec<u8>, RenderError> {
    let document = document(comparison);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in [
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", PACKAGE_RELATIONS),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS),
        ("word/styles.xml", STYLES),
        ("word/document.xml", &document),
    ] {
        archive.start_file(name, options)?;
        archive.write_all(content.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

fn document(comparison: &Comparison) -> String {
    let mut body = Body::default();
    let mut moved_away: Vec<&ComparedPiece> = (comparison.articles.iter()).filter(|piece| piece.moved).collect();
    moved_away.sort_by_key(|piece| piece.from_place);
    let mut moved_away = moved_away.into_iter().peekable();
    for piece in &comparison.articles {
        if piece.moved {
            body.paragraphs_of(Op::Insert, piece.to_text.as_deref());
            continue;
        }
        if piece.from_place.is_some() {
            while let Some(gone) = moved_away.next_if(|gone| gone.from_place < piece.from_place) {
                body.paragraphs_of(Op::Delete, gone.from_text.as_deref());
            }
        }
        match piece.status {
            Status::Unchanged => body.paragraphs_of(Op::Equal, piece.to_text.as_deref()),
            Status::Added => body.paragraphs_of(Op::Insert, piece.to_text.as_deref()),
            Status::Removed => body.paragraphs_of(Op::Delete, piece.from_text.as_deref()),
            Status::Changed | Status::Renumbered => body.segments(&piece.segments),
        }
    }
    for gone in moved_away {
        body.paragraphs_of(Op::Delete, gone.from_text.as_deref());
    }
    format!("{DOCUMENT_START}{}{DOCUMENT_END}", body.xml)
}

/// The body of the document as far as it is written.
#[derive(Default)]
struct Body {
    xml: String,
    /// The runs of the paragraph that is being written.
    runs: String,
    /// The number of the last tracked change.
    changes: usize,
}

impl Body {
    fn paragraphs_of(&mut self, op: Op, text: Option<&str>) {
        // A preamble of blank lines has nothing to show.
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.text(op, text);
            self.end_paragraph(op);
        }
    }

    fn segments(&mut self, segments: &[Segment]) {
        for segment in segments {
            self.text(segment.op, &segment.text);
        }
        self.end_paragraph(Op::Equal);
    }

    fn text(&mut self, op: Op, text: &str) {
        let joined = text.replace("\r\n", "\n");
        let mut parts = joined.split(is_line_end);
        if let Some(first) = parts.next() {
            self.run(op, first);
        }
        for part in parts {
            self.end_paragraph(op);
            self.run(op, part);
        }
    }

    fn run(&mut self, op: Op, text: &str) {
        if text.is_empty() {
            return;
        }
        let (before, after) =
            self.change(op).map_or_else(Default::default, |(tag, marks)| (format!("<w:{tag} {marks}>"), format!("</w:{tag}>")));
        let element = if op == Op::Delete { "w:delText" } else { "w:t" };
        self.runs.push_str(&before);
        self.runs.push_str("<w:r>");
        for (place, part) in text.split('\t').enumerate() {
            if place > 0 {
                self.runs.push_str("<w:tab/>");
            }
            self.runs.push_str(&format!("<{element} xml:space=\"preserve\">"));
            escape_into(&mut self.runs, part);
            self.runs.push_str(&format!("</{element}>"));
        }
        self.runs.push_str("</w:r>");
        self.runs.push_str(&after);
    }

    /// Ends the paragraph; its mark was inserted, deleted or in both texts.
    fn end_paragraph(&mut self, op: Op) {
        self.xml.push_str("<w:p>");
        if let Some((tag, marks)) = self.change(op) {
            self.xml.push_str(&format!("<w:pPr><w:rPr><w:{tag} {marks}/></w:rPr></w:pPr>"));
        }
        self.xml.push_str(&self.runs);
        self.xml.push_str("</w:p>");
        self.runs.clear();
    }

    /// The element of a tracked change and its attributes.
    fn change(&mut self, op: Op) -> Option<(&'static str, String)> {
        let tag = match op {
            Op::Equal => return None,
            Op::Insert => "ins",
            Op::Delete => "del",
        };
        self.changes += 1;
        Some((tag, format!("w:id=\"{}\" w:author=\"lawgate\"", self.changes)))
    }
}
