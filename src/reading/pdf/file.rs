//! Finds the objects of a PDF by its cross-reference tables (ISO 32000-2, 7.5), or by a search where these are damaged.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::Reason;
use super::budget::Budget;
use super::filters;
use super::object::{BYTES_PER_STEP, Dict, Lexer, Object, Stream, is_blank};

/// References to references. Real files have none.
const MAX_HOPS: usize = 8;

/// Objects that are read because another one is: the length of a stream, the stream that an object lies in. Real files come
/// to three.
const MAX_DEPTH: usize = 16;

/// Cross-reference sections, one for each time that a file was saved on top of itself.
const MAX_SECTIONS: usize = 512;

/// Where an object lies: in the file, or so far inside an object stream; or nowhere, as it was deleted.
#[derive(Debug, Clone, Copy)]
enum Place {
    At(usize),
    Inside { stream: u32, index: usize },
    Free,
}

/// An unpacked object stream: its objects' numbers and offsets, and their bytes.
struct Packed<'a> {
    objects: Vec<(u32, usize)>,
    bytes: Cow<'a, [u8]>,
}

pub(super) struct File<'a> {
    data: &'a [u8],
    budget: &'a Budget,
    places: HashMap<u32, Place>,
    trailer: Dict,
    known: RefCell<HashMap<u32, Rc<Object>>>,
    packed: RefCell<HashMap<u32, Rc<Packed<'a>>>>,
    /// Streams that are drawn again and again, by their beginnings.
    unpacked: RefCell<HashMap<usize, Rc<Cow<'a, [u8]>>>>,
    /// Objects that are being read at the moment.
    depth: Cell<usize>,
}

impl<'a> File<'a> {
    fn new(data: &'a [u8], budget: &'a Budget) -> Self {
        Self {
            data,
            budget,
            places: HashMap::new(),
            trailer: Dict::default(),
            known: RefCell::default(),
            packed: RefCell::default(),
            unpacked: RefCell::default(),
            depth: Cell::new(0),
        }
    }

