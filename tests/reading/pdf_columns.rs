//! Pages in columns, as gazettes are printed: each is read to its end before the next is begun.

use crate::pdf_support::{full, pages, show};

const SIZE: f64 = 10.0;
const PITCH: f64 = 16.0;

/// Lines one below another from a place on; 22 characters fill one.
fn lines(x: f64, y: f64, lines: &[&str]) -> String {
    lines.iter().enumerate().map(|(at, line)| show(x, y - PITCH * at as f64, SIZE, line)).collect()
}

/// A paragraph of so many full lines and a short one, parted into lines.
fn paragraph(from: u32, full_lines: u32) -> Vec<String> {
    let mut lines: Vec<String> = (0..full_lines).map(|at| full(from + at * 22, 22)).collect();
    lines.push(full(from + full_lines * 22, 6));
    lines
}

fn refs(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}

#[test]
fn the_left_column_is_read_before_the_right_one() {
    let (left, right) = (paragraph(0, 7), paragraph(500, 6));
    let page = lines(60.0, 700.0, &refs(&left)) + &lines(315.0, 700.0, &refs(&right));
    assert_eq!(pages(&[page]), format!("{}\n{}", left.concat(), right.concat()));
}

#[test]
fn columns_whose_lines_are_not_at_one_height_are_columns_too() {
    let (left, right) = (paragraph(0, 7), paragraph(500, 6));
    let page = lines(60.0, 700.0, &refs(&left)) + &lines(315.0, 694.0, &refs(&right));
    assert_eq!(pages(&[page]), format!("{}\n{}", left.concat(), right.concat()));
}

#[test]
fn three_columns_are_read_one_after_another() {
    let parts: Vec<Vec<String>> =
        [0, 300, 600].map(|from| (0..6).map(|at| full(from + at * 14, if at == 5 { 4 } else { 14 })).collect()).into();
    let page: String = parts.iter().zip([50.0, 215.0, 380.0]).map(|(part, x)| lines(x, 700.0, &refs(part))).collect();
    let texts: Vec<String> = parts.iter().map(|part| part.concat()).collect();
    assert_eq!(pages(&[page]), texts.join("\n"));
}

#[test]
fn a_paragraph_goes_on_in_the_next_column_and_on_the_next_page() {
    let whole = paragraph(0, 26);
    let parts = refs(&whole);
    let first = lines(60.0, 700.0, &parts[..7]) + &lines(315.0, 700.0, &parts[7..14]);
    let second = lines(60.0, 700.0, &parts[14..21]) + &lines(315.0, 700.0, &parts[21..]);
    assert_eq!(pages(&[first, second]), whole.concat());
}

#[test]
fn what_stands_above_and_below_columns_is_read_before_and_after_them() {
    let (left, right) = (paragraph(0, 7), paragraph(500, 6));
    let title = show(200.0, 740.0, 18.0, "某县人民政府公报目录");
    let below = show(60.0, 560.0, SIZE, &full(2000, 46));
    let page = title + &lines(60.0, 700.0, &refs(&left)) + &lines(315.0, 700.0, &refs(&right)) + &below;
    assert_eq!(pages(&[page]), format!("某县人民政府公报目录\n{}\n{}\n{}", left.concat(), right.concat(), full(2000, 46)));
}

#[test]
fn the_last_columns_of_a_text_may_be_short() {
    let (left, right) = (paragraph(0, 9), paragraph(500, 3));
    let page = lines(60.0, 700.0, &refs(&left)) + &lines(315.0, 700.0, &refs(&right));
    assert_eq!(pages(&[page]), format!("{}\n{}", left.concat(), right.concat()));
}

#[test]
fn names_and_numbers_side_by_side_are_read_line_by_line() {
    let names = ["某县财政局", "某县司法局", "某县教育局", "某县公安局", "某县民政局", "某县卫健局"];
    let numbers = ["88001", "88002", "88003", "88004", "88005", "88006"];
    let above = show(60.0, 730.0, SIZE, &full(0, 48)) + &show(60.0, 714.0, SIZE, &full(100, 48));
    let page = above + &lines(60.0, 690.0, &names) + &lines(315.0, 690.0, &numbers);
    let expected: String = names.iter().zip(numbers).map(|(name, number)| format!("\n{name} {number}")).collect();
    assert!(pages(std::slice::from_ref(&page)).ends_with(&expected), "{}", pages(&[page]));
}

#[test]
fn a_list_of_offices_and_places_is_read_line_by_line() {
    let offices: Vec<String> = (0..8).map(|at| full(at * 20, 8 + at * 5 % 4)).collect();
    let places: Vec<String> = (0..8).map(|at| full(600 + at * 20, 9 + at * 7 % 5)).collect();
    let above = show(60.0, 730.0, SIZE, &full(0, 48)) + &show(60.0, 714.0, SIZE, &full(100, 48));
    let page = above + &lines(60.0, 690.0, &refs(&offices)) + &lines(315.0, 690.0, &refs(&places));
    let expected: String = offices.iter().zip(&places).map(|(office, place)| format!("\n{office} {place}")).collect();
    assert!(pages(std::slice::from_ref(&page)).ends_with(&expected), "{}", pages(&[page]));
}

#[test]
fn a_rule_across_the_columns_parts_what_is_above_from_what_is_below() {
    let parts: Vec<Vec<String>> = [0, 500, 1000, 1500].map(|from| paragraph(from, 5)).into();
    let page = lines(60.0, 700.0, &refs(&parts[0]))
        + &lines(315.0, 700.0, &refs(&parts[1]))
        + "60 600 m 535 600 l S "
        + &lines(60.0, 580.0, &refs(&parts[2]))
        + &lines(315.0, 580.0, &refs(&parts[3]));
    let texts: Vec<String> = parts.iter().map(|part| part.concat()).collect();
    assert_eq!(pages(&[page]), texts.join("\n"));
}

#[test]
fn two_seals_at_the_foot_are_read_side_by_side() {
    let body = paragraph(0, 8);
    let page = lines(60.0, 700.0, &refs(&body))
        + &show(80.0, 400.0, SIZE, "甲县人民政府")
        + &show(350.0, 400.0, SIZE, "乙县人民政府")
        + &show(80.0, 384.0, SIZE, "2026年3月1日")
        + &show(350.0, 384.0, SIZE, "2026年3月1日");
    let read = pages(&[page]);
    assert!(read.ends_with("甲县人民政府 乙县人民政府\n2026年3月1日 2026年3月1日"), "{read}");
}
