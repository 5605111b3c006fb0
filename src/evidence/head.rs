//! Signed statements about the log. What is signed is a JSON object, written as RFC 8785 says, without its `signature`. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, SubsecRound as _, Utc};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::tree::TreeHash;

/// What a head calls itself.
pub const HEAD_TYPE: &str = "lawgate-tree-head/v1";
/// What leaves and nodes are hashed with.
pub const HASH_ALG: &str = "sha256";
/// What signs.
pub const KEY_ALG: &str = "ed25519";

/// The signed head of the log: how many entries it had at a time, and the root of the tree over them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TreeHead {
    /// `lawgate-tree-head/v1`.
    #[serde(rename = "type")]
    #[schema(example = "lawgate-tree-head/v1")]
    pub statement_type: String,
    /// How many entries the log had.
    pub tree_size: u64,
    /// The root of the tree over them (RFC 9162, section 2.1), in hexadecimal.
    pub root_hash: String,
    /// When it was signed, on the machine's clock.
    pub at: String,
    /// What leaves and nodes are hashed with: `sha256`.
    #[schema(example = "sha256")]
    pub hash_alg: String,
    /// The key that signed.
    pub key_id: String,
    /// Its Ed25519 signature in base64 over the RFC 8785 bytes of this object without this member.
    pub signature: String,
}

/// A head as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries the log had.
    pub size: u64,
    /// The root of the tree over them.
    pub root: TreeHash,
    /// When it was signed, on the machine's clock, to the microsecond.
    pub at: DateTime<Utc>,
    /// The key that signed.
    pub key_id: String,
    /// Its signature.
    pub signature: Vec<u8>,
}

impl Head {
    /// Signs the head of a tree.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which it always can.
    pub fn sign(size: u64, root: TreeHash, at: DateTime<Utc>, key: &SigningKey) -> Result<Self, serde_json::Error> {
        let mut head = Self { size, root, at: at.trunc_subsecs(6), key_id: key_id(&key.verifying_key()), signature: Vec::new() };
        head.signature = key.sign(&signed_bytes(&head.written())?).to_bytes().to_vec();
        Ok(head)
    }

    /// As others read it.
    #[must_use]
    pub fn written(&self) -> TreeHead {
        TreeHead {
            statement_type: HEAD_TYPE.to_owned(),
            tree_size: self.size,
            root_hash: self.root.to_string(),
            at: moment(self.at),
            hash_alg: HASH_ALG.to_owned(),
            key_id: self.key_id.clone(),
            signature: STANDARD.encode(&self.signature),
        }
    }
}

impl TreeHead {
    /// Whether `key` signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        self.key_id == key_id(key) && is_signed(self, &self.signature, key)
    }
}

/// What the introduction of a key by another calls itself.
pub const KEY_TYPE: &str = "lawgate-key/v1";

/// A key's statement that another one signs in its place from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Succession {
    #[serde(rename = "type")]
    statement_type: &'static str,
    alg: &'static str,
    introduced_at: String,
    introduced_by: String,
    key_id: String,
    public_key: String,
}

impl Succession {
    /// The statement on a key that the one of this name introduces at a moment.
    #[must_use]
    pub fn new(introduced_by: &str, key: &VerifyingKey, introduced_at: DateTime<Utc>) -> Self {
        Self {
            statement_type: KEY_TYPE,
            alg: KEY_ALG,
            introduced_at: moment(introduced_at),
            introduced_by: introduced_by.to_owned(),
            key_id: key_id(key),
            public_key: STANDARD.encode(key.as_bytes()),
        }
    }

    /// The signature of the key that is replaced.
    ///
    /// # Errors
    /// When the statement cannot be written as JSON, which it always can.
    pub fn sign(&self, key: &SigningKey) -> Result<Vec<u8>, serde_json::Error> {
        Ok(key.sign(&signed_bytes(self)?).to_bytes().to_vec())
    }

    /// Whether this is the signature of the key that is replaced.
    #[must_use]
    pub fn is_signed_by(&self, signature: &[u8], key: &VerifyingKey) -> bool {
        self.introduced_by == key_id(key) && is_signed(self, &STANDARD.encode(signature), key)
    }
}

