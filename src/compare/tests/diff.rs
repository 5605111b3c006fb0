//! What a comparison says.

use proptest::prelude::*;

use super::super::diff::{Comparison, Op, Segment, Status, compare};
use super::{any_text, corpus};

fn article(number: &str, text: &str) -> String {
    format!("第{number}条　{text}\n")
}

const TEN: [&str; 10] = [
    "为了规范农村宅基地审批，维护村民合法权益，结合本镇实际，制定本办法。",
    "本办法适用于本镇行政区域内宅基地的申请、审批和监督管理。",
    "镇农业农村办公室负责宅基地的审批管理，建立台账。",
    "申请人应当向所在村民小组提出书面申请，并提交身份证明。",
    "村民委员会应当在五个工作日内审核，公示期不少于七日。",
    "镇人民政府收到材料后组织实地审查，十个工作日内作出决定。",
    "有下列情形之一的，不予批准：面积超过标准；选址不合规划。",
    "建房完成后，申请人应当申请验收，由三人以上到场核实。",
    "对未经批准占用土地的行为，依照法律法规的规定处理。",
    "本办法自2026年6月1日起施行，有效期五年。",
];
const NUMBERS: [&str; 12] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];

fn document(articles: &[&str]) -> String {
    let articles: String = (NUMBERS.iter().zip(articles)).map(|(number, text)| article(number, text)).collect();
    format!("元马镇宅基地管理办法\n{articles}")
}

fn statuses(comparison: &Comparison) -> Vec<(Status, Option<&str>, Option<&str>)> {
    (comparison.articles.iter())
        .filter(|piece| piece.status != Status::Unchanged)
        .map(|piece| (piece.status, piece.from_label.as_deref(), piece.to_label.as_deref()))
        .collect()
}

fn side(segments: &[Segment], op: Op) -> String {
    (segments.iter()).filter(|segment| segment.op == Op::Equal || segment.op == op).map(|segment| segment.text.as_str()).collect()
}

fn shown(segments: &[Segment]) -> String {
    (segments.iter())
        .map(|Segment { op, text }| match op {
            Op::Equal => text.clone(),
            Op::Delete => format!("[-{text}]"),
            Op::Insert => format!("[+{text}]"),
        })
        .collect()
}

