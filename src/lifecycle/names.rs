//! The Chinese names of stages, steps, acts and filing statuses, as sentences and the printed procedure write them.
//! The words of the API stay what they are; here is only how a person calls the same thing.

use super::action::Action;
use super::facts::MaterialKind;
use super::filing::{FilingAct, FilingMove};
use super::step::{Move, Stage, Step};
use crate::documents::wire::FilingStatus;

/// A word of the API as an English sentence writes it.
#[must_use]
pub fn in_english(word: &str) -> String {
    word.replace('_', " ")
}

impl Stage {
    /// The Chinese name of this stage.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Drafted => "起草",
            Self::LegalityReview => "合法性审核",
            Self::Filed => "备案",
            Self::CleanedUp => "清理",
        }
    }
}

impl Step {
    /// The Chinese name of this step.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Drafting => "起草中",
            Self::Withdrawn => "已撤回",
            Self::AwaitingIntake => "待受理",
            Self::SupplementRequested => "补正材料",
            Self::OutOfScope => "不属审核范围",
            Self::UnderReview => "审核中",
            Self::AmendmentRequired => "应当修改",
            Self::Unlawful => "不合法",
            Self::Cleared => "审核通过",
            Self::OnAgenda => "已列入议程",
            Self::Finalising => "原则通过、修改中",
            Self::Deferred => "暂缓",
            Self::Rejected => "不通过",
            Self::Approved => "通过",
            Self::Signed => "已签发",
            Self::Published => "已公布",
            Self::AwaitingRegistration => "待登记",
            Self::RegistrationSuspended => "暂缓登记",
            Self::FilingRefused => "不予备案",
            Self::UnderFilingReview => "备案审查中",
            Self::Rectifying => "整改中",
            Self::FilingReviewed => "备案审查完毕",
            Self::Continued => "继续有效",
            Self::AmendmentOrdered => "责成修改",
            Self::Repealed => "废止",
            Self::DeclaredLapsed => "宣布失效",
        }
    }
}

impl Action {
    /// The Chinese name of this act.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Patch => "更改要素",
            Self::Revisions => "新版本",
            Self::Materials => "添材料",
            Self::Submissions => "送审",
            Self::Intake => "受理",
            Self::CounselOpinions => "顾问意见",
            Self::Opinions => "审核意见",
            Self::Withdrawal => "撤回",
            Self::Agenda => "列入议程",
            Self::AgendaRemoval => "撤出议程",
            Self::Decision => "决定",
            Self::Confirmation => "确认定稿",
            Self::Issuance => "签发编号",
            Self::IssuanceVoid => "签发作废",
            Self::Publication => "公布",
            Self::Filing => "报备",
        }
    }
}

impl Move {
    /// The Chinese name of this move.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Draft => "起草",
            Self::Submit => "送审",
            Self::Intake => "受理",
            Self::Opine => "审核意见",
            Self::Revise => "改动文本",
            Self::Withdraw => "撤回",
            Self::PlaceOnAgenda => "列入议程",
            Self::TakeOffAgenda => "撤出议程",
            Self::Decide => "会议决定",
            Self::CorrectDecision => "更正决定记录",
            Self::Confirm => "确认定稿",
            Self::Issue => "签发编号",
            Self::VoidIssuance => "签发作废",
            Self::Publish => "公布",
            Self::File => "报备",
            Self::AdvanceFiling => "备案进展",
            Self::CleanUp => "清理决定",
        }
    }
}

impl FilingStatus {
    /// The Chinese name of this status.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::AwaitingRegistration => "待登记",
            Self::RegistrationSuspended => "暂缓登记",
            Self::FilingRefused => "不予备案",
            Self::UnderFilingReview => "备案审查中",
            Self::Rectifying => "整改中",
            Self::RectificationReported => "已报整改",
            Self::FilingReviewed => "备案审查完毕",
        }
    }
}

impl FilingMove {
    /// The Chinese name of this move.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::File => "报备",
            Self::Intake => "登记审查",
            Self::Supplement => "补报",
            Self::Review => "备案审查",
            Self::Rectify => "整改报告",
        }
    }
}

impl FilingAct {
    /// The Chinese name of this act.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Intake => "登记审查",
            Self::Supplement => "补报",
            Self::Review => "备案审查",
            Self::Rectification => "整改报告",
        }
    }
}

impl MaterialKind {
    /// The Chinese name of this kind of material.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::DraftingExplanation => "起草说明",
            Self::LegalBasis => "制定依据",
            Self::CommentSummary => "征求意见及采纳情况",
            Self::UnitLegalityOpinion => "起草单位合法性审核意见",
            Self::FairCompetitionConclusion => "公平竞争审查结论",
            Self::ExpertArgument => "专家论证",
            Self::RiskAssessment => "风险评估",
            Self::PolicyInterpretation => "政策解读",
            Self::Other => "其他材料",
        }
    }
}
