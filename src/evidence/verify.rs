//! Holds the log against itself and the business rows against the log: every leaf, node, head and signature, every entry, every row.
//! Nothing is trusted that the database computed earlier.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;
use uuid::Uuid;

use super::digests::{self, ForeignRow};
use super::head::{Head, TreeHead};
use super::leaf::{RowDigest, leaf};
use super::store::{self, TreeError};
use super::tree::{Growing, TreeHash, leaf_hash};
use super::waiting;
use crate::schema::{log_entries, log_seals, tree_heads, unsealed_entries};

/// How many leaves are looked at at once.
const CHUNK: i64 = 1000;
/// How many findings of one kind are told; the first one says enough.
const TOLD: i64 = 20;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A position has no leaf.
    LeafMissing(i64),
    /// A leaf is none of ours, or not that of its position.
    LeafForeign(i64),
    /// The hash of a leaf is not that of its bytes.
    LeafHashWrong(i64),
    /// An entry is gone, or not as it was hashed.
    EntryChanged(i64, Uuid),
    /// An entry has no position, and no key of this registry vouches for it: lawgate did not write it.
    EntryInserted(Uuid),
    /// A node of the tree is missing, or not the hash of its halves: its level and which of it.
    NodeWrong(u32, u64),
    /// A head is not that of the tree of so many entries.
    HeadWrong(u64),
    /// A head was signed by no key that is known.
    HeadUnsigned(u64),
    /// The last entries stand under no signed head: so many do.
    HeadMissing(u64),
    /// A head that was kept elsewhere is not that of this log.
    KeptHeadWrong(u64),
    /// A key is not what it says, or the key that it replaced did not sign for it.
    KeyUnsigned(String),
    /// A key other than those that are trusted vouched for an entry.
    EntryOfOtherKey(i64, String),
    /// A head is of a key other than those that are trusted.
    HeadOfOtherKey(u64, String),
    /// A row is not as the log says.
    Row(ForeignRow),
}

/// What was looked at, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries with a position.
    pub entries: u64,
    /// Entries that wait for theirs.
    pub waiting: i64,
    /// Signed heads.
    pub heads: usize,
    /// Heads that were kept elsewhere.
    pub kept_heads: usize,
    /// Business rows; `None` where the leaves are not whole, so that nothing can be held against them.
    pub rows: Option<i64>,
    /// How many entries each key vouched for.
    pub keys: BTreeMap<String, u64>,
    /// The root of the tree as it was computed now.
    pub root: String,
    /// What is not as it should be, the first of each kind.
    pub findings: Vec<Finding>,
}

/// Looks at everything within the open transaction, which shows one moment, and at heads that were kept elsewhere. Where keys are
/// trusted by their names, no other is but those that they introduced; else every key counts that the registry introduced. The transaction is not to be committed.
///
/// # Errors
/// When the database refuses.
pub async fn verify(conn: &mut AsyncPgConnection, kept: &[TreeHead], trusted: &[String]) -> Result<Report, TreeError> {
    let mut report = Report { kept_heads: kept.len(), ..Report::default() };
    let heads = heads(conn).await?;
    report.heads = heads.len();
    let mut wanted: BTreeMap<u64, Option<TreeHash>> = heads.iter().map(|head| (head.size, None)).collect();
    wanted.extend(kept.iter().map(|head| (head.tree_size, None)));
    let trusted = &judge_keys(conn, trusted, &mut report).await?;
    let mut tree = Growing::default();
    note_root(&mut wanted, &tree);
    while walk(conn, &mut tree, &mut wanted, trusted, &mut report).await? {}
    report.entries = tree.size();
    report.root = tree.root().to_string();
    judge_heads(conn, &heads, kept, &wanted, &mut report).await?;
    for head in heads.iter().filter(|head| !is_trusted(&head.key_id, trusted)) {
        report.tell(Finding::HeadOfOtherKey(head.size, head.key_id.clone()));
    }
    let acts = unsealed(conn, trusted, &mut report).await?;
    let is_whole = !report
        .findings
        .iter()
        .any(|finding| matches!(finding, Finding::LeafMissing(_) | Finding::LeafForeign(_) | Finding::LeafHashWrong(_)));
    if is_whole {
        let tables = digests::gather(conn, &acts).await?;
        let (rows, foreign) = digests::foreign_rows(conn, &tables, TOLD).await?;
        report.rows = Some(rows);
        report.findings.extend(foreign.into_iter().map(Finding::Row));
    }
    Ok(report)
}

