//! What the styles of a document say about numbering and hidden text.
//!
//! The chain of `basedOn` is resolved once for all styles; a chain that runs in a circle ends
//! where it would repeat itself.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::inheritance;
use super::super::labels::Place;
use super::super::xml::{Element, Xml};
use super::super::zipped::Part;
use super::super::{Limits, Reason};
use super::is_on;
use super::properties::{self, NumberingRef, ParagraphProperties, RunProperties};

#[derive(Debug, Default)]
pub(super) struct Styles {
    resolved: HashMap<String, Resolved>,
    default_paragraph: Option<String>,
    hidden_by_default: bool,
}

/// A style with everything that it inherits.
#[derive(Debug, Clone, Default)]
pub(super) struct Resolved {
    pub(super) numbering: NumberingRef,
    /// The style in the chain that names the list: the list's levels may name it in turn.
    pub(super) numbering_style: Option<Rc<str>>,
    hidden: bool,
}

#[derive(Debug, Default)]
struct Definition {
    based_on: Option<String>,
    numbering: NumberingRef,
    hidden: Option<bool>,
}

impl Styles {
    pub(super) fn parse(part: &Part, limits: &Limits) -> Result<Self, Reason> {
        let mut xml = Xml::new(&part.xml, limits);
        let mut definitions = HashMap::new();
        let mut styles = Self::default();
        while let Some(element) = xml.next_element()? {
            if element.is_word("docDefaults") {
                styles.hidden_by_default = has_vanish(&mut xml)?;
            } else if element.is_word("style") {
                let id = xml.attribute(&element, "styleId")?;
                let is_default = xml.attribute(&element, "default")?.is_some_and(|value| is_on(Some(&value)));
                let is_paragraph = xml.attribute(&element, "type")?.is_none_or(|kind| kind == "paragraph");
                let definition = definition(&mut xml)?;
                if let Some(id) = id {
                    if is_default && is_paragraph {
                        styles.default_paragraph = Some(id.clone());
                    }
                    definitions.insert(id, definition);
                    limits.definitions(definitions.len())?;
                }
            }
        }
        let definitions = definitions.iter().map(|(id, definition)| (id.as_str(), definition)).collect();
        let resolved = inheritance::resolve(
            &definitions,
            |definition| definition.based_on.as_deref(),
            |id, definition, style| {
                apply(id, definition, style);
                Ok(())
            },
        )?;
        styles.resolved = resolved.into_iter().map(|(id, style)| (id.to_owned(), style)).collect();
        Ok(styles)
    }

    /// Where a paragraph stands in a list: what it says itself goes before its style.
    pub(super) fn place(&self, paragraph: &ParagraphProperties) -> Place {
        let style = self.of_paragraph(paragraph.style.as_deref());
        let inherited = style.map(|style| style.numbering).unwrap_or_default();
        Place {
            list: paragraph.numbering.num_id.or(inherited.num_id),
            level: paragraph.numbering.level.or(inherited.level),
            style: style.and_then(|style| style.numbering_style.clone()),
        }
    }

    /// The style of a paragraph, or the default one where it names none.
    fn of_paragraph(&self, id: Option<&str>) -> Option<&Resolved> {
        let id = id.or(self.default_paragraph.as_deref())?;
        self.resolved.get(id)
    }

    pub(super) fn get(&self, id: &str) -> Option<&Resolved> {
        self.resolved.get(id)
    }

    /// Whether text with these properties is hidden, in a paragraph of this style. `vanish` is a toggle: set in the paragraph's
    /// and in the run's style it cancels out (ISO/IEC 29500-1, 17.7.3).
    pub(super) fn hides(&self, paragraph: Option<&str>, run: &RunProperties) -> bool {
        run.hidden.unwrap_or_else(|| {
            let by_paragraph = self.of_paragraph(paragraph).is_some_and(|style| style.hidden);
            let by_run = run.style.as_deref().and_then(|id| self.resolved.get(id)).is_some_and(|style| style.hidden);
            self.hidden_by_default || (by_paragraph != by_run)
        })
    }
}

/// Puts what a style says itself on top of what it inherits.
fn apply(id: &str, definition: &Definition, style: &mut Resolved) {
    if let Some(num_id) = definition.numbering.num_id {
        style.numbering = NumberingRef { num_id: Some(num_id), level: None };
        style.numbering_style = Some(Rc::from(id));
    }
    if definition.numbering.level.is_some() {
        style.numbering.level = definition.numbering.level;
        style.numbering_style = Some(Rc::from(id));
    }
    style.hidden = definition.hidden.unwrap_or(style.hidden);
}

fn definition(xml: &mut Xml<'_>) -> Result<Definition, Reason> {
    let depth = xml.depth();
    let mut definition = Definition::default();
    while let Some(element) = xml.next_inside(depth)? {
        if element.is_word("basedOn") {
            definition.based_on = xml.val(&element)?;
            xml.skip()?;
        } else if element.is_word("pPr") {
            definition.numbering = properties::paragraph(xml)?.numbering;
        } else if element.is_word("rPr") {
            definition.hidden = properties::run(xml)?.hidden;
        } else {
            xml.skip()?;
        }
    }
    Ok(definition)
}

fn has_vanish(xml: &mut Xml<'_>) -> Result<bool, Reason> {
    let depth = xml.depth();
    let mut hidden = false;
    while let Some(element) = xml.next_inside(depth)? {
        hidden |= is_vanish(xml, &element)?;
    }
    Ok(hidden)
}

fn is_vanish(xml: &Xml<'_>, element: &Element<'_>) -> Result<bool, Reason> {
    Ok(element.is_word("vanish") && is_on(xml.val(element)?.as_deref()))
}
