//! What a reader sees of a PDF: paragraphs joined, margins and notes left out, tables cell by cell.

use std::io::Write;

use crate::outcomes::{self, text_as};
use crate::pdf_support::{Pdf, column, deflated, show};
use crate::reader::{Format, Limits, ReadError, Reason, read};

fn text_of(pdf: &Pdf) -> String {
    text_as(&pdf.build(), Format::Pdf, "application/pdf")
}

fn pages(contents: &[String]) -> String {
    text_of(&Pdf::with_pages(contents))
}

fn reason(pdf: &Pdf) -> Reason {
    outcomes::reason(&pdf.build())
}

/// As many characters as fill a line of [`column`], from `from` on.
fn full(from: u32, length: u32) -> String {
    (0..length).filter_map(|at| char::from_u32(0x4E00 + from + at)).collect()
}

#[test]
fn the_end_of_a_line_is_no_end_of_a_paragraph() {
    let (one, two) = (full(0, 25), full(100, 27));
    let text =
        pages(&[column(&[(112.0, &one), (80.0, &two), (80.0, "终。"), (112.0, "第二条 次段"), (112.0, &full(200, 25)), (80.0, "完。")])]);
    assert_eq!(text, format!("{one}{two}终。\n第二条 次段\n{}完。", full(200, 25)));
}

#[test]
fn the_end_of_a_page_is_no_end_of_a_paragraph() {
    let (one, two, three) = (full(0, 25), full(100, 27), full(200, 27));
    let first = column(&[(112.0, &one), (80.0, &two)]) + &show(280.0, 40.0, 14.0, "— 1 —");
    let second = column(&[(80.0, &three), (80.0, "终。"), (112.0, "又一段")]) + &show(280.0, 40.0, 14.0, "— 2 —");
    assert_eq!(pages(&[first, second]), format!("{one}{two}{three}终。\n又一段"));
}

#[test]
fn a_line_that_had_room_for_the_next_word_ends_its_paragraph() {
    let text = pages(&[column(&[
        (112.0, &full(0, 25)),
        (80.0, &full(100, 27)),
        (80.0, "各有关单位："),
        (80.0, "特此通知。"),
        (80.0, &full(300, 27)),
    ])]);
    assert!(text.ends_with(&format!("各有关单位：\n特此通知。\n{}", full(300, 27))), "{text}");
}

#[test]
fn page_numbers_and_repeated_headers_and_footers_are_left_out() {
    let page = |number: usize| {
        show(230.0, 800.0, 10.0, "某某县人民政府公报")
            + &column(&[(112.0, &format!("正文第{number}页甲乙丙丁")), (112.0, "某某县人民政府公报")])
            + &show(280.0, 30.0, 10.5, &number.to_string())
    };
    let expected: Vec<String> = (1..=4).map(|number| format!("正文第{number}页甲乙丙丁\n某某县人民政府公报")).collect();
    assert_eq!(pages(&[page(1), page(2), page(3), page(4)]), expected.join("\n"));
    for number in ["- 1 -", "—１—", "第 1 页", "第1页 共3页", "－1－"] {
        let content = column(&[(112.0, "正文")]) + &show(280.0, 30.0, 10.5, number);
        assert_eq!(pages(&[content]), "正文", "{number}");
    }
}

#[test]
fn a_number_that_is_text_stays() {
    let last = show(112.0, 60.0, 16.0, "2025") + &column(&[(112.0, "正文")]);
    assert_eq!(pages(&[last.clone(), column(&[(112.0, "后页")])]), "正文\n2025\n后页");
    let list = column(&[(112.0, "1"), (112.0, "甲")]);
    assert_eq!(pages(&[list]), "1\n甲");
}

#[test]
fn what_is_marked_as_pagination_is_left_out() {
    let marked = format!("/Artifact <</Type/Pagination/Subtype/Header>> BDC {} EMC ", show(112.0, 500.0, 16.0, "页眉"));
    assert_eq!(pages(&[column(&[(112.0, "正文")]) + &marked]), "正文");
}

