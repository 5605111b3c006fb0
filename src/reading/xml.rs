//! Walks through one XML part with bounded depth, size and cost.
//!
//! Names are told by namespace and not by prefix. A document type declaration is refused, so no
//! entity but the five of XML itself is ever resolved. Memory grows with the nesting alone.

use std::borrow::Cow;
use std::collections::HashMap;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::{Limits, Reason};

/// The longest value of an attribute that is asked for. Word processors write names of at most some hundred characters.
const ATTRIBUTE_BYTES: usize = 32 * 1024;

/// The namespaces whose elements mean something here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ns {
    /// WordprocessingML, transitional or strict.
    Word,
    /// Markup compatibility: `AlternateContent` and its branches.
    Compatibility,
    /// Office mathematics.
    Math,
    /// The older drawing language, for text along a path.
    Vml,
    /// DrawingML, for what draws words of its own.
    Drawing,
    /// Package relationships and content types.
    Package,
    /// Symbols in fonts of their own, which a character stands in for where older programs are heeded.
    Symbols,
    /// Known to word processors, and walked through.
    Office,
    /// OpenDocument.
    Odf(Odf),
    /// Anything else.
    Other,
}

/// The vocabularies of OpenDocument (ISO/IEC 26300) that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odf {
    Office,
    Text,
    Table,
    Style,
    Drawing,
    /// XSL formatting objects, whose names properties have.
    Format,
    Manifest,
    /// What LibreOffice adds to the standard.
    Extension,
    /// Fields of forms as Word has them, which LibreOffice adds as well.
    Field,
    /// Scripts, forms, presentations and what else gives no text.
    Rest,
}

impl Odf {
    fn of(uri: &str) -> Option<Self> {
        if uri == "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0" {
            return Some(Self::Field);
        }
        let name = uri
            .strip_prefix("urn:oasis:names:tc:opendocument:xmlns:")
            .or_else(|| uri.strip_prefix("urn:org:documentfoundation:names:experimental:"))?;
        let name = name.split(':').next().unwrap_or_default();
        Some(match name {
            "office" if uri.starts_with("urn:org") => Self::Extension,
            "office" => Self::Office,
            "text" => Self::Text,
            "table" => Self::Table,
            "style" => Self::Style,
            "drawing" => Self::Drawing,
            "xsl-fo-compatible" => Self::Format,
            "manifest" => Self::Manifest,
            _ => Self::Rest,
        })
    }
}

impl Ns {
    fn of(uri: &str) -> Self {
        match uri {
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main" | "http://purl.oclc.org/ooxml/wordprocessingml/main" => {
                Self::Word
            }
            "http://schemas.openxmlformats.org/markup-compatibility/2006" => Self::Compatibility,
            "http://schemas.openxmlformats.org/officeDocument/2006/math" | "http://purl.oclc.org/ooxml/officeDocument/math" => Self::Math,
            "urn:schemas-microsoft-com:vml" => Self::Vml,
            "urn:schemas-microsoft-com:office:office" => Self::Office,
            "http://schemas.openxmlformats.org/package/2006/relationships"
            | "http://schemas.openxmlformats.org/package/2006/content-types" => Self::Package,
            "http://schemas.microsoft.com/office/word/2015/wordml/symex" => Self::Symbols,
            _ if [
                "http://schemas.openxmlformats.org/drawingml/",
                "http://purl.oclc.org/ooxml/drawingml/",
                "http://schemas.microsoft.com/office/drawing/",
            ]
            .iter()
            .any(|start| uri.starts_with(start)) =>
            {
                Self::Drawing
            }
            _ if ["http://schemas.microsoft.com/office/", "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"]
                .iter()
                .any(|start| uri.starts_with(start)) =>
            {
                Self::Office
            }
            _ => Odf::of(uri).map_or(Self::Other, Self::Odf),
        }
    }
}

