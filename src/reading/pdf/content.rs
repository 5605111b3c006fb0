//! Runs the content of a page as far as it shows text or draws lines (ISO 32000-2, 8 and 9).
//!
//! Text that is painted invisibly, as programs for character recognition lay it over scans, is not
//! seen by a reader and not read. What is marked as a header, footer or page number is left out.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::Reason;
use super::annotations;
use super::file::File;
use super::font::Font;
use super::geometry::{Matrix, Rule};
use super::glyph_names;
use super::object::{BYTES_PER_STEP, Dict, Lexer, Object, Token, is_blank};
use super::pages::Leaf;
use super::paths::{MAX_RULES, Path};

/// Forms drawn inside forms. Real files stay below ten.
const MAX_FORMS: usize = 16;

/// Saved states and marks open at once.
const MAX_STACK: usize = 512;

/// Operands of one operator.
const MAX_OPERANDS: usize = 4096;

/// A page full of the smallest readable print has about twenty thousand.
const MAX_GLYPHS: usize = 200_000;

/// What is charged for a form however short it is.
const FORM_STEPS: usize = 64;

/// What is charged for a font however small it is.
const FONT_STEPS: usize = 1000;

/// One or more characters shown at one place, in points from the lower left corner of the page as it is held.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub(super) x0: f64,
    pub(super) x1: f64,
    pub(super) y: f64,
    pub(super) size: f64,
    pub(super) text: String,
}

#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) glyphs: Vec<Glyph>,
    /// Text that runs up or down the page, turned level.
    pub(super) turned: Vec<Glyph>,
    pub(super) rules: Vec<Rule>,
    /// Codes that nothing gives a character for.
    pub(super) unknown: usize,
    /// How much of the page is covered by pictures, as a part of it.
    pub(super) pictured: f64,
}

#[derive(Clone)]
struct State {
    ctm: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    char_space: f64,
    word_space: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
    mode: i64,
}

/// What a mark says of the content that it opens.
#[derive(Clone, Copy, PartialEq)]
enum Mark {
    Plain,
    /// On a layer that is switched off.
    Hidden,
    /// A header, footer or page number.
    Margin,
}

struct Run<'f, 'a> {
    file: &'f File<'a>,
    page: Page,
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
    /// Marked content that is open.
    marks: Vec<Mark>,
    /// Marks that were opened outside of the form that is being drawn.
    outer_marks: usize,
    /// A header or footer was begun that nothing ends.
    is_unended: bool,
    /// Whether what is marked as a header or footer is left out.
    heeds_margins: bool,
    path: Path,
    /// Layers that are switched off.
    hidden_layers: &'f HashSet<u32>,
    fonts: &'f mut HashMap<u32, Rc<Font>>,
}

/// What a page shows. `fonts` are those of the pages before.
pub(super) fn run(file: &File<'_>, leaf: &Leaf, hidden_layers: &HashSet<u32>, fonts: &mut HashMap<u32, Rc<Font>>) -> Result<Page, Reason> {
    let [left, bottom, right, top] = leaf.area;
    let (width, height) = (right - left, top - bottom);
    let ctm = match leaf.turns {
        0 => Matrix([1.0, 0.0, 0.0, 1.0, -left, -bottom]),
        1 => Matrix([0.0, -1.0, 1.0, 0.0, -bottom, right]),
        2 => Matrix([-1.0, 0.0, 0.0, -1.0, right, top]),
        _ => Matrix([0.0, 1.0, -1.0, 0.0, top, -left]),
    };
    let (width, height) = if leaf.turns % 2 == 0 { (width, height) } else { (height, width) };
    let state = State { ctm, font: None, size: 0.0, char_space: 0.0, word_space: 0.0, stretch: 1.0, leading: 0.0, rise: 0.0, mode: 0 };
    let contents = file.entry(&leaf.dict, "Contents")?;
    let bytes = match contents.stream() {
        Some(stream) => file.bytes(stream)?,
        None => Cow::Owned(parts(file, contents.array().unwrap_or_default())?),
    };
    let laid_upon = annotations::shown(file, leaf, hidden_layers)?;
    let mut attempt = |heeds_margins: bool| {
        let mut run = Run {
            file,
            page: Page { width, height, unknown: laid_upon.unknown, ..Page::default() },
            state: state.clone(),
            saved: Vec::new(),
            text: Matrix::SAME,
            line: Matrix::SAME,
            marks: Vec::new(),
            outer_marks: 0,
            is_unended: false,
            heeds_margins,
            path: Path::default(),
            hidden_layers,
            fonts,
        };
        run.content(&bytes, &leaf.resources, 0)?;
        run.end_marks(0);
        for (place, form) in &laid_upon.forms {
            run.state = State { ctm: place.then(state.ctm), ..state.clone() };
            run.form(form, &Object::Null, 0)?;
        }
        Ok((run.page, run.is_unended))
    };
    match attempt(true)? {
        (page, false) => Ok(page),
        // Where a header has no end, nobody can tell where the text begins.
        (_, true) => attempt(false).map(|(page, _)| page),
    }
}

