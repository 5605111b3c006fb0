//! What the styles say of lists and hidden text ([MS-DOC], 2.4.6.5).
//!
//! Every style is resolved once, however many paragraphs name it.

use std::collections::BTreeMap;

use super::super::{Limits, Reason, inheritance};
use super::bytes::{part, u8_at, u16_at};
use super::sprms::{Characters, Data, Paragraph, Toggle};

#[derive(Debug, Default)]
pub(super) struct Styles(Vec<Resolved>);

/// A style with everything that it inherits.
#[derive(Debug, Clone, Copy, Default)]
struct Resolved {
    paragraph: Paragraph,
    hidden: bool,
}

#[derive(Debug, Default)]
struct Definition<'a> {
    base: Option<usize>,
    paragraph: &'a [u8],
    hidden: Option<Toggle>,
}

impl Styles {
    pub(super) fn parse(sheet: &[u8], limits: &Limits) -> Result<Self, Reason> {
        let head = u16_at(sheet, 0).map_or(0, usize::from);
        let base_size = u16_at(sheet, 4).map_or(10, usize::from);
        let mut definitions = BTreeMap::new();
        let mut at = head + 2;
        while let Some(length) = u16_at(sheet, at).map(usize::from) {
            let style = part(sheet, at + 2, length).unwrap_or_default();
            definitions.insert(definitions.len(), definition(style, base_size).unwrap_or_default());
            limits.definitions(definitions.len())?;
            at += 2 + length + length % 2;
        }
        Ok(Self(resolve(&definitions, limits)?))
    }

    /// The properties that a paragraph style gives, its ancestors' among them.
    pub(super) fn paragraph(&self, number: u16) -> Paragraph {
        Paragraph { style: number, ..self.get(number).paragraph }
    }

    pub(super) fn hides(&self, number: u16) -> bool {
        self.get(number).hidden
    }

    fn get(&self, number: u16) -> Resolved {
        self.0.get(usize::from(number)).copied().unwrap_or_default()
    }
}

fn resolve(definitions: &BTreeMap<usize, Definition<'_>>, limits: &Limits) -> Result<Vec<Resolved>, Reason> {
    // The modifiers of a style have all the room they need.
    let mut data = Data::new(&[], limits);
    let resolved = inheritance::resolve(
        definitions,
        |definition| definition.base,
        |_, definition, style: &mut Resolved| {
            style.hidden = definition.hidden.map_or(style.hidden, |own| own.over(style.hidden));
            style.paragraph.apply(definition.paragraph, &mut data)
        },
    )?;
    Ok(resolved.into_values().collect())
}

fn definition(style: &[u8], base_size: usize) -> Option<Definition<'_>> {
    const PARAGRAPH: u16 = 1;
    const CHARACTER: u16 = 2;
    const NO_BASE: usize = 0x0FFF;
    let kind = u16_at(style, 2)?;
    let name = usize::from(u16_at(style, base_size)?);
    // The name and the zero behind it.
    let mut at = base_size + 2 + name * 2 + 2;
    let mut next = || {
        let length = usize::from(u16_at(style, at)?);
        let said = part(style, at + 2, length)?;
        at += 2 + length + length % 2;
        Some(said)
    };
    let mut found = Definition { base: Some(usize::from(kind >> 4)).filter(|base| *base != NO_BASE), ..Definition::default() };
    let is_paragraph = kind & 0xF == PARAGRAPH;
    if is_paragraph {
        found.paragraph = next()?.get(2..).unwrap_or_default();
    }
    if is_paragraph || kind & 0xF == CHARACTER {
        found.hidden = next().and_then(|said| Characters::read(said).hidden);
    }
    Some(found)
}

/// The names of the fonts in lower case, by their numbers ([MS-DOC], 2.9.286).
pub(super) fn fonts(table: &[u8], limits: &Limits) -> Result<Vec<String>, Reason> {
    /// Where the name stands behind the length of its entry.
    const NAME: usize = 39;
    let mut fonts = Vec::new();
    let mut at = 4;
    for _ in 0..u16_at(table, 0).unwrap_or(0) {
        let Some(length) = u8_at(table, at).map(usize::from) else { break };
        let entry = part(table, at + 1, length).unwrap_or_default();
        let name = super::bytes::text(entry.get(NAME..).unwrap_or_default());
        fonts.push(name.split('\0').next().unwrap_or_default().to_lowercase());
        limits.definitions(fonts.len())?;
        at += 1 + length;
    }
    Ok(fonts)
}
