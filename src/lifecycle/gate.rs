//! The gate: decides whether a document may go to a meeting, and names every reason why not.
//! It looks nothing up and checks no permission. Legal ground: 国办发〔2018〕115号 item 7 `[F]`: a text not reviewed, or found
//! unlawful, must not be submitted to collective deliberation. Stricter here `[I]`: only a `lawful` opinion on that very text opens it.

use chrono::NaiveDate;

use super::deadlines::local;
use super::facts::{Facts, FairCompetition, MaterialKind, MeetingFacts, OpinionFacts, Outcome, RevisionFacts};
use super::profile::RuleProfile;
use super::step::Step;
use crate::base::ids::{BodyId, DocumentId, MeetingId, OpinionId};
use crate::base::said::Said;
use crate::base::text_enum::text_enum;
use crate::base::workdays::Calendar;

text_enum! {
    /// Every reason that can close the gate.
    pub enum GateReason {
        /// The document was never submitted for review.
        NeverSubmitted = "never_submitted",
        /// Submitted, but not taken in.
        AwaitingIntake = "awaiting_intake",
        /// Under review.
        UnderReview = "under_review",
        /// There is no opinion.
        NoOpinion = "no_opinion",
        /// There is an opinion, but on another revision.
        OpinionStale = "opinion_stale",
        /// The last opinion found it unlawful.
        Unlawful = "unlawful",
        /// Comments were not answered.
        CommentsUnanswered = "comments_unanswered",
        /// Required materials are missing.
        MaterialsMissing = "materials_missing",
        /// Market entities are concerned and there is no fair-competition conclusion.
        FairCompetitionMissing = "fair_competition_missing",
        /// The fair-competition conclusion is negative.
        FairCompetitionNegative = "fair_competition_negative",
        /// Counsel must be heard and was not.
        CounselOpinionMissing = "counsel_opinion_missing",
        /// Withdrawn.
        Withdrawn = "withdrawn",
        /// Not recognised as a normative document.
        OutOfScope = "out_of_scope",
        /// Materials are being supplemented.
        SupplementRequested = "supplement_requested",
        /// The drafter has to amend.
        AmendmentRequired = "amendment_required",
        /// It stands on an agenda.
        AlreadyOnAgenda = "already_on_agenda",
        /// The meeting has decided.
        AlreadyDecided = "already_decided",
        /// The meeting is not the issuing authority's.
        WrongBody = "wrong_body",
        /// The meeting's day is before the opinion's.
        MeetingBeforeOpinion = "meeting_before_opinion",
        /// The reviewer was not left the minimum of working days.
        MeetingTooEarly = "meeting_too_early",
        /// The meeting's day is over.
        MeetingAlreadyHeld = "meeting_already_held",
        /// The meeting was cancelled.
        MeetingCancelled = "meeting_cancelled",
    }
}

impl GateReason {
    /// The sentence for the reader, with what to do next.
    #[must_use]
    pub fn said(self) -> Said {
        let (zh, en) = match self {
            Self::NeverSubmitted => ("文件从未送合法性审核，请先送审。", "It was never submitted for legality review; submit it first."),
            Self::AwaitingIntake => ("已送审，等待审核机构受理。", "It was submitted and awaits the reviewer's intake."),
            Self::UnderReview => ("正在合法性审核。", "It is under legality review."),
            Self::NoOpinion => ("还没有合法性审核意见。", "There is no legality opinion yet."),
            Self::OpinionStale => {
                ("审核意见针对的是另一版本，当前文本须重新审核。", "The opinion is on another revision; the current text needs its own.")
            }
            Self::Unlawful => {
                ("最近一次审核意见为不合法，不得提交审议。", "The last opinion found it unlawful; it must not go to a meeting.")
            }
            Self::CommentsUnanswered => ("还有审核意见没有答复。", "Comments of the review are unanswered."),
            Self::MaterialsMissing => ("送审材料不齐。", "Required submission materials are missing."),
            Self::FairCompetitionMissing => {
                ("涉及经营主体，缺少公平竞争审查结论。", "Market entities are concerned and the fair-competition conclusion is missing.")
            }
            Self::FairCompetitionNegative => (
                "公平竞争审查结论为不符合且无例外，不得出台。",
                "The fair-competition conclusion is negative; the document must not be issued.",
            ),
            Self::CounselOpinionMissing => ("应当听取法律顾问意见而没有听取。", "Counsel must be heard and has not been."),
            Self::Withdrawn => ("文件已撤回。", "It was withdrawn."),
            Self::OutOfScope => (
                "审核机构认定不属其审核范围；请补充说明后重新送审，或者撤回。",
                "The reviewer found it outside the scope of its review; submit it again with a note, or withdraw it.",
            ),
            Self::SupplementRequested => ("正在补正材料。", "Materials are being supplemented."),
            Self::AmendmentRequired => ("须由起草单位修改后重新送审。", "The drafter has to amend and submit it again."),
            Self::AlreadyOnAgenda => ("已列入会议议程。", "It already stands on an agenda."),
            Self::AlreadyDecided => ("会议已作出决定。", "The meeting has already decided."),
            Self::WrongBody => ("不是制定机关的会议。", "The meeting is not the issuing authority's."),
            Self::MeetingBeforeOpinion => ("会议日期早于审核意见。", "The meeting is before the opinion."),
            Self::MeetingTooEarly => {
                ("会议日期过早，没有留足审核时间。", "The meeting leaves the reviewer less than the minimum of working days.")
            }
            Self::MeetingAlreadyHeld => ("会议日期已过。", "The meeting's day is over."),
            Self::MeetingCancelled => ("会议已取消。", "The meeting was cancelled."),
        };
        Said::fixed(zh, en)
    }
}

