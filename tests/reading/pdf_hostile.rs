//! PDFs made to harm a reader end in a text or a refusal, in bounded time and memory.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::outcomes::{outcome, reason};
use crate::pdf_support::{Pdf, column, deflated, lzw, show};
use crate::reader::{Kind, Limits, ReadError, Reason, read};
use crate::support::{Docx, changes, mutate, p};

fn one_page() -> Pdf {
    Pdf::with_pages(&[column(&[(112.0, "正文")])])
}

#[test]
fn an_encrypted_pdf_says_so() {
    let mut pdf = one_page();
    pdf.trailer = "/Encrypt<</Filter/Standard/V 2/R 3/O(x)/U(y)/P -4>>".to_owned();
    assert_eq!(reason(&pdf.build()), Reason::Encrypted);
    let mut pdf = one_page();
    pdf.trailer = "/Encrypt 80 0 R".to_owned();
    pdf.set(80, "<</Filter/Standard>>");
    assert_eq!(reason(&pdf.build()), Reason::Encrypted);
}

#[test]
fn a_bomb_is_stopped_while_it_is_inflated() {
    let once = deflated(&vec![b' '; 80 * 1024 * 1024]);
    let mut pdf = one_page();
    pdf.stream(5, "/Filter/FlateDecode", &once);
    assert_eq!(reason(&pdf.build()), Reason::Bomb);
    // Packed twice, it is a few hundred bytes; the sum counts.
    pdf.stream(5, "/Filter[/FlateDecode/FlateDecode]", &deflated(&once));
    assert_eq!(reason(&pdf.build()), Reason::Bomb);
    let tenth = deflated(&vec![b' '; 8 * 1024 * 1024]);
    let mut pdf = Pdf::new();
    for _ in 0..10 {
        pdf.page("");
    }
    for number in (5..25).step_by(2) {
        pdf.stream(number, "/Filter/FlateDecode", &tenth);
    }
    assert_eq!(reason(&pdf.build()), Reason::Bomb);
    // Each code of a long run of one byte stands for one byte more than the one before.
    let run = lzw(&vec![b' '; 2 * 1024 * 1024], true);
    assert!(run.len() < 4 * 1024);
    let mut pdf = one_page();
    pdf.stream(5, "/Filter/LZWDecode", &run);
    let few = Limits { unpacked_bytes: 1024 * 1024, ..Limits::default() };
    assert_eq!(read(&pdf.build(), &few), Err(ReadError::Unreadable { reason: Reason::Bomb }));
    assert!(!matches!(outcome(&pdf.build()), Err(ReadError::Unreadable { reason: Reason::Bomb | Reason::DamagedPdf })));
}

#[test]
fn strings_that_run_into_one_another_are_not_all_kept() {
    // Each object is a string without end, in which all later ones lie.
    let objects: String = (1..80_000).map(|number| format!("{number} 0 obj( ")).collect();
    assert_eq!(reason(format!("%PDF-1.7\n{objects}").as_bytes()), Reason::Bomb);
}

#[test]
fn object_streams_are_bounded_and_none_lies_in_another() {
    let header: String = (0..200_000).map(|number| format!("{} 0 ", number + 100)).collect();
    let mut pdf = one_page();
    pdf.stream(50, &format!("/Type/ObjStm/N 999999999/First {}/Filter/FlateDecode", header.len()), &deflated(header.as_bytes()));
    let mut broken = pdf.build();
    broken.truncate(broken.len() - 40);
    assert!(matches!(outcome(&broken), Ok(_) | Err(ReadError::Unreadable { .. })));
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    pdf.set(2, &nested);
    assert_eq!(reason(&pdf.build()), Reason::TooDeep);
    // A dictionary of one entry takes as much room as one of ten.
    pdf.set(2, &format!("<</Kids[{}]>>", "<</A 1>>".repeat(200_000)));
    assert_eq!(reason(&pdf.build()), Reason::TooManyNodes);
    pdf.set(2, &format!("<</Kids[{}]>>", "0 ".repeat(3_000_000)));
    assert_eq!(reason(&pdf.build()), Reason::TooManyNodes);
}

