//! What publication may add to a text, and above all what it may not.

use proptest::prelude::*;

use super::super::published::{Difference, DifferenceKind, Issue, differences, differences_of};
use super::{any_text, corpus};

const NUMBER: &str = "元府规〔2026〕1号";
const APPROVED: &str = "元马镇宅基地管理办法\n第一条　为了规范宅基地审批，制定本办法。\n第二条　公示期不少于七日：\n（一）张榜；\n（二）上网。\n第三条　本办法自2026年6月1日起施行，有效期5年。\n";

fn found(published: &str) -> Vec<Difference> {
    differences(APPROVED, published, Some(NUMBER))
}

fn assert_same(published: &str) {
    assert_eq!(found(published), [], "{published}");
}

fn assert_differs(published: &str) {
    assert!(!found(published).is_empty(), "{published}");
}

#[test]
fn the_approved_text_itself_is_the_published_text() {
    assert_same(APPROVED);
    assert_same(&APPROVED.replace('\n', "\r\n"));
    assert_same(&APPROVED.replace('\n', "  \n\n　　"));
    assert_same(&format!("\u{feff}{APPROVED}\n\n"));
}

#[test]
fn number_signature_and_date_may_be_added() {
    let body = APPROVED.strip_prefix("元马镇宅基地管理办法\n").expect("its first line");
    for published in [
        format!("{NUMBER}\n{APPROVED}"),
        format!("元马镇人民政府文件\n元府规[2026]1号\n{APPROVED}"),
        format!("元马镇宅基地管理办法\n元府规﹝２０２６﹞ 1 号\n{body}元马镇人民政府\n2026年5月1日\n"),
        format!("元马镇宅基地管理办法\n（2026年5月1日元马镇人民政府印发）\n{body}"),
        format!("元马镇宅基地管理办法\n2026年5月1日\n{body}"),
        format!("{APPROVED}　　　　元马镇人民政府\n　　二〇二六年五月一日\n"),
        format!("{APPROVED}元 马 镇 人 民 政 府\n2026 年 5 月 1 日\n"),
        format!("{APPROVED}元谋县元马镇人民政府 2026年5月1日\n"),
        format!("{APPROVED}元谋县元马镇人民政府　元谋县凤凰镇人民政府\n二○二六年五月一日\n"),
        format!("{APPROVED}（2026年5月1日印发）\n"),
        format!("{APPROVED}元马镇人民政府\n2026年5月1日\n元马镇人民政府办公室 2026年5月1日印发\n"),
    ] {
        assert_same(&published);
    }
}

#[test]
fn number_and_date_left_open_in_the_approved_text_may_be_filled_in() {
    let approved = "关于甲的通知\n元府规〔2026〕  号\n各村：\n　　现将有关事项通知如下。\n元马镇人民政府\n2026年 月 日\n";
    let published = "关于甲的通知\n元府规〔2026〕1号\n各村：\n现将有关事项通知如下。\n元马镇人民政府\n2026年5月1日\n";
    assert_eq!(differences(approved, published, Some(NUMBER)), []);
    let undated = approved.replace("2026年 月 日\n", "");
    assert_eq!(differences(&undated, published, Some(NUMBER)), []);
    let open = published.replace("5月1日", "X月X日");
    assert!(!differences(approved, &open, Some(NUMBER)).is_empty(), "nothing open is published");
    let other = published.replace("元马镇", "凤凰镇");
    assert_eq!(differences(approved, &other, Some(NUMBER)).len(), 1, "another signature");
    let unsigned = published.replace("元马镇人民政府\n", "");
    let dropped = differences(approved, &unsigned, Some(NUMBER));
    assert_eq!(dropped.len(), 1);
    assert_eq!(dropped[0].kind, DifferenceKind::Removed);
}

