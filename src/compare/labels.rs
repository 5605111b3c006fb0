//! The labels that open an article, a heading, an annex or a numbered line.
//!
//! Each function looks at one line whose leading blanks are already gone. It
//! does not know the lines around it: whether a label in that place opens
//! anything is decided in `articles`.

/// A label found at the start of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label<'a> {
    /// The label as written, blanks inside it left out.
    pub written: String,
    /// 5 in 第五条之一.
    pub ordinal: u32,
    /// 1 in 第五条之一, 0 in 第五条.
    pub sub_ordinal: u32,
    /// The rest of the line.
    pub rest: &'a str,
}

/// 第X条 or 第X条之X. The first character is sometimes misread as 笫.
pub(super) fn article(line: &str) -> Option<Label<'_>> {
    let (ordinal, digits, rest) = after_ordinal_sign(line)?;
    let rest = rest.strip_prefix('条')?;
    let written = format!("第{digits}条");
    let sub = rest.strip_prefix('之').and_then(|tail| {
        let digits: String = tail.chars().take_while(|c| is_numeral(*c)).collect();
        Some((numeral(&digits)?, tail.strip_prefix(digits.as_str())?, digits))
    });
    Some(match sub {
        Some((sub_ordinal, rest, digits)) => Label { written: format!("{written}之{digits}"), ordinal, sub_ordinal, rest },
        None => Label { written, ordinal, sub_ordinal: 0, rest },
    })
}

/// 第X编, 第X分编, 第X章 or 第X节, followed by a short heading or by nothing.
/// A line that reads on as a sentence is no heading.
pub(super) fn heading(line: &str) -> Option<Label<'_>> {
    let (ordinal, digits, rest) = after_ordinal_sign(line)?;
    let (unit, rest) = ["分编", "编", "章", "节"].into_iter().find_map(|unit| Some((unit, rest.strip_prefix(unit)?)))?;
    let short = rest.chars().count() <= 40 && !rest.contains(['。', '；', '，']);
    (short && !is_reference(rest)).then(|| Label { written: format!("第{digits}{unit}"), ordinal, sub_ordinal: 0, rest })
}

/// 附件, 附件1, 附表二, 附录, 附图 or 附 at the start of a line that is no
/// sentence. 附则 and 附属设施 are none; 附 alone needs a colon or nothing after it.
pub(super) fn annex(line: &str) -> Option<Label<'_>> {
    let (name, rest) = ["附件", "附表", "附录", "附图", "附"].into_iter().find_map(|name| Some((name, line.strip_prefix(name)?)))?;
    let unnumbered = rest;
    let rest = rest.trim_start();
    let digits: String = rest.chars().take_while(|c| is_numeral(*c)).collect();
    let ordinal = if digits.is_empty() { 0 } else { numeral(&digits)? };
    let rest = if digits.is_empty() { unnumbered } else { rest.strip_prefix(digits.as_str())? };
    let opens = match rest.chars().next() {
        None | Some('：' | ':') => true,
        Some(c) if name == "附" => c.is_whitespace() && rest.trim().is_empty(),
        Some(c) => c.is_whitespace() || matches!(c, '（' | '(' | '．' | '.' | '、'),
    };
    (opens && rest.chars().count() <= 100 && !line.trim_end().ends_with(['。', '；'])).then(|| Label {
        written: format!("{name}{digits}"),
        ordinal,
        sub_ordinal: 0,
        rest,
    })
}

/// 一、 at the start of a line, but not an enumeration such as 一、二年级.
pub(super) fn numbered(line: &str) -> Option<Label<'_>> {
    let digits: String = line.chars().take_while(|c| is_chinese_numeral(*c)).collect();
    let ordinal = numeral(&digits)?;
    let rest = line.strip_prefix(digits.as_str())?.trim_start();
    let rest = rest.strip_prefix('、')?;
    let next: String = rest.chars().take_while(|c| is_numeral(*c)).collect();
    let after = rest.strip_prefix(next.as_str()).unwrap_or(rest);
    let enumeration =
        !next.is_empty() && ["、", "年", "级", "类", "等", "期", "线", "层", "楼", "月", "季"].iter().any(|unit| after.starts_with(unit));
    (!enumeration).then(|| Label { written: format!("{digits}、"), ordinal, sub_ordinal: 0, rest })
}

