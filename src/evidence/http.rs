//! What proves the log: its signed head, the keys, proofs, and the leaves themselves. For auditors and administrators.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi};

use super::head::TreeHead;
use super::store;
use super::tree::{self, Proof};
use super::wire::{AuditEntries, AuditEntry, Keys, ProofPath, PublicKey};
use crate::base::said::Said;
use crate::identity::actor::Role;
use crate::identity::permits;
use crate::journal::feed;
use crate::journal::http::After;
use crate::web::call::{Answer, Call, Ctx};
use crate::web::cursor::page_limit;
use crate::web::kind;
use crate::web::refusal::Refusal;
use crate::web::reply::Reply;
use crate::web::tx::Tx;

/// The operations of this module.
#[derive(OpenApi)]
#[openapi(paths(tree_head, key, inclusion, consistency, entries))]
pub struct Api;

/// The entry and the tree for which a proof is asked.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InclusionQuery {
    /// The position of the entry.
    pub position: u32,
    /// How many entries the tree has; any that was signed, or a smaller one.
    pub tree_size: u32,
}

/// The two trees for which a proof is asked.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConsistencyQuery {
    /// How many entries the earlier tree has, 1 at least.
    pub first: u32,
    /// How many entries the later tree has.
    pub second: u32,
}

async fn auditing(ctx: Ctx) -> Result<Call, Refusal> {
    let call = ctx.signed_in().await?;
    permits::require_any_role(&call.actor, &[Role::Auditor, Role::Admin])?;
    Ok(call)
}

/// Read the signed head of the log
///
/// How many entries the log has, and the root of the tree over them. Whoever keeps it can later prove whether the log still says
/// what it said.
#[utoipa::path(get, path = "/api/v1/audit/tree-head", tag = "evidence",
    responses((status = 200, description = "The latest head", body = TreeHead)))]
pub async fn tree_head(ctx: Ctx) -> Answer {
    let call = auditing(ctx).await?;
    call.no_query()?;
    call.show_on_primary(async |tx| match store::latest_head(tx.conn).await? {
        Some(head) => Reply::ok(&head.written()),
        None => Err(Refusal::busy("no entry of the log has its position yet")),
    })
    .await
}

/// List the keys that signed
///
/// The public halves of all keys that have signed heads, the first one first. A key that replaced another bears that one's signature.
#[utoipa::path(get, path = "/api/v1/audit/key", tag = "evidence", responses((status = 200, description = "The keys", body = Keys)))]
pub async fn key(ctx: Ctx) -> Answer {
    let call = auditing(ctx).await?;
    call.no_query()?;
    call.show_on_primary(async |tx| {
        let keys = store::keys(tx.conn).await?;
        Reply::ok(&Keys { items: keys.into_iter().map(PublicKey::of).collect() })
    })
    .await
}

/// Prove that an entry is in the log
///
/// The path of RFC 9162, section 2.1.3, from the entry's leaf to the root of the tree of so many entries.
#[utoipa::path(get, path = "/api/v1/audit/proofs/inclusion", tag = "evidence", params(InclusionQuery),
    responses((status = 200, description = "The path", body = ProofPath)))]
pub async fn inclusion(ctx: Ctx) -> Answer {
    let call = auditing(ctx).await?;
    let wanted: InclusionQuery = call.query()?;
    call.show_on_primary(async |tx| {
        within(tx, "tree_size", wanted.tree_size).await?;
        let proof = tree::inclusion(u64::from(wanted.position), u64::from(wanted.tree_size)).ok_or_else(|| {
            bad("position", Said::fixed("position 须小于 tree_size：位置从 0 开始。", "position is below tree_size: positions begin at 0."))
        })?;
        path(tx, &proof).await
    })
    .await
}

/// Prove that the log only grew
///
/// The path of RFC 9162, section 2.1.4, from the tree of the first so many entries to that of the second so many.
#[utoipa::path(get, path = "/api/v1/audit/proofs/consistency", tag = "evidence", params(ConsistencyQuery),
    responses((status = 200, description = "The path", body = ProofPath)))]
pub async fn consistency(ctx: Ctx) -> Answer {
    let call = auditing(ctx).await?;
    let wanted: ConsistencyQuery = call.query()?;
    call.show_on_primary(async |tx| {
        within(tx, "second", wanted.second).await?;
        let proof = tree::consistency(u64::from(wanted.first), u64::from(wanted.second))
            .ok_or_else(|| bad("first", Said::fixed("first 至少为 1，且不大于 second。", "first is at least 1 and at most second.")))?;
        path(tx, &proof).await
    })
    .await
}

/// Read the leaves
///
/// What is hashed into the tree, in the order of the positions: the hash of each leaf, and the leaf itself where the caller may read
/// the entry. Without `after` from the beginning.
#[utoipa::path(get, path = "/api/v1/audit/entries", tag = "evidence", params(After),
    responses((status = 200, description = "The leaves", body = AuditEntries)))]
pub async fn entries(ctx: Ctx) -> Answer {
    let call = auditing(ctx).await?;
    let wanted: After = call.query()?;
    let limit = page_limit(wanted.limit)?;
    call.show_on_primary(async |tx| {
        let after = wanted.after.map(i64::from);
        let found = feed::stretch(tx, after, limit).await?;
        let readable: Vec<i64> = found.iter().filter(|(_, is_readable)| *is_readable).map(|(entry, _)| entry.position).collect();
        let mut leaves = store::leaves(tx.conn, &readable).await?;
        let items: Vec<AuditEntry> = found
            .into_iter()
            .map(|(entry, _)| AuditEntry {
                position: entry.position,
                leaf_hash: hex::encode(entry.leaf_hash),
                leaf: leaves.remove(&entry.position).map(|leaf| STANDARD.encode(leaf)),
            })
            .collect();
        let next = items.last().map(|entry| entry.position).or(after);
        Reply::ok(&AuditEntries { items, next })
    })
    .await
}

async fn within(tx: &mut Tx<'_>, parameter: &str, size: u32) -> Result<(), Refusal> {
    let known = store::size(tx.conn).await?;
    if u64::from(size) <= known {
        return Ok(());
    }
    Err(bad(
        parameter,
        Said::new(
            format!("日志现有 {known} 条记录，{parameter} 不能更大。"),
            format!("The log has {known} entries; {parameter} cannot be greater."),
        ),
    ))
}

fn bad(parameter: &str, said: Said) -> Refusal {
    Refusal::new(kind::BAD_QUERY_PARAMETER, said).with("parameter", parameter.into())
}

async fn path(tx: &mut Tx<'_>, proof: &Proof) -> Result<Reply, Refusal> {
    let wanted: Vec<tree::Node> = proof.nodes().collect();
    let known = store::nodes(tx.conn, &wanted).await?;
    let hashes = proof.path(&known).ok_or_else(|| Refusal::internal("the tree over the log lacks a node"))?;
    Reply::ok(&ProofPath { path: hashes.iter().map(ToString::to_string).collect() })
}
