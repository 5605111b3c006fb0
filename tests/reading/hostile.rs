//! Hostile files are refused in bounded time and memory, each with its reason.

use crate::outcomes::{kind, outcome, reason};
use crate::reader::{Kind, Limits, ReadError, Reason, read};
use crate::support::{Docx, NAMESPACES, item, level, list, p, relationships};

#[test]
fn a_bomb_is_stopped_while_it_is_inflated() {
    let blanks = vec![b' '; 80 * 1024 * 1024];
    let bomb = Docx::with_body("").bytes_part("word/document.xml", &blanks).build();
    assert!(bomb.len() < 1024 * 1024);
    assert_eq!(reason(&bomb), Reason::Bomb);
    // The sum counts, not each part for itself.
    let half = vec![b' '; 40 * 1024 * 1024];
    let styles = [b"<a>".as_slice(), &half, b"</a>"].concat();
    let body = format!("<w:document {NAMESPACES}>{}</w:document>", " ".repeat(40 * 1024 * 1024));
    assert_eq!(reason(&Docx::with_main(&body).bytes_part("word/styles.xml", &styles).build()), Reason::Bomb);
}

#[test]
fn no_part_is_unpacked_twice() {
    let targets = relationships(&[("styles", "styles.xml"), ("numbering", "numbering.xml")]);
    let docx = Docx::with_body(&p("甲")).styles("").numbering("").part("word/_rels/document.xml.rels", &targets);
    let limits = |unpacked_bytes| Limits { unpacked_bytes, ..Limits::default() };
    assert!(read(&docx.build(), &limits(docx.unpacked())).is_ok());
    assert!(read(&docx.build(), &limits(docx.unpacked() - 1)).is_err());
}

#[test]
fn a_header_that_lies_about_its_size_is_not_believed() {
    let mut bytes = Docx::with_body(&p("甲")).build();
    // The uncompressed size in every directory entry, set to the largest and to nothing.
    for lie in [[0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0]] {
        let starts: Vec<usize> = (0..bytes.len() - 4).filter(|at| &bytes[*at..*at + 4] == b"PK\x01\x02").collect();
        for at in starts {
            bytes[at + 24..at + 28].copy_from_slice(&lie);
        }
        assert!(matches!(outcome(&bytes), Ok(_) | Err(ReadError::Unreadable { .. })));
    }
}

#[test]
fn too_many_entries_are_refused_before_they_are_listed() {
    let mut docx = Docx::with_body(&p("甲")).build();
    let entry = b"PK\x01\x02".repeat(10_000);
    docx.extend(entry);
    assert_eq!(reason(&docx), Reason::TooManyEntries);
}

#[test]
fn two_entries_of_one_name_or_one_place_are_refused() {
    let main = format!("<w:document {NAMESPACES}><w:body>{}</w:body></w:document>", p("另一份"));
    let upper = Docx::with_body(&p("甲")).part("word/Document.xml", &main).build();
    assert_eq!(reason(&upper), Reason::AmbiguousPackage);
    // The same bytes under two names: the directory entry of the second points at the first.
    let mut twice = Docx::with_body(&p("甲")).part("word/dOcument.xml", &main).build();
    let from = b"word/dOcument.xml";
    for at in 0..twice.len() - from.len() {
        if &twice[at..at + from.len()] == from {
            twice[at + 6] = b'o';
        }
    }
    assert_eq!(reason(&twice), Reason::AmbiguousPackage);
    let mut shared = Docx::with_body(&p("甲")).part("a.xml", "<a/>").part("b.xml", "<b/>").build();
    let entries: Vec<usize> = (0..shared.len() - 4).filter(|at| &shared[*at..*at + 4] == b"PK\x01\x02").collect();
    let (last, before) = (entries[entries.len() - 1], entries[entries.len() - 2]);
    let place: Vec<u8> = shared[before + 42..before + 46].to_vec();
    shared[last + 42..last + 46].copy_from_slice(&place);
    assert_eq!(reason(&shared), Reason::AmbiguousPackage);
}

#[test]
fn a_cut_or_damaged_package_is_refused() {
    let whole = Docx::with_body(&p("甲乙丙丁")).build();
    for keep in [4, 30, whole.len() / 2, whole.len() - 22] {
        assert_eq!(reason(&whole[..keep]), Reason::Truncated, "{keep}");
    }
    let mut damaged = whole.clone();
    let main = damaged.windows(17).position(|name| name == b"word/document.xml").expect("it is inside");
    for byte in &mut damaged[main + 20..main + 60] {
        *byte ^= 0x55;
    }
    assert_eq!(reason(&damaged), Reason::DamagedPackage);
}