#[test]
fn circles_end() {
    // Pages that are their own parents and children.
    let mut pdf = one_page();
    pdf.set(2, "<</Type/Pages/Kids[2 0 R 6 0 R 2 0 R]/Parent 2 0 R/Resources 2 0 R>>");
    assert_eq!(outcome(&pdf.build()).as_deref(), Ok("正文"));
    // References to themselves and to one another.
    let mut pdf = one_page();
    pdf.set(70, "71 0 R");
    pdf.set(71, "70 0 R");
    pdf.set(6, "<</Type/Page/Contents 5 0 R/MediaBox 70 0 R/Resources<</Font<</F1 3 0 R/F2 71 0 R>>>>>>");
    assert!(matches!(outcome(&pdf.build()), Ok(_) | Err(ReadError::Unreadable { .. })));
    // A form that draws itself, and forms that draw each other twice at every step.
    let mut pdf = one_page();
    for number in 20..60u32 {
        let next = format!("/Subtype/Form/Resources<</XObject<</A {} 0 R>>>>", if number == 59 { 20 } else { number + 1 });
        pdf.stream(number, &next, b"/A Do /A Do");
    }
    pdf.stream(5, "", b"/A Do");
    pdf.set(6, "<</Type/Page/Contents 5 0 R/Resources<</XObject<</A 20 0 R>>>>>>");
    assert_eq!(reason(&pdf.build()), Reason::TooDeep);
    // A length that is the stream's own.
    let mut pdf = one_page();
    pdf.set(5, "<</Length 5 0 R>>\nstream\nBT ET\nendstream");
    assert!(outcome(&pdf.build()).is_err());
    // Lengths that stand one behind another, each the length of the stream before; asked for from the last one.
    let mut pdf = one_page();
    for number in 100..10_100u32 {
        pdf.set(number, &format!("<</Length {} 0 R>>\nstream\nBT ET\nendstream", number + 1));
    }
    pdf.set(6, "<</Type/Page/Contents 100 0 R>>");
    assert_eq!(reason(&pdf.build()), Reason::TooDeep);
    let lost = String::from_utf8_lossy(&pdf.build()).replace("startxref", "");
    assert_eq!(reason(lost.as_bytes()), Reason::TooDeep);
    // Tables that go back to themselves.
    let whole = String::from_utf8_lossy(&one_page().build()).into_owned();
    let at: usize = whole.split("startxref\n").nth(1).and_then(|rest| rest.lines().next()?.parse().ok()).unwrap_or(0);
    let circle = whole.replace("/Root 1 0 R", &format!("/Root 1 0 R/Prev {at}"));
    assert!(outcome(circle.as_bytes()).is_ok());
}

#[test]
fn pages_forms_and_tables_in_great_number_are_refused() {
    let mut pdf = one_page();
    pdf.set(2, &format!("<</Type/Pages/Kids[{}]>>", "<</Type/Page>>".repeat(6_000)));
    assert_eq!(reason(&pdf.build()), Reason::TooManyPages);
    // One page drawn again and again is drawn once.
    pdf.set(2, &format!("<</Type/Pages/Count 999999999/Kids[{}]>>", "6 0 R ".repeat(100_000)));
    assert_eq!(outcome(&pdf.build()).as_deref(), Ok("正文"));
    let mut pdf = one_page();
    pdf.stream(5, "", format!("{}{}", "q ".repeat(500_000), column(&[(112.0, "正文")])).as_bytes());
    assert_eq!(outcome(&pdf.build()).as_deref(), Ok("正文"));
    let mut pdf = one_page();
    let lines: String = (0..100_000).map(|at| format!("{0} 0 m {0} 800 l S 0 {0} m 600 {0} l S\n", at % 600)).collect();
    let words: String = (0..3_000).map(|at| show(f64::from(at % 60) * 9.0, f64::from(at / 60) * 15.0, 8.0, "甲")).collect();
    pdf.stream(5, "", (lines + &words).as_bytes());
    assert!(outcome(&pdf.build()).is_ok());
    let claims = format!("{}trailer<</Root 1 0 R>>", "xref\n0 99999999999\n");
    let liar = [one_page().build(), claims.into_bytes(), b"\nstartxref\n0\n%%EOF".to_vec()].concat();
    assert!(matches!(outcome(&liar), Ok(_) | Err(ReadError::Unreadable { .. })));
}

#[test]
fn a_page_of_countless_glyphs_is_refused() {
    // Too small to be seen, so that none is kept.
    let mut pdf = one_page();
    pdf.stream(5, "/Filter/FlateDecode", &deflated(show(0.0, 0.0, 0.001, &"甲".repeat(900_000)).as_bytes()));
    let few = Limits { output_chars: 400_000, ..Limits::default() };
    assert_eq!(read(&pdf.build(), &few), Err(ReadError::Unreadable { reason: Reason::TooLong }));
    // All at one place, so that none is off the page.
    let packed = deflated(format!("BT -16 Tc ET {}", show(112.0, 700.0, 16.0, &"甲".repeat(250_000))).as_bytes());
    pdf.stream(5, "/Filter/FlateDecode", &packed);
    assert_eq!(reason(&pdf.build()), Reason::TooLong);
}

