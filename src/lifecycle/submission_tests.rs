//! Submissions: which texts may come again, which answers are needed, and that every fault is named at once.

use proptest::prelude::*;

use super::SubmissionFault as Fault;
use super::*;

const TEXT: &str = "a";
const EARLIER: &str = "b";
const FOUR: &[MaterialKind] =
    &[MaterialKind::DraftingExplanation, MaterialKind::LegalBasis, MaterialKind::CommentSummary, MaterialKind::UnitLegalityOpinion];
const YES: Answer = Answer { adopted: Adopted::Yes, has_reason: false, has_basis: false };
const NO: Answer = Answer { adopted: Adopted::No, has_reason: true, has_basis: true };
const NO_WITHOUT_BASIS: Answer = Answer { adopted: Adopted::No, has_reason: true, has_basis: false };
const NO_WITHOUT_REASON: Answer = Answer { adopted: Adopted::Partly, has_reason: false, has_basis: true };

fn from(step: Step) -> Submitting<'static> {
    Submitting { step, revision_sha256: TEXT, past: TextPast::default(), required: FOUR, materials: FOUR, comments: &[] }
}

fn comment(on: &str, answer: Option<Answer>) -> PastComment {
    PastComment { id: CommentId::new(), revision_sha256: on.to_owned(), answer }
}

fn past(outcome: Outcome) -> TextPast {
    TextPast { outcome: Some(outcome), is_sent_back: false }
}

#[test]
fn each_step_gives_the_submission_its_kind() {
    for (step, kind) in [
        (Step::Drafting, SubmissionKind::First),
        (Step::SupplementRequested, SubmissionKind::Supplement),
        (Step::AmendmentRequired, SubmissionKind::Amended),
        (Step::Unlawful, SubmissionKind::Amended),
        (Step::Rejected, SubmissionKind::Amended),
    ] {
        assert_eq!(judge(&from(step), &[], false), Ok(kind), "{step}");
    }
    assert_eq!(judge(&from(Step::OutOfScope), &[], true), Ok(SubmissionKind::ScopeAnswer));
}

#[test]
fn a_note_answers_the_reason_for_out_of_scope() {
    assert_eq!(judge(&from(Step::OutOfScope), &[], false), Err(vec![Fault::NoteRequired]));
}

#[test]
fn every_missing_material_is_named() {
    let submitting = Submitting { materials: &[MaterialKind::LegalBasis, MaterialKind::Other], ..from(Step::Drafting) };
    let missing = [MaterialKind::DraftingExplanation, MaterialKind::CommentSummary, MaterialKind::UnitLegalityOpinion];
    assert_eq!(judge(&submitting, &[], false), Err(missing.map(Fault::MaterialMissing).to_vec()));
}

#[test]
fn a_text_found_unlawful_or_lawful_or_sent_back_does_not_come_again_from_any_step() {
    for step in [Step::SupplementRequested, Step::OutOfScope, Step::AmendmentRequired, Step::Unlawful, Step::Rejected] {
        for (past, same) in [
            (past(Outcome::Unlawful), SameText::FoundUnlawful),
            (past(Outcome::Lawful), SameText::FoundLawful),
            (TextPast { outcome: Some(Outcome::Lawful), is_sent_back: true }, SameText::SentBack),
            (TextPast { outcome: None, is_sent_back: true }, SameText::SentBack),
        ] {
            assert_eq!(judge(&Submitting { past, ..from(step) }, &[], true), Err(vec![Fault::SameText(same)]), "{step}");
        }
    }
}

#[test]
fn insisting_answers_every_comment_with_reason_and_basis() {
    let comments = [comment(TEXT, None), comment(TEXT, None)];
    let insisting = Submitting { past: past(Outcome::NeedsAmendment), comments: &comments, ..from(Step::AmendmentRequired) };
    let with = |one, other| judge(&insisting, &[(comments[0].id, one), (comments[1].id, other)], false);
    assert_eq!(with(NO, NO), Ok(SubmissionKind::Insisting));
    assert_eq!(with(NO, YES), Err(vec![Fault::AdoptedButTextUnchanged(Some(1))]));
    assert_eq!(with(NO_WITHOUT_BASIS, NO), Err(vec![Fault::BasisRequired(0)]));
    assert_eq!(with(NO, NO_WITHOUT_REASON), Err(vec![Fault::ReasonRequired(1)]));
    assert_eq!(judge(&insisting, &[(comments[0].id, NO)], false), Err(vec![Fault::CommentUnanswered(comments[1].id)]));
}

