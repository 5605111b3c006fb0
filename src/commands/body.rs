//! Bodies from the shell: a whole file or nothing, and the same file again changes nothing.

pub mod plan;
pub mod table;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use clap::Subcommand;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::administration::{Act, act, refusal, refused};
use super::shared::Shared;
use super::{Failure, say, text_file};
use crate::base::ids::BodyId;
use crate::base::said::{Lang, Said};
use crate::documents::deadlines;
use crate::identity::bodies::TargetRole;
use crate::journal::entry::{EntryType, SubjectKind};
use crate::rules::Rules;
use crate::schema::{bodies, filing_targets, filings, meetings, number_register, registry_state, revisions};
use plan::{Body, Change, Existing, Plan};
use table::{Fault, Level};

/// How many faults one sentence names.
const FAULTS_NAMED_MAX: usize = 50;

/// What can be done with bodies.
#[derive(Debug, Subcommand)]
pub enum BodyCommand {
    /// 从 CSV 文件导入机关：全部导入，或者什么都不改 · Imports bodies from a CSV file, all of them or nothing
    #[command(after_help = HELP)]
    Import {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
        /// CSV 文件，UTF-8 或 GB18030 · The file, in UTF-8 or GB18030
        file: PathBuf,
    },
}

const HELP: &str = "\
Columns, in any order, by either name; code, name and level are needed:
  code 代码                     how the interface names the body: letters, digits, _ -
  name 名称                     its full name
  level 层级                    province, city, county, town, department, section or village
  parent 上级                   code of the body above
  number_prefix 发文代字        organ code at the head of its numbers, such as 元府规; of one body only
  may_issue 可制定              true or false; a section or village never may
  files_to 报备对象             CODE:ROLE;CODE:ROLE with roles supervising_government, standing_committee,
                                internal_rule_of_law_office
  review_body 审核机构          code of the body whose reviewers give the opinions
  jurisdiction 规则地区         whose rule profiles hold, such as sichuan; without one, that of the body above
  registry_first_day 启用日期   YYYY-MM-DD; older documents are legacy; without one, the day of the import
A parent may stand further down. A body that is there already is changed to what its row says: its name, level, parent,
review body and filing targets at any time; its organ code while it has given no number; the rest while no document, meeting
or filing rests on it. A column that the file does not have leaves everything as it is.

Example:
  lawgate body import bodies.csv --data-dir /var/lib/lawgate
  where bodies.csv is
    code,name,level,parent,number_prefix,may_issue,files_to,review_body,jurisdiction
    linjiang,临江县人民政府,county,,临府规,true,,linjiang-sfj,sichuan
    linjiang-sfj,临江县司法局,department,linjiang,,false,,,
    qinghe,青禾镇人民政府,town,linjiang,青府规,true,linjiang:supervising_government,linjiang-sfj,";

/// Does what was asked.
///
/// # Errors
/// A sentence that names every bad row with its line and column.
pub fn run(command: BodyCommand) -> Result<(), Failure> {
    let BodyCommand::Import { shared, file } = command;
    let settings = shared.settings(None)?;
    let file = text_file::read(&file)?;
    let table = table::read(&file.text).map_err(|faults| faulty(&file.name, &faults))?;
    let plan = act(&settings, "body import", async |act| {
        if act.is_owner {
            // Every act locks its document first, so that nothing is decided on what is about to change.
            diesel::sql_query("LOCK TABLE documents IN EXCLUSIVE MODE").execute(act.conn).await.map_err(refused)?;
        }
        let known = existing(act).await?;
        let plan = plan::judge(&table, &known, act.today).map_err(|faults| faulty(&file.name, &faults))?;
        if !plan.new.is_empty() || !plan.changed.is_empty() {
            import(act, &plan, &known).await?;
            let created: Vec<&str> = plan.new.iter().map(|body| body.code.as_str()).collect();
            let changed: BTreeMap<&str, _> = plan.changed.iter().map(|change| (change.after.code.as_str(), change.fields())).collect();
            let data = json!({"file": file.name, "sha256": file.sha256, "created": created, "changed": changed});
            act.record(EntryType::BodiesImported, (SubjectKind::Registry, None), data).await?;
        }
        Ok(plan)
    })?;
    let (new, changed, same) = (plan.new.len(), plan.changed.len(), plan.unchanged);
    say(&if new + changed == 0 {
        Said::new(format!("没有变化：{same}个机关与文件一致。"), format!("Nothing has changed: {same} bodies are as the file says."))
    } else {
        Said::new(
            format!("新增{new}个机关，更改{changed}个，{same}个与文件一致。"),
            format!("{new} bodies were made, {changed} changed, {same} are as the file says already."),
        )
    })
}

