//! What the rules know of a document: plain facts, loaded elsewhere. No text, no database rows.

use chrono::NaiveDate;

use super::step::{Stage, Step};
use crate::base::ids::{BodyId, DocumentId, MeetingId, OpinionId, SubmissionId};
use crate::base::text_enum::text_enum;

text_enum! {
    /// The three outcomes of a legality opinion (国办发〔2018〕115号 item 6 `[F]`).
    pub enum Outcome {
        /// 合法.
        Lawful = "lawful",
        /// 应当予以修改.
        NeedsAmendment = "needs_amendment",
        /// 不合法.
        Unlawful = "unlawful",
    }
}

text_enum! {
    /// What a fair-competition review concluded (公平竞争审查条例 `[F]`).
    pub enum FairCompetition {
        /// In keeping with the rules.
        Compliant = "compliant",
        /// In breach, but within an exception of art. 12.
        Exception = "exception",
        /// In breach without exception: the document must not be issued (art. 18).
        NotCompliant = "not_compliant",
    }
}

text_enum! {
    /// The kinds of submission materials (送审材料).
    pub enum MaterialKind {
        /// 起草说明.
        DraftingExplanation = "drafting_explanation",
        /// 制定依据.
        LegalBasis = "legal_basis",
        /// 征求意见及采纳情况.
        CommentSummary = "comment_summary",
        /// The drafting unit's own legality opinion.
        UnitLegalityOpinion = "unit_legality_opinion",
        /// 公平竞争审查结论.
        FairCompetitionConclusion = "fair_competition_conclusion",
        /// 专家论证.
        ExpertArgument = "expert_argument",
        /// 风险评估.
        RiskAssessment = "risk_assessment",
        /// 政策解读.
        PolicyInterpretation = "policy_interpretation",
        /// Anything else.
        Other = "other",
    }
}

/// A text under its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionFacts {
    /// Its number within the document.
    pub no: i32,
    /// The hash that opinions and decisions bind to.
    pub sha256: String,
}

/// A material that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaterialFacts {
    /// Its kind.
    pub kind: MaterialKind,
    /// Its conclusion, for fair competition.
    pub conclusion: Option<FairCompetition>,
}

/// The last submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionFacts {
    /// Its id.
    pub id: SubmissionId,
    /// Its number within the document.
    pub no: i32,
    /// What was submitted.
    pub revision: RevisionFacts,
    /// The day on which it arrived, complete or not.
    pub submitted_on: NaiveDate,
    /// Whether urgency was claimed.
    pub urgent: bool,
    /// Whether an intake accepted it.
    pub accepted: bool,
}

/// The last opinion, which is the one that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpinionFacts {
    /// Its id.
    pub id: OpinionId,
    /// Its number within the document.
    pub no: i32,
    /// The text that it binds.
    pub revision: RevisionFacts,
    /// What it found.
    pub outcome: Outcome,
    /// Its day.
    pub given_on: NaiveDate,
    /// The day on which the complete materials arrived of the submission that it answers.
    pub complete_on: NaiveDate,
    /// Whether that submission's urgency was accepted.
    pub urgent: bool,
}

/// Everything that the gate asks about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Which document.
    pub document: DocumentId,
    /// Its issuing authority, whose meeting decides.
    pub issuing_authority: BodyId,
    /// Stage.
    pub stage: Stage,
    /// Step.
    pub step: Step,
    /// The current revision.
    pub revision: RevisionFacts,
    /// Whether market entities are concerned, as the last intake that said so has it.
    pub concerns_market_entities: bool,
    /// The last submission.
    pub submission: Option<SubmissionFacts>,
    /// The materials that count: frozen with the last submission, or, before the first, those handed in so far.
    pub materials: Vec<MaterialFacts>,
    /// The last opinion.
    pub opinion: Option<OpinionFacts>,
    /// Comments without an answer, of opinions since the last lawful one.
    pub comments_unanswered: usize,
    /// Whether counsel without conflict of interest was heard on the current revision.
    pub counsel_heard: bool,
}

/// What the gate asks about a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingFacts {
    /// Which meeting.
    pub id: MeetingId,
    /// Whose.
    pub body: BodyId,
    /// Its day.
    pub held_on: NaiveDate,
    /// Whether it was cancelled.
    pub cancelled: bool,
}
