//! Automatic numbers: levels, restarts, styles and the labels that a reader sees.

use crate::reader::{Limits, read};
use crate::support::{Docx, item, level, list, p};

fn lines(docx: &Docx) -> Vec<String> {
    let reading = read(&docx.build(), &Limits::default()).expect("the file is readable");
    reading.text.split('\n').map(str::to_owned).collect()
}

fn numbered(paragraphs: &[String], numbering: &str) -> Vec<String> {
    lines(&Docx::with_body(&paragraphs.concat()).numbering(numbering))
}

const NOTHING: &str = "<w:suff w:val=\"nothing\"/>";

fn statute() -> String {
    list(
        &[
            level(0, "chineseCountingThousand", "第%1条", "<w:suff w:val=\"space\"/>"),
            level(1, "chineseCountingThousand", "（%2）", NOTHING),
            level(2, "decimal", "%1.%2.%3", "<w:isLgl/><w:suff w:val=\"nothing\"/>"),
        ]
        .concat(),
    )
}

#[test]
fn items_begin_anew_in_every_article() {
    let paragraphs = [item(1, 0, "甲"), item(1, 1, "乙"), item(1, 1, "丙"), item(1, 0, "丁"), item(1, 1, "戊"), item(1, 2, "己")];
    assert_eq!(numbered(&paragraphs, &statute()), ["第一条 甲", "（一）乙", "（二）丙", "第二条 丁", "（一）戊", "2.1.1己"]);
}

#[test]
fn unnumbered_paragraphs_between_do_not_disturb_the_count() {
    let paragraphs = [item(1, 0, "甲"), p("款"), item(0, 0, "无"), item(99, 0, "无"), item(1, 0, "乙")];
    assert_eq!(numbered(&paragraphs, &statute()), ["第一条 甲", "款", "无", "无", "第二条 乙"]);
}

#[test]
fn a_level_used_before_its_parents_shows_their_first_numbers() {
    let paragraphs = [item(1, 2, "甲"), item(1, 0, "乙"), item(1, 2, "丙")];
    assert_eq!(numbered(&paragraphs, &statute()), ["1.1.1甲", "第一条 乙", "1.1.1丙"]);
}

#[test]
fn levels_restart_by_their_own_rule() {
    let levels = [
        level(0, "decimal", "%1", NOTHING),
        level(1, "decimal", "%2", &format!("<w:lvlRestart w:val=\"0\"/>{NOTHING}")),
        level(2, "decimal", "%3", &format!("<w:lvlRestart w:val=\"1\"/>{NOTHING}")),
    ];
    let paragraphs = [
        item(1, 0, "a"),
        item(1, 1, "b"),
        item(1, 2, "c"),
        item(1, 1, "b"),
        item(1, 2, "c"),
        item(1, 0, "a"),
        item(1, 1, "b"),
        item(1, 2, "c"),
    ];
    assert_eq!(numbered(&paragraphs, &list(&levels.concat())), ["1a", "1b", "1c", "2b", "2c", "2a", "3b", "1c"]);
}

#[test]
fn lists_on_one_abstract_list_count_on_unless_they_restart() {
    let more = r#"<w:num w:numId="2"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>"#;
    let numbering = list(&level(0, "decimal", "%1", NOTHING)) + more;
    let paragraphs = [item(1, 0, "a"), item(2, 0, "b"), item(3, 0, "c"), item(3, 0, "d"), item(1, 0, "e")];
    assert_eq!(numbered(&paragraphs, &numbering), ["1a", "2b", "5c", "6d", "7e"]);
}

