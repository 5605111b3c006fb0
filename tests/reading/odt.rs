//! What a reader sees of an OpenDocument text, and the files that are refused.

use crate::outcomes::{self, text_as};
use crate::reader::{Format, Kind, Limits, ReadError, Reason, read};
use crate::support::{Docx, ODF, changes, mutate, odt};
use proptest::prelude::*;

fn text_of(package: &Docx) -> String {
    text_as(&package.build(), Format::Odt, "application/vnd.oasis.opendocument.text")
}

fn body(xml: &str) -> String {
    text_of(&odt("", xml))
}

fn reason(package: &Docx) -> Reason {
    outcomes::reason(&package.build())
}

fn p(text: &str) -> String {
    format!("<text:p>{text}</text:p>")
}

fn item(inside: &str) -> String {
    format!("<text:list-item>{inside}</text:list-item>")
}

fn list(more: &str, items: &str) -> String {
    format!("<text:list text:style-name=\"L\"{more}>{items}</text:list>")
}

fn number(level: u32, format: &str, more: &str) -> String {
    format!(
        "<text:list-level-style-number text:level=\"{level}\" style:num-format=\"{format}\"{more}><style:list-level-properties><style:list-level-label-alignment text:label-followed-by=\"nothing\"/></style:list-level-properties></text:list-level-style-number>"
    )
}

fn articles() -> String {
    let levels = number(1, "一, 二, 三, ...", " style:num-prefix=\"第\" style:num-suffix=\"条\"")
        + &number(2, "一, 二, 三, ...", " loext:num-list-format=\"（%2%）\"")
        + &number(3, "1", " style:num-suffix=\"、\" text:display-levels=\"2\"");
    format!("<text:list-style style:name=\"L\">{levels}</text:list-style>")
}

#[test]
fn paragraphs_are_lines_and_blanks_are_those_of_the_format() {
    assert_eq!(
        body("<text:p>  甲\n  乙 <text:s text:c=\"2\"/>丙<text:tab/>丁<text:line-break/>戊 </text:p><text:p/><text:h>己</text:h>"),
        "甲 乙   丙\t丁\n戊\n\n己"
    );
}

#[test]
fn automatic_numbers_are_read() {
    let lists = list("", &(item(&p("甲")) + &item(&(p("乙") + &p("无号") + &list("", &(item(&p("子")) + &item(&p("丑"))))))))
        + &p("之间")
        + &list(" text:continue-numbering=\"true\"", &item(&list("", &item(&p("寅")))))
        + &list(" text:continue-numbering=\"true\"", &(item(&p("丙")) + &item(&list("", &item(&list("", &item(&p("卯"))))))))
        + &list("", &item(&p("重新")));
    assert_eq!(
        text_of(&odt(&articles(), &lists)),
        "第一条甲\n第二条乙\n无号\n（一）子\n（二）丑\n之间\n（三）寅\n第三条丙\n一.1、卯\n第一条重新"
    );
}

#[test]
fn a_list_goes_on_with_the_one_that_it_names() {
    let lists = list(" xml:id=\"a\"", &item(&p("甲")))
        + &list(" xml:id=\"b\"", &item(&p("乙")))
        + &list(" text:continue-list=\"a\"", &item(&p("丙")))
        + &list("", &item(&p("丁")).replace("<text:list-item>", "<text:list-item text:start-value=\"7\">"))
        + "<text:list text:style-name=\"L\"><text:list-header><text:p>无号</text:p></text:list-header></text:list>"
        + "<text:numbered-paragraph text:list-id=\"n\" text:style-name=\"L\" text:level=\"2\"><text:p>戊</text:p></text:numbered-paragraph>"
        + "<text:numbered-paragraph text:list-id=\"n\" text:style-name=\"L\" text:level=\"2\"><text:p>己</text:p></text:numbered-paragraph>";
    assert_eq!(text_of(&odt(&articles(), &lists)), "第一条甲\n第一条乙\n第二条丙\n第七条丁\n无号\n（一）戊\n（二）己");
}

#[test]
fn headings_are_numbered_by_the_outline() {
    let outline = "<text:outline-style style:name=\"Outline\"><text:outline-level-style text:level=\"1\" style:num-format=\"一, 二, 三, ...\" style:num-prefix=\"第\" style:num-suffix=\"章\"><style:list-level-properties><style:list-level-label-alignment text:label-followed-by=\"space\"/></style:list-level-properties></text:outline-level-style></text:outline-style><style:style style:name=\"N\" style:family=\"paragraph\" style:list-style-name=\"\"/>";
    let styles = format!("<office:document-styles {ODF}><office:styles>{outline}</office:styles></office:document-styles>");
    let heading = |more: &str, text: &str| format!("<text:h text:outline-level=\"1\"{more}>{text}</text:h>");
    let body = heading("", "总则")
        + &heading(" text:style-name=\"N\"", "无号")
        + &heading("", "职责")
        + &heading(" text:is-list-header=\"true\"", "无号");
    assert_eq!(text_of(&odt("", &body).part("styles.xml", &styles)), "第一章 总则\n无号\n第二章 职责\n无号");
}

