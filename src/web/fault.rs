//! What a fault of the shape says to the reader: what is accepted instead, with an example. Codes and pointers are set in `shape`.

use chrono::NaiveDate;
use jsonschema::error::TypeKind;
use serde_json::Value;

use crate::base::said::{Lang, Said};

/// A value of another JSON type than the one taken.
#[must_use]
pub fn wrong_type(wanted: &TypeKind) -> Said {
    let words: Vec<String> = match wanted {
        TypeKind::Single(one) => vec![one.to_string()],
        TypeKind::Multiple(several) => several.iter().map(|one| one.to_string()).collect(),
    };
    // What may be left out may also be null; nobody needs to be told to write it.
    let told: Vec<Said> = words.iter().filter(|word| *word != "null" || words.len() == 1).map(|word| of_type(word)).collect();
    let joined = |lang, with| told.iter().map(|said| said.in_lang(lang)).collect::<Vec<_>>().join(with);
    Said::new(format!("类型不对，应填{}。", joined(Lang::Zh, "或者")), format!("Wrong type; give {}.", joined(Lang::En, " or ")))
}

fn of_type(word: &str) -> Said {
    match word {
        "boolean" => Said::fixed(" true 或 false（不加引号）", "true or false, without quotation marks"),
        "integer" => Said::fixed("整数（不加引号），如 2026", "a whole number without quotation marks, such as 2026"),
        "number" => Said::fixed("数字（不加引号）", "a number without quotation marks"),
        "string" => Said::fixed("文字（加引号），如 \"张三\"", "text in quotation marks, such as \"张三\""),
        "array" => Said::fixed("列表，如 [\"张三\", \"李四\"]", "a list, such as [\"张三\", \"李四\"]"),
        "object" => Said::fixed("对象，如 {\"名称\": \"值\"}", "an object, such as {\"name\": \"value\"}"),
        _ => Said::fixed(" null（即留空）", "null"),
    }
}

/// A word that is none of the options; `meanings` are the descriptions of the published schema.
#[must_use]
pub fn not_an_option(options: &[String], meanings: Option<&str>) -> Said {
    let told: Vec<String> = options
        .iter()
        .map(|word| match meanings.and_then(|meanings| meaning(meanings, word)) {
            Some(meaning) => format!("{word}（{meaning}）"),
            None => word.clone(),
        })
        .collect();
    Said::new(format!("只能填：{}。", told.join("、")), format!("Must be one of: {}.", options.join(", ")))
}

/// The Chinese term in a word's line of a description, such as 原则通过 in "- `approved_in_principle`: 原则通过: to be finished …".
fn meaning<'d>(description: &'d str, word: &str) -> Option<&'d str> {
    let line = description.lines().find_map(|line| line.strip_prefix(&format!("- `{word}`:")))?;
    let start = line.find(is_chinese)?;
    let term = line.get(start..)?;
    let end = term.find(|letter| !is_chinese(letter)).unwrap_or(term.len());
    // The titles of legal sources are Chinese too, but stand as 国办发〔2018〕37号 and the like.
    let is_title = term.get(end..)?.starts_with('〔');
    if is_title { None } else { term.get(..end) }
}

const fn is_chinese(letter: char) -> bool {
    matches!(letter, '\u{4E00}'..='\u{9FFF}')
}

/// A day that is not written as one, or does not exist.
#[must_use]
pub fn bad_day(value: &Value) -> Said {
    let Some((year, month, day)) = value.as_str().and_then(meant) else {
        return Said::fixed("应为日期，写作 2026-11-25（半角数字）。", "Must be a date, written 2026-11-25.");
    };
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => Said::new(
            format!("日期请写作 {date}（半角数字，用短横线连接）。"),
            format!("Write the date as {date} (plain digits, parted by hyphens)."),
        ),
        None => {
            Said::new(format!("没有 {year} 年 {month} 月 {day} 日这一天。"), format!("There is no day {day} in month {month} of {year}."))
        }
    }
}

/// Year, month and day in however they are written, if they can be told.
fn meant(text: &str) -> Option<(i32, u32, u32)> {
    let plain: String = text
        .trim()
        .chars()
        .map(|letter| match letter {
            '０'..='９' => char::from_u32(u32::from(letter) - u32::from('０') + u32::from('0')).unwrap_or(letter),
            '年' | '月' | '.' | '/' | '．' | '－' | '—' | '／' => '-',
            other => other,
        })
        .collect();
    let mut parts = plain.trim_end_matches('日').split('-').map(str::trim);
    let mut next = |most: usize| {
        let part = parts.next()?;
        (part.len() <= most && part.chars().all(|letter| letter.is_ascii_digit())).then(|| part.parse::<u32>().ok())?
    };
    let (year, month, day) = (next(4)?, next(2)?, next(2)?);
    let is_whole = parts.next().is_none() && year >= 1000;
    if is_whole { Some((i32::try_from(year).ok()?, month, day)) } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{bad_day, meaning, meant, not_an_option};
    use crate::base::said::Lang;

    fn zh(written: &str) -> String {
        bad_day(&json!(written)).in_lang(Lang::Zh).to_owned()
    }

    #[test]
    fn a_day_written_otherwise_is_given_back_as_it_is_to_be_written() {
        for written in ["2026年11月25日", "2026.11.25", "2026/11/25", "２０２６-１１-２５", "2026－11－25", " 2026-11-25 "] {
            assert!(zh(written).contains("2026-11-25"), "{written}: {}", zh(written));
        }
        assert!(zh("2026年3月5日").contains("2026-03-05"));
        assert!(zh("2026-11-31").contains("没有 2026 年 11 月 31 日"), "{}", zh("2026-11-31"));
        for written in ["明天", "", "2026-11", "26-11-25", "2026-11-25T09:00:00Z", "2026-11-25-1", "2026-+1-25"] {
            assert_eq!(meant(written), None, "{written}");
        }
    }

    #[test]
    fn options_are_told_with_their_meaning_where_there_is_a_chinese_one() {
        let description =
            "Results.\n- `approved`: 通过.\n- `refused`: Refused (不予备案); final.\n- `other`: Anything, as 国办发〔2018〕37号 says.";
        assert_eq!(meaning(description, "approved"), Some("通过"));
        assert_eq!(meaning(description, "refused"), Some("不予备案"));
        assert_eq!(meaning(description, "other"), None);
        let said = not_an_option(&["approved".to_owned(), "other".to_owned()], Some(description));
        assert_eq!(said.in_lang(Lang::Zh), "只能填：approved（通过）、other。");
        assert!(!said.in_lang(Lang::En).contains('通'), "{said:?}");
    }

    proptest! {
        #[test]
        fn any_text_for_a_day_is_answered(text in r"[0-9０-９年月日./\- +]{0,20}") {
            prop_assert!(!zh(&text).is_empty());
        }
    }
}
