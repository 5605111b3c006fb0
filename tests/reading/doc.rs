//! What a reader sees of a doc of Word 97 and later, and the files that are refused.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::compound::compound;
use crate::doc_support::{Doc, Style, group, level, number, put_list, shape, uses};
use crate::outcomes::{kind, outcome, reason, text_as};
use crate::reader::{Format, Kind, Limits, ReadError, Reason, read};
use crate::support::{changes, mutate};

const DELETED: &[u8] = &[0x00, 0x08, 1];
const HIDDEN: &[u8] = &[0x3C, 0x08, 1];
const ROW_END: &[u8] = &[0x17, 0x24, 1];

fn text_of(doc: &Doc) -> String {
    text_as(&doc.build(), Format::Doc, "application/msword")
}

#[test]
fn paragraphs_are_lines_and_breaks_part_them() {
    let doc = Doc::new().p("甲").p("乙\u{B}丙\t丁\u{1E}1戊\u{1F}己\u{1}\u{A0}庚").p("").p("𠮷");
    assert_eq!(text_of(&doc), "甲\n乙\n丙\t丁-1戊己 庚\n\n𠮷");
}

#[test]
fn automatic_numbers_are_read() {
    let mut doc = Doc::new().item(0, "甲").item(1, "乙").item(1, "丙").p("无号").item(0, "丁").item(1, "戊");
    doc.levels = vec![(0x27, vec![0x7B2C, 0, 0x6761]), (0x27, vec![0xFF08, 1, 0xFF09])];
    assert_eq!(text_of(&doc), "第一条甲\n（一）乙\n（二）丙\n无号\n第二条丁\n（一）戊");
    doc.levels = vec![(0x00, vec![0, 0x3001]), (0xFF, vec![])];
    assert_eq!(text_of(&doc), "1、甲\n乙\n丙\n无号\n2、丁\n戊");
}

#[test]
fn a_list_may_say_itself_how_its_levels_are_numbered() {
    const STARTS: usize = 0x10;
    const FORMATS: usize = 0x20;
    let article = [0x7B2C, 0, 0x6761];
    let mut doc = Doc::new().item(0, "甲");
    for text in ["乙", "丙"] {
        doc = doc.run(text, &[]).end("\r", &[0x0A, 0x26, 0, 0x0B, 0x46, 2, 0]);
    }
    doc.levels = vec![(0x00, vec![0, 0x3001])];
    let (document, table) = doc.streams();
    let with = |index: usize, list: &[u8]| {
        let (mut document, mut table) = (document.clone(), table.clone());
        put_list(&mut document, &mut table, index, list);
        outcome(&compound(&[("WordDocument", &document), ("1Table", &table)]))
    };
    let second = |flags: usize, behind: &[u8]| {
        let said = [number(9), number(flags), behind.to_vec()].concat();
        with(74, &uses(&[(0, Vec::new()), (1, said), (1, [number(2), number(STARTS)].concat())]))
    };
    let formatted = level(3, 0x27, &article);
    assert_eq!(second(0, &[]).as_deref(), Ok("1、甲\n2、乙\n3、丙"));
    assert_eq!(second(STARTS, &[]).as_deref(), Ok("1、甲\n9、乙\n10、丙"));
    assert_eq!(second(FORMATS, &formatted).as_deref(), Ok("1、甲\n第二条乙\n第三条丙"));
    // Where it starts anew is said in the level that stands behind, and nowhere else.
    assert_eq!(second(STARTS | FORMATS, &formatted).as_deref(), Ok("1、甲\n第三条乙\n第四条丙"));
    // Numbers that cannot be read are not left out.
    let too_long = [formatted[..28].to_vec(), vec![0xFF; 2]].concat();
    assert_eq!(second(FORMATS, &too_long), Err(Reason::DamagedDoc.into()));
    let definition = [vec![1, 0], number(77), vec![0; 24]].concat();
    let (mut document, mut table) = (document.clone(), table.clone());
    put_list(&mut document, &mut table, 73, &definition);
    table.extend(too_long);
    assert_eq!(outcome(&compound(&[("WordDocument", &document), ("1Table", &table)])), Err(Reason::DamagedDoc.into()));
}

