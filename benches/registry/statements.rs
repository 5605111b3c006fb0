//! The SQL of one request as the database logged it, and the same SQL as a script of pgbench.
//! The script is derived from two requests for two documents: what differs between them is what a transaction must choose.

/// One statement with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub sql: String,
    pub parameters: Vec<Option<String>>,
}

/// Reads the server's log as `log_statement = all` writes it. Lines of other kinds are passed over, and those of another process
/// of the server, which does something by itself.
pub fn parse(log: &str, other_process: &str) -> Vec<Statement> {
    let other_process = format!("[{other_process}]");
    let mut records: Vec<String> = Vec::new();
    for line in log.split('\n') {
        match line.strip_prefix('\t') {
            Some(more) => {
                if let Some(last) = records.last_mut() {
                    last.push('\n');
                    last.push_str(more);
                }
            }
            None => records.push(line.to_owned()),
        }
    }
    let mut statements: Vec<Statement> = Vec::new();
    for record in records {
        if record.split(' ').any(|word| word == other_process) {
            continue;
        }
        if let Some((_, said)) = record.split_once(" LOG:  ") {
            let sql = if let Some(sql) = said.strip_prefix("statement: ") {
                sql
            } else if let Some((_, sql)) = said.strip_prefix("execute ").and_then(|rest| rest.split_once(": ")) {
                sql
            } else {
                continue;
            };
            statements.push(Statement { sql: sql.to_owned(), parameters: Vec::new() });
        } else if let Some((_, said)) = record.split_once(" DETAIL:  ")
            && let Some(list) = said.strip_prefix("parameters: ").or_else(|| said.strip_prefix("Parameters: "))
            && let Some(last) = statements.last_mut()
        {
            last.parameters = parameters(list);
        }
    }
    statements
}

fn parameters(list: &str) -> Vec<Option<String>> {
    let mut rest = list;
    let mut found = Vec::new();
    while let Some((_, value)) = rest.split_once(" = ") {
        if let Some(after) = value.strip_prefix("NULL") {
            found.push(None);
            rest = after;
            continue;
        }
        let mut text = String::new();
        let mut letters = value.char_indices().skip(1).peekable();
        let mut end = value.len();
        while let Some((at, letter)) = letters.next() {
            if letter != '\'' {
                text.push(letter);
            } else if letters.peek().is_some_and(|(_, next)| *next == '\'') {
                text.push('\'');
                letters.next();
            } else {
                end = at + 1;
                break;
            }
        }
        found.push(Some(text));
        rest = &value[end..];
    }
    found
}

/// What a script needs to know of the two requests that it is made of.
pub struct Pair<'a> {
    pub first: &'a [Statement],
    pub second: &'a [Statement],
    /// The numbers of the two copies, where the requests named copies.
    pub numbers: (u32, u32),
    /// Which kind of request, so that no two kinds make the same ids.
    pub kind: usize,
    /// How far the registry's clock is ahead of the database's.
    pub clock_offset_us: i64,
}

/// The script. Every transaction of it has a number `:n` of its own, of which the ids are made.
///
/// # Panics
/// Where the two requests did not run the same statements.
pub fn script(pair: &Pair<'_>) -> String {
    let mut fresh: Vec<String> = Vec::new();
    let mut lines = String::new();
    assert_eq!(
        pair.first.iter().map(|statement| &statement.sql).collect::<Vec<_>>(),
        pair.second.iter().map(|statement| &statement.sql).collect::<Vec<_>>(),
        "two requests of one kind run the same statements"
    );
    for (one, other) in pair.first.iter().zip(pair.second) {
        let one_sql = one.sql.as_str();
        let values: Vec<String> = one
            .parameters
            .iter()
            .zip(&other.parameters)
            .map(|(one, other)| match (one, other) {
                (Some(number), Some(another)) if one_sql.contains("unsealed_acts") && is_number(number) && is_number(another) => {
                    act(number)
                }
                (Some(one), Some(other)) if one != other => chosen(one, other, pair, &mut fresh),
                (Some(one), _) => quoted(one),
                (None, _) => "NULL".to_owned(),
            })
            .collect();
        lines.push_str(&filled(&one.sql, &values));
        lines.push_str(";\n");
    }
    lines
}

