//! Fonts: how the bytes of a text are parted into codes, which characters they show and how wide these are.

use std::collections::BTreeMap;
use std::rc::Rc;

use encoding_rs::Encoding;

use super::super::{Reason, symbols};
use super::cmap::{CMap, code};
use super::file::File;
use super::glyph_names;
use super::object::{Dict, Object};

/// How bytes are parted into codes, and what a code means where the font has no map to Unicode.
enum Codes {
    /// One byte each, by this table.
    Bytes(Box<[Option<char>; 256]>),
    /// Two bytes each, numbers of glyphs, which mean nothing by themselves.
    Glyphs,
    /// UTF-16: two bytes each, or four.
    Unicode,
    /// One or two bytes each in an older encoding such as GBK.
    Legacy(&'static Encoding),
    /// As a map in the file says.
    Mapped(CMap),
}

pub(super) struct Font {
    codes: Codes,
    to_unicode: Option<CMap>,
    /// The symbol font that it is, whose map gives codes in place of characters.
    symbols: Option<&'static str>,
    widths: Widths,
    usual_width: f64,
    /// Text space units in one unit of the widths.
    scale: f64,
    /// Its text runs from top to bottom.
    pub(super) vertical: bool,
}

/// By the first number of a range, its last number and the width of all.
type Widths = BTreeMap<u32, (u32, f64)>;

/// One shown code.
pub(super) struct Shown {
    /// What a reader sees; `None` where nothing says which character it is.
    pub(super) text: Option<String>,
    /// In units of text space at size 1.
    pub(super) width: f64,
    /// The single byte 32, to which word spacing applies.
    pub(super) is_blank_byte: bool,
}

impl Font {
    pub(super) fn load(file: &File<'_>, dict: &Dict) -> Result<Self, Reason> {
        let to_unicode = match file.entry(dict, "ToUnicode")?.stream().map(|stream| file.bytes(stream)) {
            Some(Ok(bytes)) => Some(CMap::parse(&bytes, file.budget())?).filter(|map| !map.is_empty()),
            // A map that cannot be unpacked is as good as none.
            Some(Err(Reason::DamagedPdf)) | None => None,
            Some(Err(reason)) => return Err(reason),
        };
        let symbols = symbol_font(file, dict)?;
        let mut font = if dict.is_name("Subtype", "Type0") { Self::composite(file, dict)? } else { Self::simple(file, dict, symbols)? };
        (font.to_unicode, font.symbols) = (to_unicode, symbols);
        Ok(font)
    }

    /// What shows something that nobody can tell, but for blanks.
    pub(super) fn unknown() -> Self {
        let mut table = Box::new([None; 256]);
        table.get_mut(usize::from(b' ')).map(|place| place.insert(' '));
        Self {
            codes: Codes::Bytes(table),
            to_unicode: None,
            symbols: None,
            widths: Widths::new(),
            usual_width: 500.0,
            scale: 0.001,
            vertical: false,
        }
    }

    /// The next code of `bytes` and how many of them it takes, at least one.
    pub(super) fn next(&self, bytes: &[u8]) -> (Shown, usize) {
        let length = match &self.codes {
            Codes::Bytes(_) => 1,
            Codes::Glyphs => 2,
            Codes::Unicode => {
                if matches!(bytes, [0xD8..=0xDB, _, 0xDC..=0xDF, _, ..]) {
                    4
                } else {
                    2
                }
            }
            Codes::Legacy(_) => usize::from(bytes.first().is_some_and(|byte| *byte >= 0x81)) + 1,
            Codes::Mapped(map) => map.length(bytes),
        };
        let taken = bytes.get(..length.min(bytes.len())).unwrap_or_default();
        let code = code(taken);
        let number = match &self.codes {
            Codes::Mapped(map) => map.number(code).unwrap_or(code),
            Codes::Bytes(_) | Codes::Glyphs | Codes::Unicode | Codes::Legacy(_) => code,
        };
        let mapped = self.to_unicode.as_ref().and_then(|map| map.text(code));
        let mapped = match self.symbols {
            Some(font) => mapped.map(|text| text.chars().map(|c| symbols::shown(c, Some(font))).collect()),
            None => mapped,
        };
        let text =
            mapped.filter(|text| !text.is_empty() && !text.contains(['\0', char::REPLACEMENT_CHARACTER])).or_else(|| match &self.codes {
                Codes::Bytes(table) => table.get(usize::try_from(code).ok()?).copied().flatten().map(String::from),
                Codes::Unicode => utf16(taken).map(String::from),
                Codes::Legacy(encoding) => {
                    encoding.decode_without_bom_handling_and_without_replacement(taken).map(std::borrow::Cow::into_owned)
                }
                Codes::Glyphs | Codes::Mapped(_) => None,
            });
        let width = match &self.codes {
            Codes::Legacy(_) if taken.len() == 1 => 500.0,
            Codes::Legacy(_) => self.usual_width,
            Codes::Unicode => latin_number(code).map_or(self.usual_width, |number| self.width(number)),
            Codes::Bytes(_) | Codes::Glyphs | Codes::Mapped(_) => self.width(number),
        };
        let shown = Shown { text, width: width * self.scale, is_blank_byte: taken == b" " };
        (shown, taken.len().max(1))
    }

