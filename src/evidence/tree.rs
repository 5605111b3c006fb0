//! The tree over the log (RFC 9162, section 2.1, with SHA-256): which hashes make up its root, and what proves that an entry is in
//! it or that one tree is the beginning of another. Pure; nodes are named here and kept elsewhere.
//!
//! A node that is complete never changes again, so that complete nodes are all that is kept. What stands at the right edge of a
//! tree is made of few of them.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// A hash of a leaf, a node or a root.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeHash(pub [u8; 32]);

impl std::fmt::Debug for TreeHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{self}")
    }
}

impl std::fmt::Display for TreeHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

/// The hash of a leaf: the zero byte keeps a leaf from passing for a node.
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> TreeHash {
    TreeHash(Sha256::new().chain_update([0]).chain_update(leaf).finalize().into())
}

/// The hash of two halves.
#[must_use]
pub fn node_hash(left: TreeHash, right: TreeHash) -> TreeHash {
    TreeHash(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The root of the tree without leaves.
#[must_use]
pub fn empty_root() -> TreeHash {
    TreeHash(Sha256::digest([]).into())
}

/// A complete node: it stands over the 2^`level` leaves from `index` × 2^`level` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// How far above the leaves.
    pub level: u32,
    /// Which of its level, from the left.
    pub index: u64,
}

impl Node {
    /// The leaf at a position.
    #[must_use]
    pub const fn leaf(position: u64) -> Self {
        Self { level: 0, index: position }
    }
}

/// The complete nodes over the leaves from `from` up to `to`, left to right. `from` begins a node as large as the largest of them,
/// as the halves of a tree always do.
fn nodes_over(from: u64, to: u64) -> Vec<Node> {
    let (mut at, mut nodes) = (from, Vec::new());
    while at < to {
        // The largest that ends within.
        let level = (to - at).ilog2();
        nodes.push(Node { level, index: at >> level });
        at += 1 << level;
    }
    nodes
}

/// The complete nodes that make up the tree of so many leaves, left to right.
#[must_use]
pub fn peaks(size: u64) -> Vec<Node> {
    nodes_over(0, size)
}

/// The hash over nodes that stand side by side, each larger than the next.
fn joined(hashes: impl DoubleEndedIterator<Item = TreeHash>) -> TreeHash {
    hashes.rev().reduce(|right, left| node_hash(left, right)).unwrap_or_else(empty_root)
}

/// A tree that grows: what is needed of it to add leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Growing {
    size: u64,
    peaks: Vec<TreeHash>,
}

impl Growing {
    /// The tree of so many leaves whose [`peaks`] have these hashes; `None` where there are not as many of them.
    #[must_use]
    pub fn of(size: u64, peaks: Vec<TreeHash>) -> Option<Self> {
        (usize::try_from(size.count_ones()) == Ok(peaks.len())).then_some(Self { size, peaks })
    }

    /// How many leaves it has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Its root.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        joined(self.peaks.iter().copied())
    }

    /// Adds a leaf, and gives the nodes that are complete with it, the leaf first.
    pub fn add(&mut self, leaf: TreeHash) -> Vec<(Node, TreeHash)> {
        let (mut node, mut hash) = (Node::leaf(self.size), leaf);
        let mut made = vec![(node, hash)];
        // As many halves are waiting for their other one as the size has ones at its end.
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            (node, hash) = (Node { level: node.level + 1, index: node.index >> 1 }, node_hash(left, hash));
            made.push((node, hash));
        }
        self.peaks.push(hash);
        self.size += 1;
        made
    }
}

/// What proves something of a tree, to be looked up: each step is the hash over the complete nodes of one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof(Vec<Vec<Node>>);

impl Proof {
    /// Every node that it takes.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        self.0.iter().flatten().copied()
    }

    /// The hashes of the proof; `None` where one of its nodes is not known.
    #[must_use]
    pub fn path(&self, known: &BTreeMap<Node, TreeHash>) -> Option<Vec<TreeHash>> {
        self.0
            .iter()
            .map(|nodes| {
                nodes.iter().map(|node| known.get(node).copied()).collect::<Option<Vec<_>>>().map(|found| joined(found.into_iter()))
            })
            .collect()
    }
}

/// Where a tree of `size` leaves, two at least, is parted: the largest power of two below.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The proof that the leaf at `position` is in the tree of `size` leaves (PATH of section 2.1.3.1); `None` where it is beyond.
#[must_use]
pub fn inclusion(position: u64, size: u64) -> Option<Proof> {
    if position >= size {
        return None;
    }
    let (mut from, mut to, mut steps) = (0, size, Vec::new());
    while to - from > 1 {
        let middle = from + split(to - from);
        if position < middle {
            steps.push(nodes_over(middle, to));
            to = middle;
        } else {
            steps.push(nodes_over(from, middle));
            from = middle;
        }
    }
    steps.reverse();
    Some(Proof(steps))
}

