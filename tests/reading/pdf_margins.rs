//! What stands around the text of a PDF is left out where it surely is no text: page numbers, headers, footers, footnotes.

use crate::pdf_support::{Pdf, column, full, pages, show, text_of};

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
