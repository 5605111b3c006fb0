//! When a legality opinion may be given, what it must say, and where it takes the document.
//! The three outcomes and what follows: 国办发〔2018〕115号 items 6 and 7 `[F]`. That a second opinion on the same text counts instead
//! of the first, which is kept, and needs a reason, is this registry's rule `[I]`.

use super::facts::{OpinionFacts, Outcome, RevisionFacts};
use super::step::{Move, Step};

/// The move that led to the present step, as far as a second opinion asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastMove {
    /// What moved the document.
    pub by: Move,
    /// The text of the opinion, where an opinion did.
    pub opinion_sha256: Option<String>,
}

/// What is wrong with an opinion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpinionFault {
    /// An opinion that does not find the text lawful says what is to change.
    CommentsRequired,
    /// A second opinion says why there is one.
    ReasonRequired,
}

/// Whether an opinion at this step is a second one on a text that has one.
#[must_use]
pub const fn is_second(step: Step) -> bool {
    matches!(step, Step::Cleared | Step::Deferred | Step::Unlawful | Step::AmendmentRequired)
}

/// Whether an opinion may be given, at one of the steps that take opinions: in `unlawful` and `amendment_required` only where an
/// opinion on the unchanged text led there. After a decision of a meeting or a new revision it is the drafter's turn; but where the
/// drafter came back to the very text that the last opinion found lawful, no submission takes it again (`same_text`), and the
/// reviewer says whether that opinion still stands `[I]`.
#[must_use]
pub fn is_possible(step: Step, last_move: &LastMove, current: &RevisionFacts, last: Option<&OpinionFacts>) -> bool {
    if !matches!(step, Step::Unlawful | Step::AmendmentRequired) {
        return true;
    }
    if last_move.by == Move::Opine {
        return last_move.opinion_sha256.as_deref() == Some(current.sha256.as_str());
    }
    let found_lawful = last.is_some_and(|last| last.outcome == Outcome::Lawful && last.revision.sha256 == current.sha256);
    step == Step::AmendmentRequired && last_move.by == Move::Revise && found_lawful
}

/// The step to which an opinion moves the document; `None` where it stays: in `finalising`, which only a confirmation ends, and
/// where it stands there already.
#[must_use]
pub fn leads_to(step: Step, outcome: Outcome) -> Option<Step> {
    let to = match outcome {
        Outcome::Lawful => Step::Cleared,
        Outcome::NeedsAmendment => Step::AmendmentRequired,
        Outcome::Unlawful => Step::Unlawful,
    };
    (step != Step::Finalising && step != to).then_some(to)
}

/// Judges what an opinion says.
///
/// # Errors
/// Everything that is wrong.
pub fn judge(step: Step, outcome: Outcome, has_comments: bool, has_reason: bool) -> Result<(), Vec<OpinionFault>> {
    let mut faults = Vec::new();
    if outcome != Outcome::Lawful && !has_comments {
        faults.push(OpinionFault::CommentsRequired);
    }
    if is_second(step) && !has_reason {
        faults.push(OpinionFault::ReasonRequired);
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::{LastMove, OpinionFault, is_possible, is_second, judge, leads_to};
    use crate::base::ids::OpinionId;
    use crate::base::workdays::parse_day;
    use crate::lifecycle::action::Action;
    use crate::lifecycle::facts::{OpinionFacts, Outcome, RevisionFacts};
    use crate::lifecycle::step::{self, Move, Stage, Step};

    #[test]
    fn every_way_that_an_opinion_takes_is_in_the_table_of_steps() {
        for &at in Step::ALL {
            for &outcome in Outcome::ALL {
                let Some(to) = leads_to(at, outcome).filter(|_| Action::Opinions.is_possible_at(at)) else { continue };
                assert!(step::allows((Stage::LegalityReview, at), Move::Opine, (Stage::LegalityReview, to)), "{at} {outcome}");
            }
        }
    }

    #[test]
    fn only_a_lawful_opinion_leads_to_the_gate() {
        for &at in Step::ALL {
            for &outcome in Outcome::ALL {
                assert_eq!(
                    leads_to(at, outcome) == Some(Step::Cleared),
                    outcome == Outcome::Lawful && !matches!(at, Step::Cleared | Step::Finalising)
                );
            }
        }
    }

    #[test]
    fn finalising_is_not_left_by_an_opinion() {
        assert!(Outcome::ALL.iter().all(|&outcome| leads_to(Step::Finalising, outcome).is_none()));
        assert!(!is_second(Step::Finalising));
    }

    #[test]
    fn a_second_opinion_after_a_setback_needs_an_opinion_on_this_very_text_before_it() {
        let led = |by, sha256: Option<&str>| LastMove { by, opinion_sha256: sha256.map(str::to_owned) };
        let (a, b) = (text(1, "a"), text(2, "b"));
        for at in [Step::Unlawful, Step::AmendmentRequired] {
            assert!(is_possible(at, &led(Move::Opine, Some("a")), &a, None));
            assert!(!is_possible(at, &led(Move::Opine, Some("a")), &b, None));
            assert!(!is_possible(at, &led(Move::Revise, None), &a, None));
            assert!(!is_possible(at, &led(Move::Decide, None), &a, None));
            assert!(!is_possible(at, &led(Move::CorrectDecision, None), &a, None));
        }
        assert!(is_possible(Step::UnderReview, &led(Move::Intake, None), &a, None));
    }

    #[test]
    fn whoever_comes_back_to_the_text_found_lawful_is_looked_at_again() {
        let by = |by| LastMove { by, opinion_sha256: None };
        let came_back = text(3, "a");
        for &outcome in Outcome::ALL {
            let found = opinion(outcome, text(1, "a"));
            let possible = is_possible(Step::AmendmentRequired, &by(Move::Revise), &came_back, Some(&found));
            assert_eq!(possible, outcome == Outcome::Lawful, "{outcome}");
            assert!(!is_possible(Step::AmendmentRequired, &by(Move::Decide), &came_back, Some(&found)), "a meeting sent it back");
            assert!(!is_possible(Step::AmendmentRequired, &by(Move::Revise), &text(3, "c"), Some(&found)), "another text");
            assert!(!is_possible(Step::Unlawful, &by(Move::Revise), &came_back, Some(&found)));
        }
    }

    fn text(no: i32, sha256: &str) -> RevisionFacts {
        RevisionFacts { no, sha256: sha256.to_owned() }
    }

    fn opinion(outcome: Outcome, revision: RevisionFacts) -> OpinionFacts {
        let day = parse_day("2026-03-10").expect("a day");
        OpinionFacts { id: OpinionId::new(), no: 1, revision, outcome, given_on: day, complete_on: day, urgent: false }
    }

    #[test]
    fn an_opinion_that_is_not_lawful_has_comments_and_a_second_one_a_reason() {
        use OpinionFault::{CommentsRequired, ReasonRequired};
        assert_eq!(judge(Step::UnderReview, Outcome::Lawful, false, false), Ok(()));
        assert_eq!(judge(Step::UnderReview, Outcome::Unlawful, false, true), Err(vec![CommentsRequired]));
        assert_eq!(judge(Step::Finalising, Outcome::NeedsAmendment, false, false), Err(vec![CommentsRequired]));
        assert_eq!(judge(Step::Cleared, Outcome::NeedsAmendment, false, false), Err(vec![CommentsRequired, ReasonRequired]));
        for at in [Step::Cleared, Step::Deferred, Step::Unlawful, Step::AmendmentRequired] {
            assert_eq!(judge(at, Outcome::Lawful, false, false), Err(vec![ReasonRequired]), "{at}");
        }
    }
}
