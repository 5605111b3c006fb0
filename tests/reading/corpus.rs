//! Reads the word-processor files of the shared corpus and compares them with their texts.
//!
//! The corpus is no part of the project: where it is absent the tests say that they skip.

use std::path::{Path, PathBuf};

use crate::reader::{Format, Limits, read};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Lines that a file shows beyond its text or instead of lines of its text: the red heading, a
/// title set on two lines where the text has it on one or only the text has it, and cells with
/// nothing but a number, which the text leaves out.
const DIFFERENCES: &[(&str, &[&str], &[&str])] = &[
    ("01-notice.docx", &["开江县人民政府通告"], &[]),
    ("02-chapters.docx", &["上海市奉贤区柘林镇人民政府文件"], &[]),
    ("03-auto-numbered.docx", &[], &[]),
    ("04-table.docx", &["上海市浦东新区人民政府南码头路街道办事处文件"], &[]),
    ("05-tracked-changes.docx", &[], &[]),
    ("06-footnotes.docx", &["国务院办公厅文件"], &[]),
    ("07-soft-breaks.docx", &["达州市达川区人民政府通告"], &[]),
    ("08-multilevel.docx", &["上海市闵行区吴泾镇人民政府文件"], &[]),
    ("09-split-runs.docx", &["深圳市人民政府办公厅文件"], &[]),
    ("10-auto-numbered-items.docx", &["国家市场监督管理总局文件"], &[]),
    ("02-chapters.odt", &["上海市奉贤区柘林镇人民政府文件"], &[]),
    ("03-auto-numbered.odt", &[], &[]),
    ("04-table.odt", &["上海市浦东新区人民政府南码头路街道办事处文件"], &[]),
    ("05-tracked-changes.odt", &[], &[]),
    ("01-notice.doc", &["开江县人民政府通告"], &[]),
    ("04-table.doc", &["上海市浦东新区人民政府南码头路街道办事处文件"], &[]),
    ("05-tracked-changes.doc", &[], &[]),
    ("06-footnotes.doc", &["国务院办公厅文件"], &[]),
    // The page of the collection that it was copied from.
    (
        "original/lw-5c144dff.doc",
        &["分类名称政府法制公布机关成都市人民政府效力状况失效", "公布日期2005-07-18施行日期2005-09-01失效日期2010-02-01", "全文"],
        &[],
    ),
    ("original/lw-7dcb3ba9.doc", &[], &[]),
    ("original/lw-87568065.doc", &[], &[]),
    ("original/lw-d744fb1e.doc", &[], &[]),
    ("original/lw-57d784dc.doc", &[], &[]),
    // The title stands in the decree alone.
    ("original/lw-9caf3638.doc", &[], &["湖南省规范性文件管理办法"]),
    ("original/lw-ecac5079.doc", &[], &[]),
    ("01-notice.pdf", &["开江县人民政府通告"], &[]),
    ("02-chapters.pdf", &["上海市奉贤区柘林镇人民政府文件"], &[]),
    ("03-auto-numbered.pdf", &[], &[]),
    ("04-table.pdf", &["上海市浦东新区人民政府南码头路街道办事处文件"], &[]),
    ("06-footnotes.pdf", &["国务院办公厅文件"], &[]),
    ("08-multilevel.pdf", &["上海市闵行区吴泾镇人民政府文件"], &[]),
    (
        "original/nd-f30f453a.docx",
        &["成都市城乡房产管理局关于印发", "《成都市中心城区公共租赁住房配租细则》的通知"],
        &["成都市城乡房产管理局关于印发《成都市中心城区公共租赁住房配租细则》的通知"],
    ),
    (
        "original/nd-4aa490e2.docx",
        &["成都市教育局关于做好", "2016年小学毕业生初中入学工作的通知"],
        &["成都市教育局关于做好2016年小学毕业生初中入学工作的通知"],
    ),
    (
        "original/nd-60f272aa.docx",
        &[
            "60", "139", "64", "109", "68", "75", "61", "132", "65", "101", "69", "65", "62", "125", "66", "93", "56", "63", "117", "67",
            "84",
        ],
        &["成都市人民政府关于印发《成都市城乡居民养老保险试行办法》的通知"],
    ),
    (
        "original/nd-a47b4f6c.docx",
        &["成都市建筑施工企业非本市户籍农民工", "参加社会保险试行办法实施细则", "12", "10", "9", "8", "7", "5", "4", "3", "2", "1"],
        &["成都市建筑施工企业非本市户籍农民工参加社会保险试行办法实施细则"],
    ),
];

