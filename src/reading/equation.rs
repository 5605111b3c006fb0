//! What a reader sees of an equation field: the characters that its code draws, in one line.
//!
//! Enclosed and combined characters of word processors are such fields, and they have no result. Where a sign carries the meaning,
//! as the bar of a fraction does, it is written; how high and how large something is drawn is left out.

use std::iter::Peekable;
use std::str::Chars;

/// Characters of a code; a longer one stands as it is, since nobody draws an equation of pages.
const MAX_CODE: usize = 10_000;

/// Switches in one another. Word draws fewer.
const MAX_DEPTH: usize = 32;

const CIRCLES: &[&str] = &["○", "〇", "◯"];

/// `None` where the code is that of another field.
pub(super) fn shown(code: &str) -> Option<String> {
    let (name, rest) = code.trim_start().split_at_checked(2)?;
    if !name.eq_ignore_ascii_case("eq") || rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    if rest.chars().nth(MAX_CODE).is_some() {
        return Some(rest.to_owned());
    }
    let mut code = Code { rest: rest.trim().chars().peekable(), has_reading: false };
    Some(code.elements(0).concat().trim().to_owned())
}

struct Code<'a> {
    rest: Peekable<Chars<'a>>,
    /// It sets a reading above characters, which is no part of the text.
    has_reading: bool,
}

/// An option of a switch, with the sign that it names.
type Options = Vec<(String, Option<char>)>;

impl Code<'_> {
    /// Up to the parenthesis that ends them, or to the end.
    fn elements(&mut self, depth: usize) -> Vec<String> {
        let mut done = Vec::new();
        let mut element = String::new();
        // Parentheses that stand for themselves.
        let mut open = 0usize;
        while let Some(c) = self.rest.next() {
            match c {
                '\\' => match self.rest.peek() {
                    Some('*') => self.format(),
                    Some(c) if c.is_ascii_alphabetic() => element.push_str(&self.switch(depth)),
                    Some(_) | None => element.extend(self.rest.next()),
                },
                ')' if open == 0 && depth > 0 => break,
                ',' if open == 0 && depth > 0 => done.push(std::mem::take(&mut element)),
                // Between characters that are raised and lowered one by one.
                ',' if depth == 0 && self.rest.peek() == Some(&'\\') => {}
                _ => {
                    match c {
                        '(' => open += 1,
                        ')' => open = open.saturating_sub(1),
                        _ => {}
                    }
                    element.push(c);
                }
            }
        }
        done.push(element);
        done
    }

    /// A switch with its options and elements; nothing where it has none.
    fn switch(&mut self, depth: usize) -> String {
        let name = self.letters();
        let mut options: Options = Vec::new();
        loop {
            while self.rest.next_if(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.')).is_some() {}
            match self.rest.peek() {
                Some('(') if depth < MAX_DEPTH => {
                    self.rest.next();
                    let elements = self.elements(depth + 1);
                    return self.drawn(&name, &options, &elements);
                }
                Some('\\') => {
                    self.rest.next();
                    let option = self.letters();
                    match options.last_mut().filter(|_| option.is_empty()) {
                        Some((_, sign)) => *sign = self.rest.next(),
                        None => options.push((option, None)),
                    }
                }
                Some(_) | None => return String::new(),
            }
        }
    }

    fn letters(&mut self) -> String {
        let mut letters = String::new();
        while let Some(c) = self.rest.next_if(char::is_ascii_alphabetic) {
            letters.push(c.to_ascii_lowercase());
        }
        letters
    }

    /// A switch of the format, with a word or a quotation behind it.
    fn format(&mut self) {
        while self.rest.next_if(|c| matches!(c, '*' | ' ')).is_some() {}
        let is_quoted = self.rest.next_if_eq(&'"').is_some();
        let mut word = String::new();
        while let Some(c) = self.rest.next_if(|c| if is_quoted { *c != '"' } else { !matches!(c, ' ' | '\\') }) {
            word.push(c);
        }
        self.rest.next_if_eq(&'"');
        self.has_reading |= !is_quoted && word.starts_with("jc");
    }

    fn drawn(&self, name: &str, options: &Options, elements: &[String]) -> String {
        let sign = |names: [&str; 2]| options.iter().rfind(|(option, _)| names.contains(&option.as_str())).and_then(|(_, sign)| *sign);
        let has = |name: &str| options.iter().any(|(option, _)| option == name);
        match name {
            "o" if self.has_reading => elements.last().cloned().unwrap_or_default(),
            "o" => circled(elements).map_or_else(|| elements.concat(), String::from),
            "s" | "d" | "x" => elements.concat(),
            "f" => elements.iter().map(|element| operand(element)).collect::<Vec<_>>().join("/"),
            "r" => match elements {
                [of] => format!("√{}", operand(of)),
                _ => elements.iter().map(|element| operand(element)).collect::<Vec<_>>().join("√"),
            },
            "b" => {
                let (left, right) = (sign(["lc", "bc"]), sign(["rc", "bc"]).map(mate));
                let (left, right) = if options.is_empty() { (Some('('), Some(')')) } else { (left, right) };
                left.into_iter().chain(elements.join(",").chars()).chain(right).collect()
            }
            "i" => {
                let usual = if has("su") {
                    '∑'
                } else if has("pr") {
                    '∏'
                } else {
                    '∫'
                };
                format!("{}{}", sign(["fc", "vc"]).unwrap_or(usual), elements.join(" "))
            }
            "l" => elements.join(","),
            _ => elements.join(" "),
        }
    }
}

