//! Plain text and Markdown: encodings, line ends, and what counts as Markdown at all.

use crate::reader::{Format, Kind, Limits, ReadError, Reason, media_type, read};

fn outcome(bytes: &[u8]) -> Result<(Format, String), ReadError> {
    read(bytes, &Limits::default()).map(|reading| (reading.format, reading.text))
}

fn txt(bytes: &[u8]) -> String {
    let (format, text) = outcome(bytes).expect("the text is readable");
    assert_eq!(format, Format::Txt, "{text}");
    text
}

fn md(source: &str) -> String {
    let (format, text) = outcome(source.as_bytes()).expect("the text is readable");
    assert_eq!(format, Format::Md, "{text}");
    text
}

const SAMPLE: &str = "第一条　为了规范㈠，“依法”〔2025〕1号。\n\n（二）乙  \n";

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
}

#[test]
fn every_usual_encoding_gives_the_same_text() {
    assert_eq!(txt(SAMPLE.as_bytes()), SAMPLE);
    assert_eq!(txt(&[b"\xef\xbb\xbf", SAMPLE.as_bytes()].concat()), SAMPLE);
    assert_eq!(txt(&utf16(SAMPLE, u16::to_le_bytes)), SAMPLE);
    assert_eq!(txt(&utf16(SAMPLE, u16::to_be_bytes)), SAMPLE);
    assert_eq!(txt(&encoding_rs::GB18030.encode(SAMPLE).0), SAMPLE);
    let rare = "㑇𠮷镕";
    assert_eq!(txt(&encoding_rs::GB18030.encode(rare).0), rare);
}

#[test]
fn the_media_type_is_that_of_what_is_read() {
    let gb18030 = encoding_rs::GB18030.encode("# 题\n\n**甲**").0;
    for bytes in [SAMPLE.as_bytes(), "# 题\n\n- 甲\n- 乙".as_bytes(), &gb18030] {
        let (format, _) = outcome(bytes).expect("the text is readable");
        assert_eq!(media_type(bytes), format.media_type(), "{bytes:?}");
    }
    assert_eq!(media_type("# 题\n\n- 甲\n- 乙".as_bytes()), "text/markdown");
    // Blank or damaged, it is still a text.
    assert_eq!(media_type(b" "), "text/plain");
}

#[test]
fn line_ends_become_one_kind_and_blanks_stay() {
    assert_eq!(txt("甲\r\n乙\r丙\n\n　丁 \u{0C}戊\u{1A}".as_bytes()), "甲\n乙\n丙\n\n　丁 \n戊");
}

#[test]
fn a_damaged_text_is_refused_and_never_guessed() {
    let cut = &"为了规范行政规范性文件的制定".as_bytes()[..40];
    let wrong: [&[u8]; 4] = [cut, b"\xff\xfe\x00", b"\xff\xfe\x00\xd8", b"abc\xff\xff"];
    for bytes in wrong {
        assert_eq!(outcome(bytes), Err(ReadError::Unreadable { reason: Reason::BadEncoding }), "{bytes:?}");
    }
}

#[test]
fn a_file_without_words_is_no_text() {
    for bytes in ["", "\u{FEFF}", " \n　\u{200B}\r\n", "\u{1A}"] {
        assert_eq!(outcome(bytes.as_bytes()), Err(ReadError::Unreadable { reason: Reason::EmptyText }));
    }
}

#[test]
fn binary_content_is_no_text_whatever_it_is_called() {
    let kinds: &[(&[u8], Kind)] = &[
        (b"{\\rtf1\\ansi", Kind::Rtf),
        (b"MZ\x90\0\x03\0\0\0", Kind::Executable),
        (b"\x7fELF\x02\x01\x01\0", Kind::Executable),
        (b"\x89PNG\r\n\x1a\n\0\0", Kind::Image),
        (b"\xff\xd8\xff\xe0\0", Kind::Image),
        (b"BM\x36\0\0\0\0\0", Kind::Image),
        (b"RIFF\x10\0\0\0WEBPVP8 ", Kind::Image),
        (b"\0\0\0\x18ftypheic", Kind::Image),
        (b"Rar!\x1a\x07\x01\0", Kind::Archive),
        (b"7z\xbc\xaf\x27\x1c\0", Kind::Archive),
        (b"PK\x05\x06\0\0", Kind::Zip),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", Kind::Ole),
        (b"text with a \0 inside", Kind::Unknown),
        (b"\x01\x02\x03\x04\x05", Kind::Unknown),
        ("  <!DOCTYPE HTML><p>甲".as_bytes(), Kind::Html),
        ("<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?>".as_bytes(), Kind::Xml),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related;", Kind::Html),
    ];
    for (bytes, found) in kinds {
        assert_eq!(outcome(bytes), Err(ReadError::Unsupported { found: *found }), "{found:?}");
    }
}

