//! Reads the properties of paragraphs and runs as far as they change the visible text.
//!
//! Each function is called just after the start of its element and goes past its end. What a
//! tracked change remembers of earlier properties is left aside.

use super::super::Reason;
use super::super::fields::Form;
use super::super::xml::Xml;
use super::is_on;

/// The list and level that a paragraph or style names; 0 as `num_id` switches numbering off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct NumberingRef {
    pub(super) num_id: Option<i64>,
    pub(super) level: Option<usize>,
}

/// The properties of one paragraph.
#[derive(Debug, Clone, Default)]
pub(super) struct ParagraphProperties {
    pub(super) style: Option<String>,
    pub(super) numbering: NumberingRef,
    pub(super) mark: RunProperties,
}

/// The properties of one run or of a paragraph mark.
#[derive(Debug, Clone, Default)]
pub(super) struct RunProperties {
    pub(super) style: Option<String>,
    /// Hidden or shown by itself, whatever the styles say.
    pub(super) hidden: Option<bool>,
    /// A tracked change takes it away.
    pub(super) deleted: bool,
    /// The font of symbols, in lower case.
    pub(super) font: Option<String>,
}

/// What a row or cell says of its place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CellProperties {
    /// Columns of the grid that it covers; absent means one.
    pub(super) span: Option<usize>,
    /// Columns of the grid left free in front of a row.
    pub(super) before: usize,
    /// Goes on with the cell above (`Some(true)`) or begins a merged cell (`Some(false)`).
    pub(super) continues: Option<bool>,
    /// Hidden, or taken away by a tracked change.
    pub(super) gone: bool,
}

pub(super) fn paragraph(xml: &mut Xml<'_>) -> Result<ParagraphProperties, Reason> {
    let depth = xml.depth();
    let mut properties = ParagraphProperties::default();
    while let Some(element) = xml.next_inside(depth)? {
        if element.is_word("pStyle") {
            properties.style = xml.val(&element)?;
        } else if element.is_word("numPr") {
            properties.numbering = numbering(xml)?;
        } else if element.is_word("rPr") {
            properties.mark = run(xml)?;
        } else {
            xml.skip()?;
        }
    }
    Ok(properties)
}

pub(super) fn numbering(xml: &mut Xml<'_>) -> Result<NumberingRef, Reason> {
    let depth = xml.depth();
    let mut reference = NumberingRef::default();
    while let Some(element) = xml.next_inside(depth)? {
        if element.is_word("numId") {
            reference.num_id = xml.number(&element, "val")?;
        } else if element.is_word("ilvl") {
            reference.level = xml.number(&element, "val")?.and_then(|level| usize::try_from(level).ok());
        }
        xml.skip()?;
    }
    Ok(reference)
}

pub(super) fn run(xml: &mut Xml<'_>) -> Result<RunProperties, Reason> {
    let depth = xml.depth();
    let mut properties = RunProperties::default();
    while let Some(element) = xml.next_inside(depth)? {
        if element.is_word("rStyle") {
            properties.style = xml.val(&element)?;
        } else if element.is_word("vanish") {
            properties.hidden = Some(is_on(xml.val(&element)?.as_deref()));
        } else if element.is_word("specVanish") {
            // A style separator: its paragraph mark is hidden for good.
            if is_on(xml.val(&element)?.as_deref()) {
                properties.hidden = Some(true);
            }
        } else if element.is_word("del") || element.is_word("moveFrom") {
            properties.deleted = true;
        } else if element.is_word("rFonts") {
            let font = match xml.attribute(&element, "ascii")? {
                None => xml.attribute(&element, "hAnsi")?,
                font => font,
            };
            properties.font = font.map(|font| font.to_ascii_lowercase());
        }
        xml.skip()?;
    }
    Ok(properties)
}

/// What `m:ctrlPr` says of the signs of a formula; a tracked change stands around their properties.
pub(super) fn control(xml: &mut Xml<'_>) -> Result<RunProperties, Reason> {
    let depth = xml.depth();
    let mut properties = RunProperties::default();
    while let Some(element) = xml.next_inside(depth)? {
        if element.is_word("rPr") {
            properties = RunProperties { deleted: properties.deleted, ..run(xml)? };
        } else if element.is_word("del") || element.is_word("moveFrom") {
            properties.deleted = true;
        }
    }
    Ok(properties)
}

/// `w:trPr` or `w:tcPr`.
pub(super) fn cell(xml: &mut Xml<'_>) -> Result<CellProperties, Reason> {
    let depth = xml.depth();
    let mut properties = CellProperties::default();
    while let Some(element) = xml.next_inside(depth)? {
        if element.is_word("gridSpan") {
            properties.span = xml.number(&element, "val")?.and_then(|span| usize::try_from(span).ok());
        } else if element.is_word("gridBefore") {
            properties.before = xml.number(&element, "val")?.and_then(|before| usize::try_from(before).ok()).unwrap_or(0);
        } else if element.is_word("vMerge") {
            properties.continues = Some(xml.val(&element)?.is_none_or(|value| value != "restart"));
        } else if element.is_word("hidden") {
            properties.gone |= is_on(xml.val(&element)?.as_deref());
        } else if element.is_word("del") || element.is_word("cellDel") {
            properties.gone = true;
        }
        xml.skip()?;
    }
    Ok(properties)
}

/// What `w:ffData` says that a field of a form shows; `None` where it shows its result.
pub(super) fn form(xml: &mut Xml<'_>) -> Result<Option<Form>, Reason> {
    let depth = xml.depth();
    let mut form = None;
    while let Some(element) = xml.next_inside(depth)? {
        if element.is_word("checkBox") {
            form = Some(check_box(xml)?);
        } else if element.is_word("ddList") {
            form = Some(drop_down(xml)?);
        } else {
            xml.skip()?;
        }
    }
    Ok(form)
}

fn check_box(xml: &mut Xml<'_>) -> Result<Form, Reason> {
    let depth = xml.depth();
    let (mut usual, mut checked) = (false, None);
    while let Some(element) = xml.next_inside(depth)? {
        let value = is_on(xml.val(&element)?.as_deref());
        if element.is_word("default") {
            usual = value;
        } else if element.is_word("checked") {
            checked = Some(value);
        }
        xml.skip()?;
    }
    Ok(Form::CheckBox(checked.unwrap_or(usual)))
}

fn drop_down(xml: &mut Xml<'_>) -> Result<Form, Reason> {
    let depth = xml.depth();
    let (mut usual, mut chosen, mut entries) = (None, None, Vec::new());
    while let Some(element) = xml.next_inside(depth)? {
        if element.is_word("default") {
            usual = xml.number(&element, "val")?;
        } else if element.is_word("result") {
            chosen = xml.number(&element, "val")?;
        } else if element.is_word("listEntry") {
            entries.push(xml.val(&element)?.unwrap_or_default());
        }
        xml.skip()?;
    }
    Ok(Form::DropDown { entries, chosen: chosen.or(usual) })
}
