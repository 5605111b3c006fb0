//! The faults that the rules of the review find, as the API says them.

use super::particulars::{self, CommentNote};
use crate::base::ids::CommentId;
use crate::base::said::Said;
use crate::lifecycle::facts::MaterialKind;
use crate::lifecycle::intake::IntakeFault;
use crate::lifecycle::opinion::OpinionFault;
use crate::lifecycle::submission::{SameText, SubmissionFault};
use crate::web::kind;
use crate::web::refusal::{FieldError, Refusal};

/// 403 for a reviewer who wrote any of the text.
#[must_use]
pub fn author_cannot_review() -> Refusal {
    Refusal::new(
        kind::AUTHOR_CANNOT_REVIEW,
        Said::fixed(
            "您是本文件某一版本的起草人，不得审核本文件，请由其他审核人员办理。",
            "You wrote a revision of this document and do not review it; another reviewer does.",
        ),
    )
}

/// 422 with all faults of a submission; `missing` lists the missing kinds of materials. `notes` names the unanswered comments.
#[must_use]
pub fn submission_refused(faults: &[SubmissionFault], notes: &[CommentNote]) -> Refusal {
    let missing: Vec<MaterialKind> =
        faults.iter().filter_map(|fault| if let SubmissionFault::MaterialMissing(kind) = fault { Some(*kind) } else { None }).collect();
    let refusal = Refusal::fields(faults.iter().map(|fault| submission_fault(fault, notes)).collect());
    // What there may be several of is summed up where it is all that is wrong.
    let refusal = if missing.len() == faults.len() && !missing.is_empty() {
        refusal.saying(particulars::missing(&missing))
    } else if notes.len() == faults.len() && !notes.is_empty() {
        refusal.saying(particulars::unanswered(notes))
    } else {
        refusal
    };
    let words: Vec<&str> = missing.iter().map(|kind| kind.as_str()).collect();
    if words.is_empty() { refusal } else { refusal.with("missing", words.into()) }
}

/// The comments that these faults are about.
#[must_use]
pub fn comments_named(faults: &[SubmissionFault]) -> Vec<CommentId> {
    faults.iter().filter_map(|fault| if let SubmissionFault::CommentUnanswered(id) = fault { Some(*id) } else { None }).collect()
}

fn submission_fault(fault: &SubmissionFault, notes: &[CommentNote]) -> FieldError {
    match fault {
        SubmissionFault::SameText(same) => FieldError::new("/revision", kind::SAME_TEXT, same_text(*same)),
        SubmissionFault::AdoptedButTextUnchanged(index) => FieldError::new(
            index.map_or_else(|| "/revision".to_owned(), |index| format!("/responses/{index}/adopted")),
            kind::ADOPTED_BUT_TEXT_UNCHANGED,
            Said::fixed(
                "称已采纳对本文本的意见，但文本没有改动；请修改文本，或者说明不采纳的理由和依据。",
                "A comment on this text is said to be adopted, but the text is as it was; change it, or give reason and basis for not adopting.",
            ),
        ),
        SubmissionFault::UnknownComment(index) => FieldError::new(
            format!("/responses/{index}/comment_id"),
            kind::UNKNOWN_COMMENT,
            Said::fixed("没有这条待答复的意见。", "There is no such comment that waits for an answer."),
        ),
        SubmissionFault::AnsweredTwice(index) => FieldError::new(
            format!("/responses/{index}/comment_id"),
            kind::DUPLICATE,
            Said::fixed("同一条意见答复了两次。", "The same comment is answered twice."),
        ),
        SubmissionFault::ReasonRequired(index) => FieldError::new(
            format!("/responses/{index}/reason"),
            kind::REASON_REQUIRED,
            Said::fixed("未全部采纳的意见须说明理由。", "A comment that is not wholly adopted needs a reason."),
        ),
        SubmissionFault::BasisRequired(index) => FieldError::new(
            format!("/responses/{index}/basis"),
            kind::REASON_REQUIRED,
            Said::fixed(
                "文本不作修改而再次送审的，每条意见须说明理由和依据。",
                "Where the text is submitted unchanged, every comment needs a reason and a basis.",
            ),
        ),
        SubmissionFault::CommentUnanswered(id) => FieldError::new(
            "/responses",
            kind::COMMENTS_UNANSWERED,
            notes.iter().find(|note| note.id == *id).map_or_else(
                || Said::new(format!("审核意见还没有答复（comment_id {id}）。"), format!("A comment is not answered (comment_id {id}).")),
                |note| particulars::unanswered(std::slice::from_ref(note)),
            ),
        ),
        SubmissionFault::NoteRequired => FieldError::new(
            "/note",
            kind::NOTE_REQUIRED,
            Said::fixed(
                "未被认定为行政规范性文件后再次送审的，须说明对该理由的意见。",
                "After it was found out of scope, a note answers the reason.",
            ),
        ),
        SubmissionFault::MaterialMissing(material) => FieldError::new(
            "",
            kind::MATERIALS_MISSING,
            Said::new(format!("缺少送审材料：{}（{material}）。", material.zh()), format!("A required material is missing: {material}.")),
        ),
    }
}

