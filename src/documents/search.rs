//! What is looked for in a list: each word literally, as Chinese has no other words, with the brackets of numbers in any style.

use crate::base::said::Said;
use crate::web::kind;
use crate::web::refusal::Refusal;

/// How many words are looked for at once.
const WORDS_MAX: usize = 10;
/// How many characters may be looked for.
const CHARACTERS_MAX: usize = 200;

/// The styles in which the brackets of a document number are written; 〔〕 is the official one.
const BRACKETS: [[char; 2]; 6] = [['〔', '〕'], ['[', ']'], ['［', '］'], ['（', '）'], ['(', ')'], ['【', '】']];

/// The rest of `EXISTS (SELECT 1 FROM unnest($1` that looks for one of several spellings in a document. `strpos` knows no
/// wildcards, so there is nothing to escape.
pub const CONTAINED: &str = ") AS wanted (spelling) WHERE strpos(documents.title, spelling) > 0
    OR strpos(coalesce(documents.official_doc_no, ''), spelling) > 0
    OR strpos(coalesce(documents.register_no, ''), spelling) > 0
    OR strpos(coalesce(documents.filing_no, ''), spelling) > 0
    OR EXISTS (SELECT 1 FROM revisions WHERE revisions.document_id = documents.id
        AND revisions.revision_no = documents.revision_no AND strpos(revisions.text, spelling) > 0))";

/// The words of a query, each in all spellings that count as the same. All of the words must be found.
///
/// # Errors
/// 400 for more than is looked for at once.
pub fn words(query: &str) -> Result<Vec<Vec<String>>, Refusal> {
    let words: Vec<&str> = query.split_whitespace().collect();
    if words.len() > WORDS_MAX || query.chars().count() > CHARACTERS_MAX {
        return Err(Refusal::new(
            kind::BAD_QUERY_PARAMETER,
            Said::new(
                format!("q 最多 {WORDS_MAX} 个词、{CHARACTERS_MAX} 个字。"),
                format!("q has at most {WORDS_MAX} words and {CHARACTERS_MAX} characters."),
            ),
        )
        .with("parameter", "q".into()));
    }
    Ok(words.into_iter().map(spellings).collect())
}

fn spellings(word: &str) -> Vec<String> {
    let mut all = vec![word.to_owned()];
    let side = |letter: char| BRACKETS.iter().find_map(|style| style.iter().position(|each| *each == letter));
    if word.chars().any(|letter| side(letter).is_some()) {
        for [open, close] in BRACKETS {
            let written: String = word
                .chars()
                .map(|letter| match side(letter) {
                    Some(0) => open,
                    Some(_) => close,
                    None => letter,
                })
                .collect();
            if !all.contains(&written) {
                all.push(written);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_number_is_found_whatever_its_brackets() {
        let found = words("青府规[2026]1号").expect("is taken");
        assert_eq!(found.len(), 1);
        assert!(found[0].contains(&"青府规〔2026〕1号".to_owned()) && found[0].contains(&"青府规（2026）1号".to_owned()));
    }

    #[test]
    fn words_are_parted_by_blanks_of_any_width_and_nothing_else() {
        assert_eq!(words(" 集市　管理 100%_ ").expect("is taken"), [["集市"], ["管理"], ["100%_"]]);
        assert!(words("　 ").expect("is taken").is_empty());
    }

    #[test]
    fn too_much_at_once_is_refused() {
        assert!(words(&"甲 ".repeat(11)).is_err());
        assert!(words(&"甲".repeat(201)).is_err());
    }
}
