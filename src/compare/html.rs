//! A comparison as one self-contained page.
//!
//! The page needs no script, no font and no other file. Insertions are
//! underlined and deletions struck through, so that nothing depends on colour,
//! and both are announced in words to those who listen to the page. Where a
//! content security policy forbids inline styles, allow [`STYLE`] by its hash.

use super::articles::PieceKind;
use super::diff::{ComparedPiece, Comparison, Op, Segment, Status};
use super::visible::{escape_into, escaped};

/// The language of the page around the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    Chinese,
    /// English; the texts themselves stay Chinese.
    English,
}

/// The content of the page's only style element.
pub const STYLE: &str = "\
body{max-width:48rem;margin:2rem auto;padding:0 1rem;font:1.05rem/1.8 'Noto Serif CJK SC','Songti SC',SimSun,serif;color:#1a1a1a;background:#fff}\
h1{font-size:1.5rem}h2{font-size:1.05rem;margin:0 0 .3rem}nav ul{padding-left:1.2rem}\
.piece{border-left:.3rem solid #c8c8c8;padding:.2rem 0 .2rem 1rem;margin:1rem 0}\
.text{white-space:pre-wrap;overflow-wrap:anywhere;margin:0}\
.changed{border-color:#8a5a00}.added{border-color:#00612e}.removed{border-color:#a30014}.renumbered{border-color:#1b4f9c}\
.status{font-weight:normal;border:1px solid;border-radius:.2rem;padding:0 .4rem;margin-left:.6rem;font-size:.9rem}\
ins{color:#00522a;background:#e3f6ea;text-decoration:underline;text-underline-offset:.2em}\
del{color:#8c0012;background:#fdeaec;text-decoration:line-through}\
.spoken{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap;user-select:none}\
@media print{body{max-width:none;margin:0;font-size:11pt}nav{display:none}.piece{break-inside:auto}h2{break-after:avoid}ins,del{background:none}}";

/// The words of the page in one language.
struct Words {
    lang: &'static str,
    page: &'static str,
    identical: &'static str,
    only_spacing: &'static str,
    legend: &'static str,
    index: &'static str,
    moved: &'static str,
    preamble: &'static str,
    spoken_insert: &'static str,
    spoken_delete: &'static str,
    spoken_end: &'static str,
    statuses: [&'static str; 5],
}

const CHINESE: Words = Words {
    lang: "zh-CN",
    page: "修改对照",
    identical: "两份文本逐字相同。",
    only_spacing: "两份文本仅在空行、空格或者换行符上不同，文字相同。",
    legend: "加下划线的文字为新增，加删除线的文字为删除。",
    index: "有变动的部分",
    moved: "位置移动",
    preamble: "标题及正文前部分",
    spoken_insert: "［新增］",
    spoken_delete: "［删除］",
    spoken_end: "［完］",
    statuses: ["未改", "修改", "新增", "删除", "序号或者位置变动"],
};

const ENGLISH: Words = Words {
    lang: "en",
    page: "Comparison",
    identical: "The two texts are identical, character by character.",
    only_spacing: "The two texts differ only in blank lines, blanks or line ends; the wording is the same.",
    legend: "Underlined text was inserted, struck-through text was deleted.",
    index: "What changed",
    moved: "moved",
    preamble: "Title and what precedes the articles",
    spoken_insert: "[inserted] ",
    spoken_delete: "[deleted] ",
    spoken_end: " [end]",
    statuses: ["unchanged", "changed", "added", "removed", "renumbered or moved"],
};

impl Words {
    fn status(&self, status: Status) -> &'static str {
        let [unchanged, changed, added, removed, renumbered] = self.statuses;
        match status {
            Status::Unchanged => unchanged,
            Status::Changed => changed,
            Status::Added => added,
            Status::Removed => removed,
            Status::Renumbered => renumbered,
        }
    }
}