    /// Follows the tables from the end of the file.
    pub(super) fn by_tables(data: &'a [u8], budget: &'a Budget) -> Result<Self, Reason> {
        /// Where viewers look for the last `startxref`.
        const TAIL: usize = 4096;
        let tail = data.len().saturating_sub(TAIL);
        let mark = rfind(data.get(tail..).unwrap_or_default(), b"startxref").ok_or(Reason::DamagedPdf)?;
        let mut lexer = Lexer::new(data, tail + mark + b"startxref".len(), budget);
        let mut file = Self::new(data, budget);
        let mut next = offset(lexer.int()?);
        let mut seen = HashSet::new();
        while let Some(at) = next {
            if !seen.insert(at) || seen.len() > MAX_SECTIONS {
                break;
            }
            let mut freed = Vec::new();
            let section = file.section(at, &mut freed)?;
            // What a table calls free for the sake of old programs may lie in the stream that stands beside it.
            if let Some(hybrid) = offset(section.get("XRefStm").int()).filter(|at| seen.insert(*at)) {
                file.section(hybrid, &mut freed)?;
            }
            for number in freed {
                file.places.entry(number).or_insert(Place::Free);
            }
            next = offset(section.get("Prev").int());
            // The newest section comes first, and what it says holds.
            for (key, value) in section.0.iter() {
                Rc::make_mut(&mut file.trailer.0).entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        file.checked()
    }

    /// Searches the whole file for objects: of two with the same number the later one holds.
    pub(super) fn by_search(data: &'a [u8], budget: &'a Budget) -> Result<Self, Reason> {
        let mut file = Self::new(data, budget);
        budget.step(data.len() / BYTES_PER_STEP)?;
        for at in positions(data, b"obj") {
            if let Some((number, begun)) = header_before(data, at) {
                budget.object()?;
                file.places.insert(number, Place::At(begun));
            }
        }
        let mut trailers: Vec<(usize, Dict)> = Vec::new();
        for at in positions(data, b"trailer") {
            if let Some(Object::Dict(dict)) = Lexer::new(data, at + b"trailer".len(), budget).value()? {
                trailers.push((at, dict));
            }
        }
        let (mut catalog, mut streams) = (Object::Null, Vec::new());
        for (number, at) in file.in_order() {
            // Looked at and let go: kept is only what the pages lead to.
            let object = file.object_at(at, number)?;
            let Some(dict) = object.dict() else { continue };
            if dict.is_name("Type", "XRef") {
                trailers.push((at, dict.clone()));
            } else if dict.is_name("Type", "Catalog") {
                catalog = Object::Ref(number);
            } else if dict.is_name("Type", "ObjStm") {
                streams.push((number, at));
            }
        }
        file.search_streams(&streams)?;
        trailers.sort_by_key(|(at, _)| *at);
        let trailer = Rc::make_mut(&mut file.trailer.0);
        trailer.insert(b"Root".to_vec(), catalog);
        for (_, dict) in trailers {
            trailer.extend(dict.0.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        // What was asked for on the way may have been an older version.
        file.known.borrow_mut().clear();
        file.checked()
    }

    /// The objects that lie in the file itself, in the order of their places.
    fn in_order(&self) -> Vec<(u32, usize)> {
        let at = |(number, place): (&u32, &Place)| if let Place::At(at) = place { Some((*number, *at)) } else { None };
        let mut found: Vec<(u32, usize)> = self.places.iter().filter_map(at).collect();
        found.sort_unstable_by_key(|(_, at)| *at);
        found
    }

    /// Takes in what lies in these object streams, the earliest first; all objects of one are as old as the stream.
    fn search_streams(&mut self, streams: &[(u32, usize)]) -> Result<(), Reason> {
        let mut latest: HashMap<u32, usize> = self.in_order().into_iter().collect();
        for &(number, at) in streams {
            let packed = match self.packed(number) {
                Ok(packed) => packed,
                Err(Reason::DamagedPdf) => continue,
                Err(reason) => return Err(reason),
            };
            for (index, (inside, _)) in packed.objects.iter().enumerate() {
                self.budget.object()?;
                if latest.get(inside).is_none_or(|known| *known < at) {
                    latest.insert(*inside, at);
                    self.places.insert(*inside, Place::Inside { stream: number, index });
                }
            }
        }
        Ok(())
    }

    pub(super) fn budget(&self) -> &'a Budget {
        self.budget
    }

    /// The catalogue.
    pub(super) fn root(&self) -> Result<Rc<Object>, Reason> {
        self.resolve(self.trailer.get("Root"))
    }

    /// The object that a reference leads to, or the object itself.
    pub(super) fn resolve(&self, object: &Object) -> Result<Rc<Object>, Reason> {
        let Object::Ref(number) = object else {
            return Ok(Rc::new(object.clone()));
        };
        let mut found = self.get(*number)?;
        for _ in 0..MAX_HOPS {
            let Object::Ref(number) = *found else { return Ok(found) };
            found = self.get(number)?;
        }
        Err(Reason::DamagedPdf)
    }

    /// The entry `key` of a dictionary, resolved.
    pub(super) fn entry(&self, dict: &Dict, key: &str) -> Result<Rc<Object>, Reason> {
        self.resolve(dict.get(key))
    }

    /// The unpacked bytes of a stream.
    pub(super) fn bytes(&self, stream: &Stream) -> Result<Cow<'a, [u8]>, Reason> {
        let bytes = self.data.get(stream.start..stream.end).ok_or(Reason::DamagedPdf)?;
        let (filter, mut parameters) = (self.entry(&stream.dict, "Filter")?, self.entry(&stream.dict, "DecodeParms")?);
        if let Some(items) = parameters.array() {
            let items: Result<Vec<Object>, Reason> = items.iter().map(|item| Ok(Object::clone(&*self.resolve(item)?))).collect();
            parameters = Rc::new(Object::Array(Rc::new(items?)));
        }
        filters::unpack(bytes, &filters::named(&filter, &parameters), self.budget)
    }

    /// The unpacked bytes of a stream that is likely to be asked for again: unpacked and paid for once.
    pub(super) fn kept_bytes(&self, stream: &Stream) -> Result<Rc<Cow<'a, [u8]>>, Reason> {
        if let Some(kept) = self.unpacked.borrow().get(&stream.start) {
            return Ok(Rc::clone(kept));
        }
        let bytes = Rc::new(self.bytes(stream)?);
        self.unpacked.borrow_mut().insert(stream.start, Rc::clone(&bytes));
        Ok(bytes)
    }

    /// A file that needs a password, or one without pages, is known by its trailer.
    fn checked(self) -> Result<Self, Reason> {
        if !matches!(*self.entry(&self.trailer, "Encrypt")?, Object::Null) {
            return Err(Reason::Encrypted);
        }
        let root = self.root()?;
        let pages = root.dict().map(|root| self.entry(root, "Pages")).transpose()?;
        if pages.is_some_and(|pages| pages.dict().is_some()) { Ok(self) } else { Err(Reason::DamagedPdf) }
    }

    fn get(&self, number: u32) -> Result<Rc<Object>, Reason> {
        self.budget.step(1)?;
        if let Some(known) = self.known.borrow().get(&number) {
            return Ok(Rc::clone(known));
        }
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            return Err(Reason::TooDeep);
        }
        // Whatever asks for this object while it is being read has asked in a circle.
        self.known.borrow_mut().insert(number, Rc::new(Object::Null));
        self.depth.set(depth + 1);
        let object = match self.places.get(&number) {
            None | Some(Place::Free) => Ok(Object::Null),
            Some(Place::At(at)) => self.object_at(*at, number),
            Some(Place::Inside { stream, index }) => self.object_inside(*stream, *index, number),
        };
        self.depth.set(depth);
        let object = Rc::new(object?);
        self.known.borrow_mut().insert(number, Rc::clone(&object));
        Ok(object)
    }