/// Evidence that the gate was open for one text and one meeting. Only [`open`] makes it, and the agenda insert takes it.
#[derive(Debug, PartialEq, Eq)]
pub struct GatePass {
    document: DocumentId,
    revision: RevisionFacts,
    meeting: MeetingId,
    body: BodyId,
    held_on: NaiveDate,
    opinion: OpinionId,
    opinion_no: i32,
    opinion_given_on: NaiveDate,
}

impl GatePass {
    /// The document that passed.
    #[must_use]
    pub const fn document(&self) -> DocumentId {
        self.document
    }
    /// The text that passed.
    #[must_use]
    pub const fn revision(&self) -> &RevisionFacts {
        &self.revision
    }
    /// The meeting that it may go to.
    #[must_use]
    pub const fn meeting(&self) -> MeetingId {
        self.meeting
    }
    /// Whose meeting that is.
    #[must_use]
    pub const fn body(&self) -> BodyId {
        self.body
    }
    /// That meeting's day.
    #[must_use]
    pub const fn held_on(&self) -> NaiveDate {
        self.held_on
    }
    /// The opinion that opened the gate: id, number and day.
    #[must_use]
    pub const fn opinion(&self) -> (OpinionId, i32, NaiveDate) {
        (self.opinion, self.opinion_no, self.opinion_given_on)
    }
}

/// Opens the gate of one document for one meeting.
///
/// # Errors
/// Every reason that stands in the way, at once.
pub fn open(
    facts: &Facts,
    meeting: &MeetingFacts,
    profile: &RuleProfile,
    calendar: &Calendar,
    today: NaiveDate,
) -> Result<GatePass, Vec<GateReason>> {
    let mut reasons = document_reasons(facts, profile);
    reasons.extend(meeting_reasons(facts, meeting, profile, calendar, today));
    match &facts.opinion {
        // The reasons say it all; that nothing opens without the opinion itself is asked once more, here where the evidence is made.
        Some(opinion) if reasons.is_empty() && is_open_for(facts, opinion) => Ok(GatePass {
            document: facts.document,
            revision: facts.revision.clone(),
            meeting: meeting.id,
            body: meeting.body,
            held_on: meeting.held_on,
            opinion: opinion.id,
            opinion_no: opinion.no,
            opinion_given_on: opinion.given_on,
        }),
        Some(_) | None => Err(reasons),
    }
}

/// Whether an opinion opens the gate at all: `lawful`, on the current text, at a step from which a meeting can be reached.
fn is_open_for(facts: &Facts, opinion: &OpinionFacts) -> bool {
    is_gate_step(facts.step) && opinion.outcome == Outcome::Lawful && opinion.revision.sha256 == facts.revision.sha256
}

/// The steps from which an agenda can be reached.
const fn is_gate_step(step: Step) -> bool {
    matches!(step, Step::Cleared | Step::Deferred)
}

