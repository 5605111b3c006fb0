//! Builds small documents of the binary Word format in memory.

use crate::compound::compound;

/// Where the text begins in the main stream.
const TEXT: usize = 2048;

/// A document of runs, each with the modifiers of its characters, and of paragraphs with theirs.
#[derive(Default)]
pub struct Doc {
    units: Vec<u16>,
    /// Ends of stretches in units, with their modifiers.
    characters: Vec<(usize, Vec<u8>)>,
    /// With the number of their style in front.
    paragraphs: Vec<(usize, Vec<u8>)>,
    pub styles: Vec<Style>,
    pub levels: Vec<(u8, Vec<u16>)>,
    pub flags: u16,
    pub version: u16,
    /// Characters behind the main text that belong to notes.
    pub notes: usize,
    /// Places in the main text, and the shapes anchored there.
    pub anchors: Vec<(usize, u32)>,
    /// Shapes with text, and how many characters it has.
    boxes: Vec<(u32, usize)>,
    /// Shapes and groups of the main text.
    pub drawings: Vec<Vec<u8>>,
}

/// A paragraph style.
pub struct Style {
    pub base: u16,
    pub paragraph: Vec<u8>,
    pub characters: Vec<u8>,
}

impl Style {
    pub const NO_BASE: u16 = 0x0FFF;

    fn entry(&self) -> Vec<u8> {
        let entry = [[0, 0], (self.base << 4 | 1).to_le_bytes(), [2, 0], [0, 0], [0, 0], [0, 0], [0, 0]].concat();
        let of_paragraph = [vec![0, 0], self.paragraph.clone()].concat();
        let entry = [of_paragraph, self.characters.clone()].iter().fold(entry, |entry, said| {
            let padding = vec![0; said.len() % 2];
            [entry, short(said.len()), said.clone(), padding].concat()
        });
        [short(entry.len()), entry].concat()
    }
}

impl Doc {
    pub fn new() -> Self {
        Self { flags: 0x0200, version: 0xC1, ..Self::default() }
    }

    /// Adds characters with these modifiers.
    pub fn run(mut self, text: &str, modifiers: &[u8]) -> Self {
        self.units.extend(text.encode_utf16());
        self.characters.push((self.units.len(), modifiers.to_vec()));
        self
    }

    /// Ends the paragraph, or the cell where `mark` says so, with these modifiers.
    pub fn end(self, mark: &str, modifiers: &[u8]) -> Self {
        self.end_in(0, mark, modifiers)
    }

    /// Ends a paragraph of this style.
    pub fn end_in(mut self, style: u16, mark: &str, modifiers: &[u8]) -> Self {
        self = self.run(mark, &[]);
        self.paragraphs.push((self.units.len(), [&style.to_le_bytes(), modifiers].concat()));
        self
    }

    pub fn p(self, text: &str) -> Self {
        self.run(text, &[]).end("\r", &[])
    }

    /// The text of a box behind all others, with the further mark that ends it.
    pub fn boxed(mut self, shape: u32, text: &str) -> Self {
        let before = self.units.len();
        self = self.p(text).end("\r", &[]);
        self.boxes.push((shape, self.units.len() - before));
        self
    }

    /// A paragraph on a level of the one list.
    pub fn item(self, level: u8, text: &str) -> Self {
        self.run(text, &[]).end("\r", &[0x0A, 0x26, level, 0x0B, 0x46, 1, 0])
    }

    /// The main stream and the table.
    pub fn streams(&self) -> (Vec<u8>, Vec<u8>) {
        let mut document = vec![0; TEXT];
        let mut put = |at: usize, bytes: &[u8]| document[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &0xA5ECu16.to_le_bytes());
        put(2, &self.version.to_le_bytes());
        put(10, &self.flags.to_le_bytes());
        let boxed: usize = self.boxes.iter().map(|(_, length)| length).sum();
        put(0x4C, &number(self.units.len() - self.notes - boxed));
        put(0x50, &number(self.notes));
        put(0x64, &number(boxed));
        document.extend(self.units.iter().flat_map(|unit| unit.to_le_bytes()));
        document.resize(document.len().div_ceil(512) * 512, 0);
        let mut table = Vec::new();
        let mut lists = Vec::new();
        let mut add = |index: usize, list: Vec<u8>, table: &mut Vec<u8>| {
            lists.push((index, table.len(), list.len()));
            table.extend(list);
        };
        for (index, stretches, width) in [(12, &self.characters, 1), (13, &self.paragraphs, 13)] {
            let page = page(stretches, width);
            let bounds = [number(TEXT), number(TEXT + self.units.len() * 2), number(document.len() / 512)].concat();
            document.extend(page);
            add(index, bounds, &mut table);
        }
        let piece = [number(0), number(self.units.len()), vec![0, 0], number(TEXT), vec![0, 0]].concat();
        add(33, [vec![2], number(piece.len()), piece].concat(), &mut table);
        let sheet = [short(18), short(self.styles.len()), short(10), vec![0; 14]].concat();
        let sheet = self.styles.iter().fold(sheet, |sheet, style| [sheet, style.entry()].concat());
        add(1, sheet, &mut table);
        let shapes: Vec<u8> = self.anchors.iter().flat_map(|(_, shape)| [shape.to_le_bytes().to_vec(), vec![0; 22]].concat()).collect();
        let places: Vec<u8> = self.anchors.iter().map(|(place, _)| *place).chain([self.units.len()]).flat_map(number).collect();
        add(40, [places, shapes].concat(), &mut table);
        let texts: Vec<u8> =
            self.boxes.iter().flat_map(|(shape, _)| [vec![0; 14], shape.to_le_bytes().to_vec(), vec![0; 4]].concat()).collect();
        let mut end = 0;
        let mut places = number(0);
        for (_, length) in &self.boxes {
            end += length;
            places.extend(number(end));
        }
        add(56, [places, texts].concat(), &mut table);
        let drawing = record(0xF002, 0xF, &[record(0xF003, 0xF, &self.drawings)]);
        add(50, [record(0xF000, 0xF, &[]), vec![0], drawing].concat(), &mut table);
        let mut definition = [vec![1, 0], number(77), vec![0; 24]].concat();
        let length = definition.len();
        for at in 0..9 {
            let (format, label) = self.levels.get(at).cloned().unwrap_or((0, Vec::new()));
            definition.extend(level(1, format, &label));
        }
        let place = table.len();
        table.extend(definition);
        lists.push((73, place, length));
        let uses = uses(&[(0, Vec::new())]);
        lists.push((74, table.len(), uses.len()));
        table.extend(uses);
        for (index, place, length) in lists {
            document[0x9A + index * 8..0x9A + index * 8 + 4].copy_from_slice(&number(place));
            document[0x9A + index * 8 + 4..0x9A + index * 8 + 8].copy_from_slice(&number(length));
        }
        (document, table)
    }

