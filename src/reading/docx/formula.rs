//! Writes the formulas of a docx (ISO/IEC 29500-1, 22.1) in one line, as word processors write them there: `(a+b)/2`, `x_i^2`, `√(x+1)`.
//!
//! A structure is put together from its operands once it ends. One that is not known here is refused, since its signs would be lost.

use super::super::Reason;
use super::super::equation::operand;
use super::super::xml::Xml;
use super::is_on;
use super::properties::{self, RunProperties};

/// Bytes in the operands of one structure, which are copied into each structure around it. Nobody draws a formula of pages.
const MAX_TEXT: usize = 100_000;

/// Elements around the signs of a formula that draw none themselves.
pub(super) const CONTAINERS: &[&str] = &["oMath", "oMathPara"];

/// Properties that change no sign.
pub(super) const SILENT: &[&str] = &["rPr", "argPr", "ctrlPr", "oMathParaPr"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Fraction,
    Radical,
    /// A sum, an integral, and what else gathers many.
    Nary,
    Delimiters,
    Scripts,
    /// Scripts in front of what they belong to.
    PreScripts,
    Function,
    Accent,
    Bar,
    /// A brace or an arrow along its operand.
    Group,
    LowerLimit,
    UpperLimit,
    Matrix,
    /// Equations or cases below one another.
    Equations,
    Box,
    Phantom,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "f" => Self::Fraction,
            "rad" => Self::Radical,
            "nary" => Self::Nary,
            "d" => Self::Delimiters,
            "sSub" | "sSup" | "sSubSup" => Self::Scripts,
            "sPre" => Self::PreScripts,
            "func" => Self::Function,
            "acc" => Self::Accent,
            "bar" => Self::Bar,
            "groupChr" => Self::Group,
            "limLow" => Self::LowerLimit,
            "limUpp" => Self::UpperLimit,
            "m" => Self::Matrix,
            "eqArr" => Self::Equations,
            "box" | "borderBox" => Self::Box,
            "phant" => Self::Phantom,
            _ => return None,
        })
    }
}

/// What an operand is to its structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Element,
    Numerator,
    Denominator,
    Degree,
    Lower,
    Upper,
    Limit,
    Name,
}

impl Role {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "e" => Self::Element,
            "num" => Self::Numerator,
            "den" => Self::Denominator,
            "deg" => Self::Degree,
            "sub" => Self::Lower,
            "sup" => Self::Upper,
            "lim" => Self::Limit,
            "fName" => Self::Name,
            _ => return None,
        })
    }
}

#[derive(Debug)]
struct Operand {
    role: Role,
    /// Of a matrix, counted from 1.
    row: usize,
    text: String,
}

/// Signs of a structure; absent is the usual one, empty is none.
#[derive(Debug, Default)]
pub(super) struct Properties {
    sign: Option<String>,
    begin: Option<String>,
    separator: Option<String>,
    end: Option<String>,
    /// The fraction has no bar.
    is_stack: bool,
    is_above: bool,
    hides_degree: bool,
    hides_lower: bool,
    hides_upper: bool,
    is_invisible: bool,
    /// What is said of the structure itself, its operands aside.
    pub(super) control: RunProperties,
}

#[derive(Debug)]
struct Structure {
    kind: Kind,
    properties: Properties,
    /// Its signs are deleted or hidden.
    is_bare: bool,
    operands: Vec<Operand>,
    row: usize,
}

/// The structures that are open, innermost last.
#[derive(Debug, Default)]
pub(super) struct Formulas(Vec<Structure>);

impl Formulas {
    pub(super) fn is_open(&self) -> bool {
        !self.0.is_empty()
    }

    /// Opens a structure, if one has this name.
    pub(super) fn open(&mut self, name: &str) -> bool {
        let Some(kind) = Kind::of(name) else { return false };
        self.0.push(Structure { kind, properties: Properties::default(), is_bare: false, operands: Vec::new(), row: 0 });
        true
    }

    /// What belongs to a structure stands in one: an operand, or a row of them.
    pub(super) fn open_part(&mut self, name: &str) -> Result<(), Reason> {
        let structure = self.0.last_mut().ok_or(Reason::UnknownFormula)?;
        if name == "mr" {
            structure.row += 1;
        } else {
            let role = Role::of(name).ok_or(Reason::UnknownFormula)?;
            structure.operands.push(Operand { role, row: structure.row, text: String::new() });
        }
        Ok(())
    }

    pub(super) fn set(&mut self, properties: Properties, is_bare: bool) {
        if let Some(structure) = self.0.last_mut() {
            (structure.properties, structure.is_bare) = (properties, is_bare);
        }
    }

