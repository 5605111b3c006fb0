//! Tests of the comparison, by what they are about.

mod articles;
mod diff;
mod published;
mod rendering;
mod timing;

use std::path::Path;

use proptest::prelude::*;

/// Real texts, if they are beside the project.
fn corpus() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder =
        ["../shared", "../../shared"].iter().map(|shared| root.join(shared).join("corpus/normative/text")).find(|folder| folder.is_dir());
    let Some(folder) = folder else {
        println!("skipped: no corpus of real texts beside the project");
        return Vec::new();
    };
    let mut texts: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("the folder was just seen")
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_string_lossy().into_owned();
            Some((name, std::fs::read_to_string(path).ok()?))
        })
        .collect();
    texts.sort();
    texts
}

/// Texts made of what labels, marks and line ends are made of.
fn any_text() -> impl Strategy<Value = String> {
    let scrap = prop::sample::select(vec![
        "第一条",
        "第二条　",
        "第三条 ",
        "第三条之一",
        "第5条",
        "笫二条 ",
        "(一)",
        "第 三 条 ",
        "第十条规定",
        "第",
        "条",
        "之",
        "一、",
        "（一）",
        "㈡",
        "第一章 总则",
        "第一章",
        "目录",
        "附件",
        "附件1：",
        "附：",
        "附则",
        "元府规〔2026〕1号",
        "元马镇人民政府",
        "2026年5月1日",
        "二〇二六年五月一日",
        "印发",
        "规定",
        "的",
        "，",
        "。",
        "：",
        " ",
        "　",
        "\t",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\u{2028}",
        "\u{c}",
        "\u{feff}",
        "\u{202e}",
        "\u{0}",
        "<b>",
        "&",
        "\"",
        "'",
        "]]>",
        "a1",
        "2027",
        "𠀀",
        "甲",
        "乙",
        "丙",
    ]);
    prop::collection::vec(scrap, 0..60).prop_map(|scraps| scraps.concat())
}