/// This file was copied out of a typesetting program, whose marks for the ends of lines and paragraphs a word processor shows
/// as private characters. Its text has none.
const TYPESET: &str = "original/lw-ecac5079.doc";
const TYPESETTING_MARKS: [char; 2] = ['\u{E003}', '\u{E004}'];

/// The line of these files that stands elsewhere in their texts: the number is above the title on paper and below it in the
/// texts, and titles come behind the decree that announces them.
const ELSEWHERE: &[(&str, &str)] = &[
    ("01-notice.", "第3号"),
    ("02-chapters.", "奉柘府〔2023〕22号"),
    ("04-table.", "浦南规〔2025〕1号"),
    ("06-footnotes.", "国办发〔2018〕115号"),
    ("07-soft-breaks.", "〔2019〕第4号"),
    ("08-multilevel.", "闵吴府发〔2021〕3号"),
    ("09-split-runs.", "深府办〔2016〕10号"),
    ("10-auto-numbered-items.", "国市监法规〔2022〕2号"),
    ("original/lw-87568065.", "天津市行政规范性文件管理规定"),
    ("original/lw-57d784dc.", "重庆市行政机关规范性文件审查登记办法"),
    ("original/lw-ecac5079.", "云南省行政机关规范性文件制定和备案办法"),
];

/// The program that made this file gave its first article a list of its own, so that the second article is the first one again:
/// word processors show it so as well. Its text counts on.
const RESTARTED: &str = "03-auto-numbered.doc";

fn corpus() -> Option<PathBuf> {
    let shared = std::env::var_os("LAWGATE_SHARED").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let corpus = shared.join("corpus");
    if corpus.join("files/index.jsonl").is_file() {
        return Some(corpus);
    }
    println!("skipped: there is no corpus in {}", shared.display());
    None
}

fn index(corpus: &Path) -> Vec<serde_json::Value> {
    let index = std::fs::read_to_string(corpus.join("files/index.jsonl")).expect("the index was found above");
    index.lines().map(|line| serde_json::from_str(line).expect("the index is JSON lines")).collect()
}

fn field<'a>(row: &'a serde_json::Value, name: &str) -> &'a str {
    row.get(name).and_then(serde_json::Value::as_str).expect("every row of the index has it")
}

/// Whether the file is of a type whose text is read.
fn is_read(row: &serde_json::Value) -> bool {
    matches!(field(row, "format"), "docx" | "odt" | "pdf" | "doc")
}

fn bytes_of(corpus: &Path, row: &serde_json::Value) -> Vec<u8> {
    std::fs::read(corpus.join("files").join(field(row, "file"))).expect("listed in the index")
}

fn expected_of(corpus: &Path, row: &serde_json::Value, number: usize) -> String {
    let path = row.get("expect").and_then(|paths| paths.get(number)?.as_str()).expect("every row expects a text");
    let folder = if path.starts_with("expect/") { corpus.join("files") } else { corpus.to_owned() };
    std::fs::read_to_string(folder.join(path)).expect("listed in the index")
}

/// Lines without blanks, empty ones left out: the texts write blanks in another way.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.split_whitespace().collect::<String>()).filter(|line| !line.is_empty()).collect()
}

/// The lines that are read, but for the marks of the one file that shows some.
fn lines_read(file: &str, text: &str) -> Vec<String> {
    if file == TYPESET { lines(&text.replace(TYPESETTING_MARKS, "")) } else { lines(text) }
}

/// What is left of `lines` when each line of `others` has been taken out once.
fn beyond(lines: &[String], others: &[String]) -> Vec<String> {
    let mut others: Vec<&String> = others.iter().collect();
    let is_new = |line: &&String| match others.iter().position(|other| other == line) {
        Some(at) => {
            others.swap_remove(at);
            false
        }
        None => true,
    };
    lines.iter().filter(is_new).cloned().collect()
}

#[test]
fn every_file_is_read_as_its_text_but_for_the_known_differences() {
    let Some(corpus) = corpus() else { return };
    let rows = index(&corpus);
    for (file, more, less) in DIFFERENCES {
        let row = rows.iter().find(|row| field(row, "file") == *file).expect("listed in the index");
        let reading = read(&bytes_of(&corpus, row), &Limits::default()).expect("the file is readable");
        assert_eq!(reading.format.extension(), field(row, "format"), "{file}");
        let (read, expected) = (lines_read(file, &reading.text), lines(&expected_of(&corpus, row, 0)));
        assert_eq!(beyond(&read, &expected), *more, "{file}: lines beyond the text");
        assert_eq!(beyond(&expected, &read), *less, "{file}: lines of the text that are missing");
    }
}

