//! Reads the rows of a CSV file of bodies. Judges each field by itself; how rows go together, and with what is there already,
//! is judged in `plan`.

use chrono::NaiveDate;

use crate::base::said::{Lang, Said};
use crate::base::text_enum::text_enum;
use crate::base::workdays::parse_day;
use crate::identity::bodies::TargetRole;

text_enum! {
    /// Where a body stands in the tree.
    pub enum Level {
        /// A province.
        Province = "province",
        /// A city.
        City = "city",
        /// A county.
        County = "county",
        /// A town or township.
        Town = "town",
        /// A department of a government.
        Department = "department",
        /// An internal section.
        Section = "section",
        /// A village or neighbourhood.
        Village = "village",
    }
}

/// The columns, each with the Chinese name that may stand in its place.
pub const COLUMNS: [(&str, &str); 10] = [
    ("code", "代码"),
    ("name", "名称"),
    ("level", "层级"),
    ("parent", "上级"),
    ("number_prefix", "发文代字"),
    ("may_issue", "可制定"),
    ("files_to", "报备对象"),
    ("review_body", "审核机构"),
    ("jurisdiction", "规则地区"),
    ("registry_first_day", "启用日期"),
];
const CODE: usize = 0;
const NAME: usize = 1;
const LEVEL: usize = 2;
/// Column of the body above.
pub const PARENT: usize = 3;
/// Column of the organ code.
pub const NUMBER_PREFIX: usize = 4;
/// Column of the right to issue.
pub const MAY_ISSUE: usize = 5;
/// Column of the filing targets.
pub const FILES_TO: usize = 6;
/// Column of the reviewing body.
pub const REVIEW_BODY: usize = 7;
/// Column of the rules' place.
pub const JURISDICTION: usize = 8;
/// Column of the first day in the registry.
pub const REGISTRY_FIRST_DAY: usize = 9;
/// Columns that every file has.
const NEEDED: [usize; 3] = [CODE, NAME, LEVEL];

/// The longest name of a body.
const NAME_CHARS_MAX: usize = 200;
/// The longest organ code.
const PREFIX_CHARS_MAX: usize = 40;
/// How much of a wrong value a fault repeats.
const VALUE_SHOWN_CHARS: usize = 60;

/// A row whose fields are each well formed. `None` of an outer option is a column that the file does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line of the file, from 1.
    pub line: u64,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: Level,
    /// The body above it.
    pub parent: Option<Option<String>>,
    /// Its organ code.
    pub number_prefix: Option<Option<String>>,
    /// Whether it may issue.
    pub may_issue: Option<bool>,
    /// To whom it files, in which role.
    pub files_to: Option<Vec<(String, TargetRole)>>,
    /// Who reviews what it issues.
    pub review_body: Option<Option<String>>,
    /// Whose rules hold.
    pub jurisdiction: Option<String>,
    /// Its first day in the registry.
    pub registry_first_day: Option<NaiveDate>,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file, from 1.
    pub line: u64,
    /// The column by its place in [`COLUMNS`] and in the file, from 1; `None` for a line as a whole.
    pub column: Option<(usize, usize)>,
    /// What stands there.
    pub value: String,
    /// What is wrong with it.
    pub said: Said,
}

impl Fault {
    /// A fault of one field of a row.
    pub fn new(line: u64, column: (usize, usize), value: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let value = value.chars().take(VALUE_SHOWN_CHARS).collect();
        Self { line, column: Some(column), value, said: Said::new(zh.into(), en.into()) }
    }

    fn of_line(line: u64, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { line, column: None, value: String::new(), said: Said::new(zh.into(), en.into()) }
    }

    /// The fault with its place, in one language.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> String {
        let (line, value, said) = (self.line, &self.value, self.said.in_lang(lang));
        let named = self.column.and_then(|(column, place)| Some((COLUMNS.get(column)?.0, place)));
        match (lang, named) {
            (Lang::Zh, Some((name, place))) => format!("第{line}行第{place}列（{name}）“{value}”：{said}"),
            (Lang::Zh, None) => format!("第{line}行：{said}"),
            (Lang::En, Some((name, place))) => format!("line {line}, column {place} ({name}) `{value}`: {said}"),
            (Lang::En, None) => format!("line {line}: {said}"),
        }
    }
}

/// A file whose rows are each well formed.
#[derive(Debug)]
pub struct Table {
    /// The rows in the file's order.
    pub rows: Vec<Row>,
    /// Which of [`COLUMNS`] stands where.
    header: Vec<usize>,
}

impl Table {
    /// A column by its place in [`COLUMNS`] and in the file.
    #[must_use]
    pub fn column(&self, column: usize) -> (usize, usize) {
        (column, place_of(&self.header, column))
    }
}

fn place_of(header: &[usize], column: usize) -> usize {
    header.iter().position(|known| *known == column).map_or(0, |place| place + 1)
}

