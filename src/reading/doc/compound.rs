//! Finds the streams of a compound file ([MS-CFB]), the container of office files before 2007.
//!
//! Chains of sectors are followed for as many steps as the file has sectors, so that none runs in a circle.

use super::super::Reason;
use super::bytes::{part, place_at, text, u8_at, u16_at, u32_at};

const HEADER: usize = 512;
const ENTRY: usize = 128;

/// Numbers from here on mark free sectors and ends of chains.
const LAST_SECTOR: u32 = 0xFFFF_FFFA;

/// The streams of the outermost folder. What is embedded in a document has folders of its own, with streams of the same names.
pub(super) struct Compound<'a> {
    sectors: Sectors<'a>,
    /// The sectors of short streams, and the table of their chains.
    small: Vec<u8>,
    small_table: Vec<u32>,
    /// Streams of fewer bytes lie there.
    cutoff: usize,
    streams: Vec<Stream>,
}

struct Stream {
    name: String,
    start: u32,
    size: usize,
}

impl<'a> Compound<'a> {
    /// `None` where the file is no such container or cut off.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let shift = u16_at(bytes, 30)?;
        if !matches!(shift, 9 | 12) || u16_at(bytes, 32)? != 6 {
            return None;
        }
        let sectors = Sectors { bytes, size: 1 << shift, fat: Vec::new() };
        let sectors = sectors.with_table()?;
        let directory = sectors.chain(u32_at(bytes, 48)?, None)?;
        let (entries, _) = directory.as_chunks::<ENTRY>();
        let root = entries.first().filter(|entry| u8_at(*entry, 66) == Some(5))?;
        let small = sectors.chain(u32_at(root, 116)?, place_at(root, 120))?;
        let small_table = sectors.chain(u32_at(bytes, 60)?, None).unwrap_or_default();
        let small_table = small_table.as_chunks::<4>().0.iter().map(|next| u32::from_le_bytes(*next)).collect();
        let streams = children(entries, root)?;
        Some(Self { small, small_table, cutoff: place_at(bytes, 56)?, streams, sectors })
    }

    /// The stream of this name, which is compared as the format says, without regard to case; `None` where there is none.
    pub(super) fn stream(&self, name: &str) -> Result<Option<Vec<u8>>, Reason> {
        let mut named = self.streams.iter().filter(|stream| stream.name.eq_ignore_ascii_case(name));
        let Some(Stream { start, size, .. }) = named.next() else { return Ok(None) };
        if named.next().is_some() {
            return Err(Reason::AmbiguousPackage);
        }
        let stream = if *size < self.cutoff {
            follow(&self.small, 64, &self.small_table, *start, Some(*size), 0)
        } else {
            self.sectors.chain(*start, Some(*size))
        };
        stream.map(Some).ok_or(Reason::DamagedDoc)
    }
}

/// The streams of a folder, whose entries form a tree; `None` where that is none.
fn children(entries: &[[u8; ENTRY]], folder: &[u8]) -> Option<Vec<Stream>> {
    const STREAM: u8 = 2;
    const NO_ENTRY: u32 = 0xFFFF_FFFF;
    let mut streams = Vec::new();
    let mut open = vec![u32_at(folder, 76)?];
    let mut left = entries.len();
    while let Some(number) = open.pop() {
        if number == NO_ENTRY {
            continue;
        }
        let entry = entries.get(usize::try_from(number).ok()?)?;
        // More steps than entries: they run in a circle.
        left = left.checked_sub(1)?;
        open.extend([u32_at(entry, 68)?, u32_at(entry, 72)?]);
        if u8_at(entry, 66)? == STREAM {
            let length = usize::from(u16_at(entry, 64)?).saturating_sub(2).min(62);
            streams.push(Stream { name: text(part(entry, 0, length)?), start: u32_at(entry, 116)?, size: place_at(entry, 120)? });
        }
    }
    Some(streams)
}

struct Sectors<'a> {
    bytes: &'a [u8],
    size: usize,
    fat: Vec<u32>,
}

impl Sectors<'_> {
    /// With the table of all chains, whose own sectors are listed in the header and from there on.
    fn with_table(mut self) -> Option<Self> {
        let mut lists = vec![part(self.bytes, 76, 109 * 4)?];
        let mut next = u32_at(self.bytes, 68)?;
        let count = self.bytes.len() / self.size + 1;
        while next < LAST_SECTOR && lists.len() <= count {
            let list = part(self.bytes, self.place(next)?, self.size)?;
            let (own, link) = list.split_at_checked(self.size.checked_sub(4)?)?;
            lists.push(own);
            next = u32_at(link, 0)?;
        }
        let numbers = lists.iter().flat_map(|list| list.as_chunks::<4>().0).map(|number| u32::from_le_bytes(*number));
        for number in numbers.filter(|number| *number < LAST_SECTOR).take(count) {
            let sector = part(self.bytes, self.place(number)?, self.size)?;
            self.fat.extend(sector.as_chunks::<4>().0.iter().map(|next| u32::from_le_bytes(*next)));
        }
        Some(self)
    }

    fn place(&self, sector: u32) -> Option<usize> {
        usize::try_from(sector).ok()?.checked_add(1)?.checked_mul(self.size)
    }

    fn chain(&self, start: u32, size: Option<usize>) -> Option<Vec<u8>> {
        follow(self.bytes, self.size, &self.fat, start, size, self.size.max(HEADER))
    }
}

/// The bytes of a chain, cut off at `size` where that is known. Real files end in the middle of their last sector.
fn follow(bytes: &[u8], sector_size: usize, table: &[u32], start: u32, size: Option<usize>, first: usize) -> Option<Vec<u8>> {
    let mut stream = Vec::new();
    let mut next = start;
    for _ in 0..=table.len() {
        if next >= LAST_SECTOR || size.is_some_and(|size| stream.len() >= size) {
            break;
        }
        let number = usize::try_from(next).ok()?;
        let at = number.checked_mul(sector_size)?.checked_add(first)?;
        let sector = bytes.get(at..)?;
        stream.extend_from_slice(sector.get(..sector_size).unwrap_or(sector));
        if stream.len() > bytes.len() {
            return None;
        }
        next = *table.get(number)?;
    }
    match size {
        Some(size) if stream.len() < size => None,
        Some(size) => {
            stream.truncate(size);
            Some(stream)
        }
        None => Some(stream),
    }
}