/// A moment as statements have it: to the microsecond.
#[must_use]
pub fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// What a key is called: the first sixteen hexadecimal digits of the SHA-256 of its public half.
#[must_use]
pub fn key_id(key: &VerifyingKey) -> String {
    hex::encode(Sha256::digest(key.as_bytes())).chars().take(16).collect()
}

/// Whether `signature`, in base64, is that of `key` over a statement without its member `signature`.
#[must_use]
pub fn is_signed(statement: &impl Serialize, signature: &str, key: &VerifyingKey) -> bool {
    let signature = STANDARD.decode(signature).ok().and_then(|bytes| Signature::from_slice(&bytes).ok());
    match (signature, signed_bytes(statement)) {
        (Some(signature), Ok(bytes)) => key.verify_strict(&bytes, &signature).is_ok(),
        (None, _) | (_, Err(_)) => false,
    }
}

fn signed_bytes(statement: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut value = serde_json::to_value(statement)?;
    if let Some(members) = value.as_object_mut() {
        members.remove("signature");
    }
    serde_json_canonicalizer::to_vec(&value)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use ed25519_dalek::SigningKey;

    use super::{Head, Succession, TreeHead, key_id, signed_bytes};
    use crate::evidence::tree::empty_root;

    fn head(seed: u8) -> (TreeHead, SigningKey) {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let at = DateTime::<Utc>::from_timestamp(1_700_000_000, 0).expect("a time");
        (Head::sign(3, empty_root(), at, &key).expect("it can be signed").written(), key)
    }

    #[test]
    fn a_head_is_signed_over_its_canonical_bytes() {
        let (head, key) = head(1);
        let bytes = String::from_utf8(signed_bytes(&head).expect("it can be written")).expect("JSON is UTF-8");
        assert_eq!(
            bytes,
            format!(
                r#"{{"at":"2023-11-14T22:13:20.000000Z","hash_alg":"sha256","key_id":"{}","root_hash":"{}","tree_size":3,"type":"lawgate-tree-head/v1"}}"#,
                key_id(&key.verifying_key()),
                empty_root()
            )
        );
        assert!(head.is_signed_by(&key.verifying_key()));
    }

    #[test]
    fn a_key_says_which_one_follows_it() {
        let (old, new, other) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]), SigningKey::from_bytes(&[3; 32]));
        let at = DateTime::<Utc>::from_timestamp(1_700_000_000, 0).expect("a time");
        let said = |by: &SigningKey, of: &SigningKey, at| Succession::new(&key_id(&by.verifying_key()), &of.verifying_key(), at);
        let signature = said(&old, &new, at).sign(&old).expect("it can be signed");
        assert!(said(&old, &new, at).is_signed_by(&signature, &old.verifying_key()));
        assert!(!said(&old, &other, at).is_signed_by(&signature, &old.verifying_key()));
        assert!(!said(&other, &new, at).is_signed_by(&signature, &old.verifying_key()));
        assert!(!said(&other, &new, at).is_signed_by(&signature, &other.verifying_key()));
        assert!(!said(&old, &new, at + chrono::TimeDelta::seconds(1)).is_signed_by(&signature, &old.verifying_key()));
    }

    #[test]
    fn any_change_and_any_other_key_is_noticed() {
        let (signed, key) = head(1);
        let (_, other) = head(2);
        assert!(!signed.is_signed_by(&other.verifying_key()));
        let mut under_a_foreign_name = signed.clone();
        under_a_foreign_name.key_id = key_id(&other.verifying_key());
        let changed = [
            TreeHead { tree_size: 4, ..signed.clone() },
            TreeHead { root_hash: "00".repeat(32), ..signed.clone() },
            TreeHead { at: "2023-11-14T22:13:21.000000Z".to_owned(), ..signed.clone() },
            TreeHead { hash_alg: "sm3".to_owned(), ..signed.clone() },
            TreeHead { statement_type: "lawgate-gate-receipt/v1".to_owned(), ..signed.clone() },
            TreeHead { signature: String::new(), ..signed.clone() },
            under_a_foreign_name,
        ];
        for head in changed {
            assert!(!head.is_signed_by(&key.verifying_key()), "{head:?}");
        }
    }
}
