//! What is laid upon a page: text boxes, stamps and the fields of forms, by their appearances (ISO 32000-2, 12.5.5).
//!
//! Notes, links and what belongs to them are no part of the page's text.

use std::collections::HashSet;
use std::rc::Rc;

use super::super::Reason;
use super::file::File;
use super::geometry::Matrix;
use super::object::{Dict, Object};
use super::pages::Leaf;

/// What is charged for an annotation however little it shows.
const STEPS: usize = 64;

/// Flags of an annotation that is not seen on a screen: hidden, and not viewed (ISO 32000-2, 12.5.3).
const UNSEEN: i64 = 1 << 1 | 1 << 5;

/// What is seen of the annotations of a page.
#[derive(Default)]
pub(super) struct Shown {
    /// Forms, each with what brings it to its place.
    pub(super) forms: Vec<(Matrix, Rc<Object>)>,
    /// Characters of words whose appearance every viewer makes up for itself.
    pub(super) unknown: usize,
}

pub(super) fn shown(file: &File<'_>, leaf: &Leaf, hidden_layers: &HashSet<u32>) -> Result<Shown, Reason> {
    let listed = file.entry(&leaf.dict, "Annots")?;
    let mut shown = Shown::default();
    for annotation in listed.array().unwrap_or_default() {
        file.budget().step(STEPS)?;
        let annotation = file.resolve(annotation)?;
        let Some(dict) = annotation.dict() else { continue };
        let is_hidden = file.entry(dict, "F")?.int().is_some_and(|flags| flags & UNSEEN != 0)
            || matches!(dict.get("OC"), Object::Ref(layer) if hidden_layers.contains(layer));
        if is_hidden || ["Link", "Popup", "Text"].iter().any(|kind| dict.is_name("Subtype", kind)) {
            continue;
        }
        match appearance(file, dict)? {
            Some(form) => {
                file.budget().object()?;
                shown.forms.push((placed(file, dict, &form)?, form));
            }
            None => shown.unknown += words(file, dict)?,
        }
    }
    Ok(shown)
}

/// The normal appearance, in the state that the annotation is in.
fn appearance(file: &File<'_>, dict: &Dict) -> Result<Option<Rc<Object>>, Reason> {
    let appearances = file.entry(dict, "AP")?;
    let Some(appearances) = appearances.dict() else { return Ok(None) };
    let normal = file.entry(appearances, "N")?;
    if normal.stream().is_some() {
        return Ok(Some(normal));
    }
    let state = file.entry(dict, "AS")?;
    let form = match (normal.dict(), state.name()) {
        (Some(states), Some(state)) => states.0.get(state).map(|form| file.resolve(form)).transpose()?,
        (Some(_) | None, Some(_) | None) => None,
    };
    Ok(form.filter(|form| form.stream().is_some()))
}

/// What brings the box of a form, as its own matrix leaves it, to the place of the annotation.
fn placed(file: &File<'_>, dict: &Dict, form: &Object) -> Result<Matrix, Reason> {
    let none = Dict::default();
    let form = form.dict().unwrap_or(&none);
    let (Some([left, bottom, right, top]), Some([x0, y0, x1, y1])) = (numbers(file, dict, "Rect")?, numbers(file, form, "BBox")?) else {
        return Ok(Matrix::SAME);
    };
    let own = numbers(file, form, "Matrix")?.map_or(Matrix::SAME, Matrix);
    let corners = [(x0, y0), (x0, y1), (x1, y0), (x1, y1)].map(|(x, y)| own.at(x, y));
    let (xs, ys) = (corners.map(|(x, _)| x), corners.map(|(_, y)| y));
    let (across, offset_x) = fitted(&xs, left.min(right), left.max(right));
    let (up, offset_y) = fitted(&ys, bottom.min(top), bottom.max(top));
    Ok(Matrix([across, 0.0, 0.0, up, offset_x, offset_y]))
}

/// The factor and the offset that spread these values from `low` to `high`.
fn fitted(values: &[f64], low: f64, high: f64) -> (f64, f64) {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let factor = if most > least { (high - low) / (most - least) } else { 1.0 };
    (factor, low - least * factor)
}

fn numbers<const N: usize>(file: &File<'_>, dict: &Dict, key: &str) -> Result<Option<[f64; N]>, Reason> {
    let listed = file.entry(dict, key)?;
    let items: Result<Vec<Rc<Object>>, Reason> = listed.array().unwrap_or_default().iter().take(N).map(|item| file.resolve(item)).collect();
    let numbers: Vec<f64> = items?.iter().filter_map(|item| item.number()).collect();
    Ok(numbers.try_into().ok())
}

/// How many characters a text box or field holds that has no appearance.
fn words(file: &File<'_>, dict: &Dict) -> Result<usize, Reason> {
    let held = if dict.is_name("Subtype", "FreeText") { "Contents" } else { "V" };
    let is_text = dict.is_name("Subtype", "FreeText") || dict.is_name("FT", "Tx") || dict.is_name("FT", "Ch");
    let held = file.entry(dict, held)?;
    let text = held.text().filter(|_| is_text).unwrap_or_default();
    Ok(text.iter().filter(|byte| !byte.is_ascii_whitespace()).count())
}
