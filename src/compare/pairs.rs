//! Which piece of one text corresponds to which piece of another.
//!
//! Equal pieces are paired first, wherever they stand, so that an article that
//! was only renumbered or moved is recognised. The rest is paired by likeness of
//! the wording, then by label. Only pieces of one kind are paired.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;

use super::articles::{Piece, PieceKind};
use super::lines::without_layout;

/// Likeness (0 to 1) from which two pieces count as versions of one another.
const ALIKE: f64 = 0.5;
/// The same between neighbours of pieces that are paired already.
const ALIKE_IN_PLACE: f64 = 0.35;
/// The same under one label.
const ALIKE_BY_LABEL: f64 = 0.2;
/// How many candidates by shared wording are looked at for each piece.
const CANDIDATES: usize = 4;
/// A pair of characters found in more pieces than this tells nothing.
const COMMON: usize = 32;

/// A piece prepared for pairing.
pub(super) struct Prepared<'a> {
    pub piece: &'a Piece<'a>,
    /// The wording after the label, layout left out.
    pub wording: String,
}

impl<'a> Prepared<'a> {
    pub(super) fn all(pieces: &'a [Piece<'a>]) -> Vec<Self> {
        pieces.iter().map(|piece| Self { piece, wording: without_layout(piece.body) }).collect()
    }
}

/// For each piece of `to` the place of its counterpart in `from`, if it has one.
/// No piece of `from` is given twice.
pub(super) fn pairs(from: &[Prepared<'_>], to: &[Prepared<'_>]) -> Vec<Option<usize>> {
    let mut matching = Matching { of_to: vec![None; to.len()], of_from: vec![None; from.len()] };
    matching.by_key(from, to, |p| Some((p.piece.kind, p.piece.label.as_deref(), p.wording.as_str())));
    matching.by_key(from, to, |p| (!p.wording.is_empty()).then_some((p.piece.kind, p.wording.as_str())));
    matching.by_likeness(from, to);
    matching.by_key(from, to, |p| Some((p.piece.kind, p.piece.label.as_deref())));
    matching.of_to
}

struct Matching {
    of_to: Vec<Option<usize>>,
    of_from: Vec<Option<usize>>,
}

impl Matching {
    fn pair(&mut self, i: usize, j: usize) {
        if let (Some(to @ None), Some(from @ None)) = (self.of_to.get_mut(j), self.of_from.get_mut(i)) {
            (*to, *from) = (Some(i), Some(j));
        }
    }

    fn is_free(side: &[Option<usize>], place: usize) -> bool {
        side.get(place).is_some_and(Option::is_none)
    }

    /// Pairs what has one key, the first with the first and so on.
    fn by_key<'a, K: Hash + Eq>(&mut self, from: &'a [Prepared<'_>], to: &'a [Prepared<'_>], key: impl Fn(&'a Prepared<'_>) -> Option<K>) {
        let mut waiting: HashMap<K, VecDeque<usize>> = HashMap::new();
        for (i, prepared) in from.iter().enumerate() {
            if Self::is_free(&self.of_from, i)
                && let Some(key) = key(prepared)
            {
                waiting.entry(key).or_default().push_back(i);
            }
        }
        for (j, prepared) in to.iter().enumerate() {
            if Self::is_free(&self.of_to, j)
                && let Some(queue) = key(prepared).and_then(|key| waiting.get_mut(&key))
                && let Some(i) = queue.pop_front()
            {
                self.pair(i, j);
            }
        }
    }

    fn by_likeness(&mut self, from: &[Prepared<'_>], to: &[Prepared<'_>]) {
        let from_grams = grams_of_free(from, &self.of_from);
        let to_grams = grams_of_free(to, &self.of_to);
        let index = Index::of(from, &from_grams);
        let mut found: Vec<(f64, usize, usize)> = Vec::new();
        for (j, grams) in to_grams.iter().enumerate() {
            let (Some(grams), Some(new)) = (grams, to.get(j)) else {
                continue;
            };
            let mut candidates = most_shared(grams, &index, j);
            candidates.extend(index.labels.get(&label_key(new)).into_iter().flatten().take(2));
            let in_place = self.neighbours(j);
            candidates.extend(&in_place);
            candidates.sort_unstable();
            candidates.dedup();
            for i in candidates {
                let (Some(Some(old_grams)), Some(old)) = (from_grams.get(i), from.get(i)) else {
                    continue;
                };
                if old.piece.kind != new.piece.kind {
                    continue;
                }
                let same_label = old.piece.label == new.piece.label;
                let in_place = in_place.contains(&i);
                let needed = match (same_label, in_place) {
                    (true, _) => ALIKE_BY_LABEL,
                    (false, true) => ALIKE_IN_PLACE,
                    (false, false) => ALIKE,
                };
                let likeness = likeness(old_grams, grams, needed);
                if likeness >= needed {
                    let bonus = if same_label { 0.15 } else { 0.0 };
                    let bonus = if in_place { bonus + 0.05 } else { bonus };
                    found.push((likeness + bonus, i, j));
                }
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.2, a.1).cmp(&(b.2, b.1))));
        for (_, i, j) in found {
            self.pair(i, j);
        }
    }