/// Writes the comparison as an HTML page. Everything taken from the texts is escaped.
pub fn render(comparison: &Comparison, language: Language) -> String {
    let words = match language {
        Language::Chinese => &CHINESE,
        Language::English => &ENGLISH,
    };
    let mut page = String::new();
    let title = title(comparison).map_or_else(|| words.page.to_owned(), |title| format!("{}：{}", words.page, escaped(title)));
    page.push_str(&format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
        words.lang
    ));
    summary(&mut page, comparison, words);
    for (place, piece) in comparison.articles.iter().enumerate() {
        section(&mut page, piece, place, words);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// The first line of the new text, else of the old one.
fn title(comparison: &Comparison) -> Option<&str> {
    let first = comparison.articles.iter().find(|piece| piece.kind == PieceKind::Preamble)?;
    let text = first.to_text.as_deref().or(first.from_text.as_deref())?;
    text.lines().map(str::trim).find(|line| !line.is_empty())
}

fn summary(page: &mut String, comparison: &Comparison, words: &Words) {
    if comparison.identical {
        page.push_str(&format!("<p>{}</p>\n", words.identical));
        return;
    }
    if comparison.only_spacing_differs {
        page.push_str(&format!("<p>{}</p>\n", words.only_spacing));
        return;
    }
    let counts = &comparison.summary;
    let parts: Vec<String> = [
        (words.status(Status::Changed), counts.changed),
        (words.status(Status::Added), counts.added),
        (words.status(Status::Removed), counts.removed),
        (words.status(Status::Renumbered), counts.renumbered),
        (words.status(Status::Unchanged), counts.unchanged),
    ]
    .into_iter()
    .map(|(word, count)| format!("{word} {count}"))
    .collect();
    page.push_str(&format!("<p>{}</p>\n<p>{}</p>\n", parts.join(" · "), words.legend));
    page.push_str(&format!("<nav aria-label=\"{0}\">\n<ul>\n", words.index));
    for (place, piece) in comparison.articles.iter().enumerate() {
        if piece.status != Status::Unchanged {
            page.push_str(&format!("<li><a href=\"#p{place}\">{}</a> {}</li>\n", heading(piece, words), words.status(piece.status)));
        }
    }
    page.push_str("</ul>\n</nav>\n");
}

/// The labels of a piece, escaped: one, or old → new.
fn heading(piece: &ComparedPiece, words: &Words) -> String {
    let label = |label: &Option<String>| label.as_deref().map(escaped);
    match (label(&piece.from_label), label(&piece.to_label)) {
        (Some(from), Some(to)) if from != to => format!("{from} → {to}"),
        (_, Some(label)) | (Some(label), None) => label,
        (None, None) => words.preamble.to_owned(),
    }
}

fn section(page: &mut String, piece: &ComparedPiece, place: usize, words: &Words) {
    let class = match piece.status {
        Status::Unchanged => "unchanged",
        Status::Changed => "changed",
        Status::Added => "added",
        Status::Removed => "removed",
        Status::Renumbered => "renumbered",
    };
    let moved = if piece.moved { words.moved } else { "" };
    page.push_str(&format!(
        "<section class=\"piece {class}\" id=\"p{place}\" aria-labelledby=\"h{place}\">\n\
         <h2 id=\"h{place}\">{}<span class=\"status\">{}</span>",
        heading(piece, words),
        words.status(piece.status)
    ));
    if !moved.is_empty() {
        page.push_str(&format!("<span class=\"status\">{moved}</span>"));
    }
    page.push_str("</h2>\n<p class=\"text\" lang=\"zh-CN\">");
    if piece.status == Status::Unchanged {
        escape_into(page, piece.to_text.as_deref().unwrap_or_default());
    }
    for segment in &piece.segments {
        stretch(page, segment, words);
    }
    page.push_str("</p>\n</section>\n");
}

fn stretch(page: &mut String, segment: &Segment, words: &Words) {
    let (tag, spoken) = match segment.op {
        Op::Equal => {
            escape_into(page, &segment.text);
            return;
        }
        Op::Insert => ("ins", words.spoken_insert),
        Op::Delete => ("del", words.spoken_delete),
    };
    page.push_str(&format!("<{tag}><span class=\"spoken\" lang=\"{}\">{spoken}</span>", words.lang));
    escape_into(page, &segment.text);
    page.push_str(&format!("<span class=\"spoken\" lang=\"{}\">{}</span></{tag}>", words.lang, words.spoken_end));
}
