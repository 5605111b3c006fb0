//! Unpacks streams (ISO 32000-2, 7.4), each byte counted that goes in or comes out.
//!
//! Filters of pictures are not among them: pictures hold no text that could be read.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::DeflateDecoder;
use weezl::decode::Decoder;
use weezl::{BitOrder, LzwStatus};

use super::super::Reason;
use super::budget::Budget;
use super::object::{BYTES_PER_STEP, Dict, Object, from_hex};

/// Filters one behind another. Real files have one or two.
const MAX_FILTERS: usize = 4;

/// Unpacks `bytes` by one filter after another, each with its parameters.
pub(super) fn unpack<'a>(bytes: &'a [u8], filters: &[(Vec<u8>, Dict)], budget: &Budget) -> Result<Cow<'a, [u8]>, Reason> {
    if filters.len() > MAX_FILTERS {
        return Err(Reason::DamagedPdf);
    }
    let mut data = Cow::Borrowed(bytes);
    if filters.is_empty() {
        budget.unpack(data.len())?;
    }
    for (name, parameters) in filters {
        // What comes in may be much and come to nothing.
        budget.step(data.len())?;
        data = Cow::Owned(match name.as_slice() {
            b"FlateDecode" | b"Fl" => predicted(inflate(&data, budget)?, parameters, budget)?,
            b"LZWDecode" | b"LZW" => predicted(lzw(&data, parameters, budget)?, parameters, budget)?,
            b"ASCIIHexDecode" | b"AHx" => hexadecimal(&data, budget)?,
            b"ASCII85Decode" | b"A85" => ascii85(&data, budget)?,
            b"RunLengthDecode" | b"RL" => run_length(&data, budget)?,
            b"Crypt" => return Err(Reason::Encrypted),
            _ => return Err(Reason::DamagedPdf),
        });
    }
    Ok(data)
}

/// Without the header and the checksum of zlib, which some programs get wrong.
fn inflate(bytes: &[u8], budget: &Budget) -> Result<Vec<u8>, Reason> {
    let left = budget.bytes_left();
    let allowed = u64::try_from(left).unwrap_or(u64::MAX).saturating_add(1);
    let has_header =
        matches!(bytes, [head, flags, ..] if head & 0x0F == 8 && (u32::from(*head) * 256 + u32::from(*flags)).is_multiple_of(31));
    let body = if has_header { bytes.get(2..).unwrap_or_default() } else { bytes };
    let mut data = Vec::new();
    let outcome = DeflateDecoder::new(body).take(allowed).read_to_end(&mut data);
    budget.unpack(data.len())?;
    match outcome {
        Ok(_) => Ok(data),
        Err(_) => Err(Reason::DamagedPdf),
    }
}

fn lzw(bytes: &[u8], parameters: &Dict, budget: &Budget) -> Result<Vec<u8>, Reason> {
    const CHUNK: usize = 16 * 1024;
    let is_early = parameters.get("EarlyChange").int() != Some(0);
    let mut decoder = if is_early { Decoder::with_tiff_size_switch(BitOrder::Msb, 8) } else { Decoder::new(BitOrder::Msb, 8) };
    let (mut data, mut rest, mut chunk) = (Vec::new(), bytes, [0; CHUNK]);
    loop {
        let done = decoder.decode_bytes(rest, &mut chunk);
        budget.unpack(done.consumed_out)?;
        data.extend_from_slice(chunk.get(..done.consumed_out).unwrap_or_default());
        rest = rest.get(done.consumed_in..).unwrap_or_default();
        match done.status {
            Ok(LzwStatus::Ok) => {}
            // Without the mark of the end the data ends where the bytes do.
            Ok(LzwStatus::Done | LzwStatus::NoProgress) => return Ok(data),
            Err(_) => return Err(Reason::DamagedPdf),
        }
    }
}

fn hexadecimal(bytes: &[u8], budget: &Budget) -> Result<Vec<u8>, Reason> {
    let data = from_hex(bytes.split(|c| *c == b'>').next().unwrap_or_default());
    budget.unpack(data.len())?;
    Ok(data)
}

