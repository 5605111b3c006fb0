//! The texts of the demo's documents: made up, plausible, and short enough to be read in one go.

use crate::lifecycle::facts::MaterialKind;

/// A document of the demo before it is drafted.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Title.
    pub title: &'static str,
    /// Who drafts it.
    pub drafting_unit: &'static str,
    /// Whether it concerns market entities.
    pub concerns_market_entities: bool,
    /// The text.
    pub text: &'static str,
}

/// 集市: still being drafted.
pub const MARKET: Text = Text {
    title: "青禾镇集市管理办法",
    drafting_unit: "经济发展办公室",
    concerns_market_entities: true,
    text: "青禾镇集市管理办法\n\
第一条　为了规范本镇集市秩序，方便群众赶集交易，根据有关法律、法规，结合本镇实际，制定本办法。\n\
第二条　本办法适用于本镇行政区域内定期举办的集市。\n\
第三条　集市日为农历每旬逢三、逢八。遇国家法定节假日照常举办。\n\
第四条　摊位按照先到先用、划行归市的原则安排，不收取摊位费。\n\
第五条　镇经济发展办公室负责集市的日常管理，各村（社区）予以配合。\n\
第六条　经营者应当明码标价，保持摊位整洁，不得占用消防通道。\n\
第七条　本办法自公布之日起三十日后施行，有效期五年。\n",
};

/// 河道: under review.
pub const RIVER: Text = Text {
    title: "青禾镇河道垃圾清理工作规定",
    drafting_unit: "社会事务办公室",
    concerns_market_entities: false,
    text: "青禾镇河道垃圾清理工作规定\n\
第一条　为了保持河道畅通和水面清洁，落实河长制要求，结合本镇实际，制定本规定。\n\
第二条　本镇境内青禾河及其支流的垃圾清理适用本规定。\n\
第三条　各村（社区）按照河段划分责任区，每周至少清理一次；汛期每日巡查。\n\
第四条　任何单位和个人不得向河道倾倒垃圾。发现倾倒的，应当及时劝阻并报告镇社会事务办公室。\n\
第五条　清理出的垃圾应当当日转运，不得在河岸堆放过夜。\n\
第六条　镇社会事务办公室每季度公布清理情况，接受群众监督。\n\
第七条　本规定自公布之日起三十日后施行，有效期五年。\n",
};

/// 养犬: cleared, waiting for its meeting.
pub const DOGS: Text = Text {
    title: "青禾镇文明养犬管理规定（试行）",
    drafting_unit: "社会事务办公室",
    concerns_market_entities: false,
    text: "青禾镇文明养犬管理规定（试行）\n\
第一条　为了引导居民文明养犬，维护公共环境卫生和人身安全，结合本镇实际，制定本规定。\n\
第二条　本镇场镇规划区内的养犬行为适用本规定。\n\
第三条　携犬外出应当使用牵引绳，主动避让老人、儿童和孕妇。\n\
第四条　犬只在公共场所排泄的，携犬人应当即时清除。\n\
第五条　各村（社区）建立养犬登记簿，免费登记，并提供防疫信息服务。\n\
第六条　镇社会事务办公室负责宣传引导，受理群众反映。\n\
第七条　本规定自公布之日起三十日后施行，有效期二年。\n",
};

/// 场镇秩序: filed with the county and the town's own office.
pub const STREETS: Text = Text {
    title: "青禾镇场镇秩序管理办法",
    drafting_unit: "经济发展办公室",
    concerns_market_entities: false,
    text: "青禾镇场镇秩序管理办法\n\
第一条　为了规范场镇秩序，改善人居环境，结合本镇实际，制定本办法。\n\
第二条　场镇规划区内的车辆停放、沿街环境和公共设施维护适用本办法。\n\
第三条　机动车、非机动车应当在划定区域内有序停放。\n\
第四条　沿街住户和单位负责门前清扫保洁，保持公共设施完好。\n\
第五条　举办大型活动的，应当提前告知镇人民政府，便于安排疏导。\n\
第六条　镇人民政府定期听取群众意见，公开办理结果。\n\
第七条　本办法自公布之日起三十日后施行，有效期五年。\n",
};

/// 秸秆: judged in a clean-up.
pub const STRAW: Text = Text {
    title: "青禾镇秸秆综合利用管理办法（试行）",
    drafting_unit: "经济发展办公室",
    concerns_market_entities: false,
    text: "青禾镇秸秆综合利用管理办法（试行）\n\
第一条　为了促进秸秆综合利用，保护大气环境，结合本镇实际，制定本办法。\n\
第二条　本镇行政区域内农作物秸秆的收集、储存和利用适用本办法。\n\
第三条　鼓励秸秆还田、离田利用，镇农业服务机构提供技术指导。\n\
第四条　各村（社区）设置集中堆放点，落实防火措施。\n\
第五条　农户自愿交付的秸秆，由村集体组织转运。\n\
第六条　镇人民政府每年公布秸秆利用情况。\n\
第七条　本办法自公布之日起三十日后施行，有效期二年。\n",
};

/// The demo's materials: a name and a few words for each kind that every submission needs.
#[must_use]
pub const fn material(kind: MaterialKind) -> (&'static str, &'static str) {
    match kind {
        MaterialKind::DraftingExplanation => ("起草说明.txt", "起草说明\n一、必要性。二、起草过程。三、主要内容。四、风险评估情况。\n"),
        MaterialKind::LegalBasis => ("制定依据.txt", "制定依据\n所依据的法律、法规、规章及上级政策的名称和条目清单。\n"),
        MaterialKind::CommentSummary => {
            ("征求意见及采纳情况.txt", "征求意见及采纳情况\n征求各村（社区）和相关单位意见十二条，采纳九条，未采纳三条并已说明理由。\n")
        }
        MaterialKind::UnitLegalityOpinion => ("起草单位合法性审核意见.txt", "起草单位合法性审核意见\n经本单位审核，内容合法，程序完备。\n"),
        MaterialKind::FairCompetitionConclusion => ("公平竞争审查结论.txt", "公平竞争审查结论\n经审查，不含限制竞争内容。\n"),
        MaterialKind::ExpertArgument => ("专家论证意见.txt", "专家论证意见\n"),
        MaterialKind::RiskAssessment => ("风险评估报告.txt", "风险评估报告\n"),
        MaterialKind::PolicyInterpretation => ("政策解读.txt", "政策解读\n"),
        MaterialKind::Other => ("其他材料.txt", "其他材料\n"),
    }
}