/// One step through the part. An empty element gives `Start` and `End`.
pub(super) enum Node<'a> {
    Start(Element<'a>),
    End,
    Text(Cow<'a, str>),
    Eof,
}

pub(super) struct Element<'a> {
    pub(super) ns: Ns,
    tag: BytesStart<'a>,
}

impl Element<'_> {
    pub(super) fn local(&self) -> &str {
        self.tag.local_name().into_inner()
    }

    /// Whether this is the element `local` of WordprocessingML.
    pub(super) fn is_word(&self, local: &str) -> bool {
        self.ns == Ns::Word && self.local() == local
    }
}

pub(super) struct Xml<'a> {
    reader: quick_xml::Reader<&'a [u8]>,
    /// The namespaces that each prefix stands for, innermost last.
    prefixes: HashMap<String, Vec<Ns>>,
    /// The prefixes declared by open elements, each with the depth of its element.
    declared: Vec<(usize, String)>,
    depth: usize,
    nodes: usize,
    max_depth: usize,
    max_nodes: usize,
}

impl<'a> Xml<'a> {
    pub(super) fn new(part: &'a str, limits: &Limits) -> Self {
        let mut reader = quick_xml::Reader::from_str(part);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            prefixes: HashMap::new(),
            declared: Vec::new(),
            depth: 0,
            nodes: 0,
            max_depth: limits.xml_depth,
            max_nodes: limits.xml_nodes,
        }
    }

    /// Elements open at this point.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn next(&mut self) -> Result<Node<'a>, Reason> {
        loop {
            match self.reader.read_event().map_err(|_| Reason::BrokenXml)? {
                Event::Start(tag) => return self.open(tag).map(Node::Start),
                Event::End(_) => {
                    self.close();
                    return Ok(Node::End);
                }
                Event::Text(text) => return Ok(Node::Text(text.xml10_content())),
                Event::CData(text) => return Ok(Node::Text(text.xml10_content())),
                Event::GeneralRef(reference) => {
                    let c = match reference.resolve_char_ref().map_err(|_| Reason::BrokenXml)? {
                        Some(c) => c,
                        None => predefined(&reference).ok_or(Reason::BrokenXml)?,
                    };
                    return Ok(Node::Text(Cow::Owned(c.to_string())));
                }
                Event::DocType(_) => return Err(Reason::DtdDeclared),
                Event::Eof if self.depth > 0 => return Err(Reason::BrokenXml),
                Event::Eof => return Ok(Node::Eof),
                // The reader expands empty elements; the others carry no content.
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    /// The next element, its text and the ends before it left aside.
    pub(super) fn next_element(&mut self) -> Result<Option<Element<'a>>, Reason> {
        loop {
            match self.next()? {
                Node::Start(element) => return Ok(Some(element)),
                Node::Eof => return Ok(None),
                Node::End | Node::Text(_) => {}
            }
        }
    }

    /// The next element inside the one that was open at `depth`; `None` once that is closed.
    pub(super) fn next_inside(&mut self, depth: usize) -> Result<Option<Element<'a>>, Reason> {
        loop {
            match self.next()? {
                Node::Start(element) => return Ok(Some(element)),
                Node::End if self.depth < depth => return Ok(None),
                Node::Eof => return Ok(None),
                Node::End | Node::Text(_) => {}
            }
        }
    }

    /// Goes past the end of the innermost open element.
    pub(super) fn skip(&mut self) -> Result<(), Reason> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.next()?;
        }
        Ok(())
    }

    /// The value of the attribute `local`, unprefixed or of the namespace of its element.
    pub(super) fn attribute(&self, element: &Element<'_>, local: &str) -> Result<Option<String>, Reason> {
        for attribute in element.tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Reason::BrokenXml)?;
            let (name, prefix) = attribute.key.decompose();
            let is_ours = prefix.is_none_or(|prefix| self.resolve(prefix.into_inner()) == element.ns);
            if name.into_inner() == local && is_ours {
                return short(&attribute).map(Some);
            }
        }
        Ok(None)
    }

    /// The value of the attribute `local` of the namespace `ns`.
    pub(super) fn attribute_of(&self, element: &Element<'_>, ns: Odf, local: &str) -> Result<Option<String>, Reason> {
        for attribute in element.tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Reason::BrokenXml)?;
            let (name, prefix) = attribute.key.decompose();
            if name.into_inner() == local && prefix.is_some_and(|prefix| self.resolve(prefix.into_inner()) == Ns::Odf(ns)) {
                return short(&attribute).map(Some);
            }
        }
        Ok(None)
    }

    /// The attribute `val`, as most properties have it.
    pub(super) fn val(&self, element: &Element<'_>) -> Result<Option<String>, Reason> {
        self.attribute(element, "val")
    }

    /// A whole number of 32 bits, the range of word processors, as [`Self::attribute`] finds it; what is none counts as absent.
    pub(super) fn number(&self, element: &Element<'_>, local: &str) -> Result<Option<i64>, Reason> {
        Ok(self.attribute(element, local)?.and_then(|value| value.trim().parse::<i32>().ok()).map(i64::from))
    }

    /// The value of the attribute with exactly this name, prefix included.
    pub(super) fn attribute_named(&self, element: &Element<'_>, name: &str) -> Result<Option<String>, Reason> {
        for attribute in element.tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Reason::BrokenXml)?;
            if attribute.key.into_inner() == name {
                return short(&attribute).map(Some);
            }
        }
        Ok(None)
    }

    /// Whether `xml:space` asks for blanks to be kept.
    pub(super) fn preserves_space(element: &Element<'_>) -> bool {
        element
            .tag
            .attributes()
            .with_checks(false)
            .flatten()
            .any(|attribute| attribute.key.into_inner() == "xml:space" && attribute.value == "preserve")
    }

    /// Whether every namespace whose prefixes `requires` lists is read here. What falls back from a symbol is its character.
    pub(super) fn understands(&self, requires: &str) -> bool {
        requires.split_ascii_whitespace().all(|prefix| !matches!(self.resolve(prefix), Ns::Symbols | Ns::Other))
    }

    fn open(&mut self, tag: BytesStart<'a>) -> Result<Element<'a>, Reason> {
        self.depth += 1;
        self.nodes += 1;
        if self.depth > self.max_depth {
            return Err(Reason::TooDeep);
        }
        if self.nodes > self.max_nodes {
            return Err(Reason::TooManyNodes);
        }
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Reason::BrokenXml)?;
            let key = attribute.key.into_inner();
            let prefix = match key.split_once(':') {
                None if key == "xmlns" => "",
                Some(("xmlns", prefix)) => prefix,
                None | Some(_) => continue,
            };
            let ns = Ns::of(&value(&attribute)?);
            self.prefixes.entry(prefix.to_owned()).or_default().push(ns);
            self.declared.push((self.depth, prefix.to_owned()));
        }
        let ns = self.resolve(tag.name().prefix().map_or("", |prefix| prefix.into_inner()));
        Ok(Element { ns, tag })
    }

    fn close(&mut self) {
        while let Some((_, prefix)) = self.declared.pop_if(|(depth, _)| *depth == self.depth) {
            if let Some(meanings) = self.prefixes.get_mut(&prefix) {
                meanings.pop();
            }
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn resolve(&self, prefix: &str) -> Ns {
        self.prefixes.get(prefix).and_then(|meanings| meanings.last()).copied().unwrap_or(Ns::Other)
    }
}

/// Names are kept and compared for every paragraph, and no word processor writes any of this length.
fn short(attribute: &quick_xml::events::attributes::Attribute<'_>) -> Result<String, Reason> {
    if attribute.value.len() > ATTRIBUTE_BYTES { Err(Reason::BrokenXml) } else { value(attribute) }
}

fn value(attribute: &quick_xml::events::attributes::Attribute<'_>) -> Result<String, Reason> {
    attribute.normalized_value(XmlVersion::Implicit1_0).map(Cow::into_owned).map_err(|_| Reason::BrokenXml)
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}
