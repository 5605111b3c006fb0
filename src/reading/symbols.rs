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

/// Zapf Dingbats where Unicode had the character elsewhere already, by the code.
const DINGBATS: &[(u8, char)] = &[
    (0x25, '☎'),
    (0x2A, '☛'),
    (0x2B, '☞'),
    (0x48, '★'),
    (0x6C, '●'),
    (0x6E, '■'),
    (0x73, '▲'),
    (0x74, '▼'),
    (0x75, '◆'),
    (0x77, '◗'),
    (0xA8, '♣'),
    (0xA9, '♦'),
    (0xAA, '♥'),
    (0xAB, '♠'),
    (0xAC, '①'),
    (0xAD, '②'),
    (0xAE, '③'),
    (0xAF, '④'),
    (0xB0, '⑤'),
    (0xB1, '⑥'),
    (0xB2, '⑦'),
    (0xB3, '⑧'),
    (0xB4, '⑨'),
    (0xB5, '⑩'),
    (0xD5, '→'),
    (0xD6, '↔'),
    (0xD7, '↕'),
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
    match font {
        // The hollow bullet of second levels is a Latin o.
        Some("courier new") if byte == b'o' => Some('○'),
        Some(font) => listed(byte, font),
        None => None,
    }
    .unwrap_or(c)
}

/// What a symbol font shows for the low byte of a code, where that is known.
pub(super) fn listed(byte: u8, font: &str) -> Option<char> {
    let find = |table: &[(u8, char)]| table.iter().find(|(key, _)| *key == byte).map(|(_, shown)| *shown);
    match font {
        "wingdings" => find(WINGDINGS),
        "wingdings 2" => find(WINGDINGS_2),
        "symbol" => find(SYMBOL).or_else(|| symbol_letter(byte)),
        "zapfdingbats" => find(DINGBATS).or_else(|| dingbat(byte)),
        _ => None,
    }
}

/// Unicode took the order of its dingbats over from this font.
fn dingbat(byte: u8) -> Option<char> {
    match byte {
        b' ' => Some(' '),
        0x21..=0x7E => char::from_u32(0x2700 + u32::from(byte) - 0x20),
        0xA1..=0xEF | 0xF1..=0xFE => char::from_u32(0x2700 + u32::from(byte) - 0x40),
        _ => None,
    }
}

fn symbol_letter(byte: u8) -> Option<char> {
    match byte {
        b'A'..=b'Z' => SYMBOL_UPPER.chars().nth(usize::from(byte - b'A')),
        b'a'..=b'z' => SYMBOL_LOWER.chars().nth(usize::from(byte - b'a')),
        b' '..=b'?' => Some(char::from(byte)),
        _ => None,
    }
}
