//! The definitions of lists ([MS-DOC], 2.4.6.3), in the form in which those of a docx are counted.

use super::super::counting::Counting;
use super::super::lists::{AbstractList, LABEL_CHARS, LEVELS, Level, Levels, List, Numbering, Override};
use super::super::{Limits, Reason};
use super::bytes::{i32_at, part, u8_at, u16_at, u32_at};
use super::sprms::{Characters, Toggle};

/// The names of the number formats by their codes ([MS-OSHARED], 2.2.1.3).
const FORMATS: &[(u8, &str)] = &[
    (0x00, "decimal"),
    (0x01, "upperRoman"),
    (0x02, "lowerRoman"),
    (0x03, "upperLetter"),
    (0x04, "lowerLetter"),
    (0x0A, "ideographDigital"),
    (0x0B, "japaneseCounting"),
    (0x0E, "decimalFullWidth"),
    (0x10, "japaneseLegal"),
    (0x11, "japaneseDigitalTenThousand"),
    (0x12, "decimalEnclosedCircle"),
    (0x13, "decimalFullWidth2"),
    (0x16, "decimalZero"),
    (0x17, "bullet"),
    (0x1A, "decimalEnclosedFullstop"),
    (0x1B, "decimalEnclosedParen"),
    (0x1C, "decimalEnclosedCircleChinese"),
    (0x1D, "ideographEnclosedCircle"),
    (0x1E, "ideographTraditional"),
    (0x1F, "ideographZodiac"),
    (0x20, "ideographZodiacTraditional"),
    (0x21, "taiwaneseCounting"),
    (0x22, "ideographLegalTraditional"),
    (0x23, "taiwaneseCountingThousand"),
    (0x24, "taiwaneseDigital"),
    (0x25, "chineseCounting"),
    (0x26, "chineseLegalSimplified"),
    (0x27, "chineseCountingThousand"),
    (0x28, "ideographDigital"),
    (0x39, "numberInDash"),
    (0xFF, "none"),
];

/// The lists of a file. `definitions` begins with the abstract lists, whose levels stand behind the first `length` bytes;
/// `uses` holds the lists that use them.
pub(super) fn parse(definitions: &[u8], length: usize, uses: &[u8], fonts: &[String], limits: &Limits) -> Result<Numbering, Reason> {
    const DEFINITION: usize = 28;
    let mut numbering = Numbering::default();
    let mut at = length;
    for number in 0..usize::from(u16_at(definitions, 0).unwrap_or(0)) {
        let head = part(definitions, 2 + number * DEFINITION, DEFINITION).ok_or(Reason::DamagedDoc)?;
        let is_simple = u8_at(head, 26).is_some_and(|flags| flags & 1 != 0);
        let mut list = AbstractList::default();
        for level in 0..if is_simple { 1 } else { LEVELS } {
            let (said, taken) = level_at(definitions, at, fonts)?;
            at += taken;
            list.levels.set(i64::try_from(level).ok(), said);
        }
        if let Some(id) = i32_at(head, 0) {
            numbering.abstracts.insert(i64::from(id), list);
            limits.definitions(numbering.abstracts.len())?;
        }
    }
    read_uses(&mut numbering, uses, fonts, limits)?;
    Ok(numbering)
}

fn read_uses(numbering: &mut Numbering, uses: &[u8], fonts: &[String], limits: &Limits) -> Result<(), Reason> {
    const USE: usize = 16;
    let count = u32_at(uses, 0).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    limits.definitions(count)?;
    let mut at = 4usize.saturating_add(count.saturating_mul(USE));
    for number in 0..count {
        let head = part(uses, 4 + number * USE, USE).ok_or(Reason::DamagedDoc)?;
        let mut overrides = Levels::default();
        at += 4;
        for _ in 0..u8_at(head, 12).unwrap_or(0) {
            let (level, said, taken) = override_at(uses, at, fonts)?;
            at += taken;
            overrides.set(Some(level), said);
        }
        if let (Some(id), Ok(number)) = (i32_at(head, 0), i64::try_from(number + 1)) {
            numbering.lists.insert(number, List { abstract_id: i64::from(id), overrides });
        }
    }
    Ok(())
}

/// What a list says of a level in its own way ([MS-DOC], 2.9.131): the level, and how many bytes that takes. A level that it
/// formats itself stands behind, and where it starts anew is said there.
fn override_at(bytes: &[u8], at: usize, fonts: &[String]) -> Result<(i64, Override, usize), Reason> {
    const HEAD: usize = 8;
    const STARTS: u32 = 0x10;
    const FORMATS: u32 = 0x20;
    let (Some(start), Some(flags)) = (i32_at(bytes, at), u32_at(bytes, at + 4)) else { return Err(Reason::DamagedDoc) };
    let (level, taken) = if flags & FORMATS != 0 {
        let (level, taken) = level_at(bytes, at + HEAD, fonts)?;
        (Some(level), taken)
    } else {
        (None, 0)
    };
    let start = level.as_ref().map_or(i64::from(start), |level| level.start);
    Ok((i64::from(flags & 0xF), Override { start: (flags & STARTS != 0).then_some(start), level }, HEAD + taken))
}

/// The level at this place and how many bytes it takes.
fn level_at(bytes: &[u8], at: usize, fonts: &[String]) -> Result<(Level, usize), Reason> {
    const HEAD: usize = 28;
    let read = || {
        let head = part(bytes, at, HEAD)?;
        let (characters, paragraph) = (usize::from(u8_at(head, 24)?), usize::from(u8_at(head, 25)?));
        let said = Characters::read(part(bytes, at + HEAD + paragraph, characters)?);
        let behind = at + HEAD + paragraph + characters;
        let length = usize::from(u16_at(bytes, behind)?);
        let label = part(bytes, behind + 2, length * 2)?;
        let format = u8_at(head, 4)?;
        let flags = u8_at(head, 5)?;
        let name = FORMATS.iter().find(|(code, _)| *code == format).map_or("decimal", |(_, name)| *name);
        let level = Level {
            start: i64::from(i32_at(head, 0)?),
            counting: Counting::named(name, None),
            text: pattern(label),
            suffix: match u8_at(head, 15)? {
                1 => " ",
                2 => "",
                _ => "\t",
            },
            restart: if flags & 0x08 != 0 { u8_at(head, 26).map(i64::from) } else { None },
            is_legal: flags & 0x04 != 0,
            style: None,
            font: said.font.and_then(|font| fonts.get(usize::from(font))).cloned(),
            hidden: said.hidden == Some(Toggle::Set(true)),
        };
        Some((level, behind + 2 + length * 2 - at))
    };
    let (level, taken) = read().ok_or(Reason::DamagedDoc)?;
    if level.text.chars().nth(LABEL_CHARS).is_some() { Err(Reason::LabelTooLong) } else { Ok((level, taken)) }
}

/// The numbers of the levels stand in a label as the characters 0 to 8.
fn pattern(label: &[u8]) -> String {
    let mut text = String::new();
    for c in super::bytes::text(label).chars() {
        match u32::from(c) {
            level @ 0..=8 => {
                text.push('%');
                text.extend(char::from_digit(level + 1, 10));
            }
            _ => text.push(c),
        }
    }
    text
}
