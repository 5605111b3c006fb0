//! Characters of the symbol fonts as the Unicode characters that look the same.
//!
//! A glyph without a known counterpart stays as it is, so that nothing is lost unseen.

/// Wingdings, by the low byte of the code.
const WINGDINGS: &[(u8, char)] = &[
    (0x21, '✏'),
    (0x22, '✂'),
    (0x28, '☎'),
    (0x29, '✆'),
    (0x2A, '✉'),
    (0x46, '☞'),
    (0x4A, '☺'),
    (0x6C, '●'),
    (0x6D, '❍'),
    (0x6E, '■'),
    (0x6F, '□'),
    (0x70, '□'),
    (0x71, '❑'),
    (0x72, '❒'),
    (0x73, '◆'),
    (0x74, '◆'),
    (0x75, '◆'),
    (0x76, '❖'),
    (0x77, '◆'),
    (0x81, '①'),
    (0x82, '②'),
    (0x83, '③'),
    (0x84, '④'),
    (0x85, '⑤'),
    (0x86, '⑥'),
    (0x87, '⑦'),
    (0x88, '⑧'),
    (0x89, '⑨'),
    (0x8A, '⑩'),
    (0x8C, '❶'),
    (0x8D, '❷'),
    (0x8E, '❸'),
    (0x8F, '❹'),
    (0x90, '❺'),
    (0x91, '❻'),
    (0x92, '❼'),
    (0x93, '❽'),
    (0x94, '❾'),
    (0x95, '❿'),
    (0x9E, '·'),
    (0x9F, '•'),
    (0xA1, '○'),
    (0xA2, '○'),
    (0xA4, '◉'),
    (0xA7, '▪'),
    (0xA8, '□'),
    (0xAB, '★'),
    (0xB2, '☆'),
    (0xD8, '➢'),
    (0xDF, '←'),
    (0xE0, '→'),
    (0xE1, '↑'),
    (0xE2, '↓'),
    (0xE8, '➔'),
    (0xF0, '⇨'),
    (0xFB, '✗'),
    (0xFC, '✓'),
    (0xFD, '☒'),
    (0xFE, '☑'),
];

/// Wingdings 2, by the low byte of the code.
const WINGDINGS_2: &[(u8, char)] =
    &[(0x4F, '✗'), (0x50, '✓'), (0x51, '☒'), (0x52, '☑'), (0x53, '☒'), (0x54, '☒'), (0xA3, '□'), (0x2A, '□')];

/// The Symbol font, by the low byte of the code; ASCII digits and signs are themselves.
const SYMBOL: &[(u8, char)] = &[
    (0x22, '∀'),
    (0x24, '∃'),
    (0x2D, '−'),
    (0x40, '≅'),
    (0x5E, '⊥'),
    (0x7E, '∼'),
    (0xA2, '′'),
    (0xA3, '≤'),
    (0xA5, '∞'),
    (0xA7, '♣'),
    (0xA8, '♦'),
    (0xA9, '♥'),
    (0xAA, '♠'),
    (0xAB, '↔'),
    (0xAC, '←'),
    (0xAD, '↑'),
    (0xAE, '→'),
    (0xAF, '↓'),
    (0xB0, '°'),
    (0xB1, '±'),
    (0xB2, '″'),
    (0xB3, '≥'),
    (0xB4, '×'),
    (0xB5, '∝'),
    (0xB6, '∂'),
    (0xB7, '•'),
    (0xB8, '÷'),
    (0xB9, '≠'),
    (0xBA, '≡'),
    (0xBB, '≈'),
    (0xBC, '…'),
    (0xC7, '∩'),
    (0xC8, '∪'),
    (0xC9, '⊃'),
    (0xCC, '⊂'),
    (0xCE, '∈'),
    (0xCF, '∉'),
    (0xD0, '∠'),
    (0xD2, '®'),
    (0xD3, '©'),
    (0xD4, '™'),
    (0xD5, '∏'),
    (0xD6, '√'),
    (0xD7, '⋅'),
    (0xDE, '⇒'),
    (0xE5, '∑'),
    (0xF2, '∫'),
];

/// The Greek letters of the Symbol font on the places of A to Z and a to z.
const SYMBOL_UPPER: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
const SYMBOL_LOWER: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";

/// What a reader sees where `c` is set in `font`, whose name is in lower case.
pub(super) fn shown(c: char, font: Option<&str>) -> char {
    let code = u32::from(c);
    // Symbol fonts are addressed by F000 to F0FF or by the low byte alone.
    let Ok(byte) = u8::try_from(if (0xF000..=0xF0FF).contains(&code) { code - 0xF000 } else { code }) else {
        return c;
    };
    let listed = |table: &[(u8, char)]| table.iter().find(|(key, _)| *key == byte).map(|(_, shown)| *shown);
    match font {
        Some("wingdings") => listed(WINGDINGS),
        Some("wingdings 2") => listed(WINGDINGS_2),
        Some("symbol") => listed(SYMBOL).or_else(|| symbol_letter(byte)),
        // The hollow bullet of second levels is a Latin o.
        Some("courier new") if byte == b'o' => Some('○'),
        Some(_) | None => None,
    }
    .unwrap_or(c)
}

fn symbol_letter(byte: u8) -> Option<char> {
    match byte {
        b'A'..=b'Z' => SYMBOL_UPPER.chars().nth(usize::from(byte - b'A')),
        b'a'..=b'z' => SYMBOL_LOWER.chars().nth(usize::from(byte - b'a')),
        b' '..=b'?' => Some(char::from(byte)),
        _ => None,
    }
}