#[test]
fn the_order_of_the_lines_is_that_of_the_text() {
    let Some(corpus) = corpus() else { return };
    for row in index(&corpus).iter().filter(|row| is_read(row)) {
        let file = field(row, "file");
        let reading = read(&bytes_of(&corpus, row), &Limits::default()).expect("the file is readable");
        let (read, expected) = (lines_read(file, &reading.text), lines(&expected_of(&corpus, row, 0)));
        let common =
            |lines: &[String], others: &[String]| -> Vec<String> { lines.iter().filter(|line| others.contains(line)).cloned().collect() };
        let (mut of_text, mut of_file) = (common(&read, &expected), common(&expected, &read));
        if let Some((_, moved)) = ELSEWHERE.iter().find(|(known, _)| file.starts_with(known)) {
            assert_ne!(of_text, of_file, "{file} needs no exception");
            of_text.retain(|line| line != moved);
            of_file.retain(|line| line != moved);
        }
        assert_eq!(of_text, of_file, "{file}");
    }
}

#[test]
fn rejected_changes_leave_no_trace() {
    let Some(corpus) = corpus() else { return };
    let rows = index(&corpus);
    for row in rows.iter().filter(|row| is_read(row) && field(row, "file").starts_with("05-tracked-changes")) {
        let reading = read(&bytes_of(&corpus, row), &Limits::default()).expect("the file is readable");
        assert_eq!(lines(&reading.text), lines(&expected_of(&corpus, row, 0)), "{}", field(row, "file"));
        assert_ne!(lines(&reading.text), lines(&expected_of(&corpus, row, 1)), "{}", field(row, "file"));
    }
}

#[test]
fn every_file_of_the_corpus_is_held() {
    let Some(corpus) = corpus() else { return };
    for row in index(&corpus) {
        let file = field(&row, "file");
        let is_held = file == RESTARTED || DIFFERENCES.iter().any(|(held, ..)| *held == file);
        assert!(is_held, "{file} is compared with its text nowhere");
    }
}

#[test]
fn a_list_that_the_file_itself_starts_anew_is_read_as_the_file_has_it() {
    let Some(corpus) = corpus() else { return };
    let rows = index(&corpus);
    let row = rows.iter().find(|row| field(row, "file") == RESTARTED).expect("listed in the index");
    let reading = read(&bytes_of(&corpus, row), &Limits::default()).expect("the file is readable");
    let expected = expected_of(&corpus, row, 0);
    let unnumbered = |text: &str| -> Vec<String> {
        lines(text)
            .iter()
            .map(|line| {
                line.split_once('条').filter(|(label, _)| label.starts_with('第')).map_or(line.clone(), |(_, rest)| rest.to_owned())
            })
            .collect()
    };
    assert_eq!(unnumbered(&reading.text), unnumbered(&expected));
    let numbers: Vec<String> = lines(&reading.text).into_iter().filter(|line| line.starts_with('第')).take(3).collect();
    assert!(numbers.iter().zip(["第一条", "第一条", "第二条"]).all(|(line, label)| line.starts_with(label)), "{numbers:?}");
}

#[test]
fn every_text_of_the_corpus_is_read_unchanged() {
    let Some(corpus) = corpus() else { return };
    let mut count = 0;
    for folder in ["normative/text", "laws/text"] {
        for entry in std::fs::read_dir(corpus.join(folder)).expect("the corpus has texts") {
            let path = entry.expect("the folder can be listed").path();
            let text = std::fs::read_to_string(&path).expect("the texts are UTF-8");
            let reading = read(text.as_bytes(), &Limits::default()).expect("the text is readable");
            assert_eq!((reading.format, &reading.text), (Format::Txt, &text), "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 0);
}

#[test]
fn damaged_real_files_never_panic() {
    let Some(corpus) = corpus() else { return };
    let config = Config { cases: 16, failure_persistence: None, ..Config::default() };
    for row in index(&corpus).iter().filter(|row| is_read(row)) {
        let whole = bytes_of(&corpus, row);
        let mut runner = TestRunner::new_with_rng(config.clone(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let outcome = runner.run(&crate::support::changes(), |changes| {
            let mut bytes = whole.clone();
            crate::support::mutate(&mut bytes, &changes);
            let _ = read(&bytes, &Limits::default());
            Ok(())
        });
        assert!(outcome.is_ok(), "{}: {outcome:?}", field(row, "file"));
    }
}
