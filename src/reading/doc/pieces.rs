//! Where the characters of the text lie in the file ([MS-DOC], 2.4.1): pieces of one or two bytes a character.

use std::ops::Range;

use super::bytes::{part, place_at, u8_at, u16_at, u32_at};

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
    /// From the table that `clx` holds behind some changes; `None` where there is none.
    pub(super) fn parse(document: &'a [u8], clx: &[u8]) -> Option<Self> {
        let mut at = 0;
        while u8_at(clx, at)? == 1 {
            at += 3 + usize::from(u16_at(clx, at + 1)?);
        }
        if u8_at(clx, at)? != 2 {
            return None;
        }
        let table = part(clx, at + 5, place_at(clx, at + 1)?)?;
        let count = table.len().checked_sub(4)? / 12;
        let mut pieces = Vec::new();
        for number in 0..count {
            let places = place_at(table, number * 4)?..place_at(table, number * 4 + 4)?;
            let place = u32_at(table, (count + 1) * 4 + number * 8 + 2)?;
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
