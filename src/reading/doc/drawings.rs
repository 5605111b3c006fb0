//! What is written in drawings ([MS-ODRAW]): which shapes stand together in a group, and the words of those that are set along a path.

use std::collections::HashMap;

use super::super::{Limits, Reason};
use super::bytes::{part, place_at, text, u16_at, u32_at};

/// A container of shapes, whose first is the group itself.
const GROUP: u16 = 0xF003;
const SHAPE: u16 = 0xF004;

pub(super) struct Shape {
    pub(super) id: u32,
    /// Words set along a path.
    pub(super) words: Option<String>,
}

/// The shapes of the main text, those of a group together, by the number of the first of them: an anchor names no other.
pub(super) fn parse(content: &[u8], limits: &Limits) -> Result<HashMap<u32, Vec<Shape>>, Reason> {
    const DRAWING: u16 = 0xF002;
    const OF_MAIN_TEXT: u8 = 0;
    let mut shapes = HashMap::new();
    // What all drawings share; behind it each drawing with a byte in front that says what text it belongs to.
    let mut rest = Records(content);
    rest.next();
    while let Some((owner, behind)) = rest.0.split_first() {
        rest.0 = behind;
        let Some(drawing) = rest.next().filter(|record| record.kind == DRAWING) else { break };
        let outermost = Records(drawing.content).filter(|record| *owner == OF_MAIN_TEXT && record.kind == GROUP);
        for record in outermost.flat_map(|all| Records(all.content)) {
            let mut together = Vec::new();
            collect(&record, limits.xml_depth, &mut together)?;
            if let Some(first) = together.first().map(|shape| shape.id) {
                shapes.insert(first, together);
            }
        }
    }
    Ok(shapes)
}

fn collect(record: &Record<'_>, levels: usize, shapes: &mut Vec<Shape>) -> Result<(), Reason> {
    match record.kind {
        GROUP => {
            let levels = levels.checked_sub(1).ok_or(Reason::TooDeep)?;
            Records(record.content).try_for_each(|inner| collect(&inner, levels, shapes))
        }
        SHAPE => {
            shapes.extend(shape(record.content));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn shape(content: &[u8]) -> Option<Shape> {
    const HEAD: u16 = 0xF00A;
    const PROPERTIES: u16 = 0xF00B;
    let mut shape = Shape { id: 0, words: None };
    for record in Records(content) {
        match record.kind {
            HEAD => shape.id = u32_at(record.content, 0)?,
            PROPERTIES => shape.words = words(&record),
            _ => {}
        }
    }
    Some(shape)
}

/// The words among the properties of a shape; what takes more than a number stands behind the list of them all, in their order.
fn words(properties: &Record<'_>) -> Option<String> {
    const PROPERTY: usize = 6;
    const WORDS: u16 = 0x00C0;
    const IS_LONG: u16 = 0x8000;
    let count = usize::from(properties.instance);
    let mut place = count * PROPERTY;
    for at in 0..count {
        let (name, value) = (u16_at(properties.content, at * PROPERTY)?, place_at(properties.content, at * PROPERTY + 2)?);
        if name & IS_LONG == 0 {
            continue;
        }
        if name & 0x3FFF == WORDS {
            let words = text(part(properties.content, place, value)?);
            return words.split('\0').next().map(str::to_owned).filter(|words| !words.trim().is_empty());
        }
        place = place.checked_add(value)?;
    }
    None
}

struct Record<'a> {
    kind: u16,
    instance: u16,
    content: &'a [u8],
}

/// Records one behind the other; a cut one ends them.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        const HEAD: usize = 8;
        let (instance, kind, length) = (u16_at(self.0, 0)? >> 4, u16_at(self.0, 2)?, place_at(self.0, 4)?);
        let content = part(self.0, HEAD, length)?;
        self.0 = self.0.get(HEAD + length..)?;
        Some(Record { kind, instance, content })
    }
}
