//! What a submission for legality review needs: its materials, an answer to every open comment, and a text that may come (again).
//! It reads nothing and judges no law. Legal ground: 国办发〔2018〕115号 item 5 (materials) `[F]` and item 6 `[F]` (a drafter who does
//! not adopt an opinion explains it with reasons and basis). Stricter here `[I]`: what was found unlawful never comes back unchanged.

use super::facts::{MaterialKind, Outcome};
use super::step::Step;
use crate::base::ids::CommentId;
use crate::base::text_enum::text_enum;

text_enum! {
    /// Whether the drafter adopts a comment.
    pub enum Adopted {
        /// Adopted.
        Yes = "yes",
        /// Adopted in part.
        Partly = "partly",
        /// Not adopted.
        No = "no",
    }
}

text_enum! {
    /// Why a document is handed in.
    pub enum SubmissionKind {
        /// For the first time.
        First = "first",
        /// With the materials that an intake asked for.
        Supplement = "supplement",
        /// With a new text.
        Amended = "amended",
        /// With the very text that the review wants amended, and reasons for it.
        Insisting = "insisting",
        /// Against an intake that did not recognise it as a normative document.
        ScopeAnswer = "scope_answer",
    }
}

/// A comment of an opinion since the last lawful one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastComment {
    /// Which.
    pub id: CommentId,
    /// The text on which it was made.
    pub revision_sha256: String,
    /// What an earlier submission answered.
    pub answer: Option<Answer>,
}

/// An answer, as far as the rules ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether the comment is adopted.
    pub adopted: Adopted,
    /// Whether a reason is given.
    pub has_reason: bool,
    /// Whether a basis is given.
    pub has_basis: bool,
}

/// What became of a text, under its hash, in whichever revisions it stood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextPast {
    /// The outcome of the last opinion on it.
    pub outcome: Option<Outcome>,
    /// Whether a meeting sent it back: to be amended, or rejected.
    pub is_sent_back: bool,
}

/// What is known when a revision is submitted.
#[derive(Clone, Copy, Debug)]
pub struct Submitting<'a> {
    /// The step from which it is submitted.
    pub step: Step,
    /// The hash of the current text.
    pub revision_sha256: &'a str,
    /// What became of this text before.
    pub past: TextPast,
    /// The kinds of materials that the profile asks for.
    pub required: &'a [MaterialKind],
    /// The kinds of materials that there are.
    pub materials: &'a [MaterialKind],
    /// The comments since the last lawful opinion.
    pub comments: &'a [PastComment],
}

/// Why a text may not be submitted again as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameText {
    /// The last opinion on it was `unlawful`.
    FoundUnlawful,
    /// The last opinion on it was `lawful`: there is nothing to review.
    FoundLawful,
    /// A meeting sent it back.
    SentBack,
    /// An earlier answer to a comment on it did not give reason and basis, and cannot be given again.
    InsistsWithoutBasis,
}

/// What is wrong with a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmissionFault {
    /// The text may not come again as it is.
    SameText(SameText),
    /// A comment on this very text was answered as adopted: with the response at the index, or with an earlier submission.
    AdoptedButTextUnchanged(Option<usize>),
    /// The response at the index answers nothing that is open.
    UnknownComment(usize),
    /// The response at the index is the second to its comment.
    AnsweredTwice(usize),
    /// The response at the index needs a reason.
    ReasonRequired(usize),
    /// The response at the index needs a basis.
    BasisRequired(usize),
    /// A comment is left without an answer.
    CommentUnanswered(CommentId),
    /// The reason of the intake that found it out of scope is not answered.
    NoteRequired,
    /// A material is missing.
    MaterialMissing(MaterialKind),
}

