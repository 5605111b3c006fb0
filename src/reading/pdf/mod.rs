//! Reads the text layer of a PDF (ISO 32000-2) as its pages show it.
//!
//! A PDF knows glyphs at places and nothing of paragraphs: lines, cells and paragraphs are found by
//! measuring. Nothing is decrypted, run or fetched, and no picture is looked at: a scanned page has no text.

mod budget;
mod cmap;
mod content;
mod file;
mod filters;
mod font;
mod geometry;
mod glyph_names;
mod lines;
mod margins;
mod object;
mod pages;
mod paragraphs;
mod tables;

use std::collections::{HashMap, HashSet};

use super::{Limits, ReadError, Reason, as_shown};
use budget::Budget;
use file::File;
use margins::Sheet;
use object::Object;

/// Glyphs without a character are shown as such; where one of so many is none, the text cannot be relied on.
const GLYPHS_PER_UNKNOWN: usize = 50;

/// The text of a file that begins as a PDF does.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<String, ReadError> {
    // Places in the file count from its header, whatever some mail programs put in front.
    let begun = bytes.windows(5).take(1024).position(|window| window == b"%PDF-").unwrap_or(0);
    let data = bytes.get(begun..).unwrap_or_default();
    let budget = Budget::new(limits);
    let text = match File::by_tables(data, &budget).and_then(|file| text(&file)) {
        Err(Reason::DamagedPdf) => {
            // A file that was cut off or mended by hand is read as viewers read it.
            let file = File::by_search(data, &budget)?;
            text(&file)
        }
        outcome => outcome,
    }?;
    Ok(text)
}

fn text(file: &File<'_>) -> Result<String, Reason> {
    let hidden_layers = hidden_layers(file)?;
    let mut fonts = HashMap::new();
    let mut sheets = Vec::new();
    let (mut glyphs, mut unknown) = (0usize, 0usize);
    for (number, leaf) in pages::list(file)?.iter().enumerate() {
        let page = content::run(file, leaf, &hidden_layers, &mut fonts)?;
        glyphs += page.glyphs.len() + page.turned.len();
        unknown += page.unknown;
        let (width, height, rules) = (page.width, page.height, page.rules.clone());
        sheets.push(Sheet { width, height, lines: tables::read(page, number, file.budget())?, rules });
    }
    if unknown.saturating_mul(GLYPHS_PER_UNKNOWN) > glyphs {
        return Err(Reason::UnknownGlyphs);
    }
    let body = margins::body_size(&sheets);
    margins::strip(&mut sheets, file.budget())?;
    let lines: Vec<lines::Line> = sheets.into_iter().flat_map(|sheet| sheet.lines).collect();
    Ok(paragraphs::join(&lines, body).chars().filter_map(as_shown).collect())
}

/// The layers that are switched off when the file is opened.
fn hidden_layers(file: &File<'_>) -> Result<HashSet<u32>, Reason> {
    let root = file.root()?;
    let Some(root) = root.dict() else { return Ok(HashSet::new()) };
    let properties = file.entry(root, "OCProperties")?;
    let Some(properties) = properties.dict() else { return Ok(HashSet::new()) };
    let usual = file.entry(properties, "D")?;
    let Some(usual) = usual.dict() else { return Ok(HashSet::new()) };
    let off = file.entry(usual, "OFF")?;
    let numbers = off.array().unwrap_or_default().iter().filter_map(Object::reference);
    Ok(numbers.collect())
}
