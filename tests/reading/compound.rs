//! Builds compound files in memory; the fuzz targets of doc take it in as well.

const SECTOR: usize = 512;
const ENTRY: usize = 128;
const NONE: u32 = 0xFFFF_FFFF;
const END: u32 = 0xFFFF_FFFE;
const TABLE: u32 = 0xFFFF_FFFD;

/// A stream or folder; folders stand in front of what is in them.
struct Entry<'a> {
    path: &'a str,
    bytes: Option<&'a [u8]>,
    start: u32,
}

/// A compound file with these streams, named by their paths and entered in this order, each long enough to lie in sectors of its own.
pub fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut entries = vec![Entry { path: "", bytes: None, start: END }];
    for (path, bytes) in streams {
        for (at, _) in path.match_indices('/') {
            if let Some(folder) = path.get(..at).filter(|folder| !entries.iter().any(|entry| entry.path == *folder)) {
                entries.push(Entry { path: folder, bytes: None, start: 0 });
            }
        }
        entries.push(Entry { path, bytes: Some(bytes), start: 0 });
    }
    let sectors = |bytes: &[u8]| bytes.len().max(4096).div_ceil(SECTOR);
    let directory = (entries.len() * ENTRY).div_ceil(SECTOR);
    let total = directory + streams.iter().map(|(_, bytes)| sectors(bytes)).sum::<usize>();
    // A sector of the table has room for 128 numbers, among them those of the table's own sectors.
    let tables = total.div_ceil(SECTOR / 4 - 1);
    assert!(tables <= 109, "the header lists as many sectors of the table");
    let mut fat = vec![TABLE; tables];
    let mut chain = |count: usize| {
        let start = fat.len();
        fat.extend((1..=count).map(|at| if at == count { END } else { number(start + at) }));
        number(start)
    };
    let directory_start = chain(directory);
    for entry in &mut entries {
        if let Some(bytes) = entry.bytes {
            entry.start = chain(sectors(bytes));
        }
    }
    let mut file = header(tables, directory_start);
    file.extend(fat.iter().flat_map(|next| next.to_le_bytes()));
    file.resize((1 + tables) * SECTOR, 0xFF);
    for at in 0..entries.len() {
        file.extend(directory_entry(&entries, at));
    }
    file.resize((1 + tables + directory) * SECTOR, 0);
    for bytes in entries.iter().filter_map(|entry| entry.bytes) {
        let end = file.len() + sectors(bytes) * SECTOR;
        file.extend_from_slice(bytes);
        file.resize(end, 0);
    }
    file
}

fn header(tables: usize, directory: u32) -> Vec<u8> {
    let mut header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    header.resize(SECTOR, 0);
    (header[24], header[26], header[28], header[29], header[30], header[32]) = (0x3E, 3, 0xFE, 0xFF, 9, 6);
    let places = [(44, number(tables)), (48, directory), (56, 4096), (60, END), (68, END)];
    let listed = (0..109).map(|at| (76 + at * 4, if at < tables { number(at) } else { NONE }));
    for (at, value) in places.into_iter().chain(listed) {
        header[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    header
}

/// An entry whose siblings hang one behind the other, in the order of their names.
fn directory_entry(entries: &[Entry<'_>], at: usize) -> Vec<u8> {
    let Entry { path, bytes, start } = entries[at];
    let parent = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let name = |path: &str| if path.is_empty() { "Root Entry" } else { path.rsplit('/').next().unwrap_or_default() }.to_owned();
    let children = |folder: &str| {
        let mut children: Vec<usize> = (1..entries.len()).filter(|child| parent(entries[*child].path) == folder).collect();
        children.sort_by_key(|child| (name(entries[*child].path).len(), name(entries[*child].path).to_uppercase()));
        children
    };
    let siblings = if path.is_empty() { Vec::new() } else { children(&parent(path)) };
    let next = siblings.iter().skip_while(|sibling| **sibling != at).nth(1).copied();
    let child = if bytes.is_none() { children(path).first().copied() } else { None };
    let mut entry: Vec<u8> = name(path).encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    let length = entry.len();
    entry.resize(ENTRY, 0);
    entry[64] = u8::try_from(length).expect("names are short");
    entry[66] = match (path, bytes) {
        ("", _) => 5,
        (_, Some(_)) => 2,
        (_, None) => 1,
    };
    entry[67] = 1;
    let size = bytes.map_or(0, |bytes| number(bytes.len().max(4096)));
    let places = [(68, NONE), (72, next.map_or(NONE, number)), (76, child.map_or(NONE, number)), (116, start), (120, size)];
    for (at, value) in places {
        entry[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    entry
}

fn number(value: usize) -> u32 {
    u32::try_from(value).expect("these files are small")
}
