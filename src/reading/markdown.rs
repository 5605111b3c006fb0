//! Prints Markdown as its reader sees it: marks removed, ordered numbers kept.
//!
//! A text counts as Markdown only where it shows strong marks. Stars that stand for masked names,
//! tildes between numbers and a lone hyphen are ordinary in official documents and prove nothing.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A longer text is taken as it stands: some inputs make every Markdown parser slow.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// The visible text of `source`, or `None` where it is no Markdown.
pub(super) fn visible_text(source: &str) -> Option<String> {
    if source.len() > MAX_BYTES || !has_strong_marks(source) {
        return None;
    }
    let mut page = Page::default();
    // Strikethrough stays off: one tilde on each side of 5~10天、15~20天 would vanish.
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        page.take(event, range, source);
    }
    Some(page.text.trim_end_matches('\n').to_owned())
}

fn has_strong_marks(source: &str) -> bool {
    let mut fences = 0usize;
    source.lines().any(|line| {
        // Four blanks make an indented block, in which no mark counts.
        let body = line.trim_start_matches(' ');
        if line.len() - body.len() > 3 {
            return false;
        }
        if body.starts_with("```") {
            fences += 1;
        }
        fences >= 2 || is_atx_heading(body) || begins_strong(body) || has_link(body)
    })
}

fn is_atx_heading(body: &str) -> bool {
    let rest = body.trim_start_matches('#');
    let hashes = body.len() - rest.len();
    (1..=6).contains(&hashes) && rest.starts_with([' ', '\t']) && !rest.trim().is_empty()
}

/// `**第一条** …` at the start of a line or list item. Elsewhere stars may mask a name (张**).
fn begins_strong(body: &str) -> bool {
    let body = ["- ", "* ", "+ ", "> "].iter().find_map(|mark| body.strip_prefix(mark)).unwrap_or(body);
    let Some((inner, after)) = body.strip_prefix("**").and_then(|rest| rest.split_once("**")) else {
        return false;
    };
    let is_tight = !inner.is_empty() && inner.trim() == inner && !inner.contains('*');
    is_tight && after.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '*')
}

fn has_link(body: &str) -> bool {
    const TARGETS: [&str; 6] = ["http://", "https://", "mailto:", "#", "./", "/"];
    body.match_indices("](").any(|(at, mark)| {
        let target = body.get(at + mark.len()..).unwrap_or_default();
        TARGETS.iter().any(|start| target.starts_with(start))
            && target.contains(')')
            && body.get(..at).is_some_and(|before| before.contains('['))
    })
}

#[derive(Default)]
struct Page {
    text: String,
    /// The next number of every open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    /// A list label stands at the end of the text and waits for its words.
    after_label: bool,
    /// Open footnote definitions, whose text is no part of the body.
    footnotes: usize,
    /// The raw HTML block that is being collected.
    html: String,
}

impl Page {
    fn take(&mut self, event: Event<'_>, range: Range<usize>, source: &str) {
        match event {
            Event::Start(Tag::FootnoteDefinition(_)) => self.footnotes += 1,
            Event::End(TagEnd::FootnoteDefinition) => self.footnotes = self.footnotes.saturating_sub(1),
            _ if self.footnotes > 0 => {}
            Event::Start(tag) => self.open(&tag, range, source),
            Event::End(tag) => self.close(tag),
            // A line end that is written as a reference, such as `&#13;`, is shown as a blank.
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.push(&text.replace('\r', " "));
            }
            Event::SoftBreak | Event::HardBreak => self.push("\n"),
            Event::InlineHtml(html) => self.push(&without_tags(&html)),
            Event::Html(html) => self.html.push_str(&html),
            Event::Rule | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>, range: Range<usize>, source: &str) {
        if let Tag::List(first) = tag {
            self.end_line();
            self.lists.push(*first);
        } else if matches!(tag, Tag::Item) {
            self.end_line();
            self.label_item(source.get(range).unwrap_or_default());
        } else if matches!(tag, Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::HtmlBlock | Tag::Table(_)) {
            self.end_line();
        }
    }

    /// Ordered items keep a number: the one that a page shows, counted on from the first.
    fn label_item(&mut self, item: &str) {
        if let Some(Some(number)) = self.lists.last_mut() {
            let label = format!("{number}{} ", delimiter(item));
            *number = number.saturating_add(1);
            self.text.push_str(&label);
            self.after_label = true;
        }
    }

    fn close(&mut self, tag: TagEnd) {
        if matches!(tag, TagEnd::List(_)) {
            self.lists.pop();
        } else if matches!(tag, TagEnd::HtmlBlock) {
            let html = std::mem::take(&mut self.html);
            self.push(without_tags(&html).trim());
        } else if matches!(tag, TagEnd::Item) {
            self.after_label = false;
        }
        let ends_line = matches!(
            tag,
            TagEnd::List(_)
                | TagEnd::HtmlBlock
                | TagEnd::Item
                | TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::BlockQuote(_)
                | TagEnd::CodeBlock
                | TagEnd::TableCell
        );
        if ends_line {
            self.end_line();
        }
    }

    fn push(&mut self, text: &str) {
        self.after_label = false;
        self.text.push_str(text);
    }

    fn end_line(&mut self) {
        if !self.after_label && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

/// The mark behind the number as the author wrote it: `.` or `)`.
fn delimiter(item: &str) -> char {
    let mark = item.trim_start().chars().find(|c| !c.is_ascii_digit());
    if mark == Some(')') { ')' } else { '.' }
}

/// Names of elements whose tags a reader does not see. Other words in pointed brackets, such as
/// the <> that some offices write inside 《》, are text.
const HTML_NAMES: &[&str] = &[
    "a",
    "abbr",
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];

/// After these a new line begins.
const HTML_BREAKS: &[&str] = &["br", "/p", "/div", "/li", "/tr", "/td", "/th", "/h1", "/h2", "/h3", "/h4", "/h5", "/h6", "/caption"];

fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        text.push_str(before);
        let end = if tag.starts_with("<!--") { tag.find("-->").map(|i| i + 3) } else { tag.find('>').map(|i| i + 1) };
        // Without an end nothing is hidden: what follows is printed as it stands.
        let Some((tag, after)) = end.and_then(|end| tag.split_at_checked(end)) else {
            text.push_str(tag);
            return text;
        };
        let name: String = tag
            .trim_start_matches('<')
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '/')
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let name = if name.starts_with('/') { name.as_str() } else { name.trim_end_matches('/') };
        if HTML_BREAKS.contains(&name) {
            text.push('\n');
        } else if !tag.starts_with("<!--") && !HTML_NAMES.contains(&name.trim_start_matches('/')) {
            text.push_str(tag);
        }
        rest = after;
    }
    text.push_str(rest);
    text
}