    /// The pieces of `from` beside the counterparts of the neighbours of `j`.
    fn neighbours(&self, j: usize) -> Vec<usize> {
        let paired = |place: Option<usize>| self.of_to.get(place?).copied().flatten();
        let after_previous = paired(j.checked_sub(1)).map(|i| i + 1);
        let before_next = paired(j.checked_add(1)).and_then(|i| i.checked_sub(1));
        after_previous.into_iter().chain(before_next).collect()
    }
}

/// The free pieces of the first text by what they contain.
struct Index<'a> {
    grams: HashMap<u64, Vec<usize>>,
    labels: HashMap<LabelKey<'a>, Vec<usize>>,
}

type LabelKey<'a> = (PieceKind, Option<&'a str>);

fn label_key<'a>(prepared: &'a Prepared<'_>) -> LabelKey<'a> {
    (prepared.piece.kind, prepared.piece.label.as_deref())
}

impl<'a> Index<'a> {
    fn of(from: &'a [Prepared<'_>], grams: &[Option<Vec<u64>>]) -> Self {
        let mut index = Self { grams: HashMap::new(), labels: HashMap::new() };
        for (i, (prepared, grams)) in from.iter().zip(grams).enumerate() {
            let Some(grams) = grams else { continue };
            index.labels.entry(label_key(prepared)).or_default().push(i);
            for (place, gram) in grams.iter().enumerate() {
                // The list is sorted: a repetition stands beside its like.
                if place == 0 || grams.get(place - 1) != Some(gram) {
                    index.grams.entry(*gram).or_default().push(i);
                }
            }
        }
        index
    }
}

/// The pieces that share most pairs of characters with `grams`, nearest first among equals.
fn most_shared(grams: &[u64], index: &Index<'_>, near: usize) -> Vec<usize> {
    let mut shared: HashMap<usize, usize> = HashMap::new();
    let distinct: HashSet<u64> = grams.iter().copied().collect();
    for gram in distinct {
        let places = index.grams.get(&gram).map_or(&[][..], Vec::as_slice);
        if places.len() <= COMMON {
            for place in places {
                *shared.entry(*place).or_default() += 1;
            }
        }
    }
    let mut best: Vec<(usize, usize)> = shared.into_iter().collect();
    best.sort_unstable_by_key(|&(place, count)| (std::cmp::Reverse(count), place.abs_diff(near), place));
    best.truncate(CANDIDATES);
    best.into_iter().map(|(place, _)| place).collect()
}

fn grams_of_free(side: &[Prepared<'_>], matched: &[Option<usize>]) -> Vec<Option<Vec<u64>>> {
    (side.iter().zip(matched)).map(|(prepared, matched)| matched.is_none().then(|| grams(&prepared.wording))).collect()
}

/// All pairs of neighbouring characters, sorted, with the two ends.
fn grams(wording: &str) -> Vec<u64> {
    let mut before = 0;
    let mut grams: Vec<u64> = (wording.chars().map(u64::from).chain([0]))
        .map(|c| {
            let gram = before << 32 | c;
            before = c;
            gram
        })
        .collect();
    grams.sort_unstable();
    grams
}

/// Twice what two sorted lists share, by their length together; 0 as soon as
/// their lengths show that `needed` cannot be reached.
fn likeness(a: &[u64], b: &[u64], needed: f64) -> f64 {
    let ratio = |shared: usize| {
        // Lengths of texts are far below 2^52, so that nothing is lost.
        2.0 * shared as f64 / (a.len() + b.len()) as f64
    };
    if ratio(a.len().min(b.len())) < needed {
        return 0.0;
    }
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, shared) = (i + 1, j + 1, shared + 1),
        }
    }
    ratio(shared)
}