    fn object_at(&self, at: usize, number: u32) -> Result<Object, Reason> {
        let mut lexer = Lexer::new(self.data, at, self.budget);
        let is_it = lexer.int()? == Some(i64::from(number)) && lexer.int()?.is_some() && lexer.keyword(b"obj")?;
        if !is_it {
            return Err(Reason::DamagedPdf);
        }
        self.budget.object()?;
        let value = lexer.value()?.unwrap_or(Object::Null);
        if let Object::Dict(dict) = &value
            && lexer.keyword(b"stream")?
        {
            return self.stream(dict.clone(), lexer.at).map(Object::Stream);
        }
        Ok(value)
    }

    /// Where the bytes of a stream end: after its length, or where that is wrong at the next `endstream`.
    fn stream(&self, dict: Dict, behind: usize) -> Result<Stream, Reason> {
        const END: &[u8] = b"endstream";
        let start = match (self.data.get(behind), self.data.get(behind + 1)) {
            (Some(b'\r'), Some(b'\n')) => behind + 2,
            (Some(b'\r' | b'\n'), _) => behind + 1,
            _ => behind,
        };
        let length = offset(self.entry(&dict, "Length")?.int());
        let by_length = length.and_then(|length| start.checked_add(length)).filter(|end| {
            let rest = self.data.get(*end..).unwrap_or_default();
            let blanks = rest.iter().take(4).take_while(|c| is_blank(**c)).count();
            rest.get(blanks..).is_some_and(|rest| rest.starts_with(END))
        });
        let end = match by_length {
            Some(end) => end,
            None => {
                let rest = self.data.get(start..).unwrap_or_default();
                let found = find(rest, END);
                self.budget.step(found.unwrap_or(rest.len()) / BYTES_PER_STEP)?;
                start + found.ok_or(Reason::DamagedPdf)?
            }
        };
        Ok(Stream { dict, start, end })
    }

