//! What a reader sees of a PDF: paragraphs joined, tables cell by cell, in every encoding, and nothing that is not shown.

use crate::outcomes;
use crate::pdf_support::{Pdf, column, full, pages, show, text_of};
use crate::reader::{Limits, ReadError, Reason, read};

fn reason(pdf: &Pdf) -> Reason {
    outcomes::reason(&pdf.build())
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
fn figures_are_as_wide_as_a_font_for_utf16_lists_them() {
    let mut pdf = Pdf::new();
    let narrow = "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000/W[1 95 500]";
    pdf.set(10, &format!("<</Type/Font/Subtype/Type0/Encoding/UniGB-UTF16-H/DescendantFonts[<</Type/Font{narrow}>>]>>"));
    // Each word placed by itself, where the one before ends: figures take half a size each, what is not listed a whole one.
    let content = "BT /B 16 Tf 100 700 Td <7B2C> Tj 16 0 Td <003100320033> Tj 24 0 Td <6761> Tj 16 0 Td <D842DFB7> Tj 16 0 Td <4E00> Tj ET";
    pdf.stream(13, "", content.as_bytes());
    pdf.set(14, "<</Type/Page/Contents 13 0 R/Resources<</Font<</B 10 0 R>>>>>>");
    pdf.set(2, "<</Type/Pages/Kids[14 0 R]>>");
    assert_eq!(text_of(&pdf), "第123条𠮷一");
}
