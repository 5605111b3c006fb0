//! Walks through the main part and prints what stands in its body.
//!
//! Tracked changes count as accepted. The walk keeps its own stack, so no nesting of the input
//! can exhaust the program's.

use super::super::fields::Fields;
use super::super::labels::Labels;
use super::super::lines::Lines;
use super::super::lists::Numbering;
use super::super::xml::{Element, Node, Ns, Xml};
use super::super::{Limits, Reason, symbols};
use super::formula::{self, Formulas};
use super::properties::{self, CellProperties, ParagraphProperties, RunProperties};
use super::styles::Styles;
use super::table::Table;

/// Elements without any text that stands in the body: properties, deleted and moved-away text,
/// readings above characters, and the names of embedded objects.
const SILENT: &[&str] = &[
    "del",
    "moveFrom",
    "delText",
    "delInstrText",
    "rt",
    "pPr",
    "rPr",
    "tblPr",
    "tblGrid",
    "tblPrEx",
    "sectPr",
    "sdtPr",
    "sdtEndPr",
    "rubyPr",
    "customXmlPr",
    "smartTagPr",
    "trPr",
    "tcPr",
    "background",
];

/// Charts, diagrams, and words of drawings that are no text boxes.
const DRAWN: &[&str] = &["chart", "relIds", "t"];

/// What an open element asks for when it ends.
enum Frame {
    Plain,
    Paragraph { style: Option<String> },
    Run { hidden: bool },
    Text { preserve: bool },
    FieldCode { preserve: bool },
    SimpleField,
    TextBox,
    Table,
    Row,
    Cell { placed: bool },
    Alternatives { taken: bool },
    Formula,
}

/// The visible text of the main part `part`.
pub(super) fn read(part: &str, styles: &Styles, numbering: &Numbering, limits: &Limits) -> Result<String, Reason> {
    let mut walk = Walk::new(part, styles, numbering, limits, true);
    walk.run()?;
    if walk.fields.in_code() {
        // A field whose code never ends would hide the rest of the document. Such a field is
        // damaged, so its parts are not told apart at all; the codes themselves stay out.
        walk = Walk::new(part, styles, numbering, limits, false);
        walk.run()?;
    }
    walk.lines.finish()
}

struct Walk<'a> {
    xml: Xml<'a>,
    styles: &'a Styles,
    lines: Lines<'a>,
    frames: Vec<Frame>,
    tables: Vec<Table>,
    fields: Fields,
    formulas: Formulas,
    heeds_fields: bool,
    /// The text of the element being read, while one is.
    text: Option<String>,
}

impl<'a> Walk<'a> {
    fn new(part: &'a str, styles: &'a Styles, numbering: &'a Numbering, limits: &Limits, heeds_fields: bool) -> Self {
        Self {
            xml: Xml::new(part, limits),
            styles,
            lines: Lines::new(Labels::new(numbering), limits.output_chars),
            frames: Vec::new(),
            tables: Vec::new(),
            fields: Fields::default(),
            formulas: Formulas::default(),
            heeds_fields,
            text: None,
        }
    }

    fn run(&mut self) -> Result<(), Reason> {
        loop {
            match self.xml.next()? {
                Node::Start(element) => self.start(&element)?,
                Node::End => self.end()?,
                Node::Text(text) => {
                    if let (Some(Frame::Text { .. } | Frame::FieldCode { .. }), Some(known)) = (self.frames.last(), &mut self.text) {
                        known.push_str(&text);
                    }
                }
                Node::Eof => return Ok(()),
            }
        }
    }

    fn start(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        match element.ns {
            Ns::Word => self.start_word(element),
            Ns::Compatibility => self.start_alternative(element),
            Ns::Math => self.start_math(element),
            Ns::Vml if element.local() == "textpath" => self.start_path(element),
            Ns::Symbols if element.local() == "symEx" => self.start_symbol(element),
            Ns::Drawing if DRAWN.contains(&element.local()) => self.start_unread(Reason::UnreadGraphic),
            Ns::Office if element.local() == "OLEObject" => self.start_unread(Reason::EmbeddedDocument),
            Ns::Vml | Ns::Drawing | Ns::Symbols | Ns::Package | Ns::Office | Ns::Odf(_) | Ns::Other => self.open(Frame::Plain),
        }
    }