    /// What it takes to read one code, in steps.
    pub(super) fn effort(&self) -> usize {
        match &self.codes {
            Codes::Mapped(map) => 1 + map.spaces() / 8,
            Codes::Bytes(_) | Codes::Glyphs | Codes::Unicode | Codes::Legacy(_) => 1,
        }
    }

    fn width(&self, number: u32) -> f64 {
        match self.widths.range(..=number).next_back() {
            Some((_, (last, width))) if number <= *last => *width,
            Some(_) | None => self.usual_width,
        }
    }

    fn simple(file: &File<'_>, dict: &Dict, symbols: Option<&'static str>) -> Result<Self, Reason> {
        let encoding = file.entry(dict, "Encoding")?;
        let named = encoding.name().or_else(|| encoding.dict().and_then(|dict| dict.get("BaseEncoding").name()));
        let latin = match named {
            Some(b"MacRomanEncoding") => Some(encoding_rs::MACINTOSH),
            None if symbols.is_some() || has_own_codes(file, dict)? => None,
            Some(_) | None => Some(encoding_rs::WINDOWS_1252),
        };
        let mut table = Box::new([None; 256]);
        for (byte, place) in (0u8..=255).zip(table.iter_mut()) {
            let bytes = [byte];
            *place = match latin {
                Some(latin) => latin.decode_without_bom_handling(&bytes).0.chars().next().filter(|c| !c.is_control()),
                None => symbols.and_then(|font| symbols::listed(byte, font)),
            };
        }
        if let Some(dict) = encoding.dict() {
            let differences = file.entry(dict, "Differences")?;
            let mut at = 0usize;
            for item in differences.array().unwrap_or_default() {
                file.budget().step(1)?;
                if let Some(next) = item.int() {
                    at = usize::try_from(next).unwrap_or(usize::MAX);
                } else if let Some(name) = item.name() {
                    if let Some(place) = table.get_mut(at) {
                        *place = glyph_names::character(name);
                    }
                    at = at.saturating_add(1);
                }
            }
        }
        let first = file.entry(dict, "FirstChar")?.int().and_then(|first| u32::try_from(first).ok()).unwrap_or(0);
        let listed = file.entry(dict, "Widths")?;
        let mut widths = Widths::new();
        for (code, width) in (first..=u32::MAX).zip(listed.array().unwrap_or_default().iter().take(256)) {
            if let Some(width) = file.resolve(width)?.number() {
                widths.insert(code, (code, width));
            }
        }
        let descriptor = file.entry(dict, "FontDescriptor")?;
        let usual_width =
            descriptor.dict().and_then(|dict| dict.get("MissingWidth").number()).filter(|width| *width > 0.0).unwrap_or(500.0);
        let matrix = file.entry(dict, "FontMatrix")?;
        let scale =
            matrix.array().and_then(|matrix| matrix.first()?.number()).filter(|_| dict.is_name("Subtype", "Type3")).unwrap_or(0.001);
        Ok(Self { codes: Codes::Bytes(table), widths, usual_width, scale, ..Self::unknown() })
    }

    fn composite(file: &File<'_>, dict: &Dict) -> Result<Self, Reason> {
        let encoding = file.entry(dict, "Encoding")?;
        let (codes, vertical) = if let Some(name) = encoding.name() {
            (predefined(name), name.ends_with(b"-V"))
        } else if let Some(stream) = encoding.stream() {
            let map = CMap::parse(&file.bytes(stream)?, file.budget())?;
            (Codes::Mapped(map), stream.dict.get("WMode").int() == Some(1))
        } else {
            (Codes::Glyphs, false)
        };
        let descendants = file.entry(dict, "DescendantFonts")?;
        let descendant = match descendants.array().and_then(|fonts| fonts.first()) {
            Some(font) => file.resolve(font)?,
            None => Rc::new(Object::Null),
        };
        let none = Dict::default();
        let descendant = descendant.dict().unwrap_or(&none);
        let usual_width = file.entry(descendant, "DW")?.number().unwrap_or(1000.0);
        let widths = match codes {
            // The widths are listed by numbers that these codes would have to be looked up for.
            Codes::Legacy(_) => Widths::new(),
            Codes::Bytes(_) | Codes::Glyphs | Codes::Unicode | Codes::Mapped(_) => widths(file, &*file.entry(descendant, "W")?)?,
        };
        Ok(Self { codes, widths, usual_width, vertical, ..Self::unknown() })
    }
}

/// The character of one code of UTF-16.
fn utf16(taken: &[u8]) -> Option<char> {
    let units = taken.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(u16::from_be_bytes));
    char::decode_utf16(units).next()?.ok()
}