#[test]
fn a_covering_notice_may_be_signed_above_the_attached_text() {
    let approved = "关于印发甲办法的通知\n各村：\n现将甲办法印发给你们，请遵照执行。\n元马镇甲办法\n第一条　乙。\n附件：1. 表\n2. 图\n";
    let signed = approved.replace("执行。\n", "执行。\n元马镇人民政府\n2026年5月1日\n");
    assert_eq!(differences(approved, &signed, None), []);
    let below_list = format!("{approved}元马镇人民政府\n2026年5月1日\n附件1\n表\n");
    let with_annex = format!("{approved}附件1\n表\n");
    assert_eq!(differences(&with_annex, &below_list, None), []);
    for smuggled in ["元马镇人民政府\n", "2026年5月1日\n", "元马镇人民政府\n2026年5月1日起收费\n"] {
        let published = approved.replace("执行。\n", &format!("执行。\n{smuggled}"));
        assert!(!differences(approved, &published, None).is_empty(), "{smuggled}");
    }
}

#[test]
fn every_kind_of_change_in_the_body_is_found() {
    for (old, new) in [
        ("七日", "三日"),
        ("5年", "6年"),
        ("2026年6月1日", "2026年7月1日"),
        ("第三条　", "第三条 "),
        ("，有效期5年", ""),
        ("（二）上网。\n", ""),
        ("（二）上网。\n", "（二）上网。\n（三）其他。\n"),
        ("第二条　", "第三条　"),
        ("（一）张榜；\n", "（一）张榜；"),
        ("公示期", "公示\n期"),
        ("5年", "５年"),
        ("，制定", ",制定"),
        ("上网", "上\u{200b}网"),
        ("元马镇宅基地管理办法\n", ""),
        ("宅基地管理办法", "宅基地管理暂行办法"),
    ] {
        let published = APPROVED.replace(old, new);
        assert_ne!(published, APPROVED);
        assert_differs(&published);
        assert_differs(&format!("{NUMBER}\n{published}元马镇人民政府\n2026年5月1日\n"));
    }
    assert_differs("");
    assert_differs(&APPROVED.repeat(2));
    assert!(!differences("", APPROVED, None).is_empty());
}