fn is_number(text: &str) -> bool {
    text.trim_matches(['{', '}']).parse::<i64>().is_ok()
}

/// The number of a transaction, or an array of it: each has its own.
fn act(number: &str) -> String {
    let own = "pg_current_xact_id()::text::bigint";
    if number.starts_with('{') { format!("ARRAY[{own}]") } else { own.to_owned() }
}

/// Puts values where `$1` and so on stand.
fn filled(sql: &str, values: &[String]) -> String {
    let mut text = String::new();
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        let digits = after.len() - after.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        match after[..digits].parse::<usize>().ok().and_then(|number| values.get(number.wrapping_sub(1))) {
            Some(value) => text.push_str(value),
            None => text.push_str(&format!("${}", &after[..digits])),
        }
        rest = &after[digits..];
    }
    text.push_str(rest);
    text.split('\n').map(str::trim).collect::<Vec<_>>().join(" ")
}

/// A literal in which pgbench sees no variable and no end of a line.
fn quoted(text: &str) -> String {
    let mut literal = String::from("E'");
    for letter in text.chars() {
        match letter {
            '\'' => literal.push_str("''"),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            ':' => literal.push_str("\\x3a"),
            other => literal.push(other),
        }
    }
    literal.push('\'');
    literal
}

const UUID_LENGTH: usize = 36;

/// Where ids stand in a text.
fn ids(text: &str) -> Vec<usize> {
    let is_id = |candidate: &str| {
        candidate.char_indices().all(|(at, letter)| if [8, 13, 18, 23].contains(&at) { letter == '-' } else { letter.is_ascii_hexdigit() })
    };
    (0..text.len()).filter(|at| text.get(*at..at + UUID_LENGTH).is_some_and(is_id)).collect()
}

/// What a transaction puts where the two requests differ.
fn chosen(one: &str, other: &str, pair: &Pair<'_>, fresh: &mut Vec<String>) -> String {
    if is_moment(one) && is_moment(other) {
        return format!("now() + interval '{} us'", pair.clock_offset_us);
    }
    let found = ids(one);
    if found.is_empty() || ids(other) != found {
        return quoted(one);
    }
    let mut parts = Vec::new();
    let mut from = 0;
    for at in found {
        parts.push(quoted(&one[from..at]));
        parts.push(id(&one[at..at + UUID_LENGTH], &other[at..at + UUID_LENGTH], pair, fresh));
        from = at + UUID_LENGTH;
    }
    parts.push(quoted(&one[from..]));
    parts.retain(|part| part != "E''");
    let kind = match one.chars().next() {
        Some('{') if one.starts_with("{\"") => "jsonb",
        Some('{') => "uuid[]",
        _ => "uuid",
    };
    format!("({})::{kind}", parts.join(" || "))
}

fn id(one: &str, other: &str, pair: &Pair<'_>, fresh: &mut Vec<String>) -> String {
    if one == other {
        return quoted(one);
    }
    let tail = |number: u32| format!("{number:08x}");
    if one[..28] == other[..28] && one[28..] == tail(pair.numbers.0) && other[28..] == tail(pair.numbers.1) {
        return format!("{} || lpad(to_hex(:n::int), 8, '0')", quoted(&one[..28]));
    }
    let place = fresh.iter().position(|known| known == one).unwrap_or_else(|| {
        fresh.push(one.to_owned());
        fresh.len() - 1
    });
    // In time order, as the ids of the service are: the numbers of a run rise.
    format!("'0{:07x}-0000-7000-8000-0000' || lpad(to_hex(:n::int), 8, '0')", 0x019f_0000 + pair.kind * 64 + place)
}

fn is_moment(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 19 && bytes[4] == b'-' && bytes[10] == b' ' && bytes[13] == b':' && bytes[0].is_ascii_digit()
}
