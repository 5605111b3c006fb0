//! What a new revision does to the step, and what may not change in one. It compares no texts.

use super::step::{Stage, Step};

/// Where a new revision puts the document: back with its drafter, where a review, a clearance or a deferral was of the text
/// before. `None` where the step stays.
#[must_use]
pub const fn moved_by_a_revision(step: Step) -> Option<(Stage, Step)> {
    if matches!(step, Step::AwaitingIntake | Step::UnderReview | Step::Cleared | Step::Deferred) {
        Some((Stage::LegalityReview, Step::AmendmentRequired))
    } else {
        None
    }
}

/// What a revision binds besides its text and file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Particular {
    /// The title.
    Title,
    /// The class.
    DocumentClass,
    /// The issuing authority.
    IssuingAuthority,
    /// The other issuers.
    JointAuthorities,
    /// What it replaces.
    Replaces,
    /// Whether market entities are concerned.
    ConcernsMarketEntities,
}

impl Particular {
    /// Every particular, in the order of the contract.
    pub const ALL: &'static [Self] =
        &[Self::Title, Self::DocumentClass, Self::IssuingAuthority, Self::JointAuthorities, Self::Replaces, Self::ConcernsMarketEntities];

    /// The member's name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::DocumentClass => "document_class",
            Self::IssuingAuthority => "issuing_authority",
            Self::JointAuthorities => "joint_authorities",
            Self::Replaces => "replaces",
            Self::ConcernsMarketEntities => "concerns_market_entities",
        }
    }

    /// Whether it is fixed at a step at which the text may still change: once a meeting has approved in principle, what it
    /// decided on stays that body's document, of that class, in place of those that it named.
    #[must_use]
    pub const fn is_fixed_at(self, step: Step) -> bool {
        matches!(step, Step::Finalising)
            && match self {
                Self::DocumentClass | Self::IssuingAuthority | Self::JointAuthorities | Self::Replaces => true,
                Self::Title | Self::ConcernsMarketEntities => false,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::{Particular, moved_by_a_revision};
    use crate::lifecycle::step::{Move, Step, allows, transitions};

    #[test]
    fn a_revision_moves_exactly_where_the_table_has_a_way() {
        for &step in Step::ALL {
            let ways: Vec<_> = transitions().into_iter().filter(|way| way.from == step && way.by == Move::Revise).collect();
            match moved_by_a_revision(step) {
                Some(to) => assert!(ways.iter().all(|way| allows((way.from_stage, step), Move::Revise, to)) && !ways.is_empty(), "{step}"),
                None => assert!(ways.is_empty(), "{step}"),
            }
        }
    }

    #[test]
    fn only_finalising_fixes_anything_and_the_title_stays_open() {
        for &step in Step::ALL {
            for &particular in Particular::ALL {
                let open = matches!(particular, Particular::Title | Particular::ConcernsMarketEntities);
                assert_eq!(particular.is_fixed_at(step), step == Step::Finalising && !open, "{step} {particular:?}");
            }
        }
    }
}