fn same_text(same: SameText) -> Said {
    match same {
        SameText::FoundUnlawful => {
            Said::fixed("此文本已被审核为不合法，须修改后再送审。", "This text was found unlawful; another text can be submitted.")
        }
        SameText::FoundLawful => Said::fixed(
            "此文本最近一次审核意见为合法，没有改动则不再送审；请审核机构对同一文本再出具意见，或者修改后送审。",
            "The last opinion on this text is lawful and it is not submitted again; the reviewer gives another opinion on it, or another text is submitted.",
        ),
        SameText::SentBack => {
            Said::fixed("此文本已被会议退回，须修改后再送审。", "A meeting sent this text back; another text can be submitted.")
        }
        SameText::InsistsWithoutBasis => Said::fixed(
            "此文本曾被要求修改，而当时的答复没有说明理由和依据，须修改后再送审。",
            "This text was to be amended, and an earlier answer did not give reason and basis; another text can be submitted.",
        ),
    }
}

/// 422 with all faults of an intake.
#[must_use]
pub fn intake_refused(faults: &[IntakeFault]) -> Refusal {
    let said = |fault: &IntakeFault| match fault {
        IntakeFault::RecognitionMismatch => FieldError::new(
            "/recognition",
            kind::RECOGNITION_MISMATCH,
            Said::fixed(
                "只有认定为行政规范性文件的才能受理或要求补正；其他认定须随 out_of_scope。",
                "Only what is normative is accepted or supplemented; any other recognition goes with out_of_scope.",
            ),
        ),
        IntakeFault::ReasonRequired => FieldError::new(
            "/reason",
            kind::REASON_REQUIRED,
            Said::fixed(
                "不予受理须说明理由；要求补正须说明理由或所缺材料。",
                "out_of_scope needs a reason; supplement_requested needs a reason or what is missing.",
            ),
        ),
    };
    Refusal::fields(faults.iter().map(said).collect())
}

/// 422 with all faults of an opinion.
#[must_use]
pub fn opinion_refused(faults: &[OpinionFault]) -> Refusal {
    let said = |fault: &OpinionFault| match fault {
        OpinionFault::CommentsRequired => FieldError::new(
            "/comments",
            kind::COMMENTS_REQUIRED,
            Said::fixed("结论不是合法的，须至少列明一条意见。", "An opinion other than lawful has at least one comment."),
        ),
        OpinionFault::ReasonRequired => FieldError::new(
            "/reason",
            kind::REASON_REQUIRED,
            Said::fixed(
                "对同一文本再次出具意见，须说明理由；原意见保留。",
                "A second opinion on the same text needs a reason; the first is kept.",
            ),
        ),
    };
    Refusal::fields(faults.iter().map(said).collect())
}