#[test]
fn on_an_amended_text_yes_will_do_and_anything_else_needs_a_reason_but_no_basis() {
    let comments = [comment(EARLIER, None)];
    let amended = Submitting { comments: &comments, ..from(Step::AmendmentRequired) };
    let with = |answer| judge(&amended, &[(comments[0].id, answer)], false);
    assert_eq!(with(YES), Ok(SubmissionKind::Amended));
    assert_eq!(with(NO_WITHOUT_BASIS), Ok(SubmissionKind::Amended));
    assert_eq!(with(NO_WITHOUT_REASON), Err(vec![Fault::ReasonRequired(0)]));
}

#[test]
fn a_comment_that_is_unknown_or_answered_before_is_not_answered_again() {
    let comments = [comment(EARLIER, Some(YES)), comment(EARLIER, None)];
    let submitting = Submitting { comments: &comments, ..from(Step::AmendmentRequired) };
    let responses = [(CommentId::new(), NO), (comments[0].id, NO), (comments[1].id, YES), (comments[1].id, YES)];
    assert_eq!(
        judge(&submitting, &responses, false),
        Err(vec![Fault::UnknownComment(0), Fault::UnknownComment(1), Fault::AnsweredTwice(3)])
    );
}

#[test]
fn what_was_said_to_be_adopted_is_not_taken_back_by_an_old_text() {
    let comments = [comment(TEXT, Some(YES))];
    let submitting = Submitting { past: past(Outcome::NeedsAmendment), comments: &comments, ..from(Step::AmendmentRequired) };
    assert_eq!(judge(&submitting, &[], false), Err(vec![Fault::AdoptedButTextUnchanged(None)]));
}

#[test]
fn an_old_text_needs_the_reason_and_basis_that_insisting_on_it_needed() {
    let back_with = |answer| {
        let comments = [comment(TEXT, Some(answer))];
        judge(&Submitting { past: past(Outcome::NeedsAmendment), comments: &comments, ..from(Step::AmendmentRequired) }, &[], false)
    };
    assert_eq!(back_with(NO_WITHOUT_BASIS), Err(vec![Fault::SameText(SameText::InsistsWithoutBasis)]));
    assert_eq!(back_with(NO), Ok(SubmissionKind::Insisting));
}

#[test]
fn everything_is_named_at_once_and_the_same_text_first() {
    let comments = [comment(TEXT, None)];
    let submitting = Submitting { past: past(Outcome::Unlawful), materials: &FOUR[1..], comments: &comments, ..from(Step::OutOfScope) };
    let expected = vec![
        Fault::SameText(SameText::FoundUnlawful),
        Fault::UnknownComment(0),
        Fault::CommentUnanswered(comments[0].id),
        Fault::NoteRequired,
        Fault::MaterialMissing(MaterialKind::DraftingExplanation),
    ];
    assert_eq!(judge(&submitting, &[(CommentId::new(), YES)], false), Err(expected));
}

fn any_answer() -> impl Strategy<Value = Answer> {
    (proptest::sample::select(Adopted::ALL), any::<bool>(), any::<bool>()).prop_map(|(adopted, has_reason, has_basis)| Answer {
        adopted,
        has_reason,
        has_basis,
    })
}

proptest! {
    #[test]
    fn an_unchanged_text_passes_only_with_every_comment_on_it_refused_with_reason_and_basis(
        outcome in proptest::option::of(proptest::sample::select(Outcome::ALL)),
        is_sent_back: bool,
        old in proptest::collection::vec(any_answer(), 0..3),
        new in proptest::collection::vec(any_answer(), 0..3),
    ) {
        let open: Vec<PastComment> = new.iter().map(|_| comment(TEXT, None)).collect();
        let responses: Vec<(CommentId, Answer)> = open.iter().map(|comment| comment.id).zip(new.iter().copied()).collect();
        let comments: Vec<PastComment> = old.iter().map(|answer| comment(TEXT, Some(*answer))).chain(open).collect();
        let submitting =
            Submitting { past: TextPast { outcome, is_sent_back }, comments: &comments, ..from(Step::AmendmentRequired) };
        let is_refused_with_grounds = |answer: &Answer| answer.adopted != Adopted::Yes && answer.has_reason && answer.has_basis;
        let may_pass = matches!(outcome, None | Some(Outcome::NeedsAmendment)) && !is_sent_back
            && old.iter().chain(&new).all(is_refused_with_grounds);
        prop_assert_eq!(judge(&submitting, &responses, false).is_ok(), may_pass);
    }
}