#[test]
fn a_header_that_is_never_ended_hides_no_text() {
    let begun = "/Artifact <</Type/Pagination/Subtype/Header>> BDC ";
    let header = show(112.0, 790.0, 9.0, "页眉");
    // The page itself.
    assert_eq!(pages(&[format!("{begun}{header}{}", column(&[(112.0, "正文")]))]), "页眉\n正文");
    // A form, whose end ends it, and which ends nothing that was begun before.
    for (form, expected) in [(format!("{begun}{header}"), "页眉\n正文"), (format!("{begun}{header} EMC EMC EMC"), "正文")] {
        let mut pdf = Pdf::new();
        pdf.stream(92, "/Subtype/Form/BBox[0 0 600 800]", form.as_bytes());
        pdf.stream(
            93,
            "",
            format!("/Span BMC /B Do {} EMC {begun} /B Do {} EMC", column(&[(112.0, "正文")]), show(112.0, 30.0, 9.0, "页脚")).as_bytes(),
        );
        pdf.set(94, "<</Type/Page/Contents 93 0 R/Resources<</Font<</F1 3 0 R>>/XObject<</B 92 0 R>>>>>>");
        pdf.set(2, "<</Type/Pages/Kids[94 0 R]>>");
        let text = text_of(&pdf);
        assert_eq!(text.trim_end_matches("\n页脚"), expected, "{form}");
    }
}

#[test]
fn footnotes_and_their_figures_are_left_out() {
    let note = |size: f64| {
        column(&[(112.0, "第一条甲乙")])
            + &show(192.0, 745.0, 9.0, "1")
            + &show(200.0, 740.0, 16.0, "丙丁。")
            + "80 120 m 200 120 l S\n"
            + &show(80.0, 100.0, size, "1 参见某法。")
    };
    assert_eq!(pages(&[note(10.0)]), "第一条甲乙丙丁。");
    assert_eq!(pages(&[note(16.0)]), "第一条甲乙丙丁。");
    let squared = column(&[(112.0, "面积十m")]) + &show(176.0, 745.0, 9.0, "2") + &show(184.0, 740.0, 16.0, "以上");
    assert_eq!(pages(&[squared]), "面积十m2以上");
}

#[test]
fn a_blank_to_be_filled_in_parts_no_footnotes() {
    // An annex in smaller print than the regulation, with a blank behind a word and one at the left.
    let regulation = column(&[(112.0, &full(0, 25)), (80.0, &full(30, 27)), (80.0, &full(60, 27)), (80.0, "终。")]);
    let form = |lines: &[(f64, f64, &str)]| lines.iter().map(|(x, y, text)| show(*x, *y, 12.0, text)).collect::<String>();
    let blanks = form(&[(80.0, 700.0, "单位名称："), (80.0, 540.0, "负责人："), (80.0, 500.0, "2 联系电话："), (80.0, 102.0, "填表说明")])
        + "140 538 120 0.7 re f 80 598 120 0.7 re f ";
    let text = pages(&[regulation.clone(), blanks]);
    assert!(text.ends_with("单位名称：\n负责人：\n2 联系电话：\n填表说明"), "{text}");
}

#[test]
fn a_power_calls_no_footnote() {
    let raised = |x: f64, y: f64, text: &str| show(x, y + 5.0, 9.0, text);
    let measured = show(80.0, 700.0, 16.0, "面积不足500m") + &raised(208.0, 700.0, "2") + &show(217.0, 700.0, 16.0, "的");
    let underlined = show(80.0, 500.0, 16.0, "重要事项如下") + "80 498 m 176 498 l S ";
    for (x, y) in [(80.0, 498.0), (80.0, 450.0)] {
        let rule = format!("{x} {y} m 176 {y} l S ");
        let text =
            pages(&[measured.clone() + &underlined + &rule + &show(80.0, 400.0, 16.0, "2. 另一事项") + &show(80.0, 100.0, 9.0, "完")]);
        assert_eq!(text, "面积不足500m2的\n重要事项如下\n2. 另一事项\n完");
    }
    // The figure of a unit beside that of a note: which is which, nobody says.
    let noted =
        show(80.0, 700.0, 16.0, "五百米") + &raised(128.0, 700.0, "2") + &show(136.0, 700.0, 16.0, "见注") + &raised(168.0, 700.0, "2");
    let note = "80 130 m 176 130 l S ".to_owned() + &show(80.0, 110.0, 9.0, "2 某注。");
    assert_eq!(pages(&[noted + &note]), "五百米2见注2");
    // A line of a note that begins with a figure is no note of its own.
    let text =
        show(80.0, 700.0, 16.0, "五百米") + &raised(128.0, 700.0, "2") + &show(136.0, 700.0, 16.0, "见注") + &raised(168.0, 700.0, "4");
    let note = "80 130 m 176 130 l S ".to_owned() + &show(80.0, 110.0, 9.0, "4 某法第") + &show(80.0, 96.0, 9.0, "2条。");
    assert_eq!(pages(&[text + &note]), "五百米2见注");
}