#[test]
fn tracked_changes_count_as_accepted_and_hidden_text_is_left_out() {
    let doc = Doc::new().run("保留", &[]).run("删去", DELETED).run("插入", &[0x01, 0x08, 1]).run("藏", HIDDEN).end("\r", &[]).p("次段");
    assert_eq!(text_of(&doc), "保留插入\n次段");
    // A deleted mark joins two paragraphs; a style is turned round by the value for its opposite.
    let mut joined = Doc::new().run("前", &[]).run("\r", DELETED).p("后");
    joined = joined.run("反", &[0x3C, 0x08, 0x81]).run("同", &[0x3C, 0x08, 0x80]).end("\r", &[]);
    assert_eq!(text_of(&joined), "前后\n同");
}

#[test]
fn lists_and_hidden_text_come_from_styles_and_the_nearest_decides() {
    let style = |base, paragraph: &[u8], characters: &[u8]| Style { base, paragraph: paragraph.to_vec(), characters: characters.to_vec() };
    let mut doc = Doc::new().run("藏", &[]).end_in(1, "\r", &[]).run("现", &[]).end_in(2, "\r", &[]);
    doc = doc.run("又藏", &[]).end_in(3, "\r", &[]).run("条", &[]).end_in(4, "\r", &[]).run("款", &[]).end_in(5, "\r", &[]);
    doc.styles = vec![
        style(Style::NO_BASE, &[], &[]),
        style(0, &[], HIDDEN),
        style(1, &[], &[0x3C, 0x08, 0]),
        style(2, &[], &[0x3C, 0x08, 0x81]),
        style(0, &[0x0B, 0x46, 1, 0], &[]),
        style(4, &[0x0A, 0x26, 1], &[]),
    ];
    doc.levels = vec![(0x27, vec![0x7B2C, 0, 0x6761]), (0x27, vec![0xFF08, 1, 0xFF09])];
    assert_eq!(text_of(&doc), "现\n第一条条\n（一）款");
    // A style that is its own ancestor.
    doc.styles[0].base = 5;
    assert!(outcome(&doc.build()).is_ok());
}

#[test]
fn modifiers_that_have_no_room_are_read_from_the_stream_for_data() {
    let far = |place: u8| [0x46, 0x66, place, 0, 0, 0];
    let mut doc = Doc::new().run("甲", &[]).end("\r", &far(2)).run("行", &[]).end("\u{7}", &[]).end("\u{7}", &far(10)).p("乙");
    doc.levels = vec![(0x27, vec![0x7B2C, 0, 0x6761])];
    let (document, table) = doc.streams();
    let build = |data: &[u8]| compound(&[("WordDocument", &document), ("1Table", &table), ("Data", data)]);
    let of_list = [0, 0, 4, 0, 0x0B, 0x46, 1, 0];
    // From the modifiers of the end of a row on to those of its table.
    let of_row = [0, 0, 6, 0, 0x6B, 0x64, 18, 0, 0, 0, 3, 0, 0x17, 0x24, 1];
    assert_eq!(outcome(&build(&[of_list.as_slice(), &of_row].concat())), Ok("第一条甲\n行\n乙".to_owned()));
    // They lead nowhere, or in a circle.
    let circle = [6, 0, 0x46, 0x66, 10, 0, 0, 0];
    for data in [[of_list.as_slice(), &[0, 0], &circle].concat(), vec![0xFF; 5000]] {
        assert_eq!(reason(&build(&data)), Reason::DamagedDoc);
    }
    assert_eq!(reason(&doc.build()), Reason::DamagedDoc);
}

#[test]
fn a_file_that_leaves_changes_of_its_text_apart_is_refused() {
    let (document, table) = Doc::new().p("甲").streams();
    let with = |list: &[u8], modifier: u16| {
        let (mut document, mut table) = (document.clone(), table.clone());
        let piece = [number(0), number(2), vec![0, 0], number(2048), modifier.to_le_bytes().to_vec()].concat();
        let lists = [vec![1, u8::try_from(list.len()).expect("short"), 0], list.to_vec()].concat();
        put_list(&mut document, &mut table, 33, &[lists, vec![2], number(piece.len()), piece].concat());
        outcome(&compound(&[("WordDocument", &document), ("1Table", &table)]))
    };
    // Bold changes nothing that is read.
    for (list, modifier) in [([0u8; 0].as_slice(), 0), (&[], 0x0100 | 0x55 << 1), (&[0x35, 0x08, 1], 1)] {
        assert_eq!(with(list, modifier), Ok("甲".to_owned()));
    }
    // Deleted and hidden text, lists, and a list of modifiers that there is not.
    let refused = [(DELETED, 1), (HIDDEN, 1), (&[0x0B, 0x46, 1, 0], 1), (&[], 0x0100 | 0x41 << 1), (&[], 0x0100 | 0x5C << 1), (&[], 3)];
    for (list, modifier) in refused {
        assert_eq!(with(list, modifier), Err(Reason::DamagedDoc.into()), "{list:?} {modifier}");
    }
}

