//! What an import of bodies would make and change, judged as a whole: no code or organ code twice, every body named is there, no
//! body above itself, and nothing changed on which numbers or decisions rest. Pure: the rows, what is there, and the day are given.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::table::{FILES_TO, Fault, JURISDICTION, Level, MAY_ISSUE, NUMBER_PREFIX, PARENT, REGISTRY_FIRST_DAY, REVIEW_BODY, Row, Table};
use crate::base::ids::BodyId;
use crate::identity::bodies::TargetRole;

/// A body with everything that an import can say of it; other bodies stand there by their codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: Level,
    /// The body above it.
    pub parent: Option<String>,
    /// Its organ code.
    pub number_prefix: Option<String>,
    /// Whether it may issue.
    pub may_issue: bool,
    /// To whom it files, in which role, in order.
    pub files_to: Vec<(String, TargetRole)>,
    /// Who reviews what it issues.
    pub review_body: Option<String>,
    /// Whose rules hold.
    pub jurisdiction: String,
    /// Its first day in the registry.
    pub registry_first_day: NaiveDate,
}

/// A body that is there.
#[derive(Clone, Debug)]
pub struct Existing {
    /// Its id.
    pub id: BodyId,
    /// What is known of it.
    pub body: Body,
    /// Whether it has given numbers, which carry its organ code.
    pub has_numbers: bool,
    /// Whether documents, meetings or filings rest on what it is.
    pub has_acted: bool,
}

/// A body that changes.
#[derive(Debug)]
pub struct Change {
    /// Which one.
    pub id: BodyId,
    /// As it was.
    pub before: Body,
    /// As it becomes.
    pub after: Body,
}

impl Change {
    /// What changes, by field, before and after.
    #[must_use]
    pub fn fields(&self) -> BTreeMap<&'static str, [Value; 2]> {
        let (before, after) = (fields(&self.before), fields(&self.after));
        before.into_iter().zip(after).filter(|((_, old), (_, new))| old != new).map(|((name, old), (_, new))| (name, [old, new])).collect()
    }
}

fn fields(body: &Body) -> [(&'static str, Value); 9] {
    let targets: Vec<String> = body.files_to.iter().map(|(code, role)| format!("{code}:{role}")).collect();
    [
        ("name", json!(body.name)),
        ("level", json!(body.level)),
        ("parent", json!(body.parent)),
        ("number_prefix", json!(body.number_prefix)),
        ("may_issue", json!(body.may_issue)),
        ("files_to", json!(targets)),
        ("review_body", json!(body.review_body)),
        ("jurisdiction", json!(body.jurisdiction)),
        ("registry_first_day", json!(body.registry_first_day)),
    ]
}

/// What an import does.
#[derive(Debug, Default)]
pub struct Plan {
    /// Bodies to make.
    pub new: Vec<Body>,
    /// Bodies to change.
    pub changed: Vec<Change>,
    /// How many are as the file says already.
    pub unchanged: usize,
}

/// Judges a file's rows together with what is there.
///
/// # Errors
/// Every fault, by line and column.
pub fn judge(table: &Table, existing: &[Existing], today: NaiveDate) -> Result<Plan, Vec<Fault>> {
    let mut judge = Judge { table, known: existing.iter().map(|one| (one.body.code.as_str(), one)).collect(), faults: Vec::new() };
    judge.codes_once();
    let jurisdictions = judge.jurisdictions();
    let wanted: Vec<Body> = table.rows.iter().map(|row| judge.wanted(row, &jurisdictions, today)).collect();
    judge.prefixes_once(&wanted);
    for (row, body) in table.rows.iter().zip(&wanted) {
        judge.others_are_there(row, body);
        judge.issuer_is_one(row, body);
        judge.nothing_rests_on_what_changes(row, body);
    }
    judge.nobody_above_itself(&wanted);
    if !judge.faults.is_empty() {
        judge.faults.sort_by_key(|fault| (fault.line, fault.column));
        return Err(judge.faults);
    }
    let mut plan = Plan::default();
    for body in wanted {
        match judge.known.get(body.code.as_str()) {
            None => plan.new.push(body),
            Some(known) if known.body == body => plan.unchanged += 1,
            Some(known) => plan.changed.push(Change { id: known.id, before: known.body.clone(), after: body }),
        }
    }
    Ok(plan)
}

struct Judge<'a> {
    table: &'a Table,
    known: BTreeMap<&'a str, &'a Existing>,
    faults: Vec<Fault>,
}

