//! Walks through the content and prints what stands in its body.
//!
//! Tracked changes count as accepted: insertions stand in the text, deletions apart from it. The
//! walk keeps its own stack, so no nesting of the input can exhaust the program's.

use super::super::fields::Form;
use super::super::xml::{Element, Node, Ns, Odf, Xml};
use super::super::{Limits, Reason};
use super::labels::{Beginning, Count, Labels};
use super::lines::Lines;
use super::lists::LEVELS;
use super::styles::Styles;

/// Elements of the text vocabulary without any text that stands in the body: deleted text, notes, readings above characters, the templates
/// of indexes, and numbers kept for programs that do not count by themselves.
const SILENT: &[&str] = &[
    "tracked-changes",
    "number",
    "note",
    "ruby-text",
    "script",
    "table-of-content-source",
    "illustration-index-source",
    "table-index-source",
    "object-index-source",
    "user-index-source",
    "alphabetical-index-source",
    "bibliography-source",
];

/// Shapes that may hold text of their own.
const SHAPES: &[&str] = &[
    "text-box",
    "custom-shape",
    "rect",
    "line",
    "polyline",
    "polygon",
    "regular-polygon",
    "path",
    "circle",
    "ellipse",
    "connector",
    "caption",
    "measure",
];

/// A list is open around the text that is being read.
struct OpenList {
    style: Option<String>,
    count: Count,
    level: usize,
    /// The open item: absent between items.
    item: Option<Item>,
}

/// Only the first paragraph of an item has a number.
struct Item {
    waits: bool,
    start: Option<i64>,
}

/// What an open element asks for when it ends.
enum Frame {
    Plain,
    Paragraph,
    Hidden,
    /// The lists around a box, whose own begin anew.
    Box(Vec<OpenList>),
    /// The lists around a table.
    Table(Vec<OpenList>),
    List,
    Item,
}

/// The visible text of the content `part`.
pub(super) fn read(part: &str, styles: &Styles, limits: &Limits) -> Result<String, Reason> {
    let mut walk = Walk {
        xml: Xml::new(part, limits),
        styles,
        labels: Labels::new(styles),
        lines: Lines::new(limits.output_chars),
        frames: Vec::new(),
        lists: Vec::new(),
        hidden: 0,
        found: false,
    };
    walk.run()?;
    if walk.found { Ok(walk.lines.finish()) } else { Err(Reason::NoDocumentPart) }
}