/// The number under which the width of a printable ASCII character is listed: all of Adobe's collections for Chinese,
/// Japanese and Korean begin with them. Whatever else is narrower than usual in a Chinese font is not looked up.
fn latin_number(code: u32) -> Option<u32> {
    (0x20..=0x7E).contains(&code).then(|| code - 0x1F)
}

/// Whether the codes of a simple font mean what its own program says, which is not looked into.
fn has_own_codes(file: &File<'_>, dict: &Dict) -> Result<bool, Reason> {
    const SYMBOLIC: i64 = 1 << 2;
    const STANDARD: [&str; 6] = ["Helvetica", "Times", "Courier", "Arial", "TimesNewRoman", "CourierNew"];
    if dict.is_name("Subtype", "Type3") {
        return Ok(true);
    }
    let descriptor = file.entry(dict, "FontDescriptor")?;
    let Some(descriptor) = descriptor.dict() else { return Ok(false) };
    let is_symbolic = file.entry(descriptor, "Flags")?.int().is_some_and(|flags| flags & SYMBOLIC != 0);
    let is_embedded = ["FontFile", "FontFile2", "FontFile3"].iter().any(|key| *descriptor.get(key) != Object::Null);
    let name = file.entry(dict, "BaseFont")?;
    let name = String::from_utf8_lossy(name.name().unwrap_or_default()).into_owned();
    let is_standard = !is_embedded && STANDARD.iter().any(|standard| name.split([',', '-']).next() == Some(*standard));
    Ok(is_symbolic && !is_standard)
}

/// The symbol font that this is, whose codes are the same everywhere.
fn symbol_font(file: &File<'_>, dict: &Dict) -> Result<Option<&'static str>, Reason> {
    const FONTS: [(&str, &str); 6] = [
        ("symbol", "symbol"),
        ("symbolmt", "symbol"),
        ("wingdings", "wingdings"),
        ("wingdings2", "wingdings 2"),
        ("wingdings-regular", "wingdings"),
        ("zapfdingbats", "zapfdingbats"),
    ];
    let name = file.entry(dict, "BaseFont")?;
    let name = String::from_utf8_lossy(name.name().unwrap_or_default()).to_lowercase().replace(' ', "");
    // Six letters mark a font of which the file holds a part.
    let name = name.split_once('+').map_or(name.as_str(), |(_, name)| name);
    Ok(FONTS.iter().find(|(known, _)| *known == name).map(|(_, font)| *font))
}

/// `W`: `first [w1 w2 …]` or `first last w`, one behind another.
fn widths(file: &File<'_>, listed: &Object) -> Result<Widths, Reason> {
    let mut widths = Widths::new();
    let mut items = listed.array().unwrap_or_default().iter();
    while let (Some(first), Some(second)) = (items.next(), items.next()) {
        let Some(first) = first.int().and_then(|first| u32::try_from(first).ok()) else { break };
        let second = file.resolve(second)?;
        if let Some(list) = second.array() {
            file.budget().step(list.len())?;
            for (number, width) in (first..=u32::MAX).zip(list) {
                widths.extend(width.number().map(|width| (number, (number, width))));
            }
            continue;
        }
        let last = second.int().and_then(|last| u32::try_from(last).ok()).unwrap_or(first);
        let Some(width) = items.next().and_then(Object::number) else { break };
        widths.insert(first, (last, width));
    }
    Ok(widths)
}

/// The character maps that every viewer knows by name, as far as their codes are those of a known encoding.
fn predefined(name: &[u8]) -> Codes {
    let name = String::from_utf8_lossy(name);
    if name.starts_with("Uni") && (name.contains("UCS2") || name.contains("UTF16")) {
        return Codes::Unicode;
    }
    let legacy: &[(&[&str], &'static Encoding)] = &[
        (&["GB-", "GBpc-", "GBK", "GBT"], encoding_rs::GBK),
        (&["B5pc-", "ETen-", "HKscs-", "ETenms-"], encoding_rs::BIG5),
        (&["90ms-", "90msp-", "83pv-", "90pv-", "RKSJ-"], encoding_rs::SHIFT_JIS),
        (&["KSC", "KSCms-", "KSCpc-"], encoding_rs::EUC_KR),
    ];
    let found = legacy.iter().find(|(starts, _)| starts.iter().any(|start| name.starts_with(start)));
    found.map_or(Codes::Glyphs, |(_, encoding)| Codes::Legacy(encoding))
}