#[test]
fn a_list_may_replace_a_level() {
    let own = level(0, "upperRoman", "%1、", NOTHING);
    let more = format!(r#"<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0">{own}</w:lvlOverride></w:num>"#);
    let numbering = list(&level(0, "decimal", "%1", NOTHING)) + &more;
    assert_eq!(numbered(&[item(1, 0, "a"), item(2, 0, "b")], &numbering), ["1a", "II、b"]);
}

#[test]
fn numbers_come_from_styles_and_their_bases() {
    let styles = r#"
        <w:style w:type="paragraph" w:default="1" w:styleId="N"/>
        <w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="N"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>
        <w:style w:type="paragraph" w:styleId="C"><w:basedOn w:val="A"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="D"><w:basedOn w:val="A"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="E"><w:basedOn w:val="A"/><w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>"#;
    let levels = [
        level(0, "decimal", "%1", NOTHING),
        level(1, "decimal", "%1.%2", NOTHING),
        level(2, "lowerLetter", "%3)", &format!("<w:pStyle w:val=\"D\"/>{NOTHING}")),
    ];
    let styled =
        |style: &str, more: &str| format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{more}</w:pPr><w:r><w:t>{style}</w:t></w:r></w:p>");
    let off = "<w:numPr><w:numId w:val=\"0\"/></w:numPr>";
    let paragraphs = [
        styled("A", ""),
        styled("B", ""),
        styled("C", ""),
        styled("D", ""),
        styled("E", ""),
        styled("A", off),
        styled("N", ""),
        styled("A", ""),
    ];
    let docx = Docx::with_body(&paragraphs.concat()).numbering(&list(&levels.concat())).styles(styles);
    assert_eq!(lines(&docx), ["1A", "2B", "2.1C", "a)D", "E", "A", "N", "3A"]);
}

#[test]
fn the_default_style_may_number() {
    let styles =
        r#"<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>"#;
    let docx = Docx::with_body(&p("甲")).numbering(&list(&level(0, "ideographTraditional", "%1、", NOTHING))).styles(styles);
    assert_eq!(lines(&docx), ["甲、甲"]);
}

#[test]
fn a_list_may_take_its_levels_through_a_style() {
    let numbering = list(&level(0, "decimal", "%1", NOTHING))
        + r#"<w:abstractNum w:abstractNumId="8"><w:numStyleLink w:val="L"/></w:abstractNum><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>"#;
    let styles = r#"<w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>"#;
    let docx = Docx::with_body(&item(2, 0, "甲")).numbering(&numbering).styles(styles);
    assert_eq!(lines(&docx), ["1甲"]);
}

#[test]
fn bullets_look_as_printed_and_a_tab_follows_by_default() {
    let font = "<w:rPr><w:rFonts w:ascii=\"Wingdings\" w:hAnsi=\"Wingdings\"/></w:rPr>";
    assert_eq!(numbered(&[item(1, 0, "甲")], &list(&level(0, "bullet", "\u{F0FC}", font))), ["✓\t甲"]);
    assert_eq!(numbered(&[item(1, 0, "甲")], &list(&level(0, "none", "", ""))), ["甲"]);
    assert_eq!(numbered(&[item(1, 0, "甲")], &list(&level(0, "decimal", "%1", "<w:rPr><w:vanish/></w:rPr>"))), ["甲"]);
}

#[test]
fn a_newer_number_format_goes_before_the_older_one() {
    let format = r#"<mc:AlternateContent><mc:Choice Requires="wps"><w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice><mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent>"#;
    let level = format!("<w:lvl w:ilvl=\"0\"><w:start w:val=\"9\"/>{format}<w:suff w:val=\"nothing\"/><w:lvlText w:val=\"%1\"/></w:lvl>");
    assert_eq!(numbered(&[item(1, 0, "甲")], &list(&level)), ["009甲"]);
}

#[test]
fn circular_styles_and_links_end() {
    let styles = r#"
        <w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>
        <w:style w:type="paragraph" w:styleId="S"><w:basedOn w:val="S"/></w:style>
        <w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>"#;
    let numbering = list(&level(0, "decimal", "%1", NOTHING))
        + r#"<w:abstractNum w:abstractNumId="8"><w:numStyleLink w:val="L"/></w:abstractNum><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>"#;
    let styled = |style: &str| format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{style}</w:t></w:r></w:p>");
    let docx = Docx::with_body(&[styled("A"), styled("S"), item(2, 0, "圈")].concat()).numbering(&numbering).styles(styles);
    assert_eq!(lines(&docx), ["1A", "S", "圈"]);
}

#[test]
fn absurd_numbers_stay_harmless() {
    let level = |format: &str, start: &str| {
        format!(
            "<w:lvl w:ilvl=\"0\"><w:start w:val=\"{start}\"/><w:numFmt w:val=\"{format}\"/><w:suff w:val=\"nothing\"/><w:lvlText w:val=\"%1%9%0%\"/></w:lvl>"
        )
    };
    let read = |format, start| numbered(&[item(1, 0, "x"), item(1, 0, "y")], &list(&level(format, start)));
    assert_eq!(read("lowerLetter", "2147483647"), ["2147483647%0%x", "2147483648%0%y"]);
    assert_eq!(read("upperRoman", "-2147483648"), ["-2147483648%0%x", "-2147483647%0%y"]);
    assert_eq!(read("chineseCountingThousand", "99999999999999999999"), ["〇%0%x", "一%0%y"]);
    assert_eq!(numbered(&[item(1, 9, "x"), item(4_294_967_295, 4_000_000_000, "y")], &list(&level("decimal", "1"))), ["x", "y"]);
}
