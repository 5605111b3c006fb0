//! The procedure as a table for people: which stage follows which, what can be done at which step, and where it leads.
//! Written from the same data that the code and the database use; `docs/procedure.md` is its printed form.

use std::fmt::Write;

use super::action::Action;
use super::filing::{self, FilingMove};
use super::step::{self, Move, STEPS, Stage};
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
    head.extend(Stage::ALL.iter().map(|stage| format!("{} `{stage}`", stage.zh())));
    line(out, &head);
    rule(out, head.len());
    for &from in Stage::ALL {
        let mut row = vec![format!("{} `{from}`", from.zh())];
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
    head.extend(Action::ALL.iter().map(|action| format!("{} `{action}`", action.zh())));
    line(out, &head);
    rule(out, head.len());
    for (stage, steps) in STEPS {
        for step in *steps {
            let mut row = vec![format!("{} `{stage}/{step}`", step.zh())];
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
                    .map(|way| format!("{} `{}`", way.to.zh(), way.to))
                    .collect();
                if !to.is_empty() {
                    line(out, &[format!("{} `{stage}/{step}`", step.zh()), format!("{} `{by}`", by.zh()), to.join("、")]);
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
                .map(|way| format!("{} `{}`", way.2.zh(), way.2))
                .collect();
            if !to.is_empty() {
                line(out, &[format!("{} `{from}`", from.zh()), format!("{} `{by}`", by.zh()), to.join("、")]);
            }
        }
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