    fn start_word(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        match element.local() {
            // A formula holds signs, and no lines of its own.
            "p" if self.formulas.is_open() => Err(Reason::UnknownFormula),
            "p" => {
                self.lines.open_paragraph(self.styles.place(&ParagraphProperties::default()));
                self.open(Frame::Paragraph { style: None })
            }
            "pPr" if matches!(self.frames.last(), Some(Frame::Paragraph { .. })) => self.paragraph_properties(),
            "r" => self.open_run(),
            "rPr" if matches!(self.frames.last(), Some(Frame::Run { .. })) => self.run_properties(),
            "t" => self.open_text(Frame::Text { preserve: Xml::preserves_space(element) }),
            "instrText" => self.open_text(Frame::FieldCode { preserve: Xml::preserves_space(element) }),
            "tab" | "ptab" => self.open_char("\t"),
            "br" | "cr" => self.open_char("\n"),
            "noBreakHyphen" => self.open_char("-"),
            "sym" => self.start_symbol(element),
            "fldChar" => self.start_field_char(element),
            "fldSimple" => self.start_simple_field(element),
            "ffData" => {
                self.fields.set_form(properties::form(&mut self.xml)?);
                Ok(())
            }
            "tbl" => {
                self.lines.settle()?;
                self.tables.push(Table::default());
                self.open(Frame::Table)
            }
            "tr" => {
                if let Some(table) = self.tables.last_mut() {
                    table.begin_row();
                }
                self.open(Frame::Row)
            }
            "trPr" if matches!(self.frames.last(), Some(Frame::Row)) => self.row_properties(),
            "tc" => self.open(Frame::Cell { placed: false }),
            "tcPr" if matches!(self.frames.last(), Some(Frame::Cell { .. })) => self.cell_properties(),
            "txbxContent" => self.start_box(),
            "altChunk" | "subDoc" => Err(Reason::EmbeddedDocument),
            "objectEmbed" | "objectLink" => self.start_unread(Reason::EmbeddedDocument),
            name if SILENT.contains(&name) => self.xml.skip(),
            _ => self.open(Frame::Plain),
        }
    }

    fn start_math(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        match element.local() {
            "t" => self.open_text(Frame::Text { preserve: Xml::preserves_space(element) }),
            "r" => self.open_run(),
            name if formula::CONTAINERS.contains(&name) => self.open(Frame::Plain),
            name if formula::SILENT.contains(&name) => self.xml.skip(),
            name if name.ends_with("Pr") && matches!(self.frames.last(), Some(Frame::Formula)) => {
                let properties = formula::properties(&mut self.xml)?;
                let is_bare = properties.control.deleted || self.is_hidden(&properties.control);
                self.formulas.set(properties, is_bare);
                Ok(())
            }
            name if self.formulas.open(name) => self.open(Frame::Formula),
            name => {
                self.formulas.open_part(name)?;
                self.open(Frame::Plain)
            }
        }
    }

    /// Of the branches of an alternative the first that a word processor understands is shown.
    fn start_alternative(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        if element.local() == "AlternateContent" {
            return self.open(Frame::Alternatives { taken: false });
        }
        let is_understood = match element.local() {
            "Choice" => self.xml.attribute(element, "Requires")?.is_none_or(|needs| self.xml.understands(&needs)),
            _ => true,
        };
        match self.frames.last_mut() {
            Some(Frame::Alternatives { taken }) if !*taken && is_understood => *taken = true,
            Some(Frame::Alternatives { .. }) => return self.xml.skip(),
            Some(_) | None => {}
        }
        self.open(Frame::Plain)
    }