/// Reads a file's text.
///
/// # Errors
/// Every fault that can be found in single fields.
pub fn read(text: &str) -> Result<Table, Vec<Fault>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut header: Option<Vec<usize>> = None;
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record =
            record.map_err(|error| vec![Fault::of_line(0, format!("无法读取（{error}）"), format!("cannot be read ({error})"))])?;
        let line = line_of(text, &record);
        if record.iter().all(str::is_empty) {
            continue;
        }
        match &header {
            None => header = Some(read_header(line, &record)?),
            Some(header) if record.len() != header.len() => faults.push(wrong_length(line, &record, header.len())),
            Some(header) => match (Fields { line, record: &record, header, faults: Vec::new() }).row() {
                Ok(row) => rows.push(row),
                Err(found) => faults.extend(found),
            },
        }
    }
    let header = header.ok_or_else(|| vec![Fault::of_line(1, "文件是空的", "the file is empty")])?;
    if rows.is_empty() && faults.is_empty() {
        faults.push(Fault::of_line(1, "表头之下没有任何一行", "there is no row below the header"));
    }
    if faults.is_empty() { Ok(Table { rows, header }) } else { Err(faults) }
}

/// The line on which a record begins; blank lines before it are not its own.
fn line_of(text: &str, record: &csv::StringRecord) -> u64 {
    let begins = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
    let before = text.get(..begins).unwrap_or(text);
    let blank = text.get(begins..).unwrap_or_default().chars().take_while(|letter| matches!(letter, '\r' | '\n'));
    let lines = before.matches('\n').count() + blank.filter(|letter| *letter == '\n').count();
    u64::try_from(lines).unwrap_or(u64::MAX).saturating_add(1)
}

fn read_header(line: u64, record: &csv::StringRecord) -> Result<Vec<usize>, Vec<Fault>> {
    let known = || COLUMNS.map(|(name, zh)| format!("{name}（{zh}）")).join(", ");
    let mut header: Vec<usize> = Vec::new();
    let mut faults = Vec::new();
    for (place, name) in (1..).zip(record) {
        match COLUMNS.iter().position(|(column, zh)| *column == name || *zh == name) {
            Some(column) if header.contains(&column) => {
                faults.push(Fault::of_line(
                    line,
                    format!("第{place}列“{name}”重复"),
                    format!("column {place} `{name}` stands there twice"),
                ));
            }
            Some(column) => header.push(column),
            None if name.contains('，') => faults.push(Fault::of_line(
                line,
                "表头用了全角逗号“，”：请用半角逗号“,”分隔",
                "the header has full-width commas `，`: separate columns by `,`",
            )),
            None => faults.push(Fault::of_line(
                line,
                format!("第{place}列“{name}”不是已知的列，可用：{}", known()),
                format!("column {place} `{name}` is unknown; there are {}", known()),
            )),
        }
    }
    let missing: Vec<&str> =
        NEEDED.iter().filter(|column| !header.contains(column)).filter_map(|column| Some(COLUMNS.get(*column)?.0)).collect();
    if faults.is_empty() && !missing.is_empty() {
        let missing = missing.join(", ");
        faults.push(Fault::of_line(line, format!("缺少列 {missing}"), format!("the column(s) {missing} are missing")));
    }
    if faults.is_empty() { Ok(header) } else { Err(faults) }
}

fn wrong_length(line: u64, record: &csv::StringRecord, wanted: usize) -> Fault {
    let found = record.len();
    let (zh, en) = if record.iter().any(|field| field.contains('，')) {
        ("；其中有全角逗号“，”，请用半角逗号“,”分隔", "; it has full-width commas `，`, separate columns by `,`")
    } else {
        ("", "")
    };
    Fault::of_line(line, format!("有{found}列，表头有{wanted}列{zh}"), format!("{found} columns where the header has {wanted}{en}"))
}

/// The fields of one row and what is wrong with them.
struct Fields<'a> {
    line: u64,
    record: &'a csv::StringRecord,
    header: &'a [usize],
    faults: Vec<Fault>,
}