/// （一） with either kind of bracket, or ㈠.
pub(super) fn numbered_in_brackets(line: &str) -> Option<Label<'_>> {
    let mut chars = line.chars();
    let first = chars.next()?;
    if let Some(ordinal) = u32::from(first).checked_sub(0x3220).filter(|n| *n < 10) {
        return Some(Label { written: first.to_string(), ordinal: ordinal + 1, sub_ordinal: 0, rest: chars.as_str() });
    }
    let inside = line.strip_prefix(['（', '('])?;
    let digits: String = inside.chars().take_while(|c| is_chinese_numeral(*c)).collect();
    let rest = inside.strip_prefix(digits.as_str())?.strip_prefix(['）', ')'])?;
    Some(Label { written: format!("（{digits}）"), ordinal: numeral(&digits)?, sub_ordinal: 0, rest })
}

/// Whether what follows a label shows that it is a reference in running text:
/// 第五条规定的, 第五条、第六条, 第五条第二款, 第五条（三）项.
pub(super) fn is_reference(rest: &str) -> bool {
    const TIGHT: [&str; 19] =
        ["规定", "所", "的", "之", "至", "和", "及", "与", "或", "以及", "中", "“", "”", "》", "）", ")", "]", "以外", "以内"];
    let after_blanks = rest.trim_start();
    if after_blanks.starts_with(['、', '，', ',', '。', '；', ';', '）', ')'])
        || after_ordinal_sign(after_blanks).is_some_and(|(_, _, tail)| tail.starts_with(['款', '项', '目', '条']))
    {
        return true;
    }
    if after_blanks.len() < rest.len() {
        return false;
    }
    TIGHT.iter().any(|word| rest.starts_with(word)) || numbered_in_brackets(rest).is_some()
}

/// 第 and a numeral, blanks between allowed: the value, the numeral as written
/// without blanks, and the rest.
fn after_ordinal_sign(line: &str) -> Option<(u32, String, &str)> {
    let rest = line.strip_prefix(['第', '笫'])?;
    let end = rest.char_indices().find(|(_, c)| !is_numeral(*c) && !c.is_whitespace()).map_or(rest.len(), |(at, _)| at);
    let (digits, rest) = rest.split_at_checked(end)?;
    let digits: String = digits.chars().filter(|c| !c.is_whitespace()).collect();
    Some((numeral(&digits)?, digits, rest))
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c) || is_chinese_numeral(c)
}

fn is_chinese_numeral(c: char) -> bool {
    "零〇○一二三四五六七八九十百千".contains(c)
}

/// The value of a numeral: 12, １２, 十二, 一百二十, 一二〇. `None` for nothing,
/// for a mixture that is no number and for more than 9999.
pub(super) fn numeral(digits: &str) -> Option<u32> {
    if digits.is_empty() || digits.chars().count() > 8 {
        return None;
    }
    let by_place = !digits.contains(['十', '百', '千']);
    let (mut total, mut current, mut given) = (0_u32, 0_u32, false);
    for c in digits.chars() {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            _ => {
                let digit = digit_value(c)?;
                current = if by_place { current.checked_mul(10)?.checked_add(digit)? } else { digit };
                given = given || digit > 0;
                continue;
            }
        };
        // 十 without a digit before it is 一十.
        let count = if given { current } else { 1 };
        total = total.checked_add(count.checked_mul(unit)?)?;
        (current, given) = (0, false);
    }
    let value = total.checked_add(current)?;
    (value <= 9999).then_some(value)
}

/// The value of one digit in any of the scripts in use.
pub(super) fn digit_value(c: char) -> Option<u32> {
    match c {
        '零' | '〇' | '○' => Some(0),
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => c.to_digit(10).or_else(|| "一二三四五六七八九".chars().position(|digit| digit == c).and_then(|at| u32::try_from(at + 1).ok())),
    }
}
