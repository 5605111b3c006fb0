//! Finds the parts of a docx by their relationships.

use super::super::xml::{Ns, Xml};
use super::super::zipped::{Part, Zipped};
use super::super::{Kind, Limits, ReadError, Reason};

pub(super) struct Package<'a> {
    zip: Zipped<'a>,
    pub(super) main: Part,
    /// From the main part to others.
    relationships: Vec<Relationship>,
}

struct Relationship {
    /// The last step of the type's URI, which transitional and strict files have in common.
    kind: String,
    target: String,
}

impl<'a> Package<'a> {
    /// Opens a text document at its main part.
    ///
    /// # Errors
    /// The kind of file where the package is another one than a docx.
    pub(super) fn open(mut zip: Zipped<'a>) -> Result<Self, ReadError> {
        let of_package = relationships(&mut zip, "_rels/.rels", "")?;
        let is_office = !of_package.is_empty() || zip.has("[Content_Types].xml");
        // Some programs leave the relationships out; then the usual name has to do.
        let name = target(&of_package, "officeDocument").filter(|target| zip.has(target)).unwrap_or("word/document.xml");
        let Some(main) = zip.part(name)? else {
            return Err(if is_office { Reason::NoDocumentPart.into() } else { Kind::Zip.into() });
        };
        check_root(&main, zip.limits())?;
        let relationships = relationships(&mut zip, &relationships_of(&main.name), folder(&main.name))?;
        if relationships.iter().any(|relationship| relationship.kind == "vbaProject") || has_macros(&mut zip)? {
            return Err(Kind::Docm.into());
        }
        Ok(Self { zip, main, relationships })
    }

    /// The part that the main one names by a relationship of this kind, or has beside it.
    pub(super) fn related(&mut self, kind: &str) -> Result<Option<Part>, ReadError> {
        let beside = || join(folder(&self.main.name), &format!("{kind}.xml"));
        let named = target(&self.relationships, kind).filter(|target| self.zip.has(target));
        let name = named.map_or_else(beside, str::to_owned);
        self.zip.part(&name)
    }
}

fn check_root(part: &Part, limits: &Limits) -> Result<(), ReadError> {
    let root = Xml::new(&part.xml, limits).next_element()?;
    match root.as_ref().map(|root| (root.ns, root.local())) {
        Some((Ns::Word, "document")) => Ok(()),
        Some((_, "workbook")) => Err(Kind::Xlsx.into()),
        Some((_, "presentation")) => Err(Kind::Pptx.into()),
        _ => Err(Reason::NoDocumentPart.into()),
    }
}

/// Whether a type of the package is one with macros.
fn has_macros(zip: &mut Zipped<'_>) -> Result<bool, ReadError> {
    let Some(types) = zip.part("[Content_Types].xml")? else {
        return Ok(false);
    };
    let mut xml = Xml::new(&types.xml, zip.limits());
    while let Some(element) = xml.next_element()? {
        let kind = xml.attribute(&element, "ContentType")?;
        if kind.is_some_and(|kind| kind.contains("macroEnabled")) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn relationships(zip: &mut Zipped<'_>, name: &str, folder: &str) -> Result<Vec<Relationship>, ReadError> {
    let Some(part) = zip.part(name)? else {
        return Ok(Vec::new());
    };
    let mut xml = Xml::new(&part.xml, zip.limits());
    let mut found = Vec::new();
    while let Some(element) = xml.next_element()? {
        let is_external = xml.attribute(&element, "TargetMode")?.is_some_and(|mode| mode == "External");
        if element.local() != "Relationship" || is_external {
            continue;
        }
        if let (Some(kind), Some(target)) = (xml.attribute(&element, "Type")?, xml.attribute(&element, "Target")?) {
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            found.push(Relationship { kind, target: join(folder, &target) });
        }
    }
    Ok(found)
}

/// What the first relationship of this kind leads to.
fn target<'a>(relationships: &'a [Relationship], kind: &str) -> Option<&'a str> {
    relationships.iter().find(|relationship| relationship.kind == kind).map(|relationship| relationship.target.as_str())
}

fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn relationships_of(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    join(folder(name), &format!("_rels/{file}.rels"))
}

/// Resolves a target against the folder of its source; `..` never leads out of the package.
fn join(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/").replace("%20", " ");
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}
