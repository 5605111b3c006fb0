//! What the styles of a document say about lists and hidden text.
//!
//! A style inherits from its parent; a chain longer than word processors build, or one that runs
//! in a circle, is followed only so far.

use std::collections::HashMap;

use super::super::xml::{Element, Ns, Odf, Xml};
use super::super::{Limits, Reason};
use super::lists::ListStyle;

/// Steps from a style to its ancestors. Templates nest a handful.
const MAX_ANCESTORS: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Styles {
    paragraphs: HashMap<String, Style>,
    texts: HashMap<String, Style>,
    lists: HashMap<String, ListStyle>,
    /// The numbering of headings that stand in no list.
    pub(super) outline: ListStyle,
}

#[derive(Debug, Default)]
struct Style {
    parent: Option<String>,
    /// The list of its paragraphs; empty means none.
    list: Option<String>,
    hidden: Option<bool>,
}

impl Styles {
    /// Takes in the styles that one part defines; a later definition replaces an earlier one of the same name.
    pub(super) fn parse(&mut self, part: &str, limits: &Limits) -> Result<(), Reason> {
        let mut xml = Xml::new(part, limits);
        while let Some(element) = xml.next_element()? {
            match (element.ns, element.local()) {
                (Ns::Odf(Odf::Office), "body" | "master-styles") => xml.skip()?,
                (Ns::Odf(Odf::Text), "list-style") => {
                    let name = xml.attribute_of(&element, Odf::Style, "name")?.unwrap_or_default();
                    let style = ListStyle::parse(&mut xml)?;
                    self.lists.insert(name, style);
                    limits.definitions(self.lists.len())?;
                }
                (Ns::Odf(Odf::Text), "outline-style") => {
                    let name = xml.attribute_of(&element, Odf::Style, "name")?;
                    self.outline = ListStyle::parse(&mut xml)?;
                    // A heading that stands in a list after all names this style.
                    self.lists.insert(name.unwrap_or_default(), self.outline.clone());
                }
                (Ns::Odf(Odf::Style), "style") => self.style(&mut xml, &element, limits)?,
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn list(&self, name: &str) -> Option<&ListStyle> {
        self.lists.get(name)
    }

    /// The list that a paragraph style puts its paragraphs in; `Some("")` takes them out of any.
    pub(super) fn list_of_paragraph(&self, name: &str) -> Option<&str> {
        inherited(&self.paragraphs, name, |style| style.list.as_deref())
    }

    pub(super) fn hides_paragraph(&self, name: &str) -> bool {
        inherited(&self.paragraphs, name, |style| style.hidden).unwrap_or(false)
    }

    pub(super) fn hides_text(&self, name: &str) -> bool {
        inherited(&self.texts, name, |style| style.hidden).unwrap_or(false)
    }

    fn style(&mut self, xml: &mut Xml<'_>, element: &Element<'_>, limits: &Limits) -> Result<(), Reason> {
        let name = xml.attribute(element, "name")?.unwrap_or_default();
        let family = xml.attribute(element, "family")?;
        let mut style =
            Style { parent: xml.attribute(element, "parent-style-name")?, list: xml.attribute(element, "list-style-name")?, hidden: None };
        let depth = xml.depth();
        while let Some(inner) = xml.next_inside(depth)? {
            if inner.local() == "text-properties" {
                style.hidden = match xml.attribute_of(&inner, Odf::Text, "display")?.as_deref() {
                    Some("none") => Some(true),
                    Some("true") => Some(false),
                    // A condition is not worked out, and its text shown.
                    Some(_) | None => None,
                };
            }
        }
        let known = match family.as_deref() {
            Some("paragraph") => &mut self.paragraphs,
            Some("text") => &mut self.texts,
            Some(_) | None => return Ok(()),
        };
        known.insert(name, style);
        limits.definitions(known.len())
    }
}

/// The nearest answer on the way from a style to its ancestors.
fn inherited<'a, T>(styles: &'a HashMap<String, Style>, name: &str, ask: impl Fn(&'a Style) -> Option<T>) -> Option<T> {
    let mut style = styles.get(name)?;
    for _ in 0..MAX_ANCESTORS {
        if let Some(answer) = ask(style) {
            return Some(answer);
        }
        style = styles.get(style.parent.as_deref()?)?;
    }
    None
}