/// Judges a submission, and says of which kind it is.
///
/// # Errors
/// Everything that is wrong, the gravest first.
pub fn judge(
    submitting: &Submitting<'_>,
    responses: &[(CommentId, Answer)],
    has_note: bool,
) -> Result<SubmissionKind, Vec<SubmissionFault>> {
    let mut faults: Vec<SubmissionFault> = same_text(submitting).map(SubmissionFault::SameText).into_iter().collect();
    if is_taken_back(submitting) {
        faults.push(SubmissionFault::AdoptedButTextUnchanged(None));
    }
    response_faults(submitting, responses, &mut faults);
    if submitting.step == Step::OutOfScope && !has_note {
        faults.push(SubmissionFault::NoteRequired);
    }
    let missing = submitting.required.iter().filter(|kind| !submitting.materials.contains(kind));
    faults.extend(missing.copied().map(SubmissionFault::MaterialMissing));
    if faults.is_empty() { Ok(kind_of(submitting)) } else { Err(faults) }
}

fn kind_of(submitting: &Submitting<'_>) -> SubmissionKind {
    if submitting.step == Step::Drafting {
        SubmissionKind::First
    } else if submitting.step == Step::SupplementRequested {
        SubmissionKind::Supplement
    } else if submitting.step == Step::OutOfScope {
        SubmissionKind::ScopeAnswer
    } else if submitting.past.outcome == Some(Outcome::NeedsAmendment) {
        SubmissionKind::Insisting
    } else {
        SubmissionKind::Amended
    }
}

fn same_text(submitting: &Submitting<'_>) -> Option<SameText> {
    match submitting.past.outcome {
        Some(Outcome::Unlawful) => Some(SameText::FoundUnlawful),
        _ if submitting.past.is_sent_back => Some(SameText::SentBack),
        Some(Outcome::Lawful) => Some(SameText::FoundLawful),
        Some(Outcome::NeedsAmendment) | None => {
            let answers = comments_on_this_text(submitting).filter_map(|comment| comment.answer);
            answers
                .filter(|answer| answer.adopted != Adopted::Yes)
                .any(|answer| !(answer.has_reason && answer.has_basis))
                .then_some(SameText::InsistsWithoutBasis)
        }
    }
}

/// Whether a comment on this very text was answered as adopted before, and the text is as it was.
fn is_taken_back(submitting: &Submitting<'_>) -> bool {
    comments_on_this_text(submitting).any(|comment| comment.answer.is_some_and(|answer| answer.adopted == Adopted::Yes))
}

fn comments_on_this_text<'a>(submitting: &Submitting<'a>) -> impl Iterator<Item = &'a PastComment> {
    let sha256 = submitting.revision_sha256;
    submitting.comments.iter().filter(move |comment| comment.revision_sha256 == sha256)
}

fn response_faults(submitting: &Submitting<'_>, responses: &[(CommentId, Answer)], faults: &mut Vec<SubmissionFault>) {
    let open: Vec<&PastComment> = submitting.comments.iter().filter(|comment| comment.answer.is_none()).collect();
    let mut answered: Vec<CommentId> = Vec::new();
    for (index, (id, answer)) in responses.iter().enumerate() {
        let Some(comment) = open.iter().find(|comment| comment.id == *id) else {
            faults.push(SubmissionFault::UnknownComment(index));
            continue;
        };
        if answered.contains(id) {
            faults.push(SubmissionFault::AnsweredTwice(index));
            continue;
        }
        answered.push(*id);
        let is_unchanged = comment.revision_sha256 == submitting.revision_sha256;
        match answer.adopted {
            Adopted::Yes if is_unchanged => faults.push(SubmissionFault::AdoptedButTextUnchanged(Some(index))),
            Adopted::Yes => {}
            Adopted::Partly | Adopted::No => {
                if !answer.has_reason {
                    faults.push(SubmissionFault::ReasonRequired(index));
                }
                if is_unchanged && !answer.has_basis {
                    faults.push(SubmissionFault::BasisRequired(index));
                }
            }
        }
    }
    let unanswered = open.iter().filter(|comment| !answered.contains(&comment.id));
    faults.extend(unanswered.map(|comment| SubmissionFault::CommentUnanswered(comment.id)));
}

#[cfg(test)]
#[path = "submission_tests.rs"]
mod tests;
