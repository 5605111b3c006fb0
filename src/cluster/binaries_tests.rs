//! Which binaries are chosen, on made-up installations whose `postgres` only says its version.

use std::os::unix::fs::PermissionsExt;

use proptest::prelude::*;

use super::*;

/// A machine with made-up servers, and the account that looks for them.
struct Machine {
    dir: tempfile::TempDir,
    account: Account,
}

impl Machine {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("ours");
        let account = Account::choose(&dir.path().join("missing")).expect("an account");
        Self { dir, account }
    }

    /// Installs a `postgres` that answers `answer`, and an `initdb`.
    fn install(&self, name: &str, answer: &str) -> PathBuf {
        let bin = self.dir.path().join(name).join("bin");
        fs::create_dir_all(&bin).expect("ours");
        for program in ["postgres", "initdb"] {
            let path = bin.join(program);
            fs::write(&path, format!("#!/bin/sh\necho '{answer}'\n")).expect("ours");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("ours");
        }
        bin
    }

    fn search(&self, setting: Option<&Path>) -> Search {
        Search { setting: setting.map(Path::to_path_buf), installed: folders(self.dir.path(), "", "bin"), path: OsString::new() }
    }

    fn for_new(&self, setting: Option<&Path>) -> Result<Binaries, BinariesError> {
        self.search(setting).for_new_cluster(&self.account)
    }

    fn of_version(&self, major: u32, setting: Option<&Path>) -> Result<Binaries, BinariesError> {
        let pgdata = self.dir.path().join("pgdata");
        self.search(setting).of_version(major, &pgdata, &self.account)
    }
}

fn debian(version: &str) -> String {
    format!("postgres (PostgreSQL) {version} (Debian {version}-0+deb12u1)")
}

#[test]
fn a_new_cluster_gets_the_highest_version() {
    let machine = Machine::new();
    machine.install("9.6", &debian("9.6.24"));
    machine.install("14", &debian("14.19"));
    machine.install("15a", &debian("15.9"));
    let highest = machine.install("15b", &debian("15.18"));
    let binaries = machine.for_new(None).expect("one is usable");
    assert_eq!(binaries.postgres(), highest.join("postgres"));
    assert_eq!(binaries.version().to_string(), "15.18");
}

#[test]
fn the_setting_wins_over_a_higher_version() {
    let machine = Machine::new();
    machine.install("18", &debian("18.1"));
    let named = machine.install("named", &debian("14.0"));
    let binaries = machine.for_new(Some(&named)).expect("usable");
    assert_eq!(binaries.version().major, 14);
}

#[test]
fn a_setting_that_cannot_be_used_is_never_replaced_by_a_guess() {
    let machine = Machine::new();
    machine.install("18", &debian("18.1"));
    let old = machine.install("old", &debian("13.22"));
    let mute = machine.install("mute", "hello");
    let incomplete = machine.install("incomplete", &debian("15.1"));
    fs::remove_file(incomplete.join("initdb")).expect("ours");
    for (directory, expected) in [
        (old, Unusable::TooOld),
        (mute, Unusable::Mute),
        (incomplete, Unusable::Incomplete),
        (PathBuf::from("/nowhere"), Unusable::Incomplete),
    ] {
        match machine.for_new(Some(&directory)) {
            Err(BinariesError::SettingUnusable { reason, .. }) => assert_eq!(reason, expected),
            other => panic!("{}: {other:?}", directory.display()),
        }
    }
}

#[test]
fn without_a_server_of_version_14_or_later_the_error_says_what_to_install() {
    let machine = Machine::new();
    let said = machine.for_new(None).expect_err("nothing installed").to_string();
    assert!(said.contains("apt-get install postgresql"), "{said}");
    machine.install("13", &debian("13.22"));
    let said = machine.for_new(None).expect_err("too old").to_string();
    assert!(said.contains("found only 13.22 in "), "{said}");
}

#[test]
fn an_existing_cluster_uses_its_own_version_and_no_other() {
    let machine = Machine::new();
    machine.install("15", &debian("15.18"));
    machine.install("16", &debian("16.10"));
    let found = machine.of_version(15, None).expect("installed");
    assert_eq!(found.version().major, 15);
    let said = machine.of_version(17, None).expect_err("missing").to_string();
    assert!(said.contains("package postgresql-17"), "{said}");
}

#[test]
fn an_existing_cluster_ignores_a_setting_of_another_version() {
    let machine = Machine::new();
    machine.install("15", &debian("15.18"));
    let sixteen = machine.install("named", &debian("16.10"));
    let found = machine.of_version(15, Some(&sixteen)).expect("installed");
    assert_eq!(found.version().major, 15);
    let found = machine.of_version(16, Some(&sixteen)).expect("named");
    assert_eq!(found.version().major, 16);
}

#[test]
fn a_folder_that_lies_about_its_version_is_not_believed() {
    let machine = Machine::new();
    machine.install("17", &debian("16.10"));
    let outcome = machine.of_version(17, None);
    assert!(matches!(outcome, Err(BinariesError::VersionMissing { major: 17, .. })));
}

#[test]
fn a_cluster_older_than_14_is_refused_even_if_its_server_is_there() {
    let machine = Machine::new();
    machine.install("13", &debian("13.22"));
    let outcome = machine.of_version(13, None);
    assert!(matches!(outcome, Err(BinariesError::ClusterTooOld { major: 13, .. })));
}

#[test]
fn a_link_on_the_search_path_leads_to_the_servers_home() {
    let machine = Machine::new();
    let home = machine.install("15", &debian("15.18"));
    let path = machine.dir.path().join("links");
    fs::create_dir(&path).expect("ours");
    // Only `postgres` is linked, as a bare client installation or a wrapper might have it.
    std::os::unix::fs::symlink(home.join("postgres"), path.join("postgres")).expect("ours");
    let search = Search { setting: None, installed: Vec::new(), path: path.into_os_string() };
    let found = search.for_new_cluster(&machine.account).expect("found");
    assert_eq!(found.initdb(), home.join("initdb"));
}

#[test]
fn the_cluster_says_its_version() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    assert!(matches!(cluster_major(dir.path()), Ok(None)));
    for (text, expected) in [("15\n", Some(15)), ("9.6\n", Some(9)), ("", None), ("x\n", None)] {
        fs::write(dir.path().join("PG_VERSION"), text).expect("ours");
        assert_eq!(cluster_major(dir.path()).ok().flatten(), expected, "{text:?}");
    }
}

#[test]
fn versions_in_development_count_as_the_first_of_their_line() {
    for answer in ["postgres (PostgreSQL) 19devel", "postgres (PostgreSQL) 19beta2"] {
        let expected = ServerVersion { major: 19, minor: 0 };
        assert_eq!(ServerVersion::parse(answer), Some(expected));
    }
}

proptest! {
    #[test]
    fn any_answer_is_read_without_panic(answer in ".*", version in "[0-9.a-z]{0,12}") {
        prop_assert!(ServerVersion::parse(&answer).is_none_or(|_| answer.starts_with("postgres (PostgreSQL) ")));
        let _ = ServerVersion::parse(&format!("postgres (PostgreSQL) {version}"));
    }

    #[test]
    fn every_released_version_is_read(major in 10_u32..40, minor in 0_u32..60) {
        let expected = ServerVersion { major, minor };
        prop_assert_eq!(ServerVersion::parse(&debian(&format!("{major}.{minor}"))), Some(expected));
    }
}