async fn heads(conn: &mut AsyncPgConnection) -> Result<Vec<Head>, DieselError> {
    let rows: Vec<store::HeadRow> = tree_heads::table.order(tree_heads::tree_size).load(conn).await?;
    Ok(rows.into_iter().filter_map(store::head_of).collect())
}

fn note_root(wanted: &mut BTreeMap<u64, Option<TreeHash>>, tree: &Growing) {
    if let Some(root) = wanted.get_mut(&tree.size()) {
        *root = Some(tree.root());
    }
}

/// The part of a leaf that cannot be had from the entry.
#[derive(Deserialize)]
struct LeafRows {
    position: u64,
    key_id: String,
    rows: Vec<RowDigest>,
}

/// Looks at the next leaves; whether there may be more.
async fn walk(
    conn: &mut AsyncPgConnection,
    tree: &mut Growing,
    wanted: &mut BTreeMap<u64, Option<TreeHash>>,
    trusted: &[String],
    report: &mut Report,
) -> Result<bool, TreeError> {
    let begun = i64::try_from(tree.size()).unwrap_or(i64::MAX);
    let seals: Vec<(i64, Uuid, Vec<u8>, Vec<u8>)> = log_seals::table
        .filter(log_seals::position.ge(begun))
        .order(log_seals::position)
        .select((log_seals::position, log_seals::entry_id, log_seals::leaf, log_seals::leaf_hash))
        .limit(CHUNK)
        .load(conn)
        .await?;
    let ids: Vec<Uuid> = seals.iter().map(|(_, id, _, _)| *id).collect();
    let mut entries = store::entries(conn, &ids).await?;
    let mut made = Vec::new();
    for (position, id, bytes, hash) in &seals {
        let next = i64::try_from(tree.size()).unwrap_or(i64::MAX);
        if *position != next {
            report.tell(Finding::LeafMissing(next));
            return Ok(false);
        }
        if leaf_hash(bytes).0[..] != hash[..] {
            report.tell(Finding::LeafHashWrong(*position));
        }
        match serde_json::from_slice::<LeafRows>(bytes) {
            Ok(said) if i64::try_from(said.position) == Ok(*position) => {
                let again = entries.remove(id).map(|entry| leaf(said.position, &said.key_id, &entry, said.rows)).transpose()?;
                if again.as_ref() != Some(bytes) {
                    report.tell(Finding::EntryChanged(*position, *id));
                }
                if !is_trusted(&said.key_id, trusted) {
                    report.tell(Finding::EntryOfOtherKey(*position, said.key_id.clone()));
                }
                *report.keys.entry(said.key_id).or_default() += 1;
            }
            Ok(_) | Err(_) => report.tell(Finding::LeafForeign(*position)),
        }
        made.extend(tree.add(leaf_hash(bytes)).into_iter().filter(|(node, _)| node.level > 0));
        note_root(wanted, tree);
    }
    let nodes: Vec<_> = made.iter().map(|(node, _)| *node).collect();
    let known = store::nodes(conn, &nodes).await?;
    for (node, hash) in made {
        if known.get(&node) != Some(&hash) {
            report.tell(Finding::NodeWrong(node.level, node.index));
        }
    }
    Ok(!seals.is_empty())
}

