//! Builds small PDFs in memory: pages of content, and whatever other objects a test wants.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::outcomes::text_as;
use crate::reader::Format;

/// Object 1 is the catalogue, 2 the tree of pages, 3 a font whose codes are UTF-16; the others follow.
pub struct Pdf {
    objects: Vec<(u32, Vec<u8>)>,
    pages: Vec<u32>,
    pub trailer: String,
    pub root: String,
}

impl Pdf {
    pub fn new() -> Self {
        let map = "begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap";
        let mut pdf = Self { objects: Vec::new(), pages: Vec::new(), trailer: String::new(), root: String::new() };
        pdf.set(3, "<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 4 0 R/DescendantFonts[<</Type/Font/DW 1000>>]>>");
        pdf.stream(4, "", map.as_bytes());
        pdf.objects.sort_by_key(|(number, _)| *number);
        pdf
    }

    /// A document with these pages.
    pub fn with_pages(pages: &[String]) -> Self {
        let mut pdf = Self::new();
        for content in pages {
            pdf.page(content);
        }
        pdf
    }

    pub fn set(&mut self, number: u32, object: &str) {
        self.objects.retain(|(known, _)| *known != number);
        self.objects.push((number, object.as_bytes().to_vec()));
    }

    pub fn stream(&mut self, number: u32, entries: &str, bytes: &[u8]) {
        let mut object = format!("<</Length {}{entries}>>\nstream\n", bytes.len()).into_bytes();
        object.extend_from_slice(bytes);
        object.extend_from_slice(b"\nendstream");
        self.objects.retain(|(known, _)| *known != number);
        self.objects.push((number, object));
    }

    /// Adds a page with this content, and gives its number.
    pub fn page(&mut self, content: &str) -> u32 {
        let number = self.objects.iter().map(|(number, _)| *number).max().unwrap_or(4) + 1;
        self.stream(number, "", content.as_bytes());
        self.set(
            number + 1,
            &format!("<</Type/Page/Parent 2 0 R/Contents {number} 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>>>"),
        );
        self.pages.push(number + 1);
        number + 1
    }

    pub fn build(&self) -> Vec<u8> {
        let mut objects = self.objects.clone();
        let kids: String = self.pages.iter().map(|page| format!("{page} 0 R ")).collect();
        if !objects.iter().any(|(number, _)| *number == 2) {
            objects.push((2, format!("<</Type/Pages/Count {}/Kids[{kids}]>>", self.pages.len()).into_bytes()));
        }
        if !objects.iter().any(|(number, _)| *number == 1) {
            objects.push((1, format!("<</Type/Catalog/Pages 2 0 R{}>>", self.root).into_bytes()));
        }
        objects.sort_by_key(|(number, _)| *number);
        let mut file = b"%PDF-1.7\n".to_vec();
        let mut table = String::new();
        for (number, object) in &objects {
            write!(table, "{number} 1\n{:010} 00000 n \n", file.len()).expect("strings take everything");
            writeln!(file, "{number} 0 obj").expect("memory takes everything");
            file.extend_from_slice(object);
            file.extend_from_slice(b"\nendobj\n");
        }
        let at = file.len();
        write!(file, "xref\n{table}trailer\n<</Size 1000/Root 1 0 R{}>>\nstartxref\n{at}\n%%EOF\n", self.trailer)
            .expect("memory takes everything");
        file
    }
}

/// Shows `text` at a place.
pub fn show(x: f64, y: f64, size: f64, text: &str) -> String {
    let hex: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("BT /F1 {size} Tf {x} {y} Td <{hex}> Tj ET\n")
}

/// Lines of size 16 one below another, from the top of a page, between 80 and 512 points: 27 characters fill one.
pub fn column(lines: &[(f64, &str)]) -> String {
    lines.iter().enumerate().map(|(at, (x, text))| show(*x, 740.0 - 24.0 * at as f64, 16.0, text)).collect()
}

/// As the filter `FlateDecode` unpacks it.
pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

/// As the filter `LZWDecode` unpacks it, with `EarlyChange` 1 or 0 (ISO 32000-2, 7.4.4): codes of nine to twelve bits, the
/// highest first, which grow one code before they would have to or when they have to.
pub fn lzw(bytes: &[u8], is_early: bool) -> Vec<u8> {
    const CLEAR: usize = 256;
    const END: usize = 257;
    let (mut packed, mut held, mut bits) = (Vec::new(), 0u32, 0usize);
    let mut table: HashMap<(usize, u8), usize> = HashMap::new();
    let mut put = |code: usize, width: usize| {
        held = (held << width) | u32::try_from(code).expect("codes have twelve bits");
        bits += width;
        while bits >= 8 {
            bits -= 8;
            packed.push(u8::try_from((held >> bits) & 0xFF).expect("eight bits are a byte"));
        }
    };
    // The width of a code while the last one that the reader can know is `last`.
    let width = |last: usize| (9..12).find(|width| last + usize::from(is_early) < 1 << width).unwrap_or(12);
    put(CLEAR, 9);
    let mut run: Option<usize> = None;
    for byte in bytes {
        let known = run.map_or(Some(usize::from(*byte)), |run| table.get(&(run, *byte)).copied());
        if known.is_some() {
            run = known;
            continue;
        }
        let before = run.unwrap_or_default();
        put(before, width(257 + table.len()));
        table.insert((before, *byte), 258 + table.len());
        if 258 + table.len() == 4095 {
            put(CLEAR, width(257 + table.len()));
            table.clear();
        }
        run = Some(usize::from(*byte));
    }
    if let Some(run) = run {
        put(run, width(257 + table.len()));
    }
    put(END, width(258 + table.len()));
    put(0, 7);
    packed
}

/// The text that is read of a whole file.
pub fn text_of(pdf: &Pdf) -> String {
    text_as(&pdf.build(), Format::Pdf, "application/pdf")
}

/// The text that is read of a file with these pages.
pub fn pages(contents: &[String]) -> String {
    text_of(&Pdf::with_pages(contents))
}

/// As many characters as fill a line of [`column`], from `from` on.
pub fn full(from: u32, length: u32) -> String {
    (0..length).filter_map(|at| char::from_u32(0x4E00 + from + at)).collect()
}
