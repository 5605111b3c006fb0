//! Places on a page: transformations, and the lines that frame tables.

/// A transformation of the plane (ISO 32000-2, 8.3.3).
#[derive(Debug, Clone, Copy)]
pub(super) struct Matrix(pub(super) [f64; 6]);

impl Matrix {
    pub(super) const SAME: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// First this one, then `next`.
    pub(super) fn then(self, next: Self) -> Self {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, next.0);
        Self([a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l])
    }

    pub(super) fn at(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// Where the horizontal points to.
    pub(super) fn direction(self) -> (f64, f64) {
        let [a, b, ..] = self.0;
        (a, b)
    }

    /// The length of what is one unit high.
    pub(super) fn height(self) -> f64 {
        let [_, _, c, d, ..] = self.0;
        c.hypot(d)
    }
}

/// A level or upright line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) is_level: bool,
    /// Its height above the page's foot where level, its distance from the left where upright.
    pub(super) at: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

/// From one point to another.
type Side = ((f64, f64), (f64, f64));

impl Rule {
    /// The rules among the sides of a path that is drawn.
    pub(super) fn drawn(sides: &[Side]) -> Vec<Self> {
        sides.iter().filter_map(|(one, other)| Self::between(*one, *other)).collect()
    }

    /// The rules among the shapes of a path that is filled: those that are thin.
    pub(super) fn filled(sides: &[Side]) -> Vec<Self> {
        /// The thickest rule, in points.
        const THICK: f64 = 3.0;
        let shapes = sides.chunk_by(|(_, end), (begin, _)| end == begin);
        let thin = |shape: &[Side]| {
            let (mut left, mut right, mut bottom, mut top) = (f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY);
            for (x, y) in shape.iter().flat_map(|(one, other)| [*one, *other]) {
                (left, right, bottom, top) = (left.min(x), right.max(x), bottom.min(y), top.max(y));
            }
            if top - bottom < THICK {
                let middle = f64::midpoint(bottom, top);
                return Self::between((left, middle), (right, middle));
            }
            let middle = f64::midpoint(left, right);
            if right - left < THICK { Self::between((middle, bottom), (middle, top)) } else { None }
        };
        shapes.filter_map(thin).collect()
    }

    /// The rule between two points, where it is one and long enough to frame something.
    fn between(one: (f64, f64), other: (f64, f64)) -> Option<Self> {
        const SHORTEST: f64 = 4.0;
        const CROOKED: f64 = 0.5;
        let (dx, dy) = ((one.0 - other.0).abs(), (one.1 - other.1).abs());
        if dy < CROOKED && dx > SHORTEST {
            return Some(Self { is_level: true, at: f64::midpoint(one.1, other.1), from: one.0.min(other.0), to: one.0.max(other.0) });
        }
        (dx < CROOKED && dy > SHORTEST).then(|| Self {
            is_level: false,
            at: f64::midpoint(one.0, other.0),
            from: one.1.min(other.1),
            to: one.1.max(other.1),
        })
    }
}
