//! What a reader sees of a docx: tracked changes, tables, boxes, fields and hidden text.

use crate::outcomes::reason;
use crate::reader::{Format, Limits, Reason, read};
use crate::support::{Docx, NAMESPACES, item, level, list, p, relationships};

fn text_of(docx: &Docx) -> String {
    let reading = read(&docx.build(), &Limits::default()).expect("the file is readable");
    assert_eq!(reading.format, Format::Docx);
    reading.text
}

fn body(xml: &str) -> String {
    text_of(&Docx::with_body(xml))
}

#[test]
fn paragraphs_are_lines_and_breaks_part_them() {
    let xml =
        format!("{}{}", p("甲"), "<w:p><w:r><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:cr/><w:t>丁</w:t><w:tab/><w:t>戊</w:t></w:r></w:p><w:p/>");
    assert_eq!(body(&(xml + &p("己"))), "甲\n乙\n丙\n丁\t戊\n\n己");
}

#[test]
fn special_characters_are_read_as_they_look() {
    let run = r#"<w:p><w:r><w:t>GB</w:t><w:noBreakHyphen/><w:t>1软</w:t><w:softHyphen/><w:t>件</w:t><w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:font="Symbol" w:char="F0B3"/><w:sym w:font="某字体" w:char="F123"/></w:r></w:p>"#;
    assert_eq!(body(run), "GB-1软件☑≥\u{F123}");
    assert_eq!(body(&p("全角（）　，㈠〔2025〕<w:x/>&amp;&#x3007;").replace("<w:x/>", "")), "全角（）　，㈠〔2025〕&〇");
}

#[test]
fn blanks_at_the_ends_of_a_run_count_only_where_the_file_says_so() {
    assert_eq!(body("<w:p><w:r><w:t> 甲 </w:t></w:r><w:r><w:t xml:space=\"preserve\"> 乙\n丙 </w:t></w:r></w:p>"), "甲 乙 丙 ");
}

#[test]
fn tracked_changes_count_as_accepted() {
    let xml = r#"<w:p><w:r><w:t>保留</w:t></w:r><w:ins w:id="1"><w:r><w:t>插入</w:t></w:r><w:del><w:r><w:delText>又删</w:delText></w:r></w:del></w:ins><w:del w:id="2"><w:r><w:delText>删除</w:delText><w:t>删除</w:t></w:r></w:del><w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>移来</w:t></w:r></w:moveTo><w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>原样</w:t></w:r></w:p>"#;
    assert_eq!(body(xml), "保留插入移来原样");
}

#[test]
fn a_deleted_paragraph_mark_joins_two_paragraphs() {
    let gone = |text: &str, mark: &str| format!("<w:p><w:pPr><w:rPr><w:{mark}/></w:rPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>");
    assert_eq!(body(&(gone("甲", "del") + &p("乙") + &p("丙"))), "甲乙\n丙");
    assert_eq!(body(&(gone("甲", "moveFrom") + &gone("乙", "del") + &p("丙"))), "甲乙丙");
    assert_eq!(body(&(p("甲") + &gone("乙", "del"))), "甲\n乙");
    let whole = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:del><w:r><w:delText>删</w:delText></w:r></w:del></w:p>";
    assert_eq!(body(&(p("甲") + whole + &p("乙") + whole)), "甲\n乙");
    assert_eq!(body(&(gone("甲", "ins") + &p("乙"))), "甲\n乙");
}

#[test]
fn a_deleted_numbered_paragraph_takes_no_number() {
    let gone = r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr><w:del><w:r><w:delText>删</w:delText></w:r></w:del></w:p>"#;
    let docx = Docx::with_body(&(item(1, 0, "甲") + gone + &item(1, 0, "乙"))).numbering(&list(&level(
        0,
        "chineseCountingThousand",
        "第%1条",
        "<w:suff w:val=\"space\"/>",
    )));
    assert_eq!(text_of(&docx), "第一条 甲\n第二条 乙");
}

#[test]
fn a_change_of_numbering_that_is_only_remembered_does_not_number() {
    let changed = r#"<w:p><w:pPr><w:pPrChange><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:pPrChange></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>"#;
    assert_eq!(text_of(&Docx::with_body(changed).numbering(&list(&level(0, "decimal", "%1.", "")))), "甲");
}

fn cell(properties: &str, content: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>")
}