/// A number in a circle as the character for it, if there is one.
fn circled(elements: &[String]) -> Option<char> {
    let [circle, number] = elements else { return None };
    let number: u32 = number.trim().parse().ok().filter(|number| CIRCLES.contains(&circle.trim()) && (1..=20).contains(number))?;
    char::from_u32(u32::from('①') + number - 1)
}

/// What is more than a number or a word stands in parentheses, or the signs around it would mean something else.
pub(super) fn operand(element: &str) -> String {
    let element = element.trim();
    let is_one = element.chars().all(|c| c.is_alphanumeric() || c == '.') || is_enclosed(element);
    if is_one { element.to_owned() } else { format!("({element})") }
}

/// The parenthesis that it begins with closes at its very end.
fn is_enclosed(element: &str) -> bool {
    let mut open = 0usize;
    let closes = element.char_indices().find_map(|(at, c)| {
        match c {
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            _ => {}
        }
        (open == 0).then_some(at + 1)
    });
    element.starts_with('(') && closes == Some(element.len())
}

fn mate(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        _ => bracket,
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn equations_are_drawn_in_one_line() {
        let expected = [
            (" eq \\o\\ac(○,1) ", "①"),
            ("EQ \\o\\ac(○, 20)", "⑳"),
            ("EQ \\o\\ac(○,21)", "○21"),
            ("EQ \\o\\ac(□,密)", "□密"),
            ("EQ \\s\\up9(上),\\s\\do3(下)", "上下"),
            ("EQ \\o(\\s\\up 5(合并),\\s\\do 2(字符))", "合并字符"),
            ("EQ \\* jc2 \\* \"Font:宋体\" \\* hps11 \\o\\ad(\\s\\up 9(zhèn),镇)", "镇"),
            ("EQ x = \\f(a+b,2)", "x = (a+b)/2"),
            ("EQ \\f(\\b(a+b),(a)(b))", "(a+b)/((a)(b))"),
            ("EQ \\r(3,x)+\\r(y)", "3√x+√y"),
            ("EQ \\b\\bc\\{(\\a\\al(甲,乙))", "{甲 乙}"),
            ("EQ \\b\\lc\\[(甲)", "[甲"),
            ("EQ \\b(1,2)", "(1,2)"),
            ("EQ \\i\\su(i=1,5,i)", "∑i=1 5 i"),
            ("EQ \\l(1,2)", "1,2"),
            ("EQ \\o(甲(1,2),\\(\\,)", "甲(1,2)(,"),
            ("EQ \\unknown9(甲,乙)", "甲 乙"),
            ("EQ 甲 \\d\\fo10() 乙 \\* MERGEFORMAT", "甲  乙"),
            ("EQ \\o(甲", "甲"),
            ("EQ", ""),
        ];
        for (code, text) in expected {
            assert_eq!(shown(code).as_deref(), Some(text), "{code}");
        }
        for other in ["", "E", "PAGE", "EQUATION", "é", "HYPERLINK \"eq\""] {
            assert_eq!(shown(other), None, "{other}");
        }
    }

    #[test]
    fn no_code_is_deep_or_long_enough_to_harm() {
        let deep = format!("EQ {}甲", "\\o(".repeat(3_000));
        assert_eq!(shown(&deep).map(|text| text.ends_with('甲')), Some(true));
        let long = format!("EQ \\o(甲{})", ",".repeat(20_000));
        assert_eq!(shown(&long).map(|text| text.contains('甲')), Some(true));
    }
}
