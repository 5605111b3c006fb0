//! The hash of a revision: everything that an opinion binds, under one SHA-256.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::base::ids::DocumentId;
use crate::documents::wire::{DocumentClass, ReplacementEffect};
use crate::lifecycle::revision::Particular;
use crate::web::refusal::Refusal;

/// What a revision binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Title.
    pub title: String,
    /// Class.
    pub document_class: DocumentClass,
    /// Code of the issuing authority.
    pub issuing_authority: String,
    /// Codes of the other issuers, in their order.
    pub joint_authorities: Vec<String>,
    /// What it replaces, in the order of the ids.
    pub replaces: Vec<(DocumentId, ReplacementEffect)>,
    /// Whether it concerns market entities.
    pub concerns_market_entities: bool,
    /// The text.
    pub text: String,
    /// SHA-256 of the original file.
    pub file_sha256: Option<String>,
}

impl Bound {
    /// SHA-256 over the canonical JSON (RFC 8785) of all of it, in lower-case hexadecimal.
    ///
    /// # Errors
    /// When it cannot be serialised, which these types always can.
    pub fn sha256(&self) -> Result<String, Refusal> {
        let mut replaces = self.replaces.clone();
        replaces.sort();
        let value = json!({
            "type": "lawgate-revision/v1",
            "title": self.title,
            "document_class": self.document_class,
            "issuing_authority": self.issuing_authority,
            "joint_authorities": self.joint_authorities,
            "replaces": replaces.iter().map(|(id, effect)| json!({"document_id": id, "effect": effect})).collect::<Vec<_>>(),
            "concerns_market_entities": self.concerns_market_entities,
            "text": self.text,
            "file_sha256": self.file_sha256,
        });
        let bytes = serde_json_canonicalizer::to_vec(&value).map_err(Refusal::internal)?;
        Ok(hex::encode(Sha256::digest(bytes)))
    }

    /// What it says of a particular, as the log keeps it.
    #[must_use]
    pub fn particular(&self, particular: Particular) -> Value {
        match particular {
            Particular::Title => json!(self.title),
            Particular::DocumentClass => json!(self.document_class),
            Particular::IssuingAuthority => json!(self.issuing_authority),
            Particular::JointAuthorities => json!(self.joint_authorities),
            Particular::Replaces => {
                self.replaces.iter().map(|(document_id, effect)| json!({"document_id": document_id, "effect": effect})).collect()
            }
            Particular::ConcernsMarketEntities => json!(self.concerns_market_entities),
        }
    }

    /// What differs besides text and file.
    #[must_use]
    pub fn particulars_changed(&self, other: &Self) -> Vec<Particular> {
        let differs = |particular: &Particular| match particular {
            Particular::Title => self.title != other.title,
            Particular::DocumentClass => self.document_class != other.document_class,
            Particular::IssuingAuthority => self.issuing_authority != other.issuing_authority,
            Particular::JointAuthorities => self.joint_authorities != other.joint_authorities,
            Particular::Replaces => self.replaces != other.replaces,
            Particular::ConcernsMarketEntities => self.concerns_market_entities != other.concerns_market_entities,
        };
        Particular::ALL.iter().copied().filter(differs).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Bound;
    use crate::base::ids::DocumentId;
    use crate::documents::wire::{DocumentClass, ReplacementEffect};

    fn bound() -> Bound {
        Bound {
            title: "元潭镇集市管理办法".to_owned(),
            document_class: DocumentClass::GovernmentDocument,
            issuing_authority: "yt".to_owned(),
            joint_authorities: vec!["lh".to_owned()],
            replaces: vec![(DocumentId::new(), ReplacementEffect::Repealed)],
            concerns_market_entities: true,
            text: "第一条　为了规范集市管理，制定本办法。".to_owned(),
            file_sha256: None,
        }
    }

    #[test]
    fn every_part_that_an_opinion_binds_changes_the_hash() {
        let base = bound();
        let changes: [fn(&mut Bound); 8] = [
            |b| b.title.push('甲'),
            |b| b.document_class = DocumentClass::DepartmentDocument,
            |b| b.issuing_authority.push('x'),
            |b| b.joint_authorities.clear(),
            |b| b.replaces.clear(),
            |b| b.concerns_market_entities = false,
            |b| b.text.push('。'),
            |b| b.file_sha256 = Some("0".repeat(64)),
        ];
        for change in changes {
            let mut other = base.clone();
            change(&mut other);
            assert_ne!(other.sha256().expect("hashes"), base.sha256().expect("hashes"));
            let of_the_text = other.text != base.text || other.file_sha256 != base.file_sha256;
            assert_eq!(base.particulars_changed(&other).len(), usize::from(!of_the_text));
        }
    }
}