/// Every reason on the document's side. None is left exactly where the document may go to a meeting: every step but `cleared` and
/// `deferred` has a reason of its own, and there only a `lawful` opinion on the current text has none.
#[must_use]
pub fn document_reasons(facts: &Facts, profile: &RuleProfile) -> Vec<GateReason> {
    let mut reasons = Vec::new();
    let mut add = |holds: bool, reason: GateReason| {
        if holds {
            reasons.push(reason);
        }
    };
    let step = facts.step;
    add(facts.submission.is_none() || step == Step::Drafting, GateReason::NeverSubmitted);
    add(step == Step::AwaitingIntake, GateReason::AwaitingIntake);
    add(step == Step::UnderReview, GateReason::UnderReview);
    add(facts.opinion.is_none(), GateReason::NoOpinion);
    let outcome = facts.opinion.as_ref().map(|opinion| opinion.outcome);
    add(facts.opinion.as_ref().is_some_and(|opinion| opinion.revision.sha256 != facts.revision.sha256), GateReason::OpinionStale);
    add(outcome == Some(Outcome::Unlawful) || step == Step::Unlawful, GateReason::Unlawful);
    add(outcome.is_some_and(|outcome| outcome != Outcome::Lawful) && facts.comments_unanswered > 0, GateReason::CommentsUnanswered);
    add(!missing_materials(facts, profile).is_empty(), GateReason::MaterialsMissing);
    add(is_fair_competition_missing(facts, profile), GateReason::FairCompetitionMissing);
    add(fair_competition(facts) == Some(FairCompetition::NotCompliant), GateReason::FairCompetitionNegative);
    add(profile.counsel_opinion_required() && !facts.counsel_heard, GateReason::CounselOpinionMissing);
    add(step == Step::Withdrawn, GateReason::Withdrawn);
    add(step == Step::OutOfScope, GateReason::OutOfScope);
    add(step == Step::SupplementRequested, GateReason::SupplementRequested);
    // An opinion that asks for amendments moves the document out of `cleared` and `deferred`; in `finalising` the step stays.
    let asks_for_amendment = outcome == Some(Outcome::NeedsAmendment) && (is_gate_step(step) || step == Step::Finalising);
    add(step == Step::AmendmentRequired || asks_for_amendment, GateReason::AmendmentRequired);
    add(step == Step::OnAgenda, GateReason::AlreadyOnAgenda);
    add(step.is_already_decided(), GateReason::AlreadyDecided);
    reasons
}

/// Every reason on the meeting's side.
#[must_use]
pub fn meeting_reasons(
    facts: &Facts,
    meeting: &MeetingFacts,
    profile: &RuleProfile,
    calendar: &Calendar,
    today: NaiveDate,
) -> Vec<GateReason> {
    let calendar = local(calendar, profile);
    let mut reasons = Vec::new();
    if meeting.body != facts.issuing_authority {
        reasons.push(GateReason::WrongBody);
    }
    if facts.opinion.as_ref().is_some_and(|opinion| meeting.held_on < opinion.given_on) {
        reasons.push(GateReason::MeetingBeforeOpinion);
    }
    if time_for_review(facts, profile, &calendar).is_some_and(|earliest| meeting.held_on < earliest) {
        reasons.push(GateReason::MeetingTooEarly);
    }
    if meeting.held_on < today {
        reasons.push(GateReason::MeetingAlreadyHeld);
    }
    if meeting.cancelled {
        reasons.push(GateReason::MeetingCancelled);
    }
    reasons
}

/// The first day on which the reviewer has had the minimum of working days; `None` where urgency was accepted or nothing was
/// submitted.
fn time_for_review(facts: &Facts, profile: &RuleProfile, calendar: &Calendar) -> Option<NaiveDate> {
    let (begin, is_urgent) = match (&facts.opinion, &facts.submission) {
        (Some(opinion), _) => (opinion.complete_on, opinion.urgent),
        (None, Some(submission)) => (submission.submitted_on, submission.urgent && submission.accepted),
        (None, None) => return None,
    };
    (!is_urgent).then(|| calendar.due_after_workdays(begin, profile.legality_review_min_workdays()).due_on)
}

/// The first day for which a meeting is neither before the opinion nor too early; `None` where neither sets one.
#[must_use]
pub fn earliest_meeting(facts: &Facts, profile: &RuleProfile, calendar: &Calendar) -> Option<NaiveDate> {
    let after_opinion = facts.opinion.as_ref().map(|opinion| opinion.given_on);
    after_opinion.max(time_for_review(facts, profile, &local(calendar, profile)))
}

/// The kinds that a submission needs: the profile's, and its further ones where market entities are concerned.
#[must_use]
pub fn required_materials(profile: &RuleProfile, concerns_market_entities: bool) -> Vec<MaterialKind> {
    let mut kinds = profile.materials_required().to_vec();
    if concerns_market_entities {
        kinds.extend_from_slice(profile.materials_required_market());
        if profile.fair_competition_required() {
            kinds.push(MaterialKind::FairCompetitionConclusion);
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The required kinds that are missing, the fair-competition conclusion aside, which has its own reason.
#[must_use]
pub fn missing_materials(facts: &Facts, profile: &RuleProfile) -> Vec<MaterialKind> {
    let mut kinds = required_materials(profile, facts.concerns_market_entities);
    kinds.retain(|kind| *kind != MaterialKind::FairCompetitionConclusion && !has_material(facts, *kind));
    kinds
}

/// The last fair-competition conclusion that counts.
#[must_use]
pub fn fair_competition(facts: &Facts) -> Option<FairCompetition> {
    facts.materials.iter().rev().find_map(|material| material.conclusion)
}

fn is_fair_competition_missing(facts: &Facts, profile: &RuleProfile) -> bool {
    required_materials(profile, facts.concerns_market_entities).contains(&MaterialKind::FairCompetitionConclusion)
        && fair_competition(facts).is_none()
}

fn has_material(facts: &Facts, kind: MaterialKind) -> bool {
    facts.materials.iter().any(|material| material.kind == kind)
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
