//! Alignment of two sequences in bounded time.
//!
//! Short sequences go through Myers' algorithm. Longer ones are first anchored
//! at what occurs exactly once in both, so that the cost stays near linear
//! whatever the texts contain; what then is still too long is replaced whole.
//! It knows nothing of texts: units are numbers.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// The largest product of two lengths that goes through Myers' algorithm.
pub(super) const PRODUCT_LIMIT: usize = 4_000_000;

/// A run of units that are equal, or one that takes the place of another
/// (either side may be empty, not both).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub equal: bool,
    pub from: Range<usize>,
    pub to: Range<usize>,
}

/// Numbers for the units of two sequences, equal units having equal numbers.
pub(super) fn numbered<T: Hash + Eq>(from: &[T], to: &[T]) -> (Vec<usize>, Vec<usize>) {
    let mut seen: HashMap<&T, usize> = HashMap::new();
    let mut number = |unit| {
        let next = seen.len();
        *seen.entry(unit).or_insert(next)
    };
    let from = from.iter().map(&mut number).collect();
    let to = to.iter().map(&mut number).collect();
    (from, to)
}

/// The runs that turn `from` into `to`, in order and without gap.
pub(super) fn runs(from: &[usize], to: &[usize]) -> Vec<Run> {
    let mut found = Vec::new();
    align(from, to, (0, 0), true, &mut found);
    found
}

fn align(from: &[usize], to: &[usize], at: (usize, usize), anchor: bool, out: &mut Vec<Run>) {
    let prefix = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let (_, from_rest) = from.split_at(prefix);
    let (_, to_rest) = to.split_at(prefix);
    let suffix = (from_rest.iter().rev().zip(to_rest.iter().rev())).take_while(|(a, b)| a == b).count();
    let (from_middle, _) = from_rest.split_at(from_rest.len() - suffix);
    let (to_middle, _) = to_rest.split_at(to_rest.len() - suffix);
    push(out, true, (at.0, prefix), (at.1, prefix));
    let at = (at.0 + prefix, at.1 + prefix);
    let (n, m) = (from_middle.len(), to_middle.len());
    if n.saturating_mul(m) <= PRODUCT_LIMIT {
        shortest(from_middle, to_middle, at, out);
    } else if anchor {
        between_anchors(from_middle, to_middle, at, out);
    } else {
        push(out, false, (at.0, n), (at.1, m));
    }
    push(out, true, (at.0 + n, suffix), (at.1 + m, suffix));
}

fn shortest(from: &[usize], to: &[usize], at: (usize, usize), out: &mut Vec<Run>) {
    for op in capture_diff_slices(Algorithm::Myers, from, to) {
        let equal = matches!(op, DiffOp::Equal { .. });
        let (old, new) = (op.old_range(), op.new_range());
        push(out, equal, (at.0 + old.start, old.len()), (at.1 + new.start, new.len()));
    }
}

fn between_anchors(from: &[usize], to: &[usize], at: (usize, usize), out: &mut Vec<Run>) {
    let (mut from_rest, mut to_rest, mut done) = (from, to, (0, 0));
    for (i, j) in anchors(from, to) {
        // The anchor itself stays at the head of the rest and becomes its prefix.
        let (from_before, from_after) = from_rest.split_at(i - done.0);
        let (to_before, to_after) = to_rest.split_at(j - done.1);
        align(from_before, to_before, (at.0 + done.0, at.1 + done.1), false, out);
        (from_rest, to_rest, done) = (from_after, to_after, (i, j));
    }
    align(from_rest, to_rest, (at.0 + done.0, at.1 + done.1), false, out);
}

/// The longest chain of units that occur once in each sequence and in the same order.
fn anchors(from: &[usize], to: &[usize]) -> Vec<(usize, usize)> {
    let in_to = places_of_single(to);
    let mut pairs: Vec<(usize, usize)> = places_of_single(from).into_iter().filter_map(|(unit, i)| Some((i, *in_to.get(&unit)?))).collect();
    pairs.sort_unstable();
    let order: Vec<usize> = pairs.iter().map(|&(_, j)| j).collect();
    let keep = longest_rising(&order);
    (pairs.into_iter().zip(keep)).filter_map(|(pair, kept)| kept.then_some(pair)).collect()
}

fn places_of_single(units: &[usize]) -> HashMap<usize, usize> {
    let mut places: HashMap<usize, Option<usize>> = HashMap::new();
    for (place, unit) in units.iter().enumerate() {
        places.entry(*unit).and_modify(|seen| *seen = None).or_insert(Some(place));
    }
    places.into_iter().filter_map(|(unit, place)| Some((unit, place?))).collect()
}

/// Which members of `values` belong to a longest rising subsequence.
pub(super) fn longest_rising(values: &[usize]) -> Vec<bool> {
    // For each length: the value and the place of the smallest last member.
    let mut tails: Vec<(usize, usize)> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(values.len());
    for (place, value) in values.iter().enumerate() {
        let length = tails.partition_point(|(tail, _)| tail < value);
        before.push(length.checked_sub(1).and_then(|at| tails.get(at)).map(|tail| tail.1));
        match tails.get_mut(length) {
            Some(tail) => *tail = (*value, place),
            None => tails.push((*value, place)),
        }
    }
    let mut keep = vec![false; values.len()];
    let mut next = tails.last().map(|tail| tail.1);
    while let Some(place) = next {
        if let Some(kept) = keep.get_mut(place) {
            *kept = true;
        }
        next = before.get(place).copied().flatten();
    }
    keep
}

/// Appends a run given as (start, length), joined to the last one of its kind.
fn push(out: &mut Vec<Run>, equal: bool, from: (usize, usize), to: (usize, usize)) {
    if from.1 == 0 && to.1 == 0 {
        return;
    }
    let (from, to) = (from.0..from.0 + from.1, to.0..to.0 + to.1);
    match out.last_mut() {
        Some(last) if last.equal == equal => {
            last.from.end = from.end;
            last.to.end = to.end;
        }
        _ => out.push(Run { equal, from, to }),
    }
}