/// The proof that the tree of `first` leaves is the beginning of that of `second` (PROOF of section 2.1.4.1); `None` where `first`
/// is 0 or the greater.
#[must_use]
pub fn consistency(first: u64, second: u64) -> Option<Proof> {
    if first == 0 || first > second {
        return None;
    }
    let (mut from, mut to, mut steps) = (0, second, Vec::new());
    while to != first {
        let middle = from + split(to - from);
        if first <= middle {
            steps.push(nodes_over(middle, to));
            to = middle;
        } else {
            steps.push(nodes_over(from, middle));
            from = middle;
        }
    }
    if from > 0 {
        steps.push(nodes_over(from, to));
    }
    steps.reverse();
    Some(Proof(steps))
}

/// Whether the path leads from the leaf at `position` to the root of the tree of `size` leaves (section 2.1.3.2).
#[must_use]
pub fn is_included(leaf: TreeHash, position: u64, size: u64, path: &[TreeHash], root: TreeHash) -> bool {
    if position >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (position, size - 1, leaf);
    for step in path {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            hash = node_hash(*step, hash);
            // At the right edge the levels are skipped on which nothing stands beside it.
            while at % 2 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node_hash(hash, *step);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == root
}

/// Whether the path leads from the tree of `first` leaves and its root to that of `second` and its root (section 2.1.4.2).
#[must_use]
pub fn is_consistent((first, first_root): (u64, TreeHash), (second, second_root): (u64, TreeHash), path: &[TreeHash]) -> bool {
    if first == 0 || first > second {
        return false;
    }
    if first == second {
        return path.is_empty() && first_root == second_root;
    }
    let mut path = path.iter().copied();
    // A tree that is itself complete is where its proof begins.
    let Some(begin) = (if first.is_power_of_two() { Some(first_root) } else { path.next() }) else { return false };
    let (mut at, mut last) = (first - 1, second - 1);
    while at % 2 == 1 {
        (at, last) = (at >> 1, last >> 1);
    }
    let (mut one, mut other) = (begin, begin);
    for step in path {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            one = node_hash(step, one);
            other = node_hash(step, other);
            while at % 2 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            other = node_hash(other, step);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && one == first_root && other == second_root
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{Growing, Node, TreeHash, consistency, empty_root, inclusion, is_consistent, is_included, leaf_hash, node_hash, peaks};

    /// The definitions of the RFC as they are written there: MTH, PATH and SUBPROOF.
    mod definition {
        use super::{TreeHash, empty_root, node_hash};

        fn half(leaves: &[TreeHash]) -> usize {
            leaves.len().next_power_of_two() / 2
        }

        pub(super) fn root(leaves: &[TreeHash]) -> TreeHash {
            match leaves {
                [] => empty_root(),
                [leaf] => *leaf,
                _ => {
                    let (left, right) = leaves.split_at(half(leaves));
                    node_hash(root(left), root(right))
                }
            }
        }

        pub(super) fn path(position: usize, leaves: &[TreeHash]) -> Vec<TreeHash> {
            if leaves.len() < 2 {
                return Vec::new();
            }
            let k = half(leaves);
            let (left, right) = leaves.split_at(k);
            if position < k {
                [path(position, left), vec![root(right)]].concat()
            } else {
                [path(position - k, right), vec![root(left)]].concat()
            }
        }

        pub(super) fn proof(first: usize, leaves: &[TreeHash], is_whole: bool) -> Vec<TreeHash> {
            if first == leaves.len() {
                return if is_whole { Vec::new() } else { vec![root(leaves)] };
            }
            let k = half(leaves);
            let (left, right) = leaves.split_at(k);
            if first <= k {
                [proof(first, left, is_whole), vec![root(right)]].concat()
            } else {
                [proof(first - k, right, false), vec![root(left)]].concat()
            }
        }
    }

    fn leaves(count: usize) -> Vec<TreeHash> {
        (0..count).map(|number| leaf_hash(&number.to_le_bytes())).collect()
    }

    fn grown(leaves: &[TreeHash]) -> (Growing, BTreeMap<Node, TreeHash>) {
        let (mut tree, mut known) = (Growing::default(), BTreeMap::new());
        for leaf in leaves {
            known.extend(tree.add(*leaf));
        }
        (tree, known)
    }

    fn hash(written: &str) -> TreeHash {
        TreeHash(hex::decode(written).expect("hexadecimal").try_into().expect("32 bytes"))
    }

    /// Roots of the first leaves of the test data that Certificate Transparency's implementations share.
    #[test]
    fn the_roots_are_those_that_others_compute() {
        let data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let leaves: Vec<TreeHash> = data.iter().map(|data| leaf_hash(&hex::decode(data).expect("hexadecimal"))).collect();
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        for (count, root) in (1..).zip(roots) {
            assert_eq!(grown(&leaves[..count]).0.root(), hash(root), "of {count}");
        }
        assert_eq!(empty_root(), hash("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        assert_eq!(Growing::default().root(), empty_root());
    }

    #[test]
    fn trees_and_proofs_of_any_small_size_are_as_defined_and_verified() {
        for size in 1..=70 {
            let leaves = leaves(size);
            let (tree, known) = grown(&leaves);
            let (root, wide) = (definition::root(&leaves), u64::try_from(size).expect("small"));
            assert_eq!(tree.root(), root, "{size}");
            for (position, leaf) in leaves.iter().enumerate() {
                let at = u64::try_from(position).expect("small");
                let path = inclusion(at, wide).expect("within").path(&known).expect("complete nodes");
                assert_eq!(path, definition::path(position, &leaves), "{position} of {size}");
                assert!(is_included(*leaf, at, wide, &path, root), "{position} of {size}");
                assert!(!is_included(*leaf, at + 1, wide, &path, root) && !is_included(*leaf, at, wide + 1, &path, definition::root(&[])));
            }
            for first in 1..=size {
                let (head, narrow) = (definition::root(&leaves[..first]), u64::try_from(first).expect("small"));
                let path = consistency(narrow, wide).expect("not beyond").path(&known).expect("complete nodes");
                assert_eq!(path, definition::proof(first, &leaves, true), "{first} of {size}");
                assert!(is_consistent((narrow, head), (wide, root), &path), "{first} of {size}");
            }
            assert!(inclusion(wide, wide).is_none() && consistency(0, wide).is_none() && consistency(wide + 1, wide).is_none());
        }
    }

    #[test]
    fn a_tree_goes_on_from_its_peaks() {
        let leaves = leaves(100);
        for size in 0..100 {
            let (before, known) = grown(&leaves[..size]);
            let wide = u64::try_from(size).expect("small");
            let hashes: Vec<TreeHash> = peaks(wide).iter().map(|node| known[node]).collect();
            let mut tree = Growing::of(wide, hashes.clone()).expect("as many as it takes");
            assert_eq!(tree, before);
            tree.add(leaves[size]);
            assert_eq!(tree.root(), definition::root(&leaves[..=size]));
            assert!(Growing::of(wide + 1, hashes).is_none() || (wide + 1).count_ones() == wide.count_ones());
        }
    }

    proptest! {
        #[test]
        fn what_is_changed_anywhere_is_not_proven(size in 1usize..200, at in 0usize..200, which in any::<prop::sample::Index>(), bit in 0usize..256) {
            let (at, leaves) = (at % size, leaves(size));
            let (tree, known) = grown(&leaves);
            let (wide, place) = (u64::try_from(size).expect("small"), u64::try_from(at).expect("small"));
            let flipped = |hash: TreeHash| {
                let mut bytes = hash.0;
                bytes[bit / 8] ^= 1 << (bit % 8);
                TreeHash(bytes)
            };
            let path = inclusion(place, wide).expect("within").path(&known).expect("known");
            prop_assert!(!is_included(flipped(leaves[at]), place, wide, &path, tree.root()));
            prop_assert!(!is_included(leaves[at], place, wide, &path, flipped(tree.root())));
            if !path.is_empty() {
                let mut other = path.clone();
                let changed = which.index(other.len());
                other[changed] = flipped(other[changed]);
                prop_assert!(!is_included(leaves[at], place, wide, &other, tree.root()));
                prop_assert!(!is_included(leaves[at], place, wide, &path[1..], tree.root()));
            }
            let first = at + 1;
            let (narrow, head) = (place + 1, grown(&leaves[..first]).0.root());
            let path = consistency(narrow, wide).expect("not beyond").path(&known).expect("known");
            prop_assert!(!is_consistent((narrow, flipped(head)), (wide, tree.root()), &path));
            prop_assert!(!is_consistent((narrow, head), (wide, flipped(tree.root())), &path));
            if !path.is_empty() {
                let mut other = path.clone();
                let changed = which.index(other.len());
                other[changed] = flipped(other[changed]);
                prop_assert!(!is_consistent((narrow, head), (wide, tree.root()), &other));
            }
        }

        #[test]
        fn the_largest_trees_have_proofs_of_a_few_dozen_hashes(size in 1u64..=1 << 62, position in 0u64..1 << 62) {
            let position = position % size;
            let proof = inclusion(position, size).expect("within");
            prop_assert!(proof.0.len() <= 63 && proof.nodes().count() <= 64 * 63);
            prop_assert_eq!(peaks(size).len(), usize::try_from(size.count_ones()).expect("few"));
            prop_assert!(consistency(position + 1, size).is_some());
        }
    }
}
