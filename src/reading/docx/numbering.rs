//! The definitions of lists: abstract lists with their levels, and the lists that use them.
//!
//! Counting is done by `labels`, writing of numbers by `counting`.

use std::collections::HashMap;

use super::super::counting::Counting;
use super::super::xml::{Element, Ns, Xml};
use super::super::zipped::Part;
use super::super::{Limits, Reason};
use super::is_on;
use super::properties::{self, number};
use super::styles::Styles;

/// Levels of a list (ISO/IEC 29500-1, 17.9.6).
pub(in crate::reading) const LEVELS: usize = 9;

/// Characters of a label before its numbers are put in; word processors take no more. Each number may take ten times the
/// room of its placeholder.
pub(in crate::reading) const LABEL_CHARS: usize = 255;

/// What is said of some levels of a list. Most of the lists of a file say nothing of most levels, and a file may have many.
#[derive(Debug)]
pub(in crate::reading) struct Levels<T>(Vec<(usize, T)>);

impl<T> Default for Levels<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Levels<T> {
    pub(in crate::reading) fn get(&self, at: usize) -> Option<&T> {
        self.0.iter().find(|(level, _)| *level == at).map(|(_, said)| said)
    }

    /// What is said later replaces what was said before; a level that no list has is passed over.
    pub(in crate::reading) fn set(&mut self, at: Option<i64>, said: T) {
        let Some(at) = at.and_then(|at| usize::try_from(at).ok()).filter(|at| *at < LEVELS) else { return };
        match self.0.iter_mut().find(|(level, _)| *level == at) {
            Some((_, before)) => *before = said,
            None => self.0.push((at, said)),
        }
    }
}

#[derive(Debug, Default)]
pub(in crate::reading) struct Numbering {
    pub(in crate::reading) abstracts: HashMap<i64, AbstractList>,
    pub(in crate::reading) lists: HashMap<i64, List>,
}

/// Several lists may count on together in one abstract list.
#[derive(Debug, Default)]
pub(in crate::reading) struct AbstractList {
    pub(in crate::reading) levels: Levels<Level>,
    /// Takes its levels from this list.
    pub(in crate::reading) levels_of: Option<i64>,
}

#[derive(Debug, Default)]
pub(in crate::reading) struct List {
    pub(in crate::reading) abstract_id: i64,
    pub(in crate::reading) overrides: Levels<Override>,
}

#[derive(Debug, Default)]
pub(in crate::reading) struct Override {
    pub(in crate::reading) start: Option<i64>,
    pub(in crate::reading) level: Option<Level>,
}

#[derive(Debug, Clone)]
pub(in crate::reading) struct Level {
    pub(in crate::reading) start: i64,
    pub(in crate::reading) counting: Counting,
    /// The label, `%1` to `%9` standing for the numbers of the levels.
    pub(in crate::reading) text: String,
    pub(in crate::reading) suffix: &'static str,
    /// The level, counted from 1, whose use restarts this one; 0 means never, absent any above.
    pub(in crate::reading) restart: Option<i64>,
    /// All numbers of the label are written in Arabic digits.
    pub(in crate::reading) is_legal: bool,
    /// The style whose paragraphs stand on this level.
    pub(in crate::reading) style: Option<String>,
    /// The font of a bullet, in lower case.
    pub(in crate::reading) font: Option<String>,
    pub(in crate::reading) hidden: bool,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            start: 0,
            counting: Counting::Decimal,
            text: String::new(),
            suffix: "\t",
            restart: None,
            is_legal: false,
            style: None,
            font: None,
            hidden: false,
        }
    }
}

impl Numbering {
    pub(in crate::reading) fn parse(part: &Part, styles: &Styles, limits: &Limits) -> Result<Self, Reason> {
        let mut xml = Xml::new(&part.xml, limits);
        let mut numbering = Self::default();
        while let Some(element) = xml.next_element()? {
            if element.is_word("abstractNum") {
                let id = id(&xml, &element, "abstractNumId")?;
                let list = abstract_list(&mut xml, styles)?;
                if let Some(id) = id {
                    numbering.abstracts.insert(id, list);
                    limits.definitions(numbering.abstracts.len())?;
                }
            } else if element.is_word("num") {
                let id = id(&xml, &element, "numId")?;
                let list = list(&mut xml)?;
                if let Some(id) = id {
                    numbering.lists.insert(id, list);
                    limits.definitions(numbering.lists.len())?;
                }
            }
        }
        Ok(numbering)
    }
}

fn abstract_list(xml: &mut Xml<'_>, styles: &Styles) -> Result<AbstractList, Reason> {
    let depth = xml.depth();
    let mut list = AbstractList::default();
    while let Some(element) = xml.next_inside(depth)? {
        if element.is_word("lvl") {
            let at = id(xml, &element, "ilvl")?;
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
            let at = id(xml, &element, "ilvl")?;
            list.overrides.set(at, level_override(xml)?);
            continue;
        }
        if element.is_word("abstractNumId") {
            list.abstract_id = number(xml, &element)?.unwrap_or_default();
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
            found.start = number(xml, &element)?;
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
        "start" => level.start = number(xml, element)?.unwrap_or_default(),
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
        "lvlRestart" => level.restart = number(xml, element)?,
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

fn id(xml: &Xml<'_>, element: &Element<'_>, name: &str) -> Result<Option<i64>, Reason> {
    Ok(xml.attribute(element, name)?.and_then(|value| value.trim().parse::<i32>().ok()).map(i64::from))
}