#[test]
fn countless_lines_in_one_cell_cost_no_more_than_as_many_elsewhere() {
    let mut pdf = one_page();
    let lines = "(\\116\\000)'".repeat(40_000);
    let framed = format!("10 10 m 10 899000 l 440 899000 l 440 10 l h S BT /F1 16 Tf 20 TL 1 0 0 1 100 890000 Tm {lines} ET");
    pdf.stream(5, "/Filter/FlateDecode", &deflated(framed.as_bytes()));
    pdf.set(6, "<</Type/Page/Contents 5 0 R/MediaBox[0 0 595 900000]/Resources<</Font<</F1 3 0 R>>>>>>");
    let begun = Instant::now();
    assert_eq!(outcome(&pdf.build()).map(|text| text.lines().count()), Ok(40_000));
    assert!(begun.elapsed() < Duration::from_secs(10), "took {:?}", begun.elapsed());
    // Lines are kept until the last page has been read, and count as what they weigh.
    let few = Limits { xml_nodes: 100_000, ..Limits::default() };
    assert_eq!(read(&pdf.build(), &few), Err(ReadError::Unreadable { reason: Reason::TooManyNodes }));
}

#[test]
fn streams_that_come_to_nothing_are_charged_for_what_they_are() {
    let mut pdf = one_page();
    // Empty blocks, one behind another: much to read and nothing to show.
    let blocks = [&[0x78, 0x9C][..], &[0, 0, 0, 0xFF, 0xFF].repeat(600_000), &[1, 0, 0, 0xFF, 0xFF]].concat();
    pdf.stream(20, "/Subtype/Form/Filter/FlateDecode", &blocks);
    let fonts: String = (100..200).map(|number| format!("/F{number} {number} 0 R")).collect();
    for number in 100..200 {
        pdf.set(number, "<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 20 0 R>>");
    }
    let uses: String = (100..200).map(|number| format!("/F{number} 16 Tf <4E00> Tj ")).collect();
    pdf.stream(5, "", format!("BT {uses} ET").as_bytes());
    pdf.set(6, &format!("<</Type/Page/Contents 5 0 R/Resources<</Font<<{fonts}>>>>>>"));
    assert_eq!(reason(&pdf.build()), Reason::TooManyNodes);
}

#[test]
fn a_stamp_on_every_page_is_unpacked_once_and_paid_for_whenever_it_is_drawn() {
    let stamp = |size: usize, pages: u32| {
        let mut pdf = Pdf::with_pages(&vec!["/A Do BT /F1 16 Tf 112 700 Td <6B63> Tj ET".to_owned(); pages as usize]);
        pdf.stream(900, "/Subtype/Form/Filter/FlateDecode", &deflated(&vec![b' '; size]));
        for number in (6..6 + 2 * pages).step_by(2) {
            let page = format!(
                "<</Type/Page/Contents {} 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</A 900 0 R>>/Font<</F1 3 0 R>>>>>>",
                number - 1
            );
            pdf.set(number, &page);
        }
        outcome(&pdf.build())
    };
    assert_eq!(stamp(250 * 1024, 300).map(|text| text.matches('正').count()), Ok(300));
    assert_eq!(stamp(40 * 1024 * 1024, 300), Err(ReadError::Unreadable { reason: Reason::TooManyNodes }));
}

#[test]
fn hostile_maps_and_widths_are_bounded() {
    let mut pdf = one_page();
    let ranges = "<0000> <FFFF> <0000>\n".repeat(200_000);
    pdf.stream(4, "", format!("beginbfrange {ranges} endbfrange").as_bytes());
    pdf.set(3, "<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 4 0 R/DescendantFonts[<</W[0 99999999 500 0 99999999 500]>>]>>");
    assert!(matches!(outcome(&pdf.build()), Ok(_) | Err(ReadError::Unreadable { .. })));
    let many: String = "0 65535 500 ".repeat(100_000);
    pdf.set(3, &format!("<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 4 0 R/DescendantFonts[<</W[{many}]>>]>>"));
    assert_eq!(outcome(&pdf.build()).as_deref(), Ok("正文"));
    // One code that stands for a book.
    let book = "4E00".repeat(10_000);
    pdf.stream(4, "", format!("beginbfchar <6B63> <{book}> <0041> <{}> endbfchar", "4E00".repeat(200)).as_bytes());
    pdf.stream(5, "", show(112.0, 700.0, 16.0, &"正".repeat(1_000)).as_bytes());
    assert_eq!(reason(&pdf.build()), Reason::UnknownGlyphs);
    pdf.stream(5, "", show(112.0, 700.0, 16.0, &"A".repeat(100_000)).as_bytes());
    assert_eq!(reason(&pdf.build()), Reason::TooLong);
}