fn ascii85(bytes: &[u8], budget: &Budget) -> Result<Vec<u8>, Reason> {
    let mut data = Vec::new();
    let mut group = Vec::new();
    for c in bytes.iter().take_while(|c| **c != b'~') {
        match c {
            b'z' if group.is_empty() => data.extend([0; 4]),
            b'!'..=b'u' => group.push(u32::from(c - b'!')),
            _ => {}
        }
        if group.len() == 5 {
            data.extend(quad(&group));
            group.clear();
        }
    }
    if group.len() > 1 {
        let kept = group.len() - 1;
        group.resize(5, 84);
        data.extend(quad(&group).into_iter().take(kept));
    }
    budget.unpack(data.len())?;
    Ok(data)
}

fn quad(group: &[u32]) -> [u8; 4] {
    group.iter().fold(0u32, |sum, digit| sum.wrapping_mul(85).wrapping_add(*digit)).to_be_bytes()
}

fn run_length(bytes: &[u8], budget: &Budget) -> Result<Vec<u8>, Reason> {
    let mut data = Vec::new();
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first() {
        rest = match length {
            128 => break,
            0..=127 => {
                let (plain, after) = after.split_at_checked(usize::from(*length) + 1).unwrap_or((after, &[]));
                data.extend_from_slice(plain);
                after
            }
            129..=255 => {
                let Some((byte, after)) = after.split_first() else { break };
                data.extend(std::iter::repeat_n(*byte, 257 - usize::from(*length)));
                after
            }
        };
        if data.len() > budget.bytes_left() {
            return Err(Reason::Bomb);
        }
    }
    budget.unpack(data.len())?;
    Ok(data)
}

/// Undoes the differences that a predictor has left in place of bytes.
fn predicted(data: Vec<u8>, parameters: &Dict, budget: &Budget) -> Result<Vec<u8>, Reason> {
    let parameter = |name: &str, usual: i64| parameters.get(name).int().unwrap_or(usual).clamp(1, 65_536);
    let predictor = parameter("Predictor", 1);
    if predictor < 2 {
        return Ok(data);
    }
    let (colors, bits, columns) = (parameter("Colors", 1), parameter("BitsPerComponent", 8), parameter("Columns", 1));
    let size = |bits: i64| usize::try_from((bits + 7) / 8).unwrap_or(1).max(1);
    let (pixel, row) = (size(colors.saturating_mul(bits)), size(colors.saturating_mul(bits).saturating_mul(columns)));
    budget.step(data.len() / BYTES_PER_STEP)?;
    if predictor == 2 {
        let mut data = data;
        for line in data.chunks_mut(row) {
            for at in pixel..line.len() {
                let left = line.get(at - pixel).copied().unwrap_or(0);
                if let Some(byte) = line.get_mut(at) {
                    *byte = byte.wrapping_add(left);
                }
            }
        }
        return Ok(data);
    }
    let mut plain: Vec<u8> = Vec::with_capacity(data.len());
    let mut above = vec![0u8; row.min(data.len())];
    for line in data.chunks(row.saturating_add(1)) {
        let Some((kind, line)) = line.split_first() else { break };
        let mut current: Vec<u8> = Vec::with_capacity(line.len());
        for (at, byte) in line.iter().enumerate() {
            let left = at.checked_sub(pixel).and_then(|at| current.get(at)).copied().unwrap_or(0);
            let up = above.get(at).copied().unwrap_or(0);
            let corner = at.checked_sub(pixel).and_then(|at| above.get(at)).copied().unwrap_or(0);
            let predicted = match kind {
                1 => left,
                2 => up,
                3 => u8::try_from((u16::from(left) + u16::from(up)) / 2).unwrap_or(0),
                4 => paeth(left, up, corner),
                _ => 0,
            };
            current.push(byte.wrapping_add(predicted));
        }
        plain.extend_from_slice(&current);
        above = current;
    }
    Ok(plain)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let sum = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |value: u8| (sum - i16::from(value)).abs();
    if distance(left) <= distance(up) && distance(left) <= distance(corner) {
        left
    } else if distance(up) <= distance(corner) {
        up
    } else {
        corner
    }
}

/// The filters that a stream names, each with its parameters; values that are references have been resolved.
pub(super) fn named(filter: &Object, parameters: &Object) -> Vec<(Vec<u8>, Dict)> {
    let list = |object: &Object| object.array().map_or_else(|| vec![object.clone()], <[Object]>::to_vec);
    let parameters = list(parameters);
    let with = |(at, filter): (usize, Object)| {
        let parameters = parameters.get(at).and_then(Object::dict).cloned().unwrap_or_default();
        Some((filter.name()?.to_vec(), parameters))
    };
    list(filter).into_iter().enumerate().filter_map(with).collect()
}