#[test]
fn annexes_are_no_headers_however_alike_they_begin() {
    let body = column(&[(80.0, &full(0, 27)), (80.0, &full(30, 27)), (80.0, "终。")]);
    let annex = |number: usize| show(80.0, 770.0, 16.0, &format!("附件{number}")) + &show(200.0, 755.0, 22.0, "名单") + &body;
    for count in [1, 2, 3, 4] {
        let annexes: Vec<String> = (1..=count).map(annex).collect();
        let text = pages(&[vec![show(150.0, 766.0, 22.0, "关于某事的通知") + &body], annexes.clone()].concat());
        assert!((1..=count).all(|number| text.contains(&format!("附件{number}\n名单"))), "{text}");
        assert_eq!(pages(&annexes).matches("附件").count(), count);
    }
    // Two forms that begin alike, and a form of three pages in print as large as the rest.
    let form = show(80.0, 770.0, 9.0, "申请表") + &body;
    assert_eq!(pages(&[form.clone(), form]).matches("申请表").count(), 2);
    let form = show(80.0, 770.0, 16.0, "申请表") + &body;
    assert_eq!(pages(&[form.clone(), form.clone(), form]).matches("申请表").count(), 3);
}

#[test]
fn headers_with_the_number_of_the_page_are_left_out() {
    let page = |number: usize| {
        show(80.0, 800.0, 9.0, &format!("某公报2024年第3期 {}", number + 40))
            + &show(80.0, 788.0, 9.0, if number.is_multiple_of(2) { "偶数页" } else { "奇数页" })
            + &column(&[(112.0, &format!("正文{}", full(30, 20)))])
    };
    let text = pages(&(1..=6).map(page).collect::<Vec<_>>());
    assert!(!text.contains("公报") && !text.contains("数页") && text.matches("正文").count() == 6, "{text}");
    // The same words on a page where text stands as high are no header.
    let high = show(80.0, 822.0, 16.0, "顶格正文");
    let text = pages(&[page(1), page(2), page(3), page(4) + &high]);
    assert_eq!(text.matches("公报").count(), 4, "{text}");
}

#[test]
fn tables_are_read_cell_by_cell_and_row_by_row() {
    let mut content = column(&[(112.0, "表前")]);
    for x in [100, 250, 400] {
        content += &format!("{x} 560 m {x} 700 l S\n");
    }
    for y in [560, 600, 700] {
        content += &format!("100 {y} m 400 {y} l S\n");
    }
    // The first cell has two lines, whose end stands beside the second cell.
    content += &show(105.0, 680.0, 16.0, "甲乙丙丁戊己庚辛壬");
    content += &show(105.0, 656.0, 16.0, "癸子");
    content += &show(255.0, 680.0, 16.0, "右上");
    content += &show(105.0, 575.0, 16.0, "左下");
    content += &show(255.0, 575.0, 16.0, "右下");
    content += &show(112.0, 500.0, 16.0, "表后");
    assert_eq!(pages(&[content]), "表前\n甲乙丙丁戊己庚辛壬癸子\n右上\n左下\n右下\n表后");
}

#[test]
fn ground_behind_words_frames_nothing() {
    let content = format!("0.9 g 100 730 200 30 re f 0 g {}", column(&[(112.0, "有底色的一行")]));
    assert_eq!(pages(&[content]), "有底色的一行");
}

#[test]
fn a_centred_title_is_one_line() {
    let title = show(76.0, 780.0, 22.0, "某某县人民政府关于印发某某县行政规范性文") + &show(208.0, 750.0, 22.0, "件管理办法的通知");
    let body = column(&[(80.0, "各单位："), (112.0, &full(0, 25)), (80.0, &full(50, 27)), (80.0, &full(90, 27)), (80.0, "终。")]);
    let lowered = format!("q 1 0 0 1 0 -60 cm {body} Q");
    let text = pages(&[title + &lowered]);
    assert!(text.starts_with("某某县人民政府关于印发某某县行政规范性文件管理办法的通知\n各单位：\n"), "{text}");
}

#[test]
fn bold_print_by_printing_twice_is_read_once() {
    assert_eq!(pages(&[show(112.0, 740.0, 16.0, "加粗") + &show(112.4, 740.0, 16.0, "加粗")]), "加粗");
    assert_eq!(pages(&[show(112.0, 740.0, 16.0, "种种")]), "种种");
}

