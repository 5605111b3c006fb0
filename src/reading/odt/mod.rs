//! Reads the body of an OpenDocument text (ISO/IEC 26300).
//!
//! Headers and footers belong to the page styles, which are never walked; notes and annotations
//! are left out where they stand. Deleted text is kept apart by the format itself and not read.

mod body;
mod labels;
mod lines;
mod lists;
mod styles;

use super::xml::{Ns, Odf, Xml};
use super::zipped::Zipped;
use super::{Limits, ReadError, Reason};
use styles::Styles;

/// The part that holds the text.
pub(super) const CONTENT: &str = "content.xml";

/// The text of a package that says it is an OpenDocument text.
pub(super) fn read(mut zip: Zipped<'_>, limits: &Limits) -> Result<String, ReadError> {
    if is_encrypted(&mut zip)? {
        return Err(Reason::Encrypted.into());
    }
    let content = zip.part(CONTENT)?.ok_or(Reason::NoDocumentPart)?;
    let mut styles = Styles::default();
    if let Some(part) = zip.part("styles.xml")? {
        styles.parse(&part.xml, limits)?;
    }
    // What the content defines for itself goes before what the styles define.
    styles.parse(&content.xml, limits)?;
    Ok(body::read(&content.xml, &styles, limits)?)
}

/// The manifest says how a part is encrypted; newer files are encrypted as a whole, in one entry of this name.
fn is_encrypted(zip: &mut Zipped<'_>) -> Result<bool, ReadError> {
    if zip.has("encrypted-package") {
        return Ok(true);
    }
    let Some(manifest) = zip.part("META-INF/manifest.xml")? else {
        return Ok(false);
    };
    let mut xml = Xml::new(&manifest.xml, zip.limits());
    while let Some(element) = xml.next_element()? {
        if element.ns == Ns::Odf(Odf::Manifest) && element.local() == "encryption-data" {
            return Ok(true);
        }
    }
    Ok(false)
}