/// The streams of a content that is in parts, which need not end where a value does.
fn parts(file: &File<'_>, parts: &[Object]) -> Result<Vec<u8>, Reason> {
    let mut bytes = Vec::new();
    for part in parts {
        if let Some(stream) = file.resolve(part)?.stream() {
            bytes.extend_from_slice(&file.bytes(stream)?);
            bytes.push(b'\n');
        }
    }
    Ok(bytes)
}

impl Run<'_, '_> {
    fn content(&mut self, bytes: &[u8], resources: &Object, depth: usize) -> Result<(), Reason> {
        let none = Dict::default();
        let resources = resources.dict().unwrap_or(&none);
        let mut lexer = Lexer::new(bytes, 0, self.file.budget());
        let mut operands: Vec<Object> = Vec::new();
        loop {
            match lexer.token(0)? {
                Token::End => return Ok(()),
                Token::Value(value) if operands.len() < MAX_OPERANDS => operands.push(value),
                Token::Value(_) | Token::ArrayEnd | Token::DictEnd => {}
                Token::Keyword(b"ID") => {
                    self.picture();
                    lexer.at = end_of_image(bytes, lexer.at);
                    operands.clear();
                }
                Token::Keyword(word) => {
                    self.operator(word, &operands, resources, depth)?;
                    operands.clear();
                }
            }
        }
    }

    fn operator(&mut self, word: &[u8], operands: &[Object], resources: &Dict, depth: usize) -> Result<(), Reason> {
        let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or(0.0);
        match word {
            b"q" if self.saved.len() < MAX_STACK => self.saved.push(self.state.clone()),
            b"Q" => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            b"cm" => self.state.ctm = matrix(operands).then(self.state.ctm),
            b"BT" => (self.text, self.line) = (Matrix::SAME, Matrix::SAME),
            b"Tc" => self.state.char_space = number(0),
            b"Tw" => self.state.word_space = number(0),
            b"Tz" => self.state.stretch = number(0) / 100.0,
            b"TL" => self.state.leading = number(0),
            b"Ts" => self.state.rise = number(0),
            b"Tr" => self.state.mode = operands.first().and_then(Object::int).unwrap_or(0),
            b"Tf" => {
                self.state.size = number(1);
                let fonts = self.file.entry(resources, "Font")?;
                self.state.font = Some(self.font(named(&fonts, operands.first()))?);
            }
            b"gs" => {
                let states = self.file.entry(resources, "ExtGState")?;
                let set = self.file.resolve(named(&states, operands.first()))?;
                let font = set.dict().map(|set| self.file.entry(set, "Font")).transpose()?;
                if let Some([font, size]) = font.as_ref().and_then(|font| font.array()) {
                    self.state.size = size.number().unwrap_or(0.0);
                    self.state.font = Some(self.font(font)?);
                }
            }
            b"Td" => self.move_line(number(0), number(1)),
            b"TD" => {
                self.state.leading = -number(1);
                self.move_line(number(0), number(1));
            }
            b"Tm" => (self.text, self.line) = (matrix(operands), matrix(operands)),
            b"T*" => self.move_line(0.0, -self.state.leading),
            b"Tj" => self.show(operands.first())?,
            b"'" => {
                self.move_line(0.0, -self.state.leading);
                self.show(operands.first())?;
            }
            b"\"" => {
                (self.state.word_space, self.state.char_space) = (number(0), number(1));
                self.move_line(0.0, -self.state.leading);
                self.show(operands.get(2))?;
            }
            b"TJ" => {
                for item in operands.first().and_then(Object::array).unwrap_or_default() {
                    self.file.budget().step(1)?;
                    match item.number() {
                        Some(back) => self.advance(-back / 1000.0 * self.state.size),
                        None => self.show(Some(item))?,
                    }
                }
            }
            b"Do" => {
                let objects = self.file.entry(resources, "XObject")?;
                let object = self.file.resolve(named(&objects, operands.first()))?;
                self.draw(&object, resources, depth)?;
            }
            b"BMC" | b"BDC" => self.mark(operands, resources)?,
            b"EMC" if self.marks.len() > self.outer_marks => drop(self.marks.pop()),
            _ => {
                let rules = self.path.operator(word, operands, self.state.ctm);
                let room = MAX_RULES.saturating_sub(self.page.rules.len());
                self.page.rules.extend(rules.into_iter().take(room));
            }
        }
        Ok(())
    }

