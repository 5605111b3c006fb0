//! What becomes a piece and what does not.

use proptest::prelude::*;

use super::super::articles::{PieceKind, split};
use super::{any_text, corpus};

fn labels(text: &str) -> Vec<String> {
    split(text).into_iter().map(|piece| piece.label.unwrap_or_else(|| "-".to_owned())).collect()
}

fn assert_whole(text: &str) {
    let pieces = split(text);
    let joined: String = pieces.iter().map(|piece| piece.text).collect();
    assert_eq!(joined, text);
    let mut at = 0;
    for piece in &pieces {
        assert_eq!(piece.start, at);
        assert!(piece.end > piece.start && piece.text.ends_with(piece.body));
        let by_place: String = (text.chars().skip(piece.start)).take(piece.end - piece.start).collect();
        assert_eq!(by_place, piece.text);
        at = piece.end;
    }
    assert_eq!(at, text.chars().count());
}

proptest! {
    #[test]
    fn every_character_belongs_to_exactly_one_piece(text in any_text()) {
        assert_whole(&text);
    }

    #[test]
    fn every_character_of_any_string_belongs_to_exactly_one_piece(text in any::<String>()) {
        assert_whole(&text);
    }
}

#[test]
fn real_texts_are_cut_without_loss_and_their_articles_count_up() {
    let (mut with_articles, mut cut) = (0, 0);
    for (name, text) in corpus() {
        let pieces = split(&text);
        assert_eq!(pieces.iter().map(|p| p.text).collect::<String>(), text, "{name}");
        let articles: Vec<_> = pieces.iter().filter(|p| p.kind == PieceKind::Article).collect();
        with_articles += usize::from(!articles.is_empty());
        cut += usize::from(pieces.len() > 2);
        let labels = text.lines().filter(|line| line.trim().starts_with(['第', '笫']) && line.trim().contains("条")).count();
        assert!(articles.len() <= labels, "{name}: more articles than lines that could be one");
    }
    println!("texts with articles: {with_articles}, cut into more than two pieces: {cut}");
}

#[test]
fn chapters_articles_and_annexes_are_pieces() {
    let text = "某某办法\n第一章　总则\n第一条　甲。\n第二款文字。\n第二条之一 乙。\n第二章 附则\n第三条\n丙。\n附件1\n表格\n";
    assert_eq!(labels(text), ["-", "第一章", "第一条", "第二条之一", "第二章", "第三条", "附件1"]);
    let pieces = split(text);
    let third = pieces.iter().find(|p| p.label.as_deref() == Some("第二条之一"));
    let third = third.expect("it is in the list above");
    assert_eq!((third.ordinal, third.sub_ordinal, third.body), (2, 1, " 乙。\n"));
}

#[test]
fn a_reference_at_the_start_of_a_line_opens_no_article() {
    for line in [
        "第二条规定的情形。",
        "第二条、第三条所称。",
        "第二条第一款规定的。",
        "第二条 第一款规定的。",
        "第二条的规定。",
        "第二条（三）项所列。",
        "第二条，不适用。",
        "第二条至第五条。",
    ] {
        let text = format!("第一条　依照本办法\n{line}\n第二条　乙。");
        assert_eq!(labels(&text), ["第一条", "第二条"], "{line}");
    }
}

#[test]
fn a_wrapped_line_that_begins_with_an_earlier_label_opens_no_article() {
    let text = "第四条　甲。\n第五条　依照\n第三条 办理。\n第六条　乙。";
    assert_eq!(labels(text), ["第四条", "第五条", "第六条"]);
}

#[test]
fn without_a_blank_the_number_must_continue() {
    let text = "某办法\n第一条为了甲，制定本办法。\n第二条乙以\n第九条办理。\n第三条（适用范围）丙。\n第五条丁。";
    assert_eq!(labels(text), ["-", "第一条", "第二条", "第三条", "第五条"]);
}

#[test]
fn one_missing_number_does_not_swallow_the_rest() {
    let text = "第一条甲。\n第三条乙。\n第四条丙。";
    assert_eq!(labels(text), ["第一条", "第三条", "第四条"]);
}

#[test]
fn the_articles_of_an_attached_document_begin_again() {
    let text = "通知\n第一条　甲。\n第二条　乙。\n附件\n某细则\n第一条　丙。\n第二条　丁。";
    assert_eq!(labels(text), ["-", "第一条", "第二条", "附件", "第一条", "第二条"]);
}

#[test]
fn a_table_of_contents_opens_nothing() {
    let text = "某办法\n目　录\n第一章　总则\n第二章　附则\n第一章　总则\n第一条　甲。\n第二章　附则\n第二条　乙。";
    assert_eq!(labels(text), ["-", "第一章", "第一条", "第二章", "第二条"]);
    assert!(split(text).first().is_some_and(|piece| piece.text.ends_with("第二章　附则\n")));
}

#[test]
fn a_text_without_articles_is_cut_at_its_numbered_lines() {
    let text = "某通知\n各村：\n一、目标\n（一）甲。\n（二）乙。\n二、要求\n（一）丙。\n一、二年级学生除外。\n";
    assert_eq!(labels(text), ["-", "一、", "一、（一）", "一、（二）", "二、", "二、（一）"]);
}

#[test]
fn numbered_lines_inside_articles_are_no_pieces() {
    assert_eq!(labels("第一条　甲：\n（一）乙；\n一、丙。"), ["第一条"]);
}

#[test]
fn words_that_begin_like_an_annex_are_none() {
    for line in ["附则", "附  则", "附属设施包括甲", "附件所列项目由乙负责。", "附表2所列"] {
        assert_eq!(labels(&format!("第一条　甲。\n{line}")), ["第一条"], "{line}");
    }
    for line in ["附件", "附件：", "附件 2", "附表一：甲", "附：", "附件（略）", "附件：1．甲"] {
        assert_eq!(labels(&format!("第一条　甲。\n{line}")).len(), 2, "{line}");
    }
}

#[test]
fn odd_line_ends_and_numerals_are_read() {
    assert_eq!(
        labels("甲\r第一条 乙。\u{2028}　第 二 条 丙。\r\n笫三条 丁。\u{c}第４条 戊。\n第一百二十条之一 己。"),
        ["-", "第一条", "第二条", "第三条", "第４条", "第一百二十条之一"]
    );
}

#[test]
fn nothing_and_blanks_are_no_special_case() {
    assert!(split("").is_empty());
    assert_eq!(labels("\n \n"), ["-"]);
    assert_eq!(labels("没有标号的文字"), ["-"]);
}
