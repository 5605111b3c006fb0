//! What proves the log, as the API shows it. Field names are the public contract's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;

use super::head::moment;
use super::store::KeyRow;

/// A key that signs or signed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicKey {
    /// Its name: the first sixteen hexadecimal digits of the SHA-256 of its public half.
    pub key_id: String,
    /// What it signs with.
    #[schema(example = "ed25519")]
    pub alg: String,
    /// Its public half, 32 bytes in base64.
    pub public_key: String,
    /// Since when it signs.
    pub introduced_at: String,
    /// The key that it replaced; `null` where it replaced none.
    pub introduced_by: Option<String>,
    /// That key's Ed25519 signature in base64, over the RFC 8785 bytes of this object without this member and with `type`
    /// `lawgate-key/v1`.
    pub signature: Option<String>,
}

impl PublicKey {
    /// A key as it is kept.
    #[must_use]
    pub fn of(row: KeyRow) -> Self {
        Self {
            key_id: row.key_id,
            alg: row.algorithm,
            public_key: STANDARD.encode(row.public_key),
            introduced_at: moment(row.introduced_at),
            introduced_by: row.introduced_by,
            signature: row.signature.map(|signature| STANDARD.encode(signature)),
        }
    }
}

/// The keys that have signed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Keys {
    /// The first one first.
    pub items: Vec<PublicKey>,
}

/// A proof.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProofPath {
    /// Its hashes in hexadecimal, in the order of RFC 9162.
    pub path: Vec<String>,
}

/// A leaf of the tree.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// The position of the entry.
    pub position: i64,
    /// The hash of the leaf (RFC 9162, section 2.1), in hexadecimal.
    pub leaf_hash: String,
    /// The leaf itself in base64, where the caller may read the entry: a JSON object as RFC 8785 writes it.
    pub leaf: Option<String>,
}

/// A page of leaves.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEntries {
    /// The leaves in the order of their positions.
    pub items: Vec<AuditEntry>,
    /// What to ask for next as `after`: the last position of this page. `null` while the log has none.
    pub next: Option<i64>,
}