impl Fields<'_> {
    fn row(mut self) -> Result<Row, Vec<Fault>> {
        let code = self.needed(CODE, is_code, CODE_ACCEPTED).unwrap_or_default();
        let name = self.needed(NAME, |text| is_line(text, NAME_CHARS_MAX), NAME_ACCEPTED).unwrap_or_default();
        let level = self.needed(LEVEL, |text| Level::parse(text).is_some(), LEVEL_ACCEPTED).and_then(|word| Level::parse(&word));
        let parent = self.code_or_none(PARENT);
        let number_prefix = self.optional(NUMBER_PREFIX, |text| is_line(text, PREFIX_CHARS_MAX), PREFIX_ACCEPTED);
        let may_issue = self.optional(MAY_ISSUE, |text| flag(text).is_some(), FLAG_ACCEPTED).flatten().and_then(|word| flag(&word));
        let files_to = self.files_to();
        let review_body = self.code_or_none(REVIEW_BODY);
        let jurisdiction = self.optional(JURISDICTION, is_jurisdiction, JURISDICTION_ACCEPTED).flatten();
        let registry_first_day =
            self.optional(REGISTRY_FIRST_DAY, |text| parse_day(text).is_some(), DAY_ACCEPTED).flatten().and_then(|day| parse_day(&day));
        let (Some(level), true) = (level, self.faults.is_empty()) else { return Err(self.faults) };
        let line = self.line;
        Ok(Row { line, code, name, level, parent, number_prefix, may_issue, files_to, review_body, jurisdiction, registry_first_day })
    }

    fn text(&self, column: usize) -> Option<&str> {
        let place = self.header.iter().position(|known| *known == column)?;
        self.record.get(place)
    }

    fn fault(&mut self, column: usize, value: &str, (zh, en): (&str, &str)) {
        self.faults.push(Fault::new(self.line, (column, place_of(self.header, column)), value, zh, en));
    }

    fn needed(&mut self, column: usize, is_accepted: impl Fn(&str) -> bool, accepted: (&str, &str)) -> Option<String> {
        let text = self.text(column).unwrap_or_default().to_owned();
        if is_accepted(&text) {
            return Some(text);
        }
        self.fault(column, &text, accepted);
        None
    }

    fn optional(&mut self, column: usize, is_accepted: impl Fn(&str) -> bool, accepted: (&str, &str)) -> Option<Option<String>> {
        let text = self.text(column)?.to_owned();
        if text.is_empty() {
            return Some(None);
        }
        if is_accepted(&text) {
            return Some(Some(text));
        }
        self.fault(column, &text, accepted);
        None
    }

    fn code_or_none(&mut self, column: usize) -> Option<Option<String>> {
        self.optional(column, is_code, CODE_ACCEPTED)
    }

    fn files_to(&mut self) -> Option<Vec<(String, TargetRole)>> {
        let text = self.text(FILES_TO)?.to_owned();
        let mut targets: Vec<(String, TargetRole)> = Vec::new();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            if part.contains(['；', '：', '，', '、', ',']) {
                self.fault(FILES_TO, part, SEPARATORS);
                return None;
            }
            let target = part.split_once(':').map(|(code, role)| (code.trim(), TargetRole::parse(role.trim())));
            match target {
                Some((code, Some(role))) if is_code(code) => {
                    if targets.iter().any(|(known, _)| known == code) {
                        self.fault(FILES_TO, part, ("同一报备对象出现两次", "the same body twice"));
                        return None;
                    }
                    targets.push((code.to_owned(), role));
                }
                Some(_) | None => {
                    self.fault(FILES_TO, part, TARGETS_ACCEPTED);
                    return None;
                }
            }
        }
        Some(targets)
    }
}

const CODE_ACCEPTED: (&str, &str) = (
    "应为机关代码：1至64个半角字母、数字、_ 或 -，以字母或数字开头",
    "expected a body's code: 1 to 64 half-width letters, digits, _ or -, beginning with a letter or digit",
);
const NAME_ACCEPTED: (&str, &str) = ("应为1至200字的名称", "expected a name of 1 to 200 characters");
const LEVEL_ACCEPTED: (&str, &str) = (
    "应为 province（省）、city（市）、county（县）、town（乡镇）、department（部门）、section（内设机构）或 village（村、社区）",
    "expected province, city, county, town, department, section or village",
);
const PREFIX_ACCEPTED: (&str, &str) = ("应为1至40字的发文代字，如 元府规", "expected an organ code of 1 to 40 characters, such as 元府规");
const FLAG_ACCEPTED: (&str, &str) = ("应为 true 或 false（是或否）", "expected true or false");
const JURISDICTION_ACCEPTED: (&str, &str) = (
    "应为规则地区代码：1至64个小写字母、数字、- 或 _，如 sichuan",
    "expected the code of a rule profile's place: 1 to 64 lower-case letters, digits, - or _, such as sichuan",
);
const DAY_ACCEPTED: (&str, &str) = ("应为YYYY-MM-DD格式的日期", "expected an existing day written YYYY-MM-DD");
const SEPARATORS: (&str, &str) = (
    "请用半角“:”分隔代码和角色，用半角“;”分隔多个报备对象",
    "write a half-width `:` between code and role, and a half-width `;` between targets",
);
const TARGETS_ACCEPTED: (&str, &str) = (
    "应写作 代码:角色，角色为 supervising_government、standing_committee 或 internal_rule_of_law_office",
    "expected CODE:ROLE with a role of supervising_government, standing_committee or internal_rule_of_law_office",
);

fn is_code(text: &str) -> bool {
    let begins_well = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    begins_well && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

fn is_jurisdiction(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_line(text: &str, chars_max: usize) -> bool {
    (1..=chars_max).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Spreadsheets write TRUE where a person wrote true.
fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "是" => Some(true),
        "false" | "否" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
