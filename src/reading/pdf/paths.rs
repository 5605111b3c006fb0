//! Follows the paths that a page draws, as far as these are lines (ISO 32000-2, 8.5).

use super::geometry::{Matrix, Rule};
use super::object::Object;

/// Lines on one page that can be those of tables; a page with more is a drawing.
pub(super) const MAX_RULES: usize = 4000;

/// The path that is being drawn.
#[derive(Debug, Default)]
pub(super) struct Path {
    /// From one corner to the next.
    sides: Vec<[f64; 4]>,
    point: (f64, f64),
    begun: (f64, f64),
}

impl Path {
    /// Takes an operator, and gives the rules that it paints.
    pub(super) fn operator(&mut self, word: &[u8], operands: &[Object], ctm: Matrix) -> Vec<Rule> {
        let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or(0.0);
        match word {
            b"m" => {
                self.point = (number(0), number(1));
                self.begun = self.point;
            }
            b"l" => self.line_to((number(0), number(1))),
            b"c" => self.point = (number(4), number(5)),
            b"v" | b"y" => self.point = (number(2), number(3)),
            b"h" => self.line_to(self.begun),
            b"re" => {
                let (x, y, width, height) = (number(0), number(1), number(2), number(3));
                self.point = (x, y);
                self.begun = self.point;
                for corner in [(x + width, y), (x + width, y + height), (x, y + height), (x, y)] {
                    self.line_to(corner);
                }
            }
            b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*" | b"f" | b"F" | b"f*" => {
                if matches!(word, b"s" | b"b" | b"b*") {
                    self.line_to(self.begun);
                }
                let sides = std::mem::take(&mut self.sides);
                let sides: Vec<_> = sides.into_iter().map(|[x0, y0, x1, y1]| (ctm.at(x0, y0), ctm.at(x1, y1))).collect();
                // What is only filled is a rule where it is thin, and else the ground of some text.
                return if matches!(word, b"f" | b"F" | b"f*") { Rule::filled(&sides) } else { Rule::drawn(&sides) };
            }
            b"n" => self.sides.clear(),
            _ => {}
        }
        Vec::new()
    }

    fn line_to(&mut self, (x, y): (f64, f64)) {
        if self.sides.len() < MAX_RULES {
            self.sides.push([self.point.0, self.point.1, x, y]);
        }
        self.point = (x, y);
    }
}