#[test]
fn a_number_kept_beside_the_one_that_is_counted_is_not_read() {
    let kept = "<text:number>第一条</text:number>";
    assert_eq!(text_of(&odt(&articles(), &list("", &item(&(kept.to_owned() + &p("甲")))))), "第一条甲");
    assert_eq!(text_of(&odt(&articles(), &list("", &item(&format!("<text:h>{kept}甲</text:h>"))))), "第一条甲");
}

#[test]
fn bullets_are_read_as_they_look() {
    let bullet = "<text:list-style style:name=\"L\"><text:list-level-style-bullet text:level=\"1\" text:bullet-char=\"\u{F0FE}\"><style:text-properties fo:font-family=\"Wingdings\"/></text:list-level-style-bullet></text:list-style>";
    assert_eq!(text_of(&odt(bullet, &list("", &item(&p("甲"))))), "☑\t甲");
}

#[test]
fn tracked_changes_count_as_accepted() {
    let xml = "<text:tracked-changes><text:changed-region text:id=\"c\"><text:deletion><office:change-info/><text:p>删去</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>保留<text:change text:change-id=\"c\"/><text:change-start text:change-id=\"d\"/>插入<text:change-end text:change-id=\"d\"/></text:p>";
    assert_eq!(body(xml), "保留插入");
}

#[test]
fn notes_comments_readings_and_descriptions_are_left_out() {
    let xml = "<text:p>甲<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>脚注</text:p></text:note-body></text:note><office:annotation><text:p>批注</text:p></office:annotation><text:ruby><text:ruby-base>乙</text:ruby-base><text:ruby-text>yi</text:ruby-text></text:ruby><draw:frame><svg:title>图</svg:title><draw:image><text:p>图中</text:p></draw:image></draw:frame></text:p>";
    assert_eq!(body(xml), "甲乙");
    let index = "<text:table-of-content><text:table-of-content-source><text:index-title-template>模板</text:index-title-template></text:table-of-content-source><text:index-body><text:p>第一章 总则</text:p></text:index-body></text:table-of-content>";
    assert_eq!(body(index), "第一章 总则");
}

#[test]
fn hidden_text_is_left_out() {
    let styles = "<style:style style:name=\"H\" style:family=\"text\"><style:text-properties text:display=\"none\"/></style:style><style:style style:name=\"I\" style:family=\"text\" style:parent-style-name=\"H\"/><style:style style:name=\"P\" style:family=\"paragraph\"><style:text-properties text:display=\"none\"/></style:style>";
    let xml = "<text:p>甲<text:span text:style-name=\"I\">藏<text:s/><text:span>藏</text:span></text:span>乙</text:p><text:p text:style-name=\"P\">藏</text:p><text:section text:display=\"none\"><text:p>藏</text:p></text:section><text:p>藏<text:hidden-paragraph text:is-hidden=\"true\"/></text:p><text:p>丙<text:hidden-text text:is-hidden=\"true\">藏</text:hidden-text><text:hidden-text text:is-hidden=\"false\">见</text:hidden-text></text:p>";
    assert_eq!(text_of(&odt(styles, xml)), "甲乙\n丙见");
}

#[test]
fn tables_are_read_cell_by_cell_and_merged_cells_once() {
    let cell = |inside: &str| format!("<table:table-cell>{inside}</table:table-cell>");
    let xml = format!(
        "<table:table><table:table-column/><table:table-header-rows><table:table-row>{}{}</table:table-row></table:table-header-rows><table:table-row><table:covered-table-cell><text:p>盖住</text:p></table:covered-table-cell>{}</table:table-row><table:table-row table:visibility=\"collapse\">{}</table:table-row></table:table>",
        cell(&p("项目")),
        cell(&p("标准")),
        cell(&format!("<table:table><table:table-row>{}</table:table-row></table:table>", cell(&p("内表")))),
        cell(&p("藏"))
    );
    assert_eq!(body(&xml), "项目\n标准\n内表");
}

#[test]
fn a_text_box_is_read_beside_its_paragraph() {
    let boxed = "<draw:frame><draw:text-box><text:p>框</text:p></draw:text-box></draw:frame>";
    assert_eq!(body(&format!("<text:p>正{boxed}文</text:p><text:p>{boxed}后</text:p>{boxed}")), "正文\n框\n框\n后\n框");
    let shape = "<draw:g><draw:custom-shape><text:p>形</text:p></draw:custom-shape></draw:g>";
    // A list in a box counts by itself, and the one around it goes on.
    let nested = list("", &(item(&format!("<text:p>甲{shape}</text:p>")) + &item(&p("乙"))));
    assert_eq!(text_of(&odt(&articles(), &nested)), "第一条甲\n形\n第二条乙");
}

