//! The procedure as a table for people: which stage follows which, what can be done at which step, and where it leads.
//! Written from the same data that the code and the database use; `docs/procedure.md` is its printed form.

use std::fmt::Write;

use super::action::Action;
use super::filing::{self, FilingMove};
use super::step::{self, Move, STEPS, Stage, Step};
use crate::documents::wire::FilingStatus;

/// The table, as Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut out = String::new();
    out.push_str("# 程序表 · The procedure\n\n");
    out.push_str("本表由程序打印，测试将它与运行中的服务逐项比对。\nPrinted by the program from the data that it runs on; a test compares it with the running service.\n\n");
    stages(&mut out);
    acts(&mut out);
    ways(&mut out);
    filings(&mut out);
    out
}

fn line(out: &mut String, cells: &[String]) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn rule(out: &mut String, columns: usize) {
    let _ = writeln!(out, "|{}", "---|".repeat(columns));
}

fn stages(out: &mut String) {
    out.push_str("## 四个阶段 · Stage pairs\n\n行为原阶段，列为后阶段；`→` 为可以进入，`=` 为停留其中，空白为不可能。\nRows are the stage before, columns the stage after: `→` allowed, `=` within the stage, blank impossible.\n\n");
    let mut head = vec![String::new()];
    head.extend(Stage::ALL.iter().map(|stage| format!("{} `{stage}`", stage_zh(*stage))));
    line(out, &head);
    rule(out, head.len());
    for &from in Stage::ALL {
        let mut row = vec![format!("{} `{from}`", stage_zh(from))];
        for &to in Stage::ALL {
            let any = step::transitions().iter().any(|way| way.from_stage == from && way.to_stage == to);
            row.push(
                if !any {
                    ""
                } else if from == to {
                    "="
                } else {
                    "→"
                }
                .to_owned(),
            );
        }
        line(out, &row);
    }
    out.push('\n');
}

fn acts(out: &mut String) {
    out.push_str("## 步骤与操作 · Step × act\n\n`●` 为该步骤可以进行的操作，空白为拒绝（409 `wrong_step`；列入议程则为 409 `gate_closed`）。\n`●` possible at that step, blank refused (409 `wrong_step`; for the agenda 409 `gate_closed`).\n\n");
    let mut head = vec!["步骤 step".to_owned()];
    head.extend(Action::ALL.iter().map(|action| format!("{} `{action}`", action_zh(*action))));
    line(out, &head);
    rule(out, head.len());
    for (stage, steps) in STEPS {
        for step in *steps {
            let mut row = vec![format!("{} `{stage}/{step}`", step_zh(*step))];
            row.extend(Action::ALL.iter().map(|action| if action.is_possible_at(*step) { "●" } else { "" }.to_owned()));
            line(out, &row);
        }
    }
    out.push('\n');
}

fn ways(out: &mut String) {
    out.push_str("## 去向 · Where each act leads\n\n");
    line(out, &["从 from".to_owned(), "经 by".to_owned(), "到 to".to_owned()]);
    rule(out, 3);
    let all = step::transitions();
    for (stage, steps) in STEPS {
        for step in *steps {
            for by in Move::ALL {
                let to: Vec<String> = all
                    .iter()
                    .filter(|way| way.from_stage == *stage && way.from == *step && way.by == *by)
                    .map(|way| format!("{} `{}`", step_zh(way.to), way.to))
                    .collect();
                if !to.is_empty() {
                    line(out, &[format!("{} `{stage}/{step}`", step_zh(*step)), format!("{} `{by}`", move_zh(*by)), to.join("、")]);
                }
            }
        }
    }
    out.push('\n');
}

fn filings(out: &mut String) {
    out.push_str("## 备案状态 · One filing\n\n");
    line(out, &["从 from".to_owned(), "经 by".to_owned(), "到 to".to_owned()]);
    rule(out, 3);
    for &from in FilingStatus::ALL {
        for &by in FilingMove::ALL {
            let to: Vec<String> = filing::TRANSITIONS
                .iter()
                .filter(|way| way.0 == from && way.1 == by)
                .map(|way| format!("{} `{}`", filing_zh(way.2), way.2))
                .collect();
            if !to.is_empty() {
                line(out, &[format!("{} `{from}`", filing_zh(from)), format!("{} `{by}`", filing_move_zh(by)), to.join("、")]);
            }
        }
    }
}