#[test]
fn radicals_that_stand_for_characters_are_read_as_those() {
    assert_eq!(pages(&[show(112.0, 740.0, 16.0, "第⼀条⻔⼾")]), "第一条门户");
}

#[test]
fn invisible_slanted_and_switched_off_text_is_not_seen() {
    let ocr = format!("BT 3 Tr ET {} BT 0 Tr ET", show(112.0, 700.0, 16.0, "识别"));
    let watermark = format!("q 0.7 0.7 -0.7 0.7 200 200 cm {} Q", show(0.0, 0.0, 40.0, "水印"));
    assert_eq!(pages(&[column(&[(112.0, "正文")]) + &ocr + &watermark]), "正文");
    let mut pdf = Pdf::new();
    pdf.root = "/OCProperties<</OCGs[90 0 R]/D<</OFF[90 0 R]>>>>".to_owned();
    pdf.set(90, "<</Type/OCG/Name(x)>>");
    pdf.stream(91, "/Subtype/Form/OC 90 0 R/BBox[0 0 600 800]", show(112.0, 700.0, 16.0, "关闭的图层").as_bytes());
    pdf.stream(92, "/Subtype/Form/BBox[0 0 600 800]", show(112.0, 650.0, 16.0, "表单").as_bytes());
    pdf.stream(93, "", (column(&[(112.0, "正文")]) + "/A Do /B Do").as_bytes());
    pdf.set(94, "<</Type/Page/Contents 93 0 R/Resources<</Font<</F1 3 0 R>>/XObject<</A 91 0 R/B 92 0 R>>>>>>");
    pdf.set(2, "<</Type/Pages/Kids[94 0 R]>>");
    assert_eq!(text_of(&pdf), "正文\n表单");
}

#[test]
fn a_scan_has_no_text() {
    assert_eq!(reason(&Pdf::with_pages(&["q 595 0 0 842 0 0 cm /Im1 Do Q".to_owned()])), Reason::EmptyText);
    let ocr = format!("BT 3 Tr ET {}", show(112.0, 700.0, 16.0, "只有识别层"));
    assert_eq!(reason(&Pdf::with_pages(&[ocr])), Reason::EmptyText);
}

/// A page with `content`, whose picture `Im` is drawn where the content says.
fn illustrated(content: &str) -> Pdf {
    let mut pdf = Pdf::with_pages(&[column(&[(112.0, "正文")])]);
    pdf.stream(40, "/Subtype/Image/Width 1/Height 1", b"x");
    let text = pdf.page(content);
    pdf.set(
        text,
        &format!(
            "<</Type/Page/Parent 2 0 R/Contents {} 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>/XObject<</Im 40 0 R>>>>>>",
            text - 1
        ),
    );
    pdf
}

#[test]
fn a_scanned_page_among_others_is_refused_by_its_number() {
    let number = |page: usize| show(290.0, 40.0, 14.0, &format!("— {page} —"));
    let scan = "q 595 0 0 842 0 0 cm /Im Do Q ";
    let strips: String = (0..10).map(|at| format!("q 500 0 0 80 40 {} cm /Im Do Q ", at * 80)).collect();
    let inline = "q 595 0 0 842 0 0 cm BI /W 1 /H 1 ID x EI Q ";
    for content in
        [scan.to_owned(), strips, inline.to_owned(), scan.to_owned() + &number(2), scan.to_owned() + &show(400.0, 20.0, 9.0, "某某扫描")]
    {
        let refused = read(&illustrated(&content).build(), &Limits::default()).expect_err("its text would be lost");
        assert_eq!((refused, refused.code()), (ReadError::PicturePage { page: 2 }, "picture_page"), "{content}");
        assert!(refused.zh().contains("第 2 页") && refused.en().contains("Page 2"));
    }
    let seal = "q 110 0 0 110 300 500 cm /Im Do Q ";
    let ground = scan.to_owned() + &column(&[(80.0, &full(0, 25))]);
    for (content, expected) in [(seal, "正文".to_owned()), ("", "正文".to_owned()), (ground.as_str(), format!("正文\n{}", full(0, 25)))]
    {
        assert_eq!(text_of(&illustrated(content)), expected, "{content}");
    }
}