#[test]
fn numbers_beyond_all_measure_do_no_harm() {
    let mut pdf = Pdf::with_pages(&["BT /F1 16 Tf 100 700 Td <4E00> Tj /F2 16 Tf (ab) Tj ET".to_owned()]);
    pdf.set(3, "<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 4 0 R/DescendantFonts[<</W[4294967295[500 500]]>>]>>");
    pdf.stream(4, "", b"1 beginbfrange <FFFFFFFF> <FFFFFFFF> [<4E00> <4E01>] endbfrange 1 beginbfrange <0000> <FFFF> <0000> endbfrange");
    pdf.set(7, "<</Type/Font/Subtype/Type1/FirstChar 4294967295/Widths[500 500]>>");
    pdf.set(6, "<</Type/Page/Contents 5 0 R/Resources<</Font<</F1 3 0 R/F2 7 0 R>>>>>>");
    assert_eq!(outcome(&pdf.build()).as_deref(), Ok("一ab"));
    for widths in ["1 9223372036854775807 9223372036854775807", "9 0 0", "0 0 0", "-1 2 1"] {
        let table = format!("%PDF-1.5\n1 0 obj <</Type/XRef/W[{widths}]/Size 2/Length 0>> stream\n\nendstream endobj startxref\n9\n%%EOF");
        assert_eq!(reason(table.as_bytes()), Reason::DamagedPdf, "{widths}");
    }
    for number in ["99999999999999999999", "-9223372036854775808", "1e400", "--5", "0.0000000000001", "+.", "nan"] {
        let content = format!(
            "{number} 0 0 {number} 0 0 cm BT /F1 {number} Tf {number} Tc {number} Tz {number} {number} Td <4E00> Tj ET {}",
            column(&[(112.0, "正文")])
        );
        let mut pdf = Pdf::with_pages(&[content]);
        pdf.root = format!("/X {number}");
        assert!(matches!(outcome(&pdf.build()), Ok(_) | Err(ReadError::Unreadable { .. })), "{number}");
        let page = format!("<</Type/Page/Contents 5 0 R/Rotate {number}/MediaBox[0 0 {number} {number}]/Resources<</Font<</F1 3 0 R>>>>>>");
        pdf.set(6, &page);
        assert!(matches!(outcome(&pdf.build()), Ok(_) | Err(ReadError::Unreadable { .. })), "{number}");
    }
}

#[test]
fn a_pdf_cut_anywhere_is_read_or_refused() {
    let whole = Pdf::with_pages(&[column(&[(112.0, "甲")]), column(&[(112.0, "乙")])]).build();
    // Before its fifth byte it is a text of a few signs.
    for length in 5..whole.len() {
        let result = outcome(&whole[..length]);
        assert!(result.is_err() || result.is_ok_and(|text| text.contains('甲')), "{length}");
    }
}

#[test]
fn two_files_in_one_are_the_one_that_begins() {
    let docx = Docx::with_body(&p("另一份")).build();
    assert_eq!(outcome(&[one_page().build(), docx.clone()].concat()).as_deref(), Ok("正文"));
    assert_eq!(outcome(&[docx, one_page().build()].concat()).as_deref(), Ok("另一份"));
    let html = [b"<html>".as_slice(), &one_page().build()].concat();
    assert!(matches!(outcome(&html), Err(ReadError::Unsupported { found: Kind::Html } | ReadError::Unreadable { .. })));
    assert_eq!(reason(b"%PDF-1.7\nnothing else"), Reason::DamagedPdf);
    assert_eq!(reason(b"%PDF-"), Reason::DamagedPdf);
}

#[test]
fn a_file_over_the_limit_is_not_looked_at() {
    let mut huge = one_page().build();
    huge.resize(200 * 1024 * 1024, b' ');
    let begun = Instant::now();
    assert_eq!(reason(&huge), Reason::TooLarge);
    assert!(begun.elapsed() < Duration::from_secs(1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_pdf_never_panics(changes in changes()) {
        let mut bytes = Pdf::with_pages(&[column(&[(112.0, "甲乙"), (80.0, "丙")]) + "10 10 m 10 100 l 100 100 l 100 10 l h S", column(&[(112.0, "丁")])]).build();
        mutate(&mut bytes, &changes);
        let _ = read(&bytes, &Limits::default());
    }

    #[test]
    fn arbitrary_content_never_panics(content in "([a-zA-Z'\"*]{1,2}|-?[0-9]{1,4}(\\.[0-9])?|/F1|/A|<[0-9A-F]{0,8}>|\\([a-z]{0,4}\\)|\\[|\\]|<<|>>| |\n){0,80}") {
        let mut pdf = Pdf::with_pages(&[content.split_whitespace().collect::<Vec<_>>().join(" ")]);
        pdf.root = "/X 1".to_owned();
        let _ = read(&pdf.build(), &Limits::default());
    }
}
