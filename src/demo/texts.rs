//! The demo's submission materials: short, and each of its own document.

use super::script::Story;
use crate::lifecycle::facts::{FairCompetition, MaterialKind};

/// A material of a document: its name and what it says.
#[must_use]
pub fn material(kind: MaterialKind, story: &Story) -> (String, String) {
    let (title, unit) = (&story.title, &story.drafting_unit);
    let said = match kind {
        MaterialKind::DraftingExplanation => format!(
            "{unit}根据镇人民政府年度工作安排，起草了《{title}》。\n一、必要性：现有做法分散，群众反映的问题需要统一规则。\n二、过程：实地走访、听取村（社区）意见、会商相关单位后形成送审稿。\n三、主要内容：适用范围、职责分工、具体要求、监督方式和施行日期。\n四、风险评估：社会稳定风险为低风险，已有应对措施。"
        ),
        MaterialKind::LegalBasis => {
            format!("《{title}》所依据的法律、法规、规章和上级文件，均在正文第一条列明；各具体条款的依据逐条附后，现行有效情况已核对。")
        }
        MaterialKind::CommentSummary => format!(
            "《{title}（征求意见稿）》在镇政务公开栏和县人民政府网站公开征求意见三十日，并书面征求各村（社区）和相关单位意见，共收到意见十二条，采纳九条，未采纳三条，均已说明理由。"
        ),
        MaterialKind::UnitLegalityOpinion => {
            format!("{unit}对《{title}》进行了合法性审核，认为制定事项属于镇人民政府职责范围，内容与上位法一致，程序完备，同意送审。")
        }
        MaterialKind::FairCompetitionConclusion => format!("关于《{title}》的公平竞争审查结论\n{}", concluded(story.fair_competition)),
        MaterialKind::ExpertArgument => format!("三名专家对《{title}》进行论证，认为措施可行，建议明确过渡安排。"),
        MaterialKind::RiskAssessment => format!("《{title}》社会稳定风险评估报告：风险等级为低风险，建议加强宣传解释，分步实施。"),
        MaterialKind::PolicyInterpretation => format!("《{title}》政策解读：制定背景、主要内容、群众关心的问题和咨询电话。"),
        MaterialKind::Other => format!("《{title}》的其他材料。"),
    };
    (format!("{}.txt", kind.zh()), format!("{}\n{said}\n", kind.zh()))
}

const fn concluded(conclusion: FairCompetition) -> &'static str {
    match conclusion {
        FairCompetition::Compliant => "经审查，不含限制市场准入和退出、商品要素自由流动以及影响生产经营成本和行为的内容。",
        FairCompetition::Exception => {
            "经审查，有关奖补条件可能影响竞争，但属于《公平竞争审查条例》第十二条规定的情形，没有对公平竞争影响更小的替代方案，并已确定合理的实施期限。"
        }
        FairCompetition::NotCompliant => "经审查，含有限制竞争的内容，且不属于例外情形，不得出台。",
    }
}