    fn end(&mut self) -> Result<(), Reason> {
        match self.frames.pop() {
            Some(Frame::Paragraph { .. }) => self.lines.close_paragraph(),
            Some(Frame::Text { preserve }) => {
                let text = self.close_text(preserve);
                self.put(&text)
            }
            Some(Frame::FieldCode { preserve }) => {
                let text = self.close_text(preserve);
                if self.fields.in_code() {
                    self.fields.take(&text);
                }
                Ok(())
            }
            Some(Frame::SimpleField) => self.end_field(),
            Some(Frame::Formula) => {
                let drawn = self.formulas.close();
                self.print(&drawn)
            }
            Some(Frame::TextBox) => self.lines.close_box(),
            Some(Frame::Table) => {
                self.tables.pop();
                Ok(())
            }
            Some(Frame::Cell { placed }) => {
                if !placed {
                    self.place_cell(CellProperties::default());
                }
                self.lines.settle()
            }
            Some(Frame::Row | Frame::Run { .. } | Frame::Alternatives { .. } | Frame::Plain) | None => Ok(()),
        }
    }

    fn open(&mut self, frame: Frame) -> Result<(), Reason> {
        self.frames.push(frame);
        Ok(())
    }

    fn open_run(&mut self) -> Result<(), Reason> {
        let hidden = self.is_hidden(&RunProperties::default());
        self.open(Frame::Run { hidden })
    }

    fn open_char(&mut self, text: &str) -> Result<(), Reason> {
        // A tab stop in the properties of a list is no tab in the text.
        let innermost = self.frames.iter().rev().find(|frame| !matches!(frame, Frame::Plain | Frame::Alternatives { .. }));
        if matches!(innermost, Some(Frame::Run { hidden: false })) {
            self.put(text)?;
        }
        self.open(Frame::Plain)
    }

    /// Text holds characters and nothing else; what stands in one another has no order that programs agree on.
    fn open_text(&mut self, frame: Frame) -> Result<(), Reason> {
        if self.text.replace(String::new()).is_some() {
            return Err(Reason::BrokenXml);
        }
        self.open(frame)
    }

    /// The text that ends here as it is seen. Blanks at its ends count only where the file says so, and a line end is a blank.
    fn close_text(&mut self, preserve: bool) -> String {
        let text = self.text.take().unwrap_or_default();
        if self.is_in_hidden_run() {
            return String::new();
        }
        let text = if preserve { text.as_str() } else { text.trim_matches([' ', '\t', '\r', '\n']) };
        text.replace(['\r', '\n'], " ")
    }

    /// Where the parts of fields are told apart, text in the code of one is the field's.
    fn put(&mut self, text: &str) -> Result<(), Reason> {
        let is_code = self.fields.take(text);
        if is_code && self.heeds_fields { Ok(()) } else { self.print(text) }
    }

    fn print(&mut self, text: &str) -> Result<(), Reason> {
        if self.formulas.is_open() { self.formulas.push(text) } else { self.lines.push(text) }
    }

    fn paragraph_properties(&mut self) -> Result<(), Reason> {
        let properties = properties::paragraph(&mut self.xml)?;
        if let Some(paragraph) = self.lines.paragraph() {
            paragraph.runs_on = properties.mark.deleted || self.styles.hides(properties.style.as_deref(), &properties.mark);
            paragraph.place = self.styles.place(&properties);
        }
        if let Some(Frame::Paragraph { style }) = self.frames.last_mut() {
            *style = properties.style;
        }
        Ok(())
    }

    fn run_properties(&mut self) -> Result<(), Reason> {
        let properties = properties::run(&mut self.xml)?;
        let hides = self.is_hidden(&properties);
        if let Some(Frame::Run { hidden }) = self.frames.last_mut() {
            *hidden = hides;
        }
        Ok(())
    }

