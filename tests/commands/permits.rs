//! `lawgate permits`: what it prints is what is checked in and reviewed. `UPDATE_SNAPSHOTS=1` writes `docs/permits.txt` anew.

use std::fs;
use std::path::Path;

use lawgate::identity::actor::Role;
use lawgate::lifecycle::action::Action;

use super::program::{command, run};

#[test]
fn the_printed_table_is_the_one_that_is_checked_in() {
    let mut chinese = command(&["permits"]);
    chinese.env("LC_ALL", "zh_CN.UTF-8");
    let answer = run(chinese);
    assert_eq!(answer.status, Some(0), "{answer:?}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/permits.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &answer.out).expect("ours");
    }
    assert_eq!(fs::read_to_string(&path).expect("docs/permits.txt"), answer.out, "UPDATE_SNAPSHOTS=1 writes it anew");
    let english = run(command(&["permits"]));
    assert_eq!(english.out.lines().count(), answer.out.lines().count());
    for action in Action::ALL {
        assert!(answer.out.contains(action.zh()), "{action}");
    }
    assert!(!answer.out.contains(&format!("（{}）", Role::Admin)), "an administrator acts in nothing of the procedure");
}