/// Looks at the introductions of the keys; whom to trust: those that are trusted already, and those that these introduced.
async fn judge_keys(conn: &mut AsyncPgConnection, trusted: &[String], report: &mut Report) -> Result<Vec<String>, DieselError> {
    let keys = store::keys(conn).await?;
    let (introduced, foreign): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key.is_introduced(&keys));
    foreign.into_iter().for_each(|key| report.tell(Finding::KeyUnsigned(key.key_id.clone())));
    let mut trusted = trusted.to_vec();
    // Each round trusts the successors of those of the round before.
    loop {
        let next = introduced
            .iter()
            .find(|key| key.introduced_by.as_ref().is_some_and(|by| trusted.contains(by)) && !trusted.contains(&key.key_id));
        let Some(next) = next else { return Ok(trusted) };
        trusted.push(next.key_id.clone());
    }
}

fn is_trusted(key_id: &String, trusted: &[String]) -> bool {
    trusted.is_empty() || trusted.contains(key_id)
}

async fn judge_heads(
    conn: &mut AsyncPgConnection,
    heads: &[Head],
    kept: &[TreeHead],
    roots: &BTreeMap<u64, Option<TreeHash>>,
    report: &mut Report,
) -> Result<(), DieselError> {
    let keys = store::verifying_keys(conn).await?;
    let root = |size: u64| roots.get(&size).copied().flatten();
    for head in heads {
        if root(head.size) != Some(head.root) {
            report.tell(Finding::HeadWrong(head.size));
        }
        if !keys.iter().any(|key| head.written().is_signed_by(key)) {
            report.tell(Finding::HeadUnsigned(head.size));
        }
    }
    if heads.last().map_or(0, |head| head.size) < report.entries {
        report.tell(Finding::HeadMissing(report.entries));
    }
    for head in kept {
        if root(head.tree_size).map(|root| root.to_string()).as_ref() != Some(&head.root_hash) {
            report.tell(Finding::KeptHeadWrong(head.tree_size));
        }
    }
    Ok(())
}

/// Looks at what has no position: acts that wait for theirs, which are given back where the program that wrote them vouches for
/// them, and entries that somebody else wrote.
async fn unsealed(conn: &mut AsyncPgConnection, trusted: &[String], report: &mut Report) -> Result<Vec<i64>, TreeError> {
    let keys = store::verifying_keys(conn).await?;
    let mut waiting = Vec::new();
    // An act that is doubted gets no position, whoever doubts it; so it stands for nothing here either.
    for act in waiting::acts(conn, i64::MAX).await? {
        let is_trusted = act.key_id.as_ref().is_some_and(|key_id| is_trusted(key_id, trusted));
        if is_trusted && waiting::is_endorsed(conn, &act, &keys).await? {
            report.waiting += act.entries;
            waiting.push(act.act);
        }
    }
    let has_position = log_seals::table.filter(log_seals::entry_id.eq(log_entries::id));
    let waits =
        unsealed_entries::table.filter(unsealed_entries::entry_id.eq(log_entries::id)).filter(unsealed_entries::act.eq_any(&waiting));
    let inserted: Vec<Uuid> = log_entries::table
        .filter(diesel::dsl::not(diesel::dsl::exists(has_position)))
        .filter(diesel::dsl::not(diesel::dsl::exists(waits)))
        .order(log_entries::id)
        .select(log_entries::id)
        .limit(TOLD)
        .load(conn)
        .await?;
    report.findings.extend(inserted.into_iter().map(Finding::EntryInserted));
    Ok(waiting)
}

impl Report {
    /// Whether everything is as it should be.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    fn tell(&mut self, finding: Finding) {
        let of_kind = self.findings.iter().filter(|known| std::mem::discriminant(*known) == std::mem::discriminant(&finding)).count();
        if i64::try_from(of_kind).unwrap_or(i64::MAX) < TOLD {
            self.findings.push(finding);
        }
    }
}
