//! What a submission material must be: its conclusion goes with its kind. Which kinds are required is said by the profile.

use super::facts::{FairCompetition, MaterialKind};

/// Whether a material of this kind carries a conclusion exactly where it must: with the fair-competition conclusion alone.
#[must_use]
pub const fn conclusion_fits(kind: MaterialKind, conclusion: Option<FairCompetition>) -> bool {
    matches!(kind, MaterialKind::FairCompetitionConclusion) == conclusion.is_some()
}

#[cfg(test)]
mod tests {
    use super::conclusion_fits;
    use crate::lifecycle::facts::{FairCompetition, MaterialKind};

    #[test]
    fn only_the_fair_competition_conclusion_carries_one_and_it_always_does() {
        for &kind in MaterialKind::ALL {
            let concludes = kind == MaterialKind::FairCompetitionConclusion;
            assert_eq!(conclusion_fits(kind, None), !concludes, "{kind}");
            for &conclusion in FairCompetition::ALL {
                assert_eq!(conclusion_fits(kind, Some(conclusion)), concludes, "{kind} {conclusion}");
            }
        }
    }
}
