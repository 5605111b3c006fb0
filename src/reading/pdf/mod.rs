//! Reads the text layer of a PDF (ISO 32000-2) as its pages show it.
//!
//! A PDF knows glyphs at places and nothing of paragraphs: lines, cells and paragraphs are found by
//! measuring. Nothing is decrypted, run or fetched, and no picture is looked at: a file with scanned pages is
//! refused, unless it has nothing else and thus no text at all.

mod annotations;
mod budget;
mod cmap;
mod columns;
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
mod paths;
mod tables;

use std::collections::{HashMap, HashSet};

use super::{Limits, ReadError, Reason, as_shown};
use budget::Budget;
use file::File;
use margins::Sheet;
use object::Object;

/// Glyphs without a character are shown as such; where one of so many is none, the text cannot be relied on.
const GLYPHS_PER_UNKNOWN: usize = 50;

/// The part of a page without text from which on a picture on it is thought to hold the text.
const PICTURED: f64 = 0.3;

/// The same where there are so few characters that they may be a page number or the mark of a scanning program.
const WHOLLY_PICTURED: f64 = 0.8;
const FEW_CHARS: usize = 20;

/// The text of a file that begins as a PDF does.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<String, ReadError> {
    // Places in the file count from its header, whatever some mail programs put in front.
    let begun = bytes.windows(5).take(1024).position(|window| window == b"%PDF-").unwrap_or(0);
    let data = bytes.get(begun..).unwrap_or_default();
    let budget = Budget::new(limits);
    match File::by_tables(data, &budget).map_err(ReadError::from).and_then(|file| text(&file)) {
        // A file that was cut off or mended by hand is read as viewers read it.
        Err(ReadError::Unreadable { reason: Reason::DamagedPdf }) => text(&File::by_search(data, &budget)?),
        outcome => outcome,
    }
}

fn text(file: &File<'_>) -> Result<String, ReadError> {
    let hidden_layers = hidden_layers(file)?;
    let mut fonts = HashMap::new();
    let mut sheets = Vec::new();
    let (mut glyphs, mut unknown) = (0usize, 0usize);
    for (number, leaf) in pages::list(file)?.iter().enumerate() {
        let page = content::run(file, leaf, &hidden_layers, &mut fonts)?;
        glyphs += page.glyphs.len() + page.turned.len();
        unknown += page.unknown;
        let (width, height, pictured, rules) = (page.width, page.height, page.pictured, page.rules.clone());
        sheets.push(Sheet { width, height, pictured, lines: tables::read(page, number, file.budget())?, rules });
    }
    if unknown.saturating_mul(GLYPHS_PER_UNKNOWN) > glyphs {
        return Err(Reason::UnknownGlyphs.into());
    }
    let body = margins::body_size(&sheets);
    margins::strip(&mut sheets, file.budget())?;
    if let Some(page) = sheets.iter().position(is_picture).filter(|_| sheets.iter().any(|sheet| !sheet.lines.is_empty())) {
        return Err(ReadError::PicturePage { page: page + 1 });
    }
    let lines: Vec<lines::Line> = sheets.into_iter().flat_map(|sheet| sheet.lines).collect();
    Ok(paragraphs::join(&lines, body).chars().filter_map(as_shown).collect())
}

/// Whether a page shows a picture in place of text, as a scanned one does. A seal or a drawing beside text is none.
fn is_picture(sheet: &Sheet) -> bool {
    let chars: usize = sheet.lines.iter().map(|line| line.text.chars().count()).sum();
    (chars == 0 && sheet.pictured > PICTURED) || (chars < FEW_CHARS && sheet.pictured > WHOLLY_PICTURED)
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
