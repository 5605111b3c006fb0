//! Reads the rows of a calendar from the text of a CSV file. Judges single fields only; duplicates and gaps are the calendar's.

use super::calendar::{BadRow, CalendarError, Column, DayKind, DayRow, RowProblem};
use super::day::parse_day;

const HEADER: [&str; 3] = ["date", "kind", "name"];
/// How much of a wrong value an error repeats.
const VALUE_SHOWN_CHARS: usize = 60;

/// What a file holds.
pub(super) struct Rows {
    /// Rows that can be read, with their lines.
    pub(super) good: Vec<(usize, DayRow)>,
    /// Rows that cannot.
    pub(super) bad: Vec<BadRow>,
}

/// Good rows with their lines, and bad rows. A byte order mark, CRLF, empty lines, spaces around fields and quotes
/// around a whole field are accepted, as spreadsheets write them; a comma inside quotes is not `[I]`.
pub(super) fn read(text: &str) -> Result<Rows, CalendarError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = (1..).zip(text.lines());
    let header = lines.next().map_or("", |(_, line)| line);
    if fields(header) != HEADER {
        return Err(CalendarError::Header { found: shortened(header) });
    }
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (line, text) in lines.filter(|(_, text)| !text.trim().is_empty()) {
        match row(text) {
            Ok(row) => good.push((line, row)),
            Err(problems) => {
                bad.extend(problems.into_iter().map(|(column, value, problem)| BadRow { line, column, value: shortened(value), problem }));
            }
        }
    }
    Ok(Rows { good, bad })
}

fn row(text: &str) -> Result<DayRow, Vec<(Column, &str, RowProblem)>> {
    let fields = fields(text);
    let &[date, kind, name] = fields.as_slice() else {
        let found = fields.len();
        return Err(vec![(Column::Row, text, RowProblem::FieldCount { found })]);
    };
    let parsed_date = parse_day(date);
    let parsed_kind = DayKind::parse(kind);
    if let (Some(date), Some(kind), false) = (parsed_date, parsed_kind, name.is_empty()) {
        return Ok(DayRow { date, kind, name: name.to_owned() });
    }
    let mut problems = Vec::new();
    if parsed_date.is_none() {
        problems.push((Column::Date, date, RowProblem::NotADay));
    }
    if parsed_kind.is_none() {
        problems.push((Column::Kind, kind, RowProblem::UnknownKind));
    }
    if name.is_empty() {
        problems.push((Column::Name, name, RowProblem::NoName));
    }
    Err(problems)
}

fn fields(line: &str) -> Vec<&str> {
    line.split(',').map(|field| unquoted(field.trim())).collect()
}

fn unquoted(field: &str) -> &str {
    field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(field)
}

fn shortened(value: &str) -> String {
    value.chars().take(VALUE_SHOWN_CHARS).collect()
}
