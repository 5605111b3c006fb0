//! Rule profiles from the shell. A profile is never changed for days gone by: a new one takes the days that lie ahead, and the one
//! before it ends on the day before. No value can open the gate, because no key speaks of it; unknown keys are refused.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::administration::{Act, act, new_rules, owner_only, refusal, refused, rules_now};
use super::shared::Shared;
use super::text_file::TextFile;
use super::{Failure, lang, print, say, text_file};
use crate::base::ids::ProfileId;
use crate::base::said::{Lang, Said};
use crate::documents::deadlines;
use crate::journal::entry::{EntryType, SubjectKind};
use crate::lifecycle::profile::{Mark, RuleProfile, Sourced};
use crate::rules::Rules;
use crate::schema::rule_profiles;

/// What can be done with rule profiles.
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// 导入一个地区自某日起的规则 · Imports the rules of a place from a day on
    #[command(after_help = HELP)]
    Import {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
        /// TOML 文件 · The file
        file: PathBuf,
    },
    /// 列出规则 · Lists the profiles, fields apart by tabs
    #[command(after_help = "Example:\n  lawgate profile list --data-dir /var/lib/lawgate")]
    List {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
    },
    /// 显示一个规则的每个值、出处和可信程度 · Shows every value of a profile with its source
    #[command(after_help = "Example:\n  lawgate profile show sichuan --on 2026-03-03 --data-dir /var/lib/lawgate")]
    Show {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
        /// 规则地区，如 sichuan · The place
        jurisdiction: String,
        /// 哪一天的规则（默认今天）· The day on which it holds (default: today)
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        on: Option<NaiveDate>,
    },
}

