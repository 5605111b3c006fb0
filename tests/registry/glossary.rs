//! The glossary has every word that the procedure uses, as the sources declare it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Lists of words that are no terms of the field, each with what they are instead.
const NO_TERMS: &[(&str, &str)] = &[
    ("Sort", "orders of a list"),
    ("EntryType", "types of log entries, made of a thing and a verb"),
    ("SubjectKind", "what a log entry is about"),
    ("Move", "names of the steps' edges, printed in docs/procedure.md"),
    ("FilingMove", "names of the filing's edges, which only the database has"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

/// Every closed list of words in the sources, with its words.
fn lists() -> Vec<(String, Vec<String>)> {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let mut lists = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file).expect("a source");
        for declared in source.split("\ntext_enum! {").skip(1) {
            let declared = declared.split("\n}").next().expect("it ends");
            let name = declared.split_once("pub enum ").and_then(|(_, rest)| rest.split_whitespace().next()).expect("it has a name");
            let variants = declared.lines().map(str::trim).filter(|line| !line.starts_with("//"));
            let words = variants.filter_map(|line| line.split_once(" = \"")?.1.split('"').next()).map(str::to_owned).collect();
            lists.push((name.to_owned(), words));
        }
    }
    lists
}

/// What stands between backticks in the glossary.
fn identifiers() -> BTreeSet<String> {
    let glossary = fs::read_to_string(root().join("docs/glossary.md")).expect("the glossary");
    glossary.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_word_of_the_procedure_is_in_the_glossary() {
    let (lists, known) = (lists(), identifiers());
    // Some that must be among them, so that a change of the macro cannot make this test look at nothing.
    for (name, word) in [("Step", "cleared"), ("GateReason", "wrong_body"), ("Role", "auditor"), ("DeadlineKind", "filing_intake")] {
        assert!(lists.iter().any(|(list, words)| list == name && words.iter().any(|known| known == word)), "{name} was not found");
    }
    for (name, words) in lists.iter().filter(|(name, _)| !NO_TERMS.iter().any(|(other, _)| other == name)) {
        assert!(!words.is_empty(), "{name} has no words");
        let missing: Vec<&String> = words.iter().filter(|word| !known.contains(*word)).collect();
        assert!(missing.is_empty(), "{name}: {missing:?} are not in docs/glossary.md");
    }
    for (name, what) in NO_TERMS {
        assert!(lists.iter().any(|(list, _)| list == name), "{name} ({what}) is no list any more");
    }
}