#[test]
fn what_is_laid_upon_a_page_is_read() {
    let laid = |annotation: &str, box_and_matrix: &str| {
        let mut pdf = Pdf::with_pages(&[column(&[(112.0, "正文")])]);
        let form = format!("/Subtype/Form{box_and_matrix}/Resources<</Font<</F1 3 0 R>>>>");
        pdf.stream(30, &form, show(10.0, 10.0, 16.0, "批注").as_bytes());
        pdf.stream(31, &form, show(10.0, 10.0, 16.0, "另").as_bytes());
        pdf.set(32, &format!("<</Type/Annot/Rect[100 600 300 640]{annotation}>>"));
        pdf.set(6, "<</Type/Page/Contents 5 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Annots[32 0 R]>>");
        pdf
    };
    let plain = "/BBox[0 0 200 40]";
    for annotation in ["/Subtype/FreeText/AP<</N 30 0 R>>", "/Subtype/Widget/F 4/AP<</N<</On 30 0 R/Off 31 0 R>>>>/AS/On"] {
        assert_eq!(text_of(&laid(annotation, plain)), "正文\n批注", "{annotation}");
    }
    for annotation in [
        "/Subtype/Link/AP<</N 30 0 R>>",
        "/Subtype/Popup/AP<</N 30 0 R>>",
        "/Subtype/Stamp/F 2/AP<</N 30 0 R>>",
        "/Subtype/Stamp/F 32/AP<</N 30 0 R>>",
        "/Subtype/Widget/AP<</N<</On 30 0 R>>>>",
        "/Subtype/Widget/AP<</N<</On 30 0 R>>>>/AS/Off",
    ] {
        assert_eq!(text_of(&laid(annotation, plain)), "正文", "{annotation}");
    }
    // Turned by its matrix, and far off before it is brought to its place above the text.
    let turned = laid("/Subtype/Stamp/Rect[100 760 300 800]/AP<</N 30 0 R>>", "/BBox[0 0 200 40]/Matrix[-1 0 0 -1 5000 5000]");
    let upright = laid("/Subtype/Stamp/Rect[300 800 100 760]/AP<</N 30 0 R>>", "/BBox[1000 0 1400 80]/Matrix[1 0 0 1 -990 0]");
    assert_eq!(text_of(&turned).lines().count(), 2);
    assert_eq!(text_of(&upright), "正文", "what stands outside of its box is off the page");
    let shrunk = laid("/Subtype/Stamp/AP<</N 30 0 R>>", "/BBox[0 0 2000 400]/Matrix[0.1 0 0 0.1 9000 9000]");
    assert_eq!(text_of(&shrunk), "正文\n批注");
    // Words without an appearance, which every viewer shows in its own way.
    assert_eq!(reason(&laid("/Subtype/FreeText/Contents(words)", plain)), Reason::UnknownGlyphs);
    assert_eq!(reason(&laid("/Subtype/Widget/FT/Tx/V(words)", plain)), Reason::UnknownGlyphs);
}

#[test]
fn text_in_a_font_that_is_missing_is_counted() {
    let page = |resources: &str, content: &str| {
        let mut pdf = Pdf::new();
        pdf.stream(5, "", (column(&[(112.0, "正文")]) + content).as_bytes());
        pdf.set(7, &format!("<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<</Font<</F1 3 0 R>>{resources}>>>>"));
        pdf.set(2, "<</Type/Pages/Kids[7 0 R]>>");
        pdf
    };
    assert_eq!(reason(&page("", "BT /F9 16 Tf 100 600 Td (ab) Tj ET")), Reason::UnknownGlyphs);
    assert_eq!(text_of(&page("", "BT /F9 16 Tf 100 600 Td ( ) Tj ET")), "正文");
    let set = "BT /F9 16 Tf /G gs 100 600 Td <4E00> Tj ET";
    assert_eq!(text_of(&page("/ExtGState<</G<</Font[3 0 R 16]>>>>", set)), "正文\n一");
}

