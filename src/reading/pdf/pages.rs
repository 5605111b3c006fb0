//! Walks through the tree of pages (ISO 32000-2, 7.7.3), in a circle never.

use std::collections::HashSet;
use std::rc::Rc;

use super::super::Reason;
use super::file::File;
use super::object::{Dict, Object};

/// Levels of the tree. Real files have fewer than ten.
const MAX_DEPTH: usize = 64;

/// One page with what it inherits.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) dict: Dict,
    pub(super) resources: Rc<Object>,
    /// Left, bottom, right and top of what is shown.
    pub(super) area: [f64; 4],
    /// Quarter turns clockwise.
    pub(super) turns: i64,
}

/// The pages in their order.
pub(super) fn list(file: &File<'_>) -> Result<Vec<Leaf>, Reason> {
    let root = file.root()?;
    let Some(tree) = root.dict().map(|root| root.get("Pages").clone()) else { return Err(Reason::DamagedPdf) };
    let usual = Leaf { dict: Dict::default(), resources: Rc::new(Object::Null), area: [0.0, 0.0, 595.0, 842.0], turns: 0 };
    let mut pages = Vec::new();
    let mut seen = HashSet::new();
    // Nodes that are still to be visited, the next one last.
    let mut waiting = vec![(tree, usual, 0)];
    while let Some((node, inherited, depth)) = waiting.pop() {
        if let Object::Ref(number) = node
            && !seen.insert(number)
        {
            continue;
        }
        if depth > MAX_DEPTH {
            return Err(Reason::TooDeep);
        }
        let node = file.resolve(&node)?;
        let Some(dict) = node.dict() else { continue };
        let here = inherit(file, dict, inherited)?;
        let kids = file.entry(dict, "Kids")?;
        match kids.array() {
            Some(kids) if !dict.is_name("Type", "Page") => {
                file.budget().step(kids.len())?;
                for kid in kids.iter().rev() {
                    file.budget().object()?;
                    waiting.push((kid.clone(), here.clone(), depth + 1));
                }
            }
            Some(_) | None => {
                pages.push(Leaf { dict: dict.clone(), ..here });
                if pages.len() > file.budget().pages {
                    return Err(Reason::TooManyPages);
                }
            }
        }
    }
    Ok(pages)
}

fn inherit(file: &File<'_>, dict: &Dict, mut leaf: Leaf) -> Result<Leaf, Reason> {
    let resources = file.entry(dict, "Resources")?;
    if resources.dict().is_some() {
        leaf.resources = resources;
    }
    for key in ["MediaBox", "CropBox"] {
        let area = file.entry(dict, key)?;
        let corners: Result<Vec<Rc<Object>>, Reason> =
            area.array().unwrap_or_default().iter().take(4).map(|corner| file.resolve(corner)).collect();
        let corners: Vec<f64> = corners?.iter().filter_map(|corner| corner.number()).collect();
        if let [a, b, c, d] = *corners.as_slice()
            && a != c
            && b != d
        {
            leaf.area = [a.min(c), b.min(d), a.max(c), b.max(d)];
        }
    }
    if let Some(angle) = file.entry(dict, "Rotate")?.int() {
        leaf.turns = angle.div_euclid(90).rem_euclid(4);
    }
    Ok(leaf)
}