#[test]
fn tables_are_read_cell_by_cell_and_merged_cells_once() {
    let rows = format!(
        "<w:tbl><w:tblPr/><w:tblGrid/><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>",
        cell("<w:gridSpan w:val=\"2\"/><w:vMerge w:val=\"restart\"/>", &p("项目")),
        cell("", &p("标准")),
        cell("<w:gridSpan w:val=\"2\"/><w:vMerge/>", &p("看不见")),
        cell("", &format!("<w:tbl><w:tr>{}</w:tr></w:tbl><w:p/>", cell("", &p("内表")))),
        cell("<w:vMerge/>", &p("无上格")),
        cell("<w:vMerge w:val=\"restart\"/>", &p("末"))
    );
    // The covered cell of the second row is not seen; the third row goes on over it.
    assert_eq!(body(&rows), "项目\n标准\n内表\n\n末");
}

#[test]
fn a_wide_cell_ends_the_merged_cells_above_all_its_columns() {
    let begins = "<w:vMerge w:val=\"restart\"/>";
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let rows = row(&[cell(begins, &p("甲")), cell(begins, &p("乙"))])
        + &row(&[cell("<w:gridSpan w:val=\"2\"/>", &p("宽"))])
        + &row(&[cell("", &p("丙")), cell("<w:vMerge/>", &p("丁"))]);
    assert_eq!(body(&format!("<w:tbl>{rows}</w:tbl>")), "甲\n乙\n宽\n丙\n丁");
}

#[test]
fn deleted_and_hidden_rows_and_cells_are_left_out() {
    let row = |properties: &str, text: &str| format!("<w:tr><w:trPr>{properties}</w:trPr>{}</w:tr>", cell("", &p(text)));
    let rows = row("<w:del/>", "删行") + &row("<w:ins/>", "增行") + &row("<w:hidden/>", "藏行") + &row("<w:hidden w:val=\"0\"/>", "留行");
    let cells = format!("<w:tr>{}{}</w:tr>", cell("<w:cellDel/>", &p("删格")), cell("<w:cellIns/>", &p("增格")));
    assert_eq!(body(&format!("<w:tbl>{rows}{cells}</w:tbl>")), "增行\n留行\n增格");
}

#[test]
fn a_text_box_is_read_once_and_beside_its_paragraph() {
    let boxed = format!(
        r#"<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>{0}{0}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{0}{0}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"#,
        p("框")
    );
    assert_eq!(body(&format!("<w:p>{boxed}<w:r><w:t>正文</w:t></w:r></w:p>")), "框\n框\n正文");
    assert_eq!(body(&format!("<w:p><w:r><w:t>正</w:t></w:r>{boxed}<w:r><w:t>文</w:t></w:r></w:p>")), "正文\n框\n框");
    let hidden = boxed.replacen("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>", 1);
    assert_eq!(body(&format!("<w:p>{hidden}<w:r><w:t>正文</w:t></w:r></w:p>")), "正文");
}

#[test]
fn the_fallback_is_read_where_no_choice_is_understood() {
    let xml = r#"<w:p><w:r><mc:AlternateContent><mc:Choice Requires="x"><w:t>新</w:t></mc:Choice><mc:Choice Requires="nowhere"><w:t>无</w:t></mc:Choice><mc:Fallback><w:t>旧</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>"#;
    assert_eq!(body(xml), "旧");
}

#[test]
fn symbols_and_breaks_in_an_alternative_are_read() {
    let symex = "xmlns:w16se=\"http://schemas.microsoft.com/office/word/2015/wordml/symex\"";
    let symbol = "<w16se:symEx w16se:font=\"Segoe UI Emoji\" w16se:char=\"2611\"/>";
    let choice = format!("<mc:Choice Requires=\"w16se\">{symbol}</mc:Choice>");
    let run = |inside: &str| format!("<w:p {symex}><w:r>{inside}<w:t>同意</w:t></w:r></w:p>");
    let alternative = |choices: &str| run(&format!("<mc:AlternateContent>{choices}</mc:AlternateContent>"));
    assert_eq!(body(&alternative(&format!("{choice}<mc:Fallback><w:t>☑</w:t></mc:Fallback>"))), "☑同意");
    assert_eq!(body(&run(symbol)), "☑同意");
    let others = "<w:sym w:font=\"Wingdings\" w:char=\"F081\"/><w:tab/><w:t>甲</w:t><w:br/>";
    assert_eq!(body(&alternative(&format!("{choice}<mc:Fallback>{others}</mc:Fallback>"))), "①\t甲\n同意");
    assert_eq!(body(&alternative(&format!("<mc:Choice Requires=\"wps\">{others}</mc:Choice>"))), "①\t甲\n同意");
    let hidden = run(others).replace("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>");
    assert_eq!(body(&(hidden + &p("乙"))), "\n乙");
}