fn faulty(file: &str, faults: &[Fault]) -> Failure {
    let count = faults.len();
    let named = |lang, separator| faults.iter().take(FAULTS_NAMED_MAX).map(|fault| fault.in_lang(lang)).collect::<Vec<_>>().join(separator);
    let more = count.saturating_sub(FAULTS_NAMED_MAX);
    let more = |word: &str| if more == 0 { String::new() } else { format!("{word}{more}") };
    Failure::failed(Said::new(
        format!("`{file}` 有{count}处错误，未作任何改动，请改正后重新导入：{}{}", named(Lang::Zh, "；"), more("；其余处数：")),
        format!(
            "`{file}` has {count} fault(s), nothing was changed; correct them and import it again: {}{}",
            named(Lang::En, "; "),
            more("; and further ones: ")
        ),
    ))
}

#[derive(Queryable)]
struct Stored {
    id: BodyId,
    code: String,
    name: String,
    level: Level,
    parent_id: Option<BodyId>,
    number_prefix: Option<String>,
    may_issue: bool,
    review_body_id: Option<BodyId>,
    jurisdiction: String,
    registry_first_day: NaiveDate,
}

async fn existing(act: &mut Act<'_>) -> Result<Vec<Existing>, Failure> {
    let stored: Vec<Stored> = bodies::table
        .select((
            bodies::id,
            bodies::code,
            bodies::name,
            bodies::level,
            bodies::parent_id,
            bodies::number_prefix,
            bodies::may_issue,
            bodies::review_body_id,
            bodies::jurisdiction,
            bodies::registry_first_day,
        ))
        .load(act.conn)
        .await
        .map_err(refused)?;
    let targets: Vec<(BodyId, BodyId, TargetRole)> = filing_targets::table
        .order((filing_targets::body_id, filing_targets::ordinal))
        .select((filing_targets::body_id, filing_targets::target_id, filing_targets::role))
        .load(act.conn)
        .await
        .map_err(refused)?;
    let numbered: Vec<BodyId> = number_register::table.select(number_register::body_id).distinct().load(act.conn).await.map_err(refused)?;
    let mut acted: Vec<BodyId> =
        revisions::table.select(revisions::issuing_authority_id).distinct().load(act.conn).await.map_err(refused)?;
    acted.extend::<Vec<BodyId>>(meetings::table.select(meetings::body_id).distinct().load(act.conn).await.map_err(refused)?);
    acted.extend::<Vec<BodyId>>(filings::table.select(filings::target_id).distinct().load(act.conn).await.map_err(refused)?);
    let codes: BTreeMap<BodyId, String> = stored.iter().map(|one| (one.id, one.code.clone())).collect();
    let code = |id: Option<BodyId>| id.and_then(|id| codes.get(&id).cloned());
    Ok(stored
        .into_iter()
        .map(|one| Existing {
            id: one.id,
            has_numbers: numbered.contains(&one.id),
            has_acted: acted.contains(&one.id),
            body: Body {
                parent: code(one.parent_id),
                review_body: code(one.review_body_id),
                files_to: targets
                    .iter()
                    .filter(|(body, ..)| *body == one.id)
                    .filter_map(|(_, target, role)| Some((code(Some(*target))?, *role)))
                    .collect(),
                code: one.code,
                name: one.name,
                level: one.level,
                number_prefix: one.number_prefix,
                may_issue: one.may_issue,
                jurisdiction: one.jurisdiction,
                registry_first_day: one.registry_first_day,
            },
        })
        .collect())
}

