//! Files of the project that are made from the code or the database: compared by tests, written anew with `UPDATE_SNAPSHOTS=1`.

use std::path::Path;

/// Compares a file of the project with what it should hold, or writes it.
#[track_caller]
pub fn compare(path: &Path, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some_and(|value| value == "1") {
        std::fs::write(&path, expected).expect("the file can be written");
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some((number, (found, expected))) =
        found.lines().chain([""]).zip(expected.lines().chain([""])).enumerate().find(|(_, (found, expected))| found != expected)
    {
        panic!(
            "{} is not up to date (line {}):\n- {found}\n+ {expected}\nRun the test with UPDATE_SNAPSHOTS=1 and read the difference.",
            path.display(),
            number + 1
        );
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "{} is not up to date", path.display());
}