#[test]
fn codes_that_only_a_font_program_explains_are_unknown() {
    let with = |font: &str, codes: &str| {
        let mut pdf = Pdf::with_pages(&[format!("BT /F1 16 Tf 100 700 Td ({codes}) Tj ET")]);
        pdf.set(3, font);
        pdf
    };
    let embedded = "/FontDescriptor<</Flags 4/FontFile2 50 0 R>>";
    for font in [
        format!("<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+SimSun{embedded}>>"),
        format!("<</Type/Font/Subtype/Type1/BaseFont/ABCDEF+Helvetica{embedded}>>"),
        format!("<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+SimSun{embedded}/Encoding<</Differences[65/A]>>>>"),
        "<</Type/Font/Subtype/Type3/FontMatrix[0.001 0 0 0.001 0 0]>>".to_owned(),
    ] {
        assert_eq!(reason(&with(&font, "!\"#$")), Reason::UnknownGlyphs, "{font}");
    }
    for (font, codes, text) in [
        ("/Subtype/Type1/BaseFont/Helvetica", "abc", "abc"),
        ("/Subtype/Type1/BaseFont/Times-Roman/FontDescriptor<</Flags 4>>", "abc", "abc"),
        ("/Subtype/TrueType/BaseFont/ABCDEF+Arial/FontDescriptor<</Flags 32/FontFile2 50 0 R>>", "abc", "abc"),
        ("/Subtype/TrueType/BaseFont/ABCDEF+Arial/Encoding/WinAnsiEncoding/FontDescriptor<</Flags 4/FontFile2 50 0 R>>", "abc", "abc"),
        ("/Subtype/Type1/BaseFont/Symbol", "a\\243b", "α≤β"),
        ("/Subtype/Type1/BaseFont/ZapfDingbats", "4n\\300", "✔■➀"),
        ("/Subtype/TrueType/BaseFont/ABCDEF+Wingdings/FontDescriptor<</Flags 4>>", "\\250\\376", "□☑"),
    ] {
        assert_eq!(text_of(&with(&format!("<</Type/Font{font}>>"), codes)), text, "{font}");
    }
    // Word maps symbols to private characters.
    let mut pdf = with("<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Wingdings-Regular/ToUnicode 9 0 R>>", "\\250");
    pdf.stream(9, "", b"beginbfchar <A8> <F0A8> endbfchar");
    assert_eq!(text_of(&pdf), "□");
}

#[test]
fn fonts_that_do_not_say_what_they_show_are_refused() {
    let mut pdf = Pdf::with_pages(&[show(112.0, 700.0, 16.0, "甲乙丙")]);
    pdf.set(3, "<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</Type/Font>>]>>");
    assert_eq!(reason(&pdf), Reason::UnknownGlyphs);
}

#[test]
fn older_encodings_and_named_glyphs_are_read() {
    let mut pdf = Pdf::new();
    pdf.set(10, "<</Type/Font/Subtype/Type0/Encoding/GBK-EUC-H/DescendantFonts[<</Type/Font>>]>>");
    pdf.set(11, "<</Type/Font/Subtype/Type0/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font>>]>>");
    pdf.set(12, "<</Type/Font/Subtype/Type1/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[1/uni7B2C/parenleft/zero]>>/FirstChar 1/Widths[1000 500 500]>>");
    let content =
        "BT /A 16 Tf 100 700 Td <B5DAD2BBCCF5> Tj ET BT /B 16 Tf 100 660 Td <7B2C4E8C6761> Tj ET BT /C 16 Tf 100 620 Td <01020341> Tj ET";
    pdf.stream(13, "", content.as_bytes());
    pdf.set(14, "<</Type/Page/Contents 13 0 R/Resources<</Font<</A 10 0 R/B 11 0 R/C 12 0 R>>>>>>");
    pdf.set(2, "<</Type/Pages/Kids[14 0 R]>>");
    assert_eq!(text_of(&pdf), "第一条\n第二条\n第(0A");
}