#[test]
fn fields_are_read_as_their_results() {
    assert_eq!(text_of(&Doc::new().p("见\u{13} HYPERLINK \"x\" \u{14}附件\u{13}PAGE\u{15}\u{15}。")), "见附件。");
    // Equations have none; their codes draw something.
    assert_eq!(text_of(&Doc::new().p("前\u{13} EQ \\o\\ac(○,1)\u{15}后")), "前①后");
    assert_eq!(text_of(&Doc::new().p("\u{13} eq \\s\\up9(上),\\s\\do3(\u{13}REF\u{14}下\u{15})\u{14}\u{15}")), "上下");
    let deleted =
        Doc::new().run("甲", &[]).run("\u{13}EQ \\o(删)\u{15}", DELETED).run("\u{13}EQ \\o(", &[]).run("藏", HIDDEN).p("乙)\u{15}");
    assert_eq!(text_of(&deleted), "甲乙");
    assert_eq!(reason(&Doc::new().p("\u{13} AUTONUM \u{15}甲").build()), Reason::UncountedNumbers);
    for (code, why) in
        [("FORMCHECKBOX", Reason::UnreadForm), ("FORMDROPDOWN", Reason::UnreadForm), ("EMBED Excel.Sheet.8", Reason::EmbeddedDocument)]
    {
        assert_eq!(reason(&Doc::new().p(&format!("甲\u{13} {code} \u{14}\u{1}\u{15}")).build()), why, "{code}");
        let deleted = Doc::new().run("甲", &[]).run(&format!("\u{13} {code} \u{14}\u{1}\u{15}"), DELETED).end("\r", &[]);
        assert_eq!(text_of(&deleted), "甲", "{code}");
    }
    assert_eq!(text_of(&Doc::new().p("\u{13} LINK Word.Document.8 \u{14}甲\u{15}")), "甲");
    // A field that never ends hides nothing, nor does one of a box reach out of it.
    let mut doc = Doc::new().p("\u{8}甲").p("乙").boxed(1, "框\u{13}码");
    doc.anchors = vec![(0, 1)];
    assert_eq!(text_of(&doc), "框码\n甲\n乙");
    assert_eq!(text_of(&Doc::new().p("见\u{13}不完").p("后文")), "见不完\n后文");
}

#[test]
fn tables_are_read_cell_by_cell() {
    let doc = Doc::new().p("表前").run("甲", &[]).end("\u{7}", &[]).run("乙", &[]).end("\u{7}", &[]).end("\u{7}", ROW_END).p("表后");
    assert_eq!(text_of(&doc), "表前\n甲\n乙\n表后");
}

#[test]
fn notes_behind_the_main_text_are_left_out() {
    let mut doc = Doc::new().run("正文\u{2}", &[]).end("\r", &[]).p("脚注");
    doc.notes = 3;
    assert_eq!(text_of(&doc), "正文");
}

#[test]
fn boxes_and_words_along_a_path_stand_beside_their_anchors() {
    let mut doc = Doc::new().p("\u{8}甲").p("乙\u{8}").p("\u{8}丙").run("\u{8}", DELETED).p("丁");
    doc = doc.boxed(21, "单独").boxed(33, "组内").boxed(32, "组内在前").boxed(99, "删去").boxed(77, "无锚");
    doc.anchors = vec![(0, 21), (4, 30), (6, 40), (9, 99)];
    doc.drawings = vec![
        shape(1, ""),
        shape(21, ""),
        group(&[shape(30, ""), shape(31, "某某镇人民政府"), group(&[shape(35, ""), shape(32, "")]), shape(33, "")]),
        shape(40, "文件"),
    ];
    assert_eq!(text_of(&doc), "单独\n甲\n乙\n某某镇人民政府\n组内在前\n组内\n文件\n丙\n丁\n无锚");
    // Without the drawings each box is still there.
    doc.drawings = Vec::new();
    assert_eq!(text_of(&doc), "单独\n甲\n乙\n丙\n丁\n组内\n组内在前\n无锚");
    doc.drawings = vec![(0..2000).fold(shape(30, ""), |inside, _| group(&[inside]))];
    assert_eq!(reason(&doc.build()), Reason::TooDeep);
}