const fn stage_zh(stage: Stage) -> &'static str {
    match stage {
        Stage::Drafted => "起草",
        Stage::LegalityReview => "合法性审核",
        Stage::Filed => "备案",
        Stage::CleanedUp => "清理",
    }
}

const fn step_zh(step: Step) -> &'static str {
    match step {
        Step::Drafting => "起草中",
        Step::Withdrawn => "已撤回",
        Step::AwaitingIntake => "待受理",
        Step::SupplementRequested => "补正材料",
        Step::OutOfScope => "不属规范性文件",
        Step::UnderReview => "审核中",
        Step::AmendmentRequired => "应当修改",
        Step::Unlawful => "不合法",
        Step::Cleared => "审核通过",
        Step::OnAgenda => "已列入议程",
        Step::Finalising => "原则通过、修改中",
        Step::Deferred => "暂缓",
        Step::Rejected => "不通过",
        Step::Approved => "通过",
        Step::Signed => "已签发",
        Step::Published => "已公布",
        Step::AwaitingRegistration => "待登记",
        Step::RegistrationSuspended => "暂缓登记",
        Step::FilingRefused => "不予备案",
        Step::UnderFilingReview => "备案审查中",
        Step::Rectifying => "整改中",
        Step::FilingReviewed => "备案审查完毕",
        Step::Continued => "继续有效",
        Step::AmendmentOrdered => "责成修改",
        Step::Repealed => "废止",
        Step::DeclaredLapsed => "宣布失效",
    }
}

const fn action_zh(action: Action) -> &'static str {
    match action {
        Action::Patch => "更改要素",
        Action::Revisions => "新版本",
        Action::Materials => "添材料",
        Action::Submissions => "送审",
        Action::Intake => "受理",
        Action::CounselOpinions => "顾问意见",
        Action::Opinions => "审核意见",
        Action::Withdrawal => "撤回",
        Action::Agenda => "列入议程",
        Action::AgendaRemoval => "撤出议程",
        Action::Decision => "决定",
        Action::Confirmation => "确认定稿",
        Action::Issuance => "签发编号",
        Action::IssuanceVoid => "签发作废",
        Action::Publication => "公布",
        Action::Filing => "报备",
    }
}

const fn move_zh(by: Move) -> &'static str {
    match by {
        Move::Draft => "起草",
        Move::Submit => "送审",
        Move::Intake => "受理",
        Move::Opine => "审核意见",
        Move::Revise => "改动文本",
        Move::Withdraw => "撤回",
        Move::PlaceOnAgenda => "列入议程",
        Move::TakeOffAgenda => "撤出议程",
        Move::Decide => "会议决定",
        Move::CorrectDecision => "更正决定记录",
        Move::Confirm => "确认定稿",
        Move::Issue => "签发编号",
        Move::VoidIssuance => "签发作废",
        Move::Publish => "公布",
        Move::File => "报备",
        Move::AdvanceFiling => "备案进展",
        Move::CleanUp => "清理决定",
    }
}

const fn filing_zh(status: FilingStatus) -> &'static str {
    match status {
        FilingStatus::AwaitingRegistration => "待登记",
        FilingStatus::RegistrationSuspended => "暂缓登记",
        FilingStatus::FilingRefused => "不予备案",
        FilingStatus::UnderFilingReview => "备案审查中",
        FilingStatus::Rectifying => "整改中",
        FilingStatus::RectificationReported => "已报整改",
        FilingStatus::FilingReviewed => "备案审查完毕",
    }
}

const fn filing_move_zh(by: FilingMove) -> &'static str {
    match by {
        FilingMove::File => "报备",
        FilingMove::Intake => "登记审查",
        FilingMove::Supplement => "补报",
        FilingMove::Review => "备案审查",
        FilingMove::Rectify => "整改报告",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_printed_table_is_the_one_checked_in() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/procedure.md");
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(path, super::markdown()).expect("written");
        }
        let kept = std::fs::read_to_string(path).expect("docs/procedure.md is there");
        assert_eq!(kept, super::markdown(), "run the test with UPDATE_SNAPSHOTS=1 and read the difference");
    }
}
