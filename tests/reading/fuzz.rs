//! Random and damaged files: whatever comes in, reading ends in a text or a refusal.

use crate::reader::{Limits, read};
use crate::support::{Docx, NAMESPACES, changes, item, level, list, mutate, p};
use proptest::prelude::*;

/// A document with a little of everything, to be damaged.
fn rich() -> (String, String, String) {
    let body = [
        item(1, 0, "甲"),
        item(1, 1, "乙"),
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>".to_owned(),
        "<w:p><w:pPr><w:pStyle w:val=\"A\"/><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:fldChar w:fldCharType=\"begin\"/><w:t>丙</w:t></w:r></w:p>".to_owned(),
        format!("<w:p><w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:txbxContent>{}</w:txbxContent></mc:Choice><mc:Fallback/></mc:AlternateContent></w:r></w:p>", p("丁")),
    ]
    .concat();
    let main = format!("<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>");
    let levels = level(0, "chineseCounting", "第%1条", "") + &level(1, "decimal", "%1.%2", "");
    let styles = "<w:style w:styleId=\"A\"><w:basedOn w:val=\"A\"/><w:rPr><w:vanish/></w:rPr></w:style>".to_owned();
    (main, list(&levels), styles)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(start in 0usize..6, rest in proptest::collection::vec(any::<u8>(), 0..400)) {
        let starts: [&[u8]; 6] = [b"", b"PK\x03\x04", b"\xff\xfe", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"# ", b"<?xml"];
        let _ = read(&[starts[start], &rest].concat(), &Limits::default());
    }

    #[test]
    fn arbitrary_text_is_read_whole_or_as_markdown(text in "(# |\\*\\*|&#13;|&#x?0;|[a-z<>\\[\\]()`~|\\-\n]|\\PC){0,80}") {
        if let Ok(reading) = read(text.as_bytes(), &Limits::default()) {
            prop_assert!(!reading.text.contains(['\r', '\0']));
            if reading.format == crate::reader::Format::Txt {
                prop_assert_eq!(reading.text.replace('\n', ""), text.replace(['\n', '\u{2028}', '\u{2029}', '\u{FEFF}'], "").to_owned());
            }
        }
    }

    #[test]
    fn a_damaged_package_never_panics(changes in changes()) {
        let (main, numbering, styles) = rich();
        let mut bytes = Docx::with_main(&main).numbering(&numbering).styles(&styles).build();
        mutate(&mut bytes, &changes);
        let _ = read(&bytes, &Limits::default());
    }

    #[test]
    fn damaged_parts_never_panic(main_changes in changes(), numbering_changes in changes(), styles_changes in changes()) {
        let (main, numbering, styles) = rich();
        let docx = Docx::with_main(&main).numbering(&numbering).styles(&styles);
        let (mut main, mut numbering, mut styles) = (main.into_bytes(), numbering.into_bytes(), styles.into_bytes());
        mutate(&mut main, &main_changes);
        mutate(&mut numbering, &numbering_changes);
        mutate(&mut styles, &styles_changes);
        let wrap = |name: &str, inside: &[u8]| [format!("<w:{name} {NAMESPACES}>").as_bytes(), inside, format!("</w:{name}>").as_bytes()].concat();
        let docx = docx
            .bytes_part("word/document.xml", &main)
            .bytes_part("word/numbering.xml", &wrap("numbering", &numbering))
            .bytes_part("word/styles.xml", &wrap("styles", &styles));
        if let Ok(reading) = read(&docx.build(), &Limits::default()) {
            prop_assert!(!reading.text.contains(['\r', '\0']));
        }
    }
}