    fn packed(&self, number: u32) -> Result<Rc<Packed<'a>>, Reason> {
        if let Some(packed) = self.packed.borrow().get(&number) {
            return Ok(Rc::clone(packed));
        }
        // An object stream lies in the file itself, so that none can lie in another in a circle.
        if !matches!(self.places.get(&number), Some(Place::At(_))) {
            return Err(Reason::DamagedPdf);
        }
        let object = self.get(number)?;
        let Object::Stream(stream) = &*object else { return Err(Reason::DamagedPdf) };
        let first = offset(self.entry(&stream.dict, "First")?.int()).ok_or(Reason::DamagedPdf)?;
        let count = offset(self.entry(&stream.dict, "N")?.int()).ok_or(Reason::DamagedPdf)?;
        let bytes = self.bytes(stream)?;
        let mut objects = Vec::new();
        let mut lexer = Lexer::new(&bytes, 0, self.budget);
        for _ in 0..count {
            let (Some(inside), Some(at)) = (lexer.int()?, offset(lexer.int()?)) else { break };
            self.budget.object()?;
            objects.push((u32::try_from(inside).unwrap_or(u32::MAX), first.saturating_add(at)));
        }
        let packed = Rc::new(Packed { objects, bytes });
        self.packed.borrow_mut().insert(number, Rc::clone(&packed));
        Ok(packed)
    }

    fn object_inside(&self, stream: u32, index: usize, number: u32) -> Result<Object, Reason> {
        let packed = self.packed(stream)?;
        let at = packed.objects.get(index).filter(|(inside, _)| *inside == number);
        // Some programs count the places wrongly; the number decides.
        let at = at.or_else(|| packed.objects.iter().find(|(inside, _)| *inside == number)).ok_or(Reason::DamagedPdf)?;
        self.budget.object()?;
        self.budget.step(packed.objects.len() / 8)?;
        Ok(Lexer::new(&packed.bytes, at.1, self.budget).value()?.unwrap_or(Object::Null))
    }

    /// Takes in the section at this place with the numbers that it frees, and gives its trailer.
    fn section(&mut self, at: usize, freed: &mut Vec<u32>) -> Result<Dict, Reason> {
        let mut lexer = Lexer::new(self.data, at, self.budget);
        if !lexer.keyword(b"xref")? {
            return self.stream_section(at, freed);
        }
        loop {
            if lexer.keyword(b"trailer")? {
                return match lexer.value()? {
                    Some(Object::Dict(dict)) => Ok(dict),
                    Some(_) | None => Err(Reason::DamagedPdf),
                };
            }
            let (Some(first), Some(count)) = (lexer.int()?, lexer.int()?) else { return Err(Reason::DamagedPdf) };
            for number in first..first.saturating_add(count) {
                let (Some(at), Some(_)) = (offset(lexer.int()?), lexer.int()?) else { return Err(Reason::DamagedPdf) };
                let in_use = lexer.keyword(b"n")?;
                if !in_use && !lexer.keyword(b"f")? {
                    return Err(Reason::DamagedPdf);
                }
                match u32::try_from(number) {
                    Ok(number) if in_use => self.place(number, Place::At(at))?,
                    Ok(number) => freed.push(number),
                    Err(_) => {}
                }
            }
        }
    }

    fn stream_section(&mut self, at: usize, freed: &mut Vec<u32>) -> Result<Dict, Reason> {
        let number = Lexer::new(self.data, at, self.budget).int()?.and_then(|number| u32::try_from(number).ok());
        let Object::Stream(stream) = self.object_at(at, number.ok_or(Reason::DamagedPdf)?)? else {
            return Err(Reason::DamagedPdf);
        };
        let dict = stream.dict.clone();
        let widths: Vec<usize> = dict.get("W").array().unwrap_or_default().iter().filter_map(|width| offset(width.int())).collect();
        let [kind, second, third] = widths.as_slice() else { return Err(Reason::DamagedPdf) };
        if widths.iter().any(|width| *width > size_of::<usize>()) {
            return Err(Reason::DamagedPdf);
        }
        let size = kind + second + third;
        if size == 0 {
            return Err(Reason::DamagedPdf);
        }
        let whole = [Object::Int(0), dict.get("Size").clone()];
        let index = dict.get("Index").array().unwrap_or(&whole);
        let bytes = self.bytes(&stream)?;
        let mut rows = bytes.chunks_exact(size);
        for pair in index.chunks(2) {
            let (Some(first), Some(count)) = (pair.first().and_then(Object::int), pair.get(1).and_then(Object::int)) else { break };
            for number in first..first.saturating_add(count) {
                let Some(row) = rows.next() else { break };
                let field = |from: usize, width: usize| {
                    row.get(from..from + width).unwrap_or_default().iter().fold(0usize, |sum, byte| (sum << 8) | usize::from(*byte))
                };
                let Ok(number) = u32::try_from(number) else { continue };
                let place = match if *kind == 0 { 1 } else { field(0, *kind) } {
                    1 => Place::At(field(*kind, *second)),
                    2 => Place::Inside {
                        stream: u32::try_from(field(*kind, *second)).map_err(|_| Reason::DamagedPdf)?,
                        index: field(kind + second, *third),
                    },
                    0 => {
                        freed.push(number);
                        continue;
                    }
                    _ => continue,
                };
                self.place(number, place)?;
            }
        }
        Ok(dict)
    }

    fn place(&mut self, number: u32, place: Place) -> Result<(), Reason> {
        self.budget.object()?;
        self.places.entry(number).or_insert(place);
        Ok(())
    }
}

fn offset(number: Option<i64>) -> Option<usize> {
    number.and_then(|number| usize::try_from(number).ok())
}

/// The number and the beginning of the object whose `obj` stands at `at`.
fn header_before(data: &[u8], at: usize) -> Option<(u32, usize)> {
    let mut place = at;
    let mut back = |is: fn(&u8) -> bool| {
        let kept = data.get(..place)?;
        let length = kept.iter().rev().take(12).take_while(|c| is(c)).count();
        place -= length;
        (length > 0).then_some(place..place + length)
    };
    back(|c| is_blank(*c))?;
    back(u8::is_ascii_digit)?;
    back(|c| is_blank(*c))?;
    let number = back(u8::is_ascii_digit)?;
    let begun = number.start;
    Some((std::str::from_utf8(data.get(number)?).ok()?.parse().ok()?, begun))
}

fn positions<'a>(data: &'a [u8], word: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    data.windows(word.len()).enumerate().filter(move |(_, window)| *window == word).map(|(at, _)| at)
}

fn find(data: &[u8], word: &[u8]) -> Option<usize> {
    data.windows(word.len()).position(|window| window == word)
}

fn rfind(data: &[u8], word: &[u8]) -> Option<usize> {
    data.windows(word.len()).rposition(|window| window == word)
}
