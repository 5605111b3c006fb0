//! Finds the streams of a compound file ([MS-CFB]), the container of office files before 2007.
//!
//! Chains of sectors are followed for as many steps as the file has sectors, so that none runs in a circle.

use std::collections::HashMap;

use super::bytes::{part, place_at, text, u8_at, u16_at, u32_at};

const HEADER: usize = 512;
const ENTRY: usize = 128;

/// Numbers from here on mark free sectors and ends of chains.
const LAST_SECTOR: u32 = 0xFFFF_FFFA;

/// The streams of the outermost folder by their names.
pub(super) struct Compound {
    streams: HashMap<String, Vec<u8>>,
}

impl Compound {
    /// Unpacks the streams that are `wanted`; `None` where the file is no such container or cut off.
    pub(super) fn open(bytes: &[u8], wanted: &[&str]) -> Option<Self> {
        let shift = u16_at(bytes, 30)?;
        if !matches!(shift, 9 | 12) || u16_at(bytes, 32)? != 6 {
            return None;
        }
        let sectors = Sectors { bytes, size: 1 << shift, fat: Vec::new() };
        let sectors = sectors.with_table()?;
        let directory = sectors.chain(u32_at(bytes, 48)?, None)?;
        let entries: Vec<&[u8]> = directory.chunks_exact(ENTRY).collect();
        let root = entries.iter().find(|entry| u8_at(entry, 66) == Some(5))?;
        let small = sectors.chain(u32_at(root, 116)?, place_at(root, 120))?;
        let small_table = sectors.chain(u32_at(bytes, 60)?, None).unwrap_or_default();
        let small_table: Vec<u32> = small_table.as_chunks::<4>().0.iter().map(|next| u32::from_le_bytes(*next)).collect();
        let cutoff = place_at(bytes, 56)?;
        let mut streams = HashMap::new();
        for entry in entries {
            let length = usize::from(u16_at(entry, 64)?).saturating_sub(2).min(62);
            let name = text(part(entry, 0, length)?);
            if u8_at(entry, 66) != Some(2) || !wanted.contains(&name.as_str()) || streams.contains_key(&name) {
                continue;
            }
            let (start, size) = (u32_at(entry, 116)?, place_at(entry, 120)?);
            let stream =
                if size < cutoff { follow(&small, 64, &small_table, start, Some(size), 0)? } else { sectors.chain(start, Some(size))? };
            streams.insert(name, stream);
        }
        Some(Self { streams })
    }

    pub(super) fn stream(&self, name: &str) -> Option<&[u8]> {
        self.streams.get(name).map(Vec::as_slice)
    }
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