#[test]
fn an_encrypted_entry_is_named_as_such() {
    let mut bytes = Docx::with_body(&p("甲")).build();
    for at in 0..bytes.len() - 8 {
        match &bytes[at..at + 4] {
            b"PK\x01\x02" => bytes[at + 8] |= 1,
            b"PK\x03\x04" => bytes[at + 6] |= 1,
            _ => {}
        }
    }
    assert_eq!(reason(&bytes), Reason::Encrypted);
}

#[test]
fn a_document_behind_another_file_is_that_other_file() {
    let docx = Docx::with_body(&p("甲")).build();
    assert_eq!(kind(&[b"MZ\x90\0".as_slice(), &docx].concat()), Kind::Executable);
    assert_eq!(reason(&[b"%PDF-1.7\n".as_slice(), &docx].concat()), Reason::DamagedPdf);
    assert_eq!(kind(&[b"\x89PNG\r\n\x1a\n".as_slice(), &docx].concat()), Kind::Image);
    let zip_first = [Docx::empty().part("a.txt", "x").build(), docx].concat();
    assert_eq!(reason(&zip_first), Reason::AmbiguousPackage);
}

#[test]
fn other_packages_are_told_by_their_content() {
    let ods = Docx::empty().part("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    assert_eq!(kind(&ods.build()), Kind::OpenDocument);
    assert_eq!(kind(&Docx::empty().part("OFD.xml", "<a/>").build()), Kind::Ofd);
    assert_eq!(kind(&Docx::empty().part("读我.txt", "x").build()), Kind::Zip);
    let office = |target: &str, root: &str| {
        Docx::empty().part("_rels/.rels", &relationships(&[("officeDocument", target)])).part(target, root).build()
    };
    assert_eq!(kind(&office("xl/workbook.xml", "<workbook/>")), Kind::Xlsx);
    assert_eq!(kind(&office("ppt/presentation.xml", "<p:presentation xmlns:p=\"x\"/>")), Kind::Pptx);
    assert_eq!(reason(&office("word/other.xml", "<other/>")), Reason::NoDocumentPart);
    assert_eq!(reason(&Docx::with_body("").without("word/document.xml").build()), Reason::NoDocumentPart);
    let macros = Docx::with_body(&p("甲")).part("word/_rels/document.xml.rels", &relationships(&[("vbaProject", "vbaProject.bin")]));
    assert_eq!(kind(&macros.build()), Kind::Docm);
}

#[test]
fn entities_and_document_types_are_refused() {
    let main = format!(
        "<!DOCTYPE d [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><w:document {NAMESPACES}><w:body>{}</w:body></w:document>",
        p("&a;")
    );
    assert_eq!(reason(&Docx::with_main(&main).build()), Reason::DtdDeclared);
    assert_eq!(reason(&Docx::with_body(&p("甲")).part("word/styles.xml", "<!DOCTYPE d><a/>").build()), Reason::DtdDeclared);
    assert_eq!(reason(&Docx::with_body(&p("&nowhere;")).build()), Reason::BrokenXml);
}

#[test]
fn broken_xml_is_refused_and_not_half_read() {
    for main in ["<w:p>", "</w:p>", "<w:p></w:r></w:p>", "<w:p", "<w:p a=\"&x;\"/>&"] {
        let whole = format!("<w:document {NAMESPACES}><w:body>{}{main}", p("甲"));
        assert_eq!(reason(&Docx::with_main(&whole).build()), Reason::BrokenXml, "{main}");
    }
    let bytes = [format!("<w:document {NAMESPACES}>").as_bytes(), b"\xff\xff"].concat();
    assert_eq!(reason(&Docx::with_body("").bytes_part("word/document.xml", &bytes).build()), Reason::BrokenXml);
}

#[test]
fn nesting_has_an_end() {
    for (open, close) in [("<w:p>", "</w:p>"), ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"), ("<a>", "</a>"), ("<w:del>", "</w:del>")]
    {
        let deep = open.repeat(400_000) + &close.repeat(400_000);
        assert_eq!(reason(&Docx::with_body(&deep).build()), Reason::TooDeep, "{open}");
    }
    let deep = format!("<w:style>{}", "<w:x>".repeat(400_000));
    assert_eq!(reason(&Docx::with_body(&p("甲")).styles(&deep).build()), Reason::TooDeep);
}

#[test]
fn a_long_label_repeated_is_stopped_at_the_limit_of_the_text() {
    let text = "长".repeat(255);
    let body = item(1, 0, "甲").repeat(20_000);
    let docx = Docx::with_body(&body).numbering(&list(&level(0, "decimal", &text, "")));
    assert_eq!(reason(&docx.build()), Reason::TooLong);
}

#[test]
fn a_label_longer_than_word_takes_is_refused_before_it_is_written() {
    let with = |text: &str| Docx::with_body(&item(1, 0, "甲")).numbering(&list(&level(0, "upperRoman", text, ""))).build();
    assert!(outcome(&with(&"%1".repeat(127))).is_ok());
    assert_eq!(reason(&with(&"%1".repeat(128))), Reason::LabelTooLong);
    assert_eq!(reason(&with(&"长".repeat(256))), Reason::LabelTooLong);
    // One label that would fill the memory before its first character is counted.
    assert_eq!(reason(&with(&"%1".repeat(25_000_000))), Reason::BrokenXml);
}

#[test]
fn lists_and_styles_in_great_number_are_refused() {
    let document = || Docx::with_body(&p("甲"));
    let many = |write: fn(usize) -> String, count: usize| (0..count).map(write).collect::<String>();
    let numbers = |n: usize| format!("<w:num w:numId=\"{n}\"/>");
    let abstracts = |n: usize| format!("<w:abstractNum w:abstractNumId=\"{n}\"/>");
    let styles = |n: usize| format!("<w:style w:styleId=\"{n}\"/>");
    assert!(outcome(&document().numbering(&(many(numbers, 20_000) + &many(abstracts, 20_000))).build()).is_ok());
    assert!(outcome(&document().styles(&many(styles, 20_000)).build()).is_ok());
    for count in [20_001, 1_000_000] {
        assert_eq!(reason(&document().numbering(&many(numbers, count)).build()), Reason::TooManyNodes);
        assert_eq!(reason(&document().numbering(&many(abstracts, count)).build()), Reason::TooManyNodes);
        assert_eq!(reason(&document().styles(&many(styles, count)).build()), Reason::TooManyNodes);
    }
}

#[test]
fn a_long_name_is_not_copied_into_every_style() {
    let name = "名".repeat(5_000_000);
    let styles = format!("<w:style w:styleId=\"{name}\"/><w:style w:styleId=\"s0\"><w:basedOn w:val=\"{name}\"/></w:style>");
    assert_eq!(reason(&Docx::with_body(&p("甲")).styles(&styles).build()), Reason::BrokenXml);
}

#[test]
fn text_inside_text_is_refused_and_not_half_read() {
    for inside in ["<w:t>乙</w:t>", "<w:r><w:t>乙</w:t></w:r>", "<w:p><w:r><w:t/></w:r></w:p>", "<m:t>乙</m:t>"] {
        let body = format!("<w:p><w:r><w:t>甲{inside}丙</w:t></w:r></w:p>");
        assert_eq!(reason(&Docx::with_body(&body).build()), Reason::BrokenXml, "{inside}");
    }
    let apart = "<w:p><w:r><w:t>甲</w:t><w:t/><w:t>乙</w:t></w:r></w:p>";
    assert_eq!(outcome(&Docx::with_body(apart).build()).as_deref(), Ok("甲乙"));
}

#[test]
fn many_namespaces_attributes_and_styles_cost_no_more_than_their_size() {
    let declarations: String = (0..20_000).map(|n| format!(" xmlns:n{n}=\"urn:{n}\"")).collect();
    let body = format!("<w:sdt{declarations}>{}</w:sdt>", p("甲").repeat(20_000));
    assert!(outcome(&Docx::with_body(&body).build()).is_ok());
    let chain: String = (0..20_000).map(|n| format!("<w:style w:styleId=\"s{n}\"><w:basedOn w:val=\"s{}\"/></w:style>", n + 1)).collect();
    let body = "<w:p><w:pPr><w:pStyle w:val=\"s0\"/></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>".repeat(20_000);
    assert!(outcome(&Docx::with_body(&body).styles(&chain).build()).is_ok());
    let attributes: String = (0..100_000).map(|n| format!(" w:a{n}=\"\"")).collect();
    assert!(outcome(&Docx::with_body(&format!("<w:x{attributes}/>{}", p("甲"))).build()).is_ok());
}

#[test]
fn open_fields_and_joined_paragraphs_in_great_number_are_read() {
    let field = "<w:r><w:fldChar w:fldCharType=\"begin\"/><w:fldChar w:fldCharType=\"separate\"/><w:t>甲</w:t></w:r>";
    let body = format!("<w:p>{}</w:p>", field.repeat(50_000));
    assert!(outcome(&Docx::with_body(&body).build()).is_ok());
    let joined = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>".repeat(50_000);
    assert!(outcome(&Docx::with_body(&joined).build()).is_ok());
    let wide = format!(
        "<w:tbl><w:tr>{}</w:tr></w:tbl>",
        "<w:tc><w:tcPr><w:gridSpan w:val=\"2147483647\"/><w:vMerge/></w:tcPr><w:p/></w:tc>".repeat(50_000)
    );
    assert!(outcome(&Docx::with_body(&(wide + &p("甲"))).build()).is_ok());
}

#[test]
fn text_that_is_not_in_the_file_is_not_passed_over() {
    for element in ["<w:altChunk/>", "<w:subDoc/>"] {
        assert_eq!(reason(&Docx::with_body(&(p("甲") + element)).build()), Reason::EmbeddedDocument);
    }
    let object = |inside: &str| format!("<w:p><w:r><w:object><v:shape><v:imagedata/></v:shape>{inside}</w:object></w:r></w:p>");
    for inside in ["<o:OLEObject Type=\"Embed\" ProgID=\"Excel.Sheet.12\"/>", "<w:objectEmbed/>", "<w:objectLink/>"] {
        assert_eq!(reason(&Docx::with_body(&(p("甲") + &object(inside))).build()), Reason::EmbeddedDocument, "{inside}");
        let hidden = object(inside).replace("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>");
        assert_eq!(outcome(&Docx::with_body(&(p("甲") + &hidden)).build()), Ok("甲\n".to_owned()), "{inside}");
    }
    let graphic = |inside: &str| {
        format!("<w:p><w:r><w:drawing><a:graphic><a:graphicData>{inside}</a:graphicData></a:graphic></w:drawing></w:r></w:p>")
    };
    for inside in ["<dgm:relIds/>", "<c:chart/>", "<a:p><a:r><a:t>画布中的字</a:t></a:r></a:p>"] {
        assert_eq!(reason(&Docx::with_body(&(p("甲") + &graphic(inside))).build()), Reason::UnreadGraphic, "{inside}");
    }
    assert_eq!(outcome(&Docx::with_body(&(p("甲") + &graphic("<a:pic/>"))).build()), Ok("甲\n".to_owned()));
    assert_eq!(reason(&Docx::with_body("<w:p><w:r><w:drawing/></w:r></w:p>").build()), Reason::EmptyText);
}

#[test]
fn the_limits_are_those_that_are_given() {
    let docx = Docx::with_body(&p("甲乙丙")).build();
    let with = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        read(&docx, &limits).map(|reading| reading.text).map_err(|error| error.to_string())
    };
    let refused = |reason: Reason| Err(reason.sentence_zh().to_owned());
    assert_eq!(with(|limits| limits.input_bytes = 10), refused(Reason::TooLarge));
    assert_eq!(with(|limits| limits.unpacked_bytes = 100), refused(Reason::Bomb));
    assert_eq!(with(|limits| limits.entries = 2), refused(Reason::TooManyEntries));
    assert_eq!(with(|limits| limits.xml_depth = 3), refused(Reason::TooDeep));
    assert_eq!(with(|limits| limits.xml_nodes = 3), refused(Reason::TooManyNodes));
    let lists = Docx::with_body(&p("甲乙丙")).numbering(&list(&level(0, "decimal", "%1", ""))).build();
    let limits = Limits { definitions: 0, ..Limits::default() };
    assert_eq!(read(&lists, &limits).map_err(|error| error.code()), Err("too_many_nodes"));
    assert_eq!(with(|limits| limits.output_chars = 3), refused(Reason::TooLong));
    assert_eq!(with(|limits| limits.output_chars = 4), Ok("甲乙丙".to_owned()));
}

#[test]
fn markdown_made_to_be_slow_is_read_in_time() {
    for pattern in ["[", "](", "*a ", "> ", "- ", "`", "<", "![", "<!--", "1. ", "&", "_a*", "[a]: b\n[a]", "|a\n", "\\`*{}"] {
        let text = format!("# 题\n\n{}", pattern.repeat(20_000));
        assert!(outcome(text.as_bytes()).is_ok(), "{pattern}");
        let lines = format!("# 题\n\n{}", format!("{pattern}x\n").repeat(20_000));
        assert!(outcome(lines.as_bytes()).is_ok(), "{pattern}");
    }
}
