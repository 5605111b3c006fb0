//! Reads the definitions of lists.
//!
//! Counting is done by `labels`, writing of numbers by `counting`.

use super::super::counting::Counting;
use super::super::lists::{AbstractList, LABEL_CHARS, Level, List, Numbering, Override};
use super::super::xml::{Element, Ns, Xml};
use super::super::zipped::Part;
use super::super::{Limits, Reason};
use super::is_on;
use super::properties;
use super::styles::Styles;

pub(super) fn parse(part: &Part, styles: &Styles, limits: &Limits) -> Result<Numbering, Reason> {
    let mut xml = Xml::new(&part.xml, limits);
    let mut numbering = Numbering::default();
    while let Some(element) = xml.next_element()? {
        if element.is_word("abstractNum") {
            let id = xml.number(&element, "abstractNumId")?;
            let list = abstract_list(&mut xml, styles)?;
            if let Some(id) = id {
                numbering.abstracts.insert(id, list);
                limits.definitions(numbering.abstracts.len())?;
            }
        } else if element.is_word("num") {
            let id = xml.number(&element, "numId")?;
            let list = list(&mut xml)?;
            if let Some(id) = id {
                numbering.lists.insert(id, list);
                limits.definitions(numbering.lists.len())?;
            }
        }
    }
    Ok(numbering)
}

fn abstract_list(xml: &mut Xml<'_>, styles: &Styles) -> Result<AbstractList, Reason> {
    let depth = xml.depth();
    let mut list = AbstractList::default();
    while let Some(element) = xml.next_inside(depth)? {
        if element.is_word("lvl") {
            let at = xml.number(&element, "ilvl")?;
            list.levels.set(at, level(xml)?);
            continue;
        }
        if element.is_word("numStyleLink") {
            // A style names the list.
            list.levels_of = xml.val(&element)?.and_then(|style| styles.get(&style)?.numbering.num_id);
        }
        xml.skip()?;
    }
    Ok(list)
}

fn list(xml: &mut Xml<'_>) -> Result<List, Reason> {
    let depth = xml.depth();
    let mut list = List::default();
    while let Some(element) = xml.next_inside(depth)? {
        if element.is_word("lvlOverride") {
            let at = xml.number(&element, "ilvl")?;
            list.overrides.set(at, level_override(xml)?);
            continue;
        }
        if element.is_word("abstractNumId") {
            list.abstract_id = xml.number(&element, "val")?.unwrap_or_default();
        }
        xml.skip()?;
    }
    Ok(list)
}

fn level_override(xml: &mut Xml<'_>) -> Result<Override, Reason> {
    let depth = xml.depth();
    let mut found = Override::default();
    while let Some(element) = xml.next_inside(depth)? {
        if element.is_word("lvl") {
            found.level = Some(level(xml)?);
            continue;
        }
        if element.is_word("startOverride") {
            found.start = xml.number(&element, "val")?;
        }
        xml.skip()?;
    }
    Ok(found)
}

fn level(xml: &mut Xml<'_>) -> Result<Level, Reason> {
    let depth = xml.depth();
    let mut level = Level::default();
    while let Some(element) = xml.next_inside(depth)? {
        // A newer format stands in the first branch with an older one to fall back on.
        if element.ns == Ns::Compatibility && element.local() != "Fallback" {
            continue;
        }
        if element.is_word("rPr") {
            let run = properties::run(xml)?;
            level.font = run.font;
            level.hidden = run.hidden.unwrap_or(false);
            continue;
        }
        if element.ns == Ns::Word {
            take(&mut level, xml, &element)?;
        }
        xml.skip()?;
    }
    Ok(level)
}

fn take(level: &mut Level, xml: &Xml<'_>, element: &Element<'_>) -> Result<(), Reason> {
    match element.local() {
        "start" => level.start = xml.number(element, "val")?.unwrap_or_default(),
        "numFmt" => {
            let format = xml.attribute(element, "format")?;
            level.counting = Counting::named(&xml.val(element)?.unwrap_or_default(), format.as_deref());
        }
        "lvlText" => {
            level.text = xml.val(element)?.unwrap_or_default();
            if level.text.chars().nth(LABEL_CHARS).is_some() {
                return Err(Reason::LabelTooLong);
            }
        }
        "lvlRestart" => level.restart = xml.number(element, "val")?,
        "isLgl" => level.is_legal = is_on(xml.val(element)?.as_deref()),
        "pStyle" => level.style = xml.val(element)?,
        "suff" => {
            level.suffix = match xml.val(element)?.as_deref() {
                Some("space") => " ",
                Some("nothing") => "",
                Some(_) | None => "\t",
            };
        }
        _ => {}
    }
    Ok(())
}