fn assert_consistent(from: &str, to: &str) {
    let comparison = compare(from, to);
    assert_eq!(comparison.identical, from == to);
    let squeezed = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let new: String = (comparison.articles.iter()).filter_map(|piece| piece.to_text.as_deref()).collect();
    assert_eq!(squeezed(&new), squeezed(to), "nothing of the new text is missing");
    let mut old: Vec<_> = (comparison.articles.iter()).filter_map(|piece| Some((piece.from_place?, piece.from_text.as_deref()?))).collect();
    old.sort_unstable();
    let old: String = old.into_iter().map(|(_, text)| text).collect();
    assert_eq!(squeezed(&old), squeezed(from), "nothing of the old text is missing");
    for piece in &comparison.articles {
        if piece.status == Status::Unchanged {
            assert!(piece.segments.is_empty() && !piece.moved);
            continue;
        }
        assert_eq!(side(&piece.segments, Op::Delete), piece.from_text.clone().unwrap_or_default());
        assert_eq!(side(&piece.segments, Op::Insert), piece.to_text.clone().unwrap_or_default());
        assert!(piece.segments.iter().all(|segment| !segment.text.is_empty()));
        assert!((piece.segments.windows(2)).all(|pair| pair[0].op != pair[1].op));
    }
    if squeezed(from) != squeezed(to) {
        let same = comparison.articles.iter().all(|piece| piece.status == Status::Unchanged);
        assert!(!same && !comparison.only_spacing_differs);
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_and_no_difference_hidden(from in any_text(), to in any_text()) {
        assert_consistent(&from, &to);
    }

    #[test]
    fn an_edit_of_one_text_is_told_exactly(text in any_text(), at in 0_usize..200, new in "[甲乙0-9\n。 ]{0,3}", gone in 0_usize..4) {
        let chars: Vec<char> = text.chars().collect();
        let at = at.min(chars.len());
        let mut edited: String = chars.iter().take(at).collect();
        edited.push_str(&new);
        edited.extend(chars.iter().skip(at + gone));
        assert_consistent(&text, &edited);
    }

    #[test]
    fn a_text_is_identical_to_itself(text in any_text()) {
        let comparison = compare(&text, &text);
        prop_assert!(comparison.identical);
        prop_assert!(statuses(&comparison).is_empty());
    }
}

#[test]
fn an_inserted_article_renumbers_the_rest_and_changes_none() {
    let mut new = TEN.to_vec();
    new.insert(2, "宅基地属于农民集体所有，任何人不得买卖。");
    let comparison = compare(&document(&TEN), &document(&new));
    assert_eq!(comparison.summary.added, 1);
    assert_eq!(comparison.summary.renumbered, 8);
    assert_eq!((comparison.summary.changed, comparison.summary.removed), (0, 0));
    assert_eq!(comparison.summary.moved, 0);
    let found = statuses(&comparison);
    assert_eq!(found.first(), Some(&(Status::Added, None, Some("第三条"))));
    assert_eq!(found.get(1), Some(&(Status::Renumbered, Some("第三条"), Some("第四条"))));
}

#[test]
fn a_renumbered_article_that_also_changed_is_found_again() {
    let mut new = TEN.to_vec();
    new.insert(2, "宅基地属于农民集体所有，任何人不得买卖。");
    new[5] = "村民委员会应当在三个工作日内审核，公示期不少于十五日。";
    let comparison = compare(&document(&TEN), &document(&new));
    assert_eq!(comparison.summary.changed, 1);
    assert!(statuses(&comparison).contains(&(Status::Changed, Some("第五条"), Some("第六条"))));
}

#[test]
fn a_removed_article_stands_where_it_stood() {
    let mut new = TEN.to_vec();
    new.remove(6);
    let comparison = compare(&document(&TEN), &document(&new));
    let labels: Vec<_> =
        (comparison.articles.iter()).map(|piece| piece.to_label.as_deref().or(piece.from_label.as_deref()).unwrap_or("-")).collect();
    assert_eq!(comparison.articles[7].status, Status::Removed);
    assert_eq!(labels[6..9], ["第六条", "第七条", "第七条"]);
    assert_eq!(comparison.summary.renumbered, 3);
}

#[test]
fn an_article_moved_to_another_place_is_not_removed_and_added() {
    let mut new = TEN.to_vec();
    let moved = new.remove(2);
    new.insert(8, moved);
    let comparison = compare(&document(&TEN), &document(&new));
    assert_eq!(comparison.summary.moved, 1);
    assert_eq!(comparison.summary.changed + comparison.summary.added + comparison.summary.removed, 0);
    let moved = comparison.articles.iter().find(|piece| piece.moved).expect("one moved");
    assert_eq!((moved.from_label.as_deref(), moved.to_label.as_deref()), (Some("第三条"), Some("第九条")));
}

#[test]
fn one_changed_digit_is_one_small_change() {
    let mut new = TEN.to_vec();
    new[9] = "本办法自2027年6月1日起施行，有效期五年。";
    let comparison = compare(&document(&TEN), &document(&new));
    assert_eq!(statuses(&comparison), [(Status::Changed, Some("第十条"), Some("第十条"))]);
    assert_eq!(shown(&comparison.articles[10].segments), "第十条　本办法自[-2026][+2027]年6月1日起施行，有效期五年。");
}

#[test]
fn a_fully_rewritten_article_is_no_confetti() {
    let mut new = TEN.to_vec();
    new[3] = "村民小组收到要求后，召开会议讨论，把结果报给村里公布。";
    let comparison = compare(&document(&TEN), &document(&new));
    let piece = &comparison.articles[4];
    assert_eq!(piece.status, Status::Changed);
    assert!(piece.segments.len() <= 6, "{}", shown(&piece.segments));
}

#[test]
fn an_inserted_list_member_is_shown_whole() {
    let from = "第一条　包括甲类、乙类、丁类。";
    let to = "第一条　包括甲类、乙类、丙类、丁类。";
    let comparison = compare(from, to);
    assert_eq!(shown(&comparison.articles[0].segments), "第一条　包括甲类、乙类、[+丙类、]丁类。");
}

#[test]
fn layout_alone_is_no_change_but_is_not_called_identical() {
    let from = "某办法\n第一条　甲。\n　　乙。\n第二条　丙。";
    let to = "某办法\r\n\r\n第一条 甲。  \r\n乙。\r\n\r\n第二条　丙。\r\n";
    let comparison = compare(from, to);
    assert!(!comparison.identical && comparison.only_spacing_differs);
    assert!(statuses(&comparison).is_empty());
    assert!(!compare(from, &from.replace("甲。", "甲 。")).only_spacing_differs);
}

#[test]
fn equal_articles_of_a_notice_and_its_annex_do_not_cross() {
    let from = "第一条　本办法自发布之日起施行。\n附件\n第一条　本办法自发布之日起施行。\n";
    let comparison = compare(from, &format!("{from}第二条　甲乙丙丁。\n"));
    assert_eq!(statuses(&comparison), [(Status::Added, None, Some("第二条"))]);
}

#[test]
fn an_empty_text_has_everything_added_or_removed() {
    assert!(compare("", "").articles.is_empty());
    assert!(compare("", "").identical);
    assert_eq!(compare("", &document(&TEN)).summary.added, 11);
    assert_eq!(compare(&document(&TEN), "").summary.removed, 11);
}

#[test]
fn the_json_shape_is_stable() {
    let json = serde_json::to_value(compare("第一条　甲乙。", "第一条　甲丙。")).expect("plain data");
    assert_eq!(
        json,
        serde_json::json!({
            "identical": false, "only_spacing_differs": false,
            "summary": {"unchanged": 0, "changed": 1, "added": 0, "removed": 0, "renumbered": 0, "moved": 0},
            "articles": [{"kind": "article", "status": "changed", "moved": false,
                "from_label": "第一条", "to_label": "第一条",
                "from_text": "第一条　甲乙。", "to_text": "第一条　甲丙。",
                "segments": [{"op": "equal", "text": "第一条　甲"}, {"op": "delete", "text": "乙"},
                             {"op": "insert", "text": "丙"}, {"op": "equal", "text": "。"}]}]
        })
    );
}

#[test]
fn real_texts_with_an_article_taken_out_lose_only_that() {
    for (name, text) in corpus() {
        let pieces = super::super::articles::split(&text);
        let Some(gone) = pieces.len().checked_sub(3).and_then(|_| pieces.get(pieces.len() / 2)) else {
            continue;
        };
        let shorter: String = (pieces.iter()).filter(|piece| *piece != gone).map(|piece| piece.text).collect();
        assert_consistent(&text, &shorter);
        let summary = compare(&text, &shorter).summary;
        // Taking out a label can make its followers part of another piece.
        assert!(summary.removed + summary.changed >= 1, "{name}: {summary:?}");
        assert!(summary.added == 0, "{name}: {summary:?}");
    }
}