#[test]
fn streams_are_unpacked_by_every_filter_of_text() {
    let content = column(&[(112.0, "正文")]);
    let hex: String = content.bytes().map(|byte| format!("{byte:02x}")).chain(["> ".to_owned()]).collect();
    let mut rows = Vec::new();
    for row in content.as_bytes().chunks(8) {
        // Up: each byte as its difference from the one above, which the first row has none of.
        rows.push(0);
        rows.extend_from_slice(row);
    }
    let packed: &[(&str, Vec<u8>)] = &[
        ("/Filter/FlateDecode", deflated(content.as_bytes())),
        ("/Filter/ASCIIHexDecode", hex.clone().into_bytes()),
        ("/Filter[/AHx/Fl]", deflated(content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes()),
        ("/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 8>>", deflated(&rows)),
        (
            "/Filter/RunLengthDecode",
            content.as_bytes().chunks(100).flat_map(|part| [&[u8::try_from(part.len() - 1).unwrap_or(0)], part].concat()).collect(),
        ),
    ];
    for (filter, bytes) in packed {
        let mut pdf = Pdf::with_pages(&[String::new()]);
        pdf.stream(5, filter, bytes);
        assert_eq!(text_of(&pdf), "正文", "{filter}");
    }
}

/// A file whose objects but the streams lie in an object stream, found by a cross-reference stream.
fn modern() -> Vec<u8> {
    let objects: &[(u32, &str)] = &[
        (1, "<</Type/Catalog/Pages 2 0 R>>"),
        (2, "<</Type/Pages/Count 1/Kids[5 0 R]/MediaBox[0 0 595 842]>>"),
        (3, "<</Type/Font/Subtype/Type0/Encoding/UniGB-UTF16-H/DescendantFonts[<</DW 1000>>]>>"),
        (5, "<</Type/Page/Parent 2 0 R/Contents 6 0 R/Resources<</Font<</F1 3 0 R>>>>>>"),
    ];
    let (mut header, mut bodies) = (String::new(), String::new());
    for (number, body) in objects {
        header += &format!("{number} {} ", bodies.len());
        bodies += body;
        bodies.push(' ');
    }
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut places = Vec::new();
    let stream = |file: &mut Vec<u8>, number: u32, entries: &str, bytes: &[u8]| {
        let at = file.len();
        write!(file, "{number} 0 obj <</Length {} {entries}/Filter/FlateDecode>>\nstream\n", bytes.len()).expect("memory takes everything");
        file.extend_from_slice(bytes);
        file.extend_from_slice(b"\nendstream\nendobj\n");
        at
    };
    let packed = deflated((header.clone() + &bodies).as_bytes());
    places.push((6u32, stream(&mut file, 6, "", &deflated(column(&[(112.0, "新格式")]).as_bytes()))));
    places.push((7, stream(&mut file, 7, &format!("/Type/ObjStm/N {}/First {}", objects.len(), header.len()), &packed)));
    let at = file.len();
    let mut rows = Vec::new();
    for number in 0u32..9 {
        let inside = objects.iter().position(|(known, _)| *known == number);
        let place = places.iter().find(|(known, _)| *known == number).map(|(_, at)| *at);
        let row = match (inside, place) {
            (Some(index), _) => [2, 0, 7, u8::try_from(index).unwrap_or(0)],
            (None, Some(at)) => [1, u8::try_from(at / 256).unwrap_or(0), u8::try_from(at % 256).unwrap_or(0), 0],
            (None, None) => [0, 0, 0, 0],
        };
        rows.extend(row);
    }
    stream(&mut file, 8, "/Type/XRef/Size 9/W[1 2 1]/Root 1 0 R", &deflated(&rows));
    write!(file, "startxref\n{at}\n%%EOF").expect("memory takes everything");
    file
}

#[test]
fn object_streams_and_cross_reference_streams_are_followed() {
    assert_eq!(read(&modern(), &Limits::default()).map(|reading| reading.text), Ok("新格式".to_owned()));
}

#[test]
fn a_file_with_broken_tables_is_searched() {
    let whole = Pdf::with_pages(&[column(&[(112.0, "正文")])]).build();
    let broken = String::from_utf8_lossy(&whole).replace("startxref\n", "startxref\n9").into_bytes();
    let shifted = [b"X-Header: 1\r\n\r\n".as_slice(), &whole].concat();
    let cut = &whole[..whole.len() - 60];
    for bytes in [broken.as_slice(), cut] {
        assert_eq!(read(bytes, &Limits::default()).map(|reading| reading.text), Ok("正文".to_owned()));
    }
    assert!(read(&shifted, &Limits::default()).is_ok_and(|reading| reading.format != Format::Pdf), "a text in front makes it no PDF");
    let mut modern = modern();
    modern.truncate(modern.len() - 20);
    assert_eq!(read(&modern, &Limits::default()).map(|reading| reading.text), Ok("新格式".to_owned()));
}

#[test]
fn of_two_versions_of_a_page_the_later_one_is_read() {
    let mut pdf = Pdf::with_pages(&[column(&[(112.0, "旧文")])]);
    let before = pdf.build();
    pdf.stream(5, "", column(&[(112.0, "新文")]).as_bytes());
    let tail = pdf.build();
    // Saved on top of itself: the new objects and a table of their own behind the old file.
    let shift = before.len();
    let object = tail.windows(8).position(|window| window == b"5 0 obj\n").expect("it is inside");
    let end = tail.windows(8).skip(object).position(|window| window == b"\nendobj\n").expect("it ends") + object + 8;
    let text = String::from_utf8_lossy(&before);
    let prev = text.rsplit("startxref\n").next().and_then(|rest| rest.lines().next()).expect("startxref has a place");
    let mut saved = before.clone();
    saved.extend_from_slice(&tail[object..end]);
    let at = saved.len();
    write!(saved, "xref\n5 1\n{shift:010} 00000 n \ntrailer\n<</Size 1000/Root 1 0 R/Prev {prev}>>\nstartxref\n{at}\n%%EOF\n")
        .expect("memory takes everything");
    assert_eq!(read(&saved, &Limits::default()).map(|reading| reading.text), Ok("新文".to_owned()));
}

#[test]
fn a_deleted_object_does_not_come_back_from_an_older_section() {
    let mut pdf = Pdf::with_pages(&[column(&[(112.0, "正文")])]);
    pdf.stream(20, "", column(&[(112.0, "首段")]).as_bytes());
    pdf.stream(21, "", show(112.0, 500.0, 16.0, "删去的一段").as_bytes());
    pdf.set(6, "<</Type/Page/Contents[20 0 R 21 0 R]/Resources<</Font<</F1 3 0 R>>>>>>");
    let before = pdf.build();
    let text = String::from_utf8_lossy(&before);
    let prev = text.rsplit("startxref\n").next().and_then(|rest| rest.lines().next()).expect("startxref has a place");
    let mut saved = before.clone();
    let at = saved.len();
    write!(saved, "xref\n21 1\n0000000000 00001 f \ntrailer\n<</Size 1000/Root 1 0 R/Prev {prev}>>\nstartxref\n{at}\n%%EOF\n")
        .expect("memory takes everything");
    assert_eq!(read(&saved, &Limits::default()).map(|reading| reading.text), Ok("首段".to_owned()));
}

#[test]
fn what_a_table_hides_from_old_programs_is_read() {
    let page = "<</Type/Page/Parent 2 0 R/Contents 20 0 R/Resources<</Font<</F1 3 0 R>>>>>>";
    let mut pdf = Pdf::new();
    pdf.stream(20, "", column(&[(112.0, "正文")]).as_bytes());
    pdf.stream(30, "/Type/ObjStm/N 1/First 5", format!("6 0  {page}").as_bytes());
    pdf.set(2, "<</Type/Pages/Kids[6 0 R]>>");
    let before = pdf.build();
    let text = String::from_utf8_lossy(&before);
    let prev = text.rsplit("startxref\n").next().and_then(|rest| rest.lines().next()).expect("startxref has a place");
    let mut saved = before.clone();
    let stream = saved.len();
    saved.extend_from_slice(b"31 0 obj <</Type/XRef/Size 7/Index[6 1]/W[1 1 1]/Length 3>> stream\n\x02\x1E\x00\nendstream endobj\n");
    let at = saved.len();
    write!(
        saved,
        "xref\n6 1\n0000000000 00001 f \ntrailer\n<</Size 1000/Root 1 0 R/Prev {prev}/XRefStm {stream}>>\nstartxref\n{at}\n%%EOF\n"
    )
    .expect("memory takes everything");
    assert_eq!(read(&saved, &Limits::default()).map(|reading| reading.text), Ok("正文".to_owned()));
}

#[test]
fn a_search_finds_the_latest_version_of_every_object() {
    let page = |content: u32| format!("<</Type/Page/Parent 2 0 R/Contents {content} 0 R/Resources<</Font<</F1 3 0 R>>>>>>");
    let packed = |content: u32| {
        let body = format!("6 0  {}", page(content));
        format!("<</Type/ObjStm/N 1/First 5/Length {}>> stream\n{body}\nendstream", body.len())
    };
    let plain = |number: u32, object: &str| format!("{number} 0 obj {object} endobj\n");
    let mut pdf = Pdf::new();
    pdf.stream(20, "", column(&[(112.0, "旧文")]).as_bytes());
    pdf.stream(21, "", column(&[(112.0, "新文")]).as_bytes());
    pdf.set(2, "<</Type/Pages/Kids[6 0 R]>>");
    let whole = String::from_utf8_lossy(&pdf.build()).split("xref").next().unwrap_or_default().to_owned();
    // The stream with the newer version has the smaller number, or one of the two versions lies in the file itself.
    for (older, newer) in [
        (plain(31, &packed(20)), plain(30, &packed(21))),
        (plain(30, &packed(20)), plain(31, &packed(21))),
        (plain(6, &page(20)), plain(30, &packed(21))),
        (plain(30, &packed(20)), plain(6, &page(21))),
    ] {
        let file = format!("{whole}{older}{newer}trailer <</Root 1 0 R>>");
        assert_eq!(read(file.as_bytes(), &Limits::default()).map(|reading| reading.text), Ok("新文".to_owned()), "{file}");
    }
}
