//! Whether an arrangement of holidays is whole. A file that was cut off or lost a row would make rest days of the notice into
//! working days that are known for certain, so what is missing is found by what every year has. Pure.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use crate::base::workdays::{Calendar, DayKind, DayRow, parse_day};

/// The seven holidays that every year has (全国年节及纪念日放假办法 art 2 `[F]`), as files write them.
const HOLIDAYS: [&str; 7] = ["元旦", "春节", "清明", "劳动节", "端午", "中秋", "国庆"];
/// Rest days of one holiday that lie further apart belong to two years, as 元旦 of this year and of the next.
const APART_MAX_DAYS: i64 = 20;

/// Something missing, with the line at which it is missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What is missing in the years that a file speaks of, once it is merged into what is there.
#[must_use]
pub fn holes(text: &str, newer: &Calendar, merged: &Calendar) -> Vec<Hole> {
    let rows: Vec<DayRow> = merged.rows().collect();
    let named: BTreeSet<NaiveDate> = newer.rows().map(|row| row.date).collect();
    let years: BTreeSet<i32> = named.iter().map(Datelike::year).collect();
    let mut holes = Vec::new();
    for year in years {
        let of_year: Vec<&DayRow> = rows.iter().filter(|row| row.date.year() == year && row.kind == DayKind::Holiday).collect();
        let line = named.iter().rfind(|day| day.year() == year).map_or(0, |day| line_of(text, *day));
        // A combined holiday stands under one name or the other; both names are looked for in all of the year's.
        let missing: Vec<&str> = HOLIDAYS
            .into_iter()
            .filter(|holiday| !of_year.iter().any(|row| row.name.contains(holiday) || combined(row, holiday)))
            .collect();
        if !missing.is_empty() {
            holes.push(Hole {
                zh: format!("第{line}行是{year}年的最后一行，而该年缺少{}", missing.join("、")),
                en: format!("line {line} is the last of {year}, and that year lacks {}", missing.join(", ")),
            });
        }
        for pair in of_year.windows(2) {
            let [one, next] = pair else { continue };
            let days = (next.date - one.date).num_days();
            let touches_file = named.contains(&one.date) || named.contains(&next.date);
            if one.name == next.name && (2..=APART_MAX_DAYS).contains(&days) && touches_file {
                let line = if named.contains(&next.date) { line_of(text, next.date) } else { line_of(text, one.date) };
                let (first, last) = (one.date.succ_opt().unwrap_or(one.date), next.date.pred_opt().unwrap_or(next.date));
                holes.push(Hole {
                    zh: format!("第{line}行：{}的{first}至{last}没有列出", next.name),
                    en: format!("line {line}: of {} the day(s) {first} to {last} are not listed", next.name),
                });
            }
        }
    }
    holes
}

/// 中秋 that falls into 国庆节 may be listed under that name alone.
fn combined(row: &DayRow, holiday: &str) -> bool {
    holiday == "中秋" && row.name.contains("国庆") && row.date.month() == 10
        || holiday == "国庆" && row.name.contains("中秋") && (row.date.month(), row.date.day()) == (10, 1)
}

fn line_of(text: &str, day: NaiveDate) -> usize {
    let is_it = |line: &str| line.split(',').next().and_then(|field| parse_day(field.trim().trim_matches('"'))) == Some(day);
    text.lines().position(is_it).map_or(0, |line| line + 1)
}

#[cfg(test)]
mod tests {
    use super::holes;
    use crate::base::workdays::Calendar;

    const FILE: &str = include_str!("../../base/workdays/cn-workdays.csv");

    fn found(text: &str, held: Option<&str>) -> Vec<String> {
        let newer = Calendar::parse_csv(text).expect("a calendar");
        let merged =
            held.map_or_else(|| newer.clone(), |held| Calendar::parse_csv(held).expect("a calendar").merged_with(&newer).expect("merged"));
        holes(text, &newer, &merged).into_iter().map(|hole| hole.en).collect()
    }

    #[test]
    fn the_arrangements_of_seven_years_are_whole() {
        assert_eq!(found(FILE, None), [""; 0]);
    }

    #[test]
    fn a_file_that_was_cut_off_is_missed_at_its_last_line() {
        let lines: Vec<&str> = FILE.lines().collect();
        let in_autumn = lines.iter().position(|line| line.starts_with("2026-09-25")).expect("it is there");
        let cut = lines[..in_autumn].join("\n");
        assert_eq!(found(&cut, None), [format!("line {in_autumn} is the last of 2026, and that year lacks 中秋, 国庆")]);
    }

    #[test]
    fn no_rest_day_can_be_lost_from_the_middle_of_a_holiday() {
        let lines: Vec<&str> = FILE.lines().collect();
        let mut missed = 0;
        for (at, window) in lines.windows(3).enumerate().skip(1) {
            let [before, lost, after] = window else { continue };
            let same_holiday = |a: &str, b: &str| a.split(',').skip(1).eq(b.split(',').skip(1));
            if !(lost.contains(",holiday,") && same_holiday(before, lost) && same_holiday(lost, after)) || before[..4] != after[..4] {
                continue;
            }
            let text: Vec<&str> = lines.iter().enumerate().filter(|(line, _)| *line != at + 1).map(|(_, line)| *line).collect();
            let holes = found(&text.join("\n"), None);
            assert_eq!(holes.len(), 1, "{lost}: {holes:?}");
            assert!(holes[0].contains(&lost[..10]) && holes[0].starts_with(&format!("line {}", at + 2)), "{lost}: {holes:?}");
            missed += 1;
        }
        assert!(missed > 90, "{missed}");
    }

    #[test]
    fn a_correction_of_a_year_that_is_there_need_not_be_whole() {
        assert_eq!(found("date,kind,name\n2026-10-08,holiday,国庆节\n", Some(FILE)), [""; 0]);
        assert_eq!(
            found("date,kind,name\n2026-10-09,holiday,国庆节\n", Some(FILE)),
            ["line 2: of 国庆节 the day(s) 2026-10-08 to 2026-10-08 are not listed"]
        );
    }
}
