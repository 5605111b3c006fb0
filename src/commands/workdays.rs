//! The calendar of working days from the shell. Days are added, extended or corrected, never taken away; every deadline that rested
//! on a guess is computed anew in the same transaction, and a running service picks the calendar up at its next request.

pub mod holes;

use std::path::PathBuf;

use clap::Subcommand;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::administration::{Act, act, new_rules, owner_only, refusal, refused, rules_now};
use super::shared::Shared;
use super::text_file::TextFile;
use super::{Failure, say, text_file};
use crate::base::said::Said;
use crate::base::workdays::{Calendar, CalendarError, DayRow};
use crate::documents::deadlines;
use crate::journal::entry::{EntryType, SubjectKind};
use crate::schema::calendar_days;

/// What can be done with the calendar.
#[derive(Debug, Subcommand)]
pub enum WorkdaysCommand {
    /// 导入国务院办公厅的放假安排：全部导入，或者什么都不改 · Imports a year's arrangement of holidays, all of it or nothing
    #[command(after_help = HELP)]
    Import {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
        /// CSV 文件，表头为 date,kind,name · The file, with the header date,kind,name
        file: PathBuf,
    },
}

const HELP: &str = "\
Columns, in this order: date (YYYY-MM-DD), kind (holiday 放假 or makeup_workday 补班), name (元旦, 春节, 清明, 劳动节, 端午,
中秋, 国庆节). Rest days inside a holiday are listed, Saturdays and Sundays too; ordinary weekends are not. A year is whole: it has
all seven holidays, and none has a day missing in its middle. Of a day that is there already the new row counts; no day is
taken away.

Example:
  lawgate workdays import 2027.csv --data-dir /var/lib/lawgate
  where 2027.csv begins
    date,kind,name
    2027-01-01,holiday,元旦";

/// What an import did.
struct Imported {
    added: Vec<DayRow>,
    corrected: Vec<DayRow>,
    unchanged: usize,
    /// Documents whose running deadlines were computed anew.
    documents: usize,
    /// Filings that are judged otherwise than before.
    filings: usize,
}

/// Does what was asked.
///
/// # Errors
/// A sentence that names every bad row with its line and column.
pub fn run(command: WorkdaysCommand) -> Result<(), Failure> {
    let WorkdaysCommand::Import { shared, file } = command;
    let settings = shared.settings(None)?;
    let file = text_file::read(&file)?;
    let newer = Calendar::parse_csv(&file.text).map_err(|error| faulty(&file.name, &error))?;
    let done = act(&settings, "workdays import", async |act| import(act, &file, &newer).await)?;
    let (added, corrected, same) = (done.added.len(), done.corrected.len(), done.unchanged);
    let (documents, filings) = (done.documents, done.filings);
    say(&if added + corrected == 0 {
        Said::new(format!("没有变化：{same}天与文件一致。"), format!("Nothing has changed: {same} days are as the file says."))
    } else {
        Said::new(
            format!(
                "新增{added}天，更正{corrected}天，{same}天与文件一致；重新计算了{documents}份文件的期限，{filings}件备案的期限或逾期判断有变。"
            ),
            format!(
                "{added} days were added, {corrected} corrected, {same} are as the file says already; the deadlines of {documents} documents were computed anew, and {filings} filings are judged otherwise."
            ),
        )
    })
}

fn faulty(file: &str, error: &CalendarError) -> Failure {
    Failure::failed(Said::new(
        format!("`{file}` 未导入，请改正后重试：{}", error.zh()),
        format!("`{file}` was not imported, correct it and try again: {error}"),
    ))
}

async fn import(act: &mut Act<'_>, file: &TextFile, newer: &Calendar) -> Result<Imported, Failure> {
    owner_only(act)?;
    let held = rules_now(act).await?;
    let merged = held.calendar.merged_with(newer).map_err(|error| faulty(&file.name, &error))?;
    let holes = holes::holes(&file.text, newer, &merged);
    if !holes.is_empty() {
        let (zh, en) = (holes.iter().map(|hole| hole.zh.as_str()), holes.iter().map(|hole| hole.en.as_str()));
        return Err(Failure::failed(Said::new(
            format!("`{}` 不完整，未导入，请补齐后重试：{}", file.name, zh.collect::<Vec<_>>().join("；")),
            format!("`{}` is not whole and was not imported, complete it and try again: {}", file.name, en.collect::<Vec<_>>().join("; ")),
        )));
    }
    let (mut added, mut corrected, mut unchanged) = (Vec::new(), Vec::new(), 0);
    let before: std::collections::BTreeMap<_, _> = held.calendar.rows().map(|row| (row.date, row)).collect();
    for row in newer.rows() {
        match before.get(&row.date) {
            None => added.push(row),
            Some(known) if *known == row => unchanged += 1,
            Some(_) => corrected.push(row),
        }
    }
    if added.is_empty() && corrected.is_empty() {
        return Ok(Imported { added, corrected, unchanged, documents: 0, filings: 0 });
    }
    let rows: Vec<_> = added
        .iter()
        .chain(&corrected)
        .map(|row| (calendar_days::day.eq(row.date), calendar_days::kind.eq(row.kind.code()), calendar_days::name.eq(&row.name)))
        .collect();
    diesel::insert_into(calendar_days::table)
        .values(rows)
        .on_conflict(calendar_days::day)
        .do_update()
        .set((calendar_days::kind.eq(excluded(calendar_days::kind)), calendar_days::name.eq(excluded(calendar_days::name))))
        .execute(act.conn)
        .await
        .map_err(refused)?;
    let rules = new_rules(act).await?;
    let documents = deadlines::refresh_all(act.conn, &rules, act.today).await.map_err(refusal)?;
    let filings = deadlines::judge_filings_anew(act.conn, &rules).await.map_err(refusal)?;
    let days = |rows: &[DayRow]| rows.iter().map(|row| json!([row.date, row.kind.code()])).collect::<Vec<_>>();
    let data = json!({"file": file.name, "sha256": file.sha256, "added": days(&added), "corrected": days(&corrected),
        "ends_on": merged.ends_on(), "documents": documents, "filings": filings});
    act.record(EntryType::WorkdaysImported, (SubjectKind::Registry, None), data).await?;
    Ok(Imported { added, corrected, unchanged, documents, filings })
}