#[test]
fn an_encrypted_office_file_says_so() {
    let ole = |stream: &str| {
        let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        bytes.resize(512, 0);
        bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
        bytes.resize(1024, 0);
        outcome(&bytes)
    };
    assert_eq!(ole("EncryptedPackage"), Err(ReadError::Unreadable { reason: Reason::Encrypted }));
    assert_eq!(ole("WordDocument"), Err(ReadError::Unreadable { reason: Reason::DamagedDoc }));
    assert_eq!(ole("Workbook"), Err(ReadError::Unsupported { found: Kind::OldOffice }));
    assert_eq!(ole("WordDocumentX"), Err(ReadError::Unsupported { found: Kind::Ole }));
}

#[test]
fn markdown_is_printed_without_its_marks() {
    let source = "# 某某办法\n\n**第一条** 为了*规范*，根据[行政处罚法](https://example.cn)第三条。\n第二条 次行\n\n3. 甲\n3. 乙\n   - 子项\n     1) 丙\n\n> 引文\n\n```\n**原样**\n```\n\n---\n\n尾[^1]\n\n[^1]: 脚注\n";
    assert_eq!(md(source), "某某办法\n第一条 为了规范，根据行政处罚法第三条。\n第二条 次行\n3. 甲\n4. 乙\n子项\n1) 丙\n引文\n**原样**\n尾");
}

#[test]
fn html_inside_markdown_shows_its_words_alone() {
    let source = "# 题\n\n<div align=\"center\">居中<br>换行</div>\n\n甲<!-- 注 -->乙<b>丙</b>《<行政处罚法>》<ABC>\n";
    assert_eq!(md(source), "题\n居中\n换行\n甲乙丙《<行政处罚法>》<ABC>");
}

#[test]
fn a_carriage_return_that_is_written_as_a_reference_is_a_blank() {
    assert_eq!(md("# 题\n\n甲&#13;乙&#xd;丙&#0;丁\n"), "题\n甲 乙 丙\u{FFFD}丁");
}

#[test]
fn markdown_tables_are_read_cell_by_cell() {
    assert_eq!(md("## 表\n\n| 项目 | 标准 |\n|---|---|\n| 甲 | 1 |\n"), "表\n项目\n标准\n甲\n1");
}

#[test]
fn ordinary_texts_are_not_taken_for_markdown() {
    let texts = [
        "申请人：张**、李**，证号5101**********1234",
        "**公司与**公司签订合同",
        "1. 甲\n2. 乙\n- 丙\n* 丁",
        "#1楼\n#\n####### 七个",
        "见[2020](1)号",
        "时间：5~10天、15~20天",
        "甲\n----\n乙",
        "一、`代码`",
        "    # 缩进",
        "****",
    ];
    for text in texts {
        assert_eq!(txt(text.as_bytes()), text);
    }
}

#[test]
fn tildes_and_masked_names_survive_in_markdown() {
    assert_eq!(md("# 题\n\n5~10天、15~20天，张**、李**"), "题\n5~10天、15~20天，张**、李**");
}

#[test]
fn every_refusal_has_a_code_of_its_own_and_says_what_to_do() {
    let kinds = Kind::ALL.iter().map(|kind| (kind.code(), kind.sentence_zh(), kind.sentence_en()));
    let reasons = Reason::ALL.iter().map(|reason| (reason.code(), reason.sentence_zh(), reason.sentence_en()));
    let mut codes = std::collections::HashSet::new();
    for (code, zh, en) in kinds.chain(reasons) {
        assert!(codes.insert(code), "{code} twice");
        assert!(code.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{code}");
        assert!(zh.contains('请') && zh.ends_with('。') && en.ends_with('.'), "{code}");
    }
}