impl<'a> Judge<'a> {
    fn fault(&mut self, row: &Row, column: usize, value: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.faults.push(Fault::new(row.line, self.table.column(column), value, zh, en));
    }

    fn codes_once(&mut self) {
        let mut lines: BTreeMap<&str, u64> = BTreeMap::new();
        for row in &self.table.rows {
            if let Some(first) = lines.get(row.code.as_str()).copied() {
                self.fault(row, 0, &row.code, format!("与第{first}行的代码相同"), format!("the code of line {first} again"));
            }
            lines.entry(&row.code).or_insert(row.line);
        }
    }

    /// Whose rules hold for each body of the file: what stands there, else what held, else those of the body above.
    fn jurisdictions(&self) -> BTreeMap<&'a str, Option<&'a str>> {
        let rows: BTreeMap<&str, &'a Row> = self.table.rows.iter().map(|row| (row.code.as_str(), row)).collect();
        let of = |code: &'a str| {
            let (mut at, mut left) = (Some(code), rows.len() + 1);
            while let (Some(code), 1..) = (at, left) {
                let row = rows.get(code);
                if let Some(jurisdiction) = row.and_then(|row| row.jurisdiction.as_deref()) {
                    return Some(jurisdiction);
                }
                if let Some(known) = self.known.get(code) {
                    return Some(known.body.jurisdiction.as_str());
                }
                at = row.and_then(|row| row.parent.as_ref()?.as_deref());
                left -= 1;
            }
            None
        };
        self.table.rows.iter().map(|row| (row.code.as_str(), of(&row.code))).collect()
    }

    /// The body as the row wants it: what the row leaves open stays as it is, or begins as nothing.
    fn wanted(&mut self, row: &Row, jurisdictions: &BTreeMap<&str, Option<&str>>, today: NaiveDate) -> Body {
        let known = self.known.get(row.code.as_str()).map(|known| &known.body);
        let jurisdiction = jurisdictions.get(row.code.as_str()).copied().flatten().map(str::to_owned);
        let body = Body {
            code: row.code.clone(),
            name: row.name.clone(),
            level: row.level,
            parent: row.parent.clone().unwrap_or_else(|| known.and_then(|known| known.parent.clone())),
            number_prefix: row.number_prefix.clone().unwrap_or_else(|| known.and_then(|known| known.number_prefix.clone())),
            may_issue: row.may_issue.unwrap_or_else(|| known.is_some_and(|known| known.may_issue)),
            files_to: row.files_to.clone().unwrap_or_else(|| known.map(|known| known.files_to.clone()).unwrap_or_default()),
            review_body: row.review_body.clone().unwrap_or_else(|| known.and_then(|known| known.review_body.clone())),
            registry_first_day: row.registry_first_day.unwrap_or_else(|| known.map_or(today, |known| known.registry_first_day)),
            jurisdiction: jurisdiction.clone().unwrap_or_default(),
        };
        if jurisdiction.is_none() {
            self.fault(
                row,
                JURISDICTION,
                "",
                "最上级机关须填规则地区，如 sichuan；下级机关不填时随上级",
                "a body at the top needs one, such as sichuan; those below take it over where they have none",
            );
        }
        body
    }

    fn prefixes_once(&mut self, wanted: &[Body]) {
        let in_file: BTreeSet<&str> = wanted.iter().map(|body| body.code.as_str()).collect();
        let mut taken: BTreeMap<String, String> = self
            .known
            .values()
            .filter(|known| !in_file.contains(known.body.code.as_str()))
            .filter_map(|known| Some((known.body.number_prefix.clone()?, known.body.code.clone())))
            .collect();
        for (row, body) in self.table.rows.iter().zip(wanted) {
            let Some(prefix) = &body.number_prefix else { continue };
            match taken.get(prefix).filter(|code| **code != body.code).cloned() {
                Some(code) => {
                    let (zh, en) = (format!("发文代字已属于 {code}"), format!("the organ code is that of {code}"));
                    self.fault(row, NUMBER_PREFIX, prefix, zh, en);
                }
                None => {
                    taken.insert(prefix.clone(), body.code.clone());
                }
            }
        }
    }

    fn others_are_there(&mut self, row: &Row, body: &Body) {
        let named = [(PARENT, &body.parent), (REVIEW_BODY, &body.review_body)];
        let named = named.into_iter().filter_map(|(column, code)| Some((column, code.clone()?)));
        let targets = body.files_to.iter().map(|(code, _)| (FILES_TO, code.clone()));
        for (column, code) in named.chain(targets).collect::<Vec<_>>() {
            if column != REVIEW_BODY && code == body.code {
                self.fault(row, column, &code, "不能是该机关自己", "it cannot be the body itself");
            } else if !self.known.contains_key(code.as_str()) && !self.table.rows.iter().any(|row| row.code == code) {
                let (zh, en) = ("文件和登记系统中都没有此代码的机关", "no body with this code is in the file or in the registry");
                self.fault(row, column, &code, zh, en);
            }
        }
    }

    fn issuer_is_one(&mut self, row: &Row, body: &Body) {
        if !body.may_issue {
            return;
        }
        if matches!(body.level, Level::Section | Level::Village) {
            self.fault(row, MAY_ISSUE, "true", "内设机构和村、社区不得制定文件", "a section or village may draft, never issue");
        }
        if body.number_prefix.is_none() {
            self.fault(row, NUMBER_PREFIX, "", "可制定文件的机关须有发文代字", "a body that may issue needs an organ code");
        }
    }

    /// Numbers carry the organ code, and decisions were made under the rules of a place by a body that could issue. Whoever reads
    /// them years later must find them so.
    fn nothing_rests_on_what_changes(&mut self, row: &Row, body: &Body) {
        let Some(known) = self.known.get(row.code.as_str()).copied() else { return };
        let was = &known.body;
        if known.has_numbers && was.number_prefix != body.number_prefix {
            let (was, now) = (was.number_prefix.clone().unwrap_or_default(), body.number_prefix.clone().unwrap_or_default());
            let zh = format!("已有文号以“{was}”编出，不能更改");
            let en = format!("numbers were given under `{was}`, so that it cannot change");
            self.fault(row, NUMBER_PREFIX, &now, zh, en);
        }
        if !known.has_acted {
            return;
        }
        let changes = [
            (MAY_ISSUE, was.may_issue.to_string(), body.may_issue.to_string()),
            (JURISDICTION, was.jurisdiction.clone(), body.jurisdiction.clone()),
            (REGISTRY_FIRST_DAY, was.registry_first_day.to_string(), body.registry_first_day.to_string()),
        ];
        for (column, was, now) in changes.into_iter().filter(|(_, was, now)| was != now) {
            let zh = format!("已有文件、会议或备案依据“{was}”作出，不能更改");
            let en = format!("documents, meetings or filings rest on `{was}`, so that it cannot change");
            self.fault(row, column, &now, zh, en);
        }
    }

    fn nobody_above_itself(&mut self, wanted: &[Body]) {
        let mut above: BTreeMap<&str, &str> =
            self.known.values().filter_map(|known| Some((known.body.code.as_str(), known.body.parent.as_deref()?))).collect();
        for body in wanted {
            match &body.parent {
                Some(parent) => above.insert(&body.code, parent),
                None => above.remove(body.code.as_str()),
            };
        }
        let mut circles = Vec::new();
        for (row, body) in self.table.rows.iter().zip(wanted) {
            let mut seen = BTreeSet::new();
            let mut at = above.get(body.code.as_str()).copied();
            // One that is its own parent is named already.
            while let Some(code) = at.filter(|code| seen.insert(*code) && body.parent.as_deref() != Some(body.code.as_str())) {
                if code == body.code {
                    circles.push((row, body.parent.clone().unwrap_or_default()));
                    break;
                }
                at = above.get(code).copied();
            }
        }
        for (row, parent) in circles {
            self.fault(row, PARENT, &parent, "上级关系成了环", "the bodies above it lead back to it");
        }
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
