//! What the styles say of lists and hidden text ([MS-DOC], 2.4.6.5).

use super::super::Limits;
use super::super::Reason;
use super::bytes::{part, u8_at, u16_at};
use super::sprms::{Characters, Paragraph};

/// Steps from a style to its ancestors. Templates nest a handful.
const MAX_ANCESTORS: usize = 12;

/// No style.
const NONE: u16 = 0x0FFF;

#[derive(Debug, Default)]
pub(super) struct Styles(Vec<Style>);

#[derive(Debug, Default)]
struct Style {
    base: u16,
    paragraph: Vec<u8>,
    hidden: bool,
}

impl Styles {
    pub(super) fn parse(sheet: &[u8], limits: &Limits) -> Result<Self, Reason> {
        let head = u16_at(sheet, 0).map_or(0, usize::from);
        let base_size = u16_at(sheet, 4).map_or(10, usize::from);
        let mut styles = Vec::new();
        let mut at = head + 2;
        while let Some(length) = u16_at(sheet, at).map(usize::from) {
            let style = part(sheet, at + 2, length).unwrap_or_default();
            styles.push(style_of(style, base_size).unwrap_or_default());
            limits.definitions(styles.len())?;
            at += 2 + length + length % 2;
        }
        Ok(Self(styles))
    }

    /// The properties that a paragraph style gives, its ancestors' first.
    pub(super) fn paragraph(&self, number: u16) -> Paragraph {
        let mut properties = Paragraph::default();
        for style in self.lineage(number).into_iter().rev() {
            properties.apply(&style.paragraph);
        }
        properties.style = number;
        properties
    }

    pub(super) fn hides(&self, number: u16) -> bool {
        self.lineage(number).iter().any(|style| style.hidden)
    }

    fn lineage(&self, number: u16) -> Vec<&Style> {
        let mut styles = Vec::new();
        let mut next = number;
        while let Some(style) = self.0.get(usize::from(next)).filter(|_| next != NONE && styles.len() < MAX_ANCESTORS) {
            styles.push(style);
            next = style.base;
        }
        styles
    }
}

fn style_of(style: &[u8], base_size: usize) -> Option<Style> {
    const PARAGRAPH: u16 = 1;
    const CHARACTER: u16 = 2;
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
    let mut found = Style { base: kind >> 4, ..Style::default() };
    let is_paragraph = kind & 0xF == PARAGRAPH;
    if is_paragraph {
        found.paragraph = next()?.get(2..).unwrap_or_default().to_vec();
    }
    if is_paragraph || kind & 0xF == CHARACTER {
        found.hidden = next().is_some_and(|said| Characters::read(said).hidden.is_some_and(|hidden| hidden.over(false)));
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
