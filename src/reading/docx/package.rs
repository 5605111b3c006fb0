//! Finds the parts of a docx by their relationships.

use super::super::xml::{Ns, Xml};
use super::super::zipped::{Part, Zipped};
use super::super::{Kind, ReadError, Reason};

pub(super) struct Package<'a> {
    zip: Zipped<'a>,
}

struct Relationship {
    /// The last step of the type's URI, which transitional and strict files have in common.
    kind: String,
    target: String,
}

impl<'a> Package<'a> {
    pub(super) fn new(zip: Zipped<'a>) -> Self {
        Self { zip }
    }

    /// The main part of a text document.
    ///
    /// # Errors
    /// The kind of file where the package is another one than a docx.
    pub(super) fn main_part(&mut self) -> Result<Part, ReadError> {
        let relationships = self.relationships("_rels/.rels", "")?;
        let is_office = !relationships.is_empty() || self.zip.has("[Content_Types].xml");
        // Some programs leave the relationships out; then the usual name has to do.
        let name = relationships
            .into_iter()
            .find(|relationship| relationship.kind == "officeDocument")
            .map(|relationship| relationship.target)
            .filter(|target| self.zip.has(target))
            .unwrap_or_else(|| "word/document.xml".to_owned());
        let Some(part) = self.zip.part(&name)? else {
            return Err(if is_office { Reason::NoDocumentPart.into() } else { Kind::Zip.into() });
        };
        self.check_root(&part)?;
        if self.has_macros(&part)? {
            return Err(Kind::Docm.into());
        }
        Ok(part)
    }

    /// The part that `main` names by a relationship of this kind, or has beside it.
    pub(super) fn related(&mut self, main: &Part, kind: &str) -> Result<Option<Part>, ReadError> {
        let folder = folder(&main.name);
        let named = self
            .relationships(&relationships_of(&main.name), folder)?
            .into_iter()
            .find(|relationship| relationship.kind == kind)
            .map(|relationship| relationship.target)
            .filter(|target| self.zip.has(target));
        let name = named.unwrap_or_else(|| join(folder, &format!("{kind}.xml")));
        self.zip.part(&name)
    }

    fn check_root(&self, part: &Part) -> Result<(), ReadError> {
        let root = Xml::new(&part.xml, self.zip.limits()).next_element()?;
        match root.as_ref().map(|root| (root.ns, root.local())) {
            Some((Ns::Word, "document")) => Ok(()),
            Some((_, "workbook")) => Err(Kind::Xlsx.into()),
            Some((_, "presentation")) => Err(Kind::Pptx.into()),
            _ => Err(Reason::NoDocumentPart.into()),
        }
    }

    fn has_macros(&mut self, main: &Part) -> Result<bool, ReadError> {
        let has_project = self
            .relationships(&relationships_of(&main.name), folder(&main.name))?
            .iter()
            .any(|relationship| relationship.kind == "vbaProject");
        if has_project {
            return Ok(true);
        }
        let Some(types) = self.zip.part("[Content_Types].xml")? else {
            return Ok(false);
        };
        let mut xml = Xml::new(&types.xml, self.zip.limits());
        while let Some(element) = xml.next_element()? {
            let kind = xml.attribute(&element, "ContentType")?;
            if kind.is_some_and(|kind| kind.contains("macroEnabled")) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn relationships(&mut self, name: &str, folder: &str) -> Result<Vec<Relationship>, ReadError> {
        let Some(part) = self.zip.part(name)? else {
            return Ok(Vec::new());
        };
        let mut xml = Xml::new(&part.xml, self.zip.limits());
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