    pub fn build(&self) -> Vec<u8> {
        let (document, table) = self.streams();
        compound(&[("WordDocument", &document), ("1Table", &table)])
    }
}

/// A level of a list, whose text follows its label at once.
pub fn level(start: usize, format: u8, label: &[u16]) -> Vec<u8> {
    let mut head = [number(start), vec![0; 24]].concat();
    (head[4], head[15]) = (format, 2);
    let label: Vec<u8> = label.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    [head, short(label.len() / 2), label].concat()
}

/// The uses of the one abstract list, each with what it says of so many levels in its own way.
pub fn uses(all: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let heads = all.iter().flat_map(|(count, _)| [number(77), vec![0; 8], vec![*count, 0, 0, 0]].concat());
    let overrides = all.iter().flat_map(|(_, said)| [vec![0xFF; 4], said.clone()].concat());
    number(all.len()).into_iter().chain(heads).chain(overrides).collect()
}

/// A shape, with words set along a path if there are any.
pub fn shape(id: u32, words: &str) -> Vec<u8> {
    let words: Vec<u8> = words.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    let font = [0x53, 0x8B, 0, 0];
    let properties = [short(0x80C5), number(font.len()), short(0x80C0), number(words.len()), font.to_vec(), words].concat();
    record(0xF004, 0xF, &[record(0xF00A, 2, &[id.to_le_bytes().to_vec(), vec![0; 4]]), record(0xF00B, 0x23, &[properties])])
}

/// Shapes and groups together; the first is the group itself.
pub fn group(shapes: &[Vec<u8>]) -> Vec<u8> {
    record(0xF003, 0xF, shapes)
}

fn record(kind: u16, head: u16, content: &[Vec<u8>]) -> Vec<u8> {
    let content = content.concat();
    [head.to_le_bytes().to_vec(), kind.to_le_bytes().to_vec(), number(content.len()), content].concat()
}

/// Points at this list of the table instead of the one there was.
pub fn put_list(document: &mut [u8], table: &mut Vec<u8>, index: usize, list: &[u8]) {
    let at = 0x9A + index * 8;
    document[at..at + 4].copy_from_slice(&number(table.len()));
    document[at + 4..at + 8].copy_from_slice(&number(list.len()));
    table.extend_from_slice(list);
}

fn short(value: usize) -> Vec<u8> {
    u16::try_from(value).unwrap_or(u16::MAX).to_le_bytes().to_vec()
}

pub fn number(value: usize) -> Vec<u8> {
    u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes().to_vec()
}

/// One page of properties; the modifiers stand at its end.
fn page(stretches: &[(usize, Vec<u8>)], width: usize) -> Vec<u8> {
    let mut page = vec![0; 512];
    let mut free = 510;
    for (at, (_, modifiers)) in stretches.iter().enumerate() {
        let said = match width {
            1 => [vec![u8::try_from(modifiers.len()).unwrap_or(0)], modifiers.clone()].concat(),
            // The length in words, then the style and the modifiers.
            _ => [vec![0, u8::try_from(modifiers.len().div_ceil(2)).unwrap_or(0)], modifiers.clone()].concat(),
        };
        free = (free - said.len()) & !1;
        page[free..free + said.len()].copy_from_slice(&said);
        page[(stretches.len() + 1) * 4 + at * width] = u8::try_from(free / 2).unwrap_or(0);
    }
    let ends = std::iter::once(0).chain(stretches.iter().map(|(end, _)| *end));
    for (at, end) in ends.enumerate() {
        page[at * 4..at * 4 + 4].copy_from_slice(&number(TEXT + end * 2));
    }
    page[511] = u8::try_from(stretches.len()).unwrap_or(0);
    page
}