    fn move_line(&mut self, x: f64, y: f64) {
        self.line = Matrix([1.0, 0.0, 0.0, 1.0, x, y]).then(self.line);
        self.text = self.line;
    }

    fn advance(&mut self, distance: f64) {
        let is_vertical = self.state.font.as_ref().is_some_and(|font| font.vertical);
        let (x, y) = if is_vertical { (0.0, distance) } else { (distance * self.state.stretch, 0.0) };
        self.text = Matrix([1.0, 0.0, 0.0, 1.0, x, y]).then(self.text);
    }

    fn show(&mut self, text: Option<&Object>) -> Result<(), Reason> {
        let Some(Object::Text(bytes)) = text else { return Ok(()) };
        let font = self.state.font.clone().unwrap_or_else(|| Rc::new(Font::unknown()));
        let is_seen = !matches!(self.state.mode, 3 | 7) && self.marks.iter().all(|mark| *mark == Mark::Plain);
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (shown, taken) = font.next(rest);
            rest = rest.get(taken..).unwrap_or_default();
            let length = shown.text.as_ref().map_or(0, String::len);
            self.file.budget().step(font.effort() + self.marks.len() + length / BYTES_PER_STEP)?;
            if is_seen {
                self.place(shown.text, shown.width, font.vertical)?;
            }
            let spaces = self.state.char_space + if shown.is_blank_byte { self.state.word_space } else { 0.0 };
            if font.vertical {
                self.advance(-self.state.size + spaces);
            } else {
                self.advance(shown.width * self.state.size + spaces);
            }
        }
        Ok(())
    }

    fn place(&mut self, text: Option<String>, width: f64, is_vertical: bool) -> Result<(), Reason> {
        self.file.budget().glyph(text.as_ref().map_or(1, String::len))?;
        if self.page.glyphs.len() + self.page.turned.len() >= MAX_GLYPHS {
            return Err(Reason::TooLong);
        }
        let text = match text {
            Some(text) => text.chars().map(glyph_names::without_radicals).collect(),
            None => {
                self.page.unknown += 1;
                char::REPLACEMENT_CHARACTER.to_string()
            }
        };
        let place = Matrix([self.state.size * self.state.stretch, 0.0, 0.0, self.state.size, 0.0, self.state.rise])
            .then(self.text)
            .then(self.state.ctm);
        let (from, to) = (place.at(0.0, 0.0), place.at(if is_vertical { 1.0 } else { width }, 0.0));
        let size = place.height();
        let (dx, dy) = place.direction();
        let is_on_page = (-size..self.page.width + size).contains(&from.0) && (-size..self.page.height + size).contains(&from.1);
        if !is_on_page || !size.is_finite() || size < 0.5 {
            return Ok(());
        }
        // A slanted text is a watermark or part of a drawing.
        if dy.abs() < 0.1 * dx.abs() {
            let (x0, x1) = (from.0.min(to.0), from.0.max(to.0));
            self.page.glyphs.push(Glyph { x0, x1, y: from.1, size, text });
        } else if dx.abs() < 0.1 * dy.abs() {
            let (x0, x1, y) = if dy > 0.0 { (from.1, to.1, -from.0) } else { (-from.1, -to.1, from.0) };
            self.page.turned.push(Glyph { x0, x1, y, size, text });
        }
        Ok(())
    }

    /// The font that is named; where there is none, nothing says what its codes show.
    fn font(&mut self, named: &Object) -> Result<Rc<Font>, Reason> {
        if let Object::Ref(number) = named
            && let Some(font) = self.fonts.get(number)
        {
            return Ok(Rc::clone(font));
        }
        let object = self.file.resolve(named)?;
        self.file.budget().step(FONT_STEPS)?;
        let font = Rc::new(match object.dict() {
            Some(dict) => Font::load(self.file, dict)?,
            None => Font::unknown(),
        });
        if let Object::Ref(number) = named {
            self.fonts.insert(*number, Rc::clone(&font));
        }
        Ok(font)
    }

    fn draw(&mut self, object: &Object, resources: &Dict, depth: usize) -> Result<(), Reason> {
        let Some(stream) = object.stream() else { return Ok(()) };
        if matches!(stream.dict.get("OC"), Object::Ref(layer) if self.hidden_layers.contains(layer)) {
            return Ok(());
        }
        if stream.dict.is_name("Subtype", "Image") {
            self.picture();
        }
        if stream.dict.is_name("Subtype", "Form") { self.form(object, &Object::Dict(resources.clone()), depth) } else { Ok(()) }
    }

    /// A picture fills the unit square, wherever that lies.
    fn picture(&mut self) {
        if self.marks.contains(&Mark::Hidden) {
            return;
        }
        let corners = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)].map(|(x, y)| self.state.ctm.at(x, y));
        let length = |at: fn((f64, f64)) -> f64, whole: f64| {
            let (least, most) = corners.into_iter().map(at).fold((whole, 0.0f64), |(least, most), at| (least.min(at), most.max(at)));
            ((most.min(whole) - least.max(0.0)) / whole).max(0.0)
        };
        let part = length(|(x, _)| x, self.page.width) * length(|(_, y)| y, self.page.height);
        self.page.pictured += if part.is_finite() { part } else { 1.0 };
    }

    /// Runs a form with its own resources, or with those around it where it has none.
    fn form(&mut self, form: &Object, outer: &Object, depth: usize) -> Result<(), Reason> {
        let Some(stream) = form.stream() else { return Ok(()) };
        if depth >= MAX_FORMS {
            return Err(Reason::TooDeep);
        }
        self.file.budget().step(FORM_STEPS)?;
        let own = self.file.entry(&stream.dict, "Resources")?;
        let placed = self.file.entry(&stream.dict, "Matrix")?;
        // A stamp or watermark stands on every page.
        let bytes = self.file.kept_bytes(stream)?;
        self.file.budget().step(bytes.len() / BYTES_PER_STEP)?;
        let (before, saved) = (self.state.clone(), std::mem::take(&mut self.saved));
        let (text, line) = (self.text, self.line);
        if let Some(placed) = placed.array().filter(|placed| placed.len() == 6) {
            self.state.ctm = matrix(placed).then(self.state.ctm);
        }
        let outer_marks = std::mem::replace(&mut self.outer_marks, self.marks.len());
        self.content(&bytes, if own.dict().is_some() { &own } else { outer }, depth + 1)?;
        self.end_marks(self.outer_marks);
        self.outer_marks = outer_marks;
        (self.state, self.saved, self.text, self.line) = (before, saved, text, line);
        Ok(())
    }

    /// Headers, footers and page numbers are marked as such by programs that mark anything.
    fn mark(&mut self, operands: &[Object], resources: &Dict) -> Result<(), Reason> {
        if self.marks.len() >= MAX_STACK {
            return Err(Reason::TooDeep);
        }
        let tag = operands.first().and_then(Object::name).unwrap_or_default();
        let properties = match operands.get(1) {
            Some(Object::Name(_)) => named(&*self.file.entry(resources, "Properties")?, operands.get(1)).clone(),
            other => other.cloned().unwrap_or(Object::Null),
        };
        let mark = match (tag, properties) {
            (b"OC", Object::Ref(layer)) if self.hidden_layers.contains(&layer) => Mark::Hidden,
            (b"Artifact", properties) if self.heeds_margins => {
                let properties = self.file.resolve(&properties)?;
                let is_margin = properties.dict().is_some_and(|properties| properties.is_name("Type", "Pagination"));
                if is_margin { Mark::Margin } else { Mark::Plain }
            }
            _ => Mark::Plain,
        };
        self.marks.push(mark);
        Ok(())
    }

    /// No mark goes on behind the content in which it was opened.
    fn end_marks(&mut self, depth: usize) {
        self.is_unended |= self.marks.drain(depth.min(self.marks.len())..).any(|mark| mark == Mark::Margin);
    }
}

/// The entry of a dictionary that an operand names.
fn named<'o>(listed: &'o Object, operand: Option<&Object>) -> &'o Object {
    let found = listed.dict().and_then(|listed| listed.0.get(operand?.name()?));
    found.unwrap_or(&Object::Null)
}

/// Behind the bytes of a picture that stands in the content itself.
fn end_of_image(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let is_end = |window: &[u8]| match window {
        [before, b'E', b'I', after] => is_blank(*before) && is_blank(*after),
        _ => false,
    };
    rest.windows(4).position(is_end).map_or(bytes.len(), |at| from + at + 3)
}

fn matrix(operands: &[Object]) -> Matrix {
    let mut values = [0.0; 6];
    for (value, operand) in values.iter_mut().zip(operands) {
        *value = operand.number().unwrap_or(0.0);
    }
    Matrix(values)
}