#[test]
fn fields_of_forms_show_what_was_chosen() {
    let field = |kind: &str, parameters: &str| {
        format!("<field:fieldmark field:type=\"vnd.oasis.opendocument.field.{kind}\">{parameters}</field:fieldmark>")
    };
    let parameter = |name: &str, value: &str| format!("<field:param field:name=\"{name}\" field:value=\"{value}\"/>");
    let choice = |chosen: &str| {
        let entries = parameter("Dropdown_ListEntry", "同意") + &parameter("Dropdown_ListEntry", "不同意");
        field("FORMDROPDOWN", &(entries + &parameter("Dropdown_Selected", chosen)))
    };
    let boxes = field("FORMCHECKBOX", &parameter("Checkbox_Checked", "true")) + &field("FORMCHECKBOX", "");
    assert_eq!(body(&p(&format!("{boxes}{}", choice("1")))), "☑☐不同意");
    assert_eq!(reason(&odt("", &p(&choice("2")))), Reason::UnreadForm);
    let text = "<field:fieldmark-start field:type=\"vnd.oasis.opendocument.field.FORMTEXT\"><field:param field:name=\"x\"/></field:fieldmark-start>填写<field:fieldmark-end/>";
    assert_eq!(body(&p(text)), "填写");
}

#[test]
fn embedded_objects_are_refused() {
    for element in ["object", "object-ole", "floating-frame"] {
        let frame = format!("<draw:frame><draw:{element}/><draw:image/></draw:frame>");
        assert_eq!(reason(&odt("", &p(&format!("甲{frame}")))), Reason::EmbeddedDocument, "{element}");
        let hidden = "<style:style style:name=\"H\" style:family=\"text\"><style:text-properties text:display=\"none\"/></style:style>";
        assert_eq!(text_of(&odt(hidden, &p(&format!("甲<text:span text:style-name=\"H\">{frame}</text:span>")))), "甲", "{element}");
    }
}

#[test]
fn encrypted_packages_say_so() {
    let manifest =
        format!("<manifest:manifest {ODF}><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>");
    assert_eq!(
        reason(&odt("", &p("甲")).bytes_part("content.xml", b"\xff\xff").part("META-INF/manifest.xml", &manifest)),
        Reason::Encrypted
    );
    assert_eq!(reason(&odt("", "").without("content.xml").part("encrypted-package", "x")), Reason::Encrypted);
}

#[test]
fn what_is_no_text_document_is_refused() {
    assert_eq!(reason(&odt("", "").without("content.xml")), Reason::NoDocumentPart);
    assert_eq!(reason(&odt("", "").part("content.xml", "<a/>")), Reason::NoDocumentPart);
    assert_eq!(reason(&odt("", "<text:p><draw:frame/></text:p>")), Reason::EmptyText);
    let sheet = odt("", "").part("mimetype", "application/vnd.oasis.opendocument.spreadsheet").build();
    assert_eq!(read(&sheet, &Limits::default()), Err(ReadError::Unsupported { found: Kind::OpenDocument }));
    let dtd = format!("<!DOCTYPE d [<!ENTITY a \"甲\">]><office:document-content {ODF}/>");
    assert_eq!(reason(&odt("", "").part("content.xml", &dtd)), Reason::DtdDeclared);
    assert_eq!(reason(&odt("", "<text:p>")), Reason::BrokenXml);
}

#[test]
fn hostile_numbers_and_nesting_have_an_end() {
    assert_eq!(reason(&odt("", "<text:p><text:s text:c=\"2147483647\"/></text:p>")), Reason::TooLong);
    for element in ["text:p", "text:list", "text:list-item", "text:span", "table:table", "draw:frame"] {
        let deep = format!("<{element}>").repeat(300_000) + &format!("</{element}>").repeat(300_000);
        assert_eq!(reason(&odt("", &deep)), Reason::TooDeep, "{element}");
    }
    let label = number(1, "一, 二, 三, ...", &format!(" style:num-prefix=\"{}\"", "长".repeat(256)));
    assert_eq!(reason(&odt(&format!("<text:list-style style:name=\"L\">{label}</text:list-style>"), &p("甲"))), Reason::LabelTooLong);
    let pattern = number(1, "1", &format!(" loext:num-list-format=\"{}\"", "%1%".repeat(11)));
    assert_eq!(reason(&odt(&format!("<text:list-style style:name=\"L\">{pattern}</text:list-style>"), &p("甲"))), Reason::LabelTooLong);
    let styles: String = (0..20_001).map(|n| format!("<style:style style:name=\"s{n}\" style:family=\"text\"/>")).collect();
    assert_eq!(reason(&odt(&styles, &p("甲"))), Reason::TooManyNodes);
    let circle = "<style:style style:name=\"a\" style:family=\"paragraph\" style:parent-style-name=\"b\"/><style:style style:name=\"b\" style:family=\"paragraph\" style:parent-style-name=\"a\"/>";
    assert_eq!(text_of(&odt(circle, "<text:p text:style-name=\"a\">甲</text:p>")), "甲");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_parts_never_panic(styles_changes in changes(), body_changes in changes()) {
        let (mut styles, mut body) = (articles().into_bytes(), list("", &(item(&p("甲")) + &item(&list("", &item(&p("乙<text:s text:c=\"3\"/>")))))).into_bytes());
        mutate(&mut styles, &styles_changes);
        mutate(&mut body, &body_changes);
        let _ = read(&odt(&String::from_utf8_lossy(&styles), &String::from_utf8_lossy(&body)).build(), &Limits::default());
    }
}
