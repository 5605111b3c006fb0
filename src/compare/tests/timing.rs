//! That no text, however made, takes long.

use std::time::{Duration, Instant};

use super::super::diff::compare;
use super::super::published::differences;

/// Numbers that look random and are the same in every run.
fn noise(seed: u32) -> impl Iterator<Item = u32> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    })
}

fn random_text(seed: u32, length: usize, alphabet: u32) -> String {
    (noise(seed).take(length)).filter_map(|n| char::from_u32(0x4e00 + n % alphabet)).collect()
}

fn many_articles(seed: u32, count: usize, length: usize, alphabet: u32) -> String {
    (1..=count).map(|n| format!("第{n}条　{}。\n", random_text(seed + n as u32, length, alphabet))).collect()
}

#[test]
fn texts_of_two_hundred_thousand_characters_are_compared_in_bounded_time() {
    let same = random_text(1, 200_000, 3000);
    let edited: String = (same.chars().enumerate()).map(|(at, c)| if at % 97 == 0 { '改' } else { c }).collect();
    let lines = |text: &str, width: usize| -> String {
        let chars: Vec<char> = text.chars().collect();
        (chars.chunks(width)).map(|line| line.iter().collect::<String>() + "\n").collect()
    };
    let articles = many_articles(1, 1000, 190, 3000);
    let cases = [
        ("one line against another", same.clone(), random_text(2, 200_000, 3000)),
        ("two letters at random", random_text(3, 200_000, 2), random_text(4, 200_000, 2)),
        ("many scattered edits in one line", same.clone(), edited.clone()),
        ("many scattered edits in lines", lines(&same, 60), lines(&edited, 60)),
        ("lines against lines", lines(&same, 40), lines(&random_text(5, 200_000, 3000), 40)),
        ("short lines of two letters", lines(&random_text(6, 150_000, 2), 2), lines(&random_text(7, 150_000, 2), 2)),
        ("a thousand articles, all new", articles.clone(), many_articles(5000, 1000, 190, 3000)),
        ("a thousand articles, common letters", many_articles(1, 1000, 190, 30), many_articles(5000, 1000, 190, 30)),
        ("a thousand articles edited", articles.clone(), articles.replace('七', "八").replace('丁', "丂七")),
        ("twenty thousand tiny articles", many_articles(1, 9000, 8, 40), many_articles(90_000, 9000, 8, 40)),
        ("only labels", "第一条\n".repeat(40_000), "第二条\n".repeat(40_000)),
        ("alternating", "甲乙".repeat(100_000), "乙丙".repeat(100_000)),
        ("punctuation", "，。".repeat(100_000), "。；".repeat(100_000)),
        ("line ends", "\n甲".repeat(100_000), "\n乙\n甲".repeat(60_000)),
        ("all annexes", "附件\n".repeat(60_000), "附表\n".repeat(60_000)),
    ];
    // Without optimisation, on a shared machine: wide enough to be quiet, far
    // below what anything quadratic would take.
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 3 });
    for (name, from, to) in cases {
        let start = Instant::now();
        let comparison = compare(&from, &to);
        let took = start.elapsed();
        println!("{name}: {took:?}, {:?}", comparison.summary);
        assert!(took < limit, "{name} took {took:?}");
    }
}

#[test]
fn large_and_hostile_texts_are_compared_in_bounded_time() {
    let cases = [
        ("different lines".to_owned(), "甲乙\n".repeat(60_000), (0..40_000).map(|n| format!("{n}\n")).collect()),
        ("organs".to_owned(), "某局某局\n".repeat(40_000), "某局某局\n2026年5月1日\n".repeat(15_000)),
        ("annexes".to_owned(), "附件\n元马镇人民政府\n".repeat(15_000), "附件：\n元马镇人民政府\n2026年5月1日\n".repeat(10_000)),
        ("two kinds of lines".to_owned(), "甲\n乙\n乙\n".repeat(30_000), "乙\n甲\n".repeat(45_000)),
    ];
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 3 });
    for (name, approved, published) in cases {
        let start = Instant::now();
        let found = differences(&approved, &published, None).len();
        let took = start.elapsed();
        println!("{name}: {took:?}, {found} differences");
        assert!(found > 0 && took < limit, "{name} took {took:?}");
    }
}
