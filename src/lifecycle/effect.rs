//! The effect of a document (效力) on a day, from dates and decisions alone. It is never typed in and never stored.
//!
//! The rule has one implementation, the SQL function `effect_on` of the migration `issuance`, because lists filter by it. It says,
//! and `tests/registry/effects.rs` holds it to:
//!
//! 1. before the day of publication: `not_issued`;
//! 2. from the first day of the earliest act that ends the effect and was not taken back: the effect of that act, unless the validity
//!    had run out before (an act after the end finds nothing to end);
//! 3. after the last day of validity: `lapsed`;
//! 4. before the effective date: `not_yet_effective`;
//! 5. else `in_force`.
//!
//! This file names the ways in which an act ends an effect and the acts that do so. It computes nothing.

use crate::base::text_enum::text_enum;

text_enum! {
    /// How an act ends a document's effect.
    pub enum EndedEffect {
        /// 失效.
        Lapsed = "lapsed",
        /// 废止.
        Repealed = "repealed",
        /// 撤销, a supervisory act.
        Revoked = "revoked",
        /// Replaced by another document.
        Superseded = "superseded",
    }
}

text_enum! {
    /// The acts that end a document's effect.
    pub enum EffectCause {
        /// A replacement takes effect.
        Replacement = "replacement",
        /// A filing review revoked it, or passed the report of its repeal.
        FilingReview = "filing_review",
        /// A published clean-up repealed it or declared it lapsed.
        Cleanup = "cleanup",
        /// It was not amended by the day that a clean-up set, and the round says that it then lapses.
        MissedAmendment = "missed_amendment",
    }
}

text_enum! {
    /// Why a lapse after a missed amendment was taken back before it came.
    pub enum LapseTakenBack {
        /// A later round judged the document anew.
        JudgedAnew = "judged_anew",
        /// The amendment was published by its day, though it takes effect later: it was not missed `[I]`.
        AmendedInTime = "amended_in_time",
    }
}