async fn import(act: &mut Act<'_>, plan: &Plan, known: &[Existing]) -> Result<(), Failure> {
    let mut ids: BTreeMap<&str, BodyId> = known.iter().map(|one| (one.body.code.as_str(), one.id)).collect();
    for body in &plan.new {
        ids.insert(&body.code, BodyId::new());
    }
    // What one body gives up another may take, so that first of all everything is given up.
    for change in plan.changed.iter().filter(|change| change.before.number_prefix != change.after.number_prefix) {
        let given_up = change.before.number_prefix.as_ref().map(|_| change.id.to_string());
        let row = bodies::table.find(change.id);
        diesel::update(row).set(bodies::number_prefix.eq(given_up)).execute(act.conn).await.map_err(refused)?;
    }
    for body in &plan.new {
        insert(act, body, &ids).await?;
    }
    for change in &plan.changed {
        alter(act, change).await?;
    }
    // Bodies above and reviewers may stand further down the file, so they are set once all bodies are there.
    let all = plan.new.iter().chain(plan.changed.iter().map(|change| &change.after));
    for (body, id) in all.filter_map(|body| Some((body, *ids.get(body.code.as_str())?))) {
        let named = |code: &Option<String>| code.as_ref().and_then(|code| ids.get(code.as_str()).copied());
        let others = (bodies::parent_id.eq(named(&body.parent)), bodies::review_body_id.eq(named(&body.review_body)));
        diesel::update(bodies::table.find(id)).set(others).execute(act.conn).await.map_err(refused)?;
        diesel::delete(filing_targets::table.filter(filing_targets::body_id.eq(id))).execute(act.conn).await.map_err(refused)?;
        for (ordinal, (target, role)) in (0_i32..).zip(&body.files_to) {
            let Some(target) = ids.get(target.as_str()) else { continue };
            diesel::insert_into(filing_targets::table)
                .values((
                    filing_targets::body_id.eq(id),
                    filing_targets::target_id.eq(target),
                    filing_targets::role.eq(role),
                    filing_targets::ordinal.eq(ordinal),
                ))
                .execute(act.conn)
                .await
                .map_err(refused)?;
        }
    }
    if plan.changed.iter().any(|change| change.before.files_to != change.after.files_to) {
        // A published document waits for the filing to each target.
        let version: i64 = registry_state::table.select(registry_state::rules_version).first(act.conn).await.map_err(refused)?;
        let rules = Arc::new(Rules::load(act.conn, version).await.map_err(refusal)?);
        deadlines::refresh_all(act.conn, &rules, act.today).await.map_err(refusal)?;
    }
    Ok(())
}

async fn insert(act: &mut Act<'_>, body: &Body, ids: &BTreeMap<&str, BodyId>) -> Result<(), Failure> {
    let Some(id) = ids.get(body.code.as_str()) else { return Ok(()) };
    diesel::insert_into(bodies::table)
        .values((
            bodies::id.eq(id),
            bodies::code.eq(&body.code),
            bodies::name.eq(&body.name),
            bodies::level.eq(body.level),
            bodies::number_prefix.eq(&body.number_prefix),
            bodies::may_issue.eq(body.may_issue),
            bodies::jurisdiction.eq(&body.jurisdiction),
            bodies::registry_first_day.eq(body.registry_first_day),
            bodies::created_at.eq(act.now),
        ))
        .execute(act.conn)
        .await
        .map_err(refused)?;
    Ok(())
}

/// Changes what stands in the body's own row. The run-time role may change less of it than the owner.
async fn alter(act: &mut Act<'_>, change: &Change) -> Result<(), Failure> {
    let Change { id, before, after } = change;
    let is_same = before.level == after.level
        && before.may_issue == after.may_issue
        && before.jurisdiction == after.jurisdiction
        && before.registry_first_day == after.registry_first_day
        && before.number_prefix == after.number_prefix;
    let row = bodies::table.find(id);
    if is_same {
        diesel::update(row).set(bodies::name.eq(&after.name)).execute(act.conn).await.map_err(refused)?;
        return Ok(());
    }
    if !act.is_owner {
        let code = &after.code;
        return Err(Failure::failed(Said::new(
            format!("更改 {code} 的层级、制定权、发文代字、规则地区或启用日期须以数据表所有者的身份进行：请用 --migrate-url 给出其账户"),
            format!(
                "the level, organ code, jurisdiction, first day or right to issue of {code} is changed by the owner of the tables only: give --migrate-url"
            ),
        )));
    }
    diesel::update(row)
        .set((
            bodies::name.eq(&after.name),
            bodies::number_prefix.eq(&after.number_prefix),
            bodies::level.eq(after.level),
            bodies::may_issue.eq(after.may_issue),
            bodies::jurisdiction.eq(&after.jurisdiction),
            bodies::registry_first_day.eq(after.registry_first_day),
        ))
        .execute(act.conn)
        .await
        .map_err(refused)?;
    Ok(())
}