const HELP: &str = "\
The file names jurisdiction, name and first_day, perhaps last_day, and every rule as
    key = { value = …, source = \"文件及条款\", mark = \"F\" }
`lawgate profile show sichuan` prints the present ones in this form. The first day lies after today where another profile of the
place holds on it; that one then ends on the day before. Days on which no profile holds can be filled at any time.

Example:
  lawgate profile import sichuan-2027.toml --data-dir /var/lib/lawgate";

/// Does what was asked.
///
/// # Errors
/// A sentence that says what to do next.
pub fn run(command: ProfileCommand) -> Result<(), Failure> {
    match command {
        ProfileCommand::Import { shared, file } => {
            let settings = shared.settings(None)?;
            let file = text_file::read(&file)?;
            let profile = RuleProfile::parse(&file.text).map_err(|error| {
                Failure::failed(Said::new(
                    format!("`{}` 未导入，请改正后重试：{}", file.name, error.zh()),
                    format!("`{}` was not imported, correct it and try again: {error}", file.name),
                ))
            })?;
            let said = act(&settings, "profile import", async |act| import(act, &file, profile).await)?;
            say(&said)
        }
        ProfileCommand::List { shared } => print(&act(&shared.settings(None)?, "profile list", async |act| list(act).await)?),
        ProfileCommand::Show { shared, jurisdiction, on } => {
            print(&act(&shared.settings(None)?, "profile show", async |act| show(act, &jurisdiction, on).await)?)
        }
    }
}

async fn import(act: &mut Act<'_>, file: &TextFile, profile: RuleProfile) -> Result<Said, Failure> {
    owner_only(act)?;
    let rules = rules_now(act).await?;
    if is_there(&rules, &profile) {
        let name = profile.name();
        return Ok(Said::new(format!("没有变化：“{name}”早已导入。"), format!("Nothing has changed: “{name}” is there already.")));
    }
    let ended = match follow(&rules, &profile, act.today)? {
        None => None,
        Some((id, before)) => {
            end(act, id, &before).await?;
            Some(before)
        }
    };
    let id = ProfileId::new();
    diesel::insert_into(rule_profiles::table)
        .values((
            rule_profiles::id.eq(id),
            rule_profiles::jurisdiction.eq(profile.jurisdiction()),
            rule_profiles::name.eq(profile.name()),
            rule_profiles::first_day.eq(profile.first_day()),
            rule_profiles::last_day.eq(profile.last_day()),
            rule_profiles::rules.eq(profile.to_json()),
            rule_profiles::imported_at.eq(act.now),
        ))
        .execute(act.conn)
        .await
        .map_err(refused)?;
    let rules = new_rules(act).await?;
    deadlines::refresh_all(act.conn, &rules, act.today).await.map_err(refusal)?;
    let data = json!({"file": file.name, "sha256": file.sha256, "profile_id": id, "jurisdiction": profile.jurisdiction(),
        "name": profile.name(), "first_day": profile.first_day(), "last_day": profile.last_day(),
        "ended": ended.as_ref().map(|ended| json!({"name": ended.name(), "last_day": ended.last_day()}))});
    act.record(EntryType::ProfileImported, (SubjectKind::Registry, Some(id.0)), data).await?;
    let (name, first) = (profile.name(), profile.first_day());
    let (zh, en) = match &ended {
        Some(ended) => (format!("，“{}”至前一日止", ended.name()), format!("; “{}” ends on the day before", ended.name())),
        None => (String::new(), String::new()),
    };
    Ok(Said::new(format!("已导入“{name}”，自{first}起适用{zh}。"), format!("“{name}” was imported and holds from {first}{en}.")))
}

/// Whether the very same rules are there, ended by a follower or not.
fn is_there(rules: &Rules, profile: &RuleProfile) -> bool {
    let without_end = |profile: &RuleProfile| {
        let mut rules = profile.to_json();
        if let Some(rules) = rules.as_object_mut() {
            rules.remove("last_day");
        }
        rules
    };
    rules.profiles().any(|(_, known)| {
        known.to_json() == profile.to_json() || profile.last_day().is_none() && without_end(known) == without_end(profile)
    })
}

/// The profile that a new one takes the days ahead from, ended on the day before; `None` where it takes none from any.
///
/// # Errors
/// Where days gone by would be judged by other rules than they were, or a profile that has not begun would have none left.
fn follow(rules: &Rules, profile: &RuleProfile, today: NaiveDate) -> Result<Option<(ProfileId, RuleProfile)>, Failure> {
    let first = profile.first_day();
    let overlaps = |known: &RuleProfile| {
        known.jurisdiction() == profile.jurisdiction()
            && profile.last_day().is_none_or(|last| known.first_day() <= last)
            && known.last_day().is_none_or(|last| first <= last)
    };
    let mut found = None;
    for (id, known) in rules.profiles().filter(|(_, known)| overlaps(known)) {
        let name = known.name();
        if first <= today {
            return Err(Failure::failed(Said::new(
                format!("规则自{first}起适用，而“{name}”在该日之后已经适用，不能追溯更改：请将 first_day 改为{today}之后的日期"),
                format!(
                    "its first day {first} is not ahead, and “{name}” has held since; rules are never changed for days gone by: give a first_day after {today}"
                ),
            )));
        }
        if known.first_day() >= first {
            return Err(Failure::failed(Said::new(
                format!("“{name}”自{}起适用，与之重叠：请将 first_day 改在该日之后，或将 last_day 改在该日之前", known.first_day()),
                format!("“{name}” holds from {} and overlaps: give a first_day after that day, or a last_day before it", known.first_day()),
            )));
        }
        if let (Some(last), Some(known_last)) = (profile.last_day(), known.last_day().or(Some(NaiveDate::MAX)))
            && last < known_last
        {
            return Err(Failure::failed(Said::new(
                format!("“{name}”在{last}之后仍应适用，而一个规则只能有一段期间：请去掉 last_day"),
                format!("“{name}” would hold again after {last}, but a profile has one period: leave last_day out"),
            )));
        }
        let day_before = first.pred_opt().unwrap_or(first);
        let source = format!("“{}”自{first}起适用", profile.name());
        let last_day = Sourced { value: day_before, source: source.chars().take(200).collect(), mark: Mark::Inference };
        let ended = known.clone().with_last_day(last_day).map_err(|error| Failure::failed(Said::new(error.zh(), error.to_string())))?;
        found = Some((id, ended));
    }
    Ok(found)
}

async fn end(act: &mut Act<'_>, id: ProfileId, profile: &RuleProfile) -> Result<(), Failure> {
    diesel::update(rule_profiles::table.find(id))
        .set((rule_profiles::last_day.eq(profile.last_day()), rule_profiles::rules.eq(profile.to_json())))
        .execute(act.conn)
        .await
        .map_err(refused)?;
    Ok(())
}

async fn list(act: &mut Act<'_>) -> Result<String, Failure> {
    let rules = rules_now(act).await?;
    let mut text = "id\tjurisdiction\tfirst_day\tlast_day\tname\n".to_owned();
    for (id, profile) in rules.profiles() {
        let last_day = profile.last_day().map(|day| day.to_string()).unwrap_or_default();
        text.push_str(&format!("{id}\t{}\t{}\t{last_day}\t{}\n", profile.jurisdiction(), profile.first_day(), profile.name()));
    }
    Ok(text)
}

async fn show(act: &mut Act<'_>, jurisdiction: &str, on: Option<NaiveDate>) -> Result<String, Failure> {
    let rules = rules_now(act).await?;
    let day = on.unwrap_or(act.today);
    let in_force = rules.in_force(jurisdiction, day).map_err(|_| {
        Failure::failed(Said::new(
            format!("{jurisdiction} 在 {day} 没有规则：请用 `lawgate profile list` 查看"),
            format!("no profile covers {jurisdiction} on {day}: see `lawgate profile list`"),
        ))
    })?;
    let serde_json::Value::Object(stored) = in_force.profile.to_json() else { return Ok(String::new()) };
    // Written as it is imported, so that the next profile can begin from it.
    let table: toml::Table = stored.into_iter().filter_map(|(key, value)| Some((key, toml::Value::try_from(value).ok()?))).collect();
    let mut text = match lang() {
        Lang::Zh => format!("# 规则编号 {}\n", in_force.id),
        Lang::En => format!("# profile {}\n", in_force.id),
    };
    for key in ["jurisdiction", "name", "first_day", "last_day"] {
        if let Some(value) = table.get(key) {
            text.push_str(&format!("{key} = {value}\n"));
        }
    }
    for entry in in_force.profile.entries() {
        if let Some(value) = table.get(entry.key) {
            text.push_str(&format!("{} = {value}\n", entry.key));
        }
    }
    Ok(text)
}

fn day(text: &str) -> Result<NaiveDate, String> {
    crate::base::workdays::parse_day(text).ok_or_else(|| "an existing day written YYYY-MM-DD (YYYY-MM-DD格式的日期)".to_owned())
}