struct Walk<'a> {
    xml: Xml<'a>,
    styles: &'a Styles,
    labels: Labels<'a>,
    lines: Lines,
    frames: Vec<Frame>,
    lists: Vec<OpenList>,
    /// Open elements whose text is hidden.
    hidden: usize,
    /// The body of a text has been seen.
    found: bool,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<(), Reason> {
        loop {
            match self.xml.next()? {
                Node::Start(element) => self.start(&element)?,
                Node::End => self.end()?,
                Node::Text(text) if self.hidden == 0 => self.lines.push_data(&text)?,
                Node::Text(_) => {}
                Node::Eof => return Ok(()),
            }
        }
    }

    fn start(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        match element.ns {
            Ns::Odf(Odf::Text) => self.start_text(element),
            Ns::Odf(Odf::Office) => self.start_office(element),
            Ns::Odf(Odf::Table) => self.start_table(element),
            Ns::Odf(Odf::Drawing) => self.start_drawing(element),
            Ns::Odf(Odf::Field) => self.start_field(element),
            Ns::Odf(Odf::Rest | Odf::Style | Odf::Format | Odf::Manifest) | Ns::Math => self.xml.skip(),
            // Newer elements wrap text that older programs show as well.
            Ns::Odf(Odf::Extension)
            | Ns::Word
            | Ns::Compatibility
            | Ns::Vml
            | Ns::Drawing
            | Ns::Symbols
            | Ns::Package
            | Ns::Office
            | Ns::Other => self.open(Frame::Plain),
        }
    }

    fn start_office(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        match element.local() {
            "text" => {
                self.found = true;
                self.open(Frame::Plain)
            }
            "document-content" | "document" | "body" => self.open(Frame::Plain),
            _ => self.xml.skip(),
        }
    }

    fn start_text(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        match element.local() {
            "p" | "h" => self.start_paragraph(element),
            "span" => self.start_span(element),
            "s" => {
                let times = self.xml.number(element, "c")?.and_then(|times| usize::try_from(times).ok()).unwrap_or(1);
                self.element_char(' ', times)
            }
            "tab" => self.element_char('\t', 1),
            "line-break" => self.element_char('\n', 1),
            "list" => self.start_list(element),
            "numbered-paragraph" => self.start_numbered(element),
            "list-item" => self.start_item(element, true),
            "list-header" => self.start_item(element, false),
            "section" if self.xml.attribute(element, "display")?.as_deref() == Some("none") => self.xml.skip(),
            "hidden-text" if self.is_hidden(element)? => self.xml.skip(),
            "hidden-paragraph" if self.is_hidden(element)? => {
                self.lines.hide_paragraph();
                self.xml.skip()
            }
            name if SILENT.contains(&name) => self.xml.skip(),
            _ => self.open(Frame::Plain),
        }
    }

    fn start_table(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        let is_gone = matches!(self.xml.attribute(element, "visibility")?.as_deref(), Some("collapse" | "filter"));
        match element.local() {
            "table" => {
                let lists = std::mem::take(&mut self.lists);
                self.open(Frame::Table(lists))
            }
            "table-row" if is_gone => self.xml.skip(),
            // What a merged cell covers, and what only a spreadsheet shows.
            "covered-table-cell" | "shapes" | "title" | "desc" => self.xml.skip(),
            _ => self.open(Frame::Plain),
        }
    }

    fn start_drawing(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        match element.local() {
            name if SHAPES.contains(&name) => {
                self.lines.open_box();
                let lists = std::mem::take(&mut self.lists);
                self.open(Frame::Box(lists))
            }
            "frame" | "g" | "a" => self.open(Frame::Plain),
            // Formulas, charts and whole documents: what stands in their place is a picture of them.
            "object" | "object-ole" | "floating-frame" if self.hidden == 0 => Err(Reason::EmbeddedDocument),
            _ => self.xml.skip(),
        }
    }

    /// A box or a list of a form shows what its parameters say; others show the text between their marks.
    fn start_field(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        let kind = self.xml.attribute(element, "type")?.unwrap_or_default();
        let is_form = kind.ends_with(".FORMCHECKBOX") || kind.ends_with(".FORMDROPDOWN");
        if !is_form || element.local() == "fieldmark-end" {
            return self.open(Frame::Plain);
        }
        let shown = form(&mut self.xml, kind.ends_with("CHECKBOX"))?.shown().ok_or(Reason::UnreadForm)?;
        if self.hidden == 0 { self.lines.push_data(&shown) } else { Ok(()) }
    }

    fn end(&mut self) -> Result<(), Reason> {
        match self.frames.pop() {
            Some(Frame::Paragraph) => self.lines.close_paragraph()?,
            Some(Frame::Hidden) => self.hidden = self.hidden.saturating_sub(1),
            Some(Frame::Box(lists)) => {
                self.lists = lists;
                self.lines.close_box();
            }
            Some(Frame::Table(lists)) => self.lists = lists,
            Some(Frame::List) => drop(self.lists.pop()),
            Some(Frame::Item) => {
                if let Some(list) = self.lists.last_mut() {
                    list.item = None;
                }
            }
            Some(Frame::Plain) | None => {}
        }
        Ok(())
    }

    fn open(&mut self, frame: Frame) -> Result<(), Reason> {
        self.frames.push(frame);
        Ok(())
    }

    fn start_paragraph(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        let style = self.xml.attribute(element, "style-name")?.unwrap_or_default();
        if self.styles.hides_paragraph(&style) {
            return self.xml.skip();
        }
        let label = self.label(element, &style)?;
        let label = if self.hidden == 0 { label } else { String::new() };
        self.lines.open_paragraph(label)?;
        self.open(Frame::Paragraph)
    }

    fn start_span(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        let style = self.xml.attribute(element, "style-name")?.unwrap_or_default();
        if self.styles.hides_text(&style) {
            self.hidden += 1;
            return self.open(Frame::Hidden);
        }
        self.open(Frame::Plain)
    }

    fn label(&mut self, element: &Element<'_>, style: &str) -> Result<String, Reason> {
        let is_heading = element.local() == "h";
        let own = self.styles.list_of_paragraph(style);
        if let Some(list) = self.lists.last_mut() {
            let name = list.style.as_deref().or(own).unwrap_or_default();
            let (count, at) = (list.count, list.level);
            return Ok(match list.item.as_mut().filter(|item| item.waits) {
                Some(item) => {
                    item.waits = false;
                    self.labels.in_list(count, name, at, item.start)
                }
                None => String::new(),
            });
        }
        let is_header = self.xml.attribute(element, "is-list-header")?.as_deref() == Some("true");
        if !is_heading || is_header || own == Some("") {
            return Ok(String::new());
        }
        let at = self.xml.number(element, "outline-level")?.and_then(|level| usize::try_from(level).ok()?.checked_sub(1));
        let restarts = self.xml.attribute(element, "restart-numbering")?.as_deref() == Some("true");
        let start = self.xml.number(element, "start-value")?.filter(|_| restarts);
        Ok(at.filter(|at| *at < LEVELS).map(|at| self.labels.of_heading(at, start)).unwrap_or_default())
    }

    fn start_list(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        let style = self.xml.attribute(element, "style-name")?;
        let (count, level, style) = match self.lists.last() {
            // A list inside another counts on the next level of it, and takes its style unless it has its own.
            Some(outer) => (outer.count, outer.level.saturating_add(1), style.or_else(|| outer.style.clone())),
            None => {
                let count = self.begin(element, style.as_deref())?;
                (count, 0, style)
            }
        };
        self.lists.push(OpenList { style, count, level, item: None });
        self.open(Frame::List)
    }

    /// A paragraph that names its list and level itself.
    fn start_numbered(&mut self, element: &Element<'_>) -> Result<(), Reason> {
        let style = self.xml.attribute(element, "style-name")?;
        let id = self.xml.attribute(element, "list-id")?;
        let beginning = Beginning { style: style.clone().unwrap_or_default(), id: id.clone(), continues: id, ..Beginning::default() };
        let count = self.labels.begin(beginning);
        let level = self.xml.number(element, "level")?.and_then(|level| usize::try_from(level).ok()?.checked_sub(1)).unwrap_or(0);
        let start = self.xml.number(element, "start-value")?;
        self.lists.push(OpenList { style, count, level, item: Some(Item { waits: true, start }) });
        self.open(Frame::List)
    }

    fn begin(&mut self, element: &Element<'_>, style: Option<&str>) -> Result<Count, Reason> {
        let id = self.xml.attribute_named(element, "xml:id")?;
        Ok(self.labels.begin(Beginning {
            style: style.unwrap_or_default().to_owned(),
            id: id.or(self.xml.attribute(element, "id")?),
            continues: self.xml.attribute(element, "continue-list")?,
            goes_on: self.xml.attribute(element, "continue-numbering")?.as_deref() == Some("true"),
        }))
    }

    fn start_item(&mut self, element: &Element<'_>, is_numbered: bool) -> Result<(), Reason> {
        let start = self.xml.number(element, "start-value")?;
        if let Some(list) = self.lists.last_mut() {
            list.item = Some(Item { waits: is_numbered, start });
        }
        self.open(Frame::Item)
    }

    fn is_hidden(&self, element: &Element<'_>) -> Result<bool, Reason> {
        Ok(self.xml.attribute(element, "is-hidden")?.as_deref() == Some("true"))
    }

    fn element_char(&mut self, c: char, times: usize) -> Result<(), Reason> {
        if self.hidden == 0 {
            self.lines.push_char(c, times)?;
        }
        self.open(Frame::Plain)
    }
}

/// The parameters inside the innermost open element, a field of a form.
fn form(xml: &mut Xml<'_>, is_box: bool) -> Result<Form, Reason> {
    let depth = xml.depth();
    let (mut checked, mut chosen, mut entries) = (false, None, Vec::new());
    while let Some(element) = xml.next_inside(depth)? {
        let value = xml.attribute(&element, "value")?.unwrap_or_default();
        match xml.attribute(&element, "name")?.as_deref() {
            Some("Checkbox_Checked") => checked = value == "true",
            Some("Dropdown_ListEntry") => entries.push(value),
            Some("Dropdown_Selected") => chosen = xml.number(&element, "value")?,
            Some(_) | None => {}
        }
        xml.skip()?;
    }
    Ok(if is_box { Form::CheckBox(checked) } else { Form::DropDown { entries, chosen } })
}
