//! The properties of stretches of the file: pages of 512 bytes, each with the properties of some stretches ([MS-DOC], 2.9.55 and 2.9.175).

use super::super::{Limits, Reason};
use super::bytes::{part, place_at, u8_at, u16_at};
use super::sprms::{Characters, Data, Paragraph};

const PAGE: usize = 512;

/// Stretches of the file from one place up to another, in order.
#[derive(Debug)]
pub(super) struct Runs<T>(Vec<(usize, usize, T)>);

impl<T> Runs<T> {
    /// What is said of the byte at `place`.
    pub(super) fn at(&self, place: usize) -> Option<&T> {
        let before = self.0.partition_point(|(start, _, _)| *start <= place).checked_sub(1)?;
        self.0.get(before).filter(|(_, end, _)| place < *end).map(|(_, _, value)| value)
    }

    /// Whether a stretch ends at `place`.
    pub(super) fn ends_at(&self, place: usize) -> bool {
        let before = self.0.partition_point(|(start, _, _)| *start < place).checked_sub(1);
        before.and_then(|at| self.0.get(at)).is_some_and(|(_, end, _)| *end == place)
    }

    /// `width` is what each stretch takes in the second list of a page; `read` gets the page and the place of the properties.
    fn load(
        document: &[u8],
        table: &[u8],
        width: usize,
        limits: &Limits,
        mut read: impl FnMut(&[u8], usize) -> Result<T, Reason>,
    ) -> Result<Self, Reason> {
        // A list of n+1 places and n numbers of pages.
        let count = table.len().saturating_sub(4) / 8;
        if count > document.len() / PAGE + 1 {
            return Err(Reason::DamagedDoc);
        }
        let mut runs = Vec::new();
        for at in 0..count {
            let number = place_at(table, (count + 1) * 4 + at * 4).ok_or(Reason::DamagedDoc)?;
            let page = number.checked_mul(PAGE).and_then(|place| part(document, place, PAGE)).ok_or(Reason::DamagedDoc)?;
            let stretches = usize::from(u8_at(page, PAGE - 1).unwrap_or(0));
            for stretch in 0..stretches {
                let (Some(start), Some(end)) = (place_at(page, stretch * 4), place_at(page, stretch * 4 + 4)) else { break };
                let Some(offset) = u8_at(page, (stretches + 1) * 4 + stretch * width) else { break };
                runs.push((start, end, read(page, usize::from(offset) * 2)?));
                if runs.len() > limits.xml_nodes {
                    return Err(Reason::TooManyNodes);
                }
            }
        }
        runs.sort_by_key(|(start, _, _)| *start);
        Ok(Self(runs))
    }
}

/// The properties of all characters.
pub(super) fn characters(document: &[u8], table: &[u8], limits: &Limits) -> Result<Runs<Characters>, Reason> {
    Runs::load(document, table, 1, limits, |page, at| {
        let modifiers = if at == 0 { None } else { u8_at(page, at).and_then(|length| part(page, at + 1, usize::from(length))) };
        Ok(modifiers.map(Characters::read).unwrap_or_default())
    })
}

/// The properties of all paragraphs, on top of those of their styles.
pub(super) fn paragraphs(
    document: &[u8],
    table: &[u8],
    limits: &Limits,
    mut data: Data<'_>,
    of_style: impl Fn(u16) -> Paragraph,
) -> Result<Runs<Paragraph>, Reason> {
    Runs::load(document, table, 13, limits, |page, at| {
        let read = || {
            let length = u8_at(page, at).filter(|_| at > 0)?;
            let (at, length) = match length {
                0 => (at + 2, usize::from(u8_at(page, at + 1)?) * 2),
                length => (at + 1, usize::from(length) * 2 - 1),
            };
            let said = part(page, at, length)?;
            Some((u16_at(said, 0)?, said.get(2..)?))
        };
        let (style, modifiers) = read().unwrap_or_default();
        let mut paragraph = of_style(style);
        paragraph.apply(modifiers, &mut data)?;
        Ok(paragraph)
    })
}