    fn is_hidden(&self, run: &RunProperties) -> bool {
        let paragraph = self.frames.iter().rev().find_map(|frame| if let Frame::Paragraph { style } = frame { Some(style) } else { None });
        paragraph.is_some_and(|style| self.styles.hides(style.as_deref(), run))
    }

    /// Whether what stands beside the text at this point is seen.
    fn is_shown(&self) -> bool {
        let is_code = self.heeds_fields && self.fields.in_code();
        !is_code && !self.is_in_hidden_run()
    }

    fn is_in_hidden_run(&self) -> bool {
        self.frames
            .iter()
            .rev()
            .find_map(|frame| match frame {
                Frame::Run { hidden } => Some(*hidden),
                Frame::Paragraph { .. } => Some(false),
                Frame::Plain
                | Frame::Text { .. }
                | Frame::FieldCode { .. }
                | Frame::SimpleField
                | Frame::TextBox
                | Frame::Table
                | Frame::Row
                | Frame::Cell { .. }
                | Frame::Alternatives { .. }
                | Frame::Formula => None,
            })
            .unwrap_or(false)
    }

    fn start_symbol(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        let font = self.xml.attribute(element, "font")?.map(|font| font.to_ascii_lowercase());
        let code = self.xml.attribute(element, "char")?.and_then(|code| u32::from_str_radix(&code, 16).ok());
        match code.and_then(char::from_u32) {
            Some(c) => self.open_char(symbols::shown(c, font.as_deref()).encode_utf8(&mut [0; 4])),
            None => self.open(Frame::Plain),
        }
    }

    fn start_field_char(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        match self.xml.attribute(element, "fldCharType")?.as_deref() {
            Some("begin") => self.fields.begin()?,
            Some("separate") => self.fields.separate(),
            Some("end") => self.end_field()?,
            Some(_) | None => {}
        }
        self.open(Frame::Plain)
    }

    fn start_simple_field(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        self.fields.begin()?;
        self.fields.take(&self.xml.attribute(element, "instr")?.unwrap_or_default());
        self.fields.separate();
        self.open(Frame::SimpleField)
    }

    fn end_field(&mut self) -> Result<(), Reason> {
        match self.fields.end()? {
            Some(text) => self.put(&text),
            None => Ok(()),
        }
    }

    fn start_path(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        let text = self.xml.attribute(element, "string")?.filter(|text| !text.trim().is_empty());
        if let Some(text) = text.filter(|_| self.is_shown()) {
            self.lines.push_beside(text.replace(['\r', '\n'], " "))?;
        }
        self.open(Frame::Plain)
    }

    /// Words that a person sees and that stand elsewhere, in a form that is not read.
    fn start_unread(&mut self, reason: Reason) -> Result<(), Reason> {
        if self.is_shown() { Err(reason) } else { self.xml.skip() }
    }

    fn start_box(&mut self) -> Result<(), Reason> {
        if !self.is_shown() {
            return self.xml.skip();
        }
        self.lines.open_box();
        self.open(Frame::TextBox)
    }

    fn row_properties(&mut self) -> Result<(), Reason> {
        let row = properties::cell(&mut self.xml)?;
        if row.gone {
            return self.leave_out();
        }
        if let Some(table) = self.tables.last_mut() {
            table.leave_free(row.before);
        }
        Ok(())
    }

    fn cell_properties(&mut self) -> Result<(), Reason> {
        let cell = properties::cell(&mut self.xml)?;
        if let Some(Frame::Cell { placed }) = self.frames.last_mut() {
            *placed = true;
        }
        let is_covered = self.place_cell(cell);
        if cell.gone || is_covered { self.leave_out() } else { Ok(()) }
    }

    fn place_cell(&mut self, cell: CellProperties) -> bool {
        self.tables.last_mut().is_some_and(|table| table.place(cell))
    }

    /// Goes past the end of the innermost open element without what is left of it.
    fn leave_out(&mut self) -> Result<(), Reason> {
        self.frames.pop();
        self.xml.skip()
    }
}
