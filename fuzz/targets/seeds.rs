//! Writes the first inputs of a target into a folder: small made-up ones, and the parts of the office files that are named.
//!
//! `seeds TARGET FOLDER [FILE…]`. The files named are those of the shared corpus where it exists; they are never committed.

use std::io::Read;
use std::path::Path;

const WORD: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml""#;
const ODF: &str = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0""#;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(target), Some(folder)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: seeds TARGET FOLDER [FILE…]");
        std::process::exit(2);
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for (number, seed) in made_up(&target).into_iter().enumerate() {
        std::fs::write(folder.join(format!("made-{number}")), seed)?;
    }
    for (number, file) in arguments.enumerate() {
        let bytes = std::fs::read(&file)?;
        if let Some(seed) = parts(&target, bytes) {
            std::fs::write(folder.join(format!("corpus-{number}")), seed)?;
        }
    }
    Ok(())
}

fn made_up(target: &str) -> Vec<Vec<u8>> {
    match target {
        "txt" => vec!["第一条　甲\r\n乙".into(), b"\xff\xfe\x2c\x7b\x0a\x00".into(), b"\xb5\xda\xd2\xbb\xcc\xf5".into(), b"<?xml <html".into()],
        "markdown" => vec!["**第一条** 甲\n\n- 乙\n  1) 丙\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<div>x<br></div> [a](https://b) `c`\n".into()],
        "docx" => vec![word().into_bytes()],
        "odt" => vec![open_document().into_bytes()],
        "pdf" => vec![
            b"BT /F1 16 Tf 112 740 Td <4E004E8C> Tj 0 -24 Td [<4E09> -200 <56DB>] TJ ET 100 100 m 200 100 l 200 200 l 100 200 l h S /A Do\0".to_vec(),
            b"q 1 0 0 1 5 5 cm BT 3 Tr /F1 9 Tf 80 100 Td (a) Tj ET Q /Artifact <</Type/Pagination>> BDC EMC\x001 beginbfchar <61> <4E00> endbfchar\0<</Subtype/Type1/Encoding<</Differences[1/A/uni4E00]>>/FirstChar 1/Widths[500]>>\0".to_vec(),
            lawgate_fuzz::pdf(b"BT /F1 16 Tf 112 740 Td <4E00> Tj ET"),
        ],
        "doc" => vec![word_97()],
        "package" => vec![lawgate_fuzz::docx(word().as_bytes()), lawgate_fuzz::odt(open_document().as_bytes())],
        _ => Vec::new(),
    }
}

fn word() -> String {
    let item = r#"<w:p><w:pPr><w:pStyle w:val="A"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:rPr><w:vanish/></w:rPr><w:fldChar w:fldCharType="begin"/><w:t>甲</w:t><w:tab/></w:r></w:p>"#;
    let table = r#"<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><mc:AlternateContent><mc:Choice Requires="w"><w:txbxContent><w:p/></w:txbxContent></mc:Choice><mc:Fallback/></mc:AlternateContent></w:r></w:p></w:tc></w:tr></w:tbl>"#;
    format!(
        "<w:document {WORD}><w:body>{item}{table}</w:body></w:document>\0<w:numbering {WORD}><w:abstractNum w:abstractNumId=\"7\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"chineseCounting\"/><w:lvlText w:val=\"第%1条\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"7\"/></w:num></w:numbering>\0<w:styles {WORD}><w:style w:styleId=\"A\"><w:basedOn w:val=\"A\"/><w:rPr><w:vanish/></w:rPr></w:style></w:styles>"
    )
}

/// The streams of a small doc for `lawgate_fuzz::doc`: the table first.
fn word_97() -> Vec<u8> {
    let text: Vec<u8> = "甲\u{13}a\u{14}乙\u{15}\r丙\u{7}\u{7}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let count = text.len() / 2;
    let number = |value: usize| (value as u32).to_le_bytes();
    let mut document = vec![0u8; 4096];
    document[0..4].copy_from_slice(&[0xEC, 0xA5, 0xC1, 0]);
    document[0x4C..0x50].copy_from_slice(&number(count));
    document[2048..2048 + text.len()].copy_from_slice(&text);
    // One page of properties for characters and paragraphs alike.
    document[3072..3076].copy_from_slice(&number(2048));
    document[3076..3080].copy_from_slice(&number(2048 + text.len()));
    (document[3080], document[3583]) = (128, 1);
    document[3328..3340].copy_from_slice(&[11, 0, 0, 0x0A, 0x26, 0, 0x0B, 0x46, 1, 0, 0x3C, 0x08]);
    let piece = [number(0).as_slice(), &number(count), &[0, 0], &number(2048), &[0, 0]].concat();
    let clx = [[2u8].as_slice(), &number(piece.len()), &piece].concat();
    let bounds = [number(2048), number(2048 + text.len()), number(6)].concat();
    let mut table = vec![0u8; 4096];
    let list = [[1u8, 0].as_slice(), &number(77), &[0; 20], &[0, 0, 1, 0], &number(1), &[0x27; 24], &[2, 0, 0, 0, 0x61, 0x67]].concat();
    let uses = [number(1).as_slice(), &number(77), &[0; 12], &[0xFF; 4]].concat();
    for (index, at, list, length) in [(33, 0, &clx, clx.len()), (12, 100, &bounds, 12), (13, 100, &bounds, 12), (73, 200, &list, 30), (74, 400, &uses, 24)] {
        table[at..at + list.len()].copy_from_slice(list);
        document[0x9A + index * 8..0x9E + index * 8].copy_from_slice(&number(at));
        document[0x9E + index * 8..0xA2 + index * 8].copy_from_slice(&number(length));
    }
    [table, document].concat()
}

fn open_document() -> String {
    let list = r#"<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="一, 二" style:num-prefix="第"/><text:list-level-style-number text:level="2" loext:num-list-format="%1%.%2%" style:num-format="1"/></text:list-style>"#;
    let body = r#"<text:list xml:id="a" text:style-name="L"><text:list-item><text:p>甲</text:p><text:list><text:list-item text:start-value="3"><text:p>乙<text:s text:c="2"/></text:p></text:list-item></text:list></text:list-item></text:list><text:h text:outline-level="1">丙<draw:frame><draw:text-box><text:p>丁</text:p></draw:text-box></draw:frame></text:h><table:table><table:table-row><table:table-cell><text:p>戊</text:p></table:table-cell></table:table-row></table:table>"#;
    format!(
        "<office:document-content {ODF}><office:automatic-styles>{list}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>\0<office:document-styles {ODF}><office:styles><text:outline-style style:name=\"O\"><text:outline-level-style text:level=\"1\" style:num-format=\"I\"/></text:outline-style><style:style style:name=\"H\" style:family=\"text\" style:parent-style-name=\"H\"/></office:styles></office:document-styles>"
    )
}

/// What a target takes of an office file: its parts for the structure-aware ones, the whole file for the others.
fn parts(target: &str, bytes: Vec<u8>) -> Option<Vec<u8>> {
    let names: &[&str] = match target {
        "docx" => &["word/document.xml", "word/numbering.xml", "word/styles.xml"],
        "odt" => &["content.xml", "styles.xml"],
        _ => return Some(bytes),
    };
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()?;
    let mut seed = Vec::new();
    for (number, name) in names.iter().enumerate() {
        if number > 0 {
            seed.push(lawgate_fuzz::SEPARATOR);
        }
        if let Ok(mut part) = archive.by_name(name) {
            part.read_to_end(&mut seed).ok()?;
        }
    }
    Some(seed)
}