#[test]
fn words_along_a_path_are_read() {
    assert_eq!(
        body(r#"<w:p><w:r><w:pict><v:shape><v:textpath on="t" string="某某县人民政府文件"/></v:shape></w:pict></w:r></w:p>"#),
        "某某县人民政府文件\n"
    );
}

#[test]
fn hidden_text_is_left_out() {
    let run = |properties: &str, text: &str| format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>");
    let styles = r#"<w:style w:type="character" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style><w:style w:type="character" w:styleId="I"><w:basedOn w:val="H"/></w:style><w:style w:type="paragraph" w:styleId="P"><w:rPr><w:vanish/></w:rPr></w:style>"#;
    let xml = format!(
        "<w:p>{}{}{}{}{}</w:p><w:p><w:pPr><w:pStyle w:val=\"P\"/></w:pPr>{}{}{}</w:p>{}",
        run("<w:vanish/>", "藏"),
        run("<w:vanish w:val=\"0\"/>", "甲"),
        run("<w:rStyle w:val=\"H\"/>", "藏"),
        run("<w:rStyle w:val=\"I\"/>", "藏"),
        run("<w:rStyle w:val=\"I\"/><w:vanish w:val=\"false\"/>", "乙"),
        run("", "藏"),
        run("<w:rStyle w:val=\"H\"/>", "丙"),
        "<w:r><w:t>藏</w:t></w:r>",
        p("丁")
    );
    // The mark of the second paragraph is hidden too, so the third goes on in its line.
    assert_eq!(text_of(&Docx::with_body(&xml).styles(styles)), "甲乙\n丙丁");
}

#[test]
fn styles_that_run_in_a_circle_are_read_the_same_each_time() {
    let styles = "<w:style w:type=\"paragraph\" w:styleId=\"A\"><w:basedOn w:val=\"B\"/></w:style><w:style w:type=\"paragraph\" w:styleId=\"B\"><w:basedOn w:val=\"A\"/><w:rPr><w:vanish/></w:rPr></w:style>";
    let xml = "<w:p><w:pPr><w:pStyle w:val=\"A\"/></w:pPr><w:r><w:t>藏</w:t></w:r></w:p>".to_owned() + &p("甲");
    for _ in 0..32 {
        assert_eq!(text_of(&Docx::with_body(&xml).styles(styles)), "甲");
    }
}

#[test]
fn fields_show_their_results() {
    let mark = |kind: &str| format!("<w:r><w:fldChar w:fldCharType=\"{kind}\"/></w:r>");
    let code = |text: &str| format!("<w:r><w:instrText>{text}</w:instrText></w:r>");
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let (begin, separate, end) = (mark("begin"), mark("separate"), mark("end"));
    let nested = format!("{begin}{}{begin}{}{separate}{}{end}{separate}{}{end}", code("IF"), code("REF"), run("码"), run("果"));
    assert_eq!(body(&format!("<w:p>{}{nested}{}</w:p>", run("前"), run("后"))), "前果后");
    let simple = "<w:fldSimple w:instr=\"PAGE\"><w:r><w:t>3</w:t></w:r></w:fldSimple>";
    assert_eq!(body(&format!("<w:p>{simple}{}</w:p>", run("页"))), "3页");
    // Equations have no result, or an empty one; their codes draw something.
    let circle = |circle: &str| format!("{begin}{}{}{}{end}", code(" eq \\o\\ac("), code(circle), code(",3)"));
    assert_eq!(body(&format!("<w:p>{}{}{}</w:p>", run("前"), circle("○"), run("后"))), "前③后");
    let empty = format!("{begin}{}{separate}{end}", code("EQ \\s\\up9(上),\\s\\do3(下)"));
    assert_eq!(body(&format!("<w:p>{empty}</w:p>")), "上下");
    let with_result = format!("{begin}{}{separate}{}{end}", code("EQ \\o(甲)"), run("乙"));
    assert_eq!(body(&format!("<w:p>{with_result}</w:p>")), "乙");
    let inside = format!("{begin}{}{begin}{}{separate}{}{end}{}{end}", code("EQ \\f("), code("REF"), run("1"), code(",2)"));
    assert_eq!(body(&format!("<w:p>{inside}</w:p>")), "1/2");
    let hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:instrText>(藏)</w:instrText></w:r>";
    assert_eq!(body(&format!("<w:p>{begin}{}{hidden}{}{end}</w:p>", code("EQ \\o(甲"), code(")"))), "甲");
    assert_eq!(body("<w:p><w:fldSimple w:instr=\"EQ \\o\\ac(○,5)\"/></w:p>"), "⑤");
    assert_eq!(body(&format!("<w:p>{begin}{}{end}</w:p>", code("MACROBUTTON AcceptAllChangesInDoc [填写 单位]"))), "[填写 单位]");
    for name in [" AUTONUM \\* Arabic", "autonumlgl", "LISTNUM"] {
        let numbered = Docx::with_body(&format!("<w:p>{begin}{}{end}{}</w:p>", code(name), run("甲"))).build();
        assert_eq!(reason(&numbered), Reason::UncountedNumbers, "{name}");
    }
    assert_eq!(body(&format!("<w:p>{}{begin}{}</w:p>", circle("○"), code("TOC"))), "③");
    // A field without an end must not swallow the document.
    assert_eq!(body(&format!("<w:p>{begin}{}{}</w:p>{}", code("TOC"), run("甲"), p("乙"))), "甲\n乙");
    assert_eq!(body(&format!("<w:p>{end}{separate}{}</w:p>", run("甲"))), "甲");
}

#[test]
fn fields_of_forms_show_what_was_chosen() {
    let field = |data: &str, code: &str| {
        format!(
            "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"><w:ffData><w:name w:val=\"x\"/>{data}</w:ffData></w:fldChar></w:r><w:r><w:instrText> {code} </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>"
        )
    };
    let check = |inside: &str| body(&(field(&format!("<w:checkBox><w:sizeAuto/>{inside}</w:checkBox>"), "FORMCHECKBOX") + &p("甲")));
    for (inside, text) in [
        ("<w:default w:val=\"0\"/><w:checked/>", "☑\n甲"),
        ("<w:default w:val=\"1\"/><w:checked w:val=\"0\"/>", "☐\n甲"),
        ("<w:default w:val=\"1\"/>", "☑\n甲"),
        ("", "☐\n甲"),
    ] {
        assert_eq!(check(inside), text, "{inside}");
    }
    let entries = "<w:listEntry w:val=\"同意\"/><w:listEntry w:val=\"不同意\"/>";
    let choice = |inside: &str| field(&format!("<w:ddList>{inside}{entries}</w:ddList>"), "FORMDROPDOWN");
    assert_eq!(body(&choice("<w:result w:val=\"1\"/><w:default w:val=\"0\"/>")), "不同意");
    assert_eq!(body(&(choice("<w:default w:val=\"1\"/>") + &choice(""))), "不同意\n同意");
    assert_eq!(
        body(
            &field("<w:textInput/>", "FORMTEXT")
                .replace("<w:r><w:fldChar w:fldCharType=\"end\"/>", "<w:r><w:t>填写</w:t><w:fldChar w:fldCharType=\"end\"/>")
        ),
        "填写"
    );
    for unread in [field("", "FORMCHECKBOX"), choice("<w:result w:val=\"7\"/>"), choice("<w:result w:val=\"-1\"/>")] {
        assert_eq!(reason(&Docx::with_body(&unread).build()), Reason::UnreadForm, "{unread}");
    }
    for code in ["EMBED Equation.3", "LINK Excel.Sheet.8"] {
        assert_eq!(reason(&Docx::with_body(&(field("", code) + &p("甲"))).build()), Reason::EmbeddedDocument, "{code}");
    }
}

#[test]
fn links_and_content_controls_keep_their_words_and_notes_are_left_out() {
    let xml = r#"<w:sdt><w:sdtPr><w:alias w:val="x"/></w:sdtPr><w:sdtContent><w:p><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink><w:smartTag><w:r><w:t>标记</w:t></w:r></w:smartTag><w:r><w:footnoteReference w:id="2"/><w:commentReference w:id="1"/></w:r></w:p></w:sdtContent></w:sdt><w:sectPr><w:headerReference/></w:sectPr>"#;
    let docx = Docx::with_body(xml).part("word/footnotes.xml", "<w:footnotes/>").part("word/header1.xml", "x");
    assert_eq!(text_of(&docx), "链接标记");
}

#[test]
fn ruby_gives_its_base_and_formulas_their_signs() {
    assert_eq!(
        body(
            "<w:p><w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>pin</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>拼</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"
        ),
        "拼"
    );
    assert_eq!(body("<w:p><m:oMath><m:r><m:t>a=b</m:t></m:r></m:oMath></w:p>"), "a=b");
}

fn signs(text: &str) -> String {
    format!("<m:r><m:rPr><m:sty m:val=\"p\"/></m:rPr><m:t>{text}</m:t></m:r>")
}

/// A structure of a formula with these operands.
fn structure(name: &str, properties: &str, operands: &[(&str, &str)]) -> String {
    let operands: String = operands
        .iter()
        .map(|(name, text)| format!("<m:{name}>{}</m:{name}>", if text.starts_with('<') { (*text).to_owned() } else { signs(text) }))
        .collect();
    format!("<m:{name}><m:{name}Pr>{properties}<m:ctrlPr><w:rPr/></m:ctrlPr></m:{name}Pr>{operands}</m:{name}>")
}

fn formula(inside: &str) -> String {
    format!("<w:p><m:oMathPara><m:oMath>{inside}</m:oMath></m:oMathPara></w:p>")
}

#[test]
fn formulas_keep_what_their_structures_draw() {
    let half = structure("f", "", &[("num", "1"), ("den", "2")]);
    let in_brackets = structure("d", "", &[("e", "a+b")]);
    let all: [(String, &str); 27] = [
        (in_brackets.clone(), "(a+b)"),
        (structure("d", "<m:begChr m:val=\"[\"/><m:sepChr m:val=\",\"/><m:endChr m:val=\"\"/>", &[("e", "a"), ("e", "b")]), "[a,b"),
        (structure("d", "", &[("e", "a"), ("e", "b")]), "(a|b)"),
        (structure("f", "", &[("num", "a+b"), ("den", "2")]), "(a+b)/2"),
        (structure("f", "<m:type m:val=\"skw\"/>", &[("num", "a"), ("den", &half)]), "a/(1/2)"),
        (structure("f", "<m:type m:val=\"noBar\"/>", &[("num", "n"), ("den", "k")]), "n k"),
        (structure("rad", "<m:degHide m:val=\"1\"/>", &[("deg", ""), ("e", "x+1")]), "√(x+1)"),
        (structure("rad", "", &[("deg", "3"), ("e", "x")]), "3√x"),
        (structure("nary", "<m:chr m:val=\"∑\"/>", &[("sub", "i=1"), ("sup", "n"), ("e", "x")]), "∑_(i=1)^n x"),
        (structure("nary", "<m:supHide m:val=\"on\"/>", &[("sub", "a"), ("sup", ""), ("e", "x")]), "∫_a x"),
        (structure("sSup", "", &[("e", "10"), ("sup", "5")]), "10^5"),
        (structure("sSup", "", &[("e", &in_brackets), ("sup", "2")]), "(a+b)^2"),
        (structure("sSub", "", &[("e", "x"), ("sub", "i+1")]), "x_(i+1)"),
        (structure("sSubSup", "", &[("e", "x"), ("sub", "i"), ("sup", "2")]), "x_i^2"),
        (structure("sPre", "", &[("sub", "1"), ("sup", "2"), ("e", "x")]), "(_1^2)x"),
        (structure("func", "", &[("fName", &structure("limLow", "", &[("e", "lim"), ("lim", "n→∞")])), ("e", "x")]), "lim_(n→∞) x"),
        (structure("limUpp", "", &[("e", "x"), ("lim", "y")]), "x^y"),
        (structure("acc", "", &[("e", "x")]), "x\u{302}"),
        (structure("acc", "<m:chr m:val=\"\u{303}\"/>", &[("e", "x")]), "x\u{303}"),
        (structure("bar", "<m:pos m:val=\"top\"/>", &[("e", "x")]), "x\u{305}"),
        (structure("groupChr", "", &[("e", "a+b")]), "⏟(a+b)"),
        (format!("<m:m><m:mr><m:e>{0}</m:e><m:e>{0}</m:e></m:mr><m:mr><m:e>{0}</m:e><m:e>{0}</m:e></m:mr></m:m>", signs("1")), "1 1; 1 1"),
        (
            structure("d", "<m:begChr m:val=\"{\"/><m:endChr m:val=\"\"/>", &[("e", &structure("eqArr", "", &[("e", "a"), ("e", "b")]))]),
            "{a; b",
        ),
        (structure("borderBox", "", &[("e", "x")]) + &signs("=1"), "x=1"),
        (structure("phant", "", &[("e", "x")]) + &structure("phant", "<m:show m:val=\"0\"/>", &[("e", "y")]), "x"),
        (half.clone() + &structure("f", "", &[("num", ""), ("den", "")]).replace("<w:rPr/>", "<w:del><w:rPr/></w:del>"), "1/2"),
        (half.replace("<m:r>", "<m:r><w:rPr><w:vanish/></w:rPr>").replace("<w:rPr/>", "<w:rPr><w:vanish/></w:rPr>") + &signs("x"), "x"),
    ];
    for (xml, text) in all {
        assert_eq!(body(&formula(&xml)), text, "{xml}");
    }
    assert_eq!(body(&formula(&half).replace("<m:t>1</m:t>", "<m:t>1</m:t><w:sym w:font=\"Symbol\" w:char=\"F0B3\"/>")), "(1≥)/2");
}

#[test]
fn a_formula_that_is_not_known_is_refused() {
    let unknown = [
        "<m:newest><m:e><m:r><m:t>x</m:t></m:r></m:e></m:newest>".to_owned(),
        format!("<m:num>{}</m:num>", signs("1")),
        format!("<m:f>{}</m:f>", signs("1")),
        structure("f", "", &[("num", &p("甲")), ("den", "2")]),
    ];
    for xml in unknown {
        assert_eq!(reason(&Docx::with_body(&formula(&xml)).build()), Reason::UnknownFormula, "{xml}");
    }
    let long = structure("f", "", &[("num", &"长".repeat(40_000)), ("den", "2")]);
    assert_eq!(reason(&Docx::with_body(&formula(&long)).build()), Reason::TooLong);
}

#[test]
fn tab_stops_are_no_tabs() {
    assert_eq!(body("<w:p><w:pPr><w:tabs><w:tab w:val=\"left\" w:pos=\"1\"/></w:tabs></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>"), "甲");
}

#[test]
fn strict_files_and_other_prefixes_are_read() {
    let strict = "http://purl.oclc.org/ooxml/wordprocessingml/main";
    let main = format!("<document xmlns=\"{strict}\"><body><p><r><t>严格</t></r></p></body></document>");
    let rels = relationships(&[("officeDocument", "/word/document.xml")])
        .replace("http://schemas.openxmlformats.org/officeDocument/2006", "http://purl.oclc.org/ooxml/officeDocument");
    assert_eq!(text_of(&Docx::with_main(&main).part("_rels/.rels", &rels)), "严格");
}

#[test]
fn elements_of_the_same_name_in_other_namespaces_are_no_text() {
    assert_eq!(body("<w:p><w:r><x:t>外</x:t><w:t>内</w:t></w:r></w:p>"), "内");
    let redefined = format!(
        "<w:document {NAMESPACES}><w:body>{}<w:p xmlns:w=\"urn:x\"><w:r><w:t>外</w:t></w:r></w:p>{}</w:body></w:document>",
        p("甲"),
        p("乙")
    );
    assert_eq!(text_of(&Docx::with_main(&redefined)), "甲\n乙");
}

#[test]
fn odd_packages_of_other_programs_are_read() {
    let main = format!("<w:document {NAMESPACES}><w:body>{}</w:body></w:document>", item(1, 0, "甲"));
    let numbers = format!("<w:numbering {NAMESPACES}>{}</w:numbering>", list(&level(0, "decimal", "%1.", "")));
    let odd = Docx::empty()
        .part("_rels/.rels", &relationships(&[("officeDocument", "\\Doc\\Main.xml")]))
        .part("doc/_rels/main.xml.rels", &relationships(&[("numbering", "../other/n%20x.xml")]))
        .part("other/N x.xml", &numbers)
        .part("doc/main.xml", &main);
    assert_eq!(text_of(&odd), "1.\t甲");
    assert_eq!(text_of(&Docx::with_body(&p("甲")).without("[Content_Types].xml").without("_rels/.rels")), "甲");
}

#[test]
fn parts_in_utf_16_are_read() {
    let main = format!("<w:document {NAMESPACES}><w:body>{}</w:body></w:document>", p("双字节"));
    let bytes: Vec<u8> = [0xFEFF].into_iter().chain(main.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(text_of(&Docx::with_body("").bytes_part("word/document.xml", &bytes)), "双字节");
}
