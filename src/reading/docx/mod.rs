//! Reads the body of a word-processor document of ISO/IEC 29500.
//!
//! Headers, footers, footnotes and comments live in parts of their own, which are never opened.
//! Pictures give no text; charts, diagrams and embedded objects would lose theirs, and are refused.

mod body;
mod formula;
mod numbering;
mod package;
mod properties;
mod styles;
mod table;

use super::lists::Numbering;
use super::zipped::Zipped;
use super::{Limits, ReadError};
use package::Package;
use styles::Styles;

/// The text of a package that should be a docx.
pub(super) fn read(zip: Zipped<'_>, limits: &Limits) -> Result<String, ReadError> {
    let mut package = Package::open(zip)?;
    let styles = package.related("styles")?;
    let numbering = package.related("numbering")?;
    let styles = styles.map_or_else(|| Ok(Styles::default()), |part| Styles::parse(&part, limits))?;
    let numbering = numbering.map_or_else(|| Ok(Numbering::default()), |part| numbering::parse(&part, &styles, limits))?;
    Ok(body::read(&package.main.xml, &styles, &numbering, limits)?)
}

/// Whether a package has the main part of a docx; nothing of its text is read.
pub(super) fn is_docx(zip: Zipped<'_>) -> bool {
    Package::open(zip).is_ok()
}

/// An attribute value that says on or off: present without a value means on.
fn is_on(value: Option<&str>) -> bool {
    !matches!(value, Some("0" | "false" | "off"))
}
