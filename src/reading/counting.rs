//! Writes numbers as the number formats of word processors do (ISO/IEC 29500-1, 17.18.59).
//!
//! A number beyond what a format can write is written in Arabic digits, so no label grows long.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting {
    Decimal,
    /// With zeros in front up to so many digits.
    Padded(usize),
    FullWidth,
    InDash,
    Roman {
        upper: bool,
    },
    Letter {
        upper: bool,
    },
    /// Consecutive characters from the first, so many of them.
    Series(char, u32),
    /// One character of the list for each number.
    Listed(&'static str),
    /// The sexagenary cycle, 甲子 to 癸亥.
    Sexagenary,
    /// Digit by digit.
    Digits(&'static str),
    /// 十 up to 99, digit by digit from 100 on.
    TensThenDigits(&'static str),
    /// With 十, 百, 千, 万.
    Thousand(Numerals),
    Bullet,
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numerals {
    /// Digits 0 to 9.
    digits: &'static str,
    /// 10, 100, 1000 and 10,000.
    units: [char; 4],
    /// 零 stands for skipped places.
    writes_zero: bool,
    /// When 一 is written in front of a unit.
    one: One,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum One {
    Always,
    /// 十 to 十九 go without, 一百一十 does not.
    NotBeforeLeadingTen,
    /// 百十一, as in Japanese.
    Never,
}

const CHINESE: Numerals =
    Numerals {
        digits: "零一二三四五六七八九", units: ['十', '百', '千', '万'], writes_zero: true, one: One::NotBeforeLeadingTen
    };
const TAIWANESE: Numerals = Numerals { units: ['十', '百', '千', '萬'], ..CHINESE };
const JAPANESE: Numerals = Numerals { writes_zero: false, one: One::Never, ..CHINESE };
const LEGAL_SIMPLIFIED: Numerals =
    Numerals { digits: "零壹贰叁肆伍陆柒捌玖", units: ['拾', '佰', '仟', '万'], writes_zero: true, one: One::Always };
const LEGAL_TRADITIONAL: Numerals =
    Numerals { digits: "零壹貳參肆伍陸柒捌玖", units: ['拾', '佰', '仟', '萬'], ..LEGAL_SIMPLIFIED };
const LEGAL_JAPANESE: Numerals =
    Numerals { digits: "零壱弐参四伍六七八九", units: ['拾', '百', '阡', '萬'], writes_zero: false, one: One::Always };

/// Word writes the circle and not the ideograph zero in these formats.
const DIGITS_CIRCLE: &str = "○一二三四五六七八九";
const DIGITS_IDEOGRAPH: &str = "〇一二三四五六七八九";

/// Word repeats a letter for each round of the alphabet, up to thirty times.
const MAX_LETTER: i64 = 780;
const MAX_ROMAN: i64 = 3999;
const MAX_IDEOGRAPHIC: i64 = 99_999_999;

impl Counting {
    /// The format of this name; an unknown one counts in Arabic digits. `pattern` belongs to the
    /// name `custom` and shows the first numbers, as in `001, 002, 003, ...`.
    pub(super) fn named(name: &str, pattern: Option<&str>) -> Self {
        match name {
            "none" => Self::Nothing,
            "bullet" => Self::Bullet,
            "decimalZero" => Self::Padded(2),
            "custom" => Self::custom(pattern.unwrap_or_default()),
            "decimalFullWidth" | "decimalFullWidth2" => Self::FullWidth,
            "numberInDash" => Self::InDash,
            "upperRoman" => Self::Roman { upper: true },
            "lowerRoman" => Self::Roman { upper: false },
            "upperLetter" => Self::Letter { upper: true },
            "lowerLetter" => Self::Letter { upper: false },
            "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => Self::Series('①', 20),
            "decimalEnclosedParen" => Self::Series('⑴', 20),
            "decimalEnclosedFullstop" => Self::Series('⒈', 20),
            "ideographEnclosedCircle" => Self::Series('㊀', 10),
            "ideographTraditional" => Self::Listed("甲乙丙丁戊己庚辛壬癸"),
            "ideographZodiac" => Self::Listed("子丑寅卯辰巳午未申酉戌亥"),
            "ideographZodiacTraditional" => Self::Sexagenary,
            "ideographDigital" | "japaneseDigitalTenThousand" => Self::Digits(DIGITS_IDEOGRAPH),
            "taiwaneseDigital" => Self::Digits(DIGITS_CIRCLE),
            "chineseCounting" | "taiwaneseCounting" => Self::TensThenDigits(DIGITS_CIRCLE),
            "chineseCountingThousand" => Self::Thousand(CHINESE),
            "taiwaneseCountingThousand" => Self::Thousand(TAIWANESE),
            "japaneseCounting" => Self::Thousand(JAPANESE),
            "chineseLegalSimplified" => Self::Thousand(LEGAL_SIMPLIFIED),
            "ideographLegalTraditional" => Self::Thousand(LEGAL_TRADITIONAL),
            "japaneseLegal" => Self::Thousand(LEGAL_JAPANESE),
            _ => Self::Decimal,
        }
    }

    /// The format whose first numbers are `samples`, as OpenDocument names its formats: `1`, `a`, or `一, 二, 三, ...`
    /// (ISO/IEC 26300-1, 19.500). An unknown one counts in Arabic digits.
    pub(super) fn of_samples(samples: &str) -> Self {
        let first = samples.split(',').next().unwrap_or_default().trim();
        let second = samples.split(',').nth(1).unwrap_or_default().trim();
        match first {
            "" => Self::Nothing,
            "a" => Self::Letter { upper: false },
            "A" => Self::Letter { upper: true },
            "i" => Self::Roman { upper: false },
            "I" => Self::Roman { upper: true },
            "一" => Self::Thousand(CHINESE),
            "壹" if second == "貳" => Self::Thousand(LEGAL_TRADITIONAL),
            "壹" => Self::Thousand(LEGAL_SIMPLIFIED),
            "壱" => Self::Thousand(LEGAL_JAPANESE),
            "甲" => Self::Listed("甲乙丙丁戊己庚辛壬癸"),
            "子" => Self::Listed("子丑寅卯辰巳午未申酉戌亥"),
            "①" => Self::Series('①', 20),
            "⑴" => Self::Series('⑴', 20),
            "⒈" => Self::Series('⒈', 20),
            "㊀" => Self::Series('㊀', 10),
            "１" => Self::FullWidth,
            _ => Self::custom(first),
        }
    }

    fn custom(pattern: &str) -> Self {
        /// Word offers up to five digits.
        const MAX_WIDTH: usize = 8;
        let first = pattern.split(',').next().unwrap_or_default().trim();
        let is_padded = first.starts_with('0') && first.len() <= MAX_WIDTH && first.chars().all(|c| c.is_ascii_digit());
        if is_padded { Self::Padded(first.len()) } else { Self::Decimal }
    }

    pub(super) fn write(self, number: i64) -> String {
        let written = match self {
            Self::Nothing | Self::Bullet => Some(String::new()),
            Self::Decimal => None,
            Self::Padded(width) => Some(format!("{number:0width$}")),
            Self::FullWidth => Some(full_width(number)),
            Self::InDash => Some(format!("- {number} -")),
            Self::Roman { upper } => roman(number).map(|text| cased(text, upper)),
            Self::Letter { upper } => letters(number).map(|text| cased(text, upper)),
            Self::Series(first, length) => series(number, first, length),
            Self::Listed(list) => nth(list, number.saturating_sub(1)).map(String::from),
            Self::Sexagenary => sexagenary(number),
            Self::Digits(digits) => digit_by_digit(number, digits),
            Self::TensThenDigits(digits) if number >= 100 => digit_by_digit(number, digits),
            Self::TensThenDigits(_) => CHINESE.write(number),
            Self::Thousand(numerals) => numerals.write(number),
        };
        written.unwrap_or_else(|| number.to_string())
    }
}

impl Numerals {
    fn write(self, number: i64) -> Option<String> {
        if number == 0 {
            return Some(if self.one == One::NotBeforeLeadingTen { "〇".to_owned() } else { "零".to_owned() });
        }
        if !(1..=MAX_IDEOGRAPHIC).contains(&number) {
            return None;
        }
        let [.., myriad] = self.units;
        let (high, low) = (number / 10_000, number % 10_000);
        let mut text = String::new();
        if high > 0 {
            // 一万 keeps its 一 in every tradition.
            if high == 1 {
                text.extend(nth(self.digits, 1));
            } else {
                self.section(&mut text, high);
            }
            text.push(myriad);
            if self.writes_zero && (1..1000).contains(&low) {
                text.extend(nth(self.digits, 0));
            }
        }
        self.section(&mut text, low);
        Some(text)
    }

    /// Writes 1 to 9999 behind `text`.
    fn section(self, text: &mut String, number: i64) {
        let [ten, hundred, thousand, _] = self.units;
        let mut has_gap = false;
        let mut is_first = true;
        for (value, unit) in [(1000, Some(thousand)), (100, Some(hundred)), (10, Some(ten)), (1, None)] {
            let digit = number / value % 10;
            if digit == 0 {
                has_gap = !is_first;
                continue;
            }
            if has_gap && self.writes_zero {
                text.extend(nth(self.digits, 0));
            }
            let drops_one = digit == 1
                && unit.is_some()
                && match self.one {
                    One::Always => false,
                    One::NotBeforeLeadingTen => value == 10 && text.is_empty(),
                    One::Never => true,
                };
            if !drops_one {
                text.extend(nth(self.digits, digit));
            }
            text.extend(unit);
            (has_gap, is_first) = (false, false);
        }
    }
}

fn nth(list: &str, index: i64) -> Option<char> {
    list.chars().nth(usize::try_from(index).ok()?)
}

fn cased(text: String, upper: bool) -> String {
    if upper { text } else { text.to_ascii_lowercase() }
}

fn full_width(number: i64) -> String {
    let wide = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(0xFF10 + digit)).unwrap_or(c);
    number.to_string().chars().map(wide).collect()
}

fn series(number: i64, first: char, length: u32) -> Option<String> {
    let offset = u32::try_from(number.saturating_sub(1)).ok().filter(|offset| *offset < length)?;
    char::from_u32(u32::from(first) + offset).map(String::from)
}

fn sexagenary(number: i64) -> Option<String> {
    let offset = (1..=60).contains(&number).then_some(number.saturating_sub(1))?;
    let stem = nth("甲乙丙丁戊己庚辛壬癸", offset % 10)?;
    let branch = nth("子丑寅卯辰巳午未申酉戌亥", offset % 12)?;
    Some([stem, branch].iter().collect())
}

fn digit_by_digit(number: i64, digits: &str) -> Option<String> {
    let digit = |c: char| nth(digits, i64::from(c.to_digit(10)?));
    number.to_string().chars().map(digit).collect()
}

fn letters(number: i64) -> Option<String> {
    let offset = (1..=MAX_LETTER).contains(&number).then_some(number.saturating_sub(1))?;
    let letter = nth("ABCDEFGHIJKLMNOPQRSTUVWXYZ", offset % 26)?;
    Some(letter.to_string().repeat(usize::try_from(offset / 26 + 1).ok()?))
}

fn roman(number: i64) -> Option<String> {
    const STEPS: [(i64, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut rest = (1..=MAX_ROMAN).contains(&number).then_some(number)?;
    let mut text = String::new();
    for (value, numeral) in STEPS {
        while rest >= value {
            text.push_str(numeral);
            rest -= value;
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(name: &str, number: i64) -> String {
        Counting::named(name, None).write(number)
    }

    #[test]
    fn article_numbers_are_written_as_in_a_statute() {
        let expected = [
            (1, "一"),
            (10, "十"),
            (11, "十一"),
            (20, "二十"),
            (21, "二十一"),
            (100, "一百"),
            (101, "一百零一"),
            (110, "一百一十"),
            (111, "一百一十一"),
            (200, "二百"),
            (1000, "一千"),
            (1001, "一千零一"),
            (1010, "一千零一十"),
            (1100, "一千一百"),
            (10_000, "一万"),
            (10_001, "一万零一"),
            (100_000, "十万"),
            (120_340, "十二万零三百四十"),
        ];
        for (number, text) in expected {
            assert_eq!(write("chineseCountingThousand", number), text);
        }
    }

    #[test]
    fn the_other_formats_are_written_as_word_does() {
        let expected = [
            ("chineseCounting", 99, "九十九"),
            ("chineseCounting", 101, "一○一"),
            ("japaneseCounting", 10, "十"),
            ("japaneseCounting", 111, "百十一"),
            ("japaneseCounting", 10_000, "一万"),
            ("ideographDigital", 120, "一二〇"),
            ("ideographTraditional", 3, "丙"),
            ("ideographTraditional", 11, "11"),
            ("ideographZodiac", 12, "亥"),
            ("ideographZodiacTraditional", 60, "癸亥"),
            ("chineseLegalSimplified", 15, "壹拾伍"),
            ("decimalFullWidth", 12, "１２"),
            ("decimalZero", 7, "07"),
            ("decimalEnclosedCircle", 20, "⑳"),
            ("decimalEnclosedCircle", 21, "21"),
            ("decimalEnclosedFullstop", 1, "⒈"),
            ("decimalEnclosedParen", 2, "⑵"),
            ("ideographEnclosedCircle", 10, "㊉"),
            ("upperRoman", 1994, "MCMXCIV"),
            ("lowerRoman", 4, "iv"),
            ("upperLetter", 26, "Z"),
            ("lowerLetter", 28, "bb"),
            ("numberInDash", 3, "- 3 -"),
            ("none", 3, ""),
            ("someFutureFormat", 3, "3"),
        ];
        for (name, number, text) in expected {
            assert_eq!(write(name, number), text, "{name}");
        }
        assert_eq!(Counting::named("custom", Some("001, 002, 003, ...")).write(7), "007");
    }

    #[test]
    fn a_format_of_opendocument_is_told_by_its_samples() {
        let expected = [
            ("1", 12, "12"),
            ("", 3, ""),
            ("a", 3, "c"),
            ("I", 4, "IV"),
            ("一, 二, 三, ...", 21, "二十一"),
            ("一, 二, 三, ...", 110, "一百一十"),
            ("壹, 贰, 叁, ...", 12, "壹拾贰"),
            ("壹, 貳, 參, ...", 3, "參"),
            ("甲, 乙, 丙, ...", 4, "丁"),
            ("子, 丑, 寅, ...", 12, "亥"),
            ("①, ②, ③, ...", 5, "⑤"),
            ("１, ２, ３, ...", 10, "１０"),
            ("01, 02, 03, ...", 7, "07"),
            ("ก, ข, ค, ...", 7, "7"),
        ];
        for (samples, number, text) in expected {
            assert_eq!(Counting::of_samples(samples).write(number), text, "{samples}");
        }
    }

    #[test]
    fn no_number_however_large_gives_a_long_label() {
        let names = [
            "decimal",
            "upperRoman",
            "lowerLetter",
            "chineseCounting",
            "chineseCountingThousand",
            "japaneseCounting",
            "ideographTraditional",
            "ideographZodiacTraditional",
            "decimalEnclosedCircle",
            "taiwaneseDigital",
        ];
        for name in names {
            for number in [i64::MIN + 1, -1, 0, 780, 781, 3999, 4000, 99_999_999, 100_000_000, i64::MAX] {
                assert!(write(name, number).chars().count() <= 32, "{name} {number}");
            }
        }
    }
}