#[test]
fn a_changed_digit_is_reported_where_it_stands() {
    let found = found(&APPROVED.replace("七日", "三日"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind, DifferenceKind::Changed);
    assert_eq!(found[0].at_article.as_deref(), Some("第二条"));
    assert_eq!((found[0].approved_line, found[0].published_line), (Some(3), Some(3)));
    assert_eq!(found[0].published.as_deref(), Some("第二条　公示期不少于三日："));
}

#[test]
fn a_clause_dressed_as_a_mark_is_found() {
    for clause in [
        "2026年5月1日起每户缴纳500元",
        "自2026年5月1日",
        "2026年5月1日前未登记的宅基地一律收回",
        "（2026年5月1日起施行）",
        "（2026年5月1日元马镇人民政府收费）",
        "（自2026年5月1日起施行印发）",
        "2026年13月1日",
        "2026年2月30日",
        "2026年5月1日 2026年5月2日",
        "每户缴纳五百元，元马镇人民政府",
        "每户向元马镇人民政府缴纳五百元\n元马镇人民政府",
        "宅基地收归元马镇人民政府",
        "取消低保户补贴的村镇人民政府",
        "村民建房审批权归各村人民政府",
        "罚款五百元由镇人民政府",
        "村民住宅停止供电局",
        "由元马镇人民政府解释",
        "元马镇人民政府文件",
        "元府规〔2026〕2号",
        "元府规〔2025〕1号",
        "元府规〔2026〕1号废止",
        "废止元府规〔2026〕1号",
        "镇长 有权罚款",
        "镇长：张三",
        "第四条　每户缴纳五百元。",
        "（三）每户缴纳五百元。",
        "附件",
        "抄送：县人民政府",
        "此件公开发布",
        "主动公开",
    ] {
        for published in [
            format!("{APPROVED}{clause}\n2026年5月1日\n"),
            format!("{APPROVED}{clause}\n"),
            format!("{clause}\n{APPROVED}"),
            format!("{APPROVED}元马镇人民政府\n{clause}\n2026年5月1日\n"),
            format!("{APPROVED}元马镇人民政府\n2026年5月1日\n{clause}\n"),
            APPROVED.replacen('\n', &format!("\n{clause}\n"), 1),
        ] {
            // Above the title the red heading belongs, and nowhere else.
            if published.starts_with("元马镇人民政府文件\n") {
                continue;
            }
            assert_differs(&published);
        }
    }
}

#[test]
fn true_marks_in_wrong_places_are_found() {
    for mark in ["2026年5月1日", "元马镇人民政府", "元马镇人民政府\n2026年5月1日", NUMBER] {
        for place in ["（一）张榜；\n", "第二条　公示期不少于七日：\n", "（二）上网。\n", "制定本办法。\n"] {
            let published = APPROVED.replace(place, &format!("{place}{mark}\n"));
            assert_differs(&published);
        }
    }
    assert_differs(&format!("{APPROVED}元马镇人民政府\n"));
    assert_differs(&format!("{APPROVED}2026年5月1日\n2026年5月2日\n"));
    assert_differs(&format!("{NUMBER}\n{NUMBER}\n{APPROVED}"));
    assert_differs(&format!("{APPROVED}{NUMBER}\n"));
}

#[test]
fn a_list_at_the_end_is_not_lengthened_by_a_signature() {
    for end in ["由下列单位解释：\n", "由下列单位解释：\n元马镇人民政府\n", "解释单位：\n（一）元马镇人民政府\n", "期限：\n2026年5月1日\n"]
    {
        let approved = format!("某办法\n第一条　甲。\n第二条　{end}");
        let published = format!("{approved}凤凰镇人民政府\n2026年5月1日\n");
        assert!(!differences(&approved, &published, None).is_empty(), "{end}");
        let shorter = approved.trim_end().rsplit_once('\n').expect("several lines").0;
        assert!(!differences(&approved, shorter, None).is_empty(), "{end}");
    }
    let members = "某办法\n第一条　甲。\n附件\n成员单位\n元马镇人民政府\n";
    let published = format!("{members}凤凰镇人民政府\n2026年5月1日\n");
    assert!(!differences(members, &published, None).is_empty());
}

#[test]
fn with_known_organs_nobody_else_signs() {
    let issue = Issue { official_doc_no: Some(NUMBER), organs: &["元谋县元马镇人民政府"], signed_by: Some("张三") };
    let with = |tail: &str| differences_of(APPROVED, &format!("{APPROVED}{tail}\n2026年5月1日\n"), &issue);
    for name in ["元谋县元马镇人民政府", "元马镇人民政府", "楚雄州元谋县元马镇人民政府", "元马镇人民政府办公室", "镇长：张三", "镇长　张三"]
    {
        assert_eq!(with(name), [], "{name}");
    }
    for name in ["凤凰镇人民政府", "人民政府", "镇长：李四", "有权处罚的元马镇人民政府", "处长张三", "县长不张三"]
    {
        assert!(!with(name).is_empty(), "{name}");
    }
}

#[test]
fn real_texts_with_marks_added_are_the_same_and_with_a_clause_they_are_not() {
    let (mut signed, mut accepted, mut known) = (0, 0, 0);
    let texts = corpus();
    for (name, text) in &texts {
        assert_eq!(differences(text, text, None), [], "{name}");
        let clause = format!("{text}\n每户缴纳五百元，2026年5月1日\n");
        assert!(!differences(text, &clause, None).is_empty(), "{name}");
        if let Some(changed) = one_digit_changed(text) {
            assert!(!differences(text, &changed, None).is_empty(), "{name}");
        }
        if let Some(draft) = without_signature(text) {
            signed += 1;
            accepted += usize::from(differences(&draft, text, None).is_empty());
            let signature = text.trim_end().lines().rev().skip(1);
            let names: Vec<&str> =
                signature.take_while(|line| is_organ(line.trim_end())).flat_map(|line| line.split_whitespace().chain([line])).collect();
            let issue = Issue { organs: &names, ..Issue::default() };
            let found = differences_of(&draft, text, &issue);
            known += usize::from(found.is_empty());
        }
    }
    assert!(known * 10 >= signed * 9, "{known} of {signed}");
    println!("signature and date accepted on {accepted} of {signed} texts, with known organs on {known}");
}

/// A text that ends with the name of a government or office and a date, without both.
fn without_signature(text: &str) -> Option<String> {
    let (rest, date) = text.trim_end().rsplit_once('\n')?;
    let (body, organ) = rest.trim_end().rsplit_once('\n')?;
    let signed = date.ends_with('日') && date.chars().count() <= 12 && is_organ(organ.trim_end());
    signed.then(|| format!("{body}\n"))
}

fn is_organ(line: &str) -> bool {
    line.chars().count() <= 60 && line.ends_with(['府', '局', '厅', '室', '会', '部'])
}

/// Changes the first digit behind the middle of the text.
fn one_digit_changed(text: &str) -> Option<String> {
    let middle = text.char_indices().nth(text.chars().count() / 2)?.0;
    let at = middle + text.get(middle..)?.find(|c: char| c.is_ascii_digit())?;
    let line_end = text.get(at..)?.find('\n')?;
    // A date that stands alone is a mark and may differ.
    let after = text.get(at..at + line_end)?;
    if after.chars().count() < 20 {
        return None;
    }
    let digit = if text.get(at..)?.starts_with('7') { "8" } else { "7" };
    Some(format!("{}{digit}{}", text.get(..at)?, text.get(at + 1..)?))
}

fn dressed() -> String {
    format!("{NUMBER}\n{APPROVED}元马镇人民政府\n2026年5月1日\n")
}

/// The text with a character that is no blank replaced, preceded by `new`, or taken away.
fn edited_at(text: &str, at: usize, how: u8, new: char) -> Option<String> {
    let places: Vec<usize> =
        (text.chars().enumerate()).filter(|(_, c)| !c.is_whitespace() && *c != '\u{feff}').map(|(place, _)| place).collect();
    let place = places.get(at % places.len().max(1))?;
    let mut edited = String::new();
    for (i, c) in text.chars().enumerate() {
        match how {
            _ if i != *place => edited.push(c),
            0 => edited.push(new),
            1 => edited.extend([new, c]),
            _ => {}
        }
    }
    Some(edited)
}

proptest! {
    #[test]
    fn any_single_changed_character_of_the_body_is_found(
        at in 0_usize..200,
        new in prop_oneof![any::<char>(), prop::sample::select(vec!['甲', '1', '日', '年', '。', '：', '，', '）'])],
        how in 0_u8..3,
        dress in any::<bool>(),
    ) {
        // Blanks at the ends of lines do not count, and a byte order mark is no character.
        let new = if new.is_whitespace() || new == '\u{feff}' { '戊' } else { new };
        let edited = edited_at(APPROVED, at, how, new).expect("the text has characters");
        prop_assume!(edited != APPROVED);
        let published = if dress { dressed().replace(APPROVED, &edited) } else { edited };
        prop_assert!(!found(&published).is_empty());
    }

    #[test]
    fn a_character_put_anywhere_is_found_whatever_the_approved_text_holds(
        text in any_text(), at in 0_usize..300, how in 0_u8..2,
    ) {
        // In a date or number line other figures may stand, but never 戊.
        let Some(edited) = edited_at(&text, at, how, '戊') else { return Ok(()) };
        prop_assert!(!differences(&text, &edited, Some(NUMBER)).is_empty());
    }

    #[test]
    fn an_inserted_line_is_found_unless_it_is_nothing_but_a_mark(
        line in "[元府规马镇人民政府月日年第一条缴纳0-9〔〕号（）印发 ]{1,20}", at in 0_usize..7,
    ) {
        prop_assume!(!line.trim().is_empty());
        let mut lines: Vec<&str> = APPROVED.lines().collect();
        lines.insert(at, &line);
        let found = found(&lines.join("\n"));
        let squeezed: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        let number = squeezed.contains('号');
        let date = squeezed.contains('年') && squeezed.contains('月') && squeezed.contains('日');
        prop_assert!(!found.is_empty() || number || date || squeezed.ends_with("文件"));
    }

    #[test]
    fn a_text_never_differs_from_itself(text in any_text()) {
        prop_assert_eq!(differences(&text, &text, Some(NUMBER)), []);
        prop_assert_eq!(differences(&text, &text, None), []);
    }
}
