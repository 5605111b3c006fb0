//! Properties of characters and paragraphs: lists of modifiers, each with an operand of known length ([MS-DOC], 2.2.5).

use super::super::{Limits, Reason};
use super::bytes::{part, place_at, u8_at, u16_at, u32_at};

/// Those below that a text depends on, and those that change or undo others ([MS-DOC], 2.6.1 and 2.6.2).
const CHANGING: &[u16] = &[
    0x0800, 0x0818, 0x083C, 0x2A32, 0x2A33, 0x4A30, 0x6A09, 0xCA31, 0xCA47, // of characters
    0x2417, 0x244B, 0x244C, 0x2602, 0x260A, 0x4600, 0x460B, 0x6645, 0x6646, 0x646B, 0xC601, // of paragraphs
];

/// What the modifiers say of some characters.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Characters {
    pub(super) style: Option<u16>,
    /// A tracked change takes them away.
    pub(super) deleted: bool,
    pub(super) hidden: Option<Toggle>,
    /// A character of a symbol font stands in their place: the font's number, and the character.
    pub(super) symbol: Option<(u16, u16)>,
    /// The font of symbols.
    pub(super) font: Option<u16>,
}

/// On, off, as the style says, or the opposite of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Toggle {
    Set(bool),
    Same,
    Opposite,
}

impl Toggle {
    pub(super) fn over(self, style: bool) -> bool {
        match self {
            Self::Set(value) => value,
            Self::Same => style,
            Self::Opposite => !style,
        }
    }
}

/// What the modifiers say of a paragraph.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Paragraph {
    pub(super) style: u16,
    /// The number of its list; 0 for none.
    pub(super) list: Option<i16>,
    pub(super) level: Option<u8>,
    /// It is the end of a row and no paragraph.
    pub(super) ends_row: bool,
    /// It is the last of a cell of a table in a table.
    pub(super) ends_inner_cell: bool,
}

impl Characters {
    pub(super) fn read(modifiers: &[u8]) -> Self {
        let mut properties = Self::default();
        for (code, operand) in Modifiers(modifiers) {
            match code {
                0x0800 => properties.deleted = is_on(operand),
                0x083C => properties.hidden = toggle(operand),
                0x4A30 => properties.style = u16_at(operand, 0),
                0x4A4F => properties.font = u16_at(operand, 0),
                0x6A09 => {
                    properties.symbol = u32_at(operand, 0).map(|both| {
                        let [a, b, c, d] = both.to_le_bytes();
                        (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]))
                    })
                }
                _ => {}
            }
        }
        properties
    }
}

impl Paragraph {
    /// Takes in what the modifiers say on top of what is known; those that had no room stand in `data`.
    pub(super) fn apply(&mut self, modifiers: &[u8], data: &mut Data<'_>) -> Result<(), Reason> {
        self.apply_within(modifiers, data, Data::MAX_STEPS)
    }

    fn apply_within(&mut self, modifiers: &[u8], data: &mut Data<'_>, steps: usize) -> Result<(), Reason> {
        for (code, operand) in Modifiers(modifiers) {
            match code {
                0x6645 | 0x6646 | 0x646B => {
                    let steps = steps.checked_sub(1).ok_or(Reason::DamagedDoc)?;
                    let modifiers = data.modifiers(place_at(operand, 0))?;
                    self.apply_within(modifiers, data, steps)?;
                }
                0x4600 => self.style = u16_at(operand, 0).unwrap_or(self.style),
                0x460B => self.list = u16_at(operand, 0).map(u16::cast_signed),
                0x260A => self.level = u8_at(operand, 0),
                0x2417 | 0x244C => self.ends_row = is_on(operand),
                0x244B => self.ends_inner_cell = is_on(operand),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The stream of what has no room elsewhere, with long lists of modifiers among pictures ([MS-DOC], 2.9.210).
pub(super) struct Data<'a> {
    bytes: &'a [u8],
    /// Bytes of modifiers that may still be read: many paragraphs may name the same ones.
    left: usize,
}

impl<'a> Data<'a> {
    /// From a paragraph to its modifiers, and from there to those of its table.
    const MAX_STEPS: usize = 2;

    pub(super) fn new(bytes: &'a [u8], limits: &Limits) -> Self {
        Self { bytes, left: limits.unpacked_bytes }
    }

    fn modifiers(&mut self, place: Option<usize>) -> Result<&'a [u8], Reason> {
        let read = |place: usize| part(self.bytes, place.checked_add(2)?, usize::from(u16_at(self.bytes, place)?));
        let modifiers = place.and_then(read).ok_or(Reason::DamagedDoc)?;
        self.left = self.left.checked_sub(modifiers.len()).ok_or(Reason::TooManyNodes)?;
        Ok(modifiers)
    }
}

/// Whether these modifiers of a piece would change what is read.
pub(super) fn change_text(modifiers: &[u8]) -> bool {
    Modifiers(modifiers).any(|(code, _)| CHANGING.contains(&code))
}

fn is_on(operand: &[u8]) -> bool {
    u8_at(operand, 0).is_some_and(|value| value != 0)
}

fn toggle(operand: &[u8]) -> Option<Toggle> {
    match u8_at(operand, 0)? {
        0 => Some(Toggle::Set(false)),
        1 => Some(Toggle::Set(true)),
        0x80 => Some(Toggle::Same),
        0x81 => Some(Toggle::Opposite),
        _ => None,
    }
}

/// Walks through the modifiers; a cut one ends the walk.
struct Modifiers<'a>(&'a [u8]);

impl<'a> Iterator for Modifiers<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let code = u16_at(self.0, 0)?;
        let rest = self.0.get(2..)?;
        // The three highest bits tell the length; two modifiers count theirs in ways of their own.
        let (head, length) = match code >> 13 {
            0 | 1 => (0, 1),
            2 | 4 | 5 => (0, 2),
            3 => (0, 4),
            7 => (0, 3),
            _ if code == 0xD608 => (2, usize::from(u16_at(rest, 0)?).saturating_sub(1)),
            _ if code == 0xC615 && u8_at(rest, 0)? == 255 => {
                let deleted = usize::from(u8_at(rest, 1)?);
                let added = usize::from(u8_at(rest, deleted.checked_mul(4)?.checked_add(2)?)?);
                (1, 2 + deleted * 4 + added * 3)
            }
            _ => (1, usize::from(u8_at(rest, 0)?)),
        };
        let operand = part(rest, head, length)?;
        self.0 = rest.get(head + length..)?;
        Some((code, operand))
    }
}
