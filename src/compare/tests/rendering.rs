//! The page and the Word file, read back.

#![expect(clippy::wildcard_enum_match_arm, reason = "only a few of the many kinds of XML events matter here")]

use std::io::{Cursor, Read};
use std::process::Command;

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::diff::{Op, compare};
use super::super::html::Language;
use super::super::{docx, html};
use super::{any_text, corpus};

const HOSTILE: &str = "<script>alert(1)</script>\n第一条　\"><img src=x onerror=alert(1)> & '甲' ]]> \u{202e}乙\u{200b}丙\u{0}\u{1b}。\n";

fn part(file: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).expect("a zip file");
    let mut text = String::new();
    archive.by_name(name).expect("the part is in the file").read_to_string(&mut text).expect("the part is UTF-8");
    text
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let value = element.try_get_attribute(name).ok()??;
    Some(value.value.into_owned())
}

/// The text of a Word file after all changes were accepted (`Op::Insert`) or
/// rejected (`Op::Delete`), as Word does it: a paragraph whose mark goes is
/// joined with the next.
fn read_back(file: &[u8], keep: Op) -> String {
    let xml = part(file, "word/document.xml");
    let mut reader = Reader::from_str(&xml);
    let (mut text, mut ids) = (String::new(), Vec::new());
    let (mut change, mut mark_goes, mut in_mark, mut in_text) = (Op::Equal, false, false, false);
    loop {
        let event = reader.read_event().expect("well-formed XML");
        if let Event::Start(element) | Event::Empty(element) = &event
            && matches!(element.name().as_ref(), "w:ins" | "w:del")
        {
            assert_eq!(attribute(element, "w:author").as_deref(), Some("lawgate"));
            ids.push(attribute(element, "w:id").expect("every change has a number"));
            let op = if element.name().as_ref() == "w:ins" { Op::Insert } else { Op::Delete };
            if in_mark {
                mark_goes = op != keep;
            } else {
                change = op;
            }
        }
        match event {
            Event::Start(element) => match element.name().as_ref() {
                "w:pPr" => in_mark = true,
                "w:t" => {
                    assert_ne!(change, Op::Delete, "deleted text is w:delText");
                    in_text = true;
                }
                "w:delText" => {
                    assert_eq!(change, Op::Delete);
                    in_text = true;
                }
                _ => {}
            },
            Event::Empty(element) if element.name().as_ref() == "w:tab" && (change == Op::Equal || change == keep) => {
                text.push('\t');
            }
            Event::End(element) => match element.name().as_ref() {
                "w:pPr" => in_mark = false,
                "w:ins" | "w:del" => change = Op::Equal,
                "w:t" | "w:delText" => in_text = false,
                "w:p" => {
                    if !mark_goes {
                        text.push('\n');
                    }
                    mark_goes = false;
                }
                _ => {}
            },
            Event::Text(content) if in_text && (change == Op::Equal || change == keep) => {
                text.push_str(&content);
            }
            Event::GeneralRef(entity) if in_text && (change == Op::Equal || change == keep) => {
                text.push_str(match &*entity {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "#39" => "'",
                    other => panic!("unexpected entity {other}"),
                });
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "the numbers of changes are unique");
    text
}

/// Lines without the blanks at the ends and without blank lines.
fn plain(text: &str) -> Vec<String> {
    text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'])
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

fn assert_reads_back(from: &str, to: &str) {
    let comparison = compare(from, to);
    let file = docx::render(&comparison).expect("rendered");
    let label = |line: String| line.replace(char::is_whitespace, "");
    let lines = |text: &str| plain(text).into_iter().map(label).collect::<Vec<_>>();
    assert_eq!(lines(&read_back(&file, Op::Insert)), lines(to), "all accepted");
    let rejected = lines(&read_back(&file, Op::Delete));
    assert_eq!(rejected, lines(from), "all rejected");
}

proptest! {
    #[test]
    fn accepting_gives_the_new_text_and_rejecting_the_old(from in any_text(), to in any_text()) {
        // Hidden characters are spelt out in the file.
        let clean = |text: &str| text.replace(['\u{feff}', '\u{202e}', '\u{0}'], "");
        assert_reads_back(&clean(&from), &clean(&to));
    }

    #[test]
    fn the_page_holds_no_markup_of_the_text(from in any::<String>(), to in any_text()) {
        let page = html::render(&compare(&from, &to), Language::Chinese);
        prop_assert!(!page.contains("<b>"));
        assert_well_formed(&page);
    }
}

/// The page is written so that an XML reader can follow it but for its first lines.
fn assert_well_formed(page: &str) {
    let (_, body) = page.split_once("<body>").expect("a body");
    let body = format!("<body>{}", body.replace("</html>", ""));
    let mut reader = Reader::from_str(&body);
    loop {
        match reader.read_event().expect("closed elements, escaped text") {
            Event::Eof => break,
            Event::Start(element) => {
                let name = element.name().as_ref().to_owned();
                let known = ["body", "main", "h1", "h2", "p", "nav", "ul", "li", "a", "section", "span", "ins", "del"];
                assert!(known.contains(&name.as_str()), "element {name} comes from the text");
            }
            _ => {}
        }
    }
}

#[test]
fn hostile_text_stays_text() {
    let comparison = compare(HOSTILE, &HOSTILE.replace('甲', "丁"));
    let page = html::render(&comparison, Language::Chinese);
    assert!(!page.contains("<script") && !page.contains("<img"));
    assert!(page.contains("&lt;script&gt;") && page.contains("[U+202E]") && page.contains("[U+200B]"));
    assert!(!page.contains(['\u{202e}', '\u{200b}', '\u{0}', '\u{1b}']));
    assert_well_formed(&page);
    let file = docx::render(&comparison).expect("rendered");
    let text = read_back(&file, Op::Insert);
    assert!(text.contains("'丁' ]]> [U+202E]乙[U+200B]丙[U+0000][U+001B]。"));
}

#[test]
fn the_page_says_in_words_what_it_shows() {
    let comparison = compare("某办法\n第一条　甲乙。\n第二条　丙丁。", "某办法\n第一条　甲戊。\n第三条　丙丁。");
    let chinese = html::render(&comparison, Language::Chinese);
    assert!(chinese.contains("<html lang=\"zh-CN\">") && chinese.contains("<title>修改对照：某办法</title>"));
    assert!(chinese.contains("<del><span class=\"spoken\" lang=\"zh-CN\">［删除］</span>乙"));
    assert!(chinese.contains("第二条 → 第三条"));
    let english = html::render(&comparison, Language::English);
    assert!(english.contains("<html lang=\"en\">") && english.contains("renumbered"));
    for outside in ["<script", "<link", "src=", "http", "@import", "url("] {
        assert!(!chinese.contains(outside), "the page stands alone: {outside}");
    }
}

#[test]
fn identical_texts_are_called_identical() {
    let page = html::render(&compare("第一条　甲。", "第一条　甲。"), Language::Chinese);
    assert!(page.contains("逐字相同") && !page.contains("<ins>") && !page.contains("<nav"));
    let spacing = html::render(&compare("第一条　甲。", "第一条　甲。\n\n"), Language::Chinese);
    assert!(spacing.contains("仅在空行") && !spacing.contains("逐字相同"));
}

#[test]
fn moved_articles_read_back() {
    let from = "某办法\n第一条　甲甲甲甲。\n第二条　乙乙乙乙。\n第三条　丙丙丙丙。\n第四条　丁丁丁丁。";
    assert_reads_back(from, "某办法\n第一条　丁丁丁丁。\n第二条　乙乙乙乙。\n第三条　甲甲甲甲。\n乙款。\n");
}

#[test]
fn the_same_comparison_gives_the_same_bytes() {
    let comparison = compare("第一条　甲。", "第一条　乙。");
    let first = docx::render(&comparison).expect("rendered");
    assert_eq!(first, docx::render(&comparison).expect("rendered"));
    for name in ["[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels", "word/styles.xml"] {
        let mut reader = Reader::from_str(Box::leak(part(&first, name).into_boxed_str()));
        while !matches!(reader.read_event().expect("well-formed XML"), Event::Eof) {}
    }
}

#[test]
fn real_texts_read_back() {
    for (_, text) in corpus().into_iter().step_by(7) {
        let edited = text.replace("应当", "必须").replace("。\n", "。\n　　新增一款。\n");
        assert_reads_back(&text, &edited);
    }
}

#[test]
fn libreoffice_opens_the_file() {
    let found = ["soffice", "libreoffice"]
        .into_iter()
        .find(|program| Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success()));
    let Some(program) = found else {
        println!("skipped: no LibreOffice on this machine");
        return;
    };
    let folder = std::env::temp_dir().join(format!("compare-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let file = folder.join("diff.docx");
    let comparison = compare("某办法\n第一条　甲乙。", "某办法\n第一条　甲丙。\n第二条　丁。");
    std::fs::write(&file, docx::render(&comparison).expect("rendered")).expect("written");
    let done = Command::new(program)
        .args(["--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir"])
        .arg(&folder)
        .arg(&file)
        .output()
        .expect("it ran a moment ago");
    let text = std::fs::read_to_string(folder.join("diff.txt"));
    std::fs::remove_dir_all(&folder).expect("the folder of the test");
    assert!(done.status.success());
    assert!(text.expect("converted").contains("第二条　丁。"));
}