    /// Adds to the innermost operand.
    pub(super) fn push(&mut self, text: &str) -> Result<(), Reason> {
        let operand = self.0.last_mut().and_then(|structure| structure.operands.last_mut()).ok_or(Reason::UnknownFormula)?;
        if operand.text.len() + text.len() > MAX_TEXT {
            return Err(Reason::TooLong);
        }
        operand.text.push_str(text);
        Ok(())
    }

    /// The innermost structure in one line; it belongs to what it stands in.
    pub(super) fn close(&mut self) -> String {
        self.0.pop().map(|structure| structure.drawn()).unwrap_or_default()
    }
}

impl Structure {
    fn drawn(&self) -> String {
        if self.is_bare {
            return self.operands.iter().map(|operand| operand.text.as_str()).collect();
        }
        let said = &self.properties;
        let element = self.operand(Role::Element);
        match self.kind {
            Kind::Fraction if said.is_stack => format!("{} {}", self.operand(Role::Numerator), self.operand(Role::Denominator)),
            Kind::Fraction => format!("{}/{}", operand(self.operand(Role::Numerator)), operand(self.operand(Role::Denominator))),
            Kind::Radical => {
                let degree = if said.hides_degree { "" } else { self.operand(Role::Degree) };
                format!("{}√{}", operand(degree), operand(element))
            }
            Kind::Nary => format!("{}{} {element}", or(&said.sign, "∫"), self.scripts()),
            Kind::Delimiters => {
                let elements: Vec<&str> = self.operands.iter().map(|operand| operand.text.as_str()).collect();
                format!("{}{}{}", or(&said.begin, "("), elements.join(or(&said.separator, "|")), or(&said.end, ")"))
            }
            Kind::Scripts => format!("{}{}", operand(element), self.scripts()),
            Kind::PreScripts => format!("({}){}", self.scripts(), operand(element)),
            Kind::Function => format!("{} {element}", self.operand(Role::Name)),
            Kind::Accent => format!("{}{}", operand(element), or(&said.sign, "\u{302}")),
            Kind::Bar => format!("{}{}", operand(element), if said.is_above { '\u{305}' } else { '\u{332}' }),
            Kind::Group => format!("{}{}", or(&said.sign, "⏟"), operand(element)),
            Kind::LowerLimit => format!("{}{}", operand(element), script('_', self.operand(Role::Limit))),
            Kind::UpperLimit => format!("{}{}", operand(element), script('^', self.operand(Role::Limit))),
            Kind::Matrix => self.rows(),
            Kind::Equations => self.operands.iter().map(|operand| operand.text.as_str()).collect::<Vec<_>>().join("; "),
            Kind::Box => element.to_owned(),
            Kind::Phantom if said.is_invisible => String::new(),
            Kind::Phantom => element.to_owned(),
        }
    }

    fn operand(&self, role: Role) -> &str {
        self.operands.iter().find(|operand| operand.role == role).map_or("", |operand| operand.text.as_str())
    }

    fn scripts(&self) -> String {
        let lower = if self.properties.hides_lower { "" } else { self.operand(Role::Lower) };
        let upper = if self.properties.hides_upper { "" } else { self.operand(Role::Upper) };
        script('_', lower) + &script('^', upper)
    }

    fn rows(&self) -> String {
        let mut text = String::new();
        for (at, operand) in self.operands.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| self.operands.get(before));
            text.push_str(match before {
                None => "",
                Some(before) if before.row == operand.row => " ",
                Some(_) => "; ",
            });
            text.push_str(&operand.text);
        }
        text
    }
}

fn script(sign: char, text: &str) -> String {
    if text.trim().is_empty() { String::new() } else { format!("{sign}{}", operand(text)) }
}

fn or<'a>(said: &'a Option<String>, usual: &'a str) -> &'a str {
    said.as_deref().unwrap_or(usual)
}

/// The properties of a structure.
pub(super) fn properties(xml: &mut Xml<'_>) -> Result<Properties, Reason> {
    let depth = xml.depth();
    let mut found = Properties::default();
    while let Some(element) = xml.next_inside(depth)? {
        let value = xml.val(&element)?;
        match element.local() {
            "ctrlPr" => {
                found.control = properties::control(xml)?;
                continue;
            }
            "chr" => found.sign = Some(value.unwrap_or_default()),
            "begChr" => found.begin = Some(value.unwrap_or_default()),
            "sepChr" => found.separator = Some(value.unwrap_or_default()),
            "endChr" => found.end = Some(value.unwrap_or_default()),
            "type" => found.is_stack = value.as_deref() == Some("noBar"),
            "pos" => found.is_above = value.as_deref() == Some("top"),
            "degHide" => found.hides_degree = is_on(value.as_deref()),
            "subHide" => found.hides_lower = is_on(value.as_deref()),
            "supHide" => found.hides_upper = is_on(value.as_deref()),
            "show" => found.is_invisible = !is_on(value.as_deref()),
            _ => {}
        }
        xml.skip()?;
    }
    Ok(found)
}
