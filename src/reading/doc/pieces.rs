//! Where the characters of the text lie in the file ([MS-DOC], 2.4.1): pieces of one or two bytes a character.

use std::ops::Range;

use super::bytes::{part, place_at, u8_at, u16_at, u32_at};
use super::sprms::change_text;

/// Single modifiers of a piece that a text depends on, by the numbers that they have there ([MS-DOC], 2.9.215).
const SINGLE_CHANGING: &[u16] = &[0x04, 0x0C, 0x19, 0x41, 0x51, 0x53, 0x5C];

#[derive(Debug)]
struct Piece {
    places: Range<usize>,
    start: usize,
    /// One byte a character, in the code page of Western Europe.
    is_narrow: bool,
}

#[derive(Debug)]
pub(super) struct Pieces<'a> {
    document: &'a [u8],
    pieces: Vec<Piece>,
}

impl<'a> Pieces<'a> {
    /// From the table that `clx` holds behind some lists of modifiers; `None` where there is none.
    ///
    /// Word up to 2003 can save changes alone, which stand in those lists then. A file in which they would change what is read is
    /// treated as a damaged one: saved again it has them in their places.
    pub(super) fn parse(document: &'a [u8], clx: &[u8]) -> Option<Self> {
        let mut at = 0;
        let mut changing = Vec::new();
        while u8_at(clx, at)? == 1 {
            let list = part(clx, at + 3, usize::from(u16_at(clx, at + 1)?))?;
            changing.push(change_text(list));
            at += 3 + list.len();
        }
        if u8_at(clx, at)? != 2 {
            return None;
        }
        let table = part(clx, at + 5, place_at(clx, at + 1)?)?;
        let count = table.len().checked_sub(4)? / 12;
        let mut pieces = Vec::new();
        for number in 0..count {
            let places = place_at(table, number * 4)?..place_at(table, number * 4 + 4)?;
            let said = (count + 1) * 4 + number * 8;
            let place = u32_at(table, said + 2)?;
            let modifier = u16_at(table, said + 6)?;
            let number = modifier >> 1;
            let changes =
                if modifier & 1 == 0 { SINGLE_CHANGING.contains(&(number & 0x7F)) } else { *changing.get(usize::from(number))? };
            if changes {
                return None;
            }
            let is_narrow = place & 0x4000_0000 != 0;
            let start = usize::try_from(place & 0x3FFF_FFFF).ok()?;
            // In order and without gaps, or programs would read different texts.
            if places.start > places.end || pieces.last().is_some_and(|before: &Piece| before.places.end != places.start) {
                return None;
            }
            // A piece without characters would only cost steps.
            if places.is_empty() {
                continue;
            }
            let start = if is_narrow { start / 2 } else { start };
            let width = if is_narrow { 1 } else { 2 };
            part(document, start, places.len().checked_mul(width)?)?;
            pieces.push(Piece { places, start, is_narrow });
        }
        Some(Self { document, pieces })
    }

    /// Characters that the pieces have.
    pub(super) fn length(&self) -> usize {
        self.pieces.last().map_or(0, |piece| piece.places.end)
    }

    /// The characters at these places: place, character, place in the file, and bytes there.
    pub(super) fn characters(&self, wanted: Range<usize>) -> impl Iterator<Item = (usize, char, usize, usize)> {
        let from = self.pieces.partition_point(|piece| piece.places.end <= wanted.start);
        let document = self.document;
        let end = wanted.end;
        let inside = self.pieces.get(from..).unwrap_or_default().iter().take_while(move |piece| piece.places.start < end);
        let units = inside.flat_map(move |piece| {
            let places = piece.places.start.max(wanted.start)..piece.places.end.min(wanted.end);
            places.filter_map(move |at| {
                let offset = at - piece.places.start;
                if piece.is_narrow {
                    let place = piece.start + offset;
                    return Some((at, western(u8_at(document, place)?), place, 1));
                }
                let place = piece.start + offset * 2;
                Some((at, u16_at(document, place)?, place, 2))
            })
        });
        Joined { units, high: None }
    }
}

/// Puts the halves of a character together.
struct Joined<I> {
    units: I,
    high: Option<u16>,
}

impl<I: Iterator<Item = (usize, u16, usize, usize)>> Iterator for Joined<I> {
    type Item = (usize, char, usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (at, unit, place, width) = self.units.next()?;
            if let Some(high) = self.high.take()
                && let Some(Ok(c)) = char::decode_utf16([high, unit]).next()
            {
                return Some((at, c, place, width));
            }
            if (0xD800..0xDC00).contains(&unit) {
                self.high = Some(unit);
                continue;
            }
            return Some((at, char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER), place, width));
        }
    }
}

fn western(byte: u8) -> u16 {
    let bytes = [byte];
    let text = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0;
    text.chars().next().and_then(|c| u16::try_from(u32::from(c)).ok()).unwrap_or_else(|| u16::from(byte))
}