#[test]
fn encrypted_and_older_documents_are_told_apart() {
    let mut doc = Doc::new().p("甲");
    doc.flags |= 0x0100;
    assert_eq!(reason(&doc.build()), Reason::Encrypted);
    let mut old = Doc::new().p("甲");
    old.version = 0x65;
    assert_eq!(read(&old.build(), &Limits::default()), Err(ReadError::Unsupported { found: Kind::OldDoc }));
    let sheet = compound(&[("Workbook", b"x")]);
    assert_eq!(read(&sheet, &Limits::default()), Err(ReadError::Unsupported { found: Kind::OldOffice }));
    let locked = compound(&[("EncryptedPackage", b"x"), ("WordDocument", b"x")]);
    assert_eq!(reason(&locked), Reason::Encrypted);
    assert_eq!(reason(&Doc::new().p(" ").build()), Reason::EmptyText);
}

#[test]
fn the_type_of_a_doc_is_told_by_its_content() {
    let kinds: [(&[u8], Kind); 4] = [
        (b"{\\rtf1\\ansi x}", Kind::Rtf),
        (b"<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><body>x</body></html>", Kind::Html),
        (b"<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><w:wordDocument/>", Kind::Xml),
        (b"MZ\x90\0\x03\0", Kind::Executable),
    ];
    for (bytes, found) in kinds {
        assert_eq!(read(bytes, &Limits::default()), Err(ReadError::Unsupported { found }), "{found:?}");
    }
    let docx = crate::support::Docx::with_body(&crate::support::p("甲")).build();
    assert_eq!(read(&docx, &Limits::default()).map(|reading| reading.format), Ok(Format::Docx));
}

#[test]
fn the_text_is_that_of_the_outermost_document() {
    let ((outer, outer_table), (inner, inner_table)) = (Doc::new().p("所见").streams(), Doc::new().p("嵌入").streams());
    let embedded = [("ObjectPool/_1/WordDocument", inner.as_slice()), ("ObjectPool/_1/1Table", &inner_table)];
    let own = [("WordDocument", outer.as_slice()), ("1Table", &outer_table)];
    let whole = compound(&[embedded, own].concat());
    assert_eq!(outcome(&whole), Ok("所见".to_owned()));
    let in_other_case = compound(&[("WORDDOCUMENT", &outer), ("1tABLE", &outer_table), embedded[0]]);
    assert_eq!(outcome(&in_other_case), Ok("所见".to_owned()));
    // Of two streams of one name programs read this or that.
    assert_eq!(reason(&compound(&[own[0], own[1], ("worddocument", &inner)])), Reason::AmbiguousPackage);
    assert_eq!(kind(&compound(&embedded)), Kind::Ole);
}

#[test]
fn a_directory_that_runs_in_circles_is_refused() {
    let whole = Doc::new().p("甲").build();
    // Behind the header and one sector of the table: the root, then the two streams.
    let entries = 1024;
    for (entry, link) in [(1, 72), (2, 72), (2, 68), (1, 68)] {
        for target in [1u32, 2, 3, 9, 0x7FFF_FFFF] {
            let mut bytes = whole.clone();
            let at = entries + entry * 128 + link;
            bytes[at..at + 4].copy_from_slice(&target.to_le_bytes());
            if let Ok(text) = outcome(&bytes) {
                assert_eq!(text, "甲", "{entry} {link} {target}");
            }
        }
    }
    let mut circle = whole;
    circle[entries + 2 * 128 + 72..entries + 2 * 128 + 76].copy_from_slice(&1u32.to_le_bytes());
    circle[entries + 128 + 72..entries + 128 + 76].copy_from_slice(&2u32.to_le_bytes());
    assert_eq!(reason(&circle), Reason::DamagedDoc);
}

#[test]
fn chains_that_run_in_circles_end() {
    let mut bytes = Doc::new().p("甲").build();
    // The table of chains is the first sector: every sector leads to itself.
    for (at, entry) in bytes[512..1024].chunks_exact_mut(4).enumerate() {
        entry.copy_from_slice(&u32::try_from(at).expect("few").to_le_bytes());
    }
    let begun = Instant::now();
    assert!(read(&bytes, &Limits::default()).is_err());
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn lists_that_lie_about_their_length_are_bounded() {
    let doc = Doc::new().p("甲");
    let (document, table) = doc.streams();
    for index in [1usize, 12, 13, 15, 33, 40, 50, 56, 73, 74] {
        for lie in [0u32, 1, 0x0000_FFFF, 0x7FFF_FFFF, u32::MAX] {
            for offset in [0, 4] {
                let mut document = document.clone();
                let at = 0x9A + index * 8 + offset;
                document[at..at + 4].copy_from_slice(&lie.to_le_bytes());
                let begun = Instant::now();
                let _ = read(&compound(&[("WordDocument", &document), ("1Table", &table)]), &Limits::default());
                assert!(begun.elapsed() < Duration::from_secs(5), "{index} {lie}");
            }
        }
    }
    for lie in [0u32, 1000, u32::MAX] {
        let mut document = document.clone();
        document[0x4C..0x50].copy_from_slice(&lie.to_le_bytes());
        assert!(read(&compound(&[("WordDocument", &document), ("1Table", &table)]), &Limits::default()).is_err(), "{lie}");
    }
}

/// The properties of the last of two paragraphs, named again and again.
fn named_again(doc: &Doc, data: &[u8]) -> Vec<u8> {
    let (mut document, mut table) = doc.streams();
    let page = document.len() / 512 - 1;
    document.resize(4 << 20, 0);
    for stretch in 0..29 {
        let place = page * 512 + 3 * 4 + 13;
        document.copy_within(place..=place, page * 512 + 30 * 4 + stretch * 13);
    }
    document[page * 512 + 511] = 29;
    let count = document.len() / 512;
    let pages = [vec![0; (count + 1) * 4], number(page).repeat(count)].concat();
    put_list(&mut document, &mut table, 13, &pages);
    compound(&[("WordDocument", &document), ("1Table", &table), ("Data", data)])
}

#[test]
fn long_lists_of_modifiers_are_not_read_for_every_paragraph() {
    let long = [0x0A, 0x26, 1].repeat(20_000);
    let mut doc = Doc::new().p("甲").run("乙", &[]).end_in(12, "\r", &[]);
    doc.styles =
        (0..13u16).map(|at| Style { base: at.wrapping_sub(1) & Style::NO_BASE, paragraph: long.clone(), characters: Vec::new() }).collect();
    let _ = outcome(&named_again(&doc, b""));
    let doc = Doc::new().p("甲").run("乙", &[]).end("\r", &[0x46, 0x66, 0, 0, 0, 0]);
    assert_eq!(reason(&named_again(&doc, &[vec![0x60, 0xEA], long].concat())), Reason::TooManyNodes);
}

#[test]
fn empty_pieces_cost_nothing_for_each_box() {
    let (mut document, mut table) = Doc::new().p("甲").boxed(1, "乙").streams();
    let count = 200_000;
    let places = [number(0), number(3).repeat(count), number(5)].concat();
    let piece = [vec![0, 0], number(2048), vec![0, 0]].concat();
    let behind = [vec![0, 0], number(2048 + 6), vec![0, 0]].concat();
    let pieces = [places, piece.repeat(count), behind].concat();
    put_list(&mut document, &mut table, 33, &[vec![2], number(pieces.len()), pieces].concat());
    let boxes = [[number(0), number(3)].concat().repeat(20_000), [0; 22].repeat(39_999)].concat();
    put_list(&mut document, &mut table, 56, &boxes);
    let text = outcome(&compound(&[("WordDocument", &document), ("1Table", &table)])).expect("the file is readable");
    assert_eq!(text.matches('乙').count(), 20_000);
}

#[test]
fn a_doc_cut_anywhere_is_refused() {
    let whole = Doc::new().p("甲乙丙").build();
    for length in (8..whole.len()).step_by(37) {
        if let Ok(reading) = read(&whole[..length], &Limits::default()) {
            assert_eq!(reading.text, "甲乙丙", "{length}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_doc_never_panics(head in changes(), tail in changes()) {
        let mut doc = Doc::new().item(0, "甲").p("乙\u{13}丙\u{14}丁\u{15}").run("\u{8}戊", HIDDEN).end("\u{7}", ROW_END);
        doc.levels = vec![(0x27, vec![0x7B2C, 0, 0x6761])];
        let (mut document, mut table) = doc.streams();
        // Most of the stream is empty: the head and the properties are where it hurts.
        let mut front = document.drain(..0x300).collect::<Vec<u8>>();
        mutate(&mut front, &head);
        front.resize(0x300, 0);
        mutate(&mut table, &tail);
        let document = [front, document].concat();
        let _ = read(&compound(&[("WordDocument", &document), ("1Table", &table)]), &Limits::default());
    }

    #[test]
    fn a_damaged_container_never_panics(changes in changes()) {
        let mut bytes = Doc::new().p("甲").build();
        mutate(&mut bytes, &changes);
        let _ = read(&bytes, &Limits::default());
    }
}
